//! Every code is produced by a test, and every scenario that ships has its own code and words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::{Typed, understand};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{Diagnosis, Severity, Verdict};
use halo_onboard::domain::verdict::refuse;
use halo_onboard::probe::{Http, NetworkOptions, Plan, Proxy, Run, Selection};
use halo_onboard::secret::Secret;
use halo_onboard::sim::{CLIENT_ID, CLIENT_SECRET, Scenario, Simulator};

use crate::guide_names;

/// How a code is produced.
enum How {
    /// By a scenario that ships: its report has the code, as its own, a diagnosis's or a check's.
    Scenario(&'static str),
    /// By a form that is refused: address, tenant, Client ID, Client Secret.
    Form([&'static str; 4]),
    /// By a test in this file, which asserts it under this name.
    In(&'static str, &'static str),
}
use How::{Form, In, Scenario as TenantState};

const WIRE: &str = "tests/hostile/wire.rs";
const FLOW: &str = "tests/hostile/flow.rs";
const TLS: &str = "tests/hostile/tls.rs";
const TRUST: &str = "tests/hostile/trust.rs";
const OAUTH: &str = "tests/hostile/oauth.rs";
const WORDS: &str = "tests/hostile/messages.rs";
const HALO: &str = "https://acme.halopsa.com";

const TABLE: &[(&str, How)] = &[
    ("ok", TenantState("good")),
    ("ok.partial", TenantState("silent")),
    ("input.url_invalid", Form(["ftp://acme.halopsa.com", "", CLIENT_ID, CLIENT_SECRET])),
    ("input.url_insecure", Form(["http://acme.halopsa.com", "", CLIENT_ID, CLIENT_SECRET])),
    ("input.tenant_missing", TenantState("tenant-missing")),
    ("input.tenant_mismatch", TenantState("tenant-mismatch")),
    ("input.client_id_format", TenantState("swapped")),
    ("input.secret_format", Form([HALO, "", CLIENT_ID, "\u{2022}\u{2022}\u{2022}\u{2022}"])),
    ("input.missing", TenantState("fresh")),
    ("input.cleaned", TenantState("url-api")),
    ("net.dns", In(WIRE, "NetDns")),
    ("net.dns_unavailable", In("src/probe/failure/dns.rs", "Code::NetDnsUnavailable")),
    ("net.refused", In(WIRE, "NetRefused")),
    ("net.connect_timeout", In(TLS, "Code::NetConnectTimeout")),
    ("net.timeout", TenantState("stall")),
    ("net.reset", In(WIRE, "NetReset")),
    ("net.unreachable", In(WORDS, "Code::NetUnreachable")),
    ("net.proxy", In(FLOW, "Code::NetProxy")),
    ("tls.no_roots", In(FLOW, "Code::TlsNoRoots")),
    ("tls.untrusted", In(TLS, "Code::TlsUntrusted")),
    ("tls.expired", In(TLS, "Code::TlsExpired")),
    ("tls.not_yet_valid", In(TLS, "Code::TlsNotYetValid")),
    ("tls.hostname", In(TLS, "Code::TlsHostname")),
    ("tls.bad_certificate", In(TLS, "Code::TlsBadCertificate")),
    ("tls.version", In(TLS, "Code::TlsVersion")),
    ("tls.handshake", In(TLS, "Code::TlsHandshake")),
    ("tls.client_cert_required", In(TLS, "Code::TlsClientCertRequired")),
    ("tls.not_tls", In(TLS, "Code::TlsNotTls")),
    ("tls.timeout", In(TLS, "Code::TlsTimeout")),
    ("http.not_found", In(WIRE, "HttpNotFound")),
    ("http.not_json", TenantState("html-200")),
    ("http.bad_json", In(WIRE, "HttpBadJson")),
    ("http.bad_encoding", In(WIRE, "HttpBadEncoding")),
    ("http.empty", In(WIRE, "HttpEmpty")),
    ("http.too_large", In(WIRE, "HttpTooLarge")),
    ("http.malformed", In(WIRE, "HttpMalformed")),
    ("http.redirect_refused", TenantState("redirect")),
    ("http.redirect_loop", In(TRUST, "HttpRedirectLoop")),
    ("http.rate_limited", In(WIRE, "HttpRateLimited")),
    ("http.server_error", TenantState("server-error")),
    ("http.unavailable", In(WIRE, "HttpUnavailable")),
    ("http.intercepted", TenantState("firewall")),
    ("http.unexpected_status", In(WIRE, "HttpUnexpectedStatus")),
    ("discovery.not_halo", TenantState("not-halo")),
    ("discovery.bad_auth_url", In(TRUST, "DiscoveryBadAuthUrl")),
    ("discovery.foreign_auth_url", TenantState("split-host")),
    ("auth.invalid_client", TenantState("wrong-secret")),
    ("auth.invalid_scope", In(OAUTH, "Code::AuthInvalidScope")),
    ("auth.invalid_request", In(OAUTH, "Code::AuthInvalidRequest")),
    ("auth.unauthorized_client", TenantState("auth-method")),
    ("auth.unsupported_grant", In(OAUTH, "Code::AuthUnsupportedGrant")),
    ("auth.invalid_grant", TenantState("agent-disabled")),
    ("auth.tenant", TenantState("wrong-tenant")),
    ("auth.bad_token_response", In(OAUTH, "Code::AuthBadTokenResponse")),
    ("auth.scope_missing", TenantState("no-scope")),
    ("auth.token_rejected", TenantState("token-401")),
    ("auth.clock_skew", TenantState("clock-skew")),
    ("auth.unknown", In(OAUTH, "Code::AuthUnknown")),
    ("identity.wrong_agent", TenantState("wrong-agent")),
    ("identity.not_api_only", TenantState("not-api-only")),
    ("identity.wrong_role", TenantState("wrong-role")),
    ("identity.default_team", TenantState("default-team")),
    ("identity.unreadable", TenantState("silent")),
    ("api.forbidden", TenantState("silent-refusal")),
    ("api.forbidden_all", TenantState("login-type")),
    ("api.scope_missing", TenantState("app-invoices")),
    ("api.role_level", TenantState("role-invoices")),
    ("api.nothing_visible", TenantState("no-team")),
    ("api.module_missing", TenantState("module-off")),
    ("api.missing", In("tests/scenarios/fault_matrix.rs", "\"api.missing\"")),
    ("api.bad_request", In(WIRE, "ApiBadRequest")),
    ("api.shape", TenantState("bad-shape")),
    ("privilege.scope_excess", TenantState("app-all")),
    ("privilege.role_excess", TenantState("role-too-high")),
    ("privilege.administrator", TenantState("admin")),
    ("local.cancelled", In("tests/check/exit_status.rs", "\"local.cancelled\"")),
    ("local.request_limit", In("src/domain/verdict/tests.rs", "Code::LocalRequestLimit")),
    ("local.bug", In(FLOW, "Code::LocalBug")),
    ("local.tty", In("src/tui/terminal/mod.rs", "assert_eq!(error.code(), Code::LocalTty)")),
    ("local.config_invalid", In("tests/check/input.rs", "\"local.config_invalid\"")),
    ("local.store_corrupt", In("src/store/progress/tests.rs", "Code::LocalStoreCorrupt")),
    ("local.store_newer", In("src/store/profiles/tests.rs", "Code::LocalStoreNewer")),
    ("local.store_perm", In("src/store/private_file.rs", "(\"link\", Code::LocalStorePerm")),
    ("local.store_locked", In("tests/check/concurrent_store.rs", "LocalStoreLocked")),
    ("local.store_unlocked", In("src/store/file_lock.rs", "Code::LocalStoreUnlocked);")),
    ("local.disk_full", In("src/store/error.rs", "Code::LocalDiskFull, \"No space")),
    ("local.keyring_unavailable", In("src/store/keyring/mod.rs", "Code::LocalKeyringUnavailable")),
    ("local.keyring_locked", In("src/store/keyring/mod.rs", "Code::LocalKeyringLocked")),
    ("local.keyring_timeout", In("src/store/keyring/mod.rs", "Code::LocalKeyringTimeout")),
    ("local.secret_command", In("tests/check/secrets.rs", "local.secret_command")),
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
struct TenantEvent {
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

async fn run(name: String) -> TenantEvent {
    let guide = Guide::built_in();
    let scenario = Scenario::named(&name, &guide_names::of(&guide)).expect("a scenario that ships");
    let simulator = Simulator::start(scenario, "127.0.0.1:0".parse().expect("an address")).await.expect("a listener");
    let form = simulator.form();
    let secret = Secret::new(form.client_secret);
    let typed = Typed { url: form.url, tenant: form.tenant, client_id: form.client_id, ..Typed::default() };
    let understood = understand(&typed, &secret);
    let Some(connection) = understood.connection.clone() else {
        let judgement = refuse(&guide, &understood);
        let codes = judgement.diagnoses.iter().map(|diagnosis| diagnosis.code).collect();
        return TenantEvent { name, code: judgement.code, codes, words: words(&judgement.diagnoses) };
    };
    let plan = Plan {
        guide: Arc::new(guide),
        connection,
        notes: understood.notes,
        secret,
        selection: Selection::All,
        previous: None,
    };
    let options =
        NetworkOptions { proxy: Proxy::Direct, exchange_limit: Duration::from_secs(4), ..NetworkOptions::default() };
    let report = Run::new(plan, Http::new(&options).expect("a client"), |_| {}).finish().await.report;
    assert_eq!(
        report.verdict == Verdict::Ready,
        matches!(report.code, Code::Ok | Code::OkPartial) && {
            report.diagnoses.iter().all(|diagnosis| diagnosis.severity == Severity::Note)
        }
    );
    let codes = report.diagnoses.iter().map(|diagnosis| diagnosis.code).chain(report.checks.iter().map(|c| c.code));
    TenantEvent { name, code: report.code, codes: codes.collect(), words: words(&report.diagnoses) }
}

async fn every_scenario() -> Vec<TenantEvent> {
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
    for (code, how) in TABLE {
        let wanted = Code::from_id(code).expect("in the table of codes");
        match how {
            TenantState(name) => {
                let world = told.iter().find(|told| told.name == *name).expect("a scenario that ships");
                let found = world.code == wanted || world.codes.contains(&wanted);
                assert!(found, "{name} gives {:?}, not {code}", world.codes);
            }
            Form([url, tenant, client_id, secret]) => {
                let typed = Typed {
                    url: (*url).into(),
                    tenant: (*tenant).into(),
                    client_id: (*client_id).into(),
                    ..Typed::default()
                };
                let understood = understand(&typed, &Secret::new((*secret).into()));
                assert_eq!(refuse(&Guide::built_in(), &understood).code, wanted);
            }
            In(file, needle) => {
                let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
                let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
                // In a file of the program, only its tests count.
                let tests = match file.starts_with("tests/") || file.ends_with("/tests.rs") {
                    true => text.as_str(),
                    false => text.split_once("mod tests {").map(|(_, tests)| tests).unwrap_or_default(),
                };
                assert!(tests.contains(needle), "{file} does not test {code}");
            }
        }
    }
    told_apart(&told);
}

/// Two scenarios with the same code and words are the same fault, or the program does not tell them apart.
fn told_apart(told: &[TenantEvent]) {
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
