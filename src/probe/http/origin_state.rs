//! State of each origin that is kept between exchanges, because a pooled connection does not report how it was made.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Idle time after which a connection is closed, and until which a connection opened ahead counts as available.
pub const KEPT_OPEN: Duration = Duration::from_secs(60);

/// State of the connections to one origin.
#[derive(Clone, Default)]
pub(super) struct OriginInfo {
    pub addresses: Vec<String>,
    pub certificate: Option<Vec<u8>>,
    pub tls_version: Option<String>,
    pub http_version: Option<String>,
    /// Whether HTTP/2 was agreed on: one connection then carries everything.
    pub h2: Option<bool>,
    opened: Vec<Instant>,
}

/// The memory of one client.
#[derive(Default)]
pub(super) struct OriginStates {
    origins: Mutex<HashMap<String, OriginInfo>>,
    changed: Notify,
}

impl OriginStates {
    pub(super) fn known(&self, origin: &str) -> OriginInfo {
        self.lock().get(origin).cloned().unwrap_or_default()
    }

    pub(super) fn learn(&self, origin: &str, learn: impl FnOnce(&mut OriginInfo)) {
        learn(self.lock().entry(origin.to_owned()).or_default());
    }

    /// A connection was opened.
    pub(super) fn opened(&self, origin: &str, h2: bool) {
        self.learn(origin, |known| {
            known.h2 = Some(h2);
            known.opened.retain(|at| at.elapsed() < KEPT_OPEN);
            known.opened.push(Instant::now());
        });
        self.changed.notify_waiters();
    }

    /// Connections opened lately enough to be there still.
    pub(super) fn open(&self, origin: &str) -> usize {
        self.known(origin).opened.iter().filter(|at| at.elapsed() < KEPT_OPEN).count()
    }

    /// Waits until a connection to the origin was opened; true when it speaks HTTP/2.
    pub(super) async fn protocol(&self, origin: &str) -> bool {
        loop {
            // Made before the look, so that a change between the two is not missed.
            let changed = self.changed.notified();
            if let (Some(h2), 1..) = (self.known(origin).h2, self.open(origin)) {
                return h2;
            }
            changed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, OriginInfo>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
