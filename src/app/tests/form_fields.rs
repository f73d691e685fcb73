//! Typing, pasting, leaving, and what stands beside the fields.

use super::fixtures::*;
use crate::app::{
    Action, Dialog, DiscoveryState, Effect, Focus, Message, Motion, Pane, State, Suggestion, TextEdit, update,
};
use crate::domain::codes::Code;
use crate::domain::connection::Field;
use crate::domain::evidence::{Answer, ConnectionInfo, Discovery, Evidence, Fault, Observation, Timing};
use crate::domain::untrusted_text::UntrustedText;

fn in_field(field: Field) -> State {
    let mut state = state(empty());
    state.focus = Focus::Field(field);
    state
}

fn answer(state: &mut State, discovery: Discovery) -> Vec<Effect> {
    let DiscoveryState::Asking { asked, .. } = state.found else { panic!("nothing was asked: {:?}", state.found) };
    let outcome = Observation::Answered(Answer { value: discovery, status: 200, timing: Timing::default() });
    update(state, Message::Discovered { asked, link: Box::new(ConnectionInfo::default()), outcome: Box::new(outcome) })
}

/// A form whose address was typed and left.
fn asked() -> State {
    let mut state = in_field(Field::Url);
    type_text(&mut state, URL);
    act(&mut state, Action::NextField);
    state
}

#[test]
fn enter_goes_from_field_to_field_and_never_submits() {
    let mut state = in_field(Field::Url);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let effects = act(&mut state, Action::NextField);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::StartRun { .. })), "{effects:?}");
        seen.push(state.focus);
    }
    let fields = [Field::Tenant, Field::ClientId, Field::Secret].map(Focus::Field);
    assert_eq!(seen, [&fields[..], &[Focus::Checks]].concat());
}

#[test]
fn leaving_the_address_asks_it_once() {
    let mut state = in_field(Field::Url);
    type_text(&mut state, "acme.halopsa.com/api/");
    let effects = act(&mut state, Action::NextField);
    let asks = |effects: &[Effect]| {
        effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Discover { resource_server, .. } if resource_server == URL))
            .count()
    };
    assert_eq!(asks(&effects), 1, "{effects:?}");
    act(&mut state, Action::PreviousPane);
    assert_eq!(asks(&act(&mut state, Action::NextPane)), 0, "it is being asked already");
    let notes = &state.form.remarks(Field::Url).notes;
    assert!(notes.iter().any(|note| note.contains("/api")), "{notes:?}");
    assert_eq!(state.form.text(Field::Url), "acme.halopsa.com/api/", "what was typed stays as it was typed");
}

#[test]
fn an_unusable_address_asks_nothing() {
    for typed in ["", "http://acme.halopsa.com", "ftp://x", "https://user:pw@acme.halopsa.com"] {
        let mut state = in_field(Field::Url);
        type_text(&mut state, typed);
        let effects = act(&mut state, Action::NextField);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Discover { .. })), "{typed}: {effects:?}");
        let told = state.form.remarks(Field::Url).problem.is_some();
        assert_eq!(told, !typed.is_empty(), "an empty field that nobody touched is no mistake: {typed}");
    }
    let mut state = in_field(Field::Url);
    type_text(&mut state, "x");
    act(&mut state, Action::Edit(TextEdit::Clear));
    act(&mut state, Action::NextField);
    assert!(state.form.remarks(Field::Url).problem.is_some(), "it was emptied");
}

#[test]
fn what_halo_says_fills_an_empty_tenant_only() {
    let mut state = asked();
    answer(&mut state, discovery());
    assert_eq!(state.form.text(Field::Tenant), "acme");

    let mut state = asked();
    type_text(&mut state, "other");
    answer(&mut state, discovery());
    assert_eq!(state.form.text(Field::Tenant), "other");
    assert_eq!(state.form.remarks(Field::Tenant).suggestion, Some(Suggestion::Tenant("acme".into())));
    act(&mut state, Action::Suggestion);
    assert_eq!(state.form.text(Field::Tenant), "acme");
    assert_eq!(state.form.remarks(Field::Tenant).suggestion, None);
}

#[test]
fn an_answer_to_an_older_question_changes_nothing() {
    let mut state = asked();
    let DiscoveryState::Asking { asked, .. } = state.found else { panic!("nothing was asked") };
    act(&mut state, Action::PreviousPane);
    act(&mut state, Action::Edit(TextEdit::Clear));
    type_text(&mut state, "https://beta.halopsa.com");
    act(&mut state, Action::NextField);
    let outcome = Observation::Answered(Answer { value: discovery(), status: 200, timing: Timing::default() });
    update(&mut state, Message::Discovered { asked, link: Box::default(), outcome: Box::new(outcome) });
    assert!(matches!(state.found, DiscoveryState::Asking { .. }), "{:?}", state.found);
    assert_eq!(state.form.text(Field::Tenant), "");
}

#[test]
fn a_run_starts_once_from_what_the_address_has_just_answered() {
    let starts_from = |state: &mut State| {
        let effects = act(state, Action::RunAll);
        effects.into_iter().find_map(|effect| match effect {
            Effect::StartRun { order, .. } => Some(order.previous),
            _ => None,
        })
    };
    let full = || {
        let mut state = in_field(Field::Url);
        state.form.client_id.replace(ID);
        state.form.secret.replace(SECRET).expect("it fits");
        type_text(&mut state, URL);
        act(&mut state, Action::NextField);
        answer(&mut state, discovery());
        state
    };
    let mut state = full();
    let first = starts_from(&mut state).expect("a run").expect("what was answered");
    assert_eq!(first.discovery.value(), Some(&discovery()));
    assert_eq!(Evidence { discovery: Observation::NotAsked, ..first }, Evidence::default());
    assert_eq!(starts_from(&mut state).expect("a run"), None, "the next run asks anew");
    let mut late = full();
    update(&mut late, Message::Clock(60_000));
    assert_eq!(starts_from(&mut late).expect("a run"), None, "an old answer is no answer");
    let mut other = full();
    other.form.url.replace("https://beta.halopsa.com");
    assert_eq!(starts_from(&mut other).expect("a run"), None, "another address is asked itself");
}

#[test]
fn another_host_for_the_sign_in_must_be_accepted() {
    let other = "https://auth.example.net";
    let elsewhere = Discovery { auth_server: other.into(), auth_origin: other.into(), ..discovery() };
    for (selected, answered, allowed) in [
        (Motion::Down, Action::Choose, 1),
        (Motion::Up, Action::Choose, 0),
        (Motion::Down, Action::No, 0),
        (Motion::Down, Action::Back, 0),
    ] {
        let mut state = asked();
        answer(&mut state, elsewhere.clone());
        assert!(state.overlay.is_none(), "it waits until it is asked for");
        act(&mut state, Action::SignInHost);
        assert!(matches!(&state.overlay, Some(Dialog::AcceptAuth { origin, .. }) if origin == other));
        act(&mut state, Action::Move(selected));
        act(&mut state, answered);
        assert!(state.overlay.is_none());
        assert_eq!(state.form.allowed_auth_origins.len(), allowed, "{answered:?}");
    }
    let mut state = asked();
    state.form.allowed_auth_origins.push(other.into());
    answer(&mut state, elsewhere);
    assert!(state.notice.is_none(), "an accepted host is not told of again");
}

#[test]
fn a_foreign_host_is_asked_about_when_the_engine_refuses_it_too() {
    let mut state = asked();
    let DiscoveryState::Asking { asked, .. } = state.found else { panic!("nothing was asked") };
    let fault = Fault {
        target: Some(UntrustedText::new("https://auth.example.net/auth")),
        ..Fault::new(Code::DiscoveryForeignAuthUrl)
    };
    let outcome = Box::new(Observation::Failed(fault));
    update(&mut state, Message::Discovered { asked, link: Box::default(), outcome });
    act(&mut state, Action::SignInHost);
    assert!(matches!(&state.overlay, Some(Dialog::AcceptAuth { origin, .. }) if origin == "https://auth.example.net"));
}

#[test]
fn pastes_are_cleaned_as_one_unit_and_say_what_went() {
    for (field, pasted, stands, says) in [
        (Field::Url, " https://acme.halopsa.com/api\n", "https://acme.halopsa.com/api", "line break"),
        (Field::Tenant, "\u{200b}acme", "acme", "invisible"),
        (Field::ClientId, "\"c9534241-dde9-4d04-9d45-32b1fbff22ed\"", ID, "quotation"),
    ] {
        let mut state = in_field(field);
        paste(&mut state, pasted);
        assert_eq!(state.form.text(field), stands);
        let notes = &state.form.remarks(field).notes;
        assert!(notes.iter().any(|note| note.contains(says)), "{field:?}: {notes:?}");
        assert_eq!(state.focus, Focus::Field(field), "a line break is no Enter");
        act(&mut state, Action::Edit(TextEdit::Undo));
        assert_eq!(state.form.text(field), "", "a paste is one step of undo");
    }
}

#[test]
fn a_pasted_secret_is_cleaned_too_and_counted() {
    let mut state = in_field(Field::Secret);
    paste(&mut state, &format!("{SECRET}\n"));
    assert_eq!((state.form.secret.expose(), state.form.secret.chars()), (SECRET, 73));
    assert!(state.form.remarks(Field::Secret).notes.iter().any(|note| note.contains("line break")));
    assert!(state.form.secret.fingerprint().is_some());
}

#[test]
fn a_secret_pasted_into_a_field_that_would_show_it_goes_to_its_own() {
    for field in [Field::Url, Field::Tenant, Field::ClientId] {
        let mut state = in_field(field);
        paste(&mut state, SECRET);
        assert_eq!((state.form.text(field), state.form.secret.expose()), ("", SECRET), "{field:?}");
        act(&mut state, Action::Edit(TextEdit::Undo));
        assert_eq!(state.form.text(field), "");
    }
    let mut state = state(filled());
    state.focus = Focus::Field(Field::Tenant);
    paste(&mut state, &SECRET.replace('5', "6"));
    assert_eq!((state.form.text(Field::Tenant), state.form.secret.expose()), ("acme", SECRET), "nothing is lost");
}

#[test]
fn exchanged_id_and_secret_are_noticed_before_anything_is_sent_and_put_right_by_one_key() {
    let mut state = in_field(Field::ClientId);
    type_text(&mut state, SECRET);
    act(&mut state, Action::NextField);
    type_text(&mut state, ID);
    assert_eq!(state.form.remarks(Field::Secret).suggestion, Some(Suggestion::Exchange));
    assert!(state.form.remarks(Field::ClientId).problem.is_some());
    act(&mut state, Action::Suggestion);
    assert_eq!((state.form.text(Field::ClientId), state.form.secret.expose()), (ID, SECRET));
    state.focus = Focus::Field(Field::ClientId);
    for _ in 0..12 {
        act(&mut state, Action::Edit(TextEdit::Undo));
        act(&mut state, Action::Edit(TextEdit::PutBack));
        assert!(!state.form.text(Field::ClientId).contains("18293a4b"), "the secret is not in the field's history");
    }
}

#[test]
fn a_page_of_labels_fills_the_form_after_a_question() {
    let page = format!("Resource Server: {URL}/api\nTenant: acme\nClient ID: {ID}\nClient Secret: {SECRET}\n");
    let mut state = state(empty());
    paste(&mut state, &page);
    assert!(matches!(state.overlay, Some(Dialog::FillForm(_))), "in a list, too");
    assert!(!format!("{state:?}").contains("18293a4b"));
    let effects = act(&mut state, Action::Yes);
    assert_eq!(state.form.text(Field::Url), format!("{URL}/api"));
    assert_eq!((state.form.text(Field::Tenant), state.form.text(Field::ClientId)), ("acme", ID));
    assert_eq!(state.form.secret.expose(), SECRET);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Discover { .. })), "{effects:?}");
    let mut state = self::state(filled());
    paste(&mut state, &page.replace("acme", "beta"));
    act(&mut state, Action::No);
    assert_eq!(state.form.text(Field::Tenant), "acme");
}

#[test]
fn what_is_too_long_is_refused_whole_and_loses_nothing() {
    for field in Field::ALL {
        let mut state = state(filled());
        state.focus = Focus::Field(field);
        let before = (state.form.text(field).to_owned(), state.form.secret.chars());
        paste(&mut state, &"x".repeat(1_000_000));
        assert_eq!((state.form.text(field).to_owned(), state.form.secret.chars()), before, "{field:?}");
        assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("too long")));
    }
}

#[test]
fn a_paste_outside_the_fields_runs_no_commands() {
    let mut state = state(filled());
    state.focus = Focus::Checks;
    assert!(paste(&mut state, "rq\nx").is_empty());
    assert!(state.notice.is_some() && state.run.active.is_none());
}

#[test]
fn the_secret_is_shown_for_ten_seconds_and_hidden_by_everything_else() {
    let shown = || {
        let mut state = state(filled());
        state.focus = Focus::Field(Field::Secret);
        act(&mut state, Action::Reveal);
        assert!(state.revealed() && state.needs_clock());
        state
    };
    let mut state = shown();
    update(&mut state, Message::Clock(9_999));
    assert!(state.revealed());
    update(&mut state, Message::Clock(10_000));
    assert!(!state.revealed() && !state.needs_clock());
    for message in [
        Message::Act(Action::Reveal),
        Message::Act(Action::NextPane),
        Message::Act(Action::GoTo(Pane::Checks)),
        Message::Act(Action::Suspend),
        Message::Act(Action::Back),
        Message::Act(Action::RunAll),
        Message::Resized,
    ] {
        let mut state = shown();
        let words = format!("{message:?}");
        update(&mut state, message);
        assert!(!state.revealed(), "{words}");
    }
}

#[test]
fn a_hidden_secret_is_edited_at_its_end_only() {
    let mut state = state(filled());
    state.focus = Focus::Field(Field::Secret);
    act(&mut state, Action::Edit(TextEdit::Home));
    type_text(&mut state, "!");
    assert!(state.form.secret.expose().ends_with("f7!"));
    act(&mut state, Action::Reveal);
    act(&mut state, Action::Edit(TextEdit::Home));
    type_text(&mut state, "?");
    assert!(state.form.secret.expose().starts_with("?5b21"));
}

#[test]
fn nobody_is_scolded_while_typing() {
    let mut state = in_field(Field::Secret);
    type_text(&mut state, &SECRET[..50]);
    assert_eq!(state.form.remarks(Field::Secret).problem, None);
    act(&mut state, Action::NextField);
    let problem = state.form.remarks(Field::Secret).problem.as_ref().expect("a cut secret is told after leaving");
    assert_eq!(problem.code, Code::InputSecretFormat);
}

#[test]
fn a_typed_secret_is_asked_about_before_quitting_until_it_is_proven() {
    let mut state = in_field(Field::Secret);
    type_text(&mut state, SECRET);
    state.focus = Focus::Checks;
    let effects = act(&mut state, Action::Quit);
    assert!(effects.is_empty() && matches!(state.overlay, Some(Dialog::Quit)));
    act(&mut state, Action::No);
    assert!(state.overlay.is_none());
    act(&mut state, Action::Quit);
    assert!(matches!(act(&mut state, Action::Yes)[..], [Effect::SaveProgress(_), Effect::Quit]));

    let mut state = self::state(filled());
    assert!(matches!(act(&mut state, Action::Quit)[..], [Effect::SaveProgress(_), Effect::Quit]), "given, not typed");

    state.focus = Focus::Field(Field::Secret);
    act(&mut state, Action::Edit(TextEdit::Clear));
    paste(&mut state, SECRET);
    let guide = state.guide.clone();
    run(&mut state, healthy(&guide));
    assert!(matches!(act(&mut state, Action::Quit)[..], [Effect::SaveProgress(_), Effect::Quit]), "proven");
}

#[test]
fn nothing_kept_is_a_secret() {
    let mut state = in_field(Field::ClientId);
    type_text(&mut state, SECRET);
    let effects = act(&mut state, Action::NextField);
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(format!("{progress:?}")),
        _ => None,
    });
    assert!(!kept.expect("a field was left").contains("18293a4b"), "not even from the wrong field");
}

#[test]
fn a_block_of_values_without_labels_leaves_no_secret_in_a_field_that_shows_its_text() {
    const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
    for line_break in ["\n", "\r", "\r\n"] {
        for field in [Field::Url, Field::Tenant, Field::ClientId] {
            let mut state = state(empty());
            state.focus = Focus::Field(field);
            let block = ["https://acme.halopsa.com", "acme", ID, TWO].join(line_break);
            update(&mut state, Message::Paste(crate::secret::Secret::new(block)));
            assert_eq!(state.form.secret.expose(), TWO, "{field:?} {line_break:?}: {:?}", state.notice);
            let typed = format!("{:?} {:?}", state.form.typed(), state.progress());
            assert!(!typed.contains("18293a4b") && !typed.contains("5b21a3c4"), "{field:?}: {typed}");
        }
        let mut state = state(empty());
        state.focus = Focus::Field(Field::Url);
        let labels =
            ["Resource Server: https://acme.halopsa.com/api", "Tenant: acme", &format!("Client Secret: {TWO}")];
        update(&mut state, Message::Paste(crate::secret::Secret::new(labels.join(line_break))));
        assert!(matches!(state.overlay, Some(Dialog::FillForm(_))), "{line_break:?}: {:?}", state.notice);
    }
}

#[test]
fn a_part_of_the_secret_is_not_kept_from_the_wrong_field_either() {
    let kept = |url: &str| {
        let mut start = filled();
        start.typed.url = url.into();
        let mut state = state(start);
        match &act(&mut state, Action::Quit)[..] {
            [.., Effect::SaveProgress(progress), Effect::Quit] => progress.typed.url.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(kept(URL), URL);
    for part in [SECRET, &SECRET[..36], &SECRET[37..], &SECRET[20..32], &SECRET[61..]] {
        assert_eq!(kept(&format!("{URL}é{part}/api")), "", "{part}");
    }
    assert_ne!(kept(&format!("{URL}/{}", &SECRET[..11])), "", "so little may stand there by chance");
}

#[test]
fn the_halo_page_is_to_be_kept_open_until_a_token_came_for_this_secret() {
    let mut start = filled();
    start.secret = None;
    start.secret_source = None;
    let mut state = state(start);
    assert_eq!(state.focus, Focus::Field(Field::Secret));
    assert!(state.shown_once(), "before anything is typed");
    paste(&mut state, SECRET);
    assert!(state.shown_once() && !state.secret_is_proven());
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    assert!(!state.shown_once() && state.secret_is_proven());
    state.overlay = None;
    state.focus = Focus::Field(Field::Secret);
    type_text(&mut state, "x");
    assert!(state.shown_once(), "another secret is not proved");
    assert!(!super::fixtures::state(filled()).shown_once(), "a given secret is kept elsewhere");
}

#[test]
fn what_is_wrong_or_missing_is_said_where_the_fields_may_be_out_of_sight() {
    let mut state = state(empty());
    act(&mut state, Action::GoTo(Pane::Credentials));
    paste(&mut state, URL);
    (0..3).for_each(|_| drop(act(&mut state, Action::NextField)));
    paste(&mut state, &SECRET[..52]);
    act(&mut state, Action::NextPane);
    let notice = |state: &State| state.notice.as_deref().unwrap_or_default().to_owned();
    assert!(notice(&state).starts_with("Client Secret: The secret was cut off"), "{}", notice(&state));
    act(&mut state, Action::GoTo(Pane::Credentials));
    paste(&mut state, ID);
    act(&mut state, Action::GoTo(Pane::Checks));
    let says = "Client Secret: The secret was cut off: 52 characters of 73. {credentials} goes back.";
    assert_eq!(notice(&state), says);

    let mut state = self::state(empty());
    state.focus = Focus::Field(Field::Secret);
    paste(&mut state, SECRET);
    act(&mut state, Action::NextField);
    assert_eq!(notice(&state), "Still empty: Resource Server, Client ID. {credentials} goes back.");
    let mut state = self::state(filled());
    state.focus = Focus::Field(Field::Secret);
    act(&mut state, Action::NextField);
    assert_eq!(notice(&state), "{run_all} runs the checks.");
}
