//! Settings and their sources: one patch type ([`Layer`]), one way to apply it, and the source of each value. Called by
//! `session` and `cli`; it reads no environment variable and opens only the files that the operator names.
//!
//! Sources, from weakest to strongest: default, configuration file, profile, environment, flag. A new setting is a row
//! of the table in `settings`; if an environment variable sets it, `print_config` names the variable.

pub mod config_file;
pub mod print_config;
mod settings;

pub use settings::{File, Format, KeyTable, Layer, Settings, Source, Timeout, Value};
