//! Destination of a secret, and the one decision whether it may be sent there.
//!
//! A secret belongs to the origin and Client ID for which its source was saved or given. The tenant is not part of
//! it: one origin is one server for all tenants, and that server knows the secret already. The authorisation server
//! is not part of it either: it is accepted separately for one resource server.

use std::fmt;

use super::connection::{Field, Typed, read_client_id, read_url};
use super::input::tidy;

/// A value and its source, for people: `HALO_URL`, `--client-id`, `profile acme`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourcedValue {
    /// The value; empty if it was not given.
    pub value: String,
    /// Source of the value.
    pub source: String,
}

impl SourcedValue {
    /// A value and its source.
    pub fn new(value: impl Into<String>, source: impl Into<String>) -> Self {
        Self { value: value.into(), source: source.into() }
    }
}

/// An address and a Client ID: what a secret was given for, or where it is about to be sent. An empty value binds to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// Resource Server.
    pub url: SourcedValue,
    /// Client ID.
    pub client_id: SourcedValue,
}

/// Reason why a secret must not be sent. Its text names both sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestinationMismatch {
    /// The field that differs.
    pub field: Field,
    /// The value for which the secret was given.
    pub bound: SourcedValue,
    /// The value that a request would use.
    pub used: SourcedValue,
}

impl Destination {
    /// Checks that a secret given for this destination may be sent to another one.
    ///
    /// An invalid address is not a destination: no run starts with one.
    ///
    /// # Errors
    /// Another origin, or another Client ID.
    pub fn permits(&self, destination: &Self) -> Result<(), DestinationMismatch> {
        let mismatch = |field, bound: &SourcedValue, used: &SourcedValue| DestinationMismatch {
            field,
            bound: SourcedValue::new(one_spelling(field, &bound.value), &bound.source),
            used: SourcedValue::new(one_spelling(field, &used.value), &used.source),
        };
        let (url, client_id) = (&destination.url, &destination.client_id);
        if !self.url.value.trim().is_empty()
            && read_url(&url.value).is_ok()
            && !same_origin(&self.url.value, &url.value)
        {
            return Err(mismatch(Field::Url, &self.url, url));
        }
        if !self.client_id.value.trim().is_empty()
            && !client_id.value.trim().is_empty()
            && !same_client_id(&self.client_id.value, &client_id.value)
        {
            return Err(mismatch(Field::ClientId, &self.client_id, client_id));
        }
        Ok(())
    }
}

/// Takes out what was said of the authorisation server for another origin than the one that the form names now: it would
/// get that origin's secret. True when something was taken out.
pub fn drop_foreign_acceptance(typed: &mut Typed, said_for: &str) -> bool {
    let none = typed.auth_url.trim().is_empty() && typed.allowed_auth_origins.is_empty();
    if none || said_for.trim().is_empty() || read_url(&typed.url).is_err() || same_origin(said_for, &typed.url) {
        return false;
    }
    typed.auth_url.clear();
    typed.allowed_auth_origins.clear();
    true
}

/// Returns true if two addresses have the same origin: scheme, host and port, in any spelling. An invalid address has
/// no origin.
pub fn same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| read_url(text).ok().map(|(origin, _)| origin);
    origin(one).is_some_and(|origin_of_one| Some(origin_of_one) == origin(other))
}

/// Returns true if two Client IDs are the same. They are GUIDs, so case does not count.
fn same_client_id(one: &str, other: &str) -> bool {
    tidy(Field::ClientId, one).0.eq_ignore_ascii_case(&tidy(Field::ClientId, other).0)
}

/// The value as a run would use it; nothing of one that cannot be used, for it may hold anything.
fn one_spelling(field: Field, text: &str) -> String {
    let read = if field == Field::Url { read_url(text) } else { read_client_id(text) };
    read.map_or_else(|_| "another value".into(), |(value, _)| value)
}

impl fmt::Display for DestinationMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, bound, used } = self;
        let what = if *field == Field::ClientId { "the Client ID " } else { "" };
        write!(f, "it belongs to {what}{} ({}), and {} gives {}", bound.value, bound.source, used.source, used.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";

    fn destination(url: &str, client_id: &str) -> Destination {
        Destination {
            url: SourcedValue::new(url, "profile acme"),
            client_id: SourcedValue::new(client_id, "HALO_CLIENT_ID"),
        }
    }

    #[test]
    fn one_origin_has_many_spellings() {
        for (saved, used, same) in [
            ("https://acme.halopsa.com", "https://acme.halopsa.com/", true),
            ("https://acme.halopsa.com/api", "ACME.HaloPSA.com", true),
            ("https://acme.halopsa.com:443", "https://acme.halopsa.com/auth?x=1", true),
            ("https://b\u{fc}ro.example", "https://xn--bro-hoa.example", true),
            ("http://[::1]:8080", "http://[0:0::1]:8080/api", true),
            ("http://127.0.0.1:80", "http://127.0.0.1", true),
            ("https://acme.halopsa.com", "https://beta.halopsa.com", false),
            ("https://acme.halopsa.com", "https://acme.halopsa.com.evil.example", false),
            ("https://acme.halopsa.com", "https://acme.halopsa.com:8443", false),
            ("https://127.0.0.1", "http://127.0.0.1", false),
            ("http://127.0.0.1", "http://localhost", false),
            // What was saved cannot be read: no address is the same.
            ("http://acme.halopsa.com", "https://acme.halopsa.com", false),
        ] {
            assert_eq!(destination(saved, ID).permits(&destination(used, ID)).is_ok(), same, "{saved} {used}");
        }
    }

    #[test]
    fn what_was_not_given_binds_to_nothing_and_what_cannot_be_read_is_no_destination() {
        let (url, other) = ("https://acme.halopsa.com", "0a1b2c3d-dde9-4d04-9d45-32b1fbff22ed");
        for (saved, used, permitted) in [
            (destination("", ""), destination(url, ID), true),
            (destination(url, ""), destination(url, ID), true),
            (destination("", ID), destination(url, ID), true),
            (destination("", ID), destination(url, other), false),
            (destination(url, ID), destination(url, &format!(" {} ", ID.to_uppercase())), true),
            (destination(url, ID), destination(url, other), false),
            (destination(url, ID), destination("https://acme.halo psa", ID), true),
            (destination(url, ID), destination("", ""), true),
        ] {
            assert_eq!(saved.permits(&used).is_ok(), permitted, "{saved:?} {used:?}");
        }
    }

    #[test]
    fn an_authorisation_server_is_accepted_for_one_origin() {
        let typed = |url: &str| Typed {
            url: url.into(),
            auth_url: "https://auth.example/auth".into(),
            allowed_auth_origins: vec!["https://auth.example".into()],
            ..Typed::default()
        };
        for (said_for, url, dropped) in [
            ("https://acme.halopsa.com", "https://acme.halopsa.com/api", false),
            ("https://acme.halopsa.com", "https://beta.halopsa.com", true),
            ("", "https://beta.halopsa.com", false),
            ("https://acme.halopsa.com", "https://beta halo", false),
        ] {
            let mut form = typed(url);
            assert_eq!(drop_foreign_acceptance(&mut form, said_for), dropped, "{said_for} {url}");
            assert_eq!(form == typed(url), !dropped);
        }
        assert!(!drop_foreign_acceptance(
            &mut Typed { url: "https://b.example".into(), ..Typed::default() },
            "https://a.example"
        ));
    }

    #[test]
    fn both_sources_are_named_and_no_value_that_cannot_be_used() {
        let mut used = destination("https://beta.halopsa.com/api", ID);
        used.url.source = "HALO_URL".into();
        let text = |bound: &str| destination(bound, ID).permits(&used).expect_err("another").to_string();
        assert_eq!(
            text("https://acme.halopsa.com/api"),
            "it belongs to https://acme.halopsa.com (profile acme), and HALO_URL gives https://beta.halopsa.com"
        );
        assert!(!text("https://me:canary@acme.halopsa.com").contains("canary"));
    }
}
