//! Recognises answers that Halo did not write: firewalls, gateways, login pages, web filters and web servers in front of it.
//!
//! A pure function of one answer. It is asked before an answer is judged, so that nothing that Halo did not write convicts a
//! role, an application or a tenant. Statuses from 500 up are not intercepted: they say "try again" whoever wrote them.
//! The marks come from the products' documentation and from public reports; no recorded Halo stands behind one of them.

use url::Url;

use super::http::HttpResponse;
use super::response_body::{looks_like_html, title};

/// How much of a body is searched for marks.
const HEAD: usize = 16 * 1024;

/// The product or kind of system that seems to have answered, for the middle of a sentence.
pub(super) fn recognise(reply: &HttpResponse) -> Option<String> {
    if reply.status >= 500 || matches!(reply.status, 407 | 429) {
        return None;
    }
    if let Some(gateway) = reply.location.as_deref().filter(|_| (300..400).contains(&reply.status)).and_then(login_host)
    {
        return Some(format!("a sign-in gateway ({gateway})"));
    }
    by_header(reply).or_else(|| by_page(reply)).or_else(|| by_challenge(reply))
}

/// Headers that a product adds to its own answers alone. `Server: cloudflare` is no such mark: it stands on every answer
/// of a Halo behind Cloudflare.
fn by_header(reply: &HttpResponse) -> Option<String> {
    if reply.front.mitigated {
        return Some("Cloudflare (it wants a browser)".into());
    }
    let refuses = (400..500).contains(&reply.status) && !matches!(reply.status, 404 | 405 | 410);
    let server = reply.front.server.as_deref()?.to_ascii_lowercase();
    let named = SERVERS.iter().find(|(mark, _)| server.starts_with(mark));
    named.filter(|_| refuses && !is_json(reply)).map(|(_, name)| (*name).to_owned())
}

/// Starts of `Server` that name a product which answers by itself, not one that passes answers on.
const SERVERS: &[(&str, &str)] = &[
    ("awselb", "an AWS load balancer"),
    ("cloudfront", "Amazon CloudFront"),
    ("microsoft-azure-application-gateway", "an Azure application gateway"),
    ("akamaighost", "Akamai"),
    ("sucuri", "the Sucuri firewall"),
    ("zscaler", "the web filter Zscaler"),
    ("squid", "the proxy Squid"),
    ("bigip", "an F5 gateway"),
    ("big-ip", "an F5 gateway"),
    ("imperva", "the Imperva firewall"),
    ("barracuda", "a Barracuda gateway"),
    ("fortiweb", "a FortiWeb firewall"),
    ("mcafee", "a web filter"),
    ("netskope", "the web filter Netskope"),
];

/// A web page where JSON was due, with a mark of its own or with a refusing status.
fn by_page(reply: &HttpResponse) -> Option<String> {
    if !looks_like_html(&reply.body, reply.content_type.as_deref()) {
        return None;
    }
    let title = title(&reply.body).unwrap_or_default().to_ascii_lowercase();
    let head = String::from_utf8_lossy(&reply.body[..reply.body.len().min(HEAD)]).to_ascii_lowercase();
    let marked = PAGES.iter().find(|page| title.contains(page.title) && head.contains(page.body));
    if let Some(page) = marked {
        return Some(page.name.to_owned());
    }
    let asks_for_password = head.contains("type=\"password\"") || head.contains("type='password'");
    if asks_for_password && !title.contains("halo") && LOGIN_TITLES.iter().any(|words| title.contains(words)) {
        return Some("a login page".into());
    }
    let server = reply.front.server.as_deref().unwrap_or_default().to_ascii_lowercase();
    match reply.status {
        404 | 405 | 410 => None,
        400..=499 if server.contains("cloudflare") => Some("Cloudflare".into()),
        401 if reply.front.asks_for_windows() => Some("a web server that asks for Windows authentication".into()),
        401 if reply.front.asks_for_basic() => Some("a web server that asks for a user name and a password".into()),
        400..=499 if server.contains("iis") || title.contains("access is denied") => Some("the web server IIS".into()),
        400..=499 if server.starts_with("microsoft-httpapi") => Some("Windows' HTTP service".into()),
        // A page with another status may be Halo's own: a wrong tenant is answered with one, and its status is not known.
        401 | 403 | 406 | 451 => Some("a web server or gateway".into()),
        _ => None,
    }
}

/// A page of a product: both texts must be there, in lower case.
struct Page {
    title: &'static str,
    body: &'static str,
    name: &'static str,
}

const fn page(title: &'static str, body: &'static str, name: &'static str) -> Page {
    Page { title, body, name }
}

const PAGES: &[Page] = &[
    page("| cloudflare", "", "Cloudflare"),
    page("just a moment", "", "Cloudflare (it wants a browser)"),
    page("", "cdn-cgi/challenge-platform", "Cloudflare (it wants a browser)"),
    page("cloudflare access", "", "Cloudflare Access"),
    page("request rejected", "", "an F5 gateway"),
    page("", "the requested url was rejected. please consult with your administrator", "an F5 gateway"),
    page("", "_incapsula_resource", "the Imperva firewall"),
    page("", "incapsula incident id", "the Imperva firewall"),
    page("", "generated by cloudfront", "Amazon CloudFront"),
    page("access denied", "errors.edgesuite.net", "Akamai"),
    page("access denied", "reference&#32;&#35;", "Akamai"),
    page("sucuri", "", "the Sucuri firewall"),
    page("", "fortiguard", "a Fortinet web filter"),
    page("", "fortigate", "a Fortinet web filter"),
    page("web page blocked", "", "a web filter"),
    page("application blocked", "", "a web filter"),
    page("this site is blocked", "", "a web filter"),
    page("", "opendns.com", "the web filter Cisco Umbrella"),
    page("", "zscaler", "the web filter Zscaler"),
    page("", "sophos", "the web filter Sophos"),
    page("error: the requested url could not be retrieved", "", "the proxy Squid"),
    page("", "azure web application firewall", "Azure's web application firewall"),
    page("", "nsvpn", "a Citrix gateway"),
    page("", "/vpn/index.html", "a Citrix gateway"),
    page("", "login.microsoftonline.com", "a Microsoft sign-in page"),
    page("", "samlrequest", "a sign-in gateway"),
    page("", "/adfs/ls", "a sign-in gateway (AD FS)"),
    page("captive portal", "", "a captive portal"),
    page("hotspot", "", "a captive portal"),
];

const LOGIN_TITLES: &[&str] = &["sign in", "sign-in", "signin", "log in", "login", "log on", "logon", "single sign-on"];

/// A challenge that Halo's API does not make: it knows bearer tokens alone. Not asked of JSON, where the body says more:
/// an authorisation server may add `Basic` to `invalid_client` (RFC 6749, 5.2).
fn by_challenge(reply: &HttpResponse) -> Option<String> {
    let front = &reply.front;
    if reply.status != 401 || is_json(reply) || front.asks_for_bearer() {
        return None;
    }
    if front.asks_for_windows() {
        return Some("a web server that asks for Windows authentication".into());
    }
    None
}

fn is_json(reply: &HttpResponse) -> bool {
    let first = reply.body.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

/// The host of a redirect that leads to a login.
fn login_host(location: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(location).ok()?;
    // A relative target has no host of its own; the marks in its path count all the same.
    let base = Url::parse("https://this-host.invalid/").ok()?;
    let url = base.join(text).ok()?;
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    let known = LOGIN_HOSTS.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    let query = url.query().unwrap_or_default().to_ascii_lowercase();
    let path = url.path().to_ascii_lowercase();
    let asks = query.contains("samlrequest=")
        || (query.contains("response_type=") && query.contains("client_id="))
        || path.contains("/adfs/ls")
        || path.starts_with("/cdn-cgi/access/");
    let elsewhere = host != "this-host.invalid";
    (known || asks && elsewhere).then_some(host)
}

/// Hosts, with all below them, that only sign people in.
const LOGIN_HOSTS: &[&str] = &[
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.windows.net",
    "login.live.com",
    "accounts.google.com",
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "auth0.com",
    "onelogin.com",
    "pingone.com",
    "pingidentity.com",
    "duosecurity.com",
    "cloudflareaccess.com",
    "jumpcloud.com",
    "zscaler.net",
    "zscalertwo.net",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::http::Front;

    fn reply(status: u16, server: &str, challenge: &str, body: &str) -> HttpResponse {
        let mut reply = HttpResponse::test(status, body);
        reply.front = Front {
            server: Some(server.to_owned()).filter(|server| !server.is_empty()),
            challenges: challenge.split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            mitigated: false,
        };
        reply
    }

    fn titled(title: &str) -> String {
        format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>x</body></html>")
    }

    #[test]
    fn pages_and_challenges_that_halo_does_not_write() {
        for (status, server, challenge, body, wanted) in [
            (403, "cloudflare", "", titled("Attention Required! | Cloudflare"), Some("Cloudflare")),
            (403, "cloudflare", "", titled("Just a moment..."), Some("Cloudflare")),
            (403, "cloudflare", "", titled("Zugriff verweigert"), Some("Cloudflare")),
            (200, "", "", titled("Request Rejected"), Some("F5")),
            (403, "awselb/2.0", "", titled("403 Forbidden"), Some("AWS")),
            (403, "Microsoft-Azure-Application-Gateway/v2", "", titled("403 Forbidden"), Some("Azure")),
            (401, "Microsoft-IIS/10.0", "Negotiate|NTLM", titled("401 - Unauthorized"), Some("Windows authentication")),
            (401, "", "NTLM", titled("401 - Unauthorized"), Some("Windows authentication")),
            (401, "", "Negotiate", String::new(), Some("Windows authentication")),
            (401, "nginx", "Basic realm=x", titled("401 Authorization Required"), Some("user name")),
            (403, "Microsoft-IIS/10.0", "", titled("403 - Forbidden: Access is denied."), Some("IIS")),
            (403, "nginx", "", titled("403 Forbidden"), Some("web server or gateway")),
            (403, "Zscaler/6.2", "", titled("Blocked"), Some("Zscaler")),
            (451, "", "", titled("Unavailable For Legal Reasons"), Some("web server or gateway")),
            (
                200,
                "",
                "",
                "<html><title>Sign in to your account</title><input type=\"password\"></html>".into(),
                Some("login page"),
            ),
        ] {
            let found = recognise(&reply(status, server, challenge, &body));
            let fits = match (&found, wanted) {
                (Some(found), Some(wanted)) => found.contains(wanted),
                _ => false,
            };
            assert!(fits, "{status} {server} {challenge} {body}: {found:?}");
        }
        let mut challenge = reply(403, "cloudflare", "", "{}");
        challenge.front.mitigated = true;
        assert!(recognise(&challenge).is_some_and(|name| name.contains("Cloudflare")));
    }

    #[test]
    fn what_halo_writes_is_not_taken_for_an_interceptor() {
        for (status, server, challenge, body) in [
            (200, "cloudflare", "", r#"{"tickets":[]}"#.to_owned()),
            (403, "cloudflare", "", r#"{"Message":"Forbidden"}"#.to_owned()),
            (401, "Microsoft-IIS/10.0", "Bearer", String::new()),
            (401, "", "Basic realm=x", r#"{"error":"invalid_client"}"#.to_owned()),
            (401, "", "Basic realm=x", String::new()),
            (403, "Microsoft-IIS/10.0", "", "403:Forbidden".to_owned()),
            (403, "", "", String::new()),
            (404, "Microsoft-IIS/10.0", "", titled("404 - File or directory not found.")),
            (405, "nginx", "", titled("405 Not Allowed")),
            (500, "Microsoft-IIS/10.0", "", titled("Runtime Error")),
            (503, "awselb/2.0", "", titled("503 Service Temporarily Unavailable")),
            (520, "cloudflare", "", titled("acme | 520: Web server is returning an unknown error | Cloudflare")),
            (400, "", "", titled("Internal Server Error")),
            (429, "cloudflare", "", titled("Too many requests | Cloudflare")),
            (407, "squid", "", titled("Proxy Authentication Required")),
            (200, "", "", titled("Self Service Portal")),
            (200, "", "", "<html><title>Login - HaloPSA</title><input type=\"password\"></html>".to_owned()),
        ] {
            assert_eq!(recognise(&reply(status, server, challenge, &body)), None, "{status} {server} {body}");
        }
    }

    #[test]
    fn redirects_to_a_login() {
        for (location, wanted) in [
            ("https://login.microsoftonline.com/t/oauth2/authorize?client_id=1", Some("login.microsoftonline.com")),
            ("https://acme.okta.com/app/x", Some("acme.okta.com")),
            ("https://acme.cloudflareaccess.com/cdn-cgi/access/login/x", Some("acme.cloudflareaccess.com")),
            ("https://sts.acme.example/adfs/ls/?wa=wsignin1.0", Some("sts.acme.example")),
            ("https://idp.acme.example/sso?SAMLRequest=abc", Some("idp.acme.example")),
            ("https://id.example/authorize?response_type=code&client_id=1", Some("id.example")),
            ("https://other.halopsa.com/api/authinfo", None),
            ("https://notokta.com/", None),
            ("/login?ReturnUrl=%2Fapi", None),
            ("", None),
        ] {
            assert_eq!(login_host(location.as_bytes()).as_deref(), wanted, "{location}");
        }
    }
}
