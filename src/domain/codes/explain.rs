//! Explanations of the codes: meaning, cause, evidence, fix, and limits. The same for every face.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Code;

/// The text, for the tests that look for names in it.
pub const TEXT: &str = include_str!("explanations.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanations {
    code: Vec<Explanation>,
}

/// One explanation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The code's word.
    pub id: String,
    /// Meaning for the set-up.
    pub means: String,
    /// Usual cause.
    pub why: String,
    /// Evidence for it, if similar codes have other evidence.
    pub known: Option<String>,
    /// Steps of the fix.
    pub fixes: Vec<String>,
    /// Conclusion that does not follow from it.
    pub proves_not: Option<String>,
}

/// One paragraph of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The word in the margin, at most ten letters; empty for a further step.
    pub word: &'static str,
    /// The text.
    pub text: String,
}

static BOOK: LazyLock<Vec<Explanation>> =
    // A test reads it; an unreadable book would be an empty one.
    LazyLock::new(|| toml::from_str::<Explanations>(TEXT).map(|book| book.code).unwrap_or_default());

/// Every explanation, in the order of the codes.
pub fn explanations() -> &'static [Explanation] {
    &BOOK
}

/// The explanation of a code.
pub fn explanation(code: Code) -> Option<&'static Explanation> {
    BOOK.iter().find(|entry| entry.id == code.id())
}

impl Explanation {
    /// The code's headline.
    pub fn headline(&self) -> &'static str {
        Code::from_id(&self.id).map_or("", Code::headline)
    }

    /// The paragraphs in order, with numbered steps.
    pub fn paragraphs(&self) -> Vec<Paragraph> {
        let one = |word, text: &String| Paragraph { word, text: text.clone() };
        let mut all = vec![one("Means", &self.means), one("Why", &self.why)];
        all.extend(self.known.iter().map(|text| one("Known by", text)));
        all.extend(self.fixes.iter().enumerate().map(|(at, step)| Paragraph {
            word: if at == 0 { "Fix" } else { "" },
            text: format!("{}. {step}", at + 1),
        }));
        all.extend(self.proves_not.iter().map(|text| one("Proves not", text)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_explanation_and_none_is_spare() {
        let book = toml::from_str::<Explanations>(TEXT).expect("the book is readable");
        let explained: Vec<String> = book.code.into_iter().map(|entry| entry.id).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(explained, codes);
    }

    #[test]
    fn explanations_are_whole_sentences() {
        for entry in explanations() {
            let texts = [&entry.means, &entry.why].into_iter().chain(&entry.known).chain(&entry.fixes);
            for text in texts.chain(&entry.proves_not) {
                let first = text.chars().next().unwrap_or_default();
                assert!(text.ends_with('.') && text.len() > 9, "{}: {text:?}", entry.id);
                assert!(!first.is_lowercase() || text.starts_with("halo-onboard"), "{}: {text:?}", entry.id);
            }
            assert!(!entry.fixes.is_empty(), "{}", entry.id);
        }
    }

    #[test]
    fn what_halo_answers_with_says_how_it_is_known() {
        for group in ["auth.invalid", "identity.w", "api.forbidden", "api.scope", "api.role", "privilege."] {
            let mut entries = explanations().iter().filter(|entry| entry.id.starts_with(group)).peekable();
            assert!(entries.peek().is_some(), "{group}");
            assert!(entries.all(|entry| entry.known.is_some()), "{group}");
        }
    }

    #[test]
    fn paragraphs_hold_every_text_once() {
        for entry in explanations() {
            let paragraphs = entry.paragraphs();
            let all =
                2 + usize::from(entry.known.is_some()) + entry.fixes.len() + usize::from(entry.proves_not.is_some());
            assert_eq!(paragraphs.len(), all, "{}", entry.id);
            assert!(paragraphs.iter().all(|paragraph| paragraph.word.len() <= 10));
        }
    }
}
