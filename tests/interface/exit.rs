//! Every way out of the interface, with the program itself on a real pseudo-terminal: the terminal is given back, what
//! was done is kept, the exit status is as designed, and it is gone within a second.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use crate::program::{Home, Simulated, connected};
use crate::pty::{Session, within};
use rustix::process::Signal;

/// What ends the program.
#[derive(Clone, Copy)]
enum Way {
    Keys(&'static str),
    Kill(Signal),
}

/// A session with a tick, in which a run goes on that gets no answer, or none goes on.
fn at_work(home: &Home, halo: &Simulated, running: bool) -> Session {
    let mut session = Session::start_program(connected(home, halo).command());
    session.wait_for("not checked yet");
    // To the checklist, and a tick there.
    session.type_in("\x1bOQ");
    session.wait_for("F2");
    session.type_in(" ");
    session.wait_for("ticked");
    within(Duration::from_secs(5), || home.progress().contains("A1").then_some(()));
    if running {
        session.type_in("\x12");
        session.wait_for("checking");
        within(Duration::from_secs(5), || home.progress().contains("under_way").then_some(()));
    }
    session
}

#[test]
fn every_end_gives_the_terminal_back_keeps_the_work_and_is_quick() {
    let halo = Simulated::start("stall");
    for (way, status, running) in [
        (Way::Keys("q"), 0, false),
        (Way::Keys("\x03\x03"), 0, false),
        (Way::Keys("q"), 0, true),
        (Way::Kill(Signal::TERM), 143, false),
        (Way::Kill(Signal::TERM), 143, true),
        (Way::Kill(Signal::HUP), 129, false),
        (Way::Kill(Signal::HUP), 129, true),
        (Way::Kill(Signal::INT), 130, false),
        (Way::Kill(Signal::INT), 130, true),
        (Way::Kill(Signal::QUIT), 131, true),
    ] {
        let home = Home::new();
        let mut session = at_work(&home, &halo, running);
        assert_ne!(session.modes(), session.modes_before, "not raw");
        let began = Instant::now();
        match way {
            Way::Keys(keys) => session.type_in(keys),
            Way::Kill(signal) => session.kill(signal),
        }
        assert_eq!(session.exit_status(), status);
        assert!(began.elapsed() < Duration::from_secs(1), "{status}: took {:?}", began.elapsed());
        session.assert_given_back();
        let kept = home.progress();
        assert!(kept.contains("A1") && kept.contains(&halo.url()), "{status}: {kept}");
        assert_eq!(kept.contains("under_way"), running, "{status}: {kept}");
    }
}

#[test]
fn what_a_run_had_asked_is_abandoned_when_the_program_ends() {
    let halo = Simulated::start("stall");
    let home = Home::new();
    let mut session = at_work(&home, &halo, true);
    // Six answers, and one that never comes.
    within(Duration::from_secs(5), || (halo.requests() > 6).then_some(()));
    let before = halo.abandoned();
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143);
    within(Duration::from_secs(5), || (halo.abandoned() > before).then_some(()));
}

#[test]
fn a_run_that_was_interrupted_is_offered_again() {
    let (halo, home) = (Simulated::start("stall"), Home::new());
    let mut session = at_work(&home, &halo, true);
    session.kill(Signal::HUP);
    assert_eq!(session.exit_status(), 129);

    let mut session = Session::start_program(connected(&home, &halo).command());
    let shown = session.wait_for("was interrupted: Ctrl-R runs the checks again");
    assert!(shown.contains("today"), "{shown}");
    session.type_in("q");
    session.exit_status();
}

#[test]
fn a_terminal_that_goes_away_without_a_signal_ends_it_within_a_second_and_without_spinning() {
    let halo = Simulated::start("stall");
    for running in [false, true] {
        let home = Home::new();
        let mut session = Session::start_program_without_control(connected(&home, &halo).process());
        session.wait_for("not checked yet");
        session.type_in("\x1bOQ ");
        within(Duration::from_secs(5), || home.progress().contains("A1").then_some(()));
        if running {
            session.type_in("\x12");
            session.wait_for("checking");
        }
        let pid = session.pid();
        let before = crate::pty::cpu(pid);
        let began = Instant::now();
        session.hang_up();
        let cpu = within(Duration::from_secs(3), || crate::pty::cpu_of_the_ended(pid));
        assert!(began.elapsed() < Duration::from_secs(1), "took {:?}", began.elapsed());
        assert!(cpu - before < Duration::from_millis(100), "{:?} of CPU", cpu - before);
        assert_eq!(session.exit_status(), 129);
        assert!(home.progress().contains("A1"));
    }
}

#[test]
fn a_shell_can_stop_and_continue_it() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).in_shell());
    session.wait_for("not checked yet");
    session.take_child_as_program();
    for (key, signal) in [(Some("\x1a"), None), (None, Some(Signal::TSTP)), (None, Some(Signal::STOP))] {
        if let Some(key) = key {
            session.type_in(key);
        }
        if let Some(signal) = signal {
            session.kill(signal);
        }
        session.wait_for_plain("the shell has it");
        if signal != Some(Signal::STOP) {
            session.assert_given_back();
        }
        session.type_in("go on\n");
        within(Duration::from_secs(5), || {
            session
                .screen(|screen| screen.alternate_screen() && screen.contents().contains("not checked"))
                .then_some(())
        });
        assert_ne!(session.modes(), session.modes_before, "not raw");
    }
    // It is as alive as before.
    session.type_in("\x12");
    session.wait_for("READY");
    session.type_in("q");
    session.wait_for_plain("ended with 0");
    session.assert_given_back();
}

#[test]
fn a_stopped_program_holds_no_request_open_and_offers_the_run_again() {
    let (halo, home) = (Simulated::start("stall"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).in_shell());
    session.wait_for("not checked yet");
    session.take_child_as_program();
    session.type_in("\x12");
    session.wait_for("checking");
    within(Duration::from_secs(5), || (halo.requests() > 5).then_some(()));
    assert_eq!(halo.abandoned(), 0);
    // What is typed after it waits for fg.
    session.type_in("\x1a");
    session.wait_for_plain("the shell has it");
    within(Duration::from_secs(10), || (halo.abandoned() > 0).then_some(()));
    assert!(home.progress().contains("under_way"), "if nobody comes back, the next start offers it");
    session.type_in("go on\n");
    let shown = session.wait_for("Suspending stopped the checks: Ctrl-R runs them again");
    assert!(shown.contains("stop"), "{shown}");
    let before = halo.requests();
    session.type_in("\x12");
    session.wait_for("checking");
    within(Duration::from_secs(5), || (halo.requests() > before).then_some(()));
    session.type_in("\x1b");
    // The log has a NO VERDICT of the first run, and a key that comes too soon after Esc makes it Alt and that key.
    session.wait_for_header("NO VERDICT");
    session.type_in("q");
    session.wait_for_plain("ended with 0");
    session.assert_given_back();
}

#[test]
fn killed_at_any_moment_of_saving_it_leaves_a_whole_file() {
    let halo = Simulated::start("good");
    let home = Home::new();
    for kill in 0..12u64 {
        let mut session = Session::start_program(connected(&home, &halo).command());
        session.wait_for("not checked yet");
        session.type_in("\x1bOQ");
        // Ticks without end: a save for each turn of the loop.
        let until = Instant::now() + Duration::from_millis(20 + 13 * kill);
        while Instant::now() < until {
            session.type_in(" j");
        }
        session.kill(Signal::KILL);
        session.exit_status();
        let kept = home.progress();
        let whole = kept.is_empty() || serde_json::from_str::<serde_json::Value>(&kept).is_ok();
        assert!(whole, "after kill {kill}: {kept}");
    }
    let mut session = Session::start_program(connected(&home, &halo).command());
    let shown = session.wait_for("not checked yet");
    assert!(!shown.contains("not saved"), "the lock of the dead is free: {shown}");
    session.type_in("\x1bOQ ");
    session.wait_for("ticked");
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    let left: Vec<_> =
        std::fs::read_dir(home.progress_folder()).expect("there").flatten().map(|e| e.file_name()).collect();
    assert!(left.len() <= 2, "what the dead left behind is swept away: {left:?}");
}

#[test]
fn a_flood_of_keys_is_read_to_its_end() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).command());
    session.wait_for("not checked yet");
    let began = Instant::now();
    // More than any buffer on the way holds; what lies unread would leave no room for the key that asks for help.
    session.type_in(&"\x1b[B\x1b[A".repeat(15_000));
    session.type_in("?");
    session.wait_for("In this pane");
    assert!(began.elapsed() < Duration::from_secs(5), "took {:?}", began.elapsed());
    session.type_in("\x1bOQ");
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143);
}

#[test]
fn a_second_instance_reads_only_and_says_so() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut first = Session::start_program(connected(&home, &halo).command());
    first.wait_for("not checked yet");
    let mut second = Session::start_program(connected(&home, &halo).command());
    let pid = first.pid().as_raw_nonzero();
    let shown = second.wait_for("Another instance");
    assert!(shown.contains(&format!("process {pid}")), "{shown}");
    second.type_in("\x1bOQ ");
    second.wait_for("ticked");
    second.type_in("q");
    assert_eq!(second.exit_status(), 0);
    assert!(!home.progress().contains("A1"), "the second wrote nothing");
    first.type_in("q");
    assert_eq!(first.exit_status(), 0);
}

#[test]
fn what_cannot_be_saved_is_said_and_nothing_else_suffers() {
    let halo = Simulated::start("good");
    let damaged = "{ \"version\": 1, \"ticks\": [\"A1\"";
    for (name, content, says) in [
        ("half a file", Some(damaged), "is damaged at line 1; a copy is kept"),
        ("a newer file", Some("{\"version\": 9}"), "was written by a newer version of halo-onboard (file version 9)"),
        ("a folder that cannot be made", None, "cannot be read: Not a directory"),
    ] {
        let home = Home::new();
        match content {
            Some(content) => home.put_progress(content),
            // A file stands where the folder would be.
            None => std::fs::write(home.path().join(".local"), "").expect("written"),
        }
        let mut session = Session::start_program(connected(&home, &halo).command());
        let shown = session.wait_for("not checked yet");
        session.type_in("\x0f");
        let log = session.wait_for(&says[..12]);
        assert!(
            log.replace(['\n', '│', '┃'], " ").split_whitespace().collect::<Vec<_>>().join(" ").contains(says),
            "{name}: {shown}\n{log}"
        );
        session.type_in("\x0f\x12");
        session.wait_for("READY");
        session.type_in("q");
        assert_eq!(session.exit_status(), 0, "{name}");
        if content == Some("{\"version\": 9}") {
            assert_eq!(home.progress(), "{\"version\": 9}", "left untouched");
        }
        if content == Some(damaged) {
            let copy = home.progress_folder().join("_unnamed.json.damaged");
            assert_eq!(std::fs::read_to_string(copy).expect("a copy"), damaged);
            assert!(home.progress().contains("\"ready\""), "saved afresh");
        }
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_in_a_check_is_that_checks_failure_and_the_others_go_on() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).breaking("invoices").command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_until(|shown| ["local.bug", "ok   items", "ok   customers"].iter().all(|text| shown.contains(text)));
    assert!(session.screen(vt100::Screen::alternate_screen), "the terminal is still taken");
    assert_ne!(session.modes(), session.modes_before, "and raw");
    let written = String::from_utf8_lossy(&session.written()).into_owned();
    assert!(!written.contains("canary") && !written.contains("panicked"), "{written}");
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    session.assert_given_back();
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_in_the_main_loop_gives_the_terminal_back_and_quotes_nothing() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).breaking("loop").command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    session.type_in("e");
    session.wait_for("Write a report");
    let began = Instant::now();
    session.type_in("m");
    assert_eq!(session.exit_status(), 75);
    assert!(began.elapsed() < Duration::from_secs(1), "took {:?}", began.elapsed());
    session.assert_given_back();
    let said = session.wait_for_plain("Please report that place");
    assert!(!said.contains("canary"), "{said}");
    assert!(home.progress().contains("\"ready\""), "the last results were kept before");
}

#[test]
fn a_terminal_that_tells_no_size_can_be_scrolled() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).command());
    session.wait_for("not checked yet");
    session.tell_no_size();
    session.type_in("?");
    session.wait_for("Keys");
    session.type_in("\x1b[F");
    session.wait_for("Without a full screen");
    session.type_in("\x1b");
    session.wait_until(|screen| !screen.contains("Without a full screen"));
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_while_saving_is_told_once_and_costs_nothing_else() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).breaking("save").command());
    session.wait_for("not checked yet");
    session.type_in("\x1bOQ ");
    let shown = session.wait_for("Your progress is not saved");
    assert!(!shown.contains("canary"), "{shown}");
    session.type_in("\x12");
    session.wait_for("READY");
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
}

/// A session whose cursor stands in the first field.
fn in_the_form(home: &Home, halo: &Simulated) -> Session {
    let mut session = Session::start_program(connected(home, halo).command());
    session.wait_for("not checked yet");
    session.type_in("\x1bOR");
    session.wait_for("next field");
    session
}

#[test]
fn a_paste_that_lost_its_end_leaves_the_keys_alive() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = in_the_form(&home, &halo);
    session.type_in("\x1b[200~/some/path");
    session.wait_for("/some/path");
    session.type_in("x");
    session.wait_for("/some/pathx");
    // Ctrl-C is heard at once inside it.
    session.type_in("\x1b[200~yz");
    let began = Instant::now();
    session.type_in("\x03");
    session.wait_for("/some/pathxyz");
    session.type_in("\x03");
    assert_eq!(session.exit_status(), 0);
    assert!(began.elapsed() < Duration::from_millis(900), "took {:?}", began.elapsed());
    session.assert_given_back();
}

#[test]
fn replies_of_the_terminal_are_typed_nowhere() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = in_the_form(&home, &halo);
    for reply in ["\x1b]11;rgb:1e1e/1e1e/1e1e\x07", "\x1b[>0;136;0c", "\x1bP>|xterm(380)\x1b\\", "\x1b_Gi=31;OK\x1b\\"]
    {
        session.type_in(reply);
    }
    session.type_in("/typed");
    let shown = session.wait_for("/typed");
    for part in ["1e1e", "136", "xterm(380)", "Gi=31"] {
        assert!(!shown.contains(part), "{shown}");
    }
    session.kill(Signal::TERM);
    session.exit_status();
}

#[test]
fn without_a_terminal_to_type_on_it_says_so() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    for redirected in ["</dev/null", "<&-"] {
        let mut session = Session::start_program(connected(&home, &halo).through_shell("", redirected));
        assert_eq!(session.exit_status(), 2, "{redirected}");
        let said = session.wait_for_plain("This needs a terminal");
        assert!(said.contains("check"), "{said}");
        session.assert_given_back();
    }
}

#[test]
fn a_piped_secret_beats_every_other_and_the_keys_come_from_the_terminal() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let given = connected(&home, &halo).env("HALO_CLIENT_SECRET", "wrong").arg("--secret-stdin");
    let piped = format!("printf %s '{}' |", halo.secret());
    let mut session = Session::start_program(given.through_shell(&piped, ""));
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    session.assert_given_back();
}
