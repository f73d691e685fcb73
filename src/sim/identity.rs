//! `/api/Agent/…` and `/api/Roles…`: the identity of a token. Members follow Halo's OpenAPI file; which of them a live
//! Halo fills for an API-only agent is not known, so [`Behaviours`] has switches for them.

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::behaviours::{Behaviours, ClaimsAt};
use super::permissions::Caller;
use super::request::AgentId;
use super::response::OutgoingResponse;
use super::tenant_state::{Agent, Role, TenantState};

/// Returns the made-up e-mail address of an agent.
pub(super) fn email(agent: &Agent) -> String {
    let name: String = agent.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(".");
    format!("{name}@halo.example")
}

/// `/api/Agent/me` and `/api/Agent/{id}`: an agent may read its own record, an administrator all of them.
pub(super) fn agent(caller: &Caller<'_>, manners: &Behaviours, which: AgentId) -> OutgoingResponse {
    let (agent, whole) = match which {
        AgentId::Me => (Some(caller.agent), false),
        AgentId::Number(id) if id == caller.agent.id => (Some(caller.agent), true),
        AgentId::Number(_) if !caller.is_administrator() => (None, false),
        AgentId::Number(id) => match caller.world.agents().find(|agent| agent.id == id) {
            Some(agent) => (Some(agent), true),
            None => return OutgoingResponse::api_error(StatusCode::NOT_FOUND, manners.error_shape, "Not Found"),
        },
    };
    match agent {
        Some(agent) if manners.me_readable => OutgoingResponse::ok(&agent_record(caller, manners, agent, whole)),
        _ => OutgoingResponse::api_error(StatusCode::FORBIDDEN, manners.error_shape, "Forbidden"),
    }
}

fn agent_record(caller: &Caller<'_>, manners: &Behaviours, agent: &Agent, whole: bool) -> Value {
    let mut record = Map::new();
    record.insert("id".into(), agent.id.into());
    record.insert("name".into(), agent.name.clone().into());
    record.insert("email".into(), email(agent).into());
    record.insert("isapiagent".into(), agent.api_only.into());
    record.insert("isdisabled".into(), (!agent.active).into());
    record.insert("is_admin".into(), agent.administrator.into());
    record.insert("team".into(), agent.default_team.clone().unwrap_or_default().into());
    if manners.claims == ClaimsAt::Me {
        record.insert("claims".into(), claims(&agent.claims));
    }
    if manners.me_roles || whole {
        let with_claims = manners.claims == ClaimsAt::Me;
        let roles = caller.world.roles().filter(|role| role.members.contains(&agent.id));
        record.insert("roles".into(), roles.map(|role| role_record(role, with_claims)).collect());
    }
    record.insert("teams".into(), agent.teams.iter().enumerate().map(|(at, name)| team(caller, at, name)).collect());
    record.insert("departments".into(), departments(agent));
    record.insert("clients".into(), limited(agent.customers_restricted, "client"));
    record.insert("tickettypes".into(), limited(agent.ticket_types_restricted, "tickettype"));
    Value::Object(record)
}

fn team(caller: &Caller<'_>, at: usize, name: &str) -> Value {
    json!({
        "team_id": at + 1,
        "team_name": name,
        "in_section": true,
        "unassigned_access": caller.has_switch("l9"),
        "otheragent_access": caller.has_switch("l8"),
    })
}

fn departments(agent: &Agent) -> Value {
    let named = agent.departments.iter().enumerate();
    named.map(|(at, name)| json!({ "department_id": at + 1, "department_name": name, "membershiplevel": 1 })).collect()
}

/// Returns the only customer or ticket type that a restricted agent may use; an empty list means that all are allowed.
fn limited(restricted: bool, what: &str) -> Value {
    if !restricted {
        return json!([]);
    }
    json!([{ format!("{what}_id"): super::generated_rows::RESTRICTED_TO, format!("{what}_name"): "Internal", "canview": true }])
}

/// `/api/Roles`.
pub(super) fn roles(world: &TenantState, manners: &Behaviours) -> OutgoingResponse {
    if !manners.roles_readable {
        return OutgoingResponse::api_error(StatusCode::FORBIDDEN, manners.error_shape, "Forbidden");
    }
    OutgoingResponse::ok(&world.roles().map(|role| role_record(role, false)).collect())
}

/// `/api/Roles/{id}`.
pub(super) fn role(world: &TenantState, manners: &Behaviours, id: &str) -> OutgoingResponse {
    if !manners.roles_readable {
        return OutgoingResponse::api_error(StatusCode::FORBIDDEN, manners.error_shape, "Forbidden");
    }
    let with_claims = manners.claims != ClaimsAt::Nowhere;
    match world.roles().find(|role| role.id.eq_ignore_ascii_case(id)) {
        Some(role) => OutgoingResponse::ok(&role_record(role, with_claims)),
        None => OutgoingResponse::api_error(StatusCode::NOT_FOUND, manners.error_shape, "Not Found"),
    }
}

fn role_record(role: &Role, with_claims: bool) -> Value {
    let mut record = Map::new();
    record.insert("id".into(), role.id.clone().into());
    record.insert("id_int".into(), role.id_int.into());
    record.insert("name".into(), role.name.clone().into());
    record.insert("is_integration".into(), false.into());
    if with_claims {
        record.insert("claims".into(), claims(&role.claims));
    }
    Value::Object(record)
}

fn claims(claims: &BTreeMap<String, String>) -> Value {
    claims.iter().map(|(name, value)| json!({ "type": name, "value": value })).collect()
}
