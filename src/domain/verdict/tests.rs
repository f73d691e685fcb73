//! The table from evidence to verdict, row by row.

use std::collections::BTreeMap;

use super::super::evidence::{
    Answer, Discovery, Fault, Grant, IdToken, Identity, Observation, Rows, ScopeAnswer, Timing,
};
use super::super::report::{Judgement, Status};
use super::*;
use crate::domain::codes::Code;
use crate::domain::connection::Connection;
use crate::domain::evidence::Evidence;
use crate::domain::guide::Guide;
use crate::domain::report::{Fact, FactState, Severity, Verdict};
use crate::domain::untrusted_text::UntrustedText;

pub(super) fn answered<T>(value: T) -> Observation<T> {
    Observation::Answered(Answer { value, status: 200, timing: Timing::default() })
}

pub(super) fn refused<T>(status: u16) -> Observation<T> {
    Observation::Failed(Fault { status: Some(status), ..Fault::new(Code::ApiForbidden) })
}

pub(super) fn failed<T>(code: Code) -> Observation<T> {
    Observation::Failed(Fault::new(code))
}

pub(super) fn rows(count: usize, by_agent: &[(i64, usize)]) -> Observation<Rows> {
    answered(Rows { complete: true, count, by_agent: by_agent.iter().copied().collect() })
}

pub(super) fn foreign(texts: &[&str]) -> Vec<UntrustedText> {
    texts.iter().map(|text| UntrustedText::new(text)).collect()
}

/// Everything as the guide wants it, everything readable.
pub(super) fn healthy() -> Evidence {
    let guide = Guide::built_in();
    let mut echo = foreign(&["openid", "profile"]);
    echo.extend(guide.application.scopes.iter().map(|scope| UntrustedText::new(scope)));
    let claims = [
        ("Tx", "1"),
        ("Ux", "2"),
        ("Ix", "2"),
        ("Ox", "1"),
        ("Xx", "1"),
        ("Cx", "1"),
        ("Hx", "3"),
        ("l9", "1"),
        ("l8", "1"),
    ];
    let mut probes: BTreeMap<String, Observation<Rows>> = guide
        .probes
        .iter()
        .filter(|probe| probe.endpoint.is_some())
        .map(|probe| (probe.id.clone(), rows(1, &[])))
        .collect();
    probes.insert("tickets".into(), rows(3, &[(1, 1), (7, 2)]));
    probes.insert("unassigned-tickets".into(), rows(1, &[(1, 1)]));
    Evidence {
        discovery: answered(Discovery {
            auth_server: "https://acme.halopsa.com/auth".into(),
            auth_origin: "https://acme.halopsa.com".into(),
            tenant: Some(UntrustedText::new("acme")),
            ..Discovery::default()
        }),
        token: answered(Grant {
            requested: vec!["all".into()],
            echo: Some(echo),
            id_token: Some(IdToken { name: Some(UntrustedText::new(&guide.agent.name)), agent_id: Some(22) }),
            ..Grant::default()
        }),
        identity: answered(Identity {
            id: Some(22),
            name: Some(UntrustedText::new(&guide.agent.name)),
            api_only: Some(true),
            disabled: Some(false),
            administrator: Some(false),
            roles: Some(foreign(&[&guide.role.name])),
            claims: Some(claims.iter().map(|(name, value)| ((*name).to_owned(), foreign(&[value]))).collect()),
            own_claims_shown: true,
            teams: Some(foreign(&["Service Desk"])),
            departments: Some(1),
            default_team: Some(UntrustedText::default()),
            ..Identity::default()
        }),
        probes,
        ..Evidence::default()
    }
}

pub(super) fn connection() -> Connection {
    Connection {
        resource_server: "https://acme.halopsa.com".into(),
        tenant: Some("acme".into()),
        client_id: "c9534241-dde9-4d04-9d45-32b1fbff22ed".into(),
        ..Connection::default()
    }
}

pub(super) fn judged(evidence: &Evidence) -> Judgement {
    let (guide, connection) = (Guide::built_in(), connection());
    judge(Case { guide: &guide, connection: &connection, notes: &[], evidence, finished: true })
}

pub(super) fn grant(evidence: &mut Evidence) -> &mut Grant {
    match &mut evidence.token {
        Observation::Answered(answer) => &mut answer.value,
        other => panic!("no grant: {other:?}"),
    }
}

pub(super) fn me(evidence: &mut Evidence) -> &mut Identity {
    match &mut evidence.identity {
        Observation::Answered(answer) => &mut answer.value,
        other => panic!("no identity: {other:?}"),
    }
}

pub(super) fn claim(evidence: &mut Evidence, name: &str, value: &str) {
    me(evidence).claims.as_mut().expect("claims").insert(name.into(), foreign(&[value]));
}

pub(super) fn no_echo(evidence: &mut Evidence) {
    grant(evidence).echo = None;
}

pub(super) fn no_claims(evidence: &mut Evidence) {
    me(evidence).claims = None;
}

pub(super) fn refuse_list(evidence: &mut Evidence, probe: &str, status: u16) {
    evidence.probes.insert(probe.into(), refused(status));
}

pub(super) fn refuse_all(evidence: &mut Evidence, status: u16) {
    for answer in evidence.probes.values_mut() {
        *answer = refused(status);
    }
}

pub(super) fn fact<'a>(judgement: &'a Judgement, id: &str) -> &'a Fact {
    judgement.facts.iter().find(|fact| fact.id == id).expect("a fact of the guide")
}

pub(super) fn codes(judgement: &Judgement) -> Vec<&'static str> {
    judgement.diagnoses.iter().map(|diagnosis| diagnosis.code.id()).collect()
}

#[test]
fn a_healthy_set_up_is_ready_and_every_fact_proved() {
    let judgement = judged(&healthy());
    assert_eq!((judgement.verdict, judgement.code), (Verdict::Ready, Code::Ok), "{:#?}", judgement.diagnoses);
    assert!(judgement.diagnoses.is_empty(), "{:#?}", judgement.diagnoses);
    for fact in &judgement.facts {
        assert!(matches!(fact.state, FactState::Proved | FactState::Operator), "{fact:?}");
    }
    assert!(judgement.checks.iter().all(|check| check.status == Status::Passed), "{:#?}", judgement.checks);
}

type Change = fn(&mut Evidence);

/// A fault; the codes that it gives, first the gravest; the facts of the first diagnosis; words that its fix must hold.
const ROWS: &[(&str, Change, &[&str], &[&str], &str)] = &[
    (
        "dns",
        |e| *e = Evidence { discovery: failed(Code::NetDns), ..Evidence::default() },
        &["net.dns"],
        &["C1", "D2"],
        "letter by letter",
    ),
    (
        "authinfo is missing",
        |e| *e = Evidence { discovery: failed(Code::HttpNotFound), ..Evidence::default() },
        &["discovery.not_halo"],
        &["C1", "D2"],
        "API Details",
    ),
    (
        "another tenant",
        |e| {
            if let Observation::Answered(answer) = &mut e.discovery {
                answer.value.tenant = Some(UntrustedText::new("beta"));
            }
            let token = failed(Code::AuthTenant);
            *e = Evidence { discovery: e.discovery.clone(), token, ..Evidence::default() };
        },
        &["input.tenant_mismatch"],
        &["D3"],
        "Enter beta as Tenant",
    ),
    (
        "invalid_client, nobody says which",
        |e| {
            *e = Evidence {
                discovery: e.discovery.clone(),
                token: failed(Code::AuthInvalidClient),
                ..Evidence::default()
            }
        },
        &["auth.invalid_client"],
        &["C6", "D4", "D5"],
        "Generate",
    ),
    (
        "the secret alone is wrong",
        |e| {
            let fault = Fault { openiddict: Some("ID2055".into()), ..Fault::new(Code::AuthInvalidClient) };
            *e = Evidence { discovery: e.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
        },
        &["auth.invalid_client"],
        &["C6", "D5"],
        "press Generate",
    ),
    (
        "a page instead of a token",
        |e| {
            let fault = Fault { html: true, ..Fault::new(Code::HttpNotJson) };
            *e = Evidence { discovery: e.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
        },
        &["auth.tenant"],
        &["D3"],
        "Copy Tenant",
    ),
    (
        "the web login instead of a token",
        |e| {
            let fault = Fault { html: true, status: Some(200), ..Fault::new(Code::HttpNotJson) };
            *e = Evidence { discovery: e.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
        },
        &["auth.bad_token_response"],
        &["C1"],
        "Compare Authorisation Server",
    ),
    (
        "every scope refused",
        |e| {
            *e = Evidence {
                discovery: e.discovery.clone(),
                token: failed(Code::AuthInvalidScope),
                ..Evidence::default()
            }
        },
        &["auth.invalid_scope"],
        &["C7"],
        "tick read:tickets",
    ),
    (
        "the application lacks one scope",
        |e| {
            grant(e).echo.as_mut().expect("an echo").retain(|scope| scope.as_str() != "read:invoices");
            refuse_list(e, "invoices", 403);
        },
        &["api.scope_missing"],
        &["C7"],
        "> Permissions: tick read:invoices",
    ),
    (
        "the role has no access",
        |e| {
            claim(e, "Xx", "0");
            refuse_list(e, "invoices", 401);
        },
        &["api.role_level"],
        &["B7"],
        "set Invoices Access Level to Read Only",
    ),
    ("names only", |e| claim(e, "Ux", "1"), &["api.role_level"], &["B4"], "Customer/Clients Access Level"),
    ("own timesheets only", |e| claim(e, "Hx", "1"), &["api.role_level"], &["B9"], "Read Only (All), Modify Own"),
    (
        "both look right, and still refused",
        |e| refuse_list(e, "items", 403),
        &["api.forbidden"],
        &["B5"],
        "module is switched on",
    ),
    (
        "nobody says which side is short",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
        },
        &["api.forbidden"],
        &["B7", "C7"],
        "Either",
    ),
    (
        "a token for the scope alone was refused",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
            e.single_scopes.insert("read:invoices".into(), ScopeAnswer::Refused);
        },
        &["api.scope_missing"],
        &["C7"],
        "tick read:invoices",
    ),
    (
        "a token for the scope alone was granted",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
            e.single_scopes.insert("read:invoices".into(), ScopeAnswer::Granted);
        },
        &["api.role_level"],
        &["B7"],
        "Invoices Access Level",
    ),
    (
        "the application and the role are both short",
        |e| {
            grant(e).echo.as_mut().expect("an echo").retain(|scope| scope.as_str() != "read:sales");
            claim(e, "Ox", "0");
            refuse_list(e, "sales", 403);
        },
        &["api.scope_missing", "api.role_level"],
        &["C7"],
        "tick read:sales",
    ),
    (
        "everything refused, nobody says who",
        |e| {
            grant(e).id_token = None;
            e.identity = refused(403);
            refuse_all(e, 403);
        },
        &["api.forbidden_all"],
        &["B2", "C4", "C5"],
        "Login Type to Agent",
    ),
    (
        "everything refused with 401",
        |e| {
            grant(e).id_token = None;
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.token_rejected"],
        &["B2", "C4", "C5"],
        "Active is ticked",
    ),
    (
        "everything refused with 401, though the token names its agent",
        |e| {
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.token_rejected"],
        &["C1"],
        "belong to one instance",
    ),
    (
        "a token without scopes",
        |e| {
            grant(e).echo = Some(Vec::new());
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.scope_missing"],
        &["C7"],
        "tick read:tickets",
    ),
    (
        "a token whose reply names no scope, refused everywhere",
        |e| {
            grant(e).echo = None;
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.scope_missing"],
        &["C4", "C5", "C7"],
        "tick read:tickets",
    ),
    (
        "every list empty, and nobody says who",
        |e| {
            grant(e).id_token = None;
            e.identity = refused(403);
            e.probes.values_mut().for_each(|answer| *answer = rows(0, &[]));
        },
        &["api.nothing_visible", "ok.partial"],
        &["B2", "C4", "C5"],
        "Agents that have this role",
    ),
    (
        "the clock explains the refusals",
        |e| {
            if let Observation::Answered(answer) = &mut e.discovery {
                answer.value.clock_skew = Some(900);
            }
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.clock_skew"],
        &[],
        "timedatectl",
    ),
    (
        "another agent",
        |e| {
            me(e).name = Some(UntrustedText::new("Jane Doe"));
            me(e).api_only = Some(false);
            me(e).roles = Some(foreign(&["Technician"]));
        },
        &["identity.wrong_agent"],
        &["C5"],
        "Agent to log in as",
    ),
    (
        "the agent is misnamed",
        |e| me(e).name = Some(UntrustedText::new("Integration-API")),
        &["identity.wrong_agent"],
        &["A1", "C5"],
        "set Username to",
    ),
    (
        "the agent is not in the role",
        |e| {
            me(e).roles = Some(Vec::new());
            me(e).claims = Some(BTreeMap::new());
            refuse_all(e, 403);
        },
        &["identity.wrong_role"],
        &["B2"],
        "Agents that have this role",
    ),
    (
        "the role is misnamed",
        |e| me(e).roles = Some(foreign(&["API integration"])),
        &["identity.wrong_role"],
        &["B1", "B2"],
        "set Role Name to",
    ),
    (
        "no row of a list is visible",
        |e| {
            e.probes.insert("invoices".into(), rows(0, &[]));
        },
        &["api.nothing_visible"],
        &["B7"],
        "Departments & Teams",
    ),
    (
        "no team: no ticket is visible",
        |e| {
            me(e).teams = Some(Vec::new());
            me(e).departments = Some(0);
            e.probes.insert("tickets".into(), rows(0, &[]));
            e.probes.insert("unassigned-tickets".into(), rows(0, &[]));
        },
        &["api.nothing_visible"],
        &["B3"],
        "Departments & Teams",
    ),
    (
        "unassigned tickets are hidden",
        |e| {
            claim(e, "l9", "0");
            e.probes.insert("tickets".into(), rows(2, &[(7, 2)]));
            e.probes.insert("unassigned-tickets".into(), rows(0, &[]));
        },
        &["api.role_level"],
        &["B10"],
        "Can view Unassigned Tickets to Yes",
    ),
    (
        "a module is off",
        |e| {
            e.probes.insert("timesheets".into(), failed(Code::ApiMissing));
            e.probes.insert("timesheet-events".into(), failed(Code::ApiMissing));
        },
        &["api.module_missing"],
        &["B9"],
        "module",
    ),
    (
        "edit instead of read",
        |e| {
            let echo = grant(e).echo.as_mut().expect("an echo");
            echo.retain(|scope| scope.as_str() != "read:tickets");
            echo.push(UntrustedText::new("edit:tickets"));
        },
        &["privilege.scope_excess"],
        &["C7"],
        "untick edit:tickets",
    ),
    (
        "a level too high",
        |e| claim(e, "Tx", "2"),
        &["privilege.role_excess"],
        &["B3"],
        "set Tickets Access Level to Read Only",
    ),
    (
        "a feature beside the guide",
        |e| claim(e, "Px", "1"),
        &["privilege.role_excess"],
        &[],
        "set Projects Access Level to No Access",
    ),
    (
        "an administrator",
        |e| me(e).administrator = Some(true),
        &["privilege.administrator"],
        &["B3", "B4", "B5", "B6", "B7", "B8", "B9"],
        "Administrator",
    ),
    (
        "not an API-only agent",
        |e| me(e).api_only = Some(false),
        &["identity.not_api_only"],
        &["A2"],
        "Is an API-only Agent",
    ),
    (
        "a default team",
        |e| me(e).default_team = Some(UntrustedText::new("Service Desk")),
        &["identity.default_team"],
        &["A3"],
        "Default Team",
    ),
    (
        "rate limited",
        |e| {
            e.probes.insert("items".into(), failed(Code::HttpRateLimited));
        },
        &["http.rate_limited"],
        &["B5"],
        "Wait",
    ),
];

#[test]
fn each_row_of_the_table_gives_its_own_diagnosis() {
    for (name, change, wanted, facts, fix) in ROWS {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        assert_eq!(codes(&judgement), *wanted, "{name}: {:#?}", judgement.diagnoses);
        let first = &judgement.diagnoses[0];
        assert_eq!(first.facts, *facts, "{name}: {first:#?}");
        assert!(first.fix.iter().any(|step| step.contains(fix)), "{name}: {:#?}", first.fix);
        assert!(!first.checks.is_empty(), "{name} rests on no check");
        assert_ne!(judgement.verdict, Verdict::Ready, "{name}");
    }
}

#[test]
fn what_blocks_is_not_ready_and_has_its_exit_status() {
    for (name, change, wanted, ..) in ROWS {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        let blocking = judgement.diagnoses.iter().any(|d| d.severity == Severity::Blocking);
        assert_eq!(judgement.exit_status(false) != 0, blocking, "{name}");
        if blocking {
            assert_eq!(judgement.code.id(), wanted[0], "{name}");
        } else {
            assert_eq!((judgement.verdict, judgement.exit_status(true)), (Verdict::ReadyWithWarnings, 1), "{name}");
        }
    }
}

#[test]
fn what_was_not_told_stays_unproved() {
    let mut evidence = healthy();
    no_claims(&mut evidence);
    let judgement = judged(&evidence);
    assert_eq!((judgement.verdict, judgement.code), (Verdict::Ready, Code::OkPartial));
    for (id, state) in [
        ("B3", FactState::Proved),
        ("B4", FactState::Unproved),
        ("B9", FactState::Unproved),
        ("B10", FactState::Proved),
        ("B11", FactState::Proved),
        ("C7", FactState::Proved),
    ] {
        assert_eq!(fact(&judgement, id).state, state, "{id}");
    }
    evidence.probes.insert("tickets".into(), rows(2, &[(7, 2)]));
    evidence.probes.insert("unassigned-tickets".into(), rows(0, &[]));
    let judgement = judged(&evidence);
    assert_eq!(fact(&judgement, "B10").state, FactState::Unproved, "no such ticket is no proof");
    assert_eq!(fact(&judgement, "B11").state, FactState::Proved);
}

#[test]
fn a_run_that_asked_nothing_is_no_verdict() {
    let judgement = judged(&Evidence::default());
    assert_eq!((judgement.verdict, judgement.code), (Verdict::Undetermined, Code::LocalCancelled));
    assert!(judgement.checks.iter().filter(|check| check.id != "input").all(|check| check.status == Status::Skipped));
}

#[test]
fn own_tickets_prove_nothing_about_others() {
    let mut evidence = healthy();
    no_claims(&mut evidence);
    evidence.probes.insert("tickets".into(), rows(2, &[(22, 2)]));
    let judgement = judged(&evidence);
    assert_eq!(fact(&judgement, "B11").state, FactState::Unproved);
}

#[test]
fn the_highest_of_several_values_counts_and_unknown_ones_are_shown() {
    let mut evidence = healthy();
    me(&mut evidence).claims.as_mut().expect("claims").insert("Tx".into(), foreign(&["0", "1"]));
    assert_eq!(judged(&evidence).code, Code::Ok);
    claim(&mut evidence, "Tx", "9");
    let judgement = judged(&evidence);
    assert_eq!(fact(&judgement, "B3").state, FactState::Proved, "rows are visible");
    claim(&mut evidence, "Xx", "9");
    let judgement = judged(&evidence);
    let found = fact(&judgement, "B7").found.clone().unwrap_or_default();
    assert!(found.contains("level 9"), "{found}");
    claim(&mut evidence, "Zz9", "1");
    let judgement = judged(&evidence);
    let identity = judgement.checks.iter().find(|check| check.id == "identity").expect("identity");
    assert!(identity.summary.contains("Zz9"), "{}", identity.summary);
}

#[test]
fn while_a_run_goes_on_nothing_is_skipped_and_nothing_concluded_from_silence() {
    let (guide, connection) = (Guide::built_in(), connection());
    let mut evidence = healthy();
    evidence.probes.clear();
    let judgement =
        judge(Case { guide: &guide, connection: &connection, notes: &[], evidence: &evidence, finished: false });
    let ids: Vec<&str> = judgement.checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(ids, ["input", "discovery", "token", "identity"]);
    assert!(judgement.diagnoses.is_empty(), "{:#?}", judgement.diagnoses);
}

#[test]
fn a_level_that_reads_as_too_low_is_told_even_of_a_list_that_was_left_out() {
    let mut evidence = healthy();
    claim(&mut evidence, "Xx", "0");
    evidence.probes.remove("invoices");
    let judgement = judged(&evidence);
    assert_eq!(codes(&judgement), ["api.role_level", "ok.partial"], "{:#?}", judgement.diagnoses);
    assert_eq!((judgement.verdict, judgement.exit_status(false)), (Verdict::ReadyWithWarnings, 0));
    let invoices = judgement.checks.iter().find(|check| check.id == "invoices").expect("the check");
    assert_eq!(invoices.status, Status::Skipped);
}

#[test]
fn a_failure_before_the_token_says_that_the_secret_was_not_sent() {
    for code in Code::ALL.iter().filter(|code| {
        ["net.", "tls.", "http.", "discovery.", "local.bug"].iter().any(|family| code.id().starts_with(family))
    }) {
        let evidence = Evidence { discovery: failed(*code), ..Evidence::default() };
        let judgement = judged(&evidence);
        let summary = &judgement.diagnoses[0].summary;
        assert!(summary.contains("secret was not sent") || summary.contains("secret was sent nowhere"), "{summary}");
    }
}

#[test]
fn a_check_that_was_not_asked_is_skipped_and_names_the_cause() {
    let evidence = Evidence { discovery: failed(Code::NetRefused), ..Evidence::default() };
    let judgement = judged(&evidence);
    let token = judgement.checks.iter().find(|check| check.id == "token").expect("the token check");
    assert_eq!((token.status, token.code), (Status::Skipped, Code::NetRefused));
    assert!(judgement.checks.iter().all(|check| check.id == "input" || check.status != Status::Passed));
    assert!(judgement.facts.iter().all(|fact| fact.state != FactState::Proved));
}

#[test]
fn scopes_are_in_question_only_where_nothing_else_tells() {
    let (guide, connection) = (Guide::built_in(), connection());
    let ask = |evidence: &Evidence| {
        scopes_in_question(Case { guide: &guide, connection: &connection, notes: &[], evidence, finished: false })
    };
    let mut evidence = healthy();
    refuse_list(&mut evidence, "invoices", 403);
    assert!(ask(&evidence).is_empty(), "the echo tells");
    no_echo(&mut evidence);
    assert_eq!(ask(&evidence), ["read:invoices"]);
    claim(&mut evidence, "Xx", "0");
    assert!(ask(&evidence).is_empty(), "the role's level explains it");
}

#[test]
fn a_refused_form_sends_nothing_and_names_every_problem() {
    let guide = Guide::built_in();
    let understood = super::super::connection::understand(
        &super::super::connection::Typed::default(),
        &crate::secret::Secret::new(String::new()),
    );
    let judgement = refuse(&guide, &understood);
    assert_eq!((judgement.verdict, judgement.exit_status(false)), (Verdict::NotReady, 78));
    assert_eq!(judgement.diagnoses.len(), 3);
    let ran: Vec<&str> = judgement
        .checks
        .iter()
        .filter(|check| check.status != Status::Skipped)
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(ran, ["input"]);
}

#[test]
fn what_could_not_be_asked_is_no_verdict_whatever_else_passed() {
    let mut evidence = healthy();
    evidence.probes.insert("invoices".into(), failed(Code::LocalRequestLimit));
    let judgement = judged(&evidence);
    assert_eq!((judgement.code, judgement.verdict), (Code::LocalRequestLimit, Verdict::Undetermined));
    assert_eq!((judgement.exit_status(false), judgement.exit_status(true)), (75, 75));
}

#[test]
fn a_run_that_asked_for_no_token_is_no_verdict() {
    let mut evidence = healthy();
    evidence.token = Observation::NotAsked;
    evidence.identity = Observation::NotAsked;
    evidence.probes.clear();
    let judgement = judged(&evidence);
    assert_eq!(judgement.verdict, Verdict::Undetermined);
    assert_eq!((judgement.exit_status(false), judgement.exit_status(true)), (75, 75));
}

#[test]
fn roles_that_were_not_read_leave_open_what_they_could_raise() {
    use crate::domain::report::FactState::{Contradicted, Proved, Unproved};
    let state = |judgement: &Judgement, id: &str| judgement.facts.iter().find(|fact| fact.id == id).map(|f| f.state);
    let guide = Guide::built_in();
    let level = guide.lines().find(|line| line.claim.as_deref() == Some("Ux")).expect("a level").fact.clone();
    let mut evidence = healthy();
    assert_eq!(state(&judged(&evidence), &level), Some(Proved));

    me(&mut evidence).roles_unread = 1;
    let judgement = judged(&evidence);
    assert_eq!(state(&judgement, &level), Some(Unproved), "another role may give more");
    assert_eq!(judgement.code, Code::OkPartial);
    let note = judgement.diagnoses.iter().find(|d| d.code == Code::OkPartial).expect("a note");
    assert!(note.fix.iter().any(|line| line.contains("1 of the agent's roles")), "{:?}", note.fix);
    let identity = judgement.checks.iter().find(|check| check.id == "identity").expect("the check");
    assert!(identity.summary.contains("1 of its roles was not read"), "{}", identity.summary);

    // Less than wanted is no proof either: the highest role wins.
    claim(&mut evidence, "Ux", "0");
    assert_ne!(state(&judged(&evidence), &level), Some(Contradicted));
    // More than wanted is proved whatever the others give.
    claim(&mut evidence, "Tx", "2");
    assert!(judged(&evidence).diagnoses.iter().any(|d| d.code == Code::PrivilegeRoleExcess));
}
