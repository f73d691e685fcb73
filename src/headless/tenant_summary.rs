//! Summary of one run that is kept when its report is dropped: numbers and a few names, about 2 KB.

use super::Outcome;
use crate::domain::codes::Code;
use crate::domain::evidence::Timing;
use crate::domain::report::{FactState, Severity, Status, Verdict};

/// Summary of one run.
pub struct TenantSummary {
    /// Name of the profile, if the run was one of several.
    pub profile: Option<Box<str>>,
    /// Origin of the resource server.
    pub resource_server: Box<str>,
    /// Tenant; empty if there is none.
    pub tenant: Box<str>,
    /// Id of the guide.
    pub guide: Box<str>,
    /// The verdict.
    pub verdict: Verdict,
    /// Exit status.
    pub exit: u8,
    /// Wall time.
    pub duration_ms: u64,
    /// Start, in seconds since 1970.
    pub started_at: Option<f64>,
    /// Number of requests sent.
    pub requests: u32,
    /// The checks.
    pub checks: Vec<CheckMetrics>,
    /// Number of diagnoses by code and severity.
    pub diagnoses: Vec<(Code, Severity, u32)>,
    /// Number of facts by state.
    pub facts: [(FactState, u32); 4],
    /// Expiry of the server's certificate, in seconds since 1970.
    pub certificate_ends: Option<f64>,
    /// Lifetime of the access token, in seconds.
    pub token_lifetime: Option<f64>,
}

/// Status and timing of one check.
pub struct CheckMetrics {
    /// Id of the check.
    pub id: Box<str>,
    /// Status of the check.
    pub status: Status,
    /// HTTP status of its response.
    pub http_status: Option<u16>,
    /// Phases and their durations in milliseconds.
    pub timing: Timing,
}

impl TenantSummary {
    /// Summarises an outcome.
    pub fn of(outcome: &Outcome, profile: Option<&str>) -> Self {
        let (report, evidence) = (&outcome.report, &outcome.evidence);
        let check = |check: &crate::domain::report::Check| CheckMetrics {
            id: check.id.as_str().into(),
            status: check.status,
            http_status: check.http_status,
            timing: check.timing_ms,
        };
        let certificate = evidence.link.certificate.as_ref();
        let lifetime = evidence.token.value().and_then(|grant| grant.expires_in);
        Self {
            profile: profile.map(Box::from),
            resource_server: report.target.resource_server.as_str().into(),
            tenant: report.target.tenant.as_deref().unwrap_or_default().into(),
            guide: report.guide.as_str().into(),
            verdict: report.verdict,
            exit: outcome.exit,
            duration_ms: report.duration_ms,
            started_at: unix_seconds(&report.started_at),
            requests: evidence.requests,
            checks: report.checks.iter().map(check).collect(),
            diagnoses: diagnoses(outcome),
            facts: facts(outcome),
            certificate_ends: certificate.and_then(|certificate| unix_seconds(&certificate.not_after)),
            token_lifetime: lifetime.map(|seconds| std::time::Duration::from_secs(seconds).as_secs_f64()),
        }
    }
}

fn diagnoses(outcome: &Outcome) -> Vec<(Code, Severity, u32)> {
    let mut counts: Vec<(Code, Severity, u32)> = Vec::new();
    for diagnosis in &outcome.report.diagnoses {
        let same = |(code, severity, _): &&mut (Code, Severity, u32)| {
            (*code, *severity) == (diagnosis.code, diagnosis.severity)
        };
        match counts.iter_mut().find(same) {
            Some((_, _, number)) => *number += 1,
            None => counts.push((diagnosis.code, diagnosis.severity, 1)),
        }
    }
    counts
}

fn facts(outcome: &Outcome) -> [(FactState, u32); 4] {
    use FactState::{Contradicted, Operator, Proved, Unproved};
    [Proved, Contradicted, Unproved, Operator].map(|state| {
        let number = outcome.report.facts.iter().filter(|fact| fact.state == state).count();
        (state, u32::try_from(number).unwrap_or(u32::MAX))
    })
}

fn unix_seconds(time: &str) -> Option<f64> {
    let time: jiff::Timestamp = time.parse().ok()?;
    Some(std::time::Duration::from_millis(u64::try_from(time.as_millisecond()).ok()?).as_secs_f64())
}
