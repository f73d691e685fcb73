//! Servers that put a canary at every place where they can put text: none of it stands in a recording.

use std::io::Write;

use halo_onboard::domain::connection::{Connection, Field, Note, ScopePlan};
use halo_onboard::sim::{CUSTOMER_CANARY, ErrorShape, Scenario};

use crate::hostile_run::{SECRET, Stage, TOKEN, Trial, good};
use crate::hostile_server::{Hostile, Step, Steps};
use crate::simulated_runs::record;

/// Stands in everything that the hostile servers send.
const CANARY: &str = "kanari9";

/// The places of an answer that hold text, each with one.
fn answers() -> Vec<(&'static str, String, String)> {
    let long = "x".repeat(70);
    let body = |text: &str| ("Content-Type: application/json\r\n".to_owned(), text.replace("CANARY", CANARY));
    let header = |line: &str, body: &str| (format!("{}\r\n", line.replace("CANARY", CANARY)), body.to_owned());
    let all = [
        ("member name", body(r#"{"CANARY":1,"nested":{"CANARY too":[{"CANARY three":null}]}}"#)),
        (
            "every known member",
            body(
                r#"{"auth_url":"https://CANARY.example/CANARY?CANARY=CANARY#CANARY","tenant_id":"CANARY","access_token":"CANARY","token_type":"CANARY","expires_in":"CANARY","scope":"CANARY read:CANARY","id_token":"CANARY.CANARY.CANARY","error":"CANARY","error_description":"CANARY ID2055","error_uri":"https://CANARY/","id":"CANARY","name":"CANARY","isapiagent":"CANARY","is_admin":"CANARY","roles":[{"id":"CANARY","name":"CANARY","claims":[{"type":"CANARY","value":"CANARY"}]},"CANARY"],"role_list":"CANARY, CANARY2","claims":[{"type":"CANARY","value":"CANARY"},{"claimtype":"CANARY","claimvalue":"CANARY"}],"teams":[{"team_name":"CANARY"},"CANARY"],"team":{"name":"CANARY"},"departments":["CANARY"],"clients":["CANARY"],"tickettypes":["CANARY"],"resultCode":"CANARY","errorMessage":"CANARY","ClassName":"CANARY","Message":"CANARY"}"#,
            ),
        ),
        (
            "rows",
            body(
                r#"{"record_count":2,"tickets":[{"id":1,"agent_id":"CANARY","summary":"CANARY","CANARY":{"CANARY":"CANARY"}}]}"#,
            ),
        ),
        ("bare rows", body(r#"["CANARY",{"name":"CANARY"},["CANARY"]]"#)),
        ("text as JSON", body(r#""CANARY""#)),
        ("cut JSON", body(r#"{"error":"CANARY","error_description":"CANARY","#)),
        ("broken JSON", body(r#"{"message":"CANARY","tenant_id":"CANARY" CANARY}"#)),
        ("no JSON", body("CANARY says no. CANARY")),
        ("OAuth text", body("invalid_client: CANARY")),
        ("OAuth form", body("error=invalid_client&error_description=CANARY&CANARY=CANARY")),
        (
            "page",
            header(
                "Content-Type: text/html",
                &format!(
                    "<html><head><title>{CANARY} Sign in</title></head><body>{CANARY} zscaler type=\"password\"</body></html>"
                ),
            ),
        ),
        (
            "XML",
            header(
                "Content-Type: text/xml",
                &format!("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>{CANARY}</Message></Error>"),
            ),
        ),
        ("content type", header("Content-Type: CANARY/CANARY; charset=CANARY", "{}")),
        ("server", header("Server: CANARY/1.0, awselb CANARY", "{}")),
        (
            "challenge",
            header("WWW-Authenticate: Bearer realm=\"CANARY\", error=\"CANARY\", error_description=\"CANARY\"", "{}"),
        ),
        ("other challenge", header("WWW-Authenticate: CANARY realm=\"CANARY\"", "{}")),
        ("date", header("Date: CANARY", "{}")),
        ("retry after", header("Retry-After: CANARY", "{}")),
        ("encoding", header("Content-Encoding: CANARY", "CANARY")),
        ("unknown header", header("X-CANARY: CANARY", "{}")),
        ("cookie", header("Set-Cookie: CANARY=CANARY", "{}")),
        (
            "the secret and the token",
            body(&format!("{{\"message\":{:?},\"name\":\"{TOKEN}\",\"{TOKEN}\":{:?}}}", SECRET, SECRET)),
        ),
        ("a long text", body(&format!("{{\"name\":\"{long} CANARY\",\"CANARY{long}\":\"{long}CANARY\"}}"))),
    ];
    all.into_iter().map(|(name, (headers, body))| (name, headers, body)).collect()
}

fn bytes(status: &str, headers: &str, body: &str) -> Steps {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    vec![Step::Bytes([head.as_bytes(), body.as_bytes()].concat())]
}

/// The run against a server that answers so at one stage, and its recording.
async fn recorded(stage: Stage, status: &'static str, headers: String, body: String) -> String {
    let server = Hostile::plain(
        move |hit, _| {
            if hit.path() == stage.path() { bytes(status, &headers, &body) } else { good(hit) }
        },
    )
    .await;
    let trial = Trial::of(&server.url()).change(|trial| {
        trial.connection.tenant = Some(format!("{CANARY}-tenant"));
        trial.connection.client_id = format!("{CANARY}-client-id");
    });
    let http = trial.http();
    let (run, _events) = trial.prepare(http);
    run.recorded().finish().await.recording.expect("a recording").to_string()
}

fn assert_free(text: &str, what: &str) {
    for needle in [CANARY, "canary-secret", "canary-token", "canary", "Canary"] {
        assert!(!text.contains(needle), "{what}: {needle} stands in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_canary_of_a_hostile_server_stands_in_a_recording() {
    let mut runs = 0;
    for stage in Stage::ALL {
        for (name, headers, body) in answers() {
            for status in ["200 kanari9", "400 kanari9", "401 kanari9", "403 kanari9", "500 kanari9"] {
                let text = recorded(stage, status, headers.clone(), body.clone()).await;
                assert_free(&text, &format!("{name} at {stage:?} with {status}"));
                runs += 1;
            }
        }
        for location in
            ["https://kanari9.example/kanari9?kanari9=kanari9", "/kanari9/kanari9", "kanari9:kanari9", "//kanari9/"]
        {
            let text = recorded(stage, "302 Found", format!("Location: {location}\r\n"), String::new()).await;
            assert_free(&text, &format!("{location} at {stage:?}"));
            runs += 1;
        }
    }
    writeln!(std::io::stdout(), "{runs} recordings of hostile servers, no canary in any").expect("told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_name_of_the_form_stands_in_a_recording() {
    let server = Hostile::plain(|hit, _| good(hit)).await;
    let trial = Trial::of(&server.url()).change(|trial| {
        trial.connection = Connection {
            path: format!("/{CANARY}"),
            tenant: Some(CANARY.into()),
            client_id: CANARY.into(),
            scopes: ScopePlan::Exact(vec!["read:tickets".into(), format!("read:{CANARY}")]),
            auth_server: Some(format!("https://{CANARY}.example/{CANARY}")),
            allowed_auth_origins: vec![format!("https://{CANARY}.example")],
            ..trial.connection.clone()
        };
    });
    let http = trial.http();
    let (run, _events) = trial.prepare(http);
    let text = run.recorded().finish().await.recording.expect("a recording").to_string();
    assert_free(&text, "the form");
    let note = Note { field: Field::Tenant, cleaned: true, text: format!("{CANARY} was cleaned") };
    let recorder = halo_onboard::recording::Recorder::new(
        &halo_onboard::domain::guide::Guide::built_in(),
        &Connection { resource_server: format!("https://{CANARY}.halopsa.com"), ..Connection::default() },
        &[note],
    );
    assert_free(&format!("{recorder:?}"), "the recorder itself");
}

/// A tenant in which every name is a canary.
fn fill_with_canaries(scenario: &mut Scenario) {
    let world = &mut scenario.world;
    world.tenant = world.tenant.as_ref().map(|_| format!("{CANARY}tenant"));
    scenario.manners.error_shape = ErrorShape::ClassName;
    for agent in &mut world.further_agents {
        agent.name = format!("{CANARY} {}", agent.name);
    }
    for role in &mut world.further_roles {
        role.name = format!("{CANARY} {}", role.name);
    }
    world.agent.teams = vec![format!("{CANARY} desk"), format!("{CANARY} projects")];
    world.agent.departments = vec![format!("{CANARY} department")];
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_name_row_or_token_of_a_tenant_stands_in_a_recording() {
    use futures_util::{StreamExt, stream};
    let scenarios: Vec<String> =
        Scenario::list().into_iter().map(|(name, _)| name).filter(|name| name != "stall").collect();
    let recorded: Vec<_> = stream::iter(scenarios)
        .map(|name| async move { (name.clone(), record(&name, fill_with_canaries).await) })
        .buffer_unordered(12)
        .collect()
        .await;
    let mut counted = 0;
    for (name, recorded) in recorded {
        let Some(recorded) = recorded else { continue };
        let made_up = [CANARY, CUSTOMER_CANARY, "Service Desk", "@"];
        for needle in recorded.names.iter().map(String::as_str).chain(made_up).filter(|needle| !needle.is_empty()) {
            assert!(!recorded.text.contains(needle), "{name}: {needle} stands in\n{}", recorded.text);
        }
        counted += 1;
    }
    assert!(counted > 50, "{counted}");
    writeln!(std::io::stdout(), "{counted} scenarios, no canary in any recording").expect("told");
}
