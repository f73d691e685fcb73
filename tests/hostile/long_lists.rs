//! Lists of large tenants, and lists that a server never finishes: what was seen counts, the wait is short, and memory stays
//! bounded.

use std::time::Duration;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::evidence::Rows;
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::Status;

use crate::hostile_run::{Outcome, Stage, Trial, good};
use crate::hostile_server::{Hostile, Step, Steps, json};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// One run in which a list is answered so.
async fn with_list(path: &'static str, steps: Steps) -> (Outcome, Hostile) {
    let server = Hostile::plain(move |hit, _| if hit.path() == path { steps.clone() } else { good(hit) }).await;
    (Trial::of(&server.url()).run().await, server)
}

fn rows<'a>(outcome: &'a Outcome, probe: &str) -> Option<&'a Rows> {
    outcome.evidence().probes[probe].value()
}

/// The start of a body that is longer than what comes of it.
fn begun(body: &str) -> Step {
    Step::Bytes(format!("{HEAD}Content-Length: 900000\r\n\r\n{body}").into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_seen_counts_whatever_becomes_of_the_rest_and_nobody_waits_for_it() {
    let row = r#"{"invoices":[{"id":3},{"id":"#;
    let noise = Step::Bytes(b"oops".to_vec());
    for (name, rest) in [
        ("silence", vec![Step::Stall]),
        ("a reset", vec![Step::Reset]),
        ("the end of the connection", vec![Step::Close]),
        ("byte by byte", vec![Step::Drip(vec![b'1'; 400], Duration::from_millis(100))]),
        ("no JSON, then silence", vec![noise, Step::Stall]),
    ] {
        let (outcome, _) = with_list("/api/Invoice", [vec![begun(row)], rest].concat()).await;
        let seen = rows(&outcome, "invoices").unwrap_or_else(|| panic!("{name}\n{}", outcome.log()));
        assert!(seen.count == 1 && !seen.complete, "{name}: {seen:?}");
        assert!(outcome.took < Duration::from_secs(5), "{name}: {:?}", outcome.took);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_seen_before_a_cut_count_where_more_was_looked_for() {
    // Tickets of one agent alone: whether others' are visible is still open when the connection goes.
    let body = format!("{{\"tickets\":[{}", r#"{"agent_id":5},"#.repeat(9));
    for end in [Step::Reset, Step::Close] {
        let (outcome, _) = with_list("/api/Tickets", vec![begun(&body), end]).await;
        let seen = rows(&outcome, "tickets").unwrap_or_else(|| panic!("{}", outcome.log()));
        assert!(seen.count == 9 && !seen.complete, "{seen:?}");
        assert!(outcome.log().contains("was cut"), "{}", outcome.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_null_is_a_list_without_rows() {
    for body in [r#"{"record_count":0,"invoices":null}"#, r#"{"Invoices":null,"columns":[{"name":"x"}]}"#] {
        let (outcome, _) = with_list("/api/Invoice", json(body)).await;
        let seen = rows(&outcome, "invoices").unwrap_or_else(|| panic!("{body}\n{}", outcome.log()));
        assert!(seen.count == 0 && seen.complete, "{body}: {seen:?}");
        let check = outcome.finished.report.checks.iter().find(|check| check.id == "invoices").expect("a check");
        // Without a row it says nothing for or against the role: no refusal, and no pass.
        assert_eq!((check.status, check.http_status), (Status::Warned, Some(200)), "{body}: {check:?}");
        assert!(check.summary.contains("no row visible"), "{body}: {check:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_response_without_a_list_is_told_for_what_it_is() {
    let filler = "x".repeat(2_000_000);
    for (name, body, code) in [
        ("no list", format!("{{\"record_count\":1,\"note\":\"{filler}\"}}"), Code::ApiShape),
        ("broken at its end", format!("{{\"note\":\"{filler}\",\"invoices\":[oops"), Code::HttpBadJson),
        ("cut at its end", format!("{{\"note\":\"{filler}\",\"invoices\":["), Code::HttpBadJson),
        ("two documents", format!("{{\"note\":\"{filler}\",\"invoices\":[]}} {{}}"), Code::HttpBadJson),
        (
            "log lines",
            format!("[error] nothing is here\n{}", "[error] nothing is here\n".repeat(90_000)),
            Code::HttpBadJson,
        ),
    ] {
        let (outcome, _) = with_list("/api/Invoice", json(body)).await;
        let found = outcome.evidence().probes["invoices"].fault().map(|fault| fault.code);
        assert_eq!(found, Some(code), "{name}\n{}", outcome.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_only_resembles_a_list_shows_no_row() {
    for body in ["[error] nothing is here\n".repeat(2000), format!("[{}", r#"{"a" 1} {"b" 2} "#.repeat(2000))] {
        let (outcome, _) = with_list("/api/Invoice", json(&body)).await;
        let found = outcome.evidence().probes["invoices"].fault().map(|fault| fault.code);
        assert_eq!(found, Some(Code::HttpBadJson), "{}\n{}", &body[..20], outcome.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_agents_need_no_memory_of_their_own() {
    let many: String = (2..400_000).map(|id| format!(",{{\"agent_id\":{id}}}")).collect();
    let body = format!("{{\"tickets\":[{{}}{many}]}}");
    let server = Hostile::plain(move |hit, _| match hit.target.contains("agent_id=1") {
        true => json(&body),
        false => good(hit),
    })
    .await;
    let mut guide = Guide::built_in();
    guide.probes.retain(|probe| ["tickets", "unassigned-tickets"].contains(&probe.id.as_str()));
    let outcome = Trial::of(&server.url()).change(|trial| trial.guide = guide).run().await;
    let seen = rows(&outcome, "unassigned-tickets").unwrap_or_else(|| panic!("{}", outcome.log()));
    assert!(seen.count > 100_000 && seen.by_agent.len() < 1000, "{} agents are kept", seen.by_agent.len());
}

/// One row, a preface or a text that never ends: each ends at the cap, or where it can no longer be a list that is read.
#[tokio::test(flavor = "multi_thread")]
async fn lists_that_never_end_do() {
    for (name, start, again, code) in [
        ("one row", "[{\"note\":\"", "x", Code::HttpTooLarge),
        ("one row of many members", "[{\"a\":1", ",\"a\":1", Code::HttpTooLarge),
        ("a preface", "{\"columns\":[1", ",{\"name\":[2]}", Code::HttpTooLarge),
        ("one key", "{\"", "k", Code::HttpTooLarge),
        ("one number", "[", "1", Code::HttpTooLarge),
        ("nesting", "{\"a\":", "[", Code::HttpBadJson),
        ("nesting of objects", "[", "{\"a\":", Code::HttpBadJson),
    ] {
        let server = Hostile::plain(move |hit, _| match hit.path() {
            "/api/authinfo" | "/auth/token" | "/api/Agent/me" => good(hit),
            _ => vec![
                Step::Bytes(format!("{HEAD}\r\n{start}").into_bytes()),
                Step::Again(again.repeat(65_536 / again.len()).into_bytes(), 1_000_000),
            ],
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        for probe in ["tickets", "invoices"] {
            let found = outcome.evidence().probes[probe].fault().map(|fault| fault.code);
            assert_eq!(found, Some(code), "{name}, {probe}\n{}", outcome.log());
        }
        assert!(outcome.took < Duration::from_secs(40), "{name}: {:?}", outcome.took);
    }
}

/// A list that is not read on is given up alone: over one connection of HTTP/2, everything else is answered.
#[tokio::test(flavor = "multi_thread")]
async fn over_http_2_lists_that_are_given_up_harm_nothing_else() {
    let (address, connections, pem) = crate::tls::http2_halo(6000).await;
    let trial = crate::tls::trusting(Trial::of(&format!("https://{address}")), &pem);
    let http = trial.http();
    for _ in 0..3 {
        let trial = crate::tls::trusting(Trial::of(&format!("https://{address}")), &pem);
        let outcome = trial.run_with(http.clone()).await;
        assert_eq!(outcome.evidence().link.http_version.as_deref(), Some("HTTP/2"));
        for probe in ["tickets", "invoices"] {
            let seen = rows(&outcome, probe).unwrap_or_else(|| panic!("{probe}\n{}", outcome.log()));
            assert!(seen.count >= 1, "{probe}: {seen:?}");
        }
        assert!(outcome.log().contains("the rest was not read"), "{}", outcome.log());
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_with_a_very_long_description_keeps_its_word() {
    let (long, too_long) = ("very long ".repeat(30_000), "very long ".repeat(300_000));
    for (body, is_read) in [
        (format!("{{\"error\":\"invalid_client\",\"error_description\":\"{long}\"}}"), true),
        (format!("{{\"error_description\":\"{long}\",\"error\":\"invalid_client\"}}"), true),
        (format!("{{\"error_description\":\"{too_long}\",\"error\":\"invalid_client\"}}"), false),
    ] {
        let server = Hostile::plain(move |hit, _| match hit.path() == Stage::Token.path() {
            true => crate::hostile_server::answer(400, "Content-Type: application/json\r\n", &body),
            false => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        // A word behind the limit of what is read is not known; its absence convicts nobody.
        let found = outcome.code(Stage::Token);
        assert_eq!(found == Some(Code::AuthInvalidClient), is_read, "{found:?}\n{}", outcome.log());
    }
}
