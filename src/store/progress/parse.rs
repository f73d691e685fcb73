//! Serialisation of progress: JSON with a version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Form, Progress, VERSION};
use crate::domain::codes::Code;
use crate::domain::report::{Status, Verdict};
use crate::domain::run_summary::{CheckSummary, RunSummary, ShortId};

/// Reason why a text cannot be read as progress.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The text has a newer version.
    Newer(u64),
    /// The text is damaged.
    Damaged {
        /// Line, from 1.
        line: usize,
    },
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawProgress {
    version: u32,
    ticks: Vec<String>,
    form: RawForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    under_way: Option<String>,
    last: Option<RawRun>,
    last_good: Option<RawRun>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    url: String,
    tenant: String,
    client_id: String,
    scope: String,
    auth_url: String,
    allowed_auth_origins: Vec<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawRun {
    at: String,
    verdict: String,
    code: String,
    checks: Vec<(String, String, String)>,
    /// Duration of each check, in milliseconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    took_ms: BTreeMap<String, u32>,
}

const VERDICTS: [(Verdict, &str); 4] = [
    (Verdict::Ready, "ready"),
    (Verdict::ReadyWithWarnings, "ready_with_warnings"),
    (Verdict::NotReady, "not_ready"),
    (Verdict::Undetermined, "undetermined"),
];

const STATUSES: [(Status, &str); 4] =
    [(Status::Passed, "passed"), (Status::Warned, "warned"), (Status::Failed, "failed"), (Status::Skipped, "skipped")];

/// Parses progress. Values that this program does not know (from a newer version or another guide) are dropped, because
/// they only inform.
pub(super) fn read(text: &str) -> Result<Progress, Fault> {
    let damaged = |error: serde_json::Error| Fault::Damaged { line: error.line().max(1) };
    let Versioned { version } = serde_json::from_str(text).map_err(damaged)?;
    match version.cmp(&VERSION.into()) {
        std::cmp::Ordering::Greater => return Err(Fault::Newer(version)),
        std::cmp::Ordering::Less => return Err(Fault::Damaged { line: 1 }),
        std::cmp::Ordering::Equal => {}
    }
    let raw: RawProgress = serde_json::from_str(text).map_err(damaged)?;
    let RawForm { url, tenant, client_id, scope, auth_url, allowed_auth_origins } = raw.form;
    Ok(Progress {
        ticks: raw.ticks.iter().filter_map(|tick| ShortId::new(tick)).collect(),
        form: Form { url, tenant, client_id, scope, auth_url, allowed_auth_origins },
        under_way: raw.under_way.and_then(|at| at.parse().ok()),
        last: raw.last.and_then(|run| run.understood()),
        last_good: raw.last_good.and_then(|run| run.understood()),
    })
}

/// Formats progress.
pub(super) fn write(progress: &Progress) -> String {
    let Form { url, tenant, client_id, scope, auth_url, allowed_auth_origins } = progress.form.clone();
    let raw = RawProgress {
        version: VERSION,
        ticks: progress.ticks.iter().map(|tick| tick.as_str().to_owned()).collect(),
        form: RawForm { url, tenant, client_id, scope, auth_url, allowed_auth_origins },
        under_way: progress.under_way.map(|at| at.to_string()),
        last: progress.last.as_ref().map(RawRun::of),
        last_good: progress.last_good.as_ref().map(RawRun::of),
    };
    let mut text = serde_json::to_string_pretty(&raw).unwrap_or_default();
    text.push('\n');
    text
}

impl RawRun {
    fn of(run: &RunSummary) -> Self {
        let check = |check: &CheckSummary| {
            (check.id.as_str().to_owned(), word(&STATUSES, check.status), check.code.id().to_owned())
        };
        Self {
            at: run.at.to_string(),
            verdict: word(&VERDICTS, run.verdict),
            code: run.code.id().to_owned(),
            checks: run.checks.iter().map(check).collect(),
            took_ms: run
                .checks
                .iter()
                .filter_map(|check| Some((check.id.as_str().to_owned(), check.took_ms?)))
                .collect(),
        }
    }

    fn understood(&self) -> Option<RunSummary> {
        let check = |(id, status, code): &(String, String, String)| {
            Some(CheckSummary {
                id: ShortId::new(id)?,
                status: meaning(&STATUSES, status)?,
                code: Code::from_id(code)?,
                took_ms: self.took_ms.get(id).copied(),
            })
        };
        Some(RunSummary {
            at: self.at.parse().ok()?,
            verdict: meaning(&VERDICTS, &self.verdict)?,
            code: Code::from_id(&self.code)?,
            checks: self.checks.iter().filter_map(check).collect(),
        })
    }
}

fn word<T: Copy + PartialEq>(words: &[(T, &str)], meaning: T) -> String {
    words.iter().find(|(known, _)| *known == meaning).map(|(_, word)| (*word).to_owned()).unwrap_or_default()
}

fn meaning<T: Copy>(words: &[(T, &str)], word: &str) -> Option<T> {
    words.iter().find(|(_, known)| *known == word).map(|(meaning, _)| *meaning)
}
