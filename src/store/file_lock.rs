//! File lock: one writer at a time, across processes.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::{StoreError, shown};
use super::private_file;
use crate::domain::codes::Code;
use crate::platform::file_access;

/// Maximum wait for another writer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Interval between attempts.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A lock that is held until this value is dropped. The lock file is not deleted, because deleting it would let two
/// processes hold the lock. On a file system without locks, files are written without one; every file is still replaced
/// completely or not at all.
#[derive(Debug)]
pub struct Lock {
    /// Closing it releases the lock.
    _file: File,
    absent: Option<StoreError>,
}

impl Lock {
    /// Acquires the lock of `path`, waiting up to `patience` for another process.
    ///
    /// # Errors
    /// Another process holds the lock for the whole time, or the lock file cannot be created.
    pub(super) fn take(path: &Path, patience: Duration) -> Result<Self, StoreError> {
        Self::take_by(path, patience, File::try_lock)
    }

    /// Like `take`, with the result of the operating system's attempts supplied.
    ///
    /// # Errors
    /// As `Lock::take`.
    #[expect(clippy::disallowed_methods, reason = "a lock of another process has no event to wait for within a limit")]
    pub fn take_by(
        path: &Path,
        patience: Duration,
        attempt: impl Fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, StoreError> {
        let lock_path = beside(path);
        let mut lock_file =
            private_file::open_lock(&lock_path).map_err(|error| StoreError::writing(&lock_path, &error))?;
        let began = Instant::now();
        loop {
            match attempt(&lock_file) {
                Ok(()) => {
                    note_holder(&mut lock_file);
                    return Ok(Self { _file: lock_file, absent: None });
                }
                Err(TryLockError::WouldBlock) if began.elapsed() < patience => std::thread::sleep(LOOK_AGAIN),
                Err(TryLockError::WouldBlock) => return Err(held(path, &mut lock_file)),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) if file_access::has_no_locks(&error) => {
                    return Ok(Self { _file: lock_file, absent: Some(no_locks(path)) });
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::writing(&lock_path, &error)),
            }
        }
    }

    /// Returns true if no other process can hold the lock at the same time.
    pub(super) fn is_exclusive(&self) -> bool {
        self.absent.is_none()
    }

    /// Returns the note for a file system without locks.
    pub fn note(&self) -> Option<&StoreError> {
        self.absent.as_ref()
    }
}

fn no_locks(path: &Path) -> StoreError {
    StoreError::new(
        Code::LocalStoreUnlocked,
        format!("The file system of {} does not support locks, so the file is written without one.", shown(path)),
        "Let no two instances save there at the same time: the later one wins.",
    )
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Writes the process id for the error message of other processes. Failures are ignored.
fn note_holder(lock_file: &mut File) {
    let _ = lock_file
        .set_len(0)
        .and_then(|()| lock_file.rewind())
        .and_then(|()| lock_file.write_all(std::process::id().to_string().as_bytes()));
}

fn held(path: &Path, lock_file: &mut File) -> StoreError {
    let mut text = String::new();
    let _ = lock_file.take(20).read_to_string(&mut text);
    let holder = text.parse::<u32>().map_or_else(|_| String::new(), |pid| format!(" (process {pid})"));
    StoreError::new(
        Code::LocalStoreLocked,
        format!("Another instance{holder} is writing {}.", shown(path)),
        "Close it, or try again when it has finished.",
    )
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn a_file_system_without_locks_is_written_to_and_that_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        let answer =
            |errno: Errno| Lock::take_by(&path, Duration::ZERO, move |_| Err(TryLockError::Error(errno.into())));
        for errno in [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP] {
            let lock = answer(errno).expect("it goes on");
            let note = lock.note().expect("something to tell");
            assert_eq!(note.code(), Code::LocalStoreUnlocked);
            assert!(!lock.is_exclusive() && note.what().contains("does not support locks"), "{note}");
        }
        for errno in [Errno::IO, Errno::BADF] {
            answer(errno).expect_err("another failure is a failure");
        }
        let real = Lock::take(&path, Duration::ZERO).expect("free");
        assert!(real.is_exclusive() && real.note().is_none());
    }
}
