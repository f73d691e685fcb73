//! Calls the handler of each message and action.

use super::{actions, effect_results, form_fields, profile_picker, profiles, runs, timer};
use crate::app::effect::Effect;
use crate::app::message::Message;
use crate::app::state::{Focus, State};

/// Folds a message into the state.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    if matches!(message, Message::Act(_) | Message::Type(_) | Message::Paste(_) | Message::Pressed) {
        state.touched_ms = state.now_ms;
    }
    let effects = match message {
        Message::Clock(now_ms) => timer::tick(state, now_ms),
        Message::Viewports(room) => {
            state.room = room;
            Vec::new()
        }
        Message::Resized => {
            form_fields::hide(state);
            Vec::new()
        }
        Message::Act(action) => actions::act(state, action),
        Message::Pressed => {
            // Whoever tries keys wants to see which there are.
            state.notice = None;
            Vec::new()
        }
        Message::Type(c) => form_fields::type_char(state, c),
        Message::Paste(text) => form_fields::paste(state, &text),
        Message::Run { run, event } => runs::run_event_received(state, run, event),
        Message::RunBroke { run } => runs::run_panicked(state, run),
        Message::Discovered { asked, link, outcome } => effect_results::discovered(state, asked, &link, *outcome),
        Message::DiscoveryBroke { asked } => effect_results::discovery_panicked(state, asked),
        Message::RepairResult { checks, outcome } => effect_results::repair_finished(state, checks, outcome),
        Message::Exported(outcome) => effect_results::exported(state, outcome),
        Message::Ending => vec![state.keep()],
        Message::Suspending => runs::suspend(state),
        Message::KeepFailed(reason) => {
            state.say(format!("Your progress is not saved. {reason}"));
            Vec::new()
        }
        Message::KeptAgain => {
            state.say("Your progress is saved again.");
            Vec::new()
        }
        Message::Began => profile_picker::began(state, false),
        Message::LoadedProfiles { profiles, unnamed, ways } => {
            (state.shelf.unnamed, state.shelf.secret.ways) = (unnamed, ways);
            profile_picker::profiles_listed(state, profiles)
        }
        Message::Opened { order, outcome } => profile_picker::opened(state, order, outcome),
        Message::ProfileSaved { order, outcome } => profiles::saved(state, order, outcome),
        Message::ProfileRemoved(outcome) => profile_picker::removed(state, outcome),
        Message::SecretKept { profile, keep, outcome } => profiles::secret_kept(state, &profile, keep, outcome),
        Message::Commanded { order, outcome } => profiles::secret_command_finished(state, order, outcome),
    };
    state.settle();
    effects
}

impl State {
    /// Keeps the selections and the focus on something that exists.
    pub(crate) fn settle(&mut self) {
        let lines = self.guide.lines().count();
        self.line = self.line.min(lines.saturating_sub(1));
        let listed = self.listed_checks();
        let exists = self.check.as_ref().is_some_and(|id| listed.iter().any(|row| row.id == *id));
        if !exists {
            self.check = listed.into_iter().next().map(|row| row.id);
        }
        if self.focus != Focus::Log {
            self.behind = self.focus;
            // Keys must not go to what the log covers.
            self.log_zoomed = false;
        }
    }
}
