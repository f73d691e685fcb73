//! The table from evidence to verdict, row by row.

use super::test_evidence::*;
use super::*;

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
