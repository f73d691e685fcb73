//! On a terminal: the hidden question for the secret, the gauge, colour, and the dialogue without a full screen.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, NativePtySystem, PtySize, PtySystem};

use crate::program_output::{CANARY, ID, closed_port, silent_server};

const LIMIT: Duration = Duration::from_secs(30);

struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shown: Arc<(Mutex<String>, Condvar)>,
    _home: tempfile::TempDir,
}

impl Terminal {
    fn start(words: &[&str], variables: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).expect("a pseudo-terminal");
        let home = tempfile::tempdir().expect("a directory");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_halo-onboard"));
        command.args(words);
        command.env_clear();
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let shown = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keep = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                keep.0.lock().expect("no panic").push_str(&String::from_utf8_lossy(&bytes[..count]));
                keep.1.notify_all();
            }
        });
        let keyboard = pair.master.take_writer().expect("a keyboard");
        Self { master: pair.master, keyboard, child, shown, _home: home }
    }

    /// Waits until this has been written, and gives all that has.
    fn wait_for(&self, text: &str) -> String {
        let shown = self.shown.0.lock().expect("no panic");
        let (shown, timeout) =
            self.shown.1.wait_timeout_while(shown, LIMIT, |shown| !shown.contains(text)).expect("no panic");
        assert!(!timeout.timed_out(), "no {text:?} in {shown:?}");
        shown.clone()
    }

    fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("typed");
    }

    fn echoes(&self) -> bool {
        let fd = self.master.as_raw_fd().expect("a terminal");
        // The two ends share their modes; the other end is reached by its name.
        let path = self.master.tty_name().unwrap_or_else(|| panic!("terminal {fd} has no name"));
        let other = std::fs::File::options().read(true).write(true).open(path).expect("the other end");
        let modes = rustix::termios::tcgetattr(&other).expect("a terminal");
        modes.local_modes.contains(rustix::termios::LocalModes::ECHO)
    }

    fn status(&mut self) -> u32 {
        self.child.wait().expect("it ends").exit_code()
    }
}

fn asked(words: &[&str]) -> Terminal {
    let terminal = Terminal::start(words, &[("HALO_URL", &closed_port()), ("HALO_CLIENT_ID", ID)]);
    terminal.wait_for("not shown");
    terminal
}

#[test]
fn the_secret_is_asked_for_and_not_shown_and_the_echo_comes_back() {
    let mut terminal = asked(&["check"]);
    while terminal.echoes() {
        std::thread::yield_now();
    }
    terminal.type_in(&format!("x\u{15}{CANARY}Y\u{7f}\r"));
    let shown = terminal.wait_for("(net.refused)\r\n");
    assert_eq!(terminal.status(), 69, "{shown}");
    assert!(!shown.contains(CANARY) && !shown.contains(&CANARY[..8]), "{shown}");
    assert!(shown.contains("\u{1b}["), "a terminal has colour: {shown}");
    assert!(terminal.echoes());
}

#[test]
fn ctrl_c_at_the_question_ends_with_130_and_gives_the_echo_back() {
    let mut terminal = asked(&["check"]);
    while terminal.echoes() {
        std::thread::yield_now();
    }
    terminal.type_in("abc\u{3}");
    assert_eq!(terminal.status(), 130);
    assert!(terminal.echoes());
}

#[test]
fn a_signal_at_the_question_gives_the_echo_back() {
    let mut terminal = asked(&["check"]);
    while terminal.echoes() {
        std::thread::yield_now();
    }
    let pid = terminal.child.process_id().and_then(|pid| i32::try_from(pid).ok()).expect("a process");
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it lives");
    assert_eq!(terminal.status(), 143);
    assert!(terminal.echoes());
}

#[test]
fn a_gauge_says_what_is_waited_for_and_is_wiped() {
    let variables =
        [("HALO_URL", silent_server()), ("HALO_CLIENT_ID", ID.into()), ("HALO_CLIENT_SECRET", CANARY.into())];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut terminal = Terminal::start(&["check", "--deadline", "2s", "--no-color"], &variables);
    terminal.wait_for("waiting for discovery");
    let shown = terminal.wait_for("try again\r\n");
    assert_eq!(terminal.status(), 75, "{shown}");
    let after = shown.rsplit("waiting for discovery").next().unwrap_or_default();
    assert!(after.contains("\r\u{1b}[K"), "{shown}");
}

#[test]
fn plain_mode_does_the_whole_job_and_never_sends_a_sequence() {
    let state = tempfile::tempdir().expect("a directory");
    let place = state.path().to_str().expect("a path").to_owned();
    let mut terminal = Terminal::start(&["--plain", "--demo=role-invoices"], &[("XDG_STATE_HOME", &place)]);
    for (answer, says) in [
        ("", "NOT READY"),
        ("fix\r", "Then: again invoices"),
        ("explain api.role_level\r", "Proves not"),
        ("steps 2\r", "B7 WRONG: Invoices Access Level = Read Only. Halo says No Access"),
        ("tick A4\r", "Ticked: A4"),
        ("what\r", "Unknown command. The commands are:"),
        ("again nosuch\r", "Which check? The checks are: input, discovery, token"),
        ("repair b7\r", "Invoices Access Level set to Read Only"),
        ("again invoices\r", "READY: 14 passed"),
        ("steps\r", "B7 proved: Invoices Access Level = Read Only"),
        ("form\r", "Client Secret: the secret that you entered, 73 characters"),
        ("save html\r", "Written: "),
        ("quit\r", ""),
    ] {
        terminal.type_in(answer);
        terminal.wait_for(says);
    }
    assert_eq!(terminal.status(), 0);
    let shown = terminal.wait_for("NOT READY");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let folder = state.path().join("halo-onboard/reports");
    let written: Vec<_> = std::fs::read_dir(folder).expect("a folder").collect();
    assert_eq!(written.len(), 1);
}

#[test]
fn plain_mode_builds_the_fresh_demo_up_line_by_line() {
    let mut terminal = Terminal::start(&["--plain", "--demo=fresh"], &[]);
    terminal.wait_for("Step 4 of 4.");
    for line in guide_lines() {
        terminal.type_in(&format!("tick {line}\r"));
        terminal.wait_for(&format!("Ticked: {line} "));
    }
    for (answer, says) in [
        ("run\r", "it is in no team and in no department"),
        ("fix\r", "Then: again tickets"),
        ("repair tickets\r", "Departments & Teams"),
        ("run\r", "\nREADY: 14 passed"),
        ("quit\r", ""),
    ] {
        terminal.type_in(answer);
        terminal.wait_for(says);
    }
    assert_eq!(terminal.status(), 0);
}

fn guide_lines() -> Vec<String> {
    halo_onboard::domain::guide::Guide::built_in().lines().map(|line| line.fact.clone()).collect()
}

#[test]
fn plain_mode_asks_again_for_a_value_that_cannot_be_used() {
    let mut terminal = Terminal::start(&["--plain"], &[("HALO_CLIENT_SECRET", CANARY)]);
    for (question, answer) in [
        ("Press Enter to enter the four values", "\r"),
        ("Resource Server []: ", "http://acme.halopsa.com\r"),
        ("Tenant []: ", "\r"),
        ("Client ID []: ", "my-client\r"),
        ("input.url_insecure", ""),
        ("Resource Server [http://acme.halopsa.com]: ", &format!("{}/api\r", closed_port())),
        ("(net.refused)", ""),
        ("Command?", "q\r"),
    ] {
        terminal.wait_for(question);
        terminal.type_in(answer);
    }
    assert_eq!(terminal.status(), 69);
    let shown = terminal.wait_for("fingerprint");
    assert!(shown.contains("removed \"/api\" from the end") && !shown.contains(&CANARY[..8]), "{shown}");
}

#[test]
fn a_dumb_terminal_is_told_what_to_use() {
    let mut terminal = Terminal::start(&[], &[("TERM", "dumb")]);
    let shown = terminal.wait_for("check");
    assert_eq!(terminal.status(), 2, "{shown}");
    assert!(shown.contains("--plain") && !shown.contains('\u{1b}'), "{shown}");
}

/// A fleet of one closed and one silent port on a terminal.
fn fleet(words: &[&str], accessible: bool) -> (Terminal, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("config.toml");
    let profile = |name: &str, url: &str| {
        let secret = format!("secret_command = [\"/bin/echo\", \"{CANARY}\"]");
        format!("[profiles.{name}]\nurl = \"{url}\"\nclient_id = \"{ID}\"\n{secret}\n")
    };
    let config = format!("{}{}", profile("acme", &closed_port()), profile("silent", &silent_server()));
    std::fs::write(&path, config).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    let mut variables = vec![("HALO_ONBOARD_CONFIG", path.to_str().expect("a path"))];
    variables.extend(accessible.then_some(("ACCESSIBLE", "1")));
    let words = [&["check", "--all-profiles", "--timeout", "2"], words].concat();
    (Terminal::start(&words, &variables), dir)
}

#[test]
fn many_profiles_are_a_table_with_a_gauge() {
    let (mut terminal, _dir) = fleet(&["--no-color"], false);
    terminal.wait_for("1 of 2 done, 1 running");
    let shown = terminal.wait_for("without a verdict in ");
    assert_eq!(terminal.status(), 69, "{shown}");
    assert!(shown.contains("profile di to id ti cl it sa in ag tm te un ot result\r\n"), "{shown}");
    assert!(shown.contains("acme    X  -  -  -  -  -  -  -  -  -  -  -  -  net.refused\r\n"), "{shown}");
    let row = shown.find("silent  X  ").expect("a row");
    assert!(shown[..row].ends_with("\r\u{1b}[K"), "the gauge is wiped before a row: {shown:?}");
    assert!(!shown.contains(&CANARY[..8]), "{shown}");
}

#[test]
fn who_listens_hears_sentences_and_no_table() {
    let (mut terminal, _dir) = fleet(&["--no-color"], true);
    let shown = terminal.wait_for("without a verdict in ");
    assert_eq!(terminal.status(), 69, "{shown}");
    assert!(shown.contains("acme: NOT READY: ") && !shown.contains('\u{1b}'), "{shown}");
}
