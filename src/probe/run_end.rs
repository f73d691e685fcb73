//! How a run ends: done, at its limit, or stopped by the operator.

use std::sync::atomic::Ordering;

use super::run::{Run, locked};
use super::{discovery, identity, report_builder, token};
use crate::domain::codes::Code;
use crate::domain::evidence::{Evidence, Fault, Observation};
use crate::domain::run_event::{Finished, LogLevel, RunEvent};
use crate::domain::verdict;

impl Run {
    /// The run's time is up: what is under way has no answer.
    pub(super) fn expire(&self) {
        let text = format!("the run's limit of {} s is reached", self.limit.as_secs());
        self.journal.log(LogLevel::Error, None, &text);
        let pending: Vec<String> = locked(&self.pending).iter().cloned().collect();
        for check in pending {
            let fault = Fault::new(Code::NetTimeout).detail(&text);
            self.settle(&check, |evidence| fail(evidence, &check, fault));
        }
    }

    pub(super) fn cancel(&self, evidence: &mut Evidence) {
        let stopped = evidence.discovery.fault().is_some()
            || evidence.token.fault().is_some()
            || evidence.discovery.value().is_some_and(|discovery| self.other_tenant(discovery).is_some());
        if stopped {
            return;
        }
        let refused = evidence.token.value().map(|grant| grant.refused.clone()).unwrap_or_default();
        cancelled(&mut evidence.discovery);
        cancelled(&mut evidence.token);
        if self.work.identity {
            cancelled(&mut evidence.identity);
        }
        for probe in &self.plan.guide.probes {
            let source = probe.rows_of.as_ref().unwrap_or(&probe.id);
            if self.work.probes.contains(source) && !refused.contains(&probe.scope) {
                cancelled(evidence.probes.entry(probe.id.clone()).or_default());
            }
        }
    }

    pub(super) fn end(&self, evidence: Evidence) -> Finished {
        let judgement = verdict::judge(self.case(&evidence, true));
        let report = report_builder::of(self, &evidence, judgement);
        let finished = Finished { report, evidence };
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

fn cancelled<T>(asked: &mut Observation<T>) {
    if matches!(asked, Observation::NotAsked) {
        *asked = Observation::Cancelled;
    }
}
