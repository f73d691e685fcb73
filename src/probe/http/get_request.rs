//! The policy around single exchanges: the budget, redirects within one origin, and the few retries of a GET.

use std::time::Duration;

use tokio::time::sleep;
use url::Url;

use super::Http;
use super::redirect::{self, is_redirect};
use super::request_response::{HttpFailure, HttpRequest, HttpResponse};
use super::retry::{self, Outcome};
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::domain::run_event::{LogLevel, RunEvent};
use crate::probe::interceptor;
use crate::probe::run_log::RunLog;

impl Http {
    /// A GET, with redirects followed and retries made as the rules allow.
    pub(in crate::probe) async fn get(
        &self,
        ask: HttpRequest<'_>,
        journal: &RunLog,
    ) -> Result<HttpResponse, HttpFailure> {
        budget(journal)?;
        let mut ask = ask;
        let mut visited: Vec<Url> = vec![ask.url.clone()];
        loop {
            let reply = self.repeated(&ask, journal).await?;
            // A redirect to a login is an answer of its own: whoever wrote it is named when it is judged.
            if !is_redirect(reply.status) || interceptor::recognise(&reply).is_some() {
                return Ok(reply);
            }
            let next = redirect::next(&visited, reply.location.as_deref())
                .and_then(|next| if journal.take_hop() { Ok(next) } else { Err(no_more_hops()) })
                .map_err(|fault| of(fault, &reply))?;
            let text = format!("{}  {}  to {}", ask.line(), reply.status, next.path());
            journal.log(LogLevel::Info, Some(ask.check), text);
            visited.push(next.clone());
            ask.url = next;
        }
    }

    /// The token request: no redirect is followed, and it is repeated only after a 429 or 503 that asks to wait: nothing
    /// was done then.
    pub(in crate::probe) async fn post(
        &self,
        ask: &HttpRequest<'_>,
        journal: &RunLog,
    ) -> Result<HttpResponse, HttpFailure> {
        budget(journal)?;
        let reply = self.repeated(ask, journal).await?;
        if is_redirect(reply.status) && interceptor::recognise(&reply).is_none() {
            return Err(of(redirect::refused(&ask.url, reply.location.as_deref()), &reply));
        }
        Ok(reply)
    }

    async fn repeated(&self, ask: &HttpRequest<'_>, journal: &RunLog) -> Result<HttpResponse, HttpFailure> {
        let mut tried = 0;
        loop {
            let result = self.exchange(ask, journal).await;
            let outcome = match &result {
                Ok(reply) => Outcome::Status(reply.status, reply.retry_after),
                Err(failure) if failure.unanswered => Outcome::Unanswered,
                Err(_) => Outcome::Other,
            };
            let outcome = if ask.is_post() { outcome.of_post() } else { outcome };
            let Some(wait) = retry::wait(outcome, tried).filter(|_| journal.take_retry()) else {
                return result;
            };
            tried += 1;
            announce(ask, journal, &result, wait, tried);
            // A replay has no server that needs the pause.
            if self.0.replay.is_none() {
                let wait = retry::jittered(wait);
                journal.note_wait(wait);
                sleep(wait).await;
            }
        }
    }
}

fn budget(journal: &RunLog) -> Result<(), HttpFailure> {
    if journal.take_request() {
        return Ok(());
    }
    Err(Fault::new(Code::LocalRequestLimit).detail("the requests of this run are used up").into())
}

fn announce(
    ask: &HttpRequest<'_>,
    journal: &RunLog,
    result: &Result<HttpResponse, HttpFailure>,
    wait: Duration,
    tried: u32,
) {
    let why = match result {
        Ok(reply) => reply.status.to_string(),
        Err(_) => "connection cut before any answer".to_owned(),
    };
    let seconds = wait.as_secs();
    let text = format!("{}  {why}  waiting {seconds} s, then try {} of 3", ask.line(), tried + 1);
    journal.log(LogLevel::Warn, Some(ask.check), text);
    if seconds > 0 {
        journal.tell(RunEvent::Waiting { check: ask.check.to_owned(), seconds });
    }
}

fn no_more_hops() -> Fault {
    Fault::new(Code::HttpRedirectLoop).detail("this server redirects more often than one run follows")
}

fn of(mut fault: Fault, reply: &HttpResponse) -> HttpFailure {
    fault.status = Some(reply.status);
    fault.timing = reply.timing;
    fault.into()
}
