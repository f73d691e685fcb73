//! Order of the printed checks: which are finished, which are printed, and which may be printed next.

use std::collections::BTreeMap;

use crate::domain::report::Check;
use crate::domain::run_event::RunEvent;

/// State of the checks of one run, updated by its events.
#[derive(Debug, Default)]
pub struct Progress {
    running: Vec<String>,
    ended: usize,
    told: BTreeMap<String, String>,
}

impl Progress {
    /// Updates the state by an event.
    pub fn follow(&mut self, event: &RunEvent) {
        match event {
            RunEvent::CheckStarted(id) => self.running.push(id.clone()),
            RunEvent::CheckEnded(id) => {
                self.running.retain(|other| other != id);
                self.ended += 1;
            }
            _ => {}
        }
    }

    /// The checks that are awaited, in the order in which they started.
    pub fn running(&self) -> &[String] {
        &self.running
    }

    /// Number of finished checks.
    pub fn ended(&self) -> usize {
        self.ended
    }

    /// The checks that may be printed in order: all checks before them in `order` are finished.
    pub fn in_order<'a>(&self, order: &[String], checks: &'a [Check]) -> Vec<&'a Check> {
        order.iter().map_while(|id| self.answered(checks).find(|check| check.id == *id)).collect()
    }

    /// The finished checks, in the order in which they finished.
    pub fn answered<'a>(&self, checks: &'a [Check]) -> impl Iterator<Item = &'a Check> {
        checks.iter().filter(|check| !self.running.contains(&check.id))
    }

    /// Returns true if something was printed for this check.
    pub fn is_told(&self, check: &Check) -> bool {
        self.told.contains_key(&check.id)
    }

    /// Records a printed line; returns false if the same line was printed before.
    pub fn tell(&mut self, check: &Check, what: &str) -> bool {
        self.told.insert(check.id.clone(), what.to_owned()).is_none_or(|before| before != what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Code;
    use crate::domain::evidence::Timing;
    use crate::domain::report::{Stage, Status};

    fn check(id: &str, status: Status) -> Check {
        Check {
            id: id.into(),
            stage: Stage::Probe,
            endpoint: None,
            title: String::new(),
            status,
            code: Code::Ok,
            summary: String::new(),
            http_status: None,
            timing_ms: Timing::default(),
        }
    }

    fn ids(checks: Vec<&Check>) -> Vec<&str> {
        checks.into_iter().map(|check| check.id.as_str()).collect()
    }

    #[test]
    fn later_checks_wait_for_earlier_ones() {
        let checks = ["input", "b", "a", "left-out"].map(|id| check(id, Status::Passed));
        let order = ["input", "a", "b", "c"].map(str::to_owned);
        let mut progress = Progress::default();
        for id in ["a", "b", "c"] {
            progress.follow(&RunEvent::CheckStarted(id.into()));
        }
        progress.follow(&RunEvent::CheckEnded("b".into()));
        assert_eq!(ids(progress.in_order(&order, &checks)), ["input"]);
        assert_eq!(ids(progress.answered(&checks).collect()), ["input", "b", "left-out"]);
        assert_eq!(progress.running(), ["a", "c"]);
        progress.follow(&RunEvent::CheckEnded("a".into()));
        assert_eq!(ids(progress.in_order(&order, &checks)), ["input", "a", "b"]);
    }

    #[test]
    fn the_same_is_not_told_twice() {
        let (mut progress, check) = (Progress::default(), check("a", Status::Failed));
        assert!(!progress.is_told(&check));
        assert!(progress.tell(&check, "refused") && !progress.tell(&check, "refused"));
        assert!(progress.tell(&check, "answered") && progress.is_told(&check));
    }
}
