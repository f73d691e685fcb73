//! What goes wrong on the way or in the server.

use std::time::{Duration, Instant};

use halo_onboard::sim::{FaultScope, Faults, Flaky, RateLimit, Resource, Simulator};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{get, get_bare, seconds_off, send, start, token, until};

fn places(names: &[&str]) -> Vec<FaultScope> {
    names.iter().map(|name| name.parse().expect(name)).collect()
}

async fn with(change: impl FnOnce(&mut Faults)) -> (Simulator, String) {
    let sim = start(|_| {}).await;
    let token = token(&sim).await;
    sim.update_behaviours(|manners| change(&mut manners.faults));
    (sim, token)
}

#[tokio::test]
async fn a_rate_limit_holds_at_first_or_from_a_number_on() {
    for (first, after, retry_after_s, wanted) in [
        (Some(2), None, Some(2), [429, 429, 200, 200]),
        (None, Some(3), None, [200, 200, 200, 429]),
        (Some(1), Some(2), None, [429, 200, 429, 429]),
        (None, None, Some(300), [429; 4]),
    ] {
        let limit = RateLimit { at: places(&["api"]), first, after, retry_after_s };
        let (sim, token) = with(|faults| faults.rate_limit = Some(limit)).await;
        assert_eq!(get_bare(&sim, "/api/authinfo").await.status, 200, "not in the place");
        for status in wanted {
            let answer = get(&sim, "/api/Item", &token).await;
            assert_eq!(answer.status, status, "{first:?} {after:?}");
            if status == 429 {
                let seconds = retry_after_s.map(|seconds| seconds.to_string());
                assert_eq!(answer.header("retry-after"), seconds.as_deref());
                assert!(answer.body.starts_with("Rate Limit Reached"), "{}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn a_flaky_endpoint_fails_at_first_each_by_itself() {
    let flaky = Flaky { at: places(&["Item", "Client"]), first: 2, status: 503, retry_after_s: Some(1) };
    let (sim, token) = with(|faults| faults.flaky = Some(flaky)).await;
    for (resource, statuses) in [("Item", [503, 503, 200]), ("Client", [503, 503, 200]), ("Tickets", [200; 3])] {
        for status in statuses {
            let answer = get(&sim, &format!("/api/{resource}"), &token).await;
            assert_eq!(answer.status, status, "{resource}");
            assert_eq!(answer.header("retry-after"), (status == 503).then_some("1"));
        }
    }
}

#[tokio::test]
async fn places_can_fail_in_one_way_each() {
    // Which fault, the path, the status and the start of the body; other paths are as ever.
    type Case = (fn(&mut Faults), &'static str, u16, &'static str);
    let cases: [Case; 5] = [
        (|f| f.html = places(&["Item"]), "/api/Item", 200, "<!DOCTYPE html>"),
        (|f| f.server_error = places(&["item"]), "/api/Item", 500, "{\"Message\""),
        (|f| f.bad_shape = places(&["Item"]), "/api/Item", 200, "{\"record_count\":1,\"view\""),
        (|f| f.redirect = places(&["Item"]), "/api/Item", 302, ""),
        (|f| f.rejects_tokens = true, "/api/Item", 401, "{\"Message\""),
    ];
    for (at, (change, path, status, start)) in cases.into_iter().enumerate() {
        let (sim, token) = with(change).await;
        let answer = get(&sim, path, &token).await;
        assert_eq!(answer.status, status, "case {at}");
        assert!(answer.body.starts_with(start), "case {at}: {}", answer.body);
        let elsewhere = if status == 401 { "/api/authinfo" } else { "/api/Client" };
        assert_eq!(get(&sim, elsewhere, &token).await.status, 200, "case {at}");
    }
}

#[tokio::test]
async fn a_redirect_leads_to_another_origin_where_requests_are_counted() {
    let sim = start(|scenario| scenario.manners.faults.redirect = places(&["authinfo"])).await;
    let answer = get_bare(&sim, "/api/authinfo").await;
    let location = answer.header("location").expect("a location").to_owned();
    let host = location.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/api/authinfo")).expect("an origin");
    let host = host.parse().expect("an address");
    assert_ne!(host, sim.address());
    assert_eq!(sim.counters().elsewhere, 0);
    let page = send(host, "GET", "/api/authinfo", &[], "").await;
    assert!(page.body.starts_with("<!DOCTYPE html>"));
    assert_eq!(sim.counters().elsewhere, 1);
}

#[tokio::test]
async fn the_clock_of_the_answers_can_be_off() {
    for offset in [-1200, 0, 90_000] {
        let (sim, token) = with(|faults| faults.clock_offset_s = offset).await;
        let answer = get(&sim, "/api/Item", &token).await;
        let off = seconds_off(answer.header("date").expect("a date")) - offset;
        assert!(off.abs() <= 5, "{offset}: {off}");
    }
}

#[tokio::test]
async fn latency_comes_before_each_answer() {
    let (sim, token) = with(|faults| faults.latency_ms = 120).await;
    let start = Instant::now();
    assert_eq!(get(&sim, "/api/Item", &token).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn a_stalled_place_never_answers_and_notices_when_the_client_leaves() {
    let (sim, token) = with(|faults| faults.stall = places(&["Invoice"])).await;
    let mut stuck = TcpStream::connect(sim.address()).await.expect("it listens");
    let request = format!("GET /api/Invoice HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    stuck.write_all(request.as_bytes()).await.expect("it reads");
    until("the request is there", || sim.counters().of_path("/api/Invoice") == 1).await;
    assert_eq!(get(&sim, "/api/Item", &token).await.rows(Resource::Item).len(), 5, "others are answered");
    assert_eq!(sim.counters().abandoned, 0);
    drop(stuck);
    until("it was noticed", || sim.counters().abandoned == 1).await;
}
