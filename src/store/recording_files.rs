//! Recordings in files that the operator names: written for this user only, never over another file, and read whole or
//! not at all.

use std::io::{self, Read};
use std::path::Path;

use super::error::{StoreError, shown};
use super::private_file;
use crate::domain::codes::Code;
use crate::platform::file_access::open_following;

/// Fails if a recording cannot be created at this path; nothing is written.
///
/// # Errors
/// The name is taken, or its directory does not exist.
pub fn check_free(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if std::fs::symlink_metadata(path).is_ok() {
        return Err(StoreError::new(
            Code::LocalDiskFull,
            format!("{} already exists and was not changed.", shown(path)),
            "Give another name. Nothing was sent.",
        ));
    }
    if !folder.is_dir() {
        return Err(StoreError::new(
            Code::LocalDiskFull,
            format!("{} is no directory, so no recording can be written to it.", shown(folder)),
            "Create it, or name another file. Nothing was sent.",
        ));
    }
    Ok(())
}

/// Writes a recording to a new file.
///
/// # Errors
/// The name is taken, or the file cannot be written.
pub fn create(path: &Path, text: &str) -> Result<(), StoreError> {
    private_file::create(path, text.as_bytes())
}

/// Reads a file, up to one byte more than `most`.
///
/// # Errors
/// It does not exist, is no regular file, or cannot be read.
pub fn read(path: &Path, most: usize) -> Result<Vec<u8>, StoreError> {
    let read = || {
        let file = open_following(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        let mut bytes = Vec::new();
        file.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "it does not exist".to_owned(),
            io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
            _ => error.to_string(),
        };
        StoreError::new(
            Code::LocalRecordingInvalid,
            format!("{} cannot be read: {why}.", shown(path)),
            "Name a file that halo-onboard check --record has written.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_private_and_goes_over_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.json");
        check_free(&path).expect("free");
        create(&path, "{}").expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        for taken in [check_free(&path), create(&path, "other")] {
            assert!(taken.expect_err("taken").what().contains("already exists"));
        }
        assert_eq!(read(&path, 10).expect("readable"), b"{}");
        assert!(check_free(&folder.path().join("no/run.json")).expect_err("nowhere").what().contains("no directory"));
    }

    #[test]
    fn what_is_no_file_is_not_waited_for_and_a_large_one_is_not_read_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, says) in
            [(folder.path().join("none"), "does not exist"), (folder.path().to_owned(), "cannot be read")]
        {
            let error = read(&path, 10).expect_err("no file");
            assert!(error.what().contains(says) && error.code() == Code::LocalRecordingInvalid, "{error}");
        }
        let large = folder.path().join("large");
        std::fs::File::create(&large).expect("made").set_len(1 << 30).expect("sparse");
        assert_eq!(read(&large, 1000).expect("its start").len(), 1001);
    }
}
