//! Rule for redirects: the same origin only, and a limited number.

use url::Url;

use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::domain::untrusted_text::UntrustedText;

/// Most redirects of one request.
const HOPS: usize = 5;

/// Returns true if a GET can follow a redirect with this status.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The next address of a GET. `visited` holds all addresses asked so far, the current one last.
///
/// # Errors
/// The refusal, with the origin that the server named.
pub(super) fn next(visited: &[Url], location: Option<&[u8]>) -> Result<Url, Fault> {
    let Some(current) = visited.last() else { return Err(Fault::new(Code::LocalBug)) };
    let target = follow(current, location)?;
    if visited.len() > HOPS {
        return Err(Fault::new(Code::HttpRedirectLoop).detail(format!("more than {HOPS} redirects")));
    }
    if visited.contains(&target) {
        let detail = format!("after {} redirects it was back at {}", visited.len(), target.path());
        return Err(Fault::new(Code::HttpRedirectLoop).detail(detail));
    }
    Ok(target)
}

/// The refusal of a redirect that is never followed, whatever it leads to.
pub(super) fn refused(current: &Url, location: Option<&[u8]>) -> Fault {
    match target(current, location) {
        None => refusal("it names no usable target", None),
        Some(target) => refusal("a request that carries the secret follows no redirect", Some(&target)),
    }
}

fn follow(current: &Url, location: Option<&[u8]>) -> Result<Url, Fault> {
    let Some(mut target) = target(current, location) else {
        return Err(refusal("it names no usable target", None));
    };
    target.set_fragment(None);
    if target.origin() != current.origin() {
        return Err(refusal("it leads to another server", Some(&target)));
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err(refusal("its target holds a user name or a password", Some(&target)));
    }
    Ok(target)
}

fn target(current: &Url, location: Option<&[u8]>) -> Option<Url> {
    let text = std::str::from_utf8(location?).ok()?;
    if text.is_empty() || text.chars().any(char::is_control) {
        return None;
    }
    current.join(text).ok()
}

fn refusal(why: &str, target: Option<&Url>) -> Fault {
    let mut fault = Fault::new(Code::HttpRedirectRefused).detail(format!("the redirect was not followed: {why}"));
    fault.target = target.map(|url| {
        let origin = url.origin();
        UntrustedText::new(&if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", url.scheme()) })
    });
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn only_the_same_origin_is_followed() {
        let from = "https://halo.example/api/authinfo";
        for (location, wanted) in [
            ("/api/AuthInfo", Ok("https://halo.example/api/AuthInfo")),
            ("AuthInfo2#x", Ok("https://halo.example/api/AuthInfo2")),
            ("https://halo.example:443/x?y", Ok("https://halo.example/x?y")),
            ("//evil.example/x", Err(Some("https://evil.example"))),
            ("http://halo.example/api/authinfo", Err(Some("http://halo.example"))),
            ("https://halo.example:8443/", Err(Some("https://halo.example:8443"))),
            ("https://u:p@halo.example/", Err(Some("https://halo.example"))),
            ("https://halo.example.evil.example/", Err(Some("https://halo.example.evil.example"))),
            ("javascript:alert(1)", Err(Some("javascript:"))),
            ("http://", Err(None)),
            ("/a\u{1b}[2J", Err(None)),
            ("", Err(None)),
        ] {
            match (next(&[url(from)], Some(location.as_bytes())), wanted) {
                (Ok(found), Ok(wanted)) => assert_eq!(found.as_str(), wanted),
                (Err(fault), Err(target)) => {
                    assert_eq!(fault.code, Code::HttpRedirectRefused, "{location}");
                    assert_eq!(fault.target.as_ref().map(UntrustedText::as_str), target, "{location}");
                }
                (found, _) => panic!("{location}: {found:?}"),
            }
        }
        assert!(next(&[url(from)], None).is_err() && next(&[url(from)], Some(b"\xff\xfe")).is_err());
    }

    #[test]
    fn circles_and_long_ways_end() {
        let way: Vec<Url> = (0..6).map(|n| url(&format!("https://halo.example/{n}"))).collect();
        assert_eq!(next(&way[..3], Some(b"/1")).expect_err("a circle").code, Code::HttpRedirectLoop);
        assert!(next(&way[..5], Some(b"/new")).is_ok());
        assert_eq!(next(&way, Some(b"/new")).expect_err("too long").code, Code::HttpRedirectLoop);
    }
}
