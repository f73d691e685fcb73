//! The one door for values: whatever way a value came in, by flag, variable, file, command or keyboard, it is read here.
//!
//! ```text
//! bytes -> encoding -> text -> characters (marks) -> labels, quotes (what stands around it) -> recognise (what is no
//! value) -> guid (the known forms) -> a value with notes, or a refusal
//! ```
//!
//! What can be understood without doubt is cleaned, and that is said. What is another thing for certain is refused and
//! named. A form that was never seen is sent as it is, with a hint.

mod characters;
mod client_id;
mod encoded;
mod encoding;
mod guid;
mod host_name;
mod labels;
mod quotes;
mod recognise;
mod secret;
mod tenant;
#[cfg(test)]
mod tests;
mod url;

pub(super) use characters::is_invisible;
pub use client_id::read_client_id;
pub use encoding::{Decoded, decode};
pub use labels::{Label, Pair, label, members, pair, unescaped};
pub use quotes::tidy;
pub use secret::{is_only_a_part, read_secret, unusual_form};
pub use tenant::read_tenant;
pub use url::{canonical_origin, check_auth_url, is_loopback, read_auth_url, read_base, read_url, typed_path};

use super::codes::Code;
use super::connection::{Field, Note, Problem};

/// A value with what is to be said of it, or why there is none.
pub type ValueResult<T> = Result<(T, Vec<Note>), Problem>;

/// What was changed.
fn note(field: Field, text: impl Into<String>) -> Note {
    Note { field, cleaned: true, text: text.into() }
}

/// What is worth a look and stays as it is.
fn hint(field: Field, text: impl Into<String>) -> Note {
    Note { field, cleaned: false, text: text.into() }
}

fn problem(field: Field, code: Code, message: impl Into<String>, fix: impl Into<String>) -> Problem {
    Problem { field, code, message: message.into(), fix: fix.into() }
}
