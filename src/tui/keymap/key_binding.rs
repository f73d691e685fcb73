//! Key bindings, and the meaning of a key in a context.

use crate::app::{Action, Context};
use crate::tui::keymap::BINDINGS;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub(super) const ALT: KeyModifiers = KeyModifiers::ALT;
pub(super) const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

/// One key with what is held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// The key.
    pub code: KeyCode,
    /// Modifiers.
    pub held: KeyModifiers,
}

/// Contexts in which a binding is active.
#[derive(Clone, Copy, Debug)]
pub enum KeyScope {
    /// Everywhere.
    Everywhere,
    /// In every pane and every field, but not while a question is asked.
    Panes,
    /// In the fields of the form and in the search.
    Typing,
    /// In every list.
    Lists,
    /// In these contexts.
    In(&'static [Context]),
}

/// Result of a key.
#[derive(Clone, Copy, Debug)]
pub enum KeyOutcome {
    /// This.
    Act(Action),
    /// Something with the digit's number.
    Digit(fn(u8) -> Action),
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Name in the configuration. Bindings with the same name have the same keys in different contexts. Empty for
    /// fixed keys: digits and text editing.
    pub name: &'static str,
    /// Contexts of the binding.
    pub place: KeyScope,
    /// The keys, the one to be shown first.
    pub chords: &'static [Chord],
    /// Result of the keys.
    pub does: KeyOutcome,
    /// Hint in the footer; empty if it is not shown there.
    pub hint: &'static str,
    /// Description on the help page.
    pub help: &'static str,
}

impl KeyScope {
    /// Returns true if the binding is active in this context.
    pub fn holds(self, context: Context) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Panes => context.is_list() || matches!(context, Context::Field | Context::Secret | Context::Values),
            Self::Typing => context.is_text(),
            Self::Lists => context.is_list(),
            Self::In(contexts) => contexts.contains(&context),
        }
    }
}

impl Binding {
    /// The action of one key.
    fn action(&self, chord: Chord) -> Action {
        match (self.does, chord.code) {
            (KeyOutcome::Act(action), _) => action,
            (KeyOutcome::Digit(make), KeyCode::Char(digit)) => make(digit.to_digit(10).unwrap_or_default() as u8),
            (KeyOutcome::Digit(make), _) => make(0),
        }
    }

    /// Label of the keys for the footer: the first key, or the range of digits.
    pub fn label(&self) -> String {
        match self.does {
            KeyOutcome::Digit(_) => "1-9".into(),
            KeyOutcome::Act(_) => self.chords.first().map(|chord| chord.label()).unwrap_or_default(),
        }
    }

    /// All its keys, for the help page.
    pub fn labels(&self) -> String {
        match self.does {
            KeyOutcome::Digit(_) => self.label(),
            KeyOutcome::Act(_) => self.chords.iter().map(|chord| chord.label()).collect::<Vec<_>>().join(" "),
        }
    }
}

impl Chord {
    /// The key's name.
    pub fn label(self) -> String {
        let held = if self.held.contains(CONTROL) {
            "Ctrl-"
        } else if self.held.contains(ALT) {
            "Alt-"
        } else {
            ""
        };
        let code = match self.code {
            KeyCode::Char(' ') => "Space".into(),
            KeyCode::Char(c) if !self.held.contains(CONTROL) => c.to_string(),
            KeyCode::Char(c) => c.to_uppercase().to_string(),
            KeyCode::F(number) => format!("F{number}"),
            KeyCode::BackTab => "Shift-Tab".into(),
            KeyCode::PageUp => "PgUp".into(),
            KeyCode::PageDown => "PgDn".into(),
            other => other.to_string(),
        };
        format!("{held}{code}")
    }

    /// A key as it came, in the spelling of the table.
    fn of(event: KeyEvent) -> Self {
        let mut held = event.modifiers & (CONTROL | ALT);
        let code = match event.code {
            KeyCode::Char(c) if held == CONTROL => KeyCode::Char(c.to_ascii_lowercase()),
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        if code == KeyCode::BackTab {
            held = KeyModifiers::NONE;
        }
        Self { code, held }
    }
}

/// Meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMeaning {
    /// The operator asks for something.
    Act(Action),
    /// The operator types.
    Type(char),
}

/// Meaning of a key in the built-in table; `None` if it has none.
pub fn meaning(event: KeyEvent, context: Context) -> Option<KeyMeaning> {
    meaning_in(BINDINGS, event, context)
}

/// Meaning of a key in a table.
pub fn meaning_in(table: &[Binding], event: KeyEvent, context: Context) -> Option<KeyMeaning> {
    let chord = Chord::of(event);
    let known = table.iter().find(|binding| binding.place.holds(context) && binding.chords.contains(&chord));
    if let Some(binding) = known {
        return Some(KeyMeaning::Act(binding.action(chord)));
    }
    // Ctrl and Alt together are AltGr on some systems: what comes is text.
    let plain = chord.held.is_empty() || chord.held == CONTROL | ALT;
    match chord.code {
        KeyCode::Char(c) if plain && context.is_text() => Some(KeyMeaning::Type(c)),
        _ => None,
    }
}

/// The bindings that hold in a context, in the table's order.
pub fn bindings(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.place.holds(context))
}

#[cfg(test)]
mod tests {
    use crate::tui::keymap::BINDINGS;
    use std::collections::BTreeSet;

    use super::*;
    use crate::app::{Motion, TextEdit};

    fn press(code: KeyCode, held: KeyModifiers, context: Context) -> Option<KeyMeaning> {
        meaning(KeyEvent::new(code, held), context)
    }

    #[test]
    fn in_a_text_every_letter_is_text() {
        for context in Context::ALL.into_iter().filter(|context| context.is_text()) {
            for c in ' '..='~' {
                for held in [KeyModifiers::NONE, KeyModifiers::SHIFT, CONTROL | ALT] {
                    assert_eq!(press(KeyCode::Char(c), held, context), Some(KeyMeaning::Type(c)), "{context:?} {c}");
                }
            }
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for context in Context::ALL {
            let mut seen = BTreeSet::new();
            for binding in bindings(context) {
                for chord in binding.chords {
                    assert!(seen.insert(chord.label()), "{context:?}: {} twice", chord.label());
                }
            }
        }
    }

    #[test]
    fn keys_as_terminals_send_them() {
        for (code, held, context, action) in [
            (KeyCode::Char('R'), CONTROL, Context::Checks, Action::RunAll),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, Context::Log, Action::Move(Motion::Last)),
            (KeyCode::BackTab, KeyModifiers::SHIFT, Context::Field, Action::PreviousPane),
            (KeyCode::Tab, KeyModifiers::SHIFT, Context::Field, Action::PreviousPane),
            (KeyCode::Char('7'), CONTROL, Context::Field, Action::Edit(TextEdit::Undo)),
            (KeyCode::Char('h'), CONTROL, Context::Secret, Action::Edit(TextEdit::Backspace)),
            (KeyCode::Char('3'), KeyModifiers::NONE, Context::Checklist, Action::Step(3)),
            (KeyCode::Char('4'), KeyModifiers::NONE, Context::Values, Action::CopyValue(4)),
            (KeyCode::Char('?'), KeyModifiers::SHIFT, Context::Checks, Action::Help),
            (KeyCode::F(1), KeyModifiers::NONE, Context::Secret, Action::Help),
            (KeyCode::Esc, KeyModifiers::NONE, Context::Question, Action::Back),
        ] {
            assert_eq!(press(code, held, context), Some(KeyMeaning::Act(action)), "{code:?} {context:?}");
        }
    }

    #[test]
    fn keys_that_multiplexers_and_flow_control_take_are_not_used() {
        for binding in BINDINGS {
            for chord in binding.chords {
                let taken = ["Ctrl-B", "Ctrl-S", "Ctrl-Q", "Ctrl-I", "Ctrl-M", "Ctrl-J", "F10", "F11"];
                assert!(!taken.contains(&chord.label().as_str()), "{}", chord.label());
            }
        }
    }

    #[test]
    fn a_question_takes_only_its_own_keys() {
        for c in ['q', '1', 'r', 'e', ' ', '?'] {
            assert_eq!(press(KeyCode::Char(c), KeyModifiers::NONE, Context::Question), None, "{c}");
        }
        assert_eq!(
            press(KeyCode::Enter, KeyModifiers::NONE, Context::Question),
            None,
            "Enter accepts nothing by itself"
        );
    }

    #[test]
    fn every_binding_has_words_and_holds_somewhere() {
        for binding in BINDINGS {
            assert!(!binding.help.is_empty() && !binding.label().is_empty());
            assert!(Context::ALL.into_iter().any(|context| binding.place.holds(context)), "{binding:?}");
        }
    }
}
