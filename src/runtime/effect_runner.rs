//! Runs effects as background tasks and posts their results as messages.

use super::{autosave, write_report};
use crate::app::{Effect, Format, Message, Repair, RepairResult, RunId};
use crate::domain::connection::Typed;
use crate::domain::run_event::RunEvent;
use crate::domain::run_plan::RunPlan;
use crate::runtime::Engine;
use crate::runtime::ProfileService;
use crate::runtime::Report;
use crate::runtime::SaveProgress;
use crate::runtime::StopCommand;
use crate::secret::Secret;
use crate::store::Paths;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, sleep, timeout_at};

/// Repairs a setting of the simulated Halo, by a diagnosis's code or by a fact's number in the guide. Returns a
/// description of the change, or the error.
pub type RepairFn = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;
/// Returns the values that an operator would now copy from the simulated Halo's screens.
pub type CopyValuesFn = Arc<dyn Fn() -> (Typed, Secret) + Send + Sync>;

/// Runs the command that prints the secret, while it has the terminal.
pub type SecretCommandFn = Arc<dyn Fn(&StopCommand) -> Result<Secret, String> + Send + Sync>;

/// Dependencies of the runtime.
#[derive(Clone)]
pub struct RuntimeParts {
    /// Engine that runs the checks.
    pub engine: Arc<dyn Engine>,
    /// Saves the session; `None` if nothing is saved.
    pub keeper: Option<SaveProgress>,
    /// Repairs the simulated Halo; `None` for a real Halo.
    pub repair_fn: Option<RepairFn>,
    /// Copies the simulated Halo's values; `None` for a real Halo.
    pub copier: Option<CopyValuesFn>,
    /// Runs the command that prints the secret; `None` if the profile names no command.
    pub commander: Option<SecretCommandFn>,
    /// Profiles and kept secrets; `None` if this session has no profiles.
    pub shelf: Option<Arc<dyn ProfileService>>,
    /// Directories for reports.
    pub paths: Paths,
}

/// Time limit for a cancelled run to end and for its connections to close.
const LETTING_GO: Duration = Duration::from_millis(500);
const CLOSING: Duration = Duration::from_millis(20);

/// Executor of effects. It must be created inside a tokio runtime; dropping it cancels all running tasks.
pub struct Runtime {
    pub(super) parts: RuntimeParts,
    pub(super) post: UnboundedSender<Message>,
    run: Option<(RunId, AbortHandle)>,
    discovery: Option<AbortHandle>,
    /// Cancelled runs that may still hold resources.
    stopped: Vec<AbortHandle>,
    pub(super) keep: Option<autosave::Autosave>,
    /// Opened or saved sessions that are not active yet, by order number.
    pub(super) next: Arc<Mutex<BTreeMap<u64, RuntimeParts>>>,
    /// The previous session while it is still being saved.
    pub(super) closing: Option<JoinHandle<()>>,
    /// Requested writes that must finish before the program ends.
    writes: Vec<PendingWrite>,
}

/// A write that the operator requested and whose result is reported.
struct PendingWrite {
    /// Description of the data that is lost if the write does not finish.
    what: String,
    task: JoinHandle<()>,
}

impl Runtime {
    /// Creates a runtime that posts its results to `post`.
    pub fn new(parts: RuntimeParts, post: UnboundedSender<Message>) -> Self {
        let keep = parts.keeper.clone().map(|keeper| autosave::Autosave::new(keeper, post.clone()));
        Self {
            parts,
            post,
            run: None,
            discovery: None,
            stopped: Vec::new(),
            keep,
            next: Arc::default(),
            closing: None,
            writes: Vec::new(),
        }
    }

    /// Performs an effect. Returns the effect if only the owner of the terminal can perform it.
    pub fn perform(&mut self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::StartRun { run, order } => self.start(run, *order),
            Effect::CancelRun(run) => self.cancel(run),
            Effect::Discover { asked, resource_server } => self.discover(asked, resource_server),
            Effect::SaveProgress(progress) => {
                if let Some(keep) = &self.keep {
                    keep.keep(*progress);
                }
            }
            Effect::LookAtShelf => self.look(),
            Effect::Open { order, choice } => self.open(order, choice),
            Effect::Settle(order) => self.settle(order),
            Effect::SaveProfile { order, name, progress } => self.save(order, name, progress),
            Effect::RemoveProfile(name) => self.remove(name),
            Effect::KeepSecret { profile, keep, secret } => self.keep_secret(profile, keep, secret),
            Effect::Export { format, text, host, secret } => self.export(format, text, host, secret),
            Effect::Repair(repair) => self.repair(repair),
            other => return Some(other),
        }
        None
    }

    /// Cancels running tasks, then waits until the session is saved and the requested writes (reports, secrets,
    /// profiles) have finished. Returns the writes that did not finish within the limit; the results of the others have
    /// been posted.
    pub async fn finish(mut self, limit: Duration) -> Vec<String> {
        self.abort();
        let (keep, closing, writes) = (self.keep.take(), self.closing.take(), std::mem::take(&mut self.writes));
        let kept = async {
            if let Some(keep) = keep {
                keep.finish().await;
            }
            if let Some(closing) = closing {
                // A keeper that broke has nothing more to wait for.
                let _ = closing.await;
            }
        };
        tokio::join!(kept, finish_writes(writes, limit)).1
    }

    /// Waits for a limited time until the cancelled runs have released their requests and token.
    pub async fn quiet(&mut self) {
        if self.stopped.is_empty() {
            return;
        }
        let until = Instant::now() + LETTING_GO;
        while self.stopped.iter().any(|work| !work.is_finished()) && Instant::now() < until {
            sleep(Duration::from_millis(1)).await;
        }
        self.stopped.clear();
        // That nobody waits for an answer any more is noticed by its connection, which is a task of its own.
        sleep(CLOSING).await;
    }

    /// Returns the command that prints the secret. The owner of the terminal runs it, because the command needs the
    /// terminal.
    pub fn commander(&self) -> Option<SecretCommandFn> {
        self.parts.commander.clone()
    }

    pub(super) fn abort(&mut self) {
        if let Some((_, work)) = self.run.take() {
            work.abort();
        }
        if let Some(work) = self.discovery.take() {
            work.abort();
        }
    }

    fn start(&mut self, run: RunId, order: RunPlan) {
        let engine = Arc::clone(&self.parts.engine);
        let post = self.post.clone();
        let report: Report = Box::new(move |event| tell(&post, Message::Run { run, event }));
        let prepared = catch_unwind(AssertUnwindSafe(|| engine.prepare(order, report)));
        let Ok(running) = prepared else { return tell(&self.post, Message::RunBroke { run }) };
        let work = tokio::spawn(Arc::clone(&running).finish());
        self.run = Some((run, work.abort_handle()));
        let post = self.post.clone();
        tokio::spawn(async move {
            let finished = match work.await {
                Ok(finished) => Some(finished),
                Err(error) if error.is_cancelled() => catch_unwind(AssertUnwindSafe(|| running.interrupted())).ok(),
                Err(_) => None,
            };
            tell(
                &post,
                match finished {
                    Some(finished) => Message::Run { run, event: RunEvent::Finished(Box::new(finished)) },
                    None => Message::RunBroke { run },
                },
            );
        });
    }

    fn cancel(&mut self, run: RunId) {
        if let Some((_, work)) = self.run.take_if(|(id, _)| *id == run) {
            work.abort();
            self.stopped.retain(|work| !work.is_finished());
            self.stopped.push(work);
        }
    }

    fn discover(&mut self, asked: u64, resource_server: String) {
        if let Some(work) = self.discovery.take() {
            work.abort();
        }
        let work = tokio::spawn(self.parts.engine.discover(resource_server));
        self.discovery = Some(work.abort_handle());
        let post = self.post.clone();
        tokio::spawn(async move {
            let message = match work.await {
                Ok((link, outcome)) => Message::Discovered { asked, link: Box::new(link), outcome: Box::new(outcome) },
                Err(_) => Message::DiscoveryBroke { asked },
            };
            tell(&post, message);
        });
    }

    fn export(&mut self, format: Format, text: String, host: String, secret: Secret) {
        let paths = self.parts.paths.clone();
        self.write(
            format!("the report of {host}"),
            move || Message::Exported(write_report::write(&paths, &host, format, &text, &secret)),
            || Message::Exported(Err("internal error while writing; this is a bug in halo-onboard".into())),
        );
    }

    fn repair(&self, repair: Repair) {
        let RuntimeParts { repair_fn, copier, .. } = self.parts.clone();
        let (checks, broke) = (repair.checks.clone(), repair.checks.clone());
        self.aside(
            move || {
                let form = || copier.filter(|_| repair.copies_form).map(|copy| copy());
                let outcome = repair_all(repair_fn.as_ref(), &repair).map(|done| RepairResult { done, form: form() });
                Message::RepairResult { checks, outcome }
            },
            move || Message::RepairResult { checks: broke, outcome: Err("it broke".into()) },
        );
    }

    /// Like [`Runtime::aside`], but the program waits for the result before it ends.
    pub(super) fn write(
        &mut self,
        what: String,
        work: impl FnOnce() -> Message + Send + 'static,
        broke: impl FnOnce() -> Message + Send + 'static,
    ) {
        let task = self.aside(work, broke);
        self.writes.retain(|write| !write.task.is_finished());
        self.writes.push(PendingWrite { what, task });
    }

    /// Runs blocking work on a separate thread, so that keys are still handled.
    pub(super) fn aside(
        &self,
        work: impl FnOnce() -> Message + Send + 'static,
        broke: impl FnOnce() -> Message + Send + 'static,
    ) -> JoinHandle<()> {
        let post = self.post.clone();
        tokio::spawn(async move {
            let message = tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| broke());
            tell(&post, message);
        })
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.abort();
    }
}

/// Waits for writes and returns those that did not finish in time.
async fn finish_writes(writes: Vec<PendingWrite>, limit: Duration) -> Vec<String> {
    let until = Instant::now() + limit;
    let mut undone = Vec::new();
    for PendingWrite { what, task } in writes {
        if timeout_at(until, task).await.is_err() {
            undone.push(what);
        }
    }
    undone
}

/// Posts a message. The error is ignored: it means that the interface has ended.
pub(super) fn tell(post: &UnboundedSender<Message>, message: Message) {
    let _ = post.send(message);
}

/// Repairs by the code if the simulated Halo knows it, otherwise by each known fact. Returns an error if it knows none.
fn repair_all(repair_fn: Option<&RepairFn>, repair: &Repair) -> Result<String, String> {
    let Some(repair_fn) = repair_fn else { return Err("there is no simulated Halo".into()) };
    if let Ok(done) = repair_fn(repair.code) {
        return Ok(done);
    }
    let mut done: Vec<String> = Vec::new();
    for words in repair.facts.iter().filter_map(|fact| repair_fn(fact).ok()) {
        if !done.contains(&words) {
            done.push(words);
        }
    }
    if done.is_empty() { Err("no setting on its screens fixes this".into()) } else { Ok(done.join(" ")) }
}
