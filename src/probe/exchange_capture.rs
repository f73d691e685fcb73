//! Hands every exchange to the recorder of its run, as it happened.

use jiff::Timestamp;

use super::http::{HttpFailure, HttpRequest, HttpResponse, http_date};
use super::interceptor;
use super::response_body::{NotJson, decode, title};
use super::response_errors::is_page;
use crate::recording::{BodyContent, CapturedExchange, CapturedResponse, Recorder};

/// A request is sent. Gives its place in the recording.
pub(super) fn sent(recorder: &Recorder, ask: &HttpRequest<'_>, sent_ms: u64) -> usize {
    let scopes = ask.scope();
    recorder.sent(&CapturedExchange {
        check: ask.check,
        method: if ask.is_post() { "POST" } else { "GET" },
        url: &ask.url,
        scopes: scopes.as_deref(),
        sent_ms,
    })
}

/// The request at this place has come to its end.
pub(super) fn ended(
    recorder: &Recorder,
    place: usize,
    ask: &HttpRequest<'_>,
    result: &Result<HttpResponse, HttpFailure>,
) {
    match result {
        Ok(reply) => recorder.answered(place, &ask.url, reply.timing, &captured(reply)),
        Err(failure) => recorder.failed(place, &ask.url, &failure.fault, failure.unanswered),
    }
}

fn captured(reply: &HttpResponse) -> CapturedResponse<'_> {
    let front = &reply.front;
    let date = reply.date.as_deref().and_then(http_date);
    let schemes = [
        (front.asks_for_windows(), "Negotiate"),
        (front.asks_for_basic(), "Basic"),
        (front.asks_for_bearer(), "Bearer"),
    ];
    let gateway = [(front.gateway_error, "x-amzn-errortype"), (front.mitigated, "cf-mitigated")];
    let named = |(is_there, name): (bool, &'static str)| is_there.then_some(name);
    CapturedResponse {
        status: reply.status,
        content_type: reply.content_type.as_deref(),
        server: front.server.as_deref(),
        date_skew_s: date.map(|date| date.as_second() - Timestamp::now().as_second()),
        retry_after_s: reply.retry_after,
        location: reply.location.as_deref(),
        schemes: schemes.into_iter().filter_map(named).collect(),
        bearer_error: front.bearer_word(),
        bearer_description: front.bearer_description(),
        gateway_headers: gateway.into_iter().filter_map(named).collect(),
        rows: reply.rows.as_ref().map(|rows| match rows {
            Ok(rows) => Ok(rows.as_ref()),
            Err(NotJson::Empty) => Err(""),
            Err(NotJson::Broken(why)) => Err(why.as_str()),
        }),
        body: content(reply),
        marks: interceptor::marks(reply),
        cut: reply.cut.as_ref(),
    }
}

fn content(reply: &HttpResponse) -> BodyContent<'_> {
    if reply.body.is_empty() {
        return BodyContent::Empty;
    }
    if is_page(reply) {
        let title = title(&reply.body);
        let marks = title.as_deref().map(interceptor::title_marks).unwrap_or_default();
        return BodyContent::Page { title, marks };
    }
    // The start of a list may end in the middle of a letter.
    if reply.rows.is_some() || reply.cut.is_some() {
        let whole = std::str::from_utf8(&reply.body);
        let end = whole.map_or_else(|error| error.valid_up_to(), str::len);
        return BodyContent::Text(std::str::from_utf8(&reply.body[..end]).unwrap_or_default());
    }
    match decode(&reply.body, reply.content_type.as_deref()) {
        Ok(std::borrow::Cow::Borrowed(text)) => BodyContent::Text(text),
        Ok(std::borrow::Cow::Owned(text)) => BodyContent::Decoded(text),
        Err(why) => BodyContent::Undecodable(why),
    }
}
