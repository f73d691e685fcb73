//! What comes by itself never takes the keys: no dialog opens over what is typed or answered, none replaces another.

use proptest::prelude::*;

use super::fixtures::*;
use crate::app::{
    Action, Context, Dialog, DiscoveryState, Effect, Focus, Message, Motion, RepairResult, State, TextEdit, update,
};
use crate::domain::connection::Field;
use crate::domain::evidence::{Answer, ConnectionInfo, Discovery, Observation, Timing};
use crate::domain::profile::SecretStore;
use crate::domain::run_event::{Finished, RunEvent};
use crate::secret::Secret;

const OTHER: &str = "https://auth.example.net";

/// Everything stands ready to ask something: a profile, places for the secret, a run and a question that go on.
fn busy() -> State {
    let mut start = filled();
    start.secret = None;
    start.profile = Some("acme".into());
    start.demo = None;
    start.shelf.open = true;
    start.shelf.secret.ways = SecretStore::ALL.to_vec();
    let mut state = state(start);
    state.focus = Focus::Field(Field::Secret);
    type_text(&mut state, SECRET);
    act(&mut state, Action::RunAll);
    state.asked += 1;
    state.found = DiscoveryState::Asking { asked: state.asked, origin: URL.into() };
    state
}

/// What can come without a key.
const ARRIVALS: usize = 14;

fn arrive(state: &mut State, which: usize) {
    let run = state.run.last_id;
    let asked = state.asked;
    let guide = std::sync::Arc::clone(&state.guide);
    let elsewhere = Discovery { auth_server: OTHER.into(), auth_origin: OTHER.into(), ..discovery() };
    let end = |evidence| RunEvent::Finished(Box::new(finished(&guide, evidence)));
    if matches!(which, 10 | 11) {
        state.commanding = Some(state.order);
    }
    let message = match which {
        0 => {
            let outcome = Observation::Answered(Answer { value: elsewhere, status: 200, timing: Timing::default() });
            Message::Discovered { asked, link: Box::new(ConnectionInfo::default()), outcome: Box::new(outcome) }
        }
        1 => Message::Run { run, event: end(healthy(&guide)) },
        2 => Message::Run { run, event: end(split_host(&guide)) },
        3 => Message::Run { run, event: end(nothing(&guide)) },
        4 => Message::RunBroke { run },
        5 => Message::DiscoveryBroke { asked },
        6 => Message::RepairResult {
            checks: vec!["clients".into()],
            outcome: Ok(RepairResult { done: "done".into(), form: None }),
        },
        7 => Message::ProfileSaved { order: state.order, outcome: Ok("acme".into()) },
        8 => Message::SecretKept { profile: "acme".into(), keep: Some(SecretStore::User), outcome: Ok("Kept.".into()) },
        9 => Message::SecretKept { profile: "acme".into(), keep: None, outcome: Err("Full.".into()) },
        10 => Message::Commanded { order: state.order, outcome: Err("It failed.".into()) },
        11 => Message::Commanded { order: state.order, outcome: Ok(Secret::new("another".into())) },
        12 => Message::Opened { order: state.order, outcome: Ok(Box::new(empty())) },
        _ => Message::Exported(Ok("report.md".into())),
    };
    update(state, message);
}

/// Places in which something is typed or answered, and the way to them.
fn places() -> Vec<(&'static str, fn(&mut State))> {
    fn field(state: &mut State, field: Field) {
        state.focus = Focus::Field(field);
    }
    vec![
        ("url", |state| field(state, Field::Url)),
        ("tenant", |state| field(state, Field::Tenant)),
        ("client id", |state| field(state, Field::ClientId)),
        ("secret", |state| field(state, Field::Secret)),
        ("search", |state| drop(act(state, Action::Search))),
        ("name", |state| drop(act(state, Action::SaveProfile))),
        ("quit", |state| state.overlay = Some(Dialog::Quit)),
        ("fill", |state| drop(paste(state, "Tenant: acme\nClient Secret: s3"))),
        ("send", |state| state.overlay = Some(Dialog::CopySecret)),
        ("keep", |state| state.overlay = Some(Dialog::KeepSecret { at: 0, values: false })),
        ("export", |state| state.overlay = Some(Dialog::Export)),
        ("help", |state| drop(act(state, Action::Help))),
        ("profiles", |state| drop(act(state, Action::Profiles))),
    ]
}

/// What lies over the panes, with a name that is typed there.
fn over(state: &State) -> String {
    match &state.overlay {
        None => String::new(),
        Some(Dialog::Name { field, .. }) => format!("name {}", field.text()),
        Some(over) => format!("{:?}", std::mem::discriminant(over)),
    }
}

#[test]
fn nothing_that_comes_by_itself_takes_the_keys() {
    for (place, go) in places() {
        for which in 0..ARRIVALS {
            let mut state = busy();
            go(&mut state);
            let (context, lies_over, focus) = (state.context(), over(&state), state.focus);
            arrive(&mut state, which);
            assert_eq!((state.context(), over(&state), state.focus), (context, lies_over, focus), "{place}, {which}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn text_that_is_typed_meanwhile_goes_to_its_field_in_full(
        at in 0..6_usize,
        steps in prop::collection::vec((0..ARRIVALS, "[a-zA-Z]{0,3}"), 1..12),
    ) {
        let mut state = busy();
        places()[at].1(&mut state);
        act(&mut state, Action::Edit(TextEdit::Clear));
        let mut typed = String::new();
        for (which, text) in steps {
            type_text(&mut state, &text);
            typed.push_str(&text);
            // The operator asked the command for the secret from its empty field: it goes there.
            if which == 11 && typed.is_empty() && at == 3 {
                continue;
            }
            arrive(&mut state, which);
            prop_assert!(state.form.allowed_auth_origins.is_empty());
            // A tenant that is empty is filled in, as it always was.
            if typed.is_empty() && at == 1 {
                act(&mut state, Action::Edit(TextEdit::Clear));
            }
        }
        let stands = match (&state.overlay, state.focus) {
            (Some(Dialog::Name { field, .. }), _) => field.text().to_owned(),
            _ if state.context() == Context::Search => typed.clone(),
            (_, Focus::Field(Field::Secret)) => state.form.secret.expose().to_owned(),
            (_, Focus::Field(field)) => state.form.text(field).to_owned(),
            _ => "the keys went elsewhere".to_owned(),
        };
        prop_assert_eq!(stands, typed);
    }
}

fn foreign() -> State {
    let mut state = busy();
    act(&mut state, Action::Interrupt);
    state.focus = Focus::Field(Field::Tenant);
    arrive(&mut state, 0);
    state
}

#[test]
fn another_sign_in_host_waits_until_its_key_asks_and_can_be_withdrawn() {
    let mut state = foreign();
    assert!(state.overlay.is_none() && state.offers(Action::SignInHost));
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("{sign_in_host}")));
    type_text(&mut state, "y");
    assert!(state.form.allowed_auth_origins.is_empty() && state.form.text(Field::Tenant) == "acmey");

    act(&mut state, Action::SignInHost);
    assert_eq!(state.context(), Context::AcceptServer);
    act(&mut state, Action::Choose);
    assert!(state.form.allowed_auth_origins.is_empty(), "no is selected");

    act(&mut state, Action::SignInHost);
    act(&mut state, Action::Move(Motion::Down));
    act(&mut state, Action::Choose);
    assert_eq!(state.form.allowed_auth_origins, [OTHER]);
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("{sign_in_host} withdraws")));

    // What holds is selected: Enter changes nothing, Up and Enter withdraw it.
    act(&mut state, Action::SignInHost);
    act(&mut state, Action::Choose);
    assert_eq!(state.form.allowed_auth_origins, [OTHER]);
    act(&mut state, Action::SignInHost);
    act(&mut state, Action::Move(Motion::Up));
    let effects = act(&mut state, Action::Choose);
    assert!(state.form.allowed_auth_origins.is_empty());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::SaveProgress(_))), "what is saved forgets it too");
}

#[test]
fn withdrawing_ends_a_run_that_goes_on() {
    let mut state = foreign();
    state.form.allowed_auth_origins.push(OTHER.into());
    act(&mut state, Action::RunAll);
    act(&mut state, Action::SignInHost);
    act(&mut state, Action::Move(Motion::Up));
    assert!(act(&mut state, Action::Choose).iter().any(|effect| matches!(effect, Effect::CancelRun(_))));
}

#[test]
fn a_session_takes_nothing_that_was_meant_for_the_one_before() {
    let mut state = busy();
    let (run, asked) = (state.run.last_id, state.asked);
    act(&mut state, Action::Interrupt);
    state.overlay = None;
    act(&mut state, Action::Profiles);
    state.secret_typed = false;
    act(&mut state, Action::New);
    let order = state.order;
    // Left in the meantime: what is opened replaces nothing.
    act(&mut state, Action::Back);
    let profile = state.profile.clone();
    update(&mut state, Message::Opened { order, outcome: Ok(Box::new(empty())) });
    assert_eq!(state.profile, profile);

    act(&mut state, Action::Profiles);
    act(&mut state, Action::New);
    let mut other = filled();
    other.profile = Some("beta".into());
    let order = state.order;
    let effects = update(&mut state, Message::Opened { order, outcome: Ok(Box::new(other)) });
    assert!(matches!(effects.first(), Some(Effect::Settle(settled)) if *settled == order), "{effects:?}");
    act(&mut state, Action::RunAll);
    assert!(state.run.last_id > run && state.asked >= asked, "no number comes twice");
    let guide = std::sync::Arc::clone(&state.guide);
    let late: Finished = finished(&guide, healthy(&guide));
    update(&mut state, Message::Run { run, event: RunEvent::Finished(Box::new(late)) });
    assert!(state.run.report.is_none() && state.run.active.is_some(), "another tenant's evidence is not judged here");
    let effects = update(&mut state, Message::ProfileSaved { order: order - 1, outcome: Ok("acme".into()) });
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Settle(_))), "{effects:?}");
    update(
        &mut state,
        Message::SecretKept { profile: "acme".into(), keep: Some(SecretStore::User), outcome: Ok("Kept.".into()) },
    );
    assert_eq!((state.profile.as_deref(), state.shelf.secret.kept), (Some("beta"), None));
}

#[test]
fn a_report_is_given_out_for_its_own_run_only() {
    let mut state = state(filled());
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    state.overlay = None;
    assert!(state.offers(Action::Export) && state.current_report().is_some());
    // Nothing was sent: the report before is not that of what is shown.
    let id = state.form.client_id.text().to_owned();
    state.form.client_id.replace("");
    act(&mut state, Action::RunAll);
    assert!(state.current_report().is_none() && !state.offers(Action::Export));
    act(&mut state, Action::Back);
    act(&mut state, Action::Export);
    assert!(state.overlay.is_none() && state.notice.is_some());
    // The same values again do not bring it back, a run does.
    state.form.client_id.replace(&id);
    assert!(state.current_report().is_none());
    act(&mut state, Action::RunAll);
    assert!(state.current_report().is_none(), "while a run goes on");
    let evidence = healthy(&state.guide);
    end(&mut state, evidence);
    assert!(state.current_report().is_some());
    state.form.tenant.replace("other");
    assert!(state.current_report().is_none(), "other values");
}

#[test]
fn a_token_that_nothing_accepted_proves_no_secret() {
    let typed = |evidence: fn(&crate::domain::guide::Guide) -> crate::domain::evidence::Evidence| {
        let mut start = filled();
        start.secret = None;
        let mut state = state(start);
        state.focus = Focus::Field(Field::Secret);
        type_text(&mut state, SECRET);
        let evidence = evidence(&state.guide);
        run(&mut state, evidence);
        (state.secret_is_proven(), state.would_lose_the_secret())
    };
    assert_eq!(typed(healthy), (true, false));
    assert_eq!(typed(nothing), (false, true));
    assert_eq!(
        typed(|guide| {
            let mut unused = healthy(guide);
            unused.identity = Observation::NotAsked;
            unused.probes.clear();
            unused
        }),
        (false, true),
        "a token alone"
    );
    assert_eq!(
        typed(|guide| {
            let mut page = healthy(guide);
            // A proxy's page has the status 200 as well.
            let fault = crate::domain::evidence::Fault {
                status: Some(200),
                ..crate::domain::evidence::Fault::new(crate::domain::codes::Code::AuthInvalidClient)
            };
            page.token = Observation::Failed(fault);
            page
        }),
        (false, true),
        "a refusal with the status 200"
    );
}
