//! A response before it is sent.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{ALLOW, HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Value, json};

use super::behaviours::ErrorShape;

/// Status, headers and body of a response.
pub(super) struct OutgoingResponse {
    pub status: StatusCode,
    pub content_type: Option<&'static str>,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Bytes,
}

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

impl OutgoingResponse {
    fn new(status: StatusCode, content_type: Option<&'static str>, body: impl Into<Bytes>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: body.into() }
    }

    /// Adds a header.
    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds `Retry-After`, if given.
    pub fn retry_after(self, seconds: Option<u64>) -> Self {
        match seconds {
            Some(seconds) => self.with(RETRY_AFTER, seconds.to_string()),
            None => self,
        }
    }

    pub fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status, Some(JSON), value.to_string())
    }

    pub fn ok(value: &Value) -> Self {
        Self::json(StatusCode::OK, value)
    }

    /// Creates an API error in one of the shapes that clients of Halo parse.
    pub fn api_error(status: StatusCode, shape: ErrorShape, message: &str) -> Self {
        let reply = match shape {
            ErrorShape::ResultCode => {
                Self::json(status, &json!({ "resultCode": status.as_u16(), "errorMessage": message }))
            }
            ErrorShape::ClassName => {
                Self::json(status, &json!({ "ClassName": "System.Exception", "Message": message }))
            }
            ErrorShape::Message => Self::json(status, &json!({ "Message": message })),
            ErrorShape::Error => Self::json(status, &json!({ "error": message })),
            ErrorShape::Text => Self::new(status, Some(TEXT), format!("{}:{message}", status.as_u16())),
            ErrorShape::Empty => Self::new(status, None, ""),
        };
        if status == StatusCode::UNAUTHORIZED { reply.with(WWW_AUTHENTICATE, "Bearer") } else { reply }
    }

    /// Adds the bearer error of RFC 6750; does nothing if the server does not name errors.
    pub fn bearer_error(mut self, named: bool, error: &str) -> Self {
        if named {
            self.headers.retain(|(name, _)| *name != WWW_AUTHENTICATE);
            self.headers.push((WWW_AUTHENTICATE, format!("Bearer error=\"{error}\"")));
        }
        self
    }

    /// Creates a 405 that names the allowed method.
    pub fn wrong_method(allowed: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, None, "").with(ALLOW, allowed)
    }

    /// Creates the 404 of a web server.
    pub fn not_found() -> Self {
        Self::page(StatusCode::NOT_FOUND, "404 - File or directory not found.", "")
    }

    /// Creates a portal page, as a gateway or a single-page application returns for any path.
    pub fn portal() -> Self {
        Self::page(StatusCode::OK, "Self Service Portal", "<div id=\"root\"></div>")
    }

    /// Creates the error page of several hundred kilobytes that a wrong tenant causes.
    pub fn huge_page(status: StatusCode) -> Self {
        let lines = "<p class=\"trace\">at NetHelpDesk.Startup.Resolve(HttpContext context) in Startup.cs</p>\n";
        Self::page(status, "Internal Server Error", &lines.repeat(4_000))
    }

    /// Creates a 429 with the text that is known from a live system.
    pub fn rate_limited(retry_after_s: Option<u64>) -> Self {
        let text = "Rate Limit Reached - 300 Requests per rolling 5 minute window";
        Self::new(StatusCode::TOO_MANY_REQUESTS, Some(TEXT), text).retry_after(retry_after_s)
    }

    /// Creates a 413: the body is too large or incomplete.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, None, "")
    }

    pub fn redirect(to: &str) -> Self {
        Self::new(StatusCode::FOUND, None, "").with(LOCATION, to)
    }

    /// Creates a response without a body.
    pub fn status_only(status: StatusCode) -> Self {
        Self::new(status, None, "")
    }

    /// Creates a web page.
    pub fn page(status: StatusCode, title: &str, body: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>\n"
        );
        Self::new(status, Some(HTML), page)
    }
}
