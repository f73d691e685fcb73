//! The judged result of a run, and the report that is written from it (`halo-onboard.report.v1`).

use serde::Serialize;

use super::codes::{Code, ExitClass};
use super::evidence::Timing;

/// Stage of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Before anything is sent.
    Input,
    /// `/api/authinfo`, and the connection that it needs.
    Discovery,
    /// The token endpoint.
    Token,
    /// The agent as which the token acts.
    Identity,
    /// The list endpoints.
    Probe,
}

/// Status of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As the guide wants it.
    Passed,
    /// Works, but is not as the guide wants it, or stayed unproved.
    Warned,
    /// Failed.
    Failed,
    /// Not asked, because something before it failed or it was left out.
    Skipped,
}

impl Status {
    /// Label for people, at most four letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Warned => "warn",
            Self::Failed => "FAIL",
            Self::Skipped => "skip",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// `input`, `discovery`, `token`, `identity`, or a probe's id.
    pub id: String,
    /// Stage of the run.
    pub stage: Stage,
    /// Halo's endpoint name, for the probes of an endpoint.
    pub endpoint: Option<String>,
    /// Title for people.
    #[serde(skip)]
    pub title: String,
    /// Status of the check.
    pub status: Status,
    /// Code of the diagnosis.
    pub code: Code,
    /// One sentence.
    pub summary: String,
    /// HTTP status of its response.
    pub http_status: Option<u16>,
    /// Milliseconds.
    pub timing_ms: Timing,
}

/// State of a fact of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FactState {
    /// The API showed that it holds.
    Proved,
    /// The API showed that it does not hold.
    Contradicted,
    /// The API could have shown it, but did not.
    Unproved,
    /// Only a person can confirm it.
    Operator,
}

impl FactState {
    /// Label for people, the same in every face and format.
    pub fn label(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Contradicted => "contradicted",
            Self::Unproved => "not proved",
            Self::Operator => "for you to confirm",
        }
    }
}

/// One fact of the guide after a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// Number in the guide.
    pub id: String,
    /// Label on Halo's screen.
    pub label: String,
    /// Value that the guide wants.
    pub expected: String,
    /// Value or evidence that was found.
    pub found: Option<String>,
    /// State of the fact.
    pub state: FactState,
}

/// Severity of a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The integration will not work.
    Blocking,
    /// It works, but is not as the guide wants it.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Label for people, the same in every face and format but for capitals.
    pub fn label(self) -> &'static str {
        match self {
            Self::Blocking => "blocks",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One conclusion with what fixes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// Stable word.
    pub code: Code,
    /// Severity of the diagnosis.
    pub severity: Severity,
    /// One sentence.
    pub summary: String,
    /// Steps through Halo's screens, in Halo's words.
    pub fix: Vec<String>,
    /// Facts that it is about.
    pub facts: Vec<String>,
    /// Checks of the diagnosis.
    pub checks: Vec<String>,
}

/// The one word for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that is needed works.
    Ready,
    /// Works, with warnings.
    ReadyWithWarnings,
    /// Something blocks.
    NotReady,
    /// Nothing can be said; try again.
    Undetermined,
}

impl Verdict {
    /// Label for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::ReadyWithWarnings => "READY, with warnings",
            Self::NotReady => "NOT READY",
            Self::Undetermined => "NO VERDICT",
        }
    }
}

/// Everything that follows from the evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The checks, in order of display.
    pub checks: Vec<Check>,
    /// The facts, in the guide's order.
    pub facts: Vec<Fact>,
    /// The diagnoses, most severe and earliest first.
    pub diagnoses: Vec<Diagnosis>,
    /// The one word.
    pub verdict: Verdict,
    /// The first blocking diagnosis's code, else `ok` or `ok.partial`.
    pub code: Code,
}

impl Judgement {
    /// What works here and may not work from the vendor's servers: for whoever enters the values in the vendor's form.
    pub fn vendor_side(&self) -> impl Iterator<Item = &Diagnosis> {
        self.diagnoses.iter().filter(|diagnosis| diagnosis.code.is_of_vendor_side())
    }

    /// The exit status: the lowest layer of all blocking diagnoses wins.
    pub fn exit_status(&self, strict: bool) -> u8 {
        let blocking = self.diagnoses.iter().filter(|d| d.severity == Severity::Blocking).map(exit_class);
        match blocking.min() {
            Some(class) => class.status(),
            None if strict && self.diagnoses.iter().any(|d| d.severity == Severity::Warning) => {
                ExitClass::NotReady.status()
            }
            None => ExitClass::Ready.status(),
        }
    }
}

/// The exit class of one blocking diagnosis: an `http.*` failure of the sign-in or of discovery belongs to that layer.
pub fn exit_class(diagnosis: &Diagnosis) -> ExitClass {
    let class = diagnosis.code.exit_class();
    if class != ExitClass::NotReady || !diagnosis.code.id().starts_with("http.") {
        return class;
    }
    match diagnosis.checks.first().map(String::as_str) {
        Some("discovery") => ExitClass::Unreachable,
        Some("token") => ExitClass::SignIn,
        _ => class,
    }
}

/// Target of a run, for the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Target {
    /// Origin of the resource server.
    pub resource_server: String,
    /// The authorisation server, once known.
    pub auth_server: Option<String>,
    /// Tenant, once known.
    pub tenant: Option<String>,
    /// Client ID.
    pub client_id: String,
    /// Scopes asked for.
    pub scopes_requested: Vec<String>,
    /// Scopes that the response echoed; `None` without an echo.
    pub scopes_granted: Option<Vec<String>>,
}

/// The report of a run: `halo-onboard.report.v1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Program and version.
    pub program: String,
    /// The guide's id.
    pub guide: String,
    /// Start, RFC 3339.
    pub started_at: String,
    /// Wall time in milliseconds.
    pub duration_ms: u64,
    /// Target of the run.
    pub target: Target,
    /// The one word.
    pub verdict: Verdict,
    /// The first blocking diagnosis's code, else `ok` or `ok.partial`.
    pub code: Code,
    /// The checks, in order of display.
    pub checks: Vec<Check>,
    /// The facts, in the guide's order.
    pub facts: Vec<Fact>,
    /// The diagnoses, most severe and earliest first.
    pub diagnoses: Vec<Diagnosis>,
}

/// The schema's name.
pub const SCHEMA: &str = "halo-onboard.report.v1";
/// Program and version, as in reports and in the `User-Agent`.
pub const PROGRAM: &str = concat!("halo-onboard ", env!("CARGO_PKG_VERSION"));
