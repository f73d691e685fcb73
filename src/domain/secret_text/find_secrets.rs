//! Finds what looks like a secret in a text.

use crate::domain::input::is_invisible;
use std::ops::Range;
use zeroize::Zeroizing;

/// Characters of a GUID with its hyphens.
const GUID: usize = 36;
/// Characters of a Halo secret: two GUIDs and the hyphen between them.
const TWO_GUIDS: usize = 2 * GUID + 1;

/// Form of one value, as GUIDs joined by "-".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One GUID: a Client ID, as a rule.
    Guid,
    /// Two joined GUIDs: a Client Secret.
    TwoGuids,
    /// The start of two joined GUIDs, longer than one GUID.
    CutOff,
    /// Something else.
    Other,
}

/// The form of a value without quotation marks and invisible characters.
pub fn shape(text: &str) -> Shape {
    let fits = text.char_indices().all(|(at, c)| {
        let within = at % (GUID + 1);
        if matches!(within, 8 | 13 | 18 | 23 | GUID) { c == '-' } else { c.is_ascii_hexdigit() }
    });
    match text.len() {
        GUID if fits => Shape::Guid,
        TWO_GUIDS if fits => Shape::TwoGuids,
        len if fits && len > GUID && len < TWO_GUIDS => Shape::CutOff,
        _ => Shape::Other,
    }
}

/// Kind of a part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A client secret, or more of one than a GUID.
    ClientSecret,
    /// An access token: three or five parts of base64.
    Token,
}

/// A part of a text that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSecret {
    /// Kind of the secret.
    pub kind: Kind,
    /// Byte range in the original text, including invisible characters inside.
    pub place: Range<usize>,
}

/// Hides everything that looks like a secret in a text: for messages that repeat a misplaced value.
pub fn hide(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut shown_to = 0;
    for found in find(text) {
        out.push_str(text.get(shown_to..found.place.start).unwrap_or_default());
        out.push_str("[hidden]");
        shown_to = found.place.end;
    }
    out.push_str(text.get(shown_to..).unwrap_or_default());
    out
}

/// True when a text is, or holds, what looks like a secret.
pub fn looks_like_secret(text: &str) -> bool {
    !find(text).is_empty()
}

/// The parts of a text that look like secrets: in quotation marks, behind a label, in an address or in the middle of a
/// sentence; with invisible characters or typographic hyphens in them; broken over two lines.
pub fn find(text: &str) -> Vec<FoundSecret> {
    let words = candidates(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some(joined) = words.get(at + 1).and_then(|next| word.joined(next, text)) {
            found.push(joined);
            at += 2;
            continue;
        }
        found.extend(kind(&word.text).map(|kind| FoundSecret { kind, place: word.place.clone() }));
        at += 1;
    }
    found
}

/// A run of characters that can belong to one secret, without the invisible ones.
struct Candidate {
    text: Zeroizing<String>,
    place: Range<usize>,
}

fn candidates(text: &str) -> Vec<Candidate> {
    let mut words = Vec::new();
    let mut word: Option<Candidate> = None;
    for (at, c) in text.char_indices() {
        match plain(c) {
            Some(c) => {
                let word = word.get_or_insert_with(|| Candidate { text: Zeroizing::default(), place: at..at });
                word.text.push(c);
                word.place.end = at;
            }
            None if is_invisible(c) && !c.is_control() => {}
            None => words.extend(word.take()),
        }
    }
    words.extend(word);
    for word in &mut words {
        word.place.end += text[word.place.end..].chars().next().map_or(0, char::len_utf8);
    }
    words
}

/// A character of a secret or token in its plain spelling; `None` for a separator.
fn plain(c: char) -> Option<char> {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => Some(c),
        // Hyphens, dashes and the minus sign that word processors put in place of "-".
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => Some('-'),
        _ => None,
    }
}

impl Candidate {
    /// Joins two GUIDs that were split over two lines: only blanks separate the parts, and they fit exactly.
    fn joined(&self, next: &Self, text: &str) -> Option<FoundSecret> {
        let between = text.get(self.place.end..next.place.start)?;
        let blank = between.chars().all(|c| c.is_whitespace() || is_invisible(c));
        let whole = Zeroizing::new([self.text.as_str(), next.text.as_str()].concat());
        let fits = blank && shape(whole.trim_end_matches(AROUND)) == Shape::TwoGuids;
        fits.then_some(FoundSecret { kind: Kind::ClientSecret, place: self.place.start..next.place.end })
    }
}

/// Punctuation that can surround a secret and can also be part of one.
const AROUND: [char; 3] = ['.', '-', '_'];

/// Hexadecimal digits and hyphens, longer than one GUID, are a Client Secret or a part of one, wherever it was cut. A
/// signed token has three parts, an encrypted one five.
fn kind(word: &str) -> Option<Kind> {
    let word = word.trim_matches(AROUND);
    if word.len() > GUID && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
        return Some(Kind::ClientSecret);
    }
    // Without a separator around it: lines that were joined to one text.
    if word.as_bytes().windows(TWO_GUIDS).any(is_two_guids) {
        return Some(Kind::ClientSecret);
    }
    (word.starts_with("eyJ") && matches!(word.matches('.').count(), 2 | 4)).then_some(Kind::Token)
}

/// Returns true for two GUIDs joined by "-".
fn is_two_guids(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| shape(text) == Shape::TwoGuids)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";

    #[test]
    fn a_secret_is_found_without_a_separator_around_it() {
        for text in [format!("https://acme.halopsa.comacme{ID}{TWO}"), format!("acme{TWO}"), format!("{TWO}thanks")] {
            assert!(looks_like_secret(&text) && !hide(&text).contains("18293a4b"), "{text}");
        }
        assert!(!looks_like_secret(&format!("acme{ID}{ID}")), "two ids joined by nothing are no secret");
    }

    #[test]
    fn what_looks_like_a_secret_is_hidden_in_a_message() {
        let secret = "11111111-2222-4333-8444-555555555555-66666666-7777-4888-8999-000000000000";
        let id = "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9";
        let text = format!("error: unexpected argument '{secret}' found; {id} and \"{secret}\"");
        let hidden = hide(&text);
        assert!(!hidden.contains("66666666") && hidden.contains(id), "{hidden}");
        assert_eq!(hide("nothing here"), "nothing here");
    }

    #[test]
    fn a_secret_is_recognised_however_it_was_copied() {
        let broken = format!("{}\r\n{}", &TWO[..40], &TWO[40..]);
        let zero_width = format!("{}\u{200b}{}\u{feff}", &TWO[..8], &TWO[8..]);
        for text in [
            TWO.to_owned(),
            TWO.to_uppercase(),
            format!("\"{TWO}\""),
            format!("'{TWO}',"),
            format!("<{TWO}>"),
            format!("\u{201c}{TWO}\u{201d}"),
            format!("  {TWO}\r\n"),
            format!("Client Secret: {TWO}"),
            format!("client_secret={TWO}&scope=all"),
            format!("https://acme.example/?s={TWO}#x"),
            format!("The secret is {TWO}."),
            format!("- {TWO} -"),
            zero_width,
            broken,
            TWO.replace('-', "\u{2013}"),
            TWO.replace('-', "\u{2011}"),
            TWO.replace('-', ""),
            format!("{}-\n    {}", &TWO[..36], &TWO[37..]),
            format!("{}\t{}", &TWO[..20], &TWO[20..]),
            TWO[..60].to_owned(),
            TWO[20..].to_owned(),
        ] {
            let found = find(&text);
            assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [Kind::ClientSecret], "{text}");
            let rest = format!("{}{}", &text[..found[0].place.start], &text[found[0].place.end..]);
            assert!(!looks_like_secret(&rest) && !rest.contains(&TWO[64..]), "{text}: {rest}");
        }
        assert_eq!(find(&format!("Bearer {TOKEN}")), [FoundSecret { kind: Kind::Token, place: 7..7 + TOKEN.len() }]);
    }

    #[test]
    fn each_secret_of_a_text_has_its_place() {
        let text = format!("old \u{201e}{TWO}\u{201c}, new {}", TWO.replace("5b21", "6b21"));
        let shown: Vec<&str> = find(&text).into_iter().map(|found| &text[found.place]).collect();
        assert_eq!(shown, [TWO, &TWO.replace("5b21", "6b21")]);
    }

    #[test]
    fn other_values_are_no_secrets() {
        for text in [
            "",
            "-",
            "...",
            ID,
            &format!("{ID}-"),
            &format!("\"{ID}\""),
            &format!("{ID}, {ID}"),
            &format!("{ID}\n{ID}"),
            &format!("{ID}\t{ID}\r\n"),
            "https://acme.halopsa.com/api",
            "https://a-very-long-name-of-a-company-with-hyphens.halopsa.example/auth",
            "read:tickets read:customers read:assets edit:tickets",
            "2026-11-28T09:35:19.123Z",
            "eyJhbGciOiJSUzI1NiJ9",
            "münchen",
        ] {
            assert!(!looks_like_secret(text), "{text}");
        }
    }

    #[test]
    fn shapes_are_told_apart() {
        for (text, expected) in [
            (ID, Shape::Guid),
            (TWO, Shape::TwoGuids),
            (&TWO[..37], Shape::CutOff),
            (&TWO[..72], Shape::CutOff),
            (&TWO[..35], Shape::Other),
            ("", Shape::Other),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}
