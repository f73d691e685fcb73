//! The recorder of a run: it gets every exchange as it happened and keeps its shape alone.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::Url;

use super::closed_list;
use super::fault_shape;
use super::format::{
    BodyShape, ConnectionShape, ExchangeShape, LinkShape, NoteShape, Recording, ResponseShape, RowsShape, RunEnd,
    SCHEMA, VerdictShape,
};
use super::json_shape::{self, BodyOf};
use super::placeholder::{count_class, id_of, length_class};
use super::replacer::Replacer;
use super::url_shape::{is_guid, query_names};
use crate::domain::connection::{Connection, Field, Note, ScopePlan};
use crate::domain::evidence::{Answer, CertificateTrust, ConnectionInfo, Discovery, Fault, Rows, ServerAccess, Timing};
use crate::domain::guide::Guide;
use crate::domain::report::{PROGRAM, Report};
use crate::domain::untrusted_text::UntrustedText;

/// What the head of a recording says of itself.
const ABOUT: &[&str] = &[
    "One run of halo-onboard as it was exchanged with the servers: addresses, statuses, times, headers, and JSON as shapes.",
    "What stands in < > was replaced: names, ids, addresses, tenants, numbers, dates, texts and messages; a text shows its length.",
    "Everything else is on the program's closed list: OAuth's words, Halo's scope names, claim types and levels, product names.",
    "It holds no secret, no token, no row of a list, no text of a server's, and no name of the operator's. Other guides than",
    "the built-in one are named by their id. The same value has the same number everywhere in this file, and in this file only.",
];

/// The recorder of one run.
pub struct Recorder {
    state: Mutex<State>,
    connection: ConnectionShape,
    /// The resource server that is asked.
    origin: String,
    guide: String,
}

/// The replacements hold the values that they stand for, so nothing here has a `Debug` of its content.
struct State {
    replacer: Replacer,
    exchanges: Vec<ExchangeShape>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// A request as it is sent.
#[derive(Debug)]
pub struct CapturedExchange<'a> {
    /// The check that asks.
    pub check: &'a str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where.
    pub url: &'a Url,
    /// The scopes that a token request asks for.
    pub scopes: Option<&'a str>,
    /// Milliseconds from the start of the run.
    pub sent_ms: u64,
}

/// An answer as it came.
#[derive(Debug, Default)]
pub struct CapturedResponse<'a> {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Server`.
    pub server: Option<&'a str>,
    /// Seconds by which the server's clock is ahead.
    pub date_skew_s: Option<i64>,
    /// `Retry-After` in seconds.
    pub retry_after_s: Option<u64>,
    /// `Location`.
    pub location: Option<&'a [u8]>,
    /// Authentication schemes that are asked for.
    pub schemes: Vec<&'static str>,
    /// `error` of a `Bearer` challenge.
    pub bearer_error: Option<String>,
    /// `error_description` of a `Bearer` challenge.
    pub bearer_description: Option<String>,
    /// Headers of a gateway.
    pub gateway_headers: Vec<&'static str>,
    /// What a list showed; an error says where it is no JSON, and is empty where nothing came.
    pub rows: Option<Result<Option<&'a Rows>, &'a str>>,
    /// The body.
    pub body: BodyContent<'a>,
    /// Texts of known products in the body.
    pub marks: Vec<&'static str>,
    /// Why the body ended early.
    pub cut: Option<&'a Fault>,
}

/// A body as far as it could be read.
#[derive(Debug, Default)]
pub enum BodyContent<'a> {
    /// Nothing.
    #[default]
    Empty,
    /// Text that is no web page; of a list, its start.
    Text(&'a str),
    /// The same, decoded from another character set than UTF-8.
    Decoded(String),
    /// A web page.
    Page {
        /// Its title.
        title: Option<String>,
        /// Texts of known products in its title.
        marks: Vec<&'static str>,
    },
    /// No text.
    Undecodable(String),
}

impl Recorder {
    /// Begins a recording.
    pub fn new(guide: &Guide, connection: &Connection, notes: &[Note]) -> Self {
        let mut replacer = Replacer::new(guide);
        let origin = connection.resource_server.clone();
        let connection = connection_shape(connection, notes, &mut replacer);
        let state = State { replacer, exchanges: Vec::new() };
        Self { state: Mutex::new(state), connection, origin, guide: guide.id.clone() }
    }

    /// A request is sent. Gives its place in the recording.
    pub fn sent(&self, request: &CapturedExchange<'_>) -> usize {
        let mut state = self.lock();
        let replacer = &mut state.replacer;
        let query = query_names(request.url).into_iter().map(|name| name.trim_end_matches('=').to_owned()).collect();
        let shape = ExchangeShape {
            check: request.check.to_owned(),
            method: request.method.to_owned(),
            url: replacer.addresses.bare(request.url),
            query,
            scopes: request.scopes.map(|scopes| replacer.scopes(scopes)),
            sent_ms: request.sent_ms,
            before_the_run: false,
            timing_ms: Timing::default(),
            response: None,
            failure: None,
        };
        state.exchanges.push(shape);
        state.exchanges.len() - 1
    }

    /// The form has found no Halo at this address, before the run.
    pub fn nothing_at(&self, url: &Url) {
        let place = self.sent(&CapturedExchange { check: "discovery", method: "GET", url, scopes: None, sent_ms: 0 });
        self.answered(place, url, Timing::default(), &CapturedResponse { status: 404, ..CapturedResponse::default() });
        if let Some(exchange) = self.lock().exchanges.get_mut(place) {
            exchange.before_the_run = true;
        }
    }

    /// The run takes over what the form has learnt from `/api/authinfo` at this address.
    pub fn taken_over(&self, url: &Url, discovery: &Answer<Discovery>) {
        let Discovery { auth_server, named, guessed, given_by_hand, tenant, has_no_tenant, clock_skew, .. } =
            &discovery.value;
        let mut members = serde_json::Map::new();
        if !guessed {
            let named = named.as_ref().map_or(auth_server.as_str(), UntrustedText::as_str);
            members.insert("auth_url".into(), named.into());
        }
        match tenant {
            Some(tenant) => drop(members.insert("tenant_id".into(), tenant.as_str().into())),
            None if *has_no_tenant => drop(members.insert("tenant_id".into(), "Not set".into())),
            None => {}
        }
        let body = Value::Object(members).to_string();
        // An address that was given by hand is taken where nobody answers as Halo does.
        let (status, body) = match given_by_hand {
            true => (404, BodyContent::Empty),
            false => (discovery.status, BodyContent::Text(&body)),
        };
        let place = self.sent(&CapturedExchange { check: "discovery", method: "GET", url, scopes: None, sent_ms: 0 });
        let response = CapturedResponse { status, date_skew_s: *clock_skew, body, ..CapturedResponse::default() };
        self.answered(place, url, discovery.timing, &response);
        if let Some(exchange) = self.lock().exchanges.get_mut(place) {
            exchange.before_the_run = true;
        }
    }

    /// The request at this place has an answer.
    pub fn answered(&self, place: usize, url: &Url, timing: Timing, response: &CapturedResponse<'_>) {
        let mut state = self.lock();
        let shape = response_shape(response, url, &mut state.replacer);
        if let Some(exchange) = state.exchanges.get_mut(place) {
            (exchange.timing_ms, exchange.response) = (timing, Some(shape));
        }
    }

    /// The request at this place has failed.
    pub fn failed(&self, place: usize, url: &Url, fault: &Fault, unanswered: bool) {
        let mut state = self.lock();
        let shape = fault_shape::of(fault, unanswered, url, &mut state.replacer.addresses);
        if let Some(exchange) = state.exchanges.get_mut(place) {
            (exchange.timing_ms, exchange.failure) = (fault.timing, Some(shape));
        }
    }

    /// The recording of the run so far. `today` is the day of the run.
    pub fn recording(&self, link: &ConnectionInfo, report: &Report, ended: RunEnd, today: &str) -> Recording {
        let mut state = self.lock();
        // A demo stands for a Halo elsewhere; its own address is on this machine.
        let is_demo = |access: &&ServerAccess| access.origin != self.origin;
        let demo = link.access.as_ref().filter(is_demo);
        let addresses = demo.map_or_else(
            || link.addresses.clone(),
            |access| access.addresses.iter().map(ToString::to_string).collect(),
        );
        let link = LinkShape {
            addresses: addresses.iter().take(8).map(|one| state.replacer.addresses.address(one)).collect(),
            proxy: link.proxy.is_some() || demo.is_some_and(|access| access.proxy.is_some()),
            tls_version: link.tls_version.clone(),
            http_version: link.http_version.clone(),
            certificate_days_left: link.certificate.as_ref().map(|certificate| certificate.days_left),
            origin: demo
                .and_then(|access| Url::parse(&access.origin).ok())
                .map(|url| state.replacer.addresses.origin(&url)),
            trust: link.access.as_ref().map(|access| access.trust).filter(|trust| *trust != CertificateTrust::Unknown),
        };
        Recording {
            schema: SCHEMA.to_owned(),
            program: PROGRAM.to_owned(),
            about: ABOUT.iter().map(|line| (*line).to_owned()).collect(),
            replaced: state.replacer.replaced(),
            recorded_on: today.to_owned(),
            guide: self.guide.clone(),
            connection: self.connection.clone(),
            link,
            ended,
            exchanges: state.exchanges.clone(),
            verdict: VerdictShape::of(report),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VerdictShape {
    /// The verdict of a report, in codes.
    pub fn of(report: &Report) -> Self {
        let word = |value: &dyn erased::Word| value.word();
        Self {
            verdict: word(&report.verdict),
            code: report.code.id().to_owned(),
            checks: report
                .checks
                .iter()
                .map(|check| (check.id.clone(), format!("{} {}", word(&check.status), check.code.id())))
                .collect(),
            facts: report.facts.iter().map(|fact| (fact.id.clone(), word(&fact.state))).collect(),
            diagnoses: report
                .diagnoses
                .iter()
                .map(|found| format!("{} {}", word(&found.severity), found.code.id()))
                .collect(),
        }
    }
}

/// Words of the report's enumerations as in its JSON.
mod erased {
    use serde::Serialize;

    pub(super) trait Word {
        fn word(&self) -> String;
    }

    impl<T: Serialize> Word for T {
        fn word(&self) -> String {
            let value = serde_json::to_value(self).unwrap_or_default();
            value.as_str().unwrap_or_default().to_owned()
        }
    }
}

fn connection_shape(connection: &Connection, notes: &[Note], replacer: &mut Replacer) -> ConnectionShape {
    let url = |text: &str| Url::parse(text).ok();
    let scopes = match &connection.scopes {
        ScopePlan::Automatic => None,
        ScopePlan::Exact(scopes) => Some(scopes.iter().map(|scope| replacer.scope(scope)).collect()),
    };
    let addresses = &mut replacer.addresses;
    ConnectionShape {
        resource_server: url(&connection.resource_server).map(|url| addresses.origin(&url)).unwrap_or_default(),
        path: addresses.path(&connection.path),
        client_id_is_guid: is_guid(&connection.client_id),
        scopes,
        auth_server: connection
            .auth_server
            .as_deref()
            .and_then(url)
            .map(|url| addresses.bare(&url).trim_end_matches('/').to_owned()),
        allowed_auth_origins: connection
            .allowed_auth_origins
            .iter()
            .filter_map(|origin| url(origin))
            .map(|url| addresses.origin(&url))
            .collect(),
        tenant: connection.tenant.as_deref().map(|tenant| replacer.tenant(tenant)),
        notes: notes
            .iter()
            .map(|note| NoteShape { field: field_word(note.field).to_owned(), cleaned: note.cleaned })
            .collect(),
    }
}

fn field_word(field: Field) -> &'static str {
    match field {
        Field::Url => "url",
        Field::Tenant => "tenant",
        Field::ClientId => "client_id",
        Field::Secret => "secret",
    }
}

fn response_shape(response: &CapturedResponse<'_>, url: &Url, replacer: &mut Replacer) -> ResponseShape {
    ResponseShape {
        status: response.status,
        content_type: response.content_type.map(closed_list::content_type),
        server: response.server.map(closed_list::server),
        date_skew_s: response.date_skew_s,
        retry_after_s: response.retry_after_s,
        location: response.location.map(|location| location_shape(location, url, replacer)),
        www_authenticate: challenges(response, replacer),
        gateway_headers: response.gateway_headers.iter().map(|name| (*name).to_owned()).collect(),
        rows: response.rows.as_ref().map(|rows| rows_shape(rows, replacer)),
        body: body_shape(response, url, replacer),
        cut: response.cut.map(|fault| fault_shape::of(fault, false, url, &mut replacer.addresses)),
    }
}

fn location_shape(location: &[u8], url: &Url, replacer: &mut Replacer) -> String {
    let text =
        std::str::from_utf8(location).ok().filter(|text| !text.is_empty() && !text.chars().any(char::is_control));
    let target = text.and_then(|text| url.join(text).ok());
    match target {
        Some(target) if target.has_host() => format!("<{}>", replacer.addresses.url(&target)),
        _ => "<no address>".to_owned(),
    }
}

fn challenges(response: &CapturedResponse<'_>, replacer: &mut Replacer) -> Vec<String> {
    let mut out: Vec<String> =
        response.schemes.iter().filter(|scheme| **scheme != "Bearer").map(|scheme| (*scheme).to_owned()).collect();
    if response.schemes.contains(&"Bearer") {
        let word = response.bearer_error.as_deref().filter(|word| closed_list::is_oauth_error(word));
        let word = word.map(|word| format!("error=\"{word}\""));
        let description = response.bearer_description.as_deref().map(|text| replacer.message(text));
        let description = description.map(|text| format!("error_description=\"{text}\""));
        let parts: Vec<String> = word.into_iter().chain(description).collect();
        out.push(format!("Bearer {}", parts.join(", ")).trim_end().to_owned());
    }
    out
}

fn rows_shape(rows: &Result<Option<&Rows>, &str>, replacer: &mut Replacer) -> RowsShape {
    match rows {
        Err("") => RowsShape::Empty,
        Err(why) => RowsShape::NotJson((*why).to_owned()),
        Ok(None) => RowsShape::NoList,
        Ok(Some(rows)) => RowsShape::List {
            rows: count_class(rows.count).to_owned(),
            complete: rows.complete,
            agents: rows
                .by_agent
                .iter()
                .map(|(id, count)| {
                    let id = replacer.addresses.id(*id).map_or_else(|kept| kept, id_of);
                    (id.to_string(), count_class(*count).to_owned())
                })
                .collect(),
        },
    }
}

fn body_shape(response: &CapturedResponse<'_>, url: &Url, replacer: &mut Replacer) -> BodyShape {
    let marks = || response.marks.iter().map(|mark| (*mark).to_owned());
    match &response.body {
        BodyContent::Empty => BodyShape::Empty,
        BodyContent::Undecodable(why) => BodyShape::Undecodable(why.clone()),
        BodyContent::Page { title, marks: in_title } => {
            let title = title.as_deref().map(|title| {
                let marks = in_title.iter().map(|mark| format!(", {mark}")).collect::<String>();
                format!("<title of {} characters{marks}>", length_class(title.chars().count()))
            });
            BodyShape::Page { title, marks: marks().collect() }
        }
        BodyContent::Text(text) if response.rows.is_some() => match json_shape::start_of(text) {
            Some(start) => BodyShape::Json(json_shape::of(&start, BodyOf::Other, replacer)),
            None => text_shape(text, marks(), BodyOf::Other, replacer),
        },
        BodyContent::Text(text) => text_shape(text, marks(), body_of(url), replacer),
        BodyContent::Decoded(text) => text_shape(text, marks(), body_of(url), replacer),
    }
}

fn body_of(url: &Url) -> BodyOf {
    let path = url.path();
    if path.ends_with("/api/Agent/me") {
        BodyOf::Agent
    } else if path.contains("/api/Roles/") {
        BodyOf::Role
    } else {
        BodyOf::Other
    }
}

fn text_shape(text: &str, marks: impl Iterator<Item = String>, body: BodyOf, replacer: &mut Replacer) -> BodyShape {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return BodyShape::Text(" ".into());
    }
    let opens = trimmed.chars().next().filter(|c| matches!(c, '{' | '[' | '"'));
    match (serde_json::from_str::<Value>(text), opens) {
        (Ok(value), _) => BodyShape::Json(json_shape::of(&value, body, replacer)),
        (Err(error), Some(opens)) => {
            let start = json_shape::start_of(trimmed).map(|start| json_shape::of(&start, body, replacer));
            let members = match start {
                Some(Value::Object(members)) => members,
                _ => serde_json::Map::new(),
            };
            let fault = if error.is_eof() { "early" } else { "syntax" };
            BodyShape::BrokenJson { opens, fault: fault.into(), members }
        }
        (Err(_), None) => BodyShape::Text(oauth_text(trimmed, replacer).unwrap_or_else(|| {
            replacer.count("texts");
            let (first, marks): (Vec<String>, Vec<String>) =
                marks.partition(|mark| trimmed.to_lowercase().starts_with(mark));
            let marks = marks.iter().map(|mark| format!(", {mark}")).collect::<String>();
            // A text that began with an angle bracket would be taken for a web page.
            let first = first.into_iter().next().unwrap_or_else(|| "text".into());
            format!("{first} <of {} characters{marks}>", length_class(trimmed.chars().count()))
        })),
    }
}

/// An OAuth error code in a text that is no JSON: `invalid_client: …` or a form.
fn oauth_text(text: &str, replacer: &mut Replacer) -> Option<String> {
    let (first, rest) = text.split_once([':', ' ', '\n']).unwrap_or((text, ""));
    let word = first.trim_matches(['"', '\'', '.', ',']);
    if closed_list::is_oauth_error(word) {
        let message = replacer.message(rest);
        return Some(format!("{word}: {message}").trim_end_matches(": ").to_owned());
    }
    let fields: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_string());
    let word = field("error").filter(|word| closed_list::is_oauth_error(word))?;
    let description = field("error_description").map(|text| replacer.message(&text));
    Some(description.map_or_else(|| format!("error={word}"), |text| format!("error={word}&error_description={text}")))
}
