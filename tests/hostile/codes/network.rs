//! Runs that each produce one code: connections, certificates, interruption, the budget.

use std::time::Duration;

use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::Verdict;
use halo_onboard::probe::Proxy;
use halo_onboard::sim::{Scenario, Simulator};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose};

use crate::guide_names;
use crate::hostile_run::{Outcome, Trial, good, name_without_address, token};
use crate::hostile_server::{Hostile, answer, json};
use crate::tls::{self, Authority, Then};

pub async fn unknown_name() -> Outcome {
    Trial::of(&format!("http://{}", name_without_address())).run().await
}

pub async fn closed_port() -> Outcome {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let free = listener.local_addr().expect("an address");
    drop(listener);
    Trial::of(&format!("http://{free}")).run().await
}

pub async fn dropped_attempts() -> Outcome {
    let full = tls::FullQueue::start().await;
    tls::trial_with_some_root(&format!("http://{}", full.address)).run().await
}

/// No machine has a route to a connection with everybody.
pub async fn no_route() -> Outcome {
    Trial::of("https://255.255.255.255").run().await
}

pub async fn refusing_proxy() -> Outcome {
    let proxy = Hostile::plain(|_, _| answer(407, "Proxy-Authenticate: Basic\r\n", "")).await;
    let proxy = Proxy::Url(proxy.url());
    Trial::of("https://halo.invalid").change(|trial| trial.network.proxy = proxy).run().await
}

pub async fn certificate_by_another_authority() -> Outcome {
    let (known, unknown) = (Authority::new("Known CA"), Authority::new("Unknown CA"));
    tls::met_with(&unknown.leaf(|_| {}), &known).await.0
}

pub async fn expired_certificate() -> Outcome {
    certificate(|params| {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 2);
    })
    .await
}

pub async fn future_certificate() -> Outcome {
    certificate(|params| {
        params.not_before = rcgen::date_time_ymd(2090, 1, 2);
        params.not_after = rcgen::date_time_ymd(2091, 1, 1);
    })
    .await
}

pub async fn certificate_of_another_host() -> Outcome {
    let names = CertificateParams::new(vec!["a.example".into()]).expect("names").subject_alt_names;
    certificate(|params| params.subject_alt_names = names).await
}

pub async fn certificate_for_clients() -> Outcome {
    certificate(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]).await
}

/// A certificate of a known authority that is wrong in this way.
async fn certificate(change: impl FnOnce(&mut CertificateParams)) -> Outcome {
    let known = Authority::new("Known CA");
    tls::met_with(&known.leaf(change), &known).await.0
}

/// A server that ends the handshake with this alert.
pub async fn tls_alert(kind: u8) -> Outcome {
    handshake(vec![0x15, 3, 3, 0, 2, 2, kind], Then::Close).await
}

pub async fn plain_http_where_tls_is_due() -> Outcome {
    handshake(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Then::Close).await
}

pub async fn silent_handshake() -> Outcome {
    handshake(Vec::new(), Then::Stall).await
}

async fn handshake(bytes: Vec<u8>, then: Then) -> Outcome {
    let port = tls::blunt(bytes, then).await;
    tls::trial_with_some_root(&format!("https://127.0.0.1:{port}")).run().await
}

/// A run that was stopped before anything was sent.
pub async fn interrupted() -> Outcome {
    let trial = Trial::of("http://127.0.0.1:9");
    let http = trial.http();
    let (run, events) = trial.prepare(http);
    let finished = run.interrupted();
    let events = events.lock().expect("not poisoned").clone();
    Outcome { finished, events, took: Duration::ZERO }
}

/// A run against a Halo in good order that may send one request less than it needs.
pub async fn more_questions_than_the_budget() -> Outcome {
    let guide = Guide::built_in();
    let scenario = Scenario::named("good", &guide_names::of(&guide)).expect("the good scenario");
    let simulator = Simulator::start(scenario, "127.0.0.1:0".parse().expect("an address")).await.expect("a listener");
    let form = simulator.form();
    let trial = || {
        Trial::of(&form.url).change(|trial| {
            trial.guide = guide.clone();
            trial.connection.client_id = form.client_id.clone();
            trial.secret = form.client_secret.clone();
        })
    };
    let whole = trial().run().await.finished;
    assert_eq!(whole.report.verdict, Verdict::Ready, "{:?}", whole.report.diagnoses);
    let asked = || simulator.counters().requests.values().sum::<u64>();
    let (needed, before) = (whole.evidence.requests, asked());
    let trial = trial();
    let http = trial.http();
    let (run, events) = trial.prepare(http);
    let finished = run.allowing(needed - 1).finish().await;
    assert_eq!((finished.evidence.requests, asked() - before), (needed - 1, u64::from(needed - 1)));
    assert_eq!(finished.report.verdict, Verdict::Undetermined, "what was not asked is no pass");
    let events = events.lock().expect("not poisoned").clone();
    Outcome { finished, events, took: Duration::ZERO }
}

/// A Halo whose tokens come from the other form of the address that it names.
pub async fn other_token_address() -> Outcome {
    let server = Hostile::plain(|hit, _| match hit.path() {
        "/auth/token" => answer(404, "", ""),
        "/token" => json(token("\"openid read:tickets read:invoices\"")),
        _ => good(hit),
    })
    .await;
    Trial::of(&server.url()).run().await
}

pub async fn panic_in_a_check() -> Outcome {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let trial = Trial::of(&server.url()).change(|trial| {
        let tickets = trial.guide.probes.iter_mut().find(|probe| probe.id == "tickets").expect("a probe");
        tickets.endpoint = Some("PanicOnPurpose".into());
    });
    trial.run().await
}
