//! What is kept of a run: words from closed lists, short names and a time.

use jiff::Timestamp;

use crate::domain::codes::Code;
use crate::domain::report::{Report, Status, Verdict};

/// A short name: of a fact, or of a check. Too short for a secret, and of few characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId(String);

impl ShortId {
    /// A name of up to 32 letters, digits, dots, dashes and underscores; none for anything else.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=32).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSummary {
    /// The check.
    pub id: ShortId,
    /// How it ended.
    pub status: Status,
    /// What was concluded.
    pub code: Code,
    /// How long it took, in milliseconds, where something was asked.
    pub took_ms: Option<u32>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// When it began.
    pub at: Timestamp,
    /// The one word.
    pub verdict: Verdict,
    /// Why.
    pub code: Code,
    /// The checks, in order of display.
    pub checks: Vec<CheckSummary>,
}

impl RunSummary {
    /// What is kept of a report; none when its time cannot be read.
    pub fn of(report: &Report) -> Option<Self> {
        let checks = report.checks.iter().filter_map(|check| {
            let took_ms = check.timing_ms.total;
            Some(CheckSummary { id: ShortId::new(&check.id)?, status: check.status, code: check.code, took_ms })
        });
        Some(Self {
            at: report.started_at.parse().ok()?,
            verdict: report.verdict,
            code: report.code,
            checks: checks.collect(),
        })
    }

    /// Was everything ready that is needed?
    pub fn is_good(&self) -> bool {
        matches!(self.verdict, Verdict::Ready | Verdict::ReadyWithWarnings)
    }
}
