//! Each line of the guide after the evidence: proved, contradicted, unproved, or for a person to confirm.

use super::super::evidence::Observation;
use super::super::guide::{EvidenceSource, Line, Probe};
use super::super::report::{Fact, FactState};
use super::agent_identity::is_no_team;
use super::evidence_view::{ClaimStatus, EvidenceView};
use super::probe_findings::{Finding, Permissions};
use super::sign_in;
use super::tenant;
use crate::domain::codes::Code;
use crate::domain::permission_levels;

type ClaimResult = (FactState, Option<String>);

const UNPROVED: ClaimResult = (FactState::Unproved, None);

fn proved(found: impl Into<String>) -> ClaimResult {
    (FactState::Proved, Some(found.into()))
}

fn contradicted(found: impl Into<String>) -> ClaimResult {
    (FactState::Contradicted, Some(found.into()))
}

/// Every fact of the guide, in its order.
pub fn of(seen: &EvidenceView<'_>, permissions: &Permissions<'_>) -> Vec<Fact> {
    seen.case
        .guide
        .lines()
        .map(|line| {
            let (state, found) = state(seen, permissions, line);
            Fact { id: line.fact.clone(), label: line.label.clone(), expected: line.expected.clone(), found, state }
        })
        .collect()
}

fn state(seen: &EvidenceView<'_>, permissions: &Permissions<'_>, line: &Line) -> ClaimResult {
    match line.witness {
        EvidenceSource::Operator => (FactState::Operator, None),
        EvidenceSource::AgentName | EvidenceSource::LoginAgent => agent_name(seen, line.witness),
        EvidenceSource::ApiOnly => yes_no(seen.identity().and_then(|identity| identity.api_only), &line.expected),
        EvidenceSource::DefaultTeam => default_team(seen, line),
        EvidenceSource::RoleName | EvidenceSource::RoleMember => role(seen, line.witness),
        EvidenceSource::Level => level(seen, permissions, line),
        EvidenceSource::Switch | EvidenceSource::UnassignedVisible | EvidenceSource::OthersVisible => {
            visible(seen, permissions, line)
        }
        EvidenceSource::ApiDetails => api_details(seen),
        EvidenceSource::AuthMethod => auth_method(seen),
        EvidenceSource::LoginType => login_type(seen, permissions),
        EvidenceSource::Credentials => credentials(seen),
        EvidenceSource::Scopes => scopes(seen, permissions),
        EvidenceSource::FormUrl => form_url(seen),
        EvidenceSource::FormTenant => form_tenant(seen),
        EvidenceSource::FormClientId => form_value(seen, "ID2052", &seen.case.connection.client_id),
        EvidenceSource::FormSecret => form_value(seen, "ID2055", "accepted"),
    }
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

fn yes_no(found: Option<bool>, expected: &str) -> ClaimResult {
    let Some(found) = found else { return UNPROVED };
    let wanted = permission_levels::switch(expected).unwrap_or(true);
    let words = if found { "Yes" } else { "No" };
    if found == wanted { proved(words) } else { contradicted(words) }
}

fn agent_name(seen: &EvidenceView<'_>, witness: EvidenceSource) -> ClaimResult {
    match (seen.agent_is_wanted(), seen.agent_name()) {
        (Some(true), Some(name)) => proved(short(name)),
        // Another agent that does not even have the role: the right one may well exist under its name.
        (Some(false), Some(_))
            if witness == EvidenceSource::AgentName
                && seen.has_role() == Some(false)
                && seen.identity().and_then(|identity| identity.api_only) != Some(true) =>
        {
            UNPROVED
        }
        (Some(false), Some(name)) => contradicted(short(name)),
        _ => UNPROVED,
    }
}

fn default_team(seen: &EvidenceView<'_>, line: &Line) -> ClaimResult {
    let Some(team) = seen.default_team_found() else { return UNPROVED };
    let fits = if is_no_team(&line.expected) { is_no_team(team) } else { team.eq_ignore_ascii_case(&line.expected) };
    let words = if is_no_team(team) { "no default team".to_owned() } else { short(team) };
    if fits { proved(words) } else { contradicted(words) }
}

fn role(seen: &EvidenceView<'_>, witness: EvidenceSource) -> ClaimResult {
    match seen.has_role() {
        None => UNPROVED,
        Some(true) => proved(seen.case.guide.role.name.clone()),
        Some(false) => {
            let names = seen.role_names();
            match (witness, names.is_empty()) {
                // An agent without any role says nothing about the role's name.
                (EvidenceSource::RoleName, true) => UNPROVED,
                (_, true) => contradicted("no role"),
                (_, false) => contradicted(short(&names.join(", "))),
            }
        }
    }
}

fn probes_of<'a>(seen: &EvidenceView<'a>, line: &'a Line) -> impl Iterator<Item = &'a Probe> {
    seen.case.guide.probes.iter().filter(move |probe| probe.fact == line.fact)
}

fn level(seen: &EvidenceView<'_>, permissions: &Permissions<'_>, line: &Line) -> ClaimResult {
    match seen.claim_status(line) {
        ClaimStatus::Below { found, .. } | ClaimStatus::Above(found) => return contradicted(found),
        ClaimStatus::Equal(found) => return proved(found),
        ClaimStatus::Unknown => {}
    }
    let findings: Vec<(&Probe, &Finding)> =
        probes_of(seen, line).map(|probe| (probe, permissions.finding(probe))).collect();
    if findings.iter().any(|(_, finding)| matches!(finding, Finding::Role | Finding::ScopeAndRole)) {
        return contradicted("refused by the role");
    }
    // Reading alone shows nothing of a right to change.
    let wanted =
        line.claim.as_deref().and_then(permission_levels::scale).and_then(|scale| scale.by_name(&line.expected));
    let reading_is_all = wanted.is_some_and(|level| level.write == permission_levels::WriteLevel::Nothing);
    let rows = findings.iter().find_map(|(probe, finding)| match finding {
        Finding::Pass(rows) if !probe.weak && reading_is_all => Some(*rows),
        _ => None,
    });
    match rows {
        Some(rows) => proved(format!("{}; more than reading would look the same", visible_rows(rows))),
        None => (FactState::Unproved, unproved_words(seen, line, &findings)),
    }
}

fn unproved_words(seen: &EvidenceView<'_>, line: &Line, findings: &[(&Probe, &Finding)]) -> Option<String> {
    if let Some(value) = line.claim.as_deref().and_then(|claim| seen.unknown_value(claim)) {
        return Some(format!("level {}, which this program does not know", short(value)));
    }
    findings.iter().find_map(|(_, finding)| match finding {
        Finding::Pass(rows) => Some(format!("{}, as with a lower level", visible_rows(*rows))),
        Finding::Nothing => Some("allowed, no row visible".into()),
        Finding::Either(status) | Finding::Unexplained(status) => Some(format!("refused ({status})")),
        _ => None,
    })
}

fn visible_rows(rows: usize) -> String {
    if rows == 1 { "a row is visible".into() } else { "rows are visible".into() }
}

fn visible(seen: &EvidenceView<'_>, permissions: &Permissions<'_>, line: &Line) -> ClaimResult {
    match seen.claim_status(line) {
        ClaimStatus::Equal(found) | ClaimStatus::Above(found) => return proved(found),
        ClaimStatus::Below { found, .. } => return contradicted(found),
        ClaimStatus::Unknown => {}
    }
    let passed = probes_of(seen, line).any(|probe| matches!(permissions.finding(probe), Finding::Pass(1..)));
    let nothing = probes_of(seen, line).any(|probe| *permissions.finding(probe) == Finding::Nothing);
    match (passed, nothing) {
        (true, _) => proved("such a ticket is visible"),
        (_, true) => (FactState::Unproved, Some("no such ticket is visible".into())),
        _ => UNPROVED,
    }
}

fn api_details(seen: &EvidenceView<'_>) -> ClaimResult {
    match &seen.case.evidence.discovery {
        Observation::Answered(answer) => {
            let tenant = answer.value.tenant.as_ref().map(|tenant| tenant.cut(80)).filter(|tenant| !tenant.is_empty());
            proved(match tenant {
                Some(tenant) => format!("{}, tenant {tenant}", answer.value.auth_server),
                None => answer.value.auth_server.clone(),
            })
        }
        Observation::Failed(fault) if is_no_halo(fault.code) => contradicted("no Halo at this address"),
        _ => UNPROVED,
    }
}

fn auth_method(seen: &EvidenceView<'_>) -> ClaimResult {
    match &seen.case.evidence.token {
        Observation::Answered(_) => proved("client credentials accepted"),
        Observation::Failed(fault)
            if matches!(fault.code, Code::AuthUnauthorizedClient | Code::AuthUnsupportedGrant) =>
        {
            contradicted("client credentials are not allowed")
        }
        _ => UNPROVED,
    }
}

/// A list that answers, or an agent that is named, shows that the token acts as an agent.
fn login_type(seen: &EvidenceView<'_>, permissions: &Permissions<'_>) -> ClaimResult {
    let reads = permissions.findings.values().any(|finding| matches!(finding, Finding::Pass(1..)));
    if seen.identity().is_some() || reads { proved("the token acts as an agent") } else { UNPROVED }
}

fn credentials(seen: &EvidenceView<'_>) -> ClaimResult {
    match &seen.case.evidence.token {
        Observation::Answered(_) => proved("accepted"),
        Observation::Failed(fault) if fault.code == Code::AuthInvalidClient => contradicted("refused"),
        _ => UNPROVED,
    }
}

fn scopes(seen: &EvidenceView<'_>, permissions: &Permissions<'_>) -> ClaimResult {
    let guide = seen.case.guide;
    match &seen.case.evidence.token {
        Observation::Answered(_) => {}
        Observation::Failed(fault) if fault.code == Code::AuthInvalidScope => {
            return contradicted("every scope refused");
        }
        _ => return UNPROVED,
    }
    let allowed = |scope: &String| {
        let seen_rows = guide.probes.iter().any(|probe| {
            probe.scope == *scope && matches!(permissions.finding(probe), Finding::Pass(1..) | Finding::Contradiction)
        });
        seen.application_allows(scope).or(seen_rows.then_some(true))
    };
    let lacking: Vec<&str> =
        guide.application.scopes.iter().filter(|scope| allowed(scope) == Some(false)).map(String::as_str).collect();
    if !lacking.is_empty() {
        return contradicted(format!("lacks {}", lacking.join(" ")));
    }
    let excess = sign_in::excess_scopes(seen);
    if !excess.is_empty() {
        return contradicted(short(&format!("also {}", excess.join(" "))));
    }
    if guide.application.scopes.iter().all(|scope| allowed(scope) == Some(true)) {
        return proved(if seen.echo.is_some() { "as wanted" } else { "at least what is wanted" });
    }
    UNPROVED
}

/// Returns true if the response is certainly not from a Halo. A failing server, or an interceptor in front of Halo,
/// does not count.
fn is_no_halo(code: Code) -> bool {
    matches!(code, Code::DiscoveryNotHalo | Code::HttpNotFound | Code::HttpNotJson)
}

fn form_url(seen: &EvidenceView<'_>) -> ClaimResult {
    match &seen.case.evidence.discovery {
        Observation::Answered(answer) if !answer.value.given_by_hand => proved(seen.base()),
        Observation::Failed(fault) if is_no_halo(fault.code) => contradicted("no Halo at this address"),
        _ if seen.identity().is_some() => proved(seen.base()),
        _ => UNPROVED,
    }
}

fn form_tenant(seen: &EvidenceView<'_>) -> ClaimResult {
    let typed = seen.case.connection.tenant.as_deref();
    let discovery = seen.case.evidence.discovery.value();
    if let Some(other) = discovery.and_then(|discovery| discovery.other_tenant(typed)) {
        return match seen.case.evidence.token {
            // A server that gives a token has not judged the tenant by it: another product may be refused.
            Observation::Answered(_) => UNPROVED,
            _ => contradicted(short(&format!("this Halo is {}", other.as_str()))),
        };
    }
    let told = discovery.and_then(|discovery| discovery.tenant.as_ref());
    let told = told.map(|tenant| tenant.as_str()).filter(|tenant| !tenant.is_empty());
    let token = &seen.case.evidence.token;
    match (typed, told) {
        (_, Some(told)) => proved(short(told)),
        (typed, None) => match token {
            Observation::Answered(_) => proved(typed.unwrap_or("none needed")),
            Observation::Failed(fault) if tenant::is_blamed(seen, fault) => {
                contradicted(typed.map_or("a tenant is needed".to_owned(), |_| "not known".to_owned()))
            }
            _ => UNPROVED,
        },
    }
}

fn form_value(seen: &EvidenceView<'_>, openiddict: &str, words: &str) -> ClaimResult {
    match &seen.case.evidence.token {
        Observation::Answered(_) => proved(words),
        Observation::Failed(fault)
            if fault.code == Code::AuthInvalidClient && fault.openiddict.as_deref() == Some(openiddict) =>
        {
            contradicted("not known to Halo")
        }
        _ => UNPROVED,
    }
}
