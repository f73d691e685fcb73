//! Text that a server (or a library quoting one) sent: filtered once, here, before anything shows or keeps it.

use serde::{Serialize, Serializer};
use unicode_width::UnicodeWidthChar;

/// Most bytes that are kept of one piece of foreign text.
pub const KEPT_BYTES: usize = 4096;
/// Most characters that [`UntrustedText::short`] shows.
pub const SHOWN_CHARS: usize = 300;
/// Most combining marks that may follow one base character.
const MARKS_PER_BASE: usize = 4;

/// One line of foreign text. The only constructors clean: control characters, line breaks, bidirectional marks,
/// zero-width characters and tags become visible escapes, so that they can neither act nor hide.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UntrustedText(String);

impl UntrustedText {
    /// Cleans text.
    pub fn new(text: &str) -> Self {
        Self(clean(text))
    }

    /// Cleans bytes that may not be UTF-8.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let head = &bytes[..bytes.len().min(KEPT_BYTES)];
        Self::new(&String::from_utf8_lossy(head))
    }

    /// The cleaned text, at most [`KEPT_BYTES`] long.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// At most [`SHOWN_CHARS`] characters, with a mark where it was cut.
    pub fn short(&self) -> String {
        self.cut(SHOWN_CHARS)
    }

    /// At most `chars` characters, with a mark where it was cut.
    pub fn cut(&self, chars: usize) -> String {
        match self.0.char_indices().nth(chars) {
            None => self.0.clone(),
            Some((end, _)) => format!("{}...", &self.0[..end]),
        }
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for UntrustedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<&str> for UntrustedText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(KEPT_BYTES));
    let mut marks = 0;
    for c in text.chars() {
        let combining = c.width() == Some(0) && !acts_or_hides(c);
        marks = if combining { marks + 1 } else { 0 };
        if marks > MARKS_PER_BASE {
            continue;
        }
        let before = out.len();
        push(&mut out, c);
        if out.len() > KEPT_BYTES {
            out.truncate(before);
            break;
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    use std::fmt::Write;
    if !acts_or_hides(c) {
        out.push(c);
        return;
    }
    let written = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, " "),
        c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32),
        c => write!(out, "\\u{{{:x}}}", c as u32),
    };
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

/// Characters that command a terminal, or that a reader cannot see.
fn acts_or_hides(c: char) -> bool {
    c.is_control()
        || matches!(c as u32,
            0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f
            | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commands_to_the_terminal_become_marks() {
        for (hostile, shown) in [
            ("\x1b]52;c;UFdORUQ=\x07", "\\x1b]52;c;UFdORUQ=\\x07"),
            ("a\r\nb", "a\\r\\nb"),
            ("\u{9b}2J", "\\x9b2J"),
            ("abc\u{202e}fed", "abc\\u{202e}fed"),
            ("z\u{200b}w\u{feff}", "z\\u{200b}w\\u{feff}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
        ] {
            assert_eq!(UntrustedText::new(hostile).as_str(), shown);
        }
    }

    #[test]
    fn stacked_marks_are_cut_to_four() {
        let stacked = format!("a{}b", "\u{301}".repeat(50));
        assert_eq!(UntrustedText::new(&stacked).as_str(), format!("a{}b", "\u{301}".repeat(4)));
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in ["Müller & Söhne", "日本語 テナント", "it's 100 % \"fine\""] {
            assert_eq!(UntrustedText::new(text).as_str(), text);
        }
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(UntrustedText::new(&"x".repeat(1_000_000)).as_str().len(), KEPT_BYTES);
        assert_eq!(UntrustedText::new(&"é".repeat(1000)).short().chars().count(), SHOWN_CHARS + 3);
    }

    proptest! {
        #[test]
        fn nothing_that_acts_or_hides_survives(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let cleaned = UntrustedText::from_bytes(&bytes);
            prop_assert!(!cleaned.as_str().chars().any(acts_or_hides));
            prop_assert!(cleaned.as_str().len() <= KEPT_BYTES);
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,80}") {
            let once = UntrustedText::new(&text);
            prop_assert_eq!(UntrustedText::new(once.as_str()), once.clone());
        }
    }
}
