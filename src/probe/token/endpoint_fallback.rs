//! A token endpoint that is not there: older and trial systems have it at `/token`, others at `/auth/token`, and what a
//! server says of itself is not always right. (See docs/halo.md, "Addresses".)

use url::Url;

use super::Issuer;
use super::scope_fallback::TokenOutcome;
use super::scope_fallback::request_token_with_fallback;
use crate::domain::codes::{Code, ExitClass};
use crate::domain::connection::ScopePlan;
use crate::domain::evidence::Fault;
use crate::domain::run_event::LogLevel;
use crate::probe::run_log::RunLog;

/// Gets the token of a run; where nothing is at the token URL, its other form is tried once, at the same origin alone.
/// The issuer keeps the URL that answered.
pub(in crate::probe) async fn try_both_token_paths(
    issuer: &mut Issuer<'_>,
    plan: &ScopePlan,
    wanted: &[String],
) -> TokenOutcome {
    let first = request_token_with_fallback(issuer, plan, wanted).await;
    let other = match &first.outcome {
        Err(fault) if is_no_endpoint(fault) => other_form(&issuer.url),
        _ => None,
    };
    let Some(other) = other.filter(|_| issuer.journal.left() > 0) else { return first };
    tell(issuer.journal, &issuer.url, &other);
    let named = std::mem::replace(&mut issuer.url, other);
    let second = request_token_with_fallback(issuer, plan, wanted).await;
    match (first.outcome, second.outcome) {
        (Err(first), Err(second)) if !answers_as_oauth(&second) => {
            let other = std::mem::replace(&mut issuer.url, named);
            Err(first.detail(format!("{} was tried too: {}.", plain(&other), answered(&second)))).into()
        }
        (_, outcome) => TokenOutcome { outcome, single: second.single },
    }
}

/// 404, or the 405 of a web site whose pages take no POST.
fn is_no_endpoint(fault: &Fault) -> bool {
    fault.code == Code::HttpNotFound
}

/// Returns true if this failure came from a token endpoint, or leaves open whether there is one.
fn answers_as_oauth(fault: &Fault) -> bool {
    fault.oauth_error.is_some() || fault.code.exit_class() == ExitClass::NoVerdict
}

/// `/auth/token` for `/token`, and the other way round.
fn other_form(url: &Url) -> Option<Url> {
    let base = url.path().strip_suffix("/token")?;
    let path = match base.strip_suffix("/auth") {
        Some(root) => format!("{root}/token"),
        None => format!("{base}/auth/token"),
    };
    let mut other = url.clone();
    other.set_path(&path);
    Some(other)
}

fn tell(journal: &RunLog, named: &Url, other: &Url) {
    let text = format!("nothing at {}: trying {} at the same origin, once", named.path(), other.path());
    journal.log(LogLevel::Warn, Some(super::CHECK), text);
}

fn answered(fault: &Fault) -> String {
    match (fault.status, fault.html) {
        (Some(404), _) => "404".to_owned(),
        (Some(status), true) => format!("a web page ({status})"),
        (Some(status), false) => format!("no token ({status})"),
        (None, _) => fault.code.headline().trim_end_matches('.').to_lowercase(),
    }
}

/// The path without the tenant, which is part of the target.
fn plain(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_form_keeps_everything_but_the_path() {
        for (url, wanted) in [
            ("https://acme.example/auth/token?tenant=a%26b", Some("https://acme.example/token?tenant=a%26b")),
            ("https://acme.example/token?tenant=acme", Some("https://acme.example/auth/token?tenant=acme")),
            ("https://acme.example:8443/halo/auth/token", Some("https://acme.example:8443/halo/token")),
            ("https://acme.example/halo/token", Some("https://acme.example/halo/auth/token")),
            ("https://acme.example/oauth/token", Some("https://acme.example/oauth/auth/token")),
            ("https://acme.example/auth", None),
        ] {
            let url = Url::parse(url).expect("an address");
            let other = other_form(&url);
            assert_eq!(other.as_ref().map(Url::as_str), wanted);
            assert!(other.is_none_or(|other| other.origin() == url.origin()));
        }
    }

    #[test]
    fn only_a_token_endpoint_or_an_open_question_outweighs_the_first_answer() {
        let fault = |code, status, word: Option<&str>| Fault {
            status,
            oauth_error: word.map(crate::domain::untrusted_text::UntrustedText::new),
            ..Fault::new(code)
        };
        for (fault, wanted) in [
            (fault(Code::AuthInvalidClient, Some(401), Some("invalid_client")), true),
            (fault(Code::AuthUnknown, Some(400), Some("odd")), true),
            (fault(Code::HttpRateLimited, Some(429), None), true),
            (fault(Code::HttpUnavailable, Some(503), None), true),
            (fault(Code::NetTimeout, None, None), true),
            (fault(Code::HttpNotFound, Some(404), None), false),
            (fault(Code::HttpNotFound, Some(405), None), false),
            (fault(Code::HttpNotJson, Some(200), None), false),
            (fault(Code::AuthUnknown, Some(401), None), false),
            (fault(Code::HttpRedirectRefused, Some(302), None), false),
        ] {
            assert_eq!(answers_as_oauth(&fault), wanted, "{fault:?}");
        }
    }
}
