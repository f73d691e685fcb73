//! Choosing a profile, and opening what was chosen.

use super::{dialogs, navigation, profiles, runs};
use crate::app::action::Motion;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::initial_state::Start;
use crate::app::profile_picker::ProfilePicker;
use crate::app::profiles::{ProfileChoice, ProfileSummary};
use crate::app::state::{PendingOpen, State};
use crate::app::text_field::TextField;
use crate::domain::connection::Field;
use crate::domain::run_plan::CheckSelection;

/// Opens the profile list and reads the saved data again.
pub(super) fn show(state: &mut State) -> Vec<Effect> {
    if !state.shelf.open {
        return Vec::new();
    }
    state.overlay = None;
    state.log.search = None;
    let mut picker = ProfilePicker::default();
    let here = state.profile.clone().map_or(ProfileChoice::New, ProfileChoice::Profile);
    picker.at = picker.entries(&state.shelf).iter().position(|(choice, _)| *choice == here).unwrap_or_default();
    state.picker = Some(picker);
    vec![state.keep(), Effect::LookAtShelf]
}

/// Handles the saved profiles that were read.
pub(super) fn profiles_listed(state: &mut State, profiles: Vec<ProfileSummary>) -> Vec<Effect> {
    let selected = state.picked().map(|(choice, _)| choice);
    state.shelf.profiles = profiles;
    if let Some(picker) = &mut state.picker {
        let entries = picker.entries(&state.shelf);
        let same = entries.iter().position(|(choice, _)| Some(choice) == selected.as_ref());
        picker.at = same.unwrap_or(picker.at).min(entries.len().saturating_sub(1));
    }
    Vec::new()
}

pub(super) fn go(state: &mut State, motion: Motion) {
    let window = state.room.picker;
    if let Some(picker) = &mut state.picker {
        let count = picker.entries(&state.shelf).len();
        picker.at = navigation::moved(picker.at, count, motion, window);
    }
}

/// Begins to look for a profile.
pub(super) fn find(state: &mut State) -> Vec<Effect> {
    // What is typed while another session takes the place of this one would be lost.
    if state.opening.is_some() {
        return Vec::new();
    }
    if let Some(picker) = &mut state.picker {
        picker.find = Some(TextField::new(&picker.needle));
    }
    Vec::new()
}

/// The text that is looked for has changed: the first that fits is selected.
pub(super) fn look_for(state: &mut State) {
    if let Some(picker) = &mut state.picker {
        picker.needle = picker.find.as_ref().map(|find| find.text().to_owned()).unwrap_or_default();
        picker.at = 0;
    }
}

/// One level back in the choice; true when there was one.
pub(super) fn back(state: &mut State) -> bool {
    match &mut state.picker {
        Some(picker) if picker.find.is_some() || !picker.needle.is_empty() => {
            *picker = ProfilePicker { first: picker.first, ..ProfilePicker::default() };
            true
        }
        Some(picker) if !picker.first => {
            state.picker = None;
            state.opening = None;
            true
        }
        Some(_) => true,
        None => false,
    }
}

/// Opens the selected entry.
pub(super) fn open_selected(state: &mut State, check: bool) -> Vec<Effect> {
    match state.picked() {
        Some((choice, _)) => open(state, choice, check),
        None => Vec::new(),
    }
}

/// Opens an entry; one that is open already is only shown again. A typed secret that no check has proven is not lost
/// without a question.
pub(super) fn open(state: &mut State, choice: ProfileChoice, check: bool) -> Vec<Effect> {
    let Some(picker) = &state.picker else { return Vec::new() };
    if state.opening.is_some() {
        return Vec::new();
    }
    let here = state.profile.clone().map_or(ProfileChoice::New, ProfileChoice::Profile);
    if !picker.first && choice == here && state.demo.is_none() {
        state.picker = None;
        return if check { runs::start(state, CheckSelection::All) } else { Vec::new() };
    }
    if state.would_lose_the_secret() {
        return dialogs::open(state, Dialog::Switch { choice, check });
    }
    switch(state, choice, check)
}

/// Opens an entry, whatever is lost.
pub(super) fn switch(state: &mut State, choice: ProfileChoice, check: bool) -> Vec<Effect> {
    let mut effects = runs::stop(state);
    // What was chosen before anything was opened has nothing to keep.
    if state.picker.as_ref().is_none_or(|picker| !picker.first) {
        effects.push(state.keep());
    }
    if let Some(picker) = &mut state.picker {
        picker.find = None;
    }
    state.order += 1;
    state.opening = Some(PendingOpen { order: state.order, choice: choice.clone(), check });
    effects.push(Effect::Open { order: state.order, choice });
    effects
}

/// Replaces the state with the opened session; clock, viewports and exit messages stay.
///
/// Ignores a session that is no longer awaited because the operator left the list.
pub(super) fn opened(state: &mut State, order: u64, outcome: Result<Box<Start>, String>) -> Vec<Effect> {
    let Some(opening) = state.opening.take_if(|opening| opening.order == order) else { return Vec::new() };
    let start = match outcome {
        Ok(start) => start,
        Err(reason) => {
            state.say(format!("{} could not be opened. {reason}", opening.choice.label()));
            return Vec::new();
        }
    };
    let start = match opening.choice {
        ProfileChoice::Guide { demo: false, .. } => Box::new(with_address_of(state, *start)),
        _ => start,
    };
    let mut next = State::at(*start, state.time_of_day_ms, state.now_ms);
    next.room = state.room;
    // No number comes twice: what the session before still tells is not taken for this one's.
    (next.run.last_id, next.asked, next.order) = (state.run.last_id, state.asked, state.order);
    next.written = std::mem::take(&mut state.written);
    *state = next;
    let mut effects = vec![Effect::Settle(order)];
    effects.extend(began(state, opening.check));
    effects
}

/// The address and the tenant of a set-up stay when its guide is changed: several integrations share one Halo.
fn with_address_of(state: &State, mut start: Start) -> Start {
    if start.typed.url.is_empty() && state.demo.is_none() {
        start.typed.url = state.form.text(Field::Url).to_owned();
        start.typed.tenant = state.form.text(Field::Tenant).to_owned();
    }
    start
}

/// The session has begun: the command that prints the secret is run, and the checks where they were asked for.
pub(super) fn began(state: &mut State, check: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    if state.shelf.open {
        effects.push(Effect::LookAtShelf);
    }
    if state.picker.is_none() {
        effects.extend(close_after_choice(state, check));
    }
    effects
}

fn close_after_choice(state: &mut State, check: bool) -> Vec<Effect> {
    if state.form.is_empty(Field::Secret) && state.shelf.secret.command.is_some() {
        return profiles::run_secret_command(state, check);
    }
    if !check {
        return Vec::new();
    }
    if state.form.is_empty(Field::Secret) {
        state.notice = Some("Only the secret is missing: enter it, then {run_all} runs the checks.".into());
        return Vec::new();
    }
    runs::start(state, CheckSelection::All)
}

/// Asks before a profile is removed.
pub(super) fn remove(state: &mut State) -> Vec<Effect> {
    if state.opening.is_some() {
        return Vec::new();
    }
    match state.picked() {
        Some((ProfileChoice::Profile(name), _)) if state.profile.as_ref() == Some(&name) => {
            state.say(format!("{name} is open: open another profile first, then remove it."));
            Vec::new()
        }
        Some((ProfileChoice::Profile(name), _)) => dialogs::open(state, Dialog::Remove(name)),
        _ => Vec::new(),
    }
}

/// A profile was removed, or why not.
pub(super) fn removed(state: &mut State, outcome: Result<String, String>) -> Vec<Effect> {
    state.say(outcome.unwrap_or_else(|reason| reason));
    vec![Effect::LookAtShelf]
}
