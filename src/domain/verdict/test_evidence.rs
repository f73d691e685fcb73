//! Evidence of a healthy set-up, and the changes that the tests of the verdict make to it.

pub(super) use std::collections::BTreeMap;

pub(super) use super::super::codes::Code;
pub(super) use super::super::connection::{Connection, Field};
pub(super) use super::super::evidence::{
    Answer, ConnectionInfo, Discovery, Evidence, Fault, Grant, IdToken, Identity, Observation, Rows, ScopeAnswer,
    Timing,
};
pub(super) use super::super::guide::{EvidenceSource, Guide};
pub(super) use super::super::report::{Fact, FactState, Judgement, Severity, Status, Verdict};
use super::*;
use crate::domain::permission_levels::wanted_claims;
pub(super) use crate::domain::untrusted_text::UntrustedText;

pub(super) fn answered<T>(value: T) -> Observation<T> {
    Observation::Answered(Answer { value, status: 200, timing: Timing::default() })
}

pub(super) fn refused<T>(status: u16) -> Observation<T> {
    Observation::Failed(Fault { status: Some(status), ..Fault::new(Code::ApiForbidden) })
}

pub(super) fn failed<T>(code: Code) -> Observation<T> {
    Observation::Failed(Fault::new(code))
}

pub(super) fn rows(count: usize, by_agent: &[(i64, usize)]) -> Observation<Rows> {
    answered(Rows { complete: true, count, by_agent: by_agent.iter().copied().collect() })
}

pub(super) fn foreign(texts: &[&str]) -> Vec<UntrustedText> {
    texts.iter().map(|text| UntrustedText::new(text)).collect()
}

/// Everything as the guide wants it, everything readable.
pub(super) fn healthy() -> Evidence {
    let guide = Guide::built_in();
    let mut echo = foreign(&["openid", "profile"]);
    echo.extend(guide.application.scopes.iter().map(|scope| UntrustedText::new(scope)));
    let claims = wanted_claims(&guide);
    let mut probes: BTreeMap<String, Observation<Rows>> = guide
        .probes
        .iter()
        .filter(|probe| probe.endpoint.is_some())
        .map(|probe| (probe.id.clone(), rows(1, &[])))
        .collect();
    probes.insert("tickets".into(), rows(3, &[(1, 1), (7, 2)]));
    probes.insert("unassigned-tickets".into(), rows(1, &[(1, 1)]));
    Evidence {
        discovery: answered(Discovery {
            auth_server: "https://acme.halopsa.com/auth".into(),
            auth_origin: "https://acme.halopsa.com".into(),
            tenant: Some(UntrustedText::new("acme")),
            ..Discovery::default()
        }),
        token: answered(Grant {
            requested: vec!["all".into()],
            echo: Some(echo),
            id_token: Some(IdToken { name: Some(UntrustedText::new(&guide.agent.name)), agent_id: Some(22) }),
            ..Grant::default()
        }),
        identity: answered(Identity {
            id: Some(22),
            name: Some(UntrustedText::new(&guide.agent.name)),
            api_only: Some(true),
            disabled: Some(false),
            administrator: Some(false),
            roles: Some(foreign(&[&guide.role.name])),
            claims: Some(claims.into_iter().map(|(name, value)| (name, foreign(&[&value]))).collect()),
            own_claims_shown: true,
            teams: Some(foreign(&["Service Desk"])),
            departments: Some(1),
            default_team: Some(UntrustedText::default()),
            ..Identity::default()
        }),
        probes,
        ..Evidence::default()
    }
}

pub(super) fn connection() -> Connection {
    Connection {
        resource_server: "https://acme.halopsa.com".into(),
        tenant: Some("acme".into()),
        client_id: "c9534241-dde9-4d04-9d45-32b1fbff22ed".into(),
        ..Connection::default()
    }
}

pub(super) fn judged(evidence: &Evidence) -> Judgement {
    let (guide, connection) = (Guide::built_in(), connection());
    judge(Case { guide: &guide, connection: &connection, notes: &[], evidence, finished: true })
}

pub(super) fn grant(evidence: &mut Evidence) -> &mut Grant {
    match &mut evidence.token {
        Observation::Answered(answer) => &mut answer.value,
        other => panic!("no grant: {other:?}"),
    }
}

pub(super) fn me(evidence: &mut Evidence) -> &mut Identity {
    match &mut evidence.identity {
        Observation::Answered(answer) => &mut answer.value,
        other => panic!("no identity: {other:?}"),
    }
}

pub(super) fn claim(evidence: &mut Evidence, name: &str, value: &str) {
    me(evidence).claims.as_mut().expect("claims").insert(name.into(), foreign(&[value]));
}

pub(super) fn no_echo(evidence: &mut Evidence) {
    grant(evidence).echo = None;
}

pub(super) fn no_claims(evidence: &mut Evidence) {
    me(evidence).claims = None;
}

pub(super) fn refuse_list(evidence: &mut Evidence, probe: &str, status: u16) {
    evidence.probes.insert(probe.into(), refused(status));
}

pub(super) fn refuse_all(evidence: &mut Evidence, status: u16) {
    for answer in evidence.probes.values_mut() {
        *answer = refused(status);
    }
}

pub(super) fn fact<'a>(judgement: &'a Judgement, id: &str) -> &'a Fact {
    judgement.facts.iter().find(|fact| fact.id == id).expect("a fact of the guide")
}

pub(super) fn codes(judgement: &Judgement) -> Vec<&'static str> {
    judgement.diagnoses.iter().map(|diagnosis| diagnosis.code.id()).collect()
}

pub(super) type Change = fn(&mut Evidence);

pub(super) fn token_failed(evidence: &mut Evidence, fault: Fault) {
    *evidence =
        Evidence { discovery: evidence.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
}

pub(super) fn discovery_failed(evidence: &mut Evidence, fault: Fault) {
    *evidence = Evidence { discovery: Observation::Failed(fault), ..Evidence::default() };
}

pub(super) fn invalid_client(number: &str) -> Fault {
    Fault { openiddict: Some(number.to_owned()), ..Fault::new(Code::AuthInvalidClient) }
}

pub(super) fn told_tenant(evidence: &mut Evidence, tenant: Option<&str>) {
    if let Observation::Answered(answer) = &mut evidence.discovery {
        answer.value.tenant = tenant.map(UntrustedText::new);
    }
}

pub(super) fn given_by_hand(evidence: &mut Evidence) {
    if let Observation::Answered(answer) = &mut evidence.discovery {
        answer.value.given_by_hand = true;
    }
}

pub(super) fn silent(evidence: &mut Evidence) {
    evidence.identity = Observation::NotAsked;
    grant(evidence).id_token = None;
}

pub(super) fn first(judgement: &Judgement) -> (&'static str, Severity, String, String) {
    let first = judgement.diagnoses.first().expect("a diagnosis");
    (first.code.id(), first.severity, first.summary.clone(), first.fix.join(" | "))
}
