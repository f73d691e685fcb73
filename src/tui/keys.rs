//! The one table of keys: it decodes them, the footer's hints and the help page are read off it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::{Action, Context, Edit, Format, Motion, Pane};

/// One key with what is held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// The key.
    pub code: KeyCode,
    /// What is held.
    pub held: KeyModifiers,
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug)]
pub enum Place {
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

/// What a binding does.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// This.
    Act(Action),
    /// Something with the digit's number.
    Digit(fn(u8) -> Action),
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub place: Place,
    /// The keys, the one to be shown first.
    pub chords: &'static [Chord],
    /// What they do.
    pub does: Does,
    /// The word in the footer; empty when it does not stand there.
    pub hint: &'static str,
    /// The words on the help page.
    pub help: &'static str,
}

const fn key(code: KeyCode) -> Chord {
    Chord { code, held: KeyModifiers::NONE }
}

const fn letter(c: char) -> Chord {
    key(KeyCode::Char(c))
}

const fn ctrl(c: char) -> Chord {
    Chord { code: KeyCode::Char(c), held: KeyModifiers::CONTROL }
}

const fn with(held: KeyModifiers, code: KeyCode) -> Chord {
    Chord { code, held }
}

const fn on(place: Place, chords: &'static [Chord], action: Action, hint: &'static str, help: &'static str) -> Binding {
    Binding { place, chords, does: Does::Act(action), hint, help }
}

const DIGITS: &[Chord] = &[
    letter('1'),
    letter('2'),
    letter('3'),
    letter('4'),
    letter('5'),
    letter('6'),
    letter('7'),
    letter('8'),
    letter('9'),
];

use Context as C;
use Place::{Everywhere, In, Lists, Panes, Typing};

const CHECKS: Place = In(&[C::Checks, C::Detail]);
const LINES: Place = In(&[C::Checklist, C::Checks, C::Detail]);
const FIELDS: Place = In(&[C::Field, C::Secret]);
const TEXTS: Place = In(&[C::Help, C::Preview, C::Plain, C::Explanation, C::Values, C::Question]);
/// Lists of which one entry is chosen.
const CHOICES: Place = In(&[C::Profiles, C::Keep]);
const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

/// The table. In the footer, hints stand in this order.
pub const BINDINGS: &[Binding] = &[
    on(In(&[C::Question]), &[letter('y')], Action::Yes, "yes", "yes"),
    on(In(&[C::Question]), &[letter('n')], Action::No, "no", "no"),
    on(In(&[C::Preview]), &[key(KeyCode::Enter)], Action::Write, "write the file", "write the report into a new file"),
    on(In(&[C::Export]), &[letter('m')], Action::ExportAs(Format::Markdown), "Markdown", "Markdown report"),
    on(In(&[C::Export]), &[letter('j')], Action::ExportAs(Format::Json), "JSON", "JSON report"),
    on(In(&[C::Export]), &[letter('h')], Action::ExportAs(Format::Html), "HTML", "HTML page"),
    on(
        In(&[C::Export]),
        &[letter('s')],
        Action::ExportAs(Format::Admin),
        "for the Halo admin",
        "text for the Halo admin",
    ),
    Binding {
        place: In(&[C::Values]),
        chords: DIGITS,
        does: Does::Digit(Action::SendValue),
        hint: "send value",
        help: "send that value to the clipboard",
    },
    on(In(&[C::Values]), &[key(KeyCode::Enter)], Action::Back, "", "close"),
    on(In(&[C::Profiles, C::Find]), &[key(KeyCode::Enter)], Action::Open, "open", "open what is selected"),
    on(
        In(&[C::Profiles]),
        &[ctrl('r')],
        Action::OpenAndCheck,
        "open and check",
        "open the selected profile and run its checks",
    ),
    on(In(&[C::Profiles]), &[letter('n')], Action::New, "new", "a new set-up"),
    on(In(&[C::Profiles]), &[letter('d')], Action::Demo, "demo", "the demo, on a simulated Halo"),
    on(In(&[C::Profiles]), &[letter('D')], Action::Remove, "remove", "remove the selected profile; asks first"),
    on(In(&[C::Profiles]), &[letter('/')], Action::Find, "find", "look for a profile"),
    on(In(&[C::Name]), &[key(KeyCode::Enter)], Action::SaveAs, "save", "save under this name"),
    on(In(&[C::Keep]), &[key(KeyCode::Enter)], Action::Choose, "take", "take the selected answer"),
    on(CHOICES, &[key(KeyCode::Up), letter('k')], Action::Move(Motion::Up), "", "move"),
    on(CHOICES, &[key(KeyCode::Down), letter('j')], Action::Move(Motion::Down), "", "move"),
    on(CHOICES, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on(CHOICES, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on(CHOICES, &[letter('g'), key(KeyCode::Home)], Action::Move(Motion::First), "", "first and last"),
    on(CHOICES, &[letter('G'), key(KeyCode::End)], Action::Move(Motion::Last), "", "first and last"),
    on(In(&[C::Checklist]), &[letter(' ')], Action::Tick, "tick", "tick the line, or take the tick back"),
    on(In(&[C::Checklist]), &[key(KeyCode::Enter)], Action::Follow, "its check", "go to the check of this line"),
    on(CHECKS, &[letter('r')], Action::RunSelected, "re-run", "run this check again"),
    on(CHECKS, &[letter('x')], Action::Mend, "mend (demo)", "in the demo: mend it in the simulated Halo, and re-run"),
    on(CHECKS, &[key(KeyCode::Enter)], Action::Follow, "its guide line", "go to the guide line, and back"),
    on(CHECKS, &[letter('i')], Action::Explain, "explain", "what its code means, and what it does not prove"),
    on(In(&[C::Search]), &[key(KeyCode::Enter)], Action::NextField, "keep", "keep the search"),
    on(
        FIELDS,
        &[key(KeyCode::Enter), key(KeyCode::Down)],
        Action::NextField,
        "next field",
        "next field, field before; never submits",
    ),
    on(FIELDS, &[key(KeyCode::Up)], Action::PreviousPane, "", "next field, field before; never submits"),
    on(In(&[C::Secret]), &[ctrl('t')], Action::Reveal, "show 10 s", "show the secret for 10 s"),
    on(FIELDS, &[ctrl('x')], Action::Suggestion, "take the suggestion", "take what is suggested beside the field"),
    on(Panes, &[key(KeyCode::F(3))], Action::GoTo(Pane::Credentials), "credentials", "credentials"),
    on(Panes, &[ctrl('r')], Action::RunAll, "check all", "run all checks"),
    on(Everywhere, &[key(KeyCode::Esc)], Action::Back, "back", "close, cancel or leave; never quits"),
    on(LINES, &[letter('y')], Action::Send, "send path", "send the path or the fix to the clipboard"),
    on(LINES, &[letter('v')], Action::Plain, "plain text", "show it as plain text, to select by hand"),
    on(CHECKS, &[letter('c')], Action::Curl, "curl", "send it as a curl command without secrets"),
    on(CHECKS, &[letter('d')], Action::OnlyFailures, "failures", "only failures, or all"),
    on(Lists, &[letter('f')], Action::Tail, "follow", "follow the log's end, or stay"),
    on(Lists, &[letter('l')], Action::Level, "level", "next level of the log: info, warn, FAIL, debug"),
    on(Lists, &[letter('/')], Action::Search, "search log", "search the log"),
    on(
        In(&[C::Checklist, C::Checks, C::Detail, C::Values]),
        &[letter('e')],
        Action::Export,
        "export",
        "write a report",
    ),
    on(
        In(&[C::Checks, C::Detail, C::Values]),
        &[letter('w')],
        Action::Watch,
        "watch",
        "ask every 30 s until all is ready",
    ),
    on(Lists, &[letter('s')], Action::SaveProfile, "save profile", "save the values as a profile, without the secret"),
    on(Lists, &[letter('K')], Action::KeepSecret, "keep secret", "keep the secret, or forget it; asks where"),
    on(Panes, &[key(KeyCode::F(6))], Action::Profiles, "profiles", "profiles and the demo"),
    on(Lists, &[letter('p')], Action::Values, "values", "the values for the vendor's form"),
    Binding {
        place: Lists,
        chords: DIGITS,
        does: Does::Digit(Action::Step),
        hint: "",
        help: "go to that step; the checks come last",
    },
    on(Lists, &[key(KeyCode::Up), letter('k')], Action::Move(Motion::Up), "", "move"),
    on(Lists, &[key(KeyCode::Down), letter('j')], Action::Move(Motion::Down), "", "move"),
    on(Lists, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on(Lists, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on(Lists, &[letter('g'), key(KeyCode::Home)], Action::Move(Motion::First), "", "first and last"),
    on(Lists, &[letter('G'), key(KeyCode::End)], Action::Move(Motion::Last), "", "first and last"),
    on(TEXTS, &[key(KeyCode::Up)], Action::Move(Motion::Up), "", "scroll"),
    on(TEXTS, &[key(KeyCode::Down)], Action::Move(Motion::Down), "", "scroll"),
    on(TEXTS, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on(TEXTS, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on(Typing, &[key(KeyCode::Left)], Action::Edit(Edit::Left), "", "move"),
    on(Typing, &[key(KeyCode::Right)], Action::Edit(Edit::Right), "", "move"),
    on(
        Typing,
        &[with(CONTROL, KeyCode::Left), with(ALT, KeyCode::Left)],
        Action::Edit(Edit::WordLeft),
        "",
        "move by a word",
    ),
    on(
        Typing,
        &[with(CONTROL, KeyCode::Right), with(ALT, KeyCode::Right)],
        Action::Edit(Edit::WordRight),
        "",
        "move by a word",
    ),
    on(Typing, &[key(KeyCode::Home), ctrl('a')], Action::Edit(Edit::Home), "", "to the start, to the end"),
    on(Typing, &[key(KeyCode::End), ctrl('e')], Action::Edit(Edit::End), "", "to the start, to the end"),
    // Many terminals send Ctrl-H for Backspace.
    on(Typing, &[key(KeyCode::Backspace), ctrl('h')], Action::Edit(Edit::Backspace), "", "delete before, after"),
    on(Typing, &[key(KeyCode::Delete), ctrl('d')], Action::Edit(Edit::Delete), "", "delete before, after"),
    on(
        Typing,
        &[ctrl('w'), with(ALT, KeyCode::Backspace)],
        Action::Edit(Edit::DeleteWord),
        "",
        "delete the word before (the secret: all of it)",
    ),
    on(Typing, &[ctrl('u')], Action::Edit(Edit::Clear), "clear", "empty the field"),
    on(Typing, &[ctrl('k')], Action::Edit(Edit::DeleteToEnd), "", "delete to the end"),
    on(Typing, &[ctrl('y')], Action::Edit(Edit::PutBack), "", "put back what was deleted (not the secret)"),
    // A terminal sends the same byte for Ctrl-_, Ctrl-/ and Ctrl-7.
    on(Typing, &[ctrl('_'), ctrl('/'), ctrl('7')], Action::Edit(Edit::Undo), "", "undo, ten levels (not the secret)"),
    on(Panes, &[key(KeyCode::Tab)], Action::NextPane, "pane", "next pane or field, one before"),
    on(Panes, &[key(KeyCode::BackTab)], Action::PreviousPane, "", "next pane or field, one before"),
    on(Panes, &[key(KeyCode::F(2))], Action::GoTo(Pane::Checklist), "", "checklist"),
    on(Panes, &[key(KeyCode::F(4))], Action::GoTo(Pane::Checks), "", "diagnostics"),
    on(Panes, &[key(KeyCode::F(5))], Action::GoTo(Pane::Log), "", "log"),
    on(Panes, &[ctrl('n')], Action::NextStep, "", "next step, step before"),
    on(Panes, &[ctrl('p')], Action::PreviousStep, "", "next step, step before"),
    on(Panes, &[ctrl('o')], Action::ZoomLog, "", "log on the whole screen, and back"),
    on(Everywhere, &[ctrl('l')], Action::Redraw, "", "draw everything afresh"),
    on(Everywhere, &[ctrl('c')], Action::Interrupt, "", "cancel the checks; twice: quit"),
    on(Everywhere, &[ctrl('z')], Action::Suspend, "", "suspend; fg comes back"),
    on(
        In(&[
            C::Checklist,
            C::Checks,
            C::Detail,
            C::Log,
            C::Values,
            C::Plain,
            C::Explanation,
            C::Preview,
            C::Export,
            C::Profiles,
        ]),
        &[letter('?'), key(KeyCode::F(1))],
        Action::Help,
        "help",
        "this page",
    ),
    on(FIELDS, &[key(KeyCode::F(1))], Action::Help, "help", "this page"),
    on(
        In(&[C::Checklist, C::Checks, C::Detail, C::Log, C::Values, C::Profiles]),
        &[letter('q')],
        Action::Quit,
        "quit",
        "quit; asks when an unproven secret would be lost",
    ),
    on(In(&[C::Help, C::Plain, C::Explanation, C::Preview, C::Export]), &[letter('q')], Action::Back, "", "close"),
    on(In(&[C::Explanation]), &[letter('i'), key(KeyCode::Enter)], Action::Back, "", "close"),
];

impl Place {
    /// Does it hold there?
    pub fn holds(self, context: Context) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Panes => context.is_list() || matches!(context, C::Field | C::Secret | C::Values),
            Self::Typing => context.is_text(),
            Self::Lists => context.is_list(),
            Self::In(contexts) => contexts.contains(&context),
        }
    }
}

impl Binding {
    /// What it does for one of its keys.
    fn action(&self, chord: Chord) -> Action {
        match (self.does, chord.code) {
            (Does::Act(action), _) => action,
            (Does::Digit(make), KeyCode::Char(digit)) => make(digit.to_digit(10).unwrap_or_default() as u8),
            (Does::Digit(make), _) => make(0),
        }
    }

    /// Its keys for the footer: the first, or the range of digits.
    pub fn label(&self) -> String {
        match self.does {
            Does::Digit(_) => "1-9".into(),
            Does::Act(_) => self.chords.first().map(|chord| chord.label()).unwrap_or_default(),
        }
    }

    /// All its keys, for the help page.
    pub fn labels(&self) -> String {
        match self.does {
            Does::Digit(_) => self.label(),
            Does::Act(_) => self.chords.iter().map(|chord| chord.label()).collect::<Vec<_>>().join(" "),
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
            KeyCode::Char(c) if held.is_empty() => c.to_string(),
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

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The operator asks for something.
    Act(Action),
    /// The operator types.
    Type(char),
}

/// What a key means here by the built-in table; nothing when it does not know it.
pub fn meaning(event: KeyEvent, context: Context) -> Option<Meaning> {
    meaning_in(BINDINGS, event, context)
}

/// What a key means here by a table.
pub fn meaning_in(table: &[Binding], event: KeyEvent, context: Context) -> Option<Meaning> {
    let chord = Chord::of(event);
    let known = table.iter().find(|binding| binding.place.holds(context) && binding.chords.contains(&chord));
    if let Some(binding) = known {
        return Some(Meaning::Act(binding.action(chord)));
    }
    // Ctrl and Alt together are AltGr on some systems: what comes is text.
    let plain = chord.held.is_empty() || chord.held == CONTROL | ALT;
    match chord.code {
        KeyCode::Char(c) if plain && context.is_text() => Some(Meaning::Type(c)),
        _ => None,
    }
}

/// The bindings that hold in a context, in the table's order.
pub fn bindings(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.place.holds(context))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn press(code: KeyCode, held: KeyModifiers, context: Context) -> Option<Meaning> {
        meaning(KeyEvent::new(code, held), context)
    }

    #[test]
    fn in_a_text_every_letter_is_text() {
        for context in Context::ALL.into_iter().filter(|context| context.is_text()) {
            for c in ' '..='~' {
                for held in [KeyModifiers::NONE, KeyModifiers::SHIFT, CONTROL | ALT] {
                    assert_eq!(press(KeyCode::Char(c), held, context), Some(Meaning::Type(c)), "{context:?} {c}");
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
            (KeyCode::Char('7'), CONTROL, Context::Field, Action::Edit(Edit::Undo)),
            (KeyCode::Char('h'), CONTROL, Context::Secret, Action::Edit(Edit::Backspace)),
            (KeyCode::Char('3'), KeyModifiers::NONE, Context::Checklist, Action::Step(3)),
            (KeyCode::Char('4'), KeyModifiers::NONE, Context::Values, Action::SendValue(4)),
            (KeyCode::Char('?'), KeyModifiers::SHIFT, Context::Checks, Action::Help),
            (KeyCode::F(1), KeyModifiers::NONE, Context::Secret, Action::Help),
            (KeyCode::Esc, KeyModifiers::NONE, Context::Question, Action::Back),
        ] {
            assert_eq!(press(code, held, context), Some(Meaning::Act(action)), "{code:?} {context:?}");
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
