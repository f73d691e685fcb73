//! The canary: a known secret and every token are looked for in all that leaves the program: screen, files, standard
//! streams, clipboard, arguments and environment of children. The one place where the secret belongs is the body of a
//! token request.
#![cfg(target_os = "linux")]

use crate::program::{Home, Simulated, Start, bare, connected};
use crate::pty::Session;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use halo_onboard::sim::Scenario;
use rustix::process::Signal;

/// A secret in which every way of writing it differs.
const CANARY: &str = "Zq7&vK+9\"x<W%2fT'u=R \u{e9}pL-canary-4711-~hQ3/nB;e";
/// How each access token and id_token begins; the tokens that Halo gave out are looked for as well, part by part.
const TOKEN: &str = "eyJ";

/// The secret as anything might write it.
fn forms() -> Vec<String> {
    let url: String = url::form_urlencoded::byte_serialize(CANARY.as_bytes()).collect();
    let percent: String = CANARY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let html = CANARY.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;");
    let debug = format!("{CANARY:?}");
    let mut forms = vec![
        CANARY.to_owned(),
        "canary-4711".into(),
        url.replace('+', "%20"),
        url,
        percent,
        hex.to_uppercase(),
        hex,
        html,
        debug.trim_matches('"').to_owned(),
        serde_json::to_string(CANARY).expect("text").trim_matches('"').to_owned(),
        STANDARD.encode(CANARY),
        URL_SAFE.encode(CANARY),
    ];
    forms.extend((1..3).map(|shift| inside_base64(CANARY, shift)));
    // The first eight characters are enough for a hit.
    forms.push(CANARY.chars().take(8).collect());
    forms
}

/// Inside a longer text, base64 shifts: the part that does not depend on what is around it.
fn inside_base64(text: &str, shift: usize) -> String {
    let coded = STANDARD_NO_PAD.encode([&b"xxx"[..shift], text.as_bytes()].concat());
    coded[4..coded.len() - 4].to_owned()
}

/// Every token that a Halo gave out, as anything might write it: 16 characters of any part are enough for a hit.
fn token_forms(halo: &Simulated) -> Vec<String> {
    halo.simulator().tokens().iter().flat_map(|token| forms_of(token)).collect()
}

fn forms_of(token: &str) -> Vec<String> {
    let parts = token.split('.').filter(|part| part.len() >= 16);
    let ends = parts.flat_map(|part| [part[..16].to_owned(), part[part.len() - 16..].to_owned()]);
    let coded = (0..3).map(|shift| inside_base64(token, shift));
    let hex = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    ends.chain(coded).chain([hex]).collect()
}

/// Where the secret or a token stands in these bytes; also in what was sent to the clipboard.
fn found(tokens: &[String], bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let clipboard: Vec<String> = text
        .split("\x1b]52;c;")
        .skip(1)
        .filter_map(|rest| STANDARD.decode(rest.split('\x07').next()?).ok())
        .map(|sent| String::from_utf8_lossy(&sent).into_owned())
        .collect();
    let texts = std::iter::once(text.into_owned()).chain(clipboard);
    let hit = |text: &String, form: &String| {
        let at = text.find(form.as_str())?;
        Some(text[..at].chars().rev().take(60).collect::<String>().chars().rev().collect::<String>() + "[here]")
    };
    let forms: Vec<String> = forms().into_iter().chain([TOKEN.to_owned()]).chain(tokens.iter().cloned()).collect();
    texts.into_iter().find_map(|text| forms.iter().find_map(|form| hit(&text, form)))
}

fn assert_clean(halo: &Simulated, what: &str, bytes: &[u8]) {
    if let Some(context) = found(&token_forms(halo), bytes) {
        panic!("{what}: {context}");
    }
}

/// All files of a home, with their names.
fn assert_files_clean(halo: &Simulated, what: &str, home: &Home) -> usize {
    let files = home.files();
    for (path, content) in &files {
        assert_clean(halo, &format!("{what}, {}", path.display()), content);
        assert_clean(halo, &format!("{what}, a name"), path.as_os_str().as_encoded_bytes());
    }
    files.len()
}

fn halo(scenario: &str) -> Simulated {
    Simulated::start(scenario).with_secret(CANARY)
}

/// The form but for the secret, which is to be typed.
fn without_secret(home: &Home, halo: &Simulated) -> Start {
    connected(home, halo).without("HALO_CLIENT_SECRET").arg("--timeout=2")
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for form in forms() {
        assert!(found(&[], format!("some {form} text").as_bytes()).is_some(), "{form}");
    }
    assert!(found(&[], b"token eyJhbGciOi").is_some());
    let sent = format!("\x1b]52;c;{}\x07", STANDARD.encode(format!("curl {CANARY}")));
    assert!(found(&[], sent.as_bytes()).is_some());
    let inside = STANDARD.encode(format!("ab{CANARY}cd"));
    assert!(found(&[], inside.as_bytes()).is_some());
    assert!(found(&[], b"nothing of it, fingerprint 1234-5678").is_none());
    let halo = halo("good");
    assert!(found(&token_forms(&halo), b"x").is_none());
    let token = "eyJhbGciOiJub25lIn0xyz.c2VjcmV0LXBheWxvYWQtb2YtYS10b2tlbg.c2lnbmF0dXJlLW9mLWl0";
    let pieces = [
        "c2VjcmV0LXBheWxv",
        &token[token.len() - 16..],
        &STANDARD.encode(token),
        &STANDARD.encode(format!("a{token}")),
    ];
    for piece in pieces {
        assert!(found(&forms_of(token), format!("({piece})").as_bytes()).is_some(), "{piece}");
    }
}

/// Types the secret as a keyboard does: not as one burst, which would be read, and cleaned, as a paste.
fn type_secret(session: &mut Session) {
    for (before, c) in CANARY.chars().enumerate() {
        session.type_in(&c.to_string());
        session.wait_for(&format!(" {} chars", before + 1));
    }
}

#[test]
fn through_the_whole_interface_the_secret_is_nowhere() {
    let (halo, home) = (halo("role-invoices"), Home::new());
    let mut session = Session::start_program(without_secret(&home, &halo).command());
    session.wait_for("hidden while typed");
    type_secret(&mut session);
    session.type_in("\x12");
    session.wait_for("NOT READY");
    for (keys, shows) in [
        // Plain text, curl and fix by the clipboard, help.
        ("v", "Code"),
        ("q", "NOT READY"),
        ("c", "copied through the terminal"),
        ("y", "copied through the terminal"),
        ("?", "In this pane"),
        ("q", "NOT READY"),
        // The log with everything in it.
        ("\x0f", "Log"),
        ("l", "warn and up"),
        ("l", "FAIL and up"),
        ("l", "debug and up"),
        ("\x0f", "NOT READY"),
        // Every report, seen and written.
        ("e", "Write a report"),
        ("m", "preview, not written yet"),
        ("\r", "Written:"),
        ("e", "Write a report"),
        ("j", "preview, not written yet"),
        ("\r", "Written:"),
        ("e", "Write a report"),
        ("h", "preview, not written yet"),
        ("\r", "Written:"),
        ("e", "Write a report"),
        ("s", "preview, not written yet"),
        ("\r", "Written:"),
        // A profile; the secret is not kept.
        ("s", "Save as a profile"),
        ("acme\r", "Saved as profile acme"),
        ("K", "Keep the secret?"),
        ("\r", "not kept"),
        ("p", "Client Secret"),
    ] {
        session.type_in(keys);
        session.wait_for(shows);
    }
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    assert_clean(&halo, "the terminal", &session.written());
    let files = assert_files_clean(&halo, "after the interface", &home);
    assert!(files >= 7, "configuration, progress and four reports: {files}");
    let counters = halo.simulator().counters();
    assert!(counters.token_requests > 0, "the secret was used");
    assert!(!halo.simulator().tokens().is_empty(), "there were tokens to look for");
    assert_eq!(counters.misplaced, Vec::<String>::new());
}

#[test]
fn no_scenario_brings_it_to_the_screen_or_into_a_report() {
    let names: Vec<String> = Scenario::list().into_iter().map(|(name, _)| name).collect();
    let halves: Vec<&[String]> = names.chunks(names.len().div_ceil(2)).collect();
    std::thread::scope(|threads| {
        for half in halves {
            threads.spawn(|| half.iter().for_each(|name| in_the_interface(name)));
        }
    });
}

fn in_the_interface(scenario: &str) {
    let (halo, home) = (halo(scenario), Home::new());
    let start = connected(&home, &halo).env("HALO_CLIENT_SECRET", CANARY).arg("--timeout=2");
    let mut session = Session::start_program(start.command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    // The end of the run, or why there is none.
    let shown = session.wait_until(|screen| {
        let header = screen.lines().next().unwrap_or_default();
        let ended = ["READY", "NO VERDICT"].iter().any(|word| header.contains(word));
        ended || screen.contains("Nothing was sent")
    });
    // Where the form lacks something there is no run, and no report of one.
    let refused = shown.contains("Nothing was sent");
    if scenario == "split-host" {
        session.type_in("\x1b[18~");
        session.wait_for("Send the secret to another server?");
        session.type_in("n");
        session.wait_for("Nothing changed");
    }
    for (format, extension) in [("m", "md"), ("j", "json"), ("h", "html"), ("s", "txt")] {
        if refused {
            break;
        }
        session.type_in("e");
        session.wait_for("Write a report");
        session.type_in(format);
        session.wait_for("preview, not written yet");
        session.type_in("\r");
        // A report that is written while another one is may be told after it, in its place.
        session.wait_for_wrapped(&format!(".{extension} (only you can read it)"));
    }
    session.type_in("\x0f");
    session.wait_for("┏ Log");
    session.type_in("lll");
    session.wait_for("debug and up");
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143, "{scenario}");
    assert_clean(&halo, &format!("{scenario}, the terminal"), &session.written());
    let files = assert_files_clean(&halo, scenario, &home);
    assert!(refused || files >= 5, "{scenario}: progress and four reports: {files}");
    assert_eq!(halo.simulator().counters().misplaced, Vec::<String>::new(), "{scenario}");
}

#[test]
fn no_scenario_brings_it_into_the_output_of_check() {
    for (name, _) in Scenario::list() {
        let (halo, home) = (halo(&name), Home::new());
        for format in ["human", "json", "jsonl", "junit", "prometheus", "markdown"] {
            let start = connected(&home, &halo).env("HALO_CLIENT_SECRET", CANARY);
            let start =
                ["check", "-vv", "--timeout=1", "--format", format].iter().fold(start, |start, word| start.arg(word));
            let done = start.process().output().expect("it runs");
            assert_clean(&halo, &format!("{name}, {format}, standard output"), &done.stdout);
            assert_clean(&halo, &format!("{name}, {format}, standard error"), &done.stderr);
            assert!(!done.stdout.is_empty(), "{name}, {format}");
        }
        assert_files_clean(&halo, &name, &home);
    }
}

#[test]
fn the_dialogue_without_a_screen_shows_nothing_of_it() {
    let (halo, home) = (halo("good"), Home::new());
    let mut session = Session::start_program(without_secret(&home, &halo).arg("--plain").command());
    session.wait_for_plain("Press Enter to enter the four values");
    session.type_in("\n");
    for prompt in ["Resource Server [", "Tenant [", "Client ID ["] {
        session.wait_for_plain(prompt);
        session.type_in("\n");
    }
    // At the very moment that it asks: it must be silent by then.
    session.wait_for_plain("Client Secret (");
    session.type_in(&format!("{CANARY}\n"));
    session.wait_for_plain("Command?");
    session.type_in("quit\n");
    assert_eq!(session.exit_status(), 0);
    assert_clean(&halo, "the terminal", &session.written());
    assert!(halo.simulator().counters().token_requests > 0);
}

#[test]
fn a_command_for_the_secret_sees_none_in_its_arguments_or_environment() {
    let (halo, home) = (halo("good"), Home::new());
    let (script, dump, other) = (home.path().join("ask"), home.path().join("dump"), Home::new());
    let secret = other.path().join("secret");
    std::fs::write(&secret, CANARY).expect("written");
    let text = format!(
        "{{ tr '\\0' '\\n' < /proc/$$/environ; tr '\\0' '\\n' < /proc/$$/cmdline; env; }} > {}\ncat {}\n",
        dump.display(),
        secret.display()
    );
    std::fs::write(&script, text).expect("written");
    let start = connected(&home, &halo).env("HALO_CLIENT_SECRET", CANARY).arg("--secret-command");
    let mut session = Session::start_program(start.arg(&format!("/bin/sh {}", script.display())).command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    session.type_in("q");
    assert_eq!(session.exit_status(), 0);
    let dumped = std::fs::read_to_string(&dump).expect("dumped");
    assert!(dumped.contains("HALO_URL=") && dumped.contains("ask"), "{dumped}");
    assert!(!dumped.contains("HALO_CLIENT_SECRET"), "{dumped}");
    assert_clean(&halo, "the terminal", &session.written());
    assert_files_clean(&halo, "after the command", &home);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_quotes_nothing_of_it() {
    let (halo, home) = (halo("good"), Home::new());
    let start = connected(&home, &halo).env("HALO_CLIENT_SECRET", CANARY).breaking("loop");
    let mut session = Session::start_program(start.command());
    session.wait_for("not checked yet");
    session.type_in("\x12");
    session.wait_for("READY");
    session.type_in("em");
    assert_eq!(session.exit_status(), 75);
    session.wait_for_plain("Please report that place");
    assert_clean(&halo, "the terminal", &session.written());
    assert_files_clean(&halo, "after a panic", &home);
}

#[test]
fn a_secret_in_the_wrong_field_is_not_saved() {
    let (halo, home) = (halo("good"), Home::new());
    // As long as it is typed there, the screen shows it: what is kept is the question.
    let mut session = Session::start_program(bare(&home).env("HALO_CLIENT_SECRET", CANARY).command());
    session.wait_for("not checked yet");
    session.type_in("\x1bOR");
    session.wait_for(">Resource Server");
    for c in halo.url().chars() {
        session.type_in(&c.to_string());
    }
    session.wait_for(&halo.url());
    session.type_in("\t\t");
    session.wait_for(">Client ID");
    for c in CANARY.chars() {
        session.type_in(&c.to_string());
    }
    session.wait_for("hQ3/nB;e");
    session.type_in("\t\t");
    session.kill(Signal::TERM);
    assert_eq!(session.exit_status(), 143);
    assert!(home.progress().contains(&halo.url()), "{}", home.progress());
    assert_files_clean(&halo, "after typing it into the wrong field", &home);
}
