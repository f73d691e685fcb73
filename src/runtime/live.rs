//! The engine that speaks to the network.

use std::sync::Arc;

use super::engine::{Engine, Pending, Report, Running};
use crate::app::{RunOrder, Which};
use crate::domain::event::Finished;
use crate::domain::evidence::{Asked, Discovery, Link};
use crate::probe::{self, Http, Plan, Run, Selection};

/// The engine that speaks to the network.
pub struct Live(Http);

impl Live {
    /// An engine over this client.
    pub fn new(http: Http) -> Self {
        Self(http)
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
        Arc::new(Run::new(plan, self.0.clone(), report))
    }

    fn discover(&self, resource_server: String) -> Pending<(Link, Asked<Discovery>)> {
        let http = self.0.clone();
        Box::pin(async move { probe::discover(&resource_server, &http).await })
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
