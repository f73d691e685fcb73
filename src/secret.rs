//! The only type that holds a secret: zeroised on drop, never printed, never serialised.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroize;

/// A client secret or an access token.
///
/// It has no `Display`, no `Serialize`, no `PartialEq` and no `Clone`: a copy is made only by
/// [`Secret::duplicate`], so that copies can be found and counted in the source.
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of the text and leaves no copy of it. A buffer with spare capacity cannot be reused (shrinking
    /// it may move it), so its content is copied and the buffer is wiped.
    pub fn new(text: String) -> Self {
        if text.len() == text.capacity() { Self(SecretString::from(text)) } else { Self(moved(&mut { text })) }
    }

    /// Returns the text itself. Every caller is a place where the secret can leak: keep them few.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns a second protected copy, for a run that outlives a change of the form.
    pub fn duplicate(&self) -> Self {
        Self::new(self.expose().to_owned())
    }

    /// Length in characters. It is displayed because truncated pastes occur in practice.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }

    /// True if the text is empty.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// The first 8 hexadecimal digits of the SHA-256 hash, in two groups: lets two people compare a secret without
    /// revealing it.
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.expose().as_bytes());
        let bytes = digest.as_ref();
        format!("{:02x}{:02x}-{:02x}{:02x}", bytes[0], bytes[1], bytes[2], bytes[3])
    }
}

/// Moves the text into a buffer of exactly its size and wipes the whole capacity of the old buffer.
fn moved(text: &mut String) -> SecretString {
    let protected = SecretString::new(text.as_str().into());
    text.zeroize();
    protected
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::{Secret, moved};

    #[test]
    fn debug_shows_nothing_of_the_text() {
        let secret = Secret::new("canary-4711".into());
        let shown = format!("{secret:?} {:?}", Some(&secret));
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("[hidden]"));
    }

    /// Safe code cannot read a freed buffer, so the test checks that no buffer is freed, or that it was wiped first.
    #[test]
    fn no_buffer_with_the_text_is_freed_unwiped() {
        let text = String::from("canary-4711").into_boxed_str().into_string();
        let place = text.as_ptr();
        assert_eq!(Secret::new(text).expose().as_ptr(), place, "one that fits is taken over, not copied");

        let mut text = String::with_capacity(4096);
        text.push_str("canary-4711");
        let place = text.as_ptr();
        let protected = moved(&mut text);
        assert_eq!(protected.expose_secret(), "canary-4711");
        assert_eq!((text.as_str(), text.as_ptr()), ("", place), "wiped where it was");
        let mut larger = String::with_capacity(4096);
        larger.push_str("canary-4711");
        assert_eq!(Secret::new(larger).expose(), "canary-4711");
    }

    #[test]
    fn fingerprint_is_the_start_of_sha256() {
        // printf abc | sha256sum
        assert_eq!(Secret::new("abc".into()).fingerprint(), "ba78-16bf");
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(Secret::new("äb".into()).chars(), 2);
    }
}
