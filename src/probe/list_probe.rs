//! GETs of the API with a token: one list endpoint, and what a run needs to ask any of them.

use url::Url;

use super::failure::api_status;
use super::http::{Bearer, Http, HttpRequest, HttpResponse, What};
use super::log_lines;
use super::redaction::Redactor;
use super::response_body;
use super::response_errors;
use super::row_counter;
use super::row_scanner::WantedRows;
use super::run_log::RunLog;
use super::working_days;
use crate::domain::codes::Code;
use crate::domain::evidence::{Answer, Fault, Observation, Rows};
use crate::domain::guide::{Probe, Sees};
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
        HttpRequest { check, url, cap: CAP, scan: None, what: What::Get(Some(self.bearer)) }
    }

    /// Asks a probe's list endpoint and counts what it shows. `sees` lists the sorts of rows that are looked for besides any
    /// row; reading stops once one of each was seen.
    pub(super) async fn rows(&self, probe: &'a Probe, endpoint: &str, sees: &[Sees]) -> Observation<Rows> {
        // A test proves by it that a panic stays one failed check.
        #[cfg(debug_assertions)]
        assert!(endpoint != "PanicOnPurpose", "the guide asked for this panic");
        let wanted = WantedRows {
            list: probe.list.clone(),
            unassigned: sees.contains(&Sees::Unassigned),
            others: sees.contains(&Sees::Others),
        };
        let ask = self.ask(&probe.id, endpoint, &working_days::fill(&probe.query, working_days::today()));
        let ask = HttpRequest { scan: Some(wanted), ..ask };
        let line = ask.line();
        let outcome = match self.http.get(ask, self.journal).await {
            Ok(reply) => match scanned(&reply) {
                Some(answer) => {
                    let text = format!("{line}  is a long list: {} rows were read", answer.value.count);
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

/// The rows of a list that was not read to its end, or not kept; `None` if there were none, or the response is another thing.
fn scanned(reply: &HttpResponse) -> Option<Answer<Rows>> {
    let rows = reply.rows.clone().filter(|rows| rows.count > 0 || rows.complete)?;
    Some(Answer { value: rows, status: reply.status, timing: reply.timing })
}

/// Counts the rows of a list endpoint's answer.
pub(super) fn count(reply: &HttpResponse, list: Option<&str>, hide: &Redactor) -> Result<Answer<Rows>, Fault> {
    let text = response_errors::text(reply, hide, api_status)?;
    match response_body::read(&text, row_counter::Answer { list }) {
        Ok(Some(value)) => Ok(Answer { value, status: reply.status, timing: reply.timing }),
        Ok(None) => Err(response_errors::refusal(reply, hide, Code::ApiShape).detail("there is no list in it")),
        Err(why) => Err(response_errors::unreadable(reply, why)),
    }
}
