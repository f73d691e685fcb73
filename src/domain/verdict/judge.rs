//! Judgement of the evidence: checks, facts, diagnoses and the verdict.

use super::evidence_view::{Case, EvidenceView};
use super::probe_findings::{Finding, Permissions};
use super::{agent_identity, ambiguous_scopes, check_results, fact_states, fixes, sign_in, vendor_side};
use crate::domain::check_list;
use crate::domain::codes::{Code, ExitClass};
use crate::domain::connection::{Connection, Field, Understood};
use crate::domain::guide::{EvidenceSource, Guide};
use crate::domain::report::{Check, Diagnosis, Fact, FactState, Judgement, Severity, Verdict};

/// Judges the evidence.
pub fn judge(case: Case<'_>) -> Judgement {
    let seen = EvidenceView::new(case);
    let permissions = Permissions::of(&seen);
    let agent = agent_identity::diagnoses(&seen, &permissions);
    let mut diagnoses = sign_in::diagnoses(&seen);
    diagnoses.extend(permissions.diagnoses(&seen));
    diagnoses.extend(agent);
    diagnoses.extend(cleaned(&seen));
    diagnoses.extend(vendor_side::diagnoses(&seen));
    let facts = fact_states::of(&seen, &permissions);
    let mut diagnoses = without_consequences(diagnoses);
    diagnoses.extend(partial(&seen, &permissions, &facts, &diagnoses));
    let checks = check_results::of(&seen, &permissions, &diagnoses);
    assemble(case.guide, checks, facts, diagnoses)
}

/// Scopes that need a token request of their own, because the evidence leaves open whether the application lacks the
/// scope or the role's level is too low. Requested after all probes have answered; empty if nothing is open.
pub fn scopes_in_question(case: Case<'_>) -> Vec<String> {
    ambiguous_scopes::scopes_in_question(&EvidenceView::new(case))
}

/// The judgement of a form for which nothing is sent.
pub fn refuse(guide: &Guide, understood: &Understood) -> Judgement {
    let diagnoses: Vec<Diagnosis> = understood
        .problems
        .iter()
        .map(|problem| Diagnosis {
            code: problem.code,
            severity: Severity::Blocking,
            summary: problem.message.clone(),
            fix: vec![problem.fix.clone()],
            facts: guide.facts_with(witness_of(problem.field)),
            checks: vec!["input".into()],
        })
        .collect();
    let facts = guide
        .lines()
        .map(|line| Fact {
            id: line.fact.clone(),
            label: line.label.clone(),
            expected: line.expected.clone(),
            found: None,
            state: if line.witness == EvidenceSource::Operator { FactState::Operator } else { FactState::Unproved },
        })
        .collect();
    let checks = check_results::refused(guide, &diagnoses);
    assemble(guide, checks, facts, diagnoses)
}

/// The guide line of the vendor's form that a field belongs to.
fn witness_of(field: Field) -> EvidenceSource {
    match field {
        Field::Url => EvidenceSource::FormUrl,
        Field::Tenant => EvidenceSource::FormTenant,
        Field::ClientId => EvidenceSource::FormClientId,
        Field::Secret => EvidenceSource::FormSecret,
    }
}

fn assemble(guide: &Guide, checks: Vec<Check>, facts: Vec<Fact>, mut diagnoses: Vec<Diagnosis>) -> Judgement {
    for diagnosis in &mut diagnoses {
        diagnosis.facts.sort_by_key(|fact| guide.lines().position(|line| line.fact == *fact));
        diagnosis.facts.dedup();
    }
    diagnoses.sort_by_key(|diagnosis| (diagnosis.severity, check_list::stage_of_diagnosis(diagnosis)));
    let verdict = verdict(&diagnoses);
    let code = match diagnoses.first() {
        Some(first) if first.severity == Severity::Blocking => first.code,
        _ if diagnoses.iter().any(|diagnosis| diagnosis.code == Code::OkPartial) => Code::OkPartial,
        _ => Code::Ok,
    };
    Judgement { checks, facts, diagnoses, verdict, code }
}

fn verdict(diagnoses: &[Diagnosis]) -> Verdict {
    let mut blocking = diagnoses.iter().filter(|d| d.severity == Severity::Blocking).peekable();
    if blocking.peek().is_some() {
        let all_unsure = blocking.all(|d| crate::domain::report::exit_class(d) == ExitClass::NoVerdict);
        return if all_unsure { Verdict::Undetermined } else { Verdict::NotReady };
    }
    let plain = diagnoses.iter().all(|d| d.severity == Severity::Note);
    if plain { Verdict::Ready } else { Verdict::ReadyWithWarnings }
}

/// One note for each field of which a part was removed: the next form may not clean it.
fn cleaned(seen: &EvidenceView<'_>) -> Vec<Diagnosis> {
    let case = &seen.case;
    Field::ALL
        .into_iter()
        .filter_map(|field| {
            let notes = case.notes.iter().filter(|n| n.field == field && n.cleaned).map(|n| n.text.clone());
            let said: Vec<String> = notes.chain(without_path(seen).filter(|_| field == Field::Url)).collect();
            (!said.is_empty()).then(|| Diagnosis {
                code: Code::InputCleaned,
                severity: Severity::Note,
                summary: format!("{}: {}.", field.label(), said.join(", ")),
                fix: vec![enter(seen, field)],
                facts: case.guide.facts_with(witness_of(field)),
                checks: vec!["input".into()],
            })
        })
        .collect()
}

/// A path was typed, and Halo is at the origin.
fn without_path(seen: &EvidenceView<'_>) -> Option<String> {
    let Connection { path, resource_server, .. } = seen.case.connection;
    let found = seen.case.evidence.discovery.value().filter(|discovery| !discovery.base.is_empty())?;
    if path.is_empty() || seen.base() != resource_server {
        return None;
    }
    Some(match found.given_by_hand {
        true => format!("\"{path}\" was left out: nothing below it says that it is Halo"),
        false => format!("no Halo is below \"{path}\", and it answers without it"),
    })
}

/// The value to enter in the next form, in place of the given one.
fn enter(seen: &EvidenceView<'_>, field: Field) -> String {
    let case = &seen.case;
    let (form, connection) = (&case.guide.form, case.connection);
    let told = case.evidence.discovery.value().and_then(|discovery| discovery.tenant.as_ref()).map(|told| told.cut(80));
    match (field, connection.tenant.clone().or(told).filter(|tenant| !tenant.is_empty())) {
        (Field::Url, _) => format!("Enter {} in {form}.", seen.base()),
        (Field::ClientId, _) => format!("Enter {} in {form}.", connection.client_id),
        (Field::Tenant, Some(tenant)) => format!("Enter {tenant} in {form}."),
        (Field::Tenant, None) => format!("Leave Tenant empty in {form}."),
        (Field::Secret, _) => format!("Enter the secret alone in {form}: not every form cleans what it gets."),
    }
}

/// Removes diagnoses that follow from a more severe one. They reappear after its fix, if they remain.
fn without_consequences(diagnoses: Vec<Diagnosis>) -> Vec<Diagnosis> {
    let blocks = |code: Code| diagnoses.iter().any(|d| d.code == code && d.severity == Severity::Blocking);
    let wrong_agent = blocks(Code::IdentityWrongAgent);
    let wrong_role = blocks(Code::IdentityWrongRole);
    let administrator = diagnoses.iter().any(|d| d.code == Code::PrivilegeAdministrator);
    let of_another_agent = |code: Code| {
        matches!(
            code,
            Code::IdentityWrongRole
                | Code::IdentityNotApiOnly
                | Code::IdentityDefaultTeam
                | Code::PrivilegeAdministrator
        )
    };
    let of_its_permissions = |code: Code| {
        matches!(
            code,
            Code::ApiRoleLevel
                | Code::ApiForbidden
                | Code::ApiForbiddenAll
                | Code::ApiNothingVisible
                | Code::PrivilegeRoleExcess
        )
    };
    diagnoses
        .iter()
        .filter(|d| !(wrong_agent && (of_another_agent(d.code) || of_its_permissions(d.code))))
        .filter(|d| !(wrong_role && of_its_permissions(d.code)))
        .filter(|d| !(administrator && d.code == Code::PrivilegeRoleExcess))
        .cloned()
        .collect()
}

/// Adds the note about what stayed unproved although nothing blocks.
fn partial(
    seen: &EvidenceView<'_>,
    permissions: &Permissions<'_>,
    facts: &[Fact],
    diagnoses: &[Diagnosis],
) -> Option<Diagnosis> {
    if !seen.case.finished || diagnoses.iter().any(|d| d.severity == Severity::Blocking) {
        return None;
    }
    let open: Vec<&Fact> = facts.iter().filter(|fact| fact.state == FactState::Unproved).collect();
    let mut fix = Vec::new();
    let left_out = seen.lists().filter(|probe| *permissions.finding(probe) == Finding::Open).count();
    let summary = match open.len() {
        _ if left_out > 0 => format!("Only a part was checked: {left_out} lists were left out."),
        0 if !seen.hides_excess() => return None,
        0 => "Whether more is allowed than the guide asks for stayed unproved: this Halo does not tell.".to_owned(),
        1 => "One line of the guide stayed unproved: this Halo did not show it.".to_owned(),
        many => format!("{many} lines of the guide stayed unproved: this Halo did not show them."),
    };
    if !open.is_empty() {
        let names: Vec<String> = open.iter().map(|fact| format!("{} {}", fact.id, fact.label)).collect();
        fix.push(format!("Compare by eye in Halo: {}.", names.join("; ")));
    }
    if seen.roles_unread() > 0 {
        let unread = seen.roles_unread();
        fix.push(format!(
            "The permissions of {unread} of the agent's roles were not read: compare them by eye in Halo."
        ));
    }
    let roles_alone = seen.shows_roles_alone();
    if roles_alone {
        fix.push(format!(
            "Look at {} for more than the guide asks for: it adds to the agent's roles, and this Halo shows only those.",
            fixes::agent_permissions(seen.case.guide)
        ));
    }
    if seen.hides_excess() && (seen.echo.is_none() || !roles_alone) {
        fix.push("Look in Halo for more than the guide asks for: reading alone cannot show it.".into());
    }
    Some(Diagnosis {
        code: Code::OkPartial,
        severity: Severity::Note,
        summary,
        fix,
        facts: open.iter().map(|fact| fact.id.clone()).collect(),
        checks: vec!["identity".into()],
    })
}
