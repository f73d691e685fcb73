//! The secret: where it may come from, and that it goes nowhere.

use crate::program_output::{CANARY, Run, closed_port};

#[test]
fn every_source_gives_the_secret_and_none_shows_it() {
    let url = closed_port();
    let command = format!("printf '%s\\n' {CANARY}");
    let env: &[(&str, &str)] = &[("HALO_CLIENT_SECRET", CANARY)];
    let config = format!("secret_command = [\"printf\", \"{CANARY}\"]\n");
    for (words, env, input, config) in [
        (&["check"][..], env, "", ""),
        (&["check", "--secret-stdin"], &[], CANARY, ""),
        (&["check", "--secret-stdin"], &[], &format!("{CANARY}\r\nmore"), ""),
        (&["--secret-stdin", "check"], &[("HALO_CLIENT_SECRET", "another")], CANARY, ""),
        (&["check", "--secret-command", &command], &[], "", ""),
        (&["check"], &[], "", &config),
    ] {
        for format in ["human", "json", "jsonl", "junit", "prometheus", "markdown"] {
            let mut run = Run::words(&[words, &["-vv", "--format", format]].concat())
                .env("HALO_URL", &url)
                .env("HALO_CLIENT_ID", "my-client")
                .config(config)
                .input(input.as_bytes());
            for (name, value) in env {
                run = run.env(name, value);
            }
            let done = run.done();
            assert_eq!(done.status, 69, "{words:?} {format}: {done:?}");
            let halves = [CANARY, &CANARY[..36], &CANARY[37..]];
            assert!(halves.iter().all(|part| !done.all().contains(part)), "{words:?} {format}: {done:?}");
        }
    }
}

#[test]
fn the_secret_is_no_argument() {
    for words in ["check --secret canary-4711", "check --secret=canary-4711", "--client-secret=canary-4711"] {
        let done = Run::new(words).done();
        assert_eq!(done.status, 2, "{done:?}");
        assert!(done.err.contains("--secret-stdin") && !done.all().contains("canary"), "{done:?}");
    }
}

#[test]
fn a_source_that_fails_says_so_before_anything_is_sent() {
    let long = "x".repeat(5000);
    for (words, input, code) in [
        (&["--secret-stdin"][..], long.as_str(), "input.secret_format"),
        (&["--secret-stdin"], "", "input.missing"),
        (&["--secret-stdin"], "********", "input.secret_format"),
        (&["--secret-command", "false"], "", "local.secret_command"),
        (&["--secret-command", "/nonexistent/x"], "", "local.secret_command"),
    ] {
        let done = Run::words(&[&["check", "--format", "json"], words].concat())
            .env("HALO_URL", &closed_port())
            .env("HALO_CLIENT_ID", "my-client")
            .input(input.as_bytes())
            .done();
        assert_eq!((done.status, done.code().as_str()), (78, code), "{words:?}: {done:?}");
    }
}

#[test]
fn a_secret_command_gets_a_clean_environment() {
    let done = Run::words(&["check", "--format", "json", "--secret-command", "printenv HALO_CLIENT_SECRET"])
        .connection(&closed_port())
        .done();
    assert_eq!((done.status, done.code().as_str()), (78, "local.secret_command"), "{done:?}");
}

#[test]
fn no_command_runs_while_another_value_is_wrong() {
    let dir = tempfile::tempdir().expect("a directory");
    let mark = dir.path().join("ran");
    let done =
        Run::words(&["check", "--url", "http://x.example", "--secret-command"]).env("HALO_CLIENT_ID", "x").done();
    assert_eq!(done.status, 2, "{done:?}");
    let command = format!("touch {}", mark.display());
    let done =
        Run::words(&["check", "--url", "http://x.example", "--client-id", "x", "--secret-command", &command]).done();
    assert_eq!(done.status, 78, "{done:?}");
    assert!(!mark.exists(), "the command ran");
    assert!(!done.out.contains("Client Secret is empty"), "{}", done.out);
}
