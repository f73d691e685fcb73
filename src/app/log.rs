//! The log: a ring, and beside it the numbers of the lines that the filter lets through, so that drawing never searches.

use std::collections::VecDeque;

use super::text_field::TextField;
use super::text_with_keys::Text;
use crate::domain::run_event::LogLevel;

/// Most lines that are kept.
pub const KEPT: usize = 10_000;
/// The levels that the filter can start from.
const LEVELS: [LogLevel; 4] = [LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Milliseconds on the interface's clock.
    pub at_ms: u64,
    /// Level of the line.
    pub level: LogLevel,
    /// The text, one line.
    pub text: Text,
}

/// The log with its filter and the place that is looked at.
pub struct Log {
    entries: VecDeque<Entry>,
    /// Number of the oldest line that is kept; numbers rise by one.
    oldest: u64,
    /// Numbers of the lines that the filter lets through.
    shown: VecDeque<u64>,
    level: LogLevel,
    needle: String,
    /// Number of the lowest line on the screen; none follows the end.
    bottom: Option<u64>,
    /// The search text while it is typed.
    pub(crate) search: Option<TextField>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            oldest: 0,
            shown: VecDeque::new(),
            level: LogLevel::Info,
            needle: String::new(),
            bottom: None,
            search: None,
        }
    }
}

impl Log {
    /// Adds a line; the oldest goes when there are too many.
    pub fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
            self.oldest += 1;
            // A place that is not kept any more: the log stays at the oldest that is.
            self.bottom = self.bottom.map(|bottom| bottom.max(self.oldest));
            if self.shown.front().is_some_and(|first| *first < self.oldest) {
                self.shown.pop_front();
            }
        }
        let number = self.oldest + self.entries.len() as u64;
        if self.lets_through(&entry) {
            self.shown.push_back(number);
        }
        self.entries.push_back(entry);
    }

    /// Lines from the lowest on the screen upwards: as many as the caller takes, whatever the log's length.
    pub fn upwards(&self) -> impl Iterator<Item = &Entry> {
        // At least one line: where none above the place is let through any more, the next one below it.
        let up_to = |bottom| self.shown.partition_point(|number| *number <= bottom).max(1).min(self.shown.len());
        let end = self.bottom.map_or(self.shown.len(), up_to);
        self.shown.range(..end).rev().filter_map(|number| self.entries.get((number - self.oldest) as usize))
    }

    /// The newest line, whatever the filter.
    pub fn newest(&self) -> Option<&Entry> {
        self.entries.back()
    }

    /// Number of lines that pass the filter, and of all lines.
    pub fn counts(&self) -> (usize, usize) {
        (self.shown.len(), self.entries.len())
    }

    /// True when the end is followed.
    pub fn follows(&self) -> bool {
        self.bottom.is_none()
    }

    /// The lowest level that is shown.
    pub fn level(&self) -> LogLevel {
        self.level
    }

    /// The search text; empty without a search.
    pub fn needle(&self) -> &str {
        &self.needle
    }

    /// The search text and its field while it is typed.
    pub fn search(&self) -> Option<&TextField> {
        self.search.as_ref()
    }

    /// Moves by lines that are shown, downwards when positive; the end is followed again when it is reached. At least
    /// `height` lines stay on the screen.
    pub(crate) fn scroll(&mut self, by: i64, height: usize) {
        let last = self.shown.len() as i64 - 1;
        let at = self.bottom.map_or(last, |bottom| self.shown.partition_point(|number| *number <= bottom) as i64 - 1);
        let lowest = (height as i64 - 1).min(last);
        let wanted = at.saturating_add(by).max(lowest);
        self.bottom =
            if wanted >= last { None } else { usize::try_from(wanted).ok().and_then(|at| self.shown.get(at).copied()) };
    }

    /// Follows the end, or stays where it is.
    pub(crate) fn toggle_follow(&mut self) {
        self.bottom = if self.follows() { self.shown.back().copied() } else { None };
    }

    /// Starts the filter from the next level.
    pub(crate) fn next_level(&mut self) {
        let at = LEVELS.iter().position(|level| *level == self.level).unwrap_or_default();
        self.level = LEVELS[(at + 1) % LEVELS.len()];
        self.filter();
    }

    /// Shows only lines that hold this text, in any case; all when empty.
    pub(crate) fn filter_by(&mut self, needle: &str) {
        self.needle = needle.to_lowercase();
        self.filter();
    }

    fn filter(&mut self) {
        let through = |(at, entry): (usize, &Entry)| self.lets_through(entry).then_some(self.oldest + at as u64);
        self.shown = self.entries.iter().enumerate().filter_map(through).collect();
        self.bottom = None;
    }

    fn lets_through(&self, entry: &Entry) -> bool {
        entry.level >= self.level && (self.needle.is_empty() || entry.text.to_lowercase().contains(&self.needle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: usize) -> Log {
        let mut log = Log::default();
        for number in 0..lines {
            log.push(Entry { at_ms: 0, level: LogLevel::Info, text: format!("line {number}.").into() });
        }
        log
    }

    fn bottom(log: &Log) -> &str {
        log.upwards().next().map_or("", |entry| &*entry.text)
    }

    #[test]
    fn the_oldest_lines_go() {
        let log = log(KEPT + 5);
        assert_eq!(log.counts(), (KEPT, KEPT));
        assert_eq!(bottom(&log), "line 10004.");
        assert_eq!(log.upwards().last().map(|entry| &*entry.text), Some("line 5."));
    }

    #[test]
    fn scrolling_stops_at_both_ends_and_follows_again() {
        let mut log = log(20);
        for (by, follows, shows) in [
            (-1, false, "line 18."),
            (1, true, "line 19."),
            (-5, false, "line 14."),
            (-100, false, "line 4."),
            (-1, false, "line 4."),
            (3, false, "line 7."),
            (i64::MAX, true, "line 19."),
        ] {
            log.scroll(by, 5);
            assert_eq!((log.follows(), bottom(&log)), (follows, shows), "{by}");
        }
    }

    #[test]
    fn a_place_that_was_looked_at_stays_while_lines_come() {
        let mut log = log(20);
        log.scroll(-5, 5);
        log.push(Entry { at_ms: 0, level: LogLevel::Info, text: "new".into() });
        assert_eq!(bottom(&log), "line 14.");
        log.toggle_follow();
        assert_eq!(bottom(&log), "new");
    }

    #[test]
    fn filters_by_level_and_by_text() {
        let mut log = log(3);
        log.push(Entry { at_ms: 0, level: LogLevel::Error, text: "GET /Invoice 403".into() });
        log.push(Entry { at_ms: 0, level: LogLevel::Debug, text: "particulars".into() });
        assert_eq!(log.counts(), (4, 5));
        log.filter_by("INVOICE");
        assert_eq!((log.counts().0, bottom(&log)), (1, "GET /Invoice 403"));
        log.filter_by("");
        let counts: Vec<usize> = (0..LEVELS.len())
            .map(|_| {
                log.next_level();
                log.counts().0
            })
            .collect();
        assert_eq!(counts, [1, 1, 5, 4], "warn, FAIL, debug, info");
        log.filter_by("line");
        log.push(Entry { at_ms: 0, level: LogLevel::Info, text: "no such word".into() });
        assert_eq!(log.counts().0, 3, "a new line passes the filter too");
    }

    #[test]
    fn a_place_that_is_not_kept_any_more_leaves_no_empty_pane() {
        let entry = |level, text: &str| Entry { at_ms: 0, level, text: text.to_owned().into() };
        let mut log = log(KEPT);
        log.next_level();
        log.push(entry(LogLevel::Warn, "first"));
        log.push(entry(LogLevel::Warn, "second"));
        log.push(entry(LogLevel::Warn, "third"));
        log.scroll(-2, 1);
        assert_eq!(bottom(&log), "first");
        for _ in 0..KEPT - 2 {
            log.push(entry(LogLevel::Info, "hidden by the filter"));
        }
        assert_eq!((bottom(&log), log.counts().0), ("second", 2), "the oldest line that is kept and shown");
    }

    #[test]
    fn a_scroll_in_an_empty_log_does_nothing() {
        let mut log = Log::default();
        log.scroll(-3, 5);
        log.scroll(3, 0);
        assert!(log.follows() && log.upwards().next().is_none());
    }
}
