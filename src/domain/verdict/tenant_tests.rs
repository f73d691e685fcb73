//! A typed tenant beside the one that discovery names, a disabled agent that works, and a run that stopped at discovery.

use super::super::evidence::{Answer, Discovery, Evidence, Fault, Identity, Observation};
use super::super::report::{Severity, Status, Verdict};
use super::test_evidence::{healthy, refused};
use super::*;
use crate::domain::codes::Code;
use crate::domain::connection::{Connection, Field, Note};
use crate::domain::guide::Guide;
use crate::domain::report::{Diagnosis, FactState, Judgement};
use crate::domain::untrusted_text::UntrustedText;

fn connection(tenant: &str) -> Connection {
    Connection {
        resource_server: "https://acme.halopsa.com".into(),
        tenant: Some(tenant.into()),
        client_id: "c9534241-dde9-4d04-9d45-32b1fbff22ed".into(),
        ..Connection::default()
    }
}

fn judged(connection: &Connection, evidence: &Evidence) -> Judgement {
    let guide = Guide::built_in();
    judge(Case { guide: &guide, connection, notes: &[], evidence, finished: true })
}

fn discovered(evidence: &mut Evidence, change: impl Fn(&mut Discovery)) {
    if let Observation::Answered(answer) = &mut evidence.discovery {
        change(&mut answer.value);
    }
}

fn told(judgement: &Judgement, code: Code) -> &Diagnosis {
    judgement.diagnoses.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("{:#?}", judgement.diagnoses))
}

#[test]
fn a_token_outweighs_the_tenant_that_discovery_names() {
    let judgement = judged(&connection("beta"), &healthy());
    assert_eq!(judgement.verdict, Verdict::ReadyWithWarnings);
    let warning = told(&judgement, Code::InputTenantMismatch);
    assert_eq!((warning.severity, warning.checks.as_slice()), (Severity::Warning, &["token".to_owned()][..]));
    assert!(warning.summary.contains("beta") && warning.summary.contains("A token came"), "{}", warning.summary);
    let fact = judgement.facts.iter().find(|fact| fact.id == "D3").expect("the tenant's line");
    assert_eq!(fact.state, FactState::Unproved);
}

#[test]
fn a_tenant_is_blamed_only_by_an_answer_that_can_be_about_it() {
    let html = |code, status| Fault { html: true, status: Some(status), ..Fault::new(code) };
    for (fault, code, blocking) in [
        (Fault::new(Code::AuthTenant), Code::InputTenantMismatch, true),
        (Fault::new(Code::AuthInvalidClient), Code::InputTenantMismatch, true),
        (Fault::new(Code::AuthUnknown), Code::InputTenantMismatch, true),
        (html(Code::HttpNotJson, 500), Code::InputTenantMismatch, true),
        (html(Code::HttpNotJson, 200), Code::InputTenantMismatch, true),
        (Fault::new(Code::HttpNotFound), Code::InputTenantMismatch, true),
        (Fault::new(Code::NetTimeout), Code::NetTimeout, false),
        (Fault::new(Code::TlsExpired), Code::TlsExpired, false),
        (html(Code::HttpIntercepted, 403), Code::HttpIntercepted, false),
        (Fault::new(Code::HttpRateLimited), Code::HttpRateLimited, false),
        (Fault::new(Code::HttpUnavailable), Code::HttpUnavailable, false),
        (Fault::new(Code::HttpServerError), Code::HttpServerError, false),
    ] {
        let evidence = Evidence {
            discovery: healthy().discovery,
            token: Observation::Failed(fault.clone()),
            ..Evidence::default()
        };
        let judgement = judged(&connection("beta"), &evidence);
        assert_eq!(judgement.code, code, "{fault:?}: {:#?}", judgement.diagnoses);
        let mismatch = told(&judgement, Code::InputTenantMismatch);
        assert_eq!(mismatch.severity == Severity::Blocking, blocking, "{fault:?}");
        assert_eq!(mismatch.summary.contains("got no token"), blocking, "{}", mismatch.summary);
        let discovery = judgement.checks.iter().find(|check| check.id == "discovery").expect("the check");
        assert_eq!(discovery.status, Status::Passed, "{fault:?}");
    }
}

#[test]
fn a_tenant_that_differs_goes_to_no_other_host() {
    let mut evidence = Evidence { discovery: healthy().discovery, ..Evidence::default() };
    discovered(&mut evidence, |discovery| discovery.auth_origin = "https://auth.example".into());
    let judgement = judged(&connection("beta"), &evidence);
    let mismatch = told(&judgement, Code::InputTenantMismatch);
    assert_eq!(judgement.code, Code::InputTenantMismatch);
    assert!(mismatch.summary.contains("the secret was not sent"), "{}", mismatch.summary);
}

#[test]
fn a_run_in_which_only_discovery_answered_is_no_pass() {
    let evidence = Evidence { discovery: healthy().discovery, ..Evidence::default() };
    for tenant in ["acme", "beta"] {
        let judgement = judged(&connection(tenant), &evidence);
        assert_eq!((judgement.verdict, judgement.code), (Verdict::Undetermined, Code::LocalCancelled), "{tenant}");
    }
}

#[test]
fn a_disabled_agent_that_works_is_a_warning_about_the_agent_that_was_seen() {
    let set = |change: fn(&mut Identity)| {
        let mut evidence = healthy();
        if let Observation::Answered(Answer { value, .. }) = &mut evidence.identity {
            value.disabled = Some(true);
            change(value);
        }
        evidence
    };
    let works = judged(&connection("acme"), &set(|_| {}));
    assert_eq!(works.verdict, Verdict::ReadyWithWarnings);
    let warning = told(&works, Code::AuthInvalidGrant);
    assert!(warning.severity == Severity::Warning && warning.summary.contains("its token and lists work"));

    let mut evidence = set(|_| {});
    for rows in evidence.probes.values_mut() {
        *rows = refused(403);
    }
    assert_eq!(told(&judged(&connection("acme"), &evidence), Code::AuthInvalidGrant).severity, Severity::Blocking);

    let other = judged(&connection("acme"), &set(|me| me.name = Some(UntrustedText::new("Bob"))));
    let warning = told(&other, Code::AuthInvalidGrant);
    assert!(warning.summary.starts_with("Bob:"), "{}", warning.summary);
    assert!(warning.fix[0].contains("Bob:"), "{:?}", warning.fix);
}

#[test]
fn a_doubtful_authorisation_server_is_told_with_what_halo_names() {
    let html = Fault { html: true, status: Some(404), ..Fault::new(Code::HttpNotFound) };
    for (change, fault, says) in [
        (Some("https://acme.halopsa.com/other"), html.clone(), Some("this Halo names https://acme.halopsa.com/other")),
        (Some("https://acme.halopsa.com/other"), Fault::new(Code::AuthInvalidClient), Some("--auth-url gives")),
        (Some("https://acme.halopsa.com/other"), Fault::new(Code::NetDns), Some("--auth-url gives")),
        (None, html, Some("names no authorisation server")),
        (None, Fault::new(Code::HttpNotJson), Some("names no authorisation server")),
        // A word of OAuth proves that tokens are issued there.
        (None, Fault::new(Code::AuthInvalidClient), None),
    ] {
        let mut evidence = Evidence {
            discovery: healthy().discovery,
            token: Observation::Failed(fault.clone()),
            ..Evidence::default()
        };
        discovered(&mut evidence, |discovery| {
            discovery.named = change.map(UntrustedText::new);
            discovery.guessed = change.is_none();
        });
        let judgement = judged(&connection("acme"), &evidence);
        let first = &judgement.diagnoses[0];
        assert_eq!(first.fix[0].contains("--auth-url"), says.is_some(), "{fault:?}: {:?}", first.fix);
        assert!(says.is_none_or(|says| first.summary.contains(says)), "{}", first.summary);
    }
}

#[test]
fn no_note_speaks_of_what_is_not_shown() {
    let guide = Guide::built_in();
    let evidence = healthy();
    let connection = connection("acme");
    let note = |field| Note { field, cleaned: true, text: "removed quotation marks".into() };
    let notes: Vec<Note> = Field::ALL.into_iter().map(note).collect();
    let judgement =
        judge(Case { guide: &guide, connection: &connection, notes: &notes, evidence: &evidence, finished: true });
    let fixes: Vec<&str> =
        judgement.diagnoses.iter().filter(|d| d.code == Code::InputCleaned).map(|d| d.fix[0].as_str()).collect();
    assert_eq!(fixes.len(), 4);
    assert!(fixes.iter().all(|fix| !fix.contains("shown")), "{fixes:?}");
    assert!(fixes[0].contains("https://acme.halopsa.com") && fixes[1].contains("acme"), "{fixes:?}");
}
