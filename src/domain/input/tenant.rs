//! The tenant: one word, or none on a system of one's own.

use super::characters::{first_odd, name_of};
use super::guid::whole_secrets;
use super::labels::{Pair, pair};
use super::quotes::{tidy, trimmed};
use super::{ValueResult, note, placeholder, problem, recognise};
use crate::domain::codes::Code;
use crate::domain::connection::Field;

const FIELD: Field = Field::Tenant;
const COPY: &str = "Copy Tenant from API Details; leave it empty where Halo shows \"Not set\".";
/// Texts that mean "no tenant".
const NONE: [&str; 14] = [
    "none",
    "not set",
    "notset",
    "n/a",
    "na",
    "null",
    "nil",
    "undefined",
    "-",
    "--",
    "unset",
    "empty",
    "(none)",
    "(not set)",
];

/// Reads the tenant. "Not set", "none" and the like mean that there is none (self-hosted systems show "Not set").
///
/// # Errors
/// An address, a variable, a placeholder or several words in place of a tenant.
pub fn read_tenant(text: &str) -> ValueResult<Option<String>> {
    let (bare, mut notes) = tidy(FIELD, text);
    let mut tenant = bare.as_str();
    if let Some(named) = pair(tenant).filter(|pair| is_label(pair, tenant)) {
        tenant = trimmed(named.value);
        notes.push(note(FIELD, "removed the name before it"));
    }
    if tenant.is_empty() {
        return Ok((None, notes));
    }
    if NONE.contains(&tenant.to_ascii_lowercase().as_str()) {
        notes.push(note(FIELD, format!("\"{tenant}\" was read as no tenant")));
        return Ok((None, notes));
    }
    let odd = first_odd(tenant).map(|(at, c)| format!("Character {at} is {}, which no tenant holds.", name_of(c)));
    let message = if tenant.contains("://") {
        Some("This is an address, not a tenant.".to_owned())
    } else if !whole_secrets(tenant).is_empty() {
        Some("This looks like the Client Secret, not a tenant.".to_owned())
    } else if let Some(like) = recognise::syntax(tenant).filter(|_| tenant.len() > 1) {
        Some(like.what.to_owned())
    } else if placeholder::is_masked(tenant) || is_placeholder(text) {
        Some("This is a placeholder, not a tenant.".to_owned())
    } else if tenant.chars().any(char::is_whitespace) || tenant.len() > 200 {
        Some("A tenant is one word.".to_owned())
    } else {
        odd
    };
    match message {
        Some(message) => Err(problem(FIELD, Code::InputTenantMismatch, message, COPY)),
        None => Ok((Some(tenant.to_owned()), notes)),
    }
}

/// True for the field's name before a value; a tenant alone may be called "tenant".
fn is_label(pair: &Pair<'_>, text: &str) -> bool {
    pair.label.is_some_and(|label| label.field == FIELD) && (!pair.value.is_empty() || text.ends_with([':', '=']))
}

/// A placeholder for certain: a real tenant may be called "test" or "example".
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    (text.starts_with('<') && text.ends_with('>') && text.len() > 2)
        || ["your-tenant", "your_tenant", "yourtenant", "tenant_id_here", "replace_me", "changeme"]
            .contains(&lower.as_str())
}
