//! Counters of the simulated Halo. They contain no secret and no token.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

static UNDER_WAY: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

/// Returns the maximum number of concurrent requests to all simulated Halos of this process together: the load that one
/// client puts on many.
pub fn most_in_flight_of_all() -> u64 {
    MOST.load(Ordering::Relaxed)
}

/// Counts the start of a request to any of them.
pub(super) fn came_in() {
    let now = UNDER_WAY.fetch_add(1, Ordering::Relaxed) + 1;
    MOST.fetch_max(now, Ordering::Relaxed);
}

/// Counts the end of a request, answered or aborted.
pub(super) fn went_out() {
    UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
}

/// Snapshot of the counts since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Number of requests by method and path, e.g. `GET /api/Tickets`, on all listeners.
    pub requests: BTreeMap<String, u64>,
    /// Number of token requests.
    pub token_requests: u64,
    /// Number of requests to the origin that redirects point to.
    pub elsewhere: u64,
    /// Maximum number of concurrent requests.
    pub most_in_flight: u64,
    /// Number of accepted connections.
    pub connections: u64,
    /// Number of requests that the client aborted before the response was complete.
    pub abandoned: u64,
    /// Misplaced secrets and access tokens; one sentence each.
    pub misplaced: Vec<String>,
}

impl Counters {
    /// Returns the number of all requests.
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }

    /// Returns the number of requests of one method, for any path.
    pub fn of_method(&self, method: &str) -> u64 {
        self.requests.iter().filter(|(key, _)| key.split(' ').next() == Some(method)).map(|(_, count)| count).sum()
    }

    /// Returns the number of requests for one path, with any method; names are not case sensitive.
    pub fn of_path(&self, path: &str) -> u64 {
        let is = |key: &str| key.split_once(' ').is_some_and(|(_, of)| of.eq_ignore_ascii_case(path));
        self.requests.iter().filter(|(key, _)| is(key)).map(|(_, count)| count).sum()
    }

    pub(super) fn count(&mut self, method: &str, path: &str) {
        *self.requests.entry(format!("{method} {path}")).or_default() += 1;
    }
}
