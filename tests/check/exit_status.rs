//! Signals, closed pipes, deadlines, full disks: every run ends in order and says what it knows.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::program_output::{Run, closed_port, silent_server};

#[test]
fn a_signal_gives_what_is_known_and_its_own_status() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut run = Run::new("check --format jsonl").connection(&silent_server()).start();
        run.line_with("check_started");
        let began = Instant::now();
        run.signal(signal);
        let report = run.line_with("\"report\"");
        let done = run.done();
        assert_eq!(done.status, status, "{done:?}");
        assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        assert_eq!((&report["code"], &report["verdict"]), (&"local.cancelled".into(), &"undetermined".into()));
        assert!(report["checks"].as_array().is_some_and(|checks| checks.len() > 10), "{report}");
    }
}

#[test]
fn json_stays_one_object_when_a_signal_comes() {
    let run = Run::new("check --format json --timeout 600").connection(&silent_server()).start();
    // Nothing is told before the end: the signal itself must not come before the program listens.
    wait_for_connection(&run);
    run.signal(Signal::INT);
    let done = run.done();
    assert_eq!((done.status, done.code().as_str()), (130, "local.cancelled"), "{done:?}");
}

/// Waits until the program has a socket open, by its own account in /proc where that can be read, else for its first
/// sign of life: it is then past the installation of its handlers.
fn wait_for_connection(run: &crate::program_output::Started) {
    let status = format!("/proc/{}/status", run.child.id());
    let limit = Instant::now() + Duration::from_secs(20);
    while Instant::now() < limit {
        let caught = std::fs::read_to_string(&status).unwrap_or_default();
        let mask = caught.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or_default().trim().to_owned();
        // Bit 1 of the mask is SIGINT.
        if u64::from_str_radix(&mask, 16).is_ok_and(|mask| mask & 0b10 != 0) {
            return;
        }
        std::thread::yield_now();
    }
    panic!("the program never listened for signals");
}

#[test]
fn a_deadline_ends_a_run_and_a_watch() {
    let began = Instant::now();
    let done = Run::new("check --format json --deadline 1s --timeout 600").connection(&silent_server()).done();
    assert_eq!((done.status, done.code().as_str()), (75, "local.cancelled"), "{done:?}");
    let done = Run::new("check --format json --until-ready --watch 1 --deadline 2s").connection(&closed_port()).done();
    assert_eq!((done.status, done.code().as_str()), (69, "net.refused"), "{done:?}");
    assert!(began.elapsed() < Duration::from_secs(30), "it took {:?}", began.elapsed());
}

#[test]
fn a_closed_pipe_is_quiet_and_changes_no_verdict() {
    let mut run = Run::new("check --format jsonl").connection(&closed_port()).start();
    run.line();
    let (status, err) = run.close_output().done();
    assert_eq!((status, err.as_str()), (69, ""));
    for words in ["guide", "explain", "man", "completions bash", "--help", "check --print-schema"] {
        let (status, err) = Run::new(words).start().close_output().done();
        assert_eq!((status, err.as_str()), (0, ""), "{words}");
    }
}

#[test]
fn results_that_cannot_be_written_are_no_pass() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_halo-onboard"))
        .arg("guide")
        .stdout(full)
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"), "{output:?}");
}

#[test]
fn the_simulator_prints_its_form_serves_and_ends_by_a_signal() {
    let mut run = Run::new("simulate").start();
    let url = run.line_with("HALO_URL=").trim().trim_start_matches("HALO_URL=").to_owned();
    let client_id = run.line_with("HALO_CLIENT_ID=").trim().trim_start_matches("HALO_CLIENT_ID=").to_owned();
    let secret = run.line_with("HALO_CLIENT_SECRET=").trim().trim_start_matches("HALO_CLIENT_SECRET=").to_owned();
    assert!(url.starts_with("http://127.0.0.1:") && !client_id.is_empty() && !secret.is_empty());
    let address = url.trim_start_matches("http://");
    std::net::TcpStream::connect(address).expect("it serves");
    run.signal(Signal::TERM);
    assert_eq!(run.done().status, 143);
    assert!(std::net::TcpStream::connect(address).is_err(), "it still serves");
}
