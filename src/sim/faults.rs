//! What goes wrong on the way or in the server, whatever the set-up: none of it is the operator's mistake.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::endpoints::{Endpoint, Place};
use super::interceptors::Intercept;

/// Faults of the server.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Time before each answer, in milliseconds.
    pub latency_ms: u64,
    /// Places that never answer.
    pub stall: Vec<Place>,
    /// Places that answer 429.
    pub rate_limit: Option<RateLimit>,
    /// Places whose first answers are server errors.
    pub flaky: Option<Flaky>,
    /// Places that redirect to another origin, which answers nothing but a web page.
    pub redirect: Vec<Place>,
    /// Places that answer with a web page and status 200.
    pub html: Vec<Place>,
    /// Something in front of Halo that answers in its place.
    pub intercept: Option<Intercept>,
    /// Places that always answer 500.
    pub server_error: Vec<Place>,
    /// Lists that answer 200 with JSON that holds no list.
    pub bad_shape: Vec<Place>,
    /// The API answers every token with 401.
    pub rejects_tokens: bool,
    /// Seconds by which the `Date` header is ahead of this machine's clock.
    pub clock_offset_s: i64,
}

/// When 429 is answered: for the first requests, and again after so many. Without either: always.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// Where requests count and are refused.
    pub at: Vec<Place>,
    /// So many requests are refused at first.
    pub first: Option<u32>,
    /// Requests beyond this number are refused.
    pub after: Option<u32>,
    /// Seconds in `Retry-After`; no such header when none.
    pub retry_after_s: Option<u64>,
}

/// The first answers of an endpoint fail.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flaky {
    /// Where.
    pub at: Vec<Place>,
    /// So many answers of each endpoint fail.
    pub first: u32,
    /// With this status, e.g. 500 or 503.
    pub status: u16,
    /// Seconds in `Retry-After`; no such header when none.
    pub retry_after_s: Option<u64>,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { at: vec![Place::Everywhere], first: None, after: None, retry_after_s: None }
    }
}

impl Default for Flaky {
    fn default() -> Self {
        Self { at: vec![Place::Api], first: 1, status: 503, retry_after_s: None }
    }
}

/// What the counted faults have seen so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    limited: u32,
    by_endpoint: BTreeMap<Option<Endpoint>, u32>,
}

impl RateLimit {
    /// Counts one request; true when it is to be refused.
    pub(super) fn refuses(&self, endpoint: Option<Endpoint>, seen: &mut Seen) -> bool {
        if !covered(&self.at, endpoint) {
            return false;
        }
        let earlier = seen.limited;
        seen.limited += 1;
        match (self.first, self.after) {
            (None, None) => true,
            (first, after) => first.is_some_and(|n| earlier < n) || after.is_some_and(|n| earlier >= n),
        }
    }
}

impl Flaky {
    /// Counts one request; true when it is to fail.
    pub(super) fn fails(&self, endpoint: Option<Endpoint>, seen: &mut Seen) -> bool {
        if !covered(&self.at, endpoint) {
            return false;
        }
        let earlier = seen.by_endpoint.entry(endpoint).or_default();
        *earlier += 1;
        *earlier <= self.first
    }
}

/// True when one of the places covers the endpoint.
pub(super) fn covered(places: &[Place], endpoint: Option<Endpoint>) -> bool {
    places.iter().any(|place| place.covers(endpoint))
}
