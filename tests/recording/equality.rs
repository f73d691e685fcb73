//! A replay judges as the run did, over every scenario and every behaviour of the simulated Halo.

use std::io::Write;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use halo_onboard::sim::{Behaviours, Interceptor, Scenario};

use crate::report_match::differences;
use crate::simulated_runs::{BEHAVIOURS, intercepted, record, record_with, replay};

type Change = Arc<dyn Fn(&mut Behaviours) + Send + Sync>;
/// Scenario, name of the behaviour, and the behaviour.
type Case = (String, String, Change);

/// What came of one case: nothing where the form was refused, else what differs.
async fn case(scenario: String, behaviour: &str, change: Change) -> Option<Vec<String>> {
    let recorded = record(&scenario, |scenario| change(&mut scenario.manners)).await?;
    let (again, unrecorded) = replay(&recorded.recording).await;
    let mut found = differences(&recorded.finished.report, &again.report);
    found.extend(unrecorded.into_iter().map(|request| format!("not recorded: {request}")));
    for name in recorded.names.iter().filter(|name| name.len() >= 4 && recorded.text.contains(name.as_str())) {
        found.push(format!("the recording holds {name}"));
    }
    Some(found.into_iter().map(|line| format!("{scenario} {behaviour}: {line}")).collect())
}

async fn all_equal(cases: Vec<Case>, least: usize) {
    let total = cases.len();
    let results: Vec<_> = stream::iter(cases)
        .map(|(scenario, name, change)| async move { case(scenario, &name, change).await })
        .buffer_unordered(24)
        .collect()
        .await;
    let judged = results.iter().flatten().count();
    let found: Vec<&String> = results.iter().flatten().flatten().collect();
    writeln!(std::io::stdout(), "{total} cases, {judged} recorded and replayed, {} differ", found.len()).expect("told");
    let shown: Vec<&str> = found.iter().take(12).map(|line| line.as_str()).collect();
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), shown.join("\n"));
    assert!(judged >= least, "only {judged} of {total} were judged");
}

/// Every scenario under every behaviour, or one case in `one_in` of them; every scenario as it is shipped, and every
/// behaviour of a scenario that is in order, are always among them.
fn cases(one_in: usize) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (row, (scenario, _)) in Scenario::list().into_iter().enumerate() {
        // A response that takes seconds is one case, not forty.
        let slow = ["slow", "stall", "rate-limit"].contains(&scenario.as_str());
        for (column, (name, change)) in BEHAVIOURS.iter().take(if slow { 1 } else { BEHAVIOURS.len() }).enumerate() {
            if column == 0 || scenario == "good" || (row + column) % one_in == 0 {
                cases.push((scenario.clone(), (*name).to_owned(), Arc::new(*change)));
            }
        }
    }
    cases
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scenarios_and_behaviours_are_judged_again_as_they_were() {
    all_equal(cases(16), 200).await;
}

/// All of them: minutes. `cargo test --test recording -- --ignored every_case`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes minutes; a part of it is in the test above"]
async fn every_case_is_judged_again_as_it_was() {
    all_equal(cases(1), 2000).await;
}

/// In the interface the form asks for discovery before the run, which then takes it over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_took_its_discovery_over_is_judged_again_as_it_was() {
    let mut taken_over = 0;
    for scenario in
        ["good", "on-premises", "path-prefix", "tenant-mismatch", "wrong-tenant", "role-invoices", "not-halo"]
    {
        for (name, change) in BEHAVIOURS.iter().filter(|(name, _)| name.contains("discovery") || *name == "as-shipped")
        {
            let recorded = record_with(scenario, |scenario| change(&mut scenario.manners), true).await.expect("a run");
            let (again, unrecorded) = replay(&recorded.recording).await;
            let found = differences(&recorded.finished.report, &again.report);
            assert!(
                found.is_empty() && unrecorded.is_empty(),
                "{scenario} {name}: {unrecorded:?}\n{}",
                found.join("\n")
            );
            taken_over += usize::from(recorded.recording.exchanges.iter().any(|exchange| exchange.before_the_run));
        }
    }
    assert!(taken_over > 20, "{taken_over}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_front_of_halo_is_recognised_again() {
    let mut cases: Vec<Case> = Vec::new();
    for by in Interceptor::ALL {
        for at in ["authinfo", "token", "agent", "Tickets"] {
            cases.push(("good".to_owned(), format!("{by:?} at {at}"), Arc::new(intercepted(by, at))));
        }
    }
    all_equal(cases, 44).await;
}
