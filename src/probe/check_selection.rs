//! The checks that a run performs, and the evidence that it keeps from an earlier run.

use crate::domain::run_plan::{CheckSelection, RunPlan};

use super::{discovery, identity};
use crate::domain::evidence::{Evidence, Observation};
use crate::domain::guide::{Guide, Probe};

/// The checks of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlannedChecks {
    /// Ask `/api/authinfo`.
    pub discovery: bool,
    /// Ask `/api/Agent/me`.
    pub identity: bool,
    /// Probes of an endpoint, by id, in the guide's order.
    pub probes: Vec<String>,
}

impl PlannedChecks {
    /// The checks to run, and the initial evidence. The token is always a new one.
    pub(super) fn new(plan: &RunPlan) -> (Self, Evidence) {
        match &plan.selection {
            CheckSelection::All => all(plan),
            CheckSelection::Only(ids) => only(plan, ids),
        }
    }

    /// Number of concurrent requests after the token.
    pub(super) fn width(&self) -> usize {
        self.probes.len() + usize::from(self.identity)
    }
}

/// All checks from the start. Only evidence that contains nothing but discovery is kept: the form has just received
/// it.
fn all(plan: &RunPlan) -> (PlannedChecks, Evidence) {
    let form = plan.previous.as_ref().filter(|previous| is_discovery_only(previous) && is_trusted(plan, previous));
    let evidence = form.map_or_else(Evidence::default, |form| Evidence { requests: 0, ..form.clone() });
    let probes = plan.guide.probes.iter().filter(|probe| probe.endpoint.is_some()).map(|probe| probe.id.clone());
    (PlannedChecks { discovery: form.is_none(), identity: true, probes: probes.collect() }, evidence)
}

fn only(plan: &RunPlan, ids: &[String]) -> (PlannedChecks, Evidence) {
    let mut evidence = plan.previous.clone().unwrap_or_default();
    let named = |id: &str| ids.iter().any(|wanted| wanted == id);
    let wanted = |probe: &&Probe| {
        probe.endpoint.is_some()
            && (named(&probe.id) || dependants(&plan.guide, &probe.id).any(|other| named(&other.id)))
    };
    let probes: Vec<&Probe> = plan.guide.probes.iter().filter(wanted).collect();
    let work = PlannedChecks {
        discovery: named(discovery::CHECK) || !is_trusted(plan, &evidence),
        // The agent's levels are half of what a probe's answer means, and the operator may just have changed them.
        identity: named(identity::CHECK) || !probes.is_empty(),
        probes: probes.iter().map(|probe| probe.id.clone()).collect(),
    };
    for probe in probes {
        evidence.single_scopes.remove(&probe.scope);
        evidence.probes.remove(&probe.id);
        for other in dependants(&plan.guide, &probe.id) {
            evidence.probes.remove(&other.id);
        }
    }
    if work.identity {
        evidence.identity = Observation::NotAsked;
    }
    if work.discovery {
        evidence.discovery = Observation::NotAsked;
    }
    evidence.token = Observation::NotAsked;
    evidence.requests = 0;
    (work, evidence)
}

/// Probes that look at another one's rows.
pub(super) fn dependants<'a>(guide: &'a Guide, id: &str) -> impl Iterator<Item = &'a Probe> {
    let id = id.to_owned();
    guide.probes.iter().filter(move |probe| probe.rows_of.as_deref() == Some(&id))
}

/// Returns true if the secret may be sent to the server that an earlier discovery named. The caller guarantees the
/// same values; the values that decide about the secret are compared again.
fn is_trusted(plan: &RunPlan, evidence: &Evidence) -> bool {
    let Some(found) = evidence.discovery.value() else { return false };
    let connection = &plan.connection;
    if !found.base.is_empty() && found.base != connection.typed_base() {
        return false;
    }
    match &connection.auth_server {
        Some(by_hand) => *by_hand == found.auth_server,
        None => {
            !found.given_by_hand
                && (found.auth_origin == connection.resource_server
                    || connection.allowed_auth_origins.contains(&found.auth_origin))
        }
    }
}

fn is_discovery_only(evidence: &Evidence) -> bool {
    evidence.discovery.value().is_some()
        && evidence.token == Observation::NotAsked
        && evidence.identity == Observation::NotAsked
        && evidence.probes.is_empty()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::connection::Connection;
    use crate::domain::evidence::{Answer, Discovery, Grant, Rows, ScopeAnswer, Timing};
    use crate::secret::Secret;

    const HALO: &str = "https://halo.example";

    fn discovered(origin: &str) -> Observation<Discovery> {
        let auth_server = format!("{origin}/auth");
        answered(Discovery { auth_server, auth_origin: origin.into(), ..Discovery::default() })
    }

    fn answered<T>(value: T) -> Observation<T> {
        Observation::Answered(Answer { value, status: 200, timing: Timing::default() })
    }

    fn plan(selection: CheckSelection, previous: Option<Evidence>) -> RunPlan {
        RunPlan {
            guide: Arc::new(Guide::built_in()),
            connection: Connection { resource_server: HALO.into(), ..Connection::default() },
            notes: Vec::new(),
            secret: Secret::new(String::new()),
            selection,
            previous,
        }
    }

    fn earlier() -> Evidence {
        let mut evidence = Evidence {
            discovery: discovered(HALO),
            token: answered(Grant::default()),
            requests: 12,
            ..Evidence::default()
        };
        for id in ["tickets", "others-tickets", "invoices"] {
            evidence.probes.insert(id.into(), answered(Rows::default()));
        }
        evidence.single_scopes.insert("read:tickets".into(), ScopeAnswer::Refused);
        evidence.single_scopes.insert("read:invoices".into(), ScopeAnswer::Granted);
        evidence
    }

    #[test]
    fn a_full_run_starts_afresh_but_for_the_forms_discovery() {
        let (work, evidence) = PlannedChecks::new(&plan(CheckSelection::All, Some(earlier())));
        assert_eq!((work.discovery, work.identity, work.probes.len()), (true, true, 9));
        assert_eq!(evidence, Evidence::default());
        let form = Evidence { discovery: discovered(HALO), ..Evidence::default() };
        let (work, evidence) = PlannedChecks::new(&plan(CheckSelection::All, Some(form)));
        assert!(!work.discovery && evidence.discovery.value().is_some());
    }

    #[test]
    fn an_earlier_discovery_is_asked_again_when_the_secret_could_go_elsewhere() {
        for (origin, by_hand, allowed, reused) in [
            (HALO, None, None, true),
            ("https://other.example", None, None, false),
            ("https://other.example", None, Some("https://other.example"), true),
            (HALO, Some("https://halo.example/auth"), None, true),
            (HALO, Some("https://other.example/auth"), None, false),
        ] {
            let evidence = Evidence { discovery: discovered(origin), ..Evidence::default() };
            for selection in [CheckSelection::All, CheckSelection::Only(vec!["token".into()])] {
                let mut plan = plan(selection, Some(evidence.clone()));
                plan.connection.auth_server = by_hand.map(str::to_owned);
                plan.connection.allowed_auth_origins = allowed.map(str::to_owned).into_iter().collect();
                assert_eq!(!PlannedChecks::new(&plan).0.discovery, reused, "{origin} {by_hand:?} {allowed:?}");
            }
        }
    }

    #[test]
    fn one_check_runs_with_what_it_needs_and_keeps_the_rest() {
        let only = |ids: &[&str], previous| {
            PlannedChecks::new(&plan(CheckSelection::Only(ids.iter().map(|id| (*id).to_owned()).collect()), previous))
        };
        let (work, evidence) = only(&["others-tickets"], Some(earlier()));
        assert_eq!(work, PlannedChecks { discovery: false, identity: true, probes: vec!["tickets".into()] });
        assert_eq!(evidence.probes.keys().collect::<Vec<_>>(), ["invoices"]);
        assert_eq!(evidence.single_scopes.keys().collect::<Vec<_>>(), ["read:invoices"]);
        assert_eq!((evidence.token, evidence.requests), (Observation::NotAsked, 0));

        let (work, _) = only(&["token"], None);
        assert_eq!(work, PlannedChecks { discovery: true, identity: false, probes: vec![] });
        let (work, _) = only(&["discovery", "identity", "no such check"], Some(earlier()));
        assert_eq!(work, PlannedChecks { discovery: true, identity: true, probes: vec![] });
    }
}
