//! Reporter of the formats that are one document: written once, after the last run.

use crate::domain::run_event::RunEvent;
use crate::headless::stderr_log::StderrLog;
use crate::headless::{Outcome, OutputStreams, OutputStyle, Reporter, RunHeader};

/// Reporter that writes one document at the end; until then it shows a progress line if there is a terminal.
pub struct Document {
    render: fn(&Outcome) -> String,
    remarks: StderrLog,
}

impl Document {
    /// A reporter for one format.
    pub fn new(render: fn(&Outcome) -> String, look: OutputStyle) -> Self {
        Self { render, remarks: StderrLog::new(look) }
    }
}

impl Reporter for Document {
    fn opened(&mut self, _opening: &RunHeader, _to: &mut OutputStreams) {
        self.remarks.restart();
    }

    fn event(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.remarks.follow(event, to);
        self.remarks.gauge(to);
    }

    fn tick(&mut self, to: &mut OutputStreams) {
        self.remarks.tick(to);
    }

    fn ended(&mut self, _outcome: &Outcome, to: &mut OutputStreams) {
        self.remarks.wipe(to);
    }

    fn closed(&mut self, last: &Outcome, to: &mut OutputStreams) {
        to.out.text(&(self.render)(last));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::codes::Code;
    use crate::domain::evidence::{Evidence, Timing};
    use crate::domain::report::{
        Check, Diagnosis, Fact, FactState, PROGRAM, Report, SCHEMA, Severity, Stage, Status, Target, Verdict,
    };
    use crate::headless::output_streams::tests::kept;

    fn check(id: &str, status: Status, code: Code, summary: &str, ms: u32) -> Check {
        Check {
            id: id.into(),
            stage: if id == "token" { Stage::Token } else { Stage::Probe },
            endpoint: (id != "token").then(|| "Invoice".into()),
            title: id.into(),
            status,
            code,
            summary: summary.into(),
            http_status: Some(if status == Status::Passed { 200 } else { 403 }),
            timing_ms: Timing { total: Some(ms), first_byte: Some(ms / 2), ..Timing::default() },
        }
    }

    fn fact(id: &str, label: &str, expected: &str, found: Option<&str>, state: FactState) -> Fact {
        Fact { id: id.into(), label: label.into(), expected: expected.into(), found: found.map(str::to_owned), state }
    }

    /// A run with one passed and one failed check, and characters that every format must escape.
    pub fn outcome() -> Outcome {
        let report = Report {
            schema: SCHEMA,
            program: PROGRAM.into(),
            guide: "example".into(),
            started_at: "2026-11-23T10:12:00.612Z".into(),
            duration_ms: 1234,
            target: Target {
                resource_server: "https://acme.halopsa.com".into(),
                auth_server: None,
                tenant: Some("ac\"me\\".into()),
                client_id: "c9534241-dde9-4d04-9d45-32b1fbff22ed".into(),
                scopes_requested: vec!["all".into()],
                scopes_granted: None,
            },
            verdict: Verdict::NotReady,
            code: Code::ApiRoleLevel,
            checks: vec![
                check("token", Status::Passed, Code::Ok, "Signed in.", 203),
                check("invoices", Status::Failed, Code::ApiRoleLevel, "Halo <refused> the list | 403.", 15),
            ],
            facts: vec![
                fact("A4", "Work Hours", "24 Hours", None, FactState::Operator),
                fact("B7", "Invoices Access Level", "Read Only", Some("No Access"), FactState::Contradicted),
            ],
            diagnoses: vec![Diagnosis {
                code: Code::ApiRoleLevel,
                severity: Severity::Blocking,
                summary: "The role may not read \"invoices\" & more.".into(),
                fix: vec!["Configuration > Roles".into(), "Read Only".into()],
                facts: vec!["B7".into()],
                checks: vec!["invoices".into()],
            }],
        };
        Outcome::new(report, Evidence::default(), false)
    }

    #[test]
    fn only_the_last_round_is_written() {
        let (mut to, out, _) = kept();
        let mut face = Document::new(|outcome| format!("{}\n", outcome.exit), OutputStyle::default());
        face.ended(&outcome(), &mut to);
        face.ended(&outcome(), &mut to);
        assert_eq!(out.text(), "");
        face.closed(&outcome(), &mut to);
        assert_eq!(out.text(), "1\n");
    }
}
