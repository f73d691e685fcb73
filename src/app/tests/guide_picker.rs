//! The choice of a guide, and the set-up that it opens.

use super::fixtures::*;
use crate::app::{Action, Context, Dialog, Effect, Message, Motion, ProfileChoice, ProfileList, Start, State, update};
use crate::domain::connection::Field;
use crate::domain::guide::Guide;
use crate::domain::guide_library;

fn able() -> ProfileList {
    ProfileList { open: true, demo: true, ..ProfileList::default() }
}

/// Selects the guide below the one in use, and opens it.
fn second(state: &mut State) -> Vec<Effect> {
    act(state, Action::Guides);
    act(state, Action::Move(Motion::Down));
    act(state, Action::Choose)
}

fn opens(effects: &[Effect]) -> Option<&ProfileChoice> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open { choice, .. } => Some(choice),
        _ => None,
    })
}

/// The start of a session with the second guide, as the runtime gives it.
fn opened(state: &mut State) {
    let text = guide_library::FILES[1].1;
    let guide = std::sync::Arc::new(Guide::from_toml(text).expect("a built-in guide"));
    let order = state.order;
    let start = Start { guide, shelf: able(), ..empty() };
    update(state, Message::Opened { order, outcome: Ok(Box::new(start)) });
}

#[test]
fn the_guide_in_use_is_selected_first_and_choosing_it_changes_nothing() {
    let mut state = state(Start { shelf: able(), ..filled() });
    act(&mut state, Action::Guides);
    assert_eq!(state.context(), Context::Guides);
    let Some(Dialog::Guides { at: 0, entries }) = &state.overlay else { panic!("{:?}", state.overlay) };
    assert_eq!(
        (entries.len(), &entries[0].vendor, entries[0].writes),
        (guide_library::FILES.len(), &state.guide.vendor, false)
    );
    assert!(entries.iter().any(|entry| entry.writes), "some ask for more than reading");
    assert!(act(&mut state, Action::Choose).is_empty() && state.overlay.is_none());
    act(&mut state, Action::Guides);
    act(&mut state, Action::Back);
    assert!(state.overlay.is_none() && state.opening().is_none());
}

#[test]
fn another_guide_opens_a_set_up_of_the_same_halo_without_its_id_and_secret() {
    let mut state = state(Start { secret: None, secret_source: None, shelf: able(), ..filled() });
    act(&mut state, Action::Tick);
    let effects = second(&mut state);
    let Some(ProfileChoice::Guide { id, demo: false, .. }) = opens(&effects) else { panic!("{effects:?}") };
    assert_eq!(id, guide_library::FILES[1].0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::SaveProgress(_))), "{effects:?}");
    assert!(opens(&act(&mut state, Action::Choose)).is_none(), "one at a time");
    opened(&mut state);
    assert_eq!(state.guide.id, guide_library::FILES[1].0);
    assert_eq!((state.form.text(Field::Url), state.form.text(Field::ClientId)), (URL, ""));
    assert!(state.overlay.is_none() && !state.ticked("A1"));
}

#[test]
fn a_choice_that_was_left_is_not_opened_and_the_demo_stays_a_demo() {
    let mut left = state(Start { secret: None, shelf: able(), ..filled() });
    second(&mut left);
    act(&mut left, Action::Back);
    opened(&mut left);
    assert_eq!(left.guide.id, guide_library::FILES[0].0);

    let mut demo = state(Start { demo: Some("good".into()), shelf: able(), ..filled() });
    let effects = second(&mut demo);
    assert!(matches!(opens(&effects), Some(ProfileChoice::Guide { demo: true, .. })), "{effects:?}");
    opened(&mut demo);
    assert_eq!(demo.form.text(Field::Url), "", "the address of a demo is of no use");
}

#[test]
fn a_typed_secret_is_not_lost_without_a_question() {
    let mut state = state(Start { secret: None, shelf: able(), ..filled() });
    state.focus = crate::app::Focus::Field(Field::Secret);
    type_text(&mut state, SECRET);
    assert!(opens(&second(&mut state)).is_none());
    assert!(matches!(state.overlay, Some(Dialog::Switch { .. })));
    assert!(opens(&act(&mut state, Action::Yes)).is_some());
    assert!(matches!(state.overlay, Some(Dialog::Guides { .. })), "no key reaches what is about to be closed");
}

#[test]
fn without_profiles_there_is_no_choice_and_only_somebody_new_is_told_of_it() {
    let mut demo_alone = state(filled());
    assert!(act(&mut demo_alone, Action::Guides).is_empty() && demo_alone.overlay.is_none());
    for (start, told) in [(Start { shelf: able(), ..empty() }, true), (Start { shelf: able(), ..filled() }, false)] {
        let state = state(start);
        let says = state.log.upwards().any(|entry| entry.text.contains("Another product than "));
        assert_eq!(says, told);
    }
}
