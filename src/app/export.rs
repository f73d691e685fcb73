//! The report as text, in the form that was asked for.

use super::action::Format;
use super::detail::has_no_switch;
use super::state::State;
use crate::domain::report::{Diagnosis, Report, Severity};

impl State {
    /// The last report in a format; none before the first run has finished.
    pub(crate) fn rendered(&self, format: Format) -> Option<String> {
        let report = self.run.report.as_ref()?;
        let demo = self.demo.as_deref();
        Some(match format {
            Format::Markdown => (self.markdown)(report, demo),
            Format::Json => (self.json)(report, demo),
            Format::Html => html(report, demo),
            Format::Admin => self.admin_text(report),
        })
    }

    /// Only what somebody has to change in Halo, for whoever may.
    fn admin_text(&self, report: &Report) -> String {
        let tenant = report.target.tenant.as_deref().map(|tenant| format!(", tenant {tenant}")).unwrap_or_default();
        let mut text = self.demo.as_deref().map(|scenario| demo_words(scenario) + "\n\n").unwrap_or_default();
        text.push_str(&format!(
            "{}: what is still to be set in Halo\n{}{tenant}, checked {}\n",
            self.guide.title, report.target.resource_server, report.started_at
        ));
        let in_halo = |found: &&Diagnosis| {
            let typed = found.code.id().starts_with("input.");
            found.severity != Severity::Note && !typed && !has_no_switch(found.code)
        };
        let open: Vec<_> = report.diagnoses.iter().filter(in_halo).collect();
        if open.is_empty() {
            let other = report.diagnoses.iter().find(|found| found.severity == Severity::Blocking);
            let words = other.map_or("Nothing: every check passed.", |found| &found.summary);
            text.push_str(&format!("\n{words}\n"));
        }
        for (number, found) in open.iter().enumerate() {
            let word = if found.severity == Severity::Warning { " (works, but is not as wanted)" } else { "" };
            text.push_str(&format!("\n{}. {}{word}\n", number + 1, found.summary));
            for step in &found.fix {
                text.push_str(&format!("   {step}\n"));
            }
            for line in found.facts.iter().filter_map(|fact| self.guide.line(fact)) {
                text.push_str(&format!("   Wanted: {} = {}\n", line.label, line.expected));
            }
        }
        text.push_str("\nThe checks only read; this text holds no secret.\n");
        text
    }
}

/// Nobody may take a report of the simulated Halo for one of a real Halo.
fn demo_words(scenario: &str) -> String {
    format!("DEMO: the simulated Halo of scenario {scenario}, not a real one.")
}

/// One self-contained page: no script, no outside source.
fn html(report: &Report, demo: Option<&str>) -> String {
    let mut page = String::from(concat!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>halo-onboard report</title>\n",
        "<style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}",
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em .6em;text-align:left}</style>\n",
        "</head><body>\n"
    ));
    page.push_str(&format!("<h1>{}</h1>\n", escaped(report.verdict.words())));
    if let Some(scenario) = demo {
        page.push_str(&format!("<p><strong>{}</strong></p>\n", escaped(&demo_words(scenario))));
    }
    let target = &report.target;
    let tenant = target.tenant.as_deref().unwrap_or("none");
    page.push_str(&format!(
        "<p>{}, tenant {}, {}, {} ms, {}</p>\n",
        escaped(&target.resource_server),
        escaped(tenant),
        escaped(&report.started_at),
        report.duration_ms,
        escaped(&report.program)
    ));
    if !report.diagnoses.is_empty() {
        page.push_str("<h2>What to do</h2>\n<ol>\n");
        for found in &report.diagnoses {
            let steps: String = found.fix.iter().map(|step| format!("<br>{}", escaped(step))).collect();
            page.push_str(&format!(
                "<li><strong>{}</strong> <code>{}</code>{steps}</li>\n",
                escaped(&found.summary),
                found.code.id()
            ));
        }
        page.push_str("</ol>\n");
    }
    page.push_str("<h2>Checks</h2>\n");
    page.push_str(&table(
        &["Check", "Result", "Code", "What was seen"],
        report
            .checks
            .iter()
            .map(|check| [check.title.clone(), word(&check.status), check.code.id().to_owned(), check.summary.clone()]),
    ));
    page.push_str("<h2>Lines of the guide</h2>\n");
    page.push_str(&table(
        &["Line", "Label", "Wanted", "Found", "State"],
        report.facts.iter().map(|fact| {
            let found = fact.found.clone().unwrap_or_default();
            [fact.id.clone(), fact.label.clone(), fact.expected.clone(), found, word(&fact.state)]
        }),
    ));
    page.push_str("</body></html>\n");
    page
}

fn table<const N: usize>(heads: &[&str], rows: impl Iterator<Item = [String; N]>) -> String {
    let head: String = heads.iter().map(|head| format!("<th>{head}</th>")).collect();
    let mut text = format!("<table><tr>{head}</tr>\n");
    for row in rows {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        text.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    text + "</table>\n"
}

/// A word as it stands in the JSON report.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
