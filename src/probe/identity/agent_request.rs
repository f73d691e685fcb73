//! The requests for the agent's record and its roles.

use super::parse::Record;
use crate::domain::codes::Code;
use crate::domain::evidence::{Answer, Fault, Identity, Observation};
use crate::domain::request_budget;
use crate::domain::run_event::LogLevel;
use crate::probe::failure::api_status;
use crate::probe::http::HttpResponse;
use crate::probe::list_probe::Api;
use crate::probe::log_lines;
use crate::probe::redaction::Redactor;
use crate::probe::response_body;
use crate::probe::response_errors;

/// The check's id.
pub(in crate::probe) const CHECK: &str = "identity";

/// Asks who the token acts as.
pub(in crate::probe) async fn ask(api: Api<'_>) -> Observation<Identity> {
    let ask = api.ask(CHECK, "Agent/me", "");
    let line = ask.line();
    let outcome = match api.http.get(ask, api.journal).await {
        Ok(reply) => read(&reply, &api.journal.hide),
        Err(failure) => Err(failure.fault),
    };
    let outcome = match outcome {
        Ok((mut record, mut answer)) => {
            if record.lacks_claims() {
                add_roles(api, &mut record).await;
            }
            answer.value = record.finish();
            Observation::Answered(answer)
        }
        Err(fault) => Observation::Failed(fault),
    };
    log_lines::exchange(api.journal, CHECK, &line, &outcome, |identity| {
        let name = identity.name.as_ref().map_or_else(|| "unknown".to_owned(), |name| name.cut(80));
        let known = |known: bool| if known { "yes" } else { "no" };
        format!(
            "agent \"{name}\"  roles known: {}  claims known: {}",
            known(identity.roles.is_some()),
            known(identity.claims.is_some())
        )
    });
    outcome
}

pub(in crate::probe) fn read(reply: &HttpResponse, hide: &Redactor) -> Result<(Record, Answer<Identity>), Fault> {
    let text = response_errors::text(reply, hide, api_status)?;
    let body = response_body::object(&text).map_err(|why| response_errors::unreadable(reply, why))?;
    let body = body.ok_or_else(|| response_errors::of(reply, Code::ApiShape).detail("it is JSON, but no object"))?;
    let answer = Answer { value: Identity::default(), status: reply.status, timing: reply.timing };
    Ok((Record::of_agent(&body, hide), answer))
}

/// Asks for the first roles' own records. A refusal is no failure: who may read them is not known. What the others give
/// stays open, and that is said.
async fn add_roles(api: Api<'_>, record: &mut Record) {
    let ids = record.role_ids.clone();
    let mut read = 0;
    for id in ids.iter().take(request_budget::ROLES as usize) {
        let ask = api.ask(CHECK, &format!("Roles/{id}"), "includedetails=true");
        let line = ask.line();
        let reply = match api.http.get(ask, api.journal).await {
            Ok(reply) => reply,
            Err(failure) => {
                let why = failure.fault.code.headline();
                api.journal.log(LogLevel::Warn, Some(CHECK), format!("{line}  not read: {why}"));
                continue;
            }
        };
        api.journal.log(LogLevel::Debug, Some(CHECK), format!("{line}  {}", reply.status));
        read += usize::from(read_role(&reply, record, &api.journal.hide));
    }
    let unread = ids.len() - read;
    record.leave_unread(unread);
    if unread > 0 {
        let text = format!("{unread} of {} roles not read: what they give stays open", ids.len());
        api.journal.log(LogLevel::Warn, Some(CHECK), text);
    }
}

/// Adds what a role's own record shows; false when the answer is none.
pub(in crate::probe) fn read_role(reply: &HttpResponse, record: &mut Record, hide: &Redactor) -> bool {
    let Ok(text) = response_errors::text(reply, hide, api_status) else { return false };
    let Ok(Some(body)) = response_body::object(&text) else { return false };
    record.add_role(&body, hide);
    true
}
