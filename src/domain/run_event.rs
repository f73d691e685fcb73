//! Events of an active run. Every face (interface, plain text, JSON lines) only renders them.

use std::sync::Arc;

use super::evidence::{Evidence, Timing};
use super::report::{Judgement, Report};

/// One thing that happened in a run.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A check has begun.
    CheckStarted(String),
    /// A check has its answer; the judgement that follows holds its result.
    CheckEnded(String),
    /// Judgement of the evidence so far. A check that it does not contain has not been judged yet.
    Judged(Box<Judgement>),
    /// A line for the log.
    Log(LogLine),
    /// The run waits because the server asked for it (429, 503).
    Waiting {
        /// The check that waits.
        check: String,
        /// Seconds.
        seconds: u64,
    },
    /// A request has its answer, or its failure.
    Exchanged(Exchange),
    /// The last event of a run.
    Finished(Box<Finished>),
}

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The report.
    pub report: Report,
    /// The evidence. A later run of one check starts from it.
    pub evidence: Evidence,
    /// The text of the run's recording, if it was recorded and not stopped: it holds no value of a server.
    pub recording: Option<Arc<str>>,
}

/// One request with its answer, as a stretch of the run's time. A retry and a redirect are requests of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The check that asked.
    pub check: String,
    /// Method and path without the query: filtered, free of secrets.
    pub request: String,
    /// The whole address: filtered, free of secrets.
    pub url: String,
    /// The scopes that a token request asked for.
    pub scope: Option<String>,
    /// Time of sending, in milliseconds since the start of the run.
    pub from_ms: u64,
    /// HTTP status; `None` without a response.
    pub status: Option<u16>,
    /// Timing of the exchange.
    pub timing: Timing,
}

/// Level of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Particulars.
    Debug,
    /// Requests and answers.
    Info,
    /// As wanted.
    Ok,
    /// Works, but look at it.
    Warn,
    /// Failed.
    Error,
}

impl LogLevel {
    /// The word in the log, at most five letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Error => "FAIL",
        }
    }
}

/// One line of the log: already filtered, free of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Milliseconds since the run began.
    pub at_ms: u64,
    /// Level of the line.
    pub level: LogLevel,
    /// The check it belongs to.
    pub check: Option<String>,
    /// The text, one line.
    pub text: String,
}
