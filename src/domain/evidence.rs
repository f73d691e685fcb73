//! Evidence of a run as plain data: no verdict, no secret, no contents of rows.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::codes::Code;
use super::connection::same_tenant;
use super::untrusted_text::UntrustedText;

/// Durations of the phases of one exchange in milliseconds; `None` for a phase that did not happen or could not be
/// separated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Name resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<u32>,
    /// TCP connect, without name resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<u32>,
    /// TLS handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<u32>,
    /// From sending the request to the head of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<u32>,
    /// The whole exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
}

/// One thing that was, or was not, asked of a server.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Observation<T> {
    /// Not asked (yet), or given up because something before it failed.
    #[default]
    NotAsked,
    /// Stopped by the operator before an answer came.
    Cancelled,
    /// Answered in the expected form.
    Answered(Answer<T>),
    /// No usable answer.
    Failed(Fault),
}

/// A usable answer with its circumstances.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// The value.
    pub value: T,
    /// HTTP status.
    pub status: u16,
    /// Timing of the exchange.
    pub timing: Timing,
}

impl<T> Observation<T> {
    /// The answer's value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Answered(answer) => Some(&answer.value),
            _ => None,
        }
    }

    /// The failure, if there is one.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Failed(fault) => Some(fault),
            _ => None,
        }
    }

    /// The HTTP status, where one came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(answer) => Some(answer.status),
            Self::Failed(fault) => fault.status,
            _ => None,
        }
    }

    /// The timing, where something was sent.
    pub fn timing(&self) -> Timing {
        match self {
            Self::Answered(answer) => answer.timing,
            Self::Failed(fault) => fault.timing,
            _ => Timing::default(),
        }
    }
}

/// Reason why there was no usable response. The code is the conclusion from this exchange alone; the verdict may
/// refine it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The code, as far as this exchange shows: `net.*`, `tls.*`, `http.*`, `auth.*` by the OAuth error,
    /// `api.forbidden` for 401 and 403 of the API, `api.missing` for 404 of the API, `api.bad_request`, `api.shape`,
    /// `discovery.*`.
    pub code: Code,
    /// HTTP status, where an answer had one.
    pub status: Option<u16>,
    /// Details in one sentence of this program (names, dates, numbers), filtered.
    pub detail: UntrustedText,
    /// The start of the server's own text, or the title of a page, filtered.
    pub said: UntrustedText,
    /// True when the body was a web page.
    pub html: bool,
    /// OAuth `error`, filtered, when the authorisation server gave one.
    pub oauth_error: Option<UntrustedText>,
    /// OpenIddict's number (`ID2055`) when the answer holds one.
    pub openiddict: Option<String>,
    /// Target of a refused redirect (origin only), or the refused `auth_url`.
    pub target: Option<UntrustedText>,
    /// Another address that was asked too, and what came of it: a whole sentence.
    pub tried: Option<Box<UntrustedText>>,
    /// The probable sender of a response that is not Halo's, filtered; only with `http.intercepted`.
    pub answered_by: Option<UntrustedText>,
    /// The error of `WWW-Authenticate: Bearer error=…`.
    pub bearer_error: Option<BearerError>,
    /// Seconds that the server asked to wait.
    pub retry_after: Option<u64>,
    /// The fix in this program's words, if this exchange shows more than its code.
    pub fix: Option<String>,
    /// Timing of the exchange.
    pub timing: Timing,
}

/// Reason why a resource server refuses a bearer token (RFC 6750, 3.1). Not recorded from a live Halo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BearerError {
    /// `invalid_token`: expired, revoked, malformed or not for this server.
    InvalidToken,
    /// `insufficient_scope`: the application lacks a permission.
    InsufficientScope,
}

impl Fault {
    /// A failure of which only the code is known.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            status: None,
            detail: UntrustedText::default(),
            said: UntrustedText::default(),
            html: false,
            oauth_error: None,
            openiddict: None,
            target: None,
            tried: None,
            answered_by: None,
            bearer_error: None,
            retry_after: None,
            fix: None,
            timing: Timing::default(),
        }
    }

    /// The same failure with particulars.
    pub fn detail(mut self, text: impl AsRef<str>) -> Self {
        self.detail = UntrustedText::new(text.as_ref());
        self
    }
}

/// Details of the connection to the resource server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectionInfo {
    /// Addresses that the resolver gave.
    pub addresses: Vec<String>,
    /// The proxy in use and where its name came from, e.g. `http://proxy:3128 (HTTPS_PROXY)`.
    pub proxy: Option<String>,
    /// `TLS 1.3`, `TLS 1.2`; `None` over plain http.
    pub tls_version: Option<String>,
    /// `HTTP/1.1`, `HTTP/2`.
    pub http_version: Option<String>,
    /// The server's certificate.
    pub certificate: Option<Certificate>,
    /// How this machine reached it, for what servers elsewhere will see; `None` where it was not reached.
    pub access: Option<ServerAccess>,
}

/// How this machine reached a server. Servers elsewhere may see another address, another certificate, or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerAccess {
    /// Origin that was asked, e.g. `https://halo.example:8443`.
    pub origin: String,
    /// Addresses that its name resolved to on this machine; empty through a proxy, which resolves it elsewhere.
    pub addresses: Vec<IpAddr>,
    /// The proxy in between, without a login.
    pub proxy: Option<String>,
    /// Why its certificate is trusted.
    pub trust: CertificateTrust,
    /// Issuer of its certificate.
    pub issuer: UntrustedText,
}

/// Why a server's certificate is trusted on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateTrust {
    /// Not known: plain http, or no handshake was seen.
    #[default]
    Unknown,
    /// By an authority of this machine, and the certificate carries the proof of a public log (RFC 6962), as those of
    /// public authorities do.
    PublicAuthority,
    /// By an authority of this machine; the certificate carries no proof of a public log.
    NoPublicLog,
    /// Only by an authority of `--ca-file`.
    CaFile {
        /// True if the certificate carries the proof of a public log.
        public_log: bool,
    },
    /// By an authority of this machine, to which only a certificate of `--ca-file` leads: the server leaves it out.
    ChainCompletedByCaFile,
}

/// Contents of a server certificate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Certificate {
    /// Subject, e.g. `CN=*.halopsa.com`.
    pub subject: UntrustedText,
    /// Issuer.
    pub issuer: UntrustedText,
    /// Names it is for.
    pub names: Vec<UntrustedText>,
    /// First valid instant, RFC 3339.
    pub not_before: String,
    /// Last valid instant, RFC 3339.
    pub not_after: String,
    /// Whole days left at the time of the run; negative when it has ended.
    pub days_left: i64,
    /// SHA-256 of the certificate, in hexadecimal.
    pub fingerprint: String,
}

/// Response of `/api/authinfo`, or the operator's values in its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Discovery {
    /// The address below which Halo answered, without a slash at the end: the resource server's origin, with the path that
    /// was typed where Halo is below it. Empty when it was not asked.
    pub base: String,
    /// The authorisation server, without a slash at the end; `/token` is appended to it.
    pub auth_server: String,
    /// Origin of the authorisation server.
    pub auth_origin: String,
    /// True when the operator gave it by hand (`--auth-url`) and discovery said nothing of use.
    pub given_by_hand: bool,
    /// The authorisation server that `/api/authinfo` names, where the one given by hand is used in its place.
    pub named: Option<UntrustedText>,
    /// True when `/api/authinfo` names none: the usual place at the same origin is taken.
    pub guessed: bool,
    /// The tenant that this Halo says it is.
    pub tenant: Option<UntrustedText>,
    /// True when it says that it has none: `tenant_id` is there, and empty or "Not set".
    pub has_no_tenant: bool,
    /// The server's clock minus this machine's, in seconds, from the `Date` header.
    pub clock_skew: Option<i64>,
}

impl Discovery {
    /// Returns true if tokens are issued at this origin.
    pub fn issues_tokens_at(&self, origin: &str) -> bool {
        self.auth_origin == origin
    }

    /// The tenant that this Halo says it is, when it is another than the typed one.
    pub fn other_tenant(&self, typed: Option<&str>) -> Option<&UntrustedText> {
        let told = self.tenant.as_ref().filter(|told| !told.is_empty())?;
        (!same_tenant(typed?, told.as_str())).then_some(told)
    }
}

/// Response of the token endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grant {
    /// Scopes asked for in the request that succeeded.
    pub requested: Vec<String>,
    /// The reply's `scope`, split; `None` when the reply had none.
    pub echo: Option<Vec<UntrustedText>>,
    /// Seconds, clamped to one minute .. one day.
    pub expires_in: Option<u64>,
    /// Claims of the id_token, if there was a readable one.
    pub id_token: Option<IdToken>,
    /// Scopes that the server refused before it granted this one.
    pub refused: Vec<String>,
    /// The token URL that answered.
    pub token_url: String,
}

/// Claims of the id_token that name the agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdToken {
    /// Agent name.
    pub name: Option<UntrustedText>,
    /// Agent id.
    pub agent_id: Option<i64>,
}

/// Answer of a token request for one scope alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeAnswer {
    /// A token came, and its echo holds the scope; or there was no echo, but the server refuses a scope that the
    /// application surely lacks.
    Granted,
    /// Refused, or silently dropped from the echo.
    Refused,
    /// A token came without an echo, from a server that may drop silently what it does not grant.
    Unclear,
}

/// The agent that the token acts as, from `/api/Agent/me`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Agent id.
    pub id: Option<i64>,
    /// Agent name.
    pub name: Option<UntrustedText>,
    /// `isapiagent`.
    pub api_only: Option<bool>,
    /// `isdisabled`.
    pub disabled: Option<bool>,
    /// `is_admin`, or the claim `SA`.
    pub administrator: Option<bool>,
    /// Names of its roles; `None` when the record does not hold them.
    pub roles: Option<Vec<UntrustedText>>,
    /// Claims by name with every value seen, from the agent and all its roles; `None` when none were readable.
    pub claims: Option<BTreeMap<String, Vec<UntrustedText>>>,
    /// Those of them that its roles give; `None` when no role's claims were readable.
    pub role_claims: Option<BTreeMap<String, Vec<UntrustedText>>>,
    /// True when the record shows the permissions set on the agent itself, be they none: they add to those of its roles
    /// (see docs/halo.md, "Role claims"; from Halo's own guide).
    pub own_claims_shown: bool,
    /// Roles whose own records were needed and not read: what they give is not among the claims.
    pub roles_unread: usize,
    /// Names of its teams; `None` when the record does not hold them.
    pub teams: Option<Vec<UntrustedText>>,
    /// Number of departments; `None` if the record does not contain them.
    pub departments: Option<usize>,
    /// Name of its default team; empty when the record says that it has none, absent when it says nothing.
    pub default_team: Option<UntrustedText>,
    /// True when a list of customers restricts it.
    pub customers_restricted: Option<bool>,
    /// True when a list of ticket types restricts it.
    pub ticket_types_restricted: Option<bool>,
}

/// Response of one list endpoint. Rows are counted; their contents are dropped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// True if the list was read to its end; otherwise it has at least these rows.
    pub complete: bool,
    /// Rows in the answer.
    pub count: usize,
    /// Rows by `agent_id`, where rows carry one. Of very many agents only some are listed.
    pub by_agent: BTreeMap<i64, usize>,
}

/// Id of Halo's agent "Unassigned" in live data (see docs/halo.md).
pub const UNASSIGNED: i64 = 1;
/// Maximum number of agents that are counted separately besides "Unassigned", so that the memory for a list is
/// bounded.
const MOST_AGENTS: usize = 256;

impl Rows {
    /// Counts one more row, with the agent that it names.
    pub fn add(&mut self, agent: Option<i64>) {
        self.count += 1;
        let Some(agent) = agent else { return };
        let has_room = self.by_agent.len() < MOST_AGENTS || agent == UNASSIGNED;
        if has_room || self.by_agent.contains_key(&agent) {
            *self.by_agent.entry(agent).or_default() += 1;
        }
    }
}

/// Everything that one run saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Details of the connection.
    pub link: ConnectionInfo,
    /// How an authorisation server of another origin was reached.
    pub auth_access: Option<ServerAccess>,
    /// `/api/authinfo`.
    pub discovery: Observation<Discovery>,
    /// The token endpoint.
    pub token: Observation<Grant>,
    /// Token requests for one scope alone.
    pub single_scopes: BTreeMap<String, ScopeAnswer>,
    /// `/api/Agent/me` (and `/api/Roles/{id}` where the record held no claims).
    pub identity: Observation<Identity>,
    /// One outcome for each probe of the guide, by the probe's id.
    pub probes: BTreeMap<String, Observation<Rows>>,
    /// HTTP requests sent, the token requests among them.
    pub requests: u32,
}

impl Evidence {
    /// The longest wait, in seconds, that a server asked for and that has not been waited: nothing is asked before it has
    /// passed.
    pub fn retry_after(&self) -> Option<u64> {
        let first = [self.discovery.fault(), self.token.fault(), self.identity.fault()];
        let probes = self.probes.values().map(Observation::fault);
        first.into_iter().chain(probes).flatten().filter_map(|fault| fault.retry_after).max()
    }
}
