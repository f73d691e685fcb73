//! Run of one tenant of many, from its secret to its report.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, watch};

use super::{PrepareFuture, Tenant};
use crate::domain::codes::Code;
use crate::domain::evidence::{Discovery, Evidence, Fault};
use crate::domain::run_event::RunEvent;
use crate::headless::check_run::finished;
use crate::headless::error_report::bug;
use crate::headless::{Outcome, OutputStyle, Refusal};
use crate::probe::Run;

/// An event of a tenant, with the tenant's number.
pub type TenantEvent = (usize, RunEvent);

/// Connections of a tenant's run to the scheduler.
#[derive(Clone)]
pub struct Channels {
    /// Sender of events.
    pub told: mpsc::UnboundedSender<TenantEvent>,
    /// Becomes true when all runs must stop.
    pub stop: watch::Receiver<bool>,
    /// Style that decides which log lines are sent.
    pub look: OutputStyle,
}

/// Runs a tenant until it ends or is stopped. A panic affects only this tenant.
pub async fn run(number: usize, tenant: Tenant, preparing: PrepareFuture, wires: Channels) -> Outcome {
    let outcome = AssertUnwindSafe(prepared(number, &tenant, preparing, wires)).catch_unwind().await;
    outcome.unwrap_or_else(|_| tenant.broken(&bug()))
}

async fn prepared(number: usize, tenant: &Tenant, preparing: PrepareFuture, wires: Channels) -> Outcome {
    let Channels { told, mut stop, look } = wires;
    let job = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => return tenant.broken(&stopped("while its secret was being fetched")),
        job = preparing => job,
    };
    let job = match job {
        Ok(job) => job,
        Err(outcome) => return *outcome,
    };
    // The receiver outlives the run; a send can only fail after it.
    let report = move |event| {
        if is_told(look, &event) {
            drop(told.send((number, event)));
        }
    };
    let run = Run::new(job.plan.duplicate(), job.http.clone(), report);
    let finished = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => None,
        finished = finished(&run) => Some(finished),
    };
    job.concluded(&run, finished)
}

/// Returns true for events that are printed: a thousand runs emit too many to send all.
fn is_told(look: OutputStyle, event: &RunEvent) -> bool {
    match event {
        RunEvent::Waiting { .. } => true,
        RunEvent::Log(line) => look.shows(line.level),
        _ => false,
    }
}

/// Reason of a tenant that was stopped before anything was sent for it.
pub fn stopped(when: &str) -> Refusal {
    Refusal {
        code: Code::LocalCancelled,
        summary: format!("Stopped {when}: nothing was sent for this tenant."),
        fix: vec!["Run it again.".into()],
    }
}

/// Reason of a tenant that was not asked, because its host asked to wait too long.
pub fn spared(host: &str, wait: Duration) -> Refusal {
    Refusal {
        code: Code::HttpRateLimited,
        summary: format!(
            "Not asked: {host} asks to wait {} s, which is longer than this run waits for a host.",
            wait.as_secs()
        ),
        fix: vec![
            "Try again later. Another integration may be using up the limit.".into(),
            "A longer --deadline lets a run wait longer for a host.".into(),
        ],
    }
}

/// Reason of a tenant that was waiting for its host when the end came.
pub fn waiting(host: &str) -> Refusal {
    Refusal {
        code: Code::HttpRateLimited,
        summary: format!("{host} asked to wait, and the run was stopped before it could be asked again."),
        fix: vec!["Try again later.".into()],
    }
}

/// A rate limit that a run met.
#[derive(Debug, PartialEq, Eq)]
pub struct RateLimitHit {
    /// Origin of the authorisation server, if that one limited; `None` for the resource server.
    pub auth: Option<String>,
    /// Wait that the server asked for.
    pub wait: Option<Duration>,
}

/// The rate limit that ended a run, if waiting would have helped.
pub fn limit(evidence: &Evidence) -> Option<RateLimitHit> {
    let limits = |fault: &&Fault| {
        fault.code == Code::HttpRateLimited || (fault.code == Code::HttpUnavailable && fault.retry_after.is_some())
    };
    let wait = |fault: &Fault| fault.retry_after.map(Duration::from_secs);
    if let Some(fault) = evidence.token.fault().filter(limits) {
        let auth = evidence.discovery.value().map(|Discovery { auth_server, .. }| auth_server.clone());
        return Some(RateLimitHit { auth, wait: wait(fault) });
    }
    let probes = evidence.probes.values().filter_map(|probe| probe.fault());
    let faults = [evidence.discovery.fault(), evidence.identity.fault()].into_iter().flatten().chain(probes);
    let longest = faults.filter(limits).map(wait).max()?;
    Some(RateLimitHit { auth: None, wait: longest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::{Answer, Observation, Timing};

    fn fault(code: Code, retry_after: Option<u64>) -> Fault {
        Fault { retry_after, ..Fault::new(code) }
    }

    #[test]
    fn a_limit_is_what_a_wait_would_have_passed() {
        let probe = |fault: Fault| {
            let mut evidence = Evidence::default();
            evidence.probes.insert("a".into(), Observation::Failed(Fault::new(Code::ApiForbidden)));
            evidence.probes.insert("b".into(), Observation::Failed(fault));
            limit(&evidence)
        };
        let of = |wait: Option<u64>| Some(RateLimitHit { auth: None, wait: wait.map(Duration::from_secs) });
        for (fault, wanted) in [
            (fault(Code::HttpRateLimited, Some(60)), of(Some(60))),
            (fault(Code::HttpRateLimited, None), of(None)),
            (fault(Code::HttpUnavailable, Some(20)), of(Some(20))),
            (fault(Code::HttpUnavailable, None), None),
            (fault(Code::NetTimeout, None), None),
        ] {
            assert_eq!(probe(fault), wanted);
        }
        assert_eq!(limit(&Evidence::default()), None);
    }

    #[test]
    fn a_limit_of_the_token_endpoint_is_the_authorisation_servers() {
        let discovery = Discovery { auth_server: "https://auth.example".into(), ..Discovery::default() };
        let evidence = Evidence {
            discovery: Observation::Answered(Answer { value: discovery, status: 200, timing: Timing::default() }),
            token: Observation::Failed(fault(Code::HttpRateLimited, Some(9))),
            ..Evidence::default()
        };
        let wanted = RateLimitHit { auth: Some("https://auth.example".into()), wait: Some(Duration::from_secs(9)) };
        assert_eq!(limit(&evidence), Some(wanted));
    }
}
