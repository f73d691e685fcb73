//! One run from its first request to its outcome, including a run that is stopped.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::error_report::{bug, with_bug};
use super::{Outcome, OutputStreams, Reporter, RunHeader, broken};
use crate::domain::check_list::{ListedCheck, checks_of};
use crate::domain::guide::Guide;
use crate::domain::report::Stage;
use crate::domain::run_event::{Finished, RunEvent};
use crate::domain::run_plan::{CheckSelection, RunPlan};
use crate::probe::{Http, Run};

/// Future that completes when a signal asks to end, with the exit status for it.
pub type Interrupt = Pin<Box<dyn Future<Output = u8>>>;

/// Everything that a run needs.
pub struct Job {
    /// The plan of the run.
    pub plan: RunPlan,
    /// The HTTP client.
    pub http: Http,
    /// Whether warnings count as failures.
    pub strict: bool,
    /// The simulated Halo's scenario, if this is a demo.
    pub demo: Option<String>,
    /// Whether to record what is exchanged.
    pub record: bool,
}

impl Job {
    fn opening(&self) -> RunHeader {
        RunHeader {
            guide: self.plan.guide.title.clone(),
            resource_server: self.plan.connection.resource_server.clone(),
            demo: self.demo.clone(),
            checks: checks(&self.plan.guide, &self.plan.selection),
        }
    }

    fn outcome(&self, finished: Finished) -> Outcome {
        let outcome = Outcome::new(finished.report, finished.evidence, self.strict);
        Outcome { demo: self.demo.clone(), recording: finished.recording, ..outcome }
    }

    /// Outcome of a run: finished, panicked, or stopped.
    pub(super) fn concluded(&self, run: &Run, finished: Option<Result<Finished, RunPanicked>>) -> Outcome {
        match finished {
            Some(Ok(finished)) => self.outcome(finished),
            Some(Err(RunPanicked)) => {
                interrupted(run).map_or_else(|| self.lost(), |finished| with_bug(self.outcome(finished)))
            }
            None => interrupted(run).map_or_else(|| self.lost(), |finished| self.outcome(finished)),
        }
    }

    fn lost(&self) -> Outcome {
        let mut outcome = broken(Some(&self.plan.guide), &bug());
        outcome.report.target.resource_server.clone_from(&self.plan.connection.resource_server);
        outcome
    }
}

/// The ids of the selected checks, in the order of display.
pub fn checks(guide: &Guide, selection: &CheckSelection) -> Vec<String> {
    let runs = |check: &ListedCheck<'_>| check.stage != Stage::Probe || selection.includes(check.id);
    checks_of(guide).filter(runs).map(|check| check.id.to_owned()).collect()
}

/// End of a run.
pub(super) enum End {
    /// It finished.
    Done,
    /// A signal stopped it; the exit status for that signal.
    Signal(u8),
    /// The deadline stopped it.
    Deadline,
}

/// Runs once. The outcome holds what was found, however the run ended.
pub(super) async fn round(
    job: &Job,
    face: &mut dyn Reporter,
    to: &mut OutputStreams,
    interrupt: &mut Interrupt,
    deadline: Option<Instant>,
) -> (Outcome, End) {
    face.opened(&job.opening(), to);
    let (sender, mut events) = mpsc::unbounded_channel();
    // The receiver outlives the run; a send can only fail after it.
    let run = Run::new(job.plan.duplicate(), job.http.clone(), move |event| drop(sender.send(event)));
    let run = if job.record { run.recorded() } else { run };
    let (finished, end) = follow(&run, &mut events, face, to, interrupt, deadline).await;
    while let Ok(event) = events.try_recv() {
        face.event(&event, to);
    }
    let outcome = job.concluded(&run, finished);
    face.ended(&outcome, to);
    (outcome, end)
}

/// The run panicked.
pub(super) struct RunPanicked;

/// Runs to the end and catches a panic.
pub(super) async fn finished(run: &Run) -> Result<Finished, RunPanicked> {
    AssertUnwindSafe(run.finish()).catch_unwind().await.map_err(|_| RunPanicked)
}

async fn follow(
    run: &Run,
    events: &mut mpsc::UnboundedReceiver<RunEvent>,
    face: &mut dyn Reporter,
    to: &mut OutputStreams,
    interrupt: &mut Interrupt,
    deadline: Option<Instant>,
) -> (Option<Result<Finished, RunPanicked>>, End) {
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

/// Outcome of a run that did not finish; `None` if even its evidence cannot be judged.
fn interrupted(run: &Run) -> Option<Finished> {
    std::panic::catch_unwind(AssertUnwindSafe(|| run.interrupted())).ok()
}
