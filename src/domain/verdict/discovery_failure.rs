//! Discovery failed: what answered in place of Halo, or why nothing did.

use super::evidence_view::EvidenceView;
use super::fixes;
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::domain::guide::EvidenceSource;
use crate::domain::report::{Diagnosis, Severity};

pub fn diagnosis(seen: &EvidenceView<'_>, fault: &Fault) -> Diagnosis {
    let guide = seen.case.guide;
    let host = fixes::host_of(&seen.case.connection.resource_server);
    let target = fault.target.as_ref().map(|target| target.cut(200)).unwrap_or_default();
    let page = if fault.said.is_empty() { String::new() } else { format!(" (it says: {})", fault.said.cut(80)) };
    let status = fault.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let copy = format!("Copy Resource Server from {}.", fixes::api_details(guide));
    let (code, summary, fix) = match fault.code {
        Code::DiscoveryForeignAuthUrl => (
            fault.code,
            format!(
                "{host} says that tokens are to be got at {target}. That is another server; the secret was not sent."
            ),
            vec![
                format!("Compare {target} with Authorisation Server under {}.", fixes::api_details(guide)),
                format!("If they are the same, accept it here (check: --allow-auth-origin {target})."),
            ],
        ),
        Code::DiscoveryBadAuthUrl => (
            fault.code,
            format!(
                "{host} names an unusable authorisation server: {}. The secret was not sent.",
                either_text(&target, fault)
            ),
            vec![format!(
                "Compare Authorisation Server under {}; give the right one with --auth-url.",
                fixes::api_details(guide)
            )],
        ),
        Code::DiscoveryNotHalo | Code::HttpNotFound | Code::HttpNotJson | Code::HttpBadJson | Code::HttpEmpty => (
            if matches!(fault.code, Code::HttpNotFound | Code::HttpNotJson) {
                Code::DiscoveryNotHalo
            } else {
                fault.code
            },
            if fault.html {
                format!("{host} answers with a web page, not as Halo's API{status}{page}.")
            } else {
                format!("{host} answers, but not as Halo's API{status}.")
            },
            vec![copy],
        ),
        Code::HttpIntercepted => (
            fault.code,
            format!("{} The secret was not sent.", fixes::intercepted(&format!("{host}/api/authinfo"), fault)),
            fixes::interception(host, Some(fault)),
        ),
        Code::HttpRedirectRefused => (
            fault.code,
            format!("{host} sends us to {target}. It was not followed; the secret was sent nowhere."),
            vec![format!("If {target} is your Halo, enter it as Resource Server. Else: {copy}")],
        ),
        Code::LocalBug => (
            fault.code,
            "The check of the address broke. That is this program's fault, not Halo's.".into(),
            vec!["Hand the report to the maintainers of this program, then run the check again.".into()],
        ),
        code => (code, fixes::failure(host, host, code, fault), fixes::general(seen, code, Some(fault))),
    };
    let mut facts = guide.facts_with(EvidenceSource::ApiDetails);
    facts.extend(guide.facts_with(EvidenceSource::FormUrl));
    let summary = match &fault.tried {
        Some(tried) => format!("{summary} {}", tried.cut(200)),
        None => summary,
    };
    // Whoever reads this has just typed a secret that is shown once.
    let summary = if summary.contains("secret") { summary } else { format!("{summary} The secret was not sent.") };
    Diagnosis { code, severity: Severity::Blocking, summary, fix, facts, checks: vec!["discovery".into()] }
}

fn either_text(target: &str, fault: &Fault) -> String {
    let detail = fault.detail.cut(200);
    match (target.is_empty(), detail.is_empty()) {
        (false, false) => format!("{target} ({})", detail.trim_end_matches('.')),
        (false, true) => target.to_owned(),
        _ => detail,
    }
}
