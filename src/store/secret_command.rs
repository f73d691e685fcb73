//! Execution of a command that prints the secret, such as `age -d`, `pass`, `op` or `systemd-creds`. It is a list of
//! arguments; no shell is involved.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::error::{StoreError, shown};
use crate::domain::codes::Code;
use crate::domain::input::decode;
use crate::platform::child_process::{self, ChildProcess, ProcessGroup};
use crate::platform::terminal;
use crate::secret::Secret;

/// Time limit of a command: the operator may have to find a key and type a PIN.
pub const LIMIT: Duration = Duration::from_secs(30);
/// Maximum length of the output, in bytes.
const MOST_BYTES: usize = 4096;
/// Variable that is removed from the command's environment: the command replaces it.
const SECRET_VARIABLE: &str = "HALO_CLIENT_SECRET";

/// Whether the command may prompt the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptMode {
    /// It may prompt on the terminal, which the caller must have released.
    Terminal,
    /// It may not prompt: its input is empty, and its error output is discarded.
    Nobody,
}

/// Output of a command, as text.
#[derive(Debug)]
pub struct CommandOutput {
    /// The whole text without one line break at the end; it contains the secret.
    pub secret: Secret,
    /// Encoding, unless it is UTF-8.
    pub note: Option<&'static str>,
}

/// Runs a command and returns its output without one line break at the end. No error contains the output.
///
/// # Errors
/// `local.secret_command`: the command cannot be started, fails, takes longer than 30 seconds, or its output is empty,
/// too long, or not text.
pub fn run(command: &[String], asks: PromptMode) -> Result<CommandOutput, StoreError> {
    run_within(command, asks, LIMIT, &StopHandle::default())
}

/// Like [`run`], and can be stopped.
///
/// # Errors
/// As [`run`]; a stopped command counts as timed out.
pub fn run_until(command: &[String], asks: PromptMode, stop: &StopHandle) -> Result<CommandOutput, StoreError> {
    run_within(command, asks, LIMIT, stop)
}

/// Handle that stops a command from another thread.
#[derive(Clone, Default)]
pub struct StopHandle(Arc<Mutex<StopState>>);

#[derive(Default)]
struct StopState {
    asked: bool,
    to: Option<Sender<CommandEvent>>,
}

impl StopHandle {
    /// Ends the command and all processes that it has started.
    pub fn stop(&self) {
        let mut stopping = self.lock();
        stopping.asked = true;
        if let Some(to) = &stopping.to {
            // Whoever has ended by itself hears nothing any more.
            let _ = to.send(CommandEvent::Stopped);
        }
    }

    fn tell(&self, to: Sender<CommandEvent>) {
        let mut stopping = self.lock();
        if stopping.asked {
            let _ = to.send(CommandEvent::Stopped);
        }
        stopping.to = Some(to);
    }

    fn lock(&self) -> MutexGuard<'_, StopState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run_within(
    command: &[String],
    asks: PromptMode,
    limit: Duration,
    stop: &StopHandle,
) -> Result<CommandOutput, StoreError> {
    let (program, arguments) = command
        .split_first()
        .filter(|(program, _)| !program.is_empty())
        .ok_or_else(|| failed("The secret command is empty.", "Use a list: secret_command = [\"pass\", \"halo\"]."))?;
    let name = shown(Path::new(program));
    let mut command = Command::new(child_process::find_program(program).map_err(|error| not_started(&name, &error))?);
    command
        .args(arguments)
        .env_remove(SECRET_VARIABLE)
        .stdin(input(asks)?)
        .stdout(Stdio::piped())
        .stderr(if asks == PromptMode::Terminal { Stdio::inherit() } else { nothing()? });
    // Whoever asks at the terminal must stay in its foreground group, or could not read from it.
    let group = if asks == PromptMode::Nobody { ProcessGroup::Own } else { ProcessGroup::Shared };
    let mut child = ChildProcess::spawn(command, group).map_err(|error| not_started(&name, &error))?;
    let outcome = collect(&mut child, limit, stop);
    if outcome.as_ref().map_or(true, |output| output.len() > MOST_BYTES) {
        child.kill();
    }
    // It has ended by itself or was killed: this takes no time.
    let status = child.wait().map_err(|error| not_started(&name, &error))?;
    let output = outcome.map_err(|CommandTimedOut| {
        let what = format!("The secret command {name} did not end within {} s and was stopped.", limit.as_secs());
        failed(&what, "Run it by hand: it may wait for a key or a PIN.")
    })?;
    if !status.success() && output.len() <= MOST_BYTES {
        let how = status
            .code()
            .map_or_else(|| "was ended by a signal".to_owned(), |code| format!("ended with status {code}"));
        return Err(failed(&format!("The secret command {name} {how}."), "Run it by hand and read its output."));
    }
    understand(&name, &output)
}

/// The command did not end in time.
struct CommandTimedOut;

/// Events of a running command.
enum CommandEvent {
    Output(Zeroizing<Vec<u8>>),
    Exited,
    /// The command is stopped.
    Stopped,
}

/// Waits for the output and for the exit, each on a separate thread.
fn collect(
    child: &mut ChildProcess,
    limit: Duration,
    stop: &StopHandle,
) -> Result<Zeroizing<Vec<u8>>, CommandTimedOut> {
    let until = Instant::now() + limit;
    let (parts, received) = channel();
    stop.tell(parts.clone());
    let stdout = child.take_stdout();
    let output = parts.clone();
    std::thread::spawn(move || read(stdout, &output));
    let wait_for_exit = child.exit_waiter();
    std::thread::spawn(move || {
        wait_for_exit();
        let _ = parts.send(CommandEvent::Exited);
    });
    let (mut output, mut exited) = (None, false);
    while output.is_none() || !exited {
        match received.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(CommandEvent::Output(bytes)) if bytes.len() > MOST_BYTES => return Ok(bytes),
            Ok(CommandEvent::Output(bytes)) => output = Some(bytes),
            Ok(CommandEvent::Exited) => exited = true,
            Ok(CommandEvent::Stopped) | Err(_) => return Err(CommandTimedOut),
        }
    }
    output.ok_or(CommandTimedOut)
}

/// Reads into a buffer of fixed capacity, so that reallocation leaves no copy behind.
fn read(stdout: Option<ChildStdout>, parts: &Sender<CommandEvent>) {
    let mut buffer = Zeroizing::new(vec![0; MOST_BYTES + 1]);
    let mut length = 0;
    if let Some(mut stdout) = stdout {
        while length < buffer.len() {
            match stdout.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
    }
    buffer.truncate(length);
    let _ = parts.send(CommandEvent::Output(buffer));
}

fn understand(name: &str, output: &[u8]) -> Result<CommandOutput, StoreError> {
    let refuse =
        |what: &str| Err(failed(&format!("The secret command {name} {what}."), "It must print the Client Secret."));
    if output.len() > MOST_BYTES {
        return refuse("printed more than 4 KiB, which is too long for a secret");
    }
    let Some(decoded) = decode(output) else { return refuse("printed output that is not text") };
    if decoded.text.trim().is_empty() {
        return refuse("printed nothing");
    }
    Ok(CommandOutput { secret: Secret::new(decoded.text.as_str().to_owned()), note: decoded.note })
}

fn input(asks: PromptMode) -> Result<Stdio, StoreError> {
    match asks {
        PromptMode::Nobody => nothing(),
        PromptMode::Terminal if io::stdin().is_terminal() => Ok(Stdio::inherit()),
        // Standard input is something else, perhaps the secret of another way: never for the command.
        PromptMode::Terminal => terminal::controlling_terminal().map_or_else(|_| nothing(), |tty| Ok(tty.into())),
    }
}

/// Opens the null device. `Stdio::null()` opens it when the command is started, and a missing device would then be
/// reported as a missing command.
fn nothing() -> Result<Stdio, StoreError> {
    opened_null_device(child_process::open_null_device())
}

fn opened_null_device(opened: io::Result<File>) -> Result<Stdio, StoreError> {
    let path = child_process::NULL_DEVICE;
    opened.map(Stdio::from).map_err(|error| {
        failed(
            &format!("No secret command can be run here: {path} cannot be opened ({error})."),
            "Provide the devices of this system or container, or give the secret by --secret-stdin.",
        )
    })
}

fn not_started(name: &str, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::NotFound => {
            failed(&format!("The secret command {name} was not found."), "Install it, or use its full path.")
        }
        io::ErrorKind::PermissionDenied => {
            failed(&format!("The secret command {name} may not be run by your user."), "Make it executable.")
        }
        _ => failed(&format!("The secret command {name} could not be run."), "Run it by hand and read its output."),
    }
}

fn failed(what: &str, next: &str) -> StoreError {
    StoreError::new(Code::LocalSecretCommand, what, next)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SECRET: &str = "canary-4711 with a blank";

    fn run(command: &[&str], limit: Duration) -> Result<Secret, StoreError> {
        let command: Vec<String> = command.iter().map(|part| (*part).to_owned()).collect();
        run_within(&command, PromptMode::Nobody, limit, &StopHandle::default()).map(|printed| printed.secret)
    }

    fn file(text: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        file
    }

    #[test]
    fn the_output_without_one_line_break_is_the_secret() {
        for (printed, wanted) in [
            (SECRET.to_owned(), SECRET.to_owned()),
            (format!("{SECRET}\n"), SECRET.to_owned()),
            (format!("{SECRET}\r\n"), SECRET.to_owned()),
            (format!("{SECRET}\n\n"), format!("{SECRET}\n")),
            (format!(" {SECRET} "), format!(" {SECRET} ")),
            ("ü".repeat(2048), "ü".repeat(2048)),
        ] {
            let file = file(&printed);
            let secret = run(&["/bin/cat", &file.path().to_string_lossy()], LIMIT).expect("a secret");
            assert_eq!(secret.expose(), wanted);
        }
    }

    #[test]
    fn no_shell_reads_the_arguments() {
        let secret = run(&["/bin/echo", "$HOME; `id` \"x\" *"], LIMIT).expect("printed");
        assert_eq!(secret.expose(), "$HOME; `id` \"x\" *");
    }

    #[test]
    fn what_is_no_secret_is_refused_and_never_repeated() {
        let (too_much, no_text) = (file(SECRET.repeat(200)), file([SECRET.as_bytes(), b"\xff"].concat()));
        let failing = file(format!("echo {SECRET}; echo {SECRET} >&2; exit 3"));
        let path = |file: &tempfile::NamedTempFile| file.path().to_string_lossy().into_owned();
        let slow = Duration::from_millis(100);
        for (command, limit, says) in [
            (vec![], LIMIT, "is empty"),
            (vec![String::new()], LIMIT, "is empty"),
            (vec!["/nowhere/halo-secret".into()], LIMIT, "was not found"),
            (vec!["/etc/passwd".into()], LIMIT, "may not be run"),
            (vec!["/bin/false".into()], LIMIT, "ended with status 1"),
            (vec!["/bin/sh".into(), path(&failing)], LIMIT, "ended with status 3"),
            (vec!["/bin/true".into()], LIMIT, "printed nothing"),
            (vec!["/bin/cat".into(), path(&too_much)], LIMIT, "more than 4 KiB"),
            (vec!["/usr/bin/yes".into(), SECRET.into()], LIMIT, "more than 4 KiB"),
            (vec!["/bin/cat".into(), path(&no_text)], LIMIT, "not text"),
            (vec!["/bin/sleep".into(), "60".into()], slow, "did not end"),
            (vec!["/bin/sh".into(), "-c".into(), "exec >&-; sleep 60".into()], slow, "did not end"),
        ] {
            let began = Instant::now();
            let error = run_within(&command, PromptMode::Nobody, limit, &StopHandle::default()).expect_err(says);
            assert_eq!(error.code(), Code::LocalSecretCommand);
            assert!(error.what().contains(says), "{command:?}: {error}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
            assert!(began.elapsed() < Duration::from_secs(10), "{command:?}");
        }
    }

    /// The children of a wrapper script end with it, at the time limit and when it is stopped.
    #[test]
    fn what_a_command_has_started_ends_with_it() {
        for asks in [PromptMode::Nobody, PromptMode::Terminal] {
            for limit in [Duration::from_millis(300), LIMIT] {
                let number = file("");
                let script = format!("sleep 600 & echo $! > {}; wait", number.path().display());
                let command: Vec<String> = ["/bin/sh", "-c", &script].map(str::to_owned).to_vec();
                let started = || std::fs::read_to_string(number.path()).ok()?.trim().parse::<u32>().ok();
                let within = |until: &dyn Fn() -> bool| {
                    let began = Instant::now();
                    while !until() {
                        assert!(began.elapsed() < Duration::from_secs(10), "{asks:?} {limit:?}");
                        std::thread::park_timeout(Duration::from_millis(5));
                    }
                };
                let stop = StopHandle::default();
                std::thread::scope(|scope| {
                    let ran = scope.spawn(|| run_within(&command, asks, limit, &stop));
                    within(&|| started().is_some());
                    if limit == LIMIT {
                        stop.stop();
                    }
                    let error = ran.join().expect("no panic").expect_err("it was stopped");
                    assert!(error.what().contains("did not end"), "{error}");
                });
                let status = format!("/proc/{}/stat", started().expect("its number"));
                within(&|| std::fs::read_to_string(&status).map_or(true, |stat| stat.contains(") Z ")));
            }
        }
    }

    /// An empty root has no devices; scripts/check-static runs it there.
    #[test]
    fn a_missing_device_is_no_missing_command() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("null");
        let error = opened_null_device(File::open(&missing)).expect_err("it is missing");
        assert!(error.what().contains("null cannot be opened") && error.code() == Code::LocalSecretCommand, "{error}");
        assert!(nothing().is_ok());
    }

    #[test]
    fn its_input_is_empty_when_nobody_may_be_asked() {
        assert!(run(&["/bin/cat"], LIMIT).expect_err("nothing to read").what().contains("printed nothing"));
    }

    /// This test, started again with the variable set: does the command see it?
    #[test]
    fn the_command_does_not_see_the_secret_variable() {
        if std::env::var_os(SECRET_VARIABLE).is_some() {
            let seen = run(&["/usr/bin/env"], LIMIT).expect("some environment");
            assert!(!seen.expose().contains(SECRET_VARIABLE));
            return;
        }
        let again = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "store::secret_command::tests::the_command_does_not_see_the_secret_variable"])
            .env_clear()
            .env(SECRET_VARIABLE, SECRET)
            .env("ANOTHER", "x")
            .output()
            .expect("this test again");
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
    }
}
