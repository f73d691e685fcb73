use super::*;
use crate::domain::guide::{EvidenceSource, Guide};

const PAGE: &str = "\
Connecting Example Desk to HaloPSA
https://help.example.com/halo

Username: Example API
Role Name: Example Role

| Tickets | Read and Modify |
| Customers | Read Only |
Invoices Access Level
Read, Create and Modify
Timesheets: Read Only (All), Modify Own
Can view Unassigned Tickets: Yes
Can view Tickets assigned to other Agents - Yes
Allow use of all Clients
Tick read:tickets, edit:tickets and read:customers. Then edit:invoices; and read:timesheets.
";

fn guide(draft: &GuideDraft) -> Guide {
    let text = text(draft);
    Guide::from_toml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn a_page_becomes_a_guide_that_validates() {
    let draft = GuideDraft { vendor: "Example Desk".into(), read_on: "2026-11-28".into(), ..from_notes(PAGE) };
    let guide = guide(&draft);
    assert_eq!((guide.id.as_str(), guide.agent.name.as_str()), ("example-desk", "Example API"));
    assert_eq!(guide.role.name, "Example Role");
    assert_eq!(guide.pages[0].url, "https://help.example.com/halo");
    let level = |claim: &str| {
        let line = guide.lines().find(|line| line.claim.as_deref() == Some(claim)).expect(claim);
        (line.expected.as_str(), line.basis)
    };
    for (claim, expected) in [
        ("Tx", "Read and Modify"),
        ("Ux", "Read Only"),
        ("Xx", "Read, Create and Modify"),
        ("Hx", "Read Only (All), Modify Own"),
        ("l9", "Yes"),
        ("l8", "Yes"),
    ] {
        assert_eq!(level(claim), (expected, Basis::Stated), "{claim}");
    }
    assert_eq!(level("Fc"), ("Yes", Basis::Inferred), "only named");
    let scopes = ["read:tickets", "edit:tickets", "read:customers", "edit:invoices", "read:timesheets"];
    assert_eq!(guide.application.scopes, scopes);
    let probes: Vec<&str> = guide.probes.iter().map(|probe| probe.id.as_str()).collect();
    assert_eq!(probes, ["tickets", "client", "invoice", "timesheet", "unassigned-tickets", "others-tickets"]);
}

#[test]
fn a_name_alone_is_enough_and_nothing_is_invented() {
    let guide = guide(&GuideDraft { vendor: "Mono".into(), ..GuideDraft::default() });
    assert!(guide.agent.is_unnamed() && guide.role.is_unnamed() && guide.probes.is_empty());
    assert!(guide.facts_with(EvidenceSource::AgentName).is_empty());
    assert!(guide.facts_with(EvidenceSource::LoginAgent).is_empty());
}

#[test]
fn scopes_that_the_page_does_not_list_are_inferred_and_marked() {
    let permissions = permissions("Tickets: Read and Modify, Assets: Read Only, Users: Read Only");
    let guide = guide(&GuideDraft { vendor: "X".into(), permissions, ..GuideDraft::default() });
    assert_eq!(guide.application.scopes, ["edit:tickets", "read:assets", "read:customers"]);
    assert_eq!(guide.application.scopes_basis, Basis::Inferred);
    assert_eq!(guide.probes.len(), 3);
}

#[test]
fn words_that_only_look_like_permissions_are_left_out() {
    for text in [
        "UsersRead Only",
        "Ticketing: Read Only",
        "Tickets are read only here",
        "read: everything",
        "The sales team: Read Only",
        "Yes",
    ] {
        assert_eq!((permissions(text), scopes(text)), (Vec::new(), Vec::new()), "{text}");
    }
}

#[test]
fn a_text_of_a_page_cannot_break_the_file() {
    let vendor = "A\"b\\ \n[agent]\u{1b}]52;c;x\u{7}".to_owned();
    let draft = GuideDraft { vendor, ..from_notes("Username: \"x\"\nname = 1\n# [role]\n") };
    let guide = guide(&draft);
    assert_eq!(guide.id, "a-b-agent-52-c-x");
    let many: String =
        ["Tickets", "Users", "Items", "Sales", "Quotations", "Sales Orders", "Purchase Orders", "Invoices"]
            .iter()
            .chain(&[
                "Timesheets",
                "Projects",
                "Assets",
                "Suppliers",
                "Software Licensing",
                "Calendar",
                "Contracts",
                "Customers",
            ])
            .map(|name| format!("{name}: Read Only\n"))
            .collect();
    let wide = GuideDraft { vendor: "Wide".into(), permissions: permissions(&many), ..GuideDraft::default() };
    assert!(self::guide(&wide).probes.len() <= 15);
}
