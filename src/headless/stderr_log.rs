//! Standard error of a run: log lines, waits that the server asked for, the progress line.

use std::time::{Duration, Instant};

use super::check_order::Progress;
use super::progress_line;
use super::progress_line::ProgressLine;
use super::{OutputStreams, OutputStyle};
use crate::domain::run_event::{LogLine, RunEvent};

/// Writer of a reporter's standard error.
pub struct StderrLog {
    look: OutputStyle,
    gauge: ProgressLine,
    /// State of the checks of the current run.
    pub progress: Progress,
    began: Instant,
}

impl StderrLog {
    /// A writer with this style.
    pub fn new(look: OutputStyle) -> Self {
        let gauge = ProgressLine::new(look.gauge && !look.quiet && !look.spoken);
        Self { look, gauge, progress: Progress::default(), began: Instant::now() }
    }

    /// Starts a new run.
    pub fn restart(&mut self) {
        self.progress = Progress::default();
        self.began = Instant::now();
        self.gauge.restart();
    }

    /// Handles an event and prints its line, if it has one.
    pub fn follow(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.progress.follow(event);
        match event {
            RunEvent::Log(line) if self.look.shows(line.level) => self.say(&log_line(line), to),
            RunEvent::Waiting { check, seconds } => {
                self.say(&format!("{check}: the server asks to wait {seconds} s; nothing is wrong"), to);
            }
            _ => {}
        }
    }

    /// Prints one line.
    pub fn say(&mut self, text: &str, to: &mut OutputStreams) {
        if !self.look.quiet {
            self.wipe(to);
            to.err.line(text);
        }
    }

    /// Called once a second.
    pub fn tick(&mut self, to: &mut OutputStreams) {
        let seconds = self.elapsed().as_secs();
        if self.look.spoken && seconds > 0 && seconds.is_multiple_of(10) {
            let waiting = self.progress.running().join(", ");
            self.say(&format!("still waiting for {waiting}, {seconds} s"), to);
        }
        self.gauge(to);
    }

    /// Draws the progress line.
    pub fn gauge(&mut self, to: &mut OutputStreams) {
        let elapsed = self.elapsed();
        self.gauge.show(|| progress_line::line(&self.progress, elapsed), elapsed, self.look.width, to);
    }

    /// Erases the progress line, before anything else is written to the same terminal.
    pub fn wipe(&mut self, to: &mut OutputStreams) {
        self.gauge.wipe(to);
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Text of a log line.
pub fn log_line(line: &LogLine) -> String {
    let check = line.check.as_deref().unwrap_or("-");
    format!("{:>3}.{:03} {:<5} {check}: {}", line.at_ms / 1000, line.at_ms % 1000, line.level.word(), line.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_event::LogLevel;
    use crate::headless::output_streams::tests::kept;

    #[test]
    fn how_much_is_said_follows_the_look() {
        let line = |level| RunEvent::Log(LogLine { at_ms: 1234, level, check: Some("token".into()), text: "x".into() });
        for (verbose, quiet, lines) in [(0, false, 1), (1, false, 2), (2, false, 3), (0, true, 0)] {
            let (mut to, _, err) = kept();
            let mut remarks = StderrLog::new(OutputStyle { verbose, quiet, ..OutputStyle::default() });
            for event in
                [line(LogLevel::Debug), line(LogLevel::Info), RunEvent::Waiting { check: "token".into(), seconds: 3 }]
            {
                remarks.follow(&event, &mut to);
            }
            assert_eq!(err.text().lines().count(), lines, "-v {verbose}: {}", err.text());
        }
        assert_eq!(
            log_line(&LogLine { at_ms: 1234, level: LogLevel::Info, check: None, text: "x".into() }),
            "  1.234 info  -: x"
        );
    }
}
