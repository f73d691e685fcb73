//! The command line: parses the arguments and calls the implementation of the command. Only `main` calls it. A new
//! option goes into `args` or `commands`, a new command also into `dispatch` or `other` here, with a module of its own.

pub mod args;
mod check;
mod check_all_profiles;
pub mod commands;
mod completions_and_manual;
mod explain;
mod guide;
mod guide_new;
mod help;
mod interface;
mod key_configuration;
mod output_style;
mod profile;
mod record_exchanges;
mod record_last_check;
mod replay;
mod run_command;
mod simulate;
mod usage_errors;
mod version;

pub use run_command::run;
use run_command::{streams, written};
