//! One JSON object: the report.

use super::Outcome;

/// The report as `halo-onboard.report.v1`.
pub fn render(outcome: &Outcome) -> String {
    // Strings, numbers and lists only: serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(&outcome.report).unwrap_or_default();
    text.push('\n');
    text
}
