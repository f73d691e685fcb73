//! End of a run: complete, at its limit, or stopped by the operator.

use std::sync::atomic::Ordering;

use super::check_selection::PlannedChecks;
use super::run::{Run, locked};
use super::{discovery, identity, report_builder, token};
use crate::domain::codes::Code;
use crate::domain::evidence::{Evidence, Fault, Observation};
use crate::domain::guide::Guide;
use crate::domain::run_event::{Finished, LogLevel, RunEvent};
use crate::domain::verdict;
use crate::recording::RunEnd;

/// Result of a check that was planned but not run.
pub(super) enum UnaskedCheck<'a> {
    /// The operator stopped the run.
    Cancelled,
    /// The run came to its end without it.
    Failed(&'a Fault),
}

impl UnaskedCheck<'_> {
    fn fill<T>(&self, asked: &mut Observation<T>) {
        if matches!(asked, Observation::NotAsked) {
            *asked = match self {
                Self::Cancelled => Observation::Cancelled,
                Self::Failed(fault) => Observation::Failed((*fault).clone()),
            };
        }
    }
}

impl Run {
    /// Handles the end of the run's time: active requests have no response. Returns the fault for the checks that
    /// were not run.
    pub(super) fn expire(&self) -> Fault {
        let text = format!("the run's limit of {} s is reached", self.limit.as_secs());
        self.journal.log(LogLevel::Error, None, &text);
        let pending: Vec<String> = locked(&self.pending).iter().cloned().collect();
        for check in pending {
            let fault = Fault::new(Code::NetTimeout).detail(&text);
            self.settle(&check, |evidence| fail(evidence, &check, fault));
        }
        Fault::new(Code::NetTimeout).detail(&text)
    }

    /// Sets a result other than a pass for every planned check without one. Changes nothing if an earlier failure
    /// explains it.
    pub(super) fn fill_in(&self, evidence: &mut Evidence, unasked: &UnaskedCheck<'_>) {
        let withheld = evidence.discovery.value().is_some_and(|discovery| self.withholds_the_secret(discovery));
        if !withheld {
            fill_in(&self.work, &self.plan.guide, evidence, unasked);
        }
    }

    /// Judges the evidence. `ended` is absent where the operator stopped the run: a stopped run gives no recording.
    pub(super) fn end(&self, evidence: Evidence, ended: Option<RunEnd>) -> Finished {
        let judgement = verdict::judge(self.case(&evidence, true));
        let report = report_builder::of(self, &evidence, judgement);
        let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
        let recording = self
            .journal
            .recorder()
            .zip(ended)
            .map(|(recorder, ended)| recorder.recording(&evidence.link, &report, ended, &today).to_text().into());
        let finished = Finished { report, evidence, recording };
        if !self.told_end.swap(true, Ordering::Relaxed) {
            self.journal.log(LogLevel::Info, None, report_builder::done(&finished.report));
            self.journal.tell(RunEvent::Finished(Box::new(finished.clone())));
        }
        finished
    }
}

fn fail(evidence: &mut Evidence, check: &str, fault: Fault) {
    match check {
        discovery::CHECK => evidence.discovery = Observation::Failed(fault),
        token::CHECK => evidence.token = Observation::Failed(fault),
        identity::CHECK => evidence.identity = Observation::Failed(fault),
        probe => {
            evidence.probes.insert(probe.to_owned(), Observation::Failed(fault));
        }
    }
}

fn fill_in(work: &PlannedChecks, guide: &Guide, evidence: &mut Evidence, unasked: &UnaskedCheck<'_>) {
    if evidence.discovery.fault().is_some() || evidence.token.fault().is_some() {
        return;
    }
    unasked.fill(&mut evidence.discovery);
    let refused = evidence.token.value().map(|grant| grant.refused.clone()).unwrap_or_default();
    unasked.fill(&mut evidence.token);
    if work.identity {
        unasked.fill(&mut evidence.identity);
    }
    for probe in &guide.probes {
        let source = probe.rows_of.as_ref().unwrap_or(&probe.id);
        if work.probes.contains(source) && !refused.contains(&probe.scope) {
            unasked.fill(evidence.probes.entry(probe.id.clone()).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::{Answer, Discovery, Grant, Rows, Timing};

    fn answered<T>(value: T) -> Observation<T> {
        Observation::Answered(Answer { value, status: 200, timing: Timing::default() })
    }

    fn filled(mut evidence: Evidence) -> Evidence {
        let work = PlannedChecks { discovery: true, identity: true, probes: vec!["tickets".into(), "invoices".into()] };
        let fault = Fault::new(Code::LocalBug);
        fill_in(&work, &Guide::built_in(), &mut evidence, &UnaskedCheck::Failed(&fault));
        evidence
    }

    #[test]
    fn what_was_planned_and_not_asked_is_a_failure() {
        let broken = |asked: &Observation<Rows>| asked.fault().map(|fault| fault.code) == Some(Code::LocalBug);
        let discovery = answered(Discovery::default());
        let evidence = filled(Evidence { discovery: discovery.clone(), ..Evidence::default() });
        assert_eq!(evidence.token.fault().map(|fault| fault.code), Some(Code::LocalBug), "discovery alone is no pass");

        let token = answered(Grant { refused: vec!["read:invoices".into()], ..Grant::default() });
        let evidence = filled(Evidence { discovery: discovery.clone(), token, ..Evidence::default() });
        assert!(evidence.identity.fault().is_some() && broken(&evidence.probes["tickets"]));
        assert!(broken(&evidence.probes["others-tickets"]), "it looks at the rows of another");
        assert!(!evidence.probes.contains_key("invoices"), "its scope was refused by name");
        assert!(!evidence.probes.contains_key("clients"), "it was not planned");

        let failed = Observation::Failed(Fault::new(Code::AuthInvalidClient));
        let evidence = filled(Evidence { discovery, token: failed, ..Evidence::default() });
        assert!(evidence.probes.is_empty() && evidence.identity == Observation::NotAsked, "the token explains it");
    }
}
