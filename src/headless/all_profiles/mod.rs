//! `check --all-profiles`: many tenants in parallel. Each report is written and dropped; a summary of it is kept.
//!
//! ```text
//! scheduler ─┬─ concurrency_limits  tenants in parallel, in all and for each host; waits that hosts ask for
//!            ├─ tenant_run          one tenant: its secret, its run, its outcome
//!            ├─ stderr_output       progress line and log on standard error
//!            └─ a reporter          rows as results arrive: table, lines, documents
//! ```

mod common_findings;
mod concurrency_limits;
mod document;
mod human;
mod markdown;
mod scheduler;
mod shard;
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
pub use shard::Shard;
pub use totals::Totals;

use super::{Job, Outcome, OutputStreams, Refusal, broken};

/// One tenant.
#[derive(Clone, Debug, Default)]
pub struct Tenant {
    /// Name of its profile; empty if the whole command could not start.
    pub name: String,
    /// Origin of its resource server; empty if unknown.
    pub resource_server: String,
    /// Id of its guide.
    pub guide: String,
    /// Hosts that it contacts: the resource server's first, then the authorisation server's if it is known in advance.
    pub hosts: Vec<String>,
    /// The ids of its checks, in the order of display.
    pub checks: Arc<[String]>,
}

impl Tenant {
    /// Outcome of a tenant that was stopped before anything was sent.
    pub fn broken(&self, refusal: &Refusal) -> Outcome {
        let mut outcome = broken(None, refusal);
        outcome.report.target.resource_server.clone_from(&self.resource_server);
        outcome.report.guide.clone_from(&self.guide);
        outcome
    }
}

/// Future that prepares a tenant's run, or returns why it cannot run.
pub type PrepareFuture = Pin<Box<dyn Future<Output = Result<Job, Box<Outcome>>> + Send>>;

/// The tenants of one command and its limits.
pub struct Fleet {
    /// The tenants, in the order in which they start.
    pub tenants: Vec<Tenant>,
    /// The part of the profiles that the tenants are; `None` if they are all.
    pub shard: Option<Shard>,
    /// Prepares the tenant with this number when its turn has come.
    pub prepare: Arc<dyn Fn(usize) -> PrepareFuture + Send + Sync>,
    /// Maximum number of tenants in parallel.
    pub jobs: usize,
    /// Maximum number of tenants in parallel for one host.
    pub per_host: usize,
    /// Longest total time. A host may make its tenants wait that long; five minutes if it is `None`.
    pub deadline: Option<Duration>,
}

/// Prints the results of many tenants in one output format.
pub trait Reporter {
    /// Called before anything is sent.
    fn opened(&mut self, _tenants: &[Tenant], _to: &mut OutputStreams) {}
    /// A tenant has its result; called once for each tenant.
    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, to: &mut OutputStreams);
    /// All tenants have their results.
    fn closed(&mut self, totals: &Totals, to: &mut OutputStreams);
}
