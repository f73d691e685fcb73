//! Recordings as files: written by `check`, judged by `replay`, and refused with the place where they are no recordings.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::program_output::Run;

fn words(words: &[&str]) -> crate::program_output::Done {
    Run::words(words).done()
}

fn recorded(folder: &Path, scenario: &str) -> String {
    let path = folder.join(format!("{scenario}.json")).display().to_string();
    let done = words(&["check", &format!("--demo={scenario}"), "--record", &path]);
    assert!(done.err.contains("recorded in"), "{done:?}");
    path
}

#[test]
fn a_recording_is_private_follows_its_schema_and_gives_the_same_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema: Value = serde_json::from_str(include_str!("../../schemas/recording.v1.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for (scenario, status, line) in [
        ("good", 0, "ready ok\n"),
        ("role-invoices", 1, "not_ready api.role_level\n"),
        ("wrong-secret", 77, "not_ready auth.invalid_client\n"),
        ("not-halo", 69, "not_ready discovery.not_halo\n"),
    ] {
        let path = recorded(folder.path(), scenario);
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&path).expect("readable");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<String> =
            schema.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}\n{text}");
        assert!(text.lines().all(|line| line.len() < 600) && text.lines().count() > 20);
        let done = words(&["replay", &path, "--verdict-only"]);
        assert_eq!((done.status, done.out.as_str(), done.err.as_str()), (status, line, ""), "{done:?}");
        let done = words(&["replay", &path, "--format", "json"]);
        assert_eq!((done.status, done.code().as_str()), (status, line.trim().split(' ').nth(1).expect("a code")));
    }
}

#[test]
fn no_file_is_overwritten_and_nothing_is_sent_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = recorded(folder.path(), "good");
    let before = std::fs::read(&path).expect("readable");
    let done = words(&["check", "--demo", "--record", &path]);
    assert!(done.status == 78 && done.err.contains("already exists") && !done.err.contains("checking"), "{done:?}");
    assert_eq!(std::fs::read(&path).expect("readable"), before);
    let nowhere = folder.path().join("none/run.json").display().to_string();
    let done = words(&["check", "--demo", "--record", &nowhere]);
    assert!(done.status == 78 && done.err.contains("no directory"), "{done:?}");
    for other in [&["--watch", "1"][..], &["--all-profiles"], &["--only", "token"]] {
        let done = words(&[&["check", "--demo", "--record", "x.json"], other].concat());
        assert_eq!(done.status, 2, "{done:?}");
    }
}

#[test]
fn what_is_no_recording_is_refused_with_the_place_and_status_65() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = std::fs::read_to_string(recorded(folder.path(), "good")).expect("readable");
    let line = |part: &str| good.lines().position(|line| line.contains(part)).expect("a line") + 1;
    let edited = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    for (name, text, says) in [
        ("cut", good[..good.len() / 2].to_owned(), "it was cut: it ends at line ".to_owned()),
        ("empty", String::new(), "it is empty".into()),
        ("newer", edited("recording.v1", "recording.v2"), "a newer halo-onboard wrote it".into()),
        (
            "a report",
            r#"{"schema":"halo-onboard.report.v1"}"#.into(),
            "it is no recording: its member \"schema\"".into(),
        ),
        ("no JSON", "hello".into(), "it is not valid JSON at line 1, column 1".into()),
        (
            "a member more",
            edited("\"ended\"", "\"more\": 1,\n  \"ended\""),
            format!("line {}, column ", line("\"ended\"")),
        ),
        (
            "another type",
            edited("\"status\": 200", "\"status\": \"200\""),
            "changed by hand or damaged at line ".into(),
        ),
        (
            "no status",
            edited("\"status\": 200", "\"status\": 7"),
            "exchanges[0].response.status: it is no HTTP status".into(),
        ),
        ("no address", edited("/api/authinfo\"", "/api/authinfo\", \"x\": \""), "line ".into()),
        (
            "no number of rows",
            edited("\"rows\": \"4-10\"", "\"rows\": \"many\""),
            "response.rows: it is no number of rows".into(),
        ),
        (
            "an answer less",
            {
                let mut value: Value = serde_json::from_str(&good).expect("JSON");
                value["exchanges"].as_array_mut().expect("a list").retain(|exchange| exchange["check"] != "identity");
                value.to_string()
            },
            "The recording has no answer to 1 of the requests; the first is GET  /api/Agent/me".into(),
        ),
        ("another guide", edited("\"guide\": \"laborcast\"", "\"guide\": \"other\""), "with --guide FILE".into()),
    ] {
        let path = folder.path().join("edited.json");
        std::fs::write(&path, &text).expect("written");
        let done = words(&["replay", &path.display().to_string()]);
        assert!(done.status == 65 && done.err.contains(&says), "{name}: {says}: {done:?}");
        assert!(done.err.contains("explain local.recording_invalid"), "{done:?}");
    }
}

#[test]
fn what_is_no_file_or_a_gigabyte_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = folder.path().join("large");
    std::fs::File::create(&large).expect("made").set_len(1 << 30).expect("sparse");
    let pipe = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).expect("a pipe");
    for (path, says) in [
        (large.as_path(), "larger than 8 MiB"),
        (pipe.as_path(), "no regular file"),
        (folder.path(), "cannot be read"),
        (Path::new("/nonexistent/run.json"), "does not exist"),
    ] {
        let done = words(&["replay", &path.display().to_string()]);
        assert!(done.status == 65 && done.err.contains(says), "{says}: {done:?}");
    }
}

#[test]
fn a_verdict_that_has_changed_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = recorded(folder.path(), "role-invoices");
    let text = std::fs::read_to_string(&path).expect("readable");
    let changed = text.replacen("\"invoices\": \"failed api.role_level\"", "\"invoices\": \"passed ok\"", 1);
    assert_ne!(text, changed);
    std::fs::write(&path, changed).expect("written");
    let done = words(&["replay", &path]);
    assert!(done.err.contains("check invoices was passed ok and is failed api.role_level"), "{done:?}");
}

#[test]
fn a_form_that_is_refused_gives_no_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.json");
    let done = words(&["check", "--demo=swapped", "--record", &path.display().to_string()]);
    assert!(done.status == 78 && !path.exists(), "{done:?}");
}

#[test]
fn a_recording_is_served_and_checked_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    for (name, status, code) in [
        ("scenario-good", 0, "ok"),
        ("scenario-role-invoices", 1, "api.role_level"),
        ("scenario-app-invoices", 1, "api.scope_missing"),
        ("scenario-wrong-secret", 77, "auth.invalid_client"),
        ("scenario-no-others", 1, "api.role_level"),
        ("scenario-firewall", 69, "http.intercepted"),
        ("scenario-scope-by-scope", 1, "api.scope_missing"),
    ] {
        let file = folder.join(format!("{name}.json")).display().to_string();
        let mut serving = Run::words(&["simulate", "--replay", &file]).start();
        let mut check = Run::new("check --format json");
        loop {
            let line = serving.line();
            match line.trim().split_once('=') {
                Some((variable, value)) if variable.starts_with("HALO_") => check = check.env(variable, value),
                _ if line.starts_with("# In another") => break,
                _ => {}
            }
        }
        let done = check.done();
        assert_eq!((done.status, done.code().as_str()), (status, code), "{name}: {done:?}");
        serving.signal(rustix::process::Signal::TERM);
    }
}

#[test]
fn the_built_in_guide_of_a_recording_is_found_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.json").display().to_string();
    let done = words(&["check", "--demo", "--guide", "timezest", "--record", &path, "--format", "json"]);
    let again = words(&["replay", &path, "--verdict-only"]);
    assert!(again.out.contains(&done.code()) && again.status == done.status, "{done:?} {again:?}");
}
