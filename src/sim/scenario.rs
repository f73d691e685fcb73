//! Scenarios: the state of a tenant, the behaviours of its server, and the form that an operator filled in.

use std::net::IpAddr;

use serde::Deserialize;

use super::behaviours::Behaviours;
use super::fixture_names::{FixtureNames, Form};
use super::request_handler::Origins;
use super::scenario_catalogue::SHIPPED;
use super::tenant_state::TenantState;

/// A scenario of the simulated Halo.
#[derive(Clone)]
pub struct Scenario {
    /// Name on the command line.
    pub name: String,
    /// One sentence for the list of scenarios.
    pub title: String,
    /// Content of Halo's screens.
    pub world: TenantState,
    /// Behaviours of the server.
    pub manners: Behaviours,
    /// Values that the operator typed.
    pub form: FormText,
    /// Network of the Halo that it stands for.
    pub network: Network,
    pub(super) cast: FixtureNames,
}

/// Form of a scenario, with the placeholders `{origin}`, `{tenant}`, `{client_id}` and `{client_secret}` for the values
/// on Halo's screens.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormText {
    /// Resource Server.
    pub url: String,
    /// Tenant.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
    /// Client Secret.
    pub client_secret: String,
}

/// How a client would reach the Halo that a simulated one stands for. The simulated server itself is on loopback and
/// speaks plain http; a demo shows these values in place of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Origin of the resource server.
    pub origin: String,
    /// Addresses of its name on the client's machine.
    pub addresses: Vec<IpAddr>,
    /// Proxy of the client, with the place where it was configured; empty for none.
    pub proxy: String,
    /// Reason why the client trusts the certificate.
    pub certificate: CertificateIssuer,
    /// Name of the issuer.
    pub issuer: String,
}

/// Authority of a server's certificate, as seen by the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateIssuer {
    /// A public authority.
    #[default]
    Public,
    /// An authority of the client's machine that is in no public log.
    Internal,
    /// An authority that the client was given as a file.
    GivenFile,
    /// A public authority; an intermediate certificate is missing and was given to the client as a file.
    MissingIntermediate,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            origin: "https://demo.halopsa.com".into(),
            addresses: Vec::new(),
            proxy: String::new(),
            certificate: CertificateIssuer::Public,
            issuer: String::new(),
        }
    }
}

/// Reason why a scenario cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// There is no scenario of this name; lists the existing ones.
    #[error("there is no scenario {name:?}; there are: {known}")]
    Unknown {
        /// The requested name.
        name: String,
        /// The existing names.
        known: String,
    },
    /// The scenario file is invalid.
    #[error("line {line}, column {column}: {message}")]
    Invalid {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Description of the error.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    form: FormText,
    #[serde(default)]
    network: Network,
    #[serde(default)]
    manners: Behaviours,
    #[serde(default)]
    world: TenantState,
}

impl Scenario {
    /// Loads a built-in scenario.
    ///
    /// # Errors
    /// The name is unknown.
    pub fn named(name: &str, cast: &FixtureNames) -> Result<Self, ScenarioError> {
        let found = SHIPPED.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| ScenarioError::Unknown {
            name: name.to_owned(),
            known: SHIPPED.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "),
        })?;
        Self::from_toml(name, text, cast)
    }

    /// Parses a scenario; values that it does not mention are as the guide expects.
    ///
    /// # Errors
    /// The text is not TOML, or has an unknown key or a value of the wrong type; with line and column.
    pub fn from_toml(name: &str, text: &str, cast: &FixtureNames) -> Result<Self, ScenarioError> {
        let File { title, form, network, manners, mut world } = read(text)?;
        world.fill(cast);
        Ok(Self { name: name.to_owned(), title, world, manners, form, network, cast: cast.clone() })
    }

    /// Returns the name and title of each built-in scenario, in order of teaching.
    pub fn list() -> Vec<(String, String)> {
        let title = |text| read(text).map(|file| file.title).unwrap_or_default();
        SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), title(text))).collect()
    }

    /// Returns the form with the placeholders replaced by the values on Halo's screens.
    pub(super) fn filled_form(&self, origins: &Origins) -> Form {
        let application = &self.world.application;
        let fill = |text: &str| {
            text.replace("{origin}", &origins.api)
                .replace("{tenant}", self.world.tenant.as_deref().unwrap_or_default())
                .replace("{client_id}", &application.client_id)
                .replace("{client_secret}", &application.client_secret)
        };
        Form {
            url: fill(&self.form.url),
            tenant: fill(&self.form.tenant),
            client_id: fill(&self.form.client_id),
            client_secret: fill(&self.form.client_secret),
        }
    }
}

fn read(text: &str) -> Result<File, ScenarioError> {
    toml::from_str(text).map_err(|error| {
        let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
        ScenarioError::Invalid {
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            message: error.message().to_owned(),
        }
    })
}

impl Default for FormText {
    fn default() -> Self {
        Self {
            url: "{origin}".into(),
            tenant: "{tenant}".into(),
            client_id: "{client_id}".into(),
            client_secret: "{client_secret}".into(),
        }
    }
}
