//! Colours and width. Colour only repeats what the words say.

use crate::domain::report::{Severity, Status, Verdict};
use crate::domain::run_event::LogLevel;

/// How a human reader's output looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputStyle {
    /// Colours.
    pub color: bool,
    /// Width of the terminal; lines are not broken when there is none.
    pub width: Option<usize>,
    /// A gauge on standard error.
    pub gauge: bool,
    /// A line every ten seconds of waiting in place of the gauge: for those who listen.
    pub spoken: bool,
    /// Only the verdict line.
    pub quiet: bool,
    /// 0, 1: the log's requests, 2: its particulars too.
    pub verbose: u8,
}

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "1;31";
const DIM: &str = "2";

/// A text broken at blanks alone: an option, a host or a code that was cut in two could not be copied. A longer word than the
/// width is left to the terminal, which copies it in one piece.
pub fn fill(first: &str, indent: &str, text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .initial_indent(first)
        .subsequent_indent(indent);
    textwrap::fill(text, options)
}

impl OutputStyle {
    fn paint(self, style: &str, text: &str) -> String {
        if self.color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// True when a line of the log is to be shown.
    pub fn shows(self, level: LogLevel) -> bool {
        match self.verbose {
            0 => false,
            1 => level > LogLevel::Debug,
            _ => true,
        }
    }

    /// The word of a check, padded to five columns.
    pub fn status(self, status: Status) -> String {
        let word = match status {
            Status::Passed => "ok   ",
            Status::Warned => "warn ",
            Status::Failed => "FAIL ",
            Status::Skipped => "skip ",
        };
        self.status_of(status, word)
    }

    /// A text in the colour of a check's status.
    pub fn status_of(self, status: Status, text: &str) -> String {
        let style = match status {
            Status::Passed => GREEN,
            Status::Warned => YELLOW,
            Status::Failed => RED,
            Status::Skipped => DIM,
        };
        self.paint(style, text)
    }

    /// A paragraph that begins with the word of a diagnosis.
    pub fn finding(self, severity: Severity, text: &str) -> String {
        let (style, word) = match severity {
            Severity::Blocking => (RED, "BLOCKS "),
            Severity::Warning => (YELLOW, "WARNING "),
            Severity::Note => (DIM, "NOTE "),
        };
        // Wrapped before it is painted: a sequence has no width.
        self.paragraph(word, text).replacen(word, &self.paint(style, word), 1)
    }

    /// The one word.
    pub fn verdict(self, verdict: Verdict) -> String {
        self.verdict_of(verdict, verdict.words())
    }

    /// A text in the colour of a verdict.
    pub fn verdict_of(self, verdict: Verdict, text: &str) -> String {
        let style = match verdict {
            Verdict::Ready => GREEN,
            Verdict::ReadyWithWarnings | Verdict::Undetermined => YELLOW,
            Verdict::NotReady => RED,
        };
        self.paint(style, text)
    }

    /// A paragraph that starts with `first` and goes on under it.
    pub fn paragraph(self, first: &str, text: &str) -> String {
        let indent = " ".repeat(first.chars().count());
        match self.width {
            Some(width) if width > indent.len() + 20 => fill(first, &indent, text, width),
            _ => format!("{first}{text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_hosts_and_codes_are_never_cut_in_two() {
        let text = "Accept it with --allow-auth-origin https://sign-in.acme-service.example and see well-known words.";
        for width in 38..=120 {
            for shown in [
                fill("fix  ", "     ", text, width),
                OutputStyle { width: Some(width), ..OutputStyle::default() }.paragraph("fix  ", text),
            ] {
                let words: Vec<&str> = shown.split_whitespace().skip(1).collect();
                assert_eq!(words, text.split_whitespace().collect::<Vec<_>>(), "{width}");
            }
        }
    }
}
