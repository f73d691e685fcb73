//! What each diagnosis says, row by row: every row kills a change of a rule that no other test noticed.

use super::test_evidence::*;
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
        "vendor.auth_server",
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
