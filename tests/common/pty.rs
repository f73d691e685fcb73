//! A pseudo-terminal with the program under test on it, seen through a terminal model.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, NativePtySystem, PtySize, PtySystem};
use rustix::process::{Pid, Signal, kill_process};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;
/// The test that is the program under test, when this binary is started as it.
const CHILD: &str = "terminal_restore::child";
const LIMIT: Duration = Duration::from_secs(10);
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// Asks again and again until there is an answer.
pub fn within<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < limit, "nothing happened within {limit:?}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// What the terminal has shown.
struct Shown {
    model: vt100::Parser<Titles>,
    /// Everything since the last question, as text without sequences being read.
    raw: String,
    /// A frame has begun and is not complete: it mixes the words of two states.
    in_frame: bool,
    /// The last bytes, in which a frame's mark may have begun.
    tail: Vec<u8>,
    reading: bool,
    closing: bool,
}

impl Shown {
    fn take(&mut self, bytes: &[u8]) {
        self.model.process(bytes);
        self.raw.push_str(&String::from_utf8_lossy(bytes));
        self.tail.extend_from_slice(bytes);
        let last = |mark: &[u8]| self.tail.windows(mark.len()).rposition(|part| part == mark);
        match (last(FRAME_BEGINS), last(FRAME_ENDS)) {
            (None, None) => {}
            (begin, end) => self.in_frame = begin > end,
        }
        self.tail.drain(..self.tail.len().saturating_sub(FRAME_BEGINS.len()));
    }
}

#[derive(Default)]
struct Titles(Vec<String>);

impl vt100::Callbacks for Titles {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.0.push(String::from_utf8_lossy(title).into_owned());
    }
}

/// A program on a pseudo-terminal.
pub struct Session {
    /// The terminal's modes before the program took it.
    pub modes_before: String,
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    slave: Option<File>,
    child: Option<Box<dyn Child + Send + Sync>>,
    /// The program where this terminal does not control it.
    uncontrolled: Option<process::Child>,
    /// The program's number, where it does not show it.
    number: Option<i32>,
    /// Everything that was ever written.
    written: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

impl Session {
    /// The program as the leader of a session whose controlling terminal this is, as `ssh -t` starts it.
    pub fn start(mode: &str) -> Self {
        let (mut session, pair_slave) = Self::open();
        let mut command = CommandBuilder::new(std::env::current_exe().expect("this test"));
        command.args([CHILD, "--exact", "--nocapture", "--test-threads=1"]);
        command.env("HALO_TEST_CHILD", mode);
        command.env("TERM", "xterm-256color");
        session.child = Some(pair_slave.spawn_command(command).expect("a child"));
        session
    }

    /// The program below a shell with job control.
    pub fn start_in_shell(mode: &str) -> Self {
        let (mut session, pair_slave) = Self::open();
        let mut command = CommandBuilder::new("/bin/sh");
        let script = "set -m; \"$0\" terminal_restore::child --exact --nocapture --test-threads=1; status=$?
            while [ $status -gt 128 ]; do echo the shell has it; read line; fg > /dev/null; status=$?; done
            echo ended with $status";
        command.args(["-c", script]);
        command.arg(std::env::current_exe().expect("this test"));
        command.env("HALO_TEST_CHILD", mode);
        command.env("TERM", "xterm-256color");
        session.child = Some(pair_slave.spawn_command(command).expect("a shell"));
        session
    }

    /// The program with something else as standard input: it reads the terminal that controls it.
    pub fn start_with_other_input(mode: &str) -> Self {
        let (mut session, pair_slave) = Self::open();
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", "exec \"$0\" terminal_restore::child --exact --nocapture --test-threads=1 < /dev/null"]);
        command.arg(std::env::current_exe().expect("this test"));
        command.env("HALO_TEST_CHILD", mode);
        command.env("TERM", "xterm-256color");
        session.child = Some(pair_slave.spawn_command(command).expect("a child"));
        session
    }

    /// The program on a terminal that does not control it: no SIGHUP comes when it goes away.
    pub fn start_without_control(mode: &str) -> Self {
        let (mut session, pair_slave) = Self::open();
        let slave = session.slave.as_ref().expect("just opened");
        let stdio = || Stdio::from(slave.try_clone().expect("one more"));
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args([CHILD, "--exact", "--nocapture", "--test-threads=1"])
            .env("HALO_TEST_CHILD", mode)
            .env("TERM", "xterm-256color")
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .expect("a child");
        drop(pair_slave);
        session.uncontrolled = Some(child);
        session
    }

    /// Any program as the leader of a session whose controlling terminal this is.
    pub fn start_program(command: CommandBuilder) -> Self {
        let (mut session, pair_slave) = Self::open();
        let child = pair_slave.spawn_command(command).expect("a child");
        session.number = child.process_id().and_then(|number| i32::try_from(number).ok());
        session.child = Some(child);
        session
    }

    /// Any program on a terminal that does not control it: no SIGHUP comes when it goes away.
    pub fn start_program_without_control(mut command: Command) -> Self {
        let (mut session, pair_slave) = Self::open();
        let slave = session.slave.as_ref().expect("just opened");
        let stdio = || Stdio::from(slave.try_clone().expect("one more"));
        let child = command.stdin(stdio()).stdout(stdio()).stderr(stdio()).spawn().expect("a child");
        drop(pair_slave);
        session.number = i32::try_from(child.id()).ok();
        session.uncontrolled = Some(child);
        session
    }

    /// Has the terminal tell no size, as a serial line.
    pub fn tell_no_size(&self) {
        let none = PtySize { rows: 0, cols: 0, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().expect("open").resize(none).expect("resized");
    }

    /// Everything that the program has written to the terminal so far.
    pub fn written(&self) -> Vec<u8> {
        self.written.lock().expect("no panic").clone()
    }

    /// The only child of the program, once it has one: of a shell, what it runs.
    pub fn take_child_as_program(&mut self) {
        let shell = self.pid().as_raw_nonzero();
        let path = format!("/proc/{shell}/task/{shell}/children");
        self.number = Some(within(LIMIT, || std::fs::read_to_string(&path).ok()?.split(' ').next()?.parse().ok()));
    }

    fn open() -> (Self, Box<dyn portable_pty::SlavePty + Send>) {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).expect("a pseudo-terminal");
        let path: PathBuf = pair.master.tty_name().expect("its name");
        let noctty = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).expect("a flag");
        let slave = File::options().read(true).write(true).custom_flags(noctty).open(path).expect("its other end");
        let cells = |count| NonZeroU16::new(count).expect("not 0");
        let model = vt100::Parser::new_with_callbacks(cells(ROWS), cells(COLUMNS), 0, Titles::default());
        let nothing =
            Shown { model, raw: String::new(), in_frame: false, tail: Vec::new(), reading: true, closing: false };
        let shown = Arc::new((Mutex::new(nothing), Condvar::new()));
        let mut session = Self {
            modes_before: String::new(),
            keyboard: Some(pair.master.take_writer().expect("a keyboard")),
            master: Some(pair.master),
            slave: Some(slave),
            child: None,
            uncontrolled: None,
            number: None,
            written: Arc::default(),
            reader: None,
            shown,
        };
        session.modes_before = session.modes();
        session.read();
        (session, pair.slave)
    }

    fn read(&mut self) {
        let mut reader = self.master.as_ref().expect("open").try_clone_reader().expect("a reader");
        let (shown, written) = (Arc::clone(&self.shown), Arc::clone(&self.written));
        self.reader = Some(std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                written.lock().expect("no panic").extend_from_slice(&bytes[..count]);
                let mut state = shown.0.lock().expect("no panic");
                state.take(&bytes[..count]);
                shown.1.notify_all();
                let state = shown.1.wait_while(state, |state| !state.reading).expect("no panic");
                if state.closing {
                    return;
                }
            }
        }));
    }

    /// From now on nobody reads what the program writes, as after Ctrl-S.
    pub fn stop_reading(&self) {
        self.shown.0.lock().expect("no panic").reading = false;
    }

    /// Waits until the screen holds this, and gives the screen. Learns the program's number where it tells it.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(text, |shown| if shown.in_frame { String::new() } else { shown.model.screen().contents() })
    }

    /// Waits until the screen is as it is wanted, and gives it.
    pub fn wait_until(&self, wanted: impl Fn(&str) -> bool) -> String {
        let state = self.shown.0.lock().expect("no panic");
        let contents = |shown: &Shown| shown.model.screen().contents();
        let waited =
            self.shown.1.wait_timeout_while(state, 3 * LIMIT, |shown| shown.in_frame || !wanted(&contents(shown)));
        let (state, timeout) = waited.expect("no panic");
        let seen = contents(&state);
        // A failure must not break the reader too.
        drop(state);
        assert!(!timeout.timed_out(), "it did not come to that: {seen}");
        seen
    }

    /// Waits until the first line of the screen holds this: what goes on, or the verdict. The log below repeats verdicts
    /// of earlier runs.
    pub fn wait_for_header(&self, text: &str) -> String {
        self.wait_until(|screen| screen.lines().next().is_some_and(|line| line.contains(text)))
    }

    /// Waits until the screen holds this, wherever its lines are broken: blanks do not count.
    pub fn wait_for_wrapped(&self, text: &str) -> String {
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        self.wait_until(|screen| solid(screen).contains(&solid(text)))
    }

    /// Waits until this was written since the last such question, wherever it was shown.
    pub fn wait_for_plain(&self, text: &str) -> String {
        let written = self.wait(text, |shown| shown.raw.clone());
        self.shown.0.lock().expect("no panic").raw.clear();
        written
    }

    /// Waits until the program has given the window this title.
    pub fn wait_for_title(&self, title: &str) {
        self.wait(title, |shown| shown.model.callbacks().0.concat());
    }

    fn wait(&self, text: &str, look: impl Fn(&Shown) -> String) -> String {
        let state = self.shown.0.lock().expect("no panic");
        let waited = self.shown.1.wait_timeout_while(state, LIMIT, |shown| !look(shown).contains(text));
        let (state, timeout) = waited.expect("no panic");
        let (seen, screen) = (look(&state), state.model.screen().contents());
        // A failure must not break the reader too.
        drop(state);
        assert!(!timeout.timed_out(), "no {text:?} but {seen:?}, screen {screen:?}");
        seen
    }

    /// Asks the model of the screen.
    pub fn screen<T>(&self, ask: impl Fn(&vt100::Screen) -> T) -> T {
        ask(self.shown.0.lock().expect("no panic").model.screen())
    }

    pub fn type_in(&mut self, keys: &str) {
        self.keyboard.as_mut().expect("open").write_all(keys.as_bytes()).expect("typed");
    }

    /// The program's number, as it shows it.
    pub fn pid(&self) -> Pid {
        if let Some(number) = self.number {
            return Pid::from_raw(number).expect("not 0");
        }
        let screen = self.wait_for("pid=");
        let number = screen.split("pid=").nth(1).and_then(|rest| rest.split(' ').next()).expect("a number");
        Pid::from_raw(number.parse().expect("a number")).expect("not 0")
    }

    pub fn kill(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it lives");
    }

    /// Waits for the end, and gives the exit status.
    pub fn exit_status(&mut self) -> u32 {
        if let Some(child) = &mut self.uncontrolled {
            let status = within(LIMIT, || child.try_wait().expect("a child of ours"));
            return status.code().and_then(|code| u32::try_from(code).ok()).expect("not by a signal");
        }
        let child = self.child.as_mut().expect("started");
        within(LIMIT, || child.try_wait().expect("a child of ours")).exit_code()
    }

    /// The modes of the terminal, now.
    pub fn modes(&self) -> String {
        format!("{:?}", rustix::termios::tcgetattr(self.slave.as_ref().expect("open")).expect("a terminal"))
    }

    /// Modes, alternate screen, bracketed paste and cursor are as they were.
    pub fn assert_given_back(&self) {
        within(LIMIT, || {
            self.screen(|screen| !screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor())
                .then_some(())
        });
        assert_eq!(self.modes(), self.modes_before);
    }

    /// The terminal goes away.
    pub fn hang_up(&mut self) {
        self.shown.0.lock().expect("no panic").closing = true;
        // Wakes the reader, which holds the terminal open too.
        self.slave.take().expect("open").write_all(b".").expect("written");
        self.reader.take().expect("reading").join().expect("no panic");
        self.keyboard.take();
        self.master.take();
    }

    /// Waits until the program sleeps, and gives how often any of its threads has gone to sleep so far.
    pub fn asleep(&self) -> u64 {
        let mut last = (self.sleeps(), Instant::now());
        within(LIMIT, || {
            if self.sleeps() != last.0 {
                last = (self.sleeps(), Instant::now());
            }
            (last.1.elapsed() > Duration::from_millis(200)).then_some(last.0)
        })
    }

    /// How often any thread of the program has gone to sleep so far.
    pub fn sleeps(&self) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid().as_raw_nonzero())).expect("it lives");
        tasks
            .map(|task| {
                let status = std::fs::read_to_string(task.expect("a thread").path().join("status")).expect("readable");
                let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).expect("a count");
                line.rsplit('\t').next().and_then(|count| count.trim().parse::<u64>().ok()).expect("a number")
            })
            .sum()
    }
}

/// The CPU time of a child that has ended and was not waited for; none while it lives.
pub fn cpu_of_the_ended(pid: Pid) -> Option<Duration> {
    let (state, cpu) = stat(pid);
    (state == "Z").then_some(cpu)
}

/// The CPU time of a child so far.
pub fn cpu(pid: Pid) -> Duration {
    stat(pid).1
}

fn stat(pid: Pid) -> (String, Duration) {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).expect("a child of ours");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    // proc(5): state is field 3, utime and stime are 14 and 15, in hundredths of a second.
    let ticks = |index: usize| fields[index].parse::<u64>().expect("a number");
    (fields[0].to_owned(), Duration::from_millis((ticks(11) + ticks(12)) * 10))
}

impl Drop for Session {
    /// A test that failed leaves no program behind.
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
        }
        if let Some(child) = &mut self.uncontrolled {
            let _ = child.kill();
        }
    }
}
