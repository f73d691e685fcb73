//! Runs the program with a clean environment and a limit on its time.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// Longer than any run of these tests; a program that hangs must fail them, not stop them.
const LIMIT: Duration = Duration::from_secs(60);

/// A client id of the usual form.
pub const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
/// A secret of the usual form, that nobody may find anywhere.
pub const CANARY: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

/// One run to be.
pub struct Run {
    command: Command,
    home: tempfile::TempDir,
    input: Vec<u8>,
}

/// What came of it.
#[derive(Debug)]
pub struct Done {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The program with these words, no terminal, an empty home and no variables.
    pub fn new(words: &str) -> Self {
        let words: Vec<&str> = words.split_whitespace().collect();
        Self::words(&words)
    }

    /// The same, where a word holds a blank.
    pub fn words(words: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_halo-onboard"));
        command.args(words).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
        Self { command, home, input: Vec::new() }
    }

    /// With a variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With this on standard input.
    pub fn input(mut self, bytes: &[u8]) -> Self {
        self.input = bytes.to_vec();
        self
    }

    /// With a configuration file.
    pub fn config(mut self, text: &str) -> Self {
        let path = self.home.path().join("config.toml");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        self.command.env("HALO_ONBOARD_CONFIG", path);
        self
    }

    /// With the form of a connection to `url`, and the secret in the environment.
    pub fn connection(self, url: &str) -> Self {
        self.env("HALO_URL", url).env("HALO_CLIENT_ID", ID).env("HALO_CLIENT_SECRET", CANARY)
    }

    /// Starts it.
    pub fn start(mut self) -> Started {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that does not read its input closes the pipe; that is its right.
        let _ = stdin.write_all(&self.input);
        drop(stdin);
        let out = child.stdout.take().expect("a pipe");
        let err = child.stderr.take().expect("a pipe");
        Started { child, out: BufReader::new(out), err, _home: self.home }
    }

    /// Runs it to its end.
    pub fn done(self) -> Done {
        self.start().done()
    }
}

/// A program that runs.
pub struct Started {
    pub child: Child,
    out: BufReader<ChildStdout>,
    err: ChildStderr,
    _home: tempfile::TempDir,
}

impl Started {
    /// The next line of standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("readable");
        line
    }

    /// Reads lines until one holds `part`; gives that line.
    pub fn line_with(&mut self, part: &str) -> String {
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "the program ended before it said {part:?}");
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
        rustix::process::kill_process(pid, signal).expect("a signal can be sent");
    }

    /// Closes its standard output, as `head` does.
    pub fn close_output(self) -> Closed {
        Closed { child: self.child, err: self.err, _home: self._home }
    }

    /// What is left to read, once it has ended.
    pub fn done(mut self) -> Done {
        let mut out = self.out;
        let reading = thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).expect("text");
            text
        });
        let (status, err) = ended(&mut self.child, self.err);
        Done { status, out: reading.join().expect("read"), err }
    }
}

/// A program whose output nobody reads any more.
pub struct Closed {
    child: Child,
    err: ChildStderr,
    _home: tempfile::TempDir,
}

impl Closed {
    /// Status and standard error.
    pub fn done(mut self) -> (i32, String) {
        ended(&mut self.child, self.err)
    }
}

fn ended(child: &mut Child, mut err: ChildStderr) -> (i32, String) {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        err.read_to_string(&mut text).expect("text");
        let _ = sender.send(text);
    });
    // Standard error closes when the program ends.
    let Ok(err) = receiver.recv_timeout(LIMIT) else {
        let _ = child.kill();
        panic!("the program did not end within {LIMIT:?}");
    };
    let status = child.wait().expect("an exit status");
    (status.code().unwrap_or(-1), err)
}

impl Done {
    /// Standard output as one JSON object and nothing else.
    pub fn json(&self) -> Value {
        let mut objects = serde_json::Deserializer::from_str(&self.out).into_iter::<Value>();
        let object = objects.next().unwrap_or_else(|| panic!("no JSON object: {self:?}")).expect("JSON");
        assert!(objects.next().is_none(), "more than one object: {}", self.out);
        object
    }

    /// The report's code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_else(|| panic!("no code: {self:?}")).to_owned()
    }

    /// Both streams.
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// The address of a port at which nothing listens.
pub fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

/// A server that accepts and never answers. It lives as long as the tests.
pub fn silent_server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            held.push(stream);
        }
    });
    format!("http://{address}")
}
