//! The field that holds the secret: one buffer that never moves and is wiped, without undo and without a cut text.

use zeroize::{Zeroize, Zeroizing};

use super::action::TextEdit;
use crate::secret::Secret;

/// Most bytes that a secret can have. Reserved once: a buffer that grew would leave copies behind.
pub const CAPACITY: usize = 512;
/// Minimum length for a fingerprint. The fingerprint of a shorter secret would reveal too much.
const FINGERPRINT_FROM: usize = 20;

/// The secret as it is typed.
pub struct SecretInput {
    text: Zeroizing<String>,
    /// Byte offset. Always at the end while the text is hidden, because the cursor is not visible then.
    cursor: usize,
    revision: u64,
    /// True if the text was pasted as a whole. A fingerprint of every typed prefix would reveal the secret to a
    /// recording of the screen.
    whole: bool,
}

impl Default for SecretInput {
    fn default() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(CAPACITY)), cursor: 0, revision: 0, whole: false }
    }
}

/// The text does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl SecretInput {
    /// Time for which the secret is shown in clear after the operator asked for it, in milliseconds.
    pub(crate) const REVEAL_MS: u64 = 10_000;

    /// Puts a whole text in place of what is there.
    ///
    /// # Errors
    /// It is longer than its capacity (512 bytes); what was there stays.
    pub fn replace(&mut self, text: &str) -> Result<(), TooLong> {
        if text.len() > CAPACITY {
            return Err(TooLong);
        }
        self.text.zeroize();
        self.cursor = 0;
        self.insert(text)?;
        self.whole = true;
        Ok(())
    }

    /// Inserts a pasted text at the cursor.
    ///
    /// # Errors
    /// It does not fit; nothing was inserted.
    pub fn insert(&mut self, text: &str) -> Result<(), TooLong> {
        if self.text.len() + text.len() > CAPACITY {
            return Err(TooLong);
        }
        self.whole = self.text.is_empty();
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        self.revision += 1;
        Ok(())
    }

    /// Inserts a typed character at the cursor.
    ///
    /// # Errors
    /// The field is full.
    pub fn type_char(&mut self, c: char) -> Result<(), TooLong> {
        let mut buffer = [0; 4];
        let done = self.insert(c.encode_utf8(&mut buffer));
        buffer.zeroize();
        self.whole = false;
        done
    }

    /// Changes the text or the place in it; true when the text changed. There is nothing to put back and no undo.
    pub fn edit(&mut self, edit: TextEdit) -> bool {
        let before = self.text.len();
        match edit {
            TextEdit::Left => self.cursor = self.previous(),
            TextEdit::Right => self.cursor = self.next(),
            TextEdit::Home | TextEdit::WordLeft => self.cursor = 0,
            TextEdit::End | TextEdit::WordRight => self.cursor = self.text.len(),
            TextEdit::Backspace => {
                let start = self.previous();
                self.remove(start, self.cursor);
            }
            TextEdit::Delete => self.remove(self.cursor, self.next()),
            TextEdit::DeleteWord | TextEdit::Clear => self.remove(0, self.text.len()),
            TextEdit::DeleteToEnd => self.remove(self.cursor, self.text.len()),
            TextEdit::PutBack | TextEdit::Undo => {}
        }
        let changed = self.text.len() != before;
        if changed {
            self.revision += 1;
            self.whole = false;
        }
        changed
    }

    fn remove(&mut self, start: usize, end: usize) {
        if (start, end) == (0, self.text.len()) {
            self.text.zeroize();
        } else {
            self.text.replace_range(start..end, "");
        }
        self.cursor = start;
    }

    fn previous(&self) -> usize {
        self.text[..self.cursor].char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.text[self.cursor..].chars().next().map_or(self.cursor, |c| self.cursor + c.len_utf8())
    }

    /// The editing is over: the text is taken as a whole, the cursor goes to the end.
    pub fn settle(&mut self) {
        self.cursor = self.text.len();
        self.whole = true;
    }

    /// Puts the cursor at the end, because the text is hidden again.
    pub fn hide(&mut self) {
        self.cursor = self.text.len();
    }

    /// The text itself, for a field that the operator revealed.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// A protected copy, for a run.
    pub fn secret(&self) -> Secret {
        Secret::new(self.text.as_str().to_owned())
    }

    /// Byte offset of the cursor.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Rises with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// True when nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Length in characters.
    pub fn chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Fingerprint of a text that came as a whole and is long enough to keep its secret.
    pub fn fingerprint(&self) -> Option<String> {
        (self.whole && self.chars() >= FINGERPRINT_FROM).then(|| self.secret().fingerprint())
    }
}

impl std::fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> SecretInput {
        let mut input = SecretInput::default();
        for c in text.chars() {
            input.type_char(c).expect("room");
        }
        input
    }

    #[test]
    fn the_buffer_never_moves_and_never_grows() {
        let mut input = SecretInput::default();
        let (start, capacity) = (input.text.as_ptr(), input.text.capacity());
        for c in "x".repeat(CAPACITY).chars() {
            assert_eq!(input.type_char(c), Ok(()));
        }
        assert_eq!(input.type_char('y'), Err(TooLong));
        assert_eq!(input.insert("y"), Err(TooLong));
        for edit in [TextEdit::Backspace, TextEdit::DeleteWord, TextEdit::Clear] {
            input.edit(edit);
        }
        input.replace("other").expect("room");
        assert_eq!((input.text.as_ptr(), input.text.capacity()), (start, capacity));
    }

    #[test]
    fn a_paste_that_does_not_fit_leaves_the_field_as_it_was() {
        let mut input = typed("abc");
        assert_eq!(input.replace(&"x".repeat(CAPACITY + 1)), Err(TooLong));
        assert_eq!(input.insert(&"x".repeat(CAPACITY)), Err(TooLong));
        assert_eq!(input.expose(), "abc");
    }

    #[test]
    fn edits_stand_at_character_boundaries() {
        for (edits, left) in [
            (&[TextEdit::Backspace][..], "añ日"),
            (&[TextEdit::Left, TextEdit::Backspace], "añb"),
            (&[TextEdit::Left, TextEdit::Left, TextEdit::DeleteToEnd], "añ"),
            (&[TextEdit::Home, TextEdit::Delete], "ñ日b"),
            (&[TextEdit::Clear, TextEdit::PutBack, TextEdit::Undo], ""),
        ] {
            let mut input = typed("añ日b");
            for edit in edits {
                input.edit(*edit);
            }
            assert_eq!(input.expose(), left, "{edits:?}");
        }
    }

    #[test]
    fn a_fingerprint_is_shown_of_a_whole_long_secret_only() {
        let long = "0123456789012345678901234567890123456789";
        let mut input = typed(long);
        assert_eq!(input.fingerprint(), None, "every prefix's fingerprint would spell the secret");
        input.settle();
        assert!(input.fingerprint().is_some());
        let mut short = typed("abc");
        short.settle();
        assert_eq!(short.fingerprint(), None);
        let mut pasted = SecretInput::default();
        pasted.insert(long).expect("room");
        assert!(pasted.fingerprint().is_some());
        pasted.type_char('x').expect("room");
        assert_eq!(pasted.fingerprint(), None);
    }

    #[test]
    fn debug_says_hidden() {
        assert_eq!(format!("{:?}", typed("canary-4711")), "[hidden]");
    }
}
