//! A scenario: a world, the manners of its server, and the form that an operator filled in.

use serde::Deserialize;

use super::behaviours::Behaviours;
use super::fixture_names::{FixtureNames, Form};
use super::request_handler::Origins;
use super::scenario_catalogue::SHIPPED;
use super::tenant_state::TenantState;

/// A world with the manners of its server, and the form that goes with it.
#[derive(Clone)]
pub struct Scenario {
    /// Name on the command line.
    pub name: String,
    /// One sentence for the list of scenarios.
    pub title: String,
    /// What Halo's screens hold.
    pub world: TenantState,
    /// How the server behaves.
    pub manners: Behaviours,
    /// What the operator typed.
    pub form: FormText,
    pub(super) cast: FixtureNames,
}

/// The form as a scenario writes it, with the placeholders `{origin}`, `{tenant}`, `{client_id}` and `{client_secret}` for
/// what Halo's screens show.
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

/// Why there is no such scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No scenario of this name; lists those there are.
    #[error("there is no scenario {name:?}; there are: {known}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A scenario file that cannot be read.
    #[error("line {line}, column {column}: {message}")]
    Invalid {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
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
    manners: Behaviours,
    #[serde(default)]
    world: TenantState,
}

impl Scenario {
    /// One of the scenarios that ship.
    ///
    /// # Errors
    /// An unknown name.
    pub fn named(name: &str, cast: &FixtureNames) -> Result<Self, ScenarioError> {
        let found = SHIPPED.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| ScenarioError::Unknown {
            name: name.to_owned(),
            known: SHIPPED.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "),
        })?;
        Self::from_toml(name, text, cast)
    }

    /// Reads a scenario; what it does not mention is as the guide wants it.
    ///
    /// # Errors
    /// Not TOML, an unknown key or a value of the wrong kind, with its place.
    pub fn from_toml(name: &str, text: &str, cast: &FixtureNames) -> Result<Self, ScenarioError> {
        let File { title, form, manners, mut world } = read(text)?;
        world.fill(cast);
        Ok(Self { name: name.to_owned(), title, world, manners, form, cast: cast.clone() })
    }

    /// Name and title of each scenario that ships, in order of teaching.
    pub fn list() -> Vec<(String, String)> {
        let title = |text| read(text).map(|file| file.title).unwrap_or_default();
        SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), title(text))).collect()
    }

    /// The form with what Halo's screens show in place of the placeholders.
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
