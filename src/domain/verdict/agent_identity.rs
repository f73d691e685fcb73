//! Diagnoses about the agent as which the token acts, and about excess permissions.

use super::evidence_view::{ClaimStatus, EvidenceView};
use super::fixes;
use super::probe_findings::{Finding, Permissions};
use super::sign_in;
use crate::domain::codes::Code;
use crate::domain::evidence::Identity;
use crate::domain::guide::{EvidenceSource, Line};
use crate::domain::permission_levels;
use crate::domain::permission_levels::LevelComparison;
use crate::domain::report::{Diagnosis, Severity};

/// Diagnoses about the agent and its permissions beyond the guide.
pub fn diagnoses(seen: &EvidenceView<'_>, permissions: &Permissions<'_>) -> Vec<Diagnosis> {
    let mut out = Vec::new();
    out.extend(wrong_agent(seen));
    out.extend(disabled(seen, permissions));
    out.extend(wrong_role(seen, permissions));
    out.extend(not_api_only(seen));
    out.extend(default_team(seen));
    out.extend(administrator(seen));
    out.extend(role_excess(seen));
    out.extend(scope_excess(seen));
    out
}

fn about(code: Code, severity: Severity, summary: String, fix: Vec<String>, facts: Vec<String>) -> Diagnosis {
    Diagnosis { code, severity, summary, fix, facts, checks: vec!["identity".into()] }
}

/// The agent has another name than in the guide: a wrong agent was picked, or the right one has a wrong name. Its
/// role shows which.
fn wrong_agent(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    if seen.agent_is_wanted() != Some(false) {
        return None;
    }
    let guide = seen.case.guide;
    let name = seen.agent_name().unwrap_or_default();
    let short: String = name.chars().take(80).collect();
    let picked =
        vec![format!("{}: set Agent to log in as to {}, then Save.", fixes::application(guide), guide.agent.name)];
    let mut facts = guide.facts_with(EvidenceSource::LoginAgent);
    // An API-only agent was made for an integration, so it may be the right one under another name.
    let api_only = seen.identity().and_then(|identity| identity.api_only);
    let fix = if seen.has_role() == Some(false) && api_only != Some(true) {
        picked
    } else {
        facts.splice(0..0, guide.facts_with(EvidenceSource::AgentName));
        let renamed = vec![format!(
            "{} > {short}: if this is the agent that was made for {}, set Username to {}, then Save.",
            guide.screen(crate::domain::guide::Screen::Agents).join(" > "),
            guide.vendor,
            guide.agent.name
        )];
        let likely_renamed = seen.has_role() == Some(true);
        fixes::alternatives(if likely_renamed { vec![renamed, picked] } else { vec![picked, renamed] })
    };
    let summary = format!("You are signed in as {short}, not as {}.", guide.agent.name);
    Some(about(Code::IdentityWrongAgent, Severity::Blocking, summary, fix, facts))
}

/// A record that says "disabled". Where its token reads lists, the record is contradicted: Halo does not keep to it, or
/// it was switched off just now.
fn disabled(seen: &EvidenceView<'_>, permissions: &Permissions<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    if seen.identity()?.disabled != Some(true) {
        return None;
    }
    let name = fixes::the_agent(seen);
    let works = seen.lists().any(|probe| matches!(permissions.finding(probe), Finding::Pass(1..)));
    let (severity, summary) = if works {
        let text = format!("{name}: the record says that this agent is disabled, but its token and lists work.");
        (Severity::Warning, text)
    } else {
        (Severity::Blocking, format!("{name}: this agent is disabled."))
    };
    let fix = vec![format!("{}: tick Account Active, then Save.", fixes::seen_agent(seen))];
    Some(about(Code::AuthInvalidGrant, severity, summary, fix, guide.facts_with(EvidenceSource::LoginAgent)))
}

/// None of the agent's roles has the guide's name: it is not in the role, or the role is misnamed.
fn wrong_role(seen: &EvidenceView<'_>, permissions: &Permissions<'_>) -> Option<Diagnosis> {
    if seen.has_role() != Some(false) {
        return None;
    }
    let guide = seen.case.guide;
    let roles: Vec<String> = seen.role_names().iter().map(|name| name.chars().take(60).collect()).collect();
    let mut facts = guide.facts_with(EvidenceSource::RoleName);
    facts.extend(guide.facts_with(EvidenceSource::RoleMember));
    let member =
        vec![format!("{}: add {} under Agents that have this role, then Save.", fixes::role(guide), guide.agent.name)];
    let (summary, fix) = match roles.as_slice() {
        [] => {
            facts.retain(|fact| guide.facts_with(EvidenceSource::RoleMember).contains(fact));
            (format!("The agent has no role at all; it needs {}.", guide.role.name), member)
        }
        // Every permission is there, so some role grants it: its name alone is wrong.
        [only] if !permissions.lacks_some_role_level() => (
            format!("The agent's role is called {only}, not {}. Its permissions are right.", guide.role.name),
            fixes::alternatives(vec![
                vec![format!(
                    "{} > {only}: set Role Name to {}, then Save.",
                    guide.screen(crate::domain::guide::Screen::Roles).join(" > "),
                    guide.role.name
                )],
                member,
            ]),
        ),
        _ => (
            format!("The agent does not have the role {}; it has {}.", guide.role.name, fixes::join_with_and(&roles)),
            member,
        ),
    };
    Some(about(Code::IdentityWrongRole, Severity::Blocking, summary, fix, facts))
}

fn not_api_only(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    let asked = guide.lines().any(|line| line.witness == EvidenceSource::ApiOnly);
    (asked && seen.identity()?.api_only == Some(false)).then(|| {
        about(
            Code::IdentityNotApiOnly,
            Severity::Warning,
            format!("{} is not an API-only agent: it takes a licence and may log in by hand.", fixes::the_agent(seen)),
            vec![format!("{}: set Is an API-only Agent to Yes, then Save.", fixes::agent(guide))],
            guide.facts_with(EvidenceSource::ApiOnly),
        )
    })
}

fn default_team(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    let line = guide.lines().find(|line| line.witness == EvidenceSource::DefaultTeam)?;
    let team = seen.default_team_found()?;
    if is_no_team(team) == is_no_team(&line.expected) && (is_no_team(team) || team.eq_ignore_ascii_case(&line.expected))
    {
        return None;
    }
    let short: String = team.chars().take(60).collect();
    Some(about(
        Code::IdentityDefaultTeam,
        Severity::Warning,
        format!("The agent's {} is {short}; the guide wants {}.", line.label, line.expected),
        vec![format!("{}: set {} to {}, then Save.", fixes::agent(guide), line.label, line.expected)],
        vec![line.fact.clone()],
    ))
}

/// Returns true for a text that means "no default team".
pub fn is_no_team(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    matches!(bare.as_str(), "" | "nodefaultteam" | "none" | "noteam" | "0")
}

fn administrator(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    (seen.is_administrator() && !guide.wants_administrator()).then(|| {
        let exceeded = |line: &&Line| line.witness == EvidenceSource::Level || line.claim.as_deref() == Some("SA");
        let lines: Vec<&Line> = guide.lines().filter(exceeded).collect();
        let mut fix = vec![format!(
            "{}: take the role Administrator away, and set Administrator to No, then Save.",
            fixes::agent(guide)
        )];
        if !guide.role.is_unnamed() {
            fix.push(format!("{}: leave {} as the agent's only role.", fixes::role(guide), guide.role.name));
        }
        about(
            Code::PrivilegeAdministrator,
            Severity::Warning,
            format!(
                "{} is an administrator: it works, but with far more rights than the guide asks for.",
                fixes::the_agent(seen)
            ),
            fix,
            lines.iter().map(|line| line.fact.clone()).collect(),
        )
    })
}

/// A right beyond the guide's.
struct ExcessRight<'a> {
    label: String,
    found: String,
    wanted: &'a str,
    /// The guide line that it exceeds; none for what the guide does not name.
    fact: Option<&'a str>,
    /// True when it is set on the agent itself, not by a role.
    own: bool,
}

/// Levels above the guide's, features that the guide does not name, switches that let the agent write.
fn role_excess(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    if seen.is_administrator() {
        return None;
    }
    let mut excess: Vec<ExcessRight<'_>> = guide.lines().filter_map(|line| above_the_guide(seen, line)).collect();
    excess.extend(beside_the_guide(seen));
    if excess.is_empty() {
        return None;
    }
    let others: Vec<String> = seen
        .role_names()
        .into_iter()
        .filter(|name| !name.trim().eq_ignore_ascii_case(guide.role.name.trim()))
        .map(|name| name.chars().take(60).collect())
        .collect();
    let by_role = excess.iter().any(|excess| !excess.own);
    let mut fix: Vec<String> = Vec::new();
    if by_role && !others.is_empty() {
        fix.push(format!(
            "The highest role wins, so look at {} first: {} > Roles: take it away from the agent if it grants this.",
            fixes::join_with_and(&others),
            fixes::agent(guide)
        ));
    }
    fix.extend(excess.iter().map(|excess| {
        let path = if excess.own { fixes::agent_permissions(guide) } else { fixes::role_permissions(guide) };
        format!("{path}: set {} to {}, then Save.", excess.label, excess.wanted)
    }));
    let whose = match others.as_slice() {
        _ if !by_role => "By permissions set on itself, beside its role, the agent".to_owned(),
        [] => "The role".to_owned(),
        others => format!("The agent has {} as well, and together its roles", fixes::join_with_and(others)),
    };
    let named: Vec<String> = excess.iter().map(|excess| format!("{} is {}", excess.label, excess.found)).collect();
    let summary = format!("{whose} may do more than the guide asks for: {}.", fixes::join_with_and(&named));
    let facts = excess.iter().filter_map(|excess| excess.fact.map(str::to_owned)).collect();
    Some(about(Code::PrivilegeRoleExcess, Severity::Warning, summary, fix, facts))
}

fn above_the_guide<'a>(seen: &EvidenceView<'a>, line: &'a Line) -> Option<ExcessRight<'a>> {
    let ClaimStatus::Above(found) = seen.claim_status(line) else { return None };
    let own = line.claim.as_deref().is_some_and(|claim| seen.is_the_agents_own(claim));
    Some(ExcessRight { label: line.label.clone(), found, wanted: &line.expected, fact: Some(&line.fact), own })
}

/// Claims that no line of the guide asks for, yet open something.
fn beside_the_guide<'a>(seen: &EvidenceView<'a>) -> Vec<ExcessRight<'a>> {
    let Some(claims) = seen.identity().and_then(|identity: &Identity| identity.claims.as_ref()) else {
        return Vec::new();
    };
    let wanted: Vec<&str> = seen.case.guide.lines().filter_map(|line| line.claim.as_deref()).collect();
    let mut names: Vec<&str> = claims.keys().map(|name| permission_levels::short_name(name)).collect();
    names.sort_unstable();
    names.dedup();
    let mut out = Vec::new();
    for name in names.into_iter().filter(|name| !wanted.contains(name)) {
        let own = seen.is_the_agents_own(name);
        if let (Some(scale), Some(level)) = (permission_levels::scale(name), seen.level(name)) {
            let none = scale.levels.first().is_some_and(|none| level.compared_to(none) == LevelComparison::Equal);
            if !none {
                let (label, found) = (format!("{} Access Level", scale.feature), level.name.to_owned());
                out.push(ExcessRight { label, found, wanted: "No Access", fact: None, own });
            }
        } else if let Some((_, label)) = permission_levels::WRITING_SWITCHES.iter().find(|(claim, _)| *claim == name)
            && seen.switch_is_on(name) == Some(true)
        {
            out.push(ExcessRight {
                label: (*label).to_owned(),
                found: "Yes".to_owned(),
                wanted: "No",
                fact: None,
                own,
            });
        }
    }
    out
}

fn scope_excess(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    let excess = sign_in::excess_scopes(seen);
    if excess.is_empty() {
        return None;
    }
    let names: Vec<&str> = excess.iter().map(String::as_str).collect();
    let shown = if names.len() > 8 {
        format!("{} and {} more", names[..8].join(", "), names.len() - 8)
    } else {
        fixes::join_with_and(&names)
    };
    let mut fix = fixes::untick_scopes(guide, &names);
    let needed: Vec<&str> = guide
        .application
        .scopes
        .iter()
        .map(String::as_str)
        .filter(|wanted| {
            !seen.echo.as_ref().is_some_and(|echo| echo.iter().any(|have| have.eq_ignore_ascii_case(wanted)))
        })
        .collect();
    // edit:X includes read:X: unticking it alone would leave too little.
    if !needed.is_empty() {
        fix.insert(
            0,
            format!("{} > Permissions: tick {} first.", fixes::application(guide), fixes::join_with_and(&needed)),
        );
    }
    Some(Diagnosis {
        code: Code::PrivilegeScopeExcess,
        severity: Severity::Warning,
        summary: format!("The application may do more than the guide asks for: {shown}."),
        fix,
        facts: guide.facts_with(EvidenceSource::Scopes),
        checks: vec!["token".into()],
    })
}
