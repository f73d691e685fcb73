//! What a recording tells about the facts of Halo's API that no public source settles (docs/halo.md, "What only a live
//! tenant can settle").

use serde_json::{Map, Value};

use super::format::{BodyShape, ExchangeShape, Recording, ResponseShape, RowsShape};
use crate::domain::permission_levels;

/// An open question about Halo's API, and what a recording shows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Its number in docs/halo.md.
    pub number: u8,
    /// What is not known.
    pub question: &'static str,
    /// What this recording shows; empty if it leaves the question open.
    pub findings: Vec<String>,
}

/// How a recording answers one question.
type Reader = fn(&Recording) -> Vec<String>;

/// The questions, numbered from 1 in this order.
const QUESTIONS: [(&str, Reader); 16] = [
    ("status and body of a refusal by the API", refusals),
    ("a role whose level is too low: refused, or an empty list", low_levels),
    ("whether /Agent/me fills roles, claims and teams, and whether /Roles/{id} may be read", record_members),
    ("what the token reply lists as granted, and what becomes of all and of ungranted names", scope_echo),
    ("invalid_client: status, and how much the error says", invalid_client),
    (
        "replies for an inactive application, a disabled agent, no agent, no licence, a refused address",
        other_sign_in_errors,
    ),
    ("the answer to a wrong tenant, and whether authinfo names one", tenant),
    ("claim types and numbers of this version", claims),
    ("what \"No Default Team\" does to the visible tickets", default_team),
    ("timesheets: whether other agents' rows are shown, hidden or refused", timesheets),
    ("whether agent 1 is \"Unassigned\"", unassigned),
    ("the rate limit, and whether Retry-After is sent", rate_limit),
    ("members of the id_token, and lifetimes", id_token),
    ("whether tokens are issued at another host than the API", auth_host),
    ("firewalls, gateways and redirects in front of Halo", in_front),
    ("whether permissions set on the agent itself show beside those of its roles", own_claims),
];

/// Findings of the recording for each question, in the order of the questions.
pub fn doubts(recording: &Recording) -> Vec<Doubt> {
    let numbered = (1..).zip(QUESTIONS);
    numbered.map(|(number, (question, read))| Doubt { number, question, findings: read(recording) }).collect()
}

/// An exchange that has an answer.
type Answered<'a> = (&'a ExchangeShape, &'a ResponseShape);

fn answered(recording: &Recording) -> impl Iterator<Item = Answered<'_>> {
    recording.exchanges.iter().filter_map(|exchange| Some((exchange, exchange.response.as_ref()?)))
}

/// Answers of list endpoints.
fn lists(recording: &Recording) -> impl Iterator<Item = Answered<'_>> {
    let is_list = |(exchange, _): &Answered<'_>| !["discovery", "token", "identity"].contains(&exchange.check.as_str());
    answered(recording).filter(is_list)
}

fn of_check<'a>(recording: &'a Recording, check: &'a str) -> impl Iterator<Item = Answered<'a>> {
    answered(recording).filter(move |(exchange, _)| exchange.check == check)
}

/// The last part of an address.
fn endpoint(exchange: &ExchangeShape) -> &str {
    exchange.url.split("/api/").nth(1).unwrap_or(&exchange.url)
}

fn object(response: &ResponseShape) -> Option<&Map<String, Value>> {
    match &response.body {
        BodyShape::Json(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn member<'a>(response: &'a ResponseShape, name: &str) -> Option<&'a Value> {
    object(response)?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Short description of a body.
fn body(response: &ResponseShape) -> String {
    match &response.body {
        BodyShape::Empty => "empty".into(),
        BodyShape::Json(Value::Object(members)) => {
            format!("JSON with {}", members.keys().take(8).cloned().collect::<Vec<_>>().join(", "))
        }
        BodyShape::Json(_) => "JSON".into(),
        BodyShape::BrokenJson { .. } => "broken JSON".into(),
        BodyShape::Page { .. } => "a web page".into(),
        BodyShape::Text(_) => "plain text".into(),
        BodyShape::Undecodable(_) => "no readable text".into(),
    }
}

fn distinct(findings: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    findings.for_each(|finding| {
        if !out.contains(&finding) {
            out.push(finding);
        }
    });
    out
}

fn refusals(recording: &Recording) -> Vec<String> {
    let refused =
        lists(recording).filter(|(_, response)| matches!(response.status, 400..=499) && response.status != 429);
    let told = |(exchange, response): Answered<'_>| {
        let challenge =
            response.www_authenticate.first().map(|one| format!(", WWW-Authenticate: {one}")).unwrap_or_default();
        let code = recording.verdict.checks.get(&exchange.check).map(|code| format!(" ({code})")).unwrap_or_default();
        format!("{}: {}, {}{challenge}{code}", endpoint(exchange), response.status, body(response))
    };
    distinct(refused.map(told))
}

fn low_levels(recording: &Recording) -> Vec<String> {
    let low = lists(recording).filter(|(exchange, _)| {
        recording.verdict.checks.get(&exchange.check).is_some_and(|code| code.ends_with("api.role_level"))
    });
    distinct(low.map(|(exchange, response)| format!("{}: {}, {}", endpoint(exchange), response.status, rows(response))))
}

fn rows(response: &ResponseShape) -> String {
    match &response.rows {
        Some(RowsShape::List { rows, .. }) => format!("a list with {rows} rows"),
        Some(_) => "no list".into(),
        None => body(response),
    }
}

fn record_members(recording: &Recording) -> Vec<String> {
    let told = |(exchange, response): Answered<'_>| {
        let is_record = exchange.url.ends_with("/Agent/me");
        let name = if is_record { "/Agent/me" } else { "/Roles/{id}" };
        let Some(_) = object(response).filter(|_| response.status == 200) else {
            return format!("{name}: {}, {}", response.status, body(response));
        };
        let names: &[&str] = if is_record { &["roles", "claims", "teams"] } else { &["claims"] };
        let filled = names.iter().map(|name| match member(response, name) {
            None => format!("no {name}"),
            Some(Value::Array(items)) => format!("{name}: {}", items.len()),
            Some(_) => format!("{name} is no list"),
        });
        let in_roles = member(response, "roles").and_then(Value::as_array).map(|roles| {
            let with = roles.iter().filter(|role| role.get("claims").is_some()).count();
            format!("roles with claims: {with}")
        });
        format!("{name}: 200, {}", filled.chain(in_roles).collect::<Vec<_>>().join(", "))
    };
    distinct(of_check(recording, "identity").map(told))
}

fn scope_echo(recording: &Recording) -> Vec<String> {
    let told = |(exchange, response): Answered<'_>| {
        let asked = exchange.scopes.as_deref().unwrap_or_default();
        let asked = match asked.split_whitespace().count() {
            0 => "no scope".to_owned(),
            1 => asked.to_owned(),
            many => format!("{many} names"),
        };
        let came = match (response.status, member(response, "scope"), member(response, "error")) {
            (200, Some(Value::String(scope)), _) if scope == exchange.scopes.as_deref().unwrap_or_default() => {
                "granted, the request's own text is echoed".to_owned()
            }
            (200, Some(Value::String(scope)), _) => {
                format!("granted, {} names are listed", scope.split_whitespace().count())
            }
            (200, Some(Value::Array(items)), _) => format!("granted, a list of {} names", items.len()),
            (200, ..) if member(response, "access_token").is_some() => "granted, nothing is listed".to_owned(),
            (status, _, Some(Value::String(word))) => format!("{status}, {word}"),
            _ => return None,
        };
        Some(format!("asked for {asked}: {came}"))
    };
    distinct(of_check(recording, "token").filter_map(told))
}

/// Token replies with an OAuth error.
fn token_errors(recording: &Recording) -> impl Iterator<Item = (&str, Answered<'_>)> {
    of_check(recording, "token").filter_map(|answered| Some((member(answered.1, "error")?.as_str()?, answered)))
}

fn invalid_client(recording: &Recording) -> Vec<String> {
    let found = token_errors(recording).filter(|(word, _)| *word == "invalid_client");
    distinct(found.map(|(_, (_, response))| {
        let description = member(response, "error_description").and_then(Value::as_str).unwrap_or("nothing");
        format!("{}, {}; it says {description}", response.status, body(response))
    }))
}

fn other_sign_in_errors(recording: &Recording) -> Vec<String> {
    let known = ["invalid_client", "invalid_scope"];
    let words = token_errors(recording).filter(|(word, _)| !known.contains(word));
    distinct(words.map(|(word, (_, response))| {
        format!("{word}: {}, {}; note beside it what was set in Halo", response.status, body(response))
    }))
}

fn tenant(recording: &Recording) -> Vec<String> {
    let named = |(_, response): Answered<'_>| {
        object(response).filter(|_| response.status == 200)?;
        let tenant = member(response, "tenant_id").or_else(|| member(response, "tenantId")).and_then(Value::as_str);
        Some(match tenant {
            None => "authinfo names no tenant".to_owned(),
            Some("" | "Not set") => "authinfo says that there is none".to_owned(),
            Some(_) => "authinfo names the tenant".to_owned(),
        })
    };
    let refused = |(_, response): Answered<'_>| {
        let about =
            member(response, "error_description").and_then(Value::as_str).is_some_and(|text| text.contains("tenant"));
        let page = matches!(response.body, BodyShape::Page { .. });
        (about || page)
            .then(|| format!("a refused tenant, or what looks like one: {}, {}", response.status, body(response)))
    };
    let discovery = of_check(recording, "discovery").filter_map(named);
    distinct(discovery.chain(of_check(recording, "token").filter_map(refused)))
}

/// Every claim of the agent's record and of its roles: type and value.
fn all_claims(recording: &Recording) -> Vec<(String, String)> {
    fn gather(value: &Value, out: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) => {
                let text = |name: &str| {
                    members.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                };
                if let (Some(name), Some(value)) =
                    (text("type").or_else(|| text("claimtype")), text("value").or_else(|| text("claimvalue")))
                {
                    out.push((name, value));
                }
                members.values().for_each(|member| gather(member, out));
            }
            Value::Array(items) => items.iter().for_each(|item| gather(item, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (_, response) in of_check(recording, "identity") {
        if let BodyShape::Json(value) = &response.body {
            gather(value, &mut out);
        }
    }
    out.sort();
    out.dedup();
    out
}

fn claims(recording: &Recording) -> Vec<String> {
    let claims = all_claims(recording);
    if claims.is_empty() {
        return Vec::new();
    }
    let is_read = |(name, value): &&(String, String)| {
        permission_levels::is_known(name)
            && permission_levels::scale(name).is_none_or(|scale| scale.by_value(value).is_some())
    };
    let (known, unknown): (Vec<_>, Vec<_>) = claims.iter().partition(|claim| is_read(claim));
    let list = |claims: &[&(String, String)]| {
        claims.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    let mut out = vec![format!("known: {}", list(&known))];
    if !unknown.is_empty() {
        out.push(format!("not known: {}", list(&unknown)));
    }
    out
}

fn default_team(recording: &Recording) -> Vec<String> {
    let record = of_check(recording, "identity").find(|(exchange, _)| exchange.url.ends_with("/Agent/me"));
    let Some(team) = record.and_then(|(_, response)| member(response, "team")) else { return Vec::new() };
    let team = match team.as_str() {
        Some("" | "<no default team>") => "none",
        Some(_) => "one",
        None if team.is_null() => "none",
        None => "one",
    };
    let tickets =
        of_check(recording, "tickets").last().map(|(_, response)| format!("{}, {}", response.status, rows(response)));
    tickets.map(|tickets| format!("default team: {team}; tickets: {tickets}")).into_iter().collect()
}

fn timesheets(recording: &Recording) -> Vec<String> {
    let sheets = lists(recording).filter(|(exchange, _)| endpoint(exchange).starts_with("Timesheet"));
    distinct(sheets.map(|(exchange, response)| {
        let agents = match &response.rows {
            Some(RowsShape::List { agents, .. }) if !agents.is_empty() => format!(" of {} agents", agents.len()),
            _ => String::new(),
        };
        format!("{}: {}, {}{agents}", endpoint(exchange), response.status, rows(response))
    }))
}

fn unassigned(recording: &Recording) -> Vec<String> {
    let tickets = of_check(recording, "tickets").filter_map(|(_, response)| match &response.rows {
        Some(RowsShape::List { agents, .. }) => Some(agents.get("1").map_or_else(
            || "no ticket of agent 1 is visible".to_owned(),
            |rows| format!("tickets of agent 1: {rows}; look at one of them in Halo"),
        )),
        _ => None,
    });
    distinct(tickets)
}

fn rate_limit(recording: &Recording) -> Vec<String> {
    let limited = answered(recording).filter(|(_, response)| response.status == 429);
    let before = |sent: u64| recording.exchanges.iter().filter(|exchange| exchange.sent_ms <= sent).count();
    distinct(limited.take(1).map(|(exchange, response)| {
        let wait =
            response.retry_after_s.map_or_else(|| "no Retry-After".to_owned(), |wait| format!("Retry-After: {wait}"));
        format!("429 at request {} of the run, {wait}, {}", before(exchange.sent_ms), body(response))
    }))
}

fn id_token(recording: &Recording) -> Vec<String> {
    let told = |(_, response): Answered<'_>| {
        member(response, "access_token")?;
        let lifetime = member(response, "expires_in")
            .map_or_else(|| "no lifetime".to_owned(), |value| format!("lifetime {value} s"));
        let token = match member(response, "id_token") {
            None => "no id_token".to_owned(),
            Some(token) => match token.get(super::placeholder::TOKEN_CONTENT).and_then(Value::as_object) {
                Some(members) => format!("id_token with {}", members.keys().cloned().collect::<Vec<_>>().join(", ")),
                None => "an id_token that cannot be read".to_owned(),
            },
        };
        Some(format!("{lifetime}, {token}"))
    };
    distinct(of_check(recording, "token").filter_map(told))
}

fn auth_host(recording: &Recording) -> Vec<String> {
    let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin());
    let server = origin(&recording.connection.resource_server);
    let told = |(exchange, response): Answered<'_>| {
        let where_ = if origin(&exchange.url) == server { "the API's own host" } else { "another host" };
        let path = url::Url::parse(&exchange.url).ok()?.path().to_owned();
        Some(format!("{where_}, {path}: {}", response.status))
    };
    distinct(of_check(recording, "token").filter_map(told))
}

fn in_front(recording: &Recording) -> Vec<String> {
    let told = |(exchange, response): Answered<'_>| {
        let page = match &response.body {
            BodyShape::Page { marks, .. } if !marks.is_empty() => Some(format!("a page with {}", marks.join(", "))),
            BodyShape::Page { .. } => Some("a page".to_owned()),
            _ => None,
        };
        let redirect = response.location.as_ref().map(|to| format!("a redirect to {to}"));
        let headers = (!response.gateway_headers.is_empty()).then(|| response.gateway_headers.join(", "));
        let server = response.server.as_ref().map(|server| format!("Server: {server}"));
        let parts: Vec<String> = [page, redirect, headers, server].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("{}: {}, {}", endpoint(exchange), response.status, parts.join(", ")))
    };
    distinct(answered(recording).filter_map(told))
}

fn own_claims(recording: &Recording) -> Vec<String> {
    let record = of_check(recording, "identity").find(|(exchange, _)| exchange.url.ends_with("/Agent/me"));
    let Some(response) = record.map(|(_, response)| response).filter(|response| response.status == 200) else {
        return Vec::new();
    };
    let own = member(response, "claims").and_then(Value::as_array).map(Vec::len);
    let roles = member(response, "roles").and_then(Value::as_array);
    let of_roles = roles.map(|roles| roles.iter().filter(|role| role.get("claims").is_some()).count());
    match (own, of_roles) {
        (Some(own @ 1..), Some(roles @ 1..)) => {
            vec![format!("the record has {own} claims of its own beside {roles} roles with claims")]
        }
        (Some(own @ 1..), _) => vec![format!("the record has {own} claims of its own, and no role shows any")],
        (Some(0), Some(1..)) => {
            vec!["the record has a list of its own claims, and it is empty; roles show theirs".to_owned()]
        }
        _ => Vec::new(),
    }
}
