//! Going from pane to pane and from step to step.

use super::form_fields;
use crate::app::action::{Action, Pane};
use crate::app::effect::Effect;
use crate::app::state::{Focus, State};
use crate::app::text_with_keys::Text;
use crate::domain::connection::Field;

/// The order of Tab.
const ORDER: [Focus; 8] = [
    Focus::Checklist,
    Focus::Field(Field::Url),
    Focus::Field(Field::Tenant),
    Focus::Field(Field::ClientId),
    Focus::Field(Field::Secret),
    Focus::Checks,
    Focus::Detail,
    Focus::Log,
];

/// Moves the focus; a field that is left is read, and may ask its address.
pub(super) fn focus(state: &mut State, to: Focus) -> Vec<Effect> {
    let from = state.focus;
    if from == to {
        return Vec::new();
    }
    state.focus = to;
    let Focus::Field(field) = from else { return Vec::new() };
    let effects = form_fields::left(state, field);
    if !matches!(to, Focus::Field(_)) {
        warn_of_the_form(state);
    }
    effects
}

/// The fields may be out of sight now: what is wrong in one of them is said where it is seen.
fn warn_of_the_form(state: &mut State) {
    let wrong = |field: &Field| Some((*field, state.form.remarks(*field).problem.as_ref()?));
    if let Some((field, problem)) = Field::ALL.iter().find_map(wrong) {
        state.notice =
            Some(Text::from(format!("{}: {} ", field.label(), problem.message)).then("{credentials} goes back."));
    }
}

pub(super) fn go(state: &mut State, action: Action) -> Vec<Effect> {
    let at = ORDER.iter().position(|focus| *focus == state.focus).unwrap_or_default();
    let to = match action {
        Action::NextPane => ORDER[(at + 1) % ORDER.len()],
        Action::PreviousPane => ORDER[(at + ORDER.len() - 1) % ORDER.len()],
        Action::GoTo(Pane::Checklist) => Focus::Checklist,
        Action::GoTo(Pane::Credentials) => Focus::Field(first_open(state)),
        Action::GoTo(Pane::Checks) => Focus::Checks,
        Action::GoTo(Pane::Log) => Focus::Log,
        _ => return Vec::new(),
    };
    state.overlay = None;
    state.log_zoomed = false;
    focus(state, to)
}

/// The first field that is empty or has a problem; the first of all when none is.
pub(super) fn first_open(state: &State) -> Field {
    let open = |field: &Field| match field {
        // A tenant may be empty: a self-hosted Halo has none.
        Field::Tenant => state.form.remarks(*field).problem.is_some(),
        _ => state.form.is_empty(*field) || state.form.remarks(*field).problem.is_some(),
    };
    Field::ALL.into_iter().find(open).unwrap_or(Field::Url)
}

/// The steps are the guide's, and after them the checks.
pub(super) fn step(state: &mut State, action: Action) -> Vec<Effect> {
    let checks = state.guide.steps.len();
    let at = if matches!(state.focus, Focus::Checks | Focus::Detail) { checks } else { state.selected_step() };
    let to = match action {
        Action::NextStep => (at + 1).min(checks),
        Action::PreviousStep => at.saturating_sub(1),
        Action::Step(number) => usize::from(number).saturating_sub(1),
        _ => at,
    };
    if to > checks {
        state.say(format!("Steps are 1 to {checks}; {} is the checks.", checks + 1));
        return Vec::new();
    }
    state.overlay = None;
    state.log_zoomed = false;
    if to == checks {
        return focus(state, Focus::Checks);
    }
    state.line = state.first_line(to);
    focus(state, Focus::Checklist)
}

/// Shows the log on the whole screen, and back.
pub(super) fn zoom(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    state.log_zoomed = !state.log_zoomed;
    let to = if state.log_zoomed { Focus::Log } else { state.behind };
    focus(state, to)
}
