//! Blanks, quotation marks and punctuation around a value.

use zeroize::Zeroizing;

use super::characters::{is_odd_blank, without_marks};
use super::note;
use crate::domain::connection::{Field, Note};

/// True for a quotation mark of any kind.
pub fn is_quote(c: char) -> bool {
    matches!(c as u32,
        0x22 | 0x27 | 0x60 | 0xb4 | 0xab | 0xbb | 0x2018..=0x201f | 0x2032..=0x2037 | 0x2039 | 0x203a | 0x275b..=0x275e
        | 0x276e | 0x276f | 0x2e42 | 0x300c..=0x300f | 0x300a | 0x300b | 0x301d..=0x301f | 0xff02 | 0xff07)
}

/// Removes the quotation marks around a value. The two marks may differ, a comma, semicolon or full stop may follow,
/// and a backslash may precede each mark.
pub fn unquoted(text: &str) -> &str {
    let mut inner = text.trim();
    loop {
        let before = inner;
        let bare = inner.strip_suffix([',', ';', '.']).unwrap_or(inner);
        inner = inside(bare).unwrap_or(inner);
        if inner.len() == before.len() {
            return inner;
        }
    }
}

fn inside(text: &str) -> Option<&str> {
    // A Python or C# literal.
    let text =
        text.strip_prefix(['b', 'u', 'r', '@', '$']).filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(text);
    let text = text.strip_prefix('\\').filter(|rest| rest.starts_with(is_quote)).unwrap_or(text);
    let rest = text.strip_prefix(is_quote)?;
    let rest = rest.strip_suffix(is_quote)?;
    let rest = rest.strip_suffix('\\').filter(|_| !rest.ends_with("\\\\")).unwrap_or(rest).trim();
    (!rest.is_empty()).then_some(rest)
}

/// A value that holds no quotation marks itself, without those around it and the punctuation behind it.
pub fn trimmed(text: &str) -> &str {
    let around = |c: char| is_quote(c) || matches!(c, '<' | '>' | ' ');
    text.trim_matches(around).trim_end_matches([',', ';']).trim_matches(around)
}

/// Takes line breaks, invisible characters, surrounding blanks and quotation marks off one value, and says what it took.
/// Of a secret a single quotation mark may be a part: only pairs go.
pub fn tidy(field: Field, text: &str) -> (Zeroizing<String>, Vec<Note>) {
    let mut said: Vec<&'static str> = Vec::new();
    let mut value = Zeroizing::new(text.to_owned());
    loop {
        let (next, more) = once(field, &value);
        let done = *next == *value;
        value = next;
        said.extend(more);
        if done {
            break;
        }
    }
    let mut seen = Vec::new();
    said.retain(|text| {
        !seen.contains(text) && {
            seen.push(*text);
            true
        }
    });
    (value, said.into_iter().map(|text| note(field, text)).collect())
}

fn once(field: Field, text: &str) -> (Zeroizing<String>, Vec<&'static str>) {
    let unmarked = without_marks(text);
    let mut said = unmarked.removed;
    let breaks = |c: char| matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut line = Zeroizing::new(String::with_capacity(unmarked.text.len()));
    line.extend(unmarked.text.trim_matches([' ', '\t']).chars().filter(|c| !breaks(*c) && *c != '\t'));
    if unmarked.text.contains(breaks) {
        said.push("removed a line break");
    }
    if unmarked.text.trim_matches([' ', '\t']).contains('\t') {
        said.push("removed invisible characters");
    }
    let trimmed = line.trim_matches(|c: char| c == ' ' || is_odd_blank(c));
    if trimmed.len() < line.len() || unmarked.text.starts_with([' ', '\t']) || unmarked.text.ends_with([' ', '\t']) {
        said.push("removed blanks around it");
    }
    let bare = match field {
        Field::Secret => unquoted(trimmed),
        _ => self::trimmed(trimmed),
    };
    if bare.len() < trimmed.len() {
        said.push("removed quotation marks");
    }
    (Zeroizing::new(bare.to_owned()), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_of_every_kind_go_in_pairs() {
        for text in [
            "\"abc\"",
            "'abc'",
            "`abc`",
            "“abc”",
            "„abc“",
            "«abc»",
            "»abc«",
            "‹abc›",
            "‘abc’",
            "“abc\"",
            "「abc」",
            "\\\"abc\\\"",
            "\"abc\",",
            "\"abc\";",
            "'\"abc\"'",
            "b'abc'",
            "@\"abc\"",
            "′abc′",
            "＂abc＂",
            "´abc`",
            "\"abc\".",
            "\" abc \"",
        ] {
            assert_eq!(unquoted(text), "abc", "{text}");
        }
        for text in ["\"abc", "abc\"", "a\"b\"c", "abc,", "\"\""] {
            assert_eq!(unquoted(text), text);
        }
    }
}
