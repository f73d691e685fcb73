//! The sentence that an operator reads when a connection fails: which link broke, and how it is known.

use std::net::ToSocketAddrs;
use std::process::Command;
use std::time::Duration;

use halo_onboard::domain::codes::Code;
use halo_onboard::probe::{Http, NetworkOptions, Proxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::tls::{acceptor, good_halo, halo_and_neighbour, named_halo, self_signed, trusting};
use crate::hostile_run::{Outcome, Stage, Trial, good, name_without_address, token};
use crate::hostile_server::{Hostile, Step, answer, json};

/// The code, and the words of the first diagnosis: the summary and what fixes it.
fn told(outcome: &Outcome) -> (Code, String, String) {
    let first = outcome.finished.report.diagnoses.first().expect("a diagnosis");
    (first.code, first.summary.clone(), first.fix.join(" "))
}

async fn free_port() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_that_broke_is_named() {
    let (free, unknown) = (free_port().await, name_without_address());
    for (url, code, says, fix_says) in [
        (
            format!("http://{unknown}"),
            Code::NetDns,
            format!("The name {unknown} does not resolve: this machine's resolver has no address for it"),
            "letter by letter",
        ),
        (
            format!("http://{free}"),
            Code::NetRefused,
            format!("{free} refused the connection. The secret was not sent."),
            "nothing listens at this port",
        ),
        // No machine has a route to a connection with everybody.
        (
            "https://255.255.255.255".into(),
            Code::NetUnreachable,
            "This machine has no route to the network of 255.255.255.255:443.".into(),
            "check its network, the VPN and the firewall",
        ),
    ] {
        let outcome = Trial::of(&url).run().await;
        let (found, summary, fix) = told(&outcome);
        assert_eq!(found, code, "{url}\n{}", outcome.log());
        assert!(summary.starts_with(&says) && summary.ends_with(" The secret was not sent."), "{summary}");
        assert!(fix.contains(fix_says), "{fix}");
        assert!(!summary.contains("on this machine. "), "the headline is not said twice: {summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_says_in_which_phase() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec();
    for (stage, steps, says) in [
        (Stage::Discovery, vec![Step::Stall], "Connected to {}, but no answer began within 400 ms."),
        (
            Stage::Discovery,
            vec![Step::Bytes(head.clone()), Step::Stall],
            "{} began to answer, but was not done within 400 ms (1 bytes came).",
        ),
        (Stage::Token, vec![Step::Stall], "Connected to {}, but no answer began within 400 ms."),
        (Stage::Probe, vec![Step::Stall], "tickets: connected to {}, but no answer began within 400 ms."),
    ] {
        let server =
            Hostile::plain(move |hit, _| if hit.path() == stage.path() { steps.clone() } else { good(hit) }).await;
        let outcome = Trial::of(&server.url()).limit(Duration::from_millis(400)).run().await;
        let (code, summary, fix) = diagnosis_of(&outcome, Code::NetTimeout);
        let wanted = says.replace("{}", &server.address.to_string());
        assert!(summary.starts_with(&wanted), "{stage:?}: {summary:?}, not {wanted:?}");
        assert_eq!(summary.contains("The secret was not sent."), stage == Stage::Discovery, "{summary}");
        assert!(code == Code::NetTimeout && fix.contains("No verdict about the set-up"), "{fix}");
    }
}

/// The diagnosis with this code, which need not be the first.
fn diagnosis_of(outcome: &Outcome, code: Code) -> (Code, String, String) {
    let found = outcome.finished.report.diagnoses.iter().find(|diagnosis| diagnosis.code == code);
    let found = found.unwrap_or_else(|| panic!("{:?}\n{}", outcome.finished.report.diagnoses, outcome.log()));
    (found.code, found.summary.clone(), found.fix.join(" "))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_shows_versions_days_and_phases() {
    let (server, pem) = good_halo().await;
    let outcome = trusting(Trial::of(&format!("https://{}", server.address)), &pem).run().await;
    let check = outcome.finished.report.checks.iter().find(|check| check.id == "discovery").expect("a check");
    assert!(check.summary.contains(", HTTP/1.1, TLS 1.3, certificate "), "{}", check.summary);
    assert!(check.summary.ends_with(" days left."), "{}", check.summary);
    let timing = check.timing_ms;
    assert!(timing.connect.is_some() && timing.tls.is_some() && timing.first_byte.is_some(), "{timing:?}");
    assert!(timing.total.is_some());
    let log = outcome.log();
    for line in ["tcp   127.0.0.1:", "tls   TLS 1.3, subject CN=", ", issuer CN=Private CA, ends "] {
        assert!(log.contains(line), "{line} is not in\n{log}");
    }
}

/// What a proxy does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaks {
    Connect,
    Socks5,
    Socks4,
}

/// A proxy that leads everything to one address; gives its own, and counts nothing: what arrives there is the proof.
async fn proxy(
    speaks: Speaks,
    to: std::net::SocketAddr,
    tls: Option<tokio_rustls::TlsAcceptor>,
) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((front, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(async move {
                match tls {
                    None => lead(front, speaks, to).await,
                    Some(tls) => match tls.accept(front).await {
                        Ok(front) => lead(front, speaks, to).await,
                        Err(_) => None,
                    },
                }
            });
        }
    });
    address
}

async fn lead<S>(mut front: S, speaks: Speaks, to: std::net::SocketAddr) -> Option<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut byte = [0];
    match speaks {
        Speaks::Connect => {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                front.read_exact(&mut byte).await.ok()?;
                head.push(byte[0]);
            }
            assert!(head.starts_with(b"CONNECT "), "{}", String::from_utf8_lossy(&head));
            front.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
        }
        Speaks::Socks5 => {
            let mut greeting = [0; 2];
            front.read_exact(&mut greeting).await.ok()?;
            let mut methods = vec![0; usize::from(greeting[1])];
            front.read_exact(&mut methods).await.ok()?;
            front.write_all(&[5, 0]).await.ok()?;
            let mut request = [0; 4];
            front.read_exact(&mut request).await.ok()?;
            let rest = match request[3] {
                1 => 4 + 2,
                4 => 16 + 2,
                _ => {
                    front.read_exact(&mut byte).await.ok()?;
                    usize::from(byte[0]) + 2
                }
            };
            front.read_exact(&mut vec![0; rest]).await.ok()?;
            front.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
        }
        Speaks::Socks4 => {
            let mut request = [0; 8];
            front.read_exact(&mut request).await.ok()?;
            // The user's name ends with a zero; after it, for 4a, the host's name does too.
            let named = request[4..7] == [0, 0, 0] && request[7] != 0;
            for _ in 0..if named { 2 } else { 1 } {
                while front.read_exact(&mut byte).await.is_ok() && byte[0] != 0 {}
            }
            front.write_all(&[0, 90, 0, 0, 0, 0, 0, 0]).await.ok()?;
        }
    }
    let mut back = TcpStream::connect(to).await.ok()?;
    tokio::io::copy_bidirectional(&mut front, &mut back).await.ok()?;
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_proxy_that_is_accepted_works() {
    // A name that only the proxy knows: where it is resolved here, the address stands in for it.
    let (by_name, name_pem) = named_halo("halo.invalid").await;
    let (by_number, number_pem) = good_halo().await;
    let far = "https://halo.invalid".to_owned();
    let near = format!("https://{}", by_number.address);
    for (scheme, speaks, url, to, pem) in [
        ("http", Speaks::Connect, &far, by_name.address, &name_pem),
        ("socks5h", Speaks::Socks5, &far, by_name.address, &name_pem),
        ("socks5", Speaks::Socks5, &near, by_number.address, &number_pem),
        ("socks4a", Speaks::Socks4, &far, by_name.address, &name_pem),
        ("socks4", Speaks::Socks4, &near, by_number.address, &number_pem),
    ] {
        let given = format!("{scheme}://{}", proxy(speaks, to, None).await);
        let trial = trusting(Trial::of(url), pem).change(|trial| trial.network.proxy = Proxy::Url(given.clone()));
        let outcome = trial.run().await;
        assert!(Stage::Probe.is_answered(outcome.evidence()), "{scheme}\n{}", outcome.log());
        let report = &outcome.finished.report;
        let note = report.diagnoses.iter().find(|found| found.code == Code::VendorProxy).expect("a note on the proxy");
        assert!(note.summary.contains(&format!("through the proxy {given} (--proxy)")), "{}", note.summary);
        // Where the certificate is trusted by a file alone, the warning about it takes the place of the check's summary.
        let (summary, warned) = (&report.checks[1].summary, url == &far);
        let wanted = if warned { "only because of --ca-file" } else { ", through the proxy" };
        assert!(summary.contains(wanted), "{summary}");
        assert_eq!(summary.ends_with(&format!(", through the proxy {given} (--proxy).")), !warned, "{summary}");
        assert!(outcome.log().contains(&format!("proxy {given} (--proxy) for {url}")), "{}", outcome.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_speaks_tls_itself_must_be_trusted_too() {
    let (server, neighbour, pem) = halo_and_neighbour().await;
    let url = format!("https://{}", server.address);
    for (identity, trusted) in [(acceptor(&self_signed()), false), (neighbour, true)] {
        let given = format!("https://{}", proxy(Speaks::Connect, server.address, Some(identity)).await);
        let trial = trusting(Trial::of(&url), &pem).change(|trial| trial.network.proxy = Proxy::Url(given.clone()));
        let outcome = trial.run().await;
        assert_eq!(Stage::Probe.is_answered(outcome.evidence()), trusted, "{}", outcome.log());
        if !trusted {
            let (code, summary, _) = told(&outcome);
            assert!(code.id().starts_with("tls."), "{code:?} {summary}");
            assert!(summary.contains(&format!("certificate of the proxy {given} (--proxy)")), "{summary}");
            assert!(server.seen.hits().is_empty());
        }
    }
}

#[test]
fn a_proxy_of_another_kind_is_refused_with_the_kinds_that_are_not() {
    for (given, says) in [
        ("quic://proxy.example", "quic: is no proxy this program can use; known are http, https, socks4, socks4a, "),
        ("http://", "--proxy: "),
    ] {
        let options = NetworkOptions { proxy: Proxy::Url(given.into()), ..NetworkOptions::default() };
        let error = Http::new(&options).expect_err("refused").to_string();
        assert!(error.contains(says), "{error}");
    }
}

/// The program with nothing but these variables; gives its exit status and everything that it says.
fn program(words: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_halo-onboard"));
    command.args(words.split_whitespace()).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    command.env("HALO_CLIENT_ID", "c9534241-dde9-4d04-9d45-32b1fbff22ed");
    command.env("HALO_CLIENT_SECRET", "a secret of no use to anybody");
    let output = command.envs(variables.iter().copied()).output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

/// What a program that asks this machine for such a name must say: that there is none, or, where no name service can be
/// reached, that it got no answer.
pub fn resolver_on(name: &str) -> String {
    let error = (name, 443).to_socket_addrs().expect_err("a name that is reserved for having no address").to_string();
    if error.contains("emporary failure") || error.contains("ry again") {
        return format!("This machine's name service gave no answer about {name}");
    }
    format!("The name {name} does not resolve")
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_used_named_and_exempted() {
    let dead = free_port().await;
    let (server, pem) = named_halo("halo.invalid").await;
    let works = proxy(Speaks::Connect, server.address, None).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem).expect("written");
    let check = format!("check -vv --timeout 5 --url https://halo.invalid --ca-file {}", ca_file.display());
    let dead = format!("http://me:geheim@{dead}");
    let shown = dead.replace("me:geheim@", "");
    let works = format!("http://{works}");
    let reached = "200".to_owned();
    for (variables, says) in [
        (vec![("HTTPS_PROXY", dead.as_str())], format!("The proxy {shown} (HTTPS_PROXY) refused the connection")),
        (vec![("https_proxy", &dead)], format!("The proxy {shown} (https_proxy) refused the connection")),
        (vec![("ALL_PROXY", &dead)], format!("The proxy {shown} (ALL_PROXY) refused the connection")),
        (vec![("HTTPS_PROXY", &dead), ("NO_PROXY", "halo.invalid")], resolver_on("halo.invalid")),
        (vec![("HTTPS_PROXY", &dead), ("NO_PROXY", ".invalid")], resolver_on("halo.invalid")),
        (vec![("HTTP_PROXY", &dead)], resolver_on("halo.invalid")),
        (vec![("HTTPS_PROXY", &works)], format!("through the proxy {works} (HTTPS_PROXY)")),
        (vec![("ALL_PROXY", &works)], format!("through the proxy {works} (ALL_PROXY)")),
        (vec![("HTTPS_PROXY", &works), ("ALL_PROXY", &dead)], reached),
    ] {
        let (words, given) = (check.clone(), variables.clone());
        let variables: Vec<(String, String)> =
            given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let run = move || {
            let variables: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            program(&words, &variables)
        };
        let (_, text) = tokio::task::spawn_blocking(run).await.expect("run");
        assert!(text.replace('\n', " ").contains(&says), "{says:?} is not in\n{text}");
        assert!(!text.contains("geheim"), "{text}");
    }
    // An option goes before the environment.
    let words = format!("{check} --proxy {works}");
    let (_, text) = tokio::task::spawn_blocking(move || program(&words, &[("HTTPS_PROXY", "http://127.0.0.1:9")]))
        .await
        .expect("run");
    assert!(text.contains(&format!("through the proxy {works} (--proxy)")), "{text}");
}

#[test]
fn the_demo_ignores_proxies() {
    let dead = "http://127.0.0.1:9";
    let variables: Vec<(&str, &str)> =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].map(|n| (n, dead)).into();
    let (status, text) = program("check -vv --demo=good", &variables);
    assert_eq!(status, 0, "{text}");
    assert!(!text.contains("proxy"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_in_place_of_halo_shows_its_title_filtered() {
    let page = "<html><title>Sign in \x1b[2J\u{202e} to the network</title></html>";
    let shown = "Sign in \\x1b[2J\\u{202e} to the network";
    for (stage, code, says) in [
        (
            Stage::Discovery,
            Code::DiscoveryNotHalo,
            format!("answers with a web page, not as Halo's API (200) (it says: {shown})"),
        ),
        (Stage::Token, Code::AuthBadTokenResponse, "The sign-in page came back instead of a token".to_owned()),
    ] {
        let server = Hostile::plain(move |hit, _| match hit.path() == stage.path() {
            true => answer(200, "Content-Type: text/html\r\n", page),
            false => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        let (found, summary, _) = told(&outcome);
        assert_eq!(found, code, "{}", outcome.log());
        assert!(summary.contains(&says), "{summary}");
        assert!(outcome.log().contains(shown), "{}", outcome.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_says_where_to() {
    for (stage, status, says) in [
        (Stage::Discovery, 302, "sends us to https://login.example. It was not followed; the secret was sent nowhere."),
        (Stage::Token, 307, "sends the token request on to https://login.example. It was not followed"),
    ] {
        let server = Hostile::plain(move |hit, _| match hit.path() == stage.path() {
            true => answer(status, "Location: https://login.example/x?y=z\r\n", ""),
            false => good(hit),
        })
        .await;
        let (code, summary, fix) = told(&Trial::of(&server.url()).run().await);
        assert_eq!(code, Code::HttpRedirectRefused);
        assert!(summary.contains(says), "{summary}");
        assert!(!fix.is_empty() && !summary.contains("y=z"), "{fix}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_token_answers_say_what_is_odd_about_them() {
    let refusal = json(r#"{"error":"invalid_client","error_description":"no such client"}"#);
    for (name, steps, code, says) in [
        ("no token", json("{\"token_type\":\"Bearer\"}"), Code::AuthBadTokenResponse, "there is no access_token in it"),
        ("error with 200", refusal, Code::AuthInvalidClient, "Client ID"),
        ("a list", json("[1]"), Code::AuthBadTokenResponse, "it is JSON, but no object"),
        ("broken", json("{\"access_token\":"), Code::HttpBadJson, "it ends too early at line 1"),
        ("nothing", json(""), Code::HttpEmpty, "The answer is empty"),
        ("huge", json(" ".repeat(70_000)), Code::HttpTooLarge, "the answer is larger than 64 KiB"),
        ("later", answer(429, "Retry-After: 77\r\n", ""), Code::HttpRateLimited, "Wait 77 s"),
        ("standards know it not", answer(400, "", r#"{"error":"odd"}"#), Code::AuthUnknown, "not a standard one: odd."),
    ] {
        let server =
            Hostile::plain(move |hit, _| if hit.path() == Stage::Token.path() { steps.clone() } else { good(hit) })
                .await;
        let outcome = Trial::of(&server.url()).run().await;
        let (found, summary, fix) = told(&outcome);
        assert_eq!(found, code, "{name}\n{}", outcome.log());
        assert!(summary.contains(says) || fix.contains(says), "{name}: {summary} / {fix}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lifetime_that_is_missing_or_absurd_is_neither_believed_nor_a_fault() {
    for (expires, says) in [
        ("", "Granted: "),
        (",\"expires_in\":3600", "Granted, good for 60 min: "),
        (",\"expires_in\":-5", "Granted, good for 1 min: "),
        (",\"expires_in\":1e30", "Granted, good for 1440 min: "),
        (",\"expires_in\":\"soon\"", "Granted: "),
    ] {
        let scopes = halo_onboard::domain::guide::Guide::built_in().application.scopes.join(" ");
        let body = token(&format!("\"{scopes}\"")).replace(",\"expires_in\":3600", expires);
        let server =
            Hostile::plain(move |hit, _| if hit.path() == Stage::Token.path() { json(&body) } else { good(hit) }).await;
        let outcome = Trial::of(&server.url()).run().await;
        let check = outcome.finished.report.checks.iter().find(|check| check.id == "token").expect("a check");
        assert!(check.summary.starts_with(says), "{expires}: {}", check.summary);
        assert_eq!(server.seen.count(Stage::Token.path()), 1, "{expires}: no token is renewed for its lifetime");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told_with_by_how_much() {
    for (offset, code, says) in [
        (1800_i64, Some(Code::AuthClockSkew), "This machine's clock is 30 minutes behind Halo's"),
        (-7200, Some(Code::AuthClockSkew), "This machine's clock is 2 hours ahead of Halo's"),
        (30, None, ""),
    ] {
        let server = Hostile::plain(move |hit, _| {
            let Step::Bytes(bytes) = good(hit).remove(0) else { unreachable!("an answer") };
            let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(offset);
            let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
            let text = String::from_utf8(bytes).expect("text");
            vec![Step::Bytes(text.replacen("\r\n", &format!("\r\nDate: {date}\r\n"), 1).into_bytes())]
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        let found = outcome.finished.report.diagnoses.iter().find(|diagnosis| diagnosis.code == Code::AuthClockSkew);
        assert_eq!(found.map(|diagnosis| diagnosis.code), code, "{offset}");
        assert!(found.is_none_or(|diagnosis| diagnosis.summary.starts_with(says)), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_until_its_probe_knows_enough_however_long_it_is() {
    // What comes before the rows, the number of rows of 1 KB, the fewest and most that are counted, and whether it was read whole.
    let preface = format!("\"columns\":[\"{}\"],", "y".repeat(4_000_000));
    for (path, list, probe, preface, rows, counted, complete) in [
        ("/api/Invoice", "invoices", "invoices", "", 6000, 1..1000, false),
        ("/api/Invoice", "invoices", "invoices", preface.as_str(), 6000, 1..1000, false),
        // No row names an agent, so the whole list is read, of which nothing is kept.
        ("/api/Tickets", "tickets", "tickets", "", 6000, 6001..6002, true),
        // Longer than what is scanned.
        ("/api/Tickets", "tickets", "tickets", "", 40_000, 10_000..20_000, false),
    ] {
        let head = format!("HTTP/1.1 200 OK\r\n\r\n{{{preface}\"{list}\":[{{\"id\":0}}");
        let server = Hostile::plain(move |hit, _| match hit.path() == path {
            true => vec![
                Step::Bytes(head.clone().into_bytes()),
                Step::Again(format!(",{{\"id\":1,\"note\":\"{}\"}}", "x".repeat(1000)).into_bytes(), rows),
                Step::Bytes(b"]}".to_vec()),
                Step::Close,
            ],
            false => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        let shown = outcome.evidence().probes[probe].value().unwrap_or_else(|| panic!("{path}\n{}", outcome.log()));
        assert!(counted.contains(&shown.count), "{path} {rows}: {} rows", shown.count);
        assert_eq!(shown.complete, complete, "{path} {rows}");
        let told =
            ["the rest was not read", "then it was cut: http.too_large"].map(|words| outcome.log().contains(words));
        assert_eq!(told, [path == "/api/Invoice", path == "/api/Tickets" && !complete], "{}", outcome.log());
        let others = outcome.finished.report.checks.iter().find(|check| check.id == "others-tickets").expect("a check");
        if path == "/api/Tickets" && !complete {
            // Not found in a part of a list is neither a pass nor a fault.
            // Whether there are more rows is not known of a list that was cut.
            let says = format!(": none among the first {} rows; the list was not read to its end.", shown.count);
            let words = (others.code, others.summary.ends_with(&says));
            assert_eq!(words, (Code::OkPartial, true), "{others:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_the_server_asks_for_is_told_and_can_be_stopped() {
    use halo_onboard::domain::evidence::Observation;
    use halo_onboard::domain::run_event::RunEvent;
    let server = Hostile::plain(|hit, _| match hit.path() {
        "/api/Invoice" => answer(429, "Retry-After: 9\r\n", ""),
        _ => good(hit),
    })
    .await;
    let trial = Trial::of(&server.url());
    let http = trial.http();
    let (run, events) = trial.prepare(http);
    let began = std::time::Instant::now();
    let waits = async {
        let told = |event: &RunEvent| matches!(event, RunEvent::Waiting { seconds: 9, .. });
        while !events.lock().expect("not poisoned").iter().any(told) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        _ = run.finish() => panic!("the run waits nine seconds"),
        () = waits => {}
    }
    let finished = run.interrupted();
    assert!(began.elapsed() < Duration::from_secs(5), "stopped while it waits, not after");
    assert_eq!(finished.evidence.probes["invoices"], Observation::Cancelled);
    let codes: Vec<Code> = finished.report.diagnoses.iter().map(|diagnosis| diagnosis.code).collect();
    assert!(codes.contains(&Code::LocalCancelled) && !codes.contains(&Code::HttpRateLimited), "{codes:?}");
}
