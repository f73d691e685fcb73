//! The messages of an exchange: what can be asked, and what is kept of an answer.

use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, Request, Response};
use url::Url;
use zeroize::Zeroizing;

use super::read_body;
use super::read_body::Bytes;
use super::retry_after;
use crate::domain::evidence::{BearerError, Fault, Rows, Timing};
use crate::probe::response_body::NotJson;
use crate::probe::row_scanner::WantedRows;
use crate::secret::Secret;

/// A request. GET and the token's POST are the only two there are.
pub(in crate::probe) struct HttpRequest<'a> {
    /// The check that asks, for the log.
    pub check: &'a str,
    /// Where.
    pub url: Url,
    /// Most bytes of the answer's body, after decompression.
    pub cap: usize,
    /// Rows that are looked for while the body streams; reading stops once they were seen.
    pub scan: Option<WantedRows>,
    /// What.
    pub what: RequestKind<'a>,
}

/// The two kinds of requests.
pub(in crate::probe) enum RequestKind<'a> {
    /// GET, with a token when it goes to the API.
    Get(Option<&'a Bearer>),
    /// The token request: a form that holds the secret.
    Post(bytes::Bytes),
}

impl HttpRequest<'_> {
    /// The request as the HTTP library wants it.
    pub(super) fn request(&self) -> Request {
        match &self.what {
            RequestKind::Get(bearer) => {
                let mut request = Request::new(Method::GET, self.url.clone());
                // A token never leaves the origin it is for, whatever asks.
                if let Some(bearer) = bearer.filter(|bearer| bearer.origin == self.url.origin().ascii_serialization()) {
                    request.headers_mut().insert(header::AUTHORIZATION, bearer.value.clone());
                }
                request
            }
            RequestKind::Post(form) => {
                let mut request = Request::new(Method::POST, self.url.clone());
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers_mut().insert(header::CONTENT_TYPE, kind);
                *request.body_mut() = Some(form.clone().into());
                request
            }
        }
    }

    /// The scopes that a token request asks for. Only their part of the form is decoded: another holds the secret.
    pub(in crate::probe) fn scope(&self) -> Option<String> {
        let RequestKind::Post(form) = &self.what else { return None };
        let part = form.split(|byte| *byte == b'&').find(|part| part.starts_with(b"scope="))?;
        url::form_urlencoded::parse(part).next().map(|(_, scope)| scope.into_owned())
    }

    /// Returns true for the token request.
    pub(in crate::probe) fn is_post(&self) -> bool {
        matches!(self.what, RequestKind::Post(_))
    }

    /// Method, path and query, as in the log.
    pub(in crate::probe) fn line(&self) -> String {
        let method = match self.what {
            RequestKind::Get(_) => "GET ",
            RequestKind::Post(_) => "POST",
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
    /// Returns `None` if the token cannot be used in a header.
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
pub(in crate::probe) struct HttpResponse {
    pub status: u16,
    pub body: Bytes,
    /// Rows of a list, read while it streamed; only the start of its body is kept. `None` if no list was expected.
    pub rows: Option<Result<Option<Rows>, NotJson>>,
    /// OAuth error code of a refusal whose body is longer than what is kept of it.
    pub oauth_error: Option<String>,
    /// Reason why the body is incomplete.
    pub cut: Option<Fault>,
    pub content_type: Option<String>,
    pub date: Option<String>,
    pub retry_after: Option<u64>,
    pub location: Option<Vec<u8>>,
    /// `Content-Encoding` of a body that could not be decompressed, because this client does not know it.
    pub encoding: Option<String>,
    pub front: ServerHeaders,
    pub timing: Timing,
}

/// Headers that identify the sender of a response.
#[derive(Clone, Debug, Default)]
pub(in crate::probe) struct ServerHeaders {
    /// Every `Server`, joined by commas.
    pub server: Option<String>,
    /// `x-amzn-errortype` is there: Amazon's API gateway answered by itself.
    pub gateway_error: bool,
    /// Every `WWW-Authenticate`, as it came.
    pub challenges: Vec<String>,
    /// `cf-mitigated` is there: Cloudflare answered by itself.
    pub mitigated: bool,
}

impl ServerHeaders {
    fn of(headers: &HeaderMap) -> Self {
        let challenges = headers.get_all(header::WWW_AUTHENTICATE);
        Self {
            server: every(headers, &header::SERVER),
            gateway_error: headers.contains_key("x-amzn-errortype"),
            challenges: challenges.iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect(),
            mitigated: headers.contains_key("cf-mitigated"),
        }
    }

    /// Asks for Windows authentication.
    pub(in crate::probe) fn asks_for_windows(&self) -> bool {
        self.asks_for("negotiate") || self.asks_for("ntlm") || self.asks_for("kerberos")
    }

    /// Asks for a user name and a password.
    pub(in crate::probe) fn asks_for_basic(&self) -> bool {
        self.asks_for("basic") || self.asks_for("digest") || self.asks_for("key")
    }

    /// Asks for a bearer token.
    pub(in crate::probe) fn asks_for_bearer(&self) -> bool {
        self.asks_for("bearer")
    }

    fn asks_for(&self, scheme: &str) -> bool {
        let schemes = self.challenges.iter().flat_map(|value| value.split(',')).map(str::trim_start);
        schemes.into_iter().any(|value| {
            let name = value.split([' ', '=']).next().unwrap_or_default();
            name.eq_ignore_ascii_case(scheme)
        })
    }

    /// The `error` of a `Bearer` challenge (RFC 6750, 3.1).
    pub(in crate::probe) fn bearer_error(&self) -> Option<BearerError> {
        match self.bearer_word()?.as_str() {
            "invalid_token" => Some(BearerError::InvalidToken),
            "insufficient_scope" => Some(BearerError::InsufficientScope),
            _ => None,
        }
    }

    /// The `error` of a `Bearer` challenge as a word in lower case.
    pub(in crate::probe) fn bearer_word(&self) -> Option<String> {
        let start = |value: &&String| value.trim_start().to_ascii_lowercase().starts_with("bearer");
        let lower = self.challenges.iter().find(start)?.to_ascii_lowercase();
        let value = lower.split("error=").nth(1)?.trim_start_matches('"');
        value.split(['"', ',', ' ', ';']).next().map(str::to_owned)
    }

    /// The `error_description` of a `Bearer` challenge.
    pub(in crate::probe) fn bearer_description(&self) -> Option<String> {
        let start = |value: &&String| value.trim_start().to_ascii_lowercase().starts_with("bearer");
        let text = self.challenges.iter().find(start)?;
        let at = text.to_ascii_lowercase().find("error_description=\"")? + "error_description=\"".len();
        text.get(at..)?.split('"').next().map(str::to_owned)
    }
}

impl HttpResponse {
    /// The head of an answer, with room for its body.
    pub(super) fn head(response: &Response, cap: usize) -> Self {
        let headers = response.headers();
        let date = text(headers, header::DATE);
        let wait = text(headers, header::RETRY_AFTER);
        Self {
            status: response.status().as_u16(),
            body: read_body::room(cap),
            rows: None,
            oauth_error: None,
            cut: None,
            content_type: text(headers, header::CONTENT_TYPE),
            retry_after: wait.and_then(|wait| retry_after(&wait, date.as_deref(), Timestamp::now())),
            date,
            front: ServerHeaders::of(headers),
            location: headers.get(header::LOCATION).map(|value| value.as_bytes().to_vec()),
            encoding: unsupported_encoding(headers),
            timing: Timing::default(),
        }
    }
}

/// The encoding that is left on a body: what the HTTP library knows, it has decompressed and taken out of the head.
fn unsupported_encoding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let names: Vec<String> = values.map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned()).collect();
    let encoded = |name: &&str| !name.is_empty() && !name.eq_ignore_ascii_case("identity");
    let names = names.iter().flat_map(|value| value.split(',')).map(str::trim);
    let names: Vec<&str> = names.filter(encoded).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// All values of a header, joined by commas.
fn every(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
impl HttpResponse {
    /// An answer as a test wants it.
    pub(in crate::probe) fn test(status: u16, body: &str) -> Self {
        Self {
            status,
            body: Zeroizing::new(body.as_bytes().to_vec()),
            rows: None,
            oauth_error: None,
            cut: None,
            content_type: None,
            date: None,
            retry_after: None,
            location: None,
            encoding: None,
            front: ServerHeaders::default(),
            timing: Timing::default(),
        }
    }
}

/// No answer.
pub(in crate::probe) struct HttpFailure {
    pub fault: Fault,
    /// True when the connection was cut before any byte of an answer.
    pub unanswered: bool,
}

impl From<Fault> for HttpFailure {
    fn from(fault: Fault) -> Self {
        Self { fault, unanswered: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_is_left_on_a_body_is_named() {
        for (values, wanted) in [
            (&[][..], None),
            (&[""][..], None),
            (&["identity"], None),
            (&["Identity, identity"], None),
            (&["br"], Some("br")),
            (&["zstd"], Some("zstd")),
            (&["deflate"], Some("deflate")),
            (&["GZIP"], Some("GZIP")),
            (&["gzip, br"], Some("gzip, br")),
            (&["gzip", "compress"], Some("gzip, compress")),
            (&["identity", "br"], Some("br")),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            assert_eq!(unsupported_encoding(&headers).as_deref(), wanted, "{values:?}");
        }
    }
}
