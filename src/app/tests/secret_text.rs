//! A secret in a place that would show or keep it.

use super::fixtures::*;
use crate::app::{Action, Dialog, Effect, Focus, Progress, State};
use crate::domain::connection::Field;

/// The secret as it is copied from pages, mails and shells.
fn copied() -> Vec<String> {
    vec![
        SECRET.to_owned(),
        format!("\"{SECRET}\""),
        format!("'{SECRET}',\r\n"),
        format!("{}\u{200b}{}", &SECRET[..9], &SECRET[9..]),
        format!("Client Secret: {SECRET}"),
        SECRET.replace('-', "\u{2011}"),
        SECRET[..64].to_owned(),
    ]
}

fn holds_a_part(text: &str) -> bool {
    text.contains("0d6e")
}

#[test]
fn no_line_that_shows_its_text_takes_a_secret() {
    let in_search = |state: &mut State| {
        state.focus = Focus::Log;
        act(state, Action::Search);
    };
    let in_name = |state: &mut State| {
        state.shelf.open = true;
        act(state, Action::SaveProfile);
    };
    let places: [(&str, &dyn Fn(&mut State)); 2] = [("search", &in_search), ("name", &in_name)];
    for (place, go) in places {
        for text in copied() {
            let mut state = state(filled());
            state.form.secret.replace("another secret").expect("it fits");
            go(&mut state);
            paste(&mut state, &text);
            let name = match &state.overlay {
                Some(Dialog::Name { field, .. }) => field.text().to_owned(),
                _ => String::new(),
            };
            assert!(!holds_a_part(state.log.needle()) && !holds_a_part(&name), "{place}: {text} {name}");
            assert!(
                state.notice.as_ref().is_some_and(|notice| notice.contains("nothing was pasted")),
                "{place}: {text}"
            );
        }
    }
}

#[test]
fn the_secret_of_the_form_is_taken_by_no_such_line_whatever_it_looks_like() {
    let mut state = state(filled());
    state.form.secret.replace("hunter2 with words").expect("it fits");
    state.focus = Focus::Log;
    act(&mut state, Action::Search);
    paste(&mut state, "hunter2 with words");
    assert_eq!(state.log.needle(), "");
}

#[test]
fn a_secret_typed_as_a_name_is_saved_as_none() {
    let mut state = state(filled());
    state.shelf.open = true;
    act(&mut state, Action::SaveProfile);
    type_text(&mut state, &SECRET[..60]);
    assert!(act(&mut state, Action::SaveAs).is_empty());
    assert!(matches!(&state.overlay, Some(Dialog::Name { problem: Some(_), .. })));
}

#[test]
fn no_field_that_shows_its_text_takes_a_secret() {
    for field in [Field::Url, Field::Tenant, Field::ClientId] {
        for text in copied() {
            let mut state = state(empty());
            state.focus = Focus::Field(field);
            paste(&mut state, &text);
            assert!(!holds_a_part(state.form.text(field)), "{field:?}: {text}");
            assert!(state.notice.is_some(), "{field:?}: {text}");
        }
    }
}

#[test]
fn a_secret_in_a_longer_paste_is_offered_to_its_field_and_never_shown() {
    let json = format!("{{\"url\":\"{URL}\",\"client_id\":\"{ID}\",\"client_secret\":\"{SECRET}\"}}");
    let table = format!("| Client ID | {ID} |\n| Client Secret | {SECRET} |\n");
    let address = format!("{URL}/auth/token?client_id={ID}&client_secret={SECRET}");
    for text in [json, table, address] {
        let mut state = state(empty());
        state.focus = Focus::Field(Field::Url);
        paste(&mut state, &text);
        assert!(matches!(&state.overlay, Some(Dialog::FillForm(_))), "{text}");
        assert!(!holds_a_part(&format!("{state:?}")), "{text}");
        act(&mut state, Action::Yes);
        assert_eq!((state.form.secret.expose(), state.form.text(Field::ClientId)), (SECRET, ID), "{text}");
    }
    for text in [format!("{SECRET}."), format!("The secret is {SECRET}, keep it.")] {
        let mut state = state(empty());
        state.focus = Focus::Field(Field::Tenant);
        paste(&mut state, &text);
        assert_eq!((state.form.secret.expose(), state.form.text(Field::Tenant)), (SECRET, ""), "{text}");
    }
}

fn saved(state: &mut State) -> Progress {
    let effects = crate::app::update(state, crate::app::Message::Ending);
    let kept = effects.into_iter().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(*progress),
        _ => None,
    });
    kept.expect("what is kept")
}

#[test]
fn the_typing_of_a_secret_clears_nothing_else_from_what_is_saved() {
    let mut state = state(empty());
    state.form.url.replace(URL);
    state.form.tenant.replace("acme");
    state.form.client_id.replace(ID);
    let before = state.form.typed();
    state.focus = Focus::Field(Field::Secret);
    for (at, c) in SECRET.char_indices() {
        type_text(&mut state, &c.to_string());
        assert_eq!(saved(&mut state).typed, before, "after {} characters", at + 1);
    }
    for begun in ["a", "acme", "h", "https:/", "c953"] {
        state.form.secret.replace(begun).expect("it fits");
        assert_eq!(saved(&mut state).typed, before, "{begun}");
    }
}

#[test]
fn what_looks_like_a_secret_or_holds_the_typed_one_is_not_saved() {
    for (secret, value) in
        [("", SECRET), ("", &SECRET[..50]), (SECRET, &SECRET[10..30]), ("a word as a secret", "a word as a secret")]
    {
        let mut state = state(empty());
        state.form.secret.replace(secret).expect("it fits");
        state.form.tenant.replace(value);
        state.form.client_id.replace(value);
        let typed = saved(&mut state).typed;
        assert_eq!((typed.tenant.as_str(), typed.client_id.as_str()), ("", ""), "{value}");
    }
}
