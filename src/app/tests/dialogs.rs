//! Questions, reports, values.

use super::fixtures::*;
use crate::app::{Action, Dialog, Effect, FieldValue, Format, Message, Pane, Start, State, update};

fn ready() -> State {
    let mut state = state(filled());
    let evidence = healthy(&state.guide);
    run(&mut state, evidence);
    state
}

fn failed(start: Start) -> State {
    let mut state = state(start);
    let evidence = invoices_refused(&state.guide);
    run(&mut state, evidence);
    state
}

#[test]
fn a_form_gets_the_part_of_halos_addresses_that_it_wants() {
    use crate::domain::guide_library;
    let cases = [
        ("timezest", vec![format!("{URL}/api"), format!("{URL}/auth")]),
        ("moovila", vec!["acme.halopsa.com".to_owned()]),
        ("perimeters", vec!["acme".to_owned()]),
        ("infima", vec![URL.to_owned()]),
    ];
    for (id, wanted) in cases {
        let mut state = ready();
        let text = guide_library::text_of(id).expect("a guide");
        state.guide = std::sync::Arc::new(crate::domain::guide::Guide::from_toml(text).expect("readable"));
        let address = |value| match value {
            FieldValue::Text(text) if text.contains("acme") => Some(text),
            _ => None,
        };
        let shown: Vec<String> = state.form_values().into_iter().filter_map(|value| address(value.worth)).collect();
        assert_eq!(shown, wanted, "{id}");
    }
}

#[test]
fn values_are_sent_by_number_and_the_secret_only_after_a_question() {
    let mut state = ready();
    let labels: Vec<String> = state.form_values().into_iter().map(|value| value.label).collect();
    assert_eq!(labels, ["PSA Software", "URL", "Tenant ID", "Client ID", "Client Secret"]);
    for (number, text) in [(2, URL), (3, "acme"), (4, ID)] {
        let effects = act(&mut state, Action::CopyValue(number));
        assert!(matches!(&effects[..], [Effect::Clipboard(sent)] if sent.expose() == text), "{number}");
    }
    assert!(act(&mut state, Action::CopyValue(5)).is_empty());
    assert!(matches!(state.overlay, Some(Dialog::CopySecret)));
    act(&mut state, Action::No);
    assert!(matches!(state.overlay, Some(Dialog::Values)));
    act(&mut state, Action::CopyValue(5));
    let effects = act(&mut state, Action::Yes);
    assert!(matches!(&effects[..], [Effect::Clipboard(sent)] if sent.expose() == SECRET));
    assert!(!format!("{effects:?} {state:?}").contains("18293a4b"));
    for number in [0, 6, 9] {
        assert!(act(&mut state, Action::CopyValue(number)).is_empty());
    }
}

#[test]
fn an_empty_value_is_not_sent() {
    let mut start = filled();
    start.typed.tenant = "Not set".into();
    let mut state = state(start);
    act(&mut state, Action::Values);
    assert!(act(&mut state, Action::CopyValue(3)).is_empty());
    assert!(state.notice.is_some());
}

#[test]
fn a_report_is_seen_before_it_is_written() {
    for (format, holds) in [
        (Format::Markdown, "# NOT READY"),
        (Format::Json, "api.role_level"),
        (Format::Html, "</small>NOT READY</h1>"),
        (Format::Admin, "Invoices Access Level"),
    ] {
        let mut state = failed(filled());
        act(&mut state, Action::Export);
        assert!(matches!(state.overlay, Some(Dialog::Export)));
        assert!(act(&mut state, Action::ExportAs(format)).is_empty(), "nothing is written yet");
        let Some(Dialog::Preview { text, .. }) = &state.overlay else { panic!("no preview") };
        assert!(text.contains(holds), "{format:?}: {text}");
        let seen = text.clone();
        let effects = act(&mut state, Action::Write);
        let [Effect::Export { text, host, secret, .. }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((text, host.as_str(), secret.expose()), (&seen, "acme.halopsa.com", SECRET));
    }
}

#[test]
fn a_recording_is_seen_before_it_is_written_and_a_run_without_one_says_so() {
    let mut state = failed(filled());
    act(&mut state, Action::Export);
    assert!(act(&mut state, Action::ExportAs(Format::Recording)).is_empty());
    assert!(state.overlay.is_none() && state.notice.is_some(), "there is none, and that is said");
    state.run.recording = Some("{ \"schema\": \"halo-onboard.recording.v1\" }\n".into());
    act(&mut state, Action::Export);
    assert!(act(&mut state, Action::ExportAs(Format::Recording)).is_empty(), "nothing is written yet");
    let Some(Dialog::Preview { text, .. }) = &state.overlay else { panic!("no preview") };
    assert!(text.contains("recording.v1"));
    let effects = act(&mut state, Action::Write);
    let [Effect::Export { format: Format::Recording, text, host, secret }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(host, "recording", "the file's name does not name the host");
    assert_eq!((text.as_str(), secret.expose()), ("{ \"schema\": \"halo-onboard.recording.v1\" }\n", SECRET));
}

#[test]
fn the_preview_of_a_page_is_what_its_reader_sees_and_not_its_source() {
    let mut state = failed(Start { demo: Some("role-invoices".into()), ..filled() });
    act(&mut state, Action::ExportAs(Format::Html));
    let Some(Dialog::Preview { read: Some(read), text, .. }) = &state.overlay else { panic!("no preview") };
    assert!(!read.contains('<') && !read.contains("border") && text.starts_with("<!doctype html>"), "{read}");
    let report = state.run.report.as_ref().expect("a report");
    let fixes = report.diagnoses.iter().flat_map(|found| found.fix.iter().chain([&found.summary]));
    let checks = report.checks.iter().map(|check| &check.summary);
    let facts = report.facts.iter().map(|fact| &fact.expected);
    for words in fixes.chain(checks).chain(facts).chain([&report.target.client_id]) {
        assert!(read.contains(words.as_str()), "{words:?} is not in\n{read}");
    }
    act(&mut state, Action::ExportAs(Format::Markdown));
    assert!(matches!(&state.overlay, Some(Dialog::Preview { read: None, .. })));
}

#[test]
fn reports_of_the_simulated_halo_say_so() {
    for format in [Format::Html, Format::Admin] {
        let state = failed(Start { demo: Some("role-invoices".into()), ..filled() });
        assert!(state.rendered(format).is_some_and(|text| text.contains("DEMO")), "{format:?}");
    }
}

#[test]
fn what_a_server_said_cannot_become_markup() {
    let mut state = failed(filled());
    if let Some(report) = &mut state.run.report {
        report.checks[0].summary = "<script>alert('x')</script> & \"more\"".into();
    }
    let page = state.rendered(Format::Html).expect("a report");
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{page}");
}

#[test]
fn without_a_run_there_is_nothing_to_write() {
    let mut state = state(filled());
    act(&mut state, Action::Export);
    assert!(state.overlay.is_none() && state.notice.is_some());
    act(&mut state, Action::Write);
    act(&mut state, Action::ExportAs(Format::Json));
    assert!(state.overlay.is_none());
}

#[test]
fn written_files_are_told_after_leaving() {
    let mut state = failed(filled());
    update(&mut state, Message::Exported(Ok("/tmp/report.md".into())));
    update(&mut state, Message::Exported(Err("disk full".into())));
    assert_eq!(state.outcome().written, ["/tmp/report.md"]);
    assert!(state.notice.as_ref().is_some_and(|notice| notice.contains("disk full")));
}

#[test]
fn esc_closes_one_level_and_never_quits() {
    let mut state = failed(filled());
    act(&mut state, Action::Export);
    act(&mut state, Action::ExportAs(Format::Json));
    act(&mut state, Action::Back);
    assert!(matches!(state.overlay, Some(Dialog::Export)));
    for _ in 0..5 {
        let effects = act(&mut state, Action::Back);
        assert!(effects.is_empty(), "{effects:?}");
    }
    assert!(state.overlay.is_none());
}

#[test]
fn going_to_a_pane_closes_what_lies_over_it() {
    let mut state = ready();
    act(&mut state, Action::GoTo(Pane::Checklist));
    assert!(state.overlay.is_none());
}

#[test]
fn a_check_s_code_is_explained_once_it_has_ended() {
    let mut state = failed(filled());
    act(&mut state, Action::Explain);
    assert!(
        matches!(state.overlay, Some(Dialog::Explanation(found)) if found.id == "api.role_level"),
        "{:?}",
        state.overlay
    );
    act(&mut state, Action::Back);
    assert!(state.overlay.is_none());

    let mut waiting = super::fixtures::state(filled());
    act(&mut waiting, Action::Explain);
    assert!(waiting.overlay.is_none() && waiting.notice.is_some());
}

#[test]
fn the_page_is_self_contained_escaped_and_says_that_it_is_a_demo() {
    let start = Start { demo: Some("a<b".into()), ..filled() };
    let mut state = failed(start);
    act(&mut state, Action::ExportAs(Format::Html));
    let Some(Dialog::Preview { text, .. }) = &state.overlay else { panic!("{:?}", state.overlay) };
    for wanted in
        ["NOT READY", "scenario a&lt;b", "api.role_level", "✗ FAIL", "✗ contradicted", "Halo says No Access", ID]
    {
        assert!(text.contains(wanted), "{wanted}");
    }
    for never in ["<script", "src=", "href=", "url(", "@import", "a<b", SECRET] {
        assert!(!text.contains(never), "{never}");
    }
    let open = |tag: &str| text.matches(&format!("<{tag}")).count();
    for tag in ["table", "tr", "li", "section", "dl"] {
        assert_eq!(open(tag), text.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn a_key_that_means_nothing_shows_which_there_are() {
    let mut state = ready();
    act(&mut state, Action::CopyValue(2));
    assert!(state.notice.is_some() && state.overlay.is_some());
    assert!(update(&mut state, Message::Pressed).is_empty());
    assert!(state.notice.is_none() && state.overlay.is_some());
}
