//! Behaviours of the simulated server that differ by version of Halo, or are not known. Each can be set in a scenario
//! and in code.

use serde::Deserialize;

use super::faults::Faults;

/// Behaviours of the server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviours {
    /// Response of `/api/authinfo`.
    pub discovery: Discovery,
    /// Spelling and presence of the members of `/api/authinfo`.
    pub discovery_members: DiscoveryMembers,
    /// Path prefix of all endpoints, e.g. `/psa`; empty for the root. Read at each request.
    pub path_prefix: String,
    /// Discovery returns the tenant.
    pub discovery_tenant: bool,
    /// The authorisation server has another origin (a second listener). Read once, at the start.
    pub split_auth: bool,
    /// The token endpoint is `/token`, not `/auth/token`, as on trial systems.
    pub token_at_root: bool,

    /// A token request without a tenant is refused.
    pub tenant_required: bool,
    /// Response to a wrong tenant.
    pub wrong_tenant: WrongTenant,
    /// Status of that response. The real status is not documented.
    pub wrong_tenant_status: u16,
    /// Status of `invalid_client`: 400 or 401; both were observed.
    pub invalid_client_status: u16,
    /// Members of a token error.
    pub error_detail: ErrorDetail,

    /// Member `scope` of the token response.
    pub scope_echo: ScopeEcho,
    /// Response to a scope that exists but that the application lacks.
    pub ungranted: MissingScopeResponse,
    /// A request for `all` is answered with `invalid_scope`.
    pub all_refused: bool,
    /// The token response contains an id_token.
    pub id_token: bool,
    /// Lifetime of an access token, in seconds.
    pub expires_in_s: u64,

    /// `/api/Agent/me` may be read.
    pub me_readable: bool,
    /// `/api/Agent/me` lists the agent's roles.
    pub me_roles: bool,
    /// Endpoints that return the claims.
    pub claims: ClaimsAt,
    /// `/api/Roles` may be read.
    pub roles_readable: bool,

    /// Response of the API if the scope is missing.
    pub scope_refusal: Refusal,
    /// Response of the API if the role's level is too low.
    pub role_refusal: Refusal,
    /// Refusals of the API carry `WWW-Authenticate: Bearer error=…` (RFC 6750).
    pub bearer_errors: bool,
    /// Lists ignore the requested page size and have this size.
    pub big_lists: Option<BigLists>,
    /// Body of an API error.
    pub error_shape: ErrorShape,
    /// The contradictions of Halo's own API description apply: ClientContract requires the Customers level, Invoice the
    /// Sales level, and timesheets are readable for any agent (its own rows).
    pub apidoc_rules: bool,

    /// Faults of the server.
    pub faults: Faults,
}

/// Response of `/api/authinfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discovery {
    /// The JSON document.
    Present,
    /// 404.
    Absent,
    /// A web page.
    Html,
}

/// Members of `/api/authinfo`. Only the first spelling is known from a live Halo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscoveryMembers {
    /// `auth_url`, `tenant_id`.
    Snake,
    /// `authUrl`, `tenantId`.
    Camel,
    /// `AuthUrl`, `TenantId`.
    Pascal,
    /// `AUTH_URL`, `TENANT_ID`.
    Upper,
    /// `tenant_id` only.
    TenantOnly,
}

/// Size of lists that ignore the requested page size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BigLists {
    /// Rows per response.
    pub rows: usize,
    /// Bytes of text per row.
    pub row_bytes: usize,
    /// Bytes of other members before the rows.
    #[serde(default)]
    pub preface_bytes: usize,
}

/// Response to a wrong tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrongTenant {
    /// A web page of several hundred kilobytes.
    Html,
    /// A token error.
    Json,
}

/// Members of a token error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorDetail {
    /// `error`, `error_description` and `error_uri` with OpenIddict's number.
    Full,
    /// `error` and `error_description`.
    Text,
    /// `error` only.
    Word,
}

/// Member `scope` of the token response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeEcho {
    /// The granted scopes, one by one, after the five that the server adds.
    Expanded,
    /// The requested text, unchanged.
    Literal,
    /// The expanded scopes, as an array.
    Array,
    /// Absent.
    Absent,
}

/// Response to a scope that exists but that the application lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingScopeResponse {
    /// `invalid_scope`.
    Refuse,
    /// `invalid_request` with ID2051, the default of OpenIddict.
    RefuseRequest,
    /// The scope is omitted from the grant without an error.
    Drop,
}

/// Endpoints that return the claims of the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimsAt {
    /// The roles in `/api/Agent/me`, and `/api/Roles/{id}`.
    Me,
    /// `/api/Roles/{id}` only.
    Roles,
    /// None.
    Nowhere,
}

/// Refusal by the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// 401.
    #[serde(rename = "401")]
    Unauthorized,
    /// 403.
    #[serde(rename = "403")]
    Forbidden,
    /// 200 with an empty list.
    EmptyList,
}

/// Bodies of API errors that Halo's clients parse (see docs/halo.md, "Error bodies").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorShape {
    /// `{resultCode, errorMessage}`.
    ResultCode,
    /// `{ClassName, Message}`: a .NET exception.
    ClassName,
    /// `{Message}`.
    Message,
    /// `{error}`.
    Error,
    /// Plain text.
    Text,
    /// An empty body.
    Empty,
}

impl Default for Behaviours {
    fn default() -> Self {
        Self {
            discovery: Discovery::Present,
            discovery_members: DiscoveryMembers::Snake,
            path_prefix: String::new(),
            discovery_tenant: true,
            split_auth: false,
            token_at_root: false,
            tenant_required: false,
            wrong_tenant: WrongTenant::Html,
            wrong_tenant_status: 500,
            invalid_client_status: 401,
            error_detail: ErrorDetail::Full,
            scope_echo: ScopeEcho::Expanded,
            ungranted: MissingScopeResponse::Refuse,
            all_refused: false,
            id_token: true,
            expires_in_s: 3600,
            me_readable: true,
            me_roles: true,
            claims: ClaimsAt::Me,
            roles_readable: true,
            scope_refusal: Refusal::Forbidden,
            role_refusal: Refusal::Forbidden,
            bearer_errors: false,
            big_lists: None,
            error_shape: ErrorShape::Message,
            apidoc_rules: false,
            faults: Faults::default(),
        }
    }
}
