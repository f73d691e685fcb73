//! A token endpoint that is not where it should be: its other form is tried once, at the same origin, and nowhere else.

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::report::{Severity, Verdict};
use halo_onboard::sim::{Scenario, Simulator};

use crate::hostile_run::{Outcome, Stage, Trial, good, token};
use crate::hostile_server::{Hit, Hostile, Steps, answer, json};

/// The paths of the token requests, in order.
fn asked(server: &Hostile) -> Vec<String> {
    server.seen.hits().iter().filter(|hit| hit.method == "POST").map(|hit| hit.path().to_owned()).collect()
}

/// A Halo whose discovery names this path, and whose token endpoint lies at that path and answers so.
async fn halo(named: &'static str, there: &'static str, steps: fn() -> Steps) -> Hostile {
    Hostile::plain(move |hit, _| match hit.path() {
        "/api/authinfo" => {
            let host = hit.header("host").unwrap_or_default();
            json(format!(r#"{{"auth_url":"http://{host}{named}","tenant_id":"acme"}}"#))
        }
        path if hit.method == "POST" && path == there => steps(),
        _ if hit.method == "POST" => answer(404, "", "<html><title>Not Found</title></html>"),
        _ => good(hit),
    })
    .await
}

fn granted() -> Steps {
    json(token("\"openid read:tickets read:invoices\""))
}

fn diagnosis(outcome: &Outcome) -> (&'static str, String) {
    let first = outcome.finished.report.diagnoses.first().expect("a diagnosis");
    (first.code.id(), first.summary.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_form_is_tried_once_at_the_same_origin() {
    for (named, there, tried) in [
        ("/auth", "/token", &["/auth/token", "/token"][..]),
        ("", "/auth/token", &["/token", "/auth/token"]),
        ("/halo/auth", "/halo/token", &["/halo/auth/token", "/halo/token"]),
        ("/auth", "/auth/token", &["/auth/token"]),
    ] {
        let server = halo(named, there, granted).await;
        let outcome = Trial::of(&server.url()).run().await;
        assert!(Stage::Probe.is_answered(outcome.evidence()), "{named}\n{}", outcome.log());
        assert_eq!(asked(&server), tried);
        let grant = outcome.evidence().token.value().expect("a token");
        assert_eq!(grant.token_url, format!("{}{there}?tenant=acme", server.url()), "which one answered");
        assert_eq!(outcome.evidence().requests as usize, server.seen.hits().len(), "counted in the budget");
        let log = outcome.log();
        let told = format!("nothing at {named}/token: trying {there} at the same origin, once");
        assert_eq!(log.contains(&told), tried.len() == 2, "{log}");
        // The set-up works; that a product may not find this address is a note.
        let note = outcome.finished.report.diagnoses.iter().find(|d| d.code == Code::VendorAuthServer);
        assert_eq!(note.is_some(), tried.len() == 2);
        let Some(note) = note else { continue };
        assert_eq!(note.severity, Severity::Note);
        assert!(note.summary.contains(&format!("Tokens come from {}{there}", server.url())), "{}", note.summary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_neither_is_there_both_are_named() {
    let page = || answer(200, "Content-Type: text/html\r\n", "<html><title>Agent portal</title></html>");
    let nothing = || answer(404, "", "");
    let bare_refusal = || answer(403, "", "no");
    for (steps, second) in [
        (nothing as fn() -> Steps, "/token was tried too: 404."),
        (page, "/token was tried too: a web page (200)."),
        (bare_refusal, "/token was tried too: no token (403)."),
    ] {
        let server = halo("/auth", "/token", steps).await;
        let outcome = Trial::of(&server.url()).run().await;
        let (code, summary) = diagnosis(&outcome);
        let url = server.url();
        assert_eq!(code, "http.not_found", "{}", outcome.log());
        assert_eq!(summary, format!("There is no token endpoint at {url}/auth/token (404). {url}{second}"));
        assert_eq!(asked(&server), ["/auth/token", "/token"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_form_says_as_a_token_endpoint_counts() {
    let unknown_client = || answer(401, "", r#"{"error":"invalid_client"}"#);
    let later = || answer(429, "Retry-After: 90\r\n", "");
    for (steps, wanted) in [(unknown_client as fn() -> Steps, "auth.invalid_client"), (later, "http.rate_limited")] {
        let server = halo("/auth", "/token", steps).await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(diagnosis(&outcome).0, wanted, "{}", outcome.log());
        assert_eq!(asked(&server), ["/auth/token", "/token"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_goes_to_the_other_form_when_nothing_is_there_and_never_to_another_origin() {
    let elsewhere = Hostile::plain(|hit, _| good(hit)).await;
    let target = elsewhere.url();
    let script = move |status: u16, location: String| {
        move |hit: &Hit, _: usize| match hit.method.as_str() {
            "POST" => answer(status, &location, "<html></html>"),
            _ => good(hit),
        }
    };
    for (status, location) in [
        (400, String::new()),
        (401, String::new()),
        (405, String::new()),
        (410, String::new()),
        (500, String::new()),
        (200, String::new()),
        (308, format!("Location: {target}/token\r\n")),
        (307, "Location: /token\r\n".to_owned()),
        // A 404 that points elsewhere is a 404: its form is tried here, not there.
        (404, format!("Location: {target}/token\r\n")),
    ] {
        let server = Hostile::plain(script(status, location)).await;
        let outcome = Trial::of(&server.url()).run().await;
        assert!(outcome.evidence().token.value().is_none());
        let posts = if [404, 405, 410].contains(&status) { 2 } else { 1 };
        assert_eq!(asked(&server).len(), posts, "{status}\n{}", outcome.log());
        assert!(elsewhere.seen.hits().is_empty(), "{status}: another origin was asked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_system_whose_named_address_ends_in_auth_is_ready() {
    let cast = crate::guide_names::of(&halo_onboard::domain::guide::Guide::built_in());
    let mut scenario = Scenario::named("good", &cast).expect("a scenario");
    scenario.manners.token_at_root = true;
    let simulator = Simulator::start(scenario, "127.0.0.1:0".parse().expect("an address")).await.expect("a listener");
    let form = simulator.form();
    let trial = Trial::of(&form.url).change(|trial| {
        trial.guide = halo_onboard::domain::guide::Guide::built_in();
        trial.connection.client_id.clone_from(&form.client_id);
        trial.connection.tenant = Some(form.tenant.clone());
        trial.connection.auth_server = Some(format!("{}/auth", form.url));
        trial.secret.clone_from(&form.client_secret);
    });
    let outcome = trial.run().await;
    assert_eq!(outcome.finished.report.verdict, Verdict::Ready, "{}", outcome.log());
    assert!(outcome.evidence().token.value().is_some_and(|grant| grant.token_url.contains("/token?tenant=")));
    let counters = simulator.counters();
    assert_eq!(counters.token_requests, 1, "the request that met nothing is none of them");
    assert!(counters.misplaced.len() <= 1, "{:?}", counters.misplaced);
}
