//! Interceptors, large lists, a path prefix, and the spellings of discovery.

use halo_onboard::sim::{BigLists, DiscoveryMembers, Intercept, Interceptor, Resource};

use crate::client::{get, get_bare, start, token};

#[tokio::test]
async fn an_interceptor_answers_in_its_places_alone() {
    for by in Interceptor::ALL {
        let sim = start(|_| {}).await;
        let token = token(&sim).await;
        let at = vec!["Invoice".parse().expect("a place")];
        sim.update_behaviours(|manners| manners.faults.intercept = Some(Intercept { at, by }));
        assert_eq!(get(&sim, "/api/Item", &token).await.status, 200, "{by:?}: another place");
        let answer = get(&sim, "/api/Invoice", &token).await;
        let redirects = by == Interceptor::LoginRedirect;
        assert_eq!(answer.header("location").is_some(), redirects, "{by:?}");
        assert_eq!(answer.body.starts_with("<!DOCTYPE html>"), !redirects, "{by:?}: {}", answer.body);
        assert!(!answer.body.contains("record_count"), "{by:?}");
    }
}

#[tokio::test]
async fn everything_lies_below_the_prefix() {
    let sim = start(|scenario| scenario.manners.path_prefix = "/psa".into()).await;
    assert_eq!(get_bare(&sim, "/api/authinfo").await.status, 404);
    let answer = get_bare(&sim, "/PSA/api/authinfo").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text("auth_url").ends_with("/psa/auth"), "{answer:?}");
    let token = token(&sim).await;
    assert_eq!(get(&sim, "/psa/api/Item", &token).await.rows(Resource::Item).len(), 5);
    assert_eq!(get(&sim, "/api/Item", &token).await.status, 404);
}

#[tokio::test]
async fn discovery_spells_its_members_in_several_ways() {
    for (members, auth_url, tenant_id) in [
        (DiscoveryMembers::Snake, Some("auth_url"), "tenant_id"),
        (DiscoveryMembers::Camel, Some("authUrl"), "tenantId"),
        (DiscoveryMembers::Pascal, Some("AuthUrl"), "TenantId"),
        (DiscoveryMembers::Upper, Some("AUTH_URL"), "TENANT_ID"),
        (DiscoveryMembers::TenantOnly, None, "tenant_id"),
    ] {
        let sim = start(|scenario| scenario.manners.discovery_members = members).await;
        let answer = get_bare(&sim, "/api/authinfo").await;
        assert!(!answer.text(tenant_id).is_empty(), "{members:?}: {answer:?}");
        let named = answer.json().as_object().expect("an object").len();
        assert_eq!(named, 1 + usize::from(auth_url.is_some()), "{members:?}");
        if let Some(auth_url) = auth_url {
            assert!(answer.text(auth_url).ends_with("/auth"), "{members:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn big_lists_ignore_the_page_size() {
    let size = BigLists { rows: 1000, row_bytes: 100, preface_bytes: 5000 };
    let sim = start(|scenario| scenario.manners.big_lists = Some(size)).await;
    let token = token(&sim).await;
    for resource in [Resource::Tickets, Resource::Client, Resource::TimesheetEvent] {
        let answer = get(&sim, &format!("/api/{}?pageinate=true&page_size=1", resource.name()), &token).await;
        assert_eq!(answer.rows(resource).len(), 1000);
        if resource.list_key().is_some() {
            assert!(answer.body.find("yyyy") < answer.body.find("xxxx"), "the other members come first");
        }
    }
}

#[tokio::test]
async fn bearer_errors_name_the_token_or_the_scope() {
    let sim = start(|scenario| {
        scenario.manners.bearer_errors = true;
        scenario.world.application.scopes.retain(|scope| scope != "read:invoices");
    })
    .await;
    let token = token(&sim).await;
    let answer = get(&sim, "/api/Invoice", &token).await;
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"insufficient_scope\""));
    let answer = get(&sim, "/api/Invoice", "no such token").await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer error=\"invalid_token\"")));
}
