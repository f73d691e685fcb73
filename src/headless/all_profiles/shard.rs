//! Shards of a fleet: `--shard K/N` checks one part of the profiles, so that several processes divide them.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA256, digest};
use serde::Serialize;

/// Largest number of shards; the number of indexes that a Kubernetes Job can have.
const MOST: u32 = 100_000;

/// One of several parts of the profiles. Which part a profile belongs to depends on its name and the number of parts
/// alone: a profile that is added or removed moves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shard {
    /// Number of this part, from 0.
    pub index: u32,
    /// Number of all parts.
    pub count: u32,
}

impl Shard {
    /// Whether the profile with this name belongs to this part.
    pub fn contains(self, name: &str) -> bool {
        index_of(name, self.count) == self.index
    }
}

/// The first eight bytes of the SHA-256 of the name, as a big-endian number, modulo the number of shards. Documented in
/// `examples/README.md`: it is the same in every version.
fn index_of(name: &str, count: u32) -> u32 {
    let hash = digest(&SHA256, name.as_bytes());
    let number = hash.as_ref().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    // The remainder is smaller than a u32.
    u32::try_from(number % u64::from(count.max(1))).unwrap_or_default()
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "use K/N, e.g. 0/4: the first of four shards".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(form)?;
        let (index, count) = (number(index).ok_or_else(form)?, number(count).ok_or_else(form)?);
        if !(1..=MOST).contains(&count) {
            return Err(format!("the number of shards must be 1 to {MOST}"));
        }
        if index >= count {
            let last = count - 1;
            return Err(format!("shards are numbered from 0: the last of {count} is {last}/{count}"));
        }
        Ok(Self { index, count })
    }
}

/// Reads a number of ASCII digits; `None` for anything else, a sign included. One that is too large for `u32` is `MAX`.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf %s NAME | sha256sum`, the first 16 hexadecimal digits, modulo the number of shards. A change of these values
    /// would move profiles between the shards of a running installation.
    #[test]
    fn the_shard_of_a_name_never_changes() {
        for (name, of_2, of_3, of_10, of_1000) in GOLDEN {
            let shards = [2, 3, 10, 1000].map(|count| index_of(name, count));
            assert_eq!(shards, [*of_2, *of_3, *of_10, *of_1000], "{name}");
        }
    }

    const GOLDEN: &[(&str, u32, u32, u32, u32)] = &[
        ("acme", 0, 0, 2, 872),
        ("beta", 1, 0, 5, 265),
        ("tenant-1", 0, 2, 0, 230),
        ("Müller_GmbH", 1, 2, 7, 587),
        ("a", 0, 1, 0, 250),
        ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0, 1, 2, 792),
    ];

    #[test]
    fn each_name_is_in_exactly_one_shard_and_the_shards_are_of_similar_size() {
        let names: Vec<String> = (0..1000).map(|number| format!("tenant-{number}")).collect();
        for count in [1, 2, 3, 7, 16, 100] {
            let shards: Vec<Shard> = (0..count).map(|index| Shard { index, count }).collect();
            let mut sizes = vec![0; shards.len()];
            for name in &names {
                let within: Vec<usize> = (0..shards.len()).filter(|at| shards[*at].contains(name)).collect();
                assert_eq!(within.len(), 1, "{name} of {count}");
                sizes[within[0]] += 1;
            }
            let fair = names.len() / shards.len();
            assert!(sizes.iter().all(|size| (fair / 4..=fair * 3).contains(size)), "{count}: {sizes:?}");
        }
    }

    #[test]
    fn a_shard_is_two_numbers_and_the_error_says_how_they_count() {
        for (text, index, count) in
            [("0/1", 0, 1), ("3/4", 3, 4), ("007/010", 7, 10), ("99999/100000", 99_999, 100_000)]
        {
            assert_eq!(text.parse(), Ok(Shard { index, count }), "{text}");
        }
        for (text, part) in [
            ("4/4", "the last of 4 is 3/4"),
            ("5/4", "the last of 4 is 3/4"),
            ("4294967296/4", "the last of 4 is 3/4"),
            ("0/0", "1 to 100000"),
            ("0/100001", "1 to 100000"),
            ("0/99999999999999999999", "1 to 100000"),
            ("", "use K/N"),
            ("3", "use K/N"),
            ("/4", "use K/N"),
            ("1/", "use K/N"),
            ("-1/4", "use K/N"),
            ("+1/4", "use K/N"),
            (" 1/4", "use K/N"),
            ("1/4/2", "use K/N"),
            ("one/4", "use K/N"),
            ("1 of 4", "use K/N"),
            ("$(JOB_COMPLETION_INDEX)/4", "use K/N"),
            ("١/٤", "use K/N"),
        ] {
            let error = text.parse::<Shard>().expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
