//! Colours, width and labels of text output. Colour only repeats the text.

use crate::domain::report::{Severity, Status, Verdict};
use crate::domain::run_event::LogLevel;

/// Style of the output for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutputStyle {
    /// Whether colours are used.
    pub color: bool,
    /// Width of the terminal in columns; lines are not wrapped if it is `None`.
    pub width: Option<usize>,
    /// Whether a progress line is shown on standard error.
    pub gauge: bool,
    /// Whether a line every ten seconds replaces the progress line, for screen readers.
    pub spoken: bool,
    /// Whether only the verdict line is printed.
    pub quiet: bool,
    /// Verbosity: 0 none, 1 the log's requests, 2 its details too.
    pub verbose: u8,
}

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "1;31";
const DIM: &str = "2";

/// Wraps a text at spaces only: an option, a host or a code that was cut in two could not be copied. A word longer than the
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

    /// Returns true if a log line of this level is shown.
    pub fn shows(self, level: LogLevel) -> bool {
        match self.verbose {
            0 => false,
            1 => level > LogLevel::Debug,
            _ => true,
        }
    }

    /// Label of a check's status, padded to five columns.
    pub fn status(self, status: Status) -> String {
        self.status_of(status, &format!("{:<5}", status.word()))
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

    /// A paragraph that starts with the label of a diagnosis's severity.
    pub fn finding(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Blocking => RED,
            Severity::Warning => YELLOW,
            Severity::Note => DIM,
        };
        let label = format!("{} ", severity.label().to_uppercase());
        // Wrapped before it is painted: a sequence has no width.
        self.paragraph(&label, text).replacen(&label, &self.paint(style, &label), 1)
    }

    /// Label of a severity.
    pub fn verdict(self, verdict: Verdict) -> String {
        self.verdict_of(verdict, verdict.label())
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

    /// A paragraph whose first line starts with `first`; the other lines are indented below it.
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
