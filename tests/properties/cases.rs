//! Random cases near to what is usual, so that they get past the first refusal.

use halo_onboard::domain::guide::BUILT_IN;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value};

const CONFIG: &str = include_str!("../../config.example.toml");

/// Members that some reader looks for.
const KEYS: [&str; 34] = [
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "id_token",
    "error",
    "error_description",
    "error_uri",
    "auth_url",
    "tenant_id",
    "id",
    "name",
    "isapiagent",
    "isdisabled",
    "is_admin",
    "roles",
    "role_list",
    "claims",
    "type",
    "value",
    "teams",
    "team",
    "team_name",
    "departments",
    "clients",
    "tickettypes",
    "tickets",
    "agent_id",
    "record_count",
    "message",
    "errors",
    "Message",
    "TENANT_ID",
    "title",
];

/// Texts that some reader treats in a way of its own.
const TEXTS: [&str; 22] = [
    "",
    "all",
    "Bearer",
    "mac",
    "invalid_client",
    "invalid_scope",
    "ID2055",
    "ID20555 ID2052",
    "true",
    "1",
    "0",
    "SA",
    "Tx",
    "Ft",
    "Ticket_Level",
    "https://acme.example/auth",
    "https://accepted.example/auth/token",
    "http://127.0.0.1:8080/auth",
    "c9534241-dde9-4d04-9d45-32b1fbff22ed",
    "@@",
    "a.@@.b",
    "\u{1b}[2J\u{202e}\n",
];

/// Any bytes.
pub fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..most)
}

/// An answer: three bytes of circumstances, then JSON or something near it.
pub fn reply() -> impl Strategy<Value = Vec<u8>> {
    let circumstances = vec(any::<u8>(), 3);
    let body = prop_oneof![
        6 => object().prop_map(|value| value.to_string().into_bytes()),
        2 => (object(), any::<Index>()).prop_map(|(value, cut)| {
            let mut text = value.to_string().into_bytes();
            text.truncate(cut.index(text.len()));
            text
        }),
        1 => (object(), any::<Index>(), any::<u8>()).prop_map(|(value, at, byte)| {
            let mut text = value.to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            text
        }),
        1 => bytes(60),
        1 => "<html><title>\\PC{0,20}</title>".prop_map(String::into_bytes),
    ];
    (circumstances, body).prop_map(|(mut bytes, body)| {
        bytes.extend(body);
        bytes
    })
}

fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        select(&TEXTS[..]).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let value = leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![vec(inner.clone(), 0..5).prop_map(Value::from), members(inner).prop_map(Value::from)]
    });
    members(value).prop_map(Value::from)
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let key = prop_oneof![8 => select(&KEYS[..]).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    vec((key, value), 0..7).prop_map(Map::from_iter)
}

/// The built-in guide with a few changes, and bytes from which evidence is made.
pub fn guide() -> impl Strategy<Value = Vec<u8>> {
    (changed(BUILT_IN), bytes(120)).prop_map(|(text, mut seen)| {
        seen.push(seen.len() as u8 + 1);
        [text.into_bytes(), seen].concat()
    })
}

/// The sample configuration, its settings switched on, with a few changes.
pub fn config() -> impl Strategy<Value = Vec<u8>> {
    let on = CONFIG.lines().map(|line| line.strip_prefix('#').filter(|rest| rest.contains('=')).unwrap_or(line));
    let on: Vec<&str> = on.collect();
    changed(&on.join("\n")).prop_map(String::into_bytes)
}

/// Lines left out, doubled, exchanged, or with a piece put in.
fn changed(text: &str) -> impl Strategy<Value = String> + use<> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let pieces =
        select(&["[", "]", "\"", "=", "\n", "\\u0000", "'''", "é", "[[step]]\n", "secret = 1\n", "#", "9"][..]);
    let change = (0..5u8, any::<Index>(), any::<Index>(), pieces);
    vec(change, 0..4).prop_map(move |changes| {
        let mut lines = lines.clone();
        for (kind, at, other, piece) in changes {
            let (at, other) = (at.index(lines.len()), other.index(lines.len()));
            match kind {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other].clone()),
                2 => lines.swap(at, other),
                3 => lines[at].push_str(piece),
                _ => lines[at].insert_str(0, piece),
            }
        }
        lines.join("\n")
    })
}
