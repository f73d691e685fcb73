//! Texts for the operator that may name keys: `{run_all}` stands for the key of that action, which only the table of keys
//! knows. Only text that was compiled into the program can name one: what a server, a file or the operator wrote is shown as
//! it is, braces included.

use std::borrow::Cow;
use std::ops::{Deref, Range};

/// A text with the places in which `{name}` stands for a key.
///
/// A string literal becomes a text that may name keys; an owned `String`, which may hold foreign text, never does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    text: Cow<'static, str>,
    /// Byte ranges of the program's own words.
    own: Vec<Range<usize>>,
}

impl Text {
    /// The text followed by words that may name keys.
    #[must_use]
    pub fn then(mut self, words: &'static str) -> Self {
        let from = self.text.len();
        self.text.to_mut().push_str(words);
        self.own.push(from..self.text.len());
        self
    }

    /// The text followed by one that names no keys: it may come from a server or the operator.
    #[must_use]
    pub fn followed_by(mut self, text: &str) -> Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// The text with each `{name}` of the program's own words as `keyed` gives it.
    pub fn resolved(&self, keyed: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut at = 0;
        for own in &self.own {
            out.push_str(&self.text[at..own.start]);
            out.push_str(&keyed(&self.text[own.clone()]));
            at = own.end;
        }
        out + &self.text[at..]
    }
}

impl From<&'static str> for Text {
    fn from(words: &'static str) -> Self {
        Self { text: Cow::Borrowed(words), own: std::iter::once(0..words.len()).collect() }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text: Cow::Owned(text), own: Vec::new() }
    }
}

/// The text before any key is put in.
impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_own_words_name_keys() {
        let keyed = |text: &str| text.replace("{run}", "R");
        for (text, shown) in [
            (Text::from("press {run}"), "press R"),
            (Text::from("{run}".to_owned()), "{run}"),
            (Text::from("said {run}: ".to_owned()).then("{run} asks again"), "said {run}: R asks again"),
            (Text::from("{run} and ").then("{run}"), "R and R"),
            (Text::from("{r".to_owned()).then("un}"), "{run}"),
            (Text::from("{run}: ").followed_by("{run}"), "R: {run}"),
            (Text::from("{run}: ").followed_by("{run}").then(" {run}"), "R: {run} R"),
            (Text::default(), ""),
        ] {
            assert_eq!(text.resolved(keyed), shown);
        }
    }
}
