//! Where the secret and the token may go, and that they show nowhere.

use std::sync::atomic::Ordering;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::evidence::{Discovery, Observation};
use halo_onboard::domain::untrusted_text::UntrustedText;
use halo_onboard::probe::discover;

use crate::hostile_run::{SECRET, Stage, TOKEN, Trial, assert_secret_went_only_to_the_token_endpoint, good, token};
use crate::hostile_server::{Hostile, Steps, answer, json};

fn redirect(status: u16, to: &str) -> Steps {
    answer(status, &format!("Location: {to}\r\n"), "<html>moved</html>")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_redirect_leads_to_another_origin_and_none_carries_the_secret() {
    for status in [301, 302, 303, 307, 308] {
        for stage in Stage::ALL {
            let thief = Hostile::plain(|_, _| json("{}")).await;
            let target = format!("http://{}/stolen", thief.address);
            let server = Hostile::plain(
                move |hit, _| {
                    if hit.path() == stage.path() { redirect(status, &target) } else { good(hit) }
                },
            )
            .await;
            let outcome = Trial::of(&server.url()).run().await;
            let fault = stage.fault(outcome.evidence()).expect("a failure");
            assert_eq!((fault.code, fault.status), (Code::HttpRedirectRefused, Some(status)), "{stage:?}");
            assert_eq!(fault.target.as_ref().map(UntrustedText::as_str), Some(thief_origin(&thief).as_str()));
            assert_eq!(thief.seen.connections.load(Ordering::SeqCst), 0, "{status} at {stage:?} was followed");
            assert_secret_went_only_to_the_token_endpoint(&server.seen);
        }
    }
}

fn thief_origin(thief: &Hostile) -> String {
    format!("http://{}", thief.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_follows_within_its_origin_and_the_token_request_never() {
    for stage in Stage::ALL {
        let server = Hostile::plain(move |hit, _| {
            if hit.path() == stage.path() && !hit.target.contains("hop") {
                return redirect(307, &format!("{}?hop=1", stage.path()));
            }
            good(hit)
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        if stage == Stage::Token {
            assert_eq!(outcome.code(stage), Some(Code::HttpRedirectRefused));
            assert_eq!(server.seen.count(stage.path()), 1);
        } else {
            assert!(stage.is_answered(outcome.evidence()), "{stage:?}\n{}", outcome.log());
            assert_eq!(outcome.evidence().requests, 6);
        }
        assert_secret_went_only_to_the_token_endpoint(&server.seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn circles_and_endless_ways_end() {
    let circle: fn(usize) -> Steps = |_| redirect(302, "/api/authinfo");
    let endless: fn(usize) -> Steps = |n| redirect(302, &format!("/api/authinfo?n={n}"));
    let nowhere: fn(usize) -> Steps = |_| answer(302, "", "");
    let junk: fn(usize) -> Steps = |_| redirect(302, "http://[oops");
    for (way, code, most) in [
        (circle, Code::HttpRedirectLoop, 2),
        (endless, Code::HttpRedirectLoop, 7),
        (nowhere, Code::HttpRedirectRefused, 1),
        (junk, Code::HttpRedirectRefused, 1),
    ] {
        let server = Hostile::plain(move |_, earlier| way(earlier)).await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(Stage::Discovery), Some(code), "{}", outcome.log());
        assert!(server.seen.hits().len() <= most, "{} requests", server.seen.hits().len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_cannot_send_the_secret_elsewhere() {
    let thief = Hostile::plain(|hit, _| good(hit)).await;
    let elsewhere = format!("http://{}/auth", thief.address);
    for (auth_url, code) in [
        (elsewhere.as_str(), Code::DiscoveryForeignAuthUrl),
        ("http://halo.example/auth", Code::DiscoveryBadAuthUrl),
        ("https://halo.example/auth", Code::DiscoveryForeignAuthUrl),
        ("ftp://127.0.0.1/auth", Code::DiscoveryBadAuthUrl),
        ("http://user:pw@127.0.0.1/auth", Code::DiscoveryBadAuthUrl),
        ("/auth", Code::DiscoveryBadAuthUrl),
        ("\\u001b[2J", Code::DiscoveryBadAuthUrl),
        ("", Code::DiscoveryNotHalo),
    ] {
        let body = format!(r#"{{"auth_url":"{auth_url}","tenant_id":"acme"}}"#);
        let server =
            Hostile::plain(move |hit, _| if hit.path() == "/api/authinfo" { json(&body) } else { good(hit) }).await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(Stage::Discovery), Some(code), "{auth_url}\n{}", outcome.log());
        assert_eq!(outcome.evidence().token, Observation::NotAsked);
        assert_eq!((server.seen.hits().len(), outcome.evidence().requests), (1, 1), "{auth_url}");
        let (_, asked) = discover(&server.url(), &Trial::of("").http()).await;
        assert_eq!(asked.fault().map(|fault| fault.code), Some(code));
    }
    assert_eq!(thief.seen.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_authorisation_server_gets_the_secret_and_the_api_alone_gets_the_token() {
    let issuer = Hostile::plain(|hit, _| good(hit)).await;
    let origin = issuer.url();
    let body = format!(r#"{{"auth_url":"{origin}/auth/","tenant_id":null}}"#);
    let server =
        Hostile::plain(move |hit, _| if hit.path() == "/api/authinfo" { json(&body) } else { good(hit) }).await;
    let trial = Trial::of(&server.url()).change(|trial| trial.connection.allowed_auth_origins = vec![origin.clone()]);
    let outcome = trial.run().await;
    assert!(Stage::Probe.is_answered(outcome.evidence()), "{}", outcome.log());
    assert_eq!(server.seen.count("/auth/token"), 0);
    assert_eq!(issuer.seen.hits().len(), 1);
    assert_eq!(issuer.seen.hits()[0].target, "/auth/token", "no tenant is known, so none is sent");
    assert_secret_went_only_to_the_token_endpoint(&server.seen);
    assert_secret_went_only_to_the_token_endpoint(&issuer.seen);
    for hit in server.seen.hits().iter().filter(|hit| hit.path() != "/api/authinfo") {
        assert_eq!(hit.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_server_given_by_hand_stands_in_for_a_silent_discovery() {
    let missing: fn(&str) -> Steps = |_| answer(404, "", "");
    let page: fn(&str) -> Steps = |_| answer(200, "", "<html></html>");
    let other: fn(&str) -> Steps = |_| json(r#"{"auth_url":"https://other.example","tenant_id":"acme"}"#);
    let broken: fn(&str) -> Steps = |_| answer(503, "", "");
    for (discovery, by_hand, code) in
        [(missing, true, None), (page, true, None), (other, false, None), (broken, false, Some(Code::HttpUnavailable))]
    {
        let server =
            Hostile::plain(move |hit, _| if hit.path() == "/api/authinfo" { discovery("") } else { good(hit) }).await;
        let url = server.url();
        let trial = Trial::of(&url).change(|trial| trial.connection.auth_server = Some(format!("{url}/auth")));
        let outcome = trial.run().await;
        assert_eq!(outcome.code(Stage::Discovery), code, "{}", outcome.log());
        if code.is_none() {
            let found = outcome.evidence().discovery.value().expect("an answer");
            assert_eq!((found.given_by_hand, found.auth_server.clone()), (by_hand, format!("{url}/auth")));
            assert!(Stage::Probe.is_answered(outcome.evidence()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_tenant_is_sent_as_typed_and_one_that_differs_to_the_same_origin_only() {
    for typed in [Some("other"), Some("ACME"), Some("acme"), None] {
        let server = Hostile::plain(|hit, _| good(hit)).await;
        let trial = Trial::of(&server.url()).change(|trial| trial.connection.tenant = typed.map(str::to_owned));
        let outcome = trial.run().await;
        assert!(outcome.evidence().discovery.value().is_some());
        assert!(outcome.evidence().token.value().is_some(), "{typed:?}");
        assert_eq!(server.seen.count("/auth/token"), 1);
        let wanted = format!("/auth/token?tenant={}", typed.unwrap_or("acme"));
        assert!(server.seen.hits().iter().any(|hit| hit.target == wanted), "{wanted}");
    }
    for (typed, asked) in [("other", 0), ("acme", 1)] {
        let issuer = Hostile::plain(|hit, _| good(hit)).await;
        let named = format!(r#"{{"auth_url":"{}/auth","tenant_id":"acme"}}"#, issuer.url());
        let server =
            Hostile::plain(move |hit, _| if hit.path() == "/api/authinfo" { json(&named) } else { good(hit) }).await;
        let trial = Trial::of(&server.url()).change(|trial| {
            trial.connection.tenant = Some(typed.to_owned());
            trial.connection.allowed_auth_origins = vec![issuer.url()];
        });
        let outcome = trial.run().await;
        assert_eq!(issuer.seen.hits().len(), asked, "{typed}: {}", outcome.log());
        assert_eq!(server.seen.count("/auth/token"), 0);
    }
}

/// What a server that keeps what it received could send back, in every place that is kept or shown.
fn echoing(stage: Stage, place: &'static str) -> impl Fn(&crate::hostile_server::Hit) -> Steps {
    move |hit| {
        if hit.path() != stage.path() {
            return good(hit);
        }
        let host = hit.header("host").unwrap_or_default();
        // A token that was never given to the program cannot be known to it.
        let known = matches!(stage, Stage::Identity | Stage::Probe) || ["scope", "id_token"].contains(&place);
        let token_text = if known { TOKEN } else { "none" };
        let both = format!("{SECRET} {token_text} {}", hit.body).replace('\\', "\\\\").replace('"', "\\\"");
        let page = format!("<html><title>{}</title></html>", format_args!("{SECRET} {token_text}"));
        match place {
            "title" => answer(200, "", page),
            "error title" => answer(400, "", page),
            "message" => answer(403, "", format!(r#"{{"Message":"{both}"}}"#)),
            "words" => answer(400, "", format!("{SECRET} {token_text}")),
            "oauth word" => answer(400, "", format!(r#"{{"error":"{both}","error_description":"{both}"}}"#)),
            "redirect" => redirect(302, &format!("http://{}.example/", if known { &TOKEN[20..43] } else { "x" })),
            "tenant" => json(format!(r#"{{"auth_url":"http://{host}/auth","tenant_id":"{both}"}}"#)),
            "auth_url" => json(format!(r#"{{"auth_url":"http://{host}/{both}"}}"#)),
            "scope" => json(token(&format!("\"openid {both}\""))),
            "id_token" => {
                use base64::Engine;
                let payload =
                    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!(r#"{{"name":"{both}"}}"#));
                let body = token(&format!("\"openid\",\"id_token\":\"a.{payload}.c\""));
                json(body)
            }
            "record" => json(format!(
                r#"{{"name":"{both}","team":"{both}","roles":[{{"name":"{both}"}}],"teams":["{both}"],
                "claims":[{{"type":"{both}","value":"{both}"}},{{"type":"x","value":"{both}"}}]}}"#
            )),
            "wrong shape" => json(format!(r#"{{"message":"{both}","error":"{both}"}}"#)),
            _ => unreachable!("no such place"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_the_secret_back_does_not_get_it_shown() {
    for stage in Stage::ALL {
        for place in [
            "title",
            "error title",
            "message",
            "words",
            "oauth word",
            "redirect",
            "tenant",
            "auth_url",
            "scope",
            "id_token",
            "record",
            "wrong shape",
        ] {
            let script = echoing(stage, place);
            let server = Hostile::plain(move |hit, _| script(hit)).await;
            // `run` itself looks for both in everything that was told.
            let outcome = Trial::of(&server.url()).run().await;
            assert!(server.seen.count(stage.path()) >= 1, "{place} at {stage:?} was never asked\n{}", outcome.log());
            assert_secret_went_only_to_the_token_endpoint(&server.seen);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_takes_over_is_not_trusted_either() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let form = discover(&server.url(), &Trial::of("").http()).await;
    let (link, discovery) = form;
    assert_eq!(link.addresses, ["127.0.0.1"]);
    let found: &Discovery = discovery.value().expect("an answer");
    assert_eq!(found.tenant.as_ref().map(UntrustedText::as_str), Some("acme"));
    let evidence = halo_onboard::domain::evidence::Evidence { link, discovery, ..Default::default() };
    let outcome = Trial::of(&server.url()).change(|trial| trial.previous = Some(evidence)).run().await;
    assert!(Stage::Probe.is_answered(outcome.evidence()));
    assert_eq!((server.seen.count("/api/authinfo"), outcome.evidence().requests), (1, 4), "asked once, by the form");
}
