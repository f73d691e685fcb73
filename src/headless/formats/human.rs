//! Format `human`: a line for each finished check, then the fixes, what stayed open, and the verdict line last.

use crate::domain::codes::Code;
use crate::domain::report::{Check, Diagnosis, Fact, FactState, Report, Stage, Status, Verdict};
use crate::domain::run_event::RunEvent;
use crate::headless::stderr_log::StderrLog;
use crate::headless::text_style::OutputStyle;
use crate::headless::{Outcome, OutputStreams, Reporter, RunHeader};

/// Most facts of one state that are listed; more are only counted, so that the fixes stay on the screen.
const MANY: usize = 8;

/// Reporter of `human`.
pub struct Human {
    look: OutputStyle,
    remarks: StderrLog,
    order: Vec<String>,
    last: Option<Report>,
}

impl Human {
    /// A reporter with this style.
    pub fn new(look: OutputStyle) -> Self {
        Self { look, remarks: StderrLog::new(look), order: Vec::new(), last: None }
    }

    fn line(&mut self, check: &Check, to: &mut OutputStreams) {
        let seen = seen(check);
        if self.look.quiet || !self.remarks.progress.tell(check, &seen) {
            return;
        }
        self.remarks.wipe(to);
        let time = check.timing_ms.total.map_or(String::new(), |ms| format!("  {ms} ms"));
        to.out.line(&format!("{} {:<19} {seen}{time}", self.look.status(check.status), check.id));
    }
}

impl Reporter for Human {
    fn opened(&mut self, opening: &RunHeader, to: &mut OutputStreams) {
        self.remarks.restart();
        self.order.clone_from(&opening.checks);
        if self.last.is_some() {
            return;
        }
        if let Some(scenario) = &opening.demo {
            self.remarks.say(&format!("DEMO: the simulated Halo of scenario {scenario}, not a real one."), to);
        }
        self.remarks.say(&format!("{}: checking {}", opening.guide, opening.resource_server), to);
    }

    fn event(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.remarks.follow(event, to);
        if let RunEvent::Judged(judgement) = event {
            // After the first round only what changed is told, at its end.
            if self.last.is_none() {
                for check in self.remarks.progress.in_order(&self.order, &judgement.checks) {
                    if !self.remarks.progress.is_told(check) {
                        self.line(check, to);
                    }
                }
            }
        }
        self.remarks.gauge(to);
    }

    fn tick(&mut self, to: &mut OutputStreams) {
        self.remarks.tick(to);
    }

    fn ended(&mut self, outcome: &Outcome, to: &mut OutputStreams) {
        let report = &outcome.report;
        self.remarks.wipe(to);
        let same = self.last.as_ref().is_some_and(|last| same_result(last, report));
        if !same && !self.look.quiet {
            report.checks.iter().for_each(|check| self.line(check, to));
            to.out.text(&findings(self.look, report));
        }
        let stamp = if self.last.is_some() { format!("{} ", report.started_at) } else { String::new() };
        to.out.line(&format!("{stamp}{}", verdict_line(self.look, report)));
        self.last = Some(report.clone());
    }
}

fn same_result(a: &Report, b: &Report) -> bool {
    let checks = |report: &Report| -> Vec<_> {
        report.checks.iter().map(|check| (check.id.clone(), check.status, check.code)).collect()
    };
    a.code == b.code && checks(a) == checks(b) && a.diagnoses == b.diagnoses
}

/// Text of one check's line. The meaning of a refused or an empty list is known only after all lists have answered, so the line
/// says what came, and the diagnoses say the rest.
fn seen(check: &Check) -> String {
    let deviates = matches!(check.status, Status::Failed | Status::Warned);
    match (check.stage, check.http_status) {
        (Stage::Probe, Some(status @ (401 | 403))) if deviates && check.code != Code::HttpIntercepted => {
            format!("{}: refused ({status}).", check.title)
        }
        (Stage::Probe, _) if deviates => format!("{}: {}", check.title, check.code.headline()),
        _ if deviates => format!("{}  ({})", check.summary, check.code.id()),
        _ => check.summary.clone(),
    }
}

fn findings(look: OutputStyle, report: &Report) -> String {
    let mut out = String::new();
    for diagnosis in &report.diagnoses {
        out.push('\n');
        out.push_str(&finding(look, report, diagnosis));
    }
    section(&mut out, look, "Contradicted:", report, FactState::Contradicted);
    section(&mut out, look, "Not proved:", report, FactState::Unproved);
    section(&mut out, look, "For you to confirm:", report, FactState::Operator);
    out.push('\n');
    out
}

fn finding(look: OutputStyle, report: &Report, diagnosis: &Diagnosis) -> String {
    let mut out = look.finding(diagnosis.severity, &format!("{} ({})", diagnosis.summary, diagnosis.code.id())) + "\n";
    for (number, step) in diagnosis.fix.iter().enumerate() {
        let first = format!("  {}. ", number + 1);
        out.push_str(&look.paragraph(&first, step));
        out.push('\n');
    }
    let labels: Vec<String> = report
        .facts
        .iter()
        .filter(|fact| diagnosis.facts.contains(&fact.id))
        .map(|fact| format!("{} {}", fact.id, fact.label))
        .collect();
    if !labels.is_empty() {
        out.push_str(&look.paragraph("  about: ", &labels.join(", ")));
        out.push('\n');
    }
    out
}

fn section(out: &mut String, look: OutputStyle, title: &str, report: &Report, state: FactState) {
    let facts: Vec<&Fact> = report.facts.iter().filter(|fact| fact.state == state).collect();
    if facts.is_empty() {
        return;
    }
    out.push('\n');
    if facts.len() > MANY && look.verbose == 0 {
        let ids: Vec<&str> = facts.iter().map(|fact| fact.id.as_str()).collect();
        let first = format!("{title} {} lines; -v shows them. ", facts.len());
        out.push_str(&look.paragraph("", &format!("{first}{}", ids.join(" "))));
        out.push('\n');
        return;
    }
    out.push_str(title);
    out.push('\n');
    for fact in facts {
        let found = fact.found.as_ref().map_or(String::new(), |found| format!(" (found: {found})"));
        let first = format!("  {:<4}", fact.id);
        out.push_str(&look.paragraph(&first, &format!("{} = {}{found}", fact.label, fact.expected)));
        out.push('\n');
    }
}

/// The verdict line of a run.
pub fn verdict_line(look: OutputStyle, report: &Report) -> String {
    let count = |status| report.checks.iter().filter(|check| check.status == status).count();
    let next = match report.verdict {
        Verdict::Undetermined => "; try again",
        _ => "",
    };
    format!(
        "{}: {} passed, {} warned, {} failed, {} skipped in {}.{} s ({}){next}",
        look.verdict(report.verdict),
        count(Status::Passed),
        count(Status::Warned),
        count(Status::Failed),
        count(Status::Skipped),
        report.duration_ms / 1000,
        report.duration_ms % 1000 / 100,
        report.code.id(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::formats::document::tests::outcome;
    use crate::headless::output_streams::tests::kept;

    #[test]
    fn the_verdict_is_the_last_line_and_fixes_are_numbered() {
        let (mut to, out, err) = kept();
        Human::new(OutputStyle::default()).ended(&outcome(), &mut to);
        let text = out.text();
        let last = text.lines().last().expect("a line");
        assert_eq!(last, "NOT READY: 1 passed, 0 warned, 1 failed, 0 skipped in 1.2 s (api.role_level)");
        for part in [
            "ok    token               Signed in.  203 ms\n",
            "FAIL  invoices            invoices: refused (403).  15 ms\n",
            "BLOCKS The role may not read \"invoices\" & more. (api.role_level)\n  1. Configuration > Roles\n  2. Read Only\n",
            "  about: B7 Invoices Access Level\n",
            "Contradicted:\n  B7  Invoices Access Level = Read Only (found: No Access)\n",
            "For you to confirm:\n  A4  Work Hours = 24 Hours\n",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert!(!text.contains('\x1b') && err.text().is_empty());
    }

    #[test]
    fn quiet_is_one_line_and_a_second_equal_round_too() {
        let (mut to, out, _) = kept();
        Human::new(OutputStyle { quiet: true, ..OutputStyle::default() }).ended(&outcome(), &mut to);
        assert_eq!(out.text().lines().count(), 1);

        let (mut to, out, _) = kept();
        let mut face = Human::new(OutputStyle::default());
        face.ended(&outcome(), &mut to);
        let once = out.text().lines().count();
        face.opened(&RunHeader::default(), &mut to);
        face.ended(&outcome(), &mut to);
        assert_eq!(out.text().lines().count(), once + 1);
    }

    #[test]
    fn long_fixes_are_wrapped_to_the_terminal() {
        let look = OutputStyle { width: Some(40), ..OutputStyle::default() };
        let text = look.paragraph("  1. ", "Configuration > Core Features > Teams & Agents > Roles");
        assert_eq!(text, "  1. Configuration > Core Features >\n     Teams & Agents > Roles");
    }
}
