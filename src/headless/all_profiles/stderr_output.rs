//! Standard error beside the results of many tenants: the progress line, hosts that ask to wait, the log.

use std::time::{Duration, Instant};

use super::Tenant;
use crate::domain::run_event::RunEvent;
use crate::headless::progress_line::ProgressLine;
use crate::headless::stderr_log::log_line;
use crate::headless::{OutputStreams, OutputStyle};

/// Writer of standard error.
pub struct StderrOutput {
    look: OutputStyle,
    gauge: ProgressLine,
    began: Instant,
    spoken: Duration,
}

/// Interval of the lines that replace the progress line for screen readers.
const PAUSE: Duration = Duration::from_secs(10);

/// Progress of all tenants.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Number of tenants with a result.
    pub done: usize,
    /// Number of tenants.
    pub of: usize,
    /// Number of running tenants.
    pub running: usize,
    /// A host that asked to wait, and the time that is left.
    pub waiting: Option<(String, Duration)>,
}

impl StderrOutput {
    /// A writer with this style.
    pub fn new(look: OutputStyle) -> Self {
        Self {
            look,
            gauge: ProgressLine::new(look.gauge && !look.quiet),
            began: Instant::now(),
            spoken: Duration::ZERO,
        }
    }

    /// Handles an event of a tenant.
    pub fn event(&mut self, tenant: &Tenant, event: &RunEvent, to: &mut OutputStreams) {
        if let RunEvent::Log(line) = event {
            self.say(&format!("{} {}", tenant.name, log_line(line)), to);
        }
    }

    /// Prints one line.
    pub fn say(&mut self, text: &str, to: &mut OutputStreams) {
        if !self.look.quiet {
            self.wipe(to);
            to.err.line(text);
        }
    }

    /// Draws the progress line, or prints it from time to time for screen readers.
    pub fn show(&mut self, progress: impl FnOnce() -> Progress, to: &mut OutputStreams) {
        self.show_at(self.began.elapsed(), progress, to);
    }

    fn show_at(&mut self, elapsed: Duration, progress: impl FnOnce() -> Progress, to: &mut OutputStreams) {
        if self.look.spoken {
            if elapsed >= self.spoken + PAUSE {
                self.spoken = elapsed;
                self.say(&line(&progress(), elapsed), to);
            }
            return;
        }
        self.gauge.show(|| line(&progress(), elapsed), elapsed, self.look.width, to);
    }

    /// Erases the progress line, before anything else is written to the same terminal.
    pub fn wipe(&mut self, to: &mut OutputStreams) {
        self.gauge.wipe(to);
    }
}

fn line(progress: &Progress, elapsed: Duration) -> String {
    let Progress { done, of, running, waiting } = progress;
    let waiting = waiting
        .as_ref()
        .map_or(String::new(), |(host, left)| format!(", {host} asked to wait {} s", left.as_secs_f32().ceil()));
    format!("{done} of {of} done, {running} running, {} s{waiting}", elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::output_streams::tests::kept;

    #[test]
    fn the_gauge_names_who_keeps_others_waiting() {
        let mut progress = Progress { done: 3, of: 9, running: 2, waiting: None };
        assert_eq!(line(&progress, Duration::from_secs(12)), "3 of 9 done, 2 running, 12 s");
        progress.waiting = Some(("h.example".into(), Duration::from_millis(1500)));
        assert!(line(&progress, Duration::ZERO).ends_with(", 0 s, h.example asked to wait 2 s"));
    }

    #[test]
    fn who_listens_hears_it_every_ten_seconds() {
        let (mut to, _, err) = kept();
        let mut side = StderrOutput::new(OutputStyle { spoken: true, gauge: true, ..OutputStyle::default() });
        for seconds in [1, 9, 10, 11, 19, 21, 29] {
            side.show_at(Duration::from_secs(seconds), || Progress { done: 1, of: 9, ..Progress::default() }, &mut to);
        }
        assert_eq!(err.text(), "1 of 9 done, 0 running, 10 s\n1 of 9 done, 0 running, 21 s\n");
    }
}
