//! Draws the interface after a real run against the simulated Halo: `frame WIDTH HEIGHT FRAMES LINES KEYS`.
//!
//! The log has LINES lines; KEYS are pressed one after the other, again and again, with one frame after each: `-` presses
//! none: a frame in which nothing changed. `scripts/bench frame` counts its instructions under callgrind, with and without
//! frames, so that the difference is the frames' alone. Prints the bytes that all frames had.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use halo_onboard::app::{Action, Message, Motion, RunId, Start, State, update};
use halo_onboard::domain::connection::{Typed, understand};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::run_event::{LogLevel, LogLine, RunEvent};
use halo_onboard::domain::run_plan::{CheckSelection, RunPlan};
use halo_onboard::probe::{Http, NetworkOptions, Run};
use halo_onboard::secret::Secret;
use halo_onboard::session::demo::{Demo, anywhere};
use halo_onboard::tui::screen_contents::ScreenContents;
use halo_onboard::tui::terminal_backend::{MinimalBackend, blank_half_covered_wide_characters};
use halo_onboard::tui::theme::Theme;
use halo_onboard::tui::view_contents;
use ratatui::Terminal;
use ratatui::backend::WindowSize;
use ratatui::layout::{Rect, Size};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [width, height, frames, lines, keys] = &words[..] else {
        // `cargo test --benches` runs it without words.
        return;
    };
    let number = |word: &String| word.parse::<usize>().expect("a number");
    let mut state = after_a_run(number(lines));
    let mut screen = Screen::new(number(width) as u16, number(height) as u16);
    screen.draw(&mut state);
    let first = screen.bytes();
    let mut pressed = keys.chars().cycle();
    for _ in 0..number(frames) {
        match pressed.next() {
            Some(key) if key != '-' => drop(update(&mut state, Message::Act(action(key)))),
            _ => {}
        }
        screen.draw(&mut state);
    }
    let shown = writeln!(io::stdout(), "first {first} then {}", screen.bytes() - first);
    shown.expect("standard output");
}

fn action(key: char) -> Action {
    match key {
        'j' => Action::Move(Motion::Down),
        'k' => Action::Move(Motion::Up),
        't' => Action::NextPane,
        'z' => Action::ZoomLog,
        other => panic!("no action for {other}"),
    }
}

struct Screen {
    terminal: Terminal<MinimalBackend<Sink>>,
    area: Rect,
    written: Arc<Mutex<usize>>,
}

/// Counts what it is given.
struct Sink(Arc<Mutex<usize>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0.lock().expect("one thread") += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn new(width: u16, height: u16) -> Self {
        let written = Arc::new(Mutex::new(0));
        let size = WindowSize { columns_rows: Size { width, height }, pixels: Size::default() };
        let backend =
            MinimalBackend::new(Sink(Arc::clone(&written)), Box::new(move || Ok(size)), true).expect("a size");
        let terminal = Terminal::new(backend).expect("a terminal");
        Self { terminal, area: Rect::new(0, 0, width, height), written }
    }

    /// As the session draws.
    fn draw(&mut self, state: &mut State) {
        let contents = ScreenContents::new(self.area, state, Theme::UNICODE);
        let room = contents.viewports(state, Theme::UNICODE);
        if room != state.room {
            drop(update(state, Message::Viewports(room)));
        }
        let drawn = self.terminal.draw(|frame| {
            view_contents(&contents, state, Theme::UNICODE, frame);
            blank_half_covered_wide_characters(frame.buffer_mut());
        });
        drawn.expect("nothing can fail");
    }

    fn bytes(&self) -> usize {
        *self.written.lock().expect("one thread")
    }
}

/// The interface after a run of the first scenario, with so many lines in its log.
fn after_a_run(lines: usize) -> State {
    let guide = Arc::new(Guide::built_in());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let (typed, secret, events) = runtime.block_on(async {
        let demo = Demo::start(Arc::clone(&guide), "", anywhere()).await.expect("a simulator");
        let (typed, secret) = (demo.typed(&Typed::default()), demo.secret());
        let understood = understand(&typed, &secret);
        let plan = RunPlan {
            guide: Arc::clone(&guide),
            connection: understood.connection.expect("the form is filled"),
            notes: understood.notes,
            secret: secret.duplicate(),
            selection: CheckSelection::All,
            previous: None,
        };
        let (tell, told) = channel();
        let http = Http::new(&NetworkOptions::default()).expect("a client");
        let run = Run::new(plan, http, move |event| drop(tell.send(event)));
        run.finish().await;
        drop(run);
        (typed, secret, told.into_iter().collect::<Vec<_>>())
    });
    let mut state = begun(guide, typed, secret);
    drop(update(&mut state, Message::Act(Action::RunAll)));
    let run = RunId(1);
    for number in 0..lines {
        let text = format!("GET  /Tickets?page_no={number}  200  {} ms", number % 97);
        let line = LogLine { at_ms: number as u64, level: LogLevel::Info, check: None, text };
        drop(update(&mut state, Message::Run { run, event: RunEvent::Log(line) }));
    }
    for event in events {
        drop(update(&mut state, Message::Run { run, event }));
    }
    drop(update(&mut state, Message::Act(Action::Back)));
    state
}

fn begun(guide: Arc<Guide>, typed: Typed, secret: Secret) -> State {
    let start = Start {
        guide,
        typed,
        secret: Some(secret),
        secret_source: Some("HALO_CLIENT_SECRET".into()),
        ticks: BTreeSet::new(),
        previous: None,
        profile: None,
        demo: Some("bench".into()),
        markdown: halo_onboard::headless::markdown_report,
        json: |report, _| halo_onboard::headless::json_report(report),
        notes: Vec::new(),
        shelf: Default::default(),
        ticks_build: false,
    };
    State::new(start, 0)
}
