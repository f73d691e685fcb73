//! Converts an error of the HTTP library to a fault with a code.

use super::error_chain::{causes, find, io_kind};
use super::{dns, proxy, tls};
use crate::domain::codes::Code;
use crate::domain::evidence::{Certificate, Fault};
use crate::probe::failure::Tunnel;
use jiff::Timestamp;
use std::io::ErrorKind;
use std::time::Duration;

/// Stage at which an exchange failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::probe) enum ExchangeStage {
    /// Nothing: no connection.
    #[default]
    Nothing,
    /// TCP (or the proxy's tunnel) is up, TLS is not.
    Tcp,
    /// A connection is up; no head of an answer.
    Connected,
    /// The head of the answer came.
    Head,
}

/// Circumstances of a failed exchange.
#[derive(Debug, Default)]
pub(in crate::probe) struct Circumstances<'a> {
    /// Host and port.
    pub host: &'a str,
    /// The stage.
    pub reached: ExchangeStage,
    /// The name that the resolver was asked for and has not answered.
    pub resolving: Option<String>,
    /// Bytes of the body received, after decompression.
    pub received: usize,
    /// The certificate that was shown.
    pub certificate: Option<Certificate>,
    /// The proxy in use, as it may be shown.
    pub proxy: Option<String>,
    /// The connection through the proxy, if it was not established.
    pub tunnel: Option<Tunnel>,
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
pub(in crate::probe) fn timed_out(seen: &Circumstances<'_>) -> Fault {
    let host = seen.host;
    if let (ExchangeStage::Nothing, Some(asked)) = (seen.reached, &seen.resolving) {
        return match &seen.proxy {
            Some(proxy) if asked != name(host) => dns::timed_out(&format!("the proxy {proxy}"), seen),
            _ => dns::timed_out(name(host), seen),
        };
    }
    if let (Some(proxy), Some(tunnel)) = (&seen.proxy, &seen.tunnel) {
        return proxy::fault(proxy, tunnel, false, &[], seen);
    }
    match (seen.reached, &seen.proxy) {
        (ExchangeStage::Nothing, Some(proxy)) => Fault::new(Code::NetProxy)
            .detail(format!("the proxy {proxy} made no connection to {host} within {}", time(seen.connect_limit))),
        (ExchangeStage::Nothing, None) => Fault::new(Code::NetConnectTimeout)
            .detail(format!("{host} did not answer the attempt to connect within {}", time(seen.connect_limit))),
        (ExchangeStage::Tcp, _) => Fault::new(Code::TlsTimeout)
            .detail(format!("{host} accepted the connection, but TLS was not up within {}", time(seen.connect_limit))),
        (ExchangeStage::Connected, _) => Fault::new(Code::NetTimeout)
            .detail(format!("connected to {host}, but no answer began within {}", time(seen.exchange_limit))),
        (ExchangeStage::Head, _) => Fault::new(Code::NetTimeout).detail(format!(
            "{host} began to answer, but was not done within {} ({} bytes came)",
            time(seen.exchange_limit),
            seen.received
        )),
    }
}

/// The fault for an error of the HTTP library.
pub(in crate::probe) fn from_error(error: &reqwest::Error, seen: &Circumstances<'_>) -> Fault {
    // Every error of a body claims to be a decoding error, timeouts and resets too: the order of these questions matters.
    if error.is_timeout() {
        return timed_out(seen);
    }
    let causes = causes(error);
    if let (true, Some(proxy), Some(tunnel)) = (error.is_connect(), &seen.proxy, &seen.tunnel) {
        return proxy::fault(proxy, tunnel, error.is_dns(), &causes, seen);
    }
    if let Some(found) = find::<rustls::Error>(&causes)
        && !(seen.reached == ExchangeStage::Head)
    {
        return tls::fault(found, seen);
    }
    if error.is_connect() {
        return connecting(error, &causes, seen);
    }
    if seen.reached == ExchangeStage::Head { body(&causes, seen) } else { head(&causes, seen) }
}

fn connecting(
    error: &reqwest::Error,
    causes: &[&(dyn std::error::Error + 'static)],
    seen: &Circumstances<'_>,
) -> Fault {
    let host = seen.host;
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
        Some(ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown) => {
            (Code::NetUnreachable, format!("this machine has no route to the network of {host}"))
        }
        Some(ErrorKind::HostUnreachable) => (Code::NetUnreachable, format!("there is no route to {host}")),
        Some(ErrorKind::PermissionDenied) => {
            (Code::NetUnreachable, format!("this machine's own rules or firewall do not allow a connection to {host}"))
        }
        Some(ErrorKind::AddrNotAvailable) => {
            (Code::NetUnreachable, format!("this machine has no address of the kind that {host} needs (IPv4 or IPv6)"))
        }
        _ => (Code::NetUnreachable, format!("this machine could not make a connection to {host}")),
    };
    Fault::new(code).detail(detail)
}

/// A host without its port.
pub(super) fn name(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn stage(seen: &Circumstances<'_>) -> &'static str {
    match seen.reached {
        ExchangeStage::Nothing => "while it was being made",
        ExchangeStage::Tcp => "in the TLS handshake",
        ExchangeStage::Connected => "before any answer",
        ExchangeStage::Head => "in the middle of its answer",
    }
}

/// No usable head of an answer came.
fn head(causes: &[&(dyn std::error::Error + 'static)], seen: &Circumstances<'_>) -> Fault {
    let host = seen.host;
    let hyper = find::<hyper::Error>(causes);
    let ended = hyper.is_some_and(|error| error.is_incomplete_message() || error.is_closed() || error.is_canceled());
    // A peer over TLS that goes without a word of farewell ends the file of its connection too early.
    let is_gone = io_kind(causes) == Some(ErrorKind::UnexpectedEof);
    if ended || is_gone || is_cut(causes) || is_unprocessed(causes) {
        return Fault::new(Code::NetReset).detail(format!("{host} cut the connection {}", stage(seen)));
    }
    let how = hyper.map_or("what it sends is no HTTP", malformed_head);
    Fault::new(Code::HttpMalformed).detail(format!("{host} does not answer with valid HTTP: {how}"))
}

/// The defect in the head of a response.
fn malformed_head(error: &hyper::Error) -> &'static str {
    if error.is_parse_too_large() {
        "its head is longer than any web server's"
    } else if error.is_parse_status() {
        "its status is no number from 100 to 999"
    } else if error.is_parse_version_h2() {
        "it speaks HTTP/2 where HTTP/1.1 was agreed on"
    } else if error.is_parse() {
        "its first line or a header is not HTTP's; another service may listen on this port"
    } else if error.to_string().starts_with("http2") {
        "it breaks the rules of HTTP/2"
    } else {
        "what it sends is no HTTP"
    }
}

/// The head came, the body did not come whole.
fn body(causes: &[&(dyn std::error::Error + 'static)], seen: &Circumstances<'_>) -> Fault {
    let (host, received) = (seen.host, seen.received);
    if is_cut(causes) {
        let detail = format!("{host} cut the connection {} ({received} bytes came)", stage(seen));
        return Fault::new(Code::NetReset).detail(detail);
    }
    if find::<hyper::Error>(causes).is_some() {
        let why = match io_kind(causes) {
            Some(ErrorKind::InvalidInput) => "its length is not told as HTTP wants it",
            _ => "the connection or the answer ended before the length that was promised",
        };
        let detail = format!("{host} did not send its answer whole: {why} ({received} bytes came)");
        return Fault::new(Code::HttpMalformed).detail(detail);
    }
    Fault::new(Code::HttpBadEncoding)
        .detail(format!("the compression of {host}'s answer is damaged ({received} bytes could be read)"))
}

/// The body is compressed in a way that was not asked for and that this client does not know.
pub(in crate::probe) fn unsupported_encoding(host: &str, encoding: &str) -> Fault {
    let named: String = encoding.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(40).collect();
    let named = if named.trim().is_empty() { "an unknown way".to_owned() } else { named };
    let detail = format!("{host} answers with the compression {named}, which was not asked for: only gzip was");
    Fault::new(Code::HttpBadEncoding).detail(detail)
}

fn is_cut(causes: &[&(dyn std::error::Error + 'static)]) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(io_kind(causes), Some(ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected))
}

/// Returns true if HTTP/2 ended the request unprocessed: the connection is closing, or the stream was refused. The
/// library reports this only as text.
fn is_unprocessed(causes: &[&(dyn std::error::Error + 'static)]) -> bool {
    let reason = causes.last().map(ToString::to_string).unwrap_or_default();
    ["not a result of an error", "refused stream before processing"].iter().any(|words| reason.contains(words))
}

pub(super) fn time(limit: Duration) -> String {
    if limit.as_millis().is_multiple_of(1000) {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}
