use crate::domain::codes::Code;
use crate::domain::run_summary::RunSummary;
use crate::domain::run_summary::ShortId;
use crate::store::Paths;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use super::*;
use crate::domain::connection::Typed;
use crate::domain::evidence::Timing;
use crate::domain::report::{Check, PROGRAM, Report, SCHEMA, Stage, Status, Target, Verdict};
use crate::secret::Secret;

/// Stands for the secret wherever foreign text could bring it.
const CANARY: &str = "canary-4711-secret";

struct TestFolder {
    _folder: tempfile::TempDir,
    paths: Paths,
    file: PathBuf,
}

fn place() -> TestFolder {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::at(folder.path().join("config.toml"), folder.path().join("state"));
    let file = folder.path().join("state/progress/acme.json");
    TestFolder { _folder: folder, paths, file }
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    fs::write(file, text).expect("written");
}

/// A report that has the canary in every field that takes text.
fn report(verdict: Verdict) -> Report {
    Report {
        schema: SCHEMA,
        program: PROGRAM.into(),
        guide: CANARY.into(),
        started_at: "2026-11-23T10:20:41.118Z".into(),
        duration_ms: 2900,
        target: Target { resource_server: CANARY.into(), tenant: Some(CANARY.into()), ..Target::default() },
        verdict,
        code: Code::ApiForbidden,
        checks: vec![Check {
            id: "invoices".into(),
            stage: Stage::Probe,
            endpoint: Some(CANARY.into()),
            title: CANARY.into(),
            status: Status::Failed,
            code: Code::ApiForbidden,
            summary: CANARY.into(),
            http_status: Some(403),
            timing_ms: Timing { total: Some(212), ..Timing::default() },
        }],
        facts: Vec::new(),
        diagnoses: Vec::new(),
    }
}

fn some_progress() -> Progress {
    let typed = Typed {
        url: "https://acme.halopsa.com/api".into(),
        tenant: "acme".into(),
        client_id: CANARY.into(),
        allowed_auth_origins: vec!["https://auth.example".into()],
        ..Typed::default()
    };
    let ticks = ["A1", "B10"].iter().filter_map(|tick| ShortId::new(tick)).collect();
    let mut progress = Progress {
        ticks,
        form: Form::of(&typed, &Secret::new(CANARY.into())),
        under_way: "2026-11-24T09:00:00Z".parse().ok(),
        ..Progress::default()
    };
    progress.note_run(RunSummary::of(&report(Verdict::Ready)).expect("a time"));
    progress.note_run(RunSummary::of(&report(Verdict::NotReady)).expect("a time"));
    progress
}

#[test]
fn progress_comes_back() {
    let TestFolder { paths, .. } = place();
    for profile in [None, Some("acme")] {
        let opened = open(&paths, profile).expect("a place");
        assert!(opened.notes.is_empty() && opened.progress == Progress::default(), "{:?}", opened.notes);
        opened.file.save(&some_progress()).expect("saved");
        drop(opened);
        assert_eq!(look(&paths, profile).expect("a place"), Some(some_progress()), "a look needs no lock");
        let again = open(&paths, profile).expect("a place").progress;
        assert_eq!(again, some_progress());
        let last = again.last.expect("noted");
        assert_eq!((last.verdict, last.checks[0].took_ms), (Verdict::NotReady, Some(212)));
        assert_eq!(again.last_good.expect("noted").verdict, Verdict::Ready);
        assert_eq!(again.form.typed().tenant, "acme");
    }
}

#[test]
fn nothing_foreign_and_nothing_secret_is_in_the_file() {
    let TestFolder { paths, file, .. } = place();
    open(&paths, Some("acme")).expect("a place").file.save(&some_progress()).expect("saved");
    let text = fs::read_to_string(file).expect("there");
    assert!(!text.contains("canary") && !text.contains("4711"), "{text}");
    assert!(text.contains("acme.halopsa.com") && text.contains("api.forbidden") && text.contains("B10"), "{text}");
}

#[test]
fn names_are_too_short_for_a_secret() {
    for bad in ["", "a b", "ä", &"x".repeat(33), "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607"] {
        assert!(ShortId::new(bad).is_none(), "{bad}");
    }
}

#[test]
fn a_second_instance_reads_only_and_says_whose_it_is() {
    let TestFolder { paths, .. } = place();
    let first = open(&paths, Some("acme")).expect("a place");
    first.file.save(&some_progress()).expect("saved");
    let second = open(&paths, Some("acme")).expect("a place");
    assert_eq!(second.progress, some_progress());
    let said = second.file.read_only().expect("held").to_string();
    assert!(said.contains(&std::process::id().to_string()) && said.contains("not saved"), "{said}");
    assert_eq!(second.file.save(&Progress::default()).expect_err("read-only").code(), Code::LocalStoreLocked);
    drop(first);
    assert!(open(&paths, Some("acme")).expect("a place").file.read_only().is_none());
}

#[test]
fn a_damaged_file_is_kept_and_the_progress_starts_afresh() {
    for (text, line) in [("{", 1), ("{\n\"version\": 1,\n\"ticks\": 5}", 3), ("", 1), ("{\"version\": 0}", 1)] {
        let TestFolder { paths, file, .. } = place();
        write(&file, text);
        let opened = open(&paths, Some("acme")).expect("a place");
        let note = opened.notes.iter().find(|note| note.code() == Code::LocalStoreCorrupt).expect("told");
        assert!(note.what().contains(&format!("line {line};")), "{note}");
        assert_eq!(fs::read_to_string(&file).expect("there"), text, "untouched until the next save");
        opened.file.save(&some_progress()).expect("saved");
        assert_eq!(fs::read_to_string(file.with_extension("json.damaged")).expect("kept"), text);
    }
}

#[test]
fn a_newer_file_is_left_untouched() {
    let TestFolder { paths, file, .. } = place();
    write(&file, "{\"version\": 2, \"new\": true}");
    let opened = open(&paths, Some("acme")).expect("a place");
    assert_eq!(opened.file.save(&Progress::default()).expect_err("read-only").code(), Code::LocalStoreNewer);
    assert!(fs::read_to_string(file).expect("there").contains("\"new\""));
}

#[test]
fn words_of_a_later_program_are_left_out() {
    let TestFolder { paths, file, .. } = place();
    open(&paths, Some("acme")).expect("a place").file.save(&some_progress()).expect("saved");
    let text = fs::read_to_string(&file).expect("there").replace("api.forbidden", "api.of_tomorrow");
    fs::write(&file, text).expect("written");
    let opened = open(&paths, Some("acme")).expect("a place");
    assert_eq!((opened.progress.last, opened.progress.ticks.len()), (None, 2));
}

#[test]
fn progress_is_renamed_and_removed_with_its_profile() {
    let TestFolder { paths, file, .. } = place();
    rename(&paths, "acme", "beta").expect("nothing to rename is no error");
    open(&paths, Some("acme")).expect("a place").file.save(&some_progress()).expect("saved");
    let held = open(&paths, Some("acme")).expect("a place");
    assert_eq!(rename(&paths, "acme", "beta").expect_err("held").code(), Code::LocalStoreLocked);
    assert_eq!(remove(&paths, "acme").expect_err("held").code(), Code::LocalStoreLocked);
    drop(held);
    rename(&paths, "acme", "beta").expect("renamed");
    assert!(!file.exists());
    assert_eq!(open(&paths, Some("beta")).expect("a place").progress, some_progress());
    remove(&paths, "beta").expect("removed");
    assert_eq!(open(&paths, Some("beta")).expect("a place").progress, Progress::default());
    rename(&paths, "../x", "y").expect_err("no name");
}

#[test]
fn where_nothing_can_be_written_the_program_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("state"), "in the way").expect("written");
    let paths = Paths::at(folder.path().join("config.toml"), folder.path().join("state"));
    let opened = open(&paths, Some("acme")).expect("a place, though a bad one");
    assert!(opened.file.read_only().is_some() && opened.progress == Progress::default());
    assert!(!opened.notes.is_empty());
}
