//! The library of recordings: each is judged, and its verdict is the one in the file beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use halo_onboard::domain::report::Severity;
use halo_onboard::domain::run_event::Finished;
use halo_onboard::recording::{self, VerdictShape};
use halo_onboard::sim::{Behaviours, Interceptor, Scenario};

use crate::simulated_runs::{BEHAVIOURS, intercepted, record, replay};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")
}

/// The verdict as it stands beside a recording: verdict and code, then what blocks and what warns.
fn verdict(finished: &Finished) -> String {
    let shape = VerdictShape::of(&finished.report);
    let counted = finished.report.diagnoses.iter().filter(|found| found.severity != Severity::Note);
    let mut lines: Vec<String> =
        counted.map(|found| format!("{:?} {}", found.severity, found.code.id()).to_lowercase()).collect();
    lines.sort();
    let lines: String = lines.into_iter().map(|line| format!("{line}\n")).collect();
    format!("{} {}\n{lines}", shape.verdict, shape.code)
}

fn recordings() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("tests/recordings");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    paths.sort();
    paths
}

async fn judged(path: &Path) -> (Finished, Vec<String>) {
    let bytes = std::fs::read(path).expect("readable");
    let recording = recording::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    replay(&recording).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recording_has_the_verdict_beside_it() {
    let paths = recordings();
    assert!(paths.len() > 100, "only {} recordings", paths.len());
    let wrong: Vec<String> = stream::iter(paths)
        .map(|path| async move {
            let (finished, unrecorded) = judged(&path).await;
            let wanted = std::fs::read_to_string(path.with_extension("verdict")).unwrap_or_default();
            let found = verdict(&finished);
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (found != wanted || !unrecorded.is_empty())
                .then(|| format!("{name}: wanted\n{wanted}found\n{found}{unrecorded:?}"))
        })
        .buffer_unordered(8)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Writes the verdict of every recording that has none beside it. Read it before it is committed: it is the test.
#[tokio::test]
#[ignore = "it writes into tests/recordings"]
async fn write_missing_verdicts() {
    for path in recordings() {
        let beside = path.with_extension("verdict");
        if !beside.exists() {
            std::fs::write(beside, verdict(&judged(&path).await.0)).expect("written");
        }
    }
}

/// Writes the recordings of the simulated Halo anew: one of each scenario, of each behaviour, and of each system in front.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it writes into tests/recordings"]
async fn write_library() {
    let mut cases: Vec<(String, String, Arc<dyn Fn(&mut Behaviours) + Send + Sync>)> = Vec::new();
    for (scenario, _) in Scenario::list() {
        cases.push((format!("scenario-{scenario}"), scenario, Arc::new(|_: &mut Behaviours| {})));
    }
    for (name, change) in &BEHAVIOURS[1..] {
        cases.push((format!("behaviour-{name}"), "two-faults".into(), Arc::new(*change)));
    }
    for by in Interceptor::ALL {
        cases.push((format!("in-front-{by:?}").to_lowercase(), "good".into(), Arc::new(intercepted(by, "authinfo"))));
    }
    std::fs::create_dir_all(folder()).expect("made");
    let written = stream::iter(cases).map(|(name, scenario, change)| async move {
        let Some(recorded) = record(&scenario, |scenario| change(&mut scenario.manners)).await else { return };
        let path = folder().join(format!("{name}.json"));
        std::fs::write(&path, &recorded.text).expect("written");
        std::fs::write(path.with_extension("verdict"), verdict(&recorded.finished)).expect("written");
    });
    written.buffer_unordered(12).collect::<Vec<()>>().await;
}
