//! Parser of the profiles in the configuration file, with line and column in errors.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::super::error::{StoreError, shown};
use super::VERSION;
use crate::domain::codes::Code;
use crate::domain::guide::line_and_column;
use crate::domain::profile::{Profile, is_name};
use crate::domain::untrusted_text::UntrustedText;

/// The part of the file that this module reads; the other keys are checked before.
#[derive(Deserialize)]
struct ProfilesTable {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// Parses the profiles of a text. Besides them and the version, only the keys in `settings` are allowed.
pub(super) fn profiles(path: &Path, text: &str, settings: &[&str]) -> Result<BTreeMap<String, Profile>, StoreError> {
    let wrong = |error: toml::de::Error| at(path, text, error.span(), error.message());
    let table = DeTable::parse(text).map_err(wrong)?;
    let table = table.get_ref();
    // The version first: what else is wrong may be right in a newer one.
    if let Some(version) = table.get("version") {
        let number = match version.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => return Err(from_newer(path, newer)),
            _ => return Err(at(path, text, Some(version.span()), "version is a number from 1")),
        }
    }
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "version" => {}
            "profiles" => check_names(path, text, value.get_ref())?,
            _ if settings.contains(&name) => {}
            _ => return Err(at(path, text, Some(key.span()), &unknown_key(name, settings))),
        }
    }
    toml::from_str::<ProfilesTable>(text).map(|part| part.profiles).map_err(wrong)
}

fn check_names(path: &Path, text: &str, profiles: &DeValue<'_>) -> Result<(), StoreError> {
    let DeValue::Table(profiles) = profiles else { return Ok(()) };
    for (name, _) in profiles {
        if !is_name(name.get_ref()) {
            let what = format!("{:?} cannot be the name of a profile", name.get_ref());
            return Err(at(path, text, Some(name.span()), &what));
        }
    }
    Ok(())
}

fn unknown_key(key: &str, settings: &[&str]) -> String {
    let known: Vec<&str> = ["version", "profiles"].into_iter().chain(settings.iter().copied()).collect();
    format!("unknown key {key:?}; known are {}", known.join(", "))
}

fn from_newer(path: &Path, version: i64) -> StoreError {
    StoreError::new(
        Code::LocalStoreNewer,
        format!(
            "{} was written by a newer version of halo-onboard (file version {version}). It was not changed.",
            shown(path)
        ),
        "Update halo-onboard, or name another file with --config.",
    )
}

/// Creates the error for a position in the text.
pub(super) fn at(path: &Path, text: &str, span: Option<Range<usize>>, message: &str) -> StoreError {
    let (line, column) = line_and_column(text, span.map_or(0, |span| span.start));
    let message = UntrustedText::new(message.lines().next().unwrap_or_default());
    let next = if message.as_str().contains("secret`") || message.as_str().contains("password`") {
        "Do not put a secret in this file: name a command that prints it, secret_command = [\"pass\", \"halo\"]."
    } else {
        "Correct that line; the file was not changed."
    };
    StoreError::new(
        Code::LocalConfigInvalid,
        format!("{}, line {line}, column {column}: {}.", shown(path), message.as_str()),
        next,
    )
}
