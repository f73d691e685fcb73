//! Reads a recording. A file that was cut, edited, written by a newer version or by another program is named as such, with
//! the place.

use serde_json::Value;

use super::format::{BodyShape, Recording, ResponseShape, RowsShape, SCHEMA};
use super::placeholder::{is_plausible, least};

/// Longest recording in bytes.
pub const LONGEST: usize = 8 * 1024 * 1024;
/// Most exchanges of one recording.
const MOST_EXCHANGES: usize = 1000;
/// Start of the name of every version of the format.
const FAMILY: &str = "halo-onboard.recording.v";

/// Why a file is no recording that this version can replay: one sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingError(pub String);

impl std::fmt::Display for RecordingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RecordingError {}

fn wrong(text: impl Into<String>) -> RecordingError {
    RecordingError(text.into())
}

/// Reads a recording from the bytes of its file.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(bytes: &[u8]) -> Result<Recording, RecordingError> {
    if bytes.len() > LONGEST {
        return Err(wrong(format!("it is larger than {} MiB", LONGEST / 1024 / 1024)));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| wrong(format!("it is not UTF-8 text at byte {}", error.valid_up_to())))?;
    if text.trim().is_empty() {
        return Err(wrong("it is empty"));
    }
    // The version is looked at first: a newer one may have other members.
    let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    match value.get("schema").and_then(Value::as_str) {
        Some(SCHEMA) => {}
        Some(other) if other.starts_with(FAMILY) => {
            return Err(wrong(format!(
                "it is of another version of the format than {SCHEMA}: a newer halo-onboard wrote it"
            )));
        }
        _ => return Err(wrong(format!("it is no recording: its member \"schema\" is not {SCHEMA}"))),
    }
    let recording: Recording = serde_json::from_str(text).map_err(|error| edited(&error))?;
    check(&recording)?;
    Ok(recording)
}

fn not_json(error: &serde_json::Error) -> RecordingError {
    let what = if error.is_eof() { "it was cut: it ends" } else { "it is not valid JSON" };
    wrong(format!("{what} at line {}, column {}", error.line(), error.column()))
}

fn edited(error: &serde_json::Error) -> RecordingError {
    let text = error.to_string();
    // The library's sentence ends with the place; what it quotes is a member's name or a value of the file.
    let what = text.split(" at line ").next().unwrap_or_default();
    let what: String = what.chars().filter(|c| !c.is_control()).take(160).collect();
    wrong(format!("it was changed by hand or damaged at line {}, column {}: {what}", error.line(), error.column()))
}

/// What the types do not say.
fn check(recording: &Recording) -> Result<(), RecordingError> {
    if recording.exchanges.len() > MOST_EXCHANGES {
        return Err(wrong(format!("it has more than {MOST_EXCHANGES} exchanges")));
    }
    for (at, exchange) in recording.exchanges.iter().enumerate() {
        let place = format!("exchanges[{at}]");
        if exchange.response.is_some() && exchange.failure.is_some() {
            return Err(at_place(&place, "it has both a response and a failure"));
        }
        url::Url::parse(&exchange.url).map_err(|_| at_place(&format!("{place}.url"), "it is no address"))?;
        if let Some(response) = &exchange.response {
            check_response(response, &format!("{place}.response"))?;
        }
    }
    let server = &recording.connection.resource_server;
    url::Url::parse(server).map_err(|_| at_place("connection.resource_server", "it is no address"))?;
    Ok(())
}

fn at_place(place: &str, why: &str) -> RecordingError {
    wrong(format!("it was changed by hand or damaged at {place}: {why}"))
}

fn check_response(response: &ResponseShape, place: &str) -> Result<(), RecordingError> {
    if !(100..=999).contains(&response.status) {
        return Err(at_place(&format!("{place}.status"), "it is no HTTP status"));
    }
    if let Some(RowsShape::List { rows, agents, .. }) = &response.rows {
        let counts = std::iter::once(rows).chain(agents.values());
        if counts.clone().any(|count| least(count).is_none()) || agents.keys().any(|id| id.parse::<i64>().is_err()) {
            return Err(at_place(&format!("{place}.rows"), "it is no number of rows"));
        }
    }
    match &response.body {
        BodyShape::Json(value) => check_value(value, &format!("{place}.body.json")),
        BodyShape::BrokenJson { members, .. } => {
            check_value(&Value::Object(members.clone()), &format!("{place}.body.broken_json"))
        }
        _ => Ok(()),
    }
}

/// Every text of a body is a replacement or a short text of the closed list.
fn check_value(value: &Value, place: &str) -> Result<(), RecordingError> {
    match value {
        Value::String(text) if !is_plausible(text) => {
            Err(at_place(place, "a text of this form does not stand in a recording"))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(at, item)| check_value(item, &format!("{place}[{at}]")))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            check_value(member, &format!("{place}.{name}"))
        }),
        _ => Ok(()),
    }
}
