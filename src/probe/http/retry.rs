//! Rule for repeating a GET, including the server's request to wait.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Longest wait; a longer one is reported, not slept.
const LONGEST: u64 = 10;
/// Most retries of one request.
const TRIES: u32 = 2;
/// Pause before a request whose connection was cut is sent again.
const AFTER_RESET: Duration = Duration::from_millis(150);

/// Outcome of one attempt, as far as the rule needs it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    /// An answer, with the wait that it asks for.
    Status(u16, Option<u64>),
    /// The connection was cut before any byte of an answer.
    Unanswered,
    /// Anything else.
    Other,
}

impl Outcome {
    /// The same for a request that may have been acted on when its answer was lost: only an answer that says that nothing
    /// was done lets it be sent again.
    pub(super) fn of_post(self) -> Self {
        match self {
            Self::Unanswered => Self::Other,
            other => other,
        }
    }
}

/// Time to wait before the next attempt; `None` if there is none. `tried` is the number of earlier retries.
pub(super) fn wait(outcome: Outcome, tried: u32) -> Option<Duration> {
    if tried >= TRIES {
        return None;
    }
    match outcome {
        Outcome::Status(429 | 503, Some(seconds)) if seconds <= LONGEST => Some(Duration::from_secs(seconds)),
        Outcome::Unanswered => Some(AFTER_RESET),
        _ => None,
    }
}

/// Adds up to a fifth to the wait, so that clients do not return simultaneously. Never shortens it: a server may
/// restart its count if it is asked too early.
pub(super) fn jittered(wait: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 201;
    wait.mul_f64(1.0 + random as f64 / 1000.0)
}

/// Seconds that a `Retry-After` asks to wait, a day at most: a number, or a date (measured from the server's own `Date`,
/// so that a wrong clock does not matter). Anything else is ignored.
pub(in crate::probe) fn retry_after(value: &str, date: Option<&str>, now: Timestamp) -> Option<u64> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(A_DAY, |seconds: u64| seconds.min(A_DAY)));
    }
    let until = http_date(value)?;
    let from = date.and_then(http_date).unwrap_or(now);
    Some(u64::try_from(until.as_second() - from.as_second()).map_or(0, |seconds| seconds.min(A_DAY)))
}

/// Maximum wait in seconds. A longer one is reported as this.
const A_DAY: u64 = 86_400;

/// A date of HTTP.
pub(in crate::probe) fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Code;
    use crate::domain::codes::explain::explanation;
    use crate::probe::run_log::{HOPS, RETRIES};

    #[test]
    fn the_rule() {
        for (outcome, tried, wanted) in [
            (Outcome::Status(429, Some(2)), 0, Some(Duration::from_secs(2))),
            (Outcome::Status(503, Some(10)), 1, Some(Duration::from_secs(10))),
            (Outcome::Status(429, Some(11)), 0, None),
            (Outcome::Status(429, None), 0, None),
            (Outcome::Status(502, Some(1)), 0, None),
            (Outcome::Status(200, Some(1)), 0, None),
            (Outcome::Status(429, Some(1)), 2, None),
            (Outcome::Unanswered, 1, Some(AFTER_RESET)),
            (Outcome::Unanswered, 2, None),
            (Outcome::Other, 0, None),
            (Outcome::Unanswered.of_post(), 0, None),
            (Outcome::Status(429, Some(2)).of_post(), 0, Some(Duration::from_secs(2))),
        ] {
            assert_eq!(wait(outcome, tried), wanted, "{outcome:?} {tried}");
        }
    }

    #[test]
    fn retry_after_in_seconds_and_as_a_date() {
        let now: Timestamp = "1994-11-06T08:49:37Z".parse().expect("a time");
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (value, date, wanted) in [
            ("5", None, Some(5)),
            (" 5 ", None, Some(5)),
            ("0", None, Some(0)),
            ("99999999999999999999999", None, Some(86_400)),
            ("Wed, 01 Jan 3000 00:00:00 GMT", None, Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:40 GMT", None, Some(3)),
            ("Sun, 06 Nov 1994 09:49:40 GMT", Some("Sun, 06 Nov 1994 09:49:37 GMT"), Some(3)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(date), Some(0)),
            ("-5", None, None),
            ("1.5", None, None),
            ("", None, None),
            ("soon", None, None),
        ] {
            assert_eq!(retry_after(value, date, now), wanted, "{value}");
        }
    }

    #[test]
    fn jitter_only_adds_up_to_a_fifth() {
        for _ in 0..1000 {
            let wait = jittered(Duration::from_secs(10)).as_millis();
            assert!((10_000..=12_000).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn the_explanations_and_the_readme_say_these_numbers() {
        let known = |code| explanation(code).and_then(|told| told.known.as_deref()).expect("said");
        for code in [Code::HttpRateLimited, Code::HttpServerError, Code::HttpUnavailable] {
            assert!(known(code).contains(&format!("at most {LONGEST} seconds")), "{}", known(code));
        }
        let limited = known(Code::HttpRateLimited);
        assert_eq!(TRIES, 2);
        assert!(limited.contains("twice at most"), "{limited}");
        assert!(limited.contains(&format!("at most {RETRIES} times in a run")), "{limited}");
        let readme = include_str!("../../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
        for told in [
            format!("asks to wait for at most {LONGEST} seconds"),
            format!("at most {RETRIES} repeats"),
            format!("at most {HOPS} redirects"),
        ] {
            assert!(readme.contains(&told), "README: {told}");
        }
    }
}
