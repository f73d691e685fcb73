//! One report in each form.

use serde_json::Value;

use crate::program_output::{CANARY, Done, Run, closed_port};
use crate::servers::{Servers, lines};

/// Schema of the report on many tenants.
pub const FLEET: &str = include_str!("../../schemas/fleet.v1.json");
const REPORT: &str = include_str!("../../schemas/report.v1.json");
/// Schema of the lines.
pub const EVENTS: &str = include_str!("../../schemas/events.v1.json");

/// What the schema says against a value.
pub fn faults(schema: &str, value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Three tenants: one well, one not, one not there.
fn servers() -> Servers {
    let mut servers = Servers::new();
    servers.good("acme");
    servers.tenant("beta", "role-invoices", |_| {});
    servers.nowhere("gamma", &closed_port());
    servers
}

#[test]
fn json_is_one_object_of_its_schema() {
    let done = servers().check("--format json");
    assert_eq!(done.status, 69, "{done:?}");
    let fleet = done.json();
    assert_eq!(faults(FLEET, &fleet), Vec::<String>::new(), "{}", done.out);
    let tenants = fleet["tenants"].as_array().expect("a list");
    assert_eq!((tenants.len(), &fleet["exit_status"], &fleet["complete"]), (3, &69.into(), &true.into()));
    let printed = Run::new("check --all-profiles --print-schema").done();
    assert_eq!((printed.status, printed.out.as_str()), (0, FLEET));
}

#[test]
fn jsonl_is_a_report_a_line() {
    let done = servers().check("--format jsonl");
    for line in lines(&done.out) {
        assert_eq!(faults(EVENTS, &line), Vec::<String>::new(), "{line}");
        if line["type"] == "report" {
            assert_eq!(faults(REPORT, &line), Vec::<String>::new(), "{line}");
        }
    }
    assert_eq!(done.out.lines().count(), 4);
}

#[test]
fn junit_prometheus_and_markdown_name_every_profile() {
    let servers = servers();
    for (format, acme, beta) in [
        ("junit", "<testsuite name=\"acme\"", "<failure type=\"api.role_level\""),
        ("prometheus", "halo_onboard_exit_status{profile=\"acme\",", "code=\"api.role_level\""),
        ("markdown", "| acme | READY | ok | ok |", "**Blocks: `api.role_level`**, 1 of 3: beta"),
    ] {
        let done = servers.check(&format!("--format {format}"));
        assert_eq!((done.status, done.err.as_str()), (69, ""), "{format}: {done:?}");
        for part in [acme, beta, "gamma"] {
            assert!(done.out.contains(part), "{format} lacks {part}: {}", done.out);
        }
    }
}

#[test]
fn without_a_terminal_people_read_a_line_a_tenant_and_the_sum_last() {
    let done = servers().check("");
    for part in
        ["acme: READY: 14 passed", "beta: NOT READY: ", "(api.role_level)\n", "BLOCKS net.refused 1 of 3: gamma"]
    {
        assert!(done.out.contains(part), "{part} is missing: {}", done.out);
    }
    let last = done.out.lines().last().unwrap_or_default();
    assert!(last.starts_with("NOT READY: of 3 profiles 1 ready, 0 ready with warnings, 2 not ready"), "{last}");
    assert_eq!(done.err, "checking 3 profiles\n");
    let quiet = servers().check("--quiet");
    assert_eq!((quiet.out.lines().count(), quiet.err.as_str()), (1, ""), "{quiet:?}");
    let verbose = servers().check("-v --only token");
    assert!(verbose.err.lines().any(|line| line.starts_with("acme ") && line.contains("POST")), "{verbose:?}");
    assert!(verbose.out.contains("acme: READY: 3 passed, 0 warned, 0 failed, 11 skipped"), "{}", verbose.out);
}

#[test]
fn when_nothing_can_begin_there_is_a_report_all_the_same() {
    let none = |words: &str| Run::new(&format!("check --all-profiles {words}")).config("version = 1\n").done();
    let done = none("--format json");
    let fleet = done.json();
    assert_eq!(faults(FLEET, &fleet), Vec::<String>::new(), "{}", done.out);
    assert_eq!((done.status, &fleet["exit_status"]), (78, &78.into()), "{done:?}");
    assert_eq!(fleet["tenants"][0]["report"]["code"], "local.config_invalid");
    assert!(done.err.contains("no profiles"), "{done:?}");
    for format in ["human", "jsonl", "junit", "prometheus", "markdown"] {
        let Done { status, out, .. } = none(&format!("--format {format}"));
        assert!(status == 78 && !out.is_empty(), "{format}: {out}");
    }
}

#[test]
fn what_is_for_one_tenant_is_refused() {
    let servers = servers();
    for words in [
        "--url https://h.example",
        "--tenant x",
        "--client-id x",
        "--auth-url https://h.example",
        "--scope read:tickets",
        "--allow-auth-origin https://h.example",
        "--profile acme",
        "--secret-command x",
        "--secret-stdin",
        "--demo",
        "--watch 5",
        "--until-ready",
        "--only nosuch",
        "--jobs 0",
    ] {
        let done = servers.check(words);
        assert_eq!(done.status, 2, "{words}: {done:?}");
    }
    let alone = Run::new("check --jobs 3").connection(&closed_port()).done();
    assert!(alone.status == 2 && alone.err.contains("--all-profiles") && !alone.all().contains(CANARY), "{alone:?}");
}
