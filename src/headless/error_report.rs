//! Reports of runs that did not start, or that panicked: there is always one report.

use super::Outcome;
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Understood};
use crate::domain::evidence::{Evidence, Timing};
use crate::domain::guide::Guide;
use crate::domain::report::{
    Check, Diagnosis, Judgement, PROGRAM, Report, SCHEMA, Severity, Stage, Status, Target, Verdict,
};
use crate::domain::verdict;

/// Reason why a run did not start, other than a form with a problem.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The code.
    pub code: Code,
    /// Description of the failure.
    pub summary: String,
    /// Next steps.
    pub fix: Vec<String>,
}

/// Target of a run that did not start: only values that were understood, because a typed text may be a secret in the wrong field.
fn target(understood: &[(Field, String)]) -> Target {
    let value = |field| understood.iter().find(|(other, _)| *other == field).map(|(_, value)| value.clone());
    Target {
        resource_server: value(Field::Url).unwrap_or_default(),
        tenant: value(Field::Tenant),
        client_id: value(Field::ClientId).unwrap_or_default(),
        ..Target::default()
    }
}

fn report(guide: &str, target: Target, judgement: Judgement) -> Report {
    let Judgement { checks, facts, diagnoses, verdict, code } = judgement;
    Report {
        schema: SCHEMA,
        program: PROGRAM.into(),
        guide: guide.into(),
        started_at: now(),
        duration_ms: 0,
        target,
        verdict,
        code,
        checks,
        facts,
        diagnoses,
    }
}

fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// Outcome of a form that was refused; nothing was sent. `values` are those that were understood.
pub fn refused(guide: &Guide, understood: &Understood, values: &[(Field, String)]) -> Outcome {
    let report = report(&guide.id, target(values), verdict::refuse(guide, understood));
    Outcome::new(report, Evidence::default(), false)
}

/// Outcome of anything else that stopped a run before it started.
pub fn broken(guide: Option<&Guide>, refusal: &Refusal) -> Outcome {
    let check = Check {
        id: "input".into(),
        stage: Stage::Input,
        endpoint: None,
        title: "what was given".into(),
        status: Status::Failed,
        code: refusal.code,
        summary: refusal.summary.clone(),
        http_status: None,
        timing_ms: Timing::default(),
    };
    let judgement = Judgement {
        checks: vec![check],
        facts: Vec::new(),
        diagnoses: vec![diagnosis(refusal, vec!["input".into()])],
        verdict: verdict_of(refusal.code),
        code: refusal.code,
    };
    let guide = guide.map_or("none", |guide| &guide.id);
    Outcome::new(report(guide, Target::default(), judgement), Evidence::default(), false)
}

fn verdict_of(code: Code) -> Verdict {
    if code.exit_class() == crate::domain::codes::ExitClass::NoVerdict {
        Verdict::Undetermined
    } else {
        Verdict::NotReady
    }
}

fn diagnosis(refusal: &Refusal, checks: Vec<String>) -> Diagnosis {
    Diagnosis {
        code: refusal.code,
        severity: Severity::Blocking,
        summary: refusal.summary.clone(),
        fix: refusal.fix.clone(),
        facts: Vec::new(),
        checks,
    }
}

/// Diagnosis of a defect of this program.
pub(super) fn bug() -> Refusal {
    Refusal {
        code: Code::LocalBug,
        summary: "Internal error: a bug in halo-onboard, not in Halo.".into(),
        fix: vec!["Run it again with -v, and report the output.".into()],
    }
}

/// Adds a defect of this program to the results of a run. The verdict becomes undetermined.
pub(super) fn with_bug(outcome: Outcome) -> Outcome {
    let bug = bug();
    let Outcome { mut report, evidence, demo, .. } = outcome;
    report.diagnoses.insert(0, diagnosis(&bug, Vec::new()));
    report.code = bug.code;
    report.verdict = Verdict::Undetermined;
    Outcome { demo, ..Outcome::new(report, evidence, false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::formats::schema;

    fn faults(outcome: &Outcome) -> Vec<String> {
        schema::faults(schema::REPORT, &serde_json::to_value(&outcome.report).expect("JSON"))
    }

    #[test]
    fn a_run_that_never_began_has_a_report_all_the_same() {
        let refusal =
            Refusal { code: Code::LocalConfigInvalid, summary: "Line 3.".into(), fix: vec!["Fix it.".into()] };
        let outcome = broken(None, &refusal);
        assert_eq!(faults(&outcome), Vec::<String>::new());
        assert_eq!((outcome.exit, outcome.report.code), (78, Code::LocalConfigInvalid));
        let outcome = refused(&Guide::built_in(), &Understood::default(), &[]);
        assert_eq!(faults(&outcome), Vec::<String>::new());
    }

    #[test]
    fn a_defect_of_ours_is_no_verdict_about_halo() {
        let outcome = with_bug(crate::headless::formats::document::tests::outcome());
        assert_eq!(outcome.report.code, Code::LocalBug);
        assert_eq!(outcome.report.verdict, Verdict::Undetermined);
        assert_eq!(faults(&outcome), Vec::<String>::new());
    }
}
