//! Totals over all tenants: counts, verdict, exit status.

use serde::Serialize;

use super::Shard;
use crate::domain::codes::ExitClass;
use crate::domain::report::Verdict;
use crate::headless::Outcome;

/// Number of tenants by verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All tenants.
    pub tenants: usize,
    /// Ready, without warnings.
    pub ready: usize,
    /// Ready, with warnings.
    pub ready_with_warnings: usize,
    /// Not ready.
    pub not_ready: usize,
    /// No verdict: timeout, 429, 5xx, stopped, or not started.
    pub undetermined: usize,
}

/// Totals of one command.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// The part of the profiles that was checked; absent if it was all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// False if a signal or the deadline came first.
    pub complete: bool,
    /// Wall time.
    pub duration_ms: u64,
    /// Not ready if one is not; else undetermined if one is; else ready, with warnings if one has some.
    pub verdict: Verdict,
    /// The most severe exit status, in the documented order.
    pub exit_status: u8,
    /// Number of tenants by verdict.
    pub counts: Counts,
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            shard: None,
            complete: true,
            duration_ms: 0,
            verdict: Verdict::Ready,
            exit_status: 0,
            counts: Counts::default(),
        }
    }
}

impl Totals {
    /// Adds a tenant.
    pub fn add(&mut self, outcome: &Outcome) {
        let counts = &mut self.counts;
        counts.tenants += 1;
        match outcome.report.verdict {
            Verdict::Ready => counts.ready += 1,
            Verdict::ReadyWithWarnings => counts.ready_with_warnings += 1,
            Verdict::NotReady => counts.not_ready += 1,
            Verdict::Undetermined => counts.undetermined += 1,
        }
        self.verdict = match self.counts {
            Counts { not_ready: 1.., .. } => Verdict::NotReady,
            Counts { undetermined: 1.., .. } => Verdict::Undetermined,
            Counts { ready_with_warnings: 1.., .. } => Verdict::ReadyWithWarnings,
            Counts { .. } => Verdict::Ready,
        };
        self.exit_status = graver(self.exit_status, outcome.exit);
    }
}

/// The more severe of two exit statuses.
fn graver(one: u8, other: u8) -> u8 {
    use ExitClass::{Configuration, NoVerdict, NotReady, Ready, SignIn, Unreachable};
    let order = [Configuration, Unreachable, SignIn, NoVerdict, NotReady, Ready].map(ExitClass::status);
    let rank = |status: u8| order.iter().position(|other| *other == status);
    if rank(other) < rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::formats::document::tests::outcome;

    #[test]
    fn the_documented_order_holds_whoever_comes_first() {
        let order = [78, 69, 77, 75, 1, 0];
        for (rank, status) in order.iter().enumerate() {
            for lesser in &order[rank..] {
                assert_eq!((graver(*status, *lesser), graver(*lesser, *status)), (*status, *status));
            }
        }
    }

    #[test]
    fn one_that_is_not_ready_makes_all_not_ready() {
        let mut totals = Totals::default();
        for (verdict, exit, wanted) in [
            (Verdict::Ready, 0, (Verdict::Ready, 0)),
            (Verdict::ReadyWithWarnings, 0, (Verdict::ReadyWithWarnings, 0)),
            (Verdict::Undetermined, 75, (Verdict::Undetermined, 75)),
            (Verdict::Ready, 0, (Verdict::Undetermined, 75)),
            (Verdict::NotReady, 1, (Verdict::NotReady, 75)),
            (Verdict::NotReady, 77, (Verdict::NotReady, 77)),
        ] {
            let mut outcome = outcome();
            outcome.report.verdict = verdict;
            outcome.exit = exit;
            totals.add(&outcome);
            assert_eq!((totals.verdict, totals.exit_status), wanted);
        }
        let Counts { tenants, ready, ready_with_warnings, not_ready, undetermined } = totals.counts;
        assert_eq!((tenants, ready, ready_with_warnings, not_ready, undetermined), (6, 2, 1, 2, 1));
    }
}
