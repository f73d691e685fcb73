//! What a run tells and counts: events, log lines, and the budget of requests.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::hide::Hide;
use crate::domain::event::{LogLevel, LogLine, RunEvent};

/// Most requests of one run, retries and redirects aside.
pub(super) const REQUESTS: u32 = 20;
/// Most requests under way at once: a whole round of the built-in guide, identity and nine lists. With less it would go in
/// two waves, which costs one more round trip.
pub(super) const IN_FLIGHT: usize = 10;
/// Most retries of one run.
const RETRIES: u32 = 6;
/// Most redirects that one run follows.
const HOPS: u32 = 10;
/// Longest log line in characters.
const LINE: usize = 500;

/// Events and counters of one run.
pub(super) struct Journal {
    report: Box<dyn Fn(RunEvent) + Send + Sync>,
    began: Instant,
    /// What must not be told.
    pub hide: Hide,
    planned: AtomicU32,
    retries: AtomicU32,
    hops: AtomicU32,
}

impl Journal {
    pub(super) fn new(report: impl Fn(RunEvent) + Send + Sync + 'static) -> Self {
        Self {
            report: Box::new(report),
            began: Instant::now(),
            hide: Hide::default(),
            planned: AtomicU32::new(0),
            retries: AtomicU32::new(0),
            hops: AtomicU32::new(0),
        }
    }

    pub(super) fn tell(&self, event: RunEvent) {
        (self.report)(event);
    }

    /// One line of the log: filtered, without secrets, one line long.
    pub(super) fn log(&self, level: LogLevel, check: Option<&str>, text: impl AsRef<str>) {
        self.tell(RunEvent::Log(LogLine {
            at_ms: self.elapsed_ms(),
            level,
            check: check.map(str::to_owned),
            text: self.hide.foreign(text.as_ref()).cut(LINE),
        }));
    }

    /// Milliseconds since the run began.
    pub(super) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Takes one request from the budget; false when it is used up.
    pub(super) fn take_request(&self) -> bool {
        take(&self.planned, REQUESTS)
    }

    /// Requests that the budget still allows.
    pub(super) fn left(&self) -> usize {
        REQUESTS.saturating_sub(self.planned.load(Ordering::Relaxed)) as usize
    }

    /// Takes one retry; false when there is none left.
    pub(super) fn take_retry(&self) -> bool {
        take(&self.retries, RETRIES)
    }

    /// Takes one redirect; false when there is none left.
    pub(super) fn take_hop(&self) -> bool {
        take(&self.hops, HOPS)
    }

    /// Requests sent so far, retries and redirects among them.
    pub(super) fn sent(&self) -> u32 {
        [&self.planned, &self.retries, &self.hops].iter().map(|counter| counter.load(Ordering::Relaxed)).sum()
    }
}

fn take(counter: &AtomicU32, limit: u32) -> bool {
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| (taken < limit).then_some(taken + 1)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn the_budget_is_hard() {
        let journal = Journal::new(|_| {});
        let taken = (0..100).filter(|_| journal.take_request()).count();
        let retried = (0..100).filter(|_| journal.take_retry()).count();
        assert_eq!((taken, retried, journal.left(), journal.sent()), (20, 6, 0, 26));
    }

    #[test]
    fn a_log_line_is_one_line_without_secrets() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let journal = Journal::new(move |event| {
            if let RunEvent::Log(line) = event {
                kept.lock().expect("not poisoned").push(line.text);
            }
        });
        journal.hide.add("top-secret-value");
        journal.log(LogLevel::Info, None, format!("a\nb\x1b[2J top-secret-value {}", "x".repeat(10_000)));
        let line = lines.lock().expect("not poisoned").pop().expect("a line");
        assert!(line.starts_with("a\\nb\\x1b[2J [hidden] xxx") && line.len() < 600, "{line}");
    }
}
