//! The phases of a connection and of one exchange, and what is known of the way to the server.

use super::checks::CheckState;
use super::state::State;
use crate::domain::codes::Code;
use crate::domain::evidence::{Certificate, ConnectionInfo};

/// One phase of the connection, read off the discovery check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Label for people.
    pub name: String,
    /// State of the phase.
    pub shown: CheckState,
    /// Duration in milliseconds.
    pub took_ms: Option<u32>,
}

/// Number of phases of a connection.
pub const PHASES: usize = 3;

/// One part of an exchange, as a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Label for people, at most ten letters.
    pub name: &'static str,
    /// Start, in milliseconds since the start of the exchange.
    pub from_ms: u32,
    /// Duration in milliseconds.
    pub took_ms: u32,
}

impl State {
    /// The phases of the connection, read off the discovery check: name, connection, TLS.
    pub fn phases(&self) -> [Phase; PHASES] {
        let judged = self.run.check(&self.form, "discovery");
        let shown = self.shown("discovery", judged);
        let Some(check) = judged.filter(|_| !matches!(shown, CheckState::Waiting | CheckState::Running(_))) else {
            return PLAIN.map(|name| Phase { name: name.into(), shown, took_ms: None });
        };
        let timing = check.timing_ms;
        let took = [timing.dns, timing.connect, timing.tls];
        let broken = broken_phase(check.code);
        let answered = check.http_status.is_some();
        let mut names = self.connection_info().map_or_else(|| PLAIN.map(str::to_owned), phase_names).into_iter();
        std::array::from_fn(|at| Phase {
            name: names.next().unwrap_or_default(),
            shown: match broken {
                Some(phase) if at == phase => CheckState::Failed,
                Some(phase) if at > phase => CheckState::Skipped,
                Some(_) => CheckState::Passed,
                None if took[at].is_some() || (answered && at == 1) => CheckState::Passed,
                None => CheckState::Skipped,
            },
            took_ms: took[at],
        })
    }

    /// Details of the connection, if the address has not changed since.
    pub(crate) fn connection_info(&self) -> Option<&ConnectionInfo> {
        self.run.check(&self.form, "discovery")?;
        self.run.evidence.as_ref().map(|evidence| &evidence.link)
    }

    /// The phases of the selected check's exchange, in order. Empty if no request was sent or no timing is known.
    pub fn connection_segments(&self) -> Vec<Segment> {
        self.check.as_deref().map(|id| self.connection_segments_of(id)).unwrap_or_default()
    }

    pub(crate) fn connection_segments_of(&self, check: &str) -> Vec<Segment> {
        let judged = self.run.check(&self.form, check);
        if matches!(self.shown(check, judged), CheckState::Waiting | CheckState::Running(_)) {
            return Vec::new();
        }
        let Some(timing) = judged.map(|check| check.timing_ms) else { return Vec::new() };
        let known =
            [("name", timing.dns), ("connect", timing.connect), ("TLS", timing.tls), ("first byte", timing.first_byte)];
        let mut stretches = Vec::new();
        let mut from_ms = 0;
        for (name, took_ms) in known.into_iter().filter_map(|(name, took)| Some((name, took?))) {
            stretches.push(Segment { name, from_ms, took_ms });
            from_ms = from_ms.saturating_add(took_ms);
        }
        if let (Some(total), false) = (timing.total, stretches.is_empty()) {
            stretches.push(Segment { name: "rest", from_ms, took_ms: total.saturating_sub(from_ms) });
        }
        stretches
    }
}

/// Names of the phases before a connection is known.
const PLAIN: [&str; PHASES] = ["name resolved", "connected", "TLS"];

/// The phases with what was seen in each.
fn phase_names(link: &ConnectionInfo) -> [String; PHASES] {
    let resolved = match link.addresses.len() {
        0 | 1 => PLAIN[0].to_owned(),
        count => format!("name, {count} addresses"),
    };
    let through = if link.proxy.is_some() { " by proxy" } else { "" };
    let spoken = link.http_version.as_ref().map(|version| format!(", {version}")).unwrap_or_default();
    let tls = link.tls_version.clone().unwrap_or_else(|| PLAIN[2].into());
    let days = link.certificate.as_ref().map(|found| format!(", cert {} days", found.days_left)).unwrap_or_default();
    [resolved, format!("{}{through}{spoken}", PLAIN[1]), format!("{tls}{days}")]
}

/// Description of the connection, one line for each phase.
pub(crate) fn link_words(link: &ConnectionInfo) -> Vec<String> {
    let mut lines = Vec::new();
    if !link.addresses.is_empty() {
        lines.push(format!("addresses {}", link.addresses.join(", ")));
    }
    lines.extend(link.proxy.as_ref().map(|proxy| format!("through the proxy {proxy}")));
    let spoken: Vec<&str> = [&link.tls_version, &link.http_version].into_iter().flatten().map(String::as_str).collect();
    if !spoken.is_empty() {
        lines.push(spoken.join(", "));
    }
    lines.extend(link.certificate.as_ref().map(certificate_words));
    lines
}

fn certificate_words(found: &Certificate) -> String {
    let day = found.not_after.split('T').next().unwrap_or_default();
    let left = match found.days_left {
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    };
    format!("certificate {left} (until {day}), signed by {}", found.issuer.short())
}

/// The phase that a code speaks of.
fn broken_phase(code: Code) -> Option<usize> {
    match code {
        Code::NetDns | Code::NetDnsUnavailable => Some(0),
        Code::NetRefused | Code::NetUnreachable | Code::NetConnectTimeout | Code::NetProxy => Some(1),
        code if code.id().starts_with("tls.") => Some(2),
        _ => None,
    }
}
