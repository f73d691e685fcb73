//! `/api/authinfo`: is this a Halo, and where does it issue tokens? What it says is an instruction from a stranger, so the
//! authorisation server is checked before anything is sent there. (See docs/halo.md, "Discovery".)

use jiff::Timestamp;
use serde_json::{Map, Value};
use url::{Host, Url};

use super::failure::discovery_status;
use super::http::{Http, HttpRequest, HttpResponse, RequestKind, http_date};
use super::log_lines;
use super::redaction::Redactor;
use super::response_body;
use super::response_body::{Fields, text_of};
use super::response_errors;
use super::run_log::RunLog;
use crate::domain::codes::Code;
use crate::domain::connection::{check_auth_url, is_loopback, read_tenant};
use crate::domain::evidence::{Answer, Discovery, Fault, Observation};
use crate::domain::run_event::LogLevel;
use crate::domain::untrusted_text::UntrustedText;
use crate::domain::url_error;

/// The check's id.
pub(super) const CHECK: &str = "discovery";
/// Most bytes of the answer.
const CAP: usize = 64 * 1024;

/// The operator's decisions about authorisation servers.
#[derive(Clone, Copy, Default)]
pub(super) struct Trust<'a> {
    /// Given by hand, without a slash at the end.
    pub by_hand: Option<&'a str>,
    /// Origins that may get the secret besides the resource server's own.
    pub allowed: &'a [String],
}

/// Asks a resource server, given by its origin. Where a path was typed, Halo is looked for below it first, and at the
/// origin when what answers there is not Halo.
pub(super) async fn ask(
    server: &Url,
    path: &str,
    http: &Http,
    journal: &RunLog,
    trust: Trust<'_>,
) -> Observation<Discovery> {
    let below = below(server, path);
    let (first, skew) = ask_at(&below, http, journal, trust).await;
    let first = match first {
        Err(fault) if below != *server && fault.status.is_some() && leaves_open(&fault) && journal.left() > 0 => fault,
        other => return conclude(other, skew, (&below, server), trust),
    };
    let text = format!("no Halo below {path}: asking {} itself", server.origin().ascii_serialization());
    journal.log(LogLevel::Warn, Some(CHECK), text);
    match ask_at(server, http, journal, trust).await {
        (Err(second), skew) => conclude(Err(graver(first, &below, second, server)), skew, (&below, server), trust),
        (answered, skew) => conclude(answered, skew, (server, server), trust),
    }
}

/// The origin with a path; the origin itself where there is none.
pub(super) fn below(server: &Url, path: &str) -> Url {
    let mut url = server.clone();
    url.set_path(if path.is_empty() { "/" } else { path });
    url
}

/// An address without a slash at the end.
fn base_of(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))
}

/// Returns true if Halo may be at the origin although this response came from the typed path. Not if a Halo has
/// answered there, and not if the server asked to wait, because it is the same server.
fn leaves_open(fault: &Fault) -> bool {
    !matches!(
        fault.code,
        Code::DiscoveryBadAuthUrl | Code::DiscoveryForeignAuthUrl | Code::HttpRateLimited | Code::HttpUnavailable
    )
}

/// Of two addresses that are not a Halo, the failure with more information. Its text names the other address.
fn graver(first: Fault, below: &Url, second: Fault, server: &Url) -> Fault {
    let (kept, other, at) = if says_nothing(first.code) && !says_nothing(second.code) {
        (second, first, below)
    } else {
        (first, second, server)
    };
    let answered = match other.status {
        Some(status) if other.html => format!("a web page ({status})"),
        Some(status) => status.to_string(),
        None => other.code.headline().trim_end_matches('.').to_lowercase(),
    };
    let tried = UntrustedText::new(&format!("{}/api/authinfo was asked too: {answered}.", base_of(at)));
    Fault { tried: Some(Box::new(tried)), ..kept }
}

/// Asks one address, below which Halo may be. With the seconds by which the server's clock is ahead of ours.
async fn ask_at(
    base: &Url,
    http: &Http,
    journal: &RunLog,
    trust: Trust<'_>,
) -> (Result<Answer<Discovery>, Fault>, Option<i64>) {
    let mut url = base.clone();
    url.set_path(&format!("{}/api/authinfo", base.path().trim_end_matches('/')));
    let ask = HttpRequest { check: CHECK, url, cap: CAP, scan: None, what: RequestKind::Get(None) };
    let line = ask.line();
    let (outcome, clock_skew) = match http.get(ask, journal).await {
        Err(failure) => (Err(failure.fault), None),
        Ok(reply) => (read(&reply, base, &journal.hide, trust), skew(&reply)),
    };
    let told = outcome.clone().map_or_else(Observation::Failed, Observation::Answered);
    log_lines::exchange(journal, CHECK, &line, &told, |discovery| {
        let tenant = discovery.tenant.as_ref().map_or("none", UntrustedText::as_str);
        format!("tenant_id={tenant}  auth_url={}", discovery.auth_server)
    });
    (outcome, clock_skew)
}

/// The operator's values replace what discovery does not provide, unless the server failed.
fn conclude(
    outcome: Result<Answer<Discovery>, Fault>,
    clock_skew: Option<i64>,
    (below, server): (&Url, &Url),
    trust: Trust<'_>,
) -> Observation<Discovery> {
    match (outcome, trust.by_hand) {
        (Err(fault), Some(by_hand)) if says_nothing(fault.code) => {
            // Nobody says where Halo is, but an authorisation server below the typed path does.
            let is_below = by_hand.strip_prefix(&base_of(below)).is_some_and(|rest| rest.starts_with('/'));
            let base = base_of(if is_below { below } else { server });
            Observation::Answered(Answer {
                value: Discovery { base, clock_skew, ..of_server(by_hand.into(), true) },
                status: fault.status.unwrap_or_default(),
                timing: fault.timing,
            })
        }
        (outcome, _) => outcome.map_or_else(Observation::Failed, Observation::Answered),
    }
}

/// Reads the answer of the address `base`.
pub(super) fn read(
    reply: &HttpResponse,
    base: &Url,
    hide: &Redactor,
    trust: Trust<'_>,
) -> Result<Answer<Discovery>, Fault> {
    let said = said(reply, base, hide, trust)?;
    let found = said.discovery(trust.by_hand.unwrap_or(&said.auth_server), skew(reply));
    let value = Discovery { base: base_of(base), ..found };
    Ok(Answer { value, status: reply.status, timing: reply.timing })
}

/// Whole seconds by which the server's clock is ahead of ours, where its answer has a date.
fn skew(reply: &HttpResponse) -> Option<i64> {
    let date = reply.date.as_deref().and_then(http_date)?;
    Some(date.as_second() - Timestamp::now().as_second())
}

fn says_nothing(code: Code) -> bool {
    code.id().starts_with("discovery.") || matches!(code, Code::HttpEmpty | Code::HttpBadJson | Code::HttpNotJson)
}

fn of_server(auth_server: String, given_by_hand: bool) -> Discovery {
    let auth_origin = Url::parse(&auth_server).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    Discovery { auth_server, auth_origin, given_by_hand, ..Discovery::default() }
}

/// Contents of the response.
struct AuthInfo {
    auth_server: String,
    tenant: Option<UntrustedText>,
    has_no_tenant: bool,
    /// The address that it names, where another was given by hand.
    named: Option<UntrustedText>,
    /// It names none: the usual place is taken.
    guessed: bool,
}

impl AuthInfo {
    fn discovery(&self, auth_server: &str, clock_skew: Option<i64>) -> Discovery {
        let (tenant, has_no_tenant) = (self.tenant.clone(), self.has_no_tenant);
        let (named, guessed) = (self.named.clone(), self.guessed);
        Discovery { tenant, has_no_tenant, clock_skew, named, guessed, ..of_server(auth_server.to_owned(), false) }
    }
}

/// The authorisation server and the tenant that the answer names.
fn said(reply: &HttpResponse, server: &Url, hide: &Redactor, trust: Trust<'_>) -> Result<AuthInfo, Fault> {
    let text = response_errors::text(reply, hide, discovery_status).map_err(not_halo)?;
    let not_halo = || response_errors::refusal(reply, hide, Code::DiscoveryNotHalo);
    if !text.trim_start().starts_with(['{', '[']) && !text.trim().is_empty() {
        return Err(not_halo().detail("the answer is plain text"));
    }
    let body = response_body::object(&text).map_err(|why| response_errors::unreadable(reply, why))?;
    let body = body.ok_or_else(|| not_halo().detail("the answer is JSON, but no object"))?;
    let auth_url = member(&body, "auth_url").and_then(Value::as_str);
    if auth_url.is_some_and(|url| url.trim().is_empty()) {
        return Err(not_halo().detail("the auth_url that the answer names is empty"));
    }
    let named = member(&body, "tenant_id").and_then(text_of);
    // A tenant_id alone is Halo's word too: its own origin's /auth is the usual place. The token request proves it or not.
    let guess = format!("{}/auth", server.as_str().trim_end_matches('/'));
    let guessed = auth_url.is_none();
    let auth_url = match (auth_url, &named) {
        (Some(auth_url), _) => auth_url,
        (None, Some(_)) => guess.as_str(),
        (None, None) => return Err(not_halo().detail("the answer names no auth_url")),
    };
    let has_no_tenant = named.as_deref().is_some_and(|text| matches!(read_tenant(text), Ok((None, _))));
    let tenant = named.and_then(|tenant| tenant_of(&tenant, hide));
    if let Some(by_hand) = trust.by_hand {
        let plain = auth_url.trim().trim_end_matches('/');
        let plain = plain.strip_suffix("/token").unwrap_or(plain);
        let named = (!guessed && plain != by_hand).then(|| UntrustedText::new(&hide.foreign(auth_url).short()));
        return Ok(AuthInfo { auth_server: String::new(), tenant, has_no_tenant, named, guessed: false });
    }
    let refuse = |code, why: &str| {
        let mut fault = response_errors::of(reply, code).detail(why);
        fault.target = Some(UntrustedText::new(&hide.foreign(auth_url).short()));
        fault
    };
    let auth_server = accept(auth_url, server, hide, trust.allowed).map_err(|(code, why)| refuse(code, &why))?;
    Ok(AuthInfo { auth_server, tenant, has_no_tenant, named: None, guessed })
}

/// A member by its name, in any letter case and with or without underscores: `auth_url`, `authUrl`, `AuthURL`.
fn member<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    Fields(body).get(name).or_else(|| body.iter().find(|(key, _)| plain(key) == plain(name)).map(|(_, value)| value))
}

/// A web page at this address is not a Halo, whatever its status.
fn not_halo(fault: Fault) -> Fault {
    match fault.code {
        Code::HttpNotJson => Fault { code: Code::DiscoveryNotHalo, ..fault }.detail("the answer is a web page"),
        _ => fault,
    }
}

/// The tenant; `None` for "Not set" and the like.
fn tenant_of(text: &str, hide: &Redactor) -> Option<UntrustedText> {
    match read_tenant(text) {
        Ok((tenant, _)) => tenant.map(|tenant| hide.foreign(&tenant)),
        Err(_) => Some(hide.foreign(text)).filter(|tenant| tenant.as_str().len() <= 200),
    }
}

/// Checks that the secret may be sent there, and returns the authorisation server without a slash at the end.
fn accept(auth_url: &str, server: &Url, hide: &Redactor, allowed: &[String]) -> Result<String, (Code, String)> {
    let bad = |why: String| (Code::DiscoveryBadAuthUrl, why);
    if auth_url.chars().any(char::is_control) {
        return Err(bad("it holds control characters".into()));
    }
    if hide.is_in(auth_url) {
        return Err(bad("it holds the secret".into()));
    }
    let url = Url::parse(auth_url.trim()).map_err(|error| bad(format!("it {}", url_error::reason(error))))?;
    let http_allowed = server.scheme() == "http" && is_loopback(&url);
    let base = check_auth_url(&url, http_allowed).map_err(|why| bad(format!("it {why}")))?;
    let origin = url.origin();
    if origin == server.origin() {
        return Ok(base);
    }
    if is_internal(&url) && !is_internal(server) {
        return Err(bad("it lies on this machine or in a private network, the resource server does not".into()));
    }
    if allowed.contains(&origin.ascii_serialization()) {
        return Ok(base);
    }
    let why = format!("tokens are issued at {}, which was not accepted", origin.ascii_serialization());
    Err((Code::DiscoveryForeignAuthUrl, why))
}

/// Returns true for a loopback, private, link-local or unspecified address.
fn is_internal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(a)) => {
            a.is_loopback() || a.is_private() || a.is_link_local() || a.is_unspecified() || a.octets()[0] == 0
        }
        Some(Host::Ipv6(a)) => match a.to_ipv4_mapped() {
            Some(a) => a.is_loopback() || a.is_private() || a.is_link_local() || a.is_unspecified(),
            None => a.is_loopback() || a.is_unspecified() || a.is_unique_local() || a.is_unicast_link_local(),
        },
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_secret_may_go() {
        use Code::{DiscoveryBadAuthUrl as Bad, DiscoveryForeignAuthUrl as UntrustedText};
        let halo = "https://acme.example";
        for (server, auth_url, wanted) in [
            (halo, "https://acme.example/auth", Ok("https://acme.example/auth")),
            (halo, " https://ACME.example:443/auth/ ", Ok("https://acme.example/auth")),
            (halo, "https://acme.example/auth/token", Ok("https://acme.example/auth")),
            (halo, "https://auth.accepted.example/", Ok("https://auth.accepted.example")),
            (halo, "https://auth.example/auth", Err(UntrustedText)),
            (halo, "https://acme.example:8443/auth", Err(UntrustedText)),
            (halo, "https://acme.example.evil.example/auth", Err(UntrustedText)),
            (halo, "http://acme.example/auth", Err(Bad)),
            (halo, "http://127.0.0.1/auth", Err(Bad)),
            (halo, "https://user@acme.example/auth", Err(Bad)),
            (halo, "https://acme.example/auth?x=1", Err(Bad)),
            (halo, "https://acme.example/auth#x", Err(Bad)),
            (halo, "https://acme.example/au\tth", Err(Bad)),
            (halo, "/auth", Err(Bad)),
            (halo, "javascript:alert(1)", Err(Bad)),
            (halo, "https://127.0.0.1/auth", Err(Bad)),
            (halo, "https://10.0.0.1/auth", Err(Bad)),
            (halo, "https://169.254.169.254/auth", Err(Bad)),
            (halo, "https://[::1]/auth", Err(Bad)),
            (halo, "https://[::ffff:10.0.0.1]/auth", Err(Bad)),
            (halo, "https://[fe80::1]/auth", Err(Bad)),
            (halo, "https://localhost/auth", Err(Bad)),
            (halo, "https://x.localhost./auth", Err(Bad)),
            (halo, "https://acme.example/the-secret-value", Err(Bad)),
            ("https://10.0.0.5", "https://10.0.0.6/auth", Err(UntrustedText)),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/auth", Ok("http://127.0.0.1:8080/auth")),
            ("http://127.0.0.1:8080", "http://evil.example/auth", Err(Bad)),
            ("http://127.0.0.1:8080", "http://127.0.0.1:9090/auth", Err(UntrustedText)),
        ] {
            let hide = Redactor::default();
            hide.add("the-secret-value");
            let server = Url::parse(server).expect("an address");
            let found = accept(auth_url, &server, &hide, &["https://auth.accepted.example".into()]);
            assert_eq!(found.map_err(|(code, _)| code), wanted.map(str::to_owned), "{auth_url}");
        }
    }

    #[test]
    fn of_two_addresses_that_are_no_halo_the_one_that_says_more_is_told() {
        use Code::{DiscoveryNotHalo as Not, HttpIntercepted as Gate, HttpServerError as Error, NetReset as Cut};
        let (below, server) = (Url::parse("https://x.example/psa"), Url::parse("https://x.example"));
        let (below, server) = (below.expect("an address"), server.expect("an address"));
        let fault = |code, status| Fault { status, ..Fault::new(code) };
        for (first, second, wanted, tried) in [
            ((Not, Some(404)), (Not, Some(404)), Not, "https://x.example/api/authinfo was asked too: 404."),
            ((Not, Some(404)), (Gate, Some(403)), Gate, "https://x.example/psa/api/authinfo was asked too: 404."),
            ((Gate, Some(403)), (Not, Some(404)), Gate, "https://x.example/api/authinfo was asked too: 404."),
            ((Error, Some(500)), (Not, Some(404)), Error, "https://x.example/api/authinfo"),
            ((Not, Some(200)), (Cut, None), Cut, "https://x.example/psa/api/authinfo was asked too: 200."),
        ] {
            let kept = graver(fault(first.0, first.1), &below, fault(second.0, second.1), &server);
            assert_eq!(kept.code, wanted);
            let told = kept.tried.expect("the other address");
            assert!(told.as_str().starts_with(tried), "{told:?}");
        }
    }

    #[test]
    fn the_origin_is_asked_unless_a_halo_or_a_busy_server_has_answered() {
        for (code, wanted) in [
            (Code::DiscoveryNotHalo, true),
            (Code::HttpNotFound, true),
            (Code::HttpIntercepted, true),
            (Code::HttpRedirectRefused, true),
            (Code::HttpServerError, true),
            (Code::HttpBadEncoding, true),
            (Code::HttpUnavailable, false),
            (Code::HttpRateLimited, false),
            (Code::DiscoveryForeignAuthUrl, false),
            (Code::DiscoveryBadAuthUrl, false),
        ] {
            assert_eq!(leaves_open(&Fault::new(code)), wanted, "{code:?}");
        }
    }

    #[test]
    fn what_authinfo_names_is_kept_beside_what_was_given_by_hand() {
        let server = Url::parse("https://acme.example/psa").expect("an address");
        for (body, by_hand, wanted) in [
            (r#"{"auth_url":"https://acme.example/psa/auth"}"#, "https://acme.example/psa/auth", None),
            (r#"{"auth_url":"https://acme.example/psa/auth/token/"}"#, "https://acme.example/psa/auth", None),
            (
                r#"{"auth_url":"https://acme.example/other"}"#,
                "https://acme.example/psa/auth",
                Some("https://acme.example/other"),
            ),
            (r#"{"tenant_id":"acme"}"#, "https://elsewhere.example/auth", None),
        ] {
            let trust = Trust { by_hand: Some(by_hand), allowed: &[] };
            let found = read(&HttpResponse::test(200, body), &server, &Redactor::default(), trust).expect("a Halo");
            assert_eq!(found.value.named.as_ref().map(UntrustedText::as_str), wanted, "{body}");
            assert_eq!((found.value.auth_server.as_str(), found.value.guessed), (by_hand, false));
        }
        let guess =
            read(&HttpResponse::test(200, r#"{"tenant_id":"acme"}"#), &server, &Redactor::default(), Trust::default());
        let guess = guess.expect("a Halo").value;
        assert_eq!((guess.auth_server.as_str(), guess.guessed), ("https://acme.example/psa/auth", true));
    }

    #[test]
    fn not_set_is_no_tenant_and_oddities_are_kept_short() {
        let hide = Redactor::default();
        assert_eq!(tenant_of("Not set", &hide), None);
        assert_eq!(tenant_of("acme", &hide), Some(UntrustedText::new("acme")));
        assert_eq!(tenant_of("two words", &hide), Some(UntrustedText::new("two words")));
        assert_eq!(tenant_of(&"x".repeat(300), &hide), None);
    }
}
