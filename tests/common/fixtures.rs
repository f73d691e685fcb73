//! Runs told by hand: what an engine would report, without one. The includer names the library `krate`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::krate::app::{Action, Effect, Message, RunId, Start, State, Viewport, Viewports, update};
use super::krate::domain::codes::Code;
use super::krate::domain::connection::{Connection, Typed};
use super::krate::domain::evidence::{
    Answer, Certificate, ConnectionInfo, Discovery, Evidence, Fault, Grant, IdToken, Identity, Observation, Rows,
    Timing,
};
use super::krate::domain::guide::Guide;
use super::krate::domain::permission_levels::wanted_claims;
use super::krate::domain::report::{PROGRAM, Report, SCHEMA, Target};
use super::krate::domain::run_event::{Exchange, Finished, LogLevel, LogLine, RunEvent};
use super::krate::domain::untrusted_text::UntrustedText;
use super::krate::domain::verdict::{Case, judge};
use super::krate::secret::Secret;

pub const URL: &str = "https://acme.halopsa.com";
pub const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
pub const SECRET: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

/// A session that begins with nothing.
pub fn empty() -> Start {
    Start::empty(
        Arc::new(Guide::built_in()),
        |report, _| format!("# {}\n", report.verdict.label()),
        |report, _| format!("{{\"code\": \"{}\"}}\n", report.code.id()),
    )
}

/// A session whose form is filled.
pub fn filled() -> Start {
    Start {
        typed: Typed { url: URL.into(), tenant: "acme".into(), client_id: ID.into(), ..Typed::default() },
        secret: Some(Secret::new(SECRET.into())),
        secret_source: Some("HALO_CLIENT_SECRET".into()),
        ..empty()
    }
}

/// A state at ten in the morning, with room for twenty rows in every pane.
pub fn state(start: Start) -> State {
    let mut state = State::new(start, 10 * 3_600_000);
    let window = Viewport { offset: 0, height: 20, most: 100 };
    let room = Viewports {
        checklist: window,
        credentials: window,
        checks: window,
        detail: window,
        log: window,
        overlay: window,
        picker: window,
    };
    update(&mut state, Message::Viewports(room));
    state
}

pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, Message::Act(action))
}

pub fn type_text(state: &mut State, text: &str) {
    for c in text.chars() {
        update(state, Message::Type(c));
    }
}

pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    update(state, Message::Paste(Secret::new(text.into())))
}

fn answered<T>(value: T, ms: u32) -> Observation<T> {
    let timing = Timing { total: Some(ms), ..Timing::default() };
    Observation::Answered(Answer { value, status: 200, timing })
}

fn foreign<S: AsRef<str>>(texts: &[S]) -> Vec<UntrustedText> {
    texts.iter().map(|text| UntrustedText::new(text.as_ref())).collect()
}

/// What `/api/authinfo` says.
pub fn discovery() -> Discovery {
    Discovery {
        auth_server: format!("{URL}/auth"),
        auth_origin: URL.into(),
        tenant: Some(UntrustedText::new("acme")),
        ..Discovery::default()
    }
}

/// Everything as the guide wants it.
pub fn healthy(guide: &Guide) -> Evidence {
    let probes = guide.probes.iter().filter(|probe| probe.endpoint.is_some());
    let mut probes: BTreeMap<String, Observation<Rows>> = probes
        .enumerate()
        .map(|(at, probe)| {
            (probe.id.clone(), answered(Rows { complete: true, count: 1, ..Rows::default() }, 100 + 7 * at as u32))
        })
        .collect();
    let seen = |agents: &[(i64, usize)]| {
        let by_agent: BTreeMap<i64, usize> = agents.iter().copied().collect();
        answered(Rows { complete: true, count: by_agent.values().sum(), by_agent }, 312)
    };
    probes.insert("tickets".into(), seen(&[(1, 1), (7, 2)]));
    probes.insert("unassigned-tickets".into(), seen(&[(1, 1)]));
    let claims: BTreeMap<String, Vec<UntrustedText>> =
        wanted_claims(guide).into_iter().map(|(name, value)| (name, foreign(&[&value]))).collect();
    let name = Some(UntrustedText::new(&guide.agent.name));
    let timing = Timing { dns: Some(4), connect: Some(19), tls: Some(44), first_byte: Some(71), total: Some(141) };
    Evidence {
        link: ConnectionInfo {
            addresses: vec!["203.0.113.10".into(), "203.0.113.11".into()],
            tls_version: Some("TLS 1.3".into()),
            http_version: Some("HTTP/2".into()),
            certificate: Some(Certificate {
                issuer: UntrustedText::new("CN=Example CA"),
                not_after: "2027-02-02T00:00:00Z".into(),
                days_left: 71,
                ..Certificate::default()
            }),
            ..ConnectionInfo::default()
        },
        discovery: Observation::Answered(Answer { value: discovery(), status: 200, timing }),
        token: answered(
            Grant {
                requested: vec!["all".into()],
                echo: Some(foreign(&guide.application.scopes)),
                id_token: Some(IdToken { name: name.clone(), agent_id: Some(22) }),
                ..Grant::default()
            },
            203,
        ),
        identity: answered(
            Identity {
                id: Some(22),
                name,
                api_only: Some(true),
                disabled: Some(false),
                administrator: Some(false),
                roles: Some(foreign(&[&guide.role.name])),
                claims: Some(claims),
                teams: Some(foreign(&["Service Desk"])),
                departments: Some(1),
                default_team: Some(UntrustedText::default()),
                ..Identity::default()
            },
            88,
        ),
        probes,
        requests: 13,
        ..Evidence::default()
    }
}

/// The role may not read invoices.
pub fn invoices_refused(guide: &Guide) -> Evidence {
    let mut evidence = healthy(guide);
    let fault = Fault {
        status: Some(403),
        said: UntrustedText::new("Forbidden"),
        timing: Timing { total: Some(212), ..Timing::default() },
        ..Fault::new(Code::ApiForbidden)
    };
    evidence.probes.insert("invoices".into(), Observation::Failed(fault));
    if let Observation::Answered(identity) = &mut evidence.identity {
        identity.value.claims.get_or_insert_default().insert("Xx".into(), foreign(&["0"]));
    }
    evidence
}

/// The authorisation server lies on another host.
pub fn split_host(guide: &Guide) -> Evidence {
    let other = "https://auth.example.net";
    let elsewhere = Discovery { auth_server: other.into(), auth_origin: other.into(), ..discovery() };
    Evidence { discovery: answered(elsewhere, 141), ..nothing(guide) }
}

/// Nothing was asked.
pub fn nothing(_guide: &Guide) -> Evidence {
    Evidence::default()
}

pub fn connection() -> Connection {
    Connection {
        resource_server: URL.into(),
        tenant: Some("acme".into()),
        client_id: ID.into(),
        ..Connection::default()
    }
}

/// The end of a run that saw this.
pub fn finished(guide: &Guide, evidence: Evidence) -> Finished {
    let connection = connection();
    let judgement = judge(Case { guide, connection: &connection, notes: &[], evidence: &evidence, finished: true });
    let report = Report {
        schema: SCHEMA,
        program: PROGRAM.into(),
        guide: guide.id.clone(),
        started_at: "2026-11-23T10:12:00.500Z".into(),
        duration_ms: 2900,
        target: Target {
            resource_server: URL.into(),
            tenant: Some("acme".into()),
            client_id: ID.into(),
            ..Target::default()
        },
        verdict: judgement.verdict,
        code: judgement.code,
        checks: judgement.checks,
        facts: judgement.facts,
        diagnoses: judgement.diagnoses,
    };
    Finished { report, evidence, recording: None }
}

/// The number of the run that goes on.
pub fn run_of(state: &State) -> RunId {
    state.run.active.as_ref().expect("a run goes on").id
}

pub fn happen(state: &mut State, event: RunEvent) -> Vec<Effect> {
    let run = run_of(state);
    update(state, Message::Run { run, event })
}

/// Starts a run of all checks and ends it with what it saw.
pub fn run(state: &mut State, evidence: Evidence) -> Vec<Effect> {
    act(state, Action::RunAll);
    end(state, evidence)
}

/// Ends the run that goes on.
pub fn end(state: &mut State, evidence: Evidence) -> Vec<Effect> {
    let guide = Arc::clone(&state.guide);
    happen(state, RunEvent::Finished(Box::new(finished(&guide, evidence))))
}

/// The requests of a run in which the role may not read invoices, as they would be told.
pub fn exchanges() -> Vec<Exchange> {
    let first = Timing { dns: Some(4), connect: Some(19), tls: Some(44), first_byte: Some(71), total: Some(141) };
    let total = |ms| Timing { total: Some(ms), ..Timing::default() };
    [
        ("discovery", "GET /api/authinfo", 0, 200, first),
        ("token", "POST /auth/token", 142, 200, total(203)),
        ("identity", "GET /api/Agent/me", 346, 200, total(88)),
        ("invoices", "GET /api/Invoice", 346, 403, total(212)),
        ("tickets", "GET /api/Tickets", 347, 200, total(312)),
        ("invoices", "POST /auth/token", 560, 200, total(201)),
    ]
    .into_iter()
    .map(|(check, request, from_ms, status, timing)| Exchange {
        check: check.into(),
        request: request.into(),
        from_ms,
        status: Some(status),
        timing,
        ..Exchange::default()
    })
    .collect()
}

/// A run in its middle: the sign-in has passed, some lists are asked.
pub fn begin(state: &mut State) {
    let guide = Arc::clone(&state.guide);
    act(state, Action::RunAll);
    let mut evidence = healthy(&guide);
    evidence.probes.retain(|id, _| id == "tickets");
    let connection = connection();
    let judgement =
        judge(Case { guide: &guide, connection: &connection, notes: &[], evidence: &evidence, finished: false });
    for id in ["discovery", "token", "identity", "tickets", "clients", "items"] {
        happen(state, RunEvent::CheckStarted(id.into()));
    }
    let line =
        |at_ms, text: &str| RunEvent::Log(LogLine { at_ms, level: LogLevel::Ok, check: None, text: text.into() });
    happen(state, line(141, "GET  /api/authinfo  200  141 ms  tenant_id=acme"));
    happen(state, line(344, "POST /auth/token?tenant=acme  200  203 ms  client_secret=[hidden]"));
    for id in ["discovery", "token", "identity", "tickets"] {
        happen(state, RunEvent::CheckEnded(id.into()));
    }
    happen(state, RunEvent::Judged(Box::new(judgement)));
    update(state, Message::Clock(2_100));
}
