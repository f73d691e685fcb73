//! Opens the dialogs and handles the answers to them.

use super::{actions, form_fields, guide_picker, profile_picker, runs};
use crate::app::action::{Format, Motion};
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::profiles::ProfileChoice;
use crate::app::state::State;
use crate::app::text_with_keys::Text;
use crate::app::vendor_form::FieldValue;
use crate::domain::connection::{Field, canonical_origin};
use crate::domain::run_event::LogLevel;
use crate::secret::Secret;

pub(super) fn open(state: &mut State, overlay: Dialog) -> Vec<Effect> {
    state.room.overlay.offset = 0;
    state.log.search = None;
    state.agrees = false;
    state.overlay = Some(overlay);
    Vec::new()
}

/// Opens the choice of formats, when there is a report.
pub(super) fn export(state: &mut State) -> Vec<Effect> {
    if state.current_report().is_none() {
        state.say(match state.run.report {
            None => "There is no report yet: {run_all} runs the checks.",
            Some(_) if state.run.active.is_some() => "The checks are still running: the report is ready when they end.",
            Some(_) => "The values changed after the last report: {run_all} runs the checks.",
        });
        return Vec::new();
    }
    open(state, Dialog::Export)
}

/// Shows the report before it is written.
pub(super) fn preview(state: &mut State, format: Format) -> Vec<Effect> {
    match state.rendered(format) {
        Some(text) => {
            let read = state.read(format, &text);
            open(state, Dialog::Preview { format, text, read })
        }
        None => {
            if format == Format::Recording && state.current_report().is_some() {
                state.say(
                    "This run was not recorded, because it was stopped or ran some checks only: {run_all} runs all.",
                );
                state.overlay = None;
            }
            Vec::new()
        }
    }
}

/// Writes the previewed report.
pub(super) fn write(state: &mut State) -> Vec<Effect> {
    match state.overlay.take() {
        Some(Dialog::Preview { format, text, .. }) => {
            let origin = state.run.report.as_ref().map_or("", |report| report.target.resource_server.as_str());
            // A recording names no host, and neither does its file.
            let host = match format {
                Format::Recording => "recording".to_owned(),
                _ => origin.split("://").last().unwrap_or_default().to_owned(),
            };
            vec![Effect::Export { format, text, host, secret: state.form.secret.secret() }]
        }
        other => {
            state.overlay = other;
            Vec::new()
        }
    }
}

/// Copies a value of the vendor's form to the clipboard; the secret only after a question.
pub(super) fn copy_value(state: &mut State, number: u8) -> Vec<Effect> {
    let values = state.form_values();
    let Some(value) = usize::from(number).checked_sub(1).and_then(|at| values.into_iter().nth(at)) else {
        return Vec::new();
    };
    match value.worth {
        FieldValue::Secret => open(state, Dialog::CopySecret),
        FieldValue::Nothing => {
            state.say(format!("{} is empty.", value.label));
            Vec::new()
        }
        FieldValue::Text(text) => {
            state.say(format!(
                "{} copied through the terminal. If the paste is empty, the terminal ignored it: select it on the screen.",
                value.label
            ));
            vec![Effect::Clipboard(Secret::new(text))]
        }
    }
}

/// The question of the overlay is answered with yes.
pub(super) fn yes(state: &mut State) -> Vec<Effect> {
    match state.overlay.take() {
        Some(Dialog::Quit) => actions::leave(state),
        Some(Dialog::AcceptAuth { origin, .. }) => accept(state, origin),
        Some(Dialog::FillForm(found)) => form_fields::fill(state, &found),
        Some(Dialog::CopySecret) => {
            open(state, Dialog::Values);
            state.say("Secret copied through the terminal, which may ignore it. Clear the clipboard after pasting.");
            vec![Effect::Clipboard(state.form.secret.secret())]
        }
        Some(Dialog::Remove(name)) => vec![Effect::RemoveProfile(name)],
        Some(Dialog::Switch { choice, check }) => {
            if matches!(choice, ProfileChoice::Guide { .. }) {
                guide_picker::show(state);
            }
            profile_picker::switch(state, choice, check)
        }
        other => {
            state.overlay = other;
            Vec::new()
        }
    }
}

/// The question of the overlay is answered with no, or the overlay is closed.
pub(super) fn no(state: &mut State) -> Vec<Effect> {
    match state.overlay.take() {
        Some(Dialog::CopySecret | Dialog::KeepSecret { values: true, .. }) => open(state, Dialog::Values),
        Some(Dialog::Preview { .. }) => open(state, Dialog::Export),
        Some(Dialog::AcceptAuth { .. }) => {
            state.notice = Some("Nothing changed. {sign_in_host} asks again.".into());
            Vec::new()
        }
        Some(Dialog::FillForm(_)) => {
            state.notice = Some("The paste was not used.".into());
            Vec::new()
        }
        Some(Dialog::Guides { .. }) => {
            state.opening = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The operator accepts another host as authorisation server.
fn accept(state: &mut State, origin: String) -> Vec<Effect> {
    let known = state.form.allowed_auth_origins.iter().any(|allowed| canonical_origin(allowed) == origin);
    if !known {
        state.form.allowed_auth_origins.push(origin.clone());
    }
    state.accepted_for = state.form.text(Field::Url).to_owned();
    let words = "{run_all} runs the checks; {sign_in_host} withdraws it.";
    state.say(Text::from(format!("Accepted: {origin} may get the Client Secret. ")).then(words));
    vec![state.keep()]
}

/// The operator refuses another host as authorisation server, or withdraws what was accepted: a run over it ends.
fn refuse(state: &mut State, origin: &str) -> Vec<Effect> {
    let before = state.form.allowed_auth_origins.len();
    state.form.allowed_auth_origins.retain(|allowed| canonical_origin(allowed) != origin);
    if state.form.allowed_auth_origins.len() == before {
        state.note(LogLevel::Warn, format!("{origin} was not accepted: the secret is not sent there"));
        state.notice = Some("Not accepted: the secret is not sent there. {sign_in_host} asks again.".into());
        return Vec::new();
    }
    let mut effects = runs::cancel(state);
    state.say(format!("Withdrawn: {origin} no longer gets the Client Secret."));
    effects.push(state.keep());
    effects
}

/// Takes the selected answer of a question about where a secret may go.
pub(super) fn consent(state: &mut State) -> Vec<Effect> {
    if state.agrees {
        return yes(state);
    }
    match &state.overlay {
        Some(Dialog::AcceptAuth { origin, .. }) => {
            let origin = origin.clone();
            state.overlay = None;
            refuse(state, &origin)
        }
        _ => no(state),
    }
}

/// Selects an answer of a question about where a secret may go.
pub(super) fn select_answer(state: &mut State, motion: Motion) {
    state.agrees = matches!(motion, Motion::Down | Motion::PageDown | Motion::Last);
}
