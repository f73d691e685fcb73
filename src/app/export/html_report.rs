//! The report as one page: no script, no outside source; it reads well in a browser and prints on a sheet.

use super::demo_words;
use crate::domain::report::{Check, Diagnosis, Fact, FactState, Report, Severity, Status};

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn html(title: &str, report: &Report, demo: Option<&str>) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
        <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}: {verdict}</title>\n\
        <style>\n{STYLE}</style>\n</head><body>\n\
        <header class=\"{class}\"><h1><small>{title}</small>{verdict}</h1></header>\n",
        title = escaped(title),
        verdict = escaped(report.verdict.label()),
        class = word(&report.verdict),
    );
    if let Some(scenario) = demo {
        page.push_str(&format!("<p class=\"demo\">{}</p>\n", escaped(&demo_words(scenario))));
    }
    page.push_str(&about(report));
    page.push_str(&fixes(&report.diagnoses));
    page.push_str(&format!("<div class=\"both\">\n<section>{}</section>\n", checks(&report.checks)));
    page.push_str(&format!("<section>{}</section>\n</div>\n", facts(&report.facts)));
    page.push_str(&format!(
        "<footer>{}. The checks only read. What was not tested counts as not proved. This page contains \
        no secret.</footer>\n</body></html>\n",
        escaped(&report.program)
    ));
    page
}

/// Target and time of the run.
fn about(report: &Report) -> String {
    let target = &report.target;
    let granted = target.scopes_granted.as_ref().map(|scopes| scopes.join(" "));
    let rows = [
        ("Resource Server", Some(target.resource_server.clone())),
        ("Authorisation Server", target.auth_server.clone()),
        ("Tenant", Some(target.tenant.clone().unwrap_or_else(|| "none".into()))),
        ("Client ID", Some(target.client_id.clone())),
        ("Granted scopes", granted),
        ("Checked", Some(format!("{} in {} ms", report.started_at, report.duration_ms))),
    ];
    let known = rows.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    let rows: String = known.map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>\n", escaped(&value))).collect();
    format!("<dl>\n{rows}</dl>\n")
}

fn fixes(diagnoses: &[Diagnosis]) -> String {
    if diagnoses.is_empty() {
        return String::new();
    }
    let items: String = diagnoses.iter().map(fix).collect();
    let open = diagnoses.iter().any(|found| found.severity != Severity::Note);
    format!("<h2>{}</h2>\n<ol class=\"fixes\">\n{items}</ol>\n", if open { "What to do" } else { "Notes" })
}

fn fix(found: &Diagnosis) -> String {
    let steps: String = found.fix.iter().map(|step| format!("<p>{}</p>", escaped(step))).collect();
    format!(
        "<li class=\"{}\"><strong>{}</strong> <code>{}</code>{steps}</li>\n",
        word(&found.severity),
        escaped(&found.summary),
        found.code.id()
    )
}

fn checks(checks: &[Check]) -> String {
    let row = |check: &Check| {
        let mark = match check.status {
            Status::Passed => "✓",
            Status::Warned => "!",
            Status::Failed => "✗",
            Status::Skipped => "–",
        };
        let state = check.status.word();
        let took = check.timing_ms.total.map(|ms| format!("{ms} ms")).unwrap_or_default();
        let code = match check.status {
            Status::Passed => String::new(),
            _ => format!(" <code>{}</code>", check.code.id()),
        };
        format!(
            "<tr><td class=\"s {}\">{mark} {state}</td><td>{}</td><td>{}{code}</td><td class=\"num\">{took}</td></tr>\n",
            word(&check.status),
            escaped(&check.title),
            escaped(&check.summary)
        )
    };
    let rows: String = checks.iter().map(row).collect();
    format!(
        "<h2>Checks</h2>\n<table>\n<tr><th>Result</th><th>Check</th><th>What was seen</th><th class=\"num\">Time</th></tr>\n\
        {rows}</table>\n"
    )
}

fn facts(facts: &[Fact]) -> String {
    let row = |fact: &Fact| {
        let mark = match fact.state {
            FactState::Proved => "✓",
            FactState::Contradicted => "✗",
            FactState::Unproved => "–",
            FactState::Operator => "○",
        };
        let found = match (fact.state, &fact.found) {
            (FactState::Contradicted, Some(found)) => format!("; Halo says {found}"),
            _ => String::new(),
        };
        format!(
            "<tr><td>{}</td><td class=\"s {}\">{mark} {}</td><td>{} = {}{}</td></tr>\n",
            escaped(&fact.id),
            word(&fact.state),
            fact.state.label(),
            escaped(&fact.label),
            escaped(&fact.expected),
            escaped(&found)
        )
    };
    let rows: String = facts.iter().map(row).collect();
    format!(
        "<h2>Lines of the guide</h2>\n<table>\n<tr><th>Line</th><th>State</th><th>Wanted</th></tr>\n{rows}</table>\n"
    )
}

/// The word that the JSON report uses.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
