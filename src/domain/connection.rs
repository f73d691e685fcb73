//! The typed values, their interpretation, and the problems that prevent a request.

use super::codes::Code;
pub use super::input::{
    canonical_origin, check_auth_url, is_loopback, read_auth_url, read_base, read_client_id, read_tenant, read_url,
    typed_path,
};
use super::input::{read_secret, tidy};
use super::scope;
use super::untrusted_text::UntrustedText;
use crate::secret::Secret;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Resource Server.
    Url,
    /// Tenant.
    Tenant,
    /// Client ID.
    ClientId,
    /// Client Secret.
    Secret,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Field; 4] = [Field::Url, Field::Tenant, Field::ClientId, Field::Secret];

    /// Label, in Halo's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Url => "Resource Server",
            Self::Tenant => "Tenant",
            Self::ClientId => "Client ID",
            Self::Secret => "Client Secret",
        }
    }
}

/// Something that was cleaned or is worth a look; it stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The field it is about.
    pub field: Field,
    /// True when the value was changed; false for a hint about a value that stays as it is.
    pub cleaned: bool,
    /// One sentence.
    pub text: String,
}

/// Something for which nothing will be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field it is about.
    pub field: Field,
    /// `input.*`.
    pub code: Code,
    /// The problem.
    pub message: String,
    /// The next step.
    pub fix: String,
}

/// The non-secret values as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Resource Server.
    pub url: String,
    /// Tenant.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
    /// `--scope`; automatic when empty.
    pub scope: String,
    /// `--auth-url`: the Authorisation Server as Halo shows it.
    pub auth_url: String,
    /// Origins that may get the secret besides the resource server's own.
    pub allowed_auth_origins: Vec<String>,
}

/// The scopes to request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ScopePlan {
    /// `all`, then the guide's list, then name by name.
    #[default]
    Automatic,
    /// Just these.
    Exact(Vec<String>),
}

/// The values as understood: everything a run needs but the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Origin of the resource server, e.g. `https://acme.halopsa.com`.
    pub resource_server: String,
    /// Path below which Halo may be, as typed, e.g. `/psa`; empty where none was. It is asked first, the origin second.
    pub path: String,
    /// Tenant as typed; `None` if the field was empty or said "Not set".
    pub tenant: Option<String>,
    /// Client ID.
    pub client_id: String,
    /// Scopes to ask for.
    pub scopes: ScopePlan,
    /// Authorisation server given by hand, without a slash at the end.
    pub auth_server: Option<String>,
    /// Origins that may get the secret besides the resource server's own.
    pub allowed_auth_origins: Vec<String>,
}

/// The outcome of reading the form.
#[derive(Debug, Default)]
pub struct Understood {
    /// The values, if nothing prevents a run.
    pub connection: Option<Connection>,
    /// The secret that was found in what was given, when there is one.
    pub secret: Option<Secret>,
    /// Notes about cleaned values.
    pub notes: Vec<Note>,
    /// Problems that prevent a run.
    pub problems: Vec<Problem>,
}

/// Reads the whole form.
pub fn understand(typed: &Typed, secret: &Secret) -> Understood {
    let mut out = Understood::default();
    let url = out.take(read_url(&typed.url));
    let tenant = out.take(read_tenant(&typed.tenant)).flatten();
    let client_id = out.take(read_client_id(&typed.client_id));
    out.secret = out.take(read_secret(secret.expose(), client_id.as_deref().unwrap_or(&typed.client_id)));
    let auth_server =
        if typed.auth_url.trim().is_empty() { Some(None) } else { out.take(read_auth_url(&typed.auth_url)).map(Some) };
    if let (true, Some(resource_server), Some(client_id), Some(auth_server)) =
        (out.problems.is_empty(), url, client_id, auth_server)
    {
        let scopes = scope::split(&tidy(Field::Url, &typed.scope).0);
        out.connection = Some(Connection {
            resource_server,
            path: typed_path(&typed.url),
            tenant,
            client_id,
            scopes: if scopes.is_empty() { ScopePlan::Automatic } else { ScopePlan::Exact(scopes) },
            auth_server,
            allowed_auth_origins: typed.allowed_auth_origins.iter().map(|origin| canonical_origin(origin)).collect(),
        });
    }
    out
}

impl Connection {
    /// The address that is asked first: the origin with the path that was typed.
    pub fn typed_base(&self) -> String {
        format!("{}{}", self.resource_server, self.path)
    }
}

impl Understood {
    fn take<T>(&mut self, read: Result<(T, Vec<Note>), Problem>) -> Option<T> {
        match read {
            Ok((value, notes)) => {
                self.notes.extend(notes);
                Some(value)
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }
}

/// Returns true if two tenants are the same. Both are cleaned like a typed tenant and like a server's text, and
/// compared without case in every script. Requests use the tenant as typed.
pub fn same_tenant(one: &str, other: &str) -> bool {
    // Upper case first: it is what makes one of the sharp s and of both forms of the small sigma.
    let folded = |text: &str| UntrustedText::new(&tidy(Field::Tenant, text).0).as_str().to_uppercase().to_lowercase();
    folded(one) == folded(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_compared_without_case_in_every_script() {
        for (one, other, same) in [
            ("acme", "ACME", true),
            ("M\u{dc}NCHEN", "m\u{fc}nchen", true),
            ("\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3bf}\u{3c2}", true),
            ("stra\u{df}e", "STRASSE", true),
            (" acme\u{200b}\n", "\"acme\"", true),
            ("acme", "acme2", false),
            ("m\u{fc}nchen", "munchen", false),
        ] {
            assert_eq!((same_tenant(one, other), same_tenant(other, one)), (same, same), "{one:?} {other:?}");
        }
    }

    #[test]
    fn every_problem_of_a_form_is_told_at_once() {
        let understood = understand(&Typed::default(), &Secret::new(String::new()));
        let fields: Vec<Field> = understood.problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::Url, Field::ClientId, Field::Secret]);
        assert!(understood.connection.is_none());
    }
}
