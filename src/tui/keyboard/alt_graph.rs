//! Characters that are typed with AltGr. Windows reports them with Ctrl and Alt, which would make `@` of a German
//! keyboard a command instead of a character.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// Removes Ctrl and Alt from a character that only AltGr can have produced: Ctrl-Alt with a letter or a digit is a key
/// combination of its own.
pub(super) fn without_alt_graph(event: Event) -> Event {
    let both = KeyModifiers::CONTROL | KeyModifiers::ALT;
    match event {
        Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, kind, state })
            if modifiers.contains(both) && !c.is_ascii_alphanumeric() =>
        {
            Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers: modifiers - both, kind, state })
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alt_graph_types_and_ctrl_alt_does_not() {
        let both = KeyModifiers::CONTROL | KeyModifiers::ALT;
        let key = |c, modifiers| Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers));
        for c in ['@', '{', '\\', '€', 'ł'] {
            assert_eq!(without_alt_graph(key(c, both)), key(c, KeyModifiers::NONE), "{c}");
        }
        for event in [key('q', both), key('7', both), key('@', KeyModifiers::ALT), key('c', KeyModifiers::CONTROL)] {
            assert_eq!(without_alt_graph(event.clone()), event);
        }
    }
}
