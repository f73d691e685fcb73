//! Layout of a recording's JSON: a value that fits is written on one line, so that a person can read the file.

use serde_json::Value;

/// Longest line in bytes, where a value can be broken up.
const WIDTH: usize = 118;

/// The text of a JSON value, with a line feed at its end.
pub(super) fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// Writes a value; `before` is the number of bytes already on its line.
fn write(value: &Value, indent: usize, before: usize, out: &mut String) {
    let short = one_line(value);
    if indent + before + short.len() <= WIDTH && indent > 0 {
        out.push_str(&short);
        return;
    }
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members: Vec<(String, &Value)> =
                members.iter().map(|(name, value)| (format!("{}: ", Value::from(name.as_str())), value)).collect();
            block('{', '}', &members, indent, out);
        }
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<(String, &Value)> = items.iter().map(|item| (String::new(), item)).collect();
            block('[', ']', &items, indent, out);
        }
        _ => out.push_str(&short),
    }
}

fn block(open: char, close: char, entries: &[(String, &Value)], indent: usize, out: &mut String) {
    out.push(open);
    for (at, (name, value)) in entries.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&" ".repeat(indent + 2));
        out.push_str(name);
        write(value, indent + 2, name.len(), out);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

/// A value on one line, with a blank after each comma and colon.
fn one_line(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), one_line(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_stand_on_one_line_and_the_text_is_the_same_json() {
        let value =
            serde_json::json!({ "a": [1, 2], "b": { "c": "x".repeat(90), "d": ["y".repeat(40), {}] }, "e": {} });
        let text = text(&value);
        assert!(text.contains("\n  \"a\": [1, 2],\n") && text.lines().count() > 5, "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
