//! Pure core of the interface: the [`State`], the [`Message`]s that change it, and the [`Effect`]s that it requests.
//!
//! [`update()`] is the only function that changes a [`State`]. It reads no clock and touches no file, socket or
//! terminal: times arrive in messages, and all other work leaves as an effect. The contents of the panes are computed
//! here as plain data, so that tests need no terminal.

mod action;
mod available_actions;
mod check_detail;
mod checklist;
mod checks;
mod connection_phases;
mod curl_command;
mod dialog;
mod effect;
mod exit_summary;
mod export;
mod form;
mod guide_picker;
mod initial_state;
mod log;
mod message;
mod paste_parser;
mod profile_picker;
mod profiles;
mod run_state;
mod secret_input;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod text_field;
mod text_with_keys;
mod timeline;
mod update;
mod vendor_form;
mod viewport;

pub use action::{Action, Context, Format, Motion, Pane, TextEdit};
pub use check_detail::{DetailSection, Section};
pub use checklist::LineState;
pub use checks::{CheckRow, CheckState, Group};
pub use connection_phases::{PHASES, Phase, Segment};
pub use dialog::Dialog;
pub use effect::{Effect, Repair, RepairResult};
pub use exit_summary::{Outcome, Progress};
pub use form::{FieldRemarks, Form, Suggestion};
pub use guide_picker::GuideEntry;
pub use initial_state::{Render, Start};
pub use log::{Entry, Log};
pub use message::Message;
pub use paste_parser::LabelledValues;
pub use profile_picker::ProfilePicker;
pub use profiles::{LastCheck, ProfileChoice, ProfileList, ProfileSummary, SecretPlaces};
pub use run_state::{ActiveRun, PreviousRun, RunId, RunState, Staleness, ago};
pub use secret_input::SecretInput;
pub use state::{DiscoveryState, Focus, SignInHost, State, Watch};
pub use text_field::TextField;
pub use text_with_keys::Text;
pub use timeline::TimelineEntry;
pub use update::update;
pub use vendor_form::{FieldValue, VendorFormValue};
pub use viewport::{Viewport, Viewports};
