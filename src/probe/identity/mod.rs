//! Who the token acts as: `/api/Agent/me`, and its roles where the record only names them.

mod parse;

use self::parse::Record;
use super::answer;
use super::api::Api;
use super::fault::api_status;
use super::hide::Hide;
use super::http::Reply;
use super::lines;
use super::reply;
use crate::domain::code::Code;
use crate::domain::event::LogLevel;
use crate::domain::evidence::{Answer, Asked, Fault, Identity};
use crate::domain::request_budget;

/// The check's id.
pub(super) const CHECK: &str = "identity";

/// Asks who the token acts as.
pub(super) async fn ask(api: Api<'_>) -> Asked<Identity> {
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
            Asked::Answered(answer)
        }
        Err(fault) => Asked::Failed(fault),
    };
    lines::exchange(api.journal, CHECK, &line, &outcome, |identity| {
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

pub(super) fn read(reply: &Reply, hide: &Hide) -> Result<(Record, Answer<Identity>), Fault> {
    let text = answer::text(reply, hide, api_status)?;
    let body = reply::object(&text).map_err(|why| answer::unreadable(reply, why))?;
    let body = body.ok_or_else(|| answer::of(reply, Code::ApiShape).detail("it is JSON, but no object"))?;
    let answer = Answer { value: Identity::default(), status: reply.status, timing: reply.timing };
    Ok((Record::of_agent(&body, hide), answer))
}

/// Asks for the first roles' own records. A refusal is no failure: who may read them is not known.
async fn add_roles(api: Api<'_>, record: &mut Record) {
    for id in record.role_ids.clone().iter().take(request_budget::ROLES as usize) {
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
        read_role(&reply, record, &api.journal.hide);
    }
}

/// Adds what a role's own record shows, where the answer is one.
pub(super) fn read_role(reply: &Reply, record: &mut Record, hide: &Hide) {
    if let Ok(text) = answer::text(reply, hide, api_status)
        && let Ok(Some(body)) = reply::object(&text)
    {
        record.add_role(&body, hide);
    }
}
