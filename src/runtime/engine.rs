//! What the runtime wants of an engine: small, so that tests can feed events by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::app::RunOrder;
use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::run_event::{Finished, RunEvent};

/// A future that can be sent to another thread.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Where a run tells what happens.
pub type Report = Box<dyn Fn(RunEvent) + Send + Sync>;

/// Something that runs checks.
pub trait Engine: Send + Sync {
    /// Prepares a run; nothing is sent yet.
    fn prepare(&self, order: RunOrder, report: Report) -> Arc<dyn Running>;
    /// Asks `/api/authinfo` alone; `resource_server` is an origin.
    fn discover(&self, resource_server: String) -> Pending<(ConnectionInfo, Observation<Discovery>)>;
}

/// One run.
pub trait Running: Send + Sync {
    /// Runs to the end; dropping the future cancels.
    fn finish(self: Arc<Self>) -> Pending<Finished>;
    /// What was seen so far; what was not answered counts as cancelled.
    fn interrupted(&self) -> Finished;
}
