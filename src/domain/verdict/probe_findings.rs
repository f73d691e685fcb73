//! Finding of each list and each visibility probe, from echo, claims and response together.

use std::collections::BTreeMap;

use super::evidence_view::{ClaimStatus, EvidenceView, Outcome};
use crate::domain::codes::Code;
use crate::domain::evidence::BearerError;
use crate::domain::guide::Probe;

/// Finding of one probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Not asked, or not answered yet.
    Open,
    /// Stopped by the operator.
    Cancelled,
    /// Rows are visible and nothing speaks against it.
    Pass(usize),
    /// The application's Permissions tab lacks the scope.
    Scope,
    /// The role's level or switch is too low.
    Role,
    /// Both are too low.
    ScopeAndRole,
    /// The server says that it does not take the token (`invalid_token`).
    Token(u16),
    /// Refused; unknown by which of the two.
    Either(u16),
    /// Refused although both look right.
    Unexplained(u16),
    /// Allowed, nothing visible.
    Nothing,
    /// The role says no, yet rows are visible.
    Contradiction,
    /// None of the first rows of a long list matches: neither proved nor contradicted. The number of rows read.
    Unclear(usize),
    /// A failure with a code of its own.
    Failed(Code),
    /// A visibility probe whose list is refused: nothing can be said.
    Blocked,
}

/// The findings of all probes.
pub struct Permissions<'a> {
    /// By probe id.
    pub findings: BTreeMap<&'a str, Finding>,
    /// Set when every list was refused and nothing says which side is short.
    pub all_refused: Option<u16>,
    /// True when every list answered without any row.
    pub all_empty: bool,
}

impl<'a> Permissions<'a> {
    pub fn of(seen: &EvidenceView<'a>) -> Self {
        let mut findings: BTreeMap<&str, Finding> =
            seen.lists().map(|p| (p.id.as_str(), list_finding(seen, p))).collect();
        for probe in seen.case.guide.probes.iter().filter(|probe| probe.sees.is_some()) {
            let behind = seen.list_behind(probe).and_then(|list| findings.get(list.id.as_str()));
            let finding = visibility_finding(seen, probe, behind);
            findings.insert(&probe.id, finding);
        }
        let outcomes: Vec<Outcome> = seen.lists().map(|probe| seen.outcome(probe)).collect();
        let enough = seen.case.finished && outcomes.len() > 1;
        let all_empty = enough && outcomes.iter().all(|outcome| *outcome == Outcome::Empty);
        Self { all_refused: if enough { all_refused(seen, &outcomes, &findings) } else { None }, all_empty, findings }
    }

    pub fn finding(&self, probe: &Probe) -> &Finding {
        self.findings.get(probe.id.as_str()).unwrap_or(&Finding::Open)
    }

    /// True when some permission of the role is short or refused: the agent's role then matters.
    pub fn lacks_some_role_level(&self) -> bool {
        self.all_refused.is_some()
            || self.all_empty
            || self.findings.values().any(|f| matches!(f, Finding::Role | Finding::ScopeAndRole | Finding::Either(_)))
    }
}

fn list_finding(seen: &EvidenceView<'_>, probe: &Probe) -> Finding {
    let application = seen.application_allows(&probe.scope);
    let line = seen.case.guide.line(&probe.fact);
    let standing = line.map_or(ClaimStatus::Unknown, |line| seen.claim_status(line));
    let role = match standing {
        ClaimStatus::Unknown => None,
        ClaimStatus::Below { .. } => Some(false),
        _ => Some(true),
    };
    match seen.outcome(probe) {
        // The token endpoint has refused the scope by name, so the list was not asked for.
        Outcome::NotAsked if seen.refused_by_name(&probe.scope) => refused(Some(false), role, 0),
        Outcome::NotAsked => Finding::Open,
        Outcome::Cancelled => Finding::Cancelled,
        Outcome::Failed => Finding::Failed(failure_code(seen, probe)),
        Outcome::Unclear(rows) => Finding::Unclear(rows),
        Outcome::Refused(status) => match seen.bearer_error(probe) {
            Some(BearerError::InvalidToken) => Finding::Token(status),
            Some(BearerError::InsufficientScope) => refused(Some(false), role, status),
            None => refused(application, role, status),
        },
        Outcome::Empty => match (application, role) {
            (Some(false), Some(false)) => Finding::ScopeAndRole,
            (Some(false), _) => Finding::Scope,
            (_, Some(false)) => Finding::Role,
            _ => Finding::Nothing,
        },
        Outcome::Rows(rows) => match standing {
            ClaimStatus::Below { nothing: true, .. } if !probe.weak => Finding::Contradiction,
            ClaimStatus::Below { .. } => Finding::Role,
            _ => Finding::Pass(rows),
        },
    }
}

/// Effective permission is application and role together, so a refusal alone cannot say which side is short.
fn refused(application: Option<bool>, role: Option<bool>, status: u16) -> Finding {
    match (application, role) {
        (Some(false), Some(false)) => Finding::ScopeAndRole,
        (Some(false), _) | (None, Some(true)) => Finding::Scope,
        (_, Some(false)) | (Some(true), None) => Finding::Role,
        (None, None) => Finding::Either(status),
        (Some(true), Some(true)) => Finding::Unexplained(status),
    }
}

fn visibility_finding(seen: &EvidenceView<'_>, probe: &Probe, behind: Option<&Finding>) -> Finding {
    let standing = seen.case.guide.line(&probe.fact).map_or(ClaimStatus::Unknown, |line| seen.claim_status(line));
    let outcome = seen.outcome(probe);
    if let ClaimStatus::Below { .. } = standing {
        return match outcome {
            Outcome::NotAsked => Finding::Open,
            Outcome::Rows(_) => Finding::Contradiction,
            _ => Finding::Role,
        };
    }
    match outcome {
        Outcome::NotAsked => Finding::Open,
        Outcome::Cancelled => Finding::Cancelled,
        Outcome::Rows(rows) => Finding::Pass(rows),
        Outcome::Unclear(rows) => Finding::Unclear(rows),
        Outcome::Refused(_) => Finding::Blocked,
        Outcome::Failed if probe.rows_of.is_some() => Finding::Blocked,
        Outcome::Failed => Finding::Failed(failure_code(seen, probe)),
        Outcome::Empty => match (behind, standing) {
            // No ticket at all is told once, by the list itself.
            (Some(Finding::Pass(_) | Finding::Contradiction), ClaimStatus::Unknown) => Finding::Nothing,
            (Some(Finding::Pass(_) | Finding::Contradiction), _) => Finding::Pass(0),
            _ => Finding::Blocked,
        },
    }
}

/// The code of a probe's failure; a whole module that is missing has a code of its own.
fn failure_code(seen: &EvidenceView<'_>, probe: &Probe) -> Code {
    let code = |probe: &Probe| seen.answer(probe).fault().map_or(Code::LocalBug, |fault| fault.code);
    let own = code(probe);
    if own != Code::ApiMissing {
        return own;
    }
    let group: Vec<&Probe> = seen.lists().filter(|other| other.fact == probe.fact).collect();
    let all_missing = group.len() > 1
        && group.iter().all(|other| seen.outcome(other) == Outcome::Failed && code(other) == Code::ApiMissing);
    if all_missing { Code::ApiModuleMissing } else { Code::ApiMissing }
}

fn all_refused(seen: &EvidenceView<'_>, outcomes: &[Outcome], findings: &BTreeMap<&str, Finding>) -> Option<u16> {
    let statuses: Vec<u16> =
        outcomes.iter().filter_map(|o| if let Outcome::Refused(status) = o { Some(*status) } else { None }).collect();
    let asked = outcomes.iter().filter(|outcome| **outcome != Outcome::NotAsked).count();
    if statuses.len() < 2 || statuses.len() != asked {
        return None;
    }
    if seen.scopeless() {
        return statuses.first().copied();
    }
    // With the agent's own record refused as well, one diagnosis speaks of the token everywhere.
    let says_token = |side: Option<&Finding>| matches!(side, Some(Finding::Token(_))) && !seen.identity_is_refused();
    let side_known = seen.lists().all(|probe| {
        let side = findings.get(probe.id.as_str());
        let known_short = matches!(side, Some(Finding::Scope | Finding::ScopeAndRole));
        let role_short = seen
            .case
            .guide
            .line(&probe.fact)
            .is_some_and(|line| matches!(seen.claim_status(line), ClaimStatus::Below { .. }));
        matches!(side, Some(Finding::Open)) || known_short || role_short || says_token(side)
    });
    if side_known { None } else { statuses.first().copied() }
}
