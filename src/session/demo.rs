//! The simulated Halo in this process: names from the guide, a filled form, and the repair of its settings.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::command_error::CommandError;
use crate::domain::codes::Code;
use crate::domain::connection::Typed;
use crate::domain::evidence::{CertificateTrust, ServerAccess};
use crate::domain::guide::{EvidenceSource, Guide, Line, NamedObject};
use crate::domain::permission_levels;
use crate::domain::untrusted_text::UntrustedText;
use crate::secret::Secret;
use crate::sim::{CertificateIssuer, FixtureNames, Scenario, Simulator};

/// Value of `--demo` that lists the scenarios.
pub const LIST: &str = "list";

/// Name of the scenario in which nothing has been created yet.
const FRESH: &str = "fresh";

/// A running simulated Halo; dropping it stops the server.
pub struct Demo {
    /// Name of its scenario.
    pub scenario: String,
    guide: Arc<Guide>,
    simulator: Simulator,
}

impl Demo {
    /// Starts a scenario, or the first of the list if `name` is empty.
    ///
    /// # Errors
    /// There is no such scenario, or no loopback address can be bound.
    pub async fn start(guide: Arc<Guide>, name: &str, listen: SocketAddr) -> Result<Self, CommandError> {
        let first = Scenario::list().into_iter().next().map(|(name, _)| name).unwrap_or_default();
        let name = if name.is_empty() { &first } else { name };
        let scenario = Scenario::named(name, &cast(&guide)).map_err(|error| {
            CommandError::usage(sentence(&error.to_string()), "halo-onboard --demo=list describes each scenario.")
        })?;
        let simulator = Simulator::start(scenario, listen).await.map_err(|error| {
            CommandError::usage(
                format!("The simulated Halo cannot listen on {listen}: {error}."),
                "Use a free port of a loopback address, or leave out --listen.",
            )
        })?;
        Ok(Self { scenario: name.to_owned(), guide, simulator })
    }

    /// Fills the form with the scenario's values; other values stay as given.
    pub fn typed(&self, given: &Typed) -> Typed {
        let form = self.simulator.form();
        Typed { url: form.url, tenant: form.tenant, client_id: form.client_id, ..given.clone() }
    }

    /// Announces another origin as its own, for a TLS proxy in front of it.
    pub fn announce(&self, origin: &str) {
        self.simulator.announce(origin);
    }

    /// Returns the made-up secret.
    pub fn secret(&self) -> Secret {
        Secret::new(self.simulator.form().client_secret)
    }

    /// Returns true if nothing has been created in it yet: ticking a line of the guide then creates it.
    pub fn starts_from_nothing(&self) -> bool {
        self.scenario == FRESH
    }

    /// Repairs a fact of the guide in the simulated Halo, as an operator would on its screens, or the cause of a code
    /// that has no fact. Returns a description of the change.
    ///
    /// # Errors
    /// The simulated Halo has no setting for this fact or code.
    pub fn repair(&self, what: &str) -> Result<String, String> {
        if let Some(parts) = Code::from_id(what).and_then(|code| parts_of_code(code, &self.guide)) {
            let done: Result<Vec<String>, String> = parts.iter().map(|part| self.simulator.repair(part)).collect();
            return done.map(|done| done.join(" "));
        }
        let fact = what;
        let line = self.guide.line(fact).ok_or_else(|| format!("the guide has no fact {fact}"))?;
        let part = part(line).ok_or_else(|| format!("{fact} {}: the simulated Halo has nothing to fix", line.label))?;
        self.simulator.repair(&part)
    }
}

/// How the Halo would be reached that a scenario stands for; the first scenario's if `name` is empty or unknown, because
/// starting the demo reports an unknown name.
pub fn simulated_access(guide: &Guide, name: &str) -> ServerAccess {
    let network = Scenario::named(name, &cast(guide)).map(|scenario| scenario.network).unwrap_or_default();
    ServerAccess {
        origin: network.origin,
        addresses: network.addresses,
        proxy: Some(network.proxy).filter(|proxy| !proxy.is_empty()),
        trust: match network.certificate {
            CertificateIssuer::Public => CertificateTrust::PublicAuthority,
            CertificateIssuer::Internal => CertificateTrust::NoPublicLog,
            CertificateIssuer::GivenFile => CertificateTrust::CaFile { public_log: false },
            CertificateIssuer::MissingIntermediate => CertificateTrust::ChainCompletedByCaFile,
        },
        issuer: UntrustedText::new(&network.issuer),
    }
}

/// The loopback address with any free port.
pub fn anywhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// Lists the scenarios, one per line.
pub fn list() -> String {
    Scenario::list().into_iter().map(|(name, title)| format!("{name:<20} {title}\n")).collect()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// The names and levels that the guide expects.
fn cast(guide: &Guide) -> FixtureNames {
    FixtureNames {
        agent: named(&guide.agent, "Integration"),
        role: named(&guide.role, "Integration role"),
        application: guide.application.name.clone(),
        scopes: guide.application.scopes.clone(),
        // A guide that does not speak of visibility leaves it to the operator, who lets the agent see tickets.
        claims: VISIBILITY
            .map(|name| (name.into(), "1".into()))
            .into_iter()
            .chain(permission_levels::wanted_claims(guide))
            .collect(),
    }
}

/// The switches that let an agent see tickets beside its own.
const VISIBILITY: [&str; 2] = ["l8", "l9"];

/// The guide's name for an object, or some name where it leaves it open.
fn named(object: &NamedObject, otherwise: &str) -> String {
    if object.is_unnamed() { otherwise.to_owned() } else { object.name.clone() }
}

/// Returns the parts that cause a code for which the guide has no single fact.
fn parts_of_code(code: Code, guide: &Guide) -> Option<Vec<String>> {
    let parts: &[&str] = match code {
        Code::ApiNothingVisible => &["agent.visibility"],
        Code::ApiModuleMissing => &["instance.modules"],
        Code::ApiForbiddenAll => &["agent.name", "role.member", "application.login_type", "application.login_agent"],
        Code::AuthInvalidClient => &["application.active", "application.credentials"],
        Code::AuthInvalidGrant => &["agent.active"],
        Code::PrivilegeAdministrator => &["agent.administrator"],
        Code::HttpServerError | Code::HttpUnavailable | Code::NetTimeout | Code::ApiShape => &["instance.server"],
        _ => return None,
    };
    let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    if code == Code::ApiForbiddenAll {
        // A new role may do nothing yet.
        parts.extend(guide.lines().filter_map(|line| line.claim.as_ref()).map(|claim| format!("role.claim.{claim}")));
    }
    Some(parts)
}

/// Returns the part of the simulated Halo that a fact of the guide describes.
fn part(line: &Line) -> Option<String> {
    let part = match line.witness {
        EvidenceSource::AgentName => "agent.name",
        EvidenceSource::ApiOnly => "agent.api_only",
        EvidenceSource::DefaultTeam => "agent.default_team",
        EvidenceSource::RoleName => "role.name",
        EvidenceSource::RoleMember => "role.member",
        EvidenceSource::Level
        | EvidenceSource::Switch
        | EvidenceSource::UnassignedVisible
        | EvidenceSource::OthersVisible => {
            return line.claim.as_ref().map(|claim| format!("role.claim.{claim}"));
        }
        EvidenceSource::AuthMethod => "application.auth_method",
        EvidenceSource::LoginType => "application.login_type",
        EvidenceSource::LoginAgent => "application.login_agent",
        EvidenceSource::Credentials | EvidenceSource::FormClientId | EvidenceSource::FormSecret => {
            "application.credentials"
        }
        EvidenceSource::Scopes => "application.scopes",
        EvidenceSource::ApiDetails | EvidenceSource::FormUrl => "form.url",
        EvidenceSource::FormTenant => "form.tenant",
        EvidenceSource::Operator => return None,
    };
    Some(part.to_owned())
}
