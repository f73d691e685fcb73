//! The meaning of one complete control sequence (`ESC [` ... and `ESC O` ...), in the forms of xterm, VT220, the Linux
//! console, tmux, screen, PuTTY, rxvt and kitty.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// Meaning of an escape sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sequence {
    /// A key.
    Key(KeyEvent),
    /// Bracketed paste begins.
    PasteBegins,
    /// Bracketed paste ends.
    PasteEnds,
    /// Three more bytes of an X10 mouse report follow.
    Mouse,
    /// A reply or a report of the terminal, or nothing that is known.
    NoKey,
}

/// Parses the bytes between `ESC [` and the final byte, and the final byte.
pub(super) fn control_sequence(middle: &[u8], last: u8) -> Sequence {
    // A private mark or an intermediate byte: replies to questions, mouse reports, modes.
    let Some(numbers) = SequenceParameters::read(middle) else { return Sequence::NoKey };
    let key = match last {
        b'M' if middle.is_empty() => return Sequence::Mouse,
        b'~' => match numbers.first() {
            200 => return Sequence::PasteBegins,
            201 => return Sequence::PasteEnds,
            // modifyOtherKeys: CSI 27 ; modifiers ; code ~
            27 if numbers.count() >= 3 => coded(numbers.get(2), numbers.modifiers(), None),
            number => numbered(number).map(|code| KeyEvent::new(code, numbers.modifiers())),
        },
        b'u' => coded(numbers.first(), numbers.modifiers(), numbers.shifted()),
        // rxvt: the final byte tells what is held.
        b'^' => numbered(numbers.first()).map(|code| KeyEvent::new(code, KeyModifiers::CONTROL)),
        b'@' => numbered(numbers.first()).map(|code| KeyEvent::new(code, KeyModifiers::CONTROL | KeyModifiers::SHIFT)),
        b'a'..=b'd' if middle.is_empty() => Some(KeyEvent::new(arrow(last.to_ascii_uppercase()), KeyModifiers::SHIFT)),
        // With numbers it is a report of the cursor's place; F3 with a modifier cannot be told from one.
        b'R' if !middle.is_empty() => None,
        b'Z' => Some(KeyEvent::new(KeyCode::BackTab, numbers.modifiers() | KeyModifiers::SHIFT)),
        _ => lettered(last).map(|code| KeyEvent::new(code, numbers.modifiers())),
    };
    key.map_or(Sequence::NoKey, |key| Sequence::Key(KeyEvent { kind: numbers.kind(), ..key }))
}

/// Parses the bytes between `ESC O` and the final byte, and the final byte: cursor keys in application mode, F1 to
/// F4, and the numeric keypad.
pub(super) fn single_shift(middle: &[u8], last: u8) -> Sequence {
    let Some(numbers) = SequenceParameters::read(middle) else { return Sequence::NoKey };
    // Old Konsole and GNOME Terminal: ESC O 5 P, ESC O 1 ; 5 P.
    let held = modifiers(numbers.last());
    let key = match last {
        b'a'..=b'd' => KeyEvent::new(arrow(last.to_ascii_uppercase()), KeyModifiers::CONTROL),
        b'j'..=b'y' => KeyEvent::new(KeyCode::Char((last - 0x40).into()), held),
        b'M' => KeyEvent::new(KeyCode::Enter, held),
        b'I' => KeyEvent::new(KeyCode::Tab, held),
        b' ' => KeyEvent::new(KeyCode::Char(' '), held),
        b'X' => KeyEvent::new(KeyCode::Char('='), held),
        // VT100+: F5 and on.
        b'T'..=b'W' => KeyEvent::new(KeyCode::F(5 + last - b'T'), held),
        _ => match lettered(last) {
            Some(code) => KeyEvent::new(code, held),
            None => return Sequence::NoKey,
        },
    };
    Sequence::Key(key)
}

/// The character that a key would have typed, control characters included: what a terminal has encoded inside a paste.
pub(super) fn character(key: KeyEvent) -> Option<char> {
    let c = match key.code {
        KeyCode::Char(c) => c,
        KeyCode::Enter => '\r',
        KeyCode::Tab => '\t',
        KeyCode::Esc => '\x1b',
        _ => return None,
    };
    match key.modifiers.contains(KeyModifiers::CONTROL) {
        true if c.is_ascii() && c >= '@' => Some(char::from(c as u8 & 0x1f)),
        true => None,
        false => Some(c),
    }
}

/// A key by the letter that ends its sequence.
fn lettered(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A'..=b'D' => arrow(last),
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(1 + last - b'P'),
        _ => return None,
    })
}

fn arrow(letter: u8) -> KeyCode {
    match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        _ => KeyCode::Left,
    }
}

/// A key by the number before `~`.
fn numbered(number: u32) -> Option<KeyCode> {
    let function = |number: u32| u8::try_from(number).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(number - 10),
        17..=21 => function(number - 11),
        23..=26 => function(number - 12),
        28..=29 => function(number - 15),
        31..=34 => function(number - 17),
        _ => None,
    }
}

/// A key by its Unicode number: `CSI u`, kitty's keyboard protocol, modifyOtherKeys.
fn coded(number: u32, held: KeyModifiers, shifted: Option<char>) -> Option<KeyEvent> {
    let code = match number {
        8 | 127 => KeyCode::Backspace,
        9 if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        10 | 13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        57399..=57408 => KeyCode::Char(char::from_digit(number - 57399, 10)?),
        57409..=57413 => KeyCode::Char(char::from(b"./*-+"[(number - 57409) as usize])),
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // Kitty's numbers for keys that type nothing: Caps Lock, Shift alone, media keys.
        57344..=63743 => return None,
        _ => return typed(char::from_u32(number)?, held, shifted),
    };
    Some(KeyEvent::new(code, held))
}

/// A key that types a character. The kitty protocol reports the shifted character; for other terminals it is
/// inferred.
fn typed(c: char, held: KeyModifiers, shifted: Option<char>) -> Option<KeyEvent> {
    if c.is_control() {
        return None;
    }
    let c = match shifted.filter(|_| held.contains(KeyModifiers::SHIFT)) {
        Some(shifted) => shifted,
        None if held.contains(KeyModifiers::SHIFT) && !held.contains(KeyModifiers::CONTROL) => {
            let mut upper = c.to_uppercase();
            upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
        }
        None => c,
    };
    (!c.is_control()).then(|| KeyEvent::new(KeyCode::Char(c), held))
}

/// The modifiers of a sequence: its number less one is a sum of bits.
fn modifiers(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let mut held = KeyModifiers::NONE;
    for (bit, modifier) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ] {
        held.set(modifier, bits & bit != 0);
    }
    held
}

/// Most numbers that are kept of a sequence; the others say nothing about a key.
const MOST: usize = 4;

/// The numbers of a sequence: `number[:number...];...`, each missing one being 0.
struct SequenceParameters {
    /// The first number of each group, and the second.
    groups: [(u32, u32); MOST],
    count: usize,
}

impl SequenceParameters {
    /// Returns `None` if the text contains anything but numbers.
    fn read(middle: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(middle).ok()?;
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b';' || byte == b':') {
            return None;
        }
        let mut numbers = Self { groups: [(0, 0); MOST], count: 0 };
        for (place, group) in numbers.groups.iter_mut().zip(text.split(';')) {
            let mut parts = group.split(':').map(|part| part.parse().unwrap_or(0));
            *place = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            numbers.count += 1;
        }
        Some(numbers)
    }

    fn count(&self) -> usize {
        self.count
    }

    fn get(&self, at: usize) -> u32 {
        self.groups[at].0
    }

    fn first(&self) -> u32 {
        self.get(0)
    }

    fn last(&self) -> u32 {
        self.get(self.count.saturating_sub(1))
    }

    fn modifiers(&self) -> KeyModifiers {
        modifiers(self.get(1))
    }

    /// Kitty's character of the key with Shift.
    fn shifted(&self) -> Option<char> {
        char::from_u32(self.groups[0].1).filter(|c| *c != '\0')
    }

    /// Kitty's kind of event, beside the modifiers.
    fn kind(&self) -> KeyEventKind {
        match self.groups[1].1 {
            2 => KeyEventKind::Repeat,
            3 => KeyEventKind::Release,
            _ => KeyEventKind::Press,
        }
    }
}
