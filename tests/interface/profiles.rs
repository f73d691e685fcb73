//! Profiles, progress and kept secrets as an operator meets them: the program itself on a pseudo-terminal.
#![cfg(target_os = "linux")]

use std::time::Duration;

use crate::program::{Home, Simulated, bare, connected};
use crate::pty::{Session, within};
use halo_onboard::domain::profile::SecretStore;
use halo_onboard::secret::Secret;
use halo_onboard::store::keyring;
use rustix::process::Signal;

/// A configuration with one profile for this Halo, and more lines of that profile.
fn profile(name: &str, halo: &Simulated, more: &str) -> String {
    let (url, id) = (halo.url(), halo.client_id());
    format!("[profiles.{name}]\nurl = \"{url}\"\ntenant = \"acme\"\nclient_id = \"{id}\"\n{more}\n")
}

/// A command that prints this Halo's secret.
fn printing(halo: &Simulated) -> String {
    format!("secret_command = [\"/bin/echo\", \"{}\"]", halo.secret())
}

/// A screen's text in one line, without the lines around the panes.
fn flat(screen: &str) -> String {
    let text = screen.replace(|c: char| "│┃┏┓┗┛┌┐└┘━─".contains(c), " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quit(mut session: Session) {
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    session.assert_given_back();
}

#[test]
fn a_first_start_goes_to_the_first_step_and_offers_the_demo_which_stores_nothing() {
    let home = Home::new();
    let mut session = Session::start_program(bare(&home).command());
    let shown = session.wait_for("F6 try the demo");
    assert!(shown.contains("1 API-only agent") && shown.contains("New here?"), "{shown}");
    session.type_in("\x1b[17~");
    session.wait_for("Which Halo?");
    session.type_in("d");
    session.wait_for("DEMO");
    session.type_in("\x12");
    session.wait_for("READY");
    quit(session);
    let files = home.files();
    assert!(files.iter().all(|(path, _)| path.extension().is_some_and(|end| end == "lock")), "{files:?}");
}

#[test]
fn a_set_up_is_saved_as_a_profile_and_opened_again_with_what_was_done() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).command());
    session.wait_for("not checked yet");
    session.type_in("\x1bOQ ");
    session.wait_for("ticked");
    session.type_in("s");
    session.wait_for("Save as a profile");
    session.type_in("a b\r");
    session.wait_for("! Use letters");
    session.type_in("\x15acme\r");
    session.wait_for("profile acme");
    session.type_in("\x12");
    session.wait_for("READY");
    quit(session);
    assert!(home.config().contains("[profiles.acme]") && !home.config().contains(&halo.secret()), "{}", home.config());
    assert!(!home.progress().contains(&halo.url()), "the set-up without a name is empty again");

    let mut session = Session::start_program(bare(&home).command());
    // What is kept of a profile is read beside the first frame.
    let shown = session.wait_for("not kept");
    assert!(shown.contains("Which Halo?") && shown.contains("READY"), "{shown}");
    session.type_in("\r");
    session.wait_for("hidden while typed");
    session.type_in("\x1bOQ");
    let shown = session.wait_for("ticked");
    assert!(shown.contains(&halo.url()), "{shown}");
    quit(session);
}

#[test]
fn the_start_page_says_what_changed_and_takes_up_what_was_interrupted() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    home.put_config(&profile("acme", &halo, &printing(&halo)));
    let mut session = Session::start_program(bare(&home).arg("--profile=acme").command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    quit(session);

    halo.simulator().break_part("role.claim.Xx").expect("a part");
    let mut session = Session::start_program(bare(&home).arg("--profile=acme").command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("NOT READY");
    session.type_in("v");
    session.wait_for("in the last good run, just now");
    session.type_in("q");
    session.wait_for("NOT READY");
    quit(session);

    let stalled = Simulated::start("stall");
    home.put_config(&profile("acme", &stalled, &printing(&stalled)));
    let mut session = Session::start_program(bare(&home).command());
    let shown = session.wait_for("Since the last good run (just now): 1 change");
    assert!(shown.contains("1 FAILED") && shown.contains("command echo"), "{shown}");
    assert!(shown.contains("invoices: ok -> FAIL api.role_level"), "{shown}");
    // Opens it and checks.
    session.type_in("\x12");
    session.wait_for("checking");
    within(Duration::from_secs(5), || home.progress_of("acme").contains("under_way").then_some(()));
    session.kill(Signal::HUP);
    assert_eq!(session.exit_status(), 129);

    home.put_config(&profile("acme", &halo, &printing(&halo)));
    halo.simulator().repair("role.claim.Xx").expect("a part");
    let mut session = Session::start_program(bare(&home).command());
    let shown = flat(&session.wait_for("was interrupted"));
    assert!(shown.contains("Ctrl-R resume"), "{shown}");
    session.type_in("\x12");
    session.wait_for("READY");
    quit(session);
    assert!(!home.progress_of("acme").contains("under_way"));
}

#[test]
fn a_command_asks_for_its_pin_on_the_terminal_and_a_failure_costs_nothing() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let script = home.path().join("ask");
    let text = format!("printf PIN: >&2; read pin; [ \"$pin\" = 123 ] || exit 3; echo '{}'\n", halo.secret());
    std::fs::write(&script, text).expect("written");
    home.put_config(&profile("acme", &halo, &format!("secret_command = [\"/bin/sh\", {script:?}]")));
    let mut session = Session::start_program(bare(&home).arg("--profile=acme").command());
    session.wait_for_plain("PIN:");
    session.assert_given_back();
    session.type_in("wrong\n");
    let shown = flat(&session.wait_for("ended with status 3"));
    assert!(shown.contains("Ctrl-X"), "{shown}");
    assert_ne!(session.modes(), session.modes_before, "not raw again");
    // Once more, from the secret's field.
    session.type_in("\x18");
    session.wait_for_plain("PIN:");
    session.type_in("123\n");
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    quit(session);
}

#[test]
fn an_ending_while_a_command_has_the_terminal_keeps_the_session_and_ends_the_command() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let number = home.path().join("number");
    let script = home.path().join("ask");
    std::fs::write(&script, format!("sleep 600 & echo $! > {number:?}; printf PIN: >&2; wait\n")).expect("written");
    home.put_config(&profile("acme", &halo, &format!("secret_command = [\"/bin/sh\", {script:?}]")));
    let mut session = Session::start_program(bare(&home).arg("--profile=acme").command());
    session.wait_for_plain("PIN:");
    let began = std::time::Instant::now();
    session.kill(rustix::process::Signal::TERM);
    assert_eq!(session.exit_status(), 143);
    assert!(began.elapsed() < Duration::from_secs(1), "took {:?}", began.elapsed());
    assert!(home.progress_of("acme").contains(&halo.url()), "{}", home.progress_of("acme"));
    let started = std::fs::read_to_string(number).expect("its number");
    let status = format!("/proc/{}/stat", started.trim());
    let gone = || std::fs::read_to_string(&status).map_or(true, |stat| stat.contains(") Z ")).then_some(());
    crate::pty::within(Duration::from_secs(5), gone);
}

/// A profile's name that no other test and no other run of the tests has: the keyring is everybody's.
fn unique(word: &str) -> String {
    format!("test-{word}-{}", std::process::id())
}

/// Forgets what a test kept, also when it fails.
struct Forget(Vec<String>);

impl Drop for Forget {
    fn drop(&mut self) {
        for name in &self.0 {
            let _ = keyring::forget(name);
        }
    }
}

/// Where no keyring works, there is nothing to see; the unit tests hold that this is then said.
fn keyring_works() -> bool {
    [SecretStore::Session, SecretStore::User].into_iter().all(|keep| keyring::probe(keep).is_ok())
}

#[test]
fn a_proven_secret_is_kept_when_asked_and_goes_with_the_profile() {
    if !keyring_works() {
        return crate::skip::skipped("no keyring can be used here");
    }
    let (halo, home, name) = (Simulated::start("good"), Home::new(), unique("kept"));
    let _forget = Forget(vec![name.clone(), unique("renamed")]);
    home.put_config(&profile(&name, &halo, ""));
    let mut session = Session::start_program(bare(&home).arg("--profile").arg(&name).command());
    session.wait_for("hidden while typed");
    // Keys as they come from a keyboard; not one burst.
    for c in halo.secret().chars() {
        session.type_in(&c.to_string());
    }
    session.wait_for("73 chars");
    session.type_in("\x12");
    session.wait_for("The secret is proven: K keeps it");
    session.type_in("K");
    let shown = flat(&session.wait_for("Keep the secret?"));
    assert!(shown.contains("(•) do not keep it"), "no is selected: {shown}");
    // The second answer of three: the keyring of this login.
    session.type_in("\x1b[B\r");
    session.wait_for("The secret is kept in");
    quit(session);
    assert!(home.config().contains("keep = \"session\"") && !home.config().contains(&halo.secret()));

    let mut session = Session::start_program(bare(&home).command());
    session.wait_for("keyring (login)");
    session.type_in("\x12");
    session.wait_for("Done: enter these");
    session.type_in("\x1b");
    session.wait_for("its guide line");
    session.type_in("K");
    let shown = flat(&session.wait_for("Keep the secret?"));
    assert!(shown.contains("(•) until this login ends"), "where it is is selected: {shown}");
    session.type_in("\x1b");
    session.wait_for("its guide line");
    quit(session);

    let run = |words: &[&str]| {
        let output = words.iter().fold(bare(&home), |start, word| start.arg(word)).process().output().expect("it runs");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(run(&["profile", "list"]).contains("secret in the kernel's keyring of this login"));
    assert!(run(&["check", "--profile", &name]).contains("READY"), "the kept secret serves check as well");
    let renamed = unique("renamed");
    assert!(run(&["profile", "rename", &name, &renamed]).contains("Its kept secret was renamed too"));
    assert_eq!(keyring::holds(&name).expect("works"), None);
    assert_eq!(keyring::holds(&renamed).expect("works"), Some(SecretStore::Session));
    assert!(run(&["profile", "remove", &renamed]).contains("Its secret was removed"));
    assert_eq!(keyring::holds(&renamed).expect("works"), None);
    assert!(!home.progress_folder().join(format!("{renamed}.json")).exists());
}

#[test]
fn a_kept_secret_goes_to_no_other_host_and_a_given_one_beats_it() {
    if !keyring_works() {
        return crate::skip::skipped("no keyring can be used here");
    }
    let (halo, other, home, name) = (Simulated::start("good"), Simulated::start("good"), Home::new(), unique("bound"));
    let _forget = Forget(vec![name.clone()]);
    home.put_config(&profile(&name, &halo, "keep = \"user\""));
    keyring::set(&name, SecretStore::User, &Secret::new(halo.secret())).expect("kept");
    let mut session = Session::start_program(bare(&home).arg("--profile").arg(&name).command());
    session.wait_for("not checked yet");
    session.type_in("\x1bOR\x15");
    for c in other.url().chars() {
        session.type_in(&c.to_string());
    }
    session.wait_for(&other.url());
    session.type_in("\x12");
    let shown = flat(&session.wait_for("cleared: enter the one"));
    assert!(shown.contains(&format!("It was for {}", halo.url())), "{shown}");
    session.type_in("\x1bOS");
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143);
    assert_eq!(other.simulator().counters().token_requests, 0, "nothing went there");

    keyring::set(&name, SecretStore::User, &Secret::new("an old one".into())).expect("kept");
    let given = bare(&home).env("HALO_CLIENT_SECRET", halo.secret()).arg("--profile").arg(&name);
    let mut session = Session::start_program(given.command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    quit(session);

    keyring::forget(&name).expect("works");
    let mut session = Session::start_program(bare(&home).arg("--profile").arg(&name).command());
    let shown = flat(&session.wait_for("is gone"));
    assert!(shown.contains("The secret was kept in the kernel's keyring of this user"), "{shown}");
    session.type_in("\x03\x03");
    assert_eq!(session.exit_status(), 0);
}

#[test]
fn a_profile_is_found_and_removed_after_a_question() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let config: String = ["acme", "beta", "gamma"].iter().map(|name| profile(name, &halo, "")).collect();
    home.put_config(&config);
    let mut session = Session::start_program(bare(&home).command());
    session.wait_for("gamma");
    session.type_in("/");
    session.wait_for("Find:");
    session.type_in("et");
    session.wait_for("Profiles that match \"et\"");
    assert!(session.screen(|screen| !screen.contents().contains("gamma")));
    session.type_in("\x1b");
    session.wait_for("gamma");
    session.type_in("jD");
    session.wait_for("Remove this profile?");
    session.type_in("n");
    session.wait_for("Which Halo?");
    assert!(home.config().contains("[profiles.beta]"));
    session.type_in("D");
    session.wait_for("Remove this profile?");
    session.type_in("y");
    session.wait_for("beta was removed");
    within(Duration::from_secs(5), || session.screen(|screen| !screen.contents().contains("> beta")).then_some(()));
    assert!(!home.config().contains("beta") && home.config().contains("[profiles.gamma]"), "{}", home.config());
    quit(session);
}

#[test]
fn another_profile_brings_its_own_progress_and_a_typed_secret_is_not_lost_without_a_question() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    home.put_config(&[profile("acme", &halo, ""), profile("beta", &halo, "")].concat());
    let mut session = Session::start_program(bare(&home).arg("--profile=acme").command());
    session.wait_for("hidden while typed");
    session.type_in("half a secret");
    session.wait_for("13 chars");
    session.type_in("\x1bOQ");
    session.wait_for("Space tick");
    session.type_in(" ");
    session.wait_for("ticked");
    session.type_in("\x1b[17~");
    session.wait_for("Which Halo?");
    session.type_in("j\r");
    session.wait_for("Discard the secret?");
    session.type_in("y");
    let shown = session.wait_for("profile beta");
    assert!(!shown.contains("ticked"), "{shown}");
    // Back again: nothing was lost but the secret.
    session.type_in("\x1b[17~");
    session.wait_for("Which Halo?");
    session.type_in("k\r");
    session.wait_for("profile acme");
    session.type_in("\x1bOQ");
    session.wait_for("ticked");
    quit(session);
    assert!(home.progress_of("acme").contains("A1") && !home.progress_of("beta").contains("A1"));
}

/// Answers in turn: what is said, the last of it at the end, and what is typed then.
fn converse(session: &mut Session, turns: &[(&[&str], &str)]) {
    for (says, answer) in turns {
        let (last, others) = says.split_last().expect("something is said");
        let said = session.wait_for_plain(last);
        for other in others {
            assert!(said.contains(other), "{other}\n{said}");
        }
        session.type_in(answer);
    }
}

#[test]
fn plain_mode_lists_the_profiles_and_keeps_what_was_seen() {
    let (halo, home) = (Simulated::start("role-invoices"), Home::new());
    home.put_config(&profile("acme", &halo, &printing(&halo)));
    let mut session = Session::start_program(bare(&home).arg("--plain").command());
    converse(
        &mut session,
        &[
            (&["never checked. Secret: command echo.", "3. demo: use a simulated Halo", "Which one? 1 to 3"], "9\n"),
            (&["1. acme", "Which one? 1 to 3"], "acme\n"),
            (&["Press Enter to run the checks"], "\n"),
            (&["NOT READY", "Command?"], "tick B7\n"),
            (&["Ticked: B7", "Command?"], "quit\n"),
        ],
    );
    assert_eq!(session.exit_status(), 1);
    assert!(home.progress_of("acme").contains("B7"), "{}", home.progress_of("acme"));
    assert!(!home.progress_of("acme").contains(&halo.secret()) && !home.progress_of("acme").contains("under_way"));

    let mut session = Session::start_program(bare(&home).arg("--plain").command());
    converse(
        &mut session,
        &[
            (&["last check just now, NOT READY, 1 failed", "Which one?"], "1\n"),
            (&["Press Enter to run the checks"], "steps\n"),
            (&["B7 ticked", "Command?"], "quit\n"),
        ],
    );
    assert_eq!(session.exit_status(), 75, "nothing was checked");
}

#[test]
fn plain_mode_says_once_that_it_is_a_demo() {
    let home = Home::new();
    let mut session = Session::start_program(bare(&home).arg("--plain").arg("--demo").command());
    converse(&mut session, &[(&["READY", "Command?"], "run\n"), (&["READY", "Command?"], "quit\n")]);
    assert_eq!(session.exit_status(), 0);
    let written = String::from_utf8_lossy(&session.written()).into_owned();
    assert_eq!(written.matches("DEMO").count(), 1, "{written}");
}

#[test]
fn plain_mode_watches_until_it_is_mended_and_ctrl_c_ends_only_the_watch() {
    let (halo, home) = (Simulated::start("role-invoices"), Home::new());
    home.put_config(&profile("acme", &halo, &printing(&halo)));
    let mut session = Session::start_program(bare(&home).arg("--plain").arg("--profile=acme").command());
    converse(
        &mut session,
        &[
            (&["Press Enter to run the checks"], "\n"),
            (&["Command?"], "watch 1\n"),
            (&["How many seconds? From watch 5 to", "Command?"], "watch\n"),
            (&["run again every 30 s"], "\n"),
            (&["The watch has ended.", "Command?"], "watch\n"),
            (&["run again every 30 s"], "\x03"),
            (&["The watch has ended.", "Command?"], "watch 5\n"),
            (&["run again every 5 s"], ""),
        ],
    );
    let before = halo.requests();
    halo.simulator().repair("role.claim.Xx").expect("a part");
    converse(
        &mut session,
        &[
            // What a watch waited for is the next answer.
            (&["Changed: invoices: ok; before: FAIL api.role_level.", "nothing blocks.", "Command?"], "watch\n"),
            (&["Nothing to watch", "Command?"], "quit\n"),
        ],
    );
    assert_eq!(session.exit_status(), 0);
    let asked = halo.requests() - before;
    assert!((1..=4).contains(&asked), "{asked} requests for one list");
}

#[test]
fn another_guide_is_chosen_and_the_profile_remembers_it() {
    let (halo, home) = (Simulated::start("good"), Home::new());
    let mut session = Session::start_program(connected(&home, &halo).command());
    session.wait_for("LaborCast and Halo PSA");
    session.type_in("\x1b[19~");
    session.wait_for("Which product do you connect to Halo?");
    session.type_in("\x1b[B\r");
    let shown = session.wait_for("365sentri and Halo PSA");
    assert!(shown.contains("not saved until") && shown.contains(&halo.url()), "{shown}");
    session.type_in("\x1bOQs");
    session.wait_for("Save as a profile");
    session.type_in("\x15acme-sentri\r");
    session.wait_for("profile acme-sentri");
    quit(session);
    let config = home.config();
    assert!(config.contains("[profiles.acme-sentri]") && config.contains("guide = \"365sentri\""), "{config}");

    let session = Session::start_program(bare(&home).arg("--profile=acme-sentri").command());
    let shown = session.wait_for("365sentri and Halo PSA");
    assert!(shown.contains("Username = 365sentri"), "{shown}");
    quit(session);
}
