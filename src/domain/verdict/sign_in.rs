//! Up to the token: the connection, discovery, the tenant, the token endpoint.

use super::evidence_view::EvidenceView;
use super::{discovery_failure, fixes, tenant, token_failure};
use crate::domain::codes::Code;
use crate::domain::evidence::Observation;
use crate::domain::report::{Diagnosis, Severity};
use crate::domain::scope;

/// Diagnoses up to and including the token.
pub fn diagnoses(seen: &EvidenceView<'_>) -> Vec<Diagnosis> {
    let evidence = seen.case.evidence;
    match &evidence.discovery {
        // Everything rests on discovery: without it, nothing was tested.
        Observation::NotAsked if !seen.case.finished => return Vec::new(),
        Observation::NotAsked | Observation::Cancelled => return vec![fixes::cancelled(vec!["discovery".into()])],
        Observation::Failed(fault) => return vec![discovery_failure::diagnosis(seen, fault)],
        Observation::Answered(_) => {}
    }
    let mismatch = tenant::mismatch(seen);
    if let Some(mismatch) = mismatch.as_ref().filter(|mismatch| mismatch.severity == Severity::Blocking) {
        return vec![mismatch.clone()];
    }
    let mut out: Vec<Diagnosis> = match &evidence.token {
        Observation::Failed(fault) => vec![token_failure::diagnosis(seen, fault)],
        Observation::Cancelled => vec![fixes::cancelled(vec!["token".into()])],
        // What was not asked is no pass.
        Observation::NotAsked if seen.case.finished => vec![no_token_asked()],
        _ => Vec::new(),
    };
    out.extend(mismatch);
    if evidence.token.value().is_some() {
        out.extend(clock(seen));
    }
    out
}

/// The run ended before a token was asked for.
fn no_token_asked() -> Diagnosis {
    let summary = "The run ended before a token was asked for: nothing that needs one was checked.".into();
    Diagnosis { summary, ..fixes::cancelled(vec!["token".into()]) }
}

/// A clock that is far off while the token still works.
fn clock(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let skew = seen.case.evidence.discovery.value()?.clock_skew?;
    let told = seen.refused_for_the_clock();
    (skew.abs() > fixes::SKEW_LIMIT && !told).then(|| Diagnosis {
        code: Code::AuthClockSkew,
        severity: Severity::Warning,
        summary: fixes::clock_difference_text(skew),
        fix: fixes::clock_fix_steps(),
        facts: Vec::new(),
        checks: vec!["discovery".into()],
    })
}

/// The scopes that the token reply lists beyond those of the guide.
pub fn excess_scopes(seen: &EvidenceView<'_>) -> Vec<String> {
    let Some(echo) = &seen.echo else { return Vec::new() };
    scope::excess(echo, &seen.case.guide.application.scopes).into_iter().map(str::to_owned).collect()
}
