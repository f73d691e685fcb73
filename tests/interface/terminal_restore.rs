//! Every way out gives the terminal back. A small program on the terminal's owner and the watcher runs on a real
//! pseudo-terminal: this test binary itself, started again with `HALO_TEST_CHILD` set.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use crate::pty::{Session, within};
use rustix::process::Signal;

/// The program under test, when this binary was started as it; otherwise nothing.
#[test]
fn child() {
    if let Ok(mode) = std::env::var("HALO_TEST_CHILD") {
        super::terminal_child::run(&mode);
    }
}

/// What ends the program.
enum Way {
    Key(&'static str),
    Kill(Signal),
}

#[test]
fn every_way_out_restores_the_terminal_and_has_its_exit_status() {
    for (mode, way, status) in [
        ("obeys", Way::Key("q"), 0),
        ("obeys", Way::Key("e"), 1),
        ("obeys", Way::Key("p"), 101),
        ("obeys", Way::Kill(Signal::TERM), 143),
        ("obeys", Way::Kill(Signal::HUP), 129),
        ("obeys", Way::Kill(Signal::INT), 130),
        ("obeys", Way::Kill(Signal::QUIT), 131),
        ("stuck", Way::Kill(Signal::TERM), 143),
        ("stuck", Way::Kill(Signal::HUP), 129),
    ] {
        let mut session = Session::start(mode);
        session.wait_for("ready");
        assert!(session.screen(|screen| screen.alternate_screen() && screen.bracketed_paste()), "{mode}: not taken");
        assert_ne!(session.modes(), session.modes_before, "{mode}: not raw");
        let began = Instant::now();
        match way {
            Way::Key(key) => session.type_in(key),
            Way::Kill(signal) => session.kill(signal),
        }
        assert_eq!(session.exit_status(), status, "{mode}");
        assert!(began.elapsed() < Duration::from_secs(1), "{mode}, {status}: took {:?}", began.elapsed());
        session.assert_given_back();
    }
}

#[test]
fn a_panic_tells_its_place_and_no_payload() {
    let mut session = Session::start("obeys");
    session.wait_for("ready");
    session.type_in("p");
    session.exit_status();
    let said = session.wait_for_plain("Please report that place");
    assert!(said.contains("broke at tests/interface/terminal_child"), "{said}");
    // A debug build also runs the hook that was there before, which is this test harness's.
    let ours = said.split("Please report").next().unwrap_or_default();
    assert!(!ours.contains("canary"), "{ours}");
}

#[test]
fn a_panic_elsewhere_leaves_the_terminal_taken_and_the_screen_clean() {
    let mut session = Session::start("obeys");
    session.wait_for("ready");
    session.type_in("t");
    let shown = session.wait_for("a task broke");
    assert!(!shown.contains("canary") && !shown.contains("panicked"), "{shown}");
    assert!(session.screen(vt100::Screen::alternate_screen));
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    session.assert_given_back();
}

#[test]
fn the_program_has_time_to_save_and_a_second_signal_ends_it_at_once() {
    let mut session = Session::start("saves");
    session.wait_for("ready");
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143);
    session.wait_for("saved");

    let mut session = Session::start("stuck");
    session.wait_for("ready");
    let began = Instant::now();
    session.kill(Signal::TERM);
    session.wait_for_title("told");
    session.kill(Signal::INT);
    assert_eq!(session.exit_status(), 143);
    assert!(began.elapsed() < Duration::from_millis(500), "took {:?}", began.elapsed());
    session.assert_given_back();
}

#[test]
fn a_terminal_that_takes_no_byte_does_not_hold_the_program() {
    let mut session = Session::start("floods");
    session.wait_for("ready");
    session.stop_reading();
    let began = Instant::now();
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143);
    assert!(began.elapsed() < Duration::from_millis(1200), "took {:?}", began.elapsed());
    assert_eq!(session.modes(), session.modes_before);
}

#[test]
fn a_terminal_that_goes_away_ends_the_program_within_a_second_and_without_spinning() {
    // Without a controlling terminal no SIGHUP comes; with another standard input crossterm reads a file of its own.
    for start in [Session::start_without_control, Session::start_with_other_input] {
        for mode in ["obeys", "stuck"] {
            let mut session = start(mode);
            session.wait_for("ready");
            let pid = session.pid();
            let began = Instant::now();
            session.hang_up();
            let cpu = within(Duration::from_secs(3), || crate::pty::cpu_of_the_ended(pid));
            assert!(began.elapsed() < Duration::from_secs(1), "{mode}: took {:?}", began.elapsed());
            assert!(cpu < Duration::from_millis(100), "{mode}: {cpu:?} of CPU");
            assert_eq!(session.exit_status(), 129, "{mode}");
        }
    }
}

#[test]
fn a_shell_can_stop_and_continue_it() {
    let mut session = Session::start_in_shell("obeys");
    session.wait_for("ready");
    for (stop, what) in [("z", "Ctrl-Z"), ("TSTP", "a signal"), ("STOP", "a signal that nobody can catch")] {
        match stop {
            "TSTP" => session.kill(Signal::TSTP),
            "STOP" => session.kill(Signal::STOP),
            key => session.type_in(key),
        }
        session.wait_for_plain("the shell has it");
        if stop != "STOP" {
            session.assert_given_back();
        }
        session.type_in("go on\n");
        within(Duration::from_secs(5), || {
            let back = session.screen(|screen| screen.alternate_screen() && screen.contents().contains("ready"));
            back.then_some(())
        });
        assert_ne!(session.modes(), session.modes_before, "not raw after {what}");
    }
    session.type_in("q");
    session.wait_for_plain("ended with 0");
    session.assert_given_back();
}

#[test]
fn where_no_shell_could_continue_it_nothing_stops() {
    let mut session = Session::start("obeys");
    session.wait_for("ready");
    session.type_in("zq");
    assert_eq!(session.exit_status(), 0);
}

#[test]
fn a_child_gets_the_terminal_as_it_was_and_its_ctrl_c() {
    let mut session = Session::start("obeys");
    session.wait_for("ready");
    session.type_in("l");
    session.wait_for_plain("PIN:");
    session.assert_given_back();
    session.type_in("123\n");
    session.wait_for("lent: 123");
    assert_ne!(session.modes(), session.modes_before, "not raw again");
    session.type_in("l");
    session.wait_for_plain("PIN:");
    session.type_in("\x03");
    session.wait_for("lent: interrupted");
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    session.assert_given_back();
}

#[test]
fn an_idle_program_sleeps() {
    let mut session = Session::start("obeys");
    session.wait_for("ready");
    let asleep = session.asleep();
    let began = Instant::now();
    // Two seconds of nothing, seen from outside: a standing tick would show.
    within(Duration::from_secs(5), || (began.elapsed() > Duration::from_secs(2)).then_some(()));
    assert_eq!(session.sleeps(), asleep);
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
}
