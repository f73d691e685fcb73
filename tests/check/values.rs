//! Values as people really give them: by every way in the same cleaning and the same refusals.

use std::os::unix::fs::PermissionsExt;

use base64::Engine;

use crate::program_output::{CANARY, Done, ID, Run, closed_port};

/// Runs the check with these bytes as the secret, by each way that can carry them.
fn by_every_way(bytes: &[u8]) -> Vec<(&'static str, Done)> {
    let run = |words: &[&str]| {
        Run::words(&[&["check", "--format", "json", "--url", &closed_port(), "--client-id", ID], words].concat())
    };
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("printed");
    std::fs::write(&file, bytes).expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    let command = format!("cat {}", file.display());
    let mut done = vec![
        ("standard input", run(&["--secret-stdin"]).input(bytes).done()),
        ("command", run(&["--secret-command", &command]).done()),
    ];
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\0')
    {
        done.push(("environment", run(&[]).env("HALO_CLIENT_SECRET", text).done()));
    }
    done
}

#[test]
fn a_working_secret_is_understood_by_every_way() {
    let wide: Vec<u8> = format!("{CANARY}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        format!("\u{feff}{CANARY}\r\n").into_bytes(),
        format!("\"{CANARY}\"\n").into_bytes(),
        format!("“{CANARY}”").into_bytes(),
        format!("{CANARY}\u{200b}\n").into_bytes(),
        CANARY.replace('-', "\u{2011}").into_bytes(),
        format!("Client Secret: {CANARY}").into_bytes(),
        format!("# Halo\nHALO_CLIENT_ID={ID}\nHALO_CLIENT_SECRET={CANARY}\n").into_bytes(),
        format!("{{\n  \"client_id\": \"{ID}\",\n  \"client_secret\": \"{CANARY}\"\n}}\n").into_bytes(),
        format!("\x1b[1m{CANARY}\x1b[0m\n").into_bytes(),
        format!("{CANARY}\0").into_bytes(),
        [&[0xff, 0xfe][..], &wide].concat(),
        wide,
    ] {
        for (way, done) in by_every_way(&bytes) {
            assert_eq!((done.status, done.code().as_str()), (69, "net.refused"), "{way}: {bytes:?} {done:?}");
            let report = done.json();
            let codes: Vec<&str> =
                report["diagnoses"].as_array().expect("a list").iter().filter_map(|d| d["code"].as_str()).collect();
            assert!(codes.contains(&"input.cleaned"), "{way}: {bytes:?} {codes:?}");
            assert!(!done.all().contains(&CANARY[..36]), "{way}");
        }
    }
    // One line break at the end of a file is how files end.
    for (way, done) in by_every_way(format!("{CANARY}\r\n").as_bytes()).into_iter().take(2) {
        assert!(!done.out.contains("input.cleaned"), "{way}: {done:?}");
    }
}

#[test]
fn what_is_no_secret_stops_by_every_way_and_is_named() {
    let base64 = base64::engine::general_purpose::STANDARD.encode(CANARY);
    for (text, says) in [
        ("${HALO_CLIENT_SECRET}", "variable"),
        ("{{ secret }}", "variable"),
        ("<your-secret>", "placeholder"),
        ("REPLACE_ME", "placeholder"),
        ("••••••••", "masked"),
        (base64.as_str(), "base64"),
        (&CANARY[..50], "cut off"),
        (ID, "Client ID"),
        ("op://vault/halo/secret", "1Password"),
    ] {
        for (way, done) in by_every_way(text.as_bytes()) {
            assert_eq!((done.status, done.code().as_str()), (78, "input.secret_format"), "{way}: {text} {done:?}");
            assert!(done.out.contains(says) && !done.all().contains("Generate"), "{way}: {text} {done:?}");
        }
    }
    for (way, done) in by_every_way(&[0x80, 0xff, 0xfe]) {
        assert_eq!(done.status, 78, "{way}: {done:?}");
    }
}

#[test]
fn the_other_values_are_read_alike_from_flag_and_file() {
    let bare = ID.replace('-', "");
    for id in [format!("{{{ID}}}"), format!("urn:uuid:{ID}"), format!("{ID}."), bare, format!("Client ID: {ID}")] {
        let port = closed_port();
        let config = format!("[profiles.here]\nurl = \"{port}\"\nclient_id = \"{id}\"\n");
        for run in [
            Run::words(&["check", "--format", "json", "--url", &port, "--client-id", &id]),
            Run::new("check --format json --profile here").config(&config),
            Run::words(&["check", "--format", "json", "--url", &port]).env("HALO_CLIENT_ID", &id),
        ] {
            let done = run.env("HALO_CLIENT_SECRET", CANARY).done();
            assert_eq!(done.code(), "net.refused", "{id}: {done:?}");
            assert_eq!(done.json()["target"]["client_id"], ID, "{id}");
        }
    }
}
