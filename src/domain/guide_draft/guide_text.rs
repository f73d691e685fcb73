//! The text of a guide file from its draft.

use super::features::{FeatureList, feature_of};
use super::{DraftPermission, GuideDraft};
use crate::domain::guide::{
    Application, Basis, EvidenceSource, Guide, Line, NamedObject, Page, Probe, Screen, Screens, Step, TicketVisibility,
    VendorSide,
};
use crate::domain::{request_budget, scope};

/// Text of the guide file. It is a valid guide if the draft has a vendor whose name has a letter or a digit.
pub fn text(draft: &GuideDraft) -> String {
    let mut guide = guide(draft);
    // A run asks everything that its guide names.
    while request_budget::excess(&guide).is_some() && guide.probes.pop().is_some() {}
    // Strings, numbers and lists only: serialising them cannot fail.
    let body = toml::to_string(&guide).unwrap_or_default();
    format!(
        "# Connecting {} to Halo PSA. Drafted from answers or notes: compare each line with the vendor's page.\n\
         # Labels and values are the words on Halo's screens.\n\n{body}",
        one_line(&draft.vendor)
    )
}

/// Text without line breaks, for a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn guide(draft: &GuideDraft) -> Guide {
    let vendor = draft.vendor.trim().to_owned();
    let or = |text: &str, other: String| if text.trim().is_empty() { other } else { text.trim().to_owned() };
    let (scopes, scopes_basis) = match draft.scopes.is_empty() {
        false => (draft.scopes.clone(), Basis::Stated),
        true => (scopes_for(&draft.permissions), Basis::Inferred),
    };
    let page_title = or(&draft.page_title, format!("{vendor}: HaloPSA integration"));
    let path =
        |last: &[&str]| ["Configuration"].iter().chain(last).map(|part| (*part).to_owned()).collect::<Vec<String>>();
    let application = ["Integrations", "HaloPSA API"];
    let steps = steps(draft, &vendor);
    let probes = probes(&steps, &scopes);
    Guide {
        format: 1,
        id: draft.id(),
        title: format!("{vendor} and Halo PSA"),
        form: or(&draft.form, format!("{vendor} > Integrations > HaloPSA")),
        test_button: String::new(),
        source: format!("{vendor}: {page_title}"),
        pages: Some(&draft.page_url)
            .filter(|url| !url.is_empty())
            .map(|url| Page { title: page_title.clone(), url: url.clone() })
            .into_iter()
            .collect(),
        read_on: draft.read_on.clone(),
        agent: NamedObject { name: draft.agent.trim().to_owned() },
        role: NamedObject { name: draft.role.trim().to_owned() },
        application: Application {
            name: or(&draft.application, vendor.clone()),
            scopes,
            scopes_note: match scopes_basis {
                Basis::Stated => String::new(),
                Basis::Inferred => "The list is inferred from the levels.".to_owned(),
            },
            scopes_basis,
        },
        screens: Screens {
            agents: path(&["Teams & Agents", "Agents"]),
            roles: path(&["Teams & Agents", "Roles"]),
            api: path(&application),
            applications: path(&[application[0], application[1], "Applications", "View Applications"]),
        },
        steps,
        probes,
        vendor,
        vendor_side: VendorSide::default(),
    }
}

/// The scopes that the levels need.
fn scopes_for(permissions: &[DraftPermission]) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for permission in permissions {
        let scope = feature_of(permission.claim).and_then(|feature| feature.scope_for(&permission.expected));
        if let Some(scope) = scope.filter(|scope| !scopes.contains(scope)) {
            scopes.push(scope);
        }
    }
    let held = scopes.clone();
    scopes.retain(|scope| !held.iter().any(|other| other != scope && scope::covers(other, scope)));
    scopes
}

fn step(id: &str, title: &str, screen: Screen, lines: Vec<Line>) -> Step {
    let lines = (1..).zip(lines).map(|(number, line)| Line { fact: format!("{id}{number}"), ..line }).collect();
    Step {
        id: id.to_owned(),
        title: title.to_owned(),
        screen,
        open: String::new(),
        then: "Save".to_owned(),
        hint: String::new(),
        lines,
    }
}

fn line(label: &str, expected: &str, witness: EvidenceSource, basis: Basis) -> Line {
    Line {
        fact: String::new(),
        label: label.to_owned(),
        expected: expected.to_owned(),
        witness,
        claim: None,
        aliases: Vec::new(),
        value: None,
        basis,
    }
}

fn steps(draft: &GuideDraft, vendor: &str) -> Vec<Step> {
    let steps = [
        Step { open: "+ New".to_owned(), ..step("A", "Agent", Screen::Agents, agent_lines(draft)) },
        permission_step(draft),
        Step {
            open: "+ New".to_owned(),
            hint: "The secret is shown once.".to_owned(),
            ..step("C", "API application", Screen::Applications, application_lines(draft, vendor))
        },
        Step {
            open: "API Details".to_owned(),
            then: format!("enter them in {vendor}"),
            ..step("D", &format!("Values for {vendor}"), Screen::Api, form_lines())
        },
    ];
    steps.into_iter().filter(|step| !step.lines.is_empty()).collect()
}

fn agent_lines(draft: &GuideDraft) -> Vec<Line> {
    let name = match draft.agent.trim() {
        "" => line("Username", "any name", EvidenceSource::Operator, Basis::Inferred),
        name => line("Username", name, EvidenceSource::AgentName, Basis::Stated),
    };
    vec![name, line("Is an API-only Agent", "Yes", EvidenceSource::ApiOnly, Basis::Inferred)]
}

/// The step of the levels and switches: of the role, or of the agent itself where no role is named.
fn permission_step(draft: &GuideDraft) -> Step {
    let role = draft.role.trim();
    let mut lines = Vec::new();
    if !role.is_empty() {
        lines.push(line("Role Name", role, EvidenceSource::RoleName, Basis::Stated));
        if !draft.agent.trim().is_empty() {
            lines.push(line(
                "Agents that have this role",
                draft.agent.trim(),
                EvidenceSource::RoleMember,
                Basis::Stated,
            ));
        }
    }
    lines.extend(draft.permissions.iter().map(permission_line));
    if role.is_empty() {
        let open = "the agent, then Permissions > Edit".to_owned();
        return Step { open, ..step("B", "Permissions of the agent", Screen::Agents, lines) };
    }
    let open = "+ New, Save, then Edit > Permissions".to_owned();
    Step { open, ..step("B", "Role and its permissions", Screen::Roles, lines) }
}

fn permission_line(permission: &DraftPermission) -> Line {
    let wanted = permission.expected == "Yes";
    let witness = match permission.claim {
        "l9" if wanted => EvidenceSource::UnassignedVisible,
        "l8" if wanted => EvidenceSource::OthersVisible,
        claim if feature_of(claim).is_some() => EvidenceSource::Level,
        _ => EvidenceSource::Switch,
    };
    Line {
        claim: Some(permission.claim.to_owned()),
        ..line(&permission.label, &permission.expected, witness, permission.basis)
    }
}

fn application_lines(draft: &GuideDraft, vendor: &str) -> Vec<Line> {
    use EvidenceSource as By;
    let application = Some(draft.application.trim()).filter(|name| !name.is_empty());
    let login = match draft.agent.trim() {
        "" => line("Agent to log in as", "the agent", By::Operator, Basis::Inferred),
        name => line("Agent to log in as", name, By::LoginAgent, Basis::Inferred),
    };
    vec![
        line("API Details", "Resource Server, Authorisation Server and Tenant noted", By::ApiDetails, Basis::Inferred),
        line(
            "Application Name",
            application.unwrap_or(vendor),
            By::Operator,
            if application.is_some() { Basis::Stated } else { Basis::Inferred },
        ),
        line("Authentication Method", "Client ID and Secret (Services)", By::AuthMethod, Basis::Inferred),
        line("Login Type", "Agent", By::LoginType, Basis::Inferred),
        login,
        line("Client ID and Client Secret", "noted after Save", By::Credentials, Basis::Inferred),
        line("Permissions", "the permissions of the list", By::Scopes, Basis::Inferred),
    ]
}

fn form_lines() -> Vec<Line> {
    use EvidenceSource as By;
    vec![
        line("Resource Server", "the Resource Server", By::FormUrl, Basis::Inferred),
        line("Tenant", "the Tenant from API Details", By::FormTenant, Basis::Inferred),
        line("Client ID", "from the application", By::FormClientId, Basis::Inferred),
        line("Client Secret", "from the application", By::FormSecret, Basis::Inferred),
    ]
}

/// One probe for each level that a list shows, and for the two visibility switches.
fn probes(steps: &[Step], scopes: &[String]) -> Vec<Probe> {
    let lines = || steps.iter().flat_map(|step| &step.lines);
    let mut probes: Vec<Probe> = lines().filter_map(|line| list_probe(line, scopes)).collect();
    let Some(tickets) = probes.iter().find(|probe| probe.endpoint.as_deref() == Some("Tickets")).cloned() else {
        return probes;
    };
    for line in lines() {
        match line.witness {
            EvidenceSource::UnassignedVisible => probes.push(Probe {
                id: "unassigned-tickets".to_owned(),
                title: "unassigned tickets".to_owned(),
                query: "pageinate=true&page_size=1&page_no=1&agent_id=1".to_owned(),
                fact: line.fact.clone(),
                sees: Some(TicketVisibility::Unassigned),
                ..tickets.clone()
            }),
            EvidenceSource::OthersVisible => probes.push(Probe {
                id: "others-tickets".to_owned(),
                title: "other agents' tickets".to_owned(),
                endpoint: None,
                query: String::new(),
                list: None,
                fact: line.fact.clone(),
                sees: Some(TicketVisibility::Others),
                rows_of: Some(tickets.id.clone()),
                ..tickets.clone()
            }),
            _ => {}
        }
    }
    probes
}

fn list_probe(line: &Line, scopes: &[String]) -> Option<Probe> {
    let feature = feature_of(line.claim.as_deref()?)?;
    let FeatureList { endpoint, member, title, weak } = feature.list.as_ref()?;
    // Nothing can be read where the level is none.
    if feature.level(&line.expected)?.read == crate::domain::permission_levels::ReadLevel::Nothing {
        return None;
    }
    let read = format!("read:{}", feature.scope);
    let granted = scopes
        .iter()
        .find(|scope| **scope == read)
        .or_else(|| scopes.iter().find(|scope| scope::covers(scope, &read)))?;
    let query = match (member, *endpoint) {
        (None, _) => "start_date={day}&end_date={next_day}",
        (_, "Tickets") => "pageinate=true&page_size=50&page_no=1&includecolumns=false",
        (_, "Invoice") => "pageinate=true&page_size=1&page_no=1&includelines=false",
        _ => "pageinate=true&page_size=1&page_no=1",
    };
    Some(Probe {
        id: endpoint.to_ascii_lowercase(),
        title: (*title).to_owned(),
        endpoint: Some((*endpoint).to_owned()),
        query: query.to_owned(),
        list: member.map(str::to_owned),
        scope: granted.clone(),
        fact: line.fact.clone(),
        sees: None,
        weak: *weak,
        rows_of: None,
    })
}
