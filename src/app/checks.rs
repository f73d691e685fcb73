//! The list of checks, in one order: judged, running and waiting.

use super::run_state::Staleness;
use super::state::State;
use crate::domain::check_list::{ListedCheck, checks_of};
use crate::domain::codes::Code;
use crate::domain::report::{Check, Stage, Status};

/// Group of a check on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The typed values.
    Values,
    /// Name, connection, TLS.
    Network,
    /// Whether the host is a Halo, and its own description.
    Halo,
    /// Token and agent.
    SignIn,
    /// The list endpoints.
    Permissions,
}

impl Group {
    /// Label for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Values => "Values",
            Self::Network => "Network",
            Self::Halo => "Halo",
            Self::SignIn => "Sign-in",
            Self::Permissions => "Permissions",
        }
    }

    fn of(stage: Stage) -> Self {
        match stage {
            Stage::Input => Self::Values,
            Stage::Discovery => Self::Halo,
            Stage::Token | Stage::Identity => Self::SignIn,
            Stage::Probe => Self::Permissions,
        }
    }
}

/// State of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// Not run yet, or one of its values has changed.
    Waiting,
    /// Running since this time on the interface's clock.
    Running(u64),
    /// Stopped by the operator.
    Stopped,
    /// As wanted.
    Passed,
    /// Works, but look at it.
    Warned,
    /// Failed.
    Failed,
    /// Not asked.
    Skipped,
}

impl CheckState {
    /// The word on the screen, at most four letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "wait",
            Self::Running(_) => "run",
            Self::Stopped => "stop",
            Self::Passed => "ok",
            Self::Warned => "warn",
            Self::Failed => "FAIL",
            Self::Skipped => "skip",
        }
    }

    /// True when the check has its answer and it is as wanted.
    pub fn is_green(self) -> bool {
        self == Self::Passed
    }

    fn of(check: &Check) -> Self {
        match check.status {
            Status::Skipped if check.code == Code::LocalCancelled => Self::Stopped,
            Status::Passed => Self::Passed,
            Status::Warned => Self::Warned,
            Status::Failed => Self::Failed,
            Status::Skipped => Self::Skipped,
        }
    }
}

/// One check in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// The check's id.
    pub id: String,
    /// Group on the screen.
    pub group: Group,
    /// Title for people.
    pub title: String,
    /// State of the check.
    pub shown: CheckState,
    /// Code of the diagnosis, unless the check passed.
    pub code: Option<Code>,
    /// HTTP status of its answer.
    pub http_status: Option<u16>,
    /// Duration in milliseconds.
    pub took_ms: Option<u32>,
}

/// Number of checks in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// As wanted.
    pub passed: usize,
    /// Worth a look.
    pub warned: usize,
    /// Number of failed checks.
    pub failed: usize,
    /// Not asked, stopped, or waiting.
    pub open: usize,
}

impl Counts {
    /// Label for people.
    pub fn label(self) -> String {
        let mut parts = vec![format!("{} ok", self.passed)];
        for (count, word) in [(self.warned, "warn"), (self.failed, "FAIL"), (self.open, "not run")] {
            if count > 0 {
                parts.push(format!("{count} {word}"));
            }
        }
        parts.join("  ")
    }
}

/// Stays in the list when only failures are listed.
fn is_failure(row: &CheckRow) -> bool {
    !matches!(row.shown, CheckState::Passed | CheckState::Waiting | CheckState::Skipped)
}

impl State {
    /// Every check, in order of display, whether it was judged or not.
    pub fn all_checks(&self) -> Vec<CheckRow> {
        let mut rows: Vec<CheckRow> =
            self.expected().map(|check| self.row(check.id, check.stage, check.title)).collect();
        let judged = self.run.judgement.iter().flat_map(|judgement| &judgement.checks);
        for check in judged {
            if !rows.iter().any(|row| row.id == check.id) {
                rows.push(self.row(&check.id, check.stage, &check.title));
            }
        }
        rows.sort_by_key(|row| row.group);
        rows
    }

    /// The checks that are listed now.
    pub fn listed_checks(&self) -> Vec<CheckRow> {
        let mut rows = self.all_checks();
        if self.only_failures {
            rows.retain(is_failure);
        }
        rows
    }

    /// The selected check's row.
    pub fn selected_check(&self) -> Option<CheckRow> {
        let id = self.check.as_deref()?;
        let judged = || self.run.judgement.iter().flat_map(|judgement| &judgement.checks);
        let row = match self.expected().find(|expected| expected.id == id) {
            Some(expected) => self.row(id, expected.stage, expected.title),
            None => judged().find(|check| check.id == id).map(|check| self.row(id, check.stage, &check.title))?,
        };
        Some(row).filter(|row| !self.only_failures || is_failure(row))
    }

    /// Counts the checks in each state.
    pub fn counts(&self) -> Counts {
        self.all_checks().iter().fold(Counts::default(), |mut counts, row| {
            match row.shown {
                CheckState::Passed => counts.passed += 1,
                CheckState::Warned => counts.warned += 1,
                CheckState::Failed => counts.failed += 1,
                _ => counts.open += 1,
            }
            counts
        })
    }

    /// The checks that a run of this guide has.
    pub(crate) fn expected(&self) -> impl Iterator<Item = ListedCheck<'_>> {
        checks_of(&self.guide)
    }

    fn row(&self, id: &str, stage: Stage, title: &str) -> CheckRow {
        let judged = self.run.check(&self.form, id);
        let title = judged.map_or(title, |check| &check.title);
        let shown = self.shown(id, judged);
        let ended = !matches!(shown, CheckState::Waiting | CheckState::Running(_));
        let judged = judged.filter(|_| ended);
        CheckRow {
            id: id.to_owned(),
            group: Group::of(stage),
            title: title.to_owned(),
            shown,
            code: judged.map(|check| check.code).filter(|_| shown != CheckState::Passed),
            http_status: judged.and_then(|check| check.http_status),
            took_ms: judged.and_then(|check| check.timing_ms.total),
        }
    }

    pub(crate) fn shown(&self, id: &str, judged: Option<&Check>) -> CheckState {
        if let Some(active) = &self.run.active {
            if active.cancelled && (active.running.contains_key(id) || active.pending.contains(id)) {
                return CheckState::Stopped;
            }
            if let Some(since) = active.running.get(id) {
                return CheckState::Running(*since);
            }
            if active.pending.contains(id) {
                return CheckState::Waiting;
            }
        }
        judged.map_or(CheckState::Waiting, CheckState::of)
    }

    /// True when the results on the screen speak of other values than the form's.
    pub fn is_stale(&self) -> bool {
        self.run.judgement.is_some() && self.run.staleness(&self.form) != Staleness::Fresh
    }
}
