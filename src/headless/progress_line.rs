//! The progress line on a terminal: names the checks that are awaited. It is erased before anything else is written.

use std::time::Duration;

use super::OutputStreams;
use super::check_order::Progress;

const WIPE: &str = "\r\x1b[K";
/// Time after which a response counts as slow.
const SLOW: Duration = Duration::from_secs(3);

/// Shortest interval between two redraws: many links are slow.
const PAUSE: Duration = Duration::from_millis(100);

/// The progress line, if it is shown.
#[derive(Debug, Default)]
pub struct ProgressLine {
    on: bool,
    shown: bool,
    drawn: Duration,
}

impl ProgressLine {
    /// A progress line that is shown only if `on`.
    pub fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Starts a new run.
    pub fn restart(&mut self) {
        self.drawn = Duration::ZERO;
    }

    /// Redraws the line, unless that was done less than one interval ago.
    pub fn show(
        &mut self,
        text: impl FnOnce() -> String,
        elapsed: Duration,
        width: Option<usize>,
        to: &mut OutputStreams,
    ) {
        if !self.on || elapsed < self.drawn + PAUSE {
            return;
        }
        self.drawn = elapsed;
        let mut text = text();
        // A line that wraps could not be wiped.
        text.truncate(text.char_indices().nth(width.unwrap_or(80).saturating_sub(1)).map_or(text.len(), |(at, _)| at));
        to.err.text(&format!("{WIPE}{text}"));
        self.shown = true;
    }

    /// Erases the line.
    pub fn wipe(&mut self, to: &mut OutputStreams) {
        if std::mem::take(&mut self.shown) {
            to.err.text(WIPE);
        }
    }
}

/// Text of the line: the checks that one run is waiting for.
pub fn line(progress: &Progress, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f32();
    let waiting = match progress.running() {
        [] => return format!("checking, {seconds:.0} s"),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    let still = if elapsed >= SLOW { "still waiting" } else { "waiting" };
    format!("{} done, {still} for {waiting}, {seconds:.0} s", progress.ended())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_event::RunEvent;
    use crate::headless::output_streams::tests::kept;

    fn progress() -> Progress {
        let mut progress = Progress::default();
        for id in ["token", "tickets", "clients"] {
            progress.follow(&RunEvent::CheckStarted(id.into()));
        }
        progress.follow(&RunEvent::CheckEnded("token".into()));
        progress
    }

    fn show(gauge: &mut ProgressLine, elapsed: Duration, to: &mut OutputStreams) {
        gauge.show(|| line(&progress(), elapsed), elapsed, Some(30), to);
    }

    #[test]
    fn it_names_what_is_waited_for_and_fits_in_one_line() {
        let (mut to, out, err) = kept();
        let mut gauge = ProgressLine::new(true);
        show(&mut gauge, PAUSE / 2, &mut to);
        show(&mut gauge, Duration::from_secs(4), &mut to);
        show(&mut gauge, Duration::from_millis(4050), &mut to);
        gauge.wipe(&mut to);
        gauge.wipe(&mut to);
        assert_eq!(line(&progress(), SLOW), "1 done, still waiting for tickets and 1 more, 3 s");
        assert_eq!(err.text(), "\r\u{1b}[K1 done, still waiting for tic\r\u{1b}[K");
        assert_eq!(out.text(), "");
    }

    #[test]
    fn where_it_is_off_it_writes_nothing() {
        let (mut to, _, err) = kept();
        let mut gauge = ProgressLine::new(false);
        show(&mut gauge, SLOW, &mut to);
        gauge.wipe(&mut to);
        assert_eq!(err.text(), "");
    }
}
