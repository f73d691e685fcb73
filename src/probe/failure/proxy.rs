//! Fault of a proxy that established no connection: its response, and the fix. The text names the proxy, not Halo.

use std::error::Error;
use std::io::ErrorKind;

use super::error_chain::{find, io_kind};
use super::{Circumstances, dns, name, tls};
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;

/// A connection through a proxy that is not established.
#[derive(Debug)]
pub(in crate::probe) struct Tunnel {
    /// Scheme of the proxy's address.
    pub scheme: String,
    /// True when the proxy's address holds a user name.
    pub has_login: bool,
    /// Response of the proxy to a second request.
    pub answer: Option<ProxyAnswer>,
}

/// Response of a proxy to a request for a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::probe) enum ProxyAnswer {
    /// It answered CONNECT.
    Connect(ConnectAnswer),
    /// It speaks another protocol than its address says.
    Speaks(Protocol),
    /// It could not be connected to.
    NoConnection(ErrorKind),
    /// It ended the connection without an answer.
    Closed,
    /// It accepted the connection and said nothing.
    Silent,
    /// It answered with something that is none of the protocols of a proxy.
    Unknown,
}

/// The head of an answer to CONNECT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::probe) struct ConnectAnswer {
    /// Status.
    pub status: u16,
    /// Reason phrase, as it came.
    pub reason: String,
    /// Schemes of `Proxy-Authenticate`.
    pub schemes: Vec<String>,
    /// The word of `X-Squid-Error`.
    pub squid_error: Option<String>,
}

/// Protocol of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Protocol {
    Http,
    Tls,
    Socks,
}

type Causes<'a> = [&'a (dyn Error + 'static)];

/// The failure to get a connection through `proxy`; `causes` is empty when the time was up.
pub(super) fn fault(
    proxy: &str,
    tunnel: &Tunnel,
    is_dns: bool,
    causes: &Causes<'_>,
    seen: &Circumstances<'_>,
) -> Fault {
    if is_dns {
        return resolution(proxy, tunnel, causes, seen);
    }
    let answered =
        tunnel.answer.as_ref().filter(|answer| !matches!(answer, ProxyAnswer::Connect(c) if c.status == 200));
    if let Some(error) = find::<rustls::Error>(causes)
        && !matches!(answered, Some(ProxyAnswer::Speaks(Protocol::Http)))
    {
        return tls::at_proxy(error, proxy, seen);
    }
    let told = socks(proxy, causes, seen).or_else(|| answered.map(|answer| answer_text(answer, proxy, tunnel, seen)));
    let (detail, fix) = told.unwrap_or_else(|| (unanswered(proxy, causes, seen), None));
    Fault { fix, ..Fault::new(Code::NetProxy).detail(detail) }
}

/// A name that did not resolve: the proxy's, or Halo's where the proxy's scheme leaves that to this machine.
fn resolution(proxy: &str, tunnel: &Tunnel, causes: &Causes<'_>, seen: &Circumstances<'_>) -> Fault {
    let host = seen.host;
    if is_local_resolution(causes) {
        let (scheme, remote) = (&tunnel.scheme, if tunnel.scheme == "socks4" { "socks4a" } else { "socks5h" });
        let fault = dns::fault(name(host), causes);
        let detail = format!(
            "{}; with {scheme}:// the name is resolved on this machine, not by the proxy {proxy}",
            fault.detail.as_str()
        );
        let fix = format!(
            "If the proxy knows the name {}, write {remote}:// in front of its address: the proxy resolves it then.",
            name(host)
        );
        return Fault { fix: Some(fix), ..fault.detail(detail) };
    }
    if dns::is_unanswered(causes) {
        return dns::fault(&format!("the proxy {proxy}"), causes);
    }
    Fault {
        fix: Some("Check the spelling of the proxy's name, and where its address comes from.".into()),
        ..Fault::new(Code::NetProxy)
            .detail(format!("the name of the proxy {proxy} does not resolve, so {host} was not reached"))
    }
}

/// Returns true if the library resolved the target's name itself for a SOCKS proxy that expects an address. The
/// library reports this only as text.
fn is_local_resolution(causes: &Causes<'_>) -> bool {
    causes.iter().any(|cause| cause.to_string() == "error resolving for socks proxy")
}

/// Refusal of a SOCKS proxy, and the fix. The library reports the reasons only as text.
fn socks(proxy: &str, causes: &Causes<'_>, seen: &Circumstances<'_>) -> Option<(String, Option<String>)> {
    let host = seen.host;
    let said = causes.last()?.to_string();
    let reason = said.strip_prefix("SOCKS error: ")?;
    let (what, fix) = match reason {
        "server does not support user/pass authentication" | "server implements authentication incorrectly" => {
            ("does not accept this login method: it wants a user and password, or another method than that", LOGIN)
        }
        "credentials not accepted" => ("did not accept the user and password that its address holds", LOGIN),
        "connection not allowed" => ("does not allow the connection by its rules", ALLOW),
        "server failed to execute command" | "general server failure" => ("failed to make the connection", WAY_ON),
        "server ident service failed" | "server ident service did not recognise client identifier" => {
            ("wants an ident service on this machine, which this program does not offer", ALLOW)
        }
        "network unreachable" => ("has no route to the network of the host", WAY_ON),
        "host unreachable" => ("cannot reach the host, or cannot resolve its name", WAY_ON),
        "connection refused" => ("was refused by the host", WAY_ON),
        "ttl expired" => ("lost the connection on its way to the host", WAY_ON),
        "command not supported" => ("does not make connections for others", ALLOW),
        "address type not supported" => (
            "does not take this kind of address",
            "Write socks5:// in front of the proxy's address instead of socks5h://, or the other way round.",
        ),
        "IPV6 is not supported" | "could not resolve to acceptable address type" => {
            ("cannot be given an IPv6 address with this scheme", "Write socks5h:// in front of the proxy's address.")
        }
        _ => return None,
    };
    Some((format!("the proxy {proxy} {what}, so {host} was not reached"), Some(fix.to_owned())))
}

const LOGIN: &str = "Give the proxy's user and password in its address, by the environment and not as an argument: HTTPS_PROXY or ALL_PROXY, scheme://user:password@host:port.";
const ALLOW: &str =
    "Ask whoever runs the proxy to allow this machine's connections to Halo. Nothing in Halo needs to change.";
const WAY_ON: &str = "The proxy works; the way from it to Halo does not. Try again, then ask whoever runs the proxy.";
const ADDRESS: &str =
    "Check the proxy's address and port: this may be another service. Nothing in Halo needs to change.";

fn answer_text(
    answer: &ProxyAnswer,
    proxy: &str,
    tunnel: &Tunnel,
    seen: &Circumstances<'_>,
) -> (String, Option<String>) {
    let host = seen.host;
    let so = format!("so {host} was not reached");
    match answer {
        ProxyAnswer::Connect(answer) => connect(answer, proxy, tunnel, host),
        ProxyAnswer::Speaks(protocol) => {
            let (spoken, scheme) = match protocol {
                Protocol::Http => ("plain http", "http"),
                Protocol::Tls => ("TLS", "https"),
                Protocol::Socks => ("SOCKS", "socks5h"),
            };
            let wrong = &tunnel.scheme;
            let address =
                proxy.split(' ').next().and_then(|address| address.split_once("://")).map_or("", |(_, rest)| rest);
            let detail = format!("the proxy {proxy} speaks {spoken}, not what {wrong}:// stands for, {so}");
            (detail, Some(format!("Write {scheme}:// in front of the proxy's address: {scheme}://{address}")))
        }
        ProxyAnswer::NoConnection(ErrorKind::ConnectionRefused) => {
            (format!("the proxy {proxy} refused the connection, {so}"), Some(ADDRESS.into()))
        }
        ProxyAnswer::NoConnection(ErrorKind::TimedOut) => (format!("the proxy {proxy} did not answer, {so}"), None),
        ProxyAnswer::NoConnection(_) => (format!("there is no way to the proxy {proxy}, {so}"), None),
        ProxyAnswer::Closed | ProxyAnswer::Silent if tunnel.scheme == "https" => {
            let detail = format!("the proxy {proxy} accepts connections, but does not speak TLS on them, {so}");
            (detail, Some("Most proxies speak plain http, for https addresses too: write http:// in front of the proxy's address.".into()))
        }
        ProxyAnswer::Closed => {
            (format!("the proxy {proxy} closed the connection without an answer, {so}"), Some(ADDRESS.into()))
        }
        ProxyAnswer::Silent => {
            (format!("the proxy {proxy} accepted the connection, but gave no answer, {so}"), Some(ADDRESS.into()))
        }
        ProxyAnswer::Unknown => (format!("the proxy {proxy} does not answer as a proxy, {so}"), Some(ADDRESS.into())),
    }
}

/// A CONNECT that was refused: status and reason, and what to do about each kind.
fn connect(answer: &ConnectAnswer, proxy: &str, tunnel: &Tunnel, host: &str) -> (String, Option<String>) {
    let squid = answer.squid_error.as_ref().map(|word| format!("; {word}")).unwrap_or_default();
    let said = format!("{} {}", answer.status, answer.reason);
    let said = format!("{}{squid}", said.trim());
    match answer.status {
        407 => login(answer, &said, proxy, tunnel, host),
        502..=504 => (format!("the proxy {proxy} could not reach {host} ({said})"), Some(WAY_ON.into())),
        511 => (
            format!("the network's login page stands before the proxy {proxy} ({said}), so {host} was not reached"),
            Some("Log in to this network with a browser, then run the checks again.".into()),
        ),
        200..=399 | 400 | 404..=406 | 410 | 501 => (
            format!("the proxy {proxy} does not answer as a proxy ({said}), so {host} was not reached"),
            Some(ADDRESS.into()),
        ),
        _ => (format!("the proxy {proxy} refused the connection to {host} ({said})"), Some(ALLOW.into())),
    }
}

/// A proxy that wants a login. Only Basic is spoken.
fn login(answer: &ConnectAnswer, said: &str, proxy: &str, tunnel: &Tunnel, host: &str) -> (String, Option<String>) {
    let has_basic =
        answer.schemes.is_empty() || answer.schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic"));
    let offers = match answer.schemes.as_slice() {
        [] => String::new(),
        schemes => format!("; it offers {}", schemes.join(", ")),
    };
    let detail = if tunnel.has_login && has_basic {
        format!(
            "the proxy {proxy} did not accept the user and password that its address holds ({said}{offers}), so {host} was not reached"
        )
    } else {
        format!("the proxy {proxy} wants a login ({said}{offers}), so {host} was not reached")
    };
    let fix = if has_basic {
        "Give the proxy's user and password in its address, by the environment and not as an argument: HTTPS_PROXY=http://user:password@host:port (@ and : in them as %40 and %3A). Negotiate, NTLM and Digest are not spoken."
    } else {
        "This program speaks Basic to a proxy, not Negotiate, NTLM or Digest: ask whoever runs the proxy for Basic or for an exemption, or use a local proxy that logs in for you."
    };
    (detail, Some(fix.to_owned()))
}

/// The fault without a response of the proxy.
fn unanswered(proxy: &str, causes: &Causes<'_>, seen: &Circumstances<'_>) -> String {
    let host = seen.host;
    if causes.is_empty() {
        return format!("the proxy {proxy} made no connection to {host} within {}", super::time(seen.connect_limit));
    }
    match io_kind(causes) {
        Some(ErrorKind::ConnectionRefused) => {
            format!("the proxy {proxy} refused the connection, so {host} was not reached")
        }
        Some(ErrorKind::TimedOut) => format!("the proxy {proxy} did not answer, so {host} was not reached"),
        _ => format!("the proxy {proxy} did not let the connection to {host} through"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Circumstances<'static> {
        Circumstances { host: "acme.example:443", ..Circumstances::default() }
    }

    fn told(scheme: &str, has_login: bool, answer: ProxyAnswer) -> (String, String) {
        let tunnel = Tunnel { scheme: scheme.into(), has_login, answer: Some(answer) };
        let fault = fault(&format!("{scheme}://p:3128 (HTTPS_PROXY)"), &tunnel, false, &[], &seen());
        assert_eq!(fault.code, Code::NetProxy);
        (fault.detail.as_str().to_owned(), fault.fix.unwrap_or_default())
    }

    fn status(status: u16, reason: &str, schemes: &[&str]) -> ProxyAnswer {
        let schemes = schemes.iter().map(|scheme| (*scheme).to_owned()).collect();
        ProxyAnswer::Connect(ConnectAnswer { status, reason: reason.into(), schemes, squid_error: None })
    }

    #[test]
    fn each_status_of_connect_is_told_with_what_to_do() {
        for (given, says, fix) in [
            (status(403, "Forbidden", &[]), "refused the connection to acme.example:443 (403 Forbidden)", "allow"),
            (status(429, "Slow", &[]), "(429 Slow)", "allow"),
            (status(502, "", &[]), "could not reach acme.example:443 (502)", "The proxy works"),
            (status(503, "Service Unavailable", &[]), "(503 Service Unavailable)", "The proxy works"),
            (status(504, "Gateway Timeout", &[]), "(504 Gateway Timeout)", "Try again"),
            (status(511, "", &[]), "login page", "browser"),
            (status(400, "Bad Request", &[]), "does not answer as a proxy (400 Bad Request)", "address and port"),
            (status(405, "Not Allowed", &[]), "does not answer as a proxy", "address and port"),
            (status(302, "Found", &[]), "does not answer as a proxy (302 Found)", "address and port"),
            (status(407, "Auth", &[]), "wants a login (407 Auth)", "user:password@host:port"),
            (status(407, "Auth", &["Basic"]), "it offers Basic", "user:password@host:port"),
            (status(407, "Auth", &["Negotiate", "NTLM"]), "it offers Negotiate, NTLM", "not Negotiate, NTLM or Digest"),
        ] {
            let (detail, advice) = told("http", false, given);
            assert!(detail.contains(says) && detail.contains("acme.example"), "{detail}");
            assert!(advice.contains(fix), "{advice}");
        }
        let (detail, _) = told("http", true, status(407, "Auth", &["Basic"]));
        assert!(detail.contains("did not accept the user and password"), "{detail}");
    }

    #[test]
    fn the_scheme_that_is_spoken_is_named() {
        for (given, spoken, says, fix) in [
            ("https", Protocol::Http, "speaks plain http", "http://p:3128"),
            ("http", Protocol::Tls, "speaks TLS", "https://p:3128"),
            ("http", Protocol::Socks, "speaks SOCKS", "socks5h://p:3128"),
            ("socks5", Protocol::Http, "speaks plain http", "http://p:3128"),
        ] {
            let (detail, advice) = told(given, false, ProxyAnswer::Speaks(spoken));
            assert!(detail.contains(says) && advice.ends_with(&format!(": {fix}")), "{detail} {advice}");
        }
        for answer in [ProxyAnswer::Silent, ProxyAnswer::Closed] {
            assert!(told("https", false, answer.clone()).1.contains("write http://"));
            assert!(told("http", false, answer).1.contains("address and port"));
        }
    }
}
