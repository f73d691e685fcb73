//! Whatever comes, in whatever order: no panic, no secret in what is printed, the focus on something that exists.

use proptest::prelude::*;

use super::fixtures::*;
use crate::app::{
    Action, CheckState, Effect, Focus, Format, Message, Motion, Pane, RepairResult, RunId, State, TextEdit, Viewport,
    Viewports, update,
};
use crate::domain::connection::Typed;
use crate::domain::evidence::{Answer, ConnectionInfo, Observation, Timing};
use crate::domain::run_event::{LogLevel, LogLine, RunEvent};
use crate::secret::Secret;

fn actions() -> impl Strategy<Value = Action> {
    use Action as A;
    let plain = prop::sample::select(vec![
        A::Help,
        A::NextPane,
        A::PreviousPane,
        A::GoTo(Pane::Checklist),
        A::GoTo(Pane::Credentials),
        A::GoTo(Pane::Checks),
        A::GoTo(Pane::Log),
        A::NextStep,
        A::PreviousStep,
        A::RunAll,
        A::ZoomLog,
        A::Redraw,
        A::Back,
        A::Interrupt,
        A::Suspend,
        A::Quit,
        A::NextField,
        A::Reveal,
        A::Suggestion,
        A::Tick,
        A::Follow,
        A::RunSelected,
        A::OnlyFailures,
        A::Watch,
        A::Repair,
        A::Copy,
        A::Plain,
        A::Curl,
        A::Export,
        A::Search,
        A::Tail,
        A::Level,
        A::Values,
        A::Profiles,
        A::Open,
        A::OpenAndCheck,
        A::New,
        A::Demo,
        A::Remove,
        A::Find,
        A::SaveProfile,
        A::SaveAs,
        A::KeepSecret,
        A::Choose,
        A::Yes,
        A::No,
        A::Write,
    ]);
    let edits = prop::sample::select(vec![
        TextEdit::Left,
        TextEdit::Right,
        TextEdit::WordLeft,
        TextEdit::WordRight,
        TextEdit::Home,
        TextEdit::End,
        TextEdit::Backspace,
        TextEdit::Delete,
        TextEdit::DeleteWord,
        TextEdit::Clear,
        TextEdit::DeleteToEnd,
        TextEdit::PutBack,
        TextEdit::Undo,
    ]);
    let motions = prop::sample::select(vec![
        Motion::Up,
        Motion::Down,
        Motion::PageUp,
        Motion::PageDown,
        Motion::First,
        Motion::Last,
    ]);
    let formats = prop::sample::select(vec![Format::Markdown, Format::Json, Format::Html, Format::Admin]);
    prop_oneof![
        8 => plain,
        2 => edits.prop_map(A::Edit),
        2 => motions.prop_map(A::Move),
        1 => formats.prop_map(A::ExportAs),
        1 => any::<u8>().prop_map(A::Step),
        1 => any::<u8>().prop_map(A::CopyValue),
    ]
}

/// What can happen, as a recipe: a message can be neither cloned nor printed whole.
#[derive(Clone, Debug)]
enum Event {
    Act(Action),
    Type(char),
    Paste(String),
    Clock(u16),
    Viewports(u16, u16),
    Resized,
    Started(bool, usize),
    Ended(bool, usize),
    Finished(bool, u8),
    Log(bool),
    Broke(bool),
    Discovered(bool),
    RepairResult(bool),
}

fn events() -> impl Strategy<Value = Event> {
    let pastes = prop::sample::select(vec![
        format!("{SECRET}\n"),
        ID.to_owned(),
        URL.to_owned(),
        format!("Tenant: acme\nClient Secret: {SECRET}"),
        "日本語 \u{202e}e\u{301}".to_owned(),
    ]);
    prop_oneof![
        10 => actions().prop_map(Event::Act),
        3 => any::<char>().prop_map(Event::Type),
        2 => pastes.prop_map(Event::Paste),
        1 => any::<u16>().prop_map(Event::Clock),
        1 => (any::<u16>(), any::<u16>()).prop_map(|(height, most)| Event::Viewports(height, most)),
        1 => Just(Event::Resized),
        2 => (any::<bool>(), 0..20_usize).prop_map(|(own, at)| Event::Started(own, at)),
        2 => (any::<bool>(), 0..20_usize).prop_map(|(own, at)| Event::Ended(own, at)),
        2 => (any::<bool>(), 0..3_u8).prop_map(|(own, what)| Event::Finished(own, what)),
        1 => any::<bool>().prop_map(Event::Log),
        1 => any::<bool>().prop_map(Event::Broke),
        1 => any::<bool>().prop_map(Event::Discovered),
        1 => any::<bool>().prop_map(Event::RepairResult),
    ]
}

fn message(state: &State, event: &Event) -> Message {
    let run = |own: bool| match &state.run.active {
        Some(active) if own => active.id,
        _ => RunId(u64::MAX),
    };
    let check = |at: usize| state.all_checks().get(at).map_or_else(|| "no-such-check".to_owned(), |row| row.id.clone());
    match event.clone() {
        Event::Act(action) => Message::Act(action),
        Event::Type(c) => Message::Type(c),
        Event::Paste(text) => Message::Paste(Secret::new(text)),
        Event::Clock(ms) => Message::Clock(state.now_ms + u64::from(ms)),
        Event::Viewports(height, most) => {
            let window = Viewport { offset: most / 2, height, most };
            Message::Viewports(Viewports {
                checks: window,
                checklist: window,
                detail: window,
                log: window,
                ..Viewports::default()
            })
        }
        Event::Resized => Message::Resized,
        Event::Started(own, at) => Message::Run { run: run(own), event: RunEvent::CheckStarted(check(at)) },
        Event::Ended(own, at) => Message::Run { run: run(own), event: RunEvent::CheckEnded(check(at)) },
        Event::Finished(own, what) => {
            let evidence = [healthy, invoices_refused, split_host][usize::from(what)](&state.guide);
            let end = RunEvent::Finished(Box::new(finished(&state.guide, evidence)));
            Message::Run { run: run(own), event: end }
        }
        Event::Log(own) => {
            let line = LogLine { at_ms: 7, level: LogLevel::Warn, check: None, text: "a line".into() };
            Message::Run { run: run(own), event: RunEvent::Log(line) }
        }
        Event::Broke(own) => Message::RunBroke { run: run(own) },
        Event::Discovered(own) => {
            let asked = if own { state.asked } else { u64::MAX };
            let outcome = Observation::Answered(Answer { value: discovery(), status: 200, timing: Timing::default() });
            Message::Discovered { asked, link: Box::new(ConnectionInfo::default()), outcome: Box::new(outcome) }
        }
        Event::RepairResult(well) => {
            let form = (connection_typed(), Secret::new(SECRET.replace('5', "6")));
            let result = RepairResult { done: "done".into(), form: Some(form) };
            let outcome = if well { Ok(result) } else { Err("no such part".to_owned()) };
            Message::RepairResult { checks: vec!["invoices".into()], outcome }
        }
    }
}

fn connection_typed() -> Typed {
    Typed { url: URL.into(), tenant: "beta".into(), client_id: ID.into(), ..Typed::default() }
}

fn own_run(message: &Message) -> bool {
    !matches!(message, Message::Run { run, .. } | Message::RunBroke { run } if *run == RunId(u64::MAX))
}

/// What must hold after every message.
fn holds(state: &State, effects: &[Effect]) {
    let printed = format!("{state:?} {effects:?}");
    for part in ["5b21a3c4", "18293a4b"] {
        assert!(!printed.contains(part), "{part} in {printed}");
    }
    if let Some(id) = state.check_id() {
        assert!(state.listed_checks().iter().any(|row| row.id == id), "{id} is not listed");
    } else {
        assert!(state.listed_checks().is_empty());
    }
    assert!(state.selected_line().is_some());
    let active = state.run.active.as_ref();
    assert!(active.is_none_or(|run| run.done() <= run.total));
    let running = state.all_checks().iter().any(|row| matches!(row.shown, CheckState::Running(_)));
    assert!(!running || active.is_some(), "a check runs without a run");
    if state.revealed() {
        assert_eq!(state.focus, Focus::Field(crate::domain::connection::Field::Secret));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_comes(filled_form: bool, demo: bool, events in prop::collection::vec(events(), 1..60)) {
        let mut start = if filled_form { filled() } else { empty() };
        start.demo = demo.then(|| "good".to_owned());
        let mut state = state(start);
        for event in &events {
            let message = message(&state, event);
            let printed = format!("{message:?}");
            prop_assert!(!printed.contains("18293a4b"), "{printed}");
            let stale = !own_run(&message);
            let before = format!("{:?} {:?}", state.run, state.all_checks());
            let effects = update(&mut state, message);
            if stale {
                prop_assert_eq!(format!("{:?} {:?}", state.run, state.all_checks()), before);
                prop_assert!(effects.is_empty());
            }
            holds(&state, &effects);
        }
    }
}
