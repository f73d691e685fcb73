//! What recordings tell about the facts that no public source settles: one against each behaviour that stands for an answer.

use halo_onboard::recording::doubts::doubts;
use halo_onboard::sim::{Behaviours, ClaimsAt, ErrorDetail, ErrorShape, Refusal, ScopeEcho, WrongTenant};

use crate::program_output::Run;
use crate::simulated_runs::record;

/// Number of the doubt, scenario, behaviour, and what stands in a finding.
type Row = (u8, &'static str, fn(&mut Behaviours), &'static str);

const ROWS: &[Row] = &[
    (1, "role-invoices", |_| {}, "Invoice: 403, JSON with Message"),
    (1, "role-invoices", |b| b.error_shape = ErrorShape::Empty, "Invoice: 403, empty"),
    (1, "role-invoices", |b| b.error_shape = ErrorShape::Text, "Invoice: 403, plain text"),
    (
        1,
        "app-invoices",
        |b| (b.scope_refusal, b.bearer_errors) = (Refusal::Unauthorized, true),
        "WWW-Authenticate: Bearer",
    ),
    (2, "role-invoices", |_| {}, "Invoice: 403"),
    (2, "role-invoices", |b| b.role_refusal = Refusal::EmptyList, "Invoice: 200, a list with 0 rows"),
    (3, "good", |_| {}, "/Agent/me: 200, roles: 1, claims: 0, teams: 2, roles with claims: 1"),
    (3, "good", |b| b.claims = ClaimsAt::Roles, "/Roles/{id}: 200, claims: "),
    (3, "good", |b| (b.claims, b.roles_readable) = (ClaimsAt::Roles, false), "/Roles/{id}: 403"),
    (3, "good", |b| b.me_readable = false, "/Agent/me: 403"),
    (4, "good", |_| {}, "asked for all: granted, 12 names are listed"),
    (4, "good", |b| b.scope_echo = ScopeEcho::Literal, "asked for all: granted, the request's own text is echoed"),
    (4, "good", |b| b.scope_echo = ScopeEcho::Array, "asked for all: granted, a list of 12 names"),
    (4, "good", |b| b.scope_echo = ScopeEcho::Absent, "asked for all: granted, nothing is listed"),
    (4, "good", |b| b.all_refused = true, "asked for all: 400, invalid_scope"),
    (5, "wrong-secret", |_| {}, "401, JSON with error, error_description, error_uri; it says <message"),
    (
        5,
        "wrong-secret",
        |b| (b.invalid_client_status, b.error_detail) = (400, ErrorDetail::Word),
        "400, JSON with error; it says nothing",
    ),
    (6, "agent-disabled", |_| {}, "invalid_grant: 400"),
    (6, "auth-method", |_| {}, "unauthorized_client: 400"),
    (7, "good", |_| {}, "authinfo names the tenant"),
    (7, "good", |b| b.discovery_tenant = false, "authinfo names no tenant"),
    (7, "wrong-tenant", |b| b.wrong_tenant = WrongTenant::Html, "500, a web page"),
    (7, "wrong-tenant", |b| b.wrong_tenant = WrongTenant::Json, "JSON with error"),
    (8, "good", |_| {}, "known: Cx=1 Hx=3"),
    (9, "no-team", |_| {}, "default team: none; tickets: 200, a list with 0 rows"),
    (9, "good", |_| {}, "default team: none; tickets: 200, a list with 4-10 rows"),
    (10, "good", |_| {}, "Timesheet: 200, a list with 4-10 rows of "),
    (10, "role-timesheets-own", |_| {}, "Timesheet: 200, a list with "),
    (11, "good", |_| {}, "tickets of agent 1: 3; look at one of them in Halo"),
    (12, "rate-limit", |_| {}, "Retry-After: 2"),
    (13, "good", |_| {}, "lifetime 3600 s, id_token with sub, name, email, agent_id, aud"),
    (13, "good", |b| b.id_token = false, "no id_token"),
    (14, "good", |_| {}, "the API's own host, /auth/token: 200"),
    (14, "split-host", |_| {}, "another host, /auth/token: 200"),
    (14, "good", |b| b.token_at_root = true, "the API's own host, /token: 200"),
    (15, "firewall", |_| {}, "Server: cloudflare"),
    (15, "redirect", |_| {}, "a redirect to <http://127.0.0.1:80"),
    (16, "good", |_| {}, "the record has a list of its own claims, and it is empty; roles show theirs"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_behaviour_shows_in_its_recording() {
    let mut wrong = Vec::new();
    for (number, scenario, change, says) in ROWS {
        let recorded = record(scenario, |scenario| change(&mut scenario.manners)).await.expect("a run");
        let doubts = doubts(&recorded.recording);
        assert_eq!(doubts.len(), 16);
        let doubt = &doubts[usize::from(*number) - 1];
        assert_eq!(doubt.number, *number);
        if !doubt.findings.iter().any(|finding| finding.contains(says)) {
            wrong.push(format!("{number} {scenario}: {says}\n    {:?}", doubt.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let numbers: std::collections::BTreeSet<u8> = ROWS.iter().map(|row| row.0).collect();
    assert_eq!(numbers, (1..=16).collect(), "every doubt has a row");
}

#[test]
fn the_program_prints_what_is_settled_and_what_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.json").display().to_string();
    Run::words(&["check", "--demo=role-invoices", "--record", &path]).done();
    let done = Run::words(&["replay", "--doubts", &path]).done();
    assert_eq!(done.status, 0, "{done:?}");
    for line in [
        " 1  seen  status and body of a refusal by the API",
        "           Invoice: 403, JSON with Message",
        " 5  open  invalid_client",
    ] {
        assert!(done.out.contains(line), "{line}: {}", done.out);
    }
    assert_eq!(done.out.lines().filter(|line| !line.starts_with("      ")).count(), 17, "{}", done.out);
}
