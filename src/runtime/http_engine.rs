//! Engine that sends real HTTP requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::engine::{Engine, Pending, Report, Running};
use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::run_event::Finished;
use crate::domain::run_plan::{CheckSelection, RunPlan};
use crate::probe::{self, Http, KEPT_OPEN, Run};

/// Engine that sends real HTTP requests.
pub struct HttpEngine {
    line: Arc<Line>,
    warming: Arc<Task>,
}

/// A background task; starting a new one cancels the old one.
#[derive(Default)]
struct Task(Mutex<Option<AbortHandle>>);

impl Task {
    fn put(&self, task: Option<AbortHandle>) {
        let old = std::mem::replace(&mut *held(&self.0), task);
        if let Some(old) = old {
            old.abort();
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.put(None);
    }
}

/// The HTTP client and its connections. Once they have closed, a new client replaces it: a used pool wakes every minute
/// to check its connections, and an idle program must not wake.
struct Line {
    http: Mutex<Http>,
    cooling: Task,
    cools_after: Duration,
}

impl Line {
    fn http(&self) -> Http {
        held(&self.http).clone()
    }

    /// Restarts the wait for the connections to close. Does nothing without a tokio runtime: the program is then
    /// ending.
    fn hold_idle_connections(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let (line, after) = (Arc::downgrade(self), self.cools_after);
        let wait = async move {
            tokio::time::sleep(after).await;
            if let Some(line) = line.upgrade()
                && let Ok(fresh) = line.http().fresh()
            {
                *held(&line.http) = fresh;
            }
        };
        self.cooling.put(Some(runtime.spawn(wait).abort_handle()));
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpEngine {
    /// Creates an engine that uses this client.
    pub fn new(http: Http) -> Self {
        Self::dropping_idle_connections(http, KEPT_OPEN + Duration::from_secs(1))
    }

    fn dropping_idle_connections(http: Http, cools_after: Duration) -> Self {
        let line = Line { http: Mutex::new(http), cooling: Task::default(), cools_after };
        Self { line: Arc::new(line), warming: Arc::default() }
    }
}

impl Engine for HttpEngine {
    fn prepare(&self, plan: RunPlan, report: Report) -> Arc<dyn Running> {
        // From here on the run owns what was opened ahead, and closes what it leaves.
        self.warming.put(None);
        self.line.cooling.put(None);
        let whole = plan.selection == CheckSelection::All;
        let run = Run::new(plan, self.line.http(), report);
        // What a run of some checks exchanges is no whole story.
        let run = if whole { run.recorded() } else { run };
        Arc::new(ActiveTask { run, line: Arc::clone(&self.line) })
    }

    fn discover(&self, resource_server: String) -> Pending<(ConnectionInfo, Observation<Discovery>)> {
        let (line, warming) = (Arc::clone(&self.line), Arc::clone(&self.warming));
        Box::pin(async move {
            let http = line.http();
            let (link, outcome) = probe::discover(&resource_server, &http).await;
            if outcome.value().is_some() {
                let warm_up = async move { probe::warm_up(&resource_server, &http).await };
                warming.put(Some(tokio::spawn(warm_up).abort_handle()));
            }
            line.hold_idle_connections();
            (link, outcome)
        })
    }
}

/// A run. The wait for its connections to close starts when it ends, whatever the outcome.
struct ActiveTask {
    run: Run,
    line: Arc<Line>,
}

impl Running for ActiveTask {
    fn finish(self: Arc<Self>) -> Pending<Finished> {
        Box::pin(async move { self.run.finish().await })
    }

    fn interrupted(&self) -> Finished {
        self.run.interrupted()
    }
}

impl Drop for ActiveTask {
    fn drop(&mut self) {
        self.line.hold_idle_connections();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{NetworkOptions, Proxy};

    #[tokio::test]
    async fn a_client_that_was_used_is_followed_by_a_new_one() {
        let options = NetworkOptions { proxy: Proxy::Direct, ..NetworkOptions::default() };
        let first = Http::new(&options).expect("a client");
        let live = HttpEngine::dropping_idle_connections(first.clone(), Duration::ZERO);
        assert!(live.line.http().is(&first));
        let free =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
        drop(live.discover(format!("http://{free}")).await);
        let replaced = async {
            while live.line.http().is(&first) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), replaced).await.expect("in time");
        let second = live.line.http();
        live.line.hold_idle_connections();
        live.line.cooling.put(None);
        tokio::task::yield_now().await;
        assert!(live.line.http().is(&second), "a run that begins keeps its client");
    }
}
