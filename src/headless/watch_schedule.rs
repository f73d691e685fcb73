//! Schedule of `check`: one run, or repeated runs.

use std::time::Duration;

use tokio::time::Instant;

use super::check_run::{End, Interrupt, Job, round};
use super::{Outcome, OutputStreams, Reporter};

/// Interval and end of repeated runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchSchedule {
    /// Pause between two runs; `None` for a single run.
    pub every: Option<Duration>,
    /// Whether to stop once nothing blocks.
    pub until_ready: bool,
    /// Longest total time.
    pub deadline: Option<Duration>,
}

/// Runs on this schedule and returns the exit status.
pub async fn run(
    job: &Job,
    pace: WatchSchedule,
    face: &mut dyn Reporter,
    to: &mut OutputStreams,
    interrupt: &mut Interrupt,
) -> u8 {
    let deadline = pace.deadline.map(|limit| Instant::now() + limit);
    let mut last: Option<Outcome> = None;
    let status = loop {
        let (outcome, end) = round(job, face, to, interrupt, deadline).await;
        let exit = outcome.exit;
        let asked_to_wait = outcome.evidence.retry_after();
        // A round that was cut off says less than the one before it.
        let kept = match end {
            End::Done => last.insert(outcome),
            End::Signal(_) | End::Deadline => last.get_or_insert(outcome),
        };
        let kept_exit = kept.exit;
        match end {
            End::Signal(status) => break status,
            End::Deadline => break kept_exit,
            End::Done => {}
        }
        let Some(pause) = pace.every else { break exit };
        if (pace.until_ready && exit == 0) || to.out.is_closed() {
            break exit;
        }
        let next = Instant::now() + until_next(pause, asked_to_wait);
        let wake = deadline.map_or(next, |deadline| deadline.min(next));
        tokio::select! {
            status = &mut *interrupt => break status,
            () = tokio::time::sleep_until(wake) => {}
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            break exit;
        }
    };
    if let Some(last) = &last {
        face.closed(last, to);
    }
    status
}

/// The pause before the next run: the wished one, or longer where a server asked for it.
fn until_next(pause: Duration, asked_to_wait: Option<u64>) -> Duration {
    pause.max(Duration::from_secs(asked_to_wait.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Code;
    use crate::domain::evidence::{Evidence, Fault, Observation};

    #[test]
    fn a_watch_does_not_ask_before_the_time_that_a_server_named() {
        let limited = |seconds| Fault { retry_after: Some(seconds), ..Fault::new(Code::HttpRateLimited) };
        let mut evidence = Evidence::default();
        let pause = |evidence: &Evidence| until_next(Duration::from_secs(30), evidence.retry_after()).as_secs();
        assert_eq!(pause(&evidence), 30);
        evidence.probes.insert("a".into(), Observation::Failed(limited(20)));
        assert_eq!(pause(&evidence), 30);
        evidence.probes.insert("b".into(), Observation::Failed(limited(120)));
        assert_eq!(pause(&evidence), 120);
        evidence.token = Observation::Failed(limited(300));
        assert_eq!(pause(&evidence), 300);
    }
}
