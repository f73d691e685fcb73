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
        // A replay has no server that needs the pause.
        let waits = self.0.replay.is_none();
        repeat(ask, journal, waits, || self.exchange(ask, journal), sleep).await
    }
}

/// Makes exchanges until one stands, with a `pause` before each repeat where it `waits`.
async fn repeat<E, P>(
    ask: &HttpRequest<'_>,
    journal: &RunLog,
    waits: bool,
    exchange: impl Fn() -> E,
    pause: impl Fn(Duration) -> P,
) -> Result<HttpResponse, HttpFailure>
where
    E: Future<Output = Result<HttpResponse, HttpFailure>>,
    P: Future<Output = ()>,
{
    let mut tried = 0;
    loop {
        let result = exchange().await;
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
        if waits {
            let wait = retry::jittered(wait);
            journal.note_wait(wait);
            pause(wait).await;
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::ready;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::probe::http::RequestKind;

    /// What was done, in order.
    #[derive(Debug, PartialEq)]
    enum Step {
        Sent,
        Paused(Duration),
    }

    /// Answers that ask to wait for so many seconds, then one that does not. No clock: a pause is only noted.
    async fn steps(what: RequestKind<'_>, waits: &[u64], journal: &RunLog) -> (Vec<Step>, u16) {
        let url = Url::parse("https://acme.halopsa.com/api/Item").expect("a URL");
        let ask = HttpRequest { check: "items", url, cap: 1, scan: None, what };
        let steps = RefCell::new(Vec::new());
        let exchange = || {
            let sent = steps.borrow().iter().filter(|step| **step == Step::Sent).count();
            steps.borrow_mut().push(Step::Sent);
            let mut reply = HttpResponse::test(if sent < waits.len() { 429 } else { 200 }, "");
            reply.retry_after = waits.get(sent).copied();
            ready(Ok(reply))
        };
        let pause = |wait| {
            steps.borrow_mut().push(Step::Paused(wait));
            ready(())
        };
        let result = repeat(&ask, journal, true, exchange, pause).await;
        let status = result.map_or(0, |reply| reply.status);
        (steps.into_inner(), status)
    }

    #[tokio::test]
    async fn the_whole_wait_that_a_server_asks_for_passes_before_the_next_request() {
        for (post, waits, wanted) in [
            (false, &[10][..], 200),
            (true, &[10], 200),
            (false, &[10, 3], 200),
            (false, &[11], 429),
            (false, &[1, 1, 1], 429),
        ] {
            let events = Arc::new(Mutex::new(Vec::new()));
            let kept = Arc::clone(&events);
            let journal = RunLog::new(1, move |event| kept.lock().expect("not poisoned").push(event));
            let what = if post { RequestKind::Post(bytes::Bytes::new()) } else { RequestKind::Get(None) };
            let (steps, status) = steps(what, waits, &journal).await;
            assert_eq!(status, wanted, "{waits:?}");
            // A request, and behind each pause another one.
            let pauses: Vec<Duration> = steps
                .iter()
                .filter_map(|step| match step {
                    Step::Paused(wait) => Some(*wait),
                    Step::Sent => None,
                })
                .collect();
            let order: Vec<bool> = steps.iter().map(|step| *step == Step::Sent).collect();
            assert!(
                order.chunks(2).all(|pair| pair[0] && pair.get(1) != Some(&true)) && order.len() % 2 == 1,
                "{steps:?}"
            );
            let waited = &waits[..pauses.len()];
            for (pause, seconds) in pauses.iter().zip(waited) {
                assert!(*pause >= Duration::from_secs(*seconds), "{pause:?} is shorter than the {seconds} s asked for");
                assert!(*pause <= Duration::from_secs(*seconds).mul_f64(1.2), "{pause:?} for {seconds} s");
            }
            assert_eq!(pauses.len(), if wanted == 200 { waits.len() } else { waits.len() - 1 }, "{waits:?}");
            // What was waited does not count against the run's limit, and the operator is told each time.
            assert!(pauses.iter().sum::<Duration>() - journal.waited() < Duration::from_millis(5), "{waits:?}");
            let events = events.lock().expect("not poisoned");
            let told: Vec<u64> = events
                .iter()
                .filter_map(|event| match event {
                    RunEvent::Waiting { seconds, .. } => Some(*seconds),
                    _ => None,
                })
                .collect();
            assert_eq!(told, waited, "{waits:?}");
        }
    }
}
