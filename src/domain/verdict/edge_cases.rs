//! What each fact and each sentence says at the edges of the rules: every row kills a change of a rule that no other test
//! noticed.

use super::tests::*;
use super::*;
use crate::domain::codes::Code;
use crate::domain::connection::Note;
use crate::domain::connection::{Connection, Field};
use crate::domain::evidence::{ConnectionInfo, Evidence, Fault, Observation};
use crate::domain::guide::{EvidenceSource, Guide};
use crate::domain::report::FactState::{self, Contradicted, Proved, Unproved};
use crate::domain::report::{Judgement, Status};
use crate::domain::report::{Severity, Verdict};
use crate::domain::untrusted_text::UntrustedText;

type Change = fn(&mut Evidence);

fn token_failed(evidence: &mut Evidence, fault: Fault) {
    *evidence =
        Evidence { discovery: evidence.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
}

fn discovery_failed(evidence: &mut Evidence, fault: Fault) {
    *evidence = Evidence { discovery: Observation::Failed(fault), ..Evidence::default() };
}

fn invalid_client(number: &str) -> Fault {
    Fault { openiddict: Some(number.to_owned()), ..Fault::new(Code::AuthInvalidClient) }
}

fn told_tenant(evidence: &mut Evidence, tenant: Option<&str>) {
    if let Observation::Answered(answer) = &mut evidence.discovery {
        answer.value.tenant = tenant.map(UntrustedText::new);
    }
}

fn given_by_hand(evidence: &mut Evidence) {
    if let Observation::Answered(answer) = &mut evidence.discovery {
        answer.value.given_by_hand = true;
    }
}

fn silent(evidence: &mut Evidence) {
    evidence.identity = Observation::NotAsked;
    grant(evidence).id_token = None;
}

/// A change, the fact, its state, and what was found.
const FACTS: &[(&str, Change, &str, FactState, &str)] = &[
    ("as wanted", |_| {}, "C1", Proved, "https://acme.halopsa.com/auth, tenant acme"),
    ("no tenant told", |e| told_tenant(e, None), "C1", Proved, "https://acme.halopsa.com/auth"),
    ("no Halo", |e| discovery_failed(e, Fault::new(Code::DiscoveryNotHalo)), "C1", Contradicted, "no Halo"),
    ("nothing there", |e| discovery_failed(e, Fault::new(Code::HttpNotFound)), "C1", Contradicted, "no Halo"),
    (
        "a page",
        |e| discovery_failed(e, Fault { html: true, ..Fault::new(Code::HttpNotJson) }),
        "D2",
        Contradicted,
        "no Halo at this address",
    ),
    (
        "an error page",
        |e| discovery_failed(e, Fault { html: true, ..Fault::new(Code::HttpServerError) }),
        "D2",
        Unproved,
        "",
    ),
    (
        "a firewall's page",
        |e| discovery_failed(e, Fault { html: true, ..Fault::new(Code::HttpIntercepted) }),
        "C1",
        Unproved,
        "",
    ),
    ("no name", |e| discovery_failed(e, Fault::new(Code::NetDns)), "C1", Unproved, ""),
    ("no name", |e| discovery_failed(e, Fault::new(Code::NetDns)), "D2", Unproved, ""),
    ("accepted", |_| {}, "C3", Proved, "accepted"),
    ("not allowed", |e| token_failed(e, Fault::new(Code::AuthUnauthorizedClient)), "C3", Contradicted, "not allowed"),
    ("not offered", |e| token_failed(e, Fault::new(Code::AuthUnsupportedGrant)), "C3", Contradicted, "not allowed"),
    ("another refusal", |e| token_failed(e, Fault::new(Code::AuthInvalidClient)), "C3", Unproved, ""),
    ("refused", |e| token_failed(e, Fault::new(Code::AuthInvalidClient)), "C6", Contradicted, "refused"),
    ("another refusal", |e| token_failed(e, Fault::new(Code::AuthTenant)), "C6", Unproved, ""),
    ("every scope refused", |e| token_failed(e, Fault::new(Code::AuthInvalidScope)), "C7", Contradicted, "every scope"),
    ("another refusal", |e| token_failed(e, Fault::new(Code::AuthInvalidClient)), "C7", Unproved, ""),
    ("the id", |e| token_failed(e, invalid_client("ID2052")), "D4", Contradicted, "not known to Halo"),
    ("the id", |e| token_failed(e, invalid_client("ID2052")), "D5", Unproved, ""),
    ("the secret", |e| token_failed(e, invalid_client("ID2055")), "D5", Contradicted, "not known to Halo"),
    ("the secret", |e| token_failed(e, invalid_client("ID2055")), "D4", Unproved, ""),
    ("neither", |e| token_failed(e, Fault::new(Code::AuthInvalidClient)), "D4", Unproved, ""),
    (
        "another word with the number",
        |e| token_failed(e, Fault { openiddict: Some("ID2052".into()), ..Fault::new(Code::AuthInvalidRequest) }),
        "D4",
        Unproved,
        "",
    ),
    ("lacks one", |e| grant(e).echo = Some(foreign(&["openid", "read:tickets"])), "C7", Contradicted, "lacks read:cu"),
    (
        "has more",
        |e| grant(e).echo.as_mut().expect("an echo").push(UntrustedText::new("read:kb")),
        "C7",
        Contradicted,
        "also",
    ),
    ("not told, but rows", no_echo, "C7", Proved, "at least what is wanted"),
    ("told", |_| {}, "C7", Proved, "as wanted"),
    ("told by discovery", |_| {}, "D3", Proved, "acme"),
    ("not told, but accepted", |e| told_tenant(e, None), "D3", Proved, "acme"),
    (
        "a page, none told",
        |e| {
            told_tenant(e, None);
            token_failed(e, Fault { html: true, ..Fault::new(Code::HttpNotJson) });
        },
        "D3",
        Contradicted,
        "not known",
    ),
    (
        "refused by name",
        |e| {
            told_tenant(e, None);
            token_failed(e, Fault::new(Code::AuthTenant));
        },
        "D3",
        Contradicted,
        "not known",
    ),
    (
        "another refusal",
        |e| {
            told_tenant(e, None);
            token_failed(e, Fault::new(Code::AuthInvalidClient));
        },
        "D3",
        Unproved,
        "",
    ),
    ("typed by hand, and the API answers", given_by_hand, "D2", Proved, "https://acme.halopsa.com"),
    (
        "typed by hand, and nothing answers",
        |e| {
            given_by_hand(e);
            token_failed(e, Fault::new(Code::AuthInvalidClient));
        },
        "D2",
        Unproved,
        "",
    ),
    ("another agent with the role", |e| me(e).name = Some(UntrustedText::new("Bob")), "A1", Contradicted, "Bob"),
    (
        "another agent without the role",
        |e| {
            me(e).name = Some(UntrustedText::new("Bob"));
            me(e).api_only = Some(false);
            me(e).roles = Some(foreign(&["Technician"]));
        },
        "A1",
        Unproved,
        "",
    ),
    (
        "another agent without the role",
        |e| {
            me(e).name = Some(UntrustedText::new("Bob"));
            me(e).api_only = Some(false);
            me(e).roles = Some(foreign(&["Technician"]));
        },
        "C5",
        Contradicted,
        "Bob",
    ),
    ("no role", |e| me(e).roles = Some(Vec::new()), "B1", Unproved, ""),
    ("no role", |e| me(e).roles = Some(Vec::new()), "B2", Contradicted, "no role"),
    (
        "many rows alone",
        |e| {
            no_claims(e);
            e.probes.insert("tickets".into(), rows(3, &[(7, 3)]));
        },
        "B3",
        Proved,
        "rows are visible",
    ),
    (
        "one row alone",
        |e| {
            no_claims(e);
            e.probes.insert("tickets".into(), rows(1, &[(7, 1)]));
        },
        "B3",
        Proved,
        "a row is visible",
    ),
    ("a lower level shows as much", no_claims, "B4", Unproved, "a row is visible, as with a lower level"),
    (
        "nothing to see",
        |e| {
            no_claims(e);
            e.probes.insert("invoices".into(), rows(0, &[]));
        },
        "B7",
        Unproved,
        "allowed, no row visible",
    ),
    (
        "no such ticket",
        |e| {
            no_claims(e);
            e.probes.insert("unassigned-tickets".into(), rows(0, &[]));
        },
        "B10",
        Unproved,
        "no such ticket is visible",
    ),
    (
        "nobody says who",
        |e| {
            silent(e);
            e.probes.clear();
        },
        "C4",
        Unproved,
        "",
    ),
    ("nobody says who, but rows", silent, "C4", Proved, "the token acts as an agent"),
];

#[test]
fn each_fact_says_what_was_found() {
    for (name, change, id, state, found) in FACTS {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        let told = fact(&judgement, id);
        assert_eq!(told.state, *state, "{name}, {id}: {told:?}");
        let words = told.found.clone().unwrap_or_default();
        assert!(if found.is_empty() { words.is_empty() } else { words.contains(found) }, "{name}, {id}: {words:?}");
    }
}

fn first(judgement: &Judgement) -> (&'static str, Severity, String, String) {
    let first = judgement.diagnoses.first().expect("a diagnosis");
    (first.code.id(), first.severity, first.summary.clone(), first.fix.join(" | "))
}

/// A change, and the code, the severity, words of the summary, words of the fix of the first diagnosis.
const WORDS: &[(&str, Change, &str, Severity, &str, &str)] = &[
    (
        "a disabled agent whose token and lists work",
        |e| me(e).disabled = Some(true),
        "auth.invalid_grant",
        Severity::Warning,
        "its token and lists work",
        "tick Account Active",
    ),
    (
        "an API-only agent of another name without the role",
        |e| {
            me(e).name = Some(UntrustedText::new("Bob"));
            me(e).roles = Some(foreign(&["Technician"]));
        },
        "identity.wrong_agent",
        Severity::Blocking,
        "signed in as Bob",
        "Either Configuration > Advanced",
    ),
    (
        "an agent of another name with the role",
        |e| me(e).name = Some(UntrustedText::new("Bob")),
        "identity.wrong_agent",
        Severity::Blocking,
        "signed in as Bob",
        "Either Configuration > Core Features > Teams & Agents > Agents > Bob",
    ),
    (
        "a role of another name that is short too",
        |e| {
            me(e).roles = Some(foreign(&["Technician"]));
            claim(e, "Xx", "0");
            refuse_list(e, "invoices", 403);
        },
        "identity.wrong_role",
        Severity::Blocking,
        "does not have the role",
        "add ",
    ),
    (
        "a role of another name that has everything",
        |e| me(e).roles = Some(foreign(&["Technician"])),
        "identity.wrong_role",
        Severity::Blocking,
        "Its permissions are right",
        "set Role Name to",
    ),
    (
        "one role alone that grants too much",
        |e| claim(e, "Tx", "2"),
        "privilege.role_excess",
        Severity::Warning,
        "The role may do more",
        "set Tickets Access Level",
    ),
    (
        "a second role that grants too much",
        |e| {
            claim(e, "Tx", "2");
            me(e).roles.as_mut().expect("roles").push(UntrustedText::new("Dispatcher"));
        },
        "privilege.role_excess",
        Severity::Warning,
        "The agent has Dispatcher as well",
        "look at Dispatcher first",
    ),
    (
        "eight scopes too many",
        |e| {
            let more = ["read:a", "read:b", "read:c", "read:d", "read:e", "read:f", "read:g", "read:h"];
            grant(e).echo.as_mut().expect("an echo").extend(foreign(&more));
        },
        "privilege.scope_excess",
        Severity::Warning,
        "read:g and read:h.",
        "untick read:a",
    ),
    (
        "nine scopes too many",
        |e| {
            let more = ["read:a", "read:b", "read:c", "read:d", "read:e", "read:f", "read:g", "read:h", "read:i"];
            grant(e).echo.as_mut().expect("an echo").extend(foreign(&more));
        },
        "privilege.scope_excess",
        Severity::Warning,
        "read:h and 1 more.",
        "untick read:a",
    ),
    (
        "edit in place of read",
        |e| {
            let echo = grant(e).echo.as_mut().expect("an echo");
            echo.retain(|scope| scope.as_str() != "read:tickets");
            echo.push(UntrustedText::new("edit:tickets"));
        },
        "privilege.scope_excess",
        Severity::Warning,
        "edit:tickets",
        "Permissions: tick read:tickets first.",
    ),
    (
        "refused with two statuses",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
            refuse_list(e, "items", 401);
        },
        "api.forbidden",
        Severity::Blocking,
        "40",
        "Either",
    ),
    (
        "both sides short, and the list is empty",
        |e| {
            grant(e).echo.as_mut().expect("an echo").retain(|scope| scope.as_str() != "read:invoices");
            claim(e, "Xx", "0");
            e.probes.insert("invoices".into(), rows(0, &[]));
        },
        "api.scope_missing",
        Severity::Blocking,
        "read:invoices",
        "tick read:invoices",
    ),
    (
        "the application short, and the list is empty",
        |e| {
            grant(e).echo.as_mut().expect("an echo").retain(|scope| scope.as_str() != "read:invoices");
            e.probes.insert("invoices".into(), rows(0, &[]));
        },
        "api.scope_missing",
        Severity::Blocking,
        "read:invoices",
        "tick read:invoices",
    ),
    (
        "a part is hidden",
        |e| me(e).ticket_types_restricted = Some(true),
        "api.nothing_visible",
        Severity::Warning,
        "sees only a part of",
        "Allow use of all Ticket Types",
    ),
    (
        "one endpoint of a fact is missing",
        |e| drop(e.probes.insert("timesheets".into(), failed(Code::ApiMissing))),
        "api.missing",
        Severity::Blocking,
        "/api/Timesheet",
        "module",
    ),
    (
        "one endpoint is missing, the other fails",
        |e| {
            e.probes.insert("timesheets".into(), failed(Code::ApiMissing));
            e.probes.insert("timesheet-events".into(), failed(Code::HttpServerError));
        },
        "http.server_error",
        Severity::Blocking,
        "timesheet events",
        "No verdict",
    ),
    (
        "the id is not known",
        |e| token_failed(e, invalid_client("ID2052")),
        "auth.invalid_client",
        Severity::Blocking,
        "does not know this Client ID (ID2052)",
        "read Client ID again",
    ),
    (
        "the secret is not known",
        |e| token_failed(e, invalid_client("ID2055")),
        "auth.invalid_client",
        Severity::Blocking,
        "but not this Client Secret (ID2055)",
        "press Generate",
    ),
    (
        "an agent that may not log in",
        |e| token_failed(e, Fault { said: UntrustedText::new("no."), ..Fault::new(Code::AuthInvalidGrant) }),
        "auth.invalid_grant",
        Severity::Blocking,
        "may not log in. It says: no.",
        "see that Account Active is ticked",
    ),
    (
        "a refusal that speaks of the tenant",
        |e| {
            token_failed(
                e,
                Fault { said: UntrustedText::new("Unknown Tenant"), ..Fault::new(Code::AuthInvalidRequest) },
            )
        },
        "auth.tenant",
        Severity::Blocking,
        "It was asked for acme.",
        "Copy Tenant from",
    ),
    (
        "a page with 200, and the tenant was never told",
        |e| {
            told_tenant(e, None);
            token_failed(e, Fault { html: true, status: Some(200), ..Fault::new(Code::HttpNotJson) });
        },
        "auth.tenant",
        Severity::Blocking,
        "web page instead of a token",
        "Copy Tenant from",
    ),
    (
        "nothing at either token URL",
        |e| {
            let detail = "https://acme.halopsa.com/token was tried too: 404.";
            token_failed(e, Fault { status: Some(404), ..Fault::new(Code::HttpNotFound).detail(detail) });
        },
        "http.not_found",
        Severity::Blocking,
        "at https://acme.halopsa.com/auth/token (404). https://acme.halopsa.com/token was tried too: 404.",
        "--auth-url",
    ),
    (
        "an unusable address without particulars",
        |e| {
            discovery_failed(
                e,
                Fault { target: Some(UntrustedText::new("ftp://x")), ..Fault::new(Code::DiscoveryBadAuthUrl) },
            )
        },
        "discovery.bad_auth_url",
        Severity::Blocking,
        "names an unusable authorisation server: ftp://x.",
        "--auth-url",
    ),
    (
        "an unusable address with particulars",
        |e| {
            let fault = Fault::new(Code::DiscoveryBadAuthUrl).detail("it is plain http.");
            discovery_failed(e, Fault { target: Some(UntrustedText::new("http://x")), ..fault });
        },
        "discovery.bad_auth_url",
        Severity::Blocking,
        "names an unusable authorisation server: http://x (it is plain http).",
        "--auth-url",
    ),
    (
        "particulars that name the host are a sentence of their own",
        |e| discovery_failed(e, Fault::new(Code::NetDns).detail("the name acme.halopsa.com does not resolve")),
        "net.dns",
        Severity::Blocking,
        "The name acme.halopsa.com does not resolve. The secret was not sent.",
        "letter by letter",
    ),
    (
        "other particulars follow the headline",
        |e| discovery_failed(e, Fault::new(Code::HttpBadEncoding).detail("broken at byte 7.")),
        "http.bad_encoding",
        Severity::Blocking,
        "acme.halopsa.com: The answer's compression cannot be read: broken at byte 7. The secret was not sent.",
        "Check the address",
    ),
    (
        "tokens come from the other form of the address",
        |e| grant(e).token_url = "https://acme.halopsa.com/token?tenant=acme".into(),
        "discovery.bad_auth_url",
        Severity::Note,
        "Tokens come from https://acme.halopsa.com/token; https://acme.halopsa.com/auth/token is named",
        "Compare Authorisation Server",
    ),
];

#[test]
fn each_diagnosis_says_it_in_its_own_words() {
    for (name, change, code, severity, says, fixes) in WORDS {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        let told = first(&judgement);
        assert_eq!((told.0, told.1), (*code, *severity), "{name}: {:#?}", judgement.diagnoses);
        assert!(told.2.contains(says), "{name}: {:?}", told.2);
        assert!(told.3.contains(fixes), "{name}: {:?}", told.3);
    }
}

#[test]
fn a_note_about_the_address_that_was_used_is_no_fault() {
    let mut evidence = healthy();
    grant(&mut evidence).token_url = "https://acme.halopsa.com/auth/token?tenant=acme".into();
    assert!(judged(&evidence).diagnoses.is_empty(), "the named address answered");
    grant(&mut evidence).token_url = "https://acme.halopsa.com/token".into();
    let judgement = judged(&evidence);
    assert_eq!((judgement.verdict, judgement.code), (Verdict::Ready, Code::Ok));
}

#[test]
fn a_new_secret_is_the_last_advice_and_what_is_unusual_the_first() {
    let (guide, connection) = (Guide::built_in(), connection());
    let unusual = Note { field: Field::Secret, cleaned: false, text: "40 characters; usually 73".into() };
    for number in ["ID2055", "ID9999"] {
        for notes in [vec![], vec![unusual.clone()]] {
            let mut evidence = healthy();
            token_failed(&mut evidence, invalid_client(number));
            let case =
                Case { guide: &guide, connection: &connection, notes: &notes, evidence: &evidence, finished: true };
            let judgement = judge(case);
            let fix = &judgement.diagnoses[0].fix;
            let (last, before) = fix.split_last().expect("advice");
            assert!(last.contains("press Generate") && last.contains("every other integration"), "{fix:#?}");
            assert!(!before.is_empty() && before.iter().all(|step| !step.contains("Generate")), "{fix:#?}");
            assert_eq!(fix[0].contains("40 characters"), !notes.is_empty(), "{fix:#?}");
            let input = &judgement.checks[0].summary;
            assert_eq!(input.contains("Unusual: Client Secret: 40 characters"), !notes.is_empty(), "{input}");
        }
    }
}

#[test]
fn only_what_was_cleaned_in_the_field_itself_is_noted() {
    let (guide, connection, evidence) = (Guide::built_in(), connection(), healthy());
    let note = |field, cleaned, text: &str| Note { field, cleaned, text: text.into() };
    let notes = [
        note(Field::Url, true, "removed \"/api\" from the end"),
        note(Field::Url, true, "removed a line break"),
        note(Field::ClientId, false, "a hint"),
    ];
    let case = Case { guide: &guide, connection: &connection, notes: &notes, evidence: &evidence, finished: true };
    let judgement = judge(case);
    let told = first(&judgement);
    assert_eq!(judgement.diagnoses.len(), 1, "{:#?}", judgement.diagnoses);
    assert_eq!((told.0, told.1), ("input.cleaned", Severity::Note));
    assert_eq!(told.2, "Resource Server: removed \"/api\" from the end, removed a line break.");
    assert_eq!((judgement.verdict, judgement.code), (Verdict::Ready, Code::Ok), "a note is no fault");
}

#[test]
fn what_stayed_open_is_counted_in_words() {
    let summary = |change: Change| {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        let open = judgement.diagnoses.into_iter().find(|diagnosis| diagnosis.code == Code::OkPartial);
        open.map(|diagnosis| (diagnosis.summary, diagnosis.fix.len()))
    };
    assert_eq!(summary(|_| {}), None);
    let (words, fixes) = summary(no_echo).expect("excess would not show");
    assert!(words.starts_with("Whether more is allowed") && fixes == 1, "{words}");
    let (words, fixes) = summary(|e| {
        claim(e, "Xx", "9");
        e.probes.insert("invoices".into(), rows(0, &[]));
    })
    .expect("one line");
    assert!(words.starts_with("One line of the guide") && fixes >= 1, "{words}");
    let (words, fixes) = summary(no_claims).expect("some lines");
    assert!(words.contains(" lines of the guide stayed unproved") && fixes == 2, "{words}");
    let (words, fixes) = summary(|e| me(e).own_claims_shown = false).expect("the agent's own would not show");
    assert!(words.starts_with("Whether more is allowed") && fixes == 1, "{words}");
    let both = |e: &mut Evidence| {
        no_echo(e);
        me(e).own_claims_shown = false;
    };
    assert_eq!(summary(both).expect("neither shows").1, 2);
    let (words, _) = summary(|e| drop(e.probes.remove("items"))).expect("a list was left out");
    assert_eq!(words, "Only a part was checked: 1 lists were left out.");
}

#[test]
fn checks_that_passed_say_what_they_saw() {
    let says = |change: Change, id: &str| {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        let check = judgement.checks.into_iter().find(|check| check.id == id).expect("the check");
        (check.status, check.summary)
    };
    for (change, id, status, wanted) in [
        ((|_| {}) as Change, "discovery", Status::Passed, "Sign-in server https://acme.halopsa.com/auth, tenant acme."),
        (
            |e| told_tenant(e, Some("")),
            "discovery",
            Status::Passed,
            "Sign-in server https://acme.halopsa.com/auth, no tenant named.",
        ),
        (
            |e| {
                e.link = ConnectionInfo {
                    http_version: Some("HTTP/2".into()),
                    tls_version: Some("TLS 1.3".into()),
                    proxy: Some("http://p:80 (HTTPS_PROXY)".into()),
                    ..ConnectionInfo::default()
                };
            },
            "discovery",
            Status::Passed,
            "Sign-in server https://acme.halopsa.com/auth, tenant acme, HTTP/2, TLS 1.3, through the proxy http://p:80 (HTTPS_PROXY).",
        ),
        (
            |_| {},
            "token",
            Status::Passed,
            "Granted: read:tickets read:customers read:items read:sales read:invoices read:contracts read:timesheets.",
        ),
        (no_echo, "token", Status::Passed, "Granted; this Halo does not list what was granted."),
        (|e| me(e).roles = None, "identity", Status::Passed, "Signed in as "),
        (silent, "identity", Status::Skipped, ""),
    ] {
        let (found, summary) = says(change, id);
        assert_eq!(found, status, "{id}: {summary}");
        assert!(summary.starts_with(wanted), "{id}: {summary:?}, not {wanted:?}");
    }
    let (_, named) = says(|_| {}, "identity");
    assert!(named.contains(", role "), "{named}");
    let many = |extra: &[&str]| {
        let mut evidence = healthy();
        grant(&mut evidence).echo.as_mut().expect("an echo").extend(foreign(extra));
        let judgement = judged(&evidence);
        judgement.checks.into_iter().find(|check| check.id == "token").expect("the check").summary
    };
    assert!(!many(&["offline_access"]).contains("offline_access"), "what the server adds opens nothing");
}

#[test]
fn one_failed_check_of_a_refused_form_says_why_and_the_rest_that_nothing_was_asked() {
    let guide = Guide::built_in();
    let typed = crate::domain::connection::Typed { url: "ftp://x".into(), ..Default::default() };
    let understood =
        crate::domain::connection::understand(&typed, &crate::secret::Secret::new("a secret of some length".into()));
    let judgement = refuse(&guide, &understood);
    let (input, rest) = judgement.checks.split_first().expect("checks");
    assert!(input.summary.contains("ftp"), "{}", input.summary);
    assert!(rest.iter().all(|check| check.summary == "Not asked: a value must be corrected first."));
    for fact in &judgement.facts {
        let by_eye = guide.line(&fact.id).is_some_and(|line| line.witness == EvidenceSource::Operator);
        assert_eq!(fact.state == FactState::Operator, by_eye, "{}", fact.id);
    }
}

#[test]
fn a_scope_that_was_typed_and_is_none_of_the_guide_may_be_no_scope_at_all() {
    use crate::domain::connection::ScopePlan;
    let guide = Guide::built_in();
    let fix = |scopes: &[&str]| {
        let scopes = ScopePlan::Exact(scopes.iter().map(|scope| (*scope).to_owned()).collect());
        let connection = Connection { scopes, ..connection() };
        let mut evidence = healthy();
        token_failed(&mut evidence, Fault::new(Code::AuthInvalidScope));
        let case = Case { guide: &guide, connection: &connection, notes: &[], evidence: &evidence, finished: true };
        first(&judge(case)).3
    };
    assert!(fix(&["read:tickets", "read:nothing"]).contains("leave --scope out: read:nothing may be no scope"));
    assert!(!fix(&["read:tickets"]).contains("--scope"));
}

#[test]
fn the_clock_explains_a_refusal_only_beyond_its_limit() {
    for (skew, wanted) in [(60, "auth.token_rejected"), (61, "auth.clock_skew"), (-61, "auth.clock_skew")] {
        let mut evidence = healthy();
        refuse_all(&mut evidence, 401);
        evidence.identity = refused(401);
        if let Observation::Answered(answer) = &mut evidence.discovery {
            answer.value.clock_skew = Some(skew);
        }
        assert_eq!(first(&judged(&evidence)).0, wanted, "{skew}");
    }
}

#[test]
fn an_unassigned_ticket_is_not_another_agents() {
    let mut evidence = healthy();
    no_claims(&mut evidence);
    evidence.probes.insert("tickets".into(), rows(2, &[(1, 2)]));
    let judgement = judged(&evidence);
    assert_eq!(fact(&judgement, "B11").state, Unproved, "agent 1 is nobody");
    assert_eq!(fact(&judgement, "B10").state, Proved);
}

#[test]
fn a_token_without_a_scope_of_halos_is_told_by_its_echo_alone() {
    for (echo, wanted) in [(&["openid", "profile"][..], "auth.scope_missing"), (&["read:kb"], "api.scope_missing")] {
        let mut evidence = healthy();
        grant(&mut evidence).echo = Some(foreign(echo));
        refuse_all(&mut evidence, 403);
        assert_eq!(first(&judged(&evidence)).0, wanted, "{echo:?}");
    }
}

#[test]
fn a_probe_that_passed_says_how_much_it_saw() {
    let check = |change: Change, id: &str| {
        let mut evidence = healthy();
        change(&mut evidence);
        judged(&evidence).checks.into_iter().find(|check| check.id == id).expect("the check")
    };
    let guide = Guide::built_in();
    let title = |id: &str| guide.probe(id).expect("a probe").title.clone();
    for (change, id, status, says) in [
        ((|_| {}) as Change, "invoices", Status::Passed, ": a row visible."),
        (|e| drop(e.probes.insert("invoices".into(), rows(2, &[]))), "invoices", Status::Passed, ": 2 rows visible."),
        (|_| {}, "clients", Status::Passed, ": a row visible."),
        (no_claims, "clients", Status::Passed, ": a row visible; a lower level may show as much."),
        (no_claims, "sales", Status::Passed, ": a row visible."),
        (
            |e| drop(e.probes.insert("unassigned-tickets".into(), rows(0, &[]))),
            "unassigned-tickets",
            Status::Passed,
            ": no such row at the moment; the role allows it.",
        ),
    ] {
        let check = check(change, id);
        assert_eq!((check.status, check.summary), (status, format!("{}{says}", title(id))), "{id}");
    }
    for (id, endpoint) in [("invoices", "Invoice"), ("others-tickets", "Tickets")] {
        assert_eq!(check(|_| {}, id).endpoint.as_deref(), Some(endpoint), "{id}: those whose rows it looks at");
    }
    // What was asked through another's rows, and refused, is shown as refused.
    assert_eq!(check(|e| refuse_list(e, "tickets", 403), "others-tickets").status, Status::Failed);
    // What was not asked has not passed.
    for (change, id) in [
        ((|e| drop(e.probes.remove("invoices"))) as Change, "invoices"),
        (|e| drop(e.probes.insert("invoices".into(), Observation::Cancelled)), "invoices"),
    ] {
        assert_eq!(check(change, id).status, Status::Skipped, "{id}");
    }
}

#[test]
fn many_granted_scopes_are_counted() {
    let token = |more: &[&str]| {
        let mut evidence = healthy();
        grant(&mut evidence).echo.as_mut().expect("an echo").extend(foreign(more));
        // Excess has a diagnosis of its own; the words of a pass are looked at with a guide that wants them all.
        let mut guide = Guide::built_in();
        guide.application.scopes.extend(more.iter().map(|scope| (*scope).to_owned()));
        let connection = connection();
        let case = Case { guide: &guide, connection: &connection, notes: &[], evidence: &evidence, finished: true };
        judge(case).checks.into_iter().find(|check| check.id == "token").expect("the check").summary
    };
    assert!(token(&["read:kb"]).ends_with("read:timesheets read:kb."), "eight are named: {}", token(&["read:kb"]));
    assert_eq!(token(&["read:kb", "read:pos"]), "Granted: 9 scopes.");
}

#[test]
fn another_team_than_the_wanted_one_is_told() {
    let mut guide = Guide::built_in();
    let lines = guide.steps.iter_mut().flat_map(|step| &mut step.lines);
    let line = lines.into_iter().find(|line| line.witness == EvidenceSource::DefaultTeam).expect("a line");
    line.expected = "Service Desk".into();
    let connection = connection();
    for (team, wanted) in
        [("Service Desk", None), ("Helpdesk", Some("identity.default_team")), ("", Some("identity.default_team"))]
    {
        let mut evidence = healthy();
        me(&mut evidence).default_team = Some(UntrustedText::new(team));
        let case = Case { guide: &guide, connection: &connection, notes: &[], evidence: &evidence, finished: true };
        assert_eq!(codes(&judge(case)).first().copied(), wanted, "{team:?}");
    }
}

/// Without an echo, what the server refused by name tells of the application.
#[test]
fn refusals_by_name_tell_what_an_echo_does_not() {
    let wanted = Guide::built_in().application.scopes;
    let lists = |refused: &[&str], missing: &[&str]| {
        let mut evidence = healthy();
        no_echo(&mut evidence);
        no_claims(&mut evidence);
        grant(&mut evidence).requested =
            wanted.iter().filter(|scope| !missing.contains(&scope.as_str())).cloned().collect();
        grant(&mut evidence).refused = refused.iter().chain(missing).map(|scope| (*scope).to_owned()).collect();
        evidence
    };
    // Nothing was refused before: the server may have dropped silently what the application lacks.
    let mut evidence = lists(&[], &[]);
    refuse_list(&mut evidence, "invoices", 403);
    assert_eq!(first(&judged(&evidence)).0, "api.forbidden");
    // This server refuses, and it did not refuse these: the application has them, so it is the role.
    let mut evidence = lists(&["all"], &[]);
    refuse_list(&mut evidence, "invoices", 403);
    assert_eq!(first(&judged(&evidence)).0, "api.role_level");
    // One was refused by name: that one alone is missing.
    let mut evidence = lists(&["all"], &["read:invoices"]);
    evidence.probes.remove("invoices");
    let told = first(&judged(&evidence));
    assert_eq!(told.0, "api.scope_missing");
    assert!(told.3.contains("tick read:invoices, then Save"), "{}", told.3);
}

/// What is more than the guide asks for is taken away where it was given.
#[test]
fn excess_is_mended_where_it_was_set() {
    let fix = |change: Change| {
        let mut evidence = healthy();
        me(&mut evidence).role_claims = me(&mut evidence).claims.clone();
        change(&mut evidence);
        let found = judged(&evidence).diagnoses.into_iter().find(|d| d.code == Code::PrivilegeRoleExcess);
        found.map(|d| format!("{} {}", d.summary, d.fix.join(" ")))
    };
    let guide = Guide::built_in();
    let own = format!("> Agents > {} > Permissions: set ", guide.agent.name);
    let role = format!("> Roles > {} > Edit > Permissions: set ", guide.role.name);
    let (own, role) = (own.as_str(), role.as_str());
    let rows: [(&str, Change, &[&str], &[&str]); 8] = [
        (
            "the agent's level",
            |e| claim(e, "Tx", "2"),
            &["set on itself", own, "Tickets Access Level to Read Only"],
            &[role],
        ),
        ("the agent's switch", |e| claim(e, "l6", "1"), &["set on itself", own, "Can Add New Tickets to No"], &[role]),
        ("the agent's other feature", |e| claim(e, "Px", "1"), &[own, "Projects Access Level to No Access"], &[role]),
        (
            "the role's level",
            |e| {
                claim(e, "Tx", "2");
                me(e).role_claims = me(e).claims.clone();
            },
            &["The role may", role],
            &[own, "set on itself", "highest role wins"],
        ),
        (
            "the level of one of two roles",
            |e| {
                claim(e, "Tx", "2");
                me(e).role_claims = me(e).claims.clone();
                me(e).roles.get_or_insert_default().push(UntrustedText::new("Technician"));
            },
            &["highest role wins", "has Technician as well", role],
            &[own, "set on itself"],
        ),
        (
            "the agent's level beside two roles",
            |e| {
                claim(e, "Tx", "2");
                me(e).roles.get_or_insert_default().push(UntrustedText::new("Technician"));
            },
            &["set on itself", own],
            &["highest role wins", role],
        ),
        (
            "one of each",
            |e| {
                claim(e, "Xx", "3");
                me(e).role_claims = me(e).claims.clone();
                claim(e, "Tx", "2");
            },
            &["The role may", own, role],
            &["set on itself"],
        ),
        (
            "whose is not known",
            |e| {
                claim(e, "Tx", "2");
                me(e).role_claims = None;
            },
            &[role],
            &[own],
        ),
    ];
    assert_eq!(fix(|_| {}), None);
    for (name, change, with, without) in rows {
        let text = fix(change).unwrap_or_else(|| panic!("{name}: nothing told"));
        assert!(with.iter().all(|part| text.contains(part)), "{name}: {text}");
        assert!(!without.iter().any(|part| text.contains(part)), "{name}: {text}");
    }
}
