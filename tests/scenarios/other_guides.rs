//! Another vendor's guide against the simulated Halo: nothing but the file differs.

use std::sync::Arc;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::{Typed, understand};
use halo_onboard::domain::evidence::{Observation, ScopeAnswer};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{FactState, Report, Severity, Status, Verdict};
use halo_onboard::domain::request_budget;
use halo_onboard::domain::run_event::Finished;
use halo_onboard::domain::run_plan::{CheckSelection, RunPlan};
use halo_onboard::probe::{Http, NetworkOptions, Proxy, Run};
use halo_onboard::secret::Secret;
use halo_onboard::session::demo::simulated_access;
use halo_onboard::sim::{ClaimsAt, Scenario, Simulator};

use crate::guide_names;

const EXAMPLE: &str = include_str!("../../examples/guides/scalepad-lifecycle-manager.toml");

fn example() -> Guide {
    Guide::from_toml(EXAMPLE).unwrap_or_else(|error| panic!("{error}"))
}

pub async fn check(guide: Guide, change: impl FnOnce(&mut Scenario)) -> Report {
    run(guide, change).await.report
}

async fn run(guide: Guide, change: impl FnOnce(&mut Scenario)) -> Finished {
    let mut scenario = Scenario::named("good", &guide_names::of(&guide)).expect("the good scenario");
    change(&mut scenario);
    let simulator = Simulator::start(scenario, "127.0.0.1:0".parse().expect("an address")).await.expect("a listener");
    let form = simulator.form();
    let secret = Secret::new(form.client_secret);
    let typed = Typed { url: form.url, tenant: form.tenant, client_id: form.client_id, ..Typed::default() };
    let understood = understand(&typed, &secret);
    // The network of the Halo that the simulator stands for, as in the demo.
    let simulated_access = Some(simulated_access(&guide, "good"));
    let plan = RunPlan {
        guide: Arc::new(guide),
        connection: understood.connection.expect("a connection"),
        notes: understood.notes,
        secret,
        selection: CheckSelection::All,
        previous: None,
    };
    let options = NetworkOptions { proxy: Proxy::Direct, simulated_access, ..NetworkOptions::default() };
    Run::new(plan, Http::new(&options).expect("a client"), |_| {}).finish().await
}

fn claim(scenario: &mut Scenario, name: &str, value: &str) {
    scenario.world.role.claims.insert(name.into(), value.into());
}

#[tokio::test]
async fn a_set_up_after_the_other_guide_is_ready_and_every_line_proved() {
    let finished = run(example(), |_| {}).await;
    assert!(finished.evidence.requests <= request_budget::HEALTHY_RUN, "{} requests", finished.evidence.requests);
    let report = finished.report;
    assert_eq!((report.verdict, report.code), (Verdict::Ready, Code::Ok), "{:#?}", report.diagnoses);
    for fact in &report.facts {
        assert!(matches!(fact.state, FactState::Proved | FactState::Operator), "{fact:?}");
    }
}

#[tokio::test]
async fn its_own_levels_switches_and_scopes_are_told_apart() {
    type Case = (&'static str, fn(&mut Scenario), &'static str, Severity, &'static [&'static str]);
    let cases: &[Case] = &[
        ("reading is too little", |s| claim(s, "Tx", "1"), "api.role_level", Severity::Blocking, &["B3"]),
        ("ticket types", |s| claim(s, "Ft", "0"), "api.role_level", Severity::Blocking, &["B16"]),
        ("adding tickets", |s| claim(s, "l6", "0"), "api.role_level", Severity::Blocking, &["B13"]),
        ("assets may be removed", |s| claim(s, "Dx", "3"), "privilege.role_excess", Severity::Warning, &["B6"]),
        ("no suppliers", |s| claim(s, "Sx", "0"), "api.role_level", Severity::Blocking, &["B7"]),
        (
            "assets may only be read",
            |s| {
                s.world.application.scopes.retain(|scope| scope != "edit:assets");
                s.world.application.scopes.push("read:assets".into());
            },
            "api.scope_missing",
            Severity::Blocking,
            &["C6"],
        ),
    ];
    for (name, change, code, severity, facts) in cases {
        let report = check(example(), change).await;
        let [only] = report.diagnoses.as_slice() else { panic!("{name}: {:#?}", report.diagnoses) };
        assert_eq!((only.code.id(), only.severity), (*code, *severity), "{name}");
        assert_eq!(only.facts, *facts, "{name}");
    }
}

#[tokio::test]
async fn where_scopes_are_granted_one_by_one_every_granted_list_is_asked_and_the_missing_scope_is_named() {
    let (guide, lacking) = (example(), "read:suppliers");
    let Finished { report, evidence, .. } = run(guide.clone(), |scenario| {
        scenario.manners.all_refused = true;
        // The agent's role is a record of its own: one more request.
        scenario.manners.claims = ClaimsAt::Roles;
        scenario.world.application.scopes.retain(|scope| scope != lacking);
    })
    .await;
    assert!(evidence.requests > request_budget::healthy_run(&guide), "no scope was asked for by itself");
    assert!(evidence.requests <= request_budget::longest_run(&guide), "{} requests", evidence.requests);
    for scope in &guide.application.scopes {
        let wanted = if scope == lacking { ScopeAnswer::Refused } else { ScopeAnswer::Granted };
        assert_eq!(evidence.single_scopes.get(scope), Some(&wanted), "{scope}: {:?}", evidence.single_scopes);
    }
    for probe in guide.probes.iter().filter(|probe| probe.scope != lacking) {
        let answer = evidence.probes.get(&probe.id).and_then(Observation::value);
        assert!(answer.is_some(), "{} has no answer: {:?}", probe.id, report.checks);
        let check = report.checks.iter().find(|check| check.id == probe.id).expect("a check for each probe");
        assert_eq!((check.status, check.code), (Status::Passed, Code::Ok), "{check:?}");
    }
    let [only] = report.diagnoses.as_slice() else { panic!("{:#?}", report.diagnoses) };
    assert_eq!((only.code, only.severity), (Code::ApiScopeMissing, Severity::Blocking));
    assert!(only.fix.join(" ").contains(lacking), "{only:?}");
}

#[tokio::test]
async fn a_guide_that_wants_all_finds_nothing_too_much_in_all() {
    let text = include_str!("../../src/guides/laborcast.toml");
    let (before, rest) = text.split_once("scopes = [").expect("the scopes");
    let (_, after) = rest.split_once(']').expect("their end");
    let guide = Guide::from_toml(&format!("{before}scopes = [\"all\"]{after}")).expect("a guide");
    let report = check(guide, |_| {}).await;
    assert_eq!((report.verdict, report.code), (Verdict::Ready, Code::Ok), "{:#?}", report.diagnoses);
}
