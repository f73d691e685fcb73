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
    /// Its name in the configuration; bindings of one name have the same keys in different places. Empty for what keeps
    /// its keys: the digits, and the editing of a text.
    pub name: &'static str,
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

const fn on(
    name: &'static str,
    place: Place,
    chords: &'static [Chord],
    action: Action,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { name, place, chords, does: Does::Act(action), hint, help }
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
    on("yes", In(&[C::Question]), &[letter('y')], Action::Yes, "yes", "yes"),
    on("no", In(&[C::Question]), &[letter('n')], Action::No, "no", "no"),
    on(
        "write",
        In(&[C::Preview]),
        &[key(KeyCode::Enter)],
        Action::Write,
        "write the file",
        "write the report into a new file",
    ),
    on(
        "as_markdown",
        In(&[C::Export]),
        &[letter('m')],
        Action::ExportAs(Format::Markdown),
        "Markdown",
        "Markdown report",
    ),
    on("as_json", In(&[C::Export]), &[letter('j')], Action::ExportAs(Format::Json), "JSON", "JSON report"),
    on("as_html", In(&[C::Export]), &[letter('h')], Action::ExportAs(Format::Html), "HTML", "HTML page"),
    on(
        "as_text",
        In(&[C::Export]),
        &[letter('s')],
        Action::ExportAs(Format::Admin),
        "for the Halo admin",
        "text for the Halo admin",
    ),
    Binding {
        name: "",
        place: In(&[C::Values]),
        chords: DIGITS,
        does: Does::Digit(Action::SendValue),
        hint: "send value",
        help: "send that value to the clipboard",
    },
    on("done", In(&[C::Values]), &[key(KeyCode::Enter)], Action::Back, "", "close"),
    on("open", In(&[C::Profiles]), &[key(KeyCode::Enter)], Action::Open, "open", "open what is selected"),
    on("open_found", In(&[C::Find]), &[key(KeyCode::Enter)], Action::Open, "open", "open what is selected"),
    on(
        "open_and_check",
        In(&[C::Profiles]),
        &[ctrl('r')],
        Action::OpenAndCheck,
        "open and check",
        "open the selected profile and run its checks",
    ),
    on("new", In(&[C::Profiles]), &[letter('n')], Action::New, "new", "a new set-up"),
    on("demo", In(&[C::Profiles]), &[letter('d')], Action::Demo, "demo", "the demo, on a simulated Halo"),
    on(
        "remove",
        In(&[C::Profiles]),
        &[letter('D')],
        Action::Remove,
        "remove",
        "remove the selected profile; asks first",
    ),
    on("find", In(&[C::Profiles]), &[letter('/')], Action::Find, "find", "look for a profile"),
    on("save", In(&[C::Name]), &[key(KeyCode::Enter)], Action::SaveAs, "save", "save under this name"),
    on("choose", In(&[C::Keep]), &[key(KeyCode::Enter)], Action::Choose, "take", "take the selected answer"),
    on("up", CHOICES, &[key(KeyCode::Up), letter('k')], Action::Move(Motion::Up), "", "move"),
    on("down", CHOICES, &[key(KeyCode::Down), letter('j')], Action::Move(Motion::Down), "", "move"),
    on("page_up", CHOICES, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on("page_down", CHOICES, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on("first", CHOICES, &[letter('g'), key(KeyCode::Home)], Action::Move(Motion::First), "", "first and last"),
    on("last", CHOICES, &[letter('G'), key(KeyCode::End)], Action::Move(Motion::Last), "", "first and last"),
    on("tick", In(&[C::Checklist]), &[letter(' ')], Action::Tick, "tick", "tick the line, or take the tick back"),
    on(
        "guide_line",
        In(&[C::Checklist]),
        &[key(KeyCode::Enter)],
        Action::Follow,
        "its check",
        "go to the check of this line",
    ),
    on("run", CHECKS, &[letter('r')], Action::RunSelected, "re-run", "run this check again"),
    on(
        "mend",
        CHECKS,
        &[letter('x')],
        Action::Mend,
        "mend (demo)",
        "in the demo: mend it in the simulated Halo, and re-run",
    ),
    on(
        "guide_line",
        CHECKS,
        &[key(KeyCode::Enter)],
        Action::Follow,
        "its guide line",
        "go to the guide line, and back",
    ),
    on(
        "explain",
        CHECKS,
        &[letter('i')],
        Action::Explain,
        "explain",
        "what its code means, and what it does not prove",
    ),
    on("keep_search", In(&[C::Search]), &[key(KeyCode::Enter)], Action::NextField, "keep", "keep the search"),
    on(
        "next_field",
        FIELDS,
        &[key(KeyCode::Enter), key(KeyCode::Down)],
        Action::NextField,
        "next field",
        "next field, field before; never submits",
    ),
    on(
        "previous_field",
        FIELDS,
        &[key(KeyCode::Up)],
        Action::PreviousPane,
        "",
        "next field, field before; never submits",
    ),
    on("reveal", In(&[C::Secret]), &[ctrl('t')], Action::Reveal, "show 10 s", "show the secret for 10 s"),
    on(
        "suggestion",
        FIELDS,
        &[ctrl('x')],
        Action::Suggestion,
        "take the suggestion",
        "take what is suggested beside the field",
    ),
    on("credentials", Panes, &[key(KeyCode::F(3))], Action::GoTo(Pane::Credentials), "credentials", "credentials"),
    on("run_all", Panes, &[ctrl('r')], Action::RunAll, "check all", "run all checks"),
    on("back", Everywhere, &[key(KeyCode::Esc)], Action::Back, "back", "close, cancel or leave; never quits"),
    on("send", LINES, &[letter('y')], Action::Send, "send path", "send the path or the fix to the clipboard"),
    on("plain", LINES, &[letter('v')], Action::Plain, "plain text", "show it as plain text, to select by hand"),
    on("curl", CHECKS, &[letter('c')], Action::Curl, "curl", "send it as a curl command without secrets"),
    on("only_failures", CHECKS, &[letter('d')], Action::OnlyFailures, "failures", "only failures, or all"),
    on("follow_log", Lists, &[letter('f')], Action::Tail, "follow", "follow the log's end, or stay"),
    on("log_level", Lists, &[letter('l')], Action::Level, "level", "next level of the log: info, warn, FAIL, debug"),
    on("search", Lists, &[letter('/')], Action::Search, "search log", "search the log"),
    on(
        "export",
        In(&[C::Checklist, C::Checks, C::Detail, C::Values]),
        &[letter('e')],
        Action::Export,
        "export",
        "write a report",
    ),
    on(
        "watch",
        In(&[C::Checks, C::Detail, C::Values]),
        &[letter('w')],
        Action::Watch,
        "watch",
        "ask every 30 s until all is ready",
    ),
    on(
        "save_profile",
        Lists,
        &[letter('s')],
        Action::SaveProfile,
        "save profile",
        "save the values as a profile, without the secret",
    ),
    on(
        "keep_secret",
        Lists,
        &[letter('K')],
        Action::KeepSecret,
        "keep secret",
        "keep the secret, or forget it; asks where",
    ),
    on("profiles", Panes, &[key(KeyCode::F(6))], Action::Profiles, "profiles", "profiles and the demo"),
    on("values", Lists, &[letter('p')], Action::Values, "values", "the values for the vendor's form"),
    Binding {
        name: "",
        place: Lists,
        chords: DIGITS,
        does: Does::Digit(Action::Step),
        hint: "",
        help: "go to that step; the checks come last",
    },
    on("up", Lists, &[key(KeyCode::Up), letter('k')], Action::Move(Motion::Up), "", "move"),
    on("down", Lists, &[key(KeyCode::Down), letter('j')], Action::Move(Motion::Down), "", "move"),
    on("page_up", Lists, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on("page_down", Lists, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on("first", Lists, &[letter('g'), key(KeyCode::Home)], Action::Move(Motion::First), "", "first and last"),
    on("last", Lists, &[letter('G'), key(KeyCode::End)], Action::Move(Motion::Last), "", "first and last"),
    on("up", TEXTS, &[key(KeyCode::Up), letter('k')], Action::Move(Motion::Up), "", "scroll"),
    on("down", TEXTS, &[key(KeyCode::Down), letter('j')], Action::Move(Motion::Down), "", "scroll"),
    on("page_up", TEXTS, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on("page_down", TEXTS, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on("first", TEXTS, &[letter('g'), key(KeyCode::Home)], Action::Move(Motion::First), "", "first and last"),
    on("last", TEXTS, &[letter('G'), key(KeyCode::End)], Action::Move(Motion::Last), "", "first and last"),
    on("", Typing, &[key(KeyCode::Left)], Action::Edit(Edit::Left), "", "move"),
    on("", Typing, &[key(KeyCode::Right)], Action::Edit(Edit::Right), "", "move"),
    on(
        "",
        Typing,
        &[with(CONTROL, KeyCode::Left), with(ALT, KeyCode::Left)],
        Action::Edit(Edit::WordLeft),
        "",
        "move by a word",
    ),
    on(
        "",
        Typing,
        &[with(CONTROL, KeyCode::Right), with(ALT, KeyCode::Right)],
        Action::Edit(Edit::WordRight),
        "",
        "move by a word",
    ),
    on("", Typing, &[key(KeyCode::Home), ctrl('a')], Action::Edit(Edit::Home), "", "to the start, to the end"),
    on("", Typing, &[key(KeyCode::End), ctrl('e')], Action::Edit(Edit::End), "", "to the start, to the end"),
    // Many terminals send Ctrl-H for Backspace.
    on("", Typing, &[key(KeyCode::Backspace), ctrl('h')], Action::Edit(Edit::Backspace), "", "delete before, after"),
    on("", Typing, &[key(KeyCode::Delete), ctrl('d')], Action::Edit(Edit::Delete), "", "delete before, after"),
    on(
        "",
        Typing,
        &[ctrl('w'), with(ALT, KeyCode::Backspace)],
        Action::Edit(Edit::DeleteWord),
        "",
        "delete the word before (the secret: all of it)",
    ),
    on("", Typing, &[ctrl('u')], Action::Edit(Edit::Clear), "clear", "empty the field"),
    on("", Typing, &[ctrl('k')], Action::Edit(Edit::DeleteToEnd), "", "delete to the end"),
    on("", Typing, &[ctrl('y')], Action::Edit(Edit::PutBack), "", "put back what was deleted (not the secret)"),
    // A terminal sends the same byte for Ctrl-_, Ctrl-/ and Ctrl-7.
    on(
        "",
        Typing,
        &[ctrl('_'), ctrl('/'), ctrl('7')],
        Action::Edit(Edit::Undo),
        "",
        "undo, ten levels (not the secret)",
    ),
    on("next_pane", Panes, &[key(KeyCode::Tab)], Action::NextPane, "pane", "next pane or field, one before"),
    on("previous_pane", Panes, &[key(KeyCode::BackTab)], Action::PreviousPane, "", "next pane or field, one before"),
    on("checklist", Panes, &[key(KeyCode::F(2))], Action::GoTo(Pane::Checklist), "", "checklist"),
    on("diagnostics", Panes, &[key(KeyCode::F(4))], Action::GoTo(Pane::Checks), "", "diagnostics"),
    on("log", Panes, &[key(KeyCode::F(5))], Action::GoTo(Pane::Log), "", "log"),
    on("next_step", Panes, &[ctrl('n')], Action::NextStep, "", "next step, step before"),
    on("previous_step", Panes, &[ctrl('p')], Action::PreviousStep, "", "next step, step before"),
    on(
        "zoom_log",
        Panes,
        &[ctrl('o')],
        Action::ZoomLog,
        "",
        "the log and the run's time line on the whole screen, and back",
    ),
    on("redraw", Everywhere, &[ctrl('l')], Action::Redraw, "", "draw everything afresh"),
    on("interrupt", Everywhere, &[ctrl('c')], Action::Interrupt, "", "cancel the checks; twice: quit"),
    on("suspend", Everywhere, &[ctrl('z')], Action::Suspend, "", "suspend; fg comes back"),
    on(
        "help",
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
        "all keys",
    ),
    on("help_typing", FIELDS, &[key(KeyCode::F(1))], Action::Help, "help", "all keys"),
    on(
        "quit",
        In(&[C::Checklist, C::Checks, C::Detail, C::Log, C::Values, C::Profiles]),
        &[letter('q')],
        Action::Quit,
        "quit",
        "quit; asks when an unproven secret would be lost",
    ),
    on(
        "close",
        In(&[C::Help, C::Plain, C::Explanation, C::Preview, C::Export]),
        &[letter('q')],
        Action::Back,
        "",
        "close",
    ),
    on("done", In(&[C::Explanation]), &[key(KeyCode::Enter)], Action::Back, "", "close"),
    on("explain", In(&[C::Explanation]), &[letter('i')], Action::Back, "", "close"),
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
