//! One run: discovery, token, then identity and all probes concurrently, then the scopes that are undecided.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use jiff::Timestamp;
use url::Url;

use super::check_selection::PlannedChecks;
use super::discovery::{self, Trust};
use super::http::{Http, KEPT_OPEN};
use super::run_end::UnaskedCheck;
use super::run_log::{IN_FLIGHT, RunLog};
use super::token::{self, Issued, Issuer};
use crate::domain::codes::Code;
use crate::domain::evidence::{ConnectionInfo, Discovery, Evidence, Fault, Observation};
use crate::domain::request_budget;
use crate::domain::run_event::{Finished, LogLevel, RunEvent};
use crate::domain::run_plan::RunPlan;
use crate::domain::verdict::{self, Case};
use crate::recording::{Recorder, RunEnd};

/// Shortest limit of a whole run.
const RUN_LIMIT: Duration = Duration::from_secs(45);

/// Limit of a replay whose recorded run ended at its limit: every recorded answer is there at once.
const REPLAY_LIMIT: Duration = Duration::from_millis(300);

/// The limit of a whole run: room for every exchange of a healthy run, each as slow as it may be, one after the other.
/// Waits that a server asked for come on top.
fn run_limit(exchange_limit: Duration) -> Duration {
    RUN_LIMIT.max(exchange_limit * request_budget::IN_SEQUENCE)
}

/// One run. Its evidence grows as it proceeds.
pub struct Run {
    pub(super) plan: RunPlan,
    pub(super) http: Http,
    pub(super) journal: RunLog,
    pub(super) work: PlannedChecks,
    pub(super) started_at: Timestamp,
    evidence: Mutex<Evidence>,
    pub(super) pending: Mutex<BTreeSet<String>>,
    pub(super) told_end: AtomicBool,
    pub(super) limit: Duration,
}

impl Run {
    /// Prepares a run; nothing is sent yet. `report` is called from the run's task, in order.
    pub fn new(plan: RunPlan, http: Http, report: impl Fn(RunEvent) + Send + Sync + 'static) -> Self {
        let journal = RunLog::new(request_budget::longest_run(&plan.guide), report);
        let ended_at_limit = http.replay().is_some_and(|replay| replay.ended_at_limit);
        let limit = if ended_at_limit { REPLAY_LIMIT } else { run_limit(http.exchange_limit()) };
        journal.hide.add(plan.secret.expose());
        let (work, evidence) = PlannedChecks::new(&plan);
        Self {
            plan,
            http,
            journal,
            work,
            started_at: Timestamp::now(),
            evidence: Mutex::new(evidence),
            pending: Mutex::default(),
            told_end: AtomicBool::new(false),
            limit,
        }
    }

    /// The same run, recorded: [`Finished::recording`] then holds its recording.
    #[must_use]
    pub fn recorded(mut self) -> Self {
        let RunPlan { guide, connection, notes, .. } = &self.plan;
        let recorder = Recorder::new(guide, connection, notes);
        if let Observation::Answered(found) = &self.lock().discovery {
            let connection = &self.plan.connection;
            let asked = |base: &str| Url::parse(&format!("{base}/api/authinfo")).ok();
            let base = if found.value.base.is_empty() { &connection.resource_server } else { &found.value.base };
            if let (true, Some(url)) = (*base != connection.typed_base(), asked(&connection.typed_base())) {
                recorder.nothing_at(&url);
            }
            if let Some(url) = asked(base) {
                recorder.taken_over(&url, found);
            }
        }
        self.journal.record(recorder);
        self
    }

    /// The same run with another budget than the one that follows from its guide, which no run of that guide uses up.
    #[doc(hidden)]
    #[must_use]
    pub fn allowing(self, requests: u32) -> Self {
        self.journal.allow_only(requests);
        self
    }

    /// Runs to the end. Dropping the future cancels: requests under way are abandoned.
    pub async fn finish(&self) -> Finished {
        let _closing = CloseAhead(&self.http);
        let (left_over, ended) = match self.drive_in_time().await {
            true => (Fault::new(Code::LocalBug).detail("it was planned and not asked"), RunEnd::Finished),
            false => (self.expire(), RunEnd::Limit),
        };
        let mut evidence = self.snapshot();
        self.fill_in(&mut evidence, &UnaskedCheck::Failed(&left_over));
        self.end(evidence, Some(ended))
    }

    /// The evidence so far with its judgement; unanswered checks count as cancelled. The event [`RunEvent::Finished`]
    /// is reported once, by this or by [`Run::finish`], whichever comes first.
    pub fn interrupted(&self) -> Finished {
        let mut evidence = self.snapshot();
        self.fill_in(&mut evidence, &UnaskedCheck::Cancelled);
        self.end(evidence, None)
    }

    /// Drives the run until its limit; false when that was reached. A wait that a server asked for moves the limit.
    async fn drive_in_time(&self) -> bool {
        within(self.limit, &self.journal, self.drive()).await
    }

    async fn drive(&self) {
        let Ok(server) = Url::parse(&self.plan.connection.resource_server) else {
            let fault = Fault::new(Code::InputUrlInvalid).detail(&self.plan.connection.resource_server);
            self.lock().discovery = Observation::Failed(fault);
            return;
        };
        if let Some(proxy) = self.http.link(&server).proxy {
            self.journal.log(LogLevel::Info, None, format!("proxy {proxy} for {server}"));
        }
        if let Some(source) = self.http.proxy_for_http_alone(&server) {
            let text = format!(
                "{source} is set, but it is for http:// alone: {server} is asked without a proxy (HTTPS_PROXY sets one)"
            );
            self.journal.log(LogLevel::Info, None, text);
        }
        let ahead = async {
            self.http.open_ahead(&server, self.work.width().min(IN_FLIGHT)).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            () = self.steps(&server) => {}
            () = ahead => {}
        }
    }

    async fn steps(&self, server: &Url) {
        let Some(discovery) = self.discover(server).await else { return };
        if let Some(theirs) = self.other_tenant(&discovery) {
            if self.withholds_the_secret(&discovery) {
                let text = format!(
                    "the typed tenant is not this Halo's ({theirs}), and tokens are issued at another host: nothing secret is sent"
                );
                self.journal.log(LogLevel::Error, Some(token::CHECK), text);
                forget_after(&mut self.lock(), true);
                return;
            }
            let text =
                format!("the typed tenant is not this Halo's ({theirs}): it is sent as typed, to the same origin");
            self.journal.log(LogLevel::Warn, Some(token::CHECK), text);
        }
        let tenant = self.tenant(&discovery);
        let Some(url) = token::token_url(&discovery.auth_server, tenant.as_deref()) else { return };
        let mut issuer = Issuer {
            http: &self.http,
            journal: &self.journal,
            url,
            client_id: &self.plan.connection.client_id,
            secret: &self.plan.secret,
        };
        let Some(issued) = self.token(&mut issuer).await else { return };
        let base = Url::parse(&discovery.base).ok().filter(|base| base.origin() == server.origin());
        self.ask_all(base.as_ref().unwrap_or(server), &issuer, issued).await;
        self.ask_scopes(&issuer).await;
    }

    async fn discover(&self, server: &Url) -> Option<Discovery> {
        if self.work.discovery {
            self.begin(discovery::CHECK);
            let connection = &self.plan.connection;
            let trust = Trust { by_hand: connection.auth_server.as_deref(), allowed: &connection.allowed_auth_origins };
            let outcome = guarded(discovery::ask(server, &connection.path, &self.http, &self.journal, trust)).await;
            let link = self.http.link(server);
            self.settle(discovery::CHECK, |evidence| {
                evidence.link = link;
                evidence.discovery = outcome;
                forget_after(evidence, evidence.discovery.fault().is_some());
            });
        }
        self.lock().discovery.value().cloned()
    }

    /// The tenant that this Halo says it is, when it is not the typed one.
    pub(super) fn other_tenant(&self, discovery: &Discovery) -> Option<String> {
        discovery.other_tenant(self.plan.connection.tenant.as_deref()).map(|theirs| theirs.cut(80))
    }

    /// True when the tenants differ and tokens come from another host: then nothing secret is sent.
    pub(super) fn withholds_the_secret(&self, discovery: &Discovery) -> bool {
        self.other_tenant(discovery).is_some() && !discovery.issues_tokens_at(&self.plan.connection.resource_server)
    }

    /// The tenant to use: the typed one, else the one that discovery gave.
    pub(super) fn tenant(&self, discovery: &Discovery) -> Option<String> {
        self.plan.connection.tenant.clone().or_else(|| Some(discovery.tenant.as_ref()?.as_str().to_owned()))
    }

    async fn token(&self, issuer: &mut Issuer<'_>) -> Option<Issued> {
        self.begin(token::CHECK);
        let climb =
            token::try_both_token_paths(issuer, &self.plan.connection.scopes, &self.plan.guide.application.scopes);
        let climbed = AssertUnwindSafe(climb).catch_unwind().await;
        let (outcome, single) = match climbed {
            Ok(climbed) => (climbed.outcome, climbed.single),
            Err(_) => (Err(Fault::new(Code::LocalBug)), Default::default()),
        };
        let (asked, issued) = match outcome {
            Ok(issued) => (Observation::Answered(issued.answer.clone()), Some(issued)),
            Err(fault) => (Observation::Failed(fault), None),
        };
        let auth_access = self
            .snapshot()
            .discovery
            .value()
            .and_then(|found| self.http.auth_access(&found.auth_origin, &self.plan.connection.resource_server));
        self.settle(token::CHECK, |evidence| {
            evidence.token = asked;
            evidence.auth_access = auth_access;
            evidence.single_scopes.extend(single);
            forget_after(evidence, evidence.token.fault().is_some());
        });
        issued
    }

    /// Asks for the scopes that the evidence leaves in question, each alone.
    async fn ask_scopes(&self, issuer: &Issuer<'_>) {
        let evidence = self.snapshot();
        let mut scopes = verdict::scopes_in_question(self.case(&evidence, false));
        scopes.retain(|scope| !evidence.single_scopes.contains_key(scope));
        scopes.truncate(self.journal.left());
        if scopes.is_empty() {
            return;
        }
        let refuses = evidence.token.value().is_some_and(|grant| !grant.refused.is_empty());
        let answers = token::ask_alone(issuer, &scopes, refuses).await;
        self.lock().single_scopes.extend(answers);
        self.tell_judgement();
    }

    /// A check begins.
    pub(super) fn begin(&self, check: &str) {
        if locked(&self.pending).insert(check.to_owned()) {
            self.journal.tell(RunEvent::CheckStarted(check.to_owned()));
        }
    }

    /// A check has its answer.
    pub(super) fn settle(&self, check: &str, store: impl FnOnce(&mut Evidence)) {
        let mut evidence = self.lock();
        store(&mut evidence);
        self.journal.hide.clean(&mut evidence);
        drop(evidence);
        locked(&self.pending).remove(check);
        self.journal.tell(RunEvent::CheckEnded(check.to_owned()));
        self.tell_judgement();
    }

    fn tell_judgement(&self) {
        let evidence = self.snapshot();
        self.journal.tell(RunEvent::Judged(Box::new(verdict::judge(self.case(&evidence, false)))));
    }

    pub(super) fn snapshot(&self) -> Evidence {
        let mut evidence = self.lock().clone();
        evidence.requests = self.journal.sent();
        evidence
    }

    pub(super) fn case<'a>(&'a self, evidence: &'a Evidence, finished: bool) -> Case<'a> {
        let RunPlan { guide, connection, notes, .. } = &self.plan;
        Case { guide, connection, notes, evidence, finished }
    }

    fn lock(&self) -> MutexGuard<'_, Evidence> {
        locked(&self.evidence)
    }
}

/// Asks `/api/authinfo` alone: no secret is needed or sent. `resource_server` is an origin, with the path that was typed.
pub async fn discover(resource_server: &str, http: &Http) -> (ConnectionInfo, Observation<Discovery>) {
    let Ok(base) = Url::parse(resource_server) else {
        return (
            ConnectionInfo::default(),
            Observation::Failed(Fault::new(Code::InputUrlInvalid).detail(resource_server)),
        );
    };
    let server = discovery::below(&base, "");
    let path = base.path().trim_end_matches('/');
    let journal = RunLog::new(request_budget::ADDRESSES, |_| {});
    let outcome = guarded(discovery::ask(&server, path, http, &journal, Trust::default())).await;
    (http.link(&server), outcome)
}

/// Opens the connections that a run needs after its token, where the server speaks HTTP/1.1, and keeps them for a minute:
/// a run that begins within it does not wait for their handshakes. Sends nothing. `resource_server` is an origin that has
/// just been asked with [`discover`].
pub async fn warm_up(resource_server: &str, http: &Http) {
    let Ok(server) = Url::parse(resource_server) else { return };
    http.open_ahead(&server, IN_FLIGHT).await;
    tokio::time::sleep(KEPT_OPEN).await;
    http.close_ahead();
}

/// Polls the work to its end, or until `limit` and the waits that servers asked for have passed; false then.
async fn within(limit: Duration, journal: &RunLog, work: impl Future<Output = ()>) -> bool {
    let began = tokio::time::Instant::now();
    let mut work = std::pin::pin!(work);
    loop {
        let moved = limit + journal.waited();
        if tokio::time::timeout_at(began + moved, &mut work).await.is_ok() {
            return true;
        }
        if limit + journal.waited() <= moved {
            return false;
        }
    }
}

/// Turns a panic of a check into the failure of that check alone.
pub(super) async fn guarded<T>(check: impl Future<Output = Observation<T>>) -> Observation<T> {
    let caught = AssertUnwindSafe(check).catch_unwind().await;
    caught.unwrap_or_else(|_| Observation::Failed(Fault::new(Code::LocalBug)))
}

/// Closes the connections that were opened ahead, however the run ends.
struct CloseAhead<'a>(&'a Http);

impl Drop for CloseAhead<'_> {
    fn drop(&mut self) {
        self.0.close_ahead();
    }
}

/// Removes evidence that depended on a token that is no longer available.
fn forget_after(evidence: &mut Evidence, failed: bool) {
    if failed {
        evidence.identity = Observation::NotAsked;
        evidence.probes.clear();
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::connection::Connection;
    use crate::domain::guide::Guide;
    use crate::domain::run_plan::CheckSelection;
    use crate::probe::{NetworkOptions, Proxy};
    use crate::secret::Secret;

    /// A run is spawned: its futures must be able to move between threads.
    #[test]
    fn the_futures_can_be_spawned() {
        fn spawnable<T: Send>(_: impl Fn(&'static Run, &'static Http) -> T) {}
        spawnable(|run, _| run.finish());
        spawnable(|_, http| discover("", http));
    }

    #[tokio::test]
    async fn a_run_ends_at_its_limit_and_says_what_was_under_way() {
        // Takes connections and never reads: the exchange's own limit is far away.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let network = NetworkOptions { proxy: Proxy::Direct, ..NetworkOptions::default() };
        let plan = RunPlan {
            guide: Arc::new(Guide::built_in()),
            connection: Connection { resource_server: format!("http://{address}"), ..Connection::default() },
            notes: Vec::new(),
            secret: Secret::new("a secret".into()),
            selection: CheckSelection::All,
            previous: None,
        };
        let mut run = Run::new(plan, Http::new(&network).expect("a client"), |_| {});
        run.limit = Duration::from_millis(200);
        let evidence = run.finish().await.evidence;
        let fault = evidence.discovery.fault().expect("a failure");
        assert_eq!(fault.code, Code::NetTimeout);
        assert!(fault.detail.as_str().contains("the run's limit"), "{:?}", fault.detail);
        assert_eq!(evidence.token, Observation::NotAsked);
    }

    #[test]
    fn the_limit_of_a_run_follows_the_limit_of_an_exchange() {
        let seconds = |exchange| run_limit(Duration::from_secs(exchange)).as_secs();
        // A healthy run on a slow Halo: each of its exchanges one after the other, just within its own limit.
        for exchange in [1, 15, 60, 600] {
            let slow = exchange * u64::from(request_budget::IN_SEQUENCE);
            assert!(seconds(exchange) >= slow.max(45), "{exchange} s: {} s", seconds(exchange));
        }
    }

    #[tokio::test]
    async fn a_wait_that_a_server_asked_for_does_not_count_against_the_limit() {
        let limit = Duration::from_millis(100);
        let journal = RunLog::new(1, |_| {});
        let work = async {
            journal.note_wait(Duration::from_secs(60));
            tokio::time::sleep(limit * 4).await;
        };
        assert!(within(limit, &journal, work).await);
        let journal = RunLog::new(1, |_| {});
        assert!(!within(limit, &journal, std::future::pending()).await);
    }
}
