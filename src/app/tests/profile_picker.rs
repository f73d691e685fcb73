//! The choice of a profile, and what opening one leaves and brings.

use super::command_ends;
use super::fixtures::*;
use crate::app::{
    Action, Context, Dialog, Effect, Focus, LastCheck, Message, Motion, ProfileChoice, ProfileList, ProfileSummary,
    Start, State, update,
};
use crate::domain::connection::Field;
use crate::domain::report::Verdict;

fn tile(name: &str) -> ProfileSummary {
    let last = LastCheck { when: "3 d ago".into(), verdict: Verdict::Ready, failed: 0 };
    ProfileSummary { name: name.into(), host: format!("{name}.example"), last: Some(last), ..ProfileSummary::default() }
}

/// A start among these profiles.
fn among(names: &[&str], first: bool) -> Start {
    let profiles = names.iter().map(|name| tile(name)).collect();
    Start { shelf: ProfileList { profiles, first, open: true, demo: true, ..ProfileList::default() }, ..empty() }
}

fn picked(state: &State) -> ProfileChoice {
    state.picked().expect("something is selected").0
}

fn opens(effects: &[Effect]) -> Option<&ProfileChoice> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open { choice, .. } => Some(choice),
        _ => None,
    })
}

#[test]
fn the_first_choice_cannot_be_left_without_choosing() {
    let mut state = state(among(&["acme", "beta"], true));
    assert_eq!(state.context(), Context::Profiles);
    assert!(!state.offers(Action::Back));
    act(&mut state, Action::Back);
    assert!(state.picker.is_some());
    assert_eq!(picked(&state), ProfileChoice::Profile("acme".into()));
    for (motion, choice) in [
        (Motion::Down, ProfileChoice::Profile("beta".into())),
        (Motion::Down, ProfileChoice::New),
        (Motion::Down, ProfileChoice::Demo),
        (Motion::Down, ProfileChoice::Demo),
        (Motion::First, ProfileChoice::Profile("acme".into())),
    ] {
        act(&mut state, Action::Move(motion));
        assert_eq!(picked(&state), choice, "{motion:?}");
    }
    let effects = act(&mut state, Action::Open);
    assert_eq!(opens(&effects), Some(&ProfileChoice::Profile("acme".into())));
    assert!(
        !effects.iter().any(|effect| matches!(effect, Effect::SaveProgress(_))),
        "nothing was open: nothing is kept"
    );
    assert!(opens(&act(&mut state, Action::Open)).is_none(), "one at a time");
}

#[test]
fn what_is_opened_begins_afresh_but_for_the_clock_and_the_receipt() {
    let mut state = state(among(&["acme"], false));
    update(&mut state, Message::Clock(5_000));
    update(&mut state, Message::Exported(Ok("report.md".into())));
    act(&mut state, Action::Tick);
    act(&mut state, Action::Profiles);
    act(&mut state, Action::Move(Motion::First));
    let effects = act(&mut state, Action::Open);
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::SaveProgress(_))),
        "what was open is kept: {effects:?}"
    );
    let start = Start {
        profile: Some("acme".into()),
        ..Start { shelf: ProfileList { open: true, ..ProfileList::default() }, ..filled() }
    };
    let order = state.order;
    let effects = update(&mut state, Message::Opened { order, outcome: Ok(Box::new(start)) });
    assert!(matches!(&effects[..], [Effect::Settle(_), Effect::LookAtShelf]), "{effects:?}");
    assert!(state.picker.is_none() && state.profile.as_deref() == Some("acme") && !state.ticked("A1"));
    assert_eq!((state.now_ms, state.form.text(Field::Url)), (5_000, URL));
    assert_eq!(state.outcome().written, ["report.md"]);
}

#[test]
fn opening_with_a_check_runs_it_as_soon_as_the_secret_is_there() {
    let opened = |start: Start| {
        let mut state = state(among(&["acme"], true));
        act(&mut state, Action::OpenAndCheck);
        let order = state.order;
        let effects = update(&mut state, Message::Opened { order, outcome: Ok(Box::new(start)) });
        (state, effects)
    };
    let runs = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::StartRun { .. }));
    let (_, effects) = opened(filled());
    assert!(runs(&effects), "{effects:?}");
    let (state, effects) = opened(Start { secret: None, ..filled() });
    assert!(!runs(&effects));
    assert_eq!(state.focus, Focus::Field(Field::Secret));
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("Only the secret is missing")));
    let mut by_command = Start { secret: None, ..filled() };
    by_command.shelf.secret.command = Some("pass".into());
    let (mut state, effects) = opened(by_command);
    assert!(!runs(&effects) && effects.iter().any(|effect| matches!(effect, Effect::AskCommand { .. })), "{effects:?}");
    let effects = command_ends(&mut state, Ok(crate::secret::Secret::new(SECRET.into())));
    assert!(runs(&effects), "{effects:?}");
    assert_eq!(state.form.secret_source.as_deref(), Some("the command pass"));
}

#[test]
fn what_cannot_be_opened_leaves_everything_as_it_was() {
    let mut state = state(among(&["acme"], false));
    act(&mut state, Action::Tick);
    act(&mut state, Action::Profiles);
    act(&mut state, Action::Demo);
    let order = state.order;
    let effects = update(&mut state, Message::Opened { order, outcome: Err("No port is free.".into()) });
    assert!(effects.is_empty() && state.picker.is_some());
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("the demo could not be opened. No port")));
    act(&mut state, Action::Back);
    assert!(state.ticked("A1") && state.picker.is_none());
}

#[test]
fn a_typed_secret_that_is_not_proven_is_not_lost_without_a_question() {
    let mut state = state(among(&["acme"], false));
    state.focus = Focus::Field(Field::Secret);
    type_text(&mut state, "half a secret");
    act(&mut state, Action::Profiles);
    act(&mut state, Action::Move(Motion::First));
    assert!(opens(&act(&mut state, Action::Open)).is_none());
    assert!(matches!(state.overlay, Some(Dialog::Switch { .. })));
    act(&mut state, Action::No);
    assert!(state.picker.is_some() && !state.form.is_empty(Field::Secret));
    act(&mut state, Action::Open);
    assert_eq!(opens(&act(&mut state, Action::Yes)), Some(&ProfileChoice::Profile("acme".into())));
}

#[test]
fn what_is_open_is_only_shown_again() {
    let mut state = state(Start { profile: Some("beta".into()), ..among(&["acme", "beta"], false) });
    act(&mut state, Action::Profiles);
    assert_eq!(picked(&state), ProfileChoice::Profile("beta".into()), "what is open is selected");
    assert!(act(&mut state, Action::Open).is_empty() && state.picker.is_none());
}

#[test]
fn profiles_are_looked_for_by_name_and_host() {
    let mut state = state(among(&["acme", "beta", "gamma"], true));
    act(&mut state, Action::Find);
    assert_eq!(state.context(), Context::Find);
    type_text(&mut state, "MMA.ex");
    assert_eq!(picked(&state), ProfileChoice::Profile("gamma".into()));
    update(&mut state, Message::Paste(crate::secret::Secret::new("zz".into())));
    assert_eq!(picked(&state), ProfileChoice::New, "a paste is text too, and nothing fits");
    act(&mut state, Action::Back);
    assert_eq!((state.context(), picked(&state)), (Context::Profiles, ProfileChoice::Profile("acme".into())));
}

#[test]
fn a_profile_is_removed_after_a_question_and_never_the_open_one() {
    let mut state = state(Start { profile: Some("beta".into()), ..among(&["acme", "beta"], false) });
    act(&mut state, Action::Profiles);
    act(&mut state, Action::Remove);
    assert!(
        state.overlay.is_none()
            && state.notice.as_ref().is_some_and(|notice| notice.contains("beta is open: open another"))
    );
    act(&mut state, Action::Move(Motion::Up));
    act(&mut state, Action::Remove);
    act(&mut state, Action::No);
    act(&mut state, Action::Remove);
    let effects = act(&mut state, Action::Yes);
    assert!(matches!(&effects[..], [Effect::RemoveProfile(name)] if name == "acme"), "{effects:?}");
    let effects = update(&mut state, Message::ProfileRemoved(Ok("acme was removed.".into())));
    assert!(matches!(&effects[..], [Effect::LookAtShelf]));
    let looked = Message::LoadedProfiles { profiles: vec![tile("beta")], unnamed: None, ways: Vec::new() };
    update(&mut state, looked);
    assert_eq!(state.shelf.profiles.len(), 1);
    assert!(state.picked().is_some());
}

#[test]
fn somebody_new_is_offered_the_demo_and_nobody_else() {
    let shelf = |first| ProfileList { open: true, demo: true, first, ..ProfileList::default() };
    for (start, offered) in [
        (Start { shelf: shelf(false), ..empty() }, true),
        (Start { shelf: shelf(true), ..empty() }, false),
        (Start { shelf: shelf(false), ..filled() }, false),
        (Start { shelf: shelf(false), ticks: ["A1".to_owned()].into(), ..empty() }, false),
        (Start { shelf: shelf(false), demo: Some("good".into()), ..empty() }, false),
        (among(&["acme"], false), false),
        (empty(), false),
    ] {
        let state = state(start);
        let says = state.log.upwards().any(|entry| entry.text.contains("New here?"));
        assert_eq!((state.offers_demo(), says), (offered, offered));
    }
}
