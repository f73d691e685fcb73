//! Format `junit`: JUnit XML for CI, one test case a check, and one for each blocking diagnosis without a failed check.

use std::fmt::Write;

use crate::domain::report::{Check, Diagnosis, Report, Severity, Status};
use crate::headless::Outcome;

/// Text before the suites.
pub const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"halo-onboard\">\n";
/// Text after the suites.
pub const FOOT: &str = "</testsuites>\n";

/// The report as one `testsuites` document.
pub fn render(outcome: &Outcome) -> String {
    let report = &outcome.report;
    format!("{HEAD}{}{FOOT}", suite(report, &report.target.resource_server))
}

/// A report as one `testsuite` with this name.
pub fn suite(report: &Report, name: &str) -> String {
    let orphans: Vec<&Diagnosis> = report.diagnoses.iter().filter(|diagnosis| is_orphan(report, diagnosis)).collect();
    let count = |status| report.checks.iter().filter(|check| check.status == status).count();
    let counts = format!(
        r#"tests="{}" failures="{}" errors="0" skipped="{}" time="{}""#,
        report.checks.len() + orphans.len(),
        count(Status::Failed) + orphans.len(),
        count(Status::Skipped),
        seconds(report.duration_ms),
    );
    let mut out = String::new();
    let (name, at) = (escape(name), &report.started_at);
    // Writing to a String cannot fail.
    let _ = writeln!(out, r#"  <testsuite name="{name}" timestamp="{at}" {counts}>"#);
    let _ = writeln!(out, "    <properties>");
    for (name, value) in [
        ("program", report.program.as_str()),
        ("guide", &report.guide),
        ("resource_server", &report.target.resource_server),
        ("code", report.code.id()),
    ] {
        let _ = writeln!(out, r#"      <property name="{name}" value="{}"/>"#, escape(value));
    }
    let _ = writeln!(out, "    </properties>");
    for check in &report.checks {
        out.push_str(&case(report, check));
    }
    for diagnosis in orphans {
        let _ = writeln!(out, r#"    <testcase classname="diagnosis" name="{}" time="0">"#, diagnosis.code.id());
        out.push_str(&failure(&diagnosis.summary, diagnosis.code.id(), &[diagnosis]));
        let _ = writeln!(out, "    </testcase>");
    }
    out.push_str("  </testsuite>\n");
    out
}

fn is_orphan(report: &Report, diagnosis: &Diagnosis) -> bool {
    let failed = |id: &String| report.checks.iter().any(|check| check.id == *id && check.status == Status::Failed);
    diagnosis.severity == Severity::Blocking && !diagnosis.checks.iter().any(failed)
}

fn case(report: &Report, check: &Check) -> String {
    let stage = format!("{:?}", check.stage).to_lowercase();
    let mut out = format!(
        "    <testcase classname=\"{stage}\" name=\"{}\" time=\"{}\"",
        escape(&check.id),
        seconds(check.timing_ms.total.unwrap_or(0).into()),
    );
    let about: Vec<&Diagnosis> = report.diagnoses.iter().filter(|d| d.checks.contains(&check.id)).collect();
    let inner = match check.status {
        Status::Passed => String::new(),
        Status::Failed => failure(&check.summary, check.code.id(), &about),
        Status::Skipped => format!("      <skipped message=\"{}\"/>\n", escape(&check.summary)),
        Status::Warned => format!(
            "      <system-out>{}: {}\n{}</system-out>\n",
            check.code.id(),
            escape(&check.summary),
            escape(&fixes(&about))
        ),
    };
    if inner.is_empty() {
        out.push_str("/>\n");
    } else {
        let _ = write!(out, ">\n{inner}    </testcase>\n");
    }
    out
}

fn failure(message: &str, code: &str, about: &[&Diagnosis]) -> String {
    format!("      <failure type=\"{code}\" message=\"{}\">{}</failure>\n", escape(message), escape(&fixes(about)))
}

fn fixes(about: &[&Diagnosis]) -> String {
    about.iter().flat_map(|diagnosis| &diagnosis.fix).map(|step| format!("{step}\n")).collect()
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// Escapes text for content and attributes; characters that XML 1.0 does not allow become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
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
    fn a_failed_check_fails_with_its_fix_and_everything_is_escaped() {
        let text = render(&outcome());
        for part in [
            r#"timestamp="2026-11-23T10:12:00.612Z" tests="2" failures="1" errors="0" skipped="0" time="1.234">"#,
            r#"<testcase classname="token" name="token" time="0.203"/>"#,
            r#"<failure type="api.role_level" message="Halo &lt;refused&gt; the list | 403.">Configuration &gt; Roles"#,
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }

    #[test]
    fn what_blocks_without_a_failed_check_fails_too() {
        let mut outcome = outcome();
        outcome.report.checks.retain(|check| check.status != Status::Failed);
        let text = render(&outcome);
        assert!(text.contains(r#"tests="2" failures="1""#) && text.contains(r#"classname="diagnosis""#), "{text}");
        assert!(text.contains("&quot;invoices&quot; &amp; more"), "{text}");
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(escape("a\u{1}\u{ffff}\u{1b}'<"), "a\u{fffd}\u{fffd}\u{fffd}'&lt;");
    }
}
