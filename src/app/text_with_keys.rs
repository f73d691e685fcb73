//! Texts for the operator with placeholders for keys: `{run_all}` is replaced with the key of that action by the key
//! table. Only text that is compiled into the program is resolved. Text from a server, a file or the operator is
//! shown unchanged, including braces.

use std::borrow::Cow;
use std::ops::{Deref, Range};

/// A text with placeholders `{name}` for keys.
///
/// A string literal is the program's own text. An owned `String` may contain untrusted text and is never resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    text: Cow<'static, str>,
    /// Byte ranges of the program's own text.
    own: Vec<Range<usize>>,
}

impl Text {
    /// Appends the program's own text, which may name keys.
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

    /// Replaces each `{name}` in the program's own text with the result of `keyed`.
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
