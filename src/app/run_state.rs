//! The active run and the results of the last one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::form::Form;
use crate::domain::connection::Typed;
use crate::domain::evidence::Evidence;
use crate::domain::report::{Check, Fact, Judgement, Report};
use crate::domain::run_event::Exchange;
use crate::domain::run_summary::CheckSummary;

/// Number of a run; a later run has a greater one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// The values that a run works on, to be compared with the form. The secret is compared by its revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub(crate) typed: Typed,
    pub(crate) secret_revision: u64,
}

impl Snapshot {
    pub(crate) fn of(form: &Form) -> Self {
        Self { typed: form.typed(), secret_revision: form.secret.revision() }
    }
}

/// Difference between the form and the values of the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Not at all.
    Fresh,
    /// Tenant, Client ID or secret differ: only what discovery showed still holds.
    Credentials,
    /// The address differs: nothing holds.
    Everything,
}

/// An active run.
#[derive(Debug)]
pub struct ActiveRun {
    /// Number of the run.
    pub id: RunId,
    /// Start time on the interface's clock.
    pub started_ms: u64,
    /// Checks that have not begun.
    pub pending: BTreeSet<String>,
    /// Running checks, with their start times.
    pub running: BTreeMap<String, u64>,
    /// A check that the server asked to wait, and until when.
    pub waiting: Option<(String, u64)>,
    /// Number of checks of the run.
    pub total: usize,
    /// True once the operator stopped it.
    pub cancelled: bool,
    /// True for a run of some checks. The results of the other checks stay.
    pub partial: bool,
    /// True for a run of the watch. It does not move the selection.
    pub watched: bool,
}

impl ActiveRun {
    /// Number of finished checks.
    pub fn done(&self) -> usize {
        self.total.saturating_sub(self.pending.len() + self.running.len())
    }
}

/// The last good run before this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviousRun {
    /// When, in milliseconds on the interface's clock: below zero for a run of a session before.
    pub at_ms: i64,
    /// Result of each check.
    pub checks: Vec<CheckSummary>,
}

impl PreviousRun {
    /// Summarises a good run.
    pub(crate) fn of(report: &Report, now_ms: u64) -> Self {
        Self {
            at_ms: i64::try_from(now_ms).unwrap_or(i64::MAX),
            checks: report.checks.iter().filter_map(CheckSummary::of).collect(),
        }
    }

    /// Result of a check in that run.
    pub fn check(&self, id: &str) -> Option<&CheckSummary> {
        self.checks.iter().find(|check| check.id.as_str() == id)
    }

    /// Age of that run, in one unit.
    pub fn ago(&self, now_ms: u64) -> String {
        let now_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
        ago(now_ms.saturating_sub(self.at_ms) / 1000)
    }
}

/// Formats an age in one unit.
pub fn ago(seconds: i64) -> String {
    match seconds {
        ..60 => "just now".into(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// The runs.
#[derive(Default)]
pub struct RunState {
    pub(crate) last_id: RunId,
    /// The active run.
    pub active: Option<ActiveRun>,
    pub(crate) snapshot: Snapshot,
    pub(crate) judgement: Option<Judgement>,
    pub(crate) evidence: Option<Evidence>,
    /// The last finished run's report.
    pub report: Option<Report>,
    /// Text of the last finished run's recording; none after a run of some checks.
    pub(crate) recording: Option<Arc<str>>,
    /// The run that the report is of; none once something newer is shown in its place.
    pub(crate) report_of: Option<RunId>,
    /// The last good run before the one that is shown.
    pub previous: Option<PreviousRun>,
    /// The run that is shown, when it is good: the next one is compared with it.
    pub(crate) good: Option<PreviousRun>,
    /// The requests of the last run, as their answers came.
    pub(crate) exchanges: Vec<Exchange>,
    /// Duration of the last run in milliseconds.
    pub took_ms: Option<u64>,
}

/// Most requests that are remembered of a run: more than one sends, retries and redirects among them.
const EXCHANGES: usize = 64;

impl RunState {
    /// Records a request of the active run.
    pub(crate) fn tell(&mut self, exchange: Exchange) {
        if self.exchanges.len() < EXCHANGES {
            self.exchanges.push(exchange);
        }
    }

    /// Difference between the form and the values of the last run.
    pub fn staleness(&self, form: &Form) -> Staleness {
        let then = &self.snapshot.typed;
        if then.url != form.url.text() {
            Staleness::Everything
        } else if then.tenant != form.tenant.text()
            || then.client_id != form.client_id.text()
            || then.allowed_auth_origins != form.allowed_auth_origins
            || self.snapshot.secret_revision != form.secret.revision()
        {
            Staleness::Credentials
        } else {
            Staleness::Fresh
        }
    }

    /// The report, as long as it is what is shown: of the last run, over the values in the form, with none going on.
    pub(crate) fn current_report(&self, form: &Form) -> Option<&Report> {
        let shown = self.report_of == Some(self.last_id) && self.active.is_none();
        self.report.as_ref().filter(|_| shown && self.staleness(form) == Staleness::Fresh)
    }

    /// The judgement, as long as it speaks of the values in the form.
    pub fn judgement(&self, form: &Form) -> Option<&Judgement> {
        self.judgement.as_ref().filter(|_| self.staleness(form) == Staleness::Fresh)
    }

    /// Result of a check, if the fields that it uses are unchanged.
    pub fn check(&self, form: &Form, id: &str) -> Option<&Check> {
        let holds = match self.staleness(form) {
            Staleness::Fresh => true,
            Staleness::Credentials => id == "discovery",
            Staleness::Everything => false,
        };
        self.judgement.as_ref().filter(|_| holds)?.checks.iter().find(|check| check.id == id)
    }

    /// State of a fact, if the values are unchanged.
    pub fn fact(&self, form: &Form, id: &str) -> Option<&Fact> {
        self.judgement(form)?.facts.iter().find(|fact| fact.id == id)
    }
}

impl std::fmt::Debug for RunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunState")
            .field("last_id", &self.last_id)
            .field("active", &self.active)
            .field("verdict", &self.judgement.as_ref().map(|judgement| judgement.verdict))
            .finish_non_exhaustive()
    }
}
