//! One writer at a time, across processes.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::error::{StoreError, shown};
use super::file;
use crate::domain::code::Code;

/// How long a writer waits for another.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A lock that is held until this is dropped. Its file stays: who deletes a lock file lets two in.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

impl Lock {
    /// Takes the lock of `path`, waiting up to `patience` for another process.
    ///
    /// # Errors
    /// Another process holds it all the time, or the lock file cannot be made.
    #[expect(clippy::disallowed_methods, reason = "a lock of another process has no event to wait for within a limit")]
    pub(super) fn take(path: &Path, patience: Duration) -> Result<Self, StoreError> {
        let lock_path = beside(path);
        let mut lock_file = file::open_lock(&lock_path).map_err(|error| StoreError::writing(&lock_path, &error))?;
        let began = Instant::now();
        loop {
            match flock(&lock_file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    note_holder(&mut lock_file);
                    return Ok(Self(lock_file));
                }
                Err(Errno::WOULDBLOCK) if began.elapsed() < patience => std::thread::sleep(LOOK_AGAIN),
                Err(Errno::WOULDBLOCK) => return Err(held(path, &mut lock_file)),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(StoreError::writing(&lock_path, &errno.into())),
            }
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Only for the message that somebody else will get; it may fail.
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
        "Close it, or try again when it is done.",
    )
}
