//! Values that are refused before anything is sent, and hosts that cannot be reached.

use crate::program_output::{CANARY, Done, ID, Run, closed_port};

fn json(words: &str) -> Done {
    Run::new(&format!("check --format json {words}")).env("HALO_CLIENT_SECRET", CANARY).done()
}

#[test]
fn refused_values_have_a_report_a_code_and_a_status() {
    let good = "--url https://acme.halopsa.com --client-id";
    for (words, status, code) in [
        (String::new(), 78, "input.missing"),
        (good.trim_end_matches(" --client-id").to_owned(), 78, "input.missing"),
        (format!("--url ftp://x --client-id {ID}"), 78, "input.url_invalid"),
        (format!("--url https://me:pw@acme.halopsa.com --client-id {ID}"), 78, "input.url_invalid"),
        (format!("--url http://acme.halopsa.com --client-id {ID}"), 78, "input.url_insecure"),
        (format!("{good} {CANARY}"), 78, "input.client_id_format"),
        (format!("{good} {ID} --tenant https://x"), 78, "input.tenant_mismatch"),
        (format!("--url {} --client-id {ID}", closed_port()), 69, "net.refused"),
        (format!("{good} {ID} --profile nosuch"), 78, "local.config_invalid"),
        (format!("{good} {ID} --config /nonexistent/config.toml"), 78, "local.config_invalid"),
        (format!("{good} {ID} --ca-file /nonexistent/ca.pem"), 78, "local.config_invalid"),
        (format!("{good} {ID} --guide /nonexistent/guide.toml"), 78, "local.config_invalid"),
        (format!("{good} {ID} --bogus"), 2, "local.config_invalid"),
        (format!("{good} {ID} --only nosuch"), 2, "local.config_invalid"),
        ("--demo=nosuch".to_owned(), 2, "local.config_invalid"),
    ] {
        let done = json(&words);
        assert_eq!((done.status, done.code().as_str()), (status, code), "{words}: {done:?}");
        assert_eq!(done.json()["schema"], "halo-onboard.report.v1");
        assert!(!done.all().contains(CANARY) && !done.all().contains(":pw@"), "{words}: {done:?}");
    }
}

#[test]
fn a_missing_secret_names_its_sources() {
    let done = Run::new("check --url https://acme.halopsa.com").env("HALO_CLIENT_ID", ID).done();
    assert_eq!(done.status, 78, "{done:?}");
    for part in ["HALO_CLIENT_SECRET", "--secret-stdin", "--secret-command"] {
        assert!(done.out.contains(part), "{part} is not named: {}", done.out);
    }
}

#[test]
fn a_broken_configuration_is_told_with_line_and_column_in_every_command_that_reads_it() {
    for words in ["check", "check --format json", "guide", "paths", "profile list", "--print-config", ""] {
        let done = Run::new(words).config("timeout = 15\nurll = \"x\"\n").done();
        assert_eq!(done.status, 78, "{words}: {done:?}");
        for part in ["config.toml", "line 2", "column 1", "urll", "known are", "timeout"] {
            assert!(done.err.contains(part), "{words} lacks {part}: {}", done.err);
        }
    }
}

#[test]
fn the_configuration_gives_what_flags_and_variables_do_not() {
    let port = closed_port();
    let config = format!("format = \"json\"\n[profiles.here]\nurl = \"{port}\"\nclient_id = \"{ID}\"\n");
    let done = Run::new("check --profile here").config(&config).env("HALO_CLIENT_SECRET", CANARY).done();
    assert_eq!((done.status, done.code().as_str()), (69, "net.refused"), "{done:?}");
    assert_eq!(done.json()["target"]["resource_server"], port.as_str());
}
