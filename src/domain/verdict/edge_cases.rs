//! What each fact and each sentence says at the edges of the rules: every row kills a change of a rule that no other test
//! noticed.

use super::test_evidence::*;
use super::*;
use crate::domain::connection::Note;
use crate::domain::report::FactState::{Proved, Unproved};

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
