//! Interface between the runtime and the engine that runs checks. It is small, so that tests can supply events
//! directly.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::run_event::{Finished, RunEvent};
use crate::domain::run_plan::RunPlan;

/// A future that can be sent to another thread.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Receiver of a run's events.
pub type Report = Box<dyn Fn(RunEvent) + Send + Sync>;

/// An engine that runs checks.
pub trait Engine: Send + Sync {
    /// Prepares a run without sending a request.
    fn prepare(&self, order: RunPlan, report: Report) -> Arc<dyn Running>;
    /// Requests `/api/authinfo` only; `resource_server` is an origin.
    fn discover(&self, resource_server: String) -> Pending<(ConnectionInfo, Observation<Discovery>)>;
}

/// One run.
pub trait Running: Send + Sync {
    /// Runs all checks; dropping the future cancels the run.
    fn finish(self: Arc<Self>) -> Pending<Finished>;
    /// Returns the results so far; checks without a response count as cancelled.
    fn interrupted(&self) -> Finished;
}
