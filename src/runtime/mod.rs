//! Execution of the interface's effects: starts and cancels runs, sends discovery requests, saves sessions, writes
//! reports. Results are posted as a [`Message`](crate::app::Message); a task that panics posts a failure, so that the
//! interface never waits for it. Called by the event loop in `tui`; `session` provides the [`RuntimeParts`]. A new
//! effect gets an arm in [`Runtime::perform`]; effects on profiles are in `profile_effects`.

mod autosave;
mod effect_runner;
pub mod engine;
mod http_engine;
mod profile_effects;
mod profile_service;
#[cfg(test)]
mod tests;
mod write_report;

pub use crate::store::secret_command::StopHandle as StopCommand;
pub use autosave::SaveProgress;
use effect_runner::tell;
pub use effect_runner::{CopyValuesFn, RepairFn, Runtime, RuntimeParts, SecretCommandFn};
pub use engine::{Engine, Pending, Report, Running};
pub use http_engine::HttpEngine;
pub use profile_service::{LoadedProfiles, OpenedSession, ProfileService};
pub use write_report::write as write_report;
