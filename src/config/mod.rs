//! Settings: one patch type, one way to apply it, and for each value where it came from.
//!
//! Sources from the weakest to the strongest: default, configuration file, profile, environment, flag.

pub mod config_file;
pub mod print_config;
mod settings;

pub use settings::{File, Format, KeyTable, Layer, Settings, Source, Timeout, Value};
