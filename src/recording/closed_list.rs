//! The closed list: every value of a server that a recording keeps unchanged. All other values are replaced.

use crate::domain::permission_levels::{self, SCALES};

/// Error codes of OAuth (RFC 6749, RFC 6750) and the one that Halo is reported to add.
pub(super) const OAUTH_ERRORS: &[&str] = &[
    "access_denied",
    "insufficient_scope",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_tenant",
    "invalid_token",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
];

/// Object names in Halo's scopes, such as `tickets` in `read:tickets`.
const SCOPE_OBJECTS: &[&str] = &[
    "assets",
    "calendar",
    "contracts",
    "crm",
    "customers",
    "distributionlists",
    "events",
    "invoices",
    "items",
    "kb",
    "mailcampaign",
    "pos",
    "projects",
    "quotes",
    "reporting",
    "sales",
    "software",
    "softwarelicensing",
    "sos",
    "suppliers",
    "tickets",
    "timesheets",
];

/// Scopes that are not of the form `read:X`, `edit:X` or `editMine:X`.
const OTHER_SCOPES: &[&str] = &[
    "admin",
    "admin:webhooks",
    "all",
    "all:standard",
    "all:teams",
    "email",
    "offline_access",
    "openid",
    "profile",
    "roles",
];

/// Members of JSON objects, in lower case and without `_` and `-`: of Halo's public API description, of OAuth, of JSON Web
/// Tokens and of .NET's errors.
const MEMBERS: &[&str] = &[
    // /api/authinfo, the token endpoint, id_token
    "accesstoken",
    "agentid",
    "agentname",
    "alg",
    "athash",
    "aud",
    "authtime",
    "authurl",
    "azp",
    "email",
    "error",
    "errorcodes",
    "errordescription",
    "erroruri",
    "exp",
    "expiresin",
    "familyname",
    "givenname",
    "iat",
    "idtoken",
    "iss",
    "jti",
    "name",
    "nbf",
    "nhdagentid",
    "nonce",
    "preferredusername",
    "refreshtoken",
    "resource",
    "resourceserver",
    "role",
    "scope",
    "scp",
    "sid",
    "sub",
    "tenant",
    "tenantid",
    "tokentype",
    "typ",
    "uniquename",
    "unum",
    "version",
    // errors
    "classname",
    "code",
    "data",
    "detail",
    "errormessage",
    "errors",
    "exceptionmessage",
    "exceptionmethod",
    "exceptiontype",
    "helpurl",
    "hresult",
    "innerexception",
    "instance",
    "message",
    "messagedetail",
    "remotestackindex",
    "remotestacktracestring",
    "resultcode",
    "source",
    "stacktrace",
    "stacktracestring",
    "status",
    "title",
    "traceid",
    "type",
    "watsonbuckets",
    // /api/Agent/me, /api/Roles/{id}
    "canview",
    "claims",
    "claimtype",
    "claimvalue",
    "clientid",
    "clientname",
    "clients",
    "colour",
    "datecreated",
    "departmentid",
    "departmentname",
    "departments",
    "firstname",
    "id",
    "inactive",
    "initials",
    "insection",
    "isadmin",
    "isapiagent",
    "isdisabled",
    "islicensed",
    "jobtitle",
    "key",
    "lastname",
    "lastlogin",
    "license",
    "licensetype",
    "loginname",
    "membershiplevel",
    "otheragentaccess",
    "roleid",
    "rolelist",
    "rolename",
    "roles",
    "surname",
    "team",
    "teamid",
    "teamname",
    "teams",
    "tickettypeid",
    "tickettypename",
    "tickettypes",
    "timezone",
    "unassignedaccess",
    "use",
    "username",
    "value",
    // lists
    "accountsid",
    "actionnumber",
    "active",
    "actualhours",
    "agents",
    "assets",
    "baseprice",
    "chargeablehours",
    "columns",
    "columnsid",
    "contracts",
    "currency",
    "date",
    "dateclosed",
    "dateoccurred",
    "datestarted",
    "details",
    "enddate",
    "event",
    "events",
    "eventtype",
    "includeheader",
    "invoicedate",
    "invoices",
    "items",
    "lastactiondate",
    "note",
    "oppvalue",
    "opportunities",
    "organisationid",
    "pageinate",
    "pageno",
    "pagesize",
    "posted",
    "priorityid",
    "projects",
    "quantityinstock",
    "recordcount",
    "ref",
    "results",
    "siteid",
    "sitename",
    "slaid",
    "startdate",
    "statusid",
    "statusname",
    "subject",
    "summary",
    "targethours",
    "ticketid",
    "tickets",
    "timesheets",
    "timetaken",
    "toplevelid",
    "toplevelname",
    "total",
    "userid",
    "users",
    "view",
];

/// Members whose booleans are kept.
const BOOLEANS: &[&str] = &["isadmin", "isapiagent", "isdisabled"];

/// Members whose numbers are kept, with the largest.
const NUMBERS: &[(&str, i64)] = &[("expiresin", 9_999_999), ("resultcode", 99_999), ("status", 599)];

/// Parts of an address that are kept.
const PATH_PARTS: &[&str] = &[
    "Agent",
    "Client",
    "ClientContract",
    "Invoice",
    "Item",
    "Opportunities",
    "Roles",
    "Tickets",
    "Timesheet",
    "TimesheetEvent",
    "adfs",
    "api",
    "auth",
    "authinfo",
    "cdn-cgi",
    "access",
    "connect",
    "login",
    "ls",
    "me",
    "oauth",
    "oauth2",
    "token",
];

/// Names of query parameters that are kept; their values are not.
const QUERY_NAMES: &[&str] = &[
    "SAMLRequest",
    "client_id",
    "count",
    "end_date",
    "includedetails",
    "open_only",
    "page_no",
    "page_size",
    "pageinate",
    "redirect_uri",
    "response_type",
    "scope",
    "start_date",
    "state",
    "tenant",
];

/// Media types that are kept.
const MEDIA_TYPES: &[&str] = &[
    "application/json",
    "application/problem+json",
    "application/x-www-form-urlencoded",
    "application/xml",
    "text/html",
    "text/json",
    "text/plain",
    "text/xml",
];

/// Character sets that are kept.
const CHARSETS: &[&str] = &["ascii", "iso-8859-1", "us-ascii", "utf-16", "utf-8", "windows-1252"];

/// Products in `Server` that are kept.
const PRODUCTS: &[&str] = &[
    "AkamaiGHost",
    "Apache",
    "BIG-IP",
    "BigIP",
    "CloudFront",
    "Kestrel",
    "McAfee",
    "Microsoft-Azure-Application-Gateway",
    "Microsoft-HTTPAPI",
    "Microsoft-IIS",
    "Netskope",
    "Sucuri",
    "awselb",
    "barracuda",
    "cloudflare",
    "envoy",
    "fortiweb",
    "imperva",
    "nginx",
    "openresty",
    "squid",
    "zscaler",
];

/// Compressions that are kept.
const ENCODINGS: &[&str] = &["br", "compress", "deflate", "gzip", "identity", "x-gzip", "zstd"];

/// Domains of which every customer has a name below them, or that only sign people in.
pub(super) const DOMAINS: &[&str] = &[
    "halopsa.com",
    "haloitsm.com",
    "haloservicedesk.com",
    "halocrm.com",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.windows.net",
    "login.live.com",
    "accounts.google.com",
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "auth0.com",
    "onelogin.com",
    "pingone.com",
    "pingidentity.com",
    "duosecurity.com",
    "cloudflareaccess.com",
    "jumpcloud.com",
    "zscaler.net",
    "zscalertwo.net",
    "localhost",
    "local",
    "internal",
    "lan",
    "home.arpa",
    "corp",
];

fn find(list: &[&'static str], text: &str) -> Option<&'static str> {
    list.iter().find(|known| known.eq_ignore_ascii_case(text)).copied()
}

/// A member's name in the form of the list.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).collect::<String>().to_ascii_lowercase()
}

pub(super) fn is_member(name: &str) -> bool {
    name.len() <= 40 && MEMBERS.contains(&plain(name).as_str())
}

pub(super) fn keeps_booleans(member: &str) -> bool {
    BOOLEANS.contains(&member)
}

pub(super) fn keeps_number(member: &str, number: i64) -> bool {
    NUMBERS.iter().any(|(name, most)| *name == member && (-*most..=*most).contains(&number))
}

pub(super) fn is_oauth_error(word: &str) -> bool {
    OAUTH_ERRORS.contains(&word)
}

/// Returns true for a scope name of Halo's, in any letter case.
pub(super) fn is_scope(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let of_object = ["read:", "edit:", "editmine:"].iter().find_map(|verb| lower.strip_prefix(verb));
    of_object.is_some_and(|object| SCOPE_OBJECTS.contains(&object)) || OTHER_SCOPES.contains(&lower.as_str())
}

/// Returns true for a claim type: a known one, or at most four letters and digits.
pub(super) fn is_claim(name: &str) -> bool {
    let short = name.len() <= 4 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    short || permission_levels::is_known(name)
}

/// Returns true for a claim's value: a number of at most two digits, a truth value, or the name of a level.
pub(super) fn is_claim_value(value: &str) -> bool {
    let small = value.len() <= 2 && value.bytes().all(|byte| byte.is_ascii_digit());
    small || is_truth(value) || SCALES.iter().any(|scale| scale.levels.iter().any(|level| level.name == value))
}

/// Returns true for a boolean as text.
pub(super) fn is_truth(value: &str) -> bool {
    value.len() <= 5 && permission_levels::switch(value).is_some()
}

pub(super) fn path_part(part: &str) -> Option<&'static str> {
    find(PATH_PARTS, part)
}

pub(super) fn query_name(name: &str) -> Option<&'static str> {
    find(QUERY_NAMES, name)
}

/// Parts of a `Content-Type` that are on the list.
pub(super) fn content_type(value: &str) -> String {
    let (media, parameters) = value.split_once(';').unwrap_or((value, ""));
    let media = find(MEDIA_TYPES, media.trim()).unwrap_or("other/other");
    let charset = parameters.to_ascii_lowercase();
    let charset = charset.split_once("charset=").map(|(_, rest)| rest.split(';').next().unwrap_or_default());
    match charset.and_then(|charset| find(CHARSETS, charset.trim().trim_matches(['"', '\'']))) {
        Some(charset) => format!("{media}; charset={charset}"),
        None => media.to_owned(),
    }
}

/// Products of a `Server` header that are on the list.
pub(super) fn server(value: &str) -> String {
    let named = |one: &str| {
        let starts = |known: &&&str| {
            one.len() >= known.len() && one.as_bytes()[..known.len()].eq_ignore_ascii_case(known.as_bytes())
        };
        PRODUCTS.iter().find(starts).copied().unwrap_or("other")
    };
    value.split(", ").take(5).map(named).collect::<Vec<_>>().join(", ")
}

pub(super) fn encoding(name: &str) -> bool {
    name.split(',').all(|one| find(ENCODINGS, one.trim()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_names_in_the_form_in_which_they_are_looked_up() {
        for name in MEMBERS {
            assert_eq!(plain(name), *name);
        }
        assert!(is_member("auth_url") && is_member("AuthUrl") && is_member("isapiagent") && !is_member("acme"));
    }

    #[test]
    fn scopes_claims_and_headers() {
        assert!(
            is_scope("read:tickets") && is_scope("editMine:timesheets") && is_scope("ALL") && !is_scope("read:acme")
        );
        assert!(is_claim("Tx") && is_claim("Ticket_Level") && is_claim("Nq9") && !is_claim("customer-name"));
        assert!(
            is_claim_value("12") && is_claim_value("True") && is_claim_value("Read Only") && !is_claim_value("123")
        );
        assert_eq!(content_type("Application/JSON; Charset=\"UTF-8\""), "application/json; charset=utf-8");
        assert_eq!(content_type("acme/secret; charset=acme"), "other/other");
        assert_eq!(server("Microsoft-IIS/10.0, acme proxy"), "Microsoft-IIS, other");
    }
}
