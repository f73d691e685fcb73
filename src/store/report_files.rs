//! Report files that the operator requested: readable by this user only, and never overwriting a file.

use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::paths::{Directory, Paths};
use super::private_file;
use super::profiles::check_name;
use crate::domain::codes::Code;

/// Writes a report as `NAME.ENDING` into the directory `reports` of the state and returns its path. A number is
/// appended if the name is taken.
///
/// # Errors
/// There is no state directory, the name is invalid, or the file cannot be written.
pub fn create(paths: &Paths, name: &str, ending: &str, bytes: &[u8]) -> Result<PathBuf, StoreError> {
    check_name(name)?;
    check_name(ending)?;
    let state = paths.state_folder()?;
    let folder = state.join("reports");
    private_file::make_folder(Directory { path: state, own: true })?;
    private_file::make_folder(Directory { path: &folder, own: true })?;
    for number in 1..1000 {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{name}{number}.{ending}"));
        if !path.exists() {
            return private_file::create(&path, bytes).map(|()| path);
        }
    }
    Err(StoreError::new(
        Code::LocalDiskFull,
        format!("There are already a thousand reports named {name}."),
        "Remove some, or use another name.",
    ))
}

/// Writes a file at the path that the operator named.
///
/// # Errors
/// The file exists already, or cannot be written.
pub fn create_named(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    private_file::create(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_get_numbers_and_stay_in_their_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::at(folder.path().join("config.toml"), folder.path().join("state"));
        let names: Vec<PathBuf> = ["one", "two"]
            .iter()
            .map(|text| create(&paths, "acme-1123-1020", "md", text.as_bytes()).expect("written"))
            .collect();
        assert!(names[0].ends_with("state/reports/acme-1123-1020.md"));
        assert!(names[1].ends_with("state/reports/acme-1123-1020-2.md"));
        assert_eq!(std::fs::read(&names[0]).expect("there"), b"one");
        for (name, ending) in [("../x", "md"), ("x", "../md"), ("", "md")] {
            create(&paths, name, ending, b"").expect_err("no name");
        }
    }
}
