//! The report of a run.

use super::run::Run;
use crate::domain::connection::ScopePlan;
use crate::domain::evidence::Evidence;
use crate::domain::report::{Judgement, PROGRAM, Report, SCHEMA, Status, Target};
use crate::domain::secret_text::hide;
use crate::domain::untrusted_text::UntrustedText;

/// The report of a judged run.
pub(super) fn of(run: &Run, evidence: &Evidence, judgement: Judgement) -> Report {
    Report {
        schema: SCHEMA,
        program: PROGRAM.to_owned(),
        guide: run.plan.guide.id.clone(),
        started_at: format!("{:.3}", run.started_at),
        duration_ms: run.journal.elapsed_ms(),
        target: target(run, evidence),
        verdict: judgement.verdict,
        code: judgement.code,
        checks: judgement.checks,
        facts: judgement.facts,
        diagnoses: judgement.diagnoses,
    }
}

fn target(run: &Run, evidence: &Evidence) -> Target {
    let connection = &run.plan.connection;
    let discovery = evidence.discovery.value();
    let grant = evidence.token.value();
    let planned = || match &connection.scopes {
        ScopePlan::Automatic => vec!["all".to_owned()],
        ScopePlan::Exact(scopes) => scopes.clone(),
    };
    Target {
        resource_server: discovery
            .map(|discovery| discovery.base.clone())
            .filter(|base| !base.is_empty())
            .unwrap_or_else(|| connection.resource_server.clone()),
        auth_server: discovery
            .map(|discovery| discovery.auth_server.clone())
            .or_else(|| connection.auth_server.clone()),
        tenant: discovery.map_or_else(|| connection.tenant.clone(), |discovery| run.tenant(discovery)),
        client_id: connection.client_id.clone(),
        scopes_requested: grant
            .map_or_else(planned, |grant| grant.requested.clone())
            .iter()
            .map(|scope| hide(scope))
            .collect(),
        scopes_granted: grant.and_then(|grant| grant.echo.as_deref()).map(texts),
    }
}

fn texts(list: &[UntrustedText]) -> Vec<String> {
    list.iter().map(|text| text.as_str().to_owned()).collect()
}

/// The last line of the log.
pub(super) fn done(report: &Report) -> String {
    let count = |status| report.checks.iter().filter(|check| check.status == status).count();
    let seconds = report.duration_ms / 1000;
    let tenths = report.duration_ms % 1000 / 100;
    format!(
        "done  {} checks in {seconds}.{tenths} s: {} ok, {} warnings, {} failed, {} skipped",
        report.checks.len(),
        count(Status::Passed),
        count(Status::Warned),
        count(Status::Failed),
        count(Status::Skipped)
    )
}
