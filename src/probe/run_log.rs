//! Events, log lines and the request budget of a run.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::redaction::Redactor;
use crate::domain::run_event::{LogLevel, LogLine, RunEvent};
use crate::recording::Recorder;

/// Maximum number of concurrent requests: a whole round of the built-in guide, identity and nine lists. With fewer it
/// would need two rounds and one more round trip.
pub(super) const IN_FLIGHT: usize = 10;
/// Most retries of one run.
pub(super) const RETRIES: u32 = 6;
/// Most redirects that one run follows.
pub(super) const HOPS: u32 = 10;
/// Longest log line in characters.
const LINE: usize = 500;

/// Events and counters of one run.
pub(super) struct RunLog {
    report: Box<dyn Fn(RunEvent) + Send + Sync>,
    began: Instant,
    /// Redaction of all output.
    pub hide: Redactor,
    /// Keeps the shapes of what is exchanged, if that was asked for.
    recorder: Option<Recorder>,
    /// Requests that this run may plan, retries and redirects aside.
    allowed: AtomicU32,
    planned: AtomicU32,
    /// Milliseconds that servers asked to wait, and that were waited.
    waited_ms: AtomicU64,
    retries: AtomicU32,
    hops: AtomicU32,
}

impl RunLog {
    /// Events go to `report`; at most `allowed` requests are planned.
    pub(super) fn new(allowed: u32, report: impl Fn(RunEvent) + Send + Sync + 'static) -> Self {
        Self {
            report: Box::new(report),
            began: Instant::now(),
            hide: Redactor::default(),
            recorder: None,
            allowed: AtomicU32::new(allowed),
            planned: AtomicU32::new(0),
            waited_ms: AtomicU64::new(0),
            retries: AtomicU32::new(0),
            hops: AtomicU32::new(0),
        }
    }

    /// Records what is exchanged from now on.
    pub(super) fn record(&mut self, recorder: Recorder) {
        self.recorder = Some(recorder);
    }

    /// The recorder, if the run is recorded.
    pub(super) fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
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
        take(&self.planned, self.allowed.load(Ordering::Relaxed))
    }

    /// Requests that the budget still allows.
    pub(super) fn left(&self) -> usize {
        let allowed = self.allowed.load(Ordering::Relaxed);
        allowed.saturating_sub(self.planned.load(Ordering::Relaxed)) as usize
    }

    /// Sets the total number of requests.
    pub(super) fn allow_only(&self, requests: u32) {
        self.allowed.store(requests, Ordering::Relaxed);
    }

    /// Allows more requests: those that a renewed token makes necessary a second time.
    pub(super) fn allow_more(&self, requests: usize) {
        self.allowed.fetch_add(u32::try_from(requests).unwrap_or(0), Ordering::Relaxed);
    }

    /// Notes a wait that a server asked for: it does not count against the run's limit.
    pub(super) fn note_wait(&self, wait: Duration) {
        self.waited_ms.fetch_add(u64::try_from(wait.as_millis()).unwrap_or(0), Ordering::Relaxed);
    }

    /// Time that this run waited because servers asked for it.
    pub(super) fn waited(&self) -> Duration {
        Duration::from_millis(self.waited_ms.load(Ordering::Relaxed))
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
        let journal = RunLog::new(20, |_| {});
        let taken = (0..100).filter(|_| journal.take_request()).count();
        let retried = (0..100).filter(|_| journal.take_retry()).count();
        assert_eq!((taken, retried, journal.left(), journal.sent()), (20, 6, 0, 26));
        journal.allow_more(2);
        assert_eq!((journal.left(), (0..9).filter(|_| journal.take_request()).count()), (2, 2));
    }

    #[test]
    fn a_log_line_is_one_line_without_secrets() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let journal = RunLog::new(20, move |event| {
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
