//! `check`: the same run without a screen. Live lines, then one small file for each form of the report.

pub mod all_profiles;
mod check_order;
mod check_run;
mod error_report;
pub mod formats;
mod output_streams;
mod progress_line;
mod stderr_log;
mod tenant_summary;
mod text_style;
mod watch_schedule;

use crate::domain::evidence::Evidence;
use crate::domain::report::{Judgement, Report};
use crate::domain::run_event::RunEvent;

pub use check_run::{Interrupt, Job, checks};
pub use error_report::{Refusal, broken, refused};
pub use formats::document::Document;
pub use formats::explanation::pages as explanation_pages;
pub use formats::human::Human;
pub use formats::json::{of_report as json_report, render as json};
pub use formats::jsonl::JsonLines;
pub use formats::junit::render as junit;
pub use formats::markdown::{of_report as markdown_report, render as markdown};
pub use formats::prometheus::render as prometheus;
pub use formats::schema;
pub use output_streams::{OutputStream, Streams};
pub use text_style::{OutputStyle, fill};
pub use watch_schedule::{WatchSchedule, run};

/// What is known before anything is sent.
#[derive(Clone, Debug, Default)]
pub struct RunHeader {
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
pub trait Reporter {
    /// A round begins.
    fn opened(&mut self, _opening: &RunHeader, _to: &mut Streams) {}
    /// Something happened.
    fn event(&mut self, _event: &RunEvent, _to: &mut Streams) {}
    /// A second went by.
    fn tick(&mut self, _to: &mut Streams) {}
    /// A round has ended.
    fn ended(&mut self, outcome: &Outcome, to: &mut Streams);
    /// No further round follows.
    fn closed(&mut self, _last: &Outcome, _to: &mut Streams) {}
}
