//! Proxies that let nothing through: the one that failed is the one that is named, with what it answered and what to do.

use std::time::Duration;

use halo_onboard::domain::codes::Code;
use halo_onboard::probe::Proxy;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::messages::resolver_on;
use super::tls::{halo_and_neighbour, trusting};
use crate::hostile_run::{Outcome, Stage, Trial, name_without_address};

/// A port that answers each thing it reads with the next of these, then ends the connection.
async fn scripted(replies: &[&[u8]], tls: Option<TlsAcceptor>, stalls: bool) -> u16 {
    let replies: Vec<Vec<u8>> = replies.iter().map(|reply| reply.to_vec()).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (replies, tls) = (replies.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => reply(stream, &replies, stalls).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => reply(stream, &replies, stalls).await,
                        Err(_) => None,
                    },
                }
            });
        }
    });
    port
}

async fn reply<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, replies: &[Vec<u8>], stalls: bool) -> Option<()> {
    let mut buffer = [0; 4096];
    for reply in replies {
        let _ = stream.read(&mut buffer).await;
        stream.write_all(reply).await.ok()?;
        stream.flush().await.ok()?;
    }
    if stalls {
        std::future::pending::<()>().await;
    }
    stream.shutdown().await.ok()
}

async fn through(proxy: &str, host: &str) -> Outcome {
    let trial = Trial::of(host).limit(Duration::from_millis(1500));
    trial.change(|trial| trial.network.proxy = Proxy::Url(proxy.to_owned())).run().await
}

/// What the operator is told: the summary and what to do.
fn told(outcome: &Outcome) -> (Code, String, String) {
    let first = outcome.finished.report.diagnoses.first().expect("a diagnosis");
    (first.code, first.summary.clone(), first.fix.join(" "))
}

const FORBIDDEN: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
const LIBRARY_WORDS: [&str; 6] = ["tunnel error", "SOCKS error", "unsuccessful", "docs.rs", "io error", "client error"];

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_a_proxy_is_told_with_its_status_or_protocol() {
    let socks_no_login: &[u8] = &[5, 0];
    let socks = |reply: u8| vec![5, reply, 0, 1, 0, 0, 0, 0, 0, 0];
    let (rule, unreachable, refused) = (socks(2), socks(4), socks(5));
    let cases: Vec<(&str, &str, Vec<&[u8]>, bool, &str, &str)> = vec![
        ("403", "http", vec![FORBIDDEN], false, "(403 Forbidden)", "allow"),
        (
            "503",
            "http",
            vec![b"HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n"],
            false,
            "could not reach halo.invalid:443 (503 Service Unavailable; ERR_DNS_FAIL)",
            "The proxy works",
        ),
        ("502", "http", vec![b"HTTP/1.0 502 Bad Gateway\r\n\r\n"], false, "(502 Bad Gateway)", "The proxy works"),
        (
            "407 Negotiate",
            "http",
            vec![b"HTTP/1.1 407 Login\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n"],
            false,
            "wants a login (407 Login; it offers Negotiate, NTLM)",
            "not Negotiate, NTLM or Digest",
        ),
        (
            "407 Basic",
            "http",
            vec![b"HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"a, b\"\r\n\r\n"],
            false,
            "it offers Basic)",
            "http://user:password@host:port",
        ),
        (
            "a page",
            "http",
            vec![b"HTTP/1.1 302 Found\r\nLocation: http://login.example\r\n\r\n<html>"],
            false,
            "(302 Found)",
            "address and port",
        ),
        ("no head", "http", vec![b"<html>Router</html>"], false, "does not answer as a proxy", "address and port"),
        (
            "hostile reason",
            "http",
            vec![b"HTTP/1.1 403 \x1b[2J\xe2\x80\xaeevil\r\n\r\n"],
            false,
            "(403 \\x1b[2J",
            "allow",
        ),
        ("SSH", "http", vec![b"SSH-2.0-OpenSSH_9.6\r\n"], false, "does not answer as a proxy", "address and port"),
        ("closed at once", "http", vec![], false, "closed the connection without an answer", "address and port"),
        ("silent", "http", vec![], true, "accepted the connection, but gave no answer", "address and port"),
        ("a TLS port", "http", vec![b"\x15\x03\x01\x00\x02\x02\x46"], false, "speaks TLS", "https://127.0.0.1:"),
        ("a SOCKS port", "http", vec![socks_no_login], false, "speaks SOCKS", "socks5h://127.0.0.1:"),
        ("http, 400", "https", vec![BAD_REQUEST], false, "speaks plain http", "http://127.0.0.1:"),
        ("http, 407", "https", vec![b"HTTP/1.1 407 Login\r\n\r\n"], false, "speaks plain http", "http://127.0.0.1:"),
        ("http, closed", "https", vec![], false, "does not speak TLS", "write http://"),
        ("http, silent", "https", vec![], true, "does not speak TLS", "write http://"),
        ("http", "socks5h", vec![BAD_REQUEST], false, "speaks plain http", "http://127.0.0.1:"),
        (
            "SOCKS login",
            "socks5h",
            vec![&[5, 0xff]],
            false,
            "wants a user and password",
            "scheme://user:password@host:port",
        ),
        (
            "SOCKS rule",
            "socks5h",
            vec![socks_no_login, &rule],
            false,
            "does not allow the connection by its rules",
            "allow",
        ),
        (
            "SOCKS unreachable",
            "socks5h",
            vec![socks_no_login, &unreachable],
            false,
            "cannot reach the host",
            "The proxy works",
        ),
        (
            "SOCKS refused",
            "socks5h",
            vec![socks_no_login, &refused],
            false,
            "was refused by the host",
            "The proxy works",
        ),
        (
            "SOCKS 4 failed",
            "socks4a",
            vec![&[0, 91, 0, 0, 0, 0, 0, 0]],
            false,
            "failed to make the connection",
            "The proxy works",
        ),
        ("SOCKS closed", "socks5h", vec![], false, "closed the connection without an answer", "address and port"),
    ];
    for (name, scheme, replies, stalls, says, fix) in cases {
        let given = format!("{scheme}://127.0.0.1:{}", scripted(&replies, None, stalls).await);
        let outcome = through(&given, "https://halo.invalid").await;
        let (code, summary, advice) = told(&outcome);
        assert_eq!(code, Code::NetProxy, "{name}: {summary}");
        assert!(summary.contains(says), "{name}: {says:?} is not in {summary}");
        assert!(advice.contains(fix), "{name}: {fix:?} is not in {advice}");
        assert!(summary.contains(&format!("roxy {given} (--proxy)")), "{name}: {summary}");
        let library = LIBRARY_WORDS.into_iter().find(|words| summary.contains(words) || outcome.log().contains(words));
        assert_eq!(library, None, "{name}: {summary}\n{}", outcome.log());
        assert!(outcome.took < Duration::from_secs(7), "{name} took {:?}", outcome.took);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_resolve_is_named_whichever_it_is() {
    let port = scripted(&[], None, true).await;
    let name = name_without_address();
    let halo = format!("http://{name}");
    let unknown = format!("The name {name} does not resolve");
    let unknown_proxy = |proxy: &str| format!("The name of the proxy {proxy} (--proxy) does not resolve");
    // A name that is too long for a certificate is not looked up for TLS: this one is, as this machine can.
    let (code, says, fix) = if resolver_on("proxy.invalid").ends_with("does not resolve") {
        (Code::NetProxy, unknown_proxy("https://proxy.invalid:443"), "spelling")
    } else {
        let says = "name service gave no answer about the proxy https://proxy.invalid:443 (--proxy)";
        (Code::NetDnsUnavailable, says.to_owned(), "")
    };
    let over_tls = ("https://proxy.invalid".to_owned(), "https://127.0.0.2:1", code, says, fix);
    for (proxy, url, code, says, fix) in [
        (format!("socks5://127.0.0.1:{port}"), halo.as_str(), Code::NetDns, unknown.clone(), "write socks5h://"),
        (format!("socks4://127.0.0.1:{port}"), &halo, Code::NetDns, unknown.clone(), "write socks4a://"),
        (
            format!("http://{name}:3128"),
            "https://127.0.0.2:1",
            Code::NetProxy,
            unknown_proxy(&format!("http://{name}:3128")),
            "spelling",
        ),
        (format!("socks5h://{name}"), "https://127.0.0.2:1", Code::NetProxy, format!("proxy socks5h://{name}"), ""),
        over_tls,
    ] {
        let outcome = through(&proxy, url).await;
        let (found, summary, advice) = told(&outcome);
        assert_eq!(found, code, "{proxy}: {summary}");
        assert!(summary.contains(&says) && advice.contains(fix), "{proxy}: {summary} {advice}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_where_no_proxy_listens_is_the_proxys_whatever_its_scheme() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    for scheme in ["http", "https", "socks4", "socks4a", "socks5", "socks5h"] {
        let given = format!("{scheme}://{free}");
        let (code, summary, _) = told(&through(&given, "https://127.0.0.2:1").await);
        assert_eq!(code, Code::NetProxy, "{summary}");
        assert!(summary.contains(&format!("he proxy {given} (--proxy) refused the connection")), "{summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_over_tls_that_refuses_connect_is_told_with_its_status() {
    let (_halo, neighbour, pem) = halo_and_neighbour().await;
    let given = format!("https://127.0.0.1:{}", scripted(&[FORBIDDEN], Some(neighbour), false).await);
    let trial = trusting(Trial::of("https://halo.invalid"), &pem);
    let (code, summary, _) = told(&trial.change(|t| t.network.proxy = Proxy::Url(given.clone())).run().await);
    assert_eq!(code, Code::NetProxy, "{summary}");
    assert!(summary.contains("(403 Forbidden)") && summary.contains(&given), "{summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_behind_the_tunnel_is_not_the_proxys() {
    let tunnel: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
    for (name, then, code, says) in [
        (
            "alert",
            &b"\x15\x03\x03\x00\x02\x02\x70"[..],
            Code::TlsHandshake,
            "has no certificate for the name halo.invalid",
        ),
        ("plain", b"HTTP/1.1 400 Bad Request\r\n\r\n", Code::TlsNotTls, "halo.invalid:443 answers, but not with TLS"),
        ("ended", b"", Code::NetReset, "halo.invalid:443 cut the connection in the TLS handshake"),
    ] {
        let given = format!("http://127.0.0.1:{}", scripted(&[tunnel, then], None, false).await);
        let outcome = through(&given, "https://halo.invalid").await;
        assert_eq!(outcome.code(Stage::Discovery), Some(code), "{name}: {}", outcome.log());
        assert!(told(&outcome).1.to_lowercase().contains(&says.to_lowercase()), "{name}: {}", told(&outcome).1);
    }
}
