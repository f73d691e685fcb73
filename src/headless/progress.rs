//! Which checks have been told already, and which may be told now.

use std::collections::BTreeMap;

use crate::domain::code::Code;
use crate::domain::event::RunEvent;
use crate::domain::report::{Check, Status};

/// Follows a run's events.
#[derive(Debug, Default)]
pub struct Progress {
    running: Vec<String>,
    ended: usize,
    told: BTreeMap<String, (Status, Code)>,
}

impl Progress {
    /// Takes an event in.
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

    /// The checks that wait for an answer, in the order in which they began.
    pub fn running(&self) -> &[String] {
        &self.running
    }

    /// How many have been answered.
    pub fn ended(&self) -> usize {
        self.ended
    }

    /// The answered checks that are new or have changed. The order of display is fixed: a check is told only when none
    /// before it is still running.
    pub fn in_order<'a>(&mut self, checks: &'a [Check]) -> Vec<&'a Check> {
        let until = checks.iter().position(|check| self.running.contains(&check.id)).unwrap_or(checks.len());
        self.news(&checks[..until])
    }

    /// The answered checks that are new or have changed, as they come.
    pub fn news<'a>(&mut self, checks: &'a [Check]) -> Vec<&'a Check> {
        let answered = checks.iter().filter(|check| !self.running.contains(&check.id)).collect();
        self.new_of(answered)
    }

    /// All checks that are new or have changed: at the end of a run.
    pub fn rest<'a>(&mut self, checks: &'a [Check]) -> Vec<&'a Check> {
        self.new_of(checks.iter().collect())
    }

    fn new_of<'a>(&mut self, checks: Vec<&'a Check>) -> Vec<&'a Check> {
        checks.into_iter().filter(|check| self.is_news(check)).collect()
    }

    fn is_news(&mut self, check: &Check) -> bool {
        let now = (check.status, check.code);
        self.told.insert(check.id.clone(), now) != Some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Timing;
    use crate::domain::report::Stage;

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
    fn later_checks_wait_for_earlier_ones_and_nothing_is_told_twice() {
        let checks = ["input", "a", "b", "c"].map(|id| check(id, Status::Passed));
        let mut progress = Progress::default();
        for id in ["a", "b", "c"] {
            progress.follow(&RunEvent::CheckStarted(id.into()));
        }
        progress.follow(&RunEvent::CheckEnded("b".into()));
        assert_eq!(ids(progress.in_order(&checks)), ["input"]);
        assert_eq!(progress.running(), ["a", "c"]);
        progress.follow(&RunEvent::CheckEnded("a".into()));
        assert_eq!(ids(progress.in_order(&checks)), ["a", "b"]);
        assert!(ids(progress.in_order(&checks)).is_empty());
        assert_eq!(ids(progress.rest(&checks)), ["c"]);
    }

    #[test]
    fn a_check_that_changed_is_told_again() {
        let mut progress = Progress::default();
        assert_eq!(ids(progress.news(&[check("a", Status::Failed)])), ["a"]);
        assert_eq!(ids(progress.news(&[check("a", Status::Warned)])), ["a"]);
        assert!(ids(progress.news(&[check("a", Status::Warned)])).is_empty());
    }
}
