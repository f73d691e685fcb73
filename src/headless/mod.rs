//! `check`: the same run without a screen. Live lines, then one small file for each form of the report.

mod digest;
mod documents;
pub mod fleet;
mod gauge;
mod human;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod progress;
mod prometheus;
mod refused;
mod remarks;
mod round;
pub mod schema;
mod streams;
mod style;
mod watch;

use crate::domain::event::RunEvent;
use crate::domain::evidence::Evidence;
use crate::domain::report::{Judgement, Report};

pub use documents::Document;
pub use human::Human;
pub use json::{of_report as json_report, render as json};
pub use jsonl::JsonLines;
pub use junit::render as junit;
pub use markdown::{of_report as markdown_report, render as markdown};
pub use prometheus::render as prometheus;
pub use refused::{Refusal, broken, refused};
pub use round::{Interrupt, Job, checks};
pub use streams::{Outlet, Streams};
pub use style::{Look, fill};
pub use watch::{Pace, run};

/// What is known before anything is sent.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Title of the guide.
    pub guide: String,
    /// Origin of the resource server.
    pub resource_server: String,
    /// The simulated Halo's scenario, when this is one.
    pub demo: Option<String>,
    /// The ids of the checks that will be answered, in the order of display.
    pub checks: Vec<String>,
}

/// The end of one round, of whatever kind.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The report.
    pub report: Report,
    /// What was seen; empty when nothing was sent.
    pub evidence: Evidence,
    /// The exit status that follows.
    pub exit: u8,
    /// The simulated Halo's scenario, when this was one.
    pub demo: Option<String>,
}

impl Outcome {
    fn new(report: Report, evidence: Evidence, strict: bool) -> Self {
        let exit = judgement(&report).exit_status(strict);
        Self { report, evidence, exit, demo: None }
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

/// One way to show a run. What cannot be written is the [`Streams`]' affair.
pub trait Face {
    /// A round begins.
    fn opened(&mut self, _opening: &Opening, _to: &mut Streams) {}
    /// Something happened.
    fn event(&mut self, _event: &RunEvent, _to: &mut Streams) {}
    /// A second went by.
    fn tick(&mut self, _to: &mut Streams) {}
    /// A round has ended.
    fn ended(&mut self, outcome: &Outcome, to: &mut Streams);
    /// No further round follows.
    fn closed(&mut self, _last: &Outcome, _to: &mut Streams) {}
}
