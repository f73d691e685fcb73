//! A raw HTTP/1.1 client: it shows what is on the wire, follows nothing and repeats nothing.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use halo_onboard::sim::{FixtureNames, Resource, Scenario, Simulator};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Limit for everything that should come at once.
pub const SOON: Duration = Duration::from_secs(10);

/// Names that are nobody's.
pub fn cast() -> FixtureNames {
    let claims = [
        ("Tx", "1"),
        ("Ux", "2"),
        ("Ix", "2"),
        ("Ox", "1"),
        ("Xx", "1"),
        ("Cx", "1"),
        ("Hx", "3"),
        ("l8", "1"),
        ("l9", "1"),
    ];
    let scopes = ["tickets", "customers", "items", "sales", "invoices", "contracts", "timesheets"];
    FixtureNames {
        agent: "Reader Agent".into(),
        role: "Reader Role".into(),
        application: "Reader App".into(),
        scopes: scopes.map(|scope| format!("read:{scope}")).to_vec(),
        claims: claims.map(|(claim, value)| (claim.to_owned(), value.to_owned())).into(),
    }
}

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A healthy simulated Halo with one change.
pub async fn start(change: impl FnOnce(&mut Scenario)) -> Simulator {
    let mut scenario = Scenario::named("good", &cast()).expect("it ships");
    change(&mut scenario);
    Simulator::start(scenario, LOOPBACK).await.expect("loopback can be bound")
}

/// A scenario that ships.
pub async fn start_named(name: &str) -> Simulator {
    let scenario = Scenario::named(name, &cast()).expect(name);
    Simulator::start(scenario, LOOPBACK).await.expect("loopback can be bound")
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text member of the answer; empty when it is not there.
    pub fn text(&self, key: &str) -> String {
        self.json().get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The rows of a list of this resource.
    pub fn rows(&self, resource: Resource) -> Vec<Value> {
        let json = self.json();
        let list = match resource.list_key() {
            Some(key) => &json[key],
            None => &json,
        };
        list.as_array().unwrap_or_else(|| panic!("no list: {self:?}")).clone()
    }
}

/// Sends one request on its own connection.
pub async fn send(at: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(at).await.expect("it listens");
    let head: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut raw = Vec::new();
    tokio::time::timeout(SOON, stream.read_to_end(&mut raw)).await.expect("an answer in time").expect("it answers");
    let text = String::from_utf8(raw).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// GET without a token.
pub async fn get_bare(sim: &Simulator, path: &str) -> Answer {
    send(sim.address(), "GET", path, &[], "").await
}

/// GET with a token.
pub async fn get(sim: &Simulator, path: &str, token: &str) -> Answer {
    send(sim.address(), "GET", path, &[("Authorization", &format!("Bearer {token}"))], "").await
}

/// Host and path of the token endpoint.
pub fn token_endpoint(sim: &Simulator) -> (SocketAddr, String) {
    let url = sim.auth_url();
    let rest = url.strip_prefix("http://").expect("plain http");
    let (host, path) = rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
    (host.parse().expect("an address"), format!("{path}/token"))
}

pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A token request with the values of the form.
pub async fn ask(sim: &Simulator, scope: &str) -> Answer {
    let form = sim.form();
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        form.client_id,
        form.client_secret,
        scope.replace(' ', "+")
    );
    post_token(sim, &form.tenant, &body).await
}

/// A token request with this body.
pub async fn post_token(sim: &Simulator, tenant: &str, body: &str) -> Answer {
    let (host, path) = token_endpoint(sim);
    let path = if tenant.is_empty() { path } else { format!("{path}?tenant={tenant}") };
    send(host, "POST", &path, &[FORM], body).await
}

/// A token for `all`.
pub async fn token(sim: &Simulator) -> String {
    let answer = ask(sim, "all").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text("access_token")
}

/// A client that speaks HTTP/2 without asking first.
pub fn http2() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // No roots are needed for plain http, and a machine may have none.
    let tls =
        rustls::ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().http2_prior_knowledge();
    builder.build().expect("a client")
}

/// Waits until a condition holds.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap_or_else(|_| panic!("{what}: not in time"));
}

/// Seconds by which a `Date` header is ahead of this machine's clock.
pub fn seconds_off(date: &str) -> i64 {
    let then = jiff::fmt::rfc2822::parse(&date.replace("GMT", "+0000")).expect("a date").timestamp();
    then.as_second() - jiff::Timestamp::now().as_second()
}
