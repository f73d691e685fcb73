//! How the simulated server behaves where Halo's behaviour differs by version, or is not known. Each manner can be set in
//! a scenario and in code.

use serde::Deserialize;

use super::faults::Faults;

/// The manners of the server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviours {
    /// Whether `/api/authinfo` answers.
    pub discovery: Discovery,
    /// How `/api/authinfo` spells its members, and which of them it has.
    pub discovery_members: DiscoveryMembers,
    /// Path below which everything lies, e.g. `/psa`; empty for the root. Read at each request.
    pub path_prefix: String,
    /// Discovery names the tenant.
    pub discovery_tenant: bool,
    /// The authorisation server is another origin (a second listener). Read once, at the start.
    pub split_auth: bool,
    /// The token endpoint is `/token`, not `/auth/token`, as on trial systems.
    pub token_at_root: bool,

    /// A token request without a tenant is refused.
    pub tenant_required: bool,
    /// What answers a wrong tenant.
    pub wrong_tenant: WrongTenant,
    /// Status of that answer. Nobody wrote the real one down.
    pub wrong_tenant_status: u16,
    /// Status of `invalid_client`: 400 or 401, both were seen.
    pub invalid_client_status: u16,
    /// How much a token error says.
    pub error_detail: ErrorDetail,

    /// What the token reply says of the scopes.
    pub scope_echo: ScopeEcho,
    /// What becomes of a scope that exists but that the application lacks.
    pub ungranted: Ungranted,
    /// A request for `all` is answered with `invalid_scope`.
    pub all_refused: bool,
    /// An id_token comes with the access token.
    pub id_token: bool,
    /// Life of an access token, in seconds.
    pub expires_in_s: u64,

    /// `/api/Agent/me` may be read.
    pub me_readable: bool,
    /// `/api/Agent/me` lists the agent's roles.
    pub me_roles: bool,
    /// Where the claims can be read.
    pub claims: ClaimsAt,
    /// `/api/Roles` may be read.
    pub roles_readable: bool,

    /// How the API refuses for want of a scope.
    pub scope_refusal: Refusal,
    /// How the API refuses for want of a level of the role.
    pub role_refusal: Refusal,
    /// Refusals of the API carry `WWW-Authenticate: Bearer error=…` (RFC 6750).
    pub bearer_errors: bool,
    /// Lists ignore the size of a page that is asked for, and are as large as this says.
    pub big_lists: Option<BigLists>,
    /// The body of an API error.
    pub error_shape: ErrorShape,
    /// The contradictions of Halo's own API description hold: ClientContract opens with the Customers level, Invoice with
    /// the Sales level, and timesheets open for any agent (with its own rows).
    pub apidoc_rules: bool,

    /// What goes wrong.
    pub faults: Faults,
}

/// `/api/authinfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discovery {
    /// Answers.
    Present,
    /// 404.
    Absent,
    /// A web page.
    Html,
}

/// The members of `/api/authinfo`. Only the first spelling is known of a live Halo.
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
    /// `tenant_id` alone.
    TenantOnly,
}

/// A tenant whose lists are large, whatever is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BigLists {
    /// Rows in each answer.
    pub rows: usize,
    /// Bytes of text in each row.
    pub row_bytes: usize,
    /// Bytes of other members before the rows.
    #[serde(default)]
    pub preface_bytes: usize,
}

/// The answer to a wrong tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrongTenant {
    /// A web page of several hundred kilobytes.
    Html,
    /// A token error.
    Json,
}

/// How much a token error says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorDetail {
    /// `error`, `error_description` and `error_uri` with OpenIddict's number.
    Full,
    /// `error` and `error_description`.
    Text,
    /// `error` alone.
    Word,
}

/// `scope` in the token reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeEcho {
    /// What was granted, name by name, after the five that the server adds.
    Expanded,
    /// What was asked for, as it was written.
    Literal,
    /// As expanded, but as an array.
    Array,
    /// Not there.
    Absent,
}

/// A scope that exists but that the application lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ungranted {
    /// `invalid_scope`.
    Refuse,
    /// `invalid_request` with ID2051, as OpenIddict does by itself.
    RefuseRequest,
    /// Left out without a word.
    Drop,
}

/// Where the claims of the role can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimsAt {
    /// In the roles inside `/api/Agent/me`, and in `/api/Roles/{id}`.
    Me,
    /// In `/api/Roles/{id}` alone.
    Roles,
    /// Nowhere.
    Nowhere,
}

/// How the API refuses.
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

/// The bodies of API errors that Halo's clients parse (see docs/halo.md, "Error bodies").
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
    /// Nothing at all.
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
            ungranted: Ungranted::Refuse,
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
