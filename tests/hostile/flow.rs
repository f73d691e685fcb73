//! How a run goes on when answers are late, refused for a while, or never come: retries, renewal, cancelling, panics,
//! connections opened ahead, proxies.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::evidence::{Evidence, Observation};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::run_event::RunEvent;
use halo_onboard::domain::run_plan::CheckSelection;
use halo_onboard::probe::Proxy;

use crate::hostile_run::{Outcome, Stage, TOKEN, Trial, assert_secret_went_only_to_the_token_endpoint, good};
use crate::hostile_server::{Hostile, Step, answer, json};

/// Waits until something holds, with a limit.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn checks(outcome: &Outcome, wanted: fn(&RunEvent) -> Option<&String>) -> Vec<&str> {
    outcome.events.iter().filter_map(wanted).map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_what_it_does_while_it_does_it() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let outcome = Trial::of(&server.url()).run().await;
    let started = checks(&outcome, |event| match event {
        RunEvent::CheckStarted(check) => Some(check),
        _ => None,
    });
    let ended = checks(&outcome, |event| match event {
        RunEvent::CheckEnded(check) => Some(check),
        _ => None,
    });
    assert_eq!(started[..3], ["discovery", "token", "identity"]);
    let all: BTreeSet<&str> = ["discovery", "token", "identity", "tickets", "invoices", "others-tickets"].into();
    assert_eq!((started.iter().copied().collect::<BTreeSet<_>>(), started.len()), (all.clone(), all.len()));
    assert_eq!((ended.iter().copied().collect::<BTreeSet<_>>(), ended.len()), (all.clone(), all.len()));
    // Each end is followed by what follows from it.
    for pair in outcome.events.windows(2) {
        if matches!(pair[0], RunEvent::CheckEnded(_)) {
            assert!(matches!(pair[1], RunEvent::Judged(_)));
        }
    }
    assert!(matches!(&outcome.events[0], RunEvent::CheckStarted(check) if check == "discovery"));
    let log = outcome.log();
    for line in [
        "GET  /api/authinfo  200  ",
        "tenant_id=acme  auth_url=http://127.0.0.1:",
        "POST /auth/token?tenant=acme  200  ",
        "scope=all  client_secret=[hidden ",
        "GET  /api/Tickets?pageinate=true&page_size=50&page_no=1&includecolumns=false  200  ",
        "rows=2",
        "tcp   127.0.0.1:",
        "done  ",
    ] {
        assert!(log.contains(line), "{line} is not in\n{log}");
    }
    let target = &outcome.finished.report.target;
    assert_eq!((target.tenant.as_deref(), target.scopes_granted.as_ref().map(Vec::len)), (Some("acme"), Some(3)));
    let rows = outcome.evidence().probes["tickets"].value().expect("rows");
    assert_eq!((rows.count, rows.by_agent.get(&1), rows.by_agent.get(&5)), (2, Some(&1), Some(&1)));
    assert_eq!(outcome.evidence().probes["others-tickets"], outcome.evidence().probes["tickets"]);
    assert_eq!(outcome.evidence().requests, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_is_asked_again_only_when_the_rules_say_so() {
    let wait = |status, headers: &str| answer(status, headers, "");
    for (name, first, stage, asked, code, waits) in [
        ("429 for a second", wait(429, "Retry-After: 1\r\n"), Stage::Discovery, 2, None, 1),
        ("503 for a second", wait(503, "Retry-After: 1\r\n"), Stage::Probe, 2, None, 1),
        ("429 for 11 seconds", wait(429, "Retry-After: 11\r\n"), Stage::Discovery, 1, Some(Code::HttpRateLimited), 0),
        ("429 without a time", wait(429, ""), Stage::Identity, 1, Some(Code::HttpRateLimited), 0),
        ("500 with a time", wait(500, "Retry-After: 1\r\n"), Stage::Probe, 1, Some(Code::HttpServerError), 0),
        // Nothing was done when a 429 or 503 asks to wait, so the token request is sent again too.
        ("429 for the token", wait(429, "Retry-After: 1\r\n"), Stage::Token, 2, None, 1),
        ("503 for the token", wait(503, "Retry-After: 1\r\n"), Stage::Token, 2, None, 1),
        ("429 without a time for the token", wait(429, ""), Stage::Token, 1, Some(Code::HttpRateLimited), 0),
        ("reset before an answer", vec![Step::Reset], Stage::Probe, 2, None, 0),
        ("reset of the token request", vec![Step::Reset], Stage::Token, 1, Some(Code::NetReset), 0),
        (
            "reset within an answer",
            vec![Step::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()), Step::Reset],
            Stage::Probe,
            1,
            Some(Code::NetReset),
            0,
        ),
    ] {
        let server = Hostile::plain(
            move |hit, earlier| {
                if hit.path() == stage.path() && earlier == 0 { first.clone() } else { good(hit) }
            },
        )
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(stage), code, "{name}\n{}", outcome.log());
        assert_eq!(server.seen.count(stage.path()), asked, "{name}");
        let waited =
            outcome.events.iter().filter(|event| matches!(event, RunEvent::Waiting { seconds: 1, .. })).count();
        assert_eq!(waited, waits, "{name}");
        assert_eq!(outcome.evidence().requests as usize, server.seen.hits().len(), "{name}");
        let told: Vec<&str> = outcome
            .events
            .iter()
            .filter_map(|event| match event {
                RunEvent::Exchanged(exchange) => Some(exchange.request.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(told.len(), server.seen.hits().len(), "{name}: each request is told with its time");
        assert!(told.contains(&"GET /api/authinfo"), "{name}: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_end() {
    let server = Hostile::plain(|hit, _| match hit.path() {
        "/api/authinfo" | "/auth/token" => good(hit),
        _ => vec![Step::Reset],
    })
    .await;
    let outcome = Trial::of(&server.url()).change(|trial| trial.guide = Guide::built_in()).run().await;
    let most = server
        .seen
        .hits()
        .iter()
        .map(|hit| server.seen.hits().iter().filter(|other| other.target == hit.target).count())
        .max();
    assert!(most <= Some(3), "one request was sent {most:?} times");
    assert!(server.seen.hits().len() <= 2 + 10 + 6, "{} requests", server.seen.hits().len());
    assert_eq!(outcome.code(Stage::Probe), Some(Code::NetReset));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ended_early_is_renewed_once() {
    let second = TOKEN.replace("9.c2ln", "9second.c2ln");
    let renewed = second.clone();
    let server = Hostile::plain(move |hit, earlier| match hit.path() {
        "/auth/token" if earlier == 1 => json(format!(r#"{{"access_token":"{renewed}"}}"#)),
        "/auth/token" | "/api/authinfo" => good(hit),
        _ if hit.header("authorization") == Some(&format!("Bearer {renewed}")) => good(hit),
        _ => answer(401, "", ""),
    })
    .await;
    let outcome = Trial::of(&server.url()).run().await;
    assert!(Stage::ALL.iter().all(|stage| stage.is_answered(outcome.evidence())), "{}", outcome.log());
    assert_eq!(server.seen.count("/auth/token"), 2);
    assert!(!format!("{:?}", outcome.events).contains(&second));
    assert_secret_went_only_to_the_token_endpoint(&server.seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_never_accepted_is_renewed_once_and_no_more() {
    let server = Hostile::plain(|hit, _| match hit.path() {
        "/auth/token" | "/api/authinfo" => good(hit),
        _ => answer(401, "", ""),
    })
    .await;
    let outcome = Trial::of(&server.url()).change(|trial| trial.guide = Guide::built_in()).run().await;
    assert_eq!(server.seen.count("/auth/token"), 2);
    // Ten with the first token, one with the second.
    assert_eq!(outcome.evidence().requests, 1 + 2 + 10 + 1, "{}", outcome.log());
    for asked in outcome.evidence().probes.values() {
        assert_eq!((asked.fault().map(|fault| fault.code), asked.status()), (Some(Code::ApiForbidden), Some(401)));
    }
    assert_eq!(outcome.evidence().probes.len(), 10, "the probe that looks at another's rows among them");
    assert_eq!(outcome.evidence().identity.status(), Some(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_future_abandons_everything_and_what_was_seen_stays() {
    let server = Hostile::plain(|hit, _| match hit.path() {
        "/api/Tickets" | "/api/Invoice" => vec![Step::Stall],
        _ => good(hit),
    })
    .await;
    let trial = Trial::of(&server.url());
    let http = trial.http();
    let (run, events) = trial.prepare(http);
    let identified = || {
        let ended = |event: &RunEvent| matches!(event, RunEvent::CheckEnded(id) if id == "identity");
        events.lock().expect("not poisoned").iter().any(ended)
    };
    let asked = until("both probes, and the agent", || {
        server.seen.count("/api/Tickets") + server.seen.count("/api/Invoice") == 2 && identified()
    });
    tokio::select! {
        _ = run.finish() => panic!("the run cannot end by itself"),
        () = asked => {}
    }
    let told = events.lock().expect("not poisoned").len();
    until("the server sees both go", || server.seen.abandoned.load(Ordering::SeqCst) == 2).await;
    assert_eq!(events.lock().expect("not poisoned").len(), told, "no event comes after the drop");
    let finished = run.interrupted();
    assert!(finished.evidence.token.value().is_some() && finished.evidence.identity.value().is_some());
    for probe in ["tickets", "invoices", "others-tickets"] {
        assert_eq!(finished.evidence.probes[probe], Observation::Cancelled, "{probe}");
    }
    let ends =
        || events.lock().expect("not poisoned").iter().filter(|event| matches!(event, RunEvent::Finished(_))).count();
    run.interrupted();
    assert_eq!(ends(), 1, "the end is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_before_anything_was_sent_cancels_everything() {
    let trial = Trial::of("http://127.0.0.1:9");
    let http = trial.http();
    let (run, _) = trial.prepare(http);
    let evidence = run.interrupted().evidence;
    assert_eq!(
        (&evidence.discovery, &evidence.token, &evidence.identity),
        (&Observation::Cancelled, &Observation::Cancelled, &Observation::Cancelled)
    );
    assert_eq!((evidence.probes.len(), evidence.requests), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_that_the_record_only_names_are_asked_for() {
    let ids = ["c9534241-dde9-4d04-9d45-32b1fbff22ed", "7", "8"];
    for (status, claims) in [(200, true), (403, false)] {
        let server = Hostile::plain(move |hit, _| match hit.path() {
            "/api/Agent/me" => json(format!(r#"{{"name":"API","roles":["{}","{}","{}"]}}"#, ids[0], ids[1], ids[2])),
            path if path.starts_with("/api/Roles/") => {
                answer(status, "", r#"{"name":"API role","claims":[{"type":"Tx","value":"1"}]}"#)
            }
            _ => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        let identity = outcome.evidence().identity.value().expect("an agent");
        assert_eq!(
            (identity.claims.is_some(), identity.roles.as_ref().map(Vec::len)),
            (claims, Some(usize::from(claims)))
        );
        assert_eq!(identity.roles_unread, if claims { 1 } else { 3 });
        let told = format!("{} of 3 roles not read", identity.roles_unread);
        assert!(outcome.log().contains(&told), "{}", outcome.log());
        let asked: Vec<String> =
            server.seen.hits().into_iter().map(|hit| hit.target).filter(|t| t.contains("Roles")).collect();
        assert_eq!(asked, [0, 1].map(|at| format!("/api/Roles/{}?includedetails=true", ids[at])), "two at most");
    }
}

#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_one_failed_check_and_the_others_go_on() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let trial = Trial::of(&server.url()).change(|trial| {
        let tickets = trial.guide.probes.iter_mut().find(|probe| probe.id == "tickets").expect("a probe");
        tickets.endpoint = Some("PanicOnPurpose".into());
    });
    let outcome = trial.run().await;
    assert_eq!(outcome.code(Stage::Probe), Some(Code::LocalBug));
    assert!(outcome.evidence().probes["invoices"].value().is_some());
    assert!(outcome.evidence().identity.value().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_check_is_run_again_with_a_fresh_token_and_the_rest_is_kept() {
    let server = Hostile::plain(|hit, earlier| match hit.path() {
        "/api/Invoice" if earlier == 0 => answer(403, "", ""),
        _ => good(hit),
    })
    .await;
    let first = Trial::of(&server.url()).run().await;
    assert_eq!(first.evidence().probes["invoices"].status(), Some(403));
    let again = Trial::of(&server.url()).change(|trial| {
        trial.selection = CheckSelection::Only(vec!["invoices".into()]);
        trial.previous = Some(first.evidence().clone());
    });
    let again = again.run().await;
    assert!(again.evidence().probes["invoices"].value().is_some());
    assert_eq!(again.evidence().probes["tickets"], first.evidence().probes["tickets"]);
    // A token, the agent's levels, the list.
    assert_eq!((again.evidence().requests, server.seen.count("/api/authinfo")), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_1_1_the_connections_for_the_probes_are_opened_before_the_token_has_come() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let seen = std::sync::Arc::clone(&server.seen);
    // This one answers the token request only when all the connections are there.
    let gate = Hostile::plain(move |hit, _| match hit.path() {
        "/auth/token" => {
            let mut steps = vec![Step::Connections(std::sync::Arc::clone(&seen), 8)];
            steps.extend(good(hit));
            steps
        }
        _ => good(hit),
    })
    .await;
    let trial = Trial::of(&server.url()).change(|trial| {
        trial.guide = Guide::built_in();
        trial.connection.auth_server = Some(format!("{}/auth", gate.url()));
    });
    let outcome = trial.run().await;
    assert!(outcome.took < Duration::from_secs(4), "the connections were not opened ahead\n{}", outcome.log());
    // A connection that has just been freed may be back too late for the next request.
    let opened = server.seen.connections.load(Ordering::SeqCst);
    assert!((8..=10).contains(&opened), "{opened} connections for 8 requests at once");
    assert_eq!(server.seen.hits().len(), 1 + 10, "opening ahead sends nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_do_not_wait_for_connections_that_are_still_being_opened() {
    let (inner, pem) = super::tls::good_halo().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, behind) = (listener.local_addr().expect("an address"), inner.address);
    // Serves one connection to its end before it takes the next: the others' handshakes wait.
    tokio::spawn(async move {
        while let Ok((mut front, _)) = listener.accept().await {
            if let Ok(mut back) = tokio::net::TcpStream::connect(behind).await {
                drop(tokio::io::copy_bidirectional(&mut front, &mut back).await);
            }
        }
    });
    let trial = super::tls::trusting(Trial::of(&format!("https://{address}")), &pem);
    let outcome = trial.run().await;
    assert!(Stage::ALL.iter().all(|stage| stage.is_answered(outcome.evidence())), "{}", outcome.log());
    assert!(outcome.took < Duration::from_secs(3), "{}", outcome.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_uses_the_connections_of_the_first() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let trial = Trial::of(&server.url());
    let http = trial.http();
    trial.run_with(http.clone()).await;
    let outcome = Trial::of(&server.url()).run_with(http).await;
    assert_eq!(outcome.evidence().discovery.timing().connect, None, "nothing was connected");
    assert_eq!(outcome.evidence().link.addresses, ["127.0.0.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_does_not_let_through_is_named_and_its_password_is_not() {
    let refusing =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let wants_login = Hostile::plain(|_, _| answer(407, "Proxy-Authenticate: Basic\r\n", "")).await;
    let forbids = Hostile::plain(|_, _| answer(403, "", "no")).await;
    let breaks = Hostile::plain(|_, _| vec![Step::Reset]).await;
    let stalls = Hostile::plain(|_, _| vec![Step::Stall]).await;
    for target in ["https://halo.invalid", "http://localhost:9"] {
        for (name, proxy) in [
            ("refused", refusing),
            ("407", wants_login.address),
            ("CONNECT refused", forbids.address),
            ("reset", breaks.address),
            ("stall", stalls.address),
        ] {
            if target.starts_with("http:") && !["refused", "407"].contains(&name) {
                continue;
            }
            let trial = Trial::of(target).limit(Duration::from_millis(1500));
            let outcome =
                trial.change(|trial| trial.network.proxy = Proxy::Url(format!("http://me:geheim@{proxy}"))).run().await;
            assert_eq!(outcome.code(Stage::Discovery), Some(Code::NetProxy), "{name} {target}\n{}", outcome.log());
            let told = format!("{:?}", outcome.evidence());
            assert!(told.contains(&format!("http://{proxy} (--proxy)")), "{name} {told}");
            assert!(!told.contains("geheim") && !format!("{:?}", outcome.events).contains("geheim"));
            assert_eq!(outcome.evidence().link.proxy.as_deref(), Some(format!("http://{proxy} (--proxy)").as_str()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_works_is_used_for_the_whole_run() {
    let proxy = Hostile::plain(|hit, _| {
        let mut direct = hit.clone();
        direct.target = hit.target.trim_start_matches("http://localhost:9").to_owned();
        good(&direct)
    })
    .await;
    let url = format!("http://localhost:{}", proxy.address.port());
    let trial = Trial::of("http://localhost:9").change(|trial| trial.network.proxy = Proxy::Url(url.clone()));
    let outcome = trial.run().await;
    assert!(Stage::Probe.is_answered(outcome.evidence()), "{}", outcome.log());
    let log = outcome.log();
    assert!(log.contains(&format!("proxy {url} (--proxy) for ")) && log.contains("dns   localhost -> "), "{log}");
    assert!(outcome.evidence().link.addresses.is_empty(), "the proxy's address is not the host's");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_never_travels_in_the_clear_whatever_was_configured() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    // A proxy that is not on this machine would get it, and so would a server that is not.
    let far_proxy = Trial::of("http://localhost:9").change(|trial| {
        trial.network.proxy = Proxy::Url("http://192.0.2.1:3128".into());
        trial.connection.auth_server = Some("http://localhost:9/auth".into());
    });
    let far_server =
        Trial::of(&server.url()).change(|trial| trial.connection.auth_server = Some("http://192.0.2.1/auth".into()));
    for trial in [far_proxy, far_server] {
        let discovered = halo_onboard::domain::evidence::Discovery {
            auth_server: trial.connection.auth_server.clone().expect("given"),
            ..Default::default()
        };
        let answer =
            halo_onboard::domain::evidence::Answer { value: discovered, status: 200, timing: Default::default() };
        let previous = Evidence { discovery: Observation::Answered(answer), ..Evidence::default() };
        let outcome = trial.change(|trial| trial.previous = Some(previous)).run().await;
        assert_eq!(outcome.code(Stage::Token), Some(Code::InputUrlInsecure), "{}", outcome.log());
        assert_eq!(outcome.evidence().requests, 0);
    }
}

/// Runs only in a process of its own that has no CA certificates: see the test below.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by a_machine_without_ca_certificates_can_still_speak_plain_http"]
async fn without_roots() {
    let plain = Hostile::plain(|hit, _| good(hit)).await;
    let outcome = Trial::of(&plain.url()).run().await;
    assert!(Stage::Probe.is_answered(outcome.evidence()), "{}", outcome.log());
    let identity = super::tls::self_signed();
    let tls = Hostile::start(|hit, _| good(hit), Some(super::tls::acceptor(&identity))).await;
    let outcome = Trial::of(&format!("https://{}", tls.address)).run().await;
    assert_eq!(outcome.code(Stage::Discovery), Some(Code::TlsNoRoots), "{}", outcome.log());
    crate::codes::tell(&outcome);
}

#[test]
fn a_machine_without_ca_certificates_can_still_speak_plain_http() {
    assert_eq!(crate::codes::no_certificate_authorities(), Code::TlsNoRoots);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_2_one_connection_carries_everything() {
    let (address, connections, tls) = super::tls::http2_halo(0).await;
    let trial = super::tls::trusting(Trial::of(&format!("https://{address}")), &tls);
    let outcome = trial.change(|trial| trial.guide = Guide::built_in()).run().await;
    assert!(Stage::Probe.is_answered(outcome.evidence()), "{}", outcome.log());
    assert_eq!(outcome.evidence().link.http_version.as_deref(), Some("HTTP/2"));
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    let evidence: &Evidence = outcome.evidence();
    assert_eq!(evidence.requests, 12);
}
