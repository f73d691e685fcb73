//! Tracking of all tasks of the simulated Halo, so that they can be cancelled together.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

/// A set of tasks that are cancelled together; clones share the set. It is also hyper's executor for HTTP/2 streams.
#[derive(Clone, Default)]
pub(super) struct TaskTracker(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    set: JoinSet<()>,
    ended: bool,
}

impl TaskTracker {
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut inner = self.lock();
        // What has ended is let go here; a server that runs for days must not gather finished tasks.
        while inner.set.try_join_next().is_some() {}
        if !inner.ended {
            inner.set.spawn(task);
        }
    }

    /// Cancels all tasks, and any that are started later.
    pub fn end(&self) {
        let mut inner = self.lock();
        inner.ended = true;
        inner.set.abort_all();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F> hyper::rt::Executor<F> for TaskTracker
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        self.spawn(async move {
            future.await;
        });
    }
}
