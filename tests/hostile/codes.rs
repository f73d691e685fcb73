//! Every code is produced by executing something, and every scenario that ships has its own code and words.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::{Typed, understand};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{Diagnosis, Severity, Verdict};
use halo_onboard::domain::run_plan::{CheckSelection, RunPlan};
use halo_onboard::domain::verdict::refuse;
use halo_onboard::probe::{Http, NetworkOptions, Proxy, Run};
use halo_onboard::secret::Secret;
use halo_onboard::session::demo::simulated_access;
use halo_onboard::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Simulator};

use crate::guide_names;
use crate::hostile_run::{Outcome, Stage, Trial, good};
use crate::hostile_server::{Hostile, Step, Steps, answer, json, raw};

mod local;
mod network;

pub use local::{no_certificate_authorities, tell};

/// What produces a code. Each row's is run, and its code is looked for in what comes of it: a row without is no row.
enum Producer {
    /// A scenario that ships: its report has the code, as its own, a diagnosis's or a check's.
    Scenario(&'static str),
    /// A form that is refused: address, tenant, Client ID, Client Secret.
    Form([&'static str; 4]),
    /// A Halo in good order but for this answer at this place.
    Answer(Stage, fn() -> Steps),
    /// A run in other circumstances.
    Run(fn() -> Running),
    /// A fault of this machine, or of what is stored on it: the code of the error.
    Local(fn() -> Code),
}
use Producer::{Answer, Form, Local, Run as InRun, Scenario as Shipped};

type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

const HALO: &str = "https://acme.halopsa.com";

static TABLE: &[(&str, Producer)] = &[
    ("ok", Shipped("good")),
    ("ok.partial", Shipped("silent")),
    ("input.url_invalid", Form(["ftp://acme.halopsa.com", "", CLIENT_ID, CLIENT_SECRET])),
    ("input.url_insecure", Form(["http://acme.halopsa.com", "", CLIENT_ID, CLIENT_SECRET])),
    ("input.tenant_missing", Shipped("tenant-missing")),
    ("input.tenant_mismatch", Shipped("tenant-mismatch")),
    ("input.client_id_format", Shipped("swapped")),
    ("input.secret_format", Form([HALO, "", CLIENT_ID, "\u{2022}\u{2022}\u{2022}\u{2022}"])),
    ("input.missing", Shipped("fresh")),
    ("input.cleaned", Shipped("url-api")),
    ("net.dns", InRun(|| Box::pin(network::unknown_name()))),
    ("net.dns_unavailable", Local(local::resolver_without_an_answer)),
    ("net.refused", InRun(|| Box::pin(network::closed_port()))),
    ("net.connect_timeout", InRun(|| Box::pin(network::dropped_attempts()))),
    ("net.timeout", Shipped("stall")),
    ("net.reset", Answer(Stage::Token, || vec![Step::Reset])),
    ("net.unreachable", InRun(|| Box::pin(network::no_route()))),
    ("net.proxy", InRun(|| Box::pin(network::refusing_proxy()))),
    ("tls.no_roots", Local(local::no_certificate_authorities)),
    ("tls.untrusted", InRun(|| Box::pin(network::certificate_by_another_authority()))),
    ("tls.expired", InRun(|| Box::pin(network::expired_certificate()))),
    ("tls.not_yet_valid", InRun(|| Box::pin(network::future_certificate()))),
    ("tls.hostname", InRun(|| Box::pin(network::certificate_of_another_host()))),
    ("tls.bad_certificate", InRun(|| Box::pin(network::certificate_for_clients()))),
    ("tls.version", InRun(|| Box::pin(network::tls_alert(70)))),
    ("tls.handshake", InRun(|| Box::pin(network::tls_alert(40)))),
    ("tls.client_cert_required", InRun(|| Box::pin(network::tls_alert(116)))),
    ("tls.not_tls", InRun(|| Box::pin(network::plain_http_where_tls_is_due()))),
    ("tls.timeout", InRun(|| Box::pin(network::silent_handshake()))),
    ("http.not_found", Answer(Stage::Token, || answer(404, "", ""))),
    ("http.not_json", Shipped("html-200")),
    ("http.bad_json", Answer(Stage::Token, || json("{"))),
    ("http.bad_encoding", Answer(Stage::Token, || answer(200, "Content-Encoding: gzip\r\n", "{}"))),
    ("http.empty", Answer(Stage::Token, || json(""))),
    ("http.too_large", Answer(Stage::Token, || json(" ".repeat(100_000)))),
    ("http.malformed", Answer(Stage::Discovery, || raw("SSH-2.0-OpenSSH_9.6\r\n"))),
    ("http.redirect_refused", Shipped("redirect")),
    ("http.redirect_loop", Answer(Stage::Discovery, || answer(302, "Location: /api/authinfo\r\n", ""))),
    ("http.rate_limited", Answer(Stage::Token, || answer(429, "", ""))),
    ("http.server_error", Shipped("server-error")),
    ("http.unavailable", Answer(Stage::Token, || answer(503, "", ""))),
    ("http.intercepted", Shipped("firewall")),
    ("http.unexpected_status", Answer(Stage::Probe, || answer(418, "", ""))),
    ("discovery.not_halo", Shipped("not-halo")),
    (
        "discovery.bad_auth_url",
        Answer(Stage::Discovery, || json(r#"{"auth_url":"ftp://127.0.0.1/auth","tenant_id":"acme"}"#)),
    ),
    ("discovery.foreign_auth_url", Shipped("split-host")),
    ("auth.invalid_client", Shipped("wrong-secret")),
    ("auth.invalid_scope", Answer(Stage::Token, || token_refused("invalid_scope"))),
    ("auth.invalid_request", Answer(Stage::Token, || token_refused("invalid_request"))),
    ("auth.unauthorized_client", Shipped("auth-method")),
    ("auth.unsupported_grant", Answer(Stage::Token, || token_refused("unsupported_grant_type"))),
    ("auth.invalid_grant", Shipped("agent-disabled")),
    ("auth.tenant", Shipped("wrong-tenant")),
    ("auth.bad_token_response", Answer(Stage::Token, || json(r#"{"access_token":1}"#))),
    ("auth.scope_missing", Shipped("no-scope")),
    ("auth.token_rejected", Shipped("token-401")),
    ("auth.clock_skew", Shipped("clock-skew")),
    ("auth.unknown", Answer(Stage::Token, || token_refused("of_tomorrow"))),
    ("identity.wrong_agent", Shipped("wrong-agent")),
    ("identity.not_api_only", Shipped("not-api-only")),
    ("identity.wrong_role", Shipped("wrong-role")),
    ("identity.default_team", Shipped("default-team")),
    ("identity.unreadable", Shipped("silent")),
    ("api.forbidden", Shipped("silent-refusal")),
    ("api.forbidden_all", Shipped("login-type")),
    ("api.scope_missing", Shipped("app-invoices")),
    ("api.role_level", Shipped("role-invoices")),
    ("api.nothing_visible", Shipped("no-team")),
    ("api.module_missing", Shipped("module-off")),
    ("api.missing", Answer(Stage::Probe, || answer(404, "", ""))),
    ("api.bad_request", Answer(Stage::Probe, || answer(400, "", "no"))),
    ("api.shape", Shipped("bad-shape")),
    ("vendor.private_address", Shipped("internal-name")),
    ("vendor.private_ca", Shipped("private-authority")),
    ("vendor.incomplete_chain", Shipped("incomplete-chain")),
    ("vendor.auth_server", InRun(|| Box::pin(network::other_token_address()))),
    ("vendor.proxy", Shipped("proxy-and-port")),
    ("vendor.port", Shipped("proxy-and-port")),
    ("vendor.allow_list", Shipped("firewall")),
    ("privilege.scope_excess", Shipped("app-all")),
    ("privilege.role_excess", Shipped("role-too-high")),
    ("privilege.administrator", Shipped("admin")),
    ("local.cancelled", InRun(|| Box::pin(network::interrupted()))),
    ("local.request_limit", InRun(|| Box::pin(network::more_questions_than_the_budget()))),
    ("local.bug", InRun(|| Box::pin(network::panic_in_a_check()))),
    ("local.tty", Local(local::no_terminal)),
    ("local.config_invalid", Local(local::unknown_setting)),
    ("local.store_corrupt", Local(local::damaged_progress)),
    ("local.store_newer", Local(local::newer_configuration)),
    ("local.store_perm", Local(local::link_instead_of_a_file)),
    ("local.store_locked", Local(local::progress_of_another_instance)),
    ("local.store_unlocked", Local(local::file_system_without_locks)),
    ("local.disk_full", Local(local::full_disk)),
    ("local.keyring_unavailable", Local(local::keyring_that_is_none)),
    ("local.keyring_locked", Local(local::keyring_that_is_locked)),
    ("local.keyring_timeout", Local(local::keyring_that_hangs)),
    ("local.recording_invalid", Local(local::file_that_is_no_recording)),
    ("local.secret_command", Local(local::secret_command_that_fails)),
];

/// Scenarios whose faults look the same from outside, because they are, or because Halo tells no more; and why.
const SAME: &[(&[&str], &str)] = &[
    (
        &["good", "big-tenant", "path-prefix", "rate-limit", "flaky", "slow"],
        "nothing is wrong: they differ on the way there",
    ),
    (&["login-type", "no-agent"], "without an agent the token may read nothing, whichever switch is the reason"),
    (
        &["refusals-401", "empty-refusals"],
        "the same two switches are wrong: only the way in which Halo refuses differs",
    ),
];

/// What came of a scenario.
struct ScenarioResult {
    name: String,
    code: Code,
    codes: Vec<Code>,
    /// The first diagnosis that is no note, without ports.
    words: String,
}

/// The first sentence that an operator reads, with nothing in it that differs from run to run.
fn words(diagnoses: &[Diagnosis]) -> String {
    let first = diagnoses.iter().find(|diagnosis| diagnosis.severity != Severity::Note).or(diagnoses.first());
    let text = first.map(|diagnosis| diagnosis.summary.as_str()).unwrap_or_default();
    let mut out = String::new();
    for (at, part) in text.split("127.0.0.1:").enumerate() {
        out.push_str(if at == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) });
    }
    out
}

async fn run(name: String) -> ScenarioResult {
    let guide = Guide::built_in();
    let scenario = Scenario::named(&name, &guide_names::of(&guide)).expect("a scenario that ships");
    let simulator = Simulator::start(scenario, "127.0.0.1:0".parse().expect("an address")).await.expect("a listener");
    let form = simulator.form();
    let access = simulated_access(&guide, &name);
    let secret = Secret::new(form.client_secret);
    let typed = Typed { url: form.url, tenant: form.tenant, client_id: form.client_id, ..Typed::default() };
    let understood = understand(&typed, &secret);
    let Some(connection) = understood.connection.clone() else {
        let judgement = refuse(&guide, &understood);
        let codes = judgement.diagnoses.iter().map(|diagnosis| diagnosis.code).collect();
        return ScenarioResult { name, code: judgement.code, codes, words: words(&judgement.diagnoses) };
    };
    let plan = RunPlan {
        guide: Arc::new(guide),
        connection,
        notes: understood.notes,
        secret,
        selection: CheckSelection::All,
        previous: None,
    };
    let options = NetworkOptions {
        proxy: Proxy::Direct,
        exchange_limit: Duration::from_secs(4),
        simulated_access: Some(access),
        ..NetworkOptions::default()
    };
    let report = Run::new(plan, Http::new(&options).expect("a client"), |_| {}).finish().await.report;
    assert_eq!(
        report.verdict == Verdict::Ready,
        matches!(report.code, Code::Ok | Code::OkPartial) && {
            report.diagnoses.iter().all(|diagnosis| diagnosis.severity == Severity::Note)
        }
    );
    let codes = report.diagnoses.iter().map(|diagnosis| diagnosis.code).chain(report.checks.iter().map(|c| c.code));
    ScenarioResult { name, code: report.code, codes: codes.collect(), words: words(&report.diagnoses) }
}

async fn every_scenario() -> Vec<ScenarioResult> {
    let names: Vec<String> = Scenario::list().into_iter().map(|(name, _)| name).collect();
    stream::iter(names.into_iter().map(run)).buffered(8).collect().await
}

#[test]
fn the_table_holds_every_code_and_no_other() {
    let named: Vec<&str> = TABLE.iter().map(|(code, _)| *code).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
    assert_eq!(named, codes);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_is_produced_and_every_scenario_has_its_own_words() {
    let told = every_scenario().await;
    let wrong: Vec<String> = stream::iter(TABLE)
        .map(|(code, producer)| {
            let told = &told;
            async move {
                let codes = produced(producer, told).await;
                let found = Code::from_id(code).is_some_and(|wanted| codes.contains(&wanted));
                (!found).then(|| format!("{code} is not produced, but {codes:?}"))
            }
        })
        .buffered(8)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    told_apart(&told);
}

/// All codes that come of a producer.
async fn produced(producer: &'static Producer, told: &[ScenarioResult]) -> Vec<Code> {
    match producer {
        Shipped(name) => {
            let one = told.iter().find(|told| told.name == *name).expect("a scenario that ships");
            std::iter::once(one.code).chain(one.codes.iter().copied()).collect()
        }
        Form(values) => vec![refused_form(values)],
        Answer(stage, steps) => {
            let server =
                Hostile::plain(move |hit, _| if hit.path() == stage.path() { steps() } else { good(hit) }).await;
            codes_of(&Trial::of(&server.url()).run().await)
        }
        InRun(run) => codes_of(&run().await),
        Local(fault) => vec![tokio::task::spawn_blocking(fault).await.expect("no panic")],
    }
}

fn refused_form([url, tenant, client_id, secret]: &[&str; 4]) -> Code {
    let typed =
        Typed { url: (*url).into(), tenant: (*tenant).into(), client_id: (*client_id).into(), ..Typed::default() };
    let understood = understand(&typed, &Secret::new((*secret).into()));
    refuse(&Guide::built_in(), &understood).code
}

/// The codes of a run's report: its own, the diagnoses' and the checks'.
fn codes_of(outcome: &Outcome) -> Vec<Code> {
    let report = &outcome.finished.report;
    let found = report.diagnoses.iter().map(|diagnosis| diagnosis.code).chain(report.checks.iter().map(|c| c.code));
    std::iter::once(report.code).chain(found).collect()
}

fn token_refused(error: &str) -> Steps {
    answer(400, "", format!(r#"{{"error":"{error}"}}"#))
}

/// Two scenarios with the same code and words are the same fault, or the program does not tell them apart.
fn told_apart(told: &[ScenarioResult]) {
    let mut by_words: BTreeMap<(Code, &str), Vec<&str>> = BTreeMap::new();
    for one in told {
        by_words.entry((one.code, one.words.as_str())).or_default().push(&one.name);
    }
    let groups: Vec<Vec<&str>> = by_words.into_values().filter(|group| group.len() > 1).collect();
    for group in &groups {
        let known = SAME.iter().any(|(same, _)| group.iter().all(|name| same.contains(name)));
        let one = told.iter().find(|told| told.name == group[0]).expect("told");
        assert!(known, "{group:?} are not told apart: {} {:?}", one.code.id(), one.words);
    }
    for (same, why) in SAME {
        let still = groups.iter().any(|group| group.len() == same.len() && group.iter().all(|n| same.contains(n)));
        assert!(still, "{same:?} are told apart now ({groups:?}); the table says: {why}");
    }
}
