//! Up to the token: the connection, discovery, the tenant, the token endpoint.

use super::evidence_view::EvidenceView;
use super::{discovery_failure, fixes, tenant, token_failure};
use crate::domain::codes::Code;
use crate::domain::evidence::Observation;
use crate::domain::guide::{AddressPart, EvidenceSource, Guide};
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
    out.extend(split_host(seen));
    out.extend(other_form(seen));
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

/// The vendor's test by its button; where the source names none, in words.
fn test_of(guide: &Guide) -> &str {
    if guide.test_button.is_empty() { "the connection" } else { &guide.test_button }
}

/// Tokens come from the other form of the named address; a product that goes by the name alone may fail.
fn other_form(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    let discovery = seen.case.evidence.discovery.value()?;
    let used = seen.case.evidence.token.value()?.token_url.split('?').next().unwrap_or_default();
    let named = format!("{}/token", discovery.auth_server);
    (!used.is_empty() && used != named).then(|| Diagnosis {
        code: Code::DiscoveryBadAuthUrl,
        severity: Severity::Note,
        summary: format!("Tokens come from {used}; {named} is named as their address, but there is nothing."),
        fix: vec![format!(
            "Compare Authorisation Server under {}. If {} fails in {}, tell its support this address.",
            fixes::api_details(guide),
            test_of(guide),
            guide.vendor
        )],
        facts: guide.facts_with(EvidenceSource::ApiDetails),
        checks: vec!["token".into()],
    })
}

/// The vendor's form does not ask for the authorisation server, so one on another host is worth knowing.
fn split_host(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let discovery = seen.case.evidence.discovery.value()?;
    let foreign = !discovery.auth_origin.is_empty() && discovery.auth_origin != seen.case.connection.resource_server;
    let asked = seen.case.guide.lines().any(|line| line.value == Some(AddressPart::AuthorisationServer));
    (foreign && !asked && seen.case.evidence.token.value().is_some()).then(|| Diagnosis {
        code: Code::DiscoveryForeignAuthUrl,
        severity: Severity::Note,
        summary: format!(
            "The authorisation server is another host ({}), and the form of {} does not ask for it.",
            discovery.auth_origin, seen.case.guide.vendor
        ),
        fix: vec![format!("If {} fails there, tell its support this address.", test_of(seen.case.guide))],
        facts: seen.case.guide.facts_with(EvidenceSource::ApiDetails),
        checks: vec!["discovery".into()],
    })
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
