//! The screens as an operator sees them, in the sizes that decide, from runs that are told by hand.

use std::collections::BTreeSet;

use crate::krate;
use halo_onboard::app::{
    Action, CheckState, Context, Focus, Format, LastCheck, Message, Motion, Pane, ProfileList, ProfileSummary, Start,
    State, TextEdit, update,
};
use halo_onboard::domain::connection::Field;
use halo_onboard::domain::evidence::ServerAccess;
use halo_onboard::domain::profile::SecretStore;
use halo_onboard::domain::report::Verdict;
use halo_onboard::domain::run_event::{LogLevel, LogLine, RunEvent};
use halo_onboard::domain::secret_destination::{Destination, SourcedValue};
use halo_onboard::tui::dialogs::help;
use halo_onboard::tui::keymap;
use halo_onboard::tui::keymap::custom_keys::{CustomBinding, rebound};
use halo_onboard::tui::keymap::{KeyMeaning, KeyOutcome};
use halo_onboard::tui::screen_contents::ScreenContents;
use halo_onboard::tui::theme::Theme;
use halo_onboard::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::fixtures::*;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 12)];

/// What a screen shows, by the way that the interface takes: room first, then one frame.
fn drawn(state: &mut State, (width, height): (u16, u16), theme: Theme) -> Buffer {
    let room = ScreenContents::new(Rect::new(0, 0, width, height), state, theme).viewports(state, theme);
    update(state, Message::Viewports(room));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal");
    terminal.draw(|frame| view(state, theme, frame)).expect("drawn");
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let rows = buffer.content.chunks(width).map(|row| {
        let mut line = String::new();
        let mut skip = 0;
        for cell in row {
            // A wide character covers the cell after it.
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol());
            }
            skip = skip.saturating_sub(1);
        }
        line.trim_end().to_owned()
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn screen(state: &mut State, size: (u16, u16)) -> String {
    text(&drawn(state, size, Theme::UNICODE))
}

/// A state by its name, as told by hand.
type TenantEvent = (&'static str, fn() -> State);

const STATES: &[TenantEvent] = &[
    ("first_start", || state(empty())),
    ("filled_form", filled_form),
    ("running", || told(filled(), begin)),
    ("failure", failure),
    ("ready", || told(filled(), |state| drop(run(state, healthy(&state.guide.clone()))))),
    ("run_on_an_axis", || changed(told_with_requests(), Action::ZoomLog)),
    ("help", || told(filled(), |state| drop(act(state, Action::Help)))),
    ("start_page", || state(shelved(true))),
    ("keep_secret", || {
        told(Start { secret: None, profile: Some("acme".into()), ..shelved(false) }, |state| {
            state.focus = Focus::Field(Field::Secret);
            type_text(state, SECRET);
            run(state, healthy(&state.guide.clone()));
            act(state, Action::KeepSecret);
        })
    }),
    ("save_profile", || changed(state(shelved(false)), Action::SaveProfile)),
];

/// A start with profiles: one interrupted and changed, one fine, one never checked.
fn shelved(first: bool) -> Start {
    let tile = |name: &str, secret: &str, last: Option<(&str, Verdict, usize)>| ProfileSummary {
        name: name.into(),
        host: format!("{name}.halopsa.com"),
        last: last.map(|(when, verdict, failed)| LastCheck { when: when.into(), verdict, failed }),
        secret: secret.into(),
        ..ProfileSummary::default()
    };
    let acme = ProfileSummary {
        unfinished: Some("10:12 today".into()),
        good: Some("3 d ago".into()),
        changes: vec!["invoices: ok -> FAIL api.role_level".into()],
        ..tile("acme", "not kept", Some(("2 h ago", Verdict::NotReady, 1)))
    };
    let beta = tile("beta-msp", "command pass", Some(("21 d ago", Verdict::ReadyWithWarnings, 0)));
    let mut shelf = ProfileList {
        profiles: vec![acme, beta, tile("onprem-lab", "keyring (login)", None)],
        first,
        open: true,
        demo: true,
        ..ProfileList::default()
    };
    shelf.secret.ways = vec![SecretStore::Session, SecretStore::User];
    Start { shelf, ..if first { empty() } else { filled() } }
}

/// States that are only swept over.
const MORE: &[TenantEvent] = &[
    ("accept", || {
        told(filled(), |state| {
            run(state, split_host(&state.guide.clone()));
            act(state, Action::SignInHost);
        })
    }),
    ("quit", || {
        told(empty(), |state| {
            state.focus = Focus::Field(Field::Secret);
            type_text(state, SECRET);
            state.focus = Focus::Checks;
            act(state, Action::Quit);
        })
    }),
    ("fill", || told(empty(), |state| drop(paste(state, &format!("Tenant: acme\nClient Secret: {SECRET}"))))),
    ("plain", || changed(failure(), Action::Plain)),
    ("explanation", || changed(failure(), Action::Explain)),
    ("hostile_names", hostile_names),
    ("export", || changed(failure(), Action::Export)),
    ("preview", || changed(changed(failure(), Action::Export), Action::ExportAs(Format::Html))),
    ("zoomed_log", || changed(failure(), Action::ZoomLog)),
    ("search", || changed(failure(), Action::Search)),
    ("line", || changed(failure(), Action::Follow)),
    ("detail", || changed(failure(), Action::NextPane)),
    ("only_failures", || changed(failure(), Action::OnlyFailures)),
    ("revealed", || {
        told(filled(), |state| {
            state.focus = Focus::Field(Field::Secret);
            act(state, Action::Reveal);
        })
    }),
    ("wide_characters", || {
        told(empty(), |state| {
            state.focus = Focus::Field(Field::Tenant);
            type_text(state, &"テナント日本語e\u{301}".repeat(20));
        })
    }),
];

/// A tenant and an agent whose names are wide, combined, turned around and full of sequences.
fn hostile_names() -> State {
    use krate::domain::evidence::Observation;
    use krate::domain::untrusted_text::UntrustedText;
    told(filled(), |state| {
        let mut evidence = healthy(&state.guide);
        let name = "\u{1b}]52;c;eA==\u{7}テナントe\u{301}\u{202e}\u{200b}👩\u{200d}👩\u{200d}👧\n".repeat(9);
        if let Observation::Answered(answer) = &mut evidence.discovery {
            answer.value.tenant = Some(UntrustedText::new(&name));
        }
        if let Observation::Answered(answer) = &mut evidence.identity {
            answer.value.name = Some(UntrustedText::new(&name));
            answer.value.roles = Some(vec![UntrustedText::new(&name)]);
        }
        run(state, evidence);
    })
}

fn told(start: Start, tell: impl FnOnce(&mut State)) -> State {
    let mut state = state(start);
    tell(&mut state);
    state
}

fn changed(mut state: State, action: Action) -> State {
    act(&mut state, action);
    state
}

fn filled_form() -> State {
    told(empty(), |state| {
        act(state, Action::GoTo(Pane::Credentials));
        paste(state, &format!("{URL}/api\n"));
        act(state, Action::NextField);
        type_text(state, "acme");
        act(state, Action::NextField);
        paste(state, ID);
        act(state, Action::NextField);
        paste(state, &format!("{SECRET}\n"));
    })
}

fn failure() -> State {
    told(Start { demo: Some("role-invoices".into()), ..filled() }, |state| {
        let evidence = invoices_refused(&state.guide);
        run(state, evidence);
    })
}

/// A failure with the requests that the run sent.
fn told_with_requests() -> State {
    told(filled(), |state| {
        act(state, Action::RunAll);
        exchanges().into_iter().for_each(|exchange| drop(happen(state, RunEvent::Exchanged(exchange))));
        let evidence = invoices_refused(&state.guide);
        end(state, evidence);
    })
}

#[test]
fn a_tall_screen_shows_the_runs_requests_below_the_checks() {
    let mut state = told_with_requests();
    let shown = screen(&mut state, (120, 60));
    for words in ["6 requests", "┃ invoices    403  212 ms     ■■■ ", "761 ms ┃"] {
        assert!(shown.contains(words), "{words}:\n{shown}");
    }
    assert!(!screen(&mut state, (120, 40)).contains("6 requests"), "the checks come first");
    act(&mut state, Action::RunAll);
    assert!(!screen(&mut state, (120, 60)).contains("6 requests"), "another run begins without");
}

#[test]
fn the_screens_look_as_they_should() {
    for (name, make) in STATES {
        for (width, height) in SIZES {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), screen(&mut make(), (width, height)));
        }
    }
}

#[test]
fn a_small_window_says_so_while_checks_go_on() {
    insta::assert_snapshot!(screen(&mut told(filled(), begin), (30, 6)), @r"
    Window is 30x6.
    Needs 40x12 or more.
    Checks go on: 6/14.
    Or quit and use:
    halo-onboard --plain
    Ctrl-C twice quits
    ");
}

#[test]
fn no_size_breaks_any_screen() {
    let widths = [1, 2, 3, 8, 20, 39, 40, 41, 55, 71, 72, 73, 80, 109, 110, 120];
    let heights = [1, 2, 3, 11, 12, 13, 17, 18, 19, 23, 24, 35, 36, 48];
    for (name, make) in STATES.iter().chain(MORE) {
        let mut state = make();
        for width in widths {
            for height in heights {
                let buffer = drawn(&mut state, (width, height), Theme::UNICODE);
                assert_eq!(buffer.area, Rect::new(0, 0, width, height), "{name}");
            }
        }
        drawn(&mut state, (500, 200), Theme::UNICODE);
        // And back: a window that shrank and grew shows what it showed.
        assert!(screen(&mut state, (80, 24)).len() > 100, "{name}");
    }
    // Without any cell there is no frame to draw; the layout must bear it all the same.
    for area in [Rect::new(0, 0, 0, 0), Rect::new(0, 0, 0, 30), Rect::new(0, 0, 100, 0)] {
        STATES.iter().chain(MORE).for_each(|(_, make)| {
            let _ = ScreenContents::new(area, &make(), Theme::UNICODE).viewports(&make(), Theme::UNICODE);
        });
    }
}

#[test]
fn no_screen_shows_a_hidden_secret() {
    for (name, make) in STATES.iter().chain(MORE).filter(|(name, _)| *name != "revealed") {
        for size in SIZES {
            let shown = screen(&mut make(), size);
            assert!(!shown.contains("5b21a3c4") && !shown.contains("18293a4b"), "{name}:\n{shown}");
        }
    }
    let revealed = MORE.iter().find(|(name, _)| *name == "revealed").map(|(_, make)| screen(&mut make(), (120, 40)));
    assert!(revealed.is_some_and(|shown| shown.contains("18293a4b")), "the test must be able to see it");
}

#[test]
fn only_the_terminals_sixteen_colours_on_its_own_background() {
    for (name, make) in STATES.iter().chain(MORE) {
        for cell in drawn(&mut make(), (120, 40), Theme::UNICODE).content {
            let sixteen = !matches!(cell.fg, Color::Rgb(..) | Color::Indexed(_) | Color::White | Color::DarkGray);
            assert!(sixteen && cell.bg == Color::Reset, "{name}: {cell:?}");
        }
    }
}

#[test]
fn ascii_means_ascii() {
    for (name, make) in
        STATES.iter().chain(MORE).filter(|(name, _)| !["wide_characters", "hostile_names"].contains(name))
    {
        for size in SIZES {
            let shown = text(&drawn(&mut make(), size, Theme::ASCII));
            assert!(shown.is_ascii(), "{name}: {:?}", shown.chars().find(|c| !c.is_ascii()));
        }
    }
}

#[test]
fn every_state_has_a_word_of_its_own() {
    let mut state = told(filled(), begin);
    let shown = screen(&mut state, (120, 40));
    for word in ["ok", "run", "wait", "proved", "by you"] {
        assert!(shown.contains(word), "{word}");
    }
    assert!(screen(&mut self::state(empty()), (120, 40)).contains("todo"));
    act(&mut state, Action::Interrupt);
    assert!(screen(&mut state, (120, 40)).contains("stop"));
    assert!(screen(&mut failure(), (120, 40)).contains("WRONG"));
}

#[test]
fn the_selected_row_is_always_on_the_screen() {
    for size in SIZES {
        let mut state = failure();
        for pane in [Pane::Checklist, Pane::Checks] {
            act(&mut state, Action::GoTo(pane));
            act(&mut state, Action::Move(Motion::First));
            for turn in 0..40 {
                let shown = screen(&mut state, size);
                let marked = shown.lines().any(|line| line.contains("┃>"));
                assert!(marked, "{size:?} {pane:?} after {turn} moves:\n{shown}");
                act(&mut state, Action::Move(Motion::Down));
            }
        }
    }
}

#[test]
fn every_field_shows_its_cursor() {
    for size in SIZES {
        for field in Field::ALL {
            let mut state = state(filled());
            state.focus = Focus::Field(field);
            let contents = ScreenContents::new(Rect::new(0, 0, size.0, size.1), &state, Theme::UNICODE);
            let room = contents.viewports(&state, Theme::UNICODE);
            update(&mut state, Message::Viewports(room));
            let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a test terminal");
            terminal.draw(|frame| view(&state, Theme::UNICODE, frame)).expect("drawn");
            let at = terminal.get_cursor_position().expect("a cursor");
            let row = text(terminal.backend().buffer()).lines().nth(at.y.into()).unwrap_or_default().to_owned();
            assert!(row.contains('['), "{size:?} {field:?}: the cursor stands in {row:?}");
        }
    }
}

#[test]
fn keys_that_texts_name_are_in_the_table() {
    let known: BTreeSet<String> =
        keymap::BINDINGS.iter().flat_map(|binding| binding.chords.iter().map(|chord| chord.label())).collect();
    let mut named = 0;
    for (name, make) in STATES.iter().chain(MORE) {
        for size in SIZES {
            let mut state = make();
            let mut texts = screen(&mut state, size).replace('\n', " ");
            texts.push_str(&Theme::UNICODE.text(&state.notice.clone().unwrap_or_default()));
            for key in named_keys(&texts) {
                assert!(known.contains(&key), "{name}: {key} is in no binding");
                named += 1;
            }
        }
    }
    assert!(named > 20, "the test found {named} keys only");
}

/// `Ctrl-X`, `F3`, and the letter after "press".
fn named_keys(text: &str) -> Vec<String> {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(['.', ',', ':', ';', ')', '('])).collect();
    let mut keys = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let function = word.strip_prefix('F').is_some_and(|number| number.len() == 1 && number.parse::<u8>().is_ok());
        let letter = at > 0 && words[at - 1].eq_ignore_ascii_case("press") && word.len() == 1;
        if (word.starts_with("Ctrl-") && word.len() == 6) || function || letter {
            keys.push((*word).to_owned());
        }
    }
    keys
}

#[test]
fn footer_hints_do_what_they_say() {
    let marked = |context: Context| keymap::bindings(context).filter(|binding| !binding.hint.is_empty());
    for context in Context::ALL {
        for binding in marked(context) {
            for chord in binding.chords {
                let event = crossterm::event::KeyEvent::new(chord.code, chord.held);
                let Some(KeyMeaning::Act(action)) = keymap::meaning(event, context) else {
                    panic!("{context:?}: {} does nothing", chord.label())
                };
                match binding.does {
                    KeyOutcome::Act(wanted) => assert_eq!(action, wanted, "{context:?} {}", chord.label()),
                    KeyOutcome::Digit(_) => assert!(matches!(action, Action::Step(_) | Action::CopyValue(_))),
                }
            }
        }
    }
}

#[test]
fn help_names_every_key_that_does_something_here() {
    let mut state = changed(failure(), Action::Help);
    let mut pages = String::new();
    for _ in 0..40 {
        pages.push_str(&screen(&mut state, (80, 40)));
        act(&mut state, Action::Move(Motion::PageDown));
    }
    for binding in keymap::BINDINGS {
        for label in binding.labels().split(' ') {
            assert!(pages.contains(&format!(" {label} ")), "{label} ({}) is not on the help page", binding.help);
        }
    }
}

#[test]
fn an_explanation_is_on_the_screen_in_full() {
    use krate::domain::codes::Code;
    use krate::domain::codes::explain::explanation;
    for size in SIZES {
        let mut state = changed(failure(), Action::Explain);
        let mut pages = String::new();
        for _ in 0..40 {
            pages.push_str(&screen(&mut state, size));
            act(&mut state, Action::Move(Motion::Down));
        }
        let found = explanation(Code::ApiRoleLevel).expect("it is explained");
        for word in found.paragraphs().iter().flat_map(|part| part.text.split_whitespace().chain([part.word])) {
            assert!(pages.contains(word), "{size:?}: {word} is not shown");
        }
    }
}

#[test]
fn the_log_costs_no_more_when_it_is_long() {
    let mut state = told(filled(), |state| drop(act(state, Action::RunAll)));
    let line = |number: usize| {
        let line = LogLine { at_ms: 0, level: LogLevel::Info, check: None, text: format!("line {number}") };
        RunEvent::Log(line)
    };
    (0..12_000).for_each(|number| drop(happen(&mut state, line(number))));
    assert_eq!(state.log.counts().1, 10_000);
    let shown = screen(&mut state, (80, 24));
    assert!(shown.contains("line 11999") && !shown.contains("line 11990"), "{shown}");
}

#[test]
fn the_smallest_screen_says_where_the_fix_and_the_way_back_are() {
    let mut state = failure();
    let footer = |state: &mut State| screen(state, (40, 12)).lines().last().unwrap_or_default().to_owned();
    assert!(footer(&mut state).starts_with(" Tab detail"), "{}", footer(&mut state));
    act(&mut state, Action::NextPane);
    assert!(screen(&mut state, (40, 12)).contains("Fix "));
    act(&mut state, Action::Follow);
    assert!(footer(&mut state).starts_with(" Enter its check"), "{}", footer(&mut state));
    act(&mut state, Action::Follow);
    assert!(screen(&mut failure(), (80, 24)).contains("press r to run again"), "beside the list it needs no scrolling");
}

#[test]
fn long_notices_fit_on_a_screen_of_80_by_24() {
    let here = "https://a-long-name-of-a-company-abroad.halopsa.com";
    let other = "https://another-long-name-of-a-company.halopsa.com";
    let profile = || {
        let mut start = Start { profile: Some("acme".into()), ..shelved(false) };
        start.typed.url = here.into();
        let given = |value: &str| SourcedValue::new(value, "profile acme");
        start.shelf.secret.given_for = Destination { url: given(here), client_id: given(ID) };
        start.shelf.secret.saved_for = start.shelf.secret.given_for.clone();
        start
    };
    let elsewhere = |state: &mut State| {
        state.focus = Focus::Field(Field::Url);
        act(state, Action::Edit(TextEdit::Clear));
        type_text(state, other);
    };
    let cleared = told(profile(), |state| {
        elsewhere(state);
        act(state, Action::NextField);
    });
    let mut by_command = Start { secret: None, ..profile() };
    by_command.shelf.secret.command = Some("systemd-creds".into());
    let not_run = told(by_command, |state| {
        elsewhere(state);
        state.focus = Focus::Field(Field::Secret);
        act(state, Action::Suggestion);
    });
    let not_kept = told(Start { secret: None, ..profile() }, |state| {
        elsewhere(state);
        state.focus = Focus::Field(Field::Secret);
        type_text(state, SECRET);
        state.focus = Focus::Checks;
        act(state, Action::KeepSecret);
    });
    let mut no_keyring = profile();
    no_keyring.shelf.secret.ways.clear();
    let no_keyring = told(no_keyring, |state| drop(act(state, Action::KeepSecret)));
    let sign_in = told(filled(), |state| drop(run(state, split_host(&state.guide.clone()))));
    let copied = changed(failure(), Action::Copy);
    for (mut state, first, last) in [
        (cleared, "Secret from HALO_CLIENT_SECRET cleared: enter the one for this address", other),
        (not_run, "The command systemd-creds was not run", other),
        (not_kept, "Save the values first (s), then keep the secret", other),
        (no_keyring, "has no keyring", "enter it each time."),
        (sign_in, "accept it (F7)", "https://auth.example.net"),
        (copied, "copied through the terminal", "v shows the text."),
    ] {
        let shown = screen(&mut state, (80, 24));
        let rows: Vec<&str> = shown.lines().rev().take(3).collect();
        let words = rows.into_iter().rev().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        assert!(words.contains(first) && words.trim_end_matches('.').ends_with(last.trim_end_matches('.')), "{shown}");
    }
}

#[test]
fn a_demo_is_marked_on_every_screen() {
    for size in SIZES {
        for action in [Action::Help, Action::Export, Action::ZoomLog, Action::Values, Action::Watch] {
            let mut state = changed(failure(), action);
            assert!(screen(&mut state, size).contains("DEMO"), "{size:?} {action:?}");
        }
    }
    assert!(!screen(&mut state(filled()), (80, 24)).contains("DEMO"));
}

#[test]
fn the_values_page_repeats_what_the_vendors_servers_may_not_see() {
    let mut state = state(filled());
    let mut evidence = healthy(&state.guide);
    evidence.link.access = Some(ServerAccess { origin: "https://halo.acme.corp".into(), ..ServerAccess::default() });
    run(&mut state, evidence);
    let mut state = changed(state, Action::Values);
    for size in [(80, 24), (120, 40)] {
        let shown = screen(&mut state, size);
        assert!(shown.contains("Warning: halo.acme.corp is an internal name"), "{size:?}:\n{shown}");
        assert!(shown.contains("- Enter a name in LaborCast > API Settings"), "{size:?}:\n{shown}");
    }
    // A small screen shows it further down.
    let pages: String = (0..8)
        .map(|_| {
            let shown = screen(&mut state, (40, 12));
            act(&mut state, Action::Move(Motion::PageDown));
            shown
        })
        .collect();
    for words in ["Warning: halo.acme.corp", "(vendor.private_address)", "- Enter a name"] {
        assert!(pages.contains(words), "{words}:\n{pages}");
    }
}

#[test]
fn a_waiting_server_is_told_with_its_seconds() {
    let mut state = told(filled(), begin);
    happen(&mut state, RunEvent::Waiting { check: "clients".into(), seconds: 7 });
    assert!(screen(&mut state, (80, 24)).contains("waits 7 s"));
    assert!(state.all_checks().iter().any(|row| matches!(row.shown, CheckState::Running(_))));
}

#[test]
fn the_pages_of_keys_are_the_table() {
    let readme = include_str!("../../README.md");
    let begin = readme.find("| where | key |").expect("a table of keys");
    let end = begin + readme[begin..].find("\n\n").expect("its end") + 1;
    let daily = help::markdown_of_every_day(keymap::BINDINGS);
    assert!(daily.lines().count() > 20 && !daily.contains("|  |  |"), "a name that is none: {daily}");
    let pages = [
        ("/README.md", format!("{}{daily}{}", &readme[..begin], &readme[end..])),
        ("/docs/keys.md", help::markdown(keymap::BINDINGS)),
    ];
    for (name, page) in pages {
        let path = format!("{}{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("WRITE_DOCS").is_some() {
            std::fs::write(&path, &page).expect("written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(kept, page, "{name} is not the table's: WRITE_DOCS=1 cargo test --test interface pages_of_keys");
    }
}

#[test]
fn other_keys_stand_in_footer_help_and_texts() {
    let wanted = |action, key| CustomBinding { action, keys: vec![key] };
    let table = rebound(&[wanted("run", "F9"), wanted("explain", "Q"), wanted("run_all", "Ctrl-G")]).expect("free");
    let theme = Theme::UNICODE.with_keys(table);
    for size in [(80, 24), (120, 40)] {
        let shown = text(&drawn(&mut failure(), size, theme));
        assert!(shown.contains("F9 re-run") && !shown.contains("r re-run"), "{shown}");
        let shown = text(&drawn(&mut state(filled()), size, theme));
        assert!(shown.contains("Ctrl-G") && !shown.contains("Ctrl-R"), "{shown}");
    }
    let mut help = changed(failure(), Action::Help);
    let shown = text(&drawn(&mut help, (120, 60), theme));
    assert!(shown.contains("F9 ") && shown.contains("Ctrl-G "), "{shown}");
}

#[test]
fn other_keys_stand_in_questions_choices_and_on_the_start_page() {
    let wanted = |action, key| CustomBinding { action, keys: vec![key] };
    let others = [
        ("yes", "J"),
        ("no", "F7"),
        ("as_markdown", "F8"),
        ("save", "F9"),
        ("choose", "F12"),
        ("export", "F2"),
        ("checklist", "Alt-c"),
        ("open_and_check", "Ctrl-G"),
        ("save_profile", "S"),
        ("suggestion", "Ctrl-T"),
        ("reveal", "Ctrl-G"),
    ];
    let table = rebound(&others.map(|(action, key)| wanted(action, key))).expect("free");
    let theme = Theme::UNICODE.with_keys(table);
    let others_too = |state: &mut State| text(&drawn(state, (120, 40), theme));
    let state_named = |name: &str| {
        STATES.iter().chain(MORE).find(|(known, _)| *known == name).map(|(_, make)| make()).expect("a state")
    };
    for (name, says) in [
        ("accept", "Up and Down choose, F12 confirms"),
        ("quit", "J quits, F7 stays."),
        ("fill", "Up and Down choose, F12 confirms"),
        ("export", "F8  Markdown report"),
        ("save_profile", "F9 saves, Esc cancels."),
        ("keep_secret", "Up and Down choose, F12"),
        ("ready", "F2 writes a report."),
        ("start_page", "Ctrl-G opens it"),
    ] {
        let shown = others_too(&mut state_named(name));
        let shown: String = shown.split(['┃', '│', '\n']).map(str::trim).collect::<Vec<_>>().join(" ");
        assert!(shown.contains(says), "{name}: {says}\n{shown}");
    }
}

#[test]
fn texts_name_actions_that_exist() {
    for (name, make) in STATES.iter().chain(MORE) {
        let mut state = make();
        let shown = screen(&mut state, (120, 40));
        let is_name = |part: &str| {
            part.split_once('}').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        };
        let marked = shown.split('{').skip(1).find(|part| is_name(part));
        assert_eq!(marked, None, "{name}");
    }
}

#[test]
fn the_selected_answer_is_on_the_screen() {
    for asked in ["keep_secret", "accept", "fill"] {
        let (_, make) = STATES.iter().chain(MORE).find(|(name, _)| *name == asked).expect("a state");
        for size in SIZES {
            let mut state = make();
            for _ in 0..4 {
                let shown = screen(&mut state, size);
                assert!(shown.contains("(•)"), "{asked}, {size:?}: {shown}");
                act(&mut state, Action::Move(Motion::Down));
            }
        }
    }
}

#[test]
fn hostile_names_reach_no_screen_as_they_came() {
    for size in SIZES {
        let mut state = hostile_names();
        state.overlay = None;
        for _ in 0..20 {
            let shown = screen(&mut state, size);
            let found = shown.chars().find(|c| matches!(c, '\u{1b}' | '\u{7}' | '\u{202e}' | '\u{200b}'));
            assert_eq!(found, None, "{size:?}:\n{shown}");
            act(&mut state, Action::Move(Motion::Down));
        }
    }
    assert!(screen(&mut hostile_names(), (120, 40)).contains("テナント"), "the names are shown at all");
}
