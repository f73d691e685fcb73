//! An operator's home and a simulated Halo, for tests that start the program itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use halo_onboard::domain::guide::Guide;
use halo_onboard::sim::{Scenario, Simulator};
use portable_pty::CommandBuilder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_halo-onboard");

/// A home directory of its own.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn progress_folder(&self) -> PathBuf {
        self.path().join(".local/state/halo-onboard/progress")
    }

    /// What is kept of the set-up without a name; nothing when there is no file.
    pub fn progress(&self) -> String {
        self.progress_of("_unnamed")
    }

    /// What is kept of a profile; nothing when there is no file.
    pub fn progress_of(&self, profile: &str) -> String {
        std::fs::read_to_string(self.progress_folder().join(format!("{profile}.json"))).unwrap_or_default()
    }

    pub fn put_progress(&self, content: &str) {
        std::fs::create_dir_all(self.progress_folder()).expect("a folder");
        std::fs::write(self.progress_folder().join("_unnamed.json"), content).expect("written");
    }

    pub fn config(&self) -> String {
        std::fs::read_to_string(self.config_path()).unwrap_or_default()
    }

    pub fn config_path(&self) -> PathBuf {
        self.path().join(".config/halo-onboard/config.toml")
    }

    pub fn put_config(&self, text: &str) {
        std::fs::create_dir_all(self.config_path().parent().expect("a folder")).expect("made");
        std::fs::write(self.config_path(), text).expect("written");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(self.config_path(), private).expect("narrowed");
    }

    /// Every file below, with its content.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                match entry.path() {
                    path if path.is_dir() => folders.push(path),
                    path => found.push((path.clone(), std::fs::read(&path).expect("readable"))),
                }
            }
        }
        found
    }
}

/// A simulated Halo in this process.
pub struct Simulated {
    simulator: Simulator,
    _runtime: tokio::runtime::Runtime,
}

impl Simulated {
    pub fn start(scenario: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("one");
        let scenario = Scenario::named(scenario, &crate::guide_names::of(&Guide::built_in())).expect("a scenario");
        let simulator = runtime.block_on(Simulator::start(scenario, ([127, 0, 0, 1], 0).into())).expect("it listens");
        Self { simulator, _runtime: runtime }
    }

    /// The same with another secret.
    pub fn with_secret(self, secret: &str) -> Self {
        self.simulator.update_tenant(|world| world.application.client_secret = secret.to_owned());
        self
    }

    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    pub fn url(&self) -> String {
        self.simulator.form().url
    }

    pub fn client_id(&self) -> String {
        self.simulator.form().client_id
    }

    pub fn secret(&self) -> String {
        self.simulator.form().client_secret
    }

    /// How many requests came.
    pub fn requests(&self) -> u64 {
        self.simulator.counters().total()
    }

    /// How many were given up by the program.
    pub fn abandoned(&self) -> u64 {
        self.simulator.counters().abandoned
    }
}

/// A start of the program, with a clean environment.
#[derive(Clone, Default)]
pub struct Start {
    words: Vec<OsString>,
    variables: Vec<(String, OsString)>,
}

/// The program in this home, with nothing given.
pub fn bare(home: &Home) -> Start {
    Start::default()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
}

/// The program in this home, with a form that is filled for this Halo.
pub fn connected(home: &Home, halo: &Simulated) -> Start {
    bare(home)
        .env("HALO_URL", halo.url())
        .env("HALO_TENANT", "acme")
        .env("HALO_CLIENT_ID", halo.client_id())
        .env("HALO_CLIENT_SECRET", halo.secret())
}

impl Start {
    pub fn arg(mut self, word: &str) -> Self {
        self.words.push(word.into());
        self
    }

    /// With a variable, in place of one of the same name.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Something breaks on purpose.
    pub fn breaking(self, what: &str) -> Self {
        self.env("HALO_ONBOARD_BREAK", what)
    }

    /// On a pseudo-terminal.
    pub fn command(&self) -> CommandBuilder {
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(&self.words);
        self.dress(command)
    }

    /// Below a shell with job control, which says when it has the terminal and goes on after a line.
    pub fn in_shell(&self) -> CommandBuilder {
        self.shell(
            "set -m; \"$0\" \"$@\"; status=$?
            while [ $status -gt 128 ]; do echo the shell has it; read line; fg > /dev/null; status=$?; done
            echo ended with $status",
        )
    }

    /// By a shell, with something before it and after it.
    pub fn through_shell(&self, before: &str, after: &str) -> CommandBuilder {
        self.shell(&format!("{before} \"$0\" \"$@\" {after}"))
    }

    fn shell(&self, script: &str) -> CommandBuilder {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", script, PROGRAM]);
        command.args(&self.words);
        self.dress(command)
    }

    fn dress(&self, mut command: CommandBuilder) -> CommandBuilder {
        command.env_clear();
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        if let Some((_, home)) = self.variables.iter().find(|(name, _)| name == "HOME") {
            command.cwd(home);
        }
        command
    }

    /// Without a terminal of its own.
    pub fn process(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(&self.words).env_clear().envs(self.variables.iter().cloned());
        command
    }
}
