//! GETs of the API with a token: one list endpoint, and what a run needs to ask any of them.

use url::Url;

use super::answer;
use super::dates;
use super::fault::api_status;
use super::hide::Hide;
use super::http::{Ask, Bearer, Http, Reply, What};
use super::journal::Journal;
use super::lines;
use super::reply;
use super::rows;
use crate::domain::code::Code;
use crate::domain::evidence::{Answer, Asked, Fault, Rows};
use crate::domain::guide::Probe;

/// Most bytes of an answer.
const CAP: usize = 2 * 1024 * 1024;

/// The API of one server, with a token.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub http: &'a Http,
    pub journal: &'a Journal,
    pub server: &'a Url,
    pub bearer: &'a Bearer,
}

impl<'a> Api<'a> {
    /// A GET of one resource, for a check.
    pub(super) fn ask(&self, check: &'a str, resource: &str, query: &str) -> Ask<'a> {
        let mut url = self.server.clone();
        url.set_path(&format!("/api/{resource}"));
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        Ask { check, url, cap: CAP, what: What::Get(Some(self.bearer)) }
    }

    /// Asks a probe's list endpoint and counts what it shows.
    pub(super) async fn rows(&self, probe: &'a Probe, endpoint: &str) -> Asked<Rows> {
        // A test proves by it that a panic stays one failed check.
        #[cfg(debug_assertions)]
        assert!(endpoint != "PanicOnPurpose", "the guide asked for this panic");
        let ask = self.ask(&probe.id, endpoint, &dates::fill(&probe.query, dates::today()));
        let line = ask.line();
        let outcome = match self.http.get(ask, self.journal).await {
            Ok(reply) => count(&reply, probe.list.as_deref(), &self.journal.hide),
            Err(failure) => Err(failure.fault),
        };
        let outcome = outcome.map_or_else(Asked::Failed, Asked::Answered);
        lines::exchange(self.journal, &probe.id, &line, &outcome, |rows| format!("rows={}", rows.count));
        outcome
    }
}

/// Counts the rows of a list endpoint's answer.
pub(super) fn count(reply: &Reply, list: Option<&str>, hide: &Hide) -> Result<Answer<Rows>, Fault> {
    let text = answer::text(reply, hide, api_status)?;
    match reply::read(&text, rows::Answer { list }) {
        Ok(Some(value)) => Ok(Answer { value, status: reply.status, timing: reply.timing }),
        Ok(None) => Err(answer::refusal(reply, hide, Code::ApiShape).detail("there is no list in it")),
        Err(why) => Err(answer::unreadable(reply, why)),
    }
}
