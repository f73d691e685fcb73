//! A child process together with everything that it starts: a job object.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

/// Source of empty input and sink for discarded output.
pub const NULL_DEVICE: &str = "NUL";
/// Interval between two looks at a running process.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Endings of programs where `PATHEXT` is not set.
const USUAL_ENDINGS: &str = ".COM;.EXE;.BAT;.CMD";

/// Whether the process shares the terminal with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessGroup {
    /// It can read from the console.
    Shared,
    /// As `Shared`: consoles have no process groups that would keep it from reading.
    Own,
}

/// A running child process.
#[derive(Debug)]
pub struct ChildProcess(Arc<Mutex<Box<dyn ChildWrapper>>>);

impl ChildProcess {
    /// Starts a process in a job object of its own.
    ///
    /// # Errors
    /// As [`Command::spawn`], or the system gives no job object.
    pub fn spawn(command: Command, _: ProcessGroup) -> io::Result<Self> {
        let child = CommandWrap::from(command).wrap(JobObject).spawn()?;
        Ok(Self(Arc::new(Mutex::new(child))))
    }

    /// The pipe from its standard output, once.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        lock(&self.0).stdout().take()
    }

    /// A function that returns when the process has ended, for another thread.
    pub fn exit_waiter(&self) -> impl FnOnce() + Send + 'static {
        let child = Arc::clone(&self.0);
        move || {
            while matches!(lock(&child).inner_mut().try_wait(), Ok(None)) {
                pause();
            }
        }
    }

    /// Ends the process and those that it has started.
    pub fn kill(&mut self) {
        // Nothing is left to tell anybody when they have gone already.
        let _ = lock(&self.0).start_kill();
    }

    /// Waits for the end and returns how it ended.
    ///
    /// # Errors
    /// As [`std::process::Child::wait`].
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        lock(&self.0).inner_mut().wait()
    }
}

fn lock(child: &Mutex<Box<dyn ChildWrapper>>) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process handle cannot be waited for from two threads without unsafe code"
)]
fn pause() {
    std::thread::sleep(LOOK_AGAIN);
}

/// Finds the program for a name as the command prompt does, except in the current directory: in the folders of `PATH`,
/// with the endings of `PATHEXT`. A batch file is found too; the standard library starts it and refuses arguments that it
/// cannot quote safely.
///
/// # Errors
/// [`io::ErrorKind::NotFound`]: there is no such program.
pub fn find_program(name: &str) -> io::Result<PathBuf> {
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let endings = env::var_os("PATHEXT").unwrap_or_else(|| USUAL_ENDINGS.into());
    find_in(Path::new(name), &folders, &endings.to_string_lossy()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn find_in(name: &Path, folders: &[PathBuf], endings: &str) -> Option<PathBuf> {
    let has_folder = name.components().count() > 1 || name.is_absolute();
    let places = if has_folder {
        vec![name.to_owned()]
    } else {
        folders.iter().filter(|folder| folder.is_absolute()).map(|folder| folder.join(name)).collect()
    };
    places.iter().find_map(|place| with_ending(place, endings))
}

/// The file itself if its name has one of the endings, else the first file with one of them added.
fn with_ending(place: &Path, endings: &str) -> Option<PathBuf> {
    let endings: Vec<&str> = endings.split(';').filter(|ending| ending.len() > 1).collect();
    let own = place.extension().and_then(OsStr::to_str);
    let is_program = own.is_some_and(|own| endings.iter().any(|ending| ending[1..].eq_ignore_ascii_case(own)));
    if is_program && place.is_file() {
        return Some(place.to_owned());
    }
    let added = |ending: &&str| {
        let mut file: OsString = place.as_os_str().to_owned();
        file.push(ending);
        PathBuf::from(file)
    };
    endings.iter().map(added).find(|file| file.is_file())
}

/// Opens the null device for reading and writing.
///
/// # Errors
/// The system does not allow it.
pub fn open_null_device() -> io::Result<File> {
    File::options().read(true).write(true).open(NULL_DEVICE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_the_endings_of_programs_and_never_in_the_current_directory() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["pass.cmd", "tool.exe", "tool.txt", "with.dot.exe"] {
            std::fs::write(folder.path().join(file), "").expect("written");
        }
        let folders = [PathBuf::from("."), folder.path().to_owned()];
        for (name, found) in [
            ("pass", Some("pass.cmd")),
            ("tool", Some("tool.exe")),
            ("tool.exe", Some("tool.exe")),
            ("TOOL.EXE", Some("TOOL.EXE")),
            ("tool.txt", None),
            ("with.dot", Some("with.dot.exe")),
            ("absent", None),
        ] {
            let wanted = found.map(|file| folder.path().join(file).to_string_lossy().to_lowercase());
            let found = find_in(Path::new(name), &folders, ".EXE;.CMD");
            assert_eq!(found.map(|file| file.to_string_lossy().to_lowercase()), wanted, "{name}");
        }
    }
}
