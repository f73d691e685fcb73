//! Where the program's files are.

use std::path::{Path, PathBuf};

/// The two places: one file that people edit, one directory that the program fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file; `None` when the home directory is not known.
    pub config: Option<PathBuf>,
    /// True when the operator named the file: it must exist then.
    pub config_named: bool,
    /// Progress, last results and reports; `None` when the home directory is not known.
    pub state: Option<PathBuf>,
}

impl Paths {
    /// `flag` is `--config`, `variable` is `HALO_ONBOARD_CONFIG`; otherwise the platform's own place.
    pub fn find(flag: Option<&Path>, variable: Option<PathBuf>) -> Self {
        let own = directories::ProjectDirs::from("", "", "halo-onboard");
        let named = flag.map(Path::to_path_buf).or(variable.filter(|path| !path.as_os_str().is_empty()));
        Self {
            config_named: named.is_some(),
            config: named.or_else(|| own.as_ref().map(|dirs| dirs.config_dir().join("config.toml"))),
            // The platforms without a state directory keep such files with the data.
            state: own.map(|dirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_path_buf()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_beats_the_variable_and_an_empty_variable_is_none() {
        let find = |flag: Option<&str>, variable: Option<&str>| {
            let paths = Paths::find(flag.map(Path::new), variable.map(PathBuf::from));
            (paths.config_named, paths.config)
        };
        assert_eq!(find(Some("/a"), Some("/b")), (true, Some("/a".into())));
        assert_eq!(find(None, Some("/b")), (true, Some("/b".into())));
        assert!(!find(None, Some("")).0);
    }
}
