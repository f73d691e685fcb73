//! No text of a server's, of eight or more characters, stands in a recording, unless it is on the closed list. Tried with
//! random bodies and headers at every endpoint.

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::Connection;
use halo_onboard::domain::evidence::{ConnectionInfo, Fault, Rows, Timing};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{PROGRAM, Report, SCHEMA, Target, Verdict};
use halo_onboard::recording::{BodyContent, CapturedExchange, CapturedResponse, Recorder, RunEnd, read};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use url::Url;

/// Length from which a text of a server's may not stand in a recording.
const WINDOW: usize = 8;

/// Members that some reader or the recorder treats in a way of its own.
const KEYS: &[&str] = &[
    "access_token",
    "refresh_token",
    "token_type",
    "expires_in",
    "scope",
    "id_token",
    "error",
    "error_description",
    "error_uri",
    "auth_url",
    "authUrl",
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
    "claimtype",
    "claimvalue",
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
    "title",
    "resultCode",
    "sub",
    "aud",
    "email",
    "<jwt>",
    "status",
    "detail",
];

const PATHS: &[&str] = &["/api/authinfo", "/auth/token", "/api/Agent/me", "/api/Roles/77", "/api/Tickets", "/other"];

/// Letters of which no replacement is made, so that a hit is no coincidence.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z0-9 .:/@_#?&=%+-]{8,40}",
        1 => "https?://[a-z0-9]{8,12}\\.[a-z]{2,9}/[A-Za-z0-9/]{8,20}\\?[a-z]{8}=[a-z0-9]{8,12}",
        1 => "[a-z0-9]{8,12}@[a-z0-9]{8,12}\\.test",
        1 => "[0-9]{8,18}",
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        1 => "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{7}Z",
        1 => "\\PC{8,30}",
        1 => "ID[0-9]{4}, [q-z]{8,20} tenant [q-z]{8}",
        1 => "invalid_client: [a-z]{8,20}",
        1 => "error=invalid_scope&error_description=[a-z]{8,20}",
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = prop_oneof![4 => select(KEYS).prop_map(str::to_owned), 1 => word()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A body in one of the forms that a server can give it.
#[derive(Clone, Debug)]
enum Body {
    Text(String),
    Page(String),
    Token(Value),
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        6 => json().prop_map(|value| Body::Text(value.to_string())),
        1 => (json(), any::<prop::sample::Index>()).prop_map(|(value, cut)| {
            let text = value.to_string();
            let chars: Vec<char> = text.chars().collect();
            Body::Text(chars[..cut.index(chars.len() + 1)].iter().collect())
        }),
        1 => word().prop_map(Body::Text),
        1 => word().prop_map(Body::Page),
        1 => json().prop_map(Body::Token),
    ]
}

/// Every text of a value, its members' names among them, and numbers as they are written.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            out.push(text.clone());
            if let Ok(inner) = serde_json::from_str::<Value>(text) {
                texts(&inner, out);
            }
        }
        Value::Number(number) => out.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(members) => {
            for (name, member) in members {
                if !KEYS.contains(&name.as_str()) {
                    out.push(name.clone());
                }
                texts(member, out);
            }
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// Words of the closed list that random texts hold on purpose.
const LISTED: &[&str] = &["invalid_client", "invalid_scope", "error_description", "tenant", "https://", "http://"];

fn assert_absent(recording: &str, sent: &str) {
    let sent = LISTED.iter().fold(sent.to_owned(), |text, word| text.replace(word, "\u{0}"));
    let chars: Vec<char> = sent.chars().collect();
    for window in chars.windows(WINDOW).filter(|window| !window.contains(&'\u{0}')) {
        let text: String = window.iter().collect();
        // Blanks and zeros alone are nobody's, and a part of a listed word is one.
        if text.chars().all(|c| c == ' ' || c == '0') || LISTED.iter().any(|word| word.contains(&text)) {
            continue;
        }
        let escaped = Value::from(text.as_str()).to_string();
        let escaped = escaped.trim_matches('"');
        assert!(
            !recording.contains(&text) && !recording.contains(escaped),
            "{text:?} of {sent:?} stands in\n{recording}"
        );
    }
}

/// What every recording holds, whatever the servers sent.
fn recorded(recorder: &Recorder) -> String {
    let report = Report {
        schema: SCHEMA,
        program: PROGRAM.into(),
        guide: "laborcast".into(),
        started_at: String::new(),
        duration_ms: 0,
        target: Target::default(),
        verdict: Verdict::Undetermined,
        code: Code::Ok,
        checks: Vec::new(),
        facts: Vec::new(),
        diagnoses: Vec::new(),
    };
    let text = recorder.recording(&ConnectionInfo::default(), &report, RunEnd::Finished, "2026-01-01").to_text();
    read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    // The head and the frame are the program's own.
    text.split("\"exchanges\"").nth(1).expect("exchanges").to_owned()
}

fn recorder() -> Recorder {
    let connection = Connection { resource_server: "https://halo.test".into(), ..Connection::default() };
    Recorder::new(&Guide::built_in(), &connection, &[])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn no_text_of_a_server_stands_in_a_recording(
        path in select(PATHS), body in body(), header in word(), location in word(), is_list: bool, cut: bool
    ) {
        let recorder = recorder();
        let url = Url::parse(&format!("https://halo.test{path}")).expect("an address");
        let place = recorder.sent(&CapturedExchange { check: "token", method: "GET", url: &url, scopes: Some(&header), sent_ms: 1 });
        let mut sent = vec![header.clone(), location.clone()];
        let text = match &body {
            Body::Text(text) => text.clone(),
            Body::Page(title) => title.clone(),
            Body::Token(value) => {
                use base64::Engine;
                let content = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
                texts(value, &mut sent);
                Value::Object(Map::from_iter([("id_token".to_owned(), Value::from(format!("e30.{content}.c2ln")))])).to_string()
            }
        };
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => texts(&value, &mut sent),
            Err(_) => sent.extend(text.split(['"', '{', '[', ',']).map(str::to_owned).filter(|part| {
                !KEYS.contains(&part.as_str())
            })),
        }
        let content = match &body {
            Body::Page(title) => BodyContent::Page { title: Some(title.clone()), marks: vec!["cloudflare access"] },
            _ => BodyContent::Text(&text),
        };
        let fault = Fault::new(Code::HttpBadEncoding).detail(format!("halo.test:443 answers with the compression {header}, which was not asked for: only gzip was"));
        let rows = Rows { complete: true, count: 12_345_678, by_agent: [(12_345_678, 87_654_321)].into() };
        let response = CapturedResponse {
            status: 200,
            content_type: Some(&header),
            server: Some(&header),
            location: Some(location.as_bytes()),
            schemes: vec!["Bearer", "Basic"],
            bearer_error: Some(header.clone()),
            bearer_description: Some(header.clone()),
            rows: is_list.then_some(Ok(Some(&rows))),
            body: content,
            cut: cut.then_some(&fault),
            ..CapturedResponse::default()
        };
        recorder.answered(place, &url, Timing::default(), &response);
        let text = recorded(&recorder);
        for sent in sent.iter().map(String::as_str).chain(["12345678", "87654321"]) {
            assert_absent(&text, sent);
        }
    }
}
