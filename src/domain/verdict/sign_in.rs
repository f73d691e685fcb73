//! Up to the token: the connection, discovery, the tenant, the token endpoint.

use super::super::secret_text::{Shape, shape};
use super::evidence_view::EvidenceView;
use super::fixes;
use crate::domain::codes::Code;
use crate::domain::evidence::{Fault, Observation};
use crate::domain::guide::{AddressPart, EvidenceSource, Guide};
use crate::domain::input::unusual_form;
use crate::domain::report::{Diagnosis, Severity};
use crate::domain::scope;

/// Diagnoses up to and including the token.
pub fn diagnoses(seen: &EvidenceView<'_>) -> Vec<Diagnosis> {
    let evidence = seen.case.evidence;
    match &evidence.discovery {
        // Everything rests on discovery: without it, nothing was tested.
        Observation::NotAsked if !seen.case.finished => return Vec::new(),
        Observation::NotAsked | Observation::Cancelled => return vec![fixes::cancelled(vec!["discovery".into()])],
        Observation::Failed(fault) => return vec![discovery_failed(seen, fault)],
        Observation::Answered(_) => {}
    }
    let mismatch = tenant_mismatch(seen);
    if let Some(mismatch) = mismatch.as_ref().filter(|mismatch| mismatch.severity == Severity::Blocking) {
        return vec![mismatch.clone()];
    }
    let mut out: Vec<Diagnosis> = match &evidence.token {
        Observation::Failed(fault) => vec![token_failed(seen, fault)],
        Observation::Cancelled => vec![fixes::cancelled(vec!["token".into()])],
        // What was not asked is no pass.
        Observation::NotAsked if seen.case.finished => vec![no_token_asked()],
        _ => Vec::new(),
    };
    out.extend(mismatch);
    out.extend(split_host(seen));
    out.extend(other_form(seen));
    if evidence.token.value().is_some() {
        out.extend(clock(seen));
    }
    out
}

/// The run ended before a token was asked for.
fn no_token_asked() -> Diagnosis {
    let summary = "The run ended before a token was asked for: nothing that needs one was checked.".into();
    Diagnosis { summary, ..fixes::cancelled(vec!["token".into()]) }
}

fn discovery_failed(seen: &EvidenceView<'_>, fault: &Fault) -> Diagnosis {
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

/// The typed tenant is not this Halo's. It is sent as typed, to the same origin alone: a token then outweighs what discovery
/// says, and a failure of the way there says nothing about the tenant.
fn tenant_mismatch(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
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
fn tenant_sent<'a>(seen: &EvidenceView<'a>) -> Option<&'a str> {
    let told = seen.case.evidence.discovery.value().and_then(|discovery| discovery.tenant.as_ref());
    let told = told.map(|tenant| tenant.as_str()).filter(|tenant| !tenant.is_empty());
    seen.case.connection.tenant.as_deref().or(told)
}

/// Returns true if discovery named the tenant that was sent.
fn tenant_told(seen: &EvidenceView<'_>) -> bool {
    let told = seen.case.evidence.discovery.value().and_then(|discovery| discovery.tenant.as_ref());
    told.is_some_and(|tenant| !tenant.is_empty())
}

/// True when discovery named the tenant that was sent, or said that there is none and none was sent.
fn tenant_settled(seen: &EvidenceView<'_>) -> bool {
    let discovery = seen.case.evidence.discovery.value();
    let has_none = discovery.is_some_and(|discovery| discovery.has_no_tenant) && tenant_sent(seen).is_none();
    tenant_told(seen) || has_none
}

/// Returns true if a refused token request is evidence against the tenant: by its text, or because a page was
/// returned for a tenant that discovery has not confirmed.
pub fn blames_the_tenant(seen: &EvidenceView<'_>, fault: &Fault) -> bool {
    let page = fault.html && matches!(fault.code, Code::HttpNotJson | Code::AuthBadTokenResponse);
    fault.code == Code::AuthTenant || (page && !tenant_settled(seen))
}

struct TokenFault {
    code: Code,
    summary: String,
    fix: Vec<String>,
    witnesses: &'static [EvidenceSource],
}

fn token_failed(seen: &EvidenceView<'_>, fault: &Fault) -> Diagnosis {
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
    match tenant_sent(seen) {
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
        Code::HttpNotJson if fault.html && matches!(fault.status, Some(400..=499)) && tenant_settled(seen) => {
            TokenFault {
                code: Code::HttpIntercepted,
                summary: fixes::intercepted("the token request", fault),
                fix: fixes::interception(fixes::host_of(&server), Some(fault)),
                witnesses: &[],
            }
        }
        // Discovery has named the tenant, or said that there is none: an error page is no complaint about it.
        Code::HttpNotJson if fault.html && fault.status >= Some(500) && tenant_settled(seen) => {
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
            if fault.html && fault.status == Some(200) && tenant_told(seen) =>
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

/// The vendor's test by its button; where the source names none, in words.
fn test_of(guide: &Guide) -> &str {
    if guide.test_button.is_empty() { "the connection" } else { &guide.test_button }
}

/// Tokens come from the other form of the named address; a product that goes by the name alone may fail.
fn other_form(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let guide = seen.case.guide;
    let discovery = seen.case.evidence.discovery.value()?;
    let used = seen.case.evidence.token.value()?.token_url.split('?').next().unwrap_or_default();
    let named = format!("{}/token", discovery.auth_server);
    (!used.is_empty() && used != named).then(|| Diagnosis {
        code: Code::DiscoveryBadAuthUrl,
        severity: Severity::Note,
        summary: format!("Tokens come from {used}; {named} is named as their address, but there is nothing."),
        fix: vec![format!(
            "Compare Authorisation Server under {}. If {} fails in {}, tell its support this address.",
            fixes::api_details(guide),
            test_of(guide),
            guide.vendor
        )],
        facts: guide.facts_with(EvidenceSource::ApiDetails),
        checks: vec!["token".into()],
    })
}

/// The vendor's form does not ask for the authorisation server, so one on another host is worth knowing.
fn split_host(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let discovery = seen.case.evidence.discovery.value()?;
    let foreign = !discovery.auth_origin.is_empty() && discovery.auth_origin != seen.case.connection.resource_server;
    let asked = seen.case.guide.lines().any(|line| line.value == Some(AddressPart::AuthorisationServer));
    (foreign && !asked && seen.case.evidence.token.value().is_some()).then(|| Diagnosis {
        code: Code::DiscoveryForeignAuthUrl,
        severity: Severity::Note,
        summary: format!(
            "The authorisation server is another host ({}), and the form of {} does not ask for it.",
            discovery.auth_origin, seen.case.guide.vendor
        ),
        fix: vec![format!("If {} fails there, tell its support this address.", test_of(seen.case.guide))],
        facts: seen.case.guide.facts_with(EvidenceSource::ApiDetails),
        checks: vec!["discovery".into()],
    })
}

/// A clock that is far off while the token still works.
fn clock(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let skew = seen.case.evidence.discovery.value()?.clock_skew?;
    let told = seen.refused_for_the_clock();
    (skew.abs() > fixes::SKEW_LIMIT && !told).then(|| Diagnosis {
        code: Code::AuthClockSkew,
        severity: Severity::Warning,
        summary: fixes::clock_difference_text(skew),
        fix: fixes::clock_fix_steps(),
        facts: Vec::new(),
        checks: vec!["discovery".into()],
    })
}

/// The scopes that the token reply lists beyond those of the guide.
pub fn excess_scopes(seen: &EvidenceView<'_>) -> Vec<String> {
    let Some(echo) = &seen.echo else { return Vec::new() };
    scope::excess(echo, &seen.case.guide.application.scopes).into_iter().map(str::to_owned).collect()
}
