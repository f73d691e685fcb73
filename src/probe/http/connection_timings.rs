//! Instants of one exchange, recorded by the resolver, the connector and the TLS hooks.
//!
//! These run inside the HTTP library and do not know the request. A task-local connects them: it is set while the
//! request's own future is polled, and not set for connections that the pool finishes in the background, so that
//! nothing is recorded for an exchange that did not use the connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::domain::evidence::Timing;

tokio::task_local! {
    static CURRENT: Arc<Phases>;
}

/// Runs a request with its phases noted.
pub(super) async fn noted<F: Future>(phases: Arc<Phases>, request: F) -> F::Output {
    CURRENT.scope(phases, request).await
}

/// The phases of the request that is being polled, if one is.
pub(super) fn current() -> Option<Arc<Phases>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// The recorded instants of one exchange.
pub(super) struct Phases {
    /// Origin that the request goes to.
    pub origin: String,
    /// True when a connection opened ahead may serve it: never for a request that is not repeated.
    pub takes_parked: bool,
    /// Wakes the task that logs for the operator.
    pub changed: Notify,
    marks: Mutex<Timestamps>,
}

/// The instants themselves.
#[derive(Clone, Default)]
pub(super) struct Timestamps {
    dns_began: Option<Instant>,
    /// The name that was asked for last.
    pub dns_name: String,
    /// Name resolution came to an end.
    pub dns_ended: Option<Instant>,
    /// The resolved addresses.
    pub addresses: Vec<String>,
    connect_began: Option<Instant>,
    /// The first byte of TLS is about to go out: TCP (and a proxy's tunnel) is up.
    pub hello: Option<Instant>,
    /// TLS handshakes that were begun: with a proxy that speaks TLS itself, the first one is with the proxy.
    pub handshakes: usize,
    /// The connection can carry a request.
    pub connected: Option<Instant>,
    /// The leaf certificate that the server showed, even when it was refused.
    pub certificate: Option<Vec<u8>>,
    /// The TLS version, as far as the handshake came.
    pub tls_version: Option<&'static str>,
}

impl Phases {
    pub(super) fn new(origin: String, takes_parked: bool) -> Arc<Self> {
        Arc::new(Self { origin, takes_parked, changed: Notify::new(), marks: Mutex::default() })
    }

    pub(super) fn marks(&self) -> Timestamps {
        self.lock().clone()
    }

    pub(super) fn dns_began(&self, name: &str) {
        let mut marks = self.lock();
        marks.dns_began = Some(Instant::now());
        marks.dns_ended = None;
        marks.dns_name = name.to_owned();
    }

    pub(super) fn dns_ended(&self, addresses: Vec<String>) {
        let mut marks = self.lock();
        marks.dns_ended = Some(Instant::now());
        marks.addresses = addresses;
        drop(marks);
        self.changed.notify_one();
    }

    pub(super) fn connect_began(&self) {
        let mut marks = self.lock();
        marks.connect_began = Some(Instant::now());
        marks.handshakes = 0;
    }

    pub(super) fn hello(&self) {
        let mut marks = self.lock();
        marks.hello = Some(Instant::now());
        marks.handshakes += 1;
        drop(marks);
        self.changed.notify_one();
    }

    pub(super) fn connected(&self) {
        self.lock().connected = Some(Instant::now());
        self.changed.notify_one();
    }

    pub(super) fn certificate(&self, der: &[u8]) {
        self.lock().certificate = Some(der.to_vec());
    }

    pub(super) fn tls_version(&self, version: &'static str) {
        self.lock().tls_version = Some(version);
    }

    fn lock(&self) -> MutexGuard<'_, Timestamps> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Timestamps {
    /// The resolver was asked and has not answered.
    pub(super) fn is_resolving(&self) -> bool {
        self.dns_began.is_some() && self.dns_ended.is_none()
    }

    /// Milliseconds of name resolution.
    pub(super) fn dns_ms(&self) -> Option<u32> {
        Some(ms(self.dns_began?, self.dns_ended?))
    }

    /// Milliseconds of TCP (with a proxy: of its tunnel too).
    pub(super) fn connect_ms(&self) -> Option<u32> {
        Some(ms(self.dns_ended.or(self.connect_began)?, self.hello.or(self.connected)?))
    }

    /// Milliseconds of the TLS handshake.
    pub(super) fn tls_ms(&self) -> Option<u32> {
        Some(ms(self.hello?, self.connected?))
    }

    /// True when no connection was begun: one was there already, or is being waited for.
    pub(super) fn is_pooled(&self) -> bool {
        self.connect_began.is_none()
    }

    /// The phases of connecting. An exchange that was answered over a pooled connection had none, though one may have
    /// begun beside it; one that failed shows how far it came.
    pub(super) fn timing(&self, answered: bool) -> Timing {
        if answered && self.connected.is_none() {
            return Timing::default();
        }
        Timing { dns: self.dns_ms(), connect: self.connect_ms(), tls: self.tls_ms(), ..Timing::default() }
    }
}

/// Whole milliseconds between two instants.
pub(super) fn ms(from: Instant, to: Instant) -> u32 {
    u32::try_from(to.saturating_duration_since(from).as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_pooled_connection_has_no_phases_of_its_own() {
        let now = Instant::now();
        let began = Timestamps { dns_began: Some(now), dns_ended: Some(now), ..Timestamps::default() };
        assert_eq!(began.timing(true), Timing::default());
        assert_eq!(began.timing(false).dns, Some(0));
    }

    #[test]
    fn tcp_ends_where_tls_begins() {
        let at = |ms| Some(Instant::now() + Duration::from_millis(ms));
        let marks = Timestamps {
            dns_began: at(0),
            dns_ended: at(4),
            connect_began: at(0),
            hello: at(24),
            connected: at(69),
            ..Timestamps::default()
        };
        let timing = marks.timing(true);
        let near = |value: Option<u32>, wanted: u32| value.is_some_and(|ms| ms.abs_diff(wanted) <= 1);
        assert!(near(timing.dns, 4) && near(timing.connect, 20) && near(timing.tls, 45), "{timing:?}");
    }
}
