//! Detection of secrets and access tokens that a client sends to the wrong place.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::AUTHORIZATION;
use url::form_urlencoded;

use super::request::{IncomingRequest, Target};
use super::request_handler::{EndpointHost, State};

/// Describes each misplaced secret or token of a request, without the value itself.
pub(super) fn misplaced(state: &State, listener: EndpointHost, target: &Target, call: &IncomingRequest) -> Vec<String> {
    let at_token = *target == Target::Token;
    let mut places = Vec::new();
    let mut note = |what: &str, place: &str| {
        places.push(format!("{what} in the {place} of {} {} ({})", call.method, call.path, listener.name()));
    };
    let secrets: Vec<&str> = state.secrets().collect();
    let tokens: Vec<&str> = state.tokens.texts().collect();
    for (what, texts, belongs) in [("a secret", &secrets, at_token), ("a token", &tokens, false)] {
        if holds(&format!("{}?{}", call.path, call.query), texts) {
            note(what, "address");
        }
        if !belongs && holds(&String::from_utf8_lossy(&call.body), texts) {
            note(what, "body");
        }
        for (name, value) in &call.headers {
            if name != AUTHORIZATION && holds(&String::from_utf8_lossy(value.as_bytes()), texts) {
                note(what, &format!("header {name}"));
            }
        }
    }
    if let Some(authorization) = call.header(&AUTHORIZATION) {
        if !at_token && holds(&decoded(authorization), &secrets) {
            note("a secret", "header authorization");
        }
        if (at_token || listener != EndpointHost::Api) && holds(authorization, &tokens) {
            note("a token", "header authorization");
        }
    }
    places
}

/// Returns true if the text, raw or decoded, contains one of the needles.
fn holds(text: &str, needles: &[&str]) -> bool {
    let plain: String = form_urlencoded::parse(text.as_bytes()).flat_map(|(k, v)| [k, v]).collect();
    needles.iter().any(|needle| text.contains(needle) || plain.contains(needle))
}

/// Returns the header with the base64 part of HTTP Basic decoded.
fn decoded(authorization: &str) -> String {
    let encoded = authorization.split(' ').nth(1).unwrap_or_default();
    let basic = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    format!("{authorization} {basic}")
}
