//! Each line of the guide after the evidence: proved, contradicted, unproved, or for a person to confirm.

use super::super::access;
use super::super::code::Code;
use super::super::evidence::Asked;
use super::super::guide::{Line, Probe, Witness};
use super::super::report::{Fact, FactState};
use super::agent::is_no_team;
use super::finding::{Finding, Permissions};
use super::seen::{Seen, Standing};
use super::signin;

type Found = (FactState, Option<String>);

const UNPROVED: Found = (FactState::Unproved, None);

fn proved(found: impl Into<String>) -> Found {
    (FactState::Proved, Some(found.into()))
}

fn contradicted(found: impl Into<String>) -> Found {
    (FactState::Contradicted, Some(found.into()))
}

/// Every fact of the guide, in its order.
pub fn of(seen: &Seen<'_>, permissions: &Permissions<'_>) -> Vec<Fact> {
    seen.case
        .guide
        .lines()
        .map(|line| {
            let (state, found) = state(seen, permissions, line);
            Fact { id: line.fact.clone(), label: line.label.clone(), expected: line.expected.clone(), found, state }
        })
        .collect()
}

fn state(seen: &Seen<'_>, permissions: &Permissions<'_>, line: &Line) -> Found {
    match line.witness {
        Witness::Operator => (FactState::Operator, None),
        Witness::AgentName | Witness::LoginAgent => agent_name(seen, line.witness),
        Witness::ApiOnly => yes_no(seen.identity().and_then(|identity| identity.api_only), &line.expected),
        Witness::DefaultTeam => default_team(seen, line),
        Witness::RoleName | Witness::RoleMember => role(seen, line.witness),
        Witness::Level => level(seen, permissions, line),
        Witness::Switch | Witness::UnassignedVisible | Witness::OthersVisible => visible(seen, permissions, line),
        Witness::ApiDetails => api_details(seen),
        Witness::AuthMethod => auth_method(seen),
        Witness::LoginType => login_type(seen, permissions),
        Witness::Credentials => credentials(seen),
        Witness::Scopes => scopes(seen, permissions),
        Witness::FormUrl => form_url(seen),
        Witness::FormTenant => form_tenant(seen),
        Witness::FormClientId => form_value(seen, "ID2052", &seen.case.connection.client_id),
        Witness::FormSecret => form_value(seen, "ID2055", "accepted"),
    }
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

fn yes_no(found: Option<bool>, expected: &str) -> Found {
    let Some(found) = found else { return UNPROVED };
    let wanted = access::switch(expected).unwrap_or(true);
    let words = if found { "Yes" } else { "No" };
    if found == wanted { proved(words) } else { contradicted(words) }
}

fn agent_name(seen: &Seen<'_>, witness: Witness) -> Found {
    match (seen.agent_is_wanted(), seen.agent_name()) {
        (Some(true), Some(name)) => proved(short(name)),
        // Another agent that does not even have the role: the right one may well exist under its name.
        (Some(false), Some(_))
            if witness == Witness::AgentName
                && seen.has_role() == Some(false)
                && seen.identity().and_then(|identity| identity.api_only) != Some(true) =>
        {
            UNPROVED
        }
        (Some(false), Some(name)) => contradicted(short(name)),
        _ => UNPROVED,
    }
}

fn default_team(seen: &Seen<'_>, line: &Line) -> Found {
    let Some(team) = seen.default_team_found() else { return UNPROVED };
    let fits = if is_no_team(&line.expected) { is_no_team(team) } else { team.eq_ignore_ascii_case(&line.expected) };
    let words = if is_no_team(team) { "no default team".to_owned() } else { short(team) };
    if fits { proved(words) } else { contradicted(words) }
}

fn role(seen: &Seen<'_>, witness: Witness) -> Found {
    match seen.has_role() {
        None => UNPROVED,
        Some(true) => proved(seen.case.guide.role.name.clone()),
        Some(false) => {
            let names = seen.role_names();
            match (witness, names.is_empty()) {
                // An agent without any role says nothing about the role's name.
                (Witness::RoleName, true) => UNPROVED,
                (_, true) => contradicted("no role"),
                (_, false) => contradicted(short(&names.join(", "))),
            }
        }
    }
}

fn probes_of<'a>(seen: &Seen<'a>, line: &'a Line) -> impl Iterator<Item = &'a Probe> {
    seen.case.guide.probes.iter().filter(move |probe| probe.fact == line.fact)
}

fn level(seen: &Seen<'_>, permissions: &Permissions<'_>, line: &Line) -> Found {
    match seen.standing(line) {
        Standing::Below { found, .. } | Standing::Above(found) => return contradicted(found),
        Standing::Equal(found) => return proved(found),
        Standing::Unknown => {}
    }
    let findings: Vec<(&Probe, &Finding)> =
        probes_of(seen, line).map(|probe| (probe, permissions.finding(probe))).collect();
    if findings.iter().any(|(_, finding)| matches!(finding, Finding::Role | Finding::ScopeAndRole)) {
        return contradicted("refused by the role");
    }
    // Reading alone shows nothing of a right to change.
    let wanted = line.claim.as_deref().and_then(access::scale).and_then(|scale| scale.by_name(&line.expected));
    let reading_is_all = wanted.is_some_and(|level| level.write == access::Write::Nothing);
    let rows = findings.iter().find_map(|(probe, finding)| match finding {
        Finding::Pass(rows) if !probe.weak && reading_is_all => Some(*rows),
        _ => None,
    });
    match rows {
        Some(rows) => proved(format!("{}; more than reading would look the same", visible_rows(rows))),
        None => (FactState::Unproved, unproved_words(seen, line, &findings)),
    }
}

fn unproved_words(seen: &Seen<'_>, line: &Line, findings: &[(&Probe, &Finding)]) -> Option<String> {
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

fn visible(seen: &Seen<'_>, permissions: &Permissions<'_>, line: &Line) -> Found {
    match seen.standing(line) {
        Standing::Equal(found) | Standing::Above(found) => return proved(found),
        Standing::Below { found, .. } => return contradicted(found),
        Standing::Unknown => {}
    }
    let passed = probes_of(seen, line).any(|probe| matches!(permissions.finding(probe), Finding::Pass(1..)));
    let nothing = probes_of(seen, line).any(|probe| *permissions.finding(probe) == Finding::Nothing);
    match (passed, nothing) {
        (true, _) => proved("such a ticket is visible"),
        (_, true) => (FactState::Unproved, Some("no such ticket is visible".into())),
        _ => UNPROVED,
    }
}

fn api_details(seen: &Seen<'_>) -> Found {
    match &seen.case.evidence.discovery {
        Asked::Answered(answer) => {
            let tenant = answer.value.tenant.as_ref().map(|tenant| tenant.cut(80)).filter(|tenant| !tenant.is_empty());
            proved(match tenant {
                Some(tenant) => format!("{}, tenant {tenant}", answer.value.auth_server),
                None => answer.value.auth_server.clone(),
            })
        }
        Asked::Failed(fault) if is_no_halo(fault.code) => contradicted("no Halo at this address"),
        _ => UNPROVED,
    }
}

fn auth_method(seen: &Seen<'_>) -> Found {
    match &seen.case.evidence.token {
        Asked::Answered(_) => proved("client credentials accepted"),
        Asked::Failed(fault) if matches!(fault.code, Code::AuthUnauthorizedClient | Code::AuthUnsupportedGrant) => {
            contradicted("client credentials are not allowed")
        }
        _ => UNPROVED,
    }
}

/// A list that answers, or an agent that is named, shows that the token acts as an agent.
fn login_type(seen: &Seen<'_>, permissions: &Permissions<'_>) -> Found {
    let reads = permissions.findings.values().any(|finding| matches!(finding, Finding::Pass(1..)));
    if seen.identity().is_some() || reads { proved("the token acts as an agent") } else { UNPROVED }
}

fn credentials(seen: &Seen<'_>) -> Found {
    match &seen.case.evidence.token {
        Asked::Answered(_) => proved("accepted"),
        Asked::Failed(fault) if fault.code == Code::AuthInvalidClient => contradicted("refused"),
        _ => UNPROVED,
    }
}

fn scopes(seen: &Seen<'_>, permissions: &Permissions<'_>) -> Found {
    let guide = seen.case.guide;
    match &seen.case.evidence.token {
        Asked::Answered(_) => {}
        Asked::Failed(fault) if fault.code == Code::AuthInvalidScope => return contradicted("every scope refused"),
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
    let excess = signin::excess_scopes(seen);
    if !excess.is_empty() {
        return contradicted(short(&format!("also {}", excess.join(" "))));
    }
    if guide.application.scopes.iter().all(|scope| allowed(scope) == Some(true)) {
        return proved(if seen.echo.is_some() { "as wanted" } else { "at least what is wanted" });
    }
    UNPROVED
}

/// An answer of something that is no Halo. A server that fails, or something in front of Halo, says nothing of the address.
fn is_no_halo(code: Code) -> bool {
    matches!(code, Code::DiscoveryNotHalo | Code::HttpNotFound | Code::HttpNotJson)
}

fn form_url(seen: &Seen<'_>) -> Found {
    match &seen.case.evidence.discovery {
        Asked::Answered(answer) if !answer.value.given_by_hand => proved(seen.case.connection.resource_server.clone()),
        Asked::Failed(fault) if is_no_halo(fault.code) => contradicted("no Halo at this address"),
        _ if seen.identity().is_some() => proved(seen.case.connection.resource_server.clone()),
        _ => UNPROVED,
    }
}

fn form_tenant(seen: &Seen<'_>) -> Found {
    let typed = seen.case.connection.tenant.as_deref();
    let discovery = seen.case.evidence.discovery.value();
    if let Some(other) = discovery.and_then(|discovery| discovery.other_tenant(typed)) {
        return contradicted(short(&format!("this Halo is {}", other.as_str())));
    }
    let told = discovery.and_then(|discovery| discovery.tenant.as_ref());
    let told = told.map(|tenant| tenant.as_str()).filter(|tenant| !tenant.is_empty());
    let token = &seen.case.evidence.token;
    match (typed, told) {
        (_, Some(told)) => proved(short(told)),
        (typed, None) => match token {
            Asked::Answered(_) => proved(typed.unwrap_or("none needed")),
            Asked::Failed(fault) if signin::blames_the_tenant(seen, fault) => {
                contradicted(typed.map_or("a tenant is needed".to_owned(), |_| "not known".to_owned()))
            }
            _ => UNPROVED,
        },
    }
}

fn form_value(seen: &Seen<'_>, openiddict: &str, words: &str) -> Found {
    match &seen.case.evidence.token {
        Asked::Answered(_) => proved(words),
        Asked::Failed(fault)
            if fault.code == Code::AuthInvalidClient && fault.openiddict.as_deref() == Some(openiddict) =>
        {
            contradicted("not known to Halo")
        }
        _ => UNPROVED,
    }
}
