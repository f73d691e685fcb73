//! From an answer to its text, or to the failure that it is.

use std::borrow::Cow;

use super::http::HttpResponse;
use super::interceptor;
use super::redaction::Redactor;
use super::response_body;
use super::response_body::{NotJson, decode, looks_like_html, title};
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::domain::untrusted_text::UntrustedText;

/// The text of an answer that is a success in form: status, length and encoding. `by_status` names a refusal.
///
/// # Errors
/// What the answer is instead.
pub(super) fn text<'a>(
    reply: &'a HttpResponse,
    hide: &Redactor,
    by_status: fn(u16) -> Code,
) -> Result<Cow<'a, str>, Fault> {
    if let Some(fault) = refused(reply, hide, by_status) {
        return Err(fault);
    }
    if let Some(cut) = &reply.cut {
        return Err(Fault { status: Some(reply.status), ..cut.clone() });
    }
    if reply.body.is_empty() {
        return Err(of(reply, Code::HttpEmpty));
    }
    decode(&reply.body, reply.content_type.as_deref()).map_err(|why| of(reply, Code::HttpBadJson).detail(why))
}

/// The failure of an answer that is none of the API's, or a refusal; `by_status` names it. `None` when it may be what was
/// asked for.
pub(super) fn refused(reply: &HttpResponse, hide: &Redactor, by_status: fn(u16) -> Code) -> Option<Fault> {
    intercepted(reply, hide)
        .or_else(|| (!(200..300).contains(&reply.status)).then(|| refusal(reply, hide, by_status(reply.status))))
        .or_else(|| is_page(reply).then(|| refusal(reply, hide, Code::HttpNotJson)))
}

/// The failure of an answer that something in front of Halo wrote; `None` when nothing says so.
pub(super) fn intercepted(reply: &HttpResponse, hide: &Redactor) -> Option<Fault> {
    let by = interceptor::recognise(reply)?;
    let answered_by = Some(UntrustedText::new(&hide.foreign(&by).cut(80)));
    Some(Fault { answered_by, ..refusal(reply, hide, Code::HttpIntercepted) })
}

/// Fault of a body that is not JSON.
pub(super) fn unreadable(reply: &HttpResponse, why: NotJson) -> Fault {
    match why {
        NotJson::Empty => of(reply, Code::HttpEmpty),
        NotJson::Broken(why) => of(reply, Code::HttpBadJson).detail(why),
    }
}

/// Refusal with the server's own text.
pub(super) fn refusal(reply: &HttpResponse, hide: &Redactor, code: Code) -> Fault {
    Fault { said: said(reply, hide), html: is_page(reply), retry_after: reply.retry_after, ..of(reply, code) }
}

/// A failure of this answer.
pub(super) fn of(reply: &HttpResponse, code: Code) -> Fault {
    let bearer_error = reply.front.bearer_error();
    Fault { status: Some(reply.status), timing: reply.timing, bearer_error, ..Fault::new(code) }
}

/// Returns true if the body is a web page.
pub(super) fn is_page(reply: &HttpResponse) -> bool {
    looks_like_html(&reply.body, reply.content_type.as_deref())
}

/// The server's own text: the title of a page, the message of an error, or the start of a plain text. Of JSON only
/// the message, because the rest may be data.
fn said(reply: &HttpResponse, hide: &Redactor) -> UntrustedText {
    if is_page(reply) {
        return title(&reply.body).map(|title| hide.foreign(&title)).unwrap_or_default();
    }
    let Ok(text) = decode(&reply.body, reply.content_type.as_deref()) else {
        return UntrustedText::default();
    };
    if text.trim().is_empty() {
        return reply
            .front
            .bearer_description()
            .map(|words| UntrustedText::new(&hide.foreign(&words).short()))
            .unwrap_or_default();
    }
    let words = match response_body::object(&text) {
        Ok(Some(body)) => response_body::message(&body).unwrap_or_default(),
        Ok(None) => serde_json::from_str::<String>(&text).unwrap_or_default(),
        // The start of JSON that was not read to its end.
        Err(_) if ["{", "[{", "\""].iter().any(|start| text.trim_start().starts_with(start)) => {
            response_body::message(&response_body::members_at_start(&reply.body)).unwrap_or_default()
        }
        Err(_) => response_body::words(&text),
    };
    UntrustedText::new(&hide.foreign(&words).short())
}
