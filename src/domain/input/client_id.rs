//! The Client ID: a GUID on every system seen so far.

use super::characters::{first_odd, folded, name_of};
use super::encoded::without_codes;
use super::guid::{Form, form_of, whole_guids, whole_secrets, with_hyphens};
use super::labels::{form_body, members, pair, pairs};
use super::quotes::{tidy, trimmed};
use super::{ValueResult, hint, note, problem, recognise};
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Problem};

const FIELD: Field = Field::ClientId;
const COPY: &str =
    "Copy Client ID from Applications > View Applications, after Save: it may change when the application is saved.";

/// Reads the Client ID. A GUID is taken out of braces, a name, an URN, or from 32 digits; another form is noted, and only
/// what is another thing for certain is refused.
///
/// # Errors
/// Empty; the secret, an address, a variable or a placeholder in its place; more than one GUID.
pub fn read_client_id(text: &str) -> ValueResult<String> {
    if !whole_secrets(&folded(text)).is_empty() && whole_guids(text).is_empty() {
        return Err(refuse(
            "This looks like the Client Secret (two joined GUIDs), not the Client ID.",
            "Exchange Client ID and Client Secret. Nothing was sent.",
        ));
    }
    let (bare, mut notes) = tidy(FIELD, text);
    if bare.is_empty() {
        return Err(problem(FIELD, Code::InputMissing, "The Client ID is empty.", COPY));
    }
    let (id, said) = guid(text, &bare)?;
    notes.extend(said.map(|said| note(FIELD, said)));
    if let Some(like) = recognise::value(&id) {
        return Err(refuse(like.what, COPY));
    }
    if id.contains("://") {
        return Err(refuse("This is an address, not a Client ID.", COPY));
    }
    if form_of(&id) == Form::GuidCutOff {
        return Err(refuse(format!("The Client ID was cut off: {} characters of 36.", id.len()), COPY));
    }
    if let Some((at, c)) = first_odd(&id) {
        return Err(refuse(format!("Character {at} is {}, which no Client ID holds.", name_of(c)), COPY));
    }
    if id.chars().any(char::is_whitespace) || id.len() > 200 {
        return Err(refuse("This does not look like a Client ID.", COPY));
    }
    if form_of(&id) != Form::Guid {
        notes.push(hint(FIELD, "a Client ID is usually 36 characters, like 1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9"));
    }
    Ok((id, notes))
}

fn refuse(message: impl Into<String>, fix: &str) -> Problem {
    problem(FIELD, Code::InputClientIdFormat, message, fix)
}

/// The GUID in a text, and what was done to get it; else the text without its name.
fn guid(text: &str, bare: &str) -> Result<(String, Option<&'static str>), Problem> {
    if form_of(bare) == Form::Guid || bare.contains("://") {
        return Ok((bare.to_owned(), None));
    }
    let plain = folded(text);
    let decoded = without_codes(&plain);
    let joined: String = decoded.split_whitespace().collect();
    for (found_in, done) in [
        (text, None),
        (plain.as_str(), Some("turned typographic hyphens into plain ones")),
        (decoded.as_str(), Some("decoded what stood for its characters, such as %2D")),
        (joined.as_str(), Some("removed the line breaks and blanks within it")),
    ] {
        let all = whole_guids(found_in);
        let mut ids: Vec<&str> = all.iter().map(|range| &found_in[range.clone()]).collect();
        ids.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        let named: Vec<&str> = ids.iter().copied().filter(|id| is_named(found_in, id)).collect();
        match (&ids[..], &named[..]) {
            ([], _) => {}
            ([one], _) | (_, [one]) => return Ok(((*one).to_owned(), Some(done.unwrap_or(around(found_in))))),
            (many, _) => {
                return Err(refuse(format!("This text holds {} different GUIDs.", many.len()), COPY));
            }
        }
    }
    let inner = bare.trim_matches(['{', '}', '(', ')', '[', ']', '.']);
    let inner = inner.strip_prefix("0x").or_else(|| inner.strip_prefix("urn:uuid:")).unwrap_or(inner);
    let (value, name) = match pair(inner).filter(|pair| pair.label.is_some_and(|label| label.field == FIELD)) {
        Some(pair) if !pair.value.is_empty() => (trimmed(pair.value).to_owned(), Some("removed the name before it")),
        _ => (bare.to_owned(), None),
    };
    let digits = if name.is_some() { value.as_str() } else { inner };
    match with_hyphens(digits) {
        Some(id) => Ok((id, Some("put the hyphens in"))),
        None => Ok((value, name)),
    }
}

/// Returns true if the GUID follows the name of the Client ID.
fn is_named(text: &str, id: &str) -> bool {
    let pairs = [pairs(text), members(text), form_body(text)];
    pairs.iter().flatten().any(|pair| pair.label.is_some_and(|label| label.field == FIELD) && pair.value.contains(id))
}

fn around(text: &str) -> &'static str {
    let text = text.trim();
    if text.to_ascii_lowercase().starts_with("urn:") {
        "removed urn:uuid: before it"
    } else if text.starts_with(['{', '(', '[', '<']) && text.ends_with(['}', ')', ']', '>']) && !text.contains(':') {
        "removed the brackets around it"
    } else if text.contains(['=', ':']) {
        "removed the name before it"
    } else {
        "removed what stood around it"
    }
}
