//! Recorded runs against the simulated Halo, and their replays.

use std::sync::Arc;
use std::time::Duration;

use halo_onboard::domain::connection::{Typed, understand};
use halo_onboard::domain::evidence::Evidence;
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::run_event::Finished;
use halo_onboard::domain::run_plan::{CheckSelection, RunPlan};
use halo_onboard::probe::{Http, NetworkOptions, Proxy, Run, discover, replay};
use halo_onboard::recording::{self, Recording};
use halo_onboard::secret::Secret;
use halo_onboard::sim::{
    Behaviours, BigLists, ClaimsAt, Discovery, DiscoveryMembers, ErrorDetail, ErrorShape, Flaky, Intercept,
    Interceptor, MissingScopeResponse, Refusal, Scenario, ScopeEcho, Simulator, WrongTenant,
};

use crate::guide_names;

/// A behaviour of the simulated Halo, by name.
pub type Behaviour = (&'static str, fn(&mut Behaviours));

/// Every behaviour in which Halo's versions may differ, each alone.
pub const BEHAVIOURS: &[Behaviour] = &[
    ("as-shipped", |_| {}),
    ("no-echo", |b| b.scope_echo = ScopeEcho::Absent),
    ("literal-echo", |b| b.scope_echo = ScopeEcho::Literal),
    ("array-echo", |b| b.scope_echo = ScopeEcho::Array),
    ("no-claims", |b| (b.claims, b.roles_readable) = (ClaimsAt::Nowhere, false)),
    ("claims-in-roles", |b| b.claims = ClaimsAt::Roles),
    ("roles-unreadable", |b| (b.claims, b.roles_readable) = (ClaimsAt::Roles, false)),
    ("no-roles-in-record", |b| b.me_roles = false),
    ("record-unreadable", |b| b.me_readable = false),
    ("record-unreadable-no-id-token", |b| (b.me_readable, b.id_token) = (false, false)),
    ("refusals-401", |b| (b.scope_refusal, b.role_refusal) = (Refusal::Unauthorized, Refusal::Unauthorized)),
    ("refusals-empty", |b| (b.scope_refusal, b.role_refusal) = (Refusal::EmptyList, Refusal::EmptyList)),
    ("bearer-errors", |b| b.bearer_errors = true),
    ("bearer-errors-401", |b| (b.bearer_errors, b.scope_refusal) = (true, Refusal::Unauthorized)),
    ("all-refused", |b| b.all_refused = true),
    ("all-refused-no-echo", |b| (b.all_refused, b.scope_echo) = (true, ScopeEcho::Absent)),
    ("refuse-request", |b| (b.all_refused, b.ungranted) = (true, MissingScopeResponse::RefuseRequest)),
    ("drop", |b| b.ungranted = MissingScopeResponse::Drop),
    ("drop-no-echo", |b| (b.ungranted, b.scope_echo) = (MissingScopeResponse::Drop, ScopeEcho::Absent)),
    ("no-discovery", |b| b.discovery = Discovery::Absent),
    ("page-for-discovery", |b| b.discovery = Discovery::Html),
    ("discovery-camel", |b| b.discovery_members = DiscoveryMembers::Camel),
    ("discovery-upper", |b| b.discovery_members = DiscoveryMembers::Upper),
    ("discovery-tenant-only", |b| b.discovery_members = DiscoveryMembers::TenantOnly),
    ("discovery-without-tenant", |b| b.discovery_tenant = false),
    ("token-at-root", |b| b.token_at_root = true),
    ("tenant-required", |b| (b.tenant_required, b.discovery_tenant) = (true, false)),
    ("wrong-tenant-json", |b| b.wrong_tenant = WrongTenant::Json),
    ("wrong-tenant-200", |b| b.wrong_tenant_status = 200),
    ("invalid-client-400", |b| b.invalid_client_status = 400),
    ("error-text", |b| b.error_detail = ErrorDetail::Text),
    ("error-word", |b| b.error_detail = ErrorDetail::Word),
    ("result-code", |b| b.error_shape = ErrorShape::ResultCode),
    ("class-name", |b| b.error_shape = ErrorShape::ClassName),
    ("error-member", |b| b.error_shape = ErrorShape::Error),
    ("text-error", |b| b.error_shape = ErrorShape::Text),
    ("empty-error", |b| b.error_shape = ErrorShape::Empty),
    ("apidoc-rules", |b| b.apidoc_rules = true),
    ("path-prefix", |b| b.path_prefix = "/psa".into()),
    ("split-host", |b| b.split_auth = true),
    ("big-lists", |b| b.big_lists = Some(BigLists { rows: 60, row_bytes: 400, preface_bytes: 20_000 })),
    ("short-lifetime", |b| b.expires_in_s = 5),
    ("flaky", |b| {
        b.faults.flaky = Some(Flaky {
            at: vec!["Invoice".parse().expect("a place")],
            first: 1,
            status: 503,
            retry_after_s: Some(0),
        });
    }),
    ("clock-ahead", |b| b.faults.clock_offset_s = 900),
    ("tokens-rejected", |b| b.faults.rejects_tokens = true),
];

/// Something in front of Halo, at a place.
pub fn intercepted(by: Interceptor, at: &str) -> impl Fn(&mut Behaviours) + use<> {
    let place = at.parse().expect("a place");
    move |b| b.faults.intercept = Some(Intercept { at: vec![place], by })
}

/// A finished run and its recording.
pub struct Recorded {
    pub finished: Finished,
    pub recording: Recording,
    pub text: String,
    /// What was typed and made up: nothing of it may stand in the recording.
    pub names: Vec<String>,
}

/// The scenario with a change, served and checked. None where the form is refused before anything is sent.
pub async fn record(scenario: &str, change: impl Fn(&mut Scenario)) -> Option<Recorded> {
    record_with(scenario, change, false).await
}

/// The same, where `asks_before` says that the form asks for discovery before the run, as the interface does.
pub async fn record_with(scenario: &str, change: impl Fn(&mut Scenario), asks_before: bool) -> Option<Recorded> {
    let guide = Guide::built_in();
    let mut scenario = Scenario::named(scenario, &guide_names::of(&guide)).expect("a scenario");
    change(&mut scenario);
    let prefix = scenario.manners.path_prefix.clone();
    let split = scenario.manners.split_auth;
    let simulator = Simulator::start(scenario, ([127, 0, 0, 1], 0).into()).await.expect("a simulator");
    let form = simulator.form();
    let url = if form.url.contains(&prefix) { form.url.clone() } else { format!("{}{prefix}", form.url) };
    let typed = Typed {
        url,
        tenant: form.tenant.clone(),
        client_id: form.client_id.clone(),
        allowed_auth_origins: if split { vec![simulator.auth_url()] } else { Vec::new() },
        ..Typed::default()
    };
    let understood = understand(&typed, &Secret::new(form.client_secret.clone()));
    let (connection, secret) = (understood.connection?, understood.secret?);
    let network =
        NetworkOptions { proxy: Proxy::Direct, exchange_limit: Duration::from_secs(4), ..NetworkOptions::default() };
    let http = Http::new(&network).expect("a client");
    let previous = match asks_before {
        true => Some(asked_before(&connection.typed_base(), &http).await),
        false => None,
    };
    let plan = RunPlan {
        guide: Arc::new(guide),
        connection,
        notes: understood.notes,
        secret,
        selection: CheckSelection::All,
        previous,
    };
    let run = Run::new(plan, http, |_| {}).recorded();
    let finished = run.finish().await;
    let text = finished.recording.clone().expect("a recording").to_string();
    let recording = recording::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let address = simulator.address().to_string();
    let names = [vec![form.tenant, form.client_id, form.client_secret, address], simulator.tokens()].concat();
    Some(Recorded { finished, recording, text, names })
}

/// What the form learns of an address before a run.
async fn asked_before(base: &str, http: &Http) -> Evidence {
    let (link, discovery) = discover(base, http).await;
    Evidence { link, discovery, ..Evidence::default() }
}

/// The replay of a recording, and the requests that were not recorded.
pub async fn replay(recording: &Recording) -> (Finished, Vec<String>) {
    let guide = Arc::new(Guide::built_in());
    let http = Http::replaying(recording, &guide).expect("a client");
    let plan = RunPlan {
        guide,
        connection: replay::connection(recording),
        notes: replay::notes(recording),
        secret: Secret::new("a replay has no secret".into()),
        selection: CheckSelection::All,
        previous: None,
    };
    let finished = Run::new(plan, http.clone(), |_| {}).finish().await;
    (finished, http.unrecorded())
}
