//! JSON of any shape, without a panic and without unbounded depth.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Deepest nesting that is read.
pub(super) const DEEPEST: usize = 128;

/// Reason why a body is not JSON of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::probe) enum NotJson {
    /// Nothing in it.
    Empty,
    /// No JSON; why, without any of its content.
    Broken(String),
}

/// Reads a whole text as one JSON value by a visitor. A visitor may skip what it does not want, and skipping knows no
/// depth, so the depth is looked at first.
fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, NotJson> {
    if text.trim().is_empty() {
        return Err(NotJson::Empty);
    }
    if is_too_deep(text.as_bytes()) {
        return Err(NotJson::Broken(too_deep()));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut reader).map_err(|error| broken(&error))?;
    reader.end().map_err(|error| broken(&error))?;
    Ok(value)
}

/// The members of an object that was cut off, as far as they came whole. Only texts are kept.
pub(in crate::probe) fn members_at_start(body: &[u8]) -> Map<String, Value> {
    let kept = RefCell::new(Map::new());
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        // The cap may have cut a letter in two.
        Err(error) => std::str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default(),
    };
    // It ends too early by definition: what was read until then is what is wanted.
    let _ = serde_json::Deserializer::from_str(text).deserialize_map(Members(&kept));
    kept.into_inner()
}

struct Members<'a>(&'a RefCell<Map<String, Value>>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if value.is_string() {
                self.0.borrow_mut().insert(name, value);
            }
        }
        Ok(())
    }
}

/// Parses a text as a JSON object.
///
/// # Errors
/// `Ok(None)` is JSON other than an object.
pub(in crate::probe) fn object(text: &str) -> Result<Option<Map<String, Value>>, NotJson> {
    let value: Value = read(text, std::marker::PhantomData)?;
    Ok(match value {
        Value::Object(map) => Some(map),
        _ => None,
    })
}

/// Describes the position of the error but not the text there, which may be a customer's data or a token.
fn broken(error: &serde_json::Error) -> NotJson {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        _ => "it is not valid JSON",
    };
    NotJson::Broken(format!("{what} at line {}, column {}", error.line(), error.column()))
}

/// Reason why deeply nested JSON is not parsed.
pub(in crate::probe) fn too_deep() -> String {
    format!("it is nested deeper than {DEEPEST} levels")
}

fn is_too_deep(text: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_texts_say_where_and_not_what() {
        for (text, wanted) in [
            ("", NotJson::Empty),
            (" \n", NotJson::Empty),
            ("{\"secret\":", NotJson::Broken("it ends too early at line 1, column 10".into())),
            ("{\"a\":secret}", NotJson::Broken("it is not valid JSON at line 1, column 6".into())),
            ("{} trailing", NotJson::Broken("it is not valid JSON at line 1, column 4".into())),
        ] {
            assert_eq!(object(text), Err(wanted), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_and_strings_do_not_count() {
        assert!(object(&format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100))).is_ok());
        for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            assert!(matches!(object(&deep), Err(NotJson::Broken(why)) if why.contains("deeper")));
        }
        let brackets = format!("{{\"a\":\"{}\\\"{}\"}}", "[".repeat(200), "{".repeat(200));
        assert!(matches!(object(&brackets), Ok(Some(_))));
    }

    #[test]
    fn other_json_is_no_object() {
        for text in ["[]", "null", "1e999999", "\"x\""] {
            assert!(!matches!(object(text), Ok(Some(_))), "{text}");
        }
    }
}
