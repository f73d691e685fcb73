//! Choosing another guide, and opening a set-up with it.

use super::{dialogs, navigation, profile_picker};
use crate::app::action::Motion;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::guide_picker::GuideEntry;
use crate::app::profiles::ProfileChoice;
use crate::app::state::State;

/// Opens the choice; the guide in use is selected.
pub(super) fn show(state: &mut State) -> Vec<Effect> {
    if !state.shelf.open || state.opening.is_some() {
        return Vec::new();
    }
    let entries = GuideEntry::all();
    let at = entries.iter().position(|entry| entry.id == state.guide.id).unwrap_or_default();
    dialogs::open(state, Dialog::Guides { at, entries })
}

pub(super) fn go(state: &mut State, motion: Motion) {
    let viewport = state.room.overlay;
    if let Some(Dialog::Guides { at, entries }) = &mut state.overlay {
        *at = navigation::moved(*at, entries.len(), motion, viewport);
    }
}

/// Opens a set-up with the selected guide. A typed secret that no check has proven is not lost without a question.
pub(super) fn choose(state: &mut State) -> Vec<Effect> {
    let Some(Dialog::Guides { at, entries }) = &state.overlay else { return Vec::new() };
    let Some(entry) = entries.get(*at).filter(|_| state.opening.is_none()) else { return Vec::new() };
    if entry.id == state.guide.id && state.picker.is_none() {
        state.overlay = None;
        return Vec::new();
    }
    let choice =
        ProfileChoice::Guide { id: entry.id.clone(), vendor: entry.vendor.clone(), demo: state.demo.is_some() };
    if state.would_lose_the_secret() {
        return dialogs::open(state, Dialog::Switch { choice, check: false });
    }
    profile_picker::switch(state, choice, false)
}
