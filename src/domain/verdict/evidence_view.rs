//! The evidence, read once: what the echo, the claims and the probes say, each as far as it says anything.

use crate::domain::connection::Connection;
use crate::domain::connection::Note;
use crate::domain::evidence::Evidence;
use crate::domain::guide::Guide;
use std::collections::BTreeMap;

use super::fixes::HaloScreen;
use crate::domain::codes::Code;
use crate::domain::evidence::{BearerError, Identity, Observation, Rows, ScopeAnswer, UNASSIGNED};
use crate::domain::guide::{EvidenceSource, Line, Probe, TicketVisibility};
use crate::domain::permission_levels;
use crate::domain::permission_levels::{Level, LevelComparison};
use crate::domain::scope;
use crate::domain::untrusted_text::UntrustedText;

/// The inputs of a judgement.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// The values as understood.
    pub connection: &'a Connection,
    /// Notes about cleaned values.
    pub notes: &'a [Note],
    /// The evidence so far.
    pub evidence: &'a Evidence,
    /// True when nothing more will be asked: what was not asked is then skipped, not awaited.
    pub finished: bool,
}

/// The evidence of a case with the questions that the rules put to it.
pub struct EvidenceView<'a> {
    pub case: Case<'a>,
    /// Scopes that the token response echoes; `None` without a usable echo.
    pub echo: Option<Vec<String>>,
}

/// The role's claim for a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimStatus {
    /// Claims are not readable, or this one is not known.
    Unknown,
    /// Lower than wanted. `found` is the label of the found level, `nothing` is true if it allows nothing.
    Below { found: String, nothing: bool },
    /// As wanted.
    Equal(String),
    /// More than wanted.
    Above(String),
}

/// Result of a probe's response alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No response yet, or no longer.
    NotAsked,
    /// Stopped by the operator.
    Cancelled,
    /// Rows of the kind that is looked for.
    Rows(usize),
    /// Allowed, but no such row.
    Empty,
    /// Allowed, but none of the first rows of a long list matches; the number of rows read.
    Unclear(usize),
    /// 401 or 403.
    Refused(u16),
    /// Another failure.
    Failed,
}

impl<'a> EvidenceView<'a> {
    pub fn new(case: Case<'a>) -> Self {
        let echo = case.evidence.token.value().and_then(|grant| {
            let echo: Vec<String> = grant.echo.as_ref()?.iter().map(|scope| scope.as_str().to_owned()).collect();
            // The literal word that was asked for says nothing about what is ticked.
            let literal = echo == ["all"] && grant.requested == ["all"];
            (!literal).then_some(echo)
        });
        Self { case, echo }
    }

    /// The address below which Halo answered; the typed origin if that is unknown.
    pub fn base(&self) -> &'a str {
        let found = self.case.evidence.discovery.value().map(|discovery| discovery.base.as_str());
        found.filter(|base| !base.is_empty()).unwrap_or(&self.case.connection.resource_server)
    }

    pub fn identity(&self) -> Option<&'a Identity> {
        self.case.evidence.identity.value()
    }

    /// The name of the agent that the token acts as, from whichever source is readable.
    pub fn agent_name(&self) -> Option<&'a str> {
        let me = self.identity().and_then(|identity| identity.name.as_ref());
        let token = self.case.evidence.token.value().and_then(|grant| grant.id_token.as_ref()?.name.as_ref());
        me.or(token).map(|name| name.as_str().trim()).filter(|name| !name.is_empty())
    }

    /// The id of the agent that the token acts as.
    pub fn agent_id(&self) -> Option<i64> {
        let token = self.case.evidence.token.value().and_then(|grant| grant.id_token.as_ref()?.agent_id);
        self.identity().and_then(|identity| identity.id).or(token)
    }

    /// Returns whether the agent is the guide's agent; `None` if unknown, or if the guide names none.
    pub fn agent_is_wanted(&self) -> Option<bool> {
        if self.case.guide.agent.is_unnamed() {
            return None;
        }
        self.agent_name().map(|name| name.eq_ignore_ascii_case(self.case.guide.agent.name.trim()))
    }

    /// Returns whether the agent has the guide's role; `None` if its roles are not readable, or if the guide names
    /// none.
    pub fn has_role(&self) -> Option<bool> {
        if self.case.guide.role.is_unnamed() {
            return None;
        }
        let roles = self.identity()?.roles.as_ref()?;
        Some(roles.iter().any(|role| role.as_str().trim().eq_ignore_ascii_case(self.case.guide.role.name.trim())))
    }

    /// The names of the agent's roles; empty when it has none, or when they are not readable.
    pub fn role_names(&self) -> Vec<&'a str> {
        let roles = self.identity().and_then(|identity| identity.roles.as_ref());
        roles.map(|roles| roles.iter().map(|role| role.as_str()).collect()).unwrap_or_default()
    }

    /// The agent's default team; empty if its record says that it has none; `None` if unknown.
    pub fn default_team_found(&self) -> Option<&'a str> {
        self.identity()?.default_team.as_ref().map(|team| team.as_str().trim())
    }

    /// A claim's value of which no level is known.
    pub fn unknown_value(&self, claim: &str) -> Option<&'a str> {
        let scale = permission_levels::scale(claim)?;
        self.claim(claim)?.into_iter().find(|value| scale.by_value(value).is_none())
    }

    /// Readable claims that this program does not know, by name.
    pub fn unknown_claims(&self) -> Vec<&'a str> {
        let Some(claims) = self.identity().and_then(|identity| identity.claims.as_ref()) else { return Vec::new() };
        claims.keys().map(String::as_str).filter(|name| !permission_levels::is_known(name)).collect()
    }

    /// Roles of the agent whose permissions are not among the claims.
    pub fn roles_unread(&self) -> usize {
        self.identity().map_or(0, |identity| identity.roles_unread)
    }

    pub fn is_administrator(&self) -> bool {
        self.identity().and_then(|identity| identity.administrator) == Some(true)
    }

    /// All readable values of a claim; `None` if no claims are readable.
    fn claim(&self, claim: &str) -> Option<Vec<&'a str>> {
        Some(values(self.identity()?.claims.as_ref()?, claim))
    }

    /// The highest known level that the agent's roles and own settings give for a claim.
    pub fn level(&self, claim: &str) -> Option<&'static Level> {
        highest(claim, &self.claim(claim)?)
    }

    /// The state of a claim that is a switch.
    pub fn switch_is_on(&self, claim: &str) -> Option<bool> {
        switch_is_on(&self.claim(claim)?)
    }

    /// Returns true if no role has the agent's level of a claim, so that the level is set on the agent itself.
    pub fn is_the_agents_own(&self, claim: &str) -> bool {
        let Some(of_roles) = self.identity().and_then(|identity| identity.role_claims.as_ref()) else { return false };
        let of_roles = values(of_roles, claim);
        let (has, gives) = (self.level(claim), highest(claim, &of_roles));
        has.map(|level| level.value) != gives.map(|level| level.value)
            || self.switch_is_on(claim) == Some(true) && switch_is_on(&of_roles) != Some(true)
    }

    /// The status of a guide line according to the claims.
    pub fn claim_status(&self, line: &Line) -> ClaimStatus {
        let Some(claim) = line.claim.as_deref() else { return ClaimStatus::Unknown };
        if self.is_administrator() {
            let found = "Administrator".to_owned();
            // An administrator has every level and switch: no more than a guide wants that asks for one.
            let wanted = self.case.guide.wants_administrator();
            return if wanted { ClaimStatus::Equal(found) } else { ClaimStatus::Above(found) };
        }
        match line.witness {
            EvidenceSource::Level => self.level_standing(claim, &line.expected),
            EvidenceSource::Switch | EvidenceSource::UnassignedVisible | EvidenceSource::OthersVisible => {
                match self.switch_is_on(claim) {
                    None => ClaimStatus::Unknown,
                    // A role that was not read may switch it on.
                    Some(false) if self.roles_unread() > 0 => ClaimStatus::Unknown,
                    Some(on) if on == permission_levels::switch(&line.expected).unwrap_or(true) => {
                        ClaimStatus::Equal(yes_no(on))
                    }
                    Some(on) => ClaimStatus::Below { found: yes_no(on), nothing: true },
                }
            }
            _ => ClaimStatus::Unknown,
        }
    }

    fn level_standing(&self, claim: &str, expected: &str) -> ClaimStatus {
        let wanted = permission_levels::scale(claim).and_then(|scale| scale.by_name(expected));
        let (Some(wanted), Some(found)) = (wanted, self.level(claim)) else { return ClaimStatus::Unknown };
        match found.compared_to(wanted) {
            // The highest role wins, and one that was not read may be higher.
            LevelComparison::Below | LevelComparison::Equal if self.roles_unread() > 0 => ClaimStatus::Unknown,
            LevelComparison::Below => ClaimStatus::Below {
                found: found.name.into(),
                nothing: found.read == permission_levels::ReadLevel::Nothing,
            },
            LevelComparison::Equal => ClaimStatus::Equal(found.name.into()),
            LevelComparison::Above => ClaimStatus::Above(found.name.into()),
        }
    }

    /// Returns whether the application has a scope: by the echo, otherwise by grants and refusals of the token
    /// endpoint by name; `None` if neither shows it.
    pub fn application_allows(&self, needed: &str) -> Option<bool> {
        if let Some(echo) = &self.echo {
            return Some(scope::any_covers(echo, needed));
        }
        let grant = self.case.evidence.token.value();
        if self.refused_by_name(needed) {
            return Some(false);
        }
        match self.case.evidence.single_scopes.get(needed) {
            Some(ScopeAnswer::Granted) => return Some(true),
            Some(ScopeAnswer::Refused) => return Some(false),
            Some(ScopeAnswer::Unclear) | None => {}
        }
        // A server that refused one request for its scopes would have refused this one too, had one of its names been
        // missing.
        let named = grant.is_some_and(|grant| !grant.refused.is_empty() && grant.requested.iter().any(|r| r == needed));
        named.then_some(true)
    }

    /// True when rights beyond the guide's would not show: no list of what was granted, or no readable claims of the agent
    /// itself.
    pub fn hides_excess(&self) -> bool {
        let shown =
            |identity: &Identity| identity.claims.is_some() && identity.own_claims_shown && identity.roles_unread == 0;
        self.echo.is_none() || !self.identity().is_some_and(shown)
    }

    /// True when the claims of roles were read, but not those set on the agent itself.
    pub fn shows_roles_alone(&self) -> bool {
        self.identity().is_some_and(|identity| identity.claims.is_some() && !identity.own_claims_shown)
    }

    /// True when the token reply had no `scope` member at all.
    pub fn reply_had_no_scope(&self) -> bool {
        self.case.evidence.token.value().is_some_and(|grant| grant.echo.is_none())
    }

    /// True when the token endpoint refused just this scope.
    pub fn refused_by_name(&self, needed: &str) -> bool {
        let grant = self.case.evidence.token.value();
        grant.is_some_and(|grant| grant.refused.iter().any(|refused| refused == needed))
    }

    /// True when the token carries no scope of Halo's at all.
    pub fn scopeless(&self) -> bool {
        let Some(grant) = self.case.evidence.token.value() else { return false };
        let opens = |scope: &String| !scope::ADDED_BY_SERVER.iter().any(|added| added.eq_ignore_ascii_case(scope));
        grant.requested.is_empty() || self.echo.as_ref().is_some_and(|echo| !echo.iter().any(opens))
    }

    /// True when Halo refused the agent's own record with 401.
    pub fn identity_is_refused(&self) -> bool {
        let fault = self.case.evidence.identity.fault();
        fault.is_some_and(|fault| fault.status == Some(401) && fault.code != Code::HttpIntercepted)
    }

    /// Error of a probe's `WWW-Authenticate` header.
    pub fn bearer_error(&self, probe: &Probe) -> Option<BearerError> {
        self.answer(probe).fault()?.bearer_error
    }

    /// True when every answer of the API was 401 and the clocks differ so much that this alone explains it.
    pub fn refused_for_the_clock(&self) -> bool {
        let skew = self.case.evidence.discovery.value().and_then(|discovery| discovery.clock_skew).unwrap_or(0);
        skew.abs() > super::fixes::SKEW_LIMIT
            && self.identity_is_refused()
            && self.lists().all(|probe| matches!(self.outcome(probe), Outcome::Refused(401) | Outcome::NotAsked))
    }

    fn asked(&self, probe: &Probe) -> Option<&'a Observation<Rows>> {
        let source = probe.rows_of.as_deref().unwrap_or(&probe.id);
        self.case.evidence.probes.get(source)
    }

    /// The raw answer of a probe, or of the probe whose rows it looks at.
    pub fn answer(&self, probe: &Probe) -> &'a Observation<Rows> {
        const NOT_ASKED: &Observation<Rows> = &Observation::NotAsked;
        self.asked(probe).unwrap_or(NOT_ASKED)
    }

    /// Result of a probe's response alone.
    pub fn outcome(&self, probe: &Probe) -> Outcome {
        match self.answer(probe) {
            Observation::NotAsked => Outcome::NotAsked,
            Observation::Cancelled => Outcome::Cancelled,
            Observation::Failed(fault) => match fault.status {
                // What Halo did not write is no refusal of Halo's.
                Some(status @ (401 | 403)) if fault.code != Code::HttpIntercepted => Outcome::Refused(status),
                _ => Outcome::Failed,
            },
            Observation::Answered(answer) => match self.matching_rows(probe, &answer.value) {
                0 if !answer.value.complete => Outcome::Unclear(answer.value.count),
                0 => Outcome::Empty,
                rows => Outcome::Rows(rows),
            },
        }
    }

    fn matching_rows(&self, probe: &Probe, rows: &Rows) -> usize {
        match probe.sees {
            None => rows.count,
            Some(TicketVisibility::Unassigned) => rows.by_agent.get(&UNASSIGNED).copied().unwrap_or(0),
            Some(TicketVisibility::Others) => {
                let own = self.agent_id();
                rows.by_agent
                    .iter()
                    .filter(|(id, _)| **id > UNASSIGNED && Some(**id) != own)
                    .map(|(_, rows)| rows)
                    .sum()
            }
        }
    }

    /// Probes that look at a whole list.
    pub fn lists(&self) -> impl Iterator<Item = &'a Probe> {
        self.case.guide.probes.iter().filter(|probe| probe.sees.is_none())
    }

    /// The list that a visibility probe depends on: the first one of the same scope.
    pub fn list_behind(&self, probe: &Probe) -> Option<&'a Probe> {
        self.lists().find(|list| list.scope == probe.scope)
    }

    /// The list in the agent's record that restricts its visibility.
    pub fn restricted_list(&self) -> Option<Restriction> {
        let identity = self.identity()?;
        if identity.ticket_types_restricted == Some(true) {
            Some(Restriction::TicketTypes)
        } else if identity.customers_restricted == Some(true) {
            Some(Restriction::Customers)
        } else {
            None
        }
    }

    /// The known restriction that hides records from the agent.
    pub fn known_restriction(&self) -> Option<Restriction> {
        let identity = self.identity()?;
        let nowhere = identity.teams.as_ref().is_some_and(Vec::is_empty) && identity.departments.unwrap_or(0) == 0;
        self.restricted_list().or(nowhere.then_some(Restriction::NoTeam))
    }
}

/// Something in the agent's record that hides records from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// No team and no department.
    NoTeam,
    /// A list of ticket types.
    TicketTypes,
    /// A list of customers.
    Customers,
}

impl Restriction {
    /// As the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoTeam => "it is in no team and in no department",
            Self::TicketTypes => "only some ticket types are allowed",
            Self::Customers => "only some customers are allowed",
        }
    }

    /// Its place in Halo.
    pub fn place(self) -> HaloScreen<'static> {
        match self {
            Self::NoTeam => HaloScreen::Teams,
            Self::TicketTypes => HaloScreen::TicketTypes,
            Self::Customers => HaloScreen::Customers,
        }
    }
}

fn yes_no(on: bool) -> String {
    if on { "Yes".into() } else { "No".into() }
}

/// All values of a claim, under its short or its long name.
fn values<'a>(claims: &'a BTreeMap<String, Vec<UntrustedText>>, claim: &str) -> Vec<&'a str> {
    let short = permission_levels::short_name(claim);
    let named = claims.iter().filter(|(name, _)| permission_levels::short_name(name) == short);
    named.flat_map(|(_, values)| values.iter().map(UntrustedText::as_str)).collect()
}

fn highest(claim: &str, values: &[&str]) -> Option<&'static Level> {
    let scale = permission_levels::scale(claim)?;
    values.iter().filter_map(|value| scale.by_value(value)).reduce(|a, b| a.greater(b))
}

fn switch_is_on(values: &[&str]) -> Option<bool> {
    let known: Vec<bool> = values.iter().filter_map(|value| permission_levels::switch(value)).collect();
    (!known.is_empty()).then(|| known.contains(&true))
}
