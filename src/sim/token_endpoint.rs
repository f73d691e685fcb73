//! The token endpoint, with OpenIddict's numbers and texts (that Halo passes them on is inferred).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use hyper::{Method, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::behaviours::{Behaviours, ErrorDetail, MissingScopeResponse, ScopeEcho, WrongTenant};
use super::issued_tokens::{Issued, TokenSubject, random};
use super::permissions::{any_covers, is_known_scope};
use super::request::IncomingRequest;
use super::request_handler::State;
use super::response::OutgoingResponse;
use super::tenant_state::{Application, AuthMethod, LoginType, TenantState};

/// Scopes that the server adds.
const ADDED: [&str; 5] = ["openid", "email", "profile", "offline_access", "roles"];

/// Reason for a refused token request.
struct Refused {
    error: &'static str,
    text: String,
    /// OpenIddict's number, if there is one.
    number: Option<&'static str>,
}

fn refused(error: &'static str, number: &'static str, text: impl Into<String>) -> Refused {
    Refused { error, text: text.into(), number: Some(number) }
}

/// Responds to a token request.
pub(super) fn answer(state: &mut State, call: &IncomingRequest) -> OutgoingResponse {
    if call.method != Method::POST {
        return OutgoingResponse::wrong_method("POST");
    }
    state.counters.token_requests += 1;
    let (world, manners) = (&state.world, &state.manners);
    if !tenant_fits(world, manners, call) {
        return wrong_tenant(manners);
    }
    match check(world, manners, call) {
        Ok(issued) => success(state, issued, call),
        Err(refused) => error(manners, &refused, call),
    }
}

/// Checks the tenant first, because it selects the database.
fn tenant_fits(world: &TenantState, manners: &Behaviours, call: &IncomingRequest) -> bool {
    let given = call.query("tenant").or_else(|| call.field("tenant")).filter(|tenant| !tenant.is_empty());
    match (&world.tenant, given) {
        (Some(tenant), Some(given)) => tenant.eq_ignore_ascii_case(&given),
        (Some(_), None) => !manners.tenant_required,
        (None, Some(_)) => false,
        (None, None) => true,
    }
}

fn wrong_tenant(manners: &Behaviours) -> OutgoingResponse {
    let status = StatusCode::from_u16(manners.wrong_tenant_status).unwrap_or(StatusCode::BAD_REQUEST);
    match manners.wrong_tenant {
        WrongTenant::Html => OutgoingResponse::huge_page(status),
        WrongTenant::Json => OutgoingResponse::json(
            StatusCode::BAD_REQUEST,
            &json!({ "error": "invalid_request", "error_description": "The specified tenant is unknown." }),
        ),
    }
}

fn check(world: &TenantState, manners: &Behaviours, call: &IncomingRequest) -> Result<Issued, Refused> {
    if !call.is_form() {
        return Err(refused("invalid_request", "ID2081", "The specified 'Content-Type' header is not valid."));
    }
    match call.field("grant_type").as_deref() {
        None | Some("") => {
            return Err(refused("invalid_request", "ID2029", "The mandatory 'grant_type' parameter is missing."));
        }
        Some("client_credentials") => {}
        Some(_) => {
            return Err(refused("unsupported_grant_type", "ID2032", "The specified 'grant_type' is not supported."));
        }
    }
    check_client(&world.application, call)?;
    let asked = call.field("scope").unwrap_or_default();
    let scopes = grant(&world.application.scopes, manners, &asked)?;
    Ok(Issued { acts_as: acts_as(world)?, scopes, without_scope: asked.trim().is_empty() })
}

fn check_client(application: &Application, call: &IncomingRequest) -> Result<(), Refused> {
    let Some((id, secret)) = credentials(call) else {
        return Err(refused(
            "invalid_request",
            "ID2057",
            "The 'client_id' or 'client_secret' parameter must be specified when using the client credentials grant.",
        ));
    };
    if !application.exists || !application.client_id.eq_ignore_ascii_case(&id) {
        return Err(refused("invalid_client", "ID2052", "The specified 'client_id' is invalid."));
    }
    // What Halo answers for an inactive application is not known. It is taken for one that may not sign in at all,
    // without a number: a client has to live with an invalid_client that does not say which half is wrong.
    if !application.active {
        return Err(Refused {
            error: "invalid_client",
            text: "The client application is not active.".into(),
            number: None,
        });
    }
    if application.client_secret != secret {
        return Err(refused("invalid_client", "ID2055", "The specified client credentials are invalid."));
    }
    if application.auth_method != AuthMethod::Services {
        let text = "This client application is not allowed to use the specified grant type.";
        return Err(refused("unauthorized_client", "ID2064", text));
    }
    Ok(())
}

/// Reads Client ID and secret from the form or from HTTP Basic; both were observed to work.
fn credentials(call: &IncomingRequest) -> Option<(String, String)> {
    if let (Some(id), Some(secret)) = (call.field("client_id"), call.field("client_secret")) {
        return (!id.is_empty() && !secret.is_empty()).then_some((id, secret));
    }
    let (scheme, encoded) = call.header(&AUTHORIZATION)?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

/// Decodes a half of the credentials: RFC 6749, 2.3.1 requires form encoding of both before they are joined.
fn form_decoded(text: &str) -> String {
    form_urlencoded::parse(format!("v={text}").as_bytes()).next().map_or_else(String::new, |(_, v)| v.into_owned())
}

/// Returns the scopes of the application that a request receives.
fn grant(application: &[String], manners: &Behaviours, asked: &str) -> Result<Vec<String>, Refused> {
    let invalid = || refused("invalid_scope", "ID2052", "The specified 'scope' is invalid.");
    let mut granted = Vec::new();
    for scope in asked.split_whitespace() {
        if !is_known_scope(scope) || (scope == "all" && manners.all_refused) {
            return Err(invalid());
        } else if scope == "all" {
            granted.extend(application.iter().cloned());
        } else if any_covers(application, scope) {
            granted.push(scope.to_owned());
        } else if ADDED.contains(&scope) {
            // The echo names them anyway.
        } else {
            match manners.ungranted {
                MissingScopeResponse::Drop => {}
                MissingScopeResponse::Refuse => return Err(invalid()),
                MissingScopeResponse::RefuseRequest => {
                    let text = "This client application is not allowed to use the specified scope.";
                    return Err(refused("invalid_request", "ID2051", text));
                }
            }
        }
    }
    Ok(granted)
}

fn acts_as(world: &TenantState) -> Result<TokenSubject, Refused> {
    if world.application.login_type != LoginType::Agent {
        return Ok(TokenSubject::NotAnAgent);
    }
    match world.login_agent() {
        None => Ok(TokenSubject::Nobody),
        Some(agent) if agent.active => Ok(TokenSubject::Agent(agent.id)),
        // Not known of Halo either; this is what OAuth has the word for.
        Some(_) => {
            Err(Refused { error: "invalid_grant", text: "The agent is not allowed to log in.".into(), number: None })
        }
    }
}

fn error(manners: &Behaviours, refused: &Refused, call: &IncomingRequest) -> OutgoingResponse {
    let mut body = Map::new();
    body.insert("error".into(), refused.error.into());
    if manners.error_detail != ErrorDetail::Word {
        body.insert("error_description".into(), refused.text.clone().into());
    }
    if let (ErrorDetail::Full, Some(number)) = (manners.error_detail, refused.number) {
        body.insert("error_uri".into(), format!("https://documentation.openiddict.com/errors/{number}").into());
    }
    let status = match refused.error {
        "invalid_client" => manners.invalid_client_status,
        _ => 400,
    };
    let reply =
        OutgoingResponse::json(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), &Value::Object(body));
    let basic = call.header(&AUTHORIZATION).is_some();
    if reply.status == StatusCode::UNAUTHORIZED && basic { reply.with(WWW_AUTHENTICATE, "Basic") } else { reply }
}

fn success(state: &mut State, issued: Issued, call: &IncomingRequest) -> OutgoingResponse {
    let (world, manners) = (&state.world, &state.manners);
    let mut body = Map::new();
    let id_token = if manners.id_token { id_token(world, issued.acts_as) } else { None };
    let echo = scope_echo(manners.scope_echo, &issued, &call.field("scope").unwrap_or_default());
    let life_s = manners.expires_in_s;
    body.insert("access_token".into(), state.tokens.issue(issued, life_s).into());
    body.insert("token_type".into(), "Bearer".into());
    body.insert("expires_in".into(), life_s.into());
    body.insert("refresh_token".into(), state.tokens.issue_refresh().into());
    body.extend(id_token.map(|token| ("id_token".to_owned(), token.into())));
    body.extend(echo.map(|echo| ("scope".to_owned(), echo)));
    OutgoingResponse::ok(&Value::Object(body))
}

/// Returns `scope` of the response. A token that was requested without a scope has none.
fn scope_echo(manner: ScopeEcho, issued: &Issued, asked: &str) -> Option<Value> {
    if issued.without_scope {
        return None;
    }
    let expanded = || ADDED.into_iter().chain(issued.scopes.iter().map(String::as_str)).collect::<Vec<_>>();
    match manner {
        ScopeEcho::Expanded => Some(expanded().join(" ").into()),
        ScopeEcho::Array => Some(expanded().into()),
        ScopeEcho::Literal => Some(asked.into()),
        ScopeEcho::Absent => None,
    }
}

/// Creates a readable JWT with the agent's name, address and id. The claim that holds the id in Halo's token is not
/// known.
fn id_token(world: &TenantState, acts_as: TokenSubject) -> Option<String> {
    let TokenSubject::Agent(id) = acts_as else { return None };
    let agent = world.agents().find(|agent| agent.id == id)?;
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = encode(json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = encode(json!({
        "sub": id.to_string(),
        "name": agent.name,
        "email": super::identity::email(agent),
        "agent_id": id.to_string(),
        "aud": world.application.client_id,
    }));
    Some(format!("{head}.{claims}.{}", random(43)))
}
