//! Selection of the proxy for a host. The only place that decides it, so that messages name the proxy in use.

use std::net::IpAddr;

use url::{Host, Url};

use crate::domain::connection::is_loopback;
use crate::domain::url_error;
use crate::probe::{Proxy, SetupError};

/// Schemes of proxies that the client can speak to.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// One proxy, and where its address came from.
#[derive(Clone)]
struct Server {
    url: Url,
    source: String,
}

/// The proxies of this client.
#[derive(Clone, Default)]
pub(super) struct Proxies {
    http: Option<Server>,
    https: Option<Server>,
    exempt: Vec<String>,
    loopback_too: bool,
}

impl Proxies {
    /// Reads the options; `environment` returns the value of a variable.
    pub(super) fn new(choice: &Proxy, environment: impl Fn(&str) -> Option<String>) -> Result<Self, SetupError> {
        match choice {
            Proxy::Direct => Ok(Self::default()),
            Proxy::Url(text) => {
                let server = Some(read(text, "--proxy")?);
                Ok(Self { http: server.clone(), https: server, exempt: Vec::new(), loopback_too: true })
            }
            Proxy::FromEnvironment => Self::from_environment(environment),
        }
    }

    fn from_environment(environment: impl Fn(&str) -> Option<String>) -> Result<Self, SetupError> {
        let value = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let first = |names: &[&str]| match names.iter().find_map(|name| Some((*name, value(name)?))) {
            None => Ok(None),
            Some((name, text)) => read(&text, name).map(Some),
        };
        // Under CGI a request's `Proxy:` header arrives as HTTP_PROXY; it must not choose where requests go.
        let http: &[&str] = match value("REQUEST_METHOD") {
            None => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
            Some(_) => &["http_proxy", "all_proxy", "ALL_PROXY"],
        };
        let exempt = value("no_proxy").or_else(|| value("NO_PROXY")).unwrap_or_default();
        Ok(Self {
            http: first(http)?,
            https: first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?,
            exempt: exempt.split([',', ' ']).map(|part| part.trim().to_owned()).filter(|p| !p.is_empty()).collect(),
            loopback_too: false,
        })
    }

    /// The proxy's address for a request, credentials included.
    pub(super) fn address(&self, target: &Url) -> Option<Url> {
        self.server(target).map(|server| server.url.clone())
    }

    /// The proxy for a request as it may be shown, with its source: `http://proxy:3128 (HTTPS_PROXY)`.
    pub(super) fn shown(&self, target: &Url) -> Option<String> {
        self.server(target).map(|server| format!("{} ({})", without_credentials(&server.url), server.source))
    }

    /// The variable of a proxy for http alone, where an https address goes without one: HTTP_PROXY is often meant for both.
    pub(super) fn for_http_alone(&self, target: &Url) -> Option<&str> {
        let server = self.http.as_ref().filter(|_| target.scheme() == "https" && self.https.is_none())?;
        (!self.is_exempt(target)).then_some(server.source.as_str())
    }

    fn server(&self, target: &Url) -> Option<&Server> {
        let server = if target.scheme() == "https" { &self.https } else { &self.http };
        server.as_ref().filter(|_| !self.is_exempt(target))
    }

    fn is_exempt(&self, target: &Url) -> bool {
        (!self.loopback_too && is_loopback(target)) || self.exempt.iter().any(|rule| exempts(rule, target))
    }
}

fn read(text: &str, source: &str) -> Result<Server, SetupError> {
    let text = text.trim();
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    // The value is not repeated: it may hold a password.
    let refuse = |why: &str| Err(SetupError::BadProxy(format!("{source}: {why}")));
    match Url::parse(&with_scheme) {
        Err(error) => refuse(&format!("this is not the address of a proxy: it {}", url_error::reason(error))),
        Ok(url) if !SCHEMES.contains(&url.scheme()) => {
            refuse(&format!("{}: is no proxy this program can use; known are {}", url.scheme(), SCHEMES.join(", ")))
        }
        Ok(url) if url.host_str().is_none_or(str::is_empty) => refuse("the address of the proxy has no host name"),
        Ok(url) => Ok(Server { url, source: source.to_owned() }),
    }
}

fn without_credentials(url: &Url) -> String {
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// Returns true if an entry of NO_PROXY exempts the target: `*`, a name with all its subdomains, an address, or a
/// network.
fn exempts(rule: &str, target: &Url) -> bool {
    if rule == "*" {
        return true;
    }
    let (rule, port) = match rule.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port.parse::<u16>() {
            Ok(port) => (name, Some(port)),
            Err(_) => (rule, None),
        },
        _ => (rule, None),
    };
    if port.is_some() && port != target.port_or_known_default() {
        return false;
    }
    match target.host() {
        Some(Host::Domain(name)) => covers_name(rule, name),
        Some(Host::Ipv4(address)) => covers_address(rule, IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => covers_address(rule, IpAddr::V6(address)),
        None => false,
    }
}

fn covers_name(rule: &str, name: &str) -> bool {
    let rule = rule.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    !rule.is_empty() && (name == rule || name.strip_suffix(&rule).is_some_and(|head| head.ends_with('.')))
}

fn covers_address(rule: &str, address: IpAddr) -> bool {
    let rule = rule.trim_matches(['[', ']']);
    let Some((network, length)) = rule.split_once('/') else {
        return rule.parse() == Ok(address);
    };
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    let same = |a: u128, b: u128, width: u32| {
        length <= width && (length == 0 || (a >> (width - length)) == (b >> (width - length)))
    };
    match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    fn from(pairs: &[(&str, &str)]) -> Proxies {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Proxies::new(&Proxy::FromEnvironment, |name| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()))
            .expect("usable")
    }

    #[test]
    fn a_proxy_for_http_alone_is_named_where_https_goes_without_one() {
        for (set, target, wanted) in [
            (&[("HTTP_PROXY", "p")][..], "https://a.example", Some("HTTP_PROXY")),
            (&[("http_proxy", "p")], "https://a.example", Some("http_proxy")),
            (&[("HTTP_PROXY", "p")], "http://a.example", None),
            (&[("HTTP_PROXY", "p"), ("HTTPS_PROXY", "q")], "https://a.example", None),
            (&[("ALL_PROXY", "p")], "https://a.example", None),
            (&[("HTTP_PROXY", "p"), ("NO_PROXY", "a.example")], "https://a.example", None),
            (&[("HTTP_PROXY", "p")], "https://127.0.0.1", None),
            (&[], "https://a.example", None),
        ] {
            let value = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let proxies = Proxies::new(&Proxy::FromEnvironment, value).expect("proxies");
            let target = Url::parse(target).expect("an address");
            assert_eq!(proxies.for_http_alone(&target), wanted, "{set:?} {target}");
        }
    }

    #[test]
    fn the_variable_is_named_and_the_password_is_not() {
        let proxies = from(&[("HTTPS_PROXY", "http://user:geheim@proxy.example:3128")]);
        let target = url("https://acme.example");
        assert_eq!(proxies.shown(&target).as_deref(), Some("http://proxy.example:3128 (HTTPS_PROXY)"));
        assert_eq!(proxies.address(&target).expect("applies").password(), Some("geheim"));
        assert_eq!(proxies.shown(&url("http://acme.example")), None);
    }

    #[test]
    fn variables_are_looked_up_in_the_usual_order() {
        for (pairs, target, source) in [
            (&[("all_proxy", "p")][..], "https://a.example", Some("http://p:80 (all_proxy)")),
            (&[("https_proxy", "p"), ("HTTPS_PROXY", "q")], "https://a.example", Some("http://p:80 (https_proxy)")),
            (&[("https_proxy", " "), ("HTTPS_PROXY", "q")], "https://a.example", Some("http://q:80 (HTTPS_PROXY)")),
            (&[("HTTP_PROXY", "p")], "http://a.example", Some("http://p:80 (HTTP_PROXY)")),
            (&[("HTTP_PROXY", "p"), ("REQUEST_METHOD", "GET")], "http://a.example", None),
            (&[("ALL_PROXY", "socks5h://p:1080")], "https://a.example", Some("socks5h://p:1080 (ALL_PROXY)")),
            (&[("ALL_PROXY", "p"), ("HTTPS_PROXY", "p")], "https://127.0.0.1:8443", None),
        ] {
            assert_eq!(from(pairs).shown(&url(target)).as_deref(), source, "{pairs:?} {target}");
        }
    }

    #[test]
    fn exemptions() {
        for (rule, target, exempt) in [
            ("*", "https://a.example", true),
            ("example", "https://a.example", true),
            (".a.example", "https://a.example", true),
            ("*.example", "https://b.a.example", true),
            ("a.example", "https://ba.example", false),
            ("a.example:8443", "https://a.example", false),
            ("a.example:443", "https://a.example", true),
            ("10.0.0.0/8", "https://10.1.2.3", true),
            ("10.0.0.0/8", "https://11.1.2.3", false),
            ("10.1.2.3", "https://10.1.2.3", true),
            ("fd00::/8", "https://[fd12::1]", true),
            ("0.0.0.0/0", "https://[fd12::1]", false),
            ("[fd12::1]", "https://[fd12::1]", true),
            ("fd12::1", "https://[fd12::1]:8080", true),
            ("[fd12::1]:8080", "https://[fd12::1]:8080", true),
            ("[fd12::1]:8080", "https://[fd12::1]", false),
            ("[fd12::2]:8080", "https://[fd12::1]:8080", false),
            ("10.1.2.3:8080", "https://10.1.2.3:8080", true),
            ("10.0.0.0/8:443", "https://10.1.2.3", true),
            ("example:x", "https://a.example", false),
            ("x/99", "https://10.1.2.3", false),
        ] {
            let proxies = from(&[("ALL_PROXY", "p"), ("NO_PROXY", &format!("other.test, {rule}"))]);
            assert_eq!(proxies.shown(&url(target)).is_none(), exempt, "{rule} {target}");
        }
    }

    #[test]
    fn an_unusable_address_is_refused_without_repeating_it() {
        for bad in ["ftp://user:geheim@p", "http://user:geheim@", "http://user:geheim@p:99999"] {
            let error = Proxies::new(&Proxy::Url(bad.into()), |_| None).err().expect("refused").to_string();
            assert!(error.starts_with("--proxy: ") && !error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn direct_is_direct_and_a_given_proxy_is_for_every_host() {
        let none = Proxies::new(&Proxy::Direct, |_| Some("http://p".into())).expect("usable");
        assert_eq!(none.shown(&url("https://a.example")), None);
        let given = Proxies::new(&Proxy::Url("p:3128".into()), |_| None).expect("usable");
        assert_eq!(given.shown(&url("http://127.0.0.1")).as_deref(), Some("http://p:3128 (--proxy)"));
    }
}
