//! Faults of the network or the server that are independent of the set-up. None is caused by the operator.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::endpoints::{Endpoint, FaultScope};
use super::interceptors::Intercept;

/// Faults of the server.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Delay of each response, in milliseconds.
    pub latency_ms: u64,
    /// Places that never respond.
    pub stall: Vec<FaultScope>,
    /// Places that return 429.
    pub rate_limit: Option<RateLimit>,
    /// Places whose first responses are server errors.
    pub flaky: Option<Flaky>,
    /// Places that redirect to another origin, which returns only a web page.
    pub redirect: Vec<FaultScope>,
    /// Places that return a web page with status 200.
    pub html: Vec<FaultScope>,
    /// An interceptor that responds instead of Halo.
    pub intercept: Option<Intercept>,
    /// Places that always return 500.
    pub server_error: Vec<FaultScope>,
    /// Lists that return 200 and JSON without a list.
    pub bad_shape: Vec<FaultScope>,
    /// The API rejects every token with 401.
    pub rejects_tokens: bool,
    /// Seconds by which the `Date` header is ahead of this machine's clock.
    pub clock_offset_s: i64,
}

/// Conditions for 429: for the first requests, and above a limit. Without either: always.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// Places whose requests are counted and refused.
    pub at: Vec<FaultScope>,
    /// Number of requests at the start that are refused.
    pub first: Option<u32>,
    /// Requests above this number are refused.
    pub after: Option<u32>,
    /// Seconds in `Retry-After`; no header if `None`.
    pub retry_after_s: Option<u64>,
}

/// Failure of the first responses of an endpoint.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flaky {
    /// Affected places.
    pub at: Vec<FaultScope>,
    /// Number of responses of each endpoint that fail.
    pub first: u32,
    /// Status of these responses, e.g. 500 or 503.
    pub status: u16,
    /// Seconds in `Retry-After`; no header if `None`.
    pub retry_after_s: Option<u64>,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { at: vec![FaultScope::Everywhere], first: None, after: None, retry_after_s: None }
    }
}

impl Default for Flaky {
    fn default() -> Self {
        Self { at: vec![FaultScope::Api], first: 1, status: 503, retry_after_s: None }
    }
}

/// State of the counted faults.
#[derive(Debug, Default)]
pub(super) struct FaultCounts {
    limited: u32,
    by_endpoint: BTreeMap<Option<Endpoint>, u32>,
}

impl RateLimit {
    /// Counts one request and returns true if it must be refused.
    pub(super) fn refuses(&self, endpoint: Option<Endpoint>, seen: &mut FaultCounts) -> bool {
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
    /// Counts one request and returns true if it must fail.
    pub(super) fn fails(&self, endpoint: Option<Endpoint>, seen: &mut FaultCounts) -> bool {
        if !covered(&self.at, endpoint) {
            return false;
        }
        let earlier = seen.by_endpoint.entry(endpoint).or_default();
        *earlier += 1;
        *earlier <= self.first
    }
}

/// Returns true if one of the places includes the endpoint.
pub(super) fn covered(places: &[FaultScope], endpoint: Option<Endpoint>) -> bool {
    places.iter().any(|place| place.covers(endpoint))
}
