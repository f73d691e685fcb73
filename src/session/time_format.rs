//! Formatting of times for the operator.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Formats an elapsed time in one unit.
pub fn ago(at: Timestamp) -> String {
    ago_from(at, Timestamp::now())
}

fn ago_from(at: Timestamp, now: Timestamp) -> String {
    crate::app::ago(now.as_second().saturating_sub(at.as_second()))
}

/// Formats a time of day, with the date unless it is today.
pub fn at(at: Timestamp) -> String {
    at_from(at, Timestamp::now(), TimeZone::system())
}

fn at_from(at: Timestamp, now: Timestamp, zone: TimeZone) -> String {
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone));
    if at.date() == now.date() {
        at.strftime("%H:%M today").to_string()
    } else if now.date().checked_sub(1.day()).is_ok_and(|yesterday| yesterday == at.date()) {
        at.strftime("%H:%M yesterday").to_string()
    } else {
        at.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn times_are_told_as_people_do() {
        let now = time("2026-11-24T10:00:00Z");
        for (then, since, clock) in [
            ("2026-11-24T10:00:30Z", "just now", "10:00 today"),
            ("2026-11-24T09:59:30Z", "just now", "09:59 today"),
            ("2026-11-24T09:15:00Z", "45 min ago", "09:15 today"),
            ("2026-11-23T23:15:00Z", "10 h ago", "23:15 yesterday"),
            ("2026-11-21T09:15:00Z", "3 d ago", "2026-11-21 09:15"),
        ] {
            assert_eq!(ago_from(time(then), now), since, "{then}");
            assert_eq!(at_from(time(then), now, TimeZone::UTC), clock, "{then}");
        }
    }
}
