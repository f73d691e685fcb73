//! The known forms: a Client ID is one GUID, a Client Secret two GUIDs joined by "-". Seen in published examples only,
//! so another form is unusual, not wrong.

use std::ops::Range;

use crate::domain::secret_text::{Shape, shape};

/// Characters of a GUID.
const GUID: usize = 36;
/// Characters of two joined GUIDs.
pub const SECRET: usize = 2 * GUID + 1;

/// Form of a text, as GUIDs joined by "-".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One GUID.
    Guid,
    /// The beginning of one GUID, with at least two of its hyphens.
    GuidCutOff,
    /// The beginning, or the end, of two joined GUIDs, and more than one of them.
    SecretCutOff,
    /// Two joined GUIDs.
    Secret,
    /// Anything else.
    Other,
}

/// The form of a whole text.
pub fn form_of(text: &str) -> Form {
    let ends_so = || matches!(text.len(), 37..SECRET) && fits(text, SECRET - text.len());
    match shape(text) {
        Shape::Guid => Form::Guid,
        Shape::TwoGuids => Form::Secret,
        Shape::CutOff => Form::SecretCutOff,
        Shape::Other if ends_so() => Form::SecretCutOff,
        Shape::Other if matches!(text.len(), 15..GUID) && fits(text, 0) => Form::GuidCutOff,
        Shape::Other => Form::Other,
    }
}

/// Returns true if a text is the part from `start` on of GUIDs joined by "-".
fn fits(text: &str, start: usize) -> bool {
    text.bytes().enumerate().all(|(at, byte)| {
        let hyphen = matches!((start + at) % (GUID + 1), 8 | 13 | 18 | 23 | GUID);
        if hyphen { byte == b'-' } else { byte.is_ascii_hexdigit() }
    })
}

/// Ranges of the secrets of the known form in a text, each bounded by a character other than a letter, digit or
/// hyphen. Of a secret that is repeated without a gap, the first.
pub fn whole_secrets(text: &str) -> Vec<Range<usize>> {
    runs(text).into_iter().filter_map(|run| secret_in(text, run)).collect()
}

/// Ranges of the GUIDs in a text, bounded like a secret.
pub fn whole_guids(text: &str) -> Vec<Range<usize>> {
    runs(text).into_iter().filter(|run| form_of(&text[run.clone()]) == Form::Guid).collect()
}

fn secret_in(text: &str, run: Range<usize>) -> Option<Range<usize>> {
    let word = &text[run.clone()];
    if form_of(word) == Form::Secret {
        return Some(run);
    }
    let (first, second) = word.split_at_checked(SECRET)?;
    let second = second.strip_prefix('-').unwrap_or(second);
    (first == second && form_of(first) == Form::Secret).then_some(run.start..run.start + SECRET)
}

/// Sequences of ASCII letters, digits and hyphens, without hyphens at the ends.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let bare = word.trim_start_matches('-');
        let start = at + word.len() - bare.len();
        let bare = bare.trim_end_matches('-');
        if !bare.is_empty() {
            found.push(start..start + bare.len());
        }
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// 32 hexadecimal digits with the hyphens of a GUID put in.
pub fn with_hyphens(text: &str) -> Option<String> {
    let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

    #[test]
    fn forms_are_told_by_their_hyphens() {
        for (text, form) in [
            (ID, Form::Guid),
            (TWO, Form::Secret),
            (&TWO[..60], Form::SecretCutOff),
            (&TWO[5..], Form::SecretCutOff),
            (&TWO[..37], Form::SecretCutOff),
            (&ID[..30], Form::GuidCutOff),
            (&ID[..8], Form::Other),
            ("", Form::Other),
            ("an unusual secret of thirty-six letters", Form::Other),
        ] {
            assert_eq!(form_of(text), form, "{text}");
        }
    }

    #[test]
    fn secrets_are_found_in_a_text_only_when_they_are_whole() {
        for (text, count) in [
            (TWO.to_owned(), 1),
            (format!("a={TWO}&b={TWO}"), 2),
            (format!("«{TWO}»"), 1),
            (format!("--{TWO}--"), 1),
            (format!("{TWO}{TWO}"), 1),
            (format!("{TWO}-{TWO}"), 1),
            (format!("{TWO}a"), 0),
            (format!("x{TWO}"), 0),
            (format!("{TWO}-{ID}"), 0),
            (format!("{ID} {ID}"), 0),
        ] {
            let found = whole_secrets(&text);
            assert_eq!(found.len(), count, "{text}");
            assert!(found.into_iter().all(|range| &text[range] == TWO));
        }
    }
}
