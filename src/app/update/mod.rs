//! What a message changes, and what is to be done then.

mod acts;
mod answers;
mod clock;
mod fields;
mod lists;
mod overlays;
mod panes;
mod runs;

use super::effect::Effect;
use super::message::Message;
use super::state::{Focus, State};
use crate::domain::event::LogLevel;

/// Folds a message into the state.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let effects = match message {
        Message::Clock(now_ms) => clock::tick(state, now_ms),
        Message::Room(room) => {
            state.room = room;
            Vec::new()
        }
        Message::Resized => {
            fields::hide(state);
            Vec::new()
        }
        Message::Act(action) => acts::act(state, action),
        Message::Type(c) => fields::type_char(state, c),
        Message::Paste(text) => fields::paste(state, &text),
        Message::Run { run, event } => runs::happened(state, run, event),
        Message::RunBroke { run } => runs::broke(state, run),
        Message::Discovered { asked, link, outcome } => answers::discovered(state, asked, &link, *outcome),
        Message::DiscoveryBroke { asked } => answers::discovery_broke(state, asked),
        Message::Mended { checks, outcome } => answers::mended(state, checks, outcome),
        Message::Exported(outcome) => answers::exported(state, outcome),
        Message::Ending => vec![state.keep()],
        Message::KeepFailed(reason) => {
            state.note(LogLevel::Warn, format!("the session could not be kept: {reason}"));
            Vec::new()
        }
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
