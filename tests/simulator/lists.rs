//! The list resources: who sees what, in which shape.

use std::collections::BTreeMap;

use halo_onboard::sim::{CUSTOMER_CANARY, ErrorShape, Refusal, Resource, Role, Scenario, TenantState, UNASSIGNED};
use serde_json::Value;

use crate::client::{Answer, get, start, token};

async fn list(change: impl FnOnce(&mut Scenario), resource: Resource, query: &str) -> Answer {
    let sim = start(change).await;
    let token = token(&sim).await;
    get(&sim, &format!("/api/{}?{query}", resource.name()), &token).await
}

#[tokio::test]
async fn every_list_has_halos_shape_and_rows_of_customers() {
    for (resource, key) in [
        (Resource::Tickets, "/tickets"),
        (Resource::Client, "/clients"),
        (Resource::Item, "/items"),
        (Resource::Opportunities, "/tickets"),
        (Resource::Invoice, "/invoices"),
        (Resource::ClientContract, "/contracts"),
        (Resource::TimesheetEvent, ""),
        (Resource::Timesheet, ""),
    ] {
        let answer = list(|_| {}, resource, "").await;
        assert_eq!(answer.status, 200);
        let json = answer.json();
        let rows = json.pointer(key).and_then(Value::as_array).unwrap_or_else(|| panic!("{key}: {json}"));
        assert!(rows.len() > 1, "{resource:?}");
        assert!(rows.iter().all(|row| row.to_string().contains(CUSTOMER_CANARY)), "{resource:?}");
        assert_eq!(json.get("record_count").is_some(), !key.is_empty(), "{resource:?}");
    }
}

#[tokio::test]
async fn scope_and_level_must_both_allow_it() {
    use Resource::{Client, ClientContract, Invoice, Item, Opportunities, Tickets, Timesheet, TimesheetEvent};
    // What is changed, what is asked for, the status and the number of rows.
    type Case = (fn(&mut TenantState), Resource, u16, usize);
    fn claim(world: &mut TenantState, name: &str, value: &str) {
        world.role.claims.insert(name.into(), value.into());
    }
    fn scopes(world: &mut TenantState, scopes: &[&str]) {
        world.application.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    }
    let cases: [Case; 42] = [
        (|_| {}, Tickets, 200, 7),
        (|w| claim(w, "Tx", "0"), Tickets, 403, 0),
        (|w| claim(w, "Tx", "2"), Tickets, 200, 7),
        (|w| claim(w, "Tx", "0"), Client, 200, 5),
        (|w| claim(w, "l9", "0"), Tickets, 200, 4),
        (|w| claim(w, "l8", "0"), Tickets, 200, 3),
        (|w| w.data.own_tickets = 2, Tickets, 200, 9),
        (|w| w.agent.teams.clear(), Tickets, 200, 7),
        (|w| (w.agent.teams.clear(), w.agent.departments.clear()).0, Tickets, 200, 0),
        (|w| w.agent.ticket_types_restricted = true, Tickets, 200, 0),
        (|w| w.agent.ticket_types_restricted = true, Opportunities, 200, 0),
        (|w| w.agent.ticket_types_restricted = true, Client, 200, 5),
        (|w| w.agent.customers_restricted = true, Client, 200, 1),
        (|w| w.agent.customers_restricted = true, Tickets, 200, 0),
        (|w| w.agent.customers_restricted = true, Invoice, 200, 0),
        (|w| w.agent.customers_restricted = true, ClientContract, 200, 0),
        (|w| w.agent.customers_restricted = true, Item, 200, 5),
        (|w| claim(w, "Ux", "0"), Client, 403, 0),
        (|w| claim(w, "Ux", "1"), Client, 200, 5),
        (|w| claim(w, "Ix", "0"), Item, 403, 0),
        (|w| claim(w, "Ix", "3"), Item, 200, 5),
        (|w| claim(w, "Ox", "0"), Opportunities, 403, 0),
        (|w| claim(w, "Xx", "0"), Invoice, 403, 0),
        (|w| claim(w, "Cx", "0"), ClientContract, 403, 0),
        (|w| claim(w, "Hx", "0"), TimesheetEvent, 403, 0),
        (|w| claim(w, "Hx", "1"), TimesheetEvent, 200, 1),
        (|w| claim(w, "Hx", "1"), Timesheet, 200, 1),
        (|w| claim(w, "Hx", "2"), Timesheet, 200, 1),
        (|w| (claim(w, "Hx", "2"), w.agent.manages.push(4)).0, Timesheet, 200, 3),
        (|w| claim(w, "Hx", "4"), Timesheet, 200, 5),
        (|w| w.role.members.clear(), Client, 403, 0),
        (|w| w.role.exists = false, Client, 403, 0),
        (|w| scopes(w, &["read:tickets"]), Tickets, 200, 7),
        (|w| scopes(w, &["read:tickets"]), Invoice, 403, 0),
        (|w| scopes(w, &["edit:invoices"]), Invoice, 200, 5),
        (|w| scopes(w, &["all"]), Invoice, 200, 5),
        (|w| scopes(w, &["all:standard"]), Invoice, 200, 5),
        (|w| (w.agent.administrator = true, w.role.members.clear()).0, Client, 200, 5),
        (|w| (w.agent.administrator = true, scopes(w, &["read:items"])).0, Client, 403, 0),
        (|w| (claim(w, "SA", "true"), claim(w, "Xx", "0")).0, Invoice, 200, 5),
        (|w| (claim(w, "Xx", "0"), w.agent.claims.insert("Xx".into(), "1".into())).0, Invoice, 200, 5),
        (|w| w.data.rows = [(Item, 0)].into(), Item, 200, 0),
    ];
    for (at, (change, resource, status, rows)) in cases.into_iter().enumerate() {
        let answer = list(|scenario| change(&mut scenario.world), resource, "").await;
        assert_eq!(answer.status, status, "case {at}: {resource:?}");
        if status == 200 {
            assert_eq!(answer.rows(resource).len(), rows, "case {at}: {resource:?}");
        }
    }
}

#[tokio::test]
async fn the_highest_of_several_roles_wins() {
    let answer = list(
        |scenario| {
            let claims = BTreeMap::from([("Xx".to_owned(), "2".to_owned())]);
            let second = Role { id: "b".into(), name: "Second".into(), claims, ..Role::default() };
            scenario.world.role.claims.insert("Xx".into(), "0".into());
            scenario.world.further_roles.push(second);
        },
        Resource::Invoice,
        "",
    )
    .await;
    assert_eq!(answer.rows(Resource::Invoice).len(), 5);
}

#[tokio::test]
async fn names_only_shows_names_and_ids() {
    let change = |scenario: &mut Scenario| drop(scenario.world.role.claims.insert("Ux".into(), "1".into()));
    let rows = list(change, Resource::Client, "").await.rows(Resource::Client);
    let members: Vec<_> = rows[0].as_object().expect("a row").keys().cloned().collect();
    assert_eq!(members, ["id", "name"]);
}

#[tokio::test]
async fn tickets_are_unassigned_or_of_other_agents() {
    let owners = |answer: Answer| -> Vec<u64> {
        answer.rows(Resource::Tickets).iter().filter_map(|row| row["agent_id"].as_u64()).collect()
    };
    assert_eq!(owners(list(|_| {}, Resource::Tickets, "").await), [1, 1, 1, 4, 7, 4, 7]);
    let unassigned = u64::from(UNASSIGNED);
    assert_eq!(owners(list(|_| {}, Resource::Tickets, "agent_id=1").await), [unassigned; 3]);
    assert_eq!(owners(list(|_| {}, Resource::Tickets, "agent_id=7").await), [7, 7]);
    let others = list(|_| {}, Resource::TimesheetEvent, "agent_id=4&start_date=2026-11-05T00:00:00Z").await;
    let rows = others.rows(Resource::TimesheetEvent);
    assert!(rows.iter().all(|row| row["agent_id"] == 4 && row["start_date"] == "2026-11-05T09:00:00"), "{rows:?}");
    assert_eq!(rows.len(), 2);
}

#[tokio::test]
async fn paging_is_halos() {
    use Resource::{Client, Tickets};
    // Query, rows in the answer, record_count, whether the page is named.
    let cases = [
        (Client, "", 50, 230, false),
        (Client, "count=1", 1, 230, false),
        (Client, "COUNT=999", 230, 230, false),
        (Client, "pageinate=true&page_size=1&page_no=1", 1, 230, true),
        (Client, "pageinate=true", 50, 230, true),
        (Client, "pageinate=true&page_size=100&page_no=3", 30, 230, true),
        (Client, "pageinate=true&page_size=100&page_no=4", 0, 230, true),
        (Client, "page_size=1&page_no=2", 50, 230, false),
        (Client, "pageinate=true&page_size=x&page_no=0", 50, 230, true),
        (Tickets, "count=1", 1, 1, false),
        (Tickets, "pageinate=true&page_size=500", 100, 100, true),
        (Tickets, "pageinate=true&page_size=100&page_no=2", 50, 50, true),
    ];
    for (resource, query, rows, count, named) in cases {
        let change = |scenario: &mut Scenario| {
            scenario.world.data.rows.insert(Client, 230);
            scenario.world.data.others_tickets = 147;
        };
        let answer = list(change, resource, query).await;
        assert_eq!(answer.rows(resource).len(), rows, "{query}");
        assert_eq!(answer.json()["record_count"], count, "{query}");
        assert_eq!(answer.json().get("page_no").is_some(), named, "{query}");
    }
}

#[tokio::test]
async fn refusals_take_the_form_that_the_manner_says() {
    for (refusal, status) in [(Refusal::Unauthorized, 401), (Refusal::Forbidden, 403), (Refusal::EmptyList, 200)] {
        let by_scope = |scenario: &mut Scenario| {
            scenario.world.application.scopes.retain(|scope| scope != "read:invoices");
            scenario.manners.scope_refusal = refusal;
        };
        let by_role = |scenario: &mut Scenario| {
            scenario.world.role.claims.insert("Xx".into(), "0".into());
            scenario.manners.role_refusal = refusal;
        };
        for answer in [list(by_scope, Resource::Invoice, "").await, list(by_role, Resource::Invoice, "").await] {
            assert_eq!(answer.status, status, "{refusal:?}");
            if status == 200 {
                assert!(answer.rows(Resource::Invoice).is_empty());
            }
        }
    }
}

#[tokio::test]
async fn error_bodies_take_the_shapes_that_clients_parse() {
    for (shape, body) in [
        (ErrorShape::ResultCode, r#"{"resultCode":403,"errorMessage":"Forbidden"}"#),
        (ErrorShape::ClassName, r#"{"ClassName":"System.Exception","Message":"Forbidden"}"#),
        (ErrorShape::Message, r#"{"Message":"Forbidden"}"#),
        (ErrorShape::Error, r#"{"error":"Forbidden"}"#),
        (ErrorShape::Text, "403:Forbidden"),
        (ErrorShape::Empty, ""),
    ] {
        let change = |scenario: &mut Scenario| {
            scenario.manners.error_shape = shape;
            scenario.world.role.claims.insert("Xx".into(), "0".into());
        };
        let answer = list(change, Resource::Invoice, "").await;
        assert_eq!((answer.status, answer.body.as_str()), (403, body), "{shape:?}");
    }
}

#[tokio::test]
async fn the_rules_of_the_api_description_can_hold_instead() {
    type Case = (&'static [(&'static str, &'static str)], Resource, u16, usize);
    let cases: [Case; 8] = [
        (&[("Cx", "0")], Resource::ClientContract, 200, 5),
        (&[("Cx", "0"), ("Ux", "1")], Resource::ClientContract, 200, 5),
        (&[("Ux", "0")], Resource::ClientContract, 403, 0),
        (&[("Xx", "0")], Resource::Invoice, 200, 5),
        (&[("Ox", "0")], Resource::Invoice, 403, 0),
        (&[("Hx", "0")], Resource::Timesheet, 200, 1),
        (&[("Hx", "0")], Resource::TimesheetEvent, 200, 1),
        (&[("Hx", "3")], Resource::TimesheetEvent, 200, 5),
    ];
    for (claims, resource, status, rows) in cases {
        let change = |scenario: &mut Scenario| {
            scenario.manners.apidoc_rules = true;
            scenario.world.role.claims.extend(claims.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        };
        let answer = list(change, resource, "").await;
        assert_eq!(answer.status, status, "{claims:?} {resource:?}");
        if status == 200 {
            assert_eq!(answer.rows(resource).len(), rows, "{claims:?} {resource:?}");
        }
    }
}

#[tokio::test]
async fn a_module_that_is_off_is_not_found() {
    let off = |scenario: &mut Scenario| scenario.world.modules_off.push(Resource::Timesheet);
    assert_eq!(list(off, Resource::Timesheet, "").await.status, 404);
    assert_eq!(list(off, Resource::TimesheetEvent, "").await.status, 200);
}
