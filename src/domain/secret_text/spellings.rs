//! The spellings of a known secret: as programs, servers, pages and encodings write it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Minimum length of a secret to search for. A shorter text would be found anywhere.
const SHORTEST: usize = 6;
/// Minimum length of a secret whose halves are searched. A shorter half would be found anywhere.
const SHORTEST_HALF: usize = 12;
/// Number of characters of a secret that do not appear in another text by chance.
const TELLING: usize = 12;
/// A shorter secret is one whose typing has just begun.
const SHORTEST_TYPED: usize = 8;

/// All usual spellings of a secret, of its halves and of the parts of a token, longest first: plain, URL-encoded,
/// escaped for JSON and HTML, base64 (alone or within a longer base64 text) and hexadecimal. Empty for a text shorter
/// than six bytes. Compare without case, with [`find_spelling`].
pub fn spellings(secret: &str) -> Vec<Zeroizing<String>> {
    let parts = std::iter::once(secret).chain(halves(secret)).chain(secret.split('.'));
    let mut all: Vec<Zeroizing<String>> =
        parts.filter(|part| part.len() >= SHORTEST).flat_map(of_part).filter(|text| text.len() >= SHORTEST).collect();
    all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// The two GUIDs of a secret; the two halves of any other.
fn halves(secret: &str) -> impl Iterator<Item = &str> {
    let two_guids = secret.len() == 73 && secret.as_bytes()[36] == b'-';
    let middle = secret.char_indices().nth(secret.chars().count() / 2).map_or(0, |(at, _)| at);
    let halves = match (two_guids, secret.split_at_checked(36)) {
        (true, Some((first, rest))) => [first, &rest[1..]],
        _ => [&secret[..middle], &secret[middle..]],
    };
    halves.into_iter().filter(|half| half.len() >= SHORTEST_HALF)
}

fn of_part(part: &str) -> Vec<Zeroizing<String>> {
    let form: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
    let json = serde_json::to_string(part).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let html = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let all = vec![
        part.to_owned(),
        // Some programs encode or leave out the hyphens too.
        part.replace('-', "%2D"),
        part.replace('-', ""),
        form.replace('+', "%20"),
        // RFC 3986 leaves "~" as it is, and encodes "*".
        form.replace('+', "%20").replace("%7E", "~").replace('*', "%2A"),
        form,
        json.replace('/', "\\/"),
        ascii_json(&json),
        json,
        html.replace('\'', "&#39;"),
        html.replace('\'', "&#x27;"),
        html.replace('\'', "&apos;"),
        html.replace("&quot;", "&#34;").replace('\'', "&#39;"),
        html,
        part.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ];
    let in_base64 = (0..3).flat_map(|before| base64_within(part, before));
    all.into_iter().map(Zeroizing::new).chain(in_base64).collect()
}

/// JSON in which everything beyond ASCII is escaped.
fn ascii_json(json: &str) -> String {
    let mut out = String::new();
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

/// The part of a base64 text that depends only on the secret if `before` bytes of another text share its first group;
/// basic authentication encodes `id:secret` like this. With `before` 0, the whole is included.
fn base64_within(part: &str, before: usize) -> Vec<Zeroizing<String>> {
    let padded = Zeroizing::new([&[0; 2][..before], part.as_bytes()].concat());
    let whole_groups = padded.len() / 3 * 4;
    let from = if before == 0 { 0 } else { 4 };
    [STANDARD_NO_PAD.encode(&*padded), URL_SAFE_NO_PAD.encode(&*padded)]
        .into_iter()
        .map(Zeroizing::new)
        .flat_map(|text| {
            let inside = Zeroizing::new(text.get(from..whole_groups).unwrap_or_default().to_owned());
            if before == 0 { vec![text, inside] } else { vec![inside] }
        })
        // A short piece could be another text's.
        .filter(|text| text.len() >= SHORTEST + 2)
        .collect()
}

/// The first place of a spelling in a text, letters in either case.
pub fn find_spelling(text: &str, spelling: &str) -> Option<usize> {
    let (text, spelling) = (text.as_bytes(), spelling.as_bytes());
    let first = spelling.first()?.to_ascii_lowercase();
    (0..=text.len().checked_sub(spelling.len())?).find(|&at| {
        text[at].to_ascii_lowercase() == first && text[at..at + spelling.len()].eq_ignore_ascii_case(spelling)
    })
}

/// True when a value of the form holds the secret in any spelling, or a telling part of it: pasted into the wrong field
/// and half deleted there, say. A secret of fewer than eight characters is in no value: its typing has just begun. An address in its place is none.
pub fn holds_part(value: &str, secret: &str) -> bool {
    if secret.chars().count() < SHORTEST_TYPED || secret.contains("://") {
        return false;
    }
    let starts: Vec<usize> = secret.char_indices().map(|(at, _)| at).chain([secret.len()]).collect();
    let part = TELLING.min(starts.len() - 1);
    starts.windows(part + 1).any(|window| find_spelling(value, &secret[window[0]..window[part]]).is_some())
        || of_part(secret).iter().any(|spelling| find_spelling(value, spelling).is_some())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

    fn is_in(text: &str, secret: &str) -> bool {
        spellings(secret).iter().any(|spelling| find_spelling(text, spelling).is_some())
    }

    #[test]
    fn a_secret_is_found_as_programs_write_it() {
        for secret in [TWO, "p%&+=\"'\\ä-geheim/~*<wort>", "0123456789abcdef 0123456789abcdef"] {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
            let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let middle = secret.char_indices().nth(secret.chars().count() / 2).expect("a middle").0;
            let mut texts = vec![
                secret.to_owned(),
                secret.to_uppercase().replace('Ä', "ä"),
                percent.to_lowercase(),
                percent.replace('+', "%20"),
                serde_json::to_string(secret).expect("a text"),
                serde_json::to_string(secret).expect("a text").replace('/', "\\/"),
                hex,
                secret[..middle].to_owned(),
                secret[middle..].to_owned(),
            ];
            for before in ["", "a", "ab", "abc", "c9534241-dde9-4d04-9d45-32b1fbff22ed:", "x:"] {
                let whole = format!("{before}{secret}");
                texts.extend([STANDARD.encode(&whole), URL_SAFE.encode(&whole), STANDARD.encode(whole + "&more")]);
            }
            for text in texts {
                assert!(is_in(&format!("you sent {text}!"), secret), "{text}");
            }
            assert!(!is_in("nothing of it, nor c9534241-dde9-4d04-9d45-32b1fbff22ed", secret));
        }
    }

    #[test]
    fn the_longest_spelling_comes_first_and_none_twice() {
        let all = spellings("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl");
        assert!(all.windows(2).all(|pair| pair[0].len() >= pair[1].len() && pair[0] != pair[1]));
        assert!(all.iter().any(|spelling| spelling.as_str() == "eyJzdWIiOi"));
    }

    #[test]
    fn a_secret_of_a_few_characters_is_in_no_text() {
        for secret in ["", "a", "abcde"] {
            assert!(spellings(secret).is_empty(), "{secret}");
        }
        for (value, secret, held) in [
            ("https://acme.halopsa.com", "a", false),
            ("https://acme.halopsa.com", "acme.ha", false),
            ("acme", "", false),
            ("hunter2!", "hunter2!", true),
            (TWO, TWO, true),
            (&TWO[20..40], TWO, true),
            ("https://acme.halopsa.com", "https://other.halopsa.com", false),
            ("x5B21A3C4-0D6E-4F87-9A10-B2C3D4E5F607x", TWO, true),
            ("c9534241-dde9-4d04-9d45-32b1fbff22ed", TWO, false),
        ] {
            assert_eq!(holds_part(value, secret), held, "{value} {secret}");
        }
    }
}
