//! Saved progress of a session: keeps the file of `store::progress` up to date with the interface.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::app::{PreviousRun, Progress as Session};
use crate::domain::run_summary::{RunSummary, ShortId};
use crate::runtime::SaveProgress;
use crate::secret::Secret;
use crate::store::progress::{Form, Progress, ProgressFile};

/// Progress of one set-up, open while a session uses it.
pub struct ProgressWriter {
    file: ProgressFile,
    page: Mutex<Page>,
}

struct Page {
    /// Content of the file.
    saved: Progress,
    /// Set once a run has started in this session; the "interrupted run" notice is then obsolete.
    ran: bool,
    /// Set once the set-up has moved to another file; nothing is written to this one.
    closed: bool,
}

impl ProgressWriter {
    /// Creates a writer for an opened file.
    pub fn new(file: ProgressFile, saved: Progress) -> Arc<Self> {
        Arc::new(Self { file, page: Mutex::new(Page { saved, ran: false, closed: false }) })
    }

    /// Returns the function that saves a session; `None` if the file is read-only.
    pub fn keeper(self: &Arc<Self>) -> Option<SaveProgress> {
        let book = Arc::clone(self);
        let keeper: SaveProgress = Arc::new(move |session| book.keep(session));
        self.file.read_only().is_none().then_some(keeper)
    }

    /// Writes a session to the file, unless the content is unchanged.
    fn keep(&self, session: &Session) -> Result<(), String> {
        let mut page = self.page();
        if page.closed {
            return Ok(());
        }
        page.ran |= session.under_way;
        let next = page.followed_by(session);
        if next != page.saved {
            self.file.save(&next).map_err(|error| error.to_string())?;
            page.saved = next;
        }
        Ok(())
    }

    /// Moves the progress to the file of the profile that the set-up was saved as, and empties this one.
    ///
    /// # Errors
    /// The other file cannot be written; the progress then stays here.
    pub fn move_to(&self, other: &Self, session: &Session) -> Result<(), String> {
        other.page().saved = self.page().saved.clone();
        // As if nothing stood there: the file is another.
        let next = other.page().followed_by(session);
        other.file.save(&next).map_err(|error| error.to_string())?;
        other.page().saved = next;
        let mut page = self.page();
        page.closed = true;
        // What stays behind would only be offered again.
        let _ = self.file.save(&Progress::default());
        Ok(())
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn followed_by(&self, session: &Session) -> Progress {
        let mut next = Progress {
            ticks: session.ticks.iter().filter_map(|tick| ShortId::new(tick)).collect(),
            // Whoever made the session's progress has taken out what holds the secret.
            form: Form::of(&session.typed, &Secret::new(String::new())),
            under_way: match session.under_way {
                true => self.saved.under_way.filter(|_| self.ran).or_else(|| Some(Timestamp::now())),
                false => self.saved.under_way.filter(|_| !self.ran),
            },
            last: self.saved.last.clone(),
            last_good: self.saved.last_good.clone(),
        };
        let run = session.report.as_ref().and_then(RunSummary::of);
        if let Some(run) = run.filter(|run| self.saved.last.as_ref() != Some(run)) {
            next.note_run(run);
        }
        next
    }
}

/// Returns the last good run, which the interface compares with.
pub fn previous(progress: &Progress) -> Option<PreviousRun> {
    let good = progress.last_good.as_ref()?;
    let age_ms = Timestamp::now().as_millisecond().saturating_sub(good.at.as_millisecond());
    Some(PreviousRun { at_ms: -age_ms, checks: good.checks.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::connection::Typed;
    use crate::store::{Paths, progress};

    fn session() -> Session {
        Session { ticks: Default::default(), typed: Typed::default(), report: None, under_way: false }
    }

    struct TestFolder {
        _folder: tempfile::TempDir,
        paths: Paths,
    }

    impl TestFolder {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let paths = Paths::at(folder.path().join("config.toml"), folder.path().join("state"));
            Self { _folder: folder, paths }
        }

        fn book(&self, profile: Option<&str>) -> Arc<ProgressWriter> {
            let opened = progress::open(&self.paths, profile).expect("a place");
            ProgressWriter::new(opened.file, opened.progress)
        }

        fn saved(&self, profile: Option<&str>) -> Option<Progress> {
            progress::look(&self.paths, profile).expect("readable")
        }
    }

    #[test]
    fn a_run_that_was_saved_as_under_way_was_interrupted_until_another_begins() {
        let place = TestFolder::new();
        let interrupted = || place.saved(None).is_some_and(|progress| progress.under_way.is_some());
        let book = place.book(None);
        book.keep(&Session { under_way: true, ..session() }).expect("kept");
        drop(book);
        let book = place.book(None);
        book.keep(&Session { ticks: ["A1".to_owned()].into(), ..session() }).expect("kept");
        assert!(interrupted(), "a tick does not end what was interrupted");
        book.keep(&Session { under_way: true, ..session() }).expect("kept");
        assert!(interrupted());
        book.keep(&session()).expect("kept");
        assert!(!interrupted(), "it ended");
    }

    #[test]
    fn what_stands_there_already_is_not_written_again() {
        let place = TestFolder::new();
        let book = place.book(None);
        book.keep(&session()).expect("kept");
        assert_eq!(place.saved(None), None, "nothing is no progress");
        let ticked = Session { ticks: ["A1".to_owned()].into(), ..session() };
        book.keep(&ticked).expect("kept");
        let path = place.paths.state_folder().expect("a place").join("progress/_unnamed.json");
        std::fs::remove_file(&path).expect("removed");
        book.keep(&ticked).expect("kept");
        assert!(!path.exists());
    }

    #[test]
    fn a_set_up_that_gets_a_name_leaves_nothing_behind() {
        let place = TestFolder::new();
        let (unnamed, acme) = (place.book(None), place.book(Some("acme")));
        let ticked = Session { ticks: ["A1".to_owned()].into(), ..session() };
        unnamed.keep(&ticked).expect("kept");
        unnamed.move_to(&acme, &ticked).expect("moved");
        unnamed.keep(&ticked).expect("closed, and no failure");
        assert_eq!(place.saved(None), Some(Progress::default()));
        assert_eq!(place.saved(Some("acme")).expect("kept").ticks.len(), 1);
    }
}
