//! Responses of the list resources: a refusal or rows, filtered and paged like Halo's (see docs/halo.md, "Reply
//! shapes").

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::behaviours::{Behaviours, BigLists, Refusal};
use super::endpoints::Resource;
use super::generated_rows;
use super::permissions::{Caller, RowVisibility};
use super::request::IncomingRequest;
use super::response::OutgoingResponse;

/// Default number of rows in a response (from live reports).
const DEFAULT_ROWS: usize = 50;

/// Largest `page_size` of tickets (Halo's OpenAPI file).
const TICKETS_PAGE: usize = 100;

/// Responds to a request for a list.
pub(super) fn answer(
    caller: &Caller<'_>,
    manners: &Behaviours,
    resource: Resource,
    call: &IncomingRequest,
) -> OutgoingResponse {
    let sight = caller.visibility(resource, manners.apidoc_rules);
    let refusal = match sight {
        RowVisibility::ScopeShort => manners.scope_refusal,
        RowVisibility::RoleShort => manners.role_refusal,
        _ => {
            let day = call.query("start_date");
            let visible = generated_rows::visible(caller, resource, sight, day.as_deref());
            return match manners.big_lists {
                Some(size) => big_list(resource, size, &visible),
                None => list(resource, call, visible),
            };
        }
    };
    let refuse = |status, message| {
        let error = if sight == RowVisibility::ScopeShort { "insufficient_scope" } else { "" };
        let reply = OutgoingResponse::api_error(status, manners.error_shape, message);
        reply.bearer_error(manners.bearer_errors && !error.is_empty(), error)
    };
    match refusal {
        Refusal::Unauthorized => refuse(StatusCode::UNAUTHORIZED, "Unauthorized"),
        Refusal::Forbidden => refuse(StatusCode::FORBIDDEN, "Forbidden"),
        Refusal::EmptyList => list(resource, call, Vec::new()),
    }
}

fn list(resource: Resource, call: &IncomingRequest, mut rows: Vec<Value>) -> OutgoingResponse {
    if let Some(agent) = call.query_number("agent_id") {
        rows.retain(|row| row.get("agent_id").is_none_or(|of| of.as_u64() == Some(agent as u64)));
    }
    let Some(key) = resource.list_key() else { return OutgoingResponse::ok(&Value::Array(rows)) };
    let total = rows.len();
    let mut body = Map::new();
    let page = if flag(call, "pageinate") {
        let size = call.query_number("page_size").unwrap_or(DEFAULT_ROWS);
        let size = if resource == Resource::Tickets { size.min(TICKETS_PAGE) } else { size };
        let number = call.query_number("page_no").unwrap_or(1).max(1);
        body.insert("page_no".into(), number.into());
        body.insert("page_size".into(), size.into());
        rows.into_iter().skip((number - 1).saturating_mul(size)).take(size).collect::<Vec<_>>()
    } else {
        rows.into_iter().take(call.query_number("count").unwrap_or(DEFAULT_ROWS)).collect()
    };
    // Where rows are tickets, the number has been seen to be the page's own: no client may take it for a total.
    let record_count = if key == "tickets" { page.len() } else { total };
    body.insert("record_count".into(), record_count.into());
    body.insert(key.into(), page.into());
    OutgoingResponse::ok(&Value::Object(body))
}

/// Returns a list of a large tenant: the visible rows repeated, regardless of the requested page.
fn big_list(resource: Resource, size: BigLists, visible: &[Value]) -> OutgoingResponse {
    let filler = "x".repeat(size.row_bytes);
    let rows: Vec<Value> = visible
        .iter()
        .cycle()
        .take(if visible.is_empty() { 0 } else { size.rows })
        .cloned()
        .map(|mut row| {
            if let Some(row) = row.as_object_mut() {
                row.insert("details".into(), filler.clone().into());
            }
            row
        })
        .collect();
    let Some(key) = resource.list_key() else { return OutgoingResponse::ok(&Value::Array(rows)) };
    let mut body = Map::new();
    body.insert("record_count".into(), rows.len().into());
    if size.preface_bytes > 0 {
        body.insert("columns".into(), json!([{ "name": "y".repeat(size.preface_bytes) }]));
    }
    body.insert(key.into(), rows.into());
    OutgoingResponse::ok(&Value::Object(body))
}

fn flag(call: &IncomingRequest, name: &str) -> bool {
    call.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

/// Returns 200 and JSON without a list.
pub(super) fn without_list() -> OutgoingResponse {
    OutgoingResponse::ok(&json!({ "record_count": 1, "view": { "id": 1, "name": "List" } }))
}
