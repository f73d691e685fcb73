//! Handles letters and arrows in the lists.

use super::{dialogs, focus, guide_picker, profile_picker, profiles, runs};
use crate::app::action::{Context, Motion};
use crate::app::checklist::LineDestination;
use crate::app::dialog::Dialog;
use crate::app::effect::{Effect, Repair};
use crate::app::state::{Focus, State};
use crate::app::text_field::TextField;
use crate::app::text_with_keys::Text;
use crate::app::viewport::Viewport;
use crate::domain::codes::explain::explanation;
use crate::domain::guide::{EvidenceSource, Guide};
use crate::domain::run_event::LogLevel;
use crate::secret::Secret;

/// End of the notice after a copy: a terminal does not report whether it accepted OSC 52.
const COPIED: &str =
    "copied through the terminal. If the paste is empty, the terminal ignored it: {plain} shows the text.";

pub(super) fn go(state: &mut State, motion: Motion) -> Vec<Effect> {
    match state.context() {
        Context::Checklist => {
            let lines = state.guide.lines().count();
            state.line = moved(state.line, lines, motion, state.room.checklist);
        }
        Context::Checks => go_check(state, motion),
        Context::Detail => scroll(&mut state.room.detail, motion),
        Context::Log => {
            let by = rows(motion, state.room.log);
            state.log.scroll(by, state.room.log.height.into());
        }
        Context::Help
        | Context::Preview
        | Context::Plain
        | Context::Explanation
        | Context::Values
        | Context::Question => {
            scroll(&mut state.room.overlay, motion);
        }
        Context::Profiles => profile_picker::go(state, motion),
        Context::KeepSecret => profiles::go(state, motion),
        Context::Guides => guide_picker::go(state, motion),
        Context::AcceptServer => dialogs::select_answer(state, motion),
        Context::Field | Context::Secret | Context::Search | Context::Find | Context::Name | Context::Export => {}
    }
    Vec::new()
}

fn go_check(state: &mut State, motion: Motion) {
    let listed = state.listed_checks();
    let at = listed.iter().position(|row| Some(&row.id) == state.check.as_ref()).unwrap_or_default();
    let to = moved(at, listed.len(), motion, state.room.checks);
    if let Some(row) = listed.get(to) {
        choose(state, row.id.clone());
        runs::show_line(state);
    }
}

/// The operator chooses a check; its detail begins at its top.
fn choose(state: &mut State, check: String) {
    state.check = Some(check);
    state.chosen = true;
    state.room.detail.offset = 0;
}

/// The new position after a motion in a list.
pub(super) fn moved(at: usize, length: usize, motion: Motion, window: Viewport) -> usize {
    let to = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(rows(motion, window));
    usize::try_from(to.max(0)).unwrap_or(usize::MAX).min(length.saturating_sub(1))
}

fn scroll(window: &mut Viewport, motion: Motion) {
    window.scroll(rows(motion, *window));
}

/// A motion in rows, downwards when positive.
fn rows(motion: Motion, window: Viewport) -> i64 {
    let page = i64::from(window.height.saturating_sub(1).max(1));
    match motion {
        Motion::Up => -1,
        Motion::Down => 1,
        Motion::PageUp => -page,
        Motion::PageDown => page,
        Motion::First => i64::MIN,
        Motion::Last => i64::MAX,
    }
}

/// Ticks the selected line, or takes the tick back.
pub(super) fn tick(state: &mut State) -> Vec<Effect> {
    let Some(line) = state.selected_line() else { return Vec::new() };
    let (fact, label) = (line.fact.clone(), line.label.clone());
    let ticked = !state.ticks.remove(&fact);
    if ticked {
        state.ticks.insert(fact.clone());
    }
    let made = (ticked && state.ticks_build).then(|| making(&state.guide, &fact)).flatten();
    state.note(LogLevel::Info, format!("{fact} {}: {label}", if ticked { "ticked" } else { "no longer ticked" }));
    std::iter::once(state.keep()).chain(made.map(Effect::Repair)).collect()
}

/// The repair that sets a guide line in the simulated Halo; `None` if only a person could see the line.
fn making(guide: &Guide, fact: &str) -> Option<Repair> {
    let witness = guide.line(fact)?.witness;
    let copies_form = matches!(
        witness,
        EvidenceSource::Credentials
            | EvidenceSource::ApiDetails
            | EvidenceSource::FormUrl
            | EvidenceSource::FormTenant
            | EvidenceSource::FormClientId
            | EvidenceSource::FormSecret
    );
    (witness != EvidenceSource::Operator).then(|| Repair {
        code: "",
        facts: vec![fact.to_owned()],
        checks: Vec::new(),
        copies_form,
    })
}

/// From a check to its guide line, and from a line to its check.
pub(super) fn follow(state: &mut State) -> Vec<Effect> {
    match state.focus {
        Focus::Checks | Focus::Detail => to_line(state),
        Focus::Checklist => to_check(state),
        _ => Vec::new(),
    }
}

fn to_line(state: &mut State) -> Vec<Effect> {
    let Some(row) = state.selected_check() else { return Vec::new() };
    if let Some(problem) = state.form.understood().problems.first().filter(|_| row.id == "input") {
        let field = problem.field;
        return focus::focus(state, Focus::Field(field));
    }
    let Some(fact) = state.facts_of(&row.id).into_iter().find(|fact| state.line_number_of(fact).is_some()) else {
        state.say("The guide has no line for this check.");
        return Vec::new();
    };
    state.line = state.line_number_of(&fact).unwrap_or_default();
    state.way = Some((fact, row.id));
    focus::focus(state, Focus::Checklist)
}

fn to_check(state: &mut State) -> Vec<Effect> {
    let Some(line) = state.selected_line() else { return Vec::new() };
    match state.witness_of(line) {
        LineDestination::By(check) => {
            state.only_failures &= state.listed_checks().iter().any(|row| row.id == check);
            choose(state, check);
            focus::focus(state, Focus::Checks)
        }
        LineDestination::Field(field) => focus::focus(state, Focus::Field(field)),
        LineDestination::Nobody => {
            state.say("Halo's API does not show this setting: check it in Halo, then tick it with {tick}.");
            Vec::new()
        }
    }
}

/// Lists only what failed, or everything.
pub(super) fn only_failures(state: &mut State) -> Vec<Effect> {
    state.only_failures = !state.only_failures;
    Vec::new()
}

/// Copies the fix of the selected check, or the path to the selected line.
pub(super) fn copy(state: &mut State) -> Vec<Effect> {
    let (what, text) = match state.focus {
        Focus::Checklist => ("Path", line_text(state)),
        _ => ("Fix", state.check.as_deref().and_then(|check| state.fix_text(check))),
    };
    match text {
        Some(text) => copied(state, what, text),
        None => {
            state.say("Nothing to fix here.");
            Vec::new()
        }
    }
}

/// The selected line with the path to its screen.
fn line_text(state: &State) -> Option<String> {
    let line = state.selected_line()?;
    Some(format!("{}\n{} = {}", state.guide.path_to(&line.fact), line.label, line.expected))
}

fn copied(state: &mut State, what: &str, text: String) -> Vec<Effect> {
    state.say(Text::from(format!("{what} ")).then(COPIED));
    vec![Effect::Clipboard(Secret::new(text))]
}

/// Shows the selected line or check as plain text.
pub(super) fn plain(state: &mut State) -> Vec<Effect> {
    let text = match state.focus {
        Focus::Checklist => line_text(state),
        _ => state.check_as_text(),
    };
    match text {
        Some(text) => dialogs::open(state, Dialog::Plain(text)),
        None => Vec::new(),
    }
}

/// Explains the code of the selected check.
pub(super) fn explain(state: &mut State) -> Vec<Effect> {
    match state.explained().and_then(explanation) {
        Some(found) => dialogs::open(state, Dialog::Explanation(found)),
        None => {
            state.say("This check has not finished: nothing to explain yet.");
            Vec::new()
        }
    }
}

/// Copies the selected check as a curl command without secrets.
pub(super) fn curl(state: &mut State) -> Vec<Effect> {
    match state.check.as_deref().and_then(|check| state.curl(check)) {
        Some(text) => copied(state, "curl command (without the secret)", text),
        None => {
            state.say("This check sends no request, or there is no usable address yet.");
            Vec::new()
        }
    }
}

/// Begins to search the log.
pub(super) fn search(state: &mut State) -> Vec<Effect> {
    let effects = focus::focus(state, Focus::Log);
    let mut field = TextField::default();
    field.replace(state.log.needle());
    state.log.search = Some(field);
    effects
}

/// Follows the log's end, or stays.
pub(super) fn tail(state: &mut State) -> Vec<Effect> {
    state.log.toggle_follow();
    Vec::new()
}

/// The next level of the log.
pub(super) fn level(state: &mut State) -> Vec<Effect> {
    state.log.next_level();
    Vec::new()
}
