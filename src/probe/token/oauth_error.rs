//! Converts a refusal of the authorisation server to a code, by the OAuth error, because the status varies between
//! versions. (See docs/halo.md, "Token errors seen".)

use serde_json::{Map, Value};

use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::domain::untrusted_text::UntrustedText;
use crate::probe::failure::token_status;
use crate::probe::http::HttpResponse;
use crate::probe::redaction::Redactor;
use crate::probe::response_body;
use crate::probe::response_body::{Fields, decode};
use crate::probe::response_errors;

/// The failure that an answer without a token is.
pub(super) fn refusal(reply: &HttpResponse, hide: &Redactor) -> Fault {
    if let Some(body) = body(reply)
        && let Some(word) = Fields(&body).text("error")
    {
        return by_word(word, &body, reply, hide);
    }
    if let Some((word, body)) = words_without_json(reply) {
        return by_word(&word, &body, reply, hide);
    }
    let by_status = token_status(reply.status);
    if let Some(cut) = reply.cut.as_ref().filter(|cut| cut.code == Code::HttpBadEncoding && !is_settled(by_status)) {
        return Fault { status: Some(reply.status), ..cut.clone() };
    }
    if response_errors::is_page(reply) && !is_settled(by_status) {
        return response_errors::refusal(reply, hide, Code::HttpNotJson);
    }
    match &reply.cut {
        Some(cut) if !is_settled(by_status) => Fault { status: Some(reply.status), ..cut.clone() },
        _ => response_errors::refusal(reply, hide, by_status),
    }
}

/// The OAuth error and its members from a refusal other than a whole JSON object: an object cut at the limit, a text
/// that is an OAuth error, a form (`error=invalid_client`), or `WWW-Authenticate: Bearer error="…"` with an empty
/// body.
fn words_without_json(reply: &HttpResponse) -> Option<(String, Map<String, Value>)> {
    let described = |word: &str, description: &str| {
        let members = [("error_description".to_owned(), Value::from(description))];
        STANDARD.contains(&word).then(|| (word.to_owned(), members.into_iter().collect()))
    };
    if reply.cut.is_some() {
        let members = crate::probe::response_body::members_at_start(&reply.body);
        let word = Fields(&members).text("error").map(str::to_owned).or_else(|| reply.oauth_error.clone())?;
        return Some((word, members));
    }
    let text = decode(&reply.body, reply.content_type.as_deref()).ok()?;
    let text = text.trim();
    if text.is_empty() {
        let word = reply.front.bearer_word()?;
        return described(&word, &reply.front.bearer_description().unwrap_or_default());
    }
    if text.len() > LONGEST_TEXT || text.starts_with(['<', '{', '[']) {
        return None;
    }
    let (first, rest) = text.split_once([':', ' ', '\n']).unwrap_or((text, ""));
    let word = first.trim_matches(['"', '\'', '.', ',']);
    described(word, rest.trim().trim_matches('"')).or_else(|| {
        let fields: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_string());
        described(&field("error")?, &field("error_description").unwrap_or_default())
    })
}

/// Longest plain text that is searched for an error code, in bytes.
const LONGEST_TEXT: usize = 2048;

/// The error codes of RFC 6749, 4.1.2.1 and 5.2, that a token endpoint may use.
const STANDARD: [&str; 8] = [
    "invalid_client",
    "invalid_scope",
    "invalid_request",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_grant",
    "server_error",
    "temporarily_unavailable",
];

/// Statuses that say what is wrong whatever the body holds. An error page with 500 is not among them: a Halo that does
/// not know the tenant answers with one.
fn is_settled(code: Code) -> bool {
    matches!(code, Code::HttpNotFound | Code::HttpRateLimited | Code::HttpUnavailable | Code::NetProxy)
}

fn body(reply: &HttpResponse) -> Option<Map<String, Value>> {
    let text = decode(&reply.body, reply.content_type.as_deref()).ok()?;
    response_body::object(&text).ok()?
}

fn by_word(word: &str, body: &Map<String, Value>, reply: &HttpResponse, hide: &Redactor) -> Fault {
    let fields = Fields(body);
    let description = fields.text("error_description").unwrap_or_default();
    let openiddict = [fields.text("error_uri").unwrap_or_default(), description].into_iter().find_map(number);
    let code = code(word, description, openiddict.as_deref());
    Fault {
        said: UntrustedText::new(&hide.foreign(description).short()),
        oauth_error: Some(UntrustedText::new(&hide.foreign(word).cut(80))),
        openiddict,
        retry_after: reply.retry_after,
        ..response_errors::of(reply, code)
    }
}

fn code(word: &str, description: &str, openiddict: Option<&str>) -> Code {
    let tenant = description.to_ascii_lowercase().contains("tenant");
    match word {
        "invalid_client" => Code::AuthInvalidClient,
        "invalid_scope" => Code::AuthInvalidScope,
        // OpenIddict calls a scope that this client may not use an invalid request.
        "invalid_request" if openiddict == Some("ID2051") => Code::AuthInvalidScope,
        "invalid_request" if tenant => Code::AuthTenant,
        "invalid_request" => Code::AuthInvalidRequest,
        "unauthorized_client" => Code::AuthUnauthorizedClient,
        "unsupported_grant_type" => Code::AuthUnsupportedGrant,
        "invalid_grant" => Code::AuthInvalidGrant,
        "server_error" => Code::HttpServerError,
        "temporarily_unavailable" => Code::HttpUnavailable,
        _ if tenant || word.eq_ignore_ascii_case("invalid_tenant") => Code::AuthTenant,
        _ => Code::AuthUnknown,
    }
}

/// OpenIddict's number in a text: `ID` and four digits.
fn number(text: &str) -> Option<String> {
    text.match_indices("ID").find_map(|(at, _)| {
        let found = text.get(at..at + 6)?;
        let ends = !text[at + 6..].starts_with(|c: char| c.is_ascii_digit());
        (ends && found[2..].bytes().all(|byte| byte.is_ascii_digit())).then(|| found.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::http::HttpResponse;

    fn fault(status: u16, body: &str) -> Fault {
        refusal(&HttpResponse::test(status, body), &Redactor::default())
    }

    #[test]
    fn the_word_decides_and_not_the_status() {
        use Code::*;
        for (status, body, code, openiddict) in [
            (400, r#"{"error":"invalid_client"}"#, AuthInvalidClient, None),
            (401, r#"{"error":"invalid_client"}"#, AuthInvalidClient, None),
            (200, r#"{"error":"invalid_client"}"#, AuthInvalidClient, None),
            (
                400,
                r#"{"error":"invalid_client","error_uri":"https://documentation.openiddict.com/errors/ID2055"}"#,
                AuthInvalidClient,
                Some("ID2055"),
            ),
            (
                400,
                r#"{"error":"invalid_client","error_description":"ID2052: unknown"}"#,
                AuthInvalidClient,
                Some("ID2052"),
            ),
            (400, r#"{"error":"invalid_client","error_description":"INVALID IDs ID20555"}"#, AuthInvalidClient, None),
            (400, r#"{"error":"invalid_scope"}"#, AuthInvalidScope, None),
            (400, r#"{"error":"invalid_request","error_uri":"x/ID2051"}"#, AuthInvalidScope, Some("ID2051")),
            (400, r#"{"error":"invalid_request"}"#, AuthInvalidRequest, None),
            (400, r#"{"error":"invalid_request","error_description":"Unknown Tenant"}"#, AuthTenant, None),
            (400, r#"{"error":"unauthorized_client"}"#, AuthUnauthorizedClient, None),
            (400, r#"{"error":"unsupported_grant_type"}"#, AuthUnsupportedGrant, None),
            (400, r#"{"error":"invalid_grant"}"#, AuthInvalidGrant, None),
            (400, r#"{"error":"server_error"}"#, HttpServerError, None),
            (503, r#"{"error":"temporarily_unavailable"}"#, HttpUnavailable, None),
            (400, r#"{"error":"Invalid_Client"}"#, AuthUnknown, None),
            (400, r#"{"error":{"code":1}}"#, AuthUnknown, None),
            (401, r#"{"Message":"no"}"#, AuthUnknown, None),
            (400, "plain words", AuthUnknown, None),
            (400, "invalid_client", AuthInvalidClient, None),
            (401, "\"invalid_client\"\r\n", AuthInvalidClient, None),
            (400, "invalid_client: ID2055 wrong", AuthInvalidClient, Some("ID2055")),
            (400, "error=invalid_scope&error_description=no", AuthInvalidScope, None),
            (401, "", AuthUnknown, None),
            (404, r#"{"Message":"no such path"}"#, HttpNotFound, None),
            (404, "<html><title>Not Found</title></html>", HttpNotFound, None),
            (503, "<html><title>Maintenance</title></html>", HttpUnavailable, None),
            (200, "<html><title>Log in</title></html>", HttpNotJson, None),
            (400, "<html><title>Error</title></html>", HttpNotJson, None),
            (500, "<html><title>Error</title></html>", HttpNotJson, None),
            (500, "{}", HttpServerError, None),
            (429, "slow down", HttpRateLimited, None),
        ] {
            let fault = fault(status, body);
            assert_eq!((fault.code, fault.openiddict.as_deref()), (code, openiddict), "{status} {body}");
            assert_eq!(fault.status, Some(status));
            assert_eq!(fault.html, body.starts_with('<'), "{body}");
        }
    }

    #[test]
    fn a_refusal_that_is_cut_keeps_its_word() {
        for (body, code) in [
            (r#"{"error":"invalid_client","error_description":"xxxx"#, Code::AuthInvalidClient),
            (r#"{"error_uri":"x/ID2055","error":"invalid_client","trace":[1,{"a":"#, Code::AuthInvalidClient),
            (r#"{"error_description":"xxxx"#, Code::HttpTooLarge),
            (r#"{"trace":{"error":"invalid_client","x":"#, Code::HttpTooLarge),
            ("xxxx", Code::HttpTooLarge),
        ] {
            let mut reply = HttpResponse::test(400, body);
            reply.cut = Some(Fault::new(Code::HttpTooLarge));
            assert_eq!(refusal(&reply, &Redactor::default()).code, code, "{body}");
        }
    }

    #[test]
    fn a_challenge_above_an_empty_body_is_read() {
        let mut reply = HttpResponse::test(401, "");
        reply.front.challenges = vec![r#"Bearer error="invalid_client", error_description="ID2055: wrong""#.into()];
        let fault = refusal(&reply, &Redactor::default());
        assert_eq!((fault.code, fault.openiddict.as_deref()), (Code::AuthInvalidClient, Some("ID2055")));
    }

    #[test]
    fn an_unknown_word_is_kept_filtered_and_short() {
        let fault = fault(400, &format!(r#"{{"error":"\u001b[2J{}"}}"#, "x".repeat(500)));
        let word = fault.oauth_error.expect("a word");
        assert!(word.as_str().starts_with("\\x1b[2Jxxx") && word.as_str().len() < 100);
        assert_eq!(fault.code, Code::AuthUnknown);
        assert_eq!(UntrustedText::new(word.as_str()), word);
    }
}
