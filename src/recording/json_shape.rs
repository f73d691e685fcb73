//! Shapes of JSON bodies: member names, types, and the values on the closed list are kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::closed_list::{self, plain};
use super::placeholder::{TOKEN_CONTENT, rest};
use super::replacer::{NameOf, Replacer};
use super::url_shape::is_guid;

/// Which endpoint a body came from: the same member name can mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyOf {
    /// `/api/Agent/me`.
    Agent,
    /// `/api/Roles/{id}`.
    Role,
    /// Any other.
    Other,
}

/// Lists up to this length are kept whole.
const EXACT: usize = 3;
/// Lists that are kept whole up to [`LONGEST`], because they contain the agent's permissions.
const WHOLE: &[&str] = &["claims", "roles", "scope", "rolelist"];
/// Longest list that is kept whole.
const LONGEST: usize = 300;
/// Most values of one body.
const MOST_VALUES: usize = 4000;
/// Members that hold a server's message.
const MESSAGES: &[&str] = &[
    "errormessage",
    "errordescription",
    "erroruri",
    "message",
    "detail",
    "title",
    "exceptionmessage",
    "errors",
    "messagedetail",
];
/// Members of an id_token that hold the agent's name.
const AGENT_NAMES: &[&str] = &["name", "uniquename", "preferredusername", "agentname", "givenname"];

/// The shape of a JSON value.
pub(super) fn of(value: &Value, body: BodyOf, replacer: &mut Replacer) -> Value {
    Shaper { replacer, body, left: MOST_VALUES, in_token: false }.value(value, "", "")
}

struct Shaper<'a> {
    replacer: &'a mut Replacer,
    body: BodyOf,
    left: usize,
    in_token: bool,
}

impl Shaper<'_> {
    /// The shape of a value under the member `key` of an object that stands under `parent`; both as on the closed list,
    /// and empty at the root.
    fn value(&mut self, value: &Value, key: &str, parent: &str) -> Value {
        if self.left == 0 {
            return Value::Null;
        }
        self.left -= 1;
        match value {
            Value::Null => Value::Null,
            Value::Bool(on) if closed_list::keeps_booleans(key) || is_claim_value(key, parent) => Value::Bool(*on),
            Value::Bool(_) => "<boolean>".into(),
            Value::Number(number) => self.number(number, key, parent),
            Value::String(text) => self.text(text, key, parent),
            Value::Array(items) => self.list(items, key),
            Value::Object(members) => Value::Object(self.object(members, key)),
        }
    }

    fn object(&mut self, members: &Map<String, Value>, under: &str) -> Map<String, Value> {
        let mut shape = Map::new();
        for (name, member) in members {
            if self.left == 0 {
                break;
            }
            let known = self.replacer.member(name);
            let key = plain(name);
            let value = match (key.as_str(), member) {
                ("idtoken", Value::String(token)) => self.token(token),
                _ => self.value(member, &key, under),
            };
            shape.insert(known, value);
        }
        shape
    }

    fn list(&mut self, items: &[Value], key: &str) -> Value {
        let whole = WHOLE.contains(&key);
        let kept = match (whole, items.len()) {
            (true, length) => length.min(LONGEST),
            (false, length) if length <= EXACT => length,
            _ => 1,
        };
        let mut shape: Vec<Value> = items.iter().take(kept).map(|item| self.value(item, key, key)).collect();
        if kept < items.len() {
            shape.push(rest(items.len()).into());
        }
        Value::Array(shape)
    }

    fn number(&mut self, number: &serde_json::Number, key: &str, parent: &str) -> Value {
        let Some(integer) = number.as_i64() else { return self.digits(number) };
        if closed_list::keeps_number(key, integer) || (closed_list::keeps_booleans(key) && (0..=1).contains(&integer)) {
            return integer.into();
        }
        if is_claim_value(key, parent) && (0..100).contains(&integer) {
            return integer.into();
        }
        if is_id(key) || self.is_role_id(key, parent) {
            return match self.replacer.addresses.id(integer) {
                Ok(number) => format!("<id {number}>").into(),
                Err(kept) => kept.into(),
            };
        }
        self.digits(number)
    }

    fn digits(&mut self, number: &serde_json::Number) -> Value {
        self.replacer.count("numbers");
        let text = number.to_string();
        let whole = text.trim_start_matches('-').split(['.', 'e', 'E']).next().unwrap_or_default().len();
        format!("<number of {} digits>", whole.clamp(1, 18)).into()
    }

    fn text(&mut self, text: &str, key: &str, parent: &str) -> Value {
        self.kept(text, key, parent).map_or_else(|| self.replaced(text, key, parent).into(), Into::into)
    }

    /// The text as it is, if it is on the closed list.
    fn kept(&self, text: &str, key: &str, parent: &str) -> Option<String> {
        let keep = match key {
            "error" => closed_list::is_oauth_error(text),
            "tokentype" => text.eq_ignore_ascii_case("bearer"),
            _ if closed_list::keeps_booleans(key) => closed_list::is_truth(text),
            _ if is_claim_value(key, parent) => closed_list::is_claim_value(text),
            _ => text.parse().is_ok_and(|number| closed_list::keeps_number(key, number)) && text.len() < 8,
        };
        (keep && !text.is_empty()).then(|| text.to_owned())
    }

    fn replaced(&mut self, text: &str, key: &str, parent: &str) -> String {
        match key {
            "accesstoken" | "refreshtoken" => self.access_token(text),
            "scope" | "scp" => self.replacer.scopes(text),
            "tenantid" | "tenant" => self.replacer.tenant(text),
            "authurl" => self.address(text),
            "type" | "claimtype" if parent == "claims" => self.replacer.claim(text),
            "rolelist" => self.role_list(text),
            "error" => self.replacer.message(text),
            _ if MESSAGES.contains(&key) => self.replacer.message(text),
            _ => match self.name_of(key, parent) {
                Some(NameOf::Role) if self.is_id_text(text) => self.id_text(text),
                Some(of) => self.replacer.name(text, of),
                None if is_id(key) && self.is_id_text(text) => self.id_text(text),
                None => self.replacer.text(text),
            },
        }
    }

    /// Kind of the name in a member; `None` if the member holds no name.
    fn name_of(&self, key: &str, parent: &str) -> Option<NameOf> {
        match (key, parent) {
            (key, "") if self.in_token => AGENT_NAMES.contains(&key).then_some(NameOf::Agent),
            ("name", "") if self.body == BodyOf::Agent => Some(NameOf::Agent),
            ("name", "") if self.body == BodyOf::Role => Some(NameOf::Role),
            ("name" | "rolename", "roles") | ("roles", _) => Some(NameOf::Role),
            ("teamname" | "name" | "team", "teams") | ("teams", _) => Some(NameOf::Team),
            ("team", "") if self.body == BodyOf::Agent => Some(NameOf::Team),
            ("teamname" | "name", "team") => Some(NameOf::Team),
            _ => None,
        }
    }

    /// Returns true if the member can hold the id of a role.
    fn is_role_id(&self, key: &str, parent: &str) -> bool {
        matches!((key, parent), ("roles", _) | ("rolelist", _))
    }

    fn is_id_text(&self, text: &str) -> bool {
        is_guid(text) || (text.len() <= 18 && text.trim().parse::<i64>().is_ok())
    }

    fn id_text(&mut self, text: &str) -> String {
        match text.trim().parse::<i64>() {
            Ok(id) => match self.replacer.addresses.id(id) {
                Ok(number) => format!("<id {number} as text>"),
                Err(kept) => kept.to_string(),
            },
            Err(_) => self.replacer.text(text),
        }
    }

    /// Names or ids of roles with commas between them.
    fn role_list(&mut self, text: &str) -> String {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty()).take(LONGEST);
        let parts: Vec<String> = parts
            .map(|part| if self.is_id_text(part) { self.id_text(part) } else { self.replacer.name(part, NameOf::Role) })
            .collect();
        parts.join(", ")
    }

    /// Replacement of a token; shows only whether the token is usable in a header.
    fn access_token(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        self.replacer.count("tokens");
        let usable = text.len() <= 16 * 1024 && text.bytes().all(|byte| byte.is_ascii_graphic());
        if usable { "<token>".into() } else { self.replacer.text(text) }
    }

    /// An address, or a text in its place.
    fn address(&mut self, text: &str) -> String {
        if text.chars().any(char::is_control) {
            return "<text with control characters>".into();
        }
        self.replacer.text(text)
    }

    /// An id_token: its content as a shape, where it can be read.
    fn token(&mut self, token: &str) -> Value {
        self.replacer.count("tokens");
        let content = token.split('.').nth(1).filter(|_| token.len() <= 16 * 1024 && token.split('.').count() == 3);
        let bytes = content.and_then(|content| URL_SAFE_NO_PAD.decode(content.trim_end_matches('=')).ok());
        let content = bytes.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        match content {
            Some(Value::Object(members)) => {
                self.in_token = true;
                let shape = self.object(&members, "");
                self.in_token = false;
                Value::Object(Map::from_iter([(TOKEN_CONTENT.to_owned(), Value::Object(shape))]))
            }
            _ => self.replacer.text(token).into(),
        }
    }
}

/// Returns true if the member holds the value of a claim.
fn is_claim_value(key: &str, parent: &str) -> bool {
    parent == "claims" && matches!(key, "value" | "claimvalue")
}

/// Returns true if the member holds an id.
fn is_id(key: &str) -> bool {
    matches!(key, "id" | "sub" | "unum") || (key.ends_with("id") && !matches!(key, "tenantid" | "guid" | "sid"))
}

/// JSON at the start of a truncated text, closed after the last complete value. `None` if there is no complete value.
pub(super) fn start_of(text: &str) -> Option<Value> {
    let mut open: Vec<char> = Vec::new();
    let mut last: Option<(usize, Vec<char>)> = None;
    let (mut in_text, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if in_text {
            (in_text, escaped) = (escaped || c != '"', !escaped && c == '\\');
            continue;
        }
        match c {
            '"' => in_text = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                open.pop();
                last = Some((at + 1, open.clone()));
            }
            ',' => last = Some((at, open.clone())),
            _ => {}
        }
        if open.len() > 100 {
            return None;
        }
    }
    let (end, open) = last?;
    let closing: String = open.iter().rev().collect();
    serde_json::from_str(&format!("{}{closing}", &text[..end])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guide::Guide;

    fn shape(body: &str, of: BodyOf) -> String {
        let mut replacer = Replacer::new(&Guide::built_in());
        super::of(&serde_json::from_str(body).expect("JSON"), of, &mut replacer).to_string()
    }

    #[test]
    fn what_is_on_the_closed_list_stays_and_everything_else_is_replaced() {
        for (body, of, wanted) in [
            (
                r#"{"auth_url":"https://acme.halopsa.com/auth","tenant_id":"acme","customer":"Acme Ltd"}"#,
                BodyOf::Other,
                r#"{"auth_url":"<https://host-1.halopsa.com/auth>","tenant_id":"<tenant 1>","member-1":"<text 1-8>"}"#,
            ),
            (
                r#"{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"openid read:tickets acme"}"#,
                BodyOf::Other,
                r#"{"access_token":"<token>","token_type":"Bearer","expires_in":3600,"scope":"openid read:tickets <scope-1>"}"#,
            ),
            (
                r#"{"error":"invalid_client","error_description":"no such client (ID2052)"}"#,
                BodyOf::Other,
                r#"{"error":"invalid_client","error_description":"<message 17-32 ID2052>"}"#,
            ),
            (
                r#"{"id":26,"name":"Jane Doe","isapiagent":true,"islicensed":true,"roles":[{"id":4,"name":"Admins"},7,"Other"]}"#,
                BodyOf::Agent,
                r#"{"id":"<id 1>","name":"<other 1>","isapiagent":true,"islicensed":"<boolean>","roles":[{"id":"<id 2>","name":"<other 2>"},"<id 3>","<other 3>"]}"#,
            ),
            (
                r#"{"claims":[{"type":"Tx","value":"1"},{"type":"Customer 77","value":"Acme"},{"type":"Ux","value":2},{"type":"Nq","value":777}]}"#,
                BodyOf::Agent,
                r#"{"claims":[{"type":"Tx","value":"1"},{"type":"<claim-1>","value":"<text 1-8>"},{"type":"Ux","value":2},{"type":"Nq","value":"<number of 3 digits>"}]}"#,
            ),
            (
                r#"{"tickets":[{"agent_id":1},{"agent_id":9},{"agent_id":9},{"agent_id":8}],"record_count":4}"#,
                BodyOf::Other,
                r#"{"tickets":[{"agent_id":1},"<4-10 in all>"],"record_count":"<number of 1 digits>"}"#,
            ),
            (
                r#"{"role_list":"Admins, 7","team":"No Default Team","teams":[{"team_name":"Desk"}]}"#,
                BodyOf::Agent,
                r#"{"role_list":"<other 1>, <id 1 as text>","team":"<no default team>","teams":[{"team_name":"<other 2>"}]}"#,
            ),
        ] {
            assert_eq!(shape(body, of), wanted);
        }
    }

    #[test]
    fn the_content_of_an_id_token_is_a_shape_too() {
        let content = URL_SAFE_NO_PAD.encode(r#"{"name":"Jane Doe","sub":"26","email":"jane@acme.example","x":"y"}"#);
        let body = format!(r#"{{"id_token":"e30.{content}.c2ln"}}"#);
        let wanted = r#"{"id_token":{"<jwt>":{"name":"<other 1>","sub":"<id 1 as text>","email":"<e-mail>","member-1":"<text 1-8>"}}}"#;
        assert_eq!(shape(&body, BodyOf::Other), wanted);
    }

    #[test]
    fn the_start_of_a_list_that_was_cut_is_closed_after_its_last_value() {
        for (text, wanted) in [
            (
                r#"{"record_count":9,"tickets":[{"id":1,"x":"a,]"},{"id":2,"y":"b"#,
                Some(r#"{"record_count":9,"tickets":[{"id":1,"x":"a,]"},{"id":2}]}"#),
            ),
            (r#"[{"a":"\"x,"},{"b"#, Some(r#"[{"a":"\"x,"}]"#)),
            (r#"[{"a"#, None),
            ("", None),
        ] {
            assert_eq!(start_of(text).map(|value| value.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
