//! The progress file of a set-up: opening, locking, saving.

use super::parse;
use super::saved_form::Form;
use crate::domain::codes::Code;
use crate::domain::run_summary::{RunSummary, ShortId};
use crate::platform::file_access::FilePermissions;
use crate::store::error::{StoreError, shown};
use crate::store::file_lock::Lock;
use crate::store::paths::{Directory, Paths};
use crate::store::private_file;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version of the file that this program writes.
pub(super) const VERSION: u32 = 1;
/// File name of the unnamed set-up; no profile can have this name.
const UNNAMED: &str = "_unnamed";
/// Maximum wait for the lock of another process: a `check` holds it for one write, an interface as long as it is open.
const BRIEFLY: Duration = Duration::from_millis(250);

/// Progress of a set-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The guide's facts that the operator has ticked.
    pub ticks: BTreeSet<ShortId>,
    /// The typed values.
    pub form: Form,
    /// Start time of a run that had not ended when this was saved, so it was interrupted.
    pub under_way: Option<Timestamp>,
    /// The last run.
    pub last: Option<RunSummary>,
    /// The last run whose verdict was ready.
    pub last_good: Option<RunSummary>,
}

impl Progress {
    /// Records a run.
    pub fn note_run(&mut self, run: RunSummary) {
        if run.is_good() {
            self.last_good = Some(run.clone());
        }
        self.last = Some(run);
    }
}

/// The progress file of one profile, open until this value is dropped.
#[derive(Debug)]
pub struct ProgressFile {
    path: PathBuf,
    access: Access,
}

#[derive(Debug)]
enum Access {
    /// This process may write.
    Write(Lock),
    /// This process may not write, with the reason.
    ReadOnly(StoreError),
}

/// Result of [`open`].
#[derive(Debug)]
pub struct Opened {
    /// The open file.
    pub file: ProgressFile,
    /// The last saved progress.
    pub progress: Progress,
    /// Notes: why the file is read-only, where a damaged file was copied to, permissions that were too wide.
    pub notes: Vec<StoreError>,
}

/// Opens the progress of a profile, or of the unnamed set-up. A second instance opens it read-only; a damaged file is
/// kept as a copy, and the progress starts empty.
///
/// # Errors
/// There is no state directory. The program continues without saved progress.
pub fn open(paths: &Paths, profile: Option<&str>) -> Result<Opened, StoreError> {
    let folder = folder(paths)?;
    let path = path_of(&folder, profile)?;
    let mut notes = Vec::new();
    let mut access = take(&folder, &path);
    let progress = read(&path, &mut access, &mut notes);
    match &access {
        Access::ReadOnly(reason) => notes.push(reason.clone()),
        Access::Write(lock) => notes.extend(lock.note().cloned()),
    }
    Ok(Opened { file: ProgressFile { path, access }, progress, notes })
}

/// Reads the progress of a profile, or of the unnamed set-up, without a lock and without a copy of a damaged file.
/// `None` if nothing was saved.
///
/// # Errors
/// There is no state directory, or the file cannot be read.
pub fn look(paths: &Paths, profile: Option<&str>) -> Result<Option<Progress>, StoreError> {
    let path = path_of(&folder(paths)?, profile)?;
    let Some(content) = private_file::read(&path)? else { return Ok(None) };
    parse::read(&content.text).map(Some).map_err(|fault| match fault {
        parse::Fault::Newer(version) => newer(&path, version),
        parse::Fault::Damaged { line } => private_file::corrupt(&path, &format!("is damaged at line {line}")),
    })
}

impl ProgressFile {
    /// Returns why nothing is saved; `None` if the file is writable.
    pub fn read_only(&self) -> Option<&StoreError> {
        match &self.access {
            Access::Write(_) => None,
            Access::ReadOnly(reason) => Some(reason),
        }
    }

    /// Saves the progress atomically.
    ///
    /// # Errors
    /// The file is read-only or cannot be written.
    pub fn save(&self, progress: &Progress) -> Result<(), StoreError> {
        let lock = match &self.access {
            Access::Write(lock) => lock,
            Access::ReadOnly(reason) => return Err(reason.clone()),
        };
        let folder = Directory { path: self.path.parent().unwrap_or(Path::new(".")), own: true };
        let saved = private_file::replace(&self.path, folder, &parse::write(progress), FilePermissions::PRIVATE, lock);
        saved.map_err(|error| error.then(UNSAVED))
    }
}

/// Renames the progress of a profile; does nothing if there is none.
///
/// # Errors
/// Another instance uses one of the two files, or the file cannot be renamed.
pub fn rename(paths: &Paths, from: &str, to: &str) -> Result<(), StoreError> {
    let folder = folder(paths)?;
    let (old, new) = (path_of(&folder, Some(from))?, path_of(&folder, Some(to))?);
    if !old.exists() {
        return Ok(());
    }
    let _locks = (lock(&folder, &old)?, lock(&folder, &new)?);
    std::fs::rename(&old, &new).map_err(|error| StoreError::writing(&new, &error))
}

/// Removes the progress of a profile; does nothing if there is none.
///
/// # Errors
/// Another instance uses the file, or it cannot be removed.
pub fn remove(paths: &Paths, profile: &str) -> Result<(), StoreError> {
    let folder = folder(paths)?;
    let path = path_of(&folder, Some(profile))?;
    if !path.exists() {
        return Ok(());
    }
    let _lock = lock(&folder, &path)?;
    std::fs::remove_file(&path).map_err(|error| StoreError::writing(&path, &error))
}

fn folder(paths: &Paths) -> Result<PathBuf, StoreError> {
    paths.state_folder().map(|state| state.join("progress"))
}

fn path_of(folder: &Path, profile: Option<&str>) -> Result<PathBuf, StoreError> {
    if let Some(name) = profile {
        crate::store::profiles::check_name(name)?;
    }
    Ok(folder.join(format!("{}.json", profile.unwrap_or(UNNAMED))))
}

fn lock(folder: &Path, path: &Path) -> Result<Lock, StoreError> {
    // The folder above holds nothing else of anybody's: it is the program's own as well.
    let state = folder.parent().unwrap_or(folder);
    private_file::make_folder(Directory { path: state, own: true })?;
    private_file::make_folder(Directory { path: folder, own: true })?;
    Lock::take(path, BRIEFLY)
}

fn take(folder: &Path, path: &Path) -> Access {
    match lock(folder, path) {
        Ok(lock) => Access::Write(lock),
        Err(error) if error.code() == Code::LocalStoreLocked => Access::ReadOnly(StoreError::new(
            Code::LocalStoreLocked,
            format!("{} What you do here is not saved.", error.what()),
            "Close the other instance and start again to save.",
        )),
        Err(error) => Access::ReadOnly(error.then(UNSAVED)),
    }
}

/// Next step if progress cannot be saved. No option selects another directory for it.
const UNSAVED: &str = "Fix this so that your progress is saved; the checks do not need the file.";

/// Reads the saved progress. An error becomes a note, and the program continues.
fn read(path: &Path, access: &mut Access, notes: &mut Vec<StoreError>) -> Progress {
    let content = match private_file::read(path) {
        Ok(None) => return Progress::default(),
        Ok(Some(content)) => content,
        Err(error) => {
            *access = Access::ReadOnly(error.then(UNSAVED));
            return Progress::default();
        }
    };
    notes.extend(content.note);
    match parse::read(&content.text) {
        Ok(progress) => progress,
        Err(parse::Fault::Newer(version)) => {
            *access = Access::ReadOnly(newer(path, version));
            Progress::default()
        }
        Err(parse::Fault::Damaged { line }) => {
            match private_file::keep_copy(path, content.text.as_bytes()) {
                Ok(copy) => notes.push(StoreError::new(
                    Code::LocalStoreCorrupt,
                    format!("{} is damaged at line {line}; a copy is kept at {}.", shown(path), shown(&copy)),
                    "All boxes are unticked; Halo is not affected.",
                )),
                // What cannot be kept is not written over.
                Err(error) => *access = Access::ReadOnly(error),
            }
            Progress::default()
        }
    }
}

fn newer(path: &Path, version: u64) -> StoreError {
    StoreError::new(
        Code::LocalStoreNewer,
        format!(
            "{} was written by a newer version of halo-onboard (file version {version}). It was not changed.",
            shown(path)
        ),
        "Update halo-onboard; until then your progress is not saved.",
    )
}
