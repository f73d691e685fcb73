//! One exchange: a request and its answer, within its limits, without redirects or retries.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, Request, Response};
use tokio::time::timeout_at;
use url::Url;
use zeroize::Zeroizing;

use super::body::{self, Bytes, Stop};
use super::phases::{self, Marks, Phases, ms};
use super::redirect::is_redirect;
use super::{Http, certificate, retry_after, tell};
use crate::domain::code::Code;
use crate::domain::evidence::{Fault, Timing};
use crate::probe::fault::{self, Circumstances, Reached};
use crate::probe::journal::Journal;
use crate::secret::Secret;

/// A request. GET and the token's POST are the only two there are.
pub(in crate::probe) struct Ask<'a> {
    /// The check that asks, for the log.
    pub check: &'a str,
    /// Where.
    pub url: Url,
    /// Most bytes of the answer's body, after decompression.
    pub cap: usize,
    /// What.
    pub what: What<'a>,
}

/// The two kinds of requests.
pub(in crate::probe) enum What<'a> {
    /// GET, with a token when it goes to the API.
    Get(Option<&'a Bearer>),
    /// The token request: a form that holds the secret.
    Post(bytes::Bytes),
}

impl Ask<'_> {
    /// Method, path and query, as in the log.
    pub(in crate::probe) fn line(&self) -> String {
        let method = match self.what {
            What::Get(_) => "GET ",
            What::Post(_) => "POST",
        };
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{method} {}{query}", self.url.path())
    }
}

/// A token as a header, good for one origin only.
pub(in crate::probe) struct Bearer {
    value: HeaderValue,
    origin: String,
}

impl Bearer {
    /// None when the token cannot stand in a header.
    pub(in crate::probe) fn new(token: &Secret, origin: &str) -> Option<Self> {
        let mut text = Zeroizing::new(Vec::with_capacity("Bearer ".len() + token.expose().len()));
        text.extend_from_slice(b"Bearer ");
        text.extend_from_slice(token.expose().as_bytes());
        // The header keeps this very buffer, which is overwritten when the last request has let go of it.
        let mut value = HeaderValue::from_maybe_shared(bytes::Bytes::from_owner(text)).ok()?;
        value.set_sensitive(true);
        Some(Self { value, origin: origin.to_owned() })
    }
}

/// An answer.
pub(in crate::probe) struct Reply {
    pub status: u16,
    pub body: Bytes,
    /// Why the body ends before its end.
    pub cut: Option<Fault>,
    pub content_type: Option<String>,
    pub date: Option<String>,
    pub retry_after: Option<u64>,
    pub location: Option<Vec<u8>>,
    pub timing: Timing,
}

#[cfg(test)]
impl Reply {
    /// An answer as a test wants it.
    pub(in crate::probe) fn test(status: u16, body: &str) -> Self {
        Self {
            status,
            body: Zeroizing::new(body.as_bytes().to_vec()),
            cut: None,
            content_type: None,
            date: None,
            retry_after: None,
            location: None,
            timing: Timing::default(),
        }
    }
}

/// No answer.
pub(in crate::probe) struct Failure {
    pub fault: Fault,
    /// True when the connection was cut before any byte of an answer.
    pub unanswered: bool,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, unanswered: false }
    }
}

/// What is known of an exchange while it goes on.
struct Course<'a> {
    http: &'a Http,
    ask: &'a Ask<'a>,
    host: String,
    phases: std::sync::Arc<Phases>,
    began: Instant,
}

impl Http {
    /// Sends one request and reads its answer.
    pub(super) async fn exchange(&self, ask: &Ask<'_>, journal: &Journal) -> Result<Reply, Failure> {
        let course = Course {
            http: self,
            ask,
            host: host(&ask.url),
            phases: Phases::new(ask.url.origin().ascii_serialization(), matches!(ask.what, What::Get(_))),
            began: Instant::now(),
        };
        let deadline = (course.began + self.0.exchange_limit).into();
        let sent = phases::noted(course.phases.clone(), self.0.client.execute(request(ask)));
        let whom = tell::Whom { journal, check: ask.check, host: &course.host };
        let told = tell::following(sent, &course.phases, &whom);
        let mut response = match timeout_at(deadline, told).await {
            Err(_) => return Err(course.failed(None)),
            Ok(Err(error)) => return Err(course.failed(Some(&error))),
            Ok(Ok(response)) => response,
        };
        let head_at = Instant::now();
        self.learn(&course.phases, &response);
        let mut reply = head(&response, ask.cap);
        if !is_redirect(reply.status) {
            let stop = timeout_at(deadline, body::read(&mut response, &mut reply.body, ask.cap)).await;
            reply.cut = course.cut(stop.ok(), reply.body.len());
        }
        reply.timing = course.timing(head_at);
        if let Some(cut) = &mut reply.cut {
            cut.timing = reply.timing;
        }
        Ok(reply)
    }

    /// Remembers what the answer shows of its connection.
    fn learn(&self, phases: &Phases, response: &Response) {
        let marks = phases.marks();
        let info = response.extensions().get::<reqwest::tls::TlsInfo>();
        let version = info.and_then(reqwest::tls::TlsInfo::version).and_then(|version| match version {
            reqwest::tls::Version::TLS_1_2 => Some("TLS 1.2"),
            reqwest::tls::Version::TLS_1_3 => Some("TLS 1.3"),
            _ => None,
        });
        let certificate = info.and_then(|info| info.peer_certificate().map(<[u8]>::to_vec)).or(marks.certificate);
        self.0.memory.learn(&phases.origin, |known| {
            known.http_version = Some(http_version(response));
            known.tls_version = version.or(marks.tls_version).map(str::to_owned).or(known.tls_version.take());
            known.certificate = certificate.or(known.certificate.take());
            if !marks.addresses.is_empty() {
                known.addresses = marks.addresses;
            } else if let (true, Some(address)) = (known.addresses.is_empty(), response.remote_addr()) {
                known.addresses = vec![address.ip().to_string()];
            }
        });
    }
}

impl Course<'_> {
    /// No head of an answer came: an error, or the time was up.
    fn failed(&self, error: Option<&reqwest::Error>) -> Failure {
        let marks = self.phases.marks();
        let reached = reached(&marks, error);
        self.http.0.memory.learn(&self.phases.origin, |known| {
            if !marks.addresses.is_empty() {
                known.addresses.clone_from(&marks.addresses);
            }
            if marks.certificate.is_some() {
                known.certificate.clone_from(&marks.certificate);
            }
        });
        let seen = self.circumstances(reached, 0, marks.certificate.as_deref());
        let mut fault = match error {
            Some(error) => fault::from_error(error, &seen),
            None => fault::timed_out(&seen),
        };
        fault.timing = marks.timing(false);
        fault.timing.total = Some(ms(self.began, Instant::now()));
        Failure { unanswered: fault.code == Code::NetReset, fault }
    }

    /// Why the body ended early, if it did; `stop` is none when the time was up.
    fn cut(&self, stop: Option<Stop>, received: usize) -> Option<Fault> {
        let seen = || self.circumstances(Reached::Head, received, None);
        match stop {
            Some(Stop::End) => None,
            Some(Stop::Full) => {
                let cap = self.ask.cap / 1024;
                Some(Fault::new(Code::HttpTooLarge).detail(format!("the answer is larger than {cap} KiB")))
            }
            Some(Stop::Broken(error)) => Some(fault::from_error(&error, &seen())),
            None => Some(fault::timed_out(&seen())),
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

    fn circumstances(&self, reached: Reached, received: usize, der: Option<&[u8]>) -> Circumstances<'_> {
        let now = Timestamp::now();
        Circumstances {
            host: &self.host,
            reached,
            received,
            certificate: der.and_then(|der| certificate::read(der, now)),
            proxy: self.http.0.proxies.shown(&self.ask.url),
            has_roots: self.http.0.has_roots,
            connect_limit: self.http.0.connect_limit,
            exchange_limit: self.http.0.exchange_limit,
            now,
        }
    }
}

/// How far an exchange without an answer came. A connection may have begun beside the pooled one that was used in the
/// end, so the error's word comes before the marks.
fn reached(marks: &Marks, error: Option<&reqwest::Error>) -> Reached {
    match (error, marks.connected, marks.hello) {
        (Some(error), ..) if !error.is_connect() => Reached::Connected,
        (_, Some(_), _) => Reached::Connected,
        (_, None, Some(_)) => Reached::Tcp,
        (None, None, None) if marks.is_pooled() => Reached::Connected,
        (_, None, None) => Reached::Nothing,
    }
}

fn request(ask: &Ask<'_>) -> Request {
    match &ask.what {
        What::Get(bearer) => {
            let mut request = Request::new(Method::GET, ask.url.clone());
            // A token never leaves the origin it is for, whatever asks.
            if let Some(bearer) = bearer.filter(|bearer| bearer.origin == ask.url.origin().ascii_serialization()) {
                request.headers_mut().insert(header::AUTHORIZATION, bearer.value.clone());
            }
            request
        }
        What::Post(form) => {
            let mut request = Request::new(Method::POST, ask.url.clone());
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(header::CONTENT_TYPE, kind);
            *request.body_mut() = Some(form.clone().into());
            request
        }
    }
}

fn head(response: &Response, cap: usize) -> Reply {
    let headers = response.headers();
    let date = text(headers, header::DATE);
    let wait = text(headers, header::RETRY_AFTER);
    Reply {
        status: response.status().as_u16(),
        body: body::room(cap),
        cut: None,
        content_type: text(headers, header::CONTENT_TYPE),
        retry_after: wait.and_then(|wait| retry_after(&wait, date.as_deref(), Timestamp::now())),
        date,
        location: headers.get(header::LOCATION).map(|value| value.as_bytes().to_vec()),
        timing: Timing::default(),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
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

/// How long until the operator is told that the wait goes on.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
