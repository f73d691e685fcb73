//! The id_token, which names the agent. Its signature is not verified: it only helps to identify the agent, and a
//! server that lied here could lie in `/Agent/me` as well. (See docs/halo.md, "Successful reply".)

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::evidence::IdToken;
use crate::probe::redaction::Redactor;
use crate::probe::response_body;
use crate::probe::response_body::{Fields, integer};

/// Longest id_token that is looked at.
const LONGEST: usize = 16 * 1024;
/// Members that may hold the agent's name, the best first. Their names are not documented.
const NAMES: [&str; 5] = ["name", "unique_name", "preferred_username", "agent_name", "given_name"];
/// Members that may hold the agent's id.
const IDS: [&str; 6] = ["agent_id", "nhd_agent_id", "agentid", "nhd_agentid", "unum", "sub"];

/// Parses the payload; `None` if it is unreadable or does not name the agent.
pub(super) fn read(token: &str, hide: &Redactor) -> Option<IdToken> {
    if token.len() > LONGEST {
        return None;
    }
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let body = response_body::object(std::str::from_utf8(&bytes).ok()?).ok()??;
    let fields = Fields(&body);
    let name = NAMES.iter().find_map(|key| fields.text(key)).filter(|name| !name.trim().is_empty());
    let read = IdToken {
        name: name.map(|name| hide.foreign(name)),
        agent_id: IDS.iter().find_map(|key| fields.get(key).and_then(integer)),
    };
    (read != IdToken::default()).then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::untrusted_text::UntrustedText;

    fn token(payload: &str) -> String {
        format!("eyJhbGciOiJub25lIn0.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn name_and_id_under_several_keys() {
        for (payload, name, id) in [
            (r#"{"name":"Integration API","agent_id":26}"#, Some("Integration API"), Some(26)),
            (r#"{"unique_name":"API","nhd_agent_id":"26"}"#, Some("API"), Some(26)),
            (r#"{"preferred_username":"API","sub":"26"}"#, Some("API"), Some(26)),
            (r#"{"name":"API","sub":"c9534241-dde9"}"#, Some("API"), None),
            (r#"{"name":"","sub":"7"}"#, None, Some(7)),
            (r#"{"name":"\u001b[2J"}"#, Some("\\x1b[2J"), None),
        ] {
            let read = read(&token(payload), &Redactor::default()).expect(payload);
            assert_eq!((read.name.as_ref().map(UntrustedText::as_str), read.agent_id), (name, id), "{payload}");
        }
    }

    #[test]
    fn what_is_unreadable_says_nothing() {
        for odd in [
            String::new(),
            "a.b".into(),
            "a.!!!.c".into(),
            token("[]"),
            token("{}"),
            token(r#"{"name":7}"#),
            format!("{}.x", token(r#"{"name":"API"}"#)),
            token(&format!(r#"{{"name":"{}"}}"#, "x".repeat(LONGEST))),
            token(&"[".repeat(5000)),
        ] {
            assert_eq!(read(&odd, &Redactor::default()), None, "{}", odd.len());
        }
    }

    #[test]
    fn padding_is_tolerated() {
        let padded = format!("a.{}==.c", URL_SAFE_NO_PAD.encode(r#"{"name":"Padded!"}"#));
        assert!(read(&padded, &Redactor::default()).is_some());
    }
}
