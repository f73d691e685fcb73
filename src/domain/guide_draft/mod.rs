//! Draft of a guide for another integration, from a few answers or from a vendor's page.

mod features;
mod guide_text;
mod notes_parser;

use super::guide::Basis;

pub use self::guide_text::text;
pub use self::notes_parser::{from_notes, permissions, scopes};

/// What is known of an integration before its guide exists. Empty texts are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuideDraft {
    /// Name of the product that is connected to Halo.
    pub vendor: String,
    /// Title of the vendor's page.
    pub page_title: String,
    /// Address of the vendor's page.
    pub page_url: String,
    /// Day on which the page was read, `YYYY-MM-DD`.
    pub read_on: String,
    /// Place in the product where the values are entered.
    pub form: String,
    /// Name of the agent; empty where any agent will do.
    pub agent: String,
    /// Name of the role; empty where the permissions are set on the agent itself.
    pub role: String,
    /// Name of the API application.
    pub application: String,
    /// Scopes of the application.
    pub scopes: Vec<String>,
    /// Levels and switches, in the order of the source.
    pub permissions: Vec<DraftPermission>,
}

/// A level or a switch that the integration asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftPermission {
    /// Short claim name, e.g. `Tx`.
    pub claim: &'static str,
    /// Label on Halo's screen.
    pub label: String,
    /// Level, or `Yes` or `No`.
    pub expected: String,
    /// Whether the source gives the value.
    pub basis: Basis,
}

impl GuideDraft {
    /// Id of the guide: the product's name in lower case, with hyphens.
    pub fn id(&self) -> String {
        let words: String =
            self.vendor.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
        words.split_whitespace().collect::<Vec<_>>().join("-")
    }

    /// Adds permissions. A later value for the same claim replaces the earlier one.
    pub fn add_permissions(&mut self, found: Vec<DraftPermission>) {
        for permission in found {
            match self.permissions.iter_mut().find(|known| known.claim == permission.claim) {
                Some(known) => *known = permission,
                None => self.permissions.push(permission),
            }
        }
    }
}

#[cfg(test)]
mod tests;
