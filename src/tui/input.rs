//! Converts terminal input to messages.

use std::collections::VecDeque;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::keymap::{Binding, KeyMeaning, meaning_in};
use crate::app::{Context, Message};
use crate::secret::Secret;

/// Minimum number of characters that count as a paste when they arrive together, for terminals without bracketed
/// paste (Windows, serial consoles).
const BURST: usize = 16;

/// Takes the next message from the pending events. Keys that arrived as one burst become a paste, so that a line
/// break in it does not press Enter and its letters are not commands.
pub fn next(events: &mut VecDeque<Event>, context: Context, keys: &[Binding]) -> Option<Message> {
    loop {
        if let Some(text) = burst(events) {
            return Some(Message::Paste(Secret::new(text)));
        }
        let message = match events.pop_front()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match meaning_in(keys, key, context) {
                Some(KeyMeaning::Act(action)) => Some(Message::Act(action)),
                Some(KeyMeaning::Type(c)) => Some(Message::Type(c)),
                None => Some(Message::Pressed),
            },
            Event::Paste(text) => Some(Message::Paste(Secret::new(text))),
            Event::Resize(..) => Some(Message::Resized),
            _ => None,
        };
        if message.is_some() {
            return message;
        }
    }
}

/// The text of a burst at the front, which is taken off.
fn burst(events: &mut VecDeque<Event>) -> Option<String> {
    let text = || events.iter().map_while(text_of);
    let first = text().next();
    // Fewer are typing, and one key alone is held down over a slow line.
    if text().take(BURST).count() < BURST || text().take(BURST).all(|c| Some(c) == first) {
        return None;
    }
    let length = text().count();
    Some(events.drain(..length).filter_map(|event| text_of(&event)).collect())
}

/// The character that a key would type.
fn text_of(event: &Event) -> Option<char> {
    let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return None };
    if *kind == KeyEventKind::Release || modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    match code {
        KeyCode::Char(c) => Some(*c),
        KeyCode::Enter => Some('\n'),
        KeyCode::Tab => Some('\t'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Action;
    use crate::tui::keymap::BINDINGS;

    fn keys(text: &str) -> VecDeque<Event> {
        let code = |c| match c {
            '\n' => KeyCode::Enter,
            c => KeyCode::Char(c),
        };
        text.chars().map(|c| Event::Key(KeyEvent::new(code(c), KeyModifiers::NONE))).collect()
    }

    fn all(mut events: VecDeque<Event>, context: Context) -> Vec<Message> {
        std::iter::from_fn(|| next(&mut events, context, BINDINGS)).collect()
    }

    #[test]
    fn a_burst_is_a_paste_and_its_line_break_no_enter() {
        let messages = all(keys("https://acme.halopsa.com/api\nq"), Context::Field);
        assert!(matches!(&messages[..], [Message::Paste(text)] if text.expose().ends_with("api\nq")), "{messages:?}");
        let messages = all(keys("https://acme.halopsa.com/api\nq"), Context::Checks);
        assert!(matches!(&messages[..], [Message::Paste(_)]), "its letters are no commands: {messages:?}");
    }

    #[test]
    fn quick_typing_and_a_held_key_are_keys() {
        let messages = all(keys("acme\n"), Context::Field);
        assert!(matches!(&messages[..], [Message::Type('a'), .., Message::Act(Action::NextField)]), "{messages:?}");
        assert_eq!(all(keys(&"j".repeat(40)), Context::Checks).len(), 40);
    }

    #[test]
    fn releases_are_nothing_and_an_unknown_key_is_only_a_press() {
        let mut release = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        release.kind = KeyEventKind::Release;
        let unknown = KeyEvent::new(KeyCode::Insert, KeyModifiers::NONE);
        let messages =
            all(VecDeque::from([Event::Key(release), Event::Key(unknown), Event::FocusGained]), Context::Checks);
        assert!(matches!(&messages[..], [Message::Pressed]), "{messages:?}");
    }
}
