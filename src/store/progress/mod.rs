//! Saved progress of a set-up, per profile: ticks, typed values, the last verdicts.
//!
//! The types cannot hold a secret, a token or a row of Halo's: they consist of values from closed lists, short names,
//! times, and the four form values that are not secret.

mod parse;
mod progress_file;
mod saved_form;
#[cfg(test)]
mod tests;

use progress_file::VERSION;
pub use progress_file::{Opened, Progress, ProgressFile, look, open, remove, rename};
pub use saved_form::Form;
