//! Clock of the interface. It includes the time in which the machine sleeps, so that a secret does not survive a
//! night behind a closed lid.

use std::time::{Duration, Instant, SystemTime};

/// Milliseconds since the interface began, sleep included.
pub struct Clock {
    passed: Passed,
    at: Instant,
    wall: SystemTime,
}

impl Clock {
    /// A clock that begins now.
    pub fn new() -> Self {
        Self { passed: Passed::default(), at: Instant::now(), wall: SystemTime::now() }
    }

    /// Milliseconds since the begin.
    pub fn now_ms(&mut self) -> u64 {
        let (at, wall) = (Instant::now(), SystemTime::now());
        let awake = at.saturating_duration_since(self.at);
        // A clock that was set back tells of no time.
        let by_the_wall = wall.duration_since(self.wall).unwrap_or_default();
        (self.at, self.wall) = (at, wall);
        self.passed.add(awake, by_the_wall)
    }

    /// The instant at which the clock will show this time, if the machine stays awake.
    pub fn at(&self, ms: u64) -> tokio::time::Instant {
        tokio::time::Instant::now() + Duration::from_millis(ms.saturating_sub(self.passed.ms()))
    }
}

/// Elapsed time by the longer of two clocks: the monotonic clock stops while the machine sleeps, and the wall clock
/// may be set back.
#[derive(Default)]
struct Passed(Duration);

impl Passed {
    fn add(&mut self, awake: Duration, wall: Duration) -> u64 {
        self.0 += awake.max(wall);
        self.ms()
    }

    fn ms(&self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_of_sleep_counts_and_a_clock_that_is_set_back_does_not_stop_it() {
        let seconds = Duration::from_secs;
        let mut passed = Passed::default();
        for (awake, wall, shows) in [
            (seconds(5), seconds(5), 5_000),
            // The lid was closed for eight hours.
            (seconds(2), seconds(8 * 3600), 28_805_000),
            // The clock was set back: no time by the wall.
            (seconds(3), seconds(0), 28_808_000),
            (Duration::from_micros(1500), Duration::from_micros(900), 28_808_001),
        ] {
            assert_eq!(passed.add(awake, wall), shows);
        }
    }

    #[test]
    fn the_clock_never_goes_back() {
        let mut clock = Clock::new();
        let first = clock.now_ms();
        assert!(clock.now_ms() >= first && clock.at(0) <= tokio::time::Instant::now());
    }
}
