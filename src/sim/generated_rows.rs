//! Generated rows. Every row that represents a customer's data contains a canary text: if it appears in a client's
//! output, the client kept data that it should only have counted.

use serde_json::{Value, json};

use super::endpoints::Resource;
use super::permissions::{Caller, RowVisibility};
use super::tenant_state::UNASSIGNED;

/// Canary text in each row of a list.
pub const CUSTOMER_CANARY: &str = "Canarino & Figli 7f3a9c";

/// Id of the only customer, or ticket type, that a restricted agent may use. No row belongs to it.
pub(super) const RESTRICTED_TO: u32 = 12;

/// Day of the rows if the request names none.
const SOME_DAY: &str = "2026-03-02";

/// Default number of rows of a resource.
const ROWS: usize = 5;

/// Returns the rows of a resource that the caller may see, before paging; `day` is the first requested day.
pub(super) fn visible(caller: &Caller<'_>, resource: Resource, sight: RowVisibility, day: Option<&str>) -> Vec<Value> {
    let many = || (0..caller.world.data.rows.get(&resource).copied().unwrap_or(ROWS)).map(|at| at + 1);
    let day = day.and_then(|day| day.get(..10)).unwrap_or(SOME_DAY);
    match resource {
        Resource::Tickets => tickets(caller),
        Resource::Opportunities | Resource::Projects if sees_no_ticket(caller) => Vec::new(),
        Resource::Invoice | Resource::ClientContract if caller.agent.customers_restricted => Vec::new(),
        Resource::Client if caller.agent.customers_restricted => vec![client(RESTRICTED_TO as usize)],
        Resource::Client if sight == RowVisibility::Names => many().map(names_only).collect(),
        Resource::Item if sight == RowVisibility::Names => many().map(names_only).collect(),
        Resource::Users if sight == RowVisibility::Names => many().map(names_only).collect(),
        Resource::Client => many().map(client).collect(),
        Resource::Item => many().map(item).collect(),
        Resource::Users
        | Resource::Asset
        | Resource::Supplier
        | Resource::Quotation
        | Resource::SalesOrder
        | Resource::PurchaseOrder
        | Resource::SoftwareLicence
        | Resource::Appointment => many().map(named).collect(),
        Resource::Opportunities | Resource::Projects => many().map(opportunity).collect(),
        Resource::Invoice => many().map(invoice).collect(),
        Resource::ClientContract => many().map(contract).collect(),
        Resource::TimesheetEvent => timed(caller, sight, many()).map(|(at, who)| event(at, who, day)).collect(),
        Resource::Timesheet => timed(caller, sight, many()).map(|(at, who)| timesheet(at, who, day)).collect(),
    }
}

/// Returns true if the agent is allowed to read tickets but none is visible: it has no team and no department, or is
/// restricted to a customer or a type without tickets.
fn sees_no_ticket(caller: &Caller<'_>) -> bool {
    let agent = caller.agent;
    let nowhere = agent.teams.is_empty() && agent.departments.is_empty();
    nowhere || agent.customers_restricted || agent.ticket_types_restricted
}

fn tickets(caller: &Caller<'_>) -> Vec<Value> {
    if sees_no_ticket(caller) {
        return Vec::new();
    }
    let data = &caller.world.data;
    let count = |shown: bool, rows: usize| if shown { rows } else { 0 };
    let others = others(caller);
    let unassigned = std::iter::repeat_n(UNASSIGNED, count(caller.has_switch("l9"), data.unassigned_tickets));
    let of_others = others.into_iter().cycle().take(count(caller.has_switch("l8"), data.others_tickets));
    let own = std::iter::repeat_n(caller.agent.id, data.own_tickets);
    unassigned.chain(of_others).chain(own).enumerate().map(|(at, who)| ticket(at + 1, who)).collect()
}

/// Returns the ids of the agents who own tickets and time.
fn others(caller: &Caller<'_>) -> Vec<u32> {
    let people = || caller.world.agents().filter(|agent| agent.id != caller.agent.id && !agent.api_only);
    people().map(|agent| agent.id).collect()
}

/// Assigns an agent to each row of time: the first row is the caller's own, the others alternate among the working
/// agents.
fn timed(
    caller: &Caller<'_>,
    sight: RowVisibility,
    many: impl Iterator<Item = usize>,
) -> impl Iterator<Item = (usize, u32)> {
    let (me, others, manages) = (caller.agent.id, others(caller), caller.agent.manages.clone());
    let owner = move |at: usize| if at == 1 || others.is_empty() { me } else { others[at % others.len()] };
    many.map(move |at| (at, owner(at))).filter(move |(_, who)| match sight {
        RowVisibility::All => true,
        RowVisibility::Managed => *who == me || manages.contains(who),
        _ => *who == me,
    })
}

fn names_only(at: usize) -> Value {
    json!({ "id": at + 100, "name": format!("{CUSTOMER_CANARY} {at}") })
}

fn ticket(at: usize, agent: u32) -> Value {
    json!({
        "id": 2000 + at,
        "summary": format!("{CUSTOMER_CANARY}: printer {at} prints blank pages"),
        "details": format!("Reported by telephone by {CUSTOMER_CANARY}."),
        "dateoccurred": format!("{SOME_DAY}T08:15:00"),
        "dateclosed": "1900-01-01T00:00:00",
        "client_id": 100 + at,
        "client_name": format!("{CUSTOMER_CANARY} {at}"),
        "agent_id": agent,
        "team": "Service Desk",
        "tickettype_id": 1,
        "status_id": 2,
    })
}

fn client(at: usize) -> Value {
    json!({
        "id": 100 + at,
        "name": format!("{CUSTOMER_CANARY} {at}"),
        "toplevel_id": 1,
        "inactive": false,
        "colour": "#2bd3c6",
        "accountsid": format!("ACC-{at:04}"),
    })
}

fn named(at: usize) -> Value {
    json!({ "id": 700 + at, "name": format!("{CUSTOMER_CANARY} {at}"), "inactive": false })
}

fn item(at: usize) -> Value {
    json!({ "id": 300 + at, "name": format!("Toner {at} for {CUSTOMER_CANARY}"), "baseprice": 41.5, "quantity_in_stock": at })
}

fn opportunity(at: usize) -> Value {
    json!({
        "id": 4000 + at,
        "summary": format!("New laptops for {CUSTOMER_CANARY} {at}"),
        "client_name": format!("{CUSTOMER_CANARY} {at}"),
        "oppvalue": 1200.0,
        "status_id": 1,
    })
}

fn invoice(at: usize) -> Value {
    json!({
        "id": 500 + at,
        "client_name": format!("{CUSTOMER_CANARY} {at}"),
        "invoice_date": format!("{SOME_DAY}T00:00:00"),
        "total": 99.0,
        "posted": true,
    })
}

fn contract(at: usize) -> Value {
    json!({
        "id": 600 + at,
        "ref": format!("AGR-{at:03} {CUSTOMER_CANARY}"),
        "client_name": format!("{CUSTOMER_CANARY} {at}"),
        "start_date": format!("{SOME_DAY}T00:00:00"),
        "active": true,
    })
}

fn event(at: usize, agent: u32, day: &str) -> Value {
    json!({
        "id": 700 + at,
        "event_type": 0,
        "subject": format!("Visit to {CUSTOMER_CANARY}"),
        "start_date": format!("{day}T09:00:00"),
        "end_date": format!("{day}T09:45:00"),
        "timetaken": 0.75,
        "agent_id": agent,
        "ticket_id": 2000 + at,
        "action_number": 1,
        "client_id": 100 + at,
    })
}

fn timesheet(at: usize, agent: u32, day: &str) -> Value {
    json!({
        "id": 800 + at,
        "agent_id": agent,
        "date": format!("{day}T00:00:00"),
        "target_hours": 8.0,
        "actual_hours": 6.5,
        "chargeable_hours": 5.0,
        "note": format!("On site at {CUSTOMER_CANARY}"),
        "events": [],
    })
}
