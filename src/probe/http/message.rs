//! The messages of an exchange: what can be asked, and what is kept of an answer.

use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, Request, Response};
use url::Url;
use zeroize::Zeroizing;

use super::body::{self, Bytes};
use super::retry_after;
use crate::domain::evidence::{Fault, Timing};
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
    /// The request as the HTTP library wants it.
    pub(super) fn request(&self) -> Request {
        match &self.what {
            What::Get(bearer) => {
                let mut request = Request::new(Method::GET, self.url.clone());
                // A token never leaves the origin it is for, whatever asks.
                if let Some(bearer) = bearer.filter(|bearer| bearer.origin == self.url.origin().ascii_serialization()) {
                    request.headers_mut().insert(header::AUTHORIZATION, bearer.value.clone());
                }
                request
            }
            What::Post(form) => {
                let mut request = Request::new(Method::POST, self.url.clone());
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers_mut().insert(header::CONTENT_TYPE, kind);
                *request.body_mut() = Some(form.clone().into());
                request
            }
        }
    }

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

impl Reply {
    /// The head of an answer, with room for its body.
    pub(super) fn head(response: &Response, cap: usize) -> Self {
        let headers = response.headers();
        let date = text(headers, header::DATE);
        let wait = text(headers, header::RETRY_AFTER);
        Self {
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
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
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
