//! Reporters of a run, and its outcome.

use crate::domain::evidence::Evidence;
use crate::domain::report::{Judgement, Report};
use crate::domain::run_event::RunEvent;
use crate::headless::OutputStreams;
use std::sync::Arc;

/// Facts that are known before anything is sent.
#[derive(Clone, Debug, Default)]
pub struct RunHeader {
    /// Title of the guide.
    pub guide: String,
    /// Origin of the resource server.
    pub resource_server: String,
    /// The simulated Halo's scenario, if this is a demo.
    pub demo: Option<String>,
    /// The ids of the checks that will be answered, in the order of display.
    pub checks: Vec<String>,
}

/// Outcome of one run of any kind.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The report.
    pub report: Report,
    /// The evidence; empty if nothing was sent.
    pub evidence: Evidence,
    /// Exit status of this run.
    pub exit: u8,
    /// The simulated Halo's scenario, if this was a demo.
    pub demo: Option<String>,
    /// Text of the run's recording, if it was recorded and not stopped.
    pub recording: Option<Arc<str>>,
}

impl Outcome {
    pub(super) fn new(report: Report, evidence: Evidence, strict: bool) -> Self {
        let exit = judgement(&report).exit_status(strict);
        Self { report, evidence, exit, demo: None, recording: None }
    }
}

fn judgement(report: &Report) -> Judgement {
    Judgement {
        checks: report.checks.clone(),
        facts: report.facts.clone(),
        diagnoses: report.diagnoses.clone(),
        verdict: report.verdict,
        code: report.code,
    }
}

/// Prints runs in one output format. Write errors are handled by [`OutputStreams`].
pub trait Reporter {
    /// A run starts.
    fn opened(&mut self, _opening: &RunHeader, _to: &mut OutputStreams) {}
    /// An event of the run.
    fn event(&mut self, _event: &RunEvent, _to: &mut OutputStreams) {}
    /// Called once a second while a run waits.
    fn tick(&mut self, _to: &mut OutputStreams) {}
    /// A run has ended.
    fn ended(&mut self, outcome: &Outcome, to: &mut OutputStreams);
    /// No other run follows.
    fn closed(&mut self, _last: &Outcome, _to: &mut OutputStreams) {}
}
