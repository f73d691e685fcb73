//! Replay of a recording: every request gets the answer that was recorded for it, and nothing is sent. What the answers
//! mean is decided by the same code as in a run.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use zeroize::Zeroizing;

use super::http::{HttpFailure, HttpRequest, HttpResponse, ServerHeaders};
use super::response_body::NotJson;
use crate::domain::codes::Code;
use crate::domain::connection::{Connection, Field, Note, ScopePlan};
use crate::domain::evidence::{Certificate, ConnectionInfo, Fault, Rows, ServerAccess};
use crate::domain::guide::Guide;
use crate::domain::untrusted_text::UntrustedText;
use crate::recording::{
    BodyShape, ExchangeShape, FailureShape, GuideNames, LinkShape, Recording, ResponseShape, RowsShape, RunEnd, least,
    placeholder_object, placeholder_text, placeholder_value,
};

/// The Client ID of a replay where the recorded one had the usual form.
const CLIENT_ID: &str = "00000000-0000-4000-8000-000000000000";

/// The form of a recorded run, with replacements in place of its values.
pub fn connection(recording: &Recording) -> Connection {
    let shape = &recording.connection;
    let text = |text: &String| placeholder_text(text, &GuideNames::default());
    Connection {
        resource_server: shape.resource_server.clone(),
        path: shape.path.clone(),
        tenant: shape.tenant.as_ref().map(text),
        client_id: if shape.client_id_is_guid { CLIENT_ID.to_owned() } else { "client-id".to_owned() },
        scopes: shape.scopes.clone().map_or(ScopePlan::Automatic, ScopePlan::Exact),
        auth_server: shape.auth_server.clone(),
        allowed_auth_origins: shape.allowed_auth_origins.clone(),
    }
}

/// The notes about the recorded form; their texts are not in a recording.
pub fn notes(recording: &Recording) -> Vec<Note> {
    let field = |word: &str| match word {
        "url" => Field::Url,
        "tenant" => Field::Tenant,
        "client_id" => Field::ClientId,
        _ => Field::Secret,
    };
    let notes = recording.connection.notes.iter();
    let text = "what was noted about it is not in the recording".to_owned();
    notes.map(|note| Note { field: field(&note.field), cleaned: note.cleaned, text: text.clone() }).collect()
}

/// What a request is looked up by.
type RequestKey = (String, bool, String, Option<String>);

/// The recorded answers.
pub(super) struct ReplayTransport {
    answers: Mutex<HashMap<RequestKey, VecDeque<ExchangeShape>>>,
    missing: Mutex<Vec<String>>,
    names: GuideNames,
    link: ConnectionInfo,
    /// True if the recorded run ended at its limit.
    pub(super) ended_at_limit: bool,
}

impl ReplayTransport {
    pub(super) fn new(recording: &Recording, guide: &Guide) -> Self {
        let mut answers: HashMap<RequestKey, VecDeque<ExchangeShape>> = HashMap::new();
        for exchange in &recording.exchanges {
            let key =
                (exchange.check.clone(), exchange.method == "POST", exchange.url.clone(), exchange.scopes.clone());
            answers.entry(key).or_default().push_back(exchange.clone());
        }
        Self {
            answers: Mutex::new(answers),
            missing: Mutex::default(),
            names: GuideNames::of(guide),
            link: link(&recording.link, &recording.connection.resource_server),
            ended_at_limit: recording.ended == RunEnd::Limit,
        }
    }

    /// How the connection was made.
    pub(super) fn link(&self) -> ConnectionInfo {
        self.link.clone()
    }

    /// Requests for which the recording has no answer.
    pub(super) fn missing(&self) -> Vec<String> {
        locked(&self.missing).clone()
    }

    /// The recorded answer of a request. A request that had none when its run ended gets none.
    pub(super) async fn answer(&self, ask: &HttpRequest<'_>) -> Result<HttpResponse, HttpFailure> {
        let url = format!("{}{}", ask.url.origin().ascii_serialization(), ask.url.path());
        let key = (ask.check.to_owned(), ask.is_post(), url, ask.scope());
        let next = locked(&self.answers).get_mut(&key).and_then(VecDeque::pop_front);
        match next {
            Some(ExchangeShape { response: Some(response), timing_ms, .. }) => {
                let mut reply = self.response(&response);
                reply.timing = timing_ms;
                if let Some(cut) = &mut reply.cut {
                    cut.timing = timing_ms;
                }
                Ok(reply)
            }
            Some(ExchangeShape { failure: Some(failure), timing_ms, .. }) => {
                let mut fault = fault(&failure);
                fault.timing = timing_ms;
                Err(HttpFailure { fault, unanswered: failure.unanswered })
            }
            Some(_) => std::future::pending().await,
            None => {
                locked(&self.missing).push(ask.line().split('?').next().unwrap_or_default().to_owned());
                Err(Fault::new(Code::LocalBug).detail("the recording has no answer to this request").into())
            }
        }
    }

    fn response(&self, shape: &ResponseShape) -> HttpResponse {
        let location = shape.location.as_ref().map(|location| match location.as_str() {
            "<no address>" => Vec::new(),
            address => placeholder_text(address, &self.names).into_bytes(),
        });
        let gateway = |name: &str| shape.gateway_headers.iter().any(|header| header == name);
        HttpResponse {
            status: shape.status,
            body: Zeroizing::new(body(&shape.body, &self.names)),
            rows: shape.rows.as_ref().map(rows),
            // A recording keeps the start of such a body alone.
            oauth_error: None,
            cut: shape.cut.as_ref().map(fault),
            content_type: shape.content_type.clone(),
            date: shape.date_skew_s.and_then(date),
            retry_after: shape.retry_after_s,
            location,
            encoding: None,
            front: ServerHeaders {
                server: shape.server.clone(),
                gateway_error: gateway("x-amzn-errortype"),
                challenges: shape.www_authenticate.clone(),
                mitigated: gateway("cf-mitigated"),
            },
            timing: Default::default(),
        }
    }
}

fn link(shape: &LinkShape, resource_server: &str) -> ConnectionInfo {
    let proxy = shape.proxy.then(|| "a proxy (its name is not in the recording)".to_owned());
    let addresses = if shape.proxy { &[][..] } else { &shape.addresses };
    ConnectionInfo {
        access: Some(ServerAccess {
            origin: shape.origin.clone().unwrap_or_else(|| resource_server.to_owned()),
            addresses: addresses.iter().filter_map(|address| address.parse().ok()).collect(),
            proxy: proxy.clone(),
            trust: shape.trust.unwrap_or_default(),
            issuer: UntrustedText::default(),
        }),
        addresses: shape.addresses.clone(),
        proxy,
        tls_version: shape.tls_version.clone(),
        http_version: shape.http_version.clone(),
        certificate: shape.certificate_days_left.map(|days_left| Certificate { days_left, ..Certificate::default() }),
    }
}

fn fault(shape: &FailureShape) -> Fault {
    Fault::new(Code::from_id(&shape.code).unwrap_or(Code::LocalBug)).detail(&shape.detail)
}

/// A `Date` header with this difference to this machine's clock.
fn date(skew: i64) -> Option<String> {
    let date = Timestamp::now().checked_add(SignedDuration::from_secs(skew)).ok()?;
    DateTimePrinter::new().timestamp_to_rfc9110_string(&date).ok()
}

fn rows(shape: &RowsShape) -> Result<Option<Rows>, NotJson> {
    match shape {
        RowsShape::Empty => Err(NotJson::Empty),
        RowsShape::NotJson(why) => Err(NotJson::Broken(why.clone())),
        RowsShape::NoList => Ok(None),
        RowsShape::List { rows, complete, agents } => Ok(Some(Rows {
            complete: *complete,
            count: least(rows).unwrap_or_default(),
            by_agent: agents.iter().filter_map(|(id, count)| Some((id.parse().ok()?, least(count)?))).collect(),
        })),
    }
}

/// The bytes of a body that has this shape.
pub(super) fn body(shape: &BodyShape, names: &GuideNames) -> Vec<u8> {
    match shape {
        BodyShape::Empty => Vec::new(),
        BodyShape::Json(value) => placeholder_value(value, names).to_string().into_bytes(),
        BodyShape::BrokenJson { opens, fault, members } => {
            let whole = Value::Object(placeholder_object(members, names)).to_string();
            let start = match opens {
                '{' => whole.trim_end_matches('}').to_owned(),
                other => other.to_string(),
            };
            let broken = if fault == "early" { "" } else { ", !" };
            format!("{start}{broken}").into_bytes()
        }
        BodyShape::Page { title, marks } => {
            let escaped = |text: &str| text.replace('<', "&lt;").replace('>', "&gt;");
            let title = title.as_deref().map(|title| format!("<title>{}</title>", escaped(title))).unwrap_or_default();
            format!("<html><head>{title}</head><body>{}</body></html>", marks.join("\n")).into_bytes()
        }
        BodyShape::Text(text) => text.clone().into_bytes(),
        BodyShape::Undecodable(why) if why.contains("UTF-16") => b"\xff\xfe{\0".to_vec(),
        BodyShape::Undecodable(why) if why.contains("UTF-32") => b"\xff\xfe\0\0{\0\0\0".to_vec(),
        BodyShape::Undecodable(_) => b"\xff\xff".to_vec(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A recorded exchange in a form that a server can give.
#[derive(Clone, Debug)]
pub struct ServedExchange {
    /// Method of the request.
    pub method: String,
    /// Path of the request.
    pub path: String,
    /// Scopes that a token request asked for.
    pub scopes: Option<String>,
    /// Status, headers and body; `None` where no answer came.
    pub answer: Option<(u16, Vec<(&'static str, String)>, Vec<u8>)>,
}

/// The exchanges of a recording for a server at `origin`: every host of the recording is that one.
pub fn served(recording: &Recording, guide: &Guide, origin: &str) -> Vec<ServedExchange> {
    let names = GuideNames::of(guide);
    let address = |text: &str| url::Url::parse(text).ok();
    let mut origins: Vec<String> = recording
        .exchanges
        .iter()
        .filter_map(|exchange| Some(address(&exchange.url)?.origin().ascii_serialization()))
        .collect();
    origins.sort();
    origins.dedup();
    let here = |text: String| origins.iter().fold(text, |text, recorded| text.replace(recorded.as_str(), origin));
    let one = |exchange: &ExchangeShape| {
        let answer = exchange.response.as_ref().map(|response| {
            let body = match (&response.body, &response.rows) {
                (BodyShape::Json(value), Some(RowsShape::List { rows, agents, .. })) => {
                    let counts = agents.iter().filter_map(|(id, count)| Some((id.parse().ok()?, least(count)?)));
                    with_rows(placeholder_value(value, &names), least(rows).unwrap_or_default(), counts.collect())
                        .to_string()
                        .into_bytes()
                }
                (shape, _) => body(shape, &names),
            };
            let body = String::from_utf8(body).map_or_else(|error| error.into_bytes(), |text| here(text).into_bytes());
            (response.status, headers(response, &names, here), body)
        });
        ServedExchange {
            method: exchange.method.clone(),
            path: address(&exchange.url).map(|url| url.path().to_owned()).unwrap_or_default(),
            scopes: exchange.scopes.clone(),
            answer,
        }
    };
    recording.exchanges.iter().map(one).collect()
}

/// The recorded headers with their values.
fn headers(
    response: &ResponseShape,
    names: &GuideNames,
    here: impl Fn(String) -> String,
) -> Vec<(&'static str, String)> {
    let location = response.location.as_ref().map(|location| here(placeholder_text(location, names)));
    let single = [
        ("content-type", response.content_type.clone()),
        ("server", response.server.clone()),
        ("retry-after", response.retry_after_s.map(|seconds| seconds.to_string())),
        ("location", location),
        ("date", response.date_skew_s.filter(|skew| skew.abs() > 2).and_then(date)),
    ];
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let challenges = response.www_authenticate.iter().map(|value| ("www-authenticate", value.clone()));
    let gateway = ["x-amzn-errortype", "cf-mitigated"].into_iter();
    let gateway = gateway.filter(|name| response.gateway_headers.iter().any(|header| header == name));
    single.chain(challenges).chain(gateway.map(|name| (name, "recorded".to_owned()))).collect()
}

/// The list of a response with so many rows, of which so many are of these agents.
fn with_rows(mut body: Value, rows: usize, agents: Vec<(i64, usize)>) -> Value {
    let list = match &mut body {
        Value::Array(list) => Some(list),
        Value::Object(members) => {
            let is_rows = |value: &&mut Value| value.as_array().is_some();
            members
                .iter_mut()
                .filter(|(name, _)| *name != "columns")
                .map(|(_, value)| value)
                .find(is_rows)
                .and_then(Value::as_array_mut)
        }
        _ => None,
    };
    if let Some(list) = list {
        let row = list.first().cloned().unwrap_or_else(|| Value::Object(Default::default()));
        let mut wanted: Vec<Value> = Vec::new();
        for (agent, count) in agents {
            let mut row = row.clone();
            if let Some(members) = row.as_object_mut() {
                members.insert("agent_id".to_owned(), agent.into());
            }
            wanted.extend(std::iter::repeat_n(row, count));
        }
        let missing = rows.saturating_sub(wanted.len());
        wanted.extend(std::iter::repeat_n(row, missing));
        *list = wanted;
    }
    body
}
