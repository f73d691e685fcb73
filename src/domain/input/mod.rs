//! The single reader of values: flags, variables, files, commands and typed fields all use it.
//!
//! ```text
//! bytes -> encoding -> text -> characters (marks) -> labels, quotes (surrounding text)
//!       -> recognise (other kinds of text) -> guid (known forms) -> a value with notes, or a refusal
//! ```
//!
//! An unambiguous value is cleaned, with a note. A text that is certainly something else is refused by name. A value
//! of an unknown form is sent unchanged, with a hint.

mod characters;
mod client_id;
mod encoded;
mod encoding;
mod guid;
mod host_name;
mod labels;
mod placeholder;
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

/// A value with its notes, or the reason why there is none.
pub type ValueResult<T> = Result<(T, Vec<Note>), Problem>;

/// Note about a change.
fn note(field: Field, text: impl Into<String>) -> Note {
    Note { field, cleaned: true, text: text.into() }
}

/// Hint about something unusual that stays unchanged.
fn hint(field: Field, text: impl Into<String>) -> Note {
    Note { field, cleaned: false, text: text.into() }
}

fn problem(field: Field, code: Code, message: impl Into<String>, fix: impl Into<String>) -> Problem {
    Problem { field, code, message: message.into(), fix: fix.into() }
}
