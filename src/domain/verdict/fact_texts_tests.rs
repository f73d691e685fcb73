//! What each fact of the guide says was found, row by row.

use super::test_evidence::*;
use crate::domain::report::FactState::{Contradicted, Proved, Unproved};

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
