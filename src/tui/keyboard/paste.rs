//! A bracketed paste while it comes in.

use std::borrow::Cow;
use std::mem::take;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroize as _;

use super::escape_sequence::{Sequence, character, control_sequence};

/// Most bytes that are kept of one paste; no field takes more, and what follows is dropped up to the paste's end.
pub(super) const MOST_BYTES: usize = 1 << 20;
/// Longest sequence that is looked for inside a paste.
const LONGEST_SEQUENCE: usize = 32;

const ESCAPE: u8 = 0x1b;
const INTERRUPT: u8 = 0x03;

/// The paste so far. Esc or Ctrl-C inside it is text if more bytes follow immediately, otherwise a key of the
/// operator.
#[derive(Default)]
pub(super) struct Paste {
    text: Vec<u8>,
    /// Bytes of which it is not known yet what they are: a sequence that has begun, or a Ctrl-C.
    undecided: Vec<u8>,
}

impl Paste {
    /// Takes one byte; true when it was the last of the paste's end.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        match &self.undecided[..] {
            [] if byte == ESCAPE || byte == INTERRUPT => self.undecided.push(byte),
            [] => self.keep(byte),
            [ESCAPE] if byte == b'[' => self.undecided.push(byte),
            [ESCAPE, b'[', middle @ ..] if middle.len() < LONGEST_SEQUENCE && (0x20..=0x7e).contains(&byte) => {
                if byte < 0x40 {
                    self.undecided.push(byte);
                } else {
                    return self.sequence(byte);
                }
            }
            _ => {
                self.settle();
                return self.take(byte);
            }
        }
        false
    }

    /// A sequence is complete: the paste's end, a character that the terminal has encoded, or just text.
    fn sequence(&mut self, last: u8) -> bool {
        let encoded = last == b'u' || (last == b'~' && self.undecided.starts_with(b"\x1b[27;"));
        match control_sequence(&self.undecided[2..], last) {
            Sequence::PasteEnds => {
                self.undecided.clear();
                return true;
            }
            Sequence::Key(key) if encoded => {
                self.undecided.clear();
                match character(key) {
                    Some('\x1b') => self.undecided.push(ESCAPE),
                    Some('\x03') => self.undecided.push(INTERRUPT),
                    Some(c) => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.keep(byte)),
                    None => {}
                }
            }
            _ => {
                self.settle();
                self.keep(last);
            }
        }
        false
    }

    /// The key that the operator pressed, if nothing more follows now.
    pub(super) fn pressed(&self) -> Option<KeyEvent> {
        match self.undecided[..] {
            [ESCAPE] => Some(KeyCode::Esc.into()),
            [INTERRUPT] => Some(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)),
            _ => None,
        }
    }

    /// The text, when the paste is over. A key that the operator pressed is none of it.
    pub(super) fn finish(mut self) -> String {
        if self.pressed().is_none() {
            self.settle();
        }
        // Exactly as long as it is: whoever takes it moves it nowhere, and the buffer here is wiped.
        let lossy = String::from_utf8_lossy(&self.text);
        let mut text = String::with_capacity(lossy.len());
        text.push_str(&lossy);
        if let Cow::Owned(mut lossy) = lossy {
            lossy.zeroize();
        }
        text
    }

    /// Treats undecided bytes as text.
    fn settle(&mut self) {
        let undecided = take(&mut self.undecided);
        undecided.into_iter().for_each(|byte| self.keep(byte));
    }

    fn keep(&mut self, byte: u8) {
        if self.text.len() == MOST_BYTES {
            return;
        }
        if self.text.len() == self.text.capacity() {
            self.grow();
        }
        self.text.push(byte);
    }

    /// Enlarges the buffer. The old buffer is wiped, because it may contain a secret.
    fn grow(&mut self) {
        let mut larger = Vec::with_capacity((2 * self.text.len()).clamp(1024, MOST_BYTES));
        larger.extend_from_slice(&self.text);
        std::mem::replace(&mut self.text, larger).zeroize();
    }
}

impl Drop for Paste {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}
