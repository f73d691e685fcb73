//! The table itself: one line a binding.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{ALT, Binding, CONTROL, Chord, KeyOutcome, KeyScope};
use crate::app::{Action, Context, Format, Motion, Pane, TextEdit};

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
    place: KeyScope,
    chords: &'static [Chord],
    action: Action,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { name, place, chords, does: KeyOutcome::Act(action), hint, help }
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
use KeyScope::{Everywhere, In, Lists, Panes, Typing};

const CHECKS: KeyScope = In(&[C::Checks, C::Detail]);
const LINES: KeyScope = In(&[C::Checklist, C::Checks, C::Detail]);
const FIELDS: KeyScope = In(&[C::Field, C::Secret]);
const TEXTS: KeyScope = In(&[C::Help, C::Preview, C::Plain, C::Explanation, C::Values, C::Question]);
/// Lists of which one entry is chosen.
const CHOICES: KeyScope = In(&[C::Profiles, C::KeepSecret, C::AcceptServer, C::Guides]);

/// The key table. The footer shows hints in this order.
pub const BINDINGS: &[Binding] = &[
    on("yes", In(&[C::Question]), &[letter('y')], Action::Yes, "yes", "yes"),
    on("no", In(&[C::Question, C::AcceptServer]), &[letter('n')], Action::No, "no", "no"),
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
    on(
        "as_recording",
        In(&[C::Export]),
        &[letter('r')],
        Action::ExportAs(Format::Recording),
        "recording",
        "recording of the run, without values: for a bug report",
    ),
    Binding {
        name: "",
        place: In(&[C::Values]),
        chords: DIGITS,
        does: KeyOutcome::Digit(Action::CopyValue),
        hint: "copy value",
        help: "copy that value to the clipboard",
    },
    on("done", In(&[C::Values]), &[key(KeyCode::Enter)], Action::Back, "", "close"),
    on("open", In(&[C::Profiles]), &[key(KeyCode::Enter)], Action::Open, "open", "open the selection"),
    on("open_found", In(&[C::Find]), &[key(KeyCode::Enter)], Action::Open, "open", "open the selection"),
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
    on("find", In(&[C::Profiles]), &[letter('/')], Action::Find, "find", "find a profile"),
    on("save", In(&[C::Name]), &[key(KeyCode::Enter)], Action::SaveAs, "save", "save under this name"),
    on(
        "choose",
        In(&[C::KeepSecret, C::AcceptServer, C::Guides]),
        &[key(KeyCode::Enter)],
        Action::Choose,
        "confirm",
        "confirm the selected answer",
    ),
    on("up", CHOICES, &[key(KeyCode::Up), letter('k')], Action::Move(Motion::Up), "", "move"),
    on("down", CHOICES, &[key(KeyCode::Down), letter('j')], Action::Move(Motion::Down), "", "move"),
    on("page_up", CHOICES, &[key(KeyCode::PageUp)], Action::Move(Motion::PageUp), "", "move by a page"),
    on("page_down", CHOICES, &[key(KeyCode::PageDown)], Action::Move(Motion::PageDown), "", "move by a page"),
    on("first", CHOICES, &[letter('g'), key(KeyCode::Home)], Action::Move(Motion::First), "", "first and last"),
    on("last", CHOICES, &[letter('G'), key(KeyCode::End)], Action::Move(Motion::Last), "", "first and last"),
    on("tick", In(&[C::Checklist]), &[letter(' ')], Action::Tick, "tick", "tick or untick the line"),
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
        Action::Repair,
        "fix (demo)",
        "in the demo: fix it in the simulated Halo and run it again",
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
        "apply suggestion",
        "apply the suggestion beside the field",
    ),
    on("credentials", Panes, &[key(KeyCode::F(3))], Action::GoTo(Pane::Credentials), "credentials", "credentials"),
    on("run_all", Panes, &[ctrl('r')], Action::RunAll, "check all", "run all checks"),
    on("back", Everywhere, &[key(KeyCode::Esc)], Action::Back, "back", "close, cancel or leave; never quits"),
    on("send", LINES, &[letter('y')], Action::Copy, "copy path", "copy the path or the fix to the clipboard"),
    on("plain", LINES, &[letter('v')], Action::Plain, "plain text", "show it as plain text, to select by hand"),
    on("curl", CHECKS, &[letter('c')], Action::Curl, "curl", "copy it as a curl command, without secrets"),
    on("only_failures", CHECKS, &[letter('d')], Action::OnlyFailures, "failures", "show only failures, or all"),
    on("follow_log", Lists, &[letter('f')], Action::Tail, "follow", "follow the end of the log, or stop"),
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
        "run the checks that are not ok every 30 s",
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
        In(&[C::Checklist, C::Checks, C::Detail, C::Log, C::Values]),
        &[letter('K')],
        Action::KeepSecret,
        "keep secret",
        "keep the secret, or forget it; asks where",
    ),
    on("profiles", Panes, &[key(KeyCode::F(6))], Action::Profiles, "profiles", "profiles and the demo"),
    on(
        "sign_in_host",
        Panes,
        &[key(KeyCode::F(7))],
        Action::SignInHost,
        "sign-in host",
        "accept another host for sign-in, or withdraw it; asks first",
    ),
    on(
        "guides",
        In(&[C::Checklist, C::Field, C::Secret, C::Checks, C::Detail, C::Log, C::Values, C::Profiles]),
        &[key(KeyCode::F(8))],
        Action::Guides,
        "guides",
        "guides for other products",
    ),
    on("values", Lists, &[letter('p')], Action::Values, "values", "the values for the vendor's form"),
    Binding {
        name: "",
        place: Lists,
        chords: DIGITS,
        does: KeyOutcome::Digit(Action::Step),
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
    on("", Typing, &[key(KeyCode::Left)], Action::Edit(TextEdit::Left), "", "move"),
    on("", Typing, &[key(KeyCode::Right)], Action::Edit(TextEdit::Right), "", "move"),
    on(
        "",
        Typing,
        &[with(CONTROL, KeyCode::Left), with(ALT, KeyCode::Left)],
        Action::Edit(TextEdit::WordLeft),
        "",
        "move by a word",
    ),
    on(
        "",
        Typing,
        &[with(CONTROL, KeyCode::Right), with(ALT, KeyCode::Right)],
        Action::Edit(TextEdit::WordRight),
        "",
        "move by a word",
    ),
    on("", Typing, &[key(KeyCode::Home), ctrl('a')], Action::Edit(TextEdit::Home), "", "to the start, to the end"),
    on("", Typing, &[key(KeyCode::End), ctrl('e')], Action::Edit(TextEdit::End), "", "to the start, to the end"),
    // Many terminals send Ctrl-H for Backspace.
    on(
        "",
        Typing,
        &[key(KeyCode::Backspace), ctrl('h')],
        Action::Edit(TextEdit::Backspace),
        "",
        "delete before, after",
    ),
    on("", Typing, &[key(KeyCode::Delete), ctrl('d')], Action::Edit(TextEdit::Delete), "", "delete before, after"),
    on(
        "",
        Typing,
        &[ctrl('w'), with(ALT, KeyCode::Backspace)],
        Action::Edit(TextEdit::DeleteWord),
        "",
        "delete the word before (the secret: all of it)",
    ),
    on("", Typing, &[ctrl('u')], Action::Edit(TextEdit::Clear), "clear", "empty the field"),
    on("", Typing, &[ctrl('k')], Action::Edit(TextEdit::DeleteToEnd), "", "delete to the end"),
    on("", Typing, &[ctrl('y')], Action::Edit(TextEdit::PutBack), "", "insert the deleted text again (not the secret)"),
    // A terminal sends the same byte for Ctrl-_, Ctrl-/ and Ctrl-7.
    on(
        "",
        Typing,
        &[ctrl('_'), ctrl('/'), ctrl('7')],
        Action::Edit(TextEdit::Undo),
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
    on("zoom_log", Panes, &[ctrl('o')], Action::ZoomLog, "", "log and timeline of the run in full screen, and back"),
    on("redraw", Everywhere, &[ctrl('l')], Action::Redraw, "", "redraw the screen"),
    on("interrupt", Everywhere, &[ctrl('c')], Action::Interrupt, "", "cancel the checks; twice: quit"),
    on("suspend", Everywhere, &[ctrl('z')], Action::Suspend, "", "suspend; fg resumes"),
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
            C::Guides,
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
        In(&[C::Help, C::Plain, C::Explanation, C::Preview, C::Export, C::Guides]),
        &[letter('q')],
        Action::Back,
        "",
        "close",
    ),
    on("done", In(&[C::Explanation]), &[key(KeyCode::Enter)], Action::Back, "", "close"),
    on("explain", In(&[C::Explanation]), &[letter('i')], Action::Back, "", "close"),
];
