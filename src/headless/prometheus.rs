//! Text for Prometheus' textfile collector: gauges only, base units, no timestamps on samples.

use std::fmt::Write;

use super::Outcome;
use crate::domain::report::{FactState, Report, Severity, Status, Verdict};

type Labels<'a> = Vec<(&'a str, &'a str)>;

/// The report as one exposition.
pub fn render(outcome: &Outcome) -> String {
    let mut page = Page::new(&outcome.report);
    run(&mut page, outcome);
    checks(&mut page, &outcome.report);
    findings(&mut page, &outcome.report);
    link(&mut page, outcome);
    page.out
}

fn run(page: &mut Page, outcome: &Outcome) {
    let report = &outcome.report;
    let version = report.program.rsplit(' ').next().unwrap_or_default();
    page.family("info", "The program and the guide that a run used.");
    page.sample("info", &[("version", version), ("guide", &report.guide)], 1.0);
    page.family("ready", "1 when nothing blocks, warnings included; 0 otherwise.");
    let ready = matches!(report.verdict, Verdict::Ready | Verdict::ReadyWithWarnings);
    page.sample("ready", &[], f64::from(u8::from(ready)));
    page.family("verdict", "1 for the verdict of the run, 0 for the others.");
    for (verdict, word) in [
        (Verdict::Ready, "ready"),
        (Verdict::ReadyWithWarnings, "ready_with_warnings"),
        (Verdict::NotReady, "not_ready"),
        (Verdict::Undetermined, "undetermined"),
    ] {
        page.sample("verdict", &[("verdict", word)], f64::from(u8::from(report.verdict == verdict)));
    }
    page.family("exit_status", "The exit status of the run.");
    page.sample("exit_status", &[], f64::from(outcome.exit));
    page.family("run_duration_seconds", "Wall time of the run.");
    page.sample("run_duration_seconds", &[], seconds(report.duration_ms));
    if let Some(at) = unix_seconds(&report.started_at) {
        page.family("run_start_timestamp_seconds", "When the run began, in seconds since 1970.");
        page.sample("run_start_timestamp_seconds", &[], at);
    }
    page.family("run_requests", "HTTP requests that the run sent.");
    page.sample("run_requests", &[], f64::from(outcome.evidence.requests));
}

fn checks(page: &mut Page, report: &Report) {
    page.family("check_status", "1 for the status of a check, 0 for the others.");
    for check in &report.checks {
        for (status, word) in [
            (Status::Passed, "passed"),
            (Status::Warned, "warned"),
            (Status::Failed, "failed"),
            (Status::Skipped, "skipped"),
        ] {
            let value = f64::from(u8::from(check.status == status));
            page.sample("check_status", &[("check", &check.id), ("status", word)], value);
        }
    }
    page.family("check_duration_seconds", "Time of the whole exchange of a check.");
    for check in &report.checks {
        if let Some(ms) = check.timing_ms.total {
            page.sample("check_duration_seconds", &[("check", &check.id)], seconds(ms.into()));
        }
    }
    page.family("check_phase_duration_seconds", "Time of a phase of a check's exchange.");
    for check in &report.checks {
        let time = check.timing_ms;
        for (phase, ms) in
            [("dns", time.dns), ("connect", time.connect), ("tls", time.tls), ("first_byte", time.first_byte)]
        {
            if let Some(ms) = ms {
                let labels = [("check", check.id.as_str()), ("phase", phase)];
                page.sample("check_phase_duration_seconds", &labels, seconds(ms.into()));
            }
        }
    }
    page.family("check_http_status_code", "HTTP status of the answer that a check rests on.");
    for check in &report.checks {
        if let Some(status) = check.http_status {
            page.sample("check_http_status_code", &[("check", &check.id)], f64::from(status));
        }
    }
}

fn findings(page: &mut Page, report: &Report) {
    page.family("diagnoses", "Number of diagnoses of a code.");
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for diagnosis in &report.diagnoses {
        let severity = match diagnosis.severity {
            Severity::Blocking => "blocking",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let key = (diagnosis.code.id(), severity);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let same = report.diagnoses.iter().filter(|d| (d.code, d.severity) == (diagnosis.code, diagnosis.severity));
        page.sample("diagnoses", &[("code", key.0), ("severity", key.1)], count(same.count()));
    }
    page.family("facts", "Number of the guide's lines in a state.");
    for (state, word) in [
        (FactState::Proved, "proved"),
        (FactState::Contradicted, "contradicted"),
        (FactState::Unproved, "unproved"),
        (FactState::Operator, "operator"),
    ] {
        let number = report.facts.iter().filter(|fact| fact.state == state).count();
        page.sample("facts", &[("state", word)], count(number));
    }
}

fn link(page: &mut Page, outcome: &Outcome) {
    let certificate = outcome.evidence.link.certificate.as_ref();
    if let Some(at) = certificate.and_then(|certificate| unix_seconds(&certificate.not_after)) {
        page.family(
            "certificate_not_after_timestamp_seconds",
            "When the server's certificate ends, in seconds since 1970.",
        );
        page.sample("certificate_not_after_timestamp_seconds", &[], at);
    }
    if let Some(lifetime) = outcome.evidence.token.value().and_then(|grant| grant.expires_in) {
        page.family("token_lifetime_seconds", "How long an access token is valid.");
        page.sample("token_lifetime_seconds", &[], count(usize::try_from(lifetime).unwrap_or(usize::MAX)));
    }
}

/// One exposition; every sample carries which Halo it is about, so that the files of several can lie side by side.
struct Page {
    out: String,
    about: Vec<(&'static str, String)>,
}

impl Page {
    fn new(report: &Report) -> Self {
        let target = &report.target;
        Self {
            out: String::new(),
            about: vec![
                ("resource_server", target.resource_server.clone()),
                ("tenant", target.tenant.clone().unwrap_or_default()),
            ],
        }
    }

    fn family(&mut self, name: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "# HELP halo_onboard_{name} {help}\n# TYPE halo_onboard_{name} gauge");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let mut all: Labels<'_> = self.about.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(labels);
        let labels: Vec<String> = all.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
        let _ = writeln!(self.out, "halo_onboard_{name}{{{}}} {value}", labels.join(","));
    }
}

/// Exact up to 2^53, which no count here comes near.
#[allow(clippy::cast_precision_loss)]
fn count(number: usize) -> f64 {
    number as f64
}

fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}

fn unix_seconds(time: &str) -> Option<f64> {
    let time: jiff::Timestamp = time.parse().ok()?;
    Some(std::time::Duration::from_millis(u64::try_from(time.as_millisecond()).ok()?).as_secs_f64())
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::evidence::{Answer, Asked, Certificate, Grant, Timing};
    use crate::headless::documents::tests::outcome;

    fn rendered() -> String {
        let mut outcome = outcome();
        let certificate = Certificate { not_after: "2027-02-02T00:00:00Z".into(), ..Certificate::default() };
        outcome.evidence.link.certificate = Some(certificate);
        let grant = Grant { expires_in: Some(3600), ..Grant::default() };
        outcome.evidence.token = Asked::Answered(Answer { value: grant, status: 200, timing: Timing::default() });
        render(&outcome)
    }

    #[test]
    fn labels_are_escaped_and_units_are_seconds() {
        let text = rendered();
        let about = r#"resource_server="https://acme.halopsa.com",tenant="ac\"me\\""#;
        for line in [
            format!("halo_onboard_ready{{{about}}} 0"),
            format!("halo_onboard_verdict{{{about},verdict=\"not_ready\"}} 1"),
            format!("halo_onboard_check_status{{{about},check=\"invoices\",status=\"failed\"}} 1"),
            format!("halo_onboard_check_duration_seconds{{{about},check=\"token\"}} 0.203"),
            format!("halo_onboard_diagnoses{{{about},code=\"api.role_level\",severity=\"blocking\"}} 1"),
            format!("halo_onboard_run_duration_seconds{{{about}}} 1.234"),
            format!("halo_onboard_certificate_not_after_timestamp_seconds{{{about}}} 1801526400"),
            format!("halo_onboard_token_lifetime_seconds{{{about}}} 3600"),
            format!("halo_onboard_run_start_timestamp_seconds{{{about}}} 1795428720.612"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in:\n{text}");
        }
    }

    #[test]
    fn each_family_has_help_and_type_once_before_its_samples_and_no_sample_stands_twice() {
        let text = rendered();
        let mut types: BTreeMap<&str, u32> = BTreeMap::new();
        let mut samples: BTreeMap<&str, u32> = BTreeMap::new();
        let mut current = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                current = rest.strip_suffix(" gauge").expect("a gauge");
                *types.entry(current).or_default() += 1;
            } else if !line.starts_with("# HELP ") {
                let (series, _) = line.rsplit_once(' ').expect("a value");
                assert!(series.split('{').next() == Some(current), "{line} stands under {current}");
                *samples.entry(series).or_default() += 1;
            }
        }
        assert!(types.values().chain(samples.values()).all(|times| *times == 1), "{types:?} {samples:?}");
        assert!(text.ends_with('\n') && !types.is_empty());
    }
}
