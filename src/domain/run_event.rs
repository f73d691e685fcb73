//! What a run tells while it goes on. Every face (interface, plain text, JSON lines) only renders these.

use super::evidence::{Evidence, Timing};
use super::report::{Judgement, Report};

/// One thing that happened in a run.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A check has begun.
    CheckStarted(String),
    /// A check has its answer; the judgement that follows holds its result.
    CheckEnded(String),
    /// What follows from everything seen so far; a check that is not in it has not been judged yet.
    Judged(Box<Judgement>),
    /// A line for the log.
    Log(LogLine),
    /// Nothing goes on until then: the server asked to wait (429, 503).
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
    /// What was seen: a later run of one check starts from it.
    pub evidence: Evidence,
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
    /// When it was sent, in milliseconds since the run began.
    pub from_ms: u64,
    /// HTTP status; none when no answer came.
    pub status: Option<u16>,
    /// How long it took.
    pub timing: Timing,
}

/// How grave a log line is.
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
    /// Does not work.
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
    /// How grave it is.
    pub level: LogLevel,
    /// The check it belongs to.
    pub check: Option<String>,
    /// The text, one line.
    pub text: String,
}
