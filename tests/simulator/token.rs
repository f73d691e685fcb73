//! The token endpoint: OpenIddict's words, what is granted, and what the reply says of it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use halo_onboard::sim::{
    AuthMethod, CLIENT_ID, CLIENT_SECRET, ErrorDetail, LoginType, MissingScopeResponse, Resource, Scenario, ScopeEcho,
    TENANT, WrongTenant,
};
use serde_json::{Value, json};

use crate::client::{FORM, ask, get, post_token, send, start, token, token_endpoint};

const ADDED: &str = "openid email profile offline_access roles";

fn credentials() -> String {
    format!("client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}")
}

#[tokio::test]
async fn a_token_reply_has_the_members_that_clients_know() {
    let sim = start(|scenario| scenario.manners.expires_in_s = 1800).await;
    let answer = ask(&sim, "all").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.text("token_type"), "Bearer");
    assert_eq!(answer.json()["expires_in"], 1800);
    assert!(answer.text("access_token").starts_with("eyJ"));
    assert!(!answer.text("refresh_token").is_empty());
    assert_ne!(ask(&sim, "all").await.text("access_token"), answer.text("access_token"), "tokens are random");
}

#[tokio::test]
async fn the_id_token_names_the_agent_and_may_be_missing() {
    let sim = start(|_| {}).await;
    let id_token = ask(&sim, "all").await.text("id_token");
    let claims = id_token.split('.').nth(1).expect("three parts");
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON");
    assert_eq!(claims["name"], "Reader Agent");
    assert_eq!(claims["agent_id"], "27");
    assert!(claims["email"].as_str().is_some_and(|email| email.contains('@')));
    sim.update_behaviours(|manners| manners.id_token = false);
    assert!(ask(&sim, "all").await.json().get("id_token").is_none());
}

#[tokio::test]
async fn requests_that_are_refused_say_why_in_openiddicts_words() {
    type Case = (fn(&mut Scenario), String, u16, &'static str, &'static str);
    let grant = "grant_type=client_credentials&scope=all";
    let with = |rest: &str| format!("{grant}&{rest}");
    let good = with(&credentials());
    let cases: [Case; 14] = [
        (|_| {}, credentials(), 400, "invalid_request", "ID2029"),
        (|_| {}, format!("grant_type=password&{}", credentials()), 400, "unsupported_grant_type", "ID2032"),
        (|_| {}, grant.into(), 400, "invalid_request", "ID2057"),
        (|_| {}, with(&format!("client_id={CLIENT_ID}")), 400, "invalid_request", "ID2057"),
        (|_| {}, with(&format!("client_id=other&client_secret={CLIENT_SECRET}")), 401, "invalid_client", "ID2052"),
        (|_| {}, with(&format!("client_id={CLIENT_ID}&client_secret=old")), 401, "invalid_client", "ID2055"),
        (
            |s| s.manners.invalid_client_status = 400,
            with(&format!("client_id={CLIENT_ID}&client_secret=old")),
            400,
            "invalid_client",
            "ID2055",
        ),
        (|s| s.world.application.exists = false, good.clone(), 401, "invalid_client", "ID2052"),
        (|s| s.world.application.active = false, good.clone(), 401, "invalid_client", ""),
        (
            |s| s.world.application.auth_method = AuthMethod::AuthorisationCode,
            good.clone(),
            400,
            "unauthorized_client",
            "ID2064",
        ),
        (|s| s.world.agent.active = false, good.clone(), 400, "invalid_grant", ""),
        (|_| {}, good.replace("scope=all", "scope=read:actions"), 400, "invalid_scope", "ID2052"),
        (|s| s.manners.all_refused = true, good.clone(), 400, "invalid_scope", "ID2052"),
        (
            |s| s.manners.ungranted = MissingScopeResponse::RefuseRequest,
            good.replace("scope=all", "scope=read:kb"),
            400,
            "invalid_request",
            "ID2051",
        ),
    ];
    for (change, body, status, error, number) in cases {
        let sim = start(change).await;
        let answer = post_token(&sim, TENANT, &body).await;
        let what = format!("{error} {number}");
        assert_eq!((answer.status, answer.text("error").as_str()), (status, error), "{what}");
        let uri = answer.text("error_uri");
        let wanted = format!("https://documentation.openiddict.com/errors/{number}");
        assert_eq!(uri, if number.is_empty() { String::new() } else { wanted }, "{what}");
        assert!(!answer.text("error_description").is_empty(), "{what}");
        assert!(answer.json().get("access_token").is_none(), "{what}");
        assert!(!answer.body.contains(CLIENT_SECRET), "{what}");
    }
}

#[tokio::test]
async fn an_error_says_as_much_as_the_manner_lets_it() {
    for (detail, members) in [
        (ErrorDetail::Full, vec!["error", "error_description", "error_uri"]),
        (ErrorDetail::Text, vec!["error", "error_description"]),
        (ErrorDetail::Word, vec!["error"]),
    ] {
        let sim = start(|scenario| scenario.manners.error_detail = detail).await;
        sim.break_part("application.credentials").expect("a part");
        let json = ask(&sim, "all").await.json();
        let keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, members);
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let sim = start(|_| {}).await;
    let (host, path) = token_endpoint(&sim);
    let body = json!({ "grant_type": "client_credentials" }).to_string();
    let answer = send(host, "POST", &path, &[("Content-Type", "application/json")], &body).await;
    assert_eq!((answer.status, answer.text("error").as_str()), (400, "invalid_request"));
    let huge = "x=".to_owned() + &"y".repeat(70_000);
    assert_eq!(send(host, "POST", &path, &[FORM], &huge).await.status, 413);
}

#[tokio::test]
async fn http_basic_and_the_tenant_as_a_field_work_too() {
    let sim = start(|scenario| scenario.manners.tenant_required = true).await;
    let (host, path) = token_endpoint(&sim);
    let body = format!("grant_type=client_credentials&scope=all&tenant={TENANT}");
    for (secret, status) in [(CLIENT_SECRET, 200), ("wrong", 401)] {
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{secret}")));
        let answer = send(host, "POST", &path, &[FORM, ("Authorization", &basic)], &body).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("www-authenticate"), (status == 401).then_some("Basic"));
    }
}

#[tokio::test]
async fn the_tenant_has_to_fit() {
    type Case = (fn(&mut Scenario), &'static str, u16);
    let cases: [Case; 9] = [
        (|_| {}, TENANT, 200),
        (|_| {}, "ACME", 200),
        (|_| {}, "", 200),
        (|s| s.manners.tenant_required = true, "", 500),
        (|_| {}, "other", 500),
        (|s| s.manners.wrong_tenant_status = 404, "other", 404),
        (|s| s.manners.wrong_tenant = WrongTenant::Json, "other", 400),
        (|s| s.world.tenant = None, "", 200),
        (|s| s.world.tenant = None, "other", 500),
    ];
    for (at, (change, tenant, status)) in cases.into_iter().enumerate() {
        let sim = start(change).await;
        let body = format!("grant_type=client_credentials&scope=all&{}", credentials());
        let answer = post_token(&sim, tenant, &body).await;
        assert_eq!(answer.status, status, "case {at}");
        match status {
            200 => {}
            400 => assert!(answer.text("error_description").contains("tenant"), "case {at}"),
            _ => assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.len() > 200_000, "case {at}"),
        }
    }
}

#[tokio::test]
async fn the_echo_takes_four_forms() {
    let granted = format!("{ADDED} read:tickets read:items");
    let list: Vec<&str> = granted.split(' ').collect();
    for (echo, wanted) in [
        (ScopeEcho::Expanded, Some(json!(granted))),
        (ScopeEcho::Array, Some(json!(list))),
        (ScopeEcho::Literal, Some(json!("all"))),
        (ScopeEcho::Absent, None),
    ] {
        let sim = start(|scenario| {
            scenario.manners.scope_echo = echo;
            scenario.world.application.scopes = vec!["read:tickets".into(), "read:items".into()];
        })
        .await;
        assert_eq!(ask(&sim, "all").await.json().get("scope"), wanted.as_ref(), "{echo:?}");
    }
}

#[tokio::test]
async fn what_is_granted_is_the_overlap_of_asked_and_ticked() {
    use MissingScopeResponse::{Drop, Refuse};
    let cases: [(MissingScopeResponse, &[&str], &str, Option<&str>); 10] = [
        (Refuse, &["read:tickets", "read:kb"], "all", Some("read:tickets read:kb")),
        (Refuse, &[], "all", Some("")),
        (Refuse, &["read:tickets", "read:kb"], "read:kb", Some("read:kb")),
        (Refuse, &["read:tickets"], "read:tickets read:kb", None),
        (Drop, &["read:tickets"], "read:tickets read:kb", Some("read:tickets")),
        (Drop, &["read:tickets"], "read:kb", Some("")),
        (Drop, &["read:tickets"], "read:sites", None),
        (Refuse, &["edit:tickets"], "read:tickets", Some("read:tickets")),
        (Refuse, &["read:tickets"], "edit:tickets", None),
        (Refuse, &["all"], "read:invoices", Some("read:invoices")),
    ];
    for (ungranted, ticked, asked, wanted) in cases {
        let sim = start(|scenario| {
            scenario.manners.ungranted = ungranted;
            scenario.world.application.scopes = ticked.iter().map(|scope| (*scope).to_owned()).collect();
        })
        .await;
        let answer = ask(&sim, asked).await;
        let wanted = wanted.map(|scopes| format!("{ADDED} {scopes}").trim().to_owned()).unwrap_or_default();
        assert_eq!(answer.text("scope"), wanted, "{ticked:?} asked {asked}");
        assert_eq!(answer.status, if wanted.is_empty() { 400 } else { 200 }, "{ticked:?} asked {asked}");
    }
}

#[tokio::test]
async fn a_token_asked_for_without_a_scope_opens_nothing() {
    let sim = start(|_| {}).await;
    let body = format!("grant_type=client_credentials&{}", credentials());
    let answer = post_token(&sim, TENANT, &body).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("scope").is_none());
    let token = answer.text("access_token");
    for path in ["/api/Agent/me", "/api/Roles", "/api/Tickets", "/api/Timesheet"] {
        assert_eq!(get(&sim, path, &token).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn tokens_are_checked_and_expire() {
    let sim = start(|_| {}).await;
    let good = token(&sim).await;
    assert_eq!(get(&sim, "/api/Tickets", &good).await.status, 200);
    let refused = get(&sim, "/api/Tickets", "eyJhbGciOi.made.up").await;
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Bearer")));
    sim.update_behaviours(|manners| manners.expires_in_s = 0);
    let dead = token(&sim).await;
    assert_eq!(get(&sim, "/api/Tickets", &dead).await.status, 401);
}

#[tokio::test]
async fn without_an_agent_behind_it_a_token_is_refused_everywhere() {
    type Case = (fn(&mut Scenario), u16);
    let cases: [Case; 4] = [
        (|s| s.world.application.login_type = LoginType::User, 404),
        (|s| s.world.application.login_type = LoginType::None, 404),
        (|s| s.world.application.login_agent = None, 403),
        (|s| s.world.agent.exists = false, 403),
    ];
    for (at, (change, me)) in cases.into_iter().enumerate() {
        let sim = start(change).await;
        let answer = ask(&sim, "all").await;
        assert!(answer.json().get("id_token").is_none(), "case {at}");
        let token = answer.text("access_token");
        assert_eq!(get(&sim, "/api/Agent/me", &token).await.status, me, "case {at}");
        for resource in Resource::ALL {
            let status = get(&sim, &format!("/api/{}", resource.name()), &token).await.status;
            assert_eq!(status, 403, "case {at}: {}", resource.name());
        }
    }
}

#[tokio::test]
async fn scopes_are_fixed_in_a_token_and_levels_are_not() {
    let sim = start(|_| {}).await;
    let old = token(&sim).await;
    sim.update_tenant(|world| world.application.scopes.retain(|scope| scope != "read:items"));
    assert_eq!(get(&sim, "/api/Item", &old).await.status, 200);
    let new = token(&sim).await;
    assert_eq!(get(&sim, "/api/Item", &new).await.status, 403);
    sim.update_tenant(|world| world.role.claims.insert("Tx".into(), "0".into()));
    assert_eq!(get(&sim, "/api/Tickets", &old).await.status, 403);
}
