//! Access to members whose spelling varies, and the server's own text of an error.

use serde_json::{Map, Value};

/// Members that contain the text of an error, in the order in which Halo's clients look for them (see docs/halo.md,
/// "Error bodies"): Halo's own, OAuth's, a serialised .NET exception's, ASP.NET's problem details.
const MESSAGES: [&str; 8] =
    ["errormessage", "error_description", "message", "error", "detail", "title", "exceptionmessage", "errors"];

/// An object whose members are found in any letter case.
#[derive(Clone, Copy)]
pub(in crate::probe) struct Fields<'a>(pub &'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// A member; `null` is as good as none.
    pub(in crate::probe) fn get(self, name: &str) -> Option<&'a Value> {
        let found = self
            .0
            .get(name)
            .or_else(|| self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value));
        found.filter(|value| !value.is_null())
    }

    /// A member that is a text.
    pub(in crate::probe) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    /// A member that is a list.
    pub(in crate::probe) fn list(self, name: &str) -> Option<&'a Vec<Value>> {
        self.get(name)?.as_array()
    }
}

/// A text, or a number as text.
pub(in crate::probe) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(on.to_string()),
        _ => None,
    }
}

/// An integer, or a text that is one.
pub(in crate::probe) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A truth value in any of its spellings.
pub(in crate::probe) fn truth(value: &Value) -> Option<bool> {
    crate::domain::permission_levels::switch(&text_of(value)?)
}

/// The server's own text in the body of an error.
pub(in crate::probe) fn message(body: &Map<String, Value>) -> Option<String> {
    MESSAGES.iter().find_map(|name| match Fields(body).get(name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Object(inner) => Fields(inner).text("message").map(str::to_owned),
        Value::Array(list) => list.iter().find_map(Value::as_str).map(str::to_owned),
        _ => None,
    })
}

/// The start of a plain text.
pub(in crate::probe) fn words(text: &str) -> String {
    text.split_whitespace().take(60).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halos_error_bodies_in_any_letter_case() {
        for (body, wanted) in [
            (r#"{"resultCode":5,"errorMessage":"No access"}"#, Some("No access")),
            (r#"{"ClassName":"System.Exception","Message":"Boom"}"#, Some("Boom")),
            (r#"{"MESSAGE":"Loud"}"#, Some("Loud")),
            (r#"{"error":"plain"}"#, Some("plain")),
            (r#"{"error":{"code":1,"message":"nested"}}"#, Some("nested")),
            (r#"{"errors":["first","second"]}"#, Some("first")),
            (r#"{"message":null,"title":"Bad Request"}"#, Some("Bad Request")),
            (r#"{"message":" ","clients":["row"]}"#, None),
        ] {
            let Ok(Value::Object(map)) = serde_json::from_str(body) else { panic!("{body}") };
            assert_eq!(message(&map).as_deref(), wanted, "{body}");
        }
    }

    #[test]
    fn numbers_and_truths_in_any_spelling() {
        let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        for (text, int, yes) in [
            ("7", Some(7), None),
            ("\" 7 \"", Some(7), None),
            ("1", Some(1), Some(true)),
            ("true", None, Some(true)),
            ("\"False\"", None, Some(false)),
            ("1e30", None, None),
            ("[1]", None, None),
            ("\"x\"", None, None),
        ] {
            assert_eq!((integer(&value(text)), truth(&value(text))), (int, yes), "{text}");
        }
    }
}
