//! A token answer: is there a token that can be used, and what comes with it?

use serde_json::{Map, Value};

use super::id_token;
use crate::domain::evidence::IdToken;
use crate::domain::scope;
use crate::domain::untrusted_text::UntrustedText;
use crate::probe::redaction::Redactor;
use crate::probe::response_body::{Fields, text_of};
use crate::secret::Secret;

/// Longest token.
const LONGEST: usize = 16 * 1024;
/// Most scopes that are kept of an echo.
const SCOPES: usize = 200;
/// Bounds of the lifetime in seconds.
const LIFETIME: (f64, f64) = (60.0, 86_400.0);

/// A usable answer.
#[derive(Debug)]
pub(super) struct GrantedToken {
    pub token: Secret,
    pub echo: Option<Vec<UntrustedText>>,
    pub expires_in: Option<u64>,
    pub id_token: Option<IdToken>,
}

/// Parses the members of a token response.
///
/// # Errors
/// The reason why there is no usable token, without any part of it.
pub(super) fn read(mut body: Map<String, Value>, hide: &Redactor) -> Result<GrantedToken, String> {
    // Moved, not copied: one copy less to lie about.
    let key = body.keys().find(|key| key.eq_ignore_ascii_case("access_token")).cloned();
    let token = match key.and_then(|key| body.remove(&key)) {
        Some(Value::String(token)) => Secret::new(token),
        Some(Value::Null) | None => return Err("there is no access_token in it".into()),
        Some(_) => return Err("access_token is no text".into()),
    };
    if let Some(why) = unusable(token.expose()) {
        return Err(why.into());
    }
    let fields = Fields(&body);
    match fields.get("token_type") {
        None => {}
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("bearer") => {}
        Some(_) => return Err("token_type is not Bearer".into()),
    }
    // Hidden before anything else of this answer is kept: it may stand in the other members too.
    hide.add(token.expose());
    Ok(GrantedToken {
        token,
        echo: fields.get("scope").and_then(|echo| scopes(echo, hide)),
        expires_in: fields.get("expires_in").and_then(lifetime),
        id_token: fields.text("id_token").and_then(|token| id_token::read(token, hide)),
    })
}

/// Reason why a token cannot be used in a header.
fn unusable(token: &str) -> Option<&'static str> {
    if token.is_empty() {
        return Some("access_token is empty");
    }
    if token.len() > LONGEST {
        return Some("access_token is longer than 16 KiB");
    }
    let strange = token.bytes().any(|byte| !byte.is_ascii_graphic());
    strange.then_some("access_token holds blanks, control characters or letters beyond ASCII")
}

/// The echo as text or as a list. Anything else, and an empty one, is not an echo.
fn scopes(echo: &Value, hide: &Redactor) -> Option<Vec<UntrustedText>> {
    let split: Vec<String> = match echo {
        Value::String(text) => scope::split(text),
        Value::Array(list) => list.iter().filter_map(Value::as_str).flat_map(scope::split).collect(),
        _ => return None,
    };
    (!split.is_empty()).then(|| split.iter().take(SCOPES).map(|scope| hide.foreign(scope)).collect())
}

fn lifetime(value: &Value) -> Option<u64> {
    let seconds: f64 = text_of(value)?.trim().parse().ok()?;
    if seconds.is_nan() {
        return None;
    }
    // In range after the clamp; a fraction of a second does not matter.
    Some(seconds.clamp(LIFETIME.0, LIFETIME.1) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(body: &str) -> Result<GrantedToken, String> {
        let Ok(Value::Object(map)) = serde_json::from_str(body) else { panic!("{body}") };
        read(map, &Redactor::default())
    }

    #[test]
    fn unusable_tokens_are_refused_without_being_shown() {
        let long = "x".repeat(LONGEST + 1);
        for (body, why) in [
            ("{}".to_owned(), "no access_token"),
            (r#"{"access_token":null}"#.into(), "no access_token"),
            (r#"{"access_token":7}"#.into(), "no text"),
            (r#"{"access_token":{"a":1}}"#.into(), "no text"),
            (r#"{"access_token":""}"#.into(), "empty"),
            (r#"{"access_token":"a\r\nX-Evil: 1"}"#.into(), "control"),
            (r#"{"access_token":"a b"}"#.into(), "blanks"),
            (r#"{"access_token":"caf\u00e9"}"#.into(), "ASCII"),
            (format!(r#"{{"access_token":"{long}"}}"#), "16 KiB"),
            (r#"{"access_token":"abc","token_type":"mac"}"#.into(), "token_type"),
            (r#"{"access_token":"abc","token_type":7}"#.into(), "token_type"),
        ] {
            let error = reading(&body).expect_err("refused");
            assert!(error.contains(why) && !error.contains("Evil"), "{error}");
        }
    }

    #[test]
    fn the_lifetime_is_clamped_whatever_it_is() {
        for (expires, wanted) in [
            ("3600", Some(3600)),
            ("\"3600\"", Some(3600)),
            ("0", Some(60)),
            ("-1", Some(60)),
            ("1e30", Some(86_400)),
            ("\"1e400\"", Some(86_400)),
            ("\"NaN\"", None),
            ("\"soon\"", None),
            ("null", None),
            ("[1]", None),
        ] {
            let read = reading(&format!(r#"{{"access_token":"abc","expires_in":{expires}}}"#)).expect("a token");
            assert_eq!(read.expires_in, wanted, "{expires}");
        }
    }

    #[test]
    fn the_echo_in_every_form() {
        for (scope, wanted) in [
            ("\"openid read:tickets\"", Some(vec!["openid", "read:tickets"])),
            ("[\"read:tickets\",\"read:items all\",7]", Some(vec!["read:tickets", "read:items", "all"])),
            ("\"\"", None),
            ("\" \"", None),
            ("[]", None),
            ("[\"\"]", None),
            ("[7]", None),
            ("null", None),
            ("7", None),
            ("{}", None),
        ] {
            let read = reading(&format!(r#"{{"access_token":"abc","scope":{scope}}}"#)).expect("a token");
            let echo: Option<Vec<&str>> =
                read.echo.as_ref().map(|echo| echo.iter().map(UntrustedText::as_str).collect());
            assert_eq!(echo, wanted, "{scope}");
        }
        assert_eq!(reading(r#"{"access_token":"abc","token_type":"bearer"}"#).ok().and_then(|read| read.echo), None);
    }

    #[test]
    fn a_token_that_comes_back_in_the_echo_is_hidden() {
        let read = reading(r#"{"access_token":"canary-token","scope":"x-canary-token"}"#).expect("a token");
        assert_eq!(read.echo.expect("an echo")[0].as_str(), "x-[hidden]");
    }
}
