//! Redaction of the secret and the tokens in all output. A server that received them can return them in an error
//! text, a page title or a name.

use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::domain::evidence::{Evidence, Observation};
use crate::domain::secret_text::{find_spelling, spellings};
use crate::domain::untrusted_text::UntrustedText;

/// Text in place of a secret.
const MARK: &str = "[hidden]";
/// Longest text that is looked through; of a longer one the rest would not be kept either.
const LONGEST: usize = 16 * 1024;

/// The texts that must not be shown, in every usual spelling.
#[derive(Default)]
pub(super) struct Redactor(RwLock<Vec<Zeroizing<String>>>);

impl Redactor {
    /// Adds a secret or a token, in every usual spelling.
    pub(super) fn add(&self, secret: &str) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.append(&mut spellings(secret));
        // The longest first: a part must not be replaced within the whole.
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
    }

    /// Foreign text without secrets, filtered. Looked at again after filtering: the mark of a control character can
    /// complete what was no secret before (`\x1` and `c...`).
    pub(super) fn foreign(&self, text: &str) -> UntrustedText {
        let filtered = UntrustedText::new(&self.scrub(text));
        // The mark itself is no secret, though a secret may be a part of it.
        if self.is_in(&filtered.as_str().replace(MARK, " ")) {
            UntrustedText::new(&self.scrub(filtered.as_str()))
        } else {
            filtered
        }
    }

    /// True when the text holds a secret.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let needles = self.0.read().unwrap_or_else(PoisonError::into_inner);
        needles.iter().any(|needle| find_spelling(text, needle).is_some())
    }

    /// Takes secrets out of every failure of the evidence: the one gate that all of them pass.
    pub(super) fn clean(&self, evidence: &mut Evidence) {
        self.clean_asked(&mut evidence.discovery);
        self.clean_asked(&mut evidence.token);
        self.clean_asked(&mut evidence.identity);
        evidence.probes.values_mut().for_each(|asked| self.clean_asked(asked));
        let accesses = [evidence.link.access.as_mut(), evidence.auth_access.as_mut()];
        for access in accesses.into_iter().flatten() {
            access.issuer = self.foreign(access.issuer.as_str());
        }
        if let Some(certificate) = &mut evidence.link.certificate {
            for text in [&mut certificate.subject, &mut certificate.issuer].into_iter().chain(&mut certificate.names) {
                *text = self.foreign(text.as_str());
            }
        }
    }

    fn clean_asked<T>(&self, asked: &mut Observation<T>) {
        let Observation::Failed(fault) = asked else { return };
        let texts = [
            Some(&mut fault.detail),
            Some(&mut fault.said),
            fault.oauth_error.as_mut(),
            fault.target.as_mut(),
            fault.tried.as_deref_mut(),
        ];
        for text in texts.into_iter().flatten() {
            *text = self.foreign(text.as_str());
        }
    }

    fn scrub(&self, text: &str) -> String {
        let needles = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = text[..boundary(text, LONGEST)].to_owned();
        for needle in needles.iter() {
            let mut from = 0;
            while let Some(at) = find_spelling(&out[from..], needle).map(|at| from + at) {
                out.replace_range(at..at + needle.len(), MARK);
                from = at + MARK.len();
            }
        }
        if text.len() > LONGEST {
            // The cut may have left the beginning of a secret at the end.
            let longest = needles.first().map_or(0, |needle| needle.len());
            out.truncate(boundary(&out, out.len().saturating_sub(longest)));
        }
        out
    }
}

/// The last place at or before `at` where a text can be cut.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn a_mark_of_the_filter_completes_no_secret() {
        let hide = Redactor::default();
        hide.add("c0ffee42-canary");
        assert_eq!(hide.foreign("\u{1c}0ffee42-canary").as_str(), "\\x1[hidden]");
    }

    #[test]
    fn every_usual_spelling_is_hidden() {
        let secret = "p%&+=\"'\\ä-geheim";
        let hide = Redactor::default();
        hide.add(secret);
        let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for echo in [
            secret.to_owned(),
            secret.to_ascii_uppercase(),
            encoded,
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
            hex,
        ] {
            let shown = hide.foreign(&format!("you sent {echo}!")).as_str().to_owned();
            assert_eq!(shown, "you sent [hidden]!", "{echo}");
            assert!(hide.is_in(&echo));
        }
    }

    #[test]
    fn halves_of_a_secret_and_parts_of_a_token_are_hidden() {
        let hide = Redactor::default();
        hide.add("5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7");
        hide.add("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl");
        let shown = hide.foreign("x 18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7 y eyJzdWIiOi z");
        assert_eq!(shown.as_str(), "x [hidden] y [hidden] z");
    }

    #[test]
    fn the_cut_of_a_long_text_leaves_no_part_of_a_secret() {
        let secret = "0123456789abcdef-secret";
        let hide = Redactor::default();
        hide.add(secret);
        for shift in 0..secret.len() {
            let text = format!("{}{}", "x".repeat(shift), secret.repeat(1000));
            let shown = hide.foreign(&text);
            assert!(!shown.as_str().contains("0123"), "{shift}");
        }
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        let hide = Redactor::default();
        hide.add("a");
        hide.add("some-secret");
        hide.add("hidden");
        assert_eq!(hide.foreign("a banana, some secrecy").as_str(), "a banana, some secrecy");
        assert!(!hide.is_in("some-secre"));
        assert_eq!(hide.foreign("hidden").as_str(), MARK, "a secret that is part of the mark");
    }
}
