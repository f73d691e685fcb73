//! Fixes: paths through Halo's screens, in Halo's own words.

use super::super::evidence::Fault;
use super::super::guide::{EvidenceSource, Guide, Line, Probe, Screen};
use super::super::report::{Diagnosis, Severity};
use super::evidence_view::EvidenceView;
use super::permissions::titles;
use crate::domain::codes::Code;

/// Most seconds that two clocks may differ before tokens look expired.
pub const SKEW_LIMIT: i64 = 60;
/// Maximum length of the details of a failure in one sentence, in characters.
const PARTICULARS: usize = 400;

/// A place in Halo where the cause may lie.
#[derive(Clone, Debug)]
pub enum HaloScreen<'a> {
    /// The application's Login Type and agent, and the box Active on the same page.
    LoginType,
    /// The agent's membership of the role, and the role's levels.
    Role,
    /// Levels or switches of the role.
    Levels(Vec<&'a Line>),
    /// Departments, teams, ticket types and customers of the agent: whichever hides the records.
    Visibility,
    /// The teams and departments of the agent.
    Teams,
    /// The ticket types that the agent may use.
    TicketTypes,
    /// The customers that the agent may use.
    Customers,
    /// Permissions of the application.
    Scopes(Vec<String>),
    /// Every wanted permission of the application.
    AllScopes,
}

/// The facts that places are about.
pub fn facts_of(guide: &Guide, places: &[HaloScreen<'_>]) -> Vec<String> {
    places
        .iter()
        .flat_map(|place| match place {
            HaloScreen::LoginType => {
                [guide.facts_with(EvidenceSource::LoginType), guide.facts_with(EvidenceSource::LoginAgent)].concat()
            }
            HaloScreen::Role => guide.facts_with(EvidenceSource::RoleMember),
            HaloScreen::Levels(lines) => lines.iter().map(|line| line.fact.clone()).collect(),
            HaloScreen::Visibility | HaloScreen::Teams | HaloScreen::TicketTypes | HaloScreen::Customers => Vec::new(),
            HaloScreen::Scopes(_) | HaloScreen::AllScopes => guide.facts_with(EvidenceSource::Scopes),
        })
        .collect()
}

/// One step for each place. Several places are alternatives.
pub fn places(guide: &Guide, places: &[HaloScreen<'_>]) -> Vec<String> {
    alternatives(places.iter().map(|place| place_steps(guide, place)).collect())
}

fn place_steps(guide: &Guide, place: &HaloScreen<'_>) -> Vec<String> {
    match place {
        HaloScreen::LoginType => vec![format!(
            "{}: set Login Type to Agent, Agent to log in as to {}, see that Active is ticked, then Save.",
            application(guide),
            guide.agent_name()
        )],
        HaloScreen::Role if guide.role.is_unnamed() => {
            vec![format!("{}: see that it holds every level of the guide, then Save.", agent_permissions(guide))]
        }
        HaloScreen::Role => vec![format!(
            "{}: see that {} stands under Agents that have this role, and that Edit > Permissions holds every level of the guide, then Save.",
            role(guide),
            guide.agent_name()
        )],
        HaloScreen::Levels(lines) => set_levels(guide, lines),
        HaloScreen::Visibility => {
            let switches = "Allow use of all Ticket Types and Allow use of all Customers";
            [place_steps(guide, &HaloScreen::Teams), vec![set_on_agent(guide, switches)]].concat()
        }
        HaloScreen::Teams => vec![format!(
            "{}: give the agent the teams and departments whose records it must see, or \"View all\", then Save.",
            agent_tab(guide, "Departments & Teams")
        )],
        HaloScreen::TicketTypes => vec![set_on_agent(guide, "Allow use of all Ticket Types")],
        HaloScreen::Customers => vec![set_on_agent(guide, "Allow use of all Customers")],
        HaloScreen::Scopes(scopes) => tick_scopes(guide, &scopes.iter().map(String::as_str).collect::<Vec<_>>()),
        HaloScreen::AllScopes => {
            let scopes: Vec<&str> = guide.application.scopes.iter().map(String::as_str).collect();
            tick_scopes(guide, &scopes)
        }
    }
}

fn set_on_agent(guide: &Guide, switches: &str) -> String {
    format!("{}: set {switches} to Yes, then Save.", agent_permissions(guide))
}

/// The path to the application's page.
pub fn application(guide: &Guide) -> String {
    format!("{} > {}", guide.screen(Screen::Applications).join(" > "), guide.application.name)
}

/// The path to the role's page; to the agent's permissions where the guide names no role.
pub fn role(guide: &Guide) -> String {
    if guide.role.is_unnamed() {
        return agent_permissions(guide);
    }
    format!("{} > {}", guide.screen(Screen::Roles).join(" > "), guide.role.name)
}

/// The path to the agent's page.
pub fn agent(guide: &Guide) -> String {
    format!("{} > {}", guide.screen(Screen::Agents).join(" > "), guide.agent_name())
}

/// The path to the page of the agent that was seen; the guide's, where no name was.
pub fn seen_agent(seen: &EvidenceView<'_>) -> String {
    let guide = seen.case.guide;
    let name = seen.agent_name().map_or_else(|| guide.agent_name(), |name| name.chars().take(80).collect());
    format!("{} > {name}", guide.screen(Screen::Agents).join(" > "))
}

/// The agent that was seen, at the start of a sentence.
pub fn the_agent(seen: &EvidenceView<'_>) -> String {
    seen.agent_name().map_or_else(|| "The agent".to_owned(), |name| name.chars().take(80).collect())
}

/// The path to the permissions that are set on the agent itself.
pub fn agent_permissions(guide: &Guide) -> String {
    agent_tab(guide, "Permissions")
}

/// The path to the role's permissions; to the agent's where the guide names no role.
pub fn role_permissions(guide: &Guide) -> String {
    if guide.role.is_unnamed() {
        return agent_permissions(guide);
    }
    format!("{} > Edit > Permissions", role(guide))
}

fn agent_tab(guide: &Guide, tab: &str) -> String {
    format!("{} > {tab}", agent(guide))
}

/// The path to API Details.
pub fn api_details(guide: &Guide) -> String {
    format!("{} > API Details", guide.screen(Screen::Api).join(" > "))
}

/// Sets levels or switches of the role.
pub fn set_levels(guide: &Guide, lines: &[&Line]) -> Vec<String> {
    let path = role_permissions(guide);
    let mut steps: Vec<String> =
        lines.iter().map(|line| format!("{path}: set {} to {}.", line.label, line.expected)).collect();
    if let Some(last) = steps.last_mut() {
        *last = format!("{}, then Save.", last.trim_end_matches('.'));
    }
    steps
}

/// Ticks permissions of the application.
pub fn tick_scopes(guide: &Guide, scopes: &[&str]) -> Vec<String> {
    vec![format!("{} > Permissions: tick {}, then Save.", application(guide), join_with_and(scopes))]
}

/// Takes permissions of the application away.
pub fn untick_scopes(guide: &Guide, scopes: &[&str]) -> Vec<String> {
    vec![format!("{} > Permissions: untick {}, then Save.", application(guide), join_with_and(scopes))]
}

/// "a, b and c".
pub fn join_with_and<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

/// Alternatives, the likelier first. One alternative alone stays as it is.
pub fn alternatives(alternatives: Vec<Vec<String>>) -> Vec<String> {
    let alternatives: Vec<Vec<String>> = alternatives.into_iter().filter(|steps| !steps.is_empty()).collect();
    if alternatives.len() < 2 {
        return alternatives.into_iter().flatten().collect();
    }
    let mut out = Vec::new();
    for (at, steps) in alternatives.into_iter().enumerate() {
        let lead = if at == 0 { "Either" } else { "Or" };
        out.extend(steps.into_iter().enumerate().map(|(step, text)| {
            let lead = if step == 0 { lead } else { "and" };
            format!("{lead} {text}")
        }));
    }
    out
}

/// A diagnosis about every list.
pub fn diagnosis_of_every_list(
    code: Code,
    guide: &Guide,
    probes: &[&Probe],
    summary: &str,
    fix: Vec<String>,
) -> Diagnosis {
    let facts = match code {
        Code::AuthScopeMissing => guide.facts_with(EvidenceSource::Scopes),
        _ => Vec::new(),
    };
    let checks = probes.iter().map(|probe| probe.id.clone()).collect();
    Diagnosis { code, severity: Severity::Blocking, summary: summary.to_owned(), fix, facts, checks }
}

/// Describes the clock difference as a sentence.
pub fn clock_difference_text(skew: i64) -> String {
    let side = if skew > 0 { "behind" } else { "ahead of" };
    format!("This machine's clock is {} {side} Halo's; tokens may look expired.", duration(skew.unsigned_abs()))
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7199 => format!("{} minutes", seconds / 60),
        7200..=172_799 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Steps that set the clock.
pub fn clock_fix_steps() -> Vec<String> {
    vec!["Set this machine's clock (timedatectl shows and sets it), then run the checks again.".into()]
}

/// The run was stopped.
pub fn cancelled(checks: Vec<String>) -> Diagnosis {
    let many = if checks.len() == 1 { "One check was".to_owned() } else { format!("{} checks were", checks.len()) };
    Diagnosis {
        code: Code::LocalCancelled,
        severity: Severity::Blocking,
        summary: format!("Stopped by you. {many} not finished."),
        fix: vec!["Run the checks again.".into()],
        facts: Vec::new(),
        checks,
    }
}

/// Where to read Halo's own text of a refusal.
pub fn said(seen: &EvidenceView<'_>, probes: &[&Probe]) -> String {
    let words = probes
        .iter()
        .filter_map(|probe| seen.answer(probe).fault())
        .map(|fault| fault.said.cut(120))
        .find(|said| !said.is_empty());
    match words {
        Some(words) => format!("Halo's own words: {words}"),
        None => "Halo gave no words with the refusal.".into(),
    }
}

/// A failure of probes that is not a refusal, in one sentence.
pub fn probe_headline(seen: &EvidenceView<'_>, code: Code, what: &str, probes: &[&Probe]) -> String {
    let fault = probes.iter().find_map(|probe| seen.answer(probe).fault());
    let status = fault.and_then(|fault| fault.status).map(|status| format!(" ({status})")).unwrap_or_default();
    let endpoints: Vec<String> = probes
        .iter()
        .filter_map(|probe| probe.endpoint.as_ref())
        .map(|endpoint| format!("/api/{endpoint}"))
        .fold(Vec::new(), |mut all, path| {
            if !all.contains(&path) {
                all.push(path);
            }
            all
        });
    match code {
        Code::ApiMissing => format!("This Halo has no {}{status}: {what} cannot be read.", join_with_and(&endpoints)),
        Code::ApiModuleMissing => {
            format!("The module behind {what} is off: this Halo has no {}{status}.", join_with_and(&endpoints))
        }
        Code::ApiBadRequest => format!("Halo refused the form of the test request for {what}{status}."),
        Code::ApiShape => format!("{} answered, but not with a list.", join_with_and(&endpoints)),
        Code::HttpIntercepted => {
            let unknown = Fault::new(code);
            let what = format!("{what} ({})", join_with_and(&endpoints));
            intercepted(&what, fault.unwrap_or(&unknown))
        }
        Code::LocalBug => {
            format!("The check of {what} broke. That is this program's fault, not Halo's; the other checks went on.")
        }
        _ => {
            let host = host_of(&seen.case.connection.resource_server);
            let unknown = Fault::new(code);
            failure(what, host, code, fault.unwrap_or(&unknown))
        }
    }
}

/// A failure of the network, of TLS or of HTTP in one sentence. Particulars that name the host are a sentence of their
/// own; others follow the headline.
pub fn failure(subject: &str, host: &str, code: Code, fault: &Fault) -> String {
    let headline = code.headline().trim_end_matches('.');
    let status = fault.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let detail = fault.detail.cut(PARTICULARS);
    let detail = detail.trim_end_matches('.');
    let name = without_port(host);
    let whole = !name.is_empty() && detail.contains(name);
    match (detail.is_empty(), whole) {
        (true, _) => format!("{subject}: {headline}{status}."),
        (false, true) if subject == host => format!("{}.", capitalised(detail, name)),
        (false, true) => format!("{subject}: {detail}."),
        (false, false) => format!("{subject}: {headline}{status}: {detail}."),
    }
}

/// A sentence begins with a capital, a host's name with its own letter.
fn capitalised(text: &str, name: &str) -> String {
    match text.chars().next() {
        Some(letter) if letter.is_ascii_lowercase() && !text.starts_with(name) => {
            format!("{}{}", letter.to_ascii_uppercase(), &text[1..])
        }
        _ => text.to_owned(),
    }
}

/// Steps for a failure of probes other than a refusal.
pub fn for_probe(seen: &EvidenceView<'_>, code: Code, probes: &[&Probe]) -> Vec<String> {
    let guide = seen.case.guide;
    match code {
        Code::ApiMissing | Code::ApiModuleMissing => vec![
            format!(
                "Ask the Halo administrator whether the module for {} is switched on: it is not enabled or not licensed, or this Halo is too old.",
                titles(probes)
            ),
            format!("Ask {} whether it needs them at all.", guide.vendor),
        ],
        Code::ApiBadRequest | Code::ApiShape => {
            vec![
                "Likely a difference of versions: hand the report to the maintainers of this program.".into(),
                said(seen, probes),
            ]
        }
        Code::LocalRequestLimit => vec!["Run the checks again. What was not asked is neither right nor wrong.".into()],
        Code::LocalBug => vec!["Hand the report to the maintainers of this program, then run the check again.".into()],
        Code::HttpIntercepted => {
            let fault = probes.iter().find_map(|probe| seen.answer(probe).fault());
            interception(host_of(&seen.case.connection.resource_server), fault)
        }
        Code::HttpNotJson => vec![format!(
            "A web page came where Halo's API should answer: copy Resource Server again from {}.",
            api_details(guide)
        )],
        _ => general(seen, code, probes.iter().find_map(|probe| seen.answer(probe).fault())),
    }
}

/// Describes a response from an interceptor in front of Halo, as a whole sentence: sender, place and text.
pub fn intercepted(subject: &str, fault: &Fault) -> String {
    let by = fault.answered_by.as_ref().map_or_else(|| "something".to_owned(), |by| by.cut(80));
    let by = capitalised(&by, "\u{0}");
    let status = fault.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let said = if fault.said.is_empty() { String::new() } else { format!(" It says: {}", fault.said.cut(120)) };
    let end = if said.ends_with(['.', '!', '?']) || said.is_empty() { "" } else { "." };
    format!("{by} answered in Halo's place for {subject}{status}.{said}{end}")
}

/// Whom to ask, and for what, when something in front of Halo answers.
pub fn interception(host: &str, fault: Option<&Fault>) -> Vec<String> {
    if fault.is_some_and(is_filter_of_this_network) {
        return vec![
            format!("Ask whoever runs this network to let this machine reach {host} without the filter."),
            "Nothing in Halo needs to change for this.".into(),
        ];
    }
    vec![
        format!("Ask whoever runs the firewall or gateway in front of {host} to allow this machine's address and to let requests to /api and /auth through without a browser check or login."),
        "Tell them the time of this run and what the page says. The role and the application were not judged by this answer.".into(),
    ]
}

/// True if a filter between this machine and the internet answered, not something in front of Halo.
pub fn is_filter_of_this_network(fault: &Fault) -> bool {
    let by = fault.answered_by.as_ref().map(|by| by.cut(80)).unwrap_or_default();
    ["web filter", "Zscaler", "Squid", "captive portal"].iter().any(|mark| by.contains(mark))
}

/// Steps for a failure of the network, TLS or HTTP, at any stage.
pub fn general(seen: &EvidenceView<'_>, code: Code, fault: Option<&Fault>) -> Vec<String> {
    if let Some(fix) = fault.filter(|fault| fault.code == code).and_then(|fault| fault.fix.clone()) {
        return vec![fix];
    }
    let host = host_of(&seen.case.connection.resource_server);
    let text = match code {
        Code::NetDns => format!(
            "Compare {host} with Resource Server, letter by letter. This machine cannot resolve it; another network or a VPN may be needed."
        ),
        Code::NetDnsUnavailable => {
            "Try again in a minute. If it stays so, look at this machine's name servers: nothing is known about Resource Server yet.".into()
        }
        Code::NetRefused => format!("{host} exists, but nothing listens at this port: check the port, and the firewall of a self-hosted Halo."),
        Code::NetUnreachable => "This machine has no route to the host: check its network, the VPN and the firewall.".into(),
        Code::NetConnectTimeout => {
            "Usually a firewall that drops, or an allow list in Halo that lacks this machine's address. Try again.".into()
        }
        Code::NetTimeout | Code::TlsTimeout => "No verdict about the set-up. Try again; a proxy or an overloaded server holds the answer back.".into(),
        Code::NetReset => "Something between this machine and Halo cut the connection (a firewall, a proxy, TLS inspection), or Halo did. Try again.".into(),
        Code::NetProxy => format!("Unset the proxy variable, add {host} to NO_PROXY, or give the right proxy with --proxy. Halo was not reached."),
        Code::TlsNoRoots => "Install the package ca-certificates, or give your authority's certificate with --ca-file. Nothing is wrong with Halo.".into(),
        Code::TlsUntrusted => "A private certificate authority or a company proxy: ask its owner for the root certificate and give it with --ca-file. Or the server leaves out its intermediate certificate.".into(),
        Code::TlsExpired | Code::TlsNotYetValid => "If the date is right, the server's owner must renew the certificate. If this machine's clock is wrong, set it.".into(),
        Code::TlsHostname => "Use the name that the certificate is for, or have the server's owner put the right certificate in place.".into(),
        Code::TlsBadCertificate => "The server's owner must replace the certificate; trusting it does not help.".into(),
        Code::TlsVersion => "The server's owner must enable TLS 1.2 or newer; this program goes no lower.".into(),
        Code::TlsHandshake => "The usual reason is an older Windows server with old cipher suites alone: its owner must enable current ones (ECDHE with AES-GCM).".into(),
        Code::TlsClientCertRequired => "Halo itself asks for none: a gateway before it does. Ask its owner for an exemption.".into(),
        Code::TlsNotTls => "The port speaks plain http, or a captive portal answers: check the address and the port.".into(),
        Code::HttpRateLimited => match fault.and_then(|fault| fault.retry_after) {
            Some(seconds) => format!("Nothing is wrong with the set-up. Wait {seconds} s, then run again; another integration may be using the allowance."),
            None => "Nothing is wrong with the set-up. Wait up to five minutes, then run again; another integration may be using the allowance.".into(),
        },
        Code::HttpServerError | Code::HttpUnavailable => "No verdict about the set-up. Try again later; if it stays, give Halo's support the time and the endpoint.".into(),
        Code::HttpRedirectRefused | Code::HttpRedirectLoop => "Enter the address that Halo really has as Resource Server; the secret was sent nowhere else.".into(),
        Code::HttpBadEncoding => "Ask whoever runs the proxy or gateway in front of Halo to compress answers only as the request allows (gzip), or run without it. Check the address, too.".into(),
        _ => "Something between this machine and Halo alters the answer, or this is not Halo. Check the address, then run again.".into(),
    };
    vec![text]
}

/// Host, and port where one is given, of an origin or an address.
pub fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, host)| host);
    rest.split('/').next().unwrap_or_default()
}

/// Host of an origin, without its port.
pub fn host_name(origin: &str) -> &str {
    without_port(host_of(origin))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
