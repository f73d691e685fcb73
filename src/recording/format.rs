//! The file format of a recording, version 1. `schemas/recording.v1.json` describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::layout;
use crate::domain::evidence::{CertificateTrust, Timing};

/// Name and version of the format.
pub const SCHEMA: &str = "halo-onboard.recording.v1";

/// One recorded run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program that wrote it.
    pub program: String,
    /// What the file holds and what it leaves out, for the person who reads it.
    pub about: Vec<String>,
    /// How many values were replaced, by kind.
    pub replaced: BTreeMap<String, usize>,
    /// Day of the run.
    pub recorded_on: String,
    /// Id of the guide.
    pub guide: String,
    /// The form.
    pub connection: ConnectionShape,
    /// How the connection to the resource server was made.
    pub link: LinkShape,
    /// How the run ended.
    pub ended: RunEnd,
    /// What was exchanged, in the order of the answers.
    pub exchanges: Vec<ExchangeShape>,
    /// What the run concluded. A replay judges the exchanges again and compares.
    pub verdict: VerdictShape,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEnd {
    /// All planned checks were asked, or could not be.
    Finished,
    /// The run's time was up.
    Limit,
}

/// The values of the form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionShape {
    /// Origin of the resource server.
    pub resource_server: String,
    /// Path below which Halo was looked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The typed tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// True if the Client ID is a GUID.
    pub client_id_is_guid: bool,
    /// The scopes of `--scope`; none when they are chosen automatically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The authorisation server given by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_server: Option<String>,
    /// Other origins that may get the secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_auth_origins: Vec<String>,
    /// Notes about the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteShape>,
}

/// A note about a value of the form, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteShape {
    /// `url`, `tenant`, `client_id` or `secret`.
    pub field: String,
    /// True if the value was cleaned; false if it only has an unusual form.
    pub cleaned: bool,
}

/// How the connection to the resource server was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkShape {
    /// Addresses of the host; one that is not this machine's is replaced by another of the same kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// True if a proxy was used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proxy: bool,
    /// `TLS 1.3`, `TLS 1.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_version: Option<String>,
    /// `HTTP/1.1`, `HTTP/2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_version: Option<String>,
    /// Days that the certificate was still valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_days_left: Option<i64>,
    /// Origin by which the vendor's side is judged, where it is not the form's: a demo's. Replaced by one of the same kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Why the certificate is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<CertificateTrust>,
}

/// One request and what came of it. Neither `response` nor `failure` means that the run ended before it had an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeShape {
    /// The check that asked.
    pub check: String,
    /// `GET` or `POST`.
    pub method: String,
    /// Address without its query.
    pub url: String,
    /// Names of the query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<String>,
    /// The scopes that a token request asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
    /// Milliseconds from the start of the run.
    pub sent_ms: u64,
    /// True if the form asked before the run: then only what was understood of the answer is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub before_the_run: bool,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub timing_ms: Timing,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseShape>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureShape>,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseShape {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Products that `Server` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Seconds by which the server's clock was ahead of this machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_skew_s: Option<i64>,
    /// `Retry-After` in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// `Location`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// `WWW-Authenticate`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub www_authenticate: Vec<String>,
    /// Headers that a gateway adds to its own answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateway_headers: Vec<String>,
    /// What a list showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowsShape>,
    /// The body.
    pub body: BodyShape,
    /// Why the body ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<FailureShape>,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyShape {
    /// Nothing.
    #[default]
    Empty,
    /// JSON; of a list that was not read to its end, the part at its start.
    Json(Value),
    /// Text that begins as JSON and is none.
    BrokenJson {
        /// The first character: `{`, `[` or `"`.
        opens: char,
        /// `early`: it ends too early; `syntax`: anything else.
        fault: String,
        /// The members before the fault.
        members: Map<String, Value>,
    },
    /// A web page.
    Page {
        /// What its title says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Texts of known products that it holds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<String>,
    },
    /// Another text.
    Text(String),
    /// Bytes that are no text, or in an encoding that JSON must not have.
    Undecodable(String),
}

/// What a list showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsShape {
    /// A list.
    List {
        /// How many rows were seen: a number up to 3, then a class such as `4-10`.
        rows: String,
        /// True if the list was read to its end.
        complete: bool,
        /// Rows by the replaced id of their agent; 1 is Halo's "Unassigned".
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        agents: BTreeMap<String, String>,
    },
    /// JSON without a list.
    NoList,
    /// Nothing.
    Empty,
    /// No JSON; where it breaks.
    NotJson(String),
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureShape {
    /// The code.
    pub code: String,
    /// Particulars in the program's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// True if the connection was cut before any byte of an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
}

/// What the run concluded, in codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictShape {
    /// `ready`, `ready_with_warnings`, `not_ready`, `undetermined`.
    pub verdict: String,
    /// The report's code.
    pub code: String,
    /// Status and code of each check.
    pub checks: BTreeMap<String, String>,
    /// State of each fact.
    pub facts: BTreeMap<String, String>,
    /// Severity and code of each diagnosis.
    pub diagnoses: Vec<String>,
}

impl Recording {
    /// The file's text: JSON with short values on one line each.
    pub fn to_text(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        layout::text(&value)
    }
}
