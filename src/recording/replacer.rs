//! What becomes of texts: names, tenants, scopes, addresses, messages.

use std::collections::BTreeMap;

use url::Url;

use super::closed_list;
use super::placeholder::{GuideNames, length_class};
use super::url_shape::{Addresses, Numbers, is_guid};
use crate::domain::connection::{read_tenant, same_tenant};
use crate::domain::guide::Guide;
use crate::domain::scope;

/// Whose name a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameOf {
    /// The agent that the token acts as.
    Agent,
    /// A role.
    Role,
    /// A team.
    Team,
}

/// The replacements of one recording: the same value gets the same one everywhere. The values are forgotten with it.
#[derive(Default)]
pub(super) struct Replacer {
    names: GuideNames,
    /// Scopes that the guide names.
    guide_scopes: Vec<String>,
    pub addresses: Addresses,
    tenants: Vec<String>,
    others: Numbers<String>,
    members: Numbers<String>,
    scopes: Numbers<String>,
    claims: Numbers<String>,
    counts: BTreeMap<String, usize>,
}

impl Replacer {
    pub(super) fn new(guide: &Guide) -> Self {
        let of_probes = guide.probes.iter().map(|probe| probe.scope.clone());
        let guide_scopes = guide.application.scopes.iter().cloned().chain(of_probes).collect();
        let endpoints = guide.probes.iter().filter_map(|probe| probe.endpoint.as_deref());
        let endpoints = endpoints.flat_map(|endpoint| endpoint.split('/')).map(str::to_owned).collect();
        let mut replacer = Self { names: GuideNames::of(guide), guide_scopes, ..Self::default() };
        replacer.addresses.endpoints = endpoints;
        replacer
    }

    /// How many values were replaced, by kind.
    pub(super) fn replaced(&self) -> BTreeMap<String, usize> {
        let mut counts = self.counts.clone();
        let addresses = [("addresses", self.addresses.replaced()), ("ids", self.addresses.ids.len())];
        let names = [("names", self.others.len()), ("member names", self.members.len())];
        let rest = [("tenants", self.tenants.len()), ("scopes", self.scopes.len()), ("claim types", self.claims.len())];
        for (kind, count) in addresses.into_iter().chain(names).chain(rest) {
            counts.insert(kind.to_owned(), count);
        }
        counts.retain(|_, count| *count > 0);
        counts
    }

    /// Counts one replaced value.
    pub(super) fn count(&mut self, kind: &str) {
        *self.counts.entry(kind.to_owned()).or_default() += 1;
    }

    /// A member's name.
    pub(super) fn member(&mut self, name: &str) -> String {
        if closed_list::is_member(name) {
            name.to_owned()
        } else {
            format!("member-{}", self.members.of(name.to_owned()))
        }
    }

    /// A name: the guide's own, or one of others.
    pub(super) fn name(&mut self, text: &str, of: NameOf) -> String {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return if text.is_empty() { String::new() } else { " ".into() };
        }
        let is = |name: &str| trimmed.eq_ignore_ascii_case(name);
        match of {
            NameOf::Agent if is(&self.names.agent) => "<guide's agent name>".into(),
            NameOf::Role if is(&self.names.role) => "<guide's role name>".into(),
            NameOf::Team if is_no_team(trimmed) => "<no default team>".into(),
            NameOf::Team if is(&self.names.team) => "<guide's default team>".into(),
            _ => format!("<other {}>", self.others.of(trimmed.to_owned())),
        }
    }

    /// A tenant; "Not set" and nothing stay.
    pub(super) fn tenant(&mut self, text: &str) -> String {
        if text.trim().is_empty() {
            return String::new();
        }
        match read_tenant(text) {
            Ok((None, _)) => "Not set".into(),
            Ok((Some(tenant), _)) => {
                let known = self.tenants.iter().position(|known| same_tenant(known, &tenant));
                let at = known.unwrap_or_else(|| {
                    self.tenants.push(tenant);
                    self.tenants.len() - 1
                });
                format!("<tenant {}>", at + 1)
            }
            Err(_) => self.text(text),
        }
    }

    /// Scope names, each kept or replaced.
    pub(super) fn scopes(&mut self, text: &str) -> String {
        let names: Vec<String> = scope::split(text).iter().take(200).map(|name| self.scope(name)).collect();
        names.join(" ")
    }

    /// One scope name.
    pub(super) fn scope(&mut self, name: &str) -> String {
        let known = closed_list::is_scope(name) || self.guide_scopes.iter().any(|known| known == name);
        if known { name.to_owned() } else { format!("<scope-{}>", self.scopes.of(name.to_owned())) }
    }

    /// A claim's type.
    pub(super) fn claim(&mut self, name: &str) -> String {
        if closed_list::is_claim(name) {
            name.to_owned()
        } else {
            format!("<claim-{}>", self.claims.of(name.to_owned()))
        }
    }

    /// A text that is an address, or that ought to be one.
    pub(super) fn url(&mut self, text: &str) -> Option<String> {
        let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        Some(format!("<{}>", self.addresses.url(&url)))
    }

    /// A server's message: its length, OpenIddict's number and whether it is about a tenant.
    pub(super) fn message(&mut self, text: &str) -> String {
        if text.trim().is_empty() {
            return String::new();
        }
        self.count("messages");
        let number = openiddict(text).map(|number| format!(" {number}")).unwrap_or_default();
        let tenant = if text.to_ascii_lowercase().contains("tenant") { " about a tenant" } else { "" };
        format!("<message {}{number}{tenant}>", length_class(text.chars().count()))
    }

    /// Any text, by its form and length.
    pub(super) fn text(&mut self, text: &str) -> String {
        if text.trim().is_empty() {
            return if text.is_empty() { String::new() } else { " ".into() };
        }
        if let Some(url) = self.url(text) {
            return url;
        }
        if is_guid(text) {
            return format!("<guid {}>", self.addresses.guids.of(text.to_ascii_lowercase()));
        }
        self.count("texts");
        if is_date(text) {
            return "<date>".into();
        }
        let class = length_class(text.chars().count());
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return format!("<digits {class}>");
        }
        let is_mail = text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace));
        if is_mail { "<e-mail>".into() } else { format!("<text {class}>") }
    }
}

/// OpenIddict's number in a text: `ID` and four digits.
fn openiddict(text: &str) -> Option<&str> {
    text.match_indices("ID").find_map(|(at, _)| {
        let found = text.get(at..at + 6)?;
        let ends = !text[at + 6..].starts_with(|c: char| c.is_ascii_digit());
        (ends && found[2..].bytes().all(|byte| byte.is_ascii_digit())).then_some(found)
    })
}

/// Is this a way to say that there is no default team?
fn is_no_team(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    matches!(bare.as_str(), "nodefaultteam" | "none" | "noteam" | "0")
}

/// A date, as `2026-01-31` with or without a time.
fn is_date(text: &str) -> bool {
    let day = text.as_bytes().get(..10);
    day.is_some_and(|day| {
        text.len() <= 35
            && day.iter().enumerate().all(|(at, byte)| {
                matches!(at, 4 | 7) == (*byte == b'-') && (matches!(at, 4 | 7) || byte.is_ascii_digit())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_their_form_and_the_same_name_stays_the_same() {
        let mut replacer = Replacer::new(&Guide::built_in());
        let agent = Guide::built_in().agent.name;
        assert_eq!(replacer.name(&format!(" {} ", agent.to_uppercase()), NameOf::Agent), "<guide's agent name>");
        assert_eq!(replacer.name("Jane Doe", NameOf::Agent), "<other 1>");
        assert_eq!(replacer.name("Admins", NameOf::Role), "<other 2>");
        assert_eq!(replacer.name("Jane Doe", NameOf::Role), "<other 1>");
        assert_eq!(replacer.tenant("Acme"), "<tenant 1>");
        assert_eq!(replacer.tenant("acme"), "<tenant 1>");
        assert_eq!(replacer.tenant("Not set"), "Not set");
        assert_eq!(replacer.scopes("openid read:tickets  read:acme"), "openid read:tickets <scope-1>");
        assert_eq!(replacer.message("The client is unknown. ID2052"), "<message 17-32 ID2052>");
        assert_eq!(replacer.message("No such TENANT"), "<message 9-16 about a tenant>");
        for (text, wanted) in [
            ("", ""),
            ("  ", " "),
            ("jane@acme.example", "<e-mail>"),
            ("2026-01-31T10:00:00Z", "<date>"),
            ("00123456789", "<digits 9-16>"),
            ("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "<guid 1>"),
            ("https://acme.halopsa.com/x", "<https://host-1.halopsa.com/path-1>"),
            ("printer is broken", "<text 17-32>"),
        ] {
            assert_eq!(replacer.text(text), wanted);
        }
        assert_eq!(replacer.replaced()["names"], 2);
    }
}
