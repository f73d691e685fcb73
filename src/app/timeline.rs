//! Every request of a run on one axis of time: what waited for what, and where the time went.

use super::state::State;

/// One request, as a stretch of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Id of the check that asked.
    pub check: String,
    /// Method and path.
    pub request: String,
    /// HTTP status; `None` without a response.
    pub status: Option<u16>,
    /// True while the request is active. It is labelled with its check only.
    pub running: bool,
    /// Time of sending, in milliseconds since the start of the run.
    pub from_ms: u64,
    /// Duration of the connection set-up (name, connect, TLS) in milliseconds.
    pub connect_ms: u64,
    /// Total duration in milliseconds.
    pub took_ms: u64,
}

impl TimelineEntry {
    /// Returns true if the response is not an error.
    pub fn is_good(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// End of the response, in milliseconds since the start of the run.
    pub fn until_ms(&self) -> u64 {
        self.from_ms.saturating_add(self.took_ms)
    }
}

impl State {
    /// The requests of the last run, in the order that they were sent.
    pub fn waterfall(&self) -> Vec<TimelineEntry> {
        let mut falls: Vec<TimelineEntry> = self
            .run
            .exchanges
            .iter()
            .map(|exchange| {
                let timing = exchange.timing;
                let phases = [timing.dns, timing.connect, timing.tls];
                let connect_ms: u64 = phases.into_iter().flatten().map(u64::from).sum();
                let known = timing.first_byte.map_or(connect_ms, |ms| connect_ms.saturating_add(ms.into()));
                TimelineEntry {
                    check: exchange.check.clone(),
                    request: aligned(&exchange.request),
                    status: exchange.status,
                    running: false,
                    from_ms: exchange.from_ms,
                    connect_ms,
                    took_ms: timing.total.map_or(known, u64::from).max(connect_ms),
                }
            })
            .collect();
        falls.extend(self.under_way());
        falls.sort_by_key(|fall| (fall.from_ms, fall.until_ms()));
        falls
    }

    /// The checks that wait for an answer now.
    fn under_way(&self) -> impl Iterator<Item = TimelineEntry> {
        let active = self.run.active.as_ref().filter(|active| !active.cancelled);
        active.into_iter().flat_map(|active| {
            active.running.iter().map(|(check, since)| TimelineEntry {
                check: check.clone(),
                request: String::new(),
                status: None,
                running: true,
                from_ms: since.saturating_sub(active.started_ms),
                connect_ms: 0,
                took_ms: self.now_ms.saturating_sub(*since),
            })
        })
    }
}

/// Pads the method, so that all paths start in the same column.
fn aligned(request: &str) -> String {
    request.split_once(' ').map_or_else(|| request.to_owned(), |(method, path)| format!("{method:<4} {path}"))
}
