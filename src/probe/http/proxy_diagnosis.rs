//! Sends a second request to a proxy that established no connection, because the HTTP library reports neither the
//! status of CONNECT nor another protocol. Sends nothing of Halo's. The proxy's own login is sent only over the
//! scheme of its address, not with a try of another scheme.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::probe::failure::{ConnectAnswer, Protocol, ProxyAnswer};

/// Longest time for each question.
const LIMIT: Duration = Duration::from_millis(1500);
/// Longest head of an answer that is read, in bytes.
const HEAD: usize = 8 * 1024;
/// Most schemes of a login that are kept.
const SCHEMES: usize = 6;

/// Finds out what `proxy` does with a connection to `target`: up to three short connections. Where `hung` says that it
/// gave no answer in the scheme of its address, that scheme is not tried over TLS again.
pub(super) async fn ask(proxy: &Url, target: &Url, tls: &rustls::ClientConfig, hung: bool) -> ProxyAnswer {
    let login = login(proxy);
    let without = connect_request(target, None);
    match proxy.scheme() {
        "http" => match plain(proxy, &connect_request(target, login.as_ref())).await {
            // A TLS port often answers plain text with 400.
            ProxyAnswer::Connect(answer) if answer.status == 400 => {
                or_other(proxy, tls, ProxyAnswer::Connect(answer)).await
            }
            ProxyAnswer::Closed => or_other(proxy, tls, ProxyAnswer::Closed).await,
            ProxyAnswer::Unknown => or_other(proxy, tls, ProxyAnswer::Unknown).await,
            answer => answer,
        },
        "https" if !hung => match encrypted(proxy, tls, &connect_request(target, login.as_ref())).await {
            Some(answer) => answer,
            None => as_other(plain(proxy, &without).await),
        },
        // The library tells a SOCKS proxy's own refusals; here it is asked whether it speaks http.
        _ => as_other(plain(proxy, &without).await),
    }
}

/// An answer to plain CONNECT from a proxy whose address names another scheme.
fn as_other(answer: ProxyAnswer) -> ProxyAnswer {
    match answer {
        ProxyAnswer::Connect(_) => ProxyAnswer::Speaks(Protocol::Http),
        // Its address says so already, or it is asked for SOCKS and speaks TLS.
        ProxyAnswer::Speaks(Protocol::Tls) => ProxyAnswer::Unknown,
        other => other,
    }
}

/// TLS or SOCKS, if the proxy speaks it; `answer` if not.
async fn or_other(proxy: &Url, tls: &rustls::ClientConfig, answer: ProxyAnswer) -> ProxyAnswer {
    if speaks_tls(proxy, tls).await {
        return ProxyAnswer::Speaks(Protocol::Tls);
    }
    let greeting = [5, 1, 0];
    match exchange(proxy, &greeting).await {
        Ok((bytes, _)) if bytes.first() == Some(&5) && bytes.len() == 2 => ProxyAnswer::Speaks(Protocol::Socks),
        _ => answer,
    }
}

/// True when a greeting of TLS is answered with one.
async fn speaks_tls(proxy: &Url, tls: &rustls::ClientConfig) -> bool {
    let Some(name) = server_name(proxy) else { return false };
    let mut hello = Vec::new();
    let written = rustls::ClientConnection::new(Arc::new(tls.clone()), name).and_then(|mut connection| {
        connection.write_tls(&mut hello).map_err(|error| rustls::Error::General(error.to_string()))
    });
    if written.is_err() {
        return false;
    }
    matches!(exchange(proxy, &hello).await, Ok((bytes, _)) if bytes.starts_with(&[0x16, 3]))
}

async fn plain(proxy: &Url, request: &[u8]) -> ProxyAnswer {
    match exchange(proxy, request).await {
        Ok((bytes, ended)) => understood(&bytes, ended),
        Err(error) => ProxyAnswer::NoConnection(error.kind()),
    }
}

/// Returns `None` if there is no TLS connection.
async fn encrypted(proxy: &Url, tls: &rustls::ClientConfig, request: &[u8]) -> Option<ProxyAnswer> {
    let name = server_name(proxy)?;
    let stream = match connected(proxy).await {
        Ok(stream) => stream,
        Err(error) => return Some(ProxyAnswer::NoConnection(error.kind())),
    };
    let mut tls = tls.clone();
    tls.alpn_protocols.clear();
    let connecting = tokio_rustls::TlsConnector::from(Arc::new(tls)).connect(name, stream);
    let mut stream = timeout(LIMIT, connecting).await.ok()?.ok()?;
    let (bytes, ended) = converse(&mut stream, request).await;
    Some(understood(&bytes, ended))
}

async fn exchange(proxy: &Url, request: &[u8]) -> io::Result<(Vec<u8>, bool)> {
    let mut stream = connected(proxy).await?;
    Ok(converse(&mut stream, request).await)
}

async fn connected(proxy: &Url) -> io::Result<TcpStream> {
    let port = proxy.port_or_known_default().unwrap_or(1080);
    let name = match proxy.host() {
        Some(Host::Ipv6(address)) => address.to_string(),
        _ => proxy.host_str().unwrap_or_default().to_owned(),
    };
    timeout(LIMIT, TcpStream::connect((name, port))).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Writes the request and reads up to the end of a head; true when the other side ended the connection.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, request: &[u8]) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let talk = async {
        if stream.write_all(request).await.is_err() || stream.flush().await.is_err() {
            return true;
        }
        let mut buffer = [0; 2048];
        while bytes.len() < HEAD && !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return true,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            }
            // The other protocols begin with a byte that no head begins with, and wait for more from this side.
            if bytes.first().is_some_and(|first| *first < b' ') {
                return false;
            }
        }
        false
    };
    let ended = timeout(LIMIT, talk).await.unwrap_or(false);
    (bytes, ended)
}

fn understood(bytes: &[u8], ended: bool) -> ProxyAnswer {
    match bytes {
        [] if ended => ProxyAnswer::Closed,
        [] => ProxyAnswer::Silent,
        [0x15 | 0x16, 3, ..] => ProxyAnswer::Speaks(Protocol::Tls),
        _ => connect_answer(&String::from_utf8_lossy(bytes)).map_or(ProxyAnswer::Unknown, ProxyAnswer::Connect),
    }
}

fn connect_answer(head: &str) -> Option<ConnectAnswer> {
    let mut lines = head.lines();
    let mut words = lines.next()?.strip_prefix("HTTP/1.")?.splitn(3, ' ');
    words.next()?;
    let status = words.next()?.trim().parse().ok()?;
    let reason: String = words.next().unwrap_or_default().trim().chars().take(60).collect();
    let mut answer = ConnectAnswer { status, reason, ..ConnectAnswer::default() };
    for (key, value) in lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':')) {
        if key.eq_ignore_ascii_case("proxy-authenticate") {
            answer.schemes.extend(schemes(value));
        } else if key.eq_ignore_ascii_case("x-squid-error") {
            answer.squid_error = value.split_whitespace().next().filter(|word| is_word(word)).map(str::to_owned);
        }
    }
    answer.schemes.truncate(SCHEMES);
    Some(answer)
}

/// The schemes of a list of challenges: `Negotiate, Basic realm="a"`. A parameter holds a `=`, a scheme does not.
fn schemes(value: &str) -> impl Iterator<Item = String> {
    let words = value.split(',').filter_map(|part| part.split_whitespace().next());
    words.filter(|word| is_word(word)).map(str::to_owned)
}

fn is_word(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn connect_request(target: &Url, login: Option<&Zeroizing<String>>) -> Zeroizing<Vec<u8>> {
    let host = target.host_str().unwrap_or_default();
    let port = target.port_or_known_default().unwrap_or(443);
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(login) = login {
        request.extend_from_slice(b"Proxy-Authorization: Basic ");
        request.extend_from_slice(login.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    Zeroizing::new(request)
}

/// User and password of the proxy's address, encoded for Basic.
fn login(proxy: &Url) -> Option<Zeroizing<String>> {
    if proxy.username().is_empty() && proxy.password().is_none() {
        return None;
    }
    let (user, password) = (decoded(proxy.username()), decoded(proxy.password().unwrap_or_default()));
    let pair = Zeroizing::new(format!("{}:{}", user.as_str(), password.as_str()));
    Some(Zeroizing::new(STANDARD.encode(pair.as_bytes())))
}

/// A part of an address without its percent signs.
fn decoded(text: &str) -> Zeroizing<String> {
    let form = Zeroizing::new(text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D"));
    let decoded = url::form_urlencoded::parse(form.as_bytes()).next().map(|(key, _)| key.into_owned());
    Zeroizing::new(decoded.unwrap_or_default())
}

fn server_name(proxy: &Url) -> Option<ServerName<'static>> {
    match proxy.host()? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
        Host::Ipv4(address) => Some(ServerName::from(std::net::IpAddr::V4(address))),
        Host::Ipv6(address) => Some(ServerName::from(std::net::IpAddr::V6(address))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_an_answer_gives_status_reason_and_schemes() {
        let head = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n\
                    proxy-authenticate: NTLM, Basic realm=\"a, b=c\"\r\nX-Squid-Error: ERR_DENIED 0\r\n\r\n";
        let answer = connect_answer(head).expect("an answer");
        assert_eq!((answer.status, answer.reason.as_str()), (407, "Proxy Authentication Required"));
        assert_eq!(answer.schemes, ["Negotiate", "NTLM", "Basic"]);
        assert_eq!(answer.squid_error.as_deref(), Some("ERR_DENIED"));
    }

    #[test]
    fn first_bytes_tell_the_protocol() {
        for (bytes, ended, wanted) in [
            (&b""[..], true, ProxyAnswer::Closed),
            (b"", false, ProxyAnswer::Silent),
            (b"\x15\x03\x01\x00\x02", true, ProxyAnswer::Speaks(Protocol::Tls)),
            (b"SSH-2.0-OpenSSH_9.6\r\n", false, ProxyAnswer::Unknown),
            (b"<html>", true, ProxyAnswer::Unknown),
            (b"HTTP/1.1 abc\r\n\r\n", true, ProxyAnswer::Unknown),
        ] {
            assert_eq!(understood(bytes, ended), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn the_login_is_decoded_and_encoded_as_basic_wants_it() {
        let url = Url::parse("http://us%40er:a+b%3A&c=d%20@p:3128").expect("an address");
        let encoded = login(&url).expect("a login");
        assert_eq!(STANDARD.decode(encoded.as_bytes()).expect("base64"), b"us@er:a+b:&c=d ");
        assert!(login(&Url::parse("http://p:3128").expect("an address")).is_none());
    }
}
