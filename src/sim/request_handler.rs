//! Request handling of the simulated Halo, independent of sockets.

use hyper::{Method, StatusCode};
use serde_json::{Map, Value};

use super::behaviours::{Behaviours, Discovery, DiscoveryMembers};
use super::counters::Counters;
use super::endpoints::Endpoint;
use super::faults::{FaultCounts, covered};
use super::fixture_names::{FixtureNames, Form};
use super::issued_tokens::{Issued, IssuedTokens, TokenSubject};
use super::permissions::Caller;
use super::request::{IncomingRequest, Target};
use super::response::OutgoingResponse;
use super::tenant_state::TenantState;
use super::{identity, lists, token_endpoint};

/// Listener that received a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndpointHost {
    /// The resource server, and the authorisation server unless it has another origin.
    Api,
    /// The authorisation server on its own origin.
    Auth,
    /// The origin that redirects point to.
    Elsewhere,
}

/// Origins of the listeners.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    pub api: String,
    pub auth: Option<String>,
    pub elsewhere: Option<String>,
}

/// Mutable state of the simulated Halo.
pub(super) struct State {
    pub world: TenantState,
    pub manners: Behaviours,
    pub cast: FixtureNames,
    pub form: Form,
    pub origins: Origins,
    pub tokens: IssuedTokens,
    pub counters: Counters,
    pub in_flight: u64,
    pub seen: FaultCounts,
    /// Earlier secrets, so that an old one is recognised too.
    pub old_secrets: Vec<String>,
    /// Number of times that `Generate` was pressed.
    pub generated: u32,
}

/// Outcome of a request.
pub(super) enum Outcome {
    OutgoingResponse(OutgoingResponse),
    /// The request never gets a response.
    Never,
}

impl EndpointHost {
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "resource server",
            Self::Auth => "authorisation server",
            Self::Elsewhere => "another origin",
        }
    }
}

impl State {
    /// Returns every current and earlier secret. The Client ID does not count, even if an operator typed it as the
    /// secret.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let now = [self.world.application.client_secret.as_str(), self.form.client_secret.as_str()];
        let old = self.old_secrets.iter().map(String::as_str);
        let id = self.world.application.client_id.as_str();
        now.into_iter().chain(old).filter(move |secret| !secret.is_empty() && *secret != id)
    }

    /// Returns the base to which clients append `/token`.
    pub fn auth_url(&self) -> String {
        let origin = self.origins.auth.as_ref().unwrap_or(&self.origins.api);
        let prefix = &self.manners.path_prefix;
        if self.manners.token_at_root { format!("{origin}{prefix}") } else { format!("{origin}{prefix}/auth") }
    }

    /// Returns the target of a request to this listener.
    pub fn target(&self, listener: EndpointHost, call: &IncomingRequest) -> Target {
        let token_path = if self.manners.token_at_root { "/token" } else { "/auth/token" };
        let target = call.target(&self.manners.path_prefix, token_path);
        let is_token = target == Target::Token;
        let here = match listener {
            EndpointHost::Api => !is_token || self.origins.auth.is_none(),
            EndpointHost::Auth => is_token,
            EndpointHost::Elsewhere => false,
        };
        if here { target } else { Target::Nothing }
    }

    /// Responds to one request.
    pub fn answer(&mut self, listener: EndpointHost, target: &Target, call: &IncomingRequest) -> Outcome {
        if listener == EndpointHost::Elsewhere {
            self.counters.elsewhere += 1;
            return Outcome::OutgoingResponse(OutgoingResponse::portal());
        }
        let endpoint = target.endpoint();
        if covered(&self.manners.faults.stall, endpoint) {
            return Outcome::Never;
        }
        Outcome::OutgoingResponse(self.fault(endpoint, call).unwrap_or_else(|| self.route(target, call)))
    }

    /// Returns the response of a fault that occurs before Halo itself is reached.
    fn fault(&mut self, endpoint: Option<Endpoint>, call: &IncomingRequest) -> Option<OutgoingResponse> {
        let (faults, seen) = (&self.manners.faults, &mut self.seen);
        if let Some(limit) = faults.rate_limit.as_ref().filter(|limit| limit.refuses(endpoint, seen)) {
            return Some(OutgoingResponse::rate_limited(limit.retry_after_s));
        }
        if let Some(flaky) = faults.flaky.as_ref().filter(|flaky| flaky.fails(endpoint, seen)) {
            let status = StatusCode::from_u16(flaky.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let reply = OutgoingResponse::api_error(status, self.manners.error_shape, "Please try again later.");
            return Some(reply.retry_after(flaky.retry_after_s));
        }
        if let Some(intercept) = faults.intercept.as_ref().filter(|intercept| covered(&intercept.at, endpoint)) {
            return Some(intercept.by.answer());
        }
        if covered(&faults.redirect, endpoint) {
            let there = self.origins.elsewhere.as_deref().unwrap_or("https://halo.example.invalid");
            return Some(OutgoingResponse::redirect(&format!("{there}{}", call.path)));
        }
        if covered(&faults.html, endpoint) {
            return Some(OutgoingResponse::portal());
        }
        if covered(&faults.server_error, endpoint) {
            let message = "Object reference not set to an instance of an object.";
            return Some(OutgoingResponse::api_error(
                StatusCode::INTERNAL_SERVER_ERROR,
                self.manners.error_shape,
                message,
            ));
        }
        None
    }

    fn route(&mut self, target: &Target, call: &IncomingRequest) -> OutgoingResponse {
        match target {
            Target::Token => token_endpoint::answer(self, call),
            _ if call.method != Method::GET => OutgoingResponse::wrong_method("GET"),
            Target::AuthInfo => self.discovery(),
            Target::Nothing => OutgoingResponse::not_found(),
            _ => self.api(target, call),
        }
    }

    fn discovery(&self) -> OutgoingResponse {
        match self.manners.discovery {
            Discovery::Absent => return OutgoingResponse::not_found(),
            Discovery::Html => return OutgoingResponse::portal(),
            Discovery::Present => {}
        }
        let mut body = Map::new();
        let (auth_url, tenant_id) = match self.manners.discovery_members {
            DiscoveryMembers::Snake | DiscoveryMembers::TenantOnly => ("auth_url", "tenant_id"),
            DiscoveryMembers::Camel => ("authUrl", "tenantId"),
            DiscoveryMembers::Pascal => ("AuthUrl", "TenantId"),
            DiscoveryMembers::Upper => ("AUTH_URL", "TENANT_ID"),
        };
        if self.manners.discovery_members != DiscoveryMembers::TenantOnly {
            body.insert(auth_url.into(), self.auth_url().into());
        }
        if self.manners.discovery_tenant {
            body.insert(tenant_id.into(), self.world.tenant.clone().unwrap_or_default().into());
        }
        OutgoingResponse::ok(&Value::Object(body))
    }

    /// Responds to requests that need an access token.
    fn api(&self, target: &Target, call: &IncomingRequest) -> OutgoingResponse {
        let refuse = |status, message| OutgoingResponse::api_error(status, self.manners.error_shape, message);
        let good = call.bearer().and_then(|text| self.tokens.live(text));
        let Some(issued) = good.filter(|issued| !issued.without_scope && !self.manners.faults.rejects_tokens) else {
            return refuse(StatusCode::UNAUTHORIZED, "Unauthorized")
                .bearer_error(self.manners.bearer_errors, "invalid_token");
        };
        match (issued.acts_as, target) {
            // What Halo answers is not known but for 403 on lists. No agent stands behind such a token, so there is
            // none to show.
            (TokenSubject::NotAnAgent, Target::Agent(_)) => refuse(StatusCode::NOT_FOUND, "Not Found"),
            (TokenSubject::NotAnAgent | TokenSubject::Nobody, _) => refuse(StatusCode::FORBIDDEN, "Forbidden"),
            (TokenSubject::Agent(id), _) => self.for_agent(id, issued, target, call),
        }
    }

    fn for_agent(&self, id: u32, issued: &Issued, target: &Target, call: &IncomingRequest) -> OutgoingResponse {
        let (world, manners) = (&self.world, &self.manners);
        let refuse = |status, message| OutgoingResponse::api_error(status, manners.error_shape, message);
        let Some(agent) = world.agents().find(|agent| agent.id == id && agent.active) else {
            return refuse(StatusCode::UNAUTHORIZED, "Unauthorized");
        };
        let caller = Caller { world, agent, scopes: &issued.scopes };
        match target {
            Target::Agent(which) => identity::agent(&caller, manners, *which),
            Target::Roles => identity::roles(world, manners),
            Target::Role(role) => identity::role(world, manners, role),
            Target::List(resource) if world.modules_off.contains(resource) => {
                refuse(StatusCode::NOT_FOUND, "Not Found")
            }
            Target::List(_) if covered(&manners.faults.bad_shape, target.endpoint()) => lists::without_list(),
            Target::List(resource) => lists::answer(&caller, manners, *resource, call),
            Target::AuthInfo | Target::Token | Target::Nothing => OutgoingResponse::not_found(),
        }
    }
}
