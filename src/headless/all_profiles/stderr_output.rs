//! What goes to standard error beside a fleet's results: the gauge, hosts that ask to wait, the log.

use std::time::{Duration, Instant};

use super::Tenant;
use crate::domain::run_event::RunEvent;
use crate::headless::progress_line::ProgressLine;
use crate::headless::stderr_log::log_line;
use crate::headless::{OutputStyle, Streams};

/// The side channel.
pub struct StderrOutput {
    look: OutputStyle,
    gauge: ProgressLine,
    began: Instant,
    spoken: Duration,
}

/// How often a line takes the gauge's place, for those who listen.
const PAUSE: Duration = Duration::from_secs(10);

/// How far a fleet is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Tenants that have their result.
    pub done: usize,
    /// All tenants.
    pub of: usize,
    /// Tenants that are being asked.
    pub running: usize,
    /// A host that asked to wait, and for how long yet.
    pub waiting: Option<(String, Duration)>,
}

impl StderrOutput {
    /// A channel with this look.
    pub fn new(look: OutputStyle) -> Self {
        Self {
            look,
            gauge: ProgressLine::new(look.gauge && !look.quiet),
            began: Instant::now(),
            spoken: Duration::ZERO,
        }
    }

    /// Something happened to a tenant.
    pub fn event(&mut self, tenant: &Tenant, event: &RunEvent, to: &mut Streams) {
        if let RunEvent::Log(line) = event {
            self.say(&format!("{} {}", tenant.name, log_line(line)), to);
        }
    }

    /// One line.
    pub fn say(&mut self, text: &str, to: &mut Streams) {
        if !self.look.quiet {
            self.wipe(to);
            to.err.line(text);
        }
    }

    /// Draws the gauge, or says the same now and then.
    pub fn show(&mut self, progress: impl FnOnce() -> Progress, to: &mut Streams) {
        self.show_at(self.began.elapsed(), progress, to);
    }

    fn show_at(&mut self, elapsed: Duration, progress: impl FnOnce() -> Progress, to: &mut Streams) {
        if self.look.spoken {
            if elapsed >= self.spoken + PAUSE {
                self.spoken = elapsed;
                self.say(&line(&progress(), elapsed), to);
            }
            return;
        }
        self.gauge.show(|| line(&progress(), elapsed), elapsed, self.look.width, to);
    }

    /// Takes the gauge away, before anything else is written to the same terminal.
    pub fn wipe(&mut self, to: &mut Streams) {
        self.gauge.wipe(to);
    }
}

fn line(progress: &Progress, elapsed: Duration) -> String {
    let Progress { done, of, running, waiting } = progress;
    let waiting = waiting
        .as_ref()
        .map_or(String::new(), |(host, left)| format!(", {host} asked to wait {} s", left.as_secs_f32().ceil()));
    format!("{done} of {of} done, {running} under way, {} s{waiting}", elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::output_streams::tests::kept;

    #[test]
    fn the_gauge_names_who_keeps_others_waiting() {
        let mut progress = Progress { done: 3, of: 9, running: 2, waiting: None };
        assert_eq!(line(&progress, Duration::from_secs(12)), "3 of 9 done, 2 under way, 12 s");
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
        assert_eq!(err.text(), "1 of 9 done, 0 under way, 10 s\n1 of 9 done, 0 under way, 21 s\n");
    }
}
