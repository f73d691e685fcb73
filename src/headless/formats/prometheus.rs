//! Format `prometheus`: text for the textfile collector of Prometheus; gauges only, base units, no timestamps.

use std::fmt::Write;

use crate::domain::evidence::Timing;
use crate::domain::report::{FactState, Severity, Status, Verdict};
use crate::headless::Outcome;
use crate::headless::output_streams::OutputStream;
use crate::headless::tenant_summary::TenantSummary;

/// Size in bytes at which the buffer is written out.
const PIECE: usize = 64 * 1024;

/// The report as one exposition.
pub fn render(outcome: &Outcome) -> String {
    let digest = TenantSummary::of(outcome, None);
    let mut page = Page::default();
    families(&mut page, std::slice::from_ref(&digest));
    page.text
}

/// The summaries of many tenants as one exposition, written in pieces: a family holds the samples of all tenants.
pub fn write(digests: &[TenantSummary], to: &mut OutputStream) {
    let mut page = Page { to: Some(to), ..Page::default() };
    families(&mut page, digests);
    page.flush();
}

fn families(page: &mut Page<'_>, digests: &[TenantSummary]) {
    run(page, digests);
    checks(page, digests);
    findings(page, digests);
    link(page, digests);
}

fn run(page: &mut Page<'_>, digests: &[TenantSummary]) {
    page.family("info", "The program and the guide that a run used.");
    for digest in digests {
        page.sample(digest, "info", &[("version", env!("CARGO_PKG_VERSION")), ("guide", &digest.guide)], 1.0);
    }
    page.family("ready", "1 when nothing blocks, warnings included; 0 otherwise.");
    for digest in digests {
        let ready = matches!(digest.verdict, Verdict::Ready | Verdict::ReadyWithWarnings);
        page.sample(digest, "ready", &[], flag(ready));
    }
    page.family("verdict", "1 for the verdict of the run, 0 for the others.");
    for digest in digests {
        for (verdict, word) in VERDICTS {
            page.sample(digest, "verdict", &[("verdict", word)], flag(digest.verdict == verdict));
        }
    }
    page.single("exit_status", "The exit status of the run.", digests, |digest| Some(f64::from(digest.exit)));
    page.single("run_duration_seconds", "Wall time of the run.", digests, |digest| Some(seconds(digest.duration_ms)));
    let help = "When the run began, in seconds since 1970.";
    page.single("run_start_timestamp_seconds", help, digests, |digest| digest.started_at);
    let help = "HTTP requests that the run sent.";
    page.single("run_requests", help, digests, |digest| Some(f64::from(digest.requests)));
}

fn checks(page: &mut Page<'_>, digests: &[TenantSummary]) {
    page.family("check_status", "1 for the status of a check, 0 for the others.");
    for digest in digests {
        for check in &digest.checks {
            for (status, word) in [
                (Status::Passed, "passed"),
                (Status::Warned, "warned"),
                (Status::Failed, "failed"),
                (Status::Skipped, "skipped"),
            ] {
                let labels = [("check", &*check.id), ("status", word)];
                page.sample(digest, "check_status", &labels, flag(check.status == status));
            }
        }
    }
    page.family("check_duration_seconds", "Time of the whole exchange of a check.");
    for digest in digests {
        for check in &digest.checks {
            if let Some(ms) = check.timing.total {
                page.sample(digest, "check_duration_seconds", &[("check", &*check.id)], seconds(ms.into()));
            }
        }
    }
    failure_details(page, digests);
}

/// Families that are useful for one tenant and would be too many series for a thousand.
fn failure_details(page: &mut Page<'_>, digests: &[TenantSummary]) {
    let [digest] = digests else { return };
    page.family("check_phase_duration_seconds", "Time of a phase of a check's exchange.");
    for check in &digest.checks {
        for (phase, ms) in phases(check.timing) {
            let labels = [("check", &*check.id), ("phase", phase)];
            page.sample(digest, "check_phase_duration_seconds", &labels, seconds(ms.into()));
        }
    }
    page.family("check_http_status_code", "HTTP status of the answer that a check rests on.");
    for check in &digest.checks {
        if let Some(status) = check.http_status {
            page.sample(digest, "check_http_status_code", &[("check", &*check.id)], f64::from(status));
        }
    }
}

fn phases(time: Timing) -> impl Iterator<Item = (&'static str, u32)> {
    let phases = [("dns", time.dns), ("connect", time.connect), ("tls", time.tls), ("first_byte", time.first_byte)];
    phases.into_iter().filter_map(|(phase, ms)| Some((phase, ms?)))
}

fn findings(page: &mut Page<'_>, digests: &[TenantSummary]) {
    page.family("diagnoses", "Number of diagnoses of a code.");
    for digest in digests {
        for (code, severity, number) in &digest.diagnoses {
            let severity = match severity {
                Severity::Blocking => "blocking",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            page.sample(digest, "diagnoses", &[("code", code.id()), ("severity", severity)], f64::from(*number));
        }
    }
    page.family("facts", "Number of the guide's lines in a state.");
    for digest in digests {
        for (state, number) in &digest.facts {
            let word = match state {
                FactState::Proved => "proved",
                FactState::Contradicted => "contradicted",
                FactState::Unproved => "unproved",
                FactState::Operator => "operator",
            };
            page.sample(digest, "facts", &[("state", word)], f64::from(*number));
        }
    }
}

fn link(page: &mut Page<'_>, digests: &[TenantSummary]) {
    let help = "When the server's certificate ends, in seconds since 1970.";
    page.single("certificate_not_after_timestamp_seconds", help, digests, |digest| digest.certificate_ends);
    let help = "How long an access token is valid.";
    page.single("token_lifetime_seconds", help, digests, |digest| digest.token_lifetime);
}

const VERDICTS: [(Verdict, &str); 4] = [
    (Verdict::Ready, "ready"),
    (Verdict::ReadyWithWarnings, "ready_with_warnings"),
    (Verdict::NotReady, "not_ready"),
    (Verdict::Undetermined, "undetermined"),
];

/// One exposition. Each sample names its Halo, so that the files of several can be collected together.
#[derive(Default)]
struct Page<'a> {
    text: String,
    to: Option<&'a mut OutputStream>,
}

impl Page<'_> {
    fn family(&mut self, name: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP halo_onboard_{name} {help}\n# TYPE halo_onboard_{name} gauge");
    }

    fn sample(&mut self, digest: &TenantSummary, name: &str, labels: &[(&str, &str)], value: f64) {
        let profile = digest.profile.as_deref().map(|profile| ("profile", profile));
        let about = [("resource_server", &*digest.resource_server), ("tenant", &*digest.tenant)];
        let all = profile.into_iter().chain(about).chain(labels.iter().copied());
        let labels: Vec<String> = all.map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
        let _ = writeln!(self.text, "halo_onboard_{name}{{{}}} {value}", labels.join(","));
        if self.to.is_some() && self.text.len() >= PIECE {
            self.flush();
        }
    }

    /// A family with at most one sample a run; it is omitted if no run has one.
    fn single(
        &mut self,
        name: &str,
        help: &str,
        digests: &[TenantSummary],
        value: impl Fn(&TenantSummary) -> Option<f64>,
    ) {
        let mut samples = digests.iter().filter_map(|digest| Some((digest, value(digest)?))).peekable();
        if samples.peek().is_some() {
            self.family(name, help);
        }
        samples.for_each(|(digest, value)| self.sample(digest, name, &[], value));
    }

    fn flush(&mut self) {
        if let Some(to) = &mut self.to {
            to.text(&self.text);
            self.text.clear();
        }
    }
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::evidence::{Answer, Certificate, Grant, Observation, Timing};
    use crate::headless::formats::document::tests::outcome;
    use crate::headless::output_streams::tests::kept;

    /// Page of one tenant with a sample of each family.
    pub fn rendered() -> String {
        let mut outcome = outcome();
        let certificate = Certificate { not_after: "2027-02-02T00:00:00Z".into(), ..Certificate::default() };
        outcome.evidence.link.certificate = Some(certificate);
        let grant = Grant { expires_in: Some(3600), ..Grant::default() };
        outcome.evidence.token = Observation::Answered(Answer { value: grant, status: 200, timing: Timing::default() });
        render(&outcome)
    }

    /// Page of several tenants.
    pub fn written(names: &[&str]) -> String {
        let digests: Vec<TenantSummary> = names.iter().map(|name| TenantSummary::of(&outcome(), Some(name))).collect();
        let (mut to, out, _) = kept();
        write(&digests, &mut to.out);
        out.text()
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
    fn many_say_the_same_as_one_with_the_profile_before() {
        let many = written(&["acme", "be\"ta"]);
        assert_sound(&many);
        for (line, profile) in [("ready", "acme"), ("ready", r#"be\"ta"#), ("exit_status", "acme")] {
            let start = format!("halo_onboard_{line}{{profile=\"{profile}\",resource_server=");
            assert!(many.lines().any(|line| line.starts_with(&start)), "{start} is missing in:\n{many}");
        }
        let without: String = many.replace("profile=\"acme\",", "");
        let one = render(&outcome());
        let left_out = |line: &str| line.contains("phase_duration") || line.contains("http_status_code");
        for line in one.lines().filter(|line| !left_out(line)) {
            assert!(without.lines().any(|found| found == line), "{line} is missing in:\n{many}");
        }
    }

    #[test]
    fn each_family_has_help_and_type_once_before_its_samples_and_no_sample_stands_twice() {
        assert_sound(&rendered());
    }

    fn assert_sound(text: &str) {
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
