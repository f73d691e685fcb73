//! One exchange: a request and its answer, within its limits, without redirects or retries.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Response;
use tokio::time::timeout_at;
use url::Url;

use super::connection_timings;
use super::connection_timings::{Phases, Timestamps, ms};
use super::read_body;
use super::read_body::{MOST_OF_A_LIST, ReadBodyError};
use super::redirect::is_redirect;
use super::request_response::{HttpFailure, HttpRequest, HttpResponse, RequestKind};
use super::{Http, certificate, connect_events, proxy_diagnosis};
use crate::domain::codes::Code;
use crate::domain::evidence::{Fault, Timing};
use crate::domain::run_event::{Exchange, LogLevel, RunEvent};
use crate::probe::exchange_capture;
use crate::probe::failure;
use crate::probe::failure::{Circumstances, ExchangeStage, Tunnel};
use crate::probe::response_body::MemberScanner;
use crate::probe::row_scanner::RowScanner;
use crate::probe::run_log::RunLog;

/// Maximum length of a logged method and path, in characters.
const REQUEST: usize = 120;

/// Context of an active exchange.
struct ExchangeContext<'a> {
    http: &'a Http,
    ask: &'a HttpRequest<'a>,
    host: String,
    /// The proxy's address, when one is dialled in place of the host.
    proxy: Option<Url>,
    phases: std::sync::Arc<Phases>,
    began: Instant,
}

impl Http {
    /// Sends one request, reads the response, and reports both times.
    pub(super) async fn exchange(&self, ask: &HttpRequest<'_>, journal: &RunLog) -> Result<HttpResponse, HttpFailure> {
        let from_ms = journal.elapsed_ms();
        let place = journal.recorder().map(|recorder| exchange_capture::sent(recorder, ask, from_ms));
        let result = match &self.0.replay {
            Some(replay) => replay.answer(ask).await,
            None => self.attempt(ask, journal).await,
        };
        if let (Some(recorder), Some(place)) = (journal.recorder(), place) {
            exchange_capture::ended(recorder, place, ask, &result);
        }
        let (status, timing) = match &result {
            Ok(reply) => (Some(reply.status), reply.timing),
            Err(failure) => (failure.fault.status, failure.fault.timing),
        };
        // The log's line is padded for its columns.
        let line = ask.line().replacen("  ", " ", 1);
        let request = journal.hide.foreign(line.split('?').next().unwrap_or_default()).cut(REQUEST);
        let check = ask.check.to_owned();
        let url = journal.hide.foreign(ask.url.as_str()).as_str().to_owned();
        let scope = ask.scope().map(|scope| journal.hide.foreign(&scope).as_str().to_owned());
        journal.tell(RunEvent::Exchanged(Exchange { check, request, url, scope, from_ms, status, timing }));
        result
    }

    async fn attempt(&self, ask: &HttpRequest<'_>, journal: &RunLog) -> Result<HttpResponse, HttpFailure> {
        let course = ExchangeContext {
            http: self,
            ask,
            host: host(&ask.url),
            proxy: self.0.proxies.address(&ask.url),
            phases: Phases::new(ask.url.origin().ascii_serialization(), matches!(ask.what, RequestKind::Get(_))),
            began: Instant::now(),
        };
        if course.is_tls() {
            self.0.trust.roots.read_aside();
        }
        let deadline = (course.began + self.0.exchange_limit).into();
        let sent = connection_timings::noted(course.phases.clone(), self.0.client.execute(ask.request()));
        let dialled = course.proxy.as_ref().map_or_else(|| course.host.clone(), host);
        let whom = connect_events::LogTarget { journal, check: ask.check, host: &course.host, dialled: &dialled };
        let told = connect_events::following(sent, &course.phases, &whom);
        let mut response = match timeout_at(deadline, told).await {
            Err(_) => return Err(course.failed(None, journal).await),
            Ok(Err(error)) => return Err(course.failed(Some(&error), journal).await),
            Ok(Ok(response)) => response,
        };
        let head_at = Instant::now();
        course.learn(&response);
        let mut reply = HttpResponse::head(&response, ask.cap);
        if !is_redirect(reply.status) {
            let is_list = (200..300).contains(&reply.status) && reply.encoding.is_none();
            if let Some(wanted) = ask.scan.clone().filter(|_| is_list) {
                let mut scanner = RowScanner::new(wanted, reply.content_type.as_deref());
                let reading = read_body::read_list(&mut response, &mut reply.body, &mut scanner);
                let stop = timeout_at(deadline, reading).await.ok();
                let ended = matches!(stop, Some(ReadBodyError::End));
                reply.cut = course.cut(stop, scanner.received(), MOST_OF_A_LIST);
                reply.rows = Some(scanner.finish(ended));
            } else if ask.is_post() && reply.status >= 400 {
                let mut code = MemberScanner::new(b"\"error\"");
                let reading = read_body::read_refusal(&mut response, &mut reply.body, ask.cap, &mut code);
                let stop = timeout_at(deadline, reading).await;
                reply.cut = course.cut(stop.ok(), reply.body.len(), ask.cap);
                reply.oauth_error = code.value();
            } else {
                let stop = timeout_at(deadline, read_body::read(&mut response, &mut reply.body, ask.cap)).await;
                reply.cut = course.cut(stop.ok(), reply.body.len(), ask.cap);
            }
        }
        if let Some(encoding) = reply.encoding.take().filter(|_| !reply.body.is_empty()) {
            // Nothing of it can be read, so no part of it is taken for words of the server's.
            reply.body.clear();
            reply.cut = Some(failure::unsupported_encoding(&course.host, &encoding));
        }
        reply.timing = course.timing(head_at);
        if let Some(cut) = &mut reply.cut {
            cut.timing = reply.timing;
        }
        Ok(reply)
    }
}

impl ExchangeContext<'_> {
    /// Remembers what the answer shows of its connection.
    fn learn(&self, response: &Response) {
        let marks = self.phases.marks();
        let info = response.extensions().get::<reqwest::tls::TlsInfo>();
        let version = info.and_then(reqwest::tls::TlsInfo::version).and_then(|version| match version {
            reqwest::tls::Version::TLS_1_2 => Some("TLS 1.2"),
            reqwest::tls::Version::TLS_1_3 => Some("TLS 1.3"),
            _ => None,
        });
        let certificate = info.and_then(|info| info.peer_certificate().map(<[u8]>::to_vec)).or(marks.certificate);
        self.http.0.memory.learn(&self.phases.origin, |known| {
            known.http_version = Some(http_version(response));
            known.tls_version = version.or(marks.tls_version).map(str::to_owned).or(known.tls_version.take());
            known.certificate = certificate.or(known.certificate.take());
            if self.proxy.is_some() {
                // What was resolved and dialled is the proxy.
            } else if !marks.addresses.is_empty() {
                known.addresses = marks.addresses;
            } else if let (true, Some(address)) = (known.addresses.is_empty(), response.remote_addr()) {
                known.addresses = vec![address.ip().to_string()];
            }
        });
    }

    /// No head of an answer came: an error, or the time was up.
    async fn failed(&self, error: Option<&reqwest::Error>, journal: &RunLog) -> HttpFailure {
        let marks = self.phases.marks();
        let reached = reached(&marks, error);
        self.http.0.memory.learn(&self.phases.origin, |known| {
            if self.proxy.is_none() && !marks.addresses.is_empty() {
                known.addresses.clone_from(&marks.addresses);
            }
            if marks.certificate.is_some() {
                known.certificate.clone_from(&marks.certificate);
            }
        });
        let seen = Circumstances {
            resolving: marks.is_resolving().then(|| marks.dns_name.clone()),
            tunnel: self.tunnel(&marks, error, journal).await,
            ..self.circumstances(reached, 0, marks.certificate.as_deref())
        };
        let mut fault = match error {
            Some(error) => failure::from_error(error, &seen),
            None => failure::timed_out(&seen),
        };
        fault.timing = marks.timing(false);
        fault.timing.total = Some(ms(self.began, Instant::now()));
        HttpFailure { unanswered: fault.code == Code::NetReset, fault }
    }

    /// The connection through the proxy, if it is the part that was not established, with the proxy's response to a
    /// second request.
    async fn tunnel(&self, marks: &Timestamps, error: Option<&reqwest::Error>, journal: &RunLog) -> Option<Tunnel> {
        let proxy = self.proxy.as_ref()?;
        let own_handshakes = usize::from(proxy.scheme() == "https");
        let stands = marks.connected.is_some() || marks.is_pooled() || marks.handshakes > own_handshakes;
        if stands || error.is_some_and(|error| !error.is_connect() && !error.is_timeout()) {
            return None;
        }
        // Without an address there is nobody to ask.
        let answer = if error.is_some_and(reqwest::Error::is_dns) || marks.is_resolving() {
            None
        } else {
            let text = format!("proxy {} is asked once more, for what it answers and speaks", host(proxy));
            journal.log(LogLevel::Info, Some(self.ask.check), text);
            let hung = error.is_none_or(reqwest::Error::is_timeout);
            Some(proxy_diagnosis::ask(proxy, &self.ask.url, &self.http.0.trust.tls, hung).await)
        };
        Some(Tunnel {
            scheme: proxy.scheme().to_owned(),
            has_login: !proxy.username().is_empty() || proxy.password().is_some(),
            answer,
        })
    }

    /// Reason why the body ended early, if it did; `stop` is `None` if the time was up.
    fn cut(&self, stop: Option<ReadBodyError>, received: usize, cap: usize) -> Option<Fault> {
        let seen = || self.circumstances(ExchangeStage::Head, received, None);
        match stop {
            Some(ReadBodyError::End | ReadBodyError::Enough) => None,
            Some(ReadBodyError::Full) => {
                let cap = cap / 1024;
                Some(Fault::new(Code::HttpTooLarge).detail(format!("the answer is larger than {cap} KiB")))
            }
            Some(ReadBodyError::Broken(error)) => Some(failure::from_error(&error, &seen())),
            None => Some(failure::timed_out(&seen())),
        }
    }

    fn timing(&self, head_at: Instant) -> Timing {
        let marks = self.phases.marks();
        Timing {
            first_byte: Some(ms(marks.connected.unwrap_or(self.began), head_at)),
            total: Some(ms(self.began, Instant::now())),
            ..marks.timing(true)
        }
    }

    /// Returns true if a part of the connection is encrypted.
    fn is_tls(&self) -> bool {
        std::iter::once(&self.ask.url).chain(&self.proxy).any(|url| url.scheme() == "https")
    }

    fn circumstances(&self, reached: ExchangeStage, received: usize, der: Option<&[u8]>) -> Circumstances<'_> {
        let now = Timestamp::now();
        Circumstances {
            host: &self.host,
            reached,
            resolving: None,
            received,
            certificate: der.and_then(|der| certificate::read(der, now)),
            proxy: self.http.0.proxies.shown(&self.ask.url),
            tunnel: None,
            has_roots: !self.is_tls() || self.http.0.trust.roots.verifier().is_some(),
            connect_limit: self.http.0.connect_limit,
            exchange_limit: self.http.0.exchange_limit,
            now,
        }
    }
}

/// Stage of an exchange without a response. A second connection may have started beside the pooled one, so the error
/// has precedence over the recorded instants.
fn reached(marks: &Timestamps, error: Option<&reqwest::Error>) -> ExchangeStage {
    match (error, marks.connected, marks.hello) {
        (Some(error), ..) if !error.is_connect() => ExchangeStage::Connected,
        (_, Some(_), _) => ExchangeStage::Connected,
        (_, None, Some(_)) => ExchangeStage::Tcp,
        (None, None, None) if marks.is_pooled() => ExchangeStage::Connected,
        (_, None, None) => ExchangeStage::Nothing,
    }
}

fn http_version(response: &Response) -> String {
    match response.version() {
        reqwest::Version::HTTP_2 => "HTTP/2".to_owned(),
        other => format!("{other:?}"),
    }
}

fn host(url: &Url) -> String {
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// Time after which the operator is informed that the wait continues.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
