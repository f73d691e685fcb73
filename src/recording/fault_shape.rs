//! Failures without an answer: the code stays, and particulars where they are the program's own words.

use url::Url;

use super::closed_list;
use super::format::FailureShape;
use super::url_shape::Addresses;
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;

/// A failure at an address.
pub(super) fn of(fault: &Fault, unanswered: bool, at: &Url, addresses: &mut Addresses) -> FailureShape {
    let detail = if is_own_words(fault.code) { detail(fault.detail.as_str(), at, addresses) } else { String::new() };
    FailureShape { code: fault.code.id().to_owned(), detail, unanswered }
}

/// Codes whose particulars hold nothing of a server's but its host. Those of TLS and proxies quote certificates and
/// answers.
fn is_own_words(code: Code) -> bool {
    let id = code.id();
    (id.starts_with("net.") && code != Code::NetProxy)
        || matches!(code, Code::TlsTimeout | Code::HttpTooLarge | Code::HttpMalformed | Code::HttpBadEncoding)
}

fn detail(text: &str, at: &Url, addresses: &mut Addresses) -> String {
    let text = without_encoding(text);
    let Some(host) = at.host_str() else { return String::new() };
    let replaced = addresses.host(at);
    let bare = replaced.split(':').next().unwrap_or_default().to_owned();
    let port = at.port_or_known_default().unwrap_or_default();
    text.replace(&format!("{host}:{port}"), &replaced).replace(host, &bare)
}

/// A server names its compression itself: one that is not on the closed list is left out.
fn without_encoding(text: &str) -> String {
    const BEFORE: &str = "answers with the compression ";
    const AFTER: &str = ", which was not asked for";
    let Some((before, rest)) = text.split_once(BEFORE) else { return text.to_owned() };
    let Some((name, after)) = rest.rsplit_once(AFTER) else { return String::new() };
    let name = if closed_list::encoding(name) { name } else { "an unknown way" };
    format!("{before}{BEFORE}{name}{AFTER}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_words_stay_without_names() {
        let at = Url::parse("https://acme.halopsa.com/api/authinfo").expect("an address");
        for (code, text, wanted) in [
            (
                Code::NetRefused,
                "acme.halopsa.com:443 refused the connection",
                "host-1.halopsa.com refused the connection",
            ),
            (Code::NetDns, "acme.halopsa.com is not known", "host-1.halopsa.com is not known"),
            (Code::TlsHostname, "the certificate is for CN=acme", ""),
            (Code::NetProxy, "proxy.acme.example said: no", ""),
            (
                Code::HttpBadEncoding,
                "x answers with the compression acme-secret, which was not asked for: only gzip was",
                "x answers with the compression an unknown way, which was not asked for: only gzip was",
            ),
            (
                Code::HttpBadEncoding,
                "x answers with the compression br, which was not asked for: only gzip was",
                "x answers with the compression br, which was not asked for: only gzip was",
            ),
        ] {
            let shape = of(&Fault::new(code).detail(text), false, &at, &mut Addresses::default());
            assert_eq!(shape.detail, wanted);
        }
    }
}
