//! `check --all-profiles`: many tenants at once. What is kept of each is a summary; its report is written and let go.
//!
//! ```text
//! drive ─┬─ hosts   who may be asked now: so many at once, so many a host, and a host that asks to wait waits alone
//!        ├─ one     one tenant: its secret, its run, its end
//!        ├─ side    gauge and log on standard error
//!        └─ a face  rows as they come: table, lines, documents
//! ```

mod common_findings;
mod document;
mod host_limits;
mod human;
mod markdown;
mod scheduler;
mod stderr_output;
mod tenant_run;
mod tenant_table;
mod totals;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use document::{Json, JsonLines, Junit, Prometheus};
pub use human::Human;
pub use markdown::Markdown;
pub use scheduler::{host_of, run};
pub use totals::Totals;

use super::{Job, Outcome, Refusal, Streams, broken};

/// One tenant.
#[derive(Clone, Debug, Default)]
pub struct Tenant {
    /// Name of its profile; empty when the fleet itself could not begin.
    pub name: String,
    /// Origin of its resource server; empty when that is not known.
    pub resource_server: String,
    /// Its guide's id.
    pub guide: String,
    /// Hosts that it asks: the resource server's first, then an authorisation server's where that is known beforehand.
    pub hosts: Vec<String>,
    /// The ids of its checks, in the order of display.
    pub checks: Arc<[String]>,
}

impl Tenant {
    /// The outcome when something stopped it before anything was sent.
    pub fn broken(&self, refusal: &Refusal) -> Outcome {
        let mut outcome = broken(None, refusal);
        outcome.report.target.resource_server.clone_from(&self.resource_server);
        outcome.report.guide.clone_from(&self.guide);
        outcome
    }
}

/// What gets a tenant ready, or says why it cannot be.
pub type Preparing = Pin<Box<dyn Future<Output = Result<Job, Box<Outcome>>> + Send>>;

/// Many tenants, and how to go about them.
pub struct Fleet {
    /// The tenants, in the order in which they are begun.
    pub tenants: Vec<Tenant>,
    /// Gets the tenant of this number ready, when its turn has come.
    pub prepare: Arc<dyn Fn(usize) -> Preparing + Send + Sync>,
    /// Most tenants at once.
    pub jobs: usize,
    /// Most tenants at once of one host.
    pub per_host: usize,
    /// Longest time of it all. A host may make its tenants wait as long; without one, five minutes in all.
    pub deadline: Option<Duration>,
}

/// One way to show the results of a fleet.
pub trait Reporter {
    /// Before anything is sent.
    fn opened(&mut self, _tenants: &[Tenant], _to: &mut Streams) {}
    /// A tenant has its result; it is the only one that comes of this tenant.
    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, to: &mut Streams);
    /// All have.
    fn closed(&mut self, totals: &Totals, to: &mut Streams);
}
