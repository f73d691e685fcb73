//! The program on a pseudo-terminal, seen through a terminal model.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, NativePtySystem, PtySize, PtySystem};

const LIMIT: Duration = Duration::from_secs(20);
const ROWS: u16 = 30;
const COLUMNS: u16 = 100;

struct Shown {
    model: vt100::Parser,
    raw: Vec<u8>,
}

/// The program with somebody at its keyboard.
pub struct Screen {
    _master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    _home: tempfile::TempDir,
}

impl Screen {
    /// Starts the program with these words, in a home of its own.
    pub fn start(words: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).expect("a pseudo-terminal");
        let home = tempfile::tempdir().expect("a home");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_halo-onboard"));
        command.args(words);
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, home.path());
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).expect("the program");
        drop(pair.slave);
        let (rows, columns) = (NonZeroU16::new(ROWS).expect("some"), NonZeroU16::new(COLUMNS).expect("some"));
        let shown = Shown { model: vt100::Parser::new(rows, columns, 0), raw: Vec::new() };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        let reader = pair.master.try_clone_reader().expect("a reader");
        read(reader, Arc::clone(&shown));
        let keyboard = pair.master.take_writer().expect("a keyboard");
        Self { _master: pair.master, keyboard, child, shown, _home: home }
    }

    /// Presses keys, as the bytes that a terminal sends.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("written");
        self.keyboard.flush().expect("written");
    }

    /// Waits until the screen is as wanted.
    pub fn wait(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let (lock, told) = &*self.shown;
        let mut shown = lock.lock().expect("unpoisoned");
        let began = Instant::now();
        while !holds(&shown.model.screen().contents()) {
            let left = LIMIT.checked_sub(began.elapsed());
            let left = left.unwrap_or_else(|| panic!("{what} never came:\n{}", shown.model.screen().contents()));
            shown = told.wait_timeout(shown, left).expect("unpoisoned").0;
        }
    }

    /// Waits until a text stands on the screen.
    pub fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        self.shown.0.lock().expect("unpoisoned").model.screen().contents()
    }

    /// Everything that was sent since the last question.
    pub fn take_raw(&self) -> Vec<u8> {
        std::mem::take(&mut self.shown.0.lock().expect("unpoisoned").raw)
    }

    /// Waits whether anything is sent within a time.
    pub fn is_silent_for(&self, time: Duration) -> bool {
        let (lock, told) = &*self.shown;
        let shown = lock.lock().expect("unpoisoned");
        told.wait_timeout_while(shown, time, |shown| shown.raw.is_empty()).expect("unpoisoned").1.timed_out()
    }

    /// Waits for the end of the program; its exit status.
    pub fn end(mut self) -> (u32, String) {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status.exit_code();
            }
            assert!(began.elapsed() < LIMIT, "the program never ended:\n{}", self.text());
            std::thread::park_timeout(Duration::from_millis(5));
        };
        let (lock, told) = &*self.shown;
        let shown = lock.lock().expect("unpoisoned");
        // What was written last may still be on its way.
        let (shown, _) =
            told.wait_timeout_while(shown, LIMIT, |shown| shown.model.screen().alternate_screen()).expect("unpoisoned");
        (status, shown.model.screen().contents())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A test that failed leaves it running; one that did not has seen its end.
        let _ = self.child.kill();
    }
}

fn read(mut from: Box<dyn Read + Send>, shown: Arc<(Mutex<Shown>, Condvar)>) {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let mut shown_now = shown.0.lock().expect("unpoisoned");
            shown_now.model.process(&bytes[..count]);
            shown_now.raw.extend_from_slice(&bytes[..count]);
            shown.1.notify_all();
        }
    });
}
