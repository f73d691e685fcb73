//! Faults of this machine, and of what is stored on it, that each produce one code.

use std::fs::TryLockError;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::profile::SecretStore;
use halo_onboard::store::file_lock::Lock;
use halo_onboard::store::keyring::{self, Refusal};
use halo_onboard::store::profiles::Profiles;
use halo_onboard::store::secret_command::{self, PromptMode};
use halo_onboard::store::{Paths, StoreError, private_file, progress};
use rustix::io::Errno;

use crate::hostile_run::{Outcome, Trial};

/// This test binary again, in another environment, as the test that is named; the code that it prints.
fn in_another_process(test: &str, change: impl FnOnce(&mut Command)) -> Code {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--ignored", "--exact", "--nocapture", test]);
    change(&mut command);
    let output = command.output().expect("a process");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    let code = told.lines().find_map(|line| line.split("produced ").nth(1));
    code.and_then(|code| Code::from_id(code.trim())).unwrap_or_else(|| panic!("no code in {told}"))
}

/// What [`in_another_process`] reads.
pub fn tell(outcome: &Outcome) {
    use std::io::Write;
    // Past the harness, which counts lines of its own.
    writeln!(std::io::stdout(), "\nproduced {}", outcome.finished.report.code.id()).expect("told");
}

pub fn no_certificate_authorities() -> Code {
    in_another_process("flow::without_roots", |command| {
        command.env("SSL_CERT_FILE", "/nonexistent/certificates.pem").env("SSL_CERT_DIR", "/nonexistent");
    })
}

/// The resolver is asked from the one thread that may block, and that one is taken: no answer comes in time.
pub fn resolver_without_an_answer() -> Code {
    let runtime = tokio::runtime::Builder::new_multi_thread().max_blocking_threads(1).enable_all().build();
    let runtime = runtime.expect("threads");
    let (release, wait) = std::sync::mpsc::channel::<()>();
    runtime.spawn_blocking(move || wait.recv());
    let trial = Trial::of("http://halo.invalid").limit(Duration::from_millis(300));
    let outcome = runtime.block_on(trial.run());
    drop(release);
    outcome.finished.report.code
}

/// The program with these words and nothing else; the code that standard error names.
fn named_by_the_program(words: &[&str], change: impl FnOnce(&mut Command)) -> Code {
    let home = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(env!("CARGO_BIN_EXE_halo-onboard"));
    command.args(words).env_clear().env("HOME", home.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    change(&mut command);
    let output = command.output().expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr);
    let words = told.split(|c: char| c.is_whitespace() || "()".contains(c));
    words.filter_map(Code::from_id).next().unwrap_or_else(|| panic!("no code in {told}"))
}

pub fn no_terminal() -> Code {
    named_by_the_program(&[], |command| {
        command.env("TERM", "xterm");
    })
}

pub fn full_disk() -> Code {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    named_by_the_program(&["guide"], |command| {
        command.stdout(full);
    })
}

/// An empty place for configuration and state.
fn place() -> (tempfile::TempDir, Paths) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::at(folder.path().join("config.toml"), folder.path().join("state"));
    (folder, paths)
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
}

/// What the configuration with this text is refused with.
fn refused(text: &str) -> Code {
    let (folder, paths) = place();
    write(&folder.path().join("config.toml"), text);
    Profiles::new(&paths).load().expect_err("refused").code()
}

pub fn unknown_setting() -> Code {
    refused("colour = 1\n")
}

pub fn newer_configuration() -> Code {
    refused("version = 2\n")
}

pub fn damaged_progress() -> Code {
    let (folder, paths) = place();
    let opened = progress::open(&paths, Some("acme")).expect("a place");
    opened.file.save(&progress::Progress::default()).expect("saved");
    drop(opened);
    write(&folder.path().join("state/progress/acme.json"), "{");
    let opened = progress::open(&paths, Some("acme")).expect("a place");
    opened.notes.first().map(StoreError::code).expect("something to tell")
}

pub fn progress_of_another_instance() -> Code {
    let (_folder, paths) = place();
    let _first = progress::open(&paths, Some("acme")).expect("a place");
    let second = progress::open(&paths, Some("acme")).expect("a place");
    second.file.save(&progress::Progress::default()).expect_err("read-only").code()
}

pub fn link_instead_of_a_file() -> Code {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    write(&file, "");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    private_file::read(&link).expect_err("refused").code()
}

pub fn file_system_without_locks() -> Code {
    let folder = tempfile::tempdir().expect("a folder");
    let unlockable = |_: &std::fs::File| Err(TryLockError::Error(Errno::NOLCK.into()));
    let lock = Lock::take_by(&folder.path().join("config.toml"), Duration::ZERO, unlockable).expect("it goes on");
    lock.note().map(StoreError::code).expect("something to tell")
}

/// The kernel has no keychain; elsewhere, there is no session of the kernel's.
pub fn keyring_that_is_none() -> Code {
    let absent = if cfg!(target_os = "linux") { SecretStore::Keychain } else { SecretStore::Session };
    keyring::probe(absent).expect_err("refused").code()
}

pub fn keyring_that_is_locked() -> Code {
    keyring::within::<()>(Duration::from_secs(5), || Err(Refusal::Locked)).expect_err("refused").code()
}

pub fn keyring_that_hangs() -> Code {
    let (_hold, wait) = std::sync::mpsc::channel::<()>();
    let hang = move || wait.recv().map_err(|_| Refusal::Locked);
    keyring::within(Duration::from_millis(20), hang).expect_err("late").code()
}

pub fn file_that_is_no_recording() -> Code {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.json");
    write(&file, "{}");
    named_by_the_program(&["replay", &file.display().to_string()], |_| {})
}

pub fn secret_command_that_fails() -> Code {
    secret_command::run(&["/bin/false".to_owned()], PromptMode::Nobody).expect_err("it fails").code()
}
