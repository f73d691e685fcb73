//! The tenant: the one that was typed beside the one that discovery names, and what a refused token request says of it.

use super::evidence_view::EvidenceView;
use super::fixes;
use crate::domain::codes::Code;
use crate::domain::evidence::{Fault, Observation};
use crate::domain::guide::EvidenceSource;
use crate::domain::report::{Diagnosis, Severity};

/// The typed tenant is not this Halo's. It is sent as typed, to the same origin alone: a token then outweighs what discovery
/// says, and a failure of the way there says nothing about the tenant.
pub fn mismatch(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let typed = seen.case.connection.tenant.as_deref()?;
    let discovery = seen.case.evidence.discovery.value()?;
    let told = discovery.other_tenant(Some(typed))?.cut(80);
    let guide = seen.case.guide;
    let sent = discovery.issues_tokens_at(&seen.case.connection.resource_server);
    let typed: String = typed.chars().take(80).collect();
    let differ = format!("The tenant {typed} was typed; this Halo is {told}.");
    let (severity, came) = match &seen.case.evidence.token {
        _ if !sent => (Severity::Blocking, "Tokens are issued at another host, so the secret was not sent."),
        Observation::NotAsked | Observation::Cancelled => return None,
        Observation::Answered(_) => (Severity::Warning, "A token came all the same, with the tenant as typed."),
        Observation::Failed(fault) if blames_no_tenant(fault) => {
            (Severity::Warning, "Whether it would get a token is open: the request was not answered by Halo.")
        }
        Observation::Failed(_) => {
            (Severity::Blocking, "The secret was sent as typed, to the same origin, and got no token.")
        }
    };
    let check = if sent { "token" } else { "discovery" };
    Some(Diagnosis {
        code: Code::InputTenantMismatch,
        severity,
        summary: format!("{differ} {came}"),
        fix: vec![
            format!("Enter {told} as Tenant: it stands beside Resource Server under {}.", fixes::api_details(guide)),
            "If that is not your tenant, Resource Server is the address of another instance.".into(),
        ],
        facts: guide.facts_with(EvidenceSource::FormTenant),
        checks: vec![check.into()],
    })
}

/// Returns true for a failure that no tenant can cause: the network, an interceptor in front of Halo, a busy server.
fn blames_no_tenant(fault: &Fault) -> bool {
    let id = fault.code.id();
    id.starts_with("net.")
        || id.starts_with("tls.")
        || id.starts_with("local.")
        || matches!(
            fault.code,
            Code::HttpIntercepted
                | Code::HttpRateLimited
                | Code::HttpUnavailable
                | Code::HttpBadEncoding
                | Code::HttpMalformed
                | Code::InputUrlInsecure
        )
        || (fault.code == Code::HttpServerError && !fault.html)
}

/// The tenant that the token request named.
pub fn sent<'a>(seen: &EvidenceView<'a>) -> Option<&'a str> {
    let told = seen.case.evidence.discovery.value().and_then(|discovery| discovery.tenant.as_ref());
    let told = told.map(|tenant| tenant.as_str()).filter(|tenant| !tenant.is_empty());
    seen.case.connection.tenant.as_deref().or(told)
}

/// Returns true if discovery named the tenant that was sent.
pub fn is_named(seen: &EvidenceView<'_>) -> bool {
    let told = seen.case.evidence.discovery.value().and_then(|discovery| discovery.tenant.as_ref());
    told.is_some_and(|tenant| !tenant.is_empty())
}

/// True when discovery named the tenant that was sent, or said that there is none and none was sent.
pub fn is_settled(seen: &EvidenceView<'_>) -> bool {
    let discovery = seen.case.evidence.discovery.value();
    let has_none = discovery.is_some_and(|discovery| discovery.has_no_tenant) && sent(seen).is_none();
    is_named(seen) || has_none
}

/// Returns true if a refused token request is evidence against the tenant: by its text, or because a page was
/// returned for a tenant that discovery has not confirmed.
pub fn is_blamed(seen: &EvidenceView<'_>, fault: &Fault) -> bool {
    let page = fault.html && matches!(fault.code, Code::HttpNotJson | Code::AuthBadTokenResponse);
    fault.code == Code::AuthTenant || (page && !is_settled(seen))
}
