//! The table from evidence to codes, row by row.

use super::test_evidence::*;
/// A fault; the codes that it gives, first the gravest; the facts of the first diagnosis; words that its fix must hold.
const ROWS: &[(&str, Change, &[&str], &[&str], &str)] = &[
    (
        "dns",
        |e| *e = Evidence { discovery: failed(Code::NetDns), ..Evidence::default() },
        &["net.dns"],
        &["C1", "D2"],
        "letter by letter",
    ),
    (
        "authinfo is missing",
        |e| *e = Evidence { discovery: failed(Code::HttpNotFound), ..Evidence::default() },
        &["discovery.not_halo"],
        &["C1", "D2"],
        "API Details",
    ),
    (
        "another tenant",
        |e| {
            if let Observation::Answered(answer) = &mut e.discovery {
                answer.value.tenant = Some(UntrustedText::new("beta"));
            }
            let token = failed(Code::AuthTenant);
            *e = Evidence { discovery: e.discovery.clone(), token, ..Evidence::default() };
        },
        &["input.tenant_mismatch"],
        &["D3"],
        "Enter beta as Tenant",
    ),
    (
        "invalid_client, nobody says which",
        |e| {
            *e = Evidence {
                discovery: e.discovery.clone(),
                token: failed(Code::AuthInvalidClient),
                ..Evidence::default()
            }
        },
        &["auth.invalid_client"],
        &["C6", "D4", "D5"],
        "Generate",
    ),
    (
        "the secret alone is wrong",
        |e| {
            let fault = Fault { openiddict: Some("ID2055".into()), ..Fault::new(Code::AuthInvalidClient) };
            *e = Evidence { discovery: e.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
        },
        &["auth.invalid_client"],
        &["C6", "D5"],
        "press Generate",
    ),
    (
        "a page instead of a token",
        |e| {
            let fault = Fault { html: true, ..Fault::new(Code::HttpNotJson) };
            *e = Evidence { discovery: e.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
        },
        &["auth.tenant"],
        &["D3"],
        "Copy Tenant",
    ),
    (
        "the web login instead of a token",
        |e| {
            let fault = Fault { html: true, status: Some(200), ..Fault::new(Code::HttpNotJson) };
            *e = Evidence { discovery: e.discovery.clone(), token: Observation::Failed(fault), ..Evidence::default() };
        },
        &["auth.bad_token_response"],
        &["C1"],
        "Compare Authorisation Server",
    ),
    (
        "every scope refused",
        |e| {
            *e = Evidence {
                discovery: e.discovery.clone(),
                token: failed(Code::AuthInvalidScope),
                ..Evidence::default()
            }
        },
        &["auth.invalid_scope"],
        &["C7"],
        "tick read:tickets",
    ),
    (
        "the application lacks one scope",
        |e| {
            grant(e).echo.as_mut().expect("an echo").retain(|scope| scope.as_str() != "read:invoices");
            refuse_list(e, "invoices", 403);
        },
        &["api.scope_missing"],
        &["C7"],
        "> Permissions: tick read:invoices",
    ),
    (
        "the role has no access",
        |e| {
            claim(e, "Xx", "0");
            refuse_list(e, "invoices", 401);
        },
        &["api.role_level"],
        &["B7"],
        "set Invoices Access Level to Read Only",
    ),
    ("names only", |e| claim(e, "Ux", "1"), &["api.role_level"], &["B4"], "Customer/Clients Access Level"),
    ("own timesheets only", |e| claim(e, "Hx", "1"), &["api.role_level"], &["B9"], "Read Only (All), Modify Own"),
    (
        "both look right, and still refused",
        |e| refuse_list(e, "items", 403),
        &["api.forbidden"],
        &["B5"],
        "module is switched on",
    ),
    (
        "nobody says which side is short",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
        },
        &["api.forbidden"],
        &["B7", "C7"],
        "Either",
    ),
    (
        "a token for the scope alone was refused",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
            e.single_scopes.insert("read:invoices".into(), ScopeAnswer::Refused);
        },
        &["api.scope_missing"],
        &["C7"],
        "tick read:invoices",
    ),
    (
        "a token for the scope alone was granted",
        |e| {
            no_echo(e);
            no_claims(e);
            refuse_list(e, "invoices", 403);
            e.single_scopes.insert("read:invoices".into(), ScopeAnswer::Granted);
        },
        &["api.role_level"],
        &["B7"],
        "Invoices Access Level",
    ),
    (
        "the application and the role are both short",
        |e| {
            grant(e).echo.as_mut().expect("an echo").retain(|scope| scope.as_str() != "read:sales");
            claim(e, "Ox", "0");
            refuse_list(e, "sales", 403);
        },
        &["api.scope_missing", "api.role_level"],
        &["C7"],
        "tick read:sales",
    ),
    (
        "everything refused, nobody says who",
        |e| {
            grant(e).id_token = None;
            e.identity = refused(403);
            refuse_all(e, 403);
        },
        &["api.forbidden_all"],
        &["B2", "C4", "C5"],
        "Login Type to Agent",
    ),
    (
        "everything refused with 401",
        |e| {
            grant(e).id_token = None;
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.token_rejected"],
        &["B2", "C4", "C5"],
        "Active is ticked",
    ),
    (
        "everything refused with 401, though the token names its agent",
        |e| {
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.token_rejected"],
        &["C1"],
        "belong to one instance",
    ),
    (
        "a token without scopes",
        |e| {
            grant(e).echo = Some(Vec::new());
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.scope_missing"],
        &["C7"],
        "tick read:tickets",
    ),
    (
        "a token whose reply names no scope, refused everywhere",
        |e| {
            grant(e).echo = None;
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.scope_missing"],
        &["C4", "C5", "C7"],
        "tick read:tickets",
    ),
    (
        "every list empty, and nobody says who",
        |e| {
            grant(e).id_token = None;
            e.identity = refused(403);
            e.probes.values_mut().for_each(|answer| *answer = rows(0, &[]));
        },
        &["api.nothing_visible", "ok.partial"],
        &["B2", "C4", "C5"],
        "Agents that have this role",
    ),
    (
        "the clock explains the refusals",
        |e| {
            if let Observation::Answered(answer) = &mut e.discovery {
                answer.value.clock_skew = Some(900);
            }
            e.identity = refused(401);
            refuse_all(e, 401);
        },
        &["auth.clock_skew"],
        &[],
        "timedatectl",
    ),
    (
        "another agent",
        |e| {
            me(e).name = Some(UntrustedText::new("Jane Doe"));
            me(e).api_only = Some(false);
            me(e).roles = Some(foreign(&["Technician"]));
        },
        &["identity.wrong_agent"],
        &["C5"],
        "Agent to log in as",
    ),
    (
        "the agent is misnamed",
        |e| me(e).name = Some(UntrustedText::new("Integration-API")),
        &["identity.wrong_agent"],
        &["A1", "C5"],
        "set Username to",
    ),
    (
        "the agent is not in the role",
        |e| {
            me(e).roles = Some(Vec::new());
            me(e).claims = Some(BTreeMap::new());
            refuse_all(e, 403);
        },
        &["identity.wrong_role"],
        &["B2"],
        "Agents that have this role",
    ),
    (
        "the role is misnamed",
        |e| me(e).roles = Some(foreign(&["API integration"])),
        &["identity.wrong_role"],
        &["B1", "B2"],
        "set Role Name to",
    ),
    (
        "no row of a list is visible",
        |e| {
            e.probes.insert("invoices".into(), rows(0, &[]));
        },
        &["api.nothing_visible"],
        &["B7"],
        "Departments & Teams",
    ),
    (
        "no team: no ticket is visible",
        |e| {
            me(e).teams = Some(Vec::new());
            me(e).departments = Some(0);
            e.probes.insert("tickets".into(), rows(0, &[]));
            e.probes.insert("unassigned-tickets".into(), rows(0, &[]));
        },
        &["api.nothing_visible"],
        &["B3"],
        "Departments & Teams",
    ),
    (
        "unassigned tickets are hidden",
        |e| {
            claim(e, "l9", "0");
            e.probes.insert("tickets".into(), rows(2, &[(7, 2)]));
            e.probes.insert("unassigned-tickets".into(), rows(0, &[]));
        },
        &["api.role_level"],
        &["B10"],
        "Can view Unassigned Tickets to Yes",
    ),
    (
        "a module is off",
        |e| {
            e.probes.insert("timesheets".into(), failed(Code::ApiMissing));
            e.probes.insert("timesheet-events".into(), failed(Code::ApiMissing));
        },
        &["api.module_missing"],
        &["B9"],
        "module",
    ),
    (
        "edit instead of read",
        |e| {
            let echo = grant(e).echo.as_mut().expect("an echo");
            echo.retain(|scope| scope.as_str() != "read:tickets");
            echo.push(UntrustedText::new("edit:tickets"));
        },
        &["privilege.scope_excess"],
        &["C7"],
        "untick edit:tickets",
    ),
    (
        "a level too high",
        |e| claim(e, "Tx", "2"),
        &["privilege.role_excess"],
        &["B3"],
        "set Tickets Access Level to Read Only",
    ),
    (
        "a feature beside the guide",
        |e| claim(e, "Px", "1"),
        &["privilege.role_excess"],
        &[],
        "set Projects Access Level to No Access",
    ),
    (
        "an administrator",
        |e| me(e).administrator = Some(true),
        &["privilege.administrator"],
        &["B3", "B4", "B5", "B6", "B7", "B8", "B9"],
        "Administrator",
    ),
    (
        "not an API-only agent",
        |e| me(e).api_only = Some(false),
        &["identity.not_api_only"],
        &["A2"],
        "Is an API-only Agent",
    ),
    (
        "a default team",
        |e| me(e).default_team = Some(UntrustedText::new("Service Desk")),
        &["identity.default_team"],
        &["A3"],
        "Default Team",
    ),
    (
        "rate limited",
        |e| {
            e.probes.insert("items".into(), failed(Code::HttpRateLimited));
        },
        &["http.rate_limited"],
        &["B5"],
        "Wait",
    ),
];

#[test]
fn each_row_of_the_table_gives_its_own_diagnosis() {
    for (name, change, wanted, facts, fix) in ROWS {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        assert_eq!(codes(&judgement), *wanted, "{name}: {:#?}", judgement.diagnoses);
        let first = &judgement.diagnoses[0];
        assert_eq!(first.facts, *facts, "{name}: {first:#?}");
        assert!(first.fix.iter().any(|step| step.contains(fix)), "{name}: {:#?}", first.fix);
        assert!(!first.checks.is_empty(), "{name} rests on no check");
        assert_ne!(judgement.verdict, Verdict::Ready, "{name}");
    }
}

#[test]
fn what_blocks_is_not_ready_and_has_its_exit_status() {
    for (name, change, wanted, ..) in ROWS {
        let mut evidence = healthy();
        change(&mut evidence);
        let judgement = judged(&evidence);
        let blocking = judgement.diagnoses.iter().any(|d| d.severity == Severity::Blocking);
        assert_eq!(judgement.exit_status(false) != 0, blocking, "{name}");
        if blocking {
            assert_eq!(judgement.code.id(), wanted[0], "{name}");
        } else {
            assert_eq!((judgement.verdict, judgement.exit_status(true)), (Verdict::ReadyWithWarnings, 1), "{name}");
        }
    }
}
