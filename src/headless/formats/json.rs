//! Format `json`: the report as one JSON object.

use crate::domain::report::Report;
use crate::headless::Outcome;

/// The report as `halo-onboard.report.v1`.
pub fn render(outcome: &Outcome) -> String {
    of_report(&outcome.report)
}

/// The same for a report alone.
pub fn of_report(report: &Report) -> String {
    // Strings, numbers and lists only: serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}
