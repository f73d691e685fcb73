//! TODO doc

pub(crate) mod command_error;
pub mod demo;
#[cfg(debug_assertions)]
pub(crate) mod injected_panics;
pub(crate) mod key_configuration;
pub(crate) mod prepare_run;
pub(crate) mod profile_service;
pub(crate) mod profile_summaries;
pub(crate) mod progress_writer;
pub(crate) mod restore_progress;
pub(crate) mod secret_prompt;
pub(crate) mod secret_source;
pub(crate) mod setting_sources;
pub(crate) mod time_format;
