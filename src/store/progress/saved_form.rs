//! Typed form values that may be saved.

use crate::domain::connection::Typed;
use crate::domain::secret_text::{holds_part, looks_like_secret};
use crate::secret::Secret;

/// Maximum length of a saved value.
const MOST_CHARS: usize = 300;

/// The form values that are not secret. The only constructor removes any value that could be a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub(super) url: String,
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) auth_url: String,
    pub(super) allowed_auth_origins: Vec<String>,
}

impl Form {
    /// Selects the typed values that may be saved. A value that contains the secret, or looks like one (pasted into the
    /// wrong field), or an address with a password, is omitted.
    pub fn of(typed: &Typed, secret: &Secret) -> Self {
        let keep = |value: &str| if may_be_kept(value, secret) { value.to_owned() } else { String::new() };
        Self {
            url: keep(&typed.url),
            tenant: keep(&typed.tenant),
            client_id: keep(&typed.client_id),
            scope: keep(&typed.scope),
            auth_url: keep(&typed.auth_url),
            allowed_auth_origins: typed
                .allowed_auth_origins
                .iter()
                .filter(|origin| may_be_kept(origin, secret))
                .cloned()
                .collect(),
        }
    }

    /// Returns the values as form input.
    pub fn typed(&self) -> Typed {
        Typed {
            url: self.url.clone(),
            tenant: self.tenant.clone(),
            client_id: self.client_id.clone(),
            scope: self.scope.clone(),
            auth_url: self.auth_url.clone(),
            allowed_auth_origins: self.allowed_auth_origins.clone(),
        }
    }
}

fn may_be_kept(value: &str, secret: &Secret) -> bool {
    let holds_a_password = value.contains("://") && value.contains('@');
    let secret_in_it = holds_part(value, secret.expose()) || looks_like_secret(value);
    value.chars().count() <= MOST_CHARS && !holds_a_password && !secret_in_it
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_not_kept() {
        let secret = Secret::new("hunter2 with words".into());
        for (value, kept) in [
            ("https://acme.halopsa.com/api", true),
            ("acme", true),
            ("c9534241-dde9-4d04-9d45-32b1fbff22ed", true),
            ("read:tickets read:items", true),
            ("https://", true),
            ("hunter2 with words", false),
            ("id hunter2 with words", false),
            ("5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7", false),
            ("my secret: 5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b", false),
            ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", false),
            ("https://user:pw@acme.halopsa.com", false),
            (&"x".repeat(301), false),
        ] {
            assert_eq!(may_be_kept(value, &secret), kept, "{value}");
        }
        assert!(may_be_kept("acme", &Secret::new(String::new())), "an empty secret is in every text");
        for begun in ["h", "http", "https:/"] {
            assert!(may_be_kept("https://acme.halopsa.com", &Secret::new(begun.into())), "{begun}");
        }
    }
}
