//! The store across processes: killed writers, two instances, two writers.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::profile::Profile;
use halo_onboard::domain::run_summary::ShortId;
use halo_onboard::store::Paths;
use halo_onboard::store::profiles::Profiles;
use halo_onboard::store::progress::{self, Progress};

fn paths(folder: &Path) -> Paths {
    Paths::at(folder.join("config.toml"), folder.join("state"))
}

/// What the other process does, when this binary was started as it.
#[test]
fn child() {
    let Some(folder) = std::env::var_os("HALO_TEST_STORE").map(PathBuf::from) else { return };
    match std::env::var("HALO_TEST_DOES").as_deref() {
        Ok("saves") => save_without_end(&paths(&folder)),
        Ok("holds") => {
            let _opened = progress::open(&paths(&folder), Some("acme")).expect("a place");
            tell("opened");
            let _ = std::io::stdin().lines().next();
            // Nobody reads what the test harness would say now.
            std::process::exit(0);
        }
        other => panic!("nothing to do: {other:?}"),
    }
}

/// One line on standard output, past the test harness.
fn tell(line: &str) {
    writeln!(std::io::stdout(), "\n{line}").expect("told");
}

/// Long values, so that a write takes its time.
fn profile(turn: usize) -> Profile {
    Profile { url: Some(turn.to_string()), scope: Some(turn.to_string().repeat(20_000)), ..Profile::default() }
}

fn save_without_end(paths: &Paths) {
    let profiles = Profiles::new(paths);
    for turn in 0..1_000_000 {
        profiles.save("acme", &profile(turn)).expect("saved");
        if turn == 0 {
            tell("saving");
        }
    }
}

fn start(folder: &Path, does: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["concurrent_store::child", "--exact", "--nocapture"])
        .env("HALO_TEST_STORE", folder)
        .env("HALO_TEST_DOES", does)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let stdout = BufReader::new(child.stdout.take().expect("piped"));
    let told = stdout.lines().map_while(Result::ok).any(|line| line == "opened" || line == "saving");
    assert!(told, "the child does nothing");
    child
}

#[test]
fn a_writer_killed_at_any_moment_leaves_the_old_or_the_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let profiles = Profiles::new(&paths(folder.path()));
    for kill in 0..60 {
        let mut child = start(folder.path(), "saves");
        // A different moment each time: as many readings later as it is kills.
        for _ in 0..kill {
            profiles.get("acme").expect("whole at every moment");
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        let left = profiles.get("acme").expect("whole");
        let turn = left.url.as_deref().and_then(|turn| turn.parse().ok()).expect("a number");
        assert_eq!(left, profile(turn), "mixed after kill {kill}");
    }
    profiles.save("acme", &profile(0)).expect("the lock of the dead is free");
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(names.len(), 2, "what the dead left behind is swept away: {names:?}");
}

#[test]
fn another_instance_is_named_and_its_progress_is_safe() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = paths(folder.path());
    let mut other = start(folder.path(), "holds");
    let opened = progress::open(&paths, Some("acme")).expect("a place");
    let reason = opened.file.read_only().expect("the other one writes");
    assert_eq!(reason.code(), Code::LocalStoreLocked);
    assert!(reason.what().contains(&format!("process {}", other.id())), "{reason}");
    let ticked = Progress { ticks: ShortId::new("A1").into_iter().collect(), ..Progress::default() };
    opened.file.save(&ticked).expect_err("read-only");
    assert!(progress::open(&paths, Some("beta")).expect("a place").file.read_only().is_none(), "only that profile");
    drop(opened);
    drop(other.stdin.take());
    other.wait().expect("ended");
    let opened = progress::open(&paths, Some("acme")).expect("a place");
    opened.file.save(&ticked).expect("free again");
}
