//! Stopped before the end: every profile has its result all the same.

use std::time::{Duration, Instant};

use halo_onboard::domain::codes::Code;
use halo_onboard::store::Paths;
use halo_onboard::store::progress;
use rustix::process::Signal;

use crate::program_output::silent_server;
use crate::servers::{Servers, rows};

/// One that is well, and five that never answer.
fn servers() -> Servers {
    let mut servers = Servers::new();
    servers.good("a-good");
    for number in 0..5 {
        servers.nowhere(&format!("silent-{number}"), &silent_server());
    }
    servers
}

#[test]
fn a_signal_gives_the_partial_result() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let servers = servers();
        let mut run = servers.run("--format json --timeout 600 --jobs 3").start();
        let head = run.line_with("halo-onboard.fleet.v1");
        let first = run.line_with("a-good");
        let began = Instant::now();
        run.signal(signal);
        let mut done = run.done();
        done.out = format!("{head}{first}{}", done.out);
        assert_eq!(done.status, status, "{done:?}");
        assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
        let fleet = done.json();
        assert_eq!((&fleet["complete"], &fleet["verdict"]), (&false.into(), &"undetermined".into()));
        assert_eq!((&fleet["counts"]["ready"], &fleet["counts"]["undetermined"]), (&1.into(), &5.into()));
        for tenant in fleet["tenants"].as_array().expect("a list").iter().skip(1) {
            assert_eq!(tenant["report"]["code"], "local.cancelled", "{tenant}");
            let server = tenant["report"]["target"]["resource_server"].as_str().expect("an origin");
            assert!(server.starts_with("http://127.0.0.1:"), "also one that was not begun says what it is: {tenant}");
        }
        servers.assert_discreet(&done.all());
    }
}

#[test]
fn a_deadline_gives_the_partial_result() {
    let began = Instant::now();
    let done = servers().check("--format jsonl --timeout 600 --deadline 2s --jobs 3");
    let found = rows(&done.out);
    assert!(began.elapsed() < Duration::from_secs(20), "it took {:?}", began.elapsed());
    assert_eq!((found.len(), done.status), (6, 75), "{done:?}");
    assert!(
        found[1..].iter().all(|(_, status, code)| (*status, code.as_str()) == (75, "local.cancelled")),
        "{found:?}"
    );
}

#[test]
fn a_closed_pipe_is_quiet_and_changes_no_verdict() {
    let mut servers = Servers::new();
    for number in 0..5 {
        servers.good(&format!("good-{number}"));
    }
    let mut run = servers.run("--format jsonl").start();
    run.line();
    let (status, err) = run.close_output().done();
    assert_eq!((status, err.as_str()), (0, ""));
}

#[test]
fn each_tenant_is_noted_with_its_profile() {
    let mut servers = Servers::new();
    servers.good("well");
    servers.tenant("short", "role-invoices", |_| {});
    servers.nowhere("nobody", &crate::program_output::closed_port());
    let home = tempfile::tempdir().expect("a directory");
    let state = home.path().to_str().expect("a path");
    let paths = Paths::at(home.path().join("none.toml"), home.path().join("halo-onboard"));
    let last = |name| progress::look(&paths, Some(name)).expect("readable").and_then(|page| page.last);

    let done = servers.run("--only token").env("XDG_STATE_HOME", state).done();
    assert_eq!(last("well"), None, "{done:?}");
    let held = progress::open(&paths, Some("short")).expect("a place");
    let done = servers.run("-v").env("XDG_STATE_HOME", state).done();
    assert!(done.err.contains("not recorded for the profile short"), "{done:?}");
    drop(held);
    for (name, code) in [("well", Some(Code::Ok)), ("nobody", Some(Code::NetRefused)), ("short", None)] {
        assert_eq!(last(name).map(|run| run.code), code, "{name}: {done:?}");
    }
    let done = servers.run("").env("XDG_STATE_HOME", state).done();
    assert_eq!(last("short").map(|run| run.code), Some(Code::ApiRoleLevel), "{done:?}");
}
