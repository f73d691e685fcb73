//! Characters that are copied along with a value: terminal control sequences, invisible characters, typographic
//! blanks and hyphens, and letters of other alphabets.

use zeroize::Zeroizing;

/// A text without marks, and what was removed.
pub struct CleanedText {
    /// The text; its line breaks and blanks are still there.
    pub text: Zeroizing<String>,
    /// Descriptions of the removed characters, for people.
    pub removed: Vec<&'static str>,
}

/// Removes byte order marks, terminal control sequences and invisible characters. Line breaks and tabs stay.
pub fn without_marks(text: &str) -> CleanedText {
    let mut all = once(text);
    // What is removed may have kept two halves of another mark apart.
    while !all.removed.is_empty() {
        let more = once(&all.text);
        if more.removed.is_empty() {
            break;
        }
        all.text = more.text;
        all.removed.extend(more.removed);
    }
    all.removed.sort_unstable();
    all.removed.dedup();
    all
}

fn once(text: &str) -> CleanedText {
    let mut removed = Vec::new();
    let start = text.trim_start_matches(['\u{feff}', '\u{fffe}']);
    // A byte order mark that was read as Latin-1.
    let start = start.strip_prefix("ï»¿").unwrap_or(start);
    if start.len() < text.len() {
        removed.push("removed a byte order mark");
    }
    let shown = without_terminal_codes(start);
    if shown.len() < start.len() {
        removed.push("removed terminal colours or paste marks");
    }
    let mut seen = Zeroizing::new(String::with_capacity(shown.len()));
    let ends_with_return = shown.ends_with('\r');
    seen.extend(shown.chars().filter(|c| !is_invisible(*c)));
    let visible_only = shown.chars().filter(|c| *c != '\r').count();
    if seen.chars().filter(|c| *c != '\r').count() < visible_only {
        removed.push("removed invisible characters");
    } else if ends_with_return {
        removed.push("removed a line break");
    }
    while seen.ends_with('\r') {
        seen.pop();
    }
    CleanedText { text: seen, removed }
}

/// Returns true for an invisible character other than a blank, line break or tab.
pub fn is_invisible(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'))
        || matches!(c as u32,
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x202a..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
            | 0xfff0..=0xfffc | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// A text without escape sequences: CSI, OSC, DCS, APC, PM, SOS, in seven and eight bits, and paste marks whose escape
/// character was lost.
fn without_terminal_codes(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match (c, after.chars().next()) {
            ('\u{1b}', Some('[')) => skip_csi(&after[1..]),
            ('\u{9b}', _) => skip_csi(after),
            ('\u{1b}', Some(']' | 'P' | '_' | '^' | 'X')) => skip_control_string(&after[1..]),
            ('\u{9d}' | '\u{90}' | '\u{9f}' | '\u{9e}' | '\u{98}', _) => skip_control_string(after),
            ('\u{1b}', Some('(' | ')' | '*' | '+' | '#' | ' ' | '%')) => skip(&after[1..], 1),
            ('\u{1b}', Some('\u{20}'..='\u{7e}')) => &after[1..],
            ('\u{1b}', _) => after,
            _ => {
                out.push(c);
                after
            }
        };
    }
    without_lost_marks(out)
}

fn skip(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or("", |(at, _)| &text[at..])
}

/// Behind the final character of a control sequence.
fn skip_csi(text: &str) -> &str {
    let end = text.find(|c: char| !matches!(c, '\u{20}'..='\u{3f}')).unwrap_or(text.len());
    match text[end..].chars().next() {
        Some('\u{40}'..='\u{7e}') => &text[end + 1..],
        _ => &text[end..],
    }
}

/// Behind the end of a control string. One that does not end is only its introducer: what follows may be the value.
fn skip_control_string(text: &str) -> &str {
    let ends = [("\u{7}", 1), ("\u{1b}\\", 2), ("\u{9c}", 2)];
    let first = ends.iter().filter_map(|(end, length)| text.find(end).map(|at| at + length)).min();
    first.map_or(text, |end| &text[end..])
}

/// Removes paste marks and colours of which only the escape character was lost.
fn without_lost_marks(text: Zeroizing<String>) -> Zeroizing<String> {
    const STARTS: [&str; 5] = ["^[[200~", "\\e[200~", "\\033[200~", "[200~", "00~"];
    const ENDS: [&str; 6] = ["^[[201~", "\\e[201~", "\\033[201~", "[201~", "01~", "\u{1b}[201~"];
    let start = STARTS.iter().find_map(|mark| text.strip_prefix(mark));
    let inner = start.unwrap_or(&text);
    let bare = inner.trim_end_matches(['\r', '\n']);
    let end = ENDS.iter().find_map(|mark| bare.strip_suffix(mark));
    // Two characters and "~" alone may be the value's own.
    match (start, end) {
        (Some(_), Some(end)) => Zeroizing::new(end.to_owned()),
        (Some(start), None) if !text.starts_with("00~") => Zeroizing::new(start.to_owned()),
        (None, Some(end)) if !bare.ends_with("01~") || bare.ends_with("[201~") => Zeroizing::new(end.to_owned()),
        _ => text,
    }
}

/// True for a blank that is not the plain one: of fixed width, not breaking, ideographic.
pub fn is_odd_blank(c: char) -> bool {
    c != ' ' && c.is_whitespace() && !matches!(c, '\n' | '\r' | '\t')
}

/// Returns true for a character that is used in place of a hyphen.
pub fn is_odd_hyphen(c: char) -> bool {
    matches!(
        c as u32,
        0x2010
            ..=0x2015
                | 0x2043
                | 0x2212
                | 0x2796
                | 0x2d7
                | 0x1806
                | 0x2500
                | 0x2e3a
                | 0x2e3b
                | 0x30fc
                | 0xfe31
                | 0xfe32
                | 0xfe58
                | 0xfe63
                | 0xff0d
                | 0xff70
    )
}

/// The text with typographic hyphens, blanks and full-width characters as their plain ones.
pub fn folded(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // A hyphen or a dash in UTF-8 that was read as Windows-1252.
        let broken = ["â€\u{90}", "â€‘", "â€“", "â€”", "â€’", "âˆ’"].iter().find_map(|seen| rest.strip_prefix(seen));
        rest = match broken {
            Some(after) => {
                out.push('-');
                after
            }
            None => {
                out.push(plain(c));
                &rest[c.len_utf8()..]
            }
        };
    }
    out
}

fn plain(c: char) -> char {
    match c {
        c if is_odd_hyphen(c) => '-',
        c if is_odd_blank(c) => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// The text with letters of other alphabets as the Latin ones that they look like.
pub fn with_latin_letters(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.extend(text.chars().map(|c| latin_look_alike(c).unwrap_or(c)));
    out
}

/// The Latin letter or digit that a character of another alphabet looks like.
pub fn latin_look_alike(c: char) -> Option<char> {
    const OTHERS: &str = "аеосрхуіѕԁӏАВЕЅСОРХТМНКЗбαβερουΑΒΕΖΗΙΚΜΝΟΡΤΥΧⅽⅾ";
    const LATIN: &str = "aeocpxyisdlABESCOPXTMHK36abepouABEZHIKMNOPTYXcd";
    let styled = match c as u32 {
        0x1d400..=0x1d6a3 => {
            let at = (c as u32 - 0x1d400) % 52;
            char::from_u32(if at < 26 { 0x41 + at } else { 0x61 + at - 26 })
        }
        0x1d7ce..=0x1d7ff => char::from_u32(0x30 + (c as u32 - 0x1d7ce) % 10),
        0x660..=0x669 => char::from_u32(0x30 + (c as u32 - 0x660)),
        0x966..=0x96f => char::from_u32(0x30 + (c as u32 - 0x966)),
        _ => None,
    };
    styled.or_else(|| OTHERS.chars().zip(LATIN.chars()).find(|(other, _)| *other == c).map(|(_, latin)| latin))
}

/// A character by its number and its kind; never the character itself where it could be taken for a plain one.
pub fn name_of(c: char) -> String {
    let kind = match c as u32 {
        0x2011 => "a non-breaking hyphen",
        0x2012 => "a figure dash",
        0x2013 => "an en dash",
        0x2014 | 0x2015 => "a long dash",
        0x2212 => "a minus sign",
        0xa0 | 0x202f => "a non-breaking space",
        0x3000 => "an ideographic space",
        0xfffd => "the mark of a character that could not be read",
        0x370..=0x3ff => "a Greek letter",
        0x400..=0x52f => "a Cyrillic letter",
        0xff01..=0xff5e => "a full-width character",
        0x1d400..=0x1d7ff => "a mathematical letter or digit",
        0xe000..=0xf8ff => "a private character",
        _ if is_odd_hyphen(c) => "a kind of hyphen or dash",
        _ if is_odd_blank(c) => "a kind of blank",
        _ if c.is_control() => "a control character",
        _ => "a character outside ASCII",
    };
    format!("U+{:04X}, {kind}", c as u32)
}

/// The place, from 1 on, and the character of the first one that no Halo value holds and that a copy often brings.
pub fn first_odd(text: &str) -> Option<(usize, char)> {
    let odd = |c: char| {
        is_odd_hyphen(c)
            || is_odd_blank(c)
            || c.is_control()
            || matches!(c as u32, 0xfffd | 0xff01..=0xff5e | 0xe000..=0xf8ff)
            || latin_look_alike(c).is_some()
    };
    text.chars().enumerate().find(|(_, c)| odd(*c)).map(|(at, c)| (at + 1, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_the_value_stays() {
        for (text, left) in [
            ("abc", "abc"),
            ("\u{feff}abc", "abc"),
            ("ï»¿abc", "abc"),
            ("\x1b[1;31mabc\x1b[0m", "abc"),
            ("\u{9b}1mabc\u{9b}m", "abc"),
            ("\x1b]0;title\x07abc", "abc"),
            ("\x1b]8;;https://x\x1b\\abc\x1b]8;;\x1b\\", "abc"),
            ("\x1b]abc", "abc"),
            ("\x1b[200~abc\x1b[201~", "abc"),
            ("^[[200~abc^[[201~", "abc"),
            ("[200~abc", "abc"),
            ("00~abc01~", "abc"),
            ("00~abc", "00~abc"),
            ("abc01~", "abc01~"),
            ("\x1bPq\x1b\\abc\x1b(B\x1b[m\x1b=", "abc"),
            ("a\u{200b}b\u{ad}c\u{2060}\u{e0041}\u{202e}", "abc"),
            ("abc\0", "abc"),
            ("abc\r", "abc"),
            ("abc\x1b", "abc"),
        ] {
            let unmarked = without_marks(text);
            assert_eq!(unmarked.text.as_str(), left, "{text:?}");
            assert_eq!(unmarked.removed.is_empty(), text == left, "{text:?}: {:?}", unmarked.removed);
        }
    }

    #[test]
    fn characters_are_named_and_folded() {
        assert_eq!(folded("ａ－１\u{2011}b\u{a0}\u{2013}c").as_str(), "a-1-b -c");
        assert_eq!(folded("aâ€‘b").as_str(), "a-b");
        assert_eq!(with_latin_letters("\u{430}b\u{435}\u{1d7d8}").as_str(), "abe0");
        assert_eq!(first_odd("ab\u{430}"), Some((3, '\u{430}')));
        assert!(name_of('\u{430}').contains("Cyrillic") && name_of('\u{2011}').contains("non-breaking hyphen"));
        assert_eq!(first_odd("plain ä"), None);
    }
}
