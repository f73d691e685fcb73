//! GETs of the API with a token: one list endpoint, and what a run needs to ask any of them.

use url::Url;

use super::failure::api_status;
use super::http::{Bearer, Http, HttpRequest, HttpResponse, What};
use super::log_lines;
use super::redaction::Redactor;
use super::response_body;
use super::response_errors;
use super::row_counter;
use super::run_log::RunLog;
use super::working_days;
use crate::domain::codes::Code;
use crate::domain::evidence::{Answer, Fault, Observation, Rows};
use crate::domain::guide::Probe;
use crate::domain::run_event::LogLevel;

/// Most bytes of an answer: a whole round of them at once stays within the program's memory (docs/performance.md).
const CAP: usize = 1536 * 1024;

/// The API of one server, with a token.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub http: &'a Http,
    pub journal: &'a RunLog,
    /// The address below which Halo is.
    pub server: &'a Url,
    pub bearer: &'a Bearer,
}

impl<'a> Api<'a> {
    /// A GET of one resource, for a check.
    pub(super) fn ask(&self, check: &'a str, resource: &str, query: &str) -> HttpRequest<'a> {
        let mut url = self.server.clone();
        url.set_path(&format!("{}/api/{resource}", url.path().trim_end_matches('/')));
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        HttpRequest { check, url, cap: CAP, what: What::Get(Some(self.bearer)) }
    }

    /// Asks a probe's list endpoint and counts what it shows. `every` is true when rows that are not there count too:
    /// then no part of a list stands for the whole.
    pub(super) async fn rows(&self, probe: &'a Probe, endpoint: &str, every: bool) -> Observation<Rows> {
        // A test proves by it that a panic stays one failed check.
        #[cfg(debug_assertions)]
        assert!(endpoint != "PanicOnPurpose", "the guide asked for this panic");
        let ask = self.ask(&probe.id, endpoint, &working_days::fill(&probe.query, working_days::today()));
        let line = ask.line();
        let outcome = match self.http.get(ask, self.journal).await {
            Ok(reply) => match start(&reply, probe.list.as_deref()).filter(|_| !every) {
                Some(answer) => {
                    let text = format!("{line}  is longer than {} KiB: the rows up to there count", CAP / 1024);
                    self.journal.log(LogLevel::Info, Some(&probe.id), text);
                    Ok(answer)
                }
                None => count(&reply, probe.list.as_deref(), &self.journal.hide),
            },
            Err(failure) => Err(failure.fault),
        };
        let outcome = outcome.map_or_else(Observation::Failed, Observation::Answered);
        log_lines::exchange(self.journal, &probe.id, &line, &outcome, |rows| format!("rows={}", rows.count));
        outcome
    }
}

/// Counts the rows of a list endpoint's answer.
pub(super) fn count(reply: &HttpResponse, list: Option<&str>, hide: &Redactor) -> Result<Answer<Rows>, Fault> {
    let text = response_errors::text(reply, hide, api_status)?;
    match response_body::read(&text, row_counter::Answer { list, whole: None }) {
        Ok(Some(value)) => Ok(Answer { value, status: reply.status, timing: reply.timing }),
        Ok(None) => Err(response_errors::refusal(reply, hide, Code::ApiShape).detail("there is no list in it")),
        Err(why) => Err(response_errors::unreadable(reply, why)),
    }
}

/// The rows at the start of a list that is longer than what is read of an answer: a big system's day of time entries is
/// no failure. None when it is something else, or shows no whole row.
fn start(reply: &HttpResponse, list: Option<&str>) -> Option<Answer<Rows>> {
    let is_long = reply.cut.as_ref().is_some_and(|cut| cut.code == Code::HttpTooLarge);
    if !is_long || !(200..300).contains(&reply.status) || response_errors::is_page(reply) {
        return None;
    }
    // The cap may have cut a letter in two.
    let body = match std::str::from_utf8(&reply.body) {
        Err(error) if error.error_len().is_none() => &reply.body[..error.valid_up_to()],
        _ => &reply.body,
    };
    let text = response_body::decode(body, reply.content_type.as_deref()).ok()?;
    let whole = row_counter::Whole::default();
    let sound = response_body::is_sound_start(&text, row_counter::Answer { list, whole: Some(&whole) });
    let value = whole.into_inner().filter(|rows| sound && rows.count > 0)?;
    Some(Answer { value, status: reply.status, timing: reply.timing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_long_list_shows_rows_and_nothing_else_does() {
        let row = r#"{"agent_id":7,"note":"a [ { \" b"}"#;
        for (name, body, list, wanted) in [
            ("a list", format!("[{row},{row},{{\"agent_id\":8"), None, Some(2)),
            ("a member", format!("{{\"record_count\":9,\"tickets\":[{row},{{\"x\":\"y"), Some("tickets"), Some(1)),
            ("a whole member", format!("{{\"tickets\":[{row}],\"columns\":[{{\"x\""), Some("tickets"), Some(1)),
            ("another member", format!("{{\"columns\":[{row},{row}"), Some("tickets"), None),
            ("no whole row", "[{\"agent_id\":7".to_owned(), None, None),
            ("an empty list", "[".to_owned(), None, None),
            ("blanks", " ".repeat(50), None, None),
            ("no JSON", format!("[{row},oops"), None, None),
            ("nested too deep", format!("[{row},{}", "[".repeat(200)), None, None),
            ("a page", format!("<html><title>x</title>[{row},{row}"), None, None),
            ("brackets", "[".repeat(100), None, None),
        ] {
            let mut reply = HttpResponse::test(200, &body);
            assert!(start(&reply, list).is_none(), "{name}: read to its end, it is judged as a whole");
            reply.cut = Some(Fault::new(Code::HttpTooLarge));
            assert_eq!(start(&reply, list).map(|answer| answer.value.count), wanted, "{name}");
            reply.cut = Some(Fault::new(Code::NetReset));
            assert!(start(&reply, list).is_none(), "{name}: cut by another");
            reply.status = 500;
            reply.cut = Some(Fault::new(Code::HttpTooLarge));
            assert!(start(&reply, list).is_none(), "{name}: an error");
        }
        let mut reply = HttpResponse::test(200, "");
        reply.body = zeroize::Zeroizing::new([format!("[{row},\"caf").as_bytes(), &[0xc3]].concat());
        reply.cut = Some(Fault::new(Code::HttpTooLarge));
        assert_eq!(start(&reply, None).map(|answer| answer.value.count), Some(1), "half a letter at the end");
    }
}
