//! Diagnosis of a common cause if every list is refused or empty.

use super::evidence_view::EvidenceView;
use super::fixes::{self, HaloScreen};
use crate::domain::codes::Code;
use crate::domain::guide::{EvidenceSource, Guide, Probe};
use crate::domain::report::{Diagnosis, Severity};

/// Every list refused, and neither echo nor claims say why.
pub fn every_list_refused(seen: &EvidenceView<'_>, status: u16) -> Diagnosis {
    let guide = seen.case.guide;
    let probes: Vec<&Probe> = seen.lists().collect();
    let skew = seen.case.evidence.discovery.value().and_then(|discovery| discovery.clock_skew);
    let me_refused = seen.identity_is_refused();
    if seen.scopeless() {
        return fixes::diagnosis_of_every_list(
            Code::AuthScopeMissing,
            guide,
            &probes,
            &format!("The token carries no permission, so Halo refuses every list ({status})."),
            fixes::places(guide, &[HaloScreen::AllScopes]),
        );
    }
    if seen.refused_for_the_clock() {
        return fixes::diagnosis_of_every_list(
            Code::AuthClockSkew,
            guide,
            &probes,
            &fixes::clock_difference_text(skew.unwrap_or_default()),
            fixes::clock_fix_steps(),
        );
    }
    if status == 401 && me_refused && seen.reply_had_no_scope() {
        return perhaps_without_scope(guide, &probes);
    }
    if status == 401 && me_refused {
        return token_rejected(seen, &probes);
    }
    let places = [HaloScreen::LoginType, HaloScreen::Role];
    let (words, places) = if seen.agent_name().is_some() {
        ("Signed in as an agent, but every list is refused", &places[1..])
    } else {
        ("Signed in, but every list is refused", &places[..])
    };
    let summary = format!("{words} ({status}).");
    let mut all =
        fixes::diagnosis_of_every_list(Code::ApiForbiddenAll, guide, &probes, &summary, fixes::places(guide, places));
    all.facts = fixes::facts_of(guide, places);
    all
}

/// 401 everywhere, and the token reply named no scope: live systems were seen to give such a token when no scope that
/// they know was asked for (see docs/halo.md, "Token").
fn perhaps_without_scope(guide: &Guide, probes: &[&Probe]) -> Diagnosis {
    let places = [HaloScreen::AllScopes, HaloScreen::LoginType];
    let summary = "The token reply names no permission, and Halo refuses the token everywhere (401).";
    let fix = fixes::places(guide, &places);
    let facts = fixes::facts_of(guide, &places);
    Diagnosis { facts, ..fixes::diagnosis_of_every_list(Code::AuthScopeMissing, guide, probes, summary, fix) }
}

/// 401 everywhere, for the agent's own record too: the API does not take the token at all.
fn token_rejected(seen: &EvidenceView<'_>, probes: &[&Probe]) -> Diagnosis {
    let guide = seen.case.guide;
    let summary = "Halo gave a token and then refused it everywhere (401).";
    // A token that names its agent was made for one, so the login type is right.
    let (fix, facts) = if seen.agent_name().is_some() {
        let compare = format!(
            "{}: see that Resource Server and Authorisation Server belong to one instance.",
            fixes::api_details(guide)
        );
        let header = "see that no proxy or gateway takes the Authorization header away.".to_owned();
        (fixes::alternatives(vec![vec![compare], vec![header]]), guide.facts_with(EvidenceSource::ApiDetails))
    } else {
        let places = [HaloScreen::LoginType, HaloScreen::Role];
        (fixes::places(guide, &places), fixes::facts_of(guide, &places))
    };
    Diagnosis { facts, ..fixes::diagnosis_of_every_list(Code::AuthTokenRejected, guide, probes, summary, fix) }
}

/// Every list is empty, and no response names the agent.
pub fn every_list_empty(seen: &EvidenceView<'_>, probes: &[&Probe]) -> Diagnosis {
    let guide = seen.case.guide;
    let places = [HaloScreen::LoginType, HaloScreen::Role];
    let mut all = fixes::diagnosis_of_every_list(
        Code::ApiNothingVisible,
        guide,
        probes,
        "Every list answers, and every list is empty: the token sees nothing at all.",
        fixes::places(guide, &places),
    );
    all.facts = fixes::facts_of(guide, &places);
    // A new Halo may have no records yet: what nobody saw is no proof of a fault either.
    all.severity = Severity::Warning;
    all
}
