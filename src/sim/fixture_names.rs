//! Names that a scenario uses, and the form that an operator fills in.

use std::collections::BTreeMap;

/// Names and levels that the current guide expects. Scenarios use placeholders, so that they are independent of a
/// vendor.
#[derive(Clone, Debug)]
pub struct FixtureNames {
    /// Name of the agent.
    pub agent: String,
    /// Name of the role.
    pub role: String,
    /// Name of the API application.
    pub application: String,
    /// Scopes that the application should have.
    pub scopes: Vec<String>,
    /// Claims that the role should have, as Halo stores them, e.g. `Tx` = `1`.
    pub claims: BTreeMap<String, String>,
}

impl FixtureNames {
    /// Replaces the placeholders `{agent}`, `{role}` and `{application}`.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{agent}", &self.agent).replace("{role}", &self.role).replace("{application}", &self.application)
    }
}

/// Values that an operator would have typed.
#[derive(Clone)]
pub struct Form {
    /// Resource Server.
    pub url: String,
    /// Tenant.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
    /// Client Secret: made up, and valid for the simulated Halo only.
    pub client_secret: String,
}
