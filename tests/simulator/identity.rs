//! `/api/Agent/…` and `/api/Roles…`.

use halo_onboard::sim::{Behaviours, ClaimsAt, Role};
use serde_json::Value;

use crate::client::{get, start, token};

fn claim(list: &Value, name: &str) -> Option<String> {
    let found = list.as_array()?.iter().find(|claim| claim["type"] == name)?;
    found["value"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn me_is_the_agent_with_its_roles_claims_and_teams() {
    let sim = start(|_| {}).await;
    let token = token(&sim).await;
    let me = get(&sim, "/api/agent/me", &token).await.json();
    assert_eq!(me["name"], "Reader Agent");
    assert_eq!(me["isapiagent"], true);
    assert_eq!(me["isdisabled"], false);
    assert_eq!(me["is_admin"], false);
    assert_eq!(me["team"], "");
    assert_eq!(me["roles"][0]["name"], "Reader Role");
    assert_eq!(claim(&me["roles"][0]["claims"], "Hx").as_deref(), Some("3"));
    assert_eq!(me["teams"][0]["team_name"], "Service Desk");
    assert_eq!(me["departments"].as_array().map(Vec::len), Some(1));
    assert_eq!(me["clients"].as_array().map(Vec::len), Some(0));
    assert_eq!(get(&sim, "/api/Agent/27", &token).await.json()["id"], 27);
    assert_eq!(get(&sim, "/api/Agent/4", &token).await.status, 403);
}

#[tokio::test]
async fn one_fact_of_the_world_is_one_member_of_the_record() {
    let sim = start(|_| {}).await;
    let token = token(&sim).await;
    sim.update_tenant(|world| {
        world.agent.api_only = false;
        world.agent.administrator = true;
        world.agent.default_team = Some("Projects".into());
        world.agent.customers_restricted = true;
        world.agent.ticket_types_restricted = true;
        world.agent.claims.insert("Px".into(), "1".into());
        world.role.claims.insert("l9".into(), "0".into());
        world.role.members.clear();
    });
    let me = get(&sim, "/api/Agent/me", &token).await.json();
    assert_eq!(me["isapiagent"], false);
    assert_eq!(me["is_admin"], true);
    assert_eq!(me["team"], "Projects");
    assert_eq!(me["clients"].as_array().map(Vec::len), Some(1));
    assert_eq!(me["tickettypes"].as_array().map(Vec::len), Some(1));
    assert_eq!(claim(&me["claims"], "Px").as_deref(), Some("1"));
    assert_eq!(me["roles"].as_array().map(Vec::len), Some(0));
    assert_eq!(get(&sim, "/api/Agent/4", &token).await.json()["name"], "Dana Whitfield", "an administrator may");
    assert_eq!(get(&sim, "/api/Agent/99", &token).await.status, 404);
}

#[tokio::test]
async fn manners_decide_what_can_be_read() {
    // me, roles in me, claims in me, role record, claims in the role record
    type Case = (fn(&mut Behaviours), u16, bool, bool, u16, bool);
    let cases: [Case; 6] = [
        (|_| {}, 200, true, true, 200, true),
        (|m| m.claims = ClaimsAt::Roles, 200, true, false, 200, true),
        (|m| m.claims = ClaimsAt::Nowhere, 200, true, false, 200, false),
        (|m| m.me_roles = false, 200, false, false, 200, true),
        (|m| m.me_readable = false, 403, false, false, 200, true),
        (|m| m.roles_readable = false, 200, true, true, 403, false),
    ];
    for (at, (change, me_status, roles, claims, role_status, role_claims)) in cases.into_iter().enumerate() {
        let sim = start(|scenario| change(&mut scenario.manners)).await;
        let token = token(&sim).await;
        let me = get(&sim, "/api/Agent/me", &token).await;
        assert_eq!(me.status, me_status, "case {at}");
        assert_eq!(me.json().get("roles").is_some(), roles, "case {at}");
        assert_eq!(me.json().pointer("/roles/0/claims").is_some(), claims, "case {at}");
        let id = Role::default().id;
        let role = get(&sim, &format!("/api/Roles/{id}"), &token).await;
        assert_eq!(role.status, role_status, "case {at}");
        assert_eq!(claim(&role.json()["claims"], "Tx").is_some(), role_claims, "case {at}");
        assert_eq!(get(&sim, "/api/roles", &token).await.status, role_status, "case {at}");
    }
}

#[tokio::test]
async fn the_list_of_roles_holds_every_role_without_claims() {
    let sim = start(|scenario| {
        let other = Role { id: "b".into(), name: "Other".into(), members: Vec::new(), ..Role::default() };
        scenario.world.further_roles.push(other);
    })
    .await;
    let token = token(&sim).await;
    let roles = get(&sim, "/api/Roles", &token).await.json();
    let names: Vec<&str> =
        roles.as_array().expect("an array").iter().filter_map(|role| role["name"].as_str()).collect();
    assert_eq!(names, ["Reader Role", "Other"]);
    assert!(roles[0].get("claims").is_none());
    assert_eq!(get(&sim, "/api/Roles/nothing", &token).await.status, 404);
}
