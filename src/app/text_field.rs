//! A text field that holds no secret: tui-input for the text and its cursor, and an undo of our own.

use std::collections::VecDeque;

use tui_input::{Input, InputRequest};
use zeroize::Zeroizing;

use super::action::TextEdit;
use crate::domain::connection::Note;

/// Levels of undo.
const UNDO: usize = 10;
/// Most characters of one field.
pub const MOST_CHARS: usize = 2048;

/// One field.
#[derive(Default)]
pub struct TextField {
    input: Input,
    /// Text and cursor before each change; wiped, because a secret may have been pasted here by mistake.
    undo: VecDeque<(Zeroizing<String>, usize)>,
    /// The kind of the last change: typing on is one step of undo.
    last: Option<Change>,
    cut: Zeroizing<String>,
    /// Notes about the last paste.
    pub(crate) pasted: Vec<Note>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Typing,
    Deleting,
    Other,
}

impl TextField {
    /// A field that holds a text.
    pub fn new(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()), ..Self::default() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// The cursor's place in characters.
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// First cell of the text that is shown in a field of this width, and the cursor's cell in it.
    pub fn view(&self, width: usize) -> (usize, usize) {
        let scroll = self.input.visual_scroll(width);
        (scroll, self.input.visual_cursor().saturating_sub(scroll))
    }

    /// Types one character; false when the field is full.
    pub fn type_char(&mut self, c: char) -> bool {
        if self.text().chars().count() >= MOST_CHARS {
            return false;
        }
        self.remember(Change::Typing);
        self.input.handle(InputRequest::InsertChar(c));
        true
    }

    /// Inserts a text at the cursor as one step of undo; false when it does not fit.
    pub fn insert(&mut self, text: &str) -> bool {
        if self.text().chars().count() + text.chars().count() > MOST_CHARS {
            return false;
        }
        self.remember(Change::Other);
        let at = self.text().char_indices().nth(self.cursor()).map_or(self.text().len(), |(at, _)| at);
        let whole = format!("{}{text}{}", &self.text()[..at], &self.text()[at..]);
        self.input = Input::new(whole).with_cursor(self.cursor() + text.chars().count());
        true
    }

    /// Puts a text in place of what is there, as one step of undo; false when it does not fit.
    pub fn replace(&mut self, text: &str) -> bool {
        if text.chars().count() > MOST_CHARS {
            return false;
        }
        self.remember(Change::Other);
        self.input = Input::new(text.to_owned());
        true
    }

    /// Changes the text or the place in it; true when the text changed.
    pub fn edit(&mut self, edit: TextEdit) -> bool {
        let request = match edit {
            TextEdit::Undo => return self.undo(),
            TextEdit::PutBack => {
                let cut = self.cut.clone();
                return !cut.is_empty() && self.insert(&cut);
            }
            TextEdit::Left => InputRequest::GoToPrevChar,
            TextEdit::Right => InputRequest::GoToNextChar,
            TextEdit::WordLeft => InputRequest::GoToPrevWord,
            TextEdit::WordRight => InputRequest::GoToNextWord,
            TextEdit::Home => InputRequest::GoToStart,
            TextEdit::End => InputRequest::GoToEnd,
            TextEdit::Backspace => InputRequest::DeletePrevChar,
            TextEdit::Delete => InputRequest::DeleteNextChar,
            TextEdit::DeleteWord => InputRequest::DeletePrevWord,
            TextEdit::Clear => InputRequest::DeleteLine,
            TextEdit::DeleteToEnd => InputRequest::DeleteTillEnd,
        };
        self.request(edit, request)
    }

    fn request(&mut self, edit: TextEdit, request: InputRequest) -> bool {
        let before = (Zeroizing::new(self.text().to_owned()), self.cursor());
        let changed = self.input.handle(request).is_some_and(|what| what.value);
        if !changed {
            self.last = None;
            return false;
        }
        if edit.cuts() {
            self.cut = removed(&before.0, self.text(), self.cursor());
            // tui-input keeps what it deletes; a new one keeps nothing.
            self.input = Input::new(self.text().to_owned()).with_cursor(self.cursor());
        }
        let change = if edit.cuts() { Change::Other } else { Change::Deleting };
        self.push(change, before);
        true
    }

    fn remember(&mut self, change: Change) {
        let before = (Zeroizing::new(self.text().to_owned()), self.cursor());
        self.push(change, before);
    }

    fn push(&mut self, change: Change, before: (Zeroizing<String>, usize)) {
        if change != Change::Other && self.last == Some(change) {
            return;
        }
        self.last = Some(change);
        if self.undo.len() == UNDO {
            self.undo.pop_front();
        }
        self.undo.push_back(before);
    }

    fn undo(&mut self) -> bool {
        let Some((text, cursor)) = self.undo.pop_back() else { return false };
        self.input = Input::new(text.to_string()).with_cursor(cursor);
        self.last = None;
        true
    }

    /// The field was left: what was cut is wiped, typing on becomes a step of its own.
    pub fn settle(&mut self) {
        self.cut = Zeroizing::default();
        self.last = None;
    }

    /// Empties the field with its whole history: a secret stood in it.
    pub fn wipe(&mut self) -> Zeroizing<String> {
        let text = Zeroizing::new(self.text().to_owned());
        *self = Self::default();
        text
    }
}

/// The piece of `before` that is missing in `after`, cut out at the cursor's new place.
fn removed(before: &str, after: &str, cursor: usize) -> Zeroizing<String> {
    let start = before.char_indices().nth(cursor).map_or(before.len(), |(at, _)| at);
    let end = start + before.len() - after.len();
    Zeroizing::new(before.get(start..end).unwrap_or_default().to_owned())
}

impl std::fmt::Debug for TextField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the text: a secret may have been pasted into the wrong field.
        write!(f, "TextField({} chars)", self.text().chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> TextField {
        let mut field = TextField::default();
        text.chars().for_each(|c| assert!(field.type_char(c)));
        field
    }

    #[test]
    fn edits() {
        use TextEdit::*;
        for (start, edits, text) in [
            ("acme corp", &[DeleteWord][..], "acme "),
            ("acme corp", &[DeleteWord, PutBack], "acme corp"),
            ("acme corp", &[Clear, PutBack], "acme corp"),
            ("acme corp", &[Home, Right, DeleteToEnd], "a"),
            ("acme corp", &[Home, Right, DeleteToEnd, Undo], "acme corp"),
            ("acme corp", &[WordLeft, Backspace], "acmecorp"),
            ("acme corp", &[Home, WordRight, Delete], "acme orp"),
            ("日本", &[Backspace], "日"),
            ("e\u{301}", &[Backspace], ""),
            ("typed at once", &[Undo], ""),
            ("x", &[Undo, Undo, Undo], ""),
        ] {
            let mut field = typed(start);
            for edit in edits {
                field.edit(*edit);
            }
            assert_eq!(field.text(), text, "{start} {edits:?}");
        }
    }

    #[test]
    fn undo_goes_back_ten_steps_and_no_further() {
        let mut field = TextField::default();
        for number in 0..12 {
            field.replace(&number.to_string());
        }
        let mut steps = 0;
        while field.edit(TextEdit::Undo) {
            steps += 1;
        }
        assert_eq!((steps, field.text()), (UNDO, "1"));
    }

    #[test]
    fn nothing_deleted_stays_in_the_field() {
        let mut field = typed("canary-4711");
        field.edit(TextEdit::Clear);
        assert!(!format!("{:?}", field.input).contains("canary"), "tui-input keeps what it deletes");
        field.settle();
        assert!(!field.edit(TextEdit::PutBack));
        let mut field = typed("canary-4711");
        assert_eq!(field.wipe().as_str(), "canary-4711");
        assert!(!field.edit(TextEdit::Undo) && field.text().is_empty());
    }

    #[test]
    fn a_text_that_does_not_fit_is_refused_whole() {
        let mut field = typed("abc");
        assert!(!field.insert(&"x".repeat(MOST_CHARS)));
        assert_eq!(field.text(), "abc");
    }
}
