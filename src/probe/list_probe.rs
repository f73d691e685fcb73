//! GETs of the API with a token: one list endpoint, and what a run needs to ask any of them.

use url::Url;

use super::failure::api_status;
use super::http::{Bearer, Http, HttpRequest, HttpResponse, RequestKind};
use super::log_lines;
use super::redaction::Redactor;
use super::response_body::NotJson;
use super::response_errors;
use super::row_scanner::WantedRows;
use super::run_log::RunLog;
use super::working_days;
use crate::domain::codes::Code;
use crate::domain::evidence::{Answer, Fault, Observation, Rows};
use crate::domain::guide::{Probe, TicketVisibility};

/// Maximum size of a response. A whole round of them stays within the memory budget (docs/performance.md).
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
        HttpRequest { check, url, cap: CAP, scan: None, what: RequestKind::Get(Some(self.bearer)) }
    }

    /// Asks a probe's list endpoint and counts what it shows. `sees` lists the sorts of rows that are looked for besides any
    /// row; reading stops once one of each was seen.
    pub(super) async fn rows(&self, probe: &'a Probe, endpoint: &str, sees: &[TicketVisibility]) -> Observation<Rows> {
        // A test proves by it that a panic stays one failed check.
        #[cfg(debug_assertions)]
        assert!(endpoint != "PanicOnPurpose", "the guide asked for this panic");
        let wanted = WantedRows {
            list: probe.list.clone(),
            unassigned: sees.contains(&TicketVisibility::Unassigned),
            others: sees.contains(&TicketVisibility::Others),
        };
        let ask = self.ask(&probe.id, endpoint, &working_days::fill(&probe.query, working_days::today()));
        let ask = HttpRequest { scan: Some(wanted), ..ask };
        let line = ask.line();
        let mut ending = String::new();
        let outcome = match self.http.get(ask, self.journal).await {
            Ok(reply) => {
                let read = read(&reply, &self.journal.hide);
                ending = read.as_ref().map(|answer| how_far(&reply, &answer.value)).unwrap_or_default();
                read
            }
            Err(failure) => Err(failure.fault),
        };
        let outcome = outcome.map_or_else(Observation::Failed, Observation::Answered);
        log_lines::exchange(self.journal, &probe.id, &line, &outcome, |rows| format!("rows={}{ending}", rows.count));
        outcome
    }
}

/// Description of the part that was read, for the log; empty if the list was read to its end.
fn how_far(reply: &HttpResponse, rows: &Rows) -> String {
    match &reply.cut {
        _ if rows.complete => String::new(),
        Some(cut) => format!("  then it was cut: {}", cut.code.id()),
        None => "  the rest was not read".to_owned(),
    }
}

/// The rows of a list endpoint's response.
pub(super) fn read(reply: &HttpResponse, hide: &Redactor) -> Result<Answer<Rows>, Fault> {
    if let Some(fault) = response_errors::refused(reply, hide, api_status) {
        return Err(fault);
    }
    match &reply.rows {
        Some(Ok(Some(rows))) => Ok(Answer { value: rows.clone(), status: reply.status, timing: reply.timing }),
        Some(Err(why)) if reply.cut.is_none() || !matches!(why, NotJson::Empty) => {
            Err(response_errors::unreadable(reply, why.clone()))
        }
        _ => Err(match &reply.cut {
            Some(cut) => Fault { status: Some(reply.status), ..cut.clone() },
            None => response_errors::refusal(reply, hide, Code::ApiShape).detail("there is no list in it"),
        }),
    }
}
