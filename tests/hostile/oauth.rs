//! The token endpoint: refusals, odd answers, and the way down from `all` to single scopes.

use std::sync::{Arc, Mutex};

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::ScopePlan;
use halo_onboard::domain::evidence::ScopeAnswer;
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::untrusted_text::UntrustedText;

use crate::hostile_run::{Stage, TOKEN, Trial, assert_secret_went_only_to_the_token_endpoint, good, token};
use crate::hostile_server::{Hit, Hostile, Steps, answer, json};

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_odd_answers_of_the_token_endpoint() {
    let refusal = |status, word: &str| answer(status, "", format!(r#"{{"error":"{word}","error_description":"why"}}"#));
    let usable = |rest: &str| json(format!(r#"{{"access_token":"{TOKEN}"{rest}}}"#));
    for (name, steps, code) in [
        ("invalid_client 400", refusal(400, "invalid_client"), Some(Code::AuthInvalidClient)),
        ("invalid_client 401", refusal(401, "invalid_client"), Some(Code::AuthInvalidClient)),
        ("unauthorized_client", refusal(400, "unauthorized_client"), Some(Code::AuthUnauthorizedClient)),
        ("unsupported", refusal(400, "unsupported_grant_type"), Some(Code::AuthUnsupportedGrant)),
        ("invalid_grant", refusal(400, "invalid_grant"), Some(Code::AuthInvalidGrant)),
        ("invalid_request", refusal(400, "invalid_request"), Some(Code::AuthInvalidRequest)),
        ("unknown word", refusal(400, "\\u001b[2J"), Some(Code::AuthUnknown)),
        ("error with 200", refusal(200, "invalid_client"), Some(Code::AuthInvalidClient)),
        ("line break in the token", json(r#"{"access_token":"a\r\nX-Evil: 1"}"#), Some(Code::AuthBadTokenResponse)),
        ("token is a number", json(r#"{"access_token":1}"#), Some(Code::AuthBadTokenResponse)),
        (
            "token is long",
            json(format!(r#"{{"access_token":"{}"}}"#, "x".repeat(20_000))),
            Some(Code::AuthBadTokenResponse),
        ),
        ("another token type", usable(r#","token_type":"mac""#), Some(Code::AuthBadTokenResponse)),
        ("a list", json("[]"), Some(Code::AuthBadTokenResponse)),
        (
            "wrong tenant page",
            answer(400, "", format!("<html><title>Error</title>{}", "x".repeat(300_000))),
            Some(Code::HttpNotJson),
        ),
        ("bare token", usable(""), None),
        ("odd lifetimes", usable(r#","expires_in":"1e30","scope":["a",1,null]"#), None),
        ("doubled member", usable(&format!(r#","access_token":"{TOKEN}""#)), None),
    ] {
        let server =
            Hostile::plain(move |hit, _| if hit.path() == Stage::Token.path() { steps.clone() } else { good(hit) })
                .await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(Stage::Token), code, "{name}\n{}", outcome.log());
        assert_eq!(Stage::Probe.is_answered(outcome.evidence()), code.is_none(), "{name}");
        // A list that came empty has its own scope asked for, where no echo says that the application has it.
        let whole = server.seen.hits().iter().filter(|hit| hit.field("scope") == Some("all")).count();
        assert_eq!(whole, 1, "{name}: the token request is not repeated");
        assert_secret_went_only_to_the_token_endpoint(&server.seen);
    }
}

/// An authorisation server that grants only some scopes, and refuses the others by word.
fn granting(known: &'static [&'static str]) -> impl Fn(&Hit, usize) -> Steps {
    move |hit, _| {
        if hit.path() != Stage::Token.path() {
            return good(hit);
        }
        let asked = hit.field("scope").unwrap_or_default().replace("%3A", ":");
        if asked.split('+').all(|scope| known.contains(&scope)) {
            return json(token(&format!("\"openid {}\"", asked.replace('+', " "))));
        }
        answer(400, "", r#"{"error":"invalid_scope"}"#)
    }
}

const WANTED: [&str; 7] = [
    "read:tickets",
    "read:customers",
    "read:items",
    "read:sales",
    "read:invoices",
    "read:contracts",
    "read:timesheets",
];

#[tokio::test(flavor = "multi_thread")]
async fn scopes_are_asked_for_from_all_down_to_single_names() {
    for (known, requested, refused, requests, code) in [
        (&["all"][..], &["all"][..], &[][..], 1, None),
        (&WANTED[..], &WANTED[..], &["all"][..], 2, None),
        (
            &["read:tickets", "read:items"],
            &["read:tickets", "read:items"],
            &["all", "read:customers", "read:sales", "read:invoices", "read:contracts", "read:timesheets"],
            10,
            None,
        ),
        (
            &["read:tickets"],
            &["read:tickets"],
            &[
                "all",
                "read:customers",
                "read:items",
                "read:sales",
                "read:invoices",
                "read:contracts",
                "read:timesheets",
            ],
            9,
            None,
        ),
        (&[], &[], &[], 9, Some(Code::AuthInvalidScope)),
    ] {
        let server = Hostile::plain(granting(known)).await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(Stage::Token), code, "{}", outcome.log());
        assert_eq!(server.seen.count(Stage::Token.path()), requests, "{known:?}");
        assert!(outcome.evidence().requests <= 20);
        let Some(grant) = outcome.evidence().token.value() else { continue };
        assert_eq!(
            (
                grant.requested.iter().map(String::as_str).collect::<Vec<_>>(),
                grant.refused.iter().map(String::as_str).collect::<Vec<_>>()
            ),
            (requested.to_vec(), refused.to_vec())
        );
        // Invoices are not asked for with a token that cannot read them.
        let may = !refused.contains(&"read:invoices");
        assert_eq!(server.seen.count("/api/Invoice"), usize::from(may));
        assert_eq!(outcome.evidence().probes.contains_key("invoices"), may);
        if requests > 2 {
            assert_eq!(outcome.evidence().single_scopes.get("read:invoices"), Some(&ScopeAnswer::Refused));
            assert_eq!(outcome.evidence().single_scopes.get("read:tickets"), Some(&ScopeAnswer::Granted));
        }
        assert_secret_went_only_to_the_token_endpoint(&server.seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_single_scopes_still_asks_every_list_of_the_guide_that_it_may_read() {
    let known: &'static [&'static str] =
        &["read:tickets", "read:customers", "read:items", "read:sales", "read:invoices", "read:contracts"];
    let server = Hostile::plain(granting(known)).await;
    let guide = Guide::built_in();
    let outcome = Trial::of(&server.url()).change(|trial| trial.guide = guide.clone()).run().await;
    let (mut may, mut may_not) = (0, 0);
    for probe in &guide.probes {
        let Some(endpoint) = &probe.endpoint else { continue };
        let granted = known.contains(&probe.scope.as_str());
        let asked = server.seen.count(&format!("/api/{endpoint}")) > 0;
        assert_eq!(asked, granted, "{}\n{}", probe.id, outcome.log());
        *(if granted { &mut may } else { &mut may_not }) += 1;
    }
    assert!(may >= 6 && may_not >= 1, "both kinds are in the guide: {may} and {may_not}");
    // `all`, the guide's list, each scope by itself, and those that were granted together.
    let tokens = 1 + 1 + guide.application.scopes.len() + 1;
    assert_eq!(server.seen.count(Stage::Token.path()), tokens, "{}", outcome.log());
    assert_eq!(server.seen.hits().len(), 1 + tokens + 1 + may, "{}", outcome.log());
    assert_eq!(outcome.evidence().requests as usize, server.seen.hits().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn explicit_scopes_are_asked_for_as_they_stand() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let server = Hostile::plain(move |hit, _| {
        if let Some(scope) = hit.field("scope") {
            kept.lock().expect("not poisoned").push(scope.to_owned());
            return answer(400, "", r#"{"error":"invalid_scope"}"#);
        }
        good(hit)
    })
    .await;
    let scopes = vec!["read:tickets".to_owned(), "odd&scope".to_owned()];
    let trial = Trial::of(&server.url()).change(|trial| trial.connection.scopes = ScopePlan::Exact(scopes.clone()));
    let outcome = trial.run().await;
    assert_eq!(outcome.code(Stage::Token), Some(Code::AuthInvalidScope));
    assert_eq!(*asked.lock().expect("not poisoned"), ["read%3Atickets+odd%26scope"]);
    assert_eq!(outcome.finished.report.target.scopes_requested, scopes);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_is_as_halo_wants_it() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let outcome = Trial::of(&server.url()).run().await;
    let hits = server.seen.hits();
    let post = hits.iter().find(|hit| hit.method == "POST").expect("a token request");
    assert_eq!(post.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(post.field("grant_type"), Some("client_credentials"));
    assert_eq!(post.field("client_id"), Some("client-id"));
    for hit in &hits {
        assert_eq!(hit.header("accept"), Some("application/json"));
        assert_eq!(hit.header("user-agent"), Some(concat!("halo-onboard/", env!("CARGO_PKG_VERSION"))));
        assert!(hit.header("accept-encoding").is_some_and(|codings| codings == "gzip"), "{}", hit.head);
    }
    let grant = outcome.evidence().token.value().expect("a token");
    assert_eq!(
        grant.echo.as_deref().map(|echo| echo.iter().map(UntrustedText::as_str).collect()),
        Some(vec!["openid", "read:tickets", "read:invoices"])
    );
    assert_eq!((grant.expires_in, grant.refused.len()), (Some(3600), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_is_asked_about_by_a_token_for_its_scope_alone() {
    let bare = |_: &str| json(token("null"));
    let refused = |_: &str| answer(400, "", r#"{"error":"invalid_scope"}"#);
    let echoed = |scope: &str| json(token(&format!("\"{}\"", scope.replace("%3A", ":"))));
    let dropped = |_: &str| json(token("\"openid\""));
    let slow_down = |_: &str| answer(429, "", "");
    let cases: [(&str, fn(&str) -> Steps, Option<ScopeAnswer>); 5] = [
        ("no echo", bare, Some(ScopeAnswer::Unclear)),
        ("refused", refused, Some(ScopeAnswer::Refused)),
        ("echoed", echoed, Some(ScopeAnswer::Granted)),
        ("dropped from the echo", dropped, Some(ScopeAnswer::Refused)),
        ("no answer to it", slow_down, None),
    ];
    for (name, alone, wanted) in cases {
        let server = Hostile::plain(move |hit, _| match (hit.path(), hit.field("scope")) {
            ("/api/Invoice", _) => answer(403, "", ""),
            ("/auth/token", Some("all")) => json(token("null")),
            ("/auth/token", Some(scope)) => alone(scope),
            _ => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.evidence().single_scopes.get("read:invoices").copied(), wanted, "{name}\n{}", outcome.log());
        assert_eq!((server.seen.count("/auth/token"), outcome.evidence().requests), (2, 6), "{name}");
        assert_secret_went_only_to_the_token_endpoint(&server.seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_code_is_read_behind_a_description_that_is_longer_than_what_is_kept() {
    let refusal = |length: usize, first: &str| {
        format!(r#"{{{first}"error_description":"{}","error":"invalid_client"}}"#, "x".repeat(length))
    };
    for (body, wanted) in [
        (refusal(100, ""), Code::AuthInvalidClient),
        (refusal(200_000, ""), Code::AuthInvalidClient),
        (refusal(200_000, r#""trace":{"error":"invalid_scope"},"#), Code::AuthInvalidClient),
        // It ends somewhere.
        (refusal(2_000_000, ""), Code::HttpTooLarge),
        ("x".repeat(200_000), Code::HttpTooLarge),
    ] {
        let start: String = body.chars().take(60).collect();
        let server = Hostile::plain(move |hit, _| match hit.path() {
            "/auth/token" => answer(400, "Content-Type: application/json\r\n", body.clone()),
            _ => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(Stage::Token), Some(wanted), "{start}\n{}", outcome.log());
        assert!(outcome.evidence().token.fault().is_some_and(|fault| fault.said.as_str().len() < 2000), "{start}");
    }
}
