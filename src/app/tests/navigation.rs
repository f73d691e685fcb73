//! Moving, filtering, sending.

use super::fixtures::*;
use crate::app::{Action, Dialog, Effect, Focus, Message, Motion, Pane, Start, State, update};
use crate::domain::connection::{Field, Typed};
use crate::domain::run_event::{Exchange, LogLevel, LogLine, RunEvent};

fn failed() -> State {
    let mut state = state(filled());
    let evidence = invoices_refused(&state.guide);
    run(&mut state, evidence);
    state
}

fn clipboard(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| match effect {
        Effect::Clipboard(text) => Some(text.expose()),
        _ => None,
    })
}

#[test]
fn moves_stop_at_both_ends() {
    let mut state = state(empty());
    for (motion, line) in [
        (Motion::Up, 0),
        (Motion::Down, 1),
        (Motion::Last, 26),
        (Motion::Down, 26),
        (Motion::PageUp, 7),
        (Motion::First, 0),
        (Motion::PageDown, 19),
    ] {
        act(&mut state, Action::Move(motion));
        assert_eq!(state.line_number(), line, "{motion:?}");
    }
}

#[test]
fn steps_by_number_and_by_turn() {
    for (actions, step, focus) in [
        (&[Action::Step(2)][..], 1, Focus::Checklist),
        (&[Action::Step(4)], 3, Focus::Checklist),
        (&[Action::Step(5)], 0, Focus::Checks),
        (&[Action::Step(9)], 0, Focus::Checklist),
        (&[Action::NextStep, Action::NextStep], 2, Focus::Checklist),
        (&[Action::Step(4), Action::NextStep], 3, Focus::Checks),
        (&[Action::Step(5), Action::PreviousStep], 3, Focus::Checklist),
        (&[Action::PreviousStep], 0, Focus::Checklist),
    ] {
        let mut state = state(empty());
        for action in actions {
            act(&mut state, *action);
        }
        assert_eq!((state.selected_step(), state.focus), (step, focus), "{actions:?}");
    }
}

#[test]
fn tab_goes_round_through_every_pane_and_field() {
    let mut state = state(empty());
    let start = state.focus;
    let mut seen = Vec::new();
    for _ in 0..8 {
        assert!(!seen.contains(&state.focus));
        seen.push(state.focus);
        act(&mut state, Action::NextPane);
    }
    assert_eq!(state.focus, start);
    for back in seen.iter().rev() {
        act(&mut state, Action::PreviousPane);
        assert_eq!(state.focus, *back);
    }
}

#[test]
fn credentials_open_at_the_first_field_that_needs_something() {
    let mut start = filled();
    start.secret = None;
    let mut state = state(start);
    act(&mut state, Action::GoTo(Pane::Credentials));
    assert_eq!(state.focus, Focus::Field(Field::Secret));
}

#[test]
fn ticks_are_kept() {
    let mut state = state(empty());
    let effects = act(&mut state, Action::Tick);
    assert!(state.ticked("A1"));
    assert!(matches!(&effects[..], [Effect::SaveProgress(progress)] if progress.ticks.contains("A1")));
    act(&mut state, Action::Tick);
    assert!(!state.ticked("A1"));
    let state = self::state(Start { ticks: ["B2".to_owned()].into(), ..empty() });
    assert!(state.ticked("B2"));
}

#[test]
fn every_line_leads_somewhere_or_says_why_not() {
    let lines = state(empty()).guide.lines().count();
    for number in 0..lines {
        let mut state = failed();
        act(&mut state, Action::GoTo(Pane::Checklist));
        act(&mut state, Action::Move(Motion::First));
        (0..number).for_each(|_| drop(act(&mut state, Action::Move(Motion::Down))));
        act(&mut state, Action::Follow);
        assert!(state.focus != Focus::Checklist || state.notice.is_some(), "line {number}");
    }
}

#[test]
fn every_check_leads_to_a_line() {
    let checks = failed().all_checks();
    for check in checks.iter().filter(|check| check.id != "input") {
        let mut state = failed();
        state.check = Some(check.id.clone());
        act(&mut state, Action::Follow);
        assert_eq!(state.focus, Focus::Checklist, "{}", check.id);
        act(&mut state, Action::Follow);
        assert_eq!((state.focus, state.check_id()), (Focus::Checks, Some(check.id.as_str())), "and back");
    }
}

#[test]
fn only_failures_hides_the_rest_and_keeps_a_selection() {
    let mut state = failed();
    state.check = Some("token".into());
    act(&mut state, Action::OnlyFailures);
    let ids: Vec<String> = state.listed_checks().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, ["invoices"]);
    assert_eq!(state.check_id(), Some("invoices"));
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    assert!(state.listed_checks().is_empty() && state.selected_check().is_none());
    for action in
        [Action::Follow, Action::RunSelected, Action::Copy, Action::Plain, Action::Curl, Action::Move(Motion::Down)]
    {
        state.overlay = None;
        act(&mut state, action);
    }
}

#[test]
fn a_copy_says_that_the_terminal_may_have_ignored_it() {
    let mut state = failed();
    for (action, focus, holds) in [
        (Action::Copy, Focus::Checks, "Invoices Access Level"),
        (Action::Copy, Focus::Checklist, "Teams & Agents"),
        (Action::Curl, Focus::Checks, "curl -sS"),
    ] {
        state.focus = focus;
        let effects = act(&mut state, action);
        let text = clipboard(&effects).expect("something is sent");
        assert!(text.contains(holds), "{text}");
        let notice = state.notice.as_deref().unwrap_or_default();
        for says in ["copied through the terminal", "the terminal ignored it", "{plain} shows the text"] {
            assert!(notice.contains(says), "{notice}");
        }
    }
}

#[test]
fn no_curl_holds_a_secret_and_each_is_one_shell_word_where_it_must_be() {
    let mut start = filled();
    start.typed.tenant = "ac'me&x".into();
    let mut state = state(start);
    let evidence = invoices_refused(&state.guide);
    run(&mut state, evidence);
    for check in state.all_checks() {
        assert_eq!(state.has_curl(&check.id), state.curl(&check.id).is_some(), "{}", check.id);
        let Some(curl) = state.curl(&check.id) else {
            assert_eq!(check.id, "input");
            continue;
        };
        assert!(!curl.contains("18293a4b"), "{curl}");
        assert!(!curl.contains("{day}") && !curl.contains("ac'me&x"), "{curl}");
    }
    assert!(state.curl("token").is_some_and(|curl| curl.contains("?tenant=ac%27me%26x") && curl.contains(ID)));
    assert!(state.curl("timesheets").is_some_and(|curl| curl.contains("start_date=YYYY-MM-DD&end_date=YYYY-MM-DD")));
    assert!(state.curl("others-tickets").is_some_and(|curl| curl.contains("/api/Tickets?")), "another probe's rows");
}

/// The text is the request that was sent, however the values were typed and whatever the run fell back to.
#[test]
fn curl_texts_are_the_requests_of_the_last_run() {
    let mut start = filled();
    start.typed =
        Typed { url: format!(" {URL}/api/ "), tenant: "Not set".into(), client_id: format!(" {ID} "), ..start.typed };
    let mut state = state(start);
    let curl = |state: &State, check: &str| state.curl(check).expect("a command");
    let before = curl(&state, "token");
    assert!(before.contains(&format!("'{URL}/auth/token'")) && !before.contains("Not"), "{before}");
    assert!(before.contains(&format!("'client_id={ID}'")) && before.contains("'scope=all'"), "{before}");
    act(&mut state, Action::RunAll);
    let sent = |check: &str, url: String, scope: Option<&str>, status| Exchange {
        check: check.into(),
        url,
        scope: scope.map(str::to_owned),
        status: Some(status),
        ..Exchange::default()
    };
    let list = format!("{URL}/api/Timesheet?start_date=2026-11-20&end_date=2026-11-21");
    for exchange in [
        sent("token", format!("{URL}/auth/token"), Some("all"), 400),
        sent("token", format!("{URL}/other/token?tenant=acme"), Some("read:tickets read:items"), 200),
        sent("token", format!("{URL}/auth/token"), Some("read:items"), 400),
        sent("timesheets", list.clone(), None, 200),
    ] {
        happen(&mut state, RunEvent::Exchanged(exchange));
    }
    let token = curl(&state, "token");
    assert!(token.contains(&format!("'{URL}/other/token?tenant=acme'")), "{token}");
    assert!(
        token.contains("'scope=read:tickets read:items'") && token.contains(&format!("'client_id={ID}'")),
        "{token}"
    );
    assert!(curl(&state, "timesheets").ends_with(&format!("'{list}'")));
}

#[test]
fn plain_text_holds_all_that_is_known_and_no_secret() {
    let mut state = failed();
    act(&mut state, Action::Plain);
    let Some(Dialog::Plain(text)) = &state.overlay else { panic!("no plain text") };
    for part in ["FAIL invoices", "403", "Invoices Access Level", "api.role_level", "curl -sS"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("18293a4b"));
}

#[test]
fn searching_the_log_filters_while_typing() {
    let mut state = state(filled());
    act(&mut state, Action::RunAll);
    for text in ["GET /api/Invoice", "GET /api/Client"] {
        let line = LogLine { at_ms: 61_000, level: LogLevel::Info, check: None, text: text.into() };
        happen(&mut state, RunEvent::Log(line));
    }
    act(&mut state, Action::Search);
    type_text(&mut state, "invoice");
    assert_eq!(state.log.counts().0, 1);
    assert_eq!(state.log.upwards().next().map(|entry| entry.at_ms), Some(10 * 3_600_000 + 61_000));
    act(&mut state, Action::NextField);
    assert!(state.log.search().is_none());
    assert_eq!((state.log.needle(), state.focus), ("invoice", Focus::Log), "Enter keeps it");
    act(&mut state, Action::Search);
    act(&mut state, Action::Back);
    assert_eq!(state.log.needle(), "", "Esc ends it");
    paste(&mut state, "x");
    act(&mut state, Action::Search);
    paste(&mut state, "Client\n");
    assert_eq!((state.log.needle(), state.log.counts().0), ("client", 1));
    for pasted in [SECRET.to_owned(), format!("Tenant: acme\nClient Secret: {SECRET}")] {
        paste(&mut state, &pasted);
        assert_eq!(state.log.needle(), "client", "a search shows its text: no secret becomes one");
    }
}

#[test]
fn the_log_fills_the_screen_and_goes_back_to_where_it_was_opened() {
    let mut state = state(filled());
    state.focus = Focus::Checks;
    update(&mut state, Message::Clock(1));
    act(&mut state, Action::Values);
    act(&mut state, Action::ZoomLog);
    assert!(state.overlay.is_none(), "nothing lies over what was asked for");
    assert!(state.log_zoomed && state.focus == Focus::Log);
    act(&mut state, Action::Back);
    assert!(!state.log_zoomed && state.focus == Focus::Checks);
    act(&mut state, Action::ZoomLog);
    state.form.client_id.replace("");
    act(&mut state, Action::RunAll);
    assert_eq!((state.focus, state.log_zoomed), (Focus::Field(Field::ClientId), false), "no key goes under the log");
}
