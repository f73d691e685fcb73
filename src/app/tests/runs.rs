//! Starting, following, cancelling and judging runs.

use std::sync::Arc;

use super::fixtures::*;
use crate::app::{
    Action, CheckState, Dialog, Effect, Focus, LineState, Message, Pane, PreviousRun, RepairResult, RunId, Staleness,
    Start, State, TextEdit, update,
};
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Typed};
use crate::domain::evidence::{Fault, Observation};
use crate::domain::report::Status;
use crate::domain::run_event::RunEvent;
use crate::domain::run_plan::CheckSelection;
use crate::domain::run_summary::{CheckSummary, ShortId};
use crate::secret::Secret;

fn started(effects: &[Effect]) -> Option<(RunId, &CheckSelection)> {
    effects.iter().find_map(|effect| match effect {
        Effect::StartRun { run, order } => Some((*run, &order.selection)),
        _ => None,
    })
}

fn failed() -> State {
    let mut state = state(filled());
    let evidence = invoices_refused(&state.guide);
    run(&mut state, evidence);
    state
}

fn line(state: &State, fact: &str) -> LineState {
    state.line_state(state.guide.line(fact).expect("a line of the guide"))
}

fn shown(state: &State, check: &str) -> CheckState {
    state.all_checks().into_iter().find(|row| row.id == check).expect("a check").shown
}

#[test]
fn a_run_works_on_a_copy_of_the_values() {
    let mut state = state(filled());
    let effects = act(&mut state, Action::RunAll);
    let order = effects.iter().find_map(|effect| match effect {
        Effect::StartRun { order, .. } => Some(order),
        _ => None,
    });
    let order = order.expect("a run starts");
    assert_eq!((order.connection.resource_server.as_str(), order.secret.expose()), (URL, SECRET));
    assert_eq!(order.selection, CheckSelection::All);
    assert!(order.previous.is_none());
    assert!(!format!("{effects:?}").contains("18293a4b"));
}

#[test]
fn a_form_with_a_problem_sends_nothing_and_shows_where_it_is() {
    for (spoilt, focus) in [
        (Field::Url, Focus::Field(Field::Url)),
        (Field::ClientId, Focus::Field(Field::ClientId)),
        (Field::Secret, Focus::Field(Field::Secret)),
    ] {
        let mut state = state(filled());
        state.focus = Focus::Field(spoilt);
        act(&mut state, Action::Edit(TextEdit::Clear));
        state.focus = Focus::Checks;
        let effects = act(&mut state, Action::RunAll);
        assert!(started(&effects).is_none(), "{effects:?}");
        assert_eq!(state.focus, focus);
        assert!(state.notice.as_ref().is_some_and(|notice| notice.starts_with("Nothing was sent.")));
        assert_eq!(state.outcome().exit_status, 78);
    }
}

#[test]
fn checks_go_from_waiting_to_running_to_their_end() {
    let mut state = state(filled());
    begin(&mut state);
    for (check, is) in
        [("token", CheckState::Passed), ("clients", CheckState::Running(0)), ("invoices", CheckState::Waiting)]
    {
        assert_eq!(shown(&state, check), is, "{check}");
    }
    let active = state.run.active.as_ref().expect("goes on");
    assert_eq!(
        (active.total, active.done()),
        (14, 6),
        "values, sign-in, tickets, and what was seen in the tickets' rows"
    );
    assert!(state.needs_clock());
    let evidence = invoices_refused(&state.guide);
    end(&mut state, evidence);
    assert_eq!(shown(&state, "invoices"), CheckState::Failed);
    assert!(!state.needs_clock());
}

#[test]
fn an_end_marks_the_guide_and_selects_the_first_failure() {
    let mut state = failed();
    for (fact, is) in [
        ("B3", LineState::Proved),
        ("B7", LineState::Contradicted),
        ("C6", LineState::Proved),
        ("A4", LineState::Operator),
    ] {
        assert_eq!(line(&state, fact), is, "{fact}");
    }
    assert_eq!(state.check_id(), Some("invoices"));
    assert_eq!(state.selected_line().map(|line| line.fact.as_str()), Some("B7"));
    act(&mut state, Action::Follow);
    assert_eq!(state.focus, Focus::Checklist);
    act(&mut state, Action::Tick);
    let b7 = state.guide.line("B7").expect("there").clone();
    let says = state.line_says(&b7).expect("it is contradicted");
    assert!(says.starts_with("ticked, but Halo says"), "{says}");
    act(&mut state, Action::Follow);
    assert_eq!((state.focus, state.check_id()), (Focus::Checks, Some("invoices")));
}

#[test]
fn events_of_another_run_change_nothing() {
    let mut state = state(filled());
    act(&mut state, Action::RunAll);
    let old = run_of(&state);
    act(&mut state, Action::RunAll);
    let new = run_of(&state);
    assert!(new > old);
    let guide = state.guide.clone();
    let before = format!("{:?} {:?}", state.run, state.all_checks());
    for event in [
        RunEvent::CheckStarted("token".into()),
        RunEvent::Waiting { check: "token".into(), seconds: 9 },
        RunEvent::Finished(Box::new(finished(&guide, healthy(&guide)))),
    ] {
        assert!(update(&mut state, Message::Run { run: old, event }).is_empty());
    }
    update(&mut state, Message::RunBroke { run: old });
    assert_eq!(format!("{:?} {:?}", state.run, state.all_checks()), before);
    end(&mut state, healthy(&guide));
    let again = RunEvent::Finished(Box::new(finished(&guide, invoices_refused(&guide))));
    update(&mut state, Message::Run { run: new, event: again });
    assert_eq!(state.outcome().exit_status, 0, "an ended run has ended");
}

#[test]
fn cancelling_aborts_and_shows_at_once() {
    for how in [Action::Back, Action::Interrupt] {
        let mut state = state(filled());
        begin(&mut state);
        let run = run_of(&state);
        let effects = act(&mut state, how);
        assert!(matches!(effects[..], [Effect::CancelRun(id)] if id == run), "{effects:?}");
        assert_eq!(shown(&state, "clients"), CheckState::Stopped);
        assert_eq!(shown(&state, "token"), CheckState::Passed, "what was seen stays");
        assert!(act(&mut state, how).iter().all(|effect| !matches!(effect, Effect::CancelRun(_))), "once");
    }
}

#[test]
fn a_changed_value_sends_what_rests_on_it_back_to_waiting() {
    for (field, stale, discovery, token) in [
        (Field::Url, Staleness::Everything, CheckState::Waiting, CheckState::Waiting),
        (Field::Tenant, Staleness::Credentials, CheckState::Passed, CheckState::Waiting),
        (Field::ClientId, Staleness::Credentials, CheckState::Passed, CheckState::Waiting),
        (Field::Secret, Staleness::Credentials, CheckState::Passed, CheckState::Waiting),
    ] {
        let mut state = failed();
        state.focus = Focus::Field(field);
        type_text(&mut state, "x");
        assert_eq!(state.run.staleness(&state.form), stale, "{field:?}");
        assert_eq!((shown(&state, "discovery"), shown(&state, "token")), (discovery, token), "{field:?}");
        assert_eq!(line(&state, "B3"), LineState::Todo, "{field:?}");
        assert_eq!(state.outcome().exit_status, 75, "no verdict about new values");
        act(&mut state, Action::Edit(TextEdit::Backspace));
        let fresh = field != Field::Secret;
        assert_eq!(state.judgement().is_some(), fresh, "{field:?}: the old value back is the old result back");
    }
}

#[test]
fn a_value_changed_during_a_run_ends_it() {
    let mut state = state(filled());
    begin(&mut state);
    act(&mut state, Action::GoTo(Pane::Credentials));
    let effects = update(&mut state, Message::Type('x'));
    assert!(matches!(effects[..], [Effect::CancelRun(_)]), "{effects:?}");
}

#[test]
fn a_tenant_that_halo_filled_in_is_not_a_change() {
    let mut start = filled();
    start.typed.tenant.clear();
    let mut state = state(start);
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    assert_eq!(state.form.text(Field::Tenant), "acme");
    assert!(state.judgement().is_some());
}

#[test]
fn one_check_runs_again_with_the_claims_that_its_verdict_rests_on() {
    let mut state = failed();
    let effects = act(&mut state, Action::RunSelected);
    let (_, which) = started(&effects).expect("a run starts");
    assert_eq!(*which, CheckSelection::Only(vec!["invoices".into(), "identity".into()]));
    let previous =
        effects.iter().any(|effect| matches!(effect, Effect::StartRun { order, .. } if order.previous.is_some()));
    assert!(previous, "it starts from what is known");
    assert_eq!((shown(&state, "invoices"), shown(&state, "token")), (CheckState::Waiting, CheckState::Passed));
    assert_eq!(line(&state, "B3"), LineState::Proved, "the others' results stand");
    let evidence = healthy(&state.guide);
    end(&mut state, evidence);
    assert_eq!((shown(&state, "invoices"), line(&state, "B7")), (CheckState::Passed, LineState::Proved));
}

#[test]
fn a_partial_run_over_changed_values_starts_from_nothing() {
    let mut state = failed();
    state.focus = Focus::Field(Field::Secret);
    type_text(&mut state, "x");
    state.focus = Focus::Checks;
    let effects = act(&mut state, Action::RunSelected);
    let previous =
        effects.iter().any(|effect| matches!(effect, Effect::StartRun { order, .. } if order.previous.is_some()));
    assert!(started(&effects).is_some() && !previous);
}

#[test]
fn mending_happens_in_the_demo_alone_and_runs_the_check_again() {
    let mut state = failed();
    assert!(
        !state.offers(Action::Repair) && act(&mut state, Action::Repair).is_empty(),
        "a real Halo is never written to"
    );

    let mut state = self::state(crate::app::Start { demo: Some("role-invoices".into()), ..filled() });
    let evidence = invoices_refused(&state.guide);
    run(&mut state, evidence);
    assert!(state.offers(Action::Repair));
    let effects = act(&mut state, Action::Repair);
    let [Effect::Repair(repair)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((repair.code, repair.copies_form), ("api.role_level", false));
    assert_eq!((repair.facts.join(" "), repair.checks.join(" ")), ("B7".to_owned(), "invoices".to_owned()));
    let outcome = Ok(RepairResult { done: "Invoices Access Level set to Read Only".into(), form: None });
    let effects = update(&mut state, Message::RepairResult { checks: vec!["invoices".into()], outcome });
    assert!(started(&effects).is_some());
    let outcome = Err("no such part".to_owned());
    let effects = update(&mut state, Message::RepairResult { checks: vec!["invoices".into()], outcome });
    assert!(started(&effects).is_none());
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("no such part")));
}

#[test]
fn values_that_mending_changed_are_copied_into_the_form() {
    let mut state = self::state(crate::app::Start { demo: Some("x".into()), ..filled() });
    let typed = Typed { url: URL.into(), tenant: "beta".into(), client_id: ID.into(), ..Typed::default() };
    let secret = SECRET.replace('5', "6");
    let form = Some((typed, Secret::new(secret.clone())));
    let outcome = Ok(RepairResult { done: "Generate pressed".into(), form });
    let effects = update(&mut state, Message::RepairResult { checks: vec!["token".into()], outcome });
    assert_eq!((state.form.text(Field::Tenant), state.form.secret.expose()), ("beta", secret.as_str()));
    assert_eq!(started(&effects).map(|(_, which)| which), Some(&CheckSelection::All), "all hangs on the sign-in");
    assert!(!state.secret_typed, "nothing is lost by quitting a demo");
}

#[test]
fn a_broken_run_is_told_and_the_interface_goes_on() {
    let mut state = state(filled());
    begin(&mut state);
    let run = run_of(&state);
    update(&mut state, Message::RunBroke { run });
    assert!(state.run.active.is_none() && state.notice.is_some());
    assert!(started(&act(&mut state, Action::RunAll)).is_some());
}

#[test]
fn ready_shows_the_values_unless_the_operator_is_elsewhere() {
    let mut state = state(filled());
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    assert!(matches!(state.overlay, Some(Dialog::Values)));
    assert_eq!(state.outcome().exit_status, 0);

    let mut state = self::state(filled());
    act(&mut state, Action::RunAll);
    act(&mut state, Action::GoTo(Pane::Checklist));
    let evidence = healthy(&state.guide);
    end(&mut state, evidence);
    assert!(state.overlay.is_none());
}

/// What stands under "Before" of a check.
fn before(state: &mut State, check: &str) -> Option<String> {
    state.check = Some(check.into());
    let section = state.detail().into_iter().find(|section| section.part == crate::app::DetailSection::LastGoodResult);
    section.map(|section| section.texts.iter().map(|text| &**text).collect())
}

#[test]
fn every_check_says_how_it_ended_in_the_last_good_run() {
    let mut state = state(filled());
    let guide = Arc::clone(&state.guide);
    run(&mut state, healthy(&guide));
    assert_eq!(before(&mut state, "tickets"), None, "a first run has none before it");
    update(&mut state, Message::Clock(5 * 60_000));
    run(&mut state, invoices_refused(&guide));
    for (check, says) in [
        ("invoices", "ok, 128 ms in the last good run, 5 min ago"),
        ("tickets", "ok, 312 ms in the last good run, 5 min ago"),
        ("input", "ok in the last good run, 5 min ago"),
    ] {
        assert_eq!(before(&mut state, check).as_deref(), Some(says));
    }
    update(&mut state, Message::Clock(8 * 60_000));
    run(&mut state, healthy(&guide));
    let says = before(&mut state, "invoices");
    assert_eq!(says.as_deref(), Some("ok, 128 ms in the last good run, 8 min ago"), "not the run that is shown itself");
}

#[test]
fn a_good_run_of_an_earlier_session_is_compared_with() {
    let id = ShortId::new("invoices").expect("a short name");
    let checks = vec![CheckSummary { id, status: Status::Warned, code: Code::ApiNothingVisible, took_ms: Some(88) }];
    let previous = Some(PreviousRun { at_ms: -3 * 86_400_000, checks });
    let mut state = State::at(Start { previous, ..filled() }, 0, 50_000);
    let says = "warn api.nothing_visible, 88 ms in the last good run, 3 d ago";
    assert_eq!(before(&mut state, "invoices").as_deref(), Some(says), "before any run of this session");
    assert_eq!(before(&mut state, "tickets"), None);
}

#[test]
fn the_watch_asks_for_what_is_not_green_and_rings_when_all_is() {
    let mut state = failed();
    act(&mut state, Action::Watch);
    act(&mut state, Action::GoTo(Pane::Checklist));
    assert!(state.needs_clock());
    assert!(update(&mut state, Message::Clock(29_999)).is_empty());
    let effects = update(&mut state, Message::Clock(30_000));
    let (_, which) = started(&effects).expect("it asks again");
    assert_eq!(*which, CheckSelection::Only(vec!["invoices".into(), "identity".into()]));
    assert_eq!(state.focus, Focus::Checklist, "it leaves the operator where he is");
    assert!(update(&mut state, Message::Clock(61_000)).is_empty(), "one run at a time");
    let evidence = invoices_refused(&state.guide);
    assert!(!end(&mut state, evidence).iter().any(|effect| matches!(effect, Effect::Bell)));
    assert!(update(&mut state, Message::Clock(90_999)).is_empty(), "thirty seconds after the end");
    assert!(started(&update(&mut state, Message::Clock(91_000))).is_some());
    let evidence = healthy(&state.guide);
    let effects = end(&mut state, evidence);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Bell)), "{effects:?}");
    assert!(state.watch.is_none() && state.overlay.is_none());
}

#[test]
fn the_watch_asks_no_earlier_than_a_server_wished() {
    let mut state = failed();
    act(&mut state, Action::Watch);
    assert!(started(&update(&mut state, Message::Clock(30_000))).is_some());
    let mut evidence = healthy(&state.guide);
    let limited = Fault { retry_after: Some(120), ..Fault::new(Code::HttpRateLimited) };
    evidence.probes.insert("invoices".into(), Observation::Failed(limited));
    end(&mut state, evidence);
    assert!(update(&mut state, Message::Clock(149_999)).is_empty());
    assert!(started(&update(&mut state, Message::Clock(150_000))).is_some());
}

#[test]
fn stopping_a_run_ends_the_watch() {
    let mut state = failed();
    act(&mut state, Action::Watch);
    update(&mut state, Message::Clock(30_000));
    act(&mut state, Action::Interrupt);
    assert!(state.watch.is_none());
}

#[test]
fn a_refused_host_is_asked_about_at_the_end_of_a_run() {
    let mut state = state(filled());
    let evidence = split_host(&state.guide);
    run(&mut state, evidence);
    assert!(state.overlay.is_none(), "{:?}", state.overlay);
    assert!(state.offers(Action::SignInHost), "{:?}", state.found);
    act(&mut state, Action::SignInHost);
    assert!(matches!(&state.overlay, Some(Dialog::AcceptAuth { origin, .. }) if origin == "https://auth.example.net"));
}

#[test]
fn exit_status_and_codes_follow_the_verdict() {
    let mut state = state(filled());
    assert_eq!(state.outcome().exit_status, 75, "what was not tested never counts as a pass");
    let evidence = invoices_refused(&state.guide);
    run(&mut state, evidence);
    let outcome = state.outcome();
    assert_eq!((outcome.exit_status, outcome.codes.as_slice()), (1, &["api.role_level"][..]));
    assert!(outcome.line.starts_with("NOT READY: "), "{}", outcome.line);
}

#[test]
fn ctrl_c_quits_only_when_pressed_again_in_time() {
    let mut state = state(filled());
    assert!(act(&mut state, Action::Interrupt).is_empty() && state.needs_clock());
    update(&mut state, Message::Clock(2_000));
    assert!(!state.needs_clock() && state.notice.is_none());
    assert!(act(&mut state, Action::Interrupt).is_empty(), "too late: it counts anew");
    assert!(matches!(act(&mut state, Action::Interrupt)[..], [Effect::SaveProgress(_), Effect::Quit]));
    act(&mut state, Action::Interrupt);
    act(&mut state, Action::Move(crate::app::Motion::Down));
    assert!(act(&mut state, Action::Interrupt).is_empty(), "another key in between");
}

#[test]
fn a_suspension_ends_the_run_and_says_so() {
    let mut state = state(filled());
    begin(&mut state);
    assert!(matches!(&act(&mut state, Action::Suspend)[..], [Effect::Suspend]), "where nobody can, nothing ends");
    let run = run_of(&state);
    let effects = update(&mut state, Message::Suspending);
    assert!(matches!(&effects[..], [Effect::CancelRun(ended)] if *ended == run), "{effects:?}");
    assert_eq!(shown(&state, "clients"), CheckState::Stopped);
    let says = "Suspending stopped the checks: {run_all} runs them again.";
    assert_eq!(state.notice.as_deref(), Some(says));
    assert!(update(&mut state, Message::Suspending).is_empty(), "it ends once");

    let mut state = failed();
    assert!(update(&mut state, Message::Suspending).is_empty() && state.notice.is_none(), "nothing goes on");
    act(&mut state, Action::Watch);
    update(&mut state, Message::Clock(30_000));
    update(&mut state, Message::Suspending);
    assert!(state.watch.is_some() && state.notice.as_ref().is_some_and(|notice| notice.contains("the watch runs")));
}

#[test]
fn a_run_of_the_operators_own_ends_the_watch_with_the_bell_and_the_values() {
    let mut state = failed();
    act(&mut state, Action::Watch);
    act(&mut state, Action::RunSelected);
    let evidence = healthy(&state.guide);
    let effects = end(&mut state, evidence);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Bell)) && state.watch.is_none(), "{effects:?}");
    assert!(matches!(state.overlay, Some(Dialog::Values)));
}
