//! Who delays whom, who is asked how often, and what counts in the end.

use std::time::{Duration, Instant};

use halo_onboard::sim::{Endpoint, FaultScope, RateLimit};

use crate::program_output::{closed_port, silent_server};
use crate::servers::{Servers, lines, rows};

/// The token endpoint answers 429 to the first so many, and asks to wait.
fn limits(first: Option<u32>, retry_after_s: Option<u64>) -> RateLimit {
    RateLimit { at: vec![FaultScope::At(Endpoint::Token)], first, after: None, retry_after_s }
}

#[test]
fn each_of_many_has_its_own_verdict_and_the_gravest_counts() {
    let mut servers = Servers::new();
    for number in 0..20 {
        servers.good(&format!("good-{number:02}"));
    }
    for number in 0..4 {
        servers.tenant(&format!("slow-{number}"), "good", |scenario| scenario.manners.faults.latency_ms = 200);
    }
    servers.tenant("limited", "good", |scenario| scenario.manners.faults.rate_limit = Some(limits(Some(1), Some(1))));
    servers.tenant("no-invoices", "role-invoices", |_| {});
    servers.tenant("edits", "app-edit", |_| {});
    servers.nowhere("dead", &silent_server());
    servers.nowhere("refused", &closed_port());
    servers.nowhere("insecure", "http://halo.example");

    let done = servers.check("--format jsonl --timeout 3");
    let mut found = rows(&done.out);
    found.sort();
    let mut wanted: Vec<(String, u64, String)> = (0..20).map(|n| (format!("good-{n:02}"), 0, "ok".into())).collect();
    wanted.extend((0..4).map(|n| (format!("slow-{n}"), 0, "ok".into())));
    wanted.extend([("limited".into(), 0, "ok".into()), ("no-invoices".into(), 1, "api.role_level".into())]);
    wanted.extend([("edits".into(), 0, "ok".into()), ("dead".into(), 75, "net.timeout".into())]);
    wanted.extend([("refused".into(), 69, "net.refused".into()), ("insecure".into(), 78, "input.url_insecure".into())]);
    wanted.sort();
    assert_eq!(found, wanted, "{done:?}");
    assert_eq!(done.status, 78, "the gravest of all: {done:?}");
    let last = lines(&done.out).pop().expect("a line");
    assert_eq!((&last["type"], &last["verdict"]), (&"fleet".into(), &"not_ready".into()));
    assert_eq!((&last["counts"]["ready"], &last["counts"]["ready_with_warnings"]), (&25.into(), &1.into()));
    assert_eq!((&last["counts"]["not_ready"], &last["counts"]["undetermined"]), (&3.into(), &1.into()));
    assert!(done.err.contains("asks to wait 1 s"), "{}", done.err);
}

#[test]
fn a_dead_tenant_takes_one_place_and_delays_no_other() {
    let mut servers = Servers::new();
    servers.nowhere("a-dead", &silent_server());
    for number in 0..10 {
        servers.good(&format!("good-{number}"));
    }
    let began = Instant::now();
    let done = servers.check("--format jsonl --timeout 8 --jobs 2");
    let found = rows(&done.out);
    let (last, code) = found.last().map(|(name, _, code)| (name.as_str(), code.as_str())).expect("a row");
    assert_eq!((last, code, found.len()), ("a-dead", "net.timeout", 11), "it was begun first: {done:?}");
    assert!(began.elapsed() < Duration::from_secs(16), "others waited for it: {:?}", began.elapsed());
    assert_eq!(done.status, 75);
}

#[test]
fn a_host_that_asks_to_wait_delays_its_own_tenants_alone() {
    let mut servers = Servers::new();
    let six = Some(limits(Some(1), Some(6)));
    servers.tenant("a-limited", "good", |scenario| scenario.manners.faults.rate_limit = six);
    for number in 1..3 {
        servers.again(&format!("a-limited-{number}"), "a-limited");
    }
    for number in 0..10 {
        servers.good(&format!("good-{number}"));
    }
    let began = Instant::now();
    let done = servers.check("--format jsonl --jobs-per-host 1");
    let names: Vec<String> = rows(&done.out).into_iter().map(|(name, _, _)| name).collect();
    assert_eq!((names.len(), done.status), (13, 0), "{done:?}");
    assert!(names[..10].iter().all(|name| name.starts_with("good")), "{names:?}");
    assert!(began.elapsed() >= Duration::from_secs(6), "the wait was not kept: {:?}", began.elapsed());
    let counters = servers.counters("a-limited");
    assert_eq!(counters.of_path("/auth/token"), 4, "one was refused; nobody asked during the wait: {counters:?}");
}

#[test]
fn a_host_that_asks_to_wait_for_too_long_is_left_alone() {
    let mut servers = Servers::new();
    let always = Some(limits(None, Some(86_400)));
    servers.tenant("limited", "good", |scenario| scenario.manners.faults.rate_limit = always);
    for number in 1..4 {
        servers.again(&format!("limited-{number}"), "limited");
    }
    servers.good("good");
    let done = servers.check("--format jsonl --jobs-per-host 1");
    for (name, status, code) in rows(&done.out) {
        let wanted = if name == "good" { (0, "ok") } else { (75, "http.rate_limited") };
        assert_eq!((status, code.as_str()), wanted, "{name}: {done:?}");
    }
    assert_eq!((done.status, servers.counters("limited").of_path("/auth/token")), (75, 1), "{done:?}");
    assert!(done.out.contains("asks to wait 86400 s"), "{done:?}");
}

#[test]
fn no_host_is_asked_by_more_than_it_may() {
    let mut servers = Servers::new();
    servers.tenant("one", "good", |scenario| scenario.manners.faults.latency_ms = 20);
    for number in 0..11 {
        servers.again(&format!("one-{number}"), "one");
    }
    let done = servers.check("--quiet --jobs-per-host 1");
    assert_eq!(done.status, 0, "{done:?}");
    let counters = servers.counters("one");
    assert!(counters.most_in_flight <= 10, "{counters:?}");
    assert_eq!(counters.token_requests, 12);
}
