//! The log's lines about exchanges: method, path, status, time, and what was seen.

use super::run_log::RunLog;
use crate::domain::evidence::{Fault, Observation};
use crate::domain::run_event::LogLevel;

/// One line about a finished exchange; `seen` says what a good answer showed.
pub(super) fn exchange<T>(
    journal: &RunLog,
    check: &str,
    line: &str,
    outcome: &Observation<T>,
    seen: impl Fn(&T) -> String,
) {
    let (level, what) = match outcome {
        Observation::Answered(answer) => (LogLevel::Ok, seen(&answer.value)),
        Observation::Failed(fault) => (LogLevel::Error, failure(fault)),
        Observation::NotAsked | Observation::Cancelled => return,
    };
    let status = outcome.status().map_or("---".to_owned(), |status| status.to_string());
    let took = outcome.timing().total.map_or(String::new(), |ms| format!("  {ms} ms"));
    journal.log(level, Some(check), format!("{line}  {status}{took}  {what}"));
}

/// A failure in one line.
pub(super) fn failure(fault: &Fault) -> String {
    let mut text = fault.code.id().to_owned();
    for (label, part) in [("", &fault.detail), ("said: ", &fault.said)] {
        if !part.is_empty() {
            text.push_str(&format!("  {label}{}", part.cut(200)));
        }
    }
    if let Some(target) = &fault.target {
        text.push_str(&format!("  target: {}", target.cut(120)));
    }
    if let Some(seconds) = fault.retry_after {
        text.push_str(&format!("  asks to wait {seconds} s"));
    }
    text
}
