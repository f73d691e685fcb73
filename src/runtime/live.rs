//! The engine that speaks to the network.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

use super::engine::{Engine, Pending, Report, Running};
use crate::app::{RunOrder, Which};
use crate::domain::event::Finished;
use crate::domain::evidence::{Asked, Discovery, Link};
use crate::probe::{self, Http, Plan, Run, Selection};

/// The engine that speaks to the network.
pub struct Live {
    http: Http,
    warming: Arc<Warming>,
}

/// The task that keeps connections open for the run that is likely to come; a new one ends the old.
#[derive(Default)]
struct Warming(Mutex<Option<AbortHandle>>);

impl Warming {
    fn put(&self, task: Option<AbortHandle>) {
        let old = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), task);
        if let Some(old) = old {
            old.abort();
        }
    }
}

impl Drop for Warming {
    fn drop(&mut self) {
        self.put(None);
    }
}

impl Live {
    /// An engine over this client.
    pub fn new(http: Http) -> Self {
        Self { http, warming: Arc::default() }
    }
}

impl Engine for Live {
    fn prepare(&self, order: RunOrder, report: Report) -> Arc<dyn Running> {
        let plan = Plan {
            guide: order.guide,
            connection: order.connection,
            notes: order.notes,
            secret: order.secret,
            selection: match order.which {
                Which::All => Selection::All,
                Which::Only(ids) => Selection::Only(ids),
            },
            previous: order.previous,
        };
        // From here on the run owns what was opened ahead, and closes what it leaves.
        self.warming.put(None);
        Arc::new(Run::new(plan, self.http.clone(), report))
    }

    fn discover(&self, resource_server: String) -> Pending<(Link, Asked<Discovery>)> {
        let (http, warming) = (self.http.clone(), Arc::clone(&self.warming));
        Box::pin(async move {
            let (link, outcome) = probe::discover(&resource_server, &http).await;
            if outcome.value().is_some() {
                let warm_up = async move { probe::warm_up(&resource_server, &http).await };
                warming.put(Some(tokio::spawn(warm_up).abort_handle()));
            }
            (link, outcome)
        })
    }
}

impl Running for Run {
    fn finish(self: Arc<Self>) -> Pending<Finished> {
        Box::pin(async move { Run::finish(&self).await })
    }

    fn interrupted(&self) -> Finished {
        Run::interrupted(self)
    }
}
