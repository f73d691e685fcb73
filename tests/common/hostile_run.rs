//! The well-behaved answers that a hostile server gives at every place but one, and the runs against it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::Connection;
use halo_onboard::domain::evidence::{Evidence, Fault, Observation};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::run_event::{Finished, RunEvent};
use halo_onboard::domain::run_plan::{CheckSelection, RunPlan};
use halo_onboard::probe::{Http, NetworkOptions, Proxy, Run};
use halo_onboard::secret::Secret;

use crate::hostile_server::{Hit, Seen, Steps, answer, json};

/// Must never be seen but in the token request's body.
pub const SECRET: &str = "canary-secret-%&+=\"'\\\u{e4}-0123456789";
/// Must never be seen but in the token answer and in requests to the API.
pub const TOKEN: &str = "eyJhbGciOiJub25lIn0.canary-token-0123456789.c2lnbmF0dXJl";

/// A name whose first part is longer than any may be: every resolver knows that it has no address, without asking a
/// name service, which a machine need not have.
pub fn name_without_address() -> String {
    format!("{}.invalid", "a".repeat(64))
}

/// A place where a server can misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Discovery,
    Token,
    Identity,
    Probe,
}

impl Stage {
    pub const ALL: [Stage; 4] = [Stage::Discovery, Stage::Token, Stage::Identity, Stage::Probe];

    pub fn path(self) -> &'static str {
        match self {
            Self::Discovery => "/api/authinfo",
            Self::Token => "/auth/token",
            Self::Identity => "/api/Agent/me",
            Self::Probe => "/api/Tickets",
        }
    }

    /// The failure at this place, if there is one.
    pub fn fault(self, evidence: &Evidence) -> Option<&Fault> {
        match self {
            Self::Discovery => evidence.discovery.fault(),
            Self::Token => evidence.token.fault(),
            Self::Identity => evidence.identity.fault(),
            Self::Probe => evidence.probes.get("tickets").and_then(Observation::fault),
        }
    }

    /// True when there is a usable answer at this place.
    pub fn is_answered(self, evidence: &Evidence) -> bool {
        match self {
            Self::Discovery => evidence.discovery.value().is_some(),
            Self::Token => evidence.token.value().is_some(),
            Self::Identity => evidence.identity.value().is_some(),
            Self::Probe => evidence.probes.get("tickets").is_some_and(|asked| asked.value().is_some()),
        }
    }
}

/// What a Halo in good order answers.
pub fn good(hit: &Hit) -> Steps {
    let host = hit.header("host").unwrap_or_default();
    match hit.path() {
        "/api/authinfo" => json(format!(r#"{{"auth_url":"http://{host}/auth","tenant_id":"acme"}}"#)),
        "/auth/token" => json(token("\"openid read:tickets read:invoices\"")),
        "/api/Agent/me" => json(r#"{"id":26,"name":"Integration API","claims":[{"type":"Tx","value":"1"}]}"#),
        "/api/Tickets" => json(r#"{"record_count":2,"tickets":[{"id":1,"agent_id":1},{"id":2,"agent_id":5}]}"#),
        "/api/Invoice" => json(r#"{"record_count":1,"invoices":[{"id":3}]}"#),
        _ => answer(404, "", ""),
    }
}

/// A token answer with this `scope` member.
pub fn token(scope: &str) -> String {
    format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":3600,"scope":{scope}}}"#)
}

/// A guide with few probes, so that many runs are quick.
pub fn small_guide() -> Guide {
    let mut guide = Guide::built_in();
    guide.probes.retain(|probe| ["tickets", "invoices", "others-tickets"].contains(&probe.id.as_str()));
    guide
}

/// One run and everything that can be set about it.
pub struct Trial {
    pub guide: Guide,
    pub connection: Connection,
    pub network: NetworkOptions,
    pub selection: CheckSelection,
    pub previous: Option<Evidence>,
    pub secret: String,
}

/// What came of it.
pub struct Outcome {
    pub finished: Finished,
    pub events: Vec<RunEvent>,
    pub took: Duration,
}

impl Trial {
    pub fn of(url: &str) -> Self {
        Self {
            guide: small_guide(),
            connection: Connection {
                resource_server: url.to_owned(),
                client_id: "client-id".into(),
                ..Connection::default()
            },
            network: NetworkOptions { proxy: Proxy::Direct, ..NetworkOptions::default() },
            selection: CheckSelection::All,
            previous: None,
            secret: SECRET.into(),
        }
    }

    pub fn limit(mut self, limit: Duration) -> Self {
        self.network.exchange_limit = limit;
        self
    }

    pub fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn http(&self) -> Http {
        Http::new(&self.network).expect("a client")
    }

    /// The run, and the events that it will have told.
    pub fn prepare(self, http: Http) -> (Run, Arc<Mutex<Vec<RunEvent>>>) {
        let plan = RunPlan {
            guide: Arc::new(self.guide),
            connection: self.connection,
            notes: Vec::new(),
            secret: Secret::new(self.secret),
            selection: self.selection,
            previous: self.previous,
        };
        let events = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&events);
        (Run::new(plan, http, move |event| kept.lock().expect("not poisoned").push(event)), events)
    }

    pub async fn run(self) -> Outcome {
        let http = self.http();
        self.run_with(http).await
    }

    pub async fn run_with(self, http: Http) -> Outcome {
        let began = Instant::now();
        let (run, events) = self.prepare(http);
        let finished = run.finish().await;
        let outcome = Outcome { finished, events: events.lock().expect("not poisoned").clone(), took: began.elapsed() };
        outcome.assert_clean();
        outcome
    }
}

impl Outcome {
    pub fn evidence(&self) -> &Evidence {
        &self.finished.evidence
    }

    pub fn code(&self, stage: Stage) -> Option<Code> {
        stage.fault(self.evidence()).map(|fault| fault.code)
    }

    /// The log as one text.
    pub fn log(&self) -> String {
        let lines = self.events.iter().filter_map(|event| match event {
            RunEvent::Log(line) => Some(format!("{:5} {}\n", line.level.word(), line.text)),
            _ => None,
        });
        lines.collect()
    }

    /// Nothing that a server sent acts, and no secret shows, in anything that a run tells.
    fn assert_clean(&self) {
        let report = serde_json::to_string(&self.finished.report).expect("JSON");
        let shown = format!("{:?}\n{:?}\n{report}\n{}", self.events, self.finished, self.log());
        assert!(!shown.contains("canary-secret"), "the secret shows:\n{}", self.log());
        assert!(!shown.contains("canary-token"), "the token shows:\n{}", self.log());
        assert_inert(&self.log().replace('\n', ""));
        assert_inert_in_debug(&format!("{:?}{:?}", self.events, self.finished));
        assert!(matches!(self.events.last(), Some(RunEvent::Finished(_))), "the end is the last event");
    }
}

/// No control character, no bidirectional mark, nothing invisible.
fn assert_inert(text: &str) {
    let acts =
        |c: char| c.is_control() || matches!(c as u32, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff);
    assert!(!text.chars().any(acts), "{text:?}");
}

/// The same of a `Debug` text, where they would show as an escape that is not itself escaped.
fn assert_inert_in_debug(text: &str) {
    assert_inert(text);
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices("\\u{") {
        let before = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        let shown: String = text[at..].chars().take(60).collect();
        assert!(before % 2 == 1, "a raw character: ...{shown}");
    }
}

/// The secret is in no request but the token's, whatever its spelling; the token is in no request but the API's.
pub fn assert_secret_went_only_to_the_token_endpoint(seen: &Seen) {
    for hit in seen.hits() {
        let whole = format!("{}\n{}", hit.head, hit.body);
        // Its other form is tried where there is nothing at the first.
        let is_token = hit.method == "POST" && [Stage::Token.path(), "/token"].contains(&hit.path());
        assert!(is_token || !whole.contains("canary-secret"), "the secret went to {} {}", hit.method, hit.target);
        assert!(!hit.head.contains("canary-secret"), "the secret is in a head");
        let may_have_token = hit.method == "GET" && hit.path().starts_with("/api/") && hit.path() != "/api/authinfo";
        assert!(may_have_token || !whole.contains("canary-token"), "the token went to {} {}", hit.method, hit.target);
        assert!(hit.header("cookie").is_none() && hit.header("referer").is_none(), "{}", hit.head);
        assert!(["GET", "POST"].contains(&hit.method.as_str()) && (hit.method == "GET" || is_token));
    }
}
