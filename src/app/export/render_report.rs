//! Renders a report in the format that was chosen.

use super::{html_report, html_to_text};
use crate::app::action::Format;
use crate::app::check_detail::has_no_halo_setting;
use crate::app::state::State;
use crate::domain::report::{Diagnosis, Report, Severity};

impl State {
    /// Renders the report of the last run; `None` if there is no report.
    pub(crate) fn rendered(&self, format: Format) -> Option<String> {
        let report = self.current_report()?;
        let demo = self.demo.as_deref();
        Some(match format {
            Format::Markdown => (self.markdown)(report, demo),
            Format::Json => (self.json)(report, demo),
            Format::Html => html_report::html(&self.guide.title, report, demo),
            Format::Admin => self.admin_text(report),
            Format::Recording => self.run.recording.as_deref()?.to_owned(),
        })
    }

    /// A rendered report as its reader sees it; `None` if that is the text itself.
    pub(crate) fn read(&self, format: Format, text: &str) -> Option<String> {
        (format == Format::Html).then(|| html_to_text::text_of_page(text))
    }

    /// Only the changes to make in Halo, for its administrator.
    fn admin_text(&self, report: &Report) -> String {
        let tenant = report.target.tenant.as_deref().map(|tenant| format!(", tenant {tenant}")).unwrap_or_default();
        let mut text = self.demo.as_deref().map(|scenario| demo_words(scenario) + "\n\n").unwrap_or_default();
        text.push_str(&format!(
            "{}: what to change in Halo\n{}{tenant}, checked {}\n",
            self.guide.title, report.target.resource_server, report.started_at
        ));
        let in_halo = |found: &&Diagnosis| {
            let typed = found.code.id().starts_with("input.");
            found.severity != Severity::Note && !typed && !has_no_halo_setting(found.code)
        };
        let open: Vec<_> = report.diagnoses.iter().filter(in_halo).collect();
        if open.is_empty() {
            let other = report.diagnoses.iter().find(|found| found.severity == Severity::Blocking);
            let words = other.map_or("Nothing: every check passed.", |found| &found.summary);
            text.push_str(&format!("\n{words}\n"));
        }
        for (number, found) in open.iter().enumerate() {
            let word = if found.severity == Severity::Warning { " (works, but differs from the guide)" } else { "" };
            text.push_str(&format!("\n{}. {}{word}\n", number + 1, found.summary));
            for step in &found.fix {
                text.push_str(&format!("   {step}\n"));
            }
            for line in found.facts.iter().filter_map(|fact| self.guide.line(fact)) {
                text.push_str(&format!("   Wanted: {} = {}\n", line.label, line.expected));
            }
        }
        text.push_str("\nThe checks only read; this text contains no secret.\n");
        text
    }
}

/// Warning that the report is about a simulated Halo.
pub(super) fn demo_words(scenario: &str) -> String {
    format!("DEMO: the simulated Halo of scenario {scenario}, not a real one.")
}
