//! Saved values of one tenant under a name. Never contains a secret.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A profile, as under `[profiles.NAME]` in the configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Resource Server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Client ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Scopes to ask for; automatic when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Authorisation Server given by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<String>,
    /// Origins that may get the secret besides the resource server's own: accepted by the operator.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_auth_origin: Vec<String>,
    /// A command that prints the secret, as an argument list; no shell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secret_command: Vec<String>,
    /// Place of the kept secret, if the operator chose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<SecretStore>,
    /// Another guide than the built-in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guide: Option<PathBuf>,
}

/// Place in which the system keeps a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretStore {
    /// The kernel's keyring of this login (Linux): in its memory only, for some hours, and gone with the login.
    Session,
    /// The kernel's keyring of this user (Linux): for other logins on this machine too, for some hours.
    User,
    /// The keychain of this user (macOS, Windows): encrypted by the system, until it is forgotten.
    Keychain,
}

impl SecretStore {
    /// All, the narrower first.
    pub const ALL: [Self; 3] = [Self::Session, Self::User, Self::Keychain];

    /// Description of the place, for people.
    pub fn place(self) -> &'static str {
        match self {
            Self::Session => "the kernel's keyring of this login",
            Self::User => "the kernel's keyring of this user",
            Self::Keychain => "this user's keychain",
        }
    }

    /// Duration of the storage, for people.
    pub fn lasts(self) -> &'static str {
        match self {
            Self::Session | Self::User => "for 12 hours at most",
            Self::Keychain => "until it is forgotten",
        }
    }
}

/// Returns true for a valid profile name: letters, digits, `.`, `_`, `-`; at most 64 characters; a letter or digit
/// first. Such a name cannot become a path.
pub fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && name.len() <= 64
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_cannot_become_paths() {
        for good in ["acme", "a", "Acme-2.eu_west", "9lives"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", ".", "..", "../x", "a/b", "-x", "ä", "a b", &"x".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
