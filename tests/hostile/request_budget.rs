//! Everything that a guide asks for fits into its run, and what could not be asked is no pass. Connections that died
//! before they were used cost nobody an answer.

use std::path::Path;
use std::time::Duration;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{Severity, Status, Verdict};
use halo_onboard::domain::request_budget;
use halo_onboard::probe::{discover, warm_up};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::hostile_run::{Outcome, Trial, good, token};
use crate::hostile_server::{Hit, Hostile, Steps, answer, json};

/// What an agent's record shows that only names its roles.
const ONLY_NAMES_ROLES: &str = r#"{"id":26,"name":"Integration API","roles":[7,8]}"#;

/// A Halo that has a row in each list, and grants by name alone: everything but `lacking`. The token endpoint lies at
/// `at`.
fn by_name(at: &'static str, lacking: &'static str) -> impl Fn(&Hit, usize) -> Steps {
    move |hit, _| match hit.path() {
        path if hit.method == "POST" && path != at => answer(404, "", ""),
        path if path == at => {
            let asked = hit.field("scope").unwrap_or_default().replace("%3A", ":");
            if asked.split('+').any(|scope| scope == "all" || scope == lacking) {
                return answer(400, "", r#"{"error":"invalid_scope"}"#);
            }
            json(token(&format!("\"{}\"", asked.replace('+', " "))))
        }
        "/api/authinfo" => good(hit),
        "/api/Agent/me" => json(ONLY_NAMES_ROLES),
        path if path.starts_with("/api/Roles/") => json(r#"{"name":"API role","claims":[{"type":"Tx","value":"1"}]}"#),
        _ => json(r#"{"record_count":1,"rows":[{"id":1,"agent_id":5}]}"#),
    }
}

fn second_guide() -> Guide {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guides/scalepad-lifecycle-manager.toml");
    Guide::from_toml(&std::fs::read_to_string(path).expect("the guide that ships")).expect("a guide")
}

/// Every list whose scope was granted has an answer of its own; nothing is left to guess.
fn assert_all_asked(outcome: &Outcome, guide: &Guide, lacking: &str) {
    let report = &outcome.finished.report;
    for probe in guide.probes.iter().filter(|probe| probe.scope != lacking) {
        assert!(outcome.evidence().probes.contains_key(&probe.id), "{} was not asked\n{}", probe.id, outcome.log());
    }
    assert!(!report.diagnoses.iter().any(|d| d.code == Code::LocalRequestLimit), "{}", outcome.log());
    let short = report.diagnoses.iter().find(|d| d.code == Code::ApiScopeMissing).expect("the scope that is lacking");
    assert_eq!(short.severity, Severity::Blocking);
    for check in &report.checks {
        assert!(check.http_status.is_none() || check.status != Status::Skipped, "{check:?}");
        assert!(!check.summary.starts_with("Not asked"), "{check:?}");
    }
    assert_eq!(outcome.evidence().identity.value().map(|identity| identity.roles_unread), Some(0), "the roles too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_of_many_scopes_that_are_asked_for_one_by_one_has_all_its_lists_asked() {
    let guide = second_guide();
    let lacking = "read:timesheets";
    assert!(guide.application.scopes.iter().any(|scope| scope == lacking));
    let server = Hostile::plain(by_name("/auth/token", lacking)).await;
    let trial = Trial::of(&server.url()).change(|trial| trial.guide = guide.clone());
    let outcome = trial.run().await;
    assert_all_asked(&outcome, &guide, lacking);
    assert!(outcome.evidence().requests <= request_budget::longest_run(&guide));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_url_of_the_other_form_and_scopes_one_by_one_leave_room_for_every_list_and_role() {
    let guide = Guide::built_in();
    let server = Hostile::plain(by_name("/token", "read:timesheets")).await;
    let outcome = Trial::of(&server.url()).change(|trial| trial.guide = guide.clone()).run().await;
    assert_all_asked(&outcome, &guide, "read:timesheets");
    assert_eq!(outcome.evidence().requests as usize, server.seen.hits().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_guide_that_is_accepted_is_asked_to_its_last_list() {
    let mut guide = Guide::built_in();
    let lists = |guide: &Guide| guide.probes.iter().filter(|probe| probe.endpoint.is_some()).count();
    while request_budget::excess(&guide).is_none() {
        let mut probe = guide.probes[0].clone();
        probe.id = format!("more-{}", guide.probes.len());
        guide.probes.push(probe);
    }
    guide.probes.pop();
    assert_eq!((request_budget::excess(&guide), lists(&guide)), (None, 15));
    let all = |hit: &Hit, earlier| match hit.path() {
        "/auth/token" => json(token("\"all\"")),
        _ => by_name("/auth/token", "")(hit, earlier),
    };
    let server = Hostile::plain(all).await;
    let outcome = Trial::of(&server.url()).change(|trial| trial.guide = guide.clone()).run().await;
    assert!(guide.probes.iter().all(|probe| outcome.evidence().probes.contains_key(&probe.id)), "{}", outcome.log());
    assert_eq!(outcome.evidence().requests, request_budget::HEALTHY_RUN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_refused_for_a_moment_is_asked_for_after_the_wait() {
    let server = Hostile::plain(|hit, earlier| match hit.path() {
        "/auth/token" if earlier == 0 => answer(429, "Retry-After: 1\r\n", ""),
        _ => good(hit),
    })
    .await;
    let outcome = Trial::of(&server.url()).run().await;
    assert!(outcome.evidence().token.value().is_some(), "{}", outcome.log());
    assert!(outcome.took >= Duration::from_secs(1), "asked again after {:?}", outcome.took);
    assert_ne!(outcome.finished.report.verdict, Verdict::Undetermined);
}

/// Passes bytes on, and closes a connection on which nothing has moved for `idle`, with a reset when `reset` is true.
async fn impatient(behind: std::net::SocketAddr, idle: Duration, reset: bool) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((front, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(back) = TcpStream::connect(behind).await else { return };
                carry(front, back, idle, reset).await;
            });
        }
    });
    address
}

async fn carry(mut front: TcpStream, mut back: TcpStream, idle: Duration, reset: bool) {
    let (mut there, mut here) = ([0_u8; 4096], [0_u8; 4096]);
    loop {
        let moved = tokio::time::timeout(idle, async {
            tokio::select! {
                read = front.read(&mut there) => (true, read),
                read = back.read(&mut here) => (false, read),
            }
        });
        let written = match moved.await {
            Ok((true, Ok(count))) if count > 0 => back.write_all(&there[..count]).await,
            Ok((false, Ok(count))) if count > 0 => front.write_all(&here[..count]).await,
            _ => break,
        };
        if written.is_err() {
            break;
        }
    }
    if reset {
        let _ = front.set_zero_linger();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_opened_ahead_that_the_server_closed_meanwhile_cost_no_answer() {
    let (inner, pem) = super::tls::good_halo().await;
    for (tls, reset) in [(false, false), (false, true), (true, false), (true, true)] {
        let plain = Hostile::plain(|hit, _| good(hit)).await;
        let behind = if tls { inner.address } else { plain.address };
        let address = impatient(behind, Duration::from_millis(400), reset).await;
        let url = format!("{}://{address}", if tls { "https" } else { "http" });
        let trial = || {
            let trial = super::tls::trusting(Trial::of(&url), &pem);
            trial.change(|trial| trial.guide = Guide::built_in())
        };
        let http = trial().http();
        // The address is entered, the connections are opened, and the operator reads for a while.
        let (_, discovery) = discover(&url, &http).await;
        assert!(discovery.value().is_some(), "{discovery:?}");
        let ahead = tokio::time::timeout(Duration::from_millis(1500), warm_up(&url, &http));
        assert!(ahead.await.is_err(), "they are kept longer than that");
        let outcome = trial().run_with(http).await;
        let log = outcome.log();
        assert!(!log.contains("connection cut"), "tls {tls}, reset {reset}: a retry was spent\n{log}");
        assert!(
            outcome.evidence().probes.values().all(|list| list.status().is_some()),
            "tls {tls}, reset {reset}\n{log}"
        );
    }
}
