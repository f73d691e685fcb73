//! Saving a profile, keeping its secret, and where a secret may not go.

use super::command_ends;
use super::fixtures::*;
use crate::app::{
    Action, Dialog, Effect, Focus, Message, Motion, ProfileList, ProfileSummary, Start, State, TextEdit, update,
};
use crate::domain::connection::{Field, Typed};
use crate::domain::profile::SecretStore;
use crate::domain::secret_destination::{Destination, SourcedValue};
use crate::secret::Secret;

fn shelf(ways: &[SecretStore]) -> ProfileList {
    let mut shelf = ProfileList {
        open: true,
        profiles: vec![ProfileSummary { name: "taken".into(), ..ProfileSummary::default() }],
        ..ProfileList::default()
    };
    shelf.secret.ways = ways.to_vec();
    shelf
}

/// A profile whose secret is typed and proven.
fn proven(profile: Option<&str>, ways: &[SecretStore]) -> State {
    let start = Start { secret: None, profile: profile.map(str::to_owned), shelf: shelf(ways), ..filled() };
    let mut state = state(start);
    state.focus = Focus::Field(Field::Secret);
    type_text(&mut state, SECRET);
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    state
}

fn keeps(effects: &[Effect]) -> Option<(&str, Option<SecretStore>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::KeepSecret { profile, keep, secret } => {
            assert_eq!(secret.expose(), SECRET);
            Some((profile.as_str(), *keep))
        }
        _ => None,
    })
}

#[test]
fn keeping_is_asked_for_once_after_a_good_token_and_no_is_selected() {
    let mut state = proven(Some("acme"), &SecretStore::ALL);
    assert!(matches!(state.overlay, Some(Dialog::Values)), "it opens by its key alone: {:?}", state.overlay);
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("{keep_secret}")), "{:?}", state.notice);
    act(&mut state, Action::KeepSecret);
    assert!(matches!(state.overlay, Some(Dialog::KeepSecret { at: 0, values: true })), "{:?}", state.overlay);
    assert!(keeps(&act(&mut state, Action::Choose)).is_none());
    assert!(matches!(state.overlay, Some(Dialog::Values)), "then come the values");
    act(&mut state, Action::Back);
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    let offered = state.notice.as_ref().is_some_and(|notice| notice.contains("{keep_secret}"));
    assert!(!offered, "the same secret is not asked about again");
}

#[test]
fn keeping_is_not_asked_for_where_it_makes_no_sense() {
    for (what, state) in [
        ("no profile", proven(None, &SecretStore::ALL)),
        ("no way works here", proven(Some("acme"), &[])),
        ("it was not typed", {
            let mut state = state(Start { profile: Some("acme".into()), shelf: shelf(&SecretStore::ALL), ..filled() });
            let evidence = healthy(&state.guide);
            run(&mut state, evidence);
            state
        }),
        ("no good token", {
            let mut state = state(Start {
                secret: None,
                profile: Some("acme".into()),
                shelf: shelf(&SecretStore::ALL),
                ..filled()
            });
            state.focus = Focus::Field(Field::Secret);
            type_text(&mut state, SECRET);
            let evidence = nothing(&state.guide);
            run(&mut state, evidence);
            state
        }),
    ] {
        assert!(!state.notice.as_ref().is_some_and(|notice| notice.contains("{keep_secret}")), "{what}");
    }
}

#[test]
fn it_is_kept_where_it_was_chosen_and_a_failure_loses_nothing() {
    let mut state = proven(Some("acme"), &[SecretStore::Session, SecretStore::User]);
    act(&mut state, Action::KeepSecret);
    act(&mut state, Action::Move(Motion::Last));
    let effects = act(&mut state, Action::Choose);
    assert_eq!(keeps(&effects), Some(("acme", Some(SecretStore::User))));
    assert!(!format!("{effects:?}").contains(SECRET));
    let failed = Message::SecretKept {
        profile: "acme".into(),
        keep: Some(SecretStore::User),
        outcome: Err("The keyring is full.".into()),
    };
    let effects = update(&mut state, failed);
    assert!(effects.is_empty(), "no other place is tried: {effects:?}");
    assert_eq!(state.form.secret.expose(), SECRET, "it is still in memory");
    assert!(
        state
            .notice
            .as_ref()
            .is_some_and(|notice| notice.contains("full") && notice.contains("nothing is lost. {keep_secret}"))
    );
    assert_eq!(state.shelf.secret.kept, None);

    // By hand, again.
    act(&mut state, Action::Back);
    act(&mut state, Action::KeepSecret);
    act(&mut state, Action::Move(Motion::Down));
    assert_eq!(keeps(&act(&mut state, Action::Choose)), Some(("acme", Some(SecretStore::Session))));
    update(
        &mut state,
        Message::SecretKept { profile: "acme".into(), keep: Some(SecretStore::Session), outcome: Ok("Kept.".into()) },
    );
    // Where it is kept is selected; the first answer forgets it.
    act(&mut state, Action::KeepSecret);
    assert!(matches!(state.overlay, Some(Dialog::KeepSecret { at: 1, .. })));
    act(&mut state, Action::Move(Motion::Up));
    assert_eq!(keeps(&act(&mut state, Action::Choose)), Some(("acme", None)));
}

#[test]
fn where_it_cannot_be_kept_the_key_says_why_and_what_is_left() {
    let with_command = |state: &mut State| state.shelf.secret.command = Some("pass".into());
    let without_secret = |state: &mut State| state.form.drop_secret();
    type Change<'a> = &'a dyn Fn(&mut State);
    let cases: [(Option<&str>, &[SecretStore], Change<'_>, &str); 5] = [
        (Some("acme"), &[], &|_| (), "secret_command"),
        (None, &[SecretStore::Session], &|_| (), "save one first ({save_profile})"),
        (None, &[], &|_| (), "save one first ({save_profile})"),
        (Some("acme"), &[SecretStore::Session], &with_command, "The command pass"),
        (Some("acme"), &[SecretStore::Session], &without_secret, "enter it first"),
    ];
    for (profile, ways, change, says) in cases {
        let mut state = proven(profile, ways);
        state.overlay = None;
        change(&mut state);
        state.notice = None;
        assert!(act(&mut state, Action::KeepSecret).is_empty());
        assert!(state.overlay.is_none());
        assert!(state.notice.as_ref().is_some_and(|notice| notice.contains(says)), "{says}: {:?}", state.notice);
    }
}

#[test]
fn a_profile_gets_a_name_that_is_one_and_is_free() {
    let mut state = state(Start { shelf: shelf(&[]), ..filled() });
    act(&mut state, Action::Tick);
    act(&mut state, Action::SaveProfile);
    assert!(
        matches!(&state.overlay, Some(Dialog::Name { field, .. }) if field.text() == "acme"),
        "the host's first word"
    );
    for (name, says) in [("taken", "already"), ("a b", "Use letters"), ("", "Use letters")] {
        act(&mut state, Action::Edit(crate::app::TextEdit::Clear));
        type_text(&mut state, name);
        assert!(act(&mut state, Action::SaveAs).is_empty(), "{name}");
        let problem = match &state.overlay {
            Some(Dialog::Name { problem: Some(problem), .. }) => problem.clone(),
            other => panic!("{name}: {other:?}"),
        };
        assert!(problem.contains(says), "{name}: {problem}");
    }
    type_text(&mut state, "beta");
    let effects = act(&mut state, Action::SaveAs);
    let [Effect::SaveProfile { name, progress, order }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((name.as_str(), progress.typed.url.as_str()), ("beta", URL));
    assert!(progress.ticks.contains("A1") && !format!("{progress:?}").contains(SECRET));
    let order = *order;
    let effects = update(&mut state, Message::ProfileSaved { order, outcome: Ok("beta".into()) });
    assert!(matches!(&effects[..], [Effect::Settle(_), Effect::SaveProgress(_), Effect::LookAtShelf]), "{effects:?}");
    assert_eq!(state.profile.as_deref(), Some("beta"));
    update(&mut state, Message::ProfileSaved { order, outcome: Err("No space left.".into()) });
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("was not saved. No space left")));
}

#[test]
fn a_profile_needs_an_address_and_the_demo_has_none() {
    for (start, offered) in [
        (Start { shelf: shelf(&[]), ..filled() }, true),
        (Start { shelf: shelf(&[]), ..empty() }, false),
        (Start { shelf: shelf(&[]), demo: Some("good".into()), ..filled() }, false),
        (filled(), false),
    ] {
        let mut state = state(start);
        assert_eq!(state.offers(Action::SaveProfile), offered);
        act(&mut state, Action::SaveProfile);
        assert_eq!(state.overlay.is_some(), offered);
    }
}

/// A profile whose own secret was found.
fn bound() -> State {
    let mut shelf = shelf(&SecretStore::ALL);
    let given = |value: String| SourcedValue::new(value, "profile acme");
    let values = filled().typed;
    shelf.secret.given_for = Destination { url: given(values.url), client_id: given(values.client_id) };
    shelf.secret.saved_for = shelf.secret.given_for.clone();
    state(Start { profile: Some("acme".into()), shelf, ..filled() })
}

/// Other text in a field.
fn enter(state: &mut State, field: Field, text: &str) {
    state.focus = Focus::Field(field);
    act(state, Action::Edit(TextEdit::Clear));
    type_text(state, text);
}

fn sends(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::StartRun { .. }))
}

#[test]
fn a_profiles_own_secret_goes_to_no_other_address() {
    let other = "https://other.halopsa.com";
    for by_leaving in [true, false] {
        let mut state = bound();
        state.focus = Focus::Field(Field::Url);
        act(&mut state, Action::Edit(crate::app::TextEdit::Clear));
        type_text(&mut state, other);
        assert!(!state.form.is_empty(Field::Secret), "a half typed address is none");
        let effects = act(&mut state, if by_leaving { Action::NextField } else { Action::RunAll });
        assert!(state.form.is_empty(Field::Secret));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::StartRun { .. })), "{effects:?}");
        assert!(state.notice.as_ref().is_some_and(|notice| notice.contains(URL)), "{:?}", state.notice);
    }
    // The same address in another spelling is no other.
    let mut state = bound();
    state.focus = Focus::Field(Field::Url);
    type_text(&mut state, "/api");
    act(&mut state, Action::NextField);
    assert!(!state.form.is_empty(Field::Secret));
    // What is added to it makes no other secret of it; one that is typed in its place belongs to whom it is typed for.
    for (typed_anew, stays) in [(false, false), (true, true)] {
        let mut state = bound();
        state.focus = Focus::Field(Field::Secret);
        if typed_anew {
            act(&mut state, Action::Edit(TextEdit::Clear));
        }
        type_text(&mut state, "x");
        enter(&mut state, Field::Url, other);
        act(&mut state, Action::NextField);
        assert_eq!(!state.form.is_empty(Field::Secret), stays, "typed anew: {typed_anew}");
    }
}

#[test]
fn a_given_secret_is_sent_with_no_other_client_id_and_by_no_watch() {
    let other = "0a1b2c3d-dde9-4d04-9d45-32b1fbff22ed";
    let mut state = bound();
    enter(&mut state, Field::ClientId, other);
    let effects = act(&mut state, Action::RunAll);
    assert!(!sends(&effects) && state.form.is_empty(Field::Secret), "{effects:?}");
    let notice = state.notice.clone().unwrap_or_default();
    assert!(notice.contains("(profile acme)") && notice.contains(&format!("not {other}")), "{notice:?}");

    let mut state = bound();
    enter(&mut state, Field::ClientId, &filled().typed.client_id.to_uppercase());
    assert!(sends(&act(&mut state, Action::RunAll)), "case makes no other Client ID");

    let mut state = bound();
    act(&mut state, Action::RunAll);
    act(&mut state, Action::Watch);
    enter(&mut state, Field::Url, "https://other.halopsa.com");
    for now in (0..120).map(|seconds| seconds * 1000) {
        let effects = update(&mut state, Message::Clock(now));
        assert!(!sends(&effects), "{effects:?}");
    }
}

#[test]
fn the_command_is_not_asked_for_another_address() {
    let mut start = Start { secret: None, secret_source: None, profile: Some("acme".into()), ..filled() };
    start.shelf.secret = bound().shelf.secret;
    start.shelf.secret.command = Some("pass".into());
    let mut state = state(start);
    enter(&mut state, Field::Url, "https://other.halopsa.com");
    state.focus = Focus::Field(Field::Secret);
    assert!(act(&mut state, Action::Suggestion).is_empty());
    let notice = state.notice.clone().unwrap_or_default();
    assert!(notice.contains("pass was not run") && notice.contains("(profile acme)"), "{notice:?}");
    enter(&mut state, Field::Url, URL);
    state.focus = Focus::Field(Field::Secret);
    assert!(matches!(&act(&mut state, Action::Suggestion)[..], [Effect::AskCommand { .. }]));
}

#[test]
fn a_secret_is_kept_with_the_values_that_its_profile_is_saved_for() {
    let mut state = bound();
    enter(&mut state, Field::Secret, SECRET);
    enter(&mut state, Field::Url, "https://other.halopsa.com");
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    assert!(!matches!(state.overlay, Some(Dialog::KeepSecret { .. })), "{:?}", state.overlay);
    state.overlay = None;
    act(&mut state, Action::KeepSecret);
    assert!(state.overlay.is_none());
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("Save the values first")), "{:?}", state.notice);
    state.saving = Some(state.order);
    let order = state.order;
    update(&mut state, Message::ProfileSaved { order, outcome: Ok("acme".into()) });
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("{keep_secret}")), "now it is offered");
    act(&mut state, Action::KeepSecret);
    assert!(matches!(state.overlay, Some(Dialog::KeepSecret { .. })));
}

#[test]
fn an_authorisation_server_is_forgotten_with_the_address_that_it_was_accepted_for() {
    let auth = "https://auth.other.example";
    let typed = Typed { allowed_auth_origins: vec![auth.into()], auth_url: format!("{auth}/auth"), ..filled().typed };
    let mut state = state(Start { typed, ..filled() });
    enter(&mut state, Field::Url, &format!("{URL}/api"));
    act(&mut state, Action::NextField);
    assert_eq!(state.form.typed().allowed_auth_origins, [auth]);
    enter(&mut state, Field::Url, "https://other.halopsa.com");
    let effects = act(&mut state, Action::RunAll);
    assert!(sends(&effects), "the typed secret is meant for it: {effects:?}");
    let typed = state.form.typed();
    assert_eq!((typed.auth_url.as_str(), typed.allowed_auth_origins.len()), ("", 0));
}

#[test]
fn the_secret_of_an_earlier_sessions_command_is_not_taken() {
    let with_command = |name: &str, program: &str| {
        let mut start = Start { secret: None, secret_source: None, profile: Some(name.into()), ..filled() };
        start.shelf.open = true;
        start.shelf.secret.command = Some(program.into());
        start
    };
    let asked = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::AskCommand { order } => Some(*order),
            _ => None,
        })
    };
    let mut state = state(with_command("acme", "pass"));
    let first = asked(&update(&mut state, Message::Began)).expect("an order");
    act(&mut state, Action::Profiles);
    act(&mut state, Action::New);
    let order = state.order;
    let opened = Ok(Box::new(with_command("beta", "op")));
    let second = asked(&update(&mut state, Message::Opened { order, outcome: opened })).expect("an order");
    assert!(first < second, "no number comes twice");
    let secret = || Ok(Secret::new(SECRET.into()));
    let log = state.log.counts();
    assert!(update(&mut state, Message::Commanded { order: first, outcome: secret() }).is_empty());
    assert!(state.form.is_empty(Field::Secret) && state.log.counts() == log, "acme's secret is not beta's");
    update(&mut state, Message::Commanded { order: second, outcome: secret() });
    assert_eq!(state.form.secret_source.as_deref(), Some("the command op"));
    let late = Message::Commanded { order: second, outcome: Err("It failed.".into()) };
    assert!(update(&mut state, late).is_empty() && !state.form.is_empty(Field::Secret), "an order is answered once");
}

#[test]
fn a_command_that_fails_says_so_and_can_be_run_again() {
    let mut start = Start { secret: None, secret_source: None, profile: Some("acme".into()), ..filled() };
    start.shelf.secret.command = Some("pass".into());
    let mut state = state(start);
    let effects = update(&mut state, Message::Began);
    assert!(matches!(&effects[..], [Effect::AskCommand { .. }]), "{effects:?}");
    command_ends(&mut state, Err("It ended with status 1.".into()));
    assert_eq!(state.focus, Focus::Field(Field::Secret));
    assert!(
        state.notice.as_ref().is_some_and(|notice| notice.contains("status 1") && notice.contains("{suggestion} runs"))
    );
    assert!(matches!(&act(&mut state, Action::Suggestion)[..], [Effect::AskCommand { .. }]));
    let effects = command_ends(&mut state, Ok(Secret::new(SECRET.into())));
    assert!(effects.is_empty(), "nothing is sent before it is asked for: {effects:?}");
    assert_eq!(state.form.secret.expose(), SECRET);
    command_ends(&mut state, Ok(Secret::new("x".repeat(600))));
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("more than 512 bytes")));
    assert_eq!(state.form.secret.expose(), SECRET, "what was there stays");
}

#[test]
fn what_is_kept_of_a_session_never_holds_the_secret() {
    let mut state = state(Start { secret: Some(Secret::new("hunter2 with words".into())), ..empty() });
    for field in [Field::Url, Field::Tenant, Field::ClientId] {
        state.focus = Focus::Field(field);
        type_text(&mut state, "x hunter2 with words");
    }
    let progress = state.progress();
    assert!(!format!("{progress:?}").contains("hunter2"), "{progress:?}");
}

#[test]
fn a_run_is_saved_as_under_way_until_it_has_ended() {
    let under_way = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::SaveProgress(progress) => Some((progress.under_way, progress.report.is_some())),
            _ => None,
        })
    };
    let mut state = state(filled());
    let effects = act(&mut state, Action::RunAll);
    assert_eq!(under_way(&effects), Some((true, false)));
    assert_eq!(under_way(&update(&mut state, Message::Ending)), Some((true, false)), "a line that drops");
    let evidence = healthy(&state.guide);
    let effects = run(&mut state, evidence);
    assert_eq!(under_way(&effects[..]), Some((false, true)));
    assert!(state.outcome().line.starts_with("READY"));
    act(&mut state, Action::RunAll);
    assert_eq!((state.outcome().exit_status, state.outcome().codes.len()), (75, 0), "what goes on is no verdict");
}

/// Ten minutes without a key, and the moment before.
const IDLE_MS: u64 = 10 * 60_000;

#[test]
fn without_a_key_for_ten_minutes_the_secret_goes_and_what_it_showed_stays() {
    let mut state = proven(Some("acme"), &[SecretStore::User]);
    act(&mut state, Action::KeepSecret);
    assert!(matches!(state.overlay, Some(Dialog::KeepSecret { .. })));
    let began = state.now_ms;
    assert_eq!(state.forgets_at_ms(), Some(began + IDLE_MS));
    update(&mut state, Message::Clock(began + IDLE_MS - 1));
    assert_eq!(state.form.secret.expose(), SECRET);
    act(&mut state, Action::Move(Motion::Down));
    update(&mut state, Message::Clock(began + IDLE_MS));
    assert_eq!(state.form.secret.expose(), SECRET, "a key came in between");
    update(&mut state, Message::Pressed);
    assert_eq!(state.forgets_at_ms(), Some(began + 2 * IDLE_MS), "a key without a meaning is a key");
    let judged = state.judgement().cloned();
    assert!(judged.is_some());

    update(&mut state, Message::Clock(began + 2 * IDLE_MS));
    assert_eq!((state.form.secret.expose(), state.forgets_at_ms()), ("", None));
    assert!(state.overlay.is_none(), "there is nothing to keep any more");
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("cleared after ten minutes")));
    assert!(state.judgement() == judged.as_ref(), "what was found still stands there");
    state.focus = Focus::Field(Field::Secret);
    type_text(&mut state, "another");
    assert!(state.judgement().is_none(), "and not beside another secret");
}

#[test]
fn the_secret_stays_while_something_needs_it() {
    let demo = Start { demo: Some("good".into()), ..filled() };
    let (mut running, mut watched) = (state(filled()), state(filled()));
    begin(&mut running);
    watched.watch = Some(crate::app::Watch { next_ms: u64::MAX });
    for (what, mut state) in [("the demo's is none", state(demo)), ("a run", running), ("the watch", watched)] {
        assert_eq!(state.forgets_at_ms(), None, "{what}");
        let later = state.now_ms + IDLE_MS;
        update(&mut state, Message::Clock(later));
        assert_eq!(state.form.secret.expose(), SECRET, "{what}");
    }
}
