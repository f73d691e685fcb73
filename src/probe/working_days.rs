//! The day that the date queries ask for.

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, ZonedDateTime};

/// Fills `{day}` and `{next_day}` in a query: the last working day before today, so that on a Monday or after a
/// weekend there is something to see.
pub(super) fn fill(query: &str, today: Date) -> String {
    let day = last_working_day(today);
    let next = day.saturating_add(1.day());
    query.replace("{day}", &day.to_string()).replace("{next_day}", &next.to_string())
}

/// Today where this machine is.
pub(super) fn today() -> Date {
    ZonedDateTime::now().date()
}

fn last_working_day(today: Date) -> Date {
    let back = match today.weekday() {
        Weekday::Monday => 3,
        Weekday::Sunday => 2,
        _ => 1,
    };
    today.saturating_sub(back.days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_day_is_asked_for() {
        for (today, wanted) in [
            ("2026-11-25", "a=2026-11-24&b=2026-11-25"),
            ("2026-11-23", "a=2026-11-20&b=2026-11-21"),
            ("2026-11-22", "a=2026-11-20&b=2026-11-21"),
            ("2026-11-21", "a=2026-11-20&b=2026-11-21"),
            ("2027-01-01", "a=2026-12-31&b=2027-01-01"),
        ] {
            assert_eq!(fill("a={day}&b={next_day}", today.parse().expect("a date")), wanted, "{today}");
        }
        assert_eq!(fill("page_size=1", "2026-11-25".parse().expect("a date")), "page_size=1");
    }
}
