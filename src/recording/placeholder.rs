//! Replacements: their grammar, and the values that stand for them in a replay.

use serde_json::{Map, Number, Value};

use crate::domain::guide::{EvidenceSource, Guide};

/// Longest text of a recording that is taken for a replacement or a kept value.
const LONGEST: usize = 400;
/// First id that is used in place of a replaced one.
const FIRST_ID: i64 = 1000;
/// Member that stands for a JSON Web Token: its value is the token's content.
pub(super) const TOKEN_CONTENT: &str = "<jwt>";
/// Most items that a list is given back of.
const MOST_ITEMS: usize = 1001;

/// Names in the guide; a recording shows only that a name is the guide's.
#[derive(Clone, Debug, Default)]
pub struct GuideNames {
    /// The agent.
    pub agent: String,
    /// The role.
    pub role: String,
    /// The default team.
    pub team: String,
}

impl GuideNames {
    /// The names of a guide.
    pub fn of(guide: &Guide) -> Self {
        let team = guide.lines().find(|line| line.witness == EvidenceSource::DefaultTeam);
        Self {
            agent: guide.agent.name.trim().to_owned(),
            role: guide.role.name.trim().to_owned(),
            team: team.map(|line| line.expected.clone()).unwrap_or_default(),
        }
    }
}

/// A number of rows or of items as it stands in a recording: itself up to 3, then a class.
pub(super) fn count_class(count: usize) -> &'static str {
    match count {
        0 => "0",
        1 => "1",
        2 => "2",
        3 => "3",
        4..=10 => "4-10",
        11..=100 => "11-100",
        101..=1000 => "101-1000",
        _ => "1001 or more",
    }
}

/// The smallest number of a class.
pub fn least(class: &str) -> Option<usize> {
    let first = class.split(['-', ' ']).next()?.parse().ok()?;
    (count_class(first) == class).then_some(first)
}

/// The length class of a text in characters.
pub(super) fn length_class(length: usize) -> &'static str {
    match length {
        0..=8 => "1-8",
        9..=16 => "9-16",
        17..=32 => "17-32",
        33..=64 => "33-64",
        65..=256 => "65-256",
        257..=1024 => "257-1024",
        _ => "1025 or more",
    }
}

/// The item that ends a list of which only the first items are kept.
pub(super) fn rest(count: usize) -> String {
    format!("<{} in all>", count_class(count))
}

/// The text between angle brackets.
fn inside(text: &str) -> Option<&str> {
    text.strip_prefix('<')?.strip_suffix('>')
}

/// True when a text of a body can stand in a recording: it is short and on one line.
pub(super) fn is_plausible(text: &str) -> bool {
    !text.chars().any(char::is_control) && (text.len() <= LONGEST || text.contains([' ', ',']))
}

/// Gives a recorded JSON value back for a replay.
pub fn value(recorded: &Value, names: &GuideNames) -> Value {
    match recorded {
        Value::String(text) => text_value(text, names),
        Value::Array(items) => Value::Array(list(items, names)),
        Value::Object(members) => match members.get(TOKEN_CONTENT) {
            Some(content) if members.len() == 1 => Value::String(token(&value(content, names))),
            _ => Value::Object(object(members, names)),
        },
        other => other.clone(),
    }
}

/// Gives the members of a recorded object back.
pub fn object(members: &Map<String, Value>, names: &GuideNames) -> Map<String, Value> {
    members.iter().map(|(name, member)| (name.clone(), value(member, names))).collect()
}

fn list(items: &[Value], names: &GuideNames) -> Vec<Value> {
    let all = items.last().and_then(Value::as_str).and_then(inside).and_then(|text| text.strip_suffix(" in all"));
    let Some(count) = all.and_then(least) else {
        return items.iter().map(|item| value(item, names)).collect();
    };
    let kept: Vec<Value> = items[..items.len() - 1].iter().map(|item| value(item, names)).collect();
    let last = kept.last().cloned().unwrap_or(Value::Null);
    let more = count.min(MOST_ITEMS).saturating_sub(kept.len());
    kept.into_iter().chain(std::iter::repeat_n(last, more)).collect()
}

fn text_value(text: &str, names: &GuideNames) -> Value {
    let number = |text: &str| text.parse::<u32>().ok().map(|number| FIRST_ID + i64::from(number));
    let Some(replaced) = inside(text) else { return Value::String(self::text(text, names)) };
    if let Some(id) = replaced.strip_prefix("id ").and_then(number) {
        return Value::Number(id.into());
    }
    if let Some(digits) = replaced.strip_prefix("number of ").and_then(|rest| rest.strip_suffix(" digits")) {
        let digits = digits.parse::<u32>().unwrap_or(1).clamp(1, 18);
        return Value::Number(Number::from(10_i64.pow(digits - 1)));
    }
    if replaced == "boolean" {
        return Value::Bool(false);
    }
    Value::String(self::text(text, names))
}

/// Gives a recorded text back: every replacement in it that stands for a value of a certain form.
pub fn text(recorded: &str, names: &GuideNames) -> String {
    let mut out = String::new();
    let mut left = recorded;
    while let Some(open) = left.find('<') {
        let Some(close) = left[open..].find('>').map(|at| open + at) else { break };
        out.push_str(&left[..open]);
        match replacement(&left[open + 1..close], names) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&left[open..=close]),
        }
        left = &left[close + 1..];
    }
    out + left
}

fn replacement(replaced: &str, names: &GuideNames) -> Option<String> {
    match replaced {
        "guide's agent name" => return Some(names.agent.clone()),
        "guide's role name" => return Some(names.role.clone()),
        "guide's default team" => return Some(names.team.clone()),
        "no default team" => return Some("No Default Team".to_owned()),
        "date" => return Some("2000-01-01T00:00:00".to_owned()),
        _ => {}
    }
    if replaced.starts_with("http://") || replaced.starts_with("https://") {
        return Some(replaced.to_owned());
    }
    let number = |text: &str| text.parse::<u32>().ok();
    if let Some(id) = replaced.strip_prefix("id ").and_then(|rest| rest.strip_suffix(" as text")).and_then(number) {
        return Some((FIRST_ID + i64::from(id)).to_string());
    }
    if let Some(guid) = replaced.strip_prefix("guid ").and_then(number) {
        return Some(guid_of(guid));
    }
    replaced.strip_prefix("tenant ").and_then(number).map(|tenant| format!("tenant-{tenant}"))
}

/// The GUID that stands for a replaced one.
pub(super) fn guid_of(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// The number that stands for a replaced id.
pub(super) fn id_of(number: u32) -> i64 {
    FIRST_ID + i64::from(number)
}

/// A JSON Web Token with this content and no signature.
fn token(content: &Value) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part("{\"alg\":\"none\"}"), part(&content.to_string()), part("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> GuideNames {
        GuideNames { agent: "The Agent".into(), role: "The Role".into(), team: "The Team".into() }
    }

    #[test]
    fn replacements_become_values_of_their_form() {
        for (recorded, wanted) in [
            (r#""<id 3>""#, "1003"),
            (r#""<id 3 as text>""#, r#""1003""#),
            (r#""<number of 3 digits>""#, "100"),
            (r#""<boolean>""#, "false"),
            (r#""<guid 7>""#, r#""00000000-0000-4000-8000-000000000007""#),
            (r#""<tenant 2>""#, r#""tenant-2""#),
            (r#""<https://host-1.example/auth>""#, r#""https://host-1.example/auth""#),
            (r#""<guide's role name>, <other 2>, <id 4 as text>""#, r#""The Role, <other 2>, 1004""#),
            (r#"["<other 1>", "<4-10 in all>"]"#, r#"["<other 1>","<other 1>","<other 1>","<other 1>"]"#),
            (r#"["<1 in all>"]"#, "[null]"),
            (r#"{"name": "<guide's agent name>", "x": true}"#, r#"{"name":"The Agent","x":true}"#),
            (r#""read:tickets <scope-1>""#, r#""read:tickets <scope-1>""#),
            (r#""<unknown""#, r#""<unknown""#),
        ] {
            let recorded: Value = serde_json::from_str(recorded).expect("JSON");
            assert_eq!(value(&recorded, &names()).to_string(), wanted);
        }
    }

    #[test]
    fn classes_are_read_as_their_smallest_number() {
        for count in [0, 1, 2, 3, 4, 10, 11, 100, 101, 1000, 1001, 99_999] {
            let least = least(count_class(count)).expect("a class");
            assert!(least <= count && count_class(least) == count_class(count), "{count}");
        }
        assert_eq!((least("4-11"), least(""), least("x")), (None, None, None));
    }
}
