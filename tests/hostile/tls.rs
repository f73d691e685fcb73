//! TLS that cannot be trusted, or is none.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::evidence::CertificateTrust;
use halo_onboard::domain::untrusted_text::UntrustedText;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::hostile_run::{Outcome, SECRET, Stage, Trial, assert_secret_went_only_to_the_token_endpoint};
use crate::hostile_server::{Hostile, Step, good_answer_head, json};

/// A certificate authority of a test's own.
pub struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// A certificate for this machine, changed as a case wants it.
    pub fn leaf(&self, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(vec!["127.0.0.1".into()]).expect("names");
        params.distinguished_name.push(DnType::CommonName, "halo.test");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity { chain: vec![certificate.der().clone()], key }
    }
}

/// A certificate with its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn config(
    identity: &Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
    wants_client: Option<&Authority>,
) -> ServerConfig {
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(versions).expect("versions");
    let builder = match wants_client {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        }
    };
    let key = PrivatePkcs8KeyDer::from(identity.key.serialize_der());
    builder.with_single_cert(identity.chain.clone(), key.into()).expect("a configuration")
}

pub fn acceptor(identity: &Identity) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(config(identity, rustls::ALL_VERSIONS, None)))
}

pub fn trusting(trial: Trial, pem: &str) -> Trial {
    let pem = pem.as_bytes().to_vec();
    trial.change(|trial| trial.network.extra_roots = Some((PathBuf::from("test-ca.pem"), pem)))
}

fn https(server: &Hostile) -> String {
    format!("https://{}", server.address)
}

/// What a Halo in good order answers over TLS.
fn good_over_tls(hit: &crate::hostile_server::Hit) -> crate::hostile_server::Steps {
    match hit.path() {
        "/api/authinfo" => {
            let host = hit.header("host").unwrap_or_default();
            json(format!(r#"{{"auth_url":"https://{host}/auth","tenant_id":"acme"}}"#))
        }
        _ => crate::hostile_run::good(hit),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_trusted_when_its_file_is_given() {
    let authority = Authority::new("Private CA");
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let identity = authority.leaf(|_| {});
        let tls = TlsAcceptor::from(Arc::new(config(&identity, versions, None)));
        let server = Hostile::start(|hit, _| good_over_tls(hit), Some(tls)).await;
        let outcome = trusting(Trial::of(&https(&server)), &authority.certificate.pem()).run().await;
        assert!(Stage::Probe.is_answered(outcome.evidence()), "{}", outcome.log());
        let link = &outcome.evidence().link;
        let version = if versions[0].version == rustls::ProtocolVersion::TLSv1_2 { "TLS 1.2" } else { "TLS 1.3" };
        assert_eq!((link.tls_version.as_deref(), link.http_version.as_deref()), (Some(version), Some("HTTP/1.1")));
        let certificate = link.certificate.as_ref().expect("a certificate");
        assert!(certificate.issuer.as_str().contains("Private CA"), "{certificate:?}");
        assert_eq!(
            (certificate.names.as_slice(), certificate.fingerprint.len()),
            (&[UntrustedText::new("127.0.0.1")][..], 64)
        );
        let access = link.access.as_ref().expect("reached");
        assert_eq!(access.trust, CertificateTrust::CaFile { public_log: false });
        let timing = outcome.evidence().discovery.timing();
        assert!(timing.connect.is_some() && timing.tls.is_some() && timing.first_byte.is_some(), "{timing:?}");
        assert!(outcome.log().contains("tls   TLS 1."), "{}", outcome.log());
        assert_secret_went_only_to_the_token_endpoint(&server.seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_cannot_be_trusted_are_named_by_what_is_wrong() {
    let (known, unknown) = (Authority::new("Known CA"), Authority::new("Unknown CA"));
    let year = rcgen::date_time_ymd;
    let itself = self_signed();
    let cases: Vec<(&str, Identity, Code, &[&str])> = vec![
        (
            "expired",
            known.leaf(|p| {
                p.not_before = year(2019, 1, 1);
                p.not_after = year(2020, 1, 2);
            }),
            Code::TlsExpired,
            &["ended on 2020-01-02T00:00:00Z", "days ago", "clock says 2", "Known CA"],
        ),
        (
            "not yet valid",
            known.leaf(|p| {
                p.not_before = year(2090, 1, 2);
                p.not_after = year(2091, 1, 1);
            }),
            Code::TlsNotYetValid,
            &["valid from 2090-01-02T00:00:00Z", "clock says 2"],
        ),
        (
            "another host",
            known.leaf(|p| {
                p.subject_alt_names = CertificateParams::new(vec!["a.example".into(), "b.example".into()])
                    .expect("names")
                    .subject_alt_names
            }),
            Code::TlsHostname,
            &["it is for a.example, b.example"],
        ),
        ("no names", known.leaf(|p| p.subject_alt_names.clear()), Code::TlsHostname, &["names no host"]),
        (
            "unknown issuer",
            unknown.leaf(|_| {}),
            Code::TlsUntrusted,
            &["does not know who issued it", "issuer CN=Unknown CA", "SHA-256 "],
        ),
        (
            "for clients",
            known.leaf(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            Code::TlsBadCertificate,
            &["not issued for servers"],
        ),
        (
            "an authority as server",
            known.leaf(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            Code::TlsBadCertificate,
            &["certificate authority"],
        ),
        ("self-signed", itself, Code::TlsUntrusted, &["issuer"]),
        (
            "hostile names",
            unknown.leaf(|p| p.distinguished_name.push(DnType::OrganizationName, "\x1b]52;c;UFdORUQ=\x07\u{202e}")),
            Code::TlsUntrusted,
            &["issuer"],
        ),
    ];
    for (name, identity, code, says) in cases {
        let (outcome, server) = met_with(&identity, &known).await;
        expect(name, &outcome, code);
        let fault = Stage::Discovery.fault(outcome.evidence()).expect("a failure");
        for part in says {
            assert!(fault.detail.as_str().contains(part), "{name}: {:?} is not in {:?}", part, fault.detail);
            let is_last = part.starts_with("SHA-256") || part.contains("Known CA");
            let summary = summary(&outcome);
            assert!(is_last || summary.contains(part), "{name}: {part:?} is not in {summary:?}");
        }
        assert!(outcome.evidence().link.certificate.is_some(), "{name}: the certificate is shown though refused");
        assert_eq!(server.seen.hits().len(), 0, "{name}: nothing was sent");
    }
}

/// A run of a client that trusts one authority against a Halo with this certificate.
pub async fn met_with(identity: &Identity, trusted: &Authority) -> (Outcome, Hostile) {
    let server = Hostile::start(|hit, _| good_over_tls(hit), Some(acceptor(identity))).await;
    let outcome = trusting(Trial::of(&https(&server)), &trusted.certificate.pem()).run().await;
    (outcome, server)
}

pub fn self_signed() -> Identity {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".into()]).expect("names");
    Identity { chain: vec![params.self_signed(&key).expect("a certificate").der().clone()], key }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_authority_as_server_is_not_cured_by_trusting_it() {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["127.0.0.1".into()]).expect("names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("a certificate");
    let identity = Identity { chain: vec![certificate.der().clone()], key };
    let server = Hostile::start(|hit, _| good_over_tls(hit), Some(acceptor(&identity))).await;
    let outcome = trusting(Trial::of(&https(&server)), &certificate.pem()).run().await;
    expect("CA:TRUE", &outcome, Code::TlsBadCertificate);
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_do_not_complete_a_handshake() {
    let alert = |kind: u8| vec![0x15, 3, 3, 0, 2, 2, kind];
    let mut old_hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    old_hello.extend([7; 32]);
    old_hello.extend([0, 0xc0, 0x13, 0]);
    for (name, bytes, then, code) in [
        ("plain HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Then::Close, Code::TlsNotTls),
        ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), Then::Close, Code::TlsNotTls),
        ("an SMTP banner", b"220 mail.example ESMTP ready\r\n".to_vec(), Then::Close, Code::TlsNotTls),
        ("an FTP banner", b"220 (vsFTPd 3.0.5)\r\n".to_vec(), Then::Stall, Code::TlsNotTls),
        ("remote desktop", vec![3, 0, 0, 11, 6, 208, 0, 0, 18, 52, 0], Then::Close, Code::TlsNotTls),
        ("PostgreSQL", b"N".to_vec(), Then::Close, Code::TlsNotTls),
        ("a header of TLS without its message", vec![0x16, 3, 3], Then::Stall, Code::TlsTimeout),
        ("stall", vec![], Then::Stall, Code::TlsTimeout),
        ("stall in the middle", vec![0x16, 3, 3, 0, 90, 2], Then::Stall, Code::TlsTimeout),
        ("reset", vec![], Then::Reset, Code::NetReset),
        ("closed", vec![], Then::Close, Code::NetReset),
        ("closed in the middle", vec![0x16, 3, 3, 0, 90, 2], Then::Close, Code::NetReset),
        ("protocol_version", alert(70), Then::Close, Code::TlsVersion),
        ("TLS 1.0 hello", old_hello, Then::Close, Code::TlsVersion),
        ("handshake_failure", alert(40), Then::Close, Code::TlsHandshake),
        ("certificate_required", alert(116), Then::Close, Code::TlsClientCertRequired),
        ("unrecognised name", alert(112), Then::Close, Code::TlsHandshake),
        ("an alert of no name", alert(200), Then::Close, Code::TlsHandshake),
    ] {
        let port = blunt(bytes, then).await;
        let outcome = trial_with_some_root(&format!("https://127.0.0.1:{port}")).run().await;
        expect(name, &outcome, code);
        assert!(outcome.took < Duration::from_secs(10), "{name} took {:?}", outcome.took);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_told_by_name_with_what_to_do() {
    use Code::{TlsClientCertRequired, TlsHandshake, TlsVersion};
    for (kind, alert, code, says, fix) in [
        (112, "unrecognized_name", TlsHandshake, "has no certificate for the name 127.0.0.1", "SNI"),
        (49, "access_denied", TlsHandshake, "does not let this machine", "allow this machine's address"),
        (116, "certificate_required", TlsClientCertRequired, "wants a client certificate", "gateway"),
        (42, "bad_certificate", TlsClientCertRequired, "client certificate", "gateway"),
        (46, "certificate_unknown", TlsClientCertRequired, "client certificate", "gateway"),
        (48, "unknown_ca", TlsClientCertRequired, "client certificate", "gateway"),
        (70, "protocol_version", TlsVersion, "offers no TLS 1.2", "TLS 1.2"),
        (40, "handshake_failure", TlsHandshake, "no TLS settings in common", "cipher suites"),
        (71, "insufficient_security", TlsHandshake, "no TLS settings in common", "cipher suites"),
        (80, "internal_error", TlsHandshake, "reason of its own", "its log"),
        (51, "decrypt_error", TlsHandshake, "could not read", "another network"),
        (86, "inappropriate_fallback", TlsHandshake, "could not read", "another network"),
        (120, "no_application_protocol", TlsHandshake, "neither HTTP/1.1 nor HTTP/2", "port"),
        (200, "200", TlsHandshake, "ended the TLS handshake", "its log"),
    ] {
        let port = blunt(vec![0x15, 3, 3, 0, 2, 2, kind], Then::Close).await;
        let outcome = trial_with_some_root(&format!("https://127.0.0.1:{port}")).run().await;
        expect(alert, &outcome, code);
        let advice = outcome.finished.report.diagnoses[0].fix.join(" ");
        assert!(summary(&outcome).contains(says), "{alert}: {}", summary(&outcome));
        assert!(summary(&outcome).contains(&format!("(TLS alert {alert})")), "{}", summary(&outcome));
        assert!(advice.contains(fix), "{alert}: {advice}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_goes_without_close_notify_before_its_answer_is_a_cut_connection() {
    for (name, steps) in [
        ("before the head", vec![Step::Drop]),
        ("in the head", vec![Step::Bytes(b"HTTP/1.1 200 OK\r\nConte".to_vec()), Step::Drop]),
        ("with close_notify", vec![Step::Close]),
    ] {
        let authority = Authority::new("Private CA");
        let server = Hostile::start(move |_, _| steps.clone(), Some(acceptor(&authority.leaf(|_| {})))).await;
        let outcome = trusting(Trial::of(&https(&server)), &authority.certificate.pem()).run().await;
        expect(name, &outcome, Code::NetReset);
        assert!(!outcome.log().contains("http://docs") && !outcome.log().contains("docs.rs"), "{}", outcome.log());
    }
}

/// What a server does after its first bytes.
#[derive(Clone, Copy)]
pub enum Then {
    Close,
    Reset,
    Stall,
}

/// A server that answers every first byte with these, whatever it was asked.
pub async fn blunt(bytes: Vec<u8>, then: Then) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let bytes = bytes.clone();
            tokio::spawn(async move {
                let mut hello = [0; 4096];
                let _ = stream.read(&mut hello).await;
                let _ = stream.write_all(&bytes).await;
                match then {
                    Then::Close => drop(stream.shutdown().await),
                    Then::Reset => drop(stream.set_zero_linger()),
                    Then::Stall => std::future::pending().await,
                }
            });
        }
    });
    port
}

/// The platform's roots may be missing where the tests run, so one of our own is given: the codes are then the same.
pub fn trial_with_some_root(url: &str) -> Trial {
    trusting(Trial::of(url).limit(Duration::from_millis(1500)), &Authority::new("Unrelated CA").certificate.pem())
}

fn summary(outcome: &Outcome) -> &str {
    outcome.finished.report.diagnoses.first().map(|diagnosis| diagnosis.summary.as_str()).expect("a diagnosis")
}

fn expect(name: &str, outcome: &Outcome, code: Code) {
    assert_eq!(outcome.code(Stage::Discovery), Some(code), "{name}\n{}", outcome.log());
    assert!(!outcome.log().contains(SECRET));
    // The sentence that the operator reads says whose fault it is, once, and what became of the secret.
    let summary = summary(outcome);
    assert_eq!(summary.matches("127.0.0.1").count().min(2), summary.matches("127.0.0.1").count(), "{name}: {summary}");
    assert!(summary.contains("127.0.0.1") && summary.contains("secret was not sent"), "{name}: {summary}");
    assert!(!summary.contains("..") && !summary.contains(": ."), "{name}: {summary}");
    let library = ["docs.rs", "received fatal", "peer ", "invalid HTTP", "os error", "Invalid"];
    assert!(library.iter().all(|words| !summary.contains(words)), "{name}: {summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_a_client_certificate() {
    let authority = Authority::new("Private CA");
    for (versions, code) in [
        (&[&rustls::version::TLS13][..], Code::TlsClientCertRequired),
        (&[&rustls::version::TLS12], Code::TlsClientCertRequired),
    ] {
        let identity = authority.leaf(|_| {});
        let tls = TlsAcceptor::from(Arc::new(config(&identity, versions, Some(&authority))));
        let server = Hostile::start(|hit, _| good_over_tls(hit), Some(tls)).await;
        let outcome = trusting(Trial::of(&https(&server)), &authority.certificate.pem()).run().await;
        expect(&format!("{versions:?}"), &outcome, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_ends_without_close_notify_is_cut_short() {
    let authority = Authority::new("Private CA");
    for (name, last, answered) in [("no close_notify", Step::Drop, false), ("close_notify", Step::Close, true)] {
        let identity = authority.leaf(|_| {});
        let script = move |hit: &crate::hostile_server::Hit, _| {
            if hit.path() != "/api/Tickets" {
                return good_over_tls(hit);
            }
            vec![Step::Bytes(format!("{}\r\n[]", good_answer_head()).into_bytes()), last.clone()]
        };
        let server = Hostile::start(script, Some(acceptor(&identity))).await;
        let outcome = trusting(Trial::of(&https(&server)), &authority.certificate.pem()).run().await;
        assert_eq!(outcome.code(Stage::Probe), (!answered).then_some(Code::HttpMalformed), "{name}\n{}", outcome.log());
    }
}

/// A server that answers every connection with these bytes once TLS is up, whatever it is asked.
async fn blunt_over_tls(alpn: &str, bytes: Vec<u8>) -> (String, String) {
    let authority = Authority::new("Private CA");
    let mut tls = config(&authority.leaf(|_| {}), rustls::ALL_VERSIONS, None);
    tls.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let tls = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, bytes) = (tls.clone(), bytes.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = tls.accept(stream).await else { return };
                // Not before the request: what comes on an idle connection ends it, and the request meets a reset.
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                drop(stream.write_all(&bytes).await);
                // Until the client goes: an early end would be a reset, and hide what was written.
                drop(tokio::io::copy(&mut stream, &mut tokio::io::sink()).await);
            });
        }
    });
    (format!("https://127.0.0.1:{port}"), authority.certificate.pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_after_the_handshake_is_no_http() {
    let noise = b"\xff\xff\xff noise \x1b[2J and more of it than a frame's head".to_vec();
    // Over HTTP/2 the client speaks before its first request, so there the noise answers a request's own frame.
    let (first, second) = (late_frame(&noise).await, blunt_over_tls("http/1.1", noise.clone()).await);
    for (name, (url, pem)) in [("HTTP/2", first), ("HTTP/1.1", second)] {
        expect(name, &trusting(Trial::of(&url), &pem).run().await, Code::HttpMalformed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_servers_that_end_a_request_unprocessed_are_asked_again() {
    let refused_stream = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 7];
    let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let protocol_error = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    for (name, frame, code, requests) in [
        ("GOAWAY", &go_away[..], Code::NetReset, 3),
        ("REFUSED_STREAM", &refused_stream, Code::NetReset, 3),
        ("PROTOCOL_ERROR", &protocol_error, Code::HttpMalformed, 1),
    ] {
        let (url, pem) = late_frame(frame).await;
        let outcome = trusting(Trial::of(&url), &pem).run().await;
        expect(name, &outcome, code);
        assert_eq!(outcome.evidence().requests, requests, "{name}");
    }
}

/// An HTTP/2 server that answers each request with one frame; a frame about a stream is about that request's.
async fn late_frame(frame: &[u8]) -> (String, String) {
    let authority = Authority::new("Private CA");
    let mut tls = config(&authority.leaf(|_| {}), rustls::ALL_VERSIONS, None);
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let (tls, frame) = (TlsAcceptor::from(Arc::new(tls)), frame.to_vec());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, frame) = (tls.clone(), frame.clone());
            tokio::spawn(async move {
                if let Ok(stream) = tls.accept(stream).await {
                    drop(answer_with_frames(stream, frame).await);
                }
            });
        }
    });
    (format!("https://127.0.0.1:{port}"), authority.certificate.pem())
}

async fn answer_with_frames<S>(mut stream: S, mut frame: Vec<u8>) -> std::io::Result<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    const HEADERS: u8 = 1;
    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await?;
    stream.read_exact(&mut [0; 24]).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        stream.read_exact(&mut vec![0; length]).await?;
        if head[3] == HEADERS {
            if frame[8] != 0 {
                frame[5..9].copy_from_slice(&head[5..9]);
            }
            stream.write_all(&frame).await?;
        }
    }
}

/// A port whose queue of one place is filled: further attempts get no answer.
pub struct FullQueue {
    pub address: std::net::SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<std::io::Result<TcpStream>>,
}

impl FullQueue {
    pub async fn start() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        let listener = socket.listen(1).expect("a queue");
        let address = listener.local_addr().expect("an address");
        let mut waiting = Vec::new();
        while let Ok(stream) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
            waiting.push(stream);
            assert!(waiting.len() < 50, "the queue does not fill");
        }
        Self { address, _listener: listener, _waiting: waiting }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_drops_connection_attempts() {
    let full = FullQueue::start().await;
    let address = full.address;
    for url in [format!("http://{address}"), format!("https://{address}")] {
        let outcome = trial_with_some_root(&url).run().await;
        expect(&url, &outcome, Code::NetConnectTimeout);
        assert!(outcome.took < Duration::from_secs(5));
    }
}

/// A Halo in good order over TLS, and its authority's file.
pub async fn good_halo() -> (Hostile, String) {
    let authority = Authority::new("Private CA");
    let tls = acceptor(&authority.leaf(|_| {}));
    (Hostile::start(|hit, _| good_over_tls(hit), Some(tls)).await, authority.certificate.pem())
}

/// A Halo in good order over TLS whose certificate is for this name, and its authority's file.
pub async fn named_halo(name: &str) -> (Hostile, String) {
    let authority = Authority::new("Private CA");
    let names = CertificateParams::new(vec![name.to_owned()]).expect("names").subject_alt_names;
    let tls = acceptor(&authority.leaf(|params| params.subject_alt_names = names));
    (Hostile::start(|hit, _| good_over_tls(hit), Some(tls)).await, authority.certificate.pem())
}

/// A Halo in good order over TLS, what another server of the same authority takes connections with, and the
/// authority's file.
pub async fn halo_and_neighbour() -> (Hostile, TlsAcceptor, String) {
    let authority = Authority::new("Private CA");
    let halo = Hostile::start(|hit, _| good_over_tls(hit), Some(acceptor(&authority.leaf(|_| {})))).await;
    (halo, acceptor(&authority.leaf(|_| {})), authority.certificate.pem())
}

/// A Halo in good order over HTTP/2: its address, how many connections it took, and its authority's file.
pub async fn http2_halo(more_rows: usize) -> (std::net::SocketAddr, Arc<std::sync::atomic::AtomicUsize>, String) {
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    let authority = Authority::new("Private CA");
    let mut tls = config(&authority.leaf(|_| {}), rustls::ALL_VERSIONS, None);
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let tls = tls.clone();
            tokio::spawn(async move {
                let Ok(stream) = tls.accept(stream).await else { return };
                let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| async move {
                    let hit = crate::hostile_server::Hit {
                        target: request.uri().path().to_owned(),
                        head: format!("\r\nhost: {address}"),
                        ..Default::default()
                    };
                    let Step::Bytes(bytes) = good_over_tls(&hit).remove(0) else { unreachable!("an answer") };
                    let text = String::from_utf8(bytes).expect("text");
                    let (head, body) = text.split_once("\r\n\r\n").expect("a body");
                    let status: u16 = head[9..12].parse().expect("a status");
                    let more = format!(",{{\"agent_id\":9,\"note\":\"{}\"}}", "x".repeat(1000)).repeat(more_rows);
                    let body =
                        body.replacen("}]}", &format!("}}{more}]}}"), usize::from(hit.target != "/api/Agent/me"));
                    let body = http_body_util::Full::new(bytes::Bytes::from(body));
                    hyper::Response::builder().status(status).body(body)
                });
                let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                drop(builder.serve_connection(TokioIo::new(stream), service).await);
            });
        }
    });
    (address, connections, authority.certificate.pem())
}
