//! Help, version, guide, explanations, paths, completions, manual.

use crate::program_output::Run;

#[test]
fn what_prints_prints_on_standard_output_and_passes() {
    for (words, parts) in [
        ("--help", &["Exit status:", "HALO_CLIENT_SECRET", "config.toml", "Examples:", "77"][..]),
        ("-h", &["Exit status:", "check"]),
        ("help check", &["--until-ready", "Examples:"]),
        (
            "check --help",
            &["--only", "--deadline", "--all-profiles", "--jobs-per-host", "Environment:", "Files:", "Examples:"],
        ),
        ("--version", &["halo-onboard 0.", "commit ", concat!("target ", env!("HALO_ONBOARD_TARGET"))]),
        ("guide", &["[ ] B7   Invoices Access Level = Read Only", "Configuration >"]),
        ("guide --format markdown", &["- [ ] B7 Invoices Access Level"]),
        ("guide --format json", &["\"fact\": \"B7\""]),
        ("guide --format toml", &["[[probe]]", "fact = \"B7\""]),
        ("guide list", &["laborcast  ", "LaborCast", "365sentri  ", "https://help.timezest.com/"]),
        ("guide show cipp", &["CIPP and Halo PSA", "https://docs.cipp.app/", "(inferred)"]),
        ("guide show cipp --format toml", &["id = \"cipp\""]),
        ("guide --guide timezest", &["TimeZest and Halo PSA", "Tickets Access Level"]),
        ("explain", &["api.role_level", "tls.no_roots", "local.bug"]),
        ("explain api.role_level", &["Means", "Edit > Permissions"]),
        ("paths", &["config.toml", "state"]),
        ("completions bash", &["halo-onboard", "until-ready"]),
        ("completions zsh", &["#compdef halo-onboard"]),
        ("completions fish", &["complete -c halo-onboard"]),
        ("completions powershell", &["halo-onboard"]),
        ("man", &[".TH halo-onboard 1"]),
        ("man check", &["until\\-ready", "all\\-profiles"]),
        ("--demo list", &["good", "role-invoices"]),
        ("--demo=list check", &["good"]),
        ("simulate --list", &["good"]),
        ("check --print-schema", &["halo-onboard.report.v1"]),
        ("check --print-schema --all-profiles", &["halo-onboard.fleet.v1"]),
        ("check --print-schema --format jsonl", &["halo-onboard.events.v1"]),
        ("--print-config", &["timeout = 15", "# default"]),
    ] {
        let done = Run::new(words).done();
        assert_eq!(done.status, 0, "{words}: {done:?}");
        assert!(done.err.is_empty(), "{words}: {}", done.err);
        for part in parts {
            assert!(done.out.contains(part), "{words} lacks {part}: {}", done.out);
        }
        assert!(!done.out.contains('\x1b'), "{words} is coloured without a terminal");
    }
}

#[test]
fn wrong_usage_is_2_and_says_what_there_is() {
    for (words, parts) in [
        ("--bogus", &["--bogus"][..]),
        ("nosuch", &["nosuch"]),
        ("check --format yaml", &["human", "jsonl"]),
        ("check --watch 0", &["--watch"]),
        ("check --demo=nosuch", &["nosuch", "good", "role-invoices"]),
        ("simulate --scenario nosuch", &["good"]),
        ("--demo nosuch check", &["good"]),
        ("check --demo --only nosuch", &["unassigned-tickets"]),
        ("check --secret-command ''x", &["not closed"]),
        ("explain nosuch.code", &["lists all"]),
        ("man nosuch", &["check"]),
        ("man profile nosuch", &["save"]),
        ("simulate --listen 192.0.2.1:0", &["192.0.2.1"]),
    ] {
        let words: Vec<&str> = words.split_whitespace().map(|word| if word == "''x" { "x 'y" } else { word }).collect();
        let done = Run::words(&words).done();
        assert_eq!(done.status, 2, "{words:?}: {done:?}");
        for part in parts {
            assert!(done.err.contains(part), "{words:?} lacks {part}: {}", done.err);
        }
    }
}

#[test]
fn without_a_terminal_the_bare_command_points_to_check() {
    for term in ["xterm-256color", "dumb"] {
        let done = Run::new("").env("TERM", term).done();
        assert_eq!((done.status, done.out.as_str()), (2, ""), "{done:?}");
        assert_eq!(done.err.trim_end().lines().count(), 1, "{}", done.err);
        assert!(done.err.contains("ssh -t") && done.err.contains("check"), "{}", done.err);
    }
}

#[test]
fn a_guide_is_validated_with_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("guide.toml");
    let path = path.to_str().expect("a path");
    let built_in = Run::new("guide --format toml").done().out;

    std::fs::write(path, &built_in).expect("written");
    let done = Run::words(&["guide", "validate", path]).done();
    assert_eq!(done.status, 0, "{done:?}");
    assert!(done.out.contains("27 facts"), "{}", done.out);

    std::fs::write(path, built_in.replacen("claim = \"Tx\"", "claim = \"Tz\"", 1)).expect("written");
    for words in [&["guide", "validate", path][..], &["guide", "--guide", path], &["check", "--guide", path]] {
        let done = Run::words(words).done();
        assert_eq!(done.status, 78, "{done:?}");
        for part in [path, "line ", "column ", "claim Tz is not known"] {
            assert!(done.err.contains(part), "{words:?} lacks {part}: {}", done.err);
        }
    }
}

#[test]
fn a_guide_is_drafted_from_a_page_and_runs_against_the_simulated_halo() {
    let dir = tempfile::tempdir().expect("a directory");
    let at = |name: &str| dir.path().join(name).to_str().expect("a path").to_owned();
    let (notes, file) = (at("page.txt"), at("desk.toml"));
    let page = "HaloPSA set-up\nUsername: Desk API\nTickets: Read and Modify\nCustomers: Read Only\n\
                Can view Unassigned Tickets: Yes\nread:customers edit:tickets\n";
    std::fs::write(&notes, page).expect("written");
    let new = ["guide", "new", &file, "--notes", &notes, "--product", "Desk"];
    let done = Run::words(&new).done();
    assert_eq!((done.status, done.err.as_str()), (0, ""), "{done:?}");
    assert!(done.out.contains("a draft for Desk") && done.out.contains("--demo"), "{}", done.out);
    for guide in [file.as_str(), "cipp"] {
        let done = Run::words(&["check", "--demo", "--guide", guide]).done();
        assert!(done.status == 0 && done.out.contains("READY"), "{guide}: {done:?}");
    }

    let before = std::fs::read(&file).expect("there");
    let again = Run::words(&new).done();
    assert!(again.status != 0 && again.err.contains("already exists"), "{again:?}");
    assert_eq!(std::fs::read(&file).expect("there"), before);
    let nameless = Run::words(&["guide", "new", &at("other.toml"), "--notes", &notes]).done();
    assert!(nameless.status == 2 && nameless.err.contains("--product"), "{nameless:?}");
    assert!(!dir.path().join("other.toml").exists());
}

#[test]
fn the_configuration_shows_where_each_value_came_from() {
    let done = Run::new("check --print-config --timeout 20 --profile acme")
        .config("url = \"https://file.example\"\nascii = true\n[profiles.acme]\nurl = \"https://acme.halopsa.com\"\n")
        .env("HALO_TENANT", "acme")
        .env("HALO_CLIENT_SECRET", "canary")
        .done();
    let row = |key: &str, source: &str| {
        let found = done.out.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        assert!(found.ends_with(source), "{key} does not come from {source}: {found}");
    };
    assert_eq!(done.status, 0, "{done:?}");
    row("timeout = 20", "--timeout");
    row("url = \"https://acme.halopsa.com\"", "profile acme");
    row("tenant = \"acme\"", "HALO_TENANT");
    row("ascii = true", "config.toml");
    row("# the secret", "HALO_CLIENT_SECRET");
    assert!(!done.all().contains("canary"));
}
