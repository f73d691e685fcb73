//! The interface's core and its pictures, under any messages at any size.

use std::sync::{Arc, LazyLock};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use halo_onboard::app::{
    Action, CheckState, Context, Effect, Focus, Format, Message, Motion, Pane, RepairResult, RunId, Start, State,
    TextEdit, update,
};
use halo_onboard::domain::connection::{Field, Typed};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{Judgement, PROGRAM, Report, SCHEMA, Target};
use halo_onboard::domain::run_event::{Finished, LogLevel, LogLine, RunEvent};
use halo_onboard::domain::verdict::{self, Case};
use halo_onboard::secret::Secret;
use halo_onboard::tui::keymap::{KeyMeaning, meaning};
use halo_onboard::tui::screen_contents::ScreenContents;
use halo_onboard::tui::theme::Theme;
use halo_onboard::tui::{view, view_contents};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;

use super::evidence::{asked, discovery, evidence, link, maybe, probe};
use super::source::Source;
use super::{CANARY, holds_no_canary};

static GUIDE: LazyLock<Arc<Guide>> = LazyLock::new(|| Arc::new(Guide::built_in()));

/// A piece of both halves of the secret.
const LEARNED: &[u8] = b"-1dea-4bad-";

/// Most messages of one case.
const MOST: usize = 80;

/// A session of any messages.
pub fn interface(bytes: &[u8]) {
    // A fuzzer that has learned the secret and types it as an address has found nothing.
    if bytes.windows(LEARNED.len()).any(|part| part == LEARNED) {
        return;
    }
    let mut source = Source::new(bytes);
    let mut session = Session::new(&mut source);
    for _ in 0..MOST {
        if source.is_empty() {
            break;
        }
        session.step(&mut source);
    }
    session.draw();
    drop(session.state.outcome());
}

struct Session {
    state: State,
    theme: Theme,
    size: (u16, u16),
    run: u64,
    asked: u64,
}

impl Session {
    fn new(source: &mut Source<'_>) -> Self {
        let typed = match source.flag() {
            true => Typed { url: "https://acme.halopsa.com".into(), client_id: "an-id".into(), ..Typed::default() },
            false => Typed { url: source.text(), tenant: source.text(), client_id: source.text(), ..Typed::default() },
        };
        let markdown = halo_onboard::headless::markdown_report;
        let start = Start {
            typed,
            secret: maybe(source, |_| Secret::new(CANARY.into())),
            secret_source: maybe(source, |_| "HALO_CLIENT_SECRET".into()),
            profile: maybe(source, Source::text),
            demo: maybe(source, Source::text),
            ..Start::empty(Arc::clone(&GUIDE), markdown, |report, _| halo_onboard::headless::json_report(report))
        };
        let state = State::new(start, source.number() % 86_400_000);
        let theme = if source.flag() { Theme::UNICODE } else { Theme::ASCII };
        Self { state, theme, size: (80, 24), run: 0, asked: 0 }
    }

    /// One message, what follows from it, and now and then a picture.
    fn step(&mut self, source: &mut Source<'_>) {
        let Some(message) = self.message(source) else { return };
        let stale = match &message {
            Message::Run { run, .. } | Message::RunBroke { run } => {
                self.state.run.active.as_ref().is_none_or(|active| active.id != *run)
            }
            _ => false,
        };
        let before = stale.then(|| (self.run_and_checks(), self.picture()));
        holds_no_canary(&format!("{message:?}"));
        let effects = update(&mut self.state, message);
        holds_no_canary(&format!("{effects:?}"));
        if let Some(before) = before {
            assert!(effects.is_empty(), "a stale run asks for {effects:?}");
            assert_eq!(before.0, self.run_and_checks(), "a stale run changes the state");
            assert!(before.1 == self.picture(), "a stale run changes the picture");
        }
        for effect in effects {
            self.perform(effect);
        }
        self.holds();
        if source.below(8) == 7 {
            self.draw();
        }
    }

    fn run_and_checks(&self) -> String {
        format!("{:?} {:?}", self.state.run, self.state.all_checks())
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::StartRun { run, order } => {
                assert!(run.0 > self.run, "run numbers rise");
                assert!(!order.secret.is_empty(), "a run without a secret");
                self.run = run.0;
            }
            Effect::Discover { asked, .. } => self.asked = asked,
            Effect::Export { text, .. } => holds_no_canary(&text),
            Effect::SaveProgress(progress) => holds_no_canary(&format!("{progress:?}")),
            _ => {}
        }
    }

    /// What always holds.
    fn holds(&self) {
        let state = &self.state;
        holds_no_canary(&format!("{state:?}"));
        assert!(state.selected_line().is_some(), "line {} is none of the guide's", state.line_number());
        let listed = state.listed_checks();
        match state.check_id() {
            Some(id) => assert!(listed.iter().any(|row| row.id == id), "{id} is not listed"),
            None => assert!(listed.is_empty(), "no check is selected"),
        }
        assert!(!state.log_zoomed || state.focus == Focus::Log, "{:?} under the log", state.focus);
        assert_ne!(state.behind(), Focus::Log);
        let active = state.run.active.as_ref();
        assert!(active.is_none_or(|run| run.done() <= run.total), "more checks are done than there are");
        let running = state.all_checks().iter().any(|row| matches!(row.shown, CheckState::Running(_)));
        assert!(!running || active.is_some(), "a check runs without a run");
        assert!(
            !state.revealed() || state.focus == Focus::Field(Field::Secret),
            "the secret shows under {:?}",
            state.focus
        );
        assert_eq!(state.context() == Context::Search, state.overlay.is_none() && state.log.search().is_some());
    }

    fn draw(&mut self) {
        let picture = self.picture();
        assert!(!picture.chars().any(char::is_control), "{picture:?}");
        let told = matches!(&self.state.overlay, Some(overlay) if overlay.context() == Context::Plain);
        if !self.state.revealed() && !told {
            holds_no_canary(&picture);
        }
    }

    fn picture(&mut self) -> String {
        let (width, height) = self.size;
        let contents = ScreenContents::new(Rect::new(0, 0, width, height), &self.state, self.theme);
        let room = contents.viewports(&self.state, self.theme);
        if room != self.state.room {
            drop(update(&mut self.state, Message::Viewports(room)));
        }
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal in memory");
        terminal.draw(|frame| view_contents(&contents, &self.state, self.theme, frame)).expect("a terminal in memory");
        let picture = terminal.backend().buffer().clone();
        // Rows that were made before the viewports changed are no other rows.
        terminal.draw(|frame| view(&self.state, self.theme, frame)).expect("a terminal in memory");
        assert_eq!(&picture, terminal.backend().buffer(), "the picture depends on when its rows were made");
        picture.content().iter().map(|cell| cell.symbol()).collect()
    }

    fn message(&mut self, source: &mut Source<'_>) -> Option<Message> {
        Some(match source.byte() {
            0..=99 => self.key(source)?,
            100..=129 => Message::Act(action(source)),
            130..=144 => Message::Clock(self.state.now_ms + source.number() % (1 << 40)),
            145..=154 => {
                self.size = (source.below(210) as u16, source.below(70) as u16);
                Message::Resized
            }
            155..=169 => Message::Paste(self.pasted(source)),
            170..=174 => Message::RunBroke { run: self.run_id(source) },
            175..=184 => {
                let asked = if source.flag() { self.asked } else { source.number() };
                let (link, outcome) = (Box::new(link(source)), Box::new(self::asked(source, discovery)));
                Message::Discovered { asked, link, outcome }
            }
            185..=187 => Message::DiscoveryBroke { asked: self.asked },
            188..=194 => {
                let form = maybe(source, |source| {
                    (Typed { url: source.text(), ..Typed::default() }, Secret::new(CANARY.into()))
                });
                let outcome = outcome(source).map(|done| RepairResult { done, form });
                Message::RepairResult { checks: vec![probe(source, &GUIDE)], outcome }
            }
            195..=198 => Message::Exported(outcome(source)),
            199 => Message::Ending,
            200 => Message::KeepFailed(source.text()),
            _ => Message::Run { run: self.run_id(source), event: event(source) },
        })
    }

    /// The present run's number, or another.
    fn run_id(&self, source: &mut Source<'_>) -> RunId {
        if source.below(4) == 3 { RunId(source.number()) } else { RunId(self.run) }
    }

    fn key(&self, source: &mut Source<'_>) -> Option<Message> {
        let code = match source.byte() {
            c @ 0x20..=0x7e => KeyCode::Char(c.into()),
            f @ 0x80..=0x8c => KeyCode::F(f - 0x7f),
            0x90 => KeyCode::Char(char::from_u32(source.number() as u32).unwrap_or('é')),
            other => source_key(other),
        };
        let held = [KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::ALT, KeyModifiers::SHIFT];
        let held = if source.below(3) == 2 { source.pick(&held) } else { KeyModifiers::NONE };
        match meaning(KeyEvent::new(code, held), self.state.context())? {
            KeyMeaning::Act(action) => Some(Message::Act(action)),
            KeyMeaning::Type(c) => Some(Message::Type(c)),
        }
    }

    /// The secret alone, with its label, or any text.
    fn pasted(&self, source: &mut Source<'_>) -> Secret {
        let text = match source.below(3) {
            0 => CANARY.to_owned(),
            1 => format!("Tenant: acme\nClient Secret: {CANARY}\n{}", source.text()),
            _ => source.text(),
        };
        Secret::new(text)
    }
}

fn source_key(byte: u8) -> KeyCode {
    const KEYS: [KeyCode; 15] = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Insert,
    ];
    KEYS[usize::from(byte) % KEYS.len()]
}

fn action(source: &mut Source<'_>) -> Action {
    use Action as A;
    let plain = [
        A::Help,
        A::NextPane,
        A::PreviousPane,
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
    ];
    match source.below(plain.len() + 6) {
        0 => A::Step(source.byte()),
        1 => A::CopyValue(source.byte()),
        2 => {
            A::ExportAs(source.pick(&[Format::Markdown, Format::Json, Format::Html, Format::Admin, Format::Recording]))
        }
        3 => A::GoTo(source.pick(&[Pane::Checklist, Pane::Credentials, Pane::Checks, Pane::Log])),
        4 => {
            use Motion as M;
            A::Move(source.pick(&[M::Up, M::Down, M::PageUp, M::PageDown, M::First, M::Last]))
        }
        5 => {
            use TextEdit as E;
            let moves = [E::Left, E::Right, E::WordLeft, E::WordRight, E::Home, E::End, E::Backspace, E::Delete];
            let cuts = [E::DeleteWord, E::Clear, E::DeleteToEnd, E::PutBack, E::Undo];
            A::Edit(if source.flag() { source.pick(&moves) } else { source.pick(&cuts) })
        }
        other => plain[other - 6],
    }
}

fn outcome(source: &mut Source<'_>) -> Result<String, String> {
    if source.flag() { Ok(source.text()) } else { Err(source.text()) }
}

fn event(source: &mut Source<'_>) -> RunEvent {
    let check = |source: &mut Source<'_>| match source.below(4) {
        0 => source.pick(&["input", "discovery", "token", "identity"]).to_owned(),
        _ => probe(source, &GUIDE),
    };
    match source.below(8) {
        0 | 1 => RunEvent::CheckStarted(check(source)),
        2 | 3 => RunEvent::CheckEnded(check(source)),
        4 => RunEvent::Waiting { check: check(source), seconds: source.number() },
        5 => RunEvent::Log(LogLine {
            at_ms: source.number() % (1 << 40),
            level: source.pick(&[LogLevel::Debug, LogLevel::Info, LogLevel::Ok, LogLevel::Warn, LogLevel::Error]),
            check: None,
            // What an engine logs is filtered already.
            text: super::evidence::foreign(source).as_str().to_owned(),
        }),
        6 => RunEvent::Judged(Box::new(finished(source, false).1)),
        _ => {
            let (finished, _) = finished(source, true);
            RunEvent::Finished(Box::new(finished))
        }
    }
}

fn finished(source: &mut Source<'_>, finished: bool) -> (Finished, Judgement) {
    let evidence = evidence(source, &GUIDE);
    let connection = Default::default();
    let case = Case { guide: &GUIDE, connection: &connection, notes: &[], evidence: &evidence, finished };
    let judgement = verdict::judge(case);
    let report = Report {
        schema: SCHEMA,
        program: PROGRAM.into(),
        guide: GUIDE.id.clone(),
        started_at: "2026-01-01T00:00:00Z".into(),
        duration_ms: source.number(),
        target: Target::default(),
        verdict: judgement.verdict,
        code: judgement.code,
        checks: judgement.checks.clone(),
        facts: judgement.facts.clone(),
        diagnoses: judgement.diagnoses.clone(),
    };
    (Finished { report, evidence, recording: None }, judgement)
}
