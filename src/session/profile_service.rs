//! Sessions of the interface and the data that outlives them: profiles, progress, kept secrets.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::command_error::CommandError;
use super::demo::{self, Demo};
use super::kept_secret;
use super::prepare_run::http;
use super::profile_removal;
use super::progress_writer::ProgressWriter;
use super::secret_source;
use super::secret_source::SecretSource;
use super::setting_sources::{Session, lasting_guide, store};
use super::{profile_summaries, restore_progress};
use crate::app::{self, ProfileChoice, Progress, Start};
use crate::domain::connection::{Note, Typed};
use crate::domain::profile::{Profile, SecretStore};
use crate::domain::secret_destination::{Destination, SourcedValue};
use crate::headless;
use crate::runtime::{
    CopyValuesFn, HttpEngine, LoadedProfiles, OpenedSession, Pending, ProfileService, RepairFn, RuntimeParts,
    SaveProgress, SecretCommandFn,
};
use crate::secret::Secret;
use crate::store::progress;
use crate::store::secret_command::{self, PromptMode};
use crate::store::{Paths, StoreError, keyring};

/// State that is shared by all sessions of one process.
pub struct FileProfileService {
    /// The session that was given at the start of the process.
    given: Session,
    /// Progress file of the active session.
    current: Mutex<Option<Open>>,
    /// Guide of the active session; `None` for the default.
    guide: Mutex<Option<PathBuf>>,
}

struct Open {
    profile: Option<String>,
    book: Arc<ProgressWriter>,
}

impl FileProfileService {
    /// Creates the service without an open session.
    pub fn new(given: Session) -> Arc<Self> {
        let guide = Mutex::new(given.settings.guide.value.clone());
        Arc::new(Self { given, current: Mutex::new(None), guide })
    }

    /// Returns the initial state of the interface: the demo, the named profile or connection, or the start page.
    ///
    /// # Errors
    /// A given value cannot be used.
    pub async fn begin(self: &Arc<Self>) -> Result<OpenedSession, CommandError> {
        if let Some(scenario) = &self.given.demo {
            let mut opened = self.demo(&self.given, scenario).await?;
            // Whoever asked for the demo alone has no profiles around it.
            (opened.parts.shelf, opened.start.shelf) = (None, app::ProfileList::default());
            return Ok(opened);
        }
        if self.given.names_a_halo() || self.given.profiles.is_empty() {
            return self.session(&self.given, true).await;
        }
        let parts = self.parts(&self.given, None)?;
        let warnings = self.given.note.iter().map(ToString::to_string).collect();
        // What is kept of each is read beside the first frame.
        let shelf = app::ProfileList { first: true, warnings, ..self.profile_service() };
        let start = Start { shelf, ..empty(&self.given)? };
        Ok(OpenedSession { start, parts })
    }

    /// Opens a session. With `restore` its progress is restored and saved from now on.
    async fn session(self: &Arc<Self>, session: &Session, restore: bool) -> Result<OpenedSession, CommandError> {
        let mut parts = self.parts(session, None)?;
        let mut start = Start { shelf: self.profile_service(), typed: session.typed(), ..empty(session)? };
        start.shelf.warnings.extend(session.note.as_ref().map(ToString::to_string));
        let profile = session.settings.profile.value.clone();
        start.profile = profile.clone();
        let mut open = None;
        match progress::open(&session.paths, profile.as_deref()) {
            _ if !restore => {
                let warning = "This set-up is not saved until you save it as a profile.";
                start.shelf.warnings.push(warning.into());
            }
            Ok(opened) => {
                start.shelf.warnings.extend(opened.notes.iter().map(ToString::to_string));
                let book = ProgressWriter::new(opened.file, opened.progress.clone());
                if restore_progress::restore_progress(&mut start, session.typed(), &opened.progress) {
                    parts.keeper = book.keeper().map(breakable);
                    open = Some(Open { profile: profile.clone(), book });
                }
            }
            Err(error) => start.shelf.warnings.push(error.to_string()),
        }
        self.find_secret(session, &mut start, &mut parts).await?;
        start.notes.extend(restore_progress::words_of(&start));
        *self.current() = open;
        self.remember_guide(session);
        Ok(OpenedSession { start, parts })
    }

    /// Opens a set-up without a name, with this built-in guide: its progress is not the other unnamed set-up's.
    async fn with_guide(self: &Arc<Self>, id: &str, demo: bool) -> Result<OpenedSession, CommandError> {
        let mut session = self.given.of_profile(None)?;
        session.settings.guide.value = Some(id.into());
        if demo { self.demo(&session, "").await } else { self.session(&session, false).await }
    }

    /// Opens the simulated Halo with the guide of a session.
    async fn demo(self: &Arc<Self>, of: &Session, scenario: &str) -> Result<OpenedSession, CommandError> {
        let guide = of.guide()?;
        let demo = Arc::new(Demo::start(guide, scenario, demo::anywhere()).await?);
        let mut session = self.given.of_profile(None)?;
        session.demo = Some(demo.scenario.clone());
        let parts = self.parts(&session, Some(&demo))?;
        *self.current() = None;
        self.remember_guide(of);
        let start = Start {
            typed: demo.typed(&self.given.typed()),
            secret: Some(demo.secret()),
            demo: Some(demo.scenario.clone()),
            ticks_build: demo.starts_from_nothing(),
            shelf: self.profile_service(),
            ..empty(of)?
        };
        Ok(OpenedSession { start, parts })
    }

    fn parts(self: &Arc<Self>, session: &Session, demo: Option<&Arc<Demo>>) -> Result<RuntimeParts, CommandError> {
        let (mend, copy) = (demo.cloned(), demo.cloned());
        Ok(RuntimeParts {
            engine: engine(Arc::new(HttpEngine::new(http(session)?))),
            keeper: None,
            repair_fn: mend.map(|demo| -> RepairFn { Arc::new(move |fact| demo.repair(fact)) }),
            copier: copy
                .map(|demo| -> CopyValuesFn { Arc::new(move || (demo.typed(&Typed::default()), demo.secret())) }),
            commander: None,
            shelf: Some(Arc::clone(self) as Arc<dyn ProfileService>),
            paths: session.paths.clone(),
        })
    }

    /// Returns the profiles from the configuration alone, without reading the progress or the secret of each.
    fn profile_service(&self) -> app::ProfileList {
        app::ProfileList {
            profiles: profile_summaries::named(&self.given.profiles),
            open: true,
            demo: true,
            ..app::ProfileList::default()
        }
    }

    /// Gets the secret of a session if no prompt is needed. The interface runs a secret command itself.
    async fn find_secret(
        &self,
        session: &Session,
        start: &mut Start,
        parts: &mut RuntimeParts,
    ) -> Result<(), CommandError> {
        let (origin, told) = session.secret.permitted().await;
        start.shelf.warnings.extend(told);
        let places = &mut start.shelf.secret;
        places.given_for = given_for(session, &start.typed);
        places.saved_for = session.saved_for();
        let mut source = origin.source().to_owned();
        start.secret = match origin {
            SecretSource::Command(words, _) => {
                places.command = words.first().cloned();
                parts.commander = Some(commander(words.clone()));
                None
            }
            SecretSource::Kept(name, saved_for, _) => {
                let remembered = session.profile().and_then(|(_, profile)| profile.keep);
                let kept = secret_source::kept(name.clone(), saved_for.clone()).await;
                let (kept, gone) = restore_progress::told(kept, remembered);
                start.shelf.warnings.extend(gone);
                kept.map(|(keep, secret)| {
                    places.kept = Some(keep);
                    source = keep.place().to_owned();
                    secret
                })
            }
            other => other.without_asking().await?.map(|(secret, notes)| {
                let line = |note: Note| format!("{}: {}", note.field.label(), note.text);
                start.notes.extend(notes.into_iter().map(line));
                secret
            }),
        };
        start.secret_source = start.secret.as_ref().map(|_| source);
        Ok(())
    }

    fn current(&self) -> MutexGuard<'_, Option<Open>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the guide of the session that was opened, for the profile that it may be saved as.
    fn remember_guide(&self, session: &Session) {
        *self.guide.lock().unwrap_or_else(PoisonError::into_inner) = session.settings.guide.value.clone();
    }

    fn paths(&self) -> &Paths {
        &self.given.paths
    }

    fn write_profile(&self, name: &str, change: impl FnOnce(Profile) -> Profile) -> Result<(), StoreError> {
        let profiles = store(self.paths());
        let before = profiles.load()?.profiles.remove(name).unwrap_or_default();
        // What there is to tell about the place was told when the progress was opened.
        profiles.save(name, &change(before)).map(drop)
    }
}

impl ProfileService for FileProfileService {
    fn look(&self) -> LoadedProfiles {
        let profiles = store(self.paths()).load().map(|loaded| loaded.profiles).unwrap_or_default();
        LoadedProfiles {
            profiles: profile_summaries::all(self.paths(), &profiles),
            unnamed: profile_summaries::unnamed(self.paths()),
            ways: SecretStore::ALL.into_iter().filter(|keep| keyring::probe(*keep).is_ok()).collect(),
        }
    }

    fn open(self: Arc<Self>, choice: ProfileChoice) -> Pending<Result<OpenedSession, String>> {
        Box::pin(async move {
            let opened = match &choice {
                ProfileChoice::Demo => self.demo(&self.given, "").await,
                ProfileChoice::New => self.session(&self.given.of_profile(None).map_err(words)?, true).await,
                ProfileChoice::Profile(name) => {
                    self.session(&self.given.of_profile(Some(name)).map_err(words)?, true).await
                }
                ProfileChoice::Guide { id, demo, .. } => self.with_guide(id, *demo).await,
            };
            opened.map_err(words)
        })
    }

    fn save(&self, name: &str, progress: &Progress) -> Result<Option<SaveProgress>, String> {
        let guide = self.guide.lock().unwrap_or_else(PoisonError::into_inner).as_deref().map(lasting_guide);
        self.write_profile(name, |before| Profile {
            guide: guide.or(before.guide.clone()),
            ..restore_progress::values(progress, before)
        })
        .map_err(|error| error.to_string())?;
        let mut open = self.current();
        if let Some(open) = open.as_ref().filter(|open| open.profile.as_deref() == Some(name)) {
            return Ok(open.book.keeper().map(breakable));
        }
        let opened = progress::open(self.paths(), Some(name)).map_err(|error| error.to_string())?;
        let book = ProgressWriter::new(opened.file, opened.progress);
        match open.as_ref() {
            Some(before) if before.profile.is_none() => before.book.move_to(&book, progress)?,
            _ => {}
        }
        let keeper = book.keeper().map(breakable);
        *open = Some(Open { profile: Some(name.to_owned()), book });
        Ok(keeper)
    }

    fn remove(&self, name: &str) -> Result<String, String> {
        profile_removal::remove(self.paths(), name).map(|done| done.join(" ")).map_err(words)
    }

    fn keep_secret(&self, name: &str, keep: Option<SecretStore>, secret: &Secret) -> Result<String, String> {
        let done = match keep {
            Some(keep) => {
                let profile = store(self.paths()).get(name).map_err(|error| error.to_string())?;
                let kept_for = Destination {
                    url: SourcedValue::new(profile.url.unwrap_or_default(), ""),
                    client_id: SourcedValue::new(profile.client_id.unwrap_or_default(), ""),
                };
                let bound = kept_secret::bind(secret, &kept_for);
                keyring::set(name, keep, &bound).map_err(|error| error.to_string())?;
                format!("The secret is kept in {} {}.", keep.place(), keep.lasts())
            }
            None => match keyring::forget(name).map_err(|error| error.to_string())? {
                true => "The kept secret was forgotten; it stays in memory until you leave.".to_owned(),
                false => "The secret was no longer kept.".to_owned(),
            },
        };
        match self.write_profile(name, |before| Profile { keep, ..before }) {
            Ok(()) => Ok(done),
            Err(error) => Ok(format!("{done} The choice was not saved: {}", error.what())),
        }
    }
}

/// Initial state of the interface without any values.
pub fn empty(session: &Session) -> Result<Start, CommandError> {
    // The scenario's host says that it is this machine; the schema of JSON has no place for more.
    let json: app::Render = |report, _| headless::json_report(report);
    Ok(Start::empty(session.guide()?, markdown(headless::markdown_report), json))
}

/// Records the connection for which the session's secret was given: the values with which the session starts.
fn given_for(session: &Session, typed: &Typed) -> Destination {
    let mut given_for = session.settings.destination();
    for (given, value) in [(&mut given_for.url, &typed.url), (&mut given_for.client_id, &typed.client_id)] {
        if given.value.is_empty() && !value.is_empty() {
            *given = SourcedValue::new(value.as_str(), "what you entered before");
        }
    }
    given_for
}

/// Runs the command that prints the secret while it has the terminal.
fn commander(command: Vec<String>) -> SecretCommandFn {
    Arc::new(move |stop| {
        let program = command.first().map_or("", String::as_str);
        let program = crate::domain::untrusted_text::UntrustedText::new(program);
        // Whoever is asked for a PIN now should know by whom. Nothing hangs on it.
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("halo-onboard: running {} to get the Client Secret ...\n", program.as_str()),
        );
        let printed =
            secret_command::run_until(&command, PromptMode::Terminal, stop).map_err(|error| error.to_string())?;
        Ok(printed.secret)
    })
}

/// Formats an error for the interface: what happened, and what to do.
fn words(failure: CommandError) -> String {
    let fix = failure.refusal.fix.first().cloned().unwrap_or_default();
    format!("{} {fix}", failure.refusal.summary).trim_end().to_owned()
}

#[cfg(debug_assertions)]
use super::injected_panics::{engine, keeper as breakable, markdown};

#[cfg(not(debug_assertions))]
fn engine(engine: Arc<dyn crate::runtime::Engine>) -> Arc<dyn crate::runtime::Engine> {
    engine
}

#[cfg(not(debug_assertions))]
fn breakable(keeper: SaveProgress) -> SaveProgress {
    keeper
}

#[cfg(not(debug_assertions))]
fn markdown(render: app::Render) -> app::Render {
    render
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[tokio::test]
    async fn without_a_home_the_form_is_filled_and_that_is_told() {
        let mut given = Session::bare(Paths::nowhere());
        given.settings.url.value = Some("https://a.halopsa.com".into());
        given.settings.url.source = Source::Flag;
        let opened = FileProfileService::new(given).begin().await.map_err(words).expect("it opens");
        assert_eq!(opened.start.typed.url, "https://a.halopsa.com");
        assert!(opened.parts.keeper.is_none());
        assert!(opened.start.shelf.warnings[0].contains("no home directory"), "{:?}", opened.start.shelf.warnings);
    }
}
