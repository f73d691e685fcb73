//! What the simulated Halo counted. No secret and no token is kept here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

static UNDER_WAY: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

/// Highest number of requests that were under way at one time in all simulated Halos of this process together: what one
/// client asks of many.
pub fn most_in_flight_of_all() -> u64 {
    MOST.load(Ordering::Relaxed)
}

/// A request came in, to whichever of them.
pub(super) fn came_in() {
    let now = UNDER_WAY.fetch_add(1, Ordering::Relaxed) + 1;
    MOST.fetch_max(now, Ordering::Relaxed);
}

/// A request was answered, or given up.
pub(super) fn went_out() {
    UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
}

/// A snapshot of the counts since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests by method and path, e.g. `GET /api/Tickets`, on all listeners.
    pub requests: BTreeMap<String, u64>,
    /// Token requests.
    pub token_requests: u64,
    /// Requests to the other origin that only a followed redirect leads to.
    pub elsewhere: u64,
    /// Highest number of requests that were under way at one time.
    pub most_in_flight: u64,
    /// Connections accepted.
    pub connections: u64,
    /// Requests that the client gave up before the answer was handed over whole.
    pub abandoned: u64,
    /// Where a secret or an access token was seen that does not belong there; one sentence each.
    pub misplaced: Vec<String>,
}

impl Counters {
    /// All requests.
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }

    /// Requests of one method, whatever the path.
    pub fn of_method(&self, method: &str) -> u64 {
        self.requests.iter().filter(|(key, _)| key.split(' ').next() == Some(method)).map(|(_, count)| count).sum()
    }

    /// Requests for one path, whatever the method; names are not case sensitive.
    pub fn of_path(&self, path: &str) -> u64 {
        let is = |key: &str| key.split_once(' ').is_some_and(|(_, of)| of.eq_ignore_ascii_case(path));
        self.requests.iter().filter(|(key, _)| is(key)).map(|(_, count)| count).sum()
    }

    pub(super) fn count(&mut self, method: &str, path: &str) {
        *self.requests.entry(format!("{method} {path}")).or_default() += 1;
    }
}
