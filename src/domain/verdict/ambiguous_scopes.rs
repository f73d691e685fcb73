//! Scopes that the evidence leaves undecided.

use super::evidence_view::{ClaimStatus, EvidenceView, Outcome};
use crate::domain::guide::Probe;

/// Scopes of which nothing says whether the application has them.
pub fn scopes_without_evidence(seen: &EvidenceView<'_>, probes: &[&Probe]) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for probe in probes.iter().filter(|probe| probe.sees.is_none()) {
        if seen.application_allows(&probe.scope).is_none() && !scopes.contains(&probe.scope) {
            scopes.push(probe.scope.clone());
        }
    }
    scopes
}

/// Scopes whose own token request would decide an open question: their lists were refused or empty, neither the echo
/// nor a refusal by name shows whether the application lacks them, and the role's level does not explain it.
pub fn scopes_in_question(seen: &EvidenceView<'_>) -> Vec<String> {
    let open: Vec<&Probe> = seen
        .lists()
        .filter(|probe| matches!(seen.outcome(probe), Outcome::Refused(_) | Outcome::Empty))
        .filter(|probe| {
            let line = seen.case.guide.line(&probe.fact);
            !line.is_some_and(|line| matches!(seen.claim_status(line), ClaimStatus::Below { .. }))
        })
        .collect();
    let mut scopes = scopes_without_evidence(seen, &open);
    scopes.retain(|scope| !seen.case.evidence.single_scopes.contains_key(scope));
    scopes
}
