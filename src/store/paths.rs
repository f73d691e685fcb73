//! Paths of the program's files. Nothing is written anywhere else.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::error::StoreError;
use crate::domain::codes::Code;

/// Environment variable that names the configuration file if `--config` does not.
pub const CONFIG_VARIABLE: &str = "HALO_ONBOARD_CONFIG";

/// A directory, and whether it belongs to this program: only then are its permissions tightened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directory<'a> {
    pub(super) path: &'a Path,
    pub(super) own: bool,
}

/// Paths of the program's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    config: Option<PathBuf>,
    /// True if the configuration file was named; its directory then does not belong to this program.
    named: bool,
    state: Option<PathBuf>,
}

impl Paths {
    /// Finds the paths: the configuration file is `config` (`--config`), else the value of `HALO_ONBOARD_CONFIG`, else
    /// `config.toml` below `$XDG_CONFIG_HOME`; the state is below `$XDG_STATE_HOME`. Without a home directory only a
    /// named configuration file is available.
    pub fn find(config: Option<&Path>) -> Self {
        let project = ProjectDirs::from("", "", "halo-onboard");
        let variable = std::env::var_os(CONFIG_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        let named = config.map(Path::to_owned).or(variable);
        Self {
            named: named.is_some(),
            config: named.or_else(|| project.as_ref().map(|project| project.config_dir().join("config.toml"))),
            // Only Linux has a folder for state; elsewhere it is kept with the other data of this machine.
            state: project.map(|project| project.state_dir().unwrap_or(project.data_local_dir()).to_owned()),
        }
    }

    /// Creates paths from fixed values; both directories belong to the program.
    pub fn at(config_file: PathBuf, state_folder: PathBuf) -> Self {
        Self { config: Some(config_file), named: false, state: Some(state_folder) }
    }

    /// Paths for a user without a home directory.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self { config: None, named: false, state: None }
    }

    /// The configuration file; it need not exist.
    ///
    /// # Errors
    /// There is no home directory and no file was named.
    pub fn config_file(&self) -> Result<&Path, StoreError> {
        self.config.as_deref().ok_or_else(|| homeless("profiles", "Set HOME, or name a file with --config."))
    }

    /// The folder of everything that is not configuration: progress, and reports where no other place is named.
    ///
    /// # Errors
    /// There is no home directory.
    pub fn state_folder(&self) -> Result<&Path, StoreError> {
        self.state
            .as_deref()
            .ok_or_else(|| homeless("progress", "Set HOME, or go on without: the checks need no file."))
    }

    /// The configuration file's folder.
    pub(super) fn config_folder(&self) -> Result<Directory<'_>, StoreError> {
        Ok(Directory { path: folder_of(self.config_file()?), own: !self.named })
    }

    /// The configuration file was named by the operator, not found.
    pub(super) fn is_named(&self) -> bool {
        self.named
    }
}

/// The folder that a file lies in.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn homeless(what: &str, next: &str) -> StoreError {
    let text = format!("This user has no home directory (HOME is not set), so there is no place for {what}.");
    StoreError::new(Code::LocalConfigInvalid, text, next)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Prints what [`Paths::find`] finds in another environment: this binary, started again.
    #[test]
    fn found() {
        if std::env::var_os("HALO_TEST_PATHS").is_some() {
            let paths = Paths::find(None);
            let config = paths.config_file().map_or_else(|error| error.to_string(), |path| path.display().to_string());
            let state = paths.state_folder().map_or_else(|error| error.to_string(), |path| path.display().to_string());
            std::fs::write(std::env::var_os("HALO_TEST_PATHS").expect("set"), format!("{config}\n{state}"))
                .expect("written");
        }
    }

    fn in_environment(variables: &[(&str, &str)]) -> (String, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let answer = folder.path().join("answer");
        let status = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "store::paths::tests::found"])
            .env_clear()
            .env("HALO_TEST_PATHS", &answer)
            .envs(variables.iter().copied())
            .output()
            .expect("this test again")
            .status;
        assert!(status.success());
        let text = std::fs::read_to_string(answer).expect("an answer");
        let (config, state) = text.split_once('\n').expect("two lines");
        (config.to_owned(), state.to_owned())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_environment_says_where_the_files_are() {
        let home = ("HOME", "/home/op");
        for (variables, config, state) in [
            (&[home][..], "/home/op/.config/halo-onboard/config.toml", "/home/op/.local/state/halo-onboard"),
            (
                &[home, ("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s")],
                "/c/halo-onboard/config.toml",
                "/s/halo-onboard",
            ),
            (
                &[home, ("XDG_CONFIG_HOME", "relative")],
                "/home/op/.config/halo-onboard/config.toml",
                "/home/op/.local/state/halo-onboard",
            ),
            (&[home, (CONFIG_VARIABLE, "/etc/halo.toml")], "/etc/halo.toml", "/home/op/.local/state/halo-onboard"),
            (
                &[home, (CONFIG_VARIABLE, "")],
                "/home/op/.config/halo-onboard/config.toml",
                "/home/op/.local/state/halo-onboard",
            ),
        ] {
            let found = in_environment(variables);
            assert_eq!((found.0.as_str(), found.1.as_str()), (config, state), "{variables:?}");
        }
    }

    #[test]
    fn a_named_file_wins_and_needs_no_home() {
        let named = Paths { state: None, ..Paths::find(Some(Path::new("mine.toml"))) };
        assert_eq!(named.config_file().expect("named"), Path::new("mine.toml"));
        assert_eq!(named.config_folder().expect("named"), Directory { path: Path::new("."), own: false });
        let error = named.state_folder().expect_err("no home");
        assert!(error.to_string().contains("HOME"), "{error}");
    }
}
