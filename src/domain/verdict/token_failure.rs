//! The token request was refused or failed: by the OAuth error code where there is one, else by what answered.

use super::super::secret_text::{Shape, shape};
use super::evidence_view::EvidenceView;
use super::{fixes, tenant};
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::domain::guide::EvidenceSource;
use crate::domain::input::unusual_form;
use crate::domain::report::{Diagnosis, Severity};

struct TokenFault {
    code: Code,
    summary: String,
    fix: Vec<String>,
    witnesses: &'static [EvidenceSource],
}

/// The diagnosis of a refused or failed token request.
pub fn diagnosis(seen: &EvidenceView<'_>, fault: &Fault) -> Diagnosis {
    let guide = seen.case.guide;
    let word = by_oauth_word(seen, fault);
    let has_word = word.is_some();
    let mut found = word.unwrap_or_else(|| by_answer(seen, fault));
    add_address_doubt(seen, has_word, &mut found);
    let mut facts: Vec<String> = found.witnesses.iter().flat_map(|witness| guide.facts_with(*witness)).collect();
    facts.dedup();
    Diagnosis {
        code: found.code,
        severity: Severity::Blocking,
        summary: found.summary,
        fix: found.fix,
        facts,
        checks: vec!["token".into()],
    }
}

/// Adds a doubt about the token endpoint's address: it was given by hand and authinfo names another, or nothing names
/// it.
fn add_address_doubt(seen: &EvidenceView<'_>, has_word: bool, found: &mut TokenFault) {
    let Some(discovery) = seen.case.evidence.discovery.value() else { return };
    let used = &discovery.auth_server;
    let place = fixes::api_details(seen.case.guide);
    if let Some(named) = &discovery.named {
        let named = named.cut(200);
        found.summary = format!("{} --auth-url gives {used}; this Halo names {named}.", found.summary);
        found.fix.insert(
            0,
            format!("Compare both with Authorisation Server under {place}: leave --auth-url out to use {named}."),
        );
    } else if discovery.guessed && !has_word {
        found.summary =
            format!("{} This Halo names no authorisation server; {used} was tried as the usual one.", found.summary);
        found.fix.insert(0, format!("Copy Authorisation Server from {place} and give it with --auth-url."));
    }
}

fn by_oauth_word(seen: &EvidenceView<'_>, fault: &Fault) -> Option<TokenFault> {
    let guide = seen.case.guide;
    let application = fixes::application(guide);
    let described = if fault.said.is_empty() { String::new() } else { format!(" It says: {}", fault.said.cut(160)) };
    if mentions_tenant(fault) {
        return Some(wrong_tenant(seen, "The authorisation server does not know this tenant."));
    }
    Some(match fault.code {
        Code::AuthInvalidClient => invalid_client(seen, fault),
        Code::AuthInvalidScope => invalid_scope(seen, fault),
        Code::AuthUnauthorizedClient | Code::AuthUnsupportedGrant => TokenFault {
            code: fault.code,
            summary: "The application does not allow signing in by client credentials.".into(),
            fix: vec![
                format!("{application}: set Authentication Method to Client ID and Secret (Services), then Save."),
                "That makes a new secret: copy Client ID and Client Secret again.".into(),
            ],
            witnesses: &[EvidenceSource::AuthMethod],
        },
        Code::AuthInvalidGrant => TokenFault {
            code: fault.code,
            summary: format!("The agent that the application logs in as may not log in.{described}"),
            fix: fixes::alternatives(vec![
                vec![format!("{}: see that Account Active is ticked, then Save.", fixes::agent(guide))],
                vec![format!("{application}: set Agent to log in as to {}, then Save.", guide.agent_name())],
            ]),
            witnesses: &[EvidenceSource::LoginAgent],
        },
        Code::AuthInvalidRequest => TokenFault {
            code: fault.code,
            summary: format!("The authorisation server refused the request.{described}"),
            fix: vec![format!(
                "A wrong tenant is the usual reason: compare Tenant and Authorisation Server under {}.",
                fixes::api_details(guide)
            )],
            witnesses: &[EvidenceSource::FormTenant],
        },
        Code::AuthUnknown => TokenFault {
            code: fault.code,
            summary: match fault.oauth_error.as_ref().map(|word| word.cut(60)).filter(|word| !word.trim().is_empty()) {
                Some(word) => {
                    format!(
                        "The authorisation server refused with an error code that is not a standard one: {word}.{described}"
                    )
                }
                None => {
                    let status = fault.status.map(|status| format!(" ({status})")).unwrap_or_default();
                    format!("The authorisation server refused without an OAuth error code{status}.{described}")
                }
            },
            fix: vec![format!(
                "Compare the four values with {}; then ask Halo's support about this answer, or whoever runs a gateway in front of Halo.",
                fixes::api_details(guide)
            )],
            witnesses: &[EvidenceSource::Credentials],
        },
        _ => return None,
    })
}

fn mentions_tenant(fault: &Fault) -> bool {
    fault.code == Code::AuthTenant
        || (matches!(fault.code, Code::AuthInvalidRequest | Code::AuthUnknown)
            && fault.said.as_str().to_ascii_lowercase().contains("tenant"))
}

fn invalid_client(seen: &EvidenceView<'_>, fault: &Fault) -> TokenFault {
    let guide = seen.case.guide;
    let application = fixes::application(guide);
    let unusual = (shape(&seen.case.connection.client_id) != Shape::Guid).then(|| {
        "The Client ID that was given has an unusual form: Halo's are GUIDs of 36 characters. Copy it again first."
            .to_owned()
    });
    let mut id: Vec<String> = unusual.into_iter().collect();
    id.extend([format!(
        "{application}: read Client ID again (it may change when the application is saved), and see that Active is ticked."
    )]);
    let copy = vec![
        "enter the Client Secret again as it was noted when Halo showed it: choosing the Login Type makes a new one, and an older note is void."
            .to_owned(),
    ];
    // It ends what may be a working secret, so it comes last.
    let generate = vec![format!(
        "as the last resort {application}: Edit, press Generate, copy the new Client Secret, Save, and enter it here. The old one ends at once: every other integration that uses this application stops until it has the new one."
    )];
    let secret = match unusual_form(seen.case.notes) {
        Some(form) => vec![
            vec![format!("see that the Client Secret was copied whole and alone; its form is unusual: {form}.")],
            copy,
            generate,
        ],
        None => vec![copy, generate],
    };
    match fault.openiddict.as_deref() {
        Some("ID2052") => TokenFault {
            code: fault.code,
            summary: "Halo does not know this Client ID (ID2052).".into(),
            fix: id,
            witnesses: &[EvidenceSource::Credentials, EvidenceSource::FormClientId],
        },
        Some("ID2055") => TokenFault {
            code: fault.code,
            summary: "Halo knows the Client ID, but not this Client Secret (ID2055).".into(),
            fix: fixes::alternatives(secret),
            witnesses: &[EvidenceSource::Credentials, EvidenceSource::FormSecret],
        },
        _ => TokenFault {
            code: fault.code,
            summary: "Halo does not know this Client ID and Client Secret together.".into(),
            fix: fixes::alternatives(with_id(secret, id, unusual_form(seen.case.notes).is_some())),
            witnesses: &[EvidenceSource::Credentials, EvidenceSource::FormClientId, EvidenceSource::FormSecret],
        },
    }
}

/// The Client ID's step before the secret's, but behind what is known to be unusual.
fn with_id(mut steps: Vec<Vec<String>>, id: Vec<String>, unusual: bool) -> Vec<Vec<String>> {
    steps.insert(usize::from(unusual), id);
    steps
}

fn invalid_scope(seen: &EvidenceView<'_>, fault: &Fault) -> TokenFault {
    let guide = seen.case.guide;
    let (summary, scopes) = match &seen.case.connection.scopes {
        crate::domain::connection::ScopePlan::Exact(scopes) => (
            format!("Halo refused the scope {}.", fixes::join_with_and(scopes)),
            scopes.iter().map(String::as_str).collect::<Vec<_>>(),
        ),
        crate::domain::connection::ScopePlan::Automatic => (
            "The application has none of the permissions of the guide: Halo refused every scope.".to_owned(),
            guide.application.scopes.iter().map(String::as_str).collect(),
        ),
    };
    let mut fix = fixes::tick_scopes(guide, &scopes);
    let unknown: Vec<&str> =
        scopes.iter().copied().filter(|scope| !guide.application.scopes.iter().any(|wanted| wanted == scope)).collect();
    if !unknown.is_empty() {
        fix.push(format!("Or leave --scope out: {} may be no scope of Halo's.", fixes::join_with_and(&unknown)));
    }
    TokenFault { code: fault.code, summary, fix, witnesses: &[EvidenceSource::Scopes] }
}

fn wrong_tenant(seen: &EvidenceView<'_>, summary: &str) -> TokenFault {
    let path = fixes::api_details(seen.case.guide);
    match tenant::sent(seen) {
        Some(tenant) => TokenFault {
            code: Code::AuthTenant,
            summary: format!("{summary} It was asked for {tenant}."),
            fix: vec![format!("Copy Tenant from {path}; leave it empty where Halo shows \"Not set\".")],
            witnesses: &[EvidenceSource::FormTenant],
        },
        None => TokenFault {
            code: Code::InputTenantMissing,
            summary: "The authorisation server did not give a token, and no tenant was named: hosted Halo needs one."
                .into(),
            fix: vec![format!("Copy Tenant from {path} and enter it.")],
            witnesses: &[EvidenceSource::FormTenant],
        },
    }
}

/// Conclusion from a response without an OAuth error.
fn by_answer(seen: &EvidenceView<'_>, fault: &Fault) -> TokenFault {
    let guide = seen.case.guide;
    let server =
        seen.case.evidence.discovery.value().map(|discovery| discovery.auth_server.clone()).unwrap_or_default();
    match fault.code {
        Code::HttpIntercepted => TokenFault {
            code: fault.code,
            summary: fixes::intercepted("the token request", fault),
            fix: fixes::interception(fixes::host_of(&server), Some(fault)),
            witnesses: &[],
        },
        // The same for a page that refuses: somebody else wrote it.
        Code::HttpNotJson if fault.html && matches!(fault.status, Some(400..=499)) && tenant::is_settled(seen) => {
            TokenFault {
                code: Code::HttpIntercepted,
                summary: fixes::intercepted("the token request", fault),
                fix: fixes::interception(fixes::host_of(&server), Some(fault)),
                witnesses: &[],
            }
        }
        // Discovery has named the tenant, or said that there is none: an error page is no complaint about it.
        Code::HttpNotJson if fault.html && fault.status >= Some(500) && tenant::is_settled(seen) => {
            let code = Code::HttpServerError;
            TokenFault {
                code,
                summary: fixes::failure(fixes::host_of(&server), fixes::host_of(&server), code, fault),
                fix: fixes::general(seen, code, Some(fault)),
                witnesses: &[],
            }
        }
        // The tenant is the one that this Halo named, so a page with 200 is the web login, not a complaint about it.
        Code::HttpNotJson | Code::AuthBadTokenResponse
            if fault.html && fault.status == Some(200) && tenant::is_named(seen) =>
        {
            TokenFault {
                code: Code::AuthBadTokenResponse,
                summary: format!(
                    "The sign-in page came back instead of a token: {server} is a web login, not the API's."
                ),
                fix: vec![format!(
                    "Compare Authorisation Server under {}; give it with --auth-url.",
                    fixes::api_details(guide)
                )],
                witnesses: &[EvidenceSource::ApiDetails],
            }
        }
        // Seen live: a wrong tenant is answered with a whole web page, not with JSON.
        Code::HttpNotJson | Code::AuthBadTokenResponse if fault.html => wrong_tenant(
            seen,
            "The authorisation server answered with a web page instead of a token: it does not know the tenant.",
        ),
        Code::HttpNotFound => TokenFault {
            code: fault.code,
            summary: no_endpoint(&server, fault),
            fix: vec![format!(
                "Compare Authorisation Server under {}; give it with --auth-url. Some instances have no /auth at its end.",
                fixes::api_details(guide)
            )],
            witnesses: &[EvidenceSource::ApiDetails],
        },
        Code::AuthBadTokenResponse => TokenFault {
            code: fault.code,
            summary: format!("The token answer is unusable. {}", fault.detail.cut(200)),
            fix: vec![format!("See that {server} is Authorisation Server under {}.", fixes::api_details(guide))],
            witnesses: &[EvidenceSource::ApiDetails],
        },
        Code::HttpRedirectRefused => TokenFault {
            code: fault.code,
            summary: format!(
                "{server} sends the token request on to {}. It was not followed: the secret goes nowhere else.",
                fault.target.as_ref().map(|target| target.cut(200)).unwrap_or_default()
            ),
            fix: vec![format!(
                "Compare Authorisation Server under {}; give it with --auth-url.",
                fixes::api_details(guide)
            )],
            witnesses: &[EvidenceSource::ApiDetails],
        },
        Code::LocalBug => TokenFault {
            code: fault.code,
            summary: "The sign-in check broke. That is this program's fault, not Halo's.".into(),
            fix: vec!["Hand the report to the maintainers of this program, then run the check again.".into()],
            witnesses: &[],
        },
        code => TokenFault {
            code,
            summary: fixes::failure(fixes::host_of(&server), fixes::host_of(&server), code, fault),
            fix: fixes::general(seen, code, Some(fault)),
            witnesses: &[],
        },
    }
}

fn no_endpoint(server: &str, fault: &Fault) -> String {
    let status = fault.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let tried = if fault.detail.is_empty() { String::new() } else { format!(" {}", fault.detail.cut(240)) };
    format!("There is no token endpoint at {server}/token{status}.{tried}")
}
