//! Composition of a session: combines the command line, the environment, a profile and the configuration file into
//! settings, a source of the secret and a prepared run; and saves the session (profiles, progress, last results).
//!
//! The interfaces (`tui`, `headless`, `plain`) and the command line use it. A new source of a setting goes into
//! `setting_sources`, a new source of the secret into `secret_source`, and a new saved value into `progress_writer` and
//! `restore_progress`.

pub(crate) mod async_runtime;
pub(crate) mod command_error;
pub mod demo;
#[cfg(debug_assertions)]
pub(crate) mod injected_panics;
pub(crate) mod kept_secret;
pub(crate) mod prepare_run;
pub(crate) mod profile_removal;
pub(crate) mod profile_service;
pub(crate) mod profile_summaries;
pub(crate) mod progress_writer;
pub(crate) mod restore_progress;
pub(crate) mod secret_prompt;
pub(crate) mod secret_source;
pub(crate) mod setting_sources;
pub(crate) mod time_format;
