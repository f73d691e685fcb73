//! Format `jsonl`: a run's events, one JSON object a line; the report is the last line of a run.

use serde::Serialize;

use crate::domain::evidence::Timing;
use crate::domain::report::{Check, PROGRAM, Report};
use crate::domain::run_event::{Exchange, LogLevel, RunEvent};
use crate::headless::check_order::Progress;
use crate::headless::{Outcome, OutputStreams, Reporter, RunHeader};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Started { program: &'a str, guide: &'a str, resource_server: &'a str, demo: Option<&'a str> },
    CheckStarted { id: &'a str },
    Check(&'a Check),
    Waiting { id: &'a str, seconds: u64 },
    Exchange { id: &'a str, request: &'a str, from_ms: u64, http_status: Option<u16>, timing_ms: Timing },
    Log { at_ms: u64, level: &'a str, check: Option<&'a str>, text: &'a str },
    Report(&'a Report),
}

/// Reporter of `jsonl`.
#[derive(Default)]
pub struct JsonLines {
    progress: Progress,
}

impl JsonLines {
    /// Returns true if a check is new, or its status or code has changed.
    fn check(&mut self, check: &Check, to: &mut OutputStreams) {
        let what = format!("{:?} {}", check.status, check.code.id());
        if self.progress.tell(check, &what) {
            write(&Line::Check(check), to);
        }
    }
}

fn write(line: &Line<'_>, to: &mut OutputStreams) {
    // Strings, numbers and lists only: serialising them cannot fail.
    to.out.line(&serde_json::to_string(line).unwrap_or_default());
}

fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Ok => "ok",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

impl Reporter for JsonLines {
    fn opened(&mut self, opening: &RunHeader, to: &mut OutputStreams) {
        self.progress = Progress::default();
        let RunHeader { guide, resource_server, demo, .. } = opening;
        write(&Line::Started { program: PROGRAM, guide, resource_server, demo: demo.as_deref() }, to);
    }

    fn event(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.progress.follow(event);
        match event {
            RunEvent::CheckStarted(id) => write(&Line::CheckStarted { id }, to),
            RunEvent::Judged(judgement) => {
                let answered: Vec<&Check> = self.progress.answered(&judgement.checks).collect();
                answered.into_iter().for_each(|check| self.check(check, to));
            }
            RunEvent::Log(line) => {
                let check = line.check.as_deref();
                write(&Line::Log { at_ms: line.at_ms, level: level(line.level), check, text: &line.text }, to);
            }
            RunEvent::Waiting { check, seconds } => write(&Line::Waiting { id: check, seconds: *seconds }, to),
            RunEvent::Exchanged(Exchange { check, request, from_ms, status, timing, .. }) => {
                let (from_ms, http_status, timing_ms) = (*from_ms, *status, *timing);
                write(&Line::Exchange { id: check, request, from_ms, http_status, timing_ms }, to);
            }
            RunEvent::CheckEnded(_) | RunEvent::Finished(_) => {}
        }
    }

    fn ended(&mut self, outcome: &Outcome, to: &mut OutputStreams) {
        outcome.report.checks.iter().for_each(|check| self.check(check, to));
        write(&Line::Report(&outcome.report), to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run_event::LogLine;
    use crate::headless::formats::document::tests::outcome;
    use crate::headless::formats::schema;
    use crate::headless::output_streams::tests::kept;

    #[test]
    fn every_line_is_an_event_of_the_schema_and_the_report_comes_last() {
        let (mut to, out, _) = kept();
        let mut face = JsonLines::default();
        face.opened(
            &RunHeader { guide: "g".into(), resource_server: "https://h".into(), ..RunHeader::default() },
            &mut to,
        );
        for event in [
            RunEvent::CheckStarted("token".into()),
            RunEvent::Waiting { check: "token".into(), seconds: 2 },
            RunEvent::Exchanged(Exchange {
                check: "token".into(),
                request: "POST /auth/token".into(),
                from_ms: 142,
                status: None,
                timing: Timing { total: Some(203), ..Timing::default() },
                ..Exchange::default()
            }),
            RunEvent::Log(LogLine { at_ms: 3, level: LogLevel::Error, check: None, text: "a\"b".into() }),
            RunEvent::CheckEnded("token".into()),
        ] {
            face.event(&event, &mut to);
        }
        face.ended(&outcome(), &mut to);
        let text = out.text();
        let kinds: Vec<String> = text
            .lines()
            .map(|line| {
                let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
                assert_eq!(schema::faults(schema::EVENTS, &value), Vec::<String>::new(), "{line}");
                value["type"].as_str().expect("a type").to_owned()
            })
            .collect();
        assert_eq!(kinds, ["started", "check_started", "waiting", "exchange", "log", "check", "check", "report"]);
    }
}
