//! Format `markdown`: verdict, fixes, checks and facts, for a ticket or a hand-over.

use std::fmt::Write;

use crate::domain::report::{FactState, Report, Status};
use crate::headless::Outcome;

/// The report as a Markdown document.
pub fn render(outcome: &Outcome) -> String {
    of_report(&outcome.report, outcome.demo.as_deref())
}

/// The same for a report alone; `demo` names the simulated Halo's scenario, if it was one.
pub fn of_report(report: &Report, demo: Option<&str>) -> String {
    let mut out = format!("# Halo check: {}\n\n", report.verdict.label());
    if let Some(scenario) = demo {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "**DEMO: the simulated Halo of scenario {scenario}, not a real one.**\n");
    }
    head(&mut out, report);
    diagnoses(&mut out, report);
    checks(&mut out, report);
    facts(&mut out, report);
    let _ = writeln!(out, "Made by {}. It holds no secret.", report.program);
    out
}

fn head(out: &mut String, report: &Report) {
    let target = &report.target;
    let scopes = target.scopes_granted.as_ref().map_or("not listed by Halo".into(), |scopes| scopes.join(" "));
    let rows = [
        ("Resource server", target.resource_server.as_str()),
        ("Authorisation server", target.auth_server.as_deref().unwrap_or("not known")),
        ("Tenant", target.tenant.as_deref().unwrap_or("none")),
        ("Client ID", &target.client_id),
        ("Scopes granted", &scopes),
        ("Guide", &report.guide),
        ("Started", &report.started_at),
        ("Code", report.code.id()),
    ];
    out.push_str("| | |\n|---|---|\n");
    for (name, value) in rows {
        let _ = writeln!(out, "| {name} | {} |", cell(value));
    }
    out.push('\n');
}

fn diagnoses(out: &mut String, report: &Report) {
    if report.diagnoses.is_empty() {
        return;
    }
    out.push_str("## Fixes\n\n");
    for diagnosis in &report.diagnoses {
        let (first, rest) = diagnosis.severity.label().split_at(1);
        let _ = writeln!(
            out,
            "**{}{rest}: {}** (`{}`)\n",
            first.to_uppercase(),
            cell(&diagnosis.summary),
            diagnosis.code.id()
        );
        for (number, step) in diagnosis.fix.iter().enumerate() {
            let _ = writeln!(out, "{}. {}", number + 1, cell(step));
        }
        out.push('\n');
    }
}

fn checks(out: &mut String, report: &Report) {
    out.push_str("## Checks\n\n| Check | Result | Result in words | Time |\n|---|---|---|---|\n");
    for check in &report.checks {
        let result = match check.status {
            Status::Passed => "passed",
            Status::Warned => "**warned**",
            Status::Failed => "**FAILED**",
            Status::Skipped => "skipped",
        };
        let time = check.timing_ms.total.map_or(String::new(), |ms| format!("{ms} ms"));
        let _ = writeln!(out, "| {} | {result} | {} | {time} |", cell(&check.id), cell(&check.summary));
    }
    out.push('\n');
}

fn facts(out: &mut String, report: &Report) {
    if report.facts.is_empty() {
        return;
    }
    out.push_str("## Lines of the guide\n\n| | Line | Wanted | Found | State |\n|---|---|---|---|---|\n");
    for fact in &report.facts {
        let label = fact.state.label();
        let state = if fact.state == FactState::Contradicted { format!("**{label}**") } else { label.to_owned() };
        let found = fact.found.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {state} |",
            cell(&fact.id),
            cell(&fact.label),
            cell(&fact.expected),
            cell(found)
        );
    }
    out.push('\n');
}

/// Escapes Markdown's own characters and HTML; line breaks become spaces.
pub fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::formats::document::tests::outcome;

    #[test]
    fn it_says_what_to_do_and_foreign_text_stays_text() {
        let text = render(&outcome());
        for part in [
            "# Halo check: NOT READY\n",
            "**Blocks: The role may not read \"invoices\" &amp; more.** (`api.role_level`)\n\n1. Configuration > Roles\n",
            "| invoices | **FAILED** | Halo &lt;refused> the list \\| 403. | 15 ms |\n",
            "| B7 | Invoices Access Level | Read Only | No Access | **contradicted** |\n",
            "| Tenant | ac\"me\\\\ |\n",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert!(!text.contains("DEMO"));
    }
}
