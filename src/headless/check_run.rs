//! One run from its first request to its report, or to what is known when it is stopped.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::error_report::{bug, with_bug};
use super::{Outcome, Reporter, RunHeader, Streams, broken};
use crate::domain::connection::{Connection, Note};
use crate::domain::evidence::Evidence;
use crate::domain::guide::Guide;
use crate::domain::run_event::{Finished, RunEvent};
use crate::probe::{Http, Plan, Run, Selection};
use crate::secret::Secret;

/// Becomes ready when a signal asks to end; gives the exit status for it.
pub type Interrupt = Pin<Box<dyn Future<Output = u8>>>;

/// Everything that a run needs.
pub struct Job {
    /// The guide.
    pub guide: Arc<Guide>,
    /// The values as understood.
    pub connection: Connection,
    /// What was cleaned in them.
    pub notes: Vec<Note>,
    /// The client secret.
    pub secret: Secret,
    /// The way to the network.
    pub http: Http,
    /// Which checks to run.
    pub selection: Selection,
    /// Evidence of an earlier run over the same values: a run of some checks starts from it.
    pub previous: Option<Evidence>,
    /// Warnings count as failures.
    pub strict: bool,
    /// The simulated Halo's scenario, when this is one.
    pub demo: Option<String>,
}

impl Job {
    pub(super) fn plan(&self) -> Plan {
        Plan {
            guide: Arc::clone(&self.guide),
            connection: self.connection.clone(),
            notes: self.notes.clone(),
            secret: self.secret.duplicate(),
            selection: self.selection.clone(),
            previous: self.previous.clone(),
        }
    }

    fn opening(&self) -> RunHeader {
        RunHeader {
            guide: self.guide.title.clone(),
            resource_server: self.connection.resource_server.clone(),
            demo: self.demo.clone(),
            checks: checks(&self.guide, &self.selection),
        }
    }

    fn outcome(&self, finished: Finished) -> Outcome {
        let outcome = Outcome::new(finished.report, finished.evidence, self.strict);
        Outcome { demo: self.demo.clone(), ..outcome }
    }

    /// What came of a run: its end, what a panic left of it, or what was known when it was stopped.
    pub(super) fn concluded(&self, run: &Run, finished: Option<Result<Finished, Broke>>) -> Outcome {
        match finished {
            Some(Ok(finished)) => self.outcome(finished),
            Some(Err(Broke)) => {
                interrupted(run).map_or_else(|| self.lost(), |finished| with_bug(self.outcome(finished)))
            }
            None => interrupted(run).map_or_else(|| self.lost(), |finished| self.outcome(finished)),
        }
    }

    fn lost(&self) -> Outcome {
        let mut outcome = broken(Some(&self.guide), &bug());
        outcome.report.target.resource_server.clone_from(&self.connection.resource_server);
        outcome
    }
}

/// The ids of the checks that a selection asks for, in the order of display.
pub fn checks(guide: &Guide, selection: &Selection) -> Vec<String> {
    let chosen = |id: &String| match selection {
        Selection::All => true,
        Selection::Only(ids) => ids.contains(id),
    };
    let first = ["input", "discovery", "token", "identity"].map(str::to_owned);
    let probes = guide.probes.iter().map(|probe| probe.id.clone());
    first.into_iter().chain(probes.filter(chosen)).collect()
}

/// Why a round came to its end.
pub(super) enum End {
    /// It ran to its end.
    Done,
    /// A signal came; the exit status for it.
    Signal(u8),
    /// Its time was up.
    Deadline,
}

/// Runs once. What was found by then is in the outcome, however it ended.
pub(super) async fn round(
    job: &Job,
    face: &mut dyn Reporter,
    to: &mut Streams,
    interrupt: &mut Interrupt,
    deadline: Option<Instant>,
) -> (Outcome, End) {
    face.opened(&job.opening(), to);
    let (sender, mut events) = mpsc::unbounded_channel();
    // The receiver outlives the run; a send can only fail after it.
    let run = Run::new(job.plan(), job.http.clone(), move |event| drop(sender.send(event)));
    let (finished, end) = follow(&run, &mut events, face, to, interrupt, deadline).await;
    while let Ok(event) = events.try_recv() {
        face.event(&event, to);
    }
    let outcome = job.concluded(&run, finished);
    face.ended(&outcome, to);
    (outcome, end)
}

/// The run panicked.
pub(super) struct Broke;

/// A run to its end, whatever happens in it.
pub(super) async fn finished(run: &Run) -> Result<Finished, Broke> {
    AssertUnwindSafe(run.finish()).catch_unwind().await.map_err(|_| Broke)
}

async fn follow(
    run: &Run,
    events: &mut mpsc::UnboundedReceiver<RunEvent>,
    face: &mut dyn Reporter,
    to: &mut Streams,
    interrupt: &mut Interrupt,
    deadline: Option<Instant>,
) -> (Option<Result<Finished, Broke>>, End) {
    let began = Instant::now();
    let finish = finished(run);
    tokio::pin!(finish);
    let until = deadline.unwrap_or(began);
    let second = Duration::from_secs(1);
    let mut ticks = interval_at(began + second, second);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            status = &mut *interrupt => return (None, End::Signal(status)),
            Some(event) = events.recv() => face.event(&event, to),
            finished = &mut finish => return (Some(finished), End::Done),
            () = tokio::time::sleep_until(until), if deadline.is_some() => return (None, End::Deadline),
            _ = ticks.tick() => face.tick(to),
        }
    }
}

/// What is known of a run that did not end; `None` when even that broke.
fn interrupted(run: &Run) -> Option<Finished> {
    std::panic::catch_unwind(AssertUnwindSafe(|| run.interrupted())).ok()
}
