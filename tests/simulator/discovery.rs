//! Where it listens, what it answers without a token, and how it ends.

use halo_onboard::sim::{Behaviours, Discovery, FaultScope, Scenario, Simulator, TENANT};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{SOON, ask, cast, get_bare, http2, send, start, start_named, token_endpoint, until};

#[tokio::test]
async fn discovery_names_the_authorisation_server_and_the_tenant() {
    type Case = (fn(&mut Behaviours), &'static str, u16, Option<&'static str>);
    let cases: [Case; 5] = [
        (|_| {}, "/auth", 200, Some(TENANT)),
        (|m| m.discovery_tenant = false, "/auth", 200, None),
        (|m| m.token_at_root = true, "", 200, Some(TENANT)),
        (|m| m.discovery = Discovery::Absent, "", 404, None),
        (|m| m.discovery = Discovery::Html, "", 200, None),
    ];
    for (at, (change, path, status, tenant)) in cases.into_iter().enumerate() {
        let sim = start(|scenario| change(&mut scenario.manners)).await;
        let answer = get_bare(&sim, "/api/authinfo").await;
        assert_eq!(answer.status, status, "case {at}");
        if answer.header("content-type") == Some("text/html; charset=utf-8") {
            assert!(answer.body.starts_with("<!DOCTYPE html>"), "case {at}");
            continue;
        }
        assert_eq!(answer.text("auth_url"), format!("http://{}{path}", sim.address()), "case {at}");
        assert_eq!(answer.json().get("tenant_id").and_then(|t| t.as_str()), tenant, "case {at}");
    }
}

#[tokio::test]
async fn a_self_hosted_halo_has_no_tenant() {
    let sim = start_named("on-premises").await;
    assert_eq!(get_bare(&sim, "/api/authinfo").await.text("tenant_id"), "");
    assert_eq!(sim.form().tenant, "Not set");
}

#[tokio::test]
async fn a_separate_authorisation_server_is_another_origin_and_answers_tokens_alone() {
    for (name, path) in [("split-host", "/auth/token"), ("trial", "/token")] {
        let sim = start_named(name).await;
        let (host, token_path) = token_endpoint(&sim);
        assert_ne!(host, sim.address());
        assert_eq!(token_path, path);
        assert_eq!(ask(&sim, "all").await.status, 200, "{name}");
        assert_eq!(send(host, "GET", "/api/authinfo", &[], "").await.status, 404, "{name}");
        assert_eq!(send(sim.address(), "GET", path, &[], "").await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let sim = start(|_| {}).await;
    for (method, path, status) in [
        ("POST", "/api/Tickets", 405),
        ("PUT", "/api/Client", 405),
        ("DELETE", "/api/Tickets", 405),
        ("PATCH", "/api/Agent/me", 405),
        ("POST", "/api/authinfo", 405),
        ("GET", "/auth/token", 405),
        ("DELETE", "/auth/token", 405),
        ("GET", "/", 404),
        ("GET", "/api", 404),
        ("GET", "/api/api/Tickets", 404),
        ("GET", "/api/KBArticle", 404),
        ("GET", "/auth/token/", 404),
        ("GET", "/token", 404),
        ("GET", "/API/AUTHINFO", 200),
        ("GET", "/api/tickets", 401),
        ("GET", "/api/Agent/me", 401),
        ("GET", "/api/Roles", 401),
    ] {
        assert_eq!(send(sim.address(), method, path, &[], "").await.status, status, "{method} {path}");
    }
    let answer = send(sim.address(), "POST", "/api/Tickets", &[], "").await;
    assert_eq!(answer.header("allow"), Some("GET"));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the client of these tests is no part of the program")]
async fn both_versions_of_http_are_spoken() {
    let sim = start(|_| {}).await;
    let url = format!("http://{}/api/authinfo", sim.address());
    let answer = http2().get(url).send().await.expect("an answer");
    assert_eq!(answer.version(), reqwest::Version::HTTP_2);
    assert!(answer.text().await.expect("a body").contains("auth_url"));
    assert_eq!(get_bare(&sim, "/api/authinfo").await.status, 200);
}

#[tokio::test]
async fn it_listens_on_loopback_alone() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let scenario = Scenario::named("good", &cast()).expect("it ships");
        let refused = Simulator::start(scenario, address.parse().expect("an address")).await.err().expect(address);
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
        assert!(refused.to_string().contains("not a loopback address"), "{refused}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let first = start(|_| {}).await;
    let scenario = Scenario::named("good", &cast()).expect("it ships");
    let refused = Simulator::start(scenario, first.address()).await.err().expect("in use");
    assert_eq!(refused.kind(), std::io::ErrorKind::AddrInUse);
    assert!(refused.to_string().contains(&first.address().to_string()), "{refused}");
}

/// Tasks of this test's runtime.
fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn dropping_it_ends_streams_of_http2_too() {
    let before = tasks();
    let sim = start(|scenario| scenario.manners.faults.stall = vec![FaultScope::Everywhere]).await;
    let url = format!("http://{}/api/authinfo", sim.address());
    let request = tokio::spawn(http2().get(url).send());
    until("the request is there", || sim.counters().total() == 1).await;
    drop(sim);
    let answer = tokio::time::timeout(SOON, request).await.expect("it ends").expect("it does not panic");
    assert!(answer.is_err(), "there is no answer");
    drop(answer);
    until("all tasks ended", || tasks() == before).await;
}

#[tokio::test]
async fn dropping_it_ends_every_task_and_connection() {
    let before = tasks();
    let sim = start(|scenario| {
        scenario.manners.split_auth = true;
        scenario.manners.faults.stall = vec![FaultScope::Everywhere];
    })
    .await;
    let address = sim.address();
    let mut stuck = TcpStream::connect(address).await.expect("it listens");
    let request = b"GET /api/authinfo HTTP/1.1\r\nHost: x\r\n\r\n";
    stuck.write_all(request).await.expect("it reads");
    until("the request is there", || sim.counters().total() == 1).await;
    assert!(tasks() > before);
    drop(sim);
    until("all tasks ended", || tasks() == before).await;
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(SOON, stuck.read_to_end(&mut rest)).await.expect("the connection ends");
    assert!(rest.is_empty());
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn an_announced_origin_is_named_in_place_of_its_own() {
    let sim = start_named("good").await;
    sim.announce("https://halo.example:8443/");
    assert_eq!(get_bare(&sim, "/api/authinfo").await.text("auth_url"), "https://halo.example:8443/auth");
    assert_eq!(sim.form().url, "https://halo.example:8443");
}
