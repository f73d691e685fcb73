//! Every scenario that ships: its code, its exit status, its schema, and no secret and no customer in any form.

use std::sync::Mutex;

use halo_onboard::sim::{CLIENT_SECRET, CUSTOMER_CANARY};
use serde_json::Value;

use crate::program_output::{Done, Run};

/// Scenario, exit status, code of the report, and the codes of all blocking and warning diagnoses.
const TABLE: &[(&str, i32, &str, &[&str])] = &[
    ("good", 0, "ok", &[]),
    ("fresh", 78, "input.missing", &["input.missing", "input.missing"]),
    ("on-premises", 0, "ok", &[]),
    ("split-host", 78, "discovery.foreign_auth_url", &["discovery.foreign_auth_url"]),
    ("trial", 78, "discovery.foreign_auth_url", &["discovery.foreign_auth_url"]),
    ("internal-name", 0, "ok", &["vendor.private_address"]),
    ("private-address", 0, "ok", &[]),
    ("private-authority", 0, "ok", &["vendor.private_ca"]),
    ("incomplete-chain", 0, "ok", &[]),
    ("proxy-and-port", 0, "ok", &[]),
    ("url-api", 0, "ok", &[]),
    ("path-prefix", 0, "ok", &[]),
    ("wrong-tenant", 77, "auth.tenant", &["auth.tenant"]),
    ("tenant-mismatch", 78, "input.tenant_mismatch", &["input.tenant_mismatch"]),
    ("tenant-missing", 78, "input.tenant_missing", &["input.tenant_missing"]),
    ("wrong-secret", 77, "auth.invalid_client", &["auth.invalid_client"]),
    ("old-client-id", 77, "auth.invalid_client", &["auth.invalid_client"]),
    ("swapped", 78, "input.client_id_format", &["input.client_id_format"]),
    ("app-inactive", 77, "auth.invalid_client", &["auth.invalid_client"]),
    ("auth-method", 77, "auth.unauthorized_client", &["auth.unauthorized_client"]),
    ("login-type", 1, "api.forbidden_all", &["api.forbidden_all"]),
    ("no-agent", 1, "api.forbidden_all", &["api.forbidden_all"]),
    ("wrong-agent", 1, "identity.wrong_agent", &["identity.wrong_agent"]),
    ("agent-disabled", 77, "auth.invalid_grant", &["auth.invalid_grant"]),
    ("not-api-only", 0, "ok", &["identity.not_api_only"]),
    ("default-team", 0, "ok", &["identity.default_team"]),
    ("admin", 0, "ok", &["privilege.administrator"]),
    ("wrong-role", 1, "identity.wrong_role", &["identity.wrong_role"]),
    ("second-role", 0, "ok", &["privilege.role_excess"]),
    ("role-invoices", 1, "api.role_level", &["api.role_level"]),
    ("role-names-only", 1, "api.role_level", &["api.role_level"]),
    ("role-too-high", 0, "ok", &["privilege.role_excess"]),
    ("role-timesheets-own", 1, "api.role_level", &["api.role_level"]),
    ("no-unassigned", 1, "api.role_level", &["api.role_level"]),
    ("no-others", 1, "api.role_level", &["api.role_level"]),
    ("no-team", 1, "api.nothing_visible", &["api.nothing_visible"]),
    ("ticket-types", 1, "api.nothing_visible", &["api.nothing_visible"]),
    ("customers", 1, "api.nothing_visible", &["api.nothing_visible"]),
    ("no-scope", 77, "auth.scope_missing", &["auth.scope_missing"]),
    ("app-invoices", 1, "api.scope_missing", &["api.scope_missing"]),
    ("app-edit", 0, "ok", &["privilege.scope_excess"]),
    ("app-all", 0, "ok", &["privilege.scope_excess"]),
    ("two-faults", 1, "api.scope_missing", &["api.scope_missing", "api.role_level"]),
    ("no-echo", 0, "ok.partial", &[]),
    ("no-claims", 0, "ok.partial", &[]),
    ("silent", 0, "ok.partial", &[]),
    ("silent-refusal", 1, "api.forbidden", &["api.forbidden"]),
    ("scope-by-scope", 1, "api.scope_missing", &["api.scope_missing"]),
    ("refusals-401", 1, "api.scope_missing", &["api.scope_missing", "api.role_level"]),
    ("empty-refusals", 1, "api.scope_missing", &["api.scope_missing", "api.role_level"]),
    ("module-off", 1, "api.module_missing", &["api.module_missing"]),
    ("token-401", 77, "auth.token_rejected", &["auth.token_rejected"]),
    ("clock-skew", 77, "auth.clock_skew", &["auth.clock_skew"]),
    ("html-200", 1, "http.not_json", &["http.not_json"]),
    ("not-halo", 69, "discovery.not_halo", &["discovery.not_halo"]),
    ("redirect", 69, "http.redirect_refused", &["http.redirect_refused"]),
    ("firewall", 69, "http.intercepted", &["http.intercepted"]),
    ("login-gateway", 69, "http.intercepted", &["http.intercepted"]),
    ("big-tenant", 0, "ok", &[]),
    ("rate-limit", 0, "ok", &[]),
    ("flaky", 0, "ok", &[]),
    ("server-error", 75, "http.server_error", &["http.server_error"]),
    ("slow", 0, "ok", &[]),
    ("stall", 75, "net.timeout", &["net.timeout"]),
    ("bad-shape", 1, "api.shape", &["api.shape"]),
];

/// Runs `test` on every row, some at a time: most of a run is waiting.
fn for_each_row(test: impl Fn(&str, i32, &str, &[&str]) + Sync) {
    let rows = Mutex::new(TABLE.iter());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let row = rows.lock().expect("no row panicked while it was taken").next();
                    let Some((scenario, status, code, deviations)) = row else { return };
                    test(scenario, *status, code, deviations);
                }
            });
        }
    });
}

fn demo(scenario: &str, words: &str) -> Done {
    Run::new(&format!("check --demo={scenario} --timeout 3 {words}")).done()
}

fn faults(schema: &str, value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

const REPORT: &str = include_str!("../../schemas/report.v1.json");
const EVENTS: &str = include_str!("../../schemas/events.v1.json");

fn assert_holds_no_secret(scenario: &str, done: &Done) {
    for secret in [CLIENT_SECRET, &CLIENT_SECRET[..36], &CLIENT_SECRET[37..], CUSTOMER_CANARY, "eyJ"] {
        assert!(!done.all().contains(secret), "{scenario} shows {secret}: {}", done.all());
    }
}

#[test]
fn the_table_names_every_scenario_that_ships() {
    let shipped: Vec<String> = halo_onboard::sim::Scenario::list().into_iter().map(|(name, _)| name).collect();
    let named: Vec<&str> = TABLE.iter().map(|row| row.0).collect();
    assert_eq!(named, shipped);
}

#[test]
fn every_scenario_has_its_code_and_status_and_a_valid_report() {
    for_each_row(|scenario, status, code, deviations| {
        let done = demo(scenario, "--format json");
        let report = done.json();
        let found: Vec<&str> = report["diagnoses"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|diagnosis| diagnosis["severity"] != "note")
            .filter_map(|diagnosis| diagnosis["code"].as_str())
            .collect();
        assert_eq!((done.status, report["code"].as_str()), (status, Some(code)), "{scenario}: {}", done.out);
        assert_eq!(found, deviations, "{scenario}: {}", done.out);
        assert_eq!(faults(REPORT, &report), Vec::<String>::new(), "{scenario}: {}", done.out);
        let remarks: Vec<&str> = done.err.lines().filter(|line| !line.contains("asks to wait")).collect();
        assert!(remarks.is_empty(), "{scenario}: {remarks:?}");
        assert_holds_no_secret(scenario, &done);
    });
}

#[test]
fn every_line_of_every_scenario_is_a_valid_event_and_the_words_are_for_people() {
    for_each_row(|scenario, status, code, _| {
        let lines = demo(scenario, "--format jsonl");
        for line in lines.out.lines() {
            let event: Value = serde_json::from_str(line).expect("an object a line");
            assert_eq!(faults(EVENTS, &event), Vec::<String>::new(), "{scenario}: {line}");
        }
        let last = lines.out.lines().last().unwrap_or_default();
        assert!(last.starts_with(r#"{"type":"report","schema":"halo-onboard.report.v1""#), "{scenario}: {last}");
        assert_holds_no_secret(scenario, &lines);

        let human = demo(scenario, "-vv");
        assert_eq!(human.status, status, "{scenario}: {}", human.out);
        let verdict = human.out.lines().last().unwrap_or_default();
        assert!(verdict.contains(&format!("({code})")), "{scenario}: {verdict}");
        assert!(!human.all().contains('\x1b'), "{scenario}");
        assert_holds_no_secret(scenario, &human);
    });
}

#[test]
fn documents_hold_no_secret_and_agree_with_the_exit_status() {
    for (scenario, status) in [("good", 0), ("role-invoices", 1), ("wrong-secret", 77)] {
        for format in ["junit", "prometheus", "markdown"] {
            let done = demo(scenario, &format!("--format {format}"));
            assert_eq!(done.status, status, "{scenario} {format}: {done:?}");
            assert_holds_no_secret(scenario, &done);
            let agrees = match format {
                "junit" => done.out.contains("failures=\"0\"") == (status == 0),
                "prometheus" => {
                    done.out.lines().any(|line| line.starts_with("halo_onboard_ready{") && line.ends_with(" 1"))
                        == (status == 0)
                }
                _ => done.out.contains("DEMO") && done.out.starts_with("# Halo check: READY") == (status == 0),
            };
            assert!(agrees, "{scenario} {format}: {}", done.out);
        }
    }
}

#[test]
fn strict_makes_warnings_fail_and_nothing_else() {
    for (scenario, status) in [("good", 0), ("admin", 1), ("app-edit", 1), ("default-team", 1)] {
        assert_eq!(demo(scenario, "--strict --quiet").status, status, "{scenario}");
    }
}

#[test]
fn only_runs_what_is_named_and_what_it_needs() {
    let done = demo("role-invoices", "--format json --only tickets");
    let report = done.json();
    let status = |id: &str| {
        let checks = report["checks"].as_array().expect("a list");
        checks.iter().find(|check| check["id"] == id).map(|check| check["status"].clone())
    };
    assert_eq!(done.status, 0, "{}", done.out);
    assert_eq!(report["code"], "ok.partial", "what was not tested never counts as passed");
    assert_eq!((status("tickets"), status("token")), (Some("passed".into()), Some("passed".into())));
    assert_eq!(status("invoices"), Some("skipped".into()));
    assert_eq!(demo("role-invoices", "--only Invoice").status, 1);
}

#[test]
fn a_foreign_authorisation_server_gets_the_secret_once_it_is_accepted() {
    let mut simulator = Run::new("simulate --scenario split-host").start();
    let mut value = |name: &str| simulator.line_with(name).trim().trim_start_matches(name).to_owned();
    let (url, tenant, id) = (value("HALO_URL="), value("HALO_TENANT="), value("HALO_CLIENT_ID="));
    let check = |words: &str| {
        Run::new(&format!("check --format json {words}"))
            .env("HALO_URL", &url)
            .env("HALO_TENANT", &tenant)
            .env("HALO_CLIENT_ID", &id)
            .env("HALO_CLIENT_SECRET", CLIENT_SECRET)
            .done()
    };
    let refused = check("");
    assert_eq!((refused.status, refused.code().as_str()), (78, "discovery.foreign_auth_url"));
    let fix = refused.json()["diagnoses"][0]["fix"].to_string();
    let origin = fix.split("--allow-auth-origin ").nth(1).unwrap_or_else(|| panic!("no origin is named: {fix}"));
    let origin: String = origin.chars().take_while(|c| c.is_ascii_alphanumeric() || ":/.".contains(*c)).collect();
    let accepted = check(&format!("--allow-auth-origin {}", origin.trim_end_matches('.')));
    assert_eq!(accepted.status, 0, "{}", accepted.out);
    simulator.signal(rustix::process::Signal::TERM);
    assert_eq!(simulator.done().status, 143);
}

#[test]
fn the_demo_shows_the_network_of_a_real_halo_and_a_real_check_its_own() {
    let notes = |done: &Done| -> Vec<String> {
        let report = done.json();
        let found = report["diagnoses"].as_array().expect("a list").iter().filter_map(|d| d["code"].as_str());
        found.filter(|code| code.starts_with("vendor.")).map(str::to_owned).collect()
    };
    assert_eq!(notes(&demo("good", "--format json")), [""; 0]);
    for (scenario, wanted) in [
        ("private-address", &["vendor.private_address"][..]),
        ("incomplete-chain", &["vendor.incomplete_chain"]),
        ("proxy-and-port", &["vendor.port", "vendor.proxy"]),
        ("firewall", &["vendor.allow_list"]),
    ] {
        assert_eq!(notes(&demo(scenario, "--format json")), wanted, "{scenario}");
    }
    let mut simulator = Run::new("simulate --scenario good").start();
    let mut value = |name: &str| simulator.line_with(name).trim().trim_start_matches(name).to_owned();
    let (url, tenant, id) = (value("HALO_URL="), value("HALO_TENANT="), value("HALO_CLIENT_ID="));
    let done = Run::new("check --strict --format json")
        .env("HALO_URL", &url)
        .env("HALO_TENANT", &tenant)
        .env("HALO_CLIENT_ID", &id)
        .env("HALO_CLIENT_SECRET", CLIENT_SECRET)
        .done();
    assert_eq!((done.status, done.json()["verdict"].as_str()), (0, Some("ready")), "{}", done.out);
    assert_eq!(notes(&done), ["vendor.private_address"], "the simulated Halo is on this machine");
    simulator.signal(rustix::process::Signal::TERM);
    assert_eq!(simulator.done().status, 143);
}

#[test]
fn until_ready_ends_with_the_first_run_that_passes() {
    let done = demo("good", "--format jsonl --until-ready --watch 60");
    assert_eq!(done.status, 0);
    assert_eq!(done.out.lines().filter(|line| line.starts_with(r#"{"type":"report""#)).count(), 1);
}

#[test]
fn another_guide_is_run_against_its_own_cast() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/guides/scalepad-lifecycle-manager.toml");
    let run = |scenario: &str| {
        Run::words(&["check", "--guide", guide, &format!("--demo={scenario}"), "--format", "json"]).done()
    };
    let good = run("good");
    assert_eq!(good.status, 0, "{}", good.out);
    assert_eq!(good.json()["guide"], "scalepad-lifecycle-manager");
    assert_ne!(run("role-invoices").status, 0);
}
