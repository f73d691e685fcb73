//! Failure to code: what one exchange alone can tell of why it failed.

mod dns;
mod error_chain;
mod http_status;
mod tls;

use std::io::ErrorKind;
use std::time::Duration;

use jiff::Timestamp;

use self::error_chain::{causes, find, io_kind, words};
use crate::domain::codes::Code;
use crate::domain::evidence::{Certificate, Fault};

pub(super) use self::http_status::{api_status, discovery_status, token_status};

/// How far an exchange had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// Nothing: no connection.
    Nothing,
    /// TCP (or the proxy's tunnel) is up, TLS is not.
    Tcp,
    /// A connection is up; no head of an answer.
    Connected,
    /// The head of the answer came.
    Head,
}

/// What was known when an exchange failed.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    /// Host and port.
    pub host: &'a str,
    /// How far it came.
    pub reached: Reached,
    /// The resolver was asked and has not answered.
    pub resolving: bool,
    /// Bytes of the body received, after decompression.
    pub received: usize,
    /// The certificate that was shown.
    pub certificate: Option<Certificate>,
    /// The proxy in use, as it may be shown.
    pub proxy: Option<String>,
    /// Whether this machine has CA certificates.
    pub has_roots: bool,
    /// Limit of connecting.
    pub connect_limit: Duration,
    /// Limit of the whole exchange.
    pub exchange_limit: Duration,
    /// This machine's clock.
    pub now: Timestamp,
}

/// The failure of an exchange whose time is up.
pub(super) fn timed_out(seen: &Circumstances<'_>) -> Fault {
    let host = seen.host;
    match (seen.reached, &seen.proxy) {
        (Reached::Nothing, Some(proxy)) if seen.resolving => dns::timed_out(&format!("the proxy {proxy}"), seen),
        (Reached::Nothing, None) if seen.resolving => dns::timed_out(name(host), seen),
        (Reached::Nothing, Some(proxy)) => Fault::new(Code::NetProxy)
            .detail(format!("the proxy {proxy} made no connection to {host} within {}", time(seen.connect_limit))),
        (Reached::Nothing, None) => Fault::new(Code::NetConnectTimeout)
            .detail(format!("{host} did not answer the attempt to connect within {}", time(seen.connect_limit))),
        (Reached::Tcp, _) => Fault::new(Code::TlsTimeout)
            .detail(format!("{host} accepted the connection, but TLS was not up within {}", time(seen.connect_limit))),
        (Reached::Connected, _) => Fault::new(Code::NetTimeout)
            .detail(format!("connected to {host}, but no answer began within {}", time(seen.exchange_limit))),
        (Reached::Head, _) => Fault::new(Code::NetTimeout).detail(format!(
            "{host} began to answer, but was not done within {} ({} bytes came)",
            time(seen.exchange_limit),
            seen.received
        )),
    }
}

/// The failure that an error of the HTTP library tells of.
pub(super) fn from_error(error: &reqwest::Error, seen: &Circumstances<'_>) -> Fault {
    // Every error of a body claims to be a decoding error, timeouts and resets too: the order of these questions matters.
    if error.is_timeout() {
        return timed_out(seen);
    }
    let causes = causes(error);
    if let Some(found) = find::<rustls::Error>(&causes)
        && !(seen.reached == Reached::Head)
    {
        return tls::fault(found, seen);
    }
    if error.is_connect() {
        return connecting(error, &causes, seen);
    }
    if seen.reached == Reached::Head { body(&causes, seen) } else { head(&causes, seen) }
}

fn connecting(
    error: &reqwest::Error,
    causes: &[&(dyn std::error::Error + 'static)],
    seen: &Circumstances<'_>,
) -> Fault {
    let (host, reason) = (seen.host, words(causes));
    if let Some(proxy) = &seen.proxy {
        if error.is_dns() && dns::is_unanswered(causes, &reason) {
            return dns::fault(&format!("the proxy {proxy}"), causes);
        }
        return Fault::new(Code::NetProxy).detail(through(proxy, error, causes, seen));
    }
    if error.is_dns() {
        return dns::fault(name(host), causes);
    }
    let (code, detail) = match io_kind(causes) {
        Some(ErrorKind::ConnectionRefused) => (Code::NetRefused, format!("{host} refused the connection")),
        Some(ErrorKind::TimedOut) => return timed_out(seen),
        Some(
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::NotConnected,
        ) => (Code::NetReset, format!("{host} cut the connection {}", stage(seen))),
        _ => (Code::NetUnreachable, format!("no way to {host}: {reason}")),
    };
    Fault::new(code).detail(detail)
}

/// What the proxy did, in words that say where to look.
fn through(
    proxy: &str,
    error: &reqwest::Error,
    causes: &[&(dyn std::error::Error + 'static)],
    seen: &Circumstances<'_>,
) -> String {
    let (host, reason) = (seen.host, words(causes));
    if error.is_dns() {
        return format!("the name of the proxy {proxy} does not resolve, so {host} was not reached: {reason}");
    }
    match io_kind(causes) {
        Some(ErrorKind::ConnectionRefused) => {
            format!("the proxy {proxy} refused the connection, so {host} was not reached")
        }
        Some(ErrorKind::TimedOut) => format!("the proxy {proxy} did not answer, so {host} was not reached"),
        _ => format!("the proxy {proxy} did not let the connection to {host} through: {reason}"),
    }
}

/// A host without its port.
fn name(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn stage(seen: &Circumstances<'_>) -> &'static str {
    match seen.reached {
        Reached::Nothing => "while it was being made",
        Reached::Tcp => "in the TLS handshake",
        Reached::Connected => "before any answer",
        Reached::Head => "in the middle of its answer",
    }
}

/// No usable head of an answer came.
fn head(causes: &[&(dyn std::error::Error + 'static)], seen: &Circumstances<'_>) -> Fault {
    let (host, reason) = (seen.host, words(causes));
    let hyper = find::<hyper::Error>(causes);
    let cut = hyper.is_some_and(|error| error.is_incomplete_message() || error.is_closed() || error.is_canceled());
    if cut || is_cut(causes) || is_unprocessed(&reason) {
        return Fault::new(Code::NetReset).detail(format!("{host} cut the connection {}", stage(seen)));
    }
    Fault::new(Code::HttpMalformed).detail(format!("{host} does not answer with valid HTTP: {reason}"))
}

/// The head came, the body did not come whole.
fn body(causes: &[&(dyn std::error::Error + 'static)], seen: &Circumstances<'_>) -> Fault {
    let (host, reason, received) = (seen.host, words(causes), seen.received);
    if is_cut(causes) {
        let detail = format!("{host} cut the connection {} ({received} bytes came)", stage(seen));
        return Fault::new(Code::NetReset).detail(detail);
    }
    if find::<hyper::Error>(causes).is_some() {
        let detail = format!("{host} did not send its answer whole: {reason} ({received} bytes came)");
        return Fault::new(Code::HttpMalformed).detail(detail);
    }
    Fault::new(Code::HttpBadEncoding).detail(format!("the compression of {host}'s answer is damaged: {reason}"))
}

fn is_cut(causes: &[&(dyn std::error::Error + 'static)]) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(io_kind(causes), Some(ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected))
}

/// HTTP/2's ways of ending a request that was not looked at: a connection that is being closed, a stream that was
/// refused. The library gives them as words only.
fn is_unprocessed(reason: &str) -> bool {
    ["not a result of an error", "refused stream before processing"].iter().any(|words| reason.contains(words))
}

fn time(limit: Duration) -> String {
    if limit.as_millis().is_multiple_of(1000) {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}
