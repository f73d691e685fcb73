//! Decodes the terminal's bytes to events. Pure: bytes and times in, events out.
//!
//! Replies and reports of the terminal (cursor, mouse, focus) are not typing and are dropped, even if they arrive in
//! pieces or incomplete. The result does not depend on how the bytes are split into reads. Only a pause matters: it
//! decides whether Esc was pressed, and whether a sequence or a paste has lost its end.

use std::collections::VecDeque;
use std::mem::take;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::escape_sequence::{Sequence, control_sequence, single_shift};
use super::paste::Paste;

/// Pause after which Esc counts as the key. The rest of a sequence follows immediately, even over a slow line.
pub(super) const ESC_ALONE: Duration = Duration::from_millis(50);
/// After so long a pause a sequence that has begun has lost its end.
pub(super) const SEQUENCE_LOST: Duration = Duration::from_millis(250);
/// Time limit for a control string of the terminal. Later bytes are typing again.
pub(super) const STRING_LOST: Duration = Duration::from_secs(1);
/// After so long a pause a paste has lost its end.
pub(super) const PASTE_LOST: Duration = Duration::from_secs(1);

/// Most bytes that are kept of a sequence; no key has more.
const LONGEST_SEQUENCE: usize = 64;

const ESCAPE: u8 = 0x1b;

/// Position of the decoder in the stream.
#[derive(Default)]
enum State {
    /// Between two keys.
    #[default]
    Between,
    /// In a character of several bytes.
    Character { bytes: [u8; 4], have: usize, need: usize, alt: bool },
    /// After Esc, or after two.
    Escaped { twice: bool },
    /// After `ESC [`.
    Control { middle: Vec<u8>, overlong: bool, alt: bool },
    /// After `ESC O`.
    SingleShift { middle: Vec<u8>, alt: bool },
    /// After `ESC [ [`: F1 to F5 on the Linux console.
    Console,
    /// In an X10 mouse report: bytes that are still to come.
    Mouse(u8),
    /// In a string of the terminal, to `ESC \` (or BEL): OSC, DCS, APC, PM, SOS.
    Text(TerminalString),
    /// In a bracketed paste.
    Pasting(Paste),
}

/// A string of the terminal. Nothing of it is kept.
#[derive(Clone, Copy)]
struct TerminalString {
    introducer: u8,
    empty: bool,
    /// True if its last byte was Esc.
    escaped: bool,
    began: Instant,
}

/// The decoder.
#[derive(Default)]
pub(super) struct Decoder {
    state: State,
    /// Time of the last byte.
    heard: Option<Instant>,
}

impl Decoder {
    /// Takes what was read.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant, events: &mut VecDeque<Event>) {
        for byte in bytes {
            self.take(*byte, now, events);
        }
        self.heard = Some(now);
    }

    /// Time at which to call [`Decoder::expire`] unless a byte arrives first. `None` if nothing is undecided, so that
    /// an idle program sleeps.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let heard = self.heard?;
        match &self.state {
            // A character that broke off holds up nothing: the next byte begins anew.
            State::Between | State::Character { .. } => None,
            State::Escaped { .. } => Some(heard + ESC_ALONE),
            State::Control { middle, .. } | State::SingleShift { middle, .. } if middle.is_empty() => {
                Some(heard + ESC_ALONE)
            }
            State::Control { .. } | State::SingleShift { .. } | State::Console | State::Mouse(_) => {
                Some(heard + SEQUENCE_LOST)
            }
            State::Text(text) if text.escaped || text.empty => Some(heard + ESC_ALONE),
            State::Text(text) => Some((heard + SEQUENCE_LOST).min(text.began + STRING_LOST)),
            State::Pasting(paste) if paste.pressed().is_some() => Some(heard + ESC_ALONE),
            State::Pasting(_) => Some(heard + PASTE_LOST),
        }
    }

    /// Nothing more came until the deadline: what was undecided is decided.
    pub(super) fn expire(&mut self, events: &mut VecDeque<Event>) {
        match take(&mut self.state) {
            State::Escaped { twice } => {
                events.extend(std::iter::repeat_n(escape(), 1 + usize::from(twice)));
            }
            State::Control { middle, overlong: false, .. } if middle.is_empty() => events.push_back(alt('[')),
            State::SingleShift { middle, .. } if middle.is_empty() => events.push_back(alt('O')),
            State::Text(text) => {
                if text.empty {
                    events.push_back(alt(text.introducer.into()));
                }
                if text.escaped {
                    events.push_back(escape());
                }
            }
            State::Pasting(paste) => {
                let pressed = paste.pressed();
                let text = paste.finish();
                events.extend((!text.is_empty()).then_some(Event::Paste(text)));
                events.extend(pressed.map(Event::Key));
            }
            _ => {}
        }
    }

    fn take(&mut self, byte: u8, now: Instant, events: &mut VecDeque<Event>) {
        self.state = match take(&mut self.state) {
            State::Between => begin(byte, false, events),
            State::Character { bytes, have, need, alt } => character((bytes, have, need), byte, alt, events),
            State::Escaped { twice } => escaped(byte, twice, now, events),
            // A control character breaks a sequence off, and is what it is.
            State::Control { .. } | State::SingleShift { .. } | State::Console if !(0x20..0x7f).contains(&byte) => {
                begin(byte, false, events)
            }
            State::Control { middle, overlong, alt } => control((middle, overlong), byte, alt, events),
            State::SingleShift { mut middle, alt } => {
                if (byte.is_ascii_digit() || byte == b';') && middle.len() < LONGEST_SEQUENCE {
                    middle.push(byte);
                    State::SingleShift { middle, alt }
                } else {
                    act(single_shift(&middle, byte), alt, events)
                }
            }
            State::Console => {
                if (b'A'..=b'E').contains(&byte) {
                    events.push_back(Event::Key(KeyCode::F(1 + byte - b'A').into()));
                }
                State::Between
            }
            State::Mouse(0 | 1) => State::Between,
            State::Mouse(left) => State::Mouse(left - 1),
            State::Text(text) => self::text(text, byte, now, events),
            State::Pasting(mut paste) => {
                if paste.take(byte) {
                    events.push_back(Event::Paste(paste.finish()));
                    State::Between
                } else {
                    State::Pasting(paste)
                }
            }
        };
    }
}

/// A byte that belongs to nothing before it. `alt`: Esc came before it.
fn begin(byte: u8, alt: bool, events: &mut VecDeque<Event>) -> State {
    let need = match byte {
        ESCAPE => return State::Escaped { twice: false },
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        // No character begins with these.
        0x80..=0xff => return State::Between,
        _ => {
            push(plain(byte), alt, events);
            return State::Between;
        }
    };
    State::Character { bytes: [byte, 0, 0, 0], have: 1, need, alt }
}

/// A key that is one byte.
fn plain(byte: u8) -> KeyEvent {
    let control = |c: u8| KeyEvent::new(KeyCode::Char(c.into()), KeyModifiers::CONTROL);
    match byte {
        b'\r' | b'\n' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => control(b' '),
        0x01..=0x1a => control(byte - 1 + b'a'),
        0x1b..=0x1f => control(byte - 0x1c + b'4'),
        _ => letter(byte.into()),
    }
}

fn letter(c: char) -> KeyEvent {
    let held = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(c), held)
}

/// Handles the next byte of a character. A byte that does not continue it starts a new one.
fn character(
    (mut bytes, have, need): ([u8; 4], usize, usize),
    byte: u8,
    alt: bool,
    events: &mut VecDeque<Event>,
) -> State {
    if !(0x80..=0xbf).contains(&byte) {
        return begin(byte, false, events);
    }
    bytes[have] = byte;
    if have + 1 < need {
        return State::Character { bytes, have: have + 1, need, alt };
    }
    let c = std::str::from_utf8(&bytes[..need]).ok().and_then(|text| text.chars().next());
    if let Some(c) = c.filter(|c| !c.is_control()) {
        push(letter(c), alt, events);
    }
    State::Between
}

/// The byte after Esc.
fn escaped(byte: u8, twice: bool, now: Instant, events: &mut VecDeque<Event>) -> State {
    match byte {
        ESCAPE if twice => {
            events.push_back(escape());
            return State::Escaped { twice };
        }
        ESCAPE => return State::Escaped { twice: true },
        // Alt with a key that is a sequence: Esc before it.
        b'[' => return State::Control { middle: Vec::new(), overlong: false, alt: twice },
        b'O' => return State::SingleShift { middle: Vec::new(), alt: twice },
        _ => {}
    }
    if twice {
        events.push_back(escape());
    }
    match byte {
        b']' | b'P' | b'_' | b'^' | b'X' => {
            State::Text(TerminalString { introducer: byte, empty: true, escaped: false, began: now })
        }
        // Ctrl-C is never half of something else.
        0x03 => {
            events.push_back(escape());
            begin(byte, false, events)
        }
        _ => begin(byte, true, events),
    }
}

fn control((mut middle, overlong): (Vec<u8>, bool), byte: u8, alt: bool, events: &mut VecDeque<Event>) -> State {
    match byte {
        b'[' if middle.is_empty() && !overlong => State::Console,
        0x20..=0x3f if middle.len() < LONGEST_SEQUENCE => {
            middle.push(byte);
            State::Control { middle, overlong, alt }
        }
        0x20..=0x3f => State::Control { middle, overlong: true, alt },
        _ if overlong => State::Between,
        _ => act(control_sequence(&middle, byte), alt, events),
    }
}

fn act(sequence: Sequence, alt: bool, events: &mut VecDeque<Event>) -> State {
    match sequence {
        Sequence::Key(key) => push(key, alt, events),
        Sequence::PasteBegins => return State::Pasting(Paste::default()),
        Sequence::Mouse => return State::Mouse(3),
        Sequence::PasteEnds | Sequence::NoKey => {}
    }
    State::Between
}

/// The next byte of a terminal's string.
fn text(text: TerminalString, byte: u8, now: Instant, events: &mut VecDeque<Event>) -> State {
    match byte {
        b'\\' if text.escaped => State::Between,
        // A new sequence: the string has lost its end.
        _ if text.escaped => escaped(byte, false, now, events),
        ESCAPE => State::Text(TerminalString { escaped: true, ..text }),
        0x07 if text.introducer == b']' => State::Between,
        // Ctrl-C, and what breaks off a string on every terminal.
        0x03 | 0x18 | 0x1a => begin(byte, false, events),
        _ => State::Text(TerminalString { empty: false, ..text }),
    }
}

fn push(mut key: KeyEvent, alt: bool, events: &mut VecDeque<Event>) {
    key.modifiers.set(KeyModifiers::ALT, alt || key.modifiers.contains(KeyModifiers::ALT));
    events.push_back(Event::Key(key));
}

fn escape() -> Event {
    Event::Key(KeyCode::Esc.into())
}

fn alt(c: char) -> Event {
    Event::Key(KeyEvent { modifiers: letter(c).modifiers | KeyModifiers::ALT, ..letter(c) })
}
