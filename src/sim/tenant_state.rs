//! State of the simulated tenant: the content of Halo's screens. Pure data; by default as the guide expects.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer};

use super::endpoints::Resource;
use super::fixture_names::FixtureNames;

/// Agent id that means "Unassigned" (see docs/halo.md, "Unassigned tickets"; seen on one live tenant).
pub const UNASSIGNED: u32 = 1;

/// Name of the simulated tenant.
pub const TENANT: &str = "acme";

/// Client ID of the simulated application: made up and constant.
pub const CLIENT_ID: &str = "de300000-c11e-4a00-8000-000000000001";

/// Client Secret of the simulated application: made up and constant. Two joined GUIDs, the form that Halo generates.
pub const CLIENT_SECRET: &str = "de300000-5ec0-4e70-8000-000000000001-de300000-5ec0-4e70-8000-000000000002";

/// Complete state of the simulated Halo.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantState {
    /// Tenant; `None` on premises (in TOML: empty).
    #[serde(deserialize_with = "empty_is_none")]
    pub tenant: Option<String>,
    /// The agent of the guide.
    pub agent: Agent,
    /// The other agents.
    pub further_agents: Vec<Agent>,
    /// The role of the guide.
    pub role: Role,
    /// The other roles.
    pub further_roles: Vec<Role>,
    /// The API application.
    pub application: Application,
    /// Resources whose module is switched off: they return 404.
    pub modules_off: Vec<Resource>,
    /// Numbers of rows.
    pub data: Data,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agent {
    /// False until it is created.
    pub exists: bool,
    /// Agent id.
    pub id: u32,
    /// `Username`.
    pub name: String,
    /// `Is an API-only Agent`.
    pub api_only: bool,
    /// `Account Active`.
    pub active: bool,
    /// True for an administrator, who sees everything that the application allows.
    pub administrator: bool,
    /// `Default Team`; `None` is `*No Default Team*` (in TOML: empty).
    #[serde(deserialize_with = "empty_is_none")]
    pub default_team: Option<String>,
    /// Teams. An agent without teams and departments sees no ticket.
    pub teams: Vec<String>,
    /// Departments.
    pub departments: Vec<String>,
    /// True if it may use only one customer, which has no data.
    pub customers_restricted: bool,
    /// True if it may use only one ticket type, which has no tickets.
    pub ticket_types_restricted: bool,
    /// Permissions set on the agent itself, as claims.
    pub claims: BTreeMap<String, String>,
    /// Ids of the agents that this agent manages.
    pub manages: Vec<u32>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// False until it is created.
    pub exists: bool,
    /// Its GUID.
    pub id: String,
    /// Its number.
    pub id_int: u32,
    /// `Role Name`.
    pub name: String,
    /// Ids of `Agents that have this role`.
    pub members: Vec<u32>,
    /// Permissions of the role, as claims: short name and value. In TOML they override the guide's; an empty value
    /// removes a claim, and `"*" = ""` removes all of them.
    pub claims: BTreeMap<String, String>,
}

/// The API application.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Application {
    /// False until it is created.
    pub exists: bool,
    /// `Application Name`.
    pub name: String,
    /// `Client ID`.
    pub client_id: String,
    /// `Client Secret`: made up.
    pub client_secret: String,
    /// `Authentication Method`.
    pub auth_method: AuthMethod,
    /// `Login Type`.
    pub login_type: LoginType,
    /// Id of `Agent to log in as` (in TOML: 0 for none).
    #[serde(deserialize_with = "zero_is_none")]
    pub login_agent: Option<u32>,
    /// `Active`.
    pub active: bool,
    /// The `Permissions` tab. In TOML `{scopes}` represents the guide's, and `-read:items` removes one.
    pub scopes: Vec<String>,
}

/// `Authentication Method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthMethod {
    /// `Client ID and Secret (Services)`: the only method that allows client credentials.
    Services,
    /// `Username & Password`.
    Password,
    /// `Implicit Flow (Single Page Application)`.
    Implicit,
    /// `Authorisation Code (Native Application)`.
    AuthorisationCode,
    /// `API Key`.
    ApiKey,
}

/// `Login Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginType {
    /// `Agent`.
    Agent,
    /// `User`: a customer's user, who may not read any of the agents' data.
    User,
    /// Nothing chosen.
    None,
}

/// Numbers of visible rows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Unassigned tickets.
    pub unassigned_tickets: usize,
    /// Tickets of other agents.
    pub others_tickets: usize,
    /// Tickets of the login agent itself; an API-only agent can have none.
    pub own_tickets: usize,
    /// Rows of the other resources; 5 if not given.
    pub rows: BTreeMap<Resource, usize>,
}

impl TenantState {
    /// Returns the state that the guide expects.
    pub fn healthy(cast: &FixtureNames) -> Self {
        let mut world = Self::default();
        world.fill(cast);
        world
    }

    /// Replaces the placeholders with the guide's names, scopes and claims.
    pub(super) fn fill(&mut self, cast: &FixtureNames) {
        for agent in std::iter::once(&mut self.agent).chain(&mut self.further_agents) {
            agent.name = cast.fill(&agent.name);
        }
        for role in std::iter::once(&mut self.role).chain(&mut self.further_roles) {
            role.name = cast.fill(&role.name);
        }
        self.application.name = cast.fill(&self.application.name);
        self.role.claims = overlay(&cast.claims, &self.role.claims);
        self.application.scopes = expand(&cast.scopes, &self.application.scopes);
    }

    /// Returns the existing agents.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        std::iter::once(&self.agent).chain(&self.further_agents).filter(|agent| agent.exists)
    }

    /// Returns the existing roles.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        std::iter::once(&self.role).chain(&self.further_roles).filter(|role| role.exists)
    }

    /// Returns the agent that the application logs in as.
    pub fn login_agent(&self) -> Option<&Agent> {
        let wanted = self.application.login_agent?;
        self.agents().find(|agent| agent.id == wanted)
    }
}

fn overlay(base: &BTreeMap<String, String>, over: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut claims = if over.contains_key("*") { BTreeMap::new() } else { base.clone() };
    claims.extend(over.clone());
    claims.retain(|_, value| !value.is_empty());
    claims
}

fn expand(guide: &[String], listed: &[String]) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for entry in listed {
        match (entry.as_str(), entry.strip_prefix('-')) {
            ("{scopes}", _) => scopes.extend(guide.iter().cloned()),
            (_, Some(gone)) => scopes.retain(|scope| scope != gone),
            _ => scopes.push(entry.clone()),
        }
    }
    scopes
}

fn empty_is_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    String::deserialize(from).map(|text| (!text.is_empty()).then_some(text))
}

fn zero_is_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    u32::deserialize(from).map(|id| (id != 0).then_some(id))
}

impl Default for TenantState {
    fn default() -> Self {
        let person = |id: u32, name: &str, team: &str| Agent {
            id,
            name: name.into(),
            api_only: false,
            default_team: Some(team.into()),
            teams: vec![team.into()],
            ..Agent::default()
        };
        Self {
            tenant: Some(TENANT.into()),
            agent: Agent::default(),
            further_agents: vec![person(4, "Dana Whitfield", "Service Desk"), person(7, "Marek Olsen", "Projects")],
            role: Role::default(),
            further_roles: Vec::new(),
            application: Application::default(),
            modules_off: Vec::new(),
            data: Data::default(),
        }
    }
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            exists: true,
            id: 27,
            name: "{agent}".into(),
            api_only: true,
            active: true,
            administrator: false,
            default_team: None,
            teams: vec!["Service Desk".into(), "Projects".into()],
            departments: vec!["Operations".into()],
            customers_restricted: false,
            ticket_types_restricted: false,
            claims: BTreeMap::new(),
            manages: Vec::new(),
        }
    }
}

impl Default for Role {
    fn default() -> Self {
        Self {
            exists: true,
            id: "de300000-401e-4a00-8000-000000000001".into(),
            id_int: 12,
            name: "{role}".into(),
            members: vec![Agent::default().id],
            claims: BTreeMap::new(),
        }
    }
}

impl Default for Application {
    fn default() -> Self {
        Self {
            exists: true,
            name: "{application}".into(),
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            auth_method: AuthMethod::Services,
            login_type: LoginType::Agent,
            login_agent: Some(Agent::default().id),
            active: true,
            scopes: vec!["{scopes}".into()],
        }
    }
}

impl Default for Data {
    fn default() -> Self {
        Self { unassigned_tickets: 3, others_tickets: 4, own_tickets: 0, rows: BTreeMap::new() }
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not even a made-up secret is printed: a demo must behave as the real thing does.
        f.debug_struct("Application")
            .field("exists", &self.exists)
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .field("auth_method", &self.auth_method)
            .field("login_type", &self.login_type)
            .field("login_agent", &self.login_agent)
            .field("active", &self.active)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
