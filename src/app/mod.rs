//! The interface's pure core: what is known ([`State`]), what happened ([`Message`]), what is to be done ([`Effect`]).
//!
//! [`update`] is the only function that changes a [`State`]. It reads no clock and touches no file, socket or terminal:
//! times come in messages, and everything that acts leaves as an effect. What the panes show is worked out here too, as
//! plain data, so that it can be tested without a terminal.

mod action;
mod checklist;
mod checks;
mod curl;
mod detail;
mod effect;
mod export;
mod field;
mod form;
mod log;
mod message;
mod offers;
mod outcome;
mod overlay;
mod paste;
mod phases;
mod picker;
mod room;
mod run;
mod secret_input;
mod shelf;
mod start;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod update;
mod values;
mod waterfall;

pub use action::{Action, Context, Edit, Format, Motion, Pane};
pub use checklist::LineState;
pub use checks::{CheckRow, Group, Shown};
pub use detail::{Part, Section};
pub use effect::{Effect, Mend, Mended, RunOrder, Which};
pub use field::TextField;
pub use form::{Form, Remarks, Suggestion};
pub use log::{Entry, Log};
pub use message::Message;
pub use outcome::{Outcome, Progress};
pub use overlay::Overlay;
pub use paste::Labelled;
pub use phases::{PHASES, Phase, Stretch};
pub use picker::Picker;
pub use room::{Room, Window};
pub use run::{ActiveRun, Before, Previous, RunId, RunState, Staleness, ago};
pub use secret_input::SecretInput;
pub use shelf::{Choice, LastCheck, SecretPlaces, Shelf, Tile};
pub use start::{Render, Start};
pub use state::{Focus, Found, SignInHost, State, Watch};
pub use text::Text;
pub use update::update;
pub use values::{FormValue, Worth};
pub use waterfall::Fall;
