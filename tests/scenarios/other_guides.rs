//! Another vendor's guide against the simulated Halo: nothing but the file differs.

use std::sync::Arc;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::{Typed, understand};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{FactState, Report, Severity, Verdict};
use halo_onboard::domain::run_plan::{CheckSelection, RunPlan};
use halo_onboard::probe::{Http, NetworkOptions, Proxy, Run};
use halo_onboard::secret::Secret;
use halo_onboard::sim::{Scenario, Simulator};

use crate::guide_names;

const EXAMPLE: &str = include_str!("../../examples/guides/scalepad-lifecycle-manager.toml");

fn example() -> Guide {
    Guide::from_toml(EXAMPLE).unwrap_or_else(|error| panic!("{error}"))
}

pub async fn check(guide: Guide, change: impl FnOnce(&mut Scenario)) -> Report {
    let mut scenario = Scenario::named("good", &guide_names::of(&guide)).expect("the good scenario");
    change(&mut scenario);
    let simulator = Simulator::start(scenario, "127.0.0.1:0".parse().expect("an address")).await.expect("a listener");
    let form = simulator.form();
    let secret = Secret::new(form.client_secret);
    let typed = Typed { url: form.url, tenant: form.tenant, client_id: form.client_id, ..Typed::default() };
    let understood = understand(&typed, &secret);
    let plan = RunPlan {
        guide: Arc::new(guide),
        connection: understood.connection.expect("a connection"),
        notes: understood.notes,
        secret,
        selection: CheckSelection::All,
        previous: None,
    };
    let http = Http::new(&NetworkOptions { proxy: Proxy::Direct, ..NetworkOptions::default() }).expect("a client");
    let finished = Run::new(plan, http, |_| {}).finish().await;
    assert!(finished.evidence.requests <= 20, "{} requests", finished.evidence.requests);
    finished.report
}

fn claim(scenario: &mut Scenario, name: &str, value: &str) {
    scenario.world.role.claims.insert(name.into(), value.into());
}

#[tokio::test]
async fn a_set_up_after_the_other_guide_is_ready_and_every_line_proved() {
    let report = check(example(), |_| {}).await;
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
async fn a_guide_that_wants_all_finds_nothing_too_much_in_all() {
    let text = include_str!("../../src/guides/laborcast.toml");
    let (before, rest) = text.split_once("scopes = [").expect("the scopes");
    let (_, after) = rest.split_once(']').expect("their end");
    let guide = Guide::from_toml(&format!("{before}scopes = [\"all\"]{after}")).expect("a guide");
    let report = check(guide, |_| {}).await;
    assert_eq!((report.verdict, report.code), (Verdict::Ready, Code::Ok), "{:#?}", report.diagnoses);
}
