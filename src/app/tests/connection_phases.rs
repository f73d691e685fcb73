//! What is shown of the connection and of where the time went.

use super::fixtures::*;
use crate::app::{DetailSection, Section, State};
use crate::domain::evidence::{Observation, ScopeAnswer};

fn choose(state: &mut State, check: &str) {
    state.check = Some(check.into());
}

fn part(state: &State, part: DetailSection) -> Vec<String> {
    let section: Option<Section> = state.detail().into_iter().find(|section| section.part == part);
    section.map(|section| section.texts.iter().map(|text| text.to_string()).collect()).unwrap_or_default()
}

fn ready() -> State {
    let mut state = state(filled());
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    state
}

#[test]
fn versions_addresses_and_certificate_days_are_shown_when_all_is_well() {
    let mut state = ready();
    let names = state.phases().map(|phase| phase.name);
    assert_eq!(names, ["name, 2 addresses", "connected, HTTP/2", "TLS 1.3, cert 71 days"]);
    choose(&mut state, "discovery");
    let seen = part(&state, DetailSection::Seen).join("\n");
    for word in ["203.0.113.11", "TLS 1.3, HTTP/2", "certificate 71 days left (until 2027-02-02)", "CN=Example CA"] {
        assert!(seen.contains(word), "{word}: {seen}");
    }
    state.overlay = None;
    type_text_into_address(&mut state);
    assert_eq!(state.phases().map(|phase| phase.name), ["name resolved", "connected", "TLS"]);
}

fn type_text_into_address(state: &mut State) {
    state.focus = crate::app::Focus::Field(crate::domain::connection::Field::Url);
    type_text(state, "x");
}

#[test]
fn the_parts_of_an_exchange_follow_each_other_and_fill_it() {
    let mut state = ready();
    choose(&mut state, "discovery");
    let parts: Vec<(&str, u32, u32)> =
        state.connection_segments().iter().map(|part| (part.name, part.from_ms, part.took_ms)).collect();
    let wanted = [("name", 0, 4), ("connect", 4, 19), ("TLS", 23, 44), ("first byte", 67, 71), ("rest", 138, 3)];
    assert_eq!(parts, wanted);
    choose(&mut state, "input");
    assert!(state.connection_segments().is_empty(), "nothing was sent for it");
}

#[test]
fn what_a_token_for_one_scope_alone_showed_stands_in_the_detail() {
    let mut state = state(filled());
    let mut evidence = invoices_refused(&state.guide);
    evidence.single_scopes.insert("read:invoices".into(), ScopeAnswer::Granted);
    if let Observation::Answered(identity) = &mut evidence.identity {
        identity.value.claims = None;
    }
    run(&mut state, evidence);
    choose(&mut state, "invoices");
    assert_eq!(
        part(&state, DetailSection::Observation),
        ["a token for read:invoices alone: granted: the application has it"]
    );
    choose(&mut state, "tickets");
    assert!(part(&state, DetailSection::Observation).is_empty());
}
