//! Summary of a run, for a later comparison. It is saved: values from closed lists, short names and a time.

use jiff::Timestamp;

use super::codes::Code;
use super::report::{Check, Report, Status, Verdict};

/// Short name of a fact or a check. Its length and characters do not allow a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId(String);

impl ShortId {
    /// Accepts up to 32 letters, digits, dots, dashes and underscores; `None` for any other text.
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

/// Result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSummary {
    /// The check.
    pub id: ShortId,
    /// Status of the check.
    pub status: Status,
    /// Code of the diagnosis.
    pub code: Code,
    /// Duration in milliseconds, if a request was sent.
    pub took_ms: Option<u32>,
}

/// Result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Start time.
    pub at: Timestamp,
    /// The verdict.
    pub verdict: Verdict,
    /// Code of the first blocking diagnosis, otherwise `ok` or `ok.partial`.
    pub code: Code,
    /// The checks, in order of display.
    pub checks: Vec<CheckSummary>,
}

impl CheckSummary {
    /// Summarises a check; `None` if its id is not a [`ShortId`].
    pub fn of(check: &Check) -> Option<Self> {
        let id = ShortId::new(&check.id)?;
        Some(Self { id, status: check.status, code: check.code, took_ms: check.timing_ms.total })
    }
}

impl RunSummary {
    /// Summarises a report; `None` if its time cannot be parsed.
    pub fn of(report: &Report) -> Option<Self> {
        Some(Self {
            at: report.started_at.parse().ok()?,
            verdict: report.verdict,
            code: report.code,
            checks: report.checks.iter().filter_map(CheckSummary::of).collect(),
        })
    }

    /// Returns true if the verdict is ready.
    pub fn is_good(&self) -> bool {
        matches!(self.verdict, Verdict::Ready | Verdict::ReadyWithWarnings)
    }
}
