//! What each list and each visibility probe comes to: echo, claims and answer taken together.

use std::collections::BTreeMap;

use super::super::code::Code;
use super::super::guide::{Line, Probe, Witness};
use super::super::report::{Diagnosis, Severity};
use super::fixes::{self, Place};
use super::seen::{Outcome, Restriction, Seen, Standing};

/// What one probe comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Not asked, or not answered yet.
    Open,
    /// Stopped by the operator.
    Cancelled,
    /// Rows are visible and nothing speaks against it.
    Pass(usize),
    /// The application's Permissions tab lacks the scope.
    Scope,
    /// The role's level or switch is too low.
    Role,
    /// Both are too low.
    ScopeAndRole,
    /// Refused; nobody says by which of the two.
    Either(u16),
    /// Refused although both look right.
    Unexplained(u16),
    /// Allowed, nothing visible.
    Nothing,
    /// The role says no, yet rows are visible.
    Contradiction,
    /// A failure with a code of its own.
    Failed(Code),
    /// A visibility probe whose list is refused: nothing can be said.
    Blocked,
}

/// The findings of all probes.
pub struct Permissions<'a> {
    /// By probe id.
    pub findings: BTreeMap<&'a str, Finding>,
    /// Set when every list was refused and nothing says which side is short.
    pub all_refused: Option<u16>,
    /// True when every list answered without any row.
    pub all_empty: bool,
}

impl<'a> Permissions<'a> {
    pub fn of(seen: &Seen<'a>) -> Self {
        let mut findings: BTreeMap<&str, Finding> =
            seen.lists().map(|p| (p.id.as_str(), list_finding(seen, p))).collect();
        for probe in seen.case.guide.probes.iter().filter(|probe| probe.sees.is_some()) {
            let behind = seen.list_behind(probe).and_then(|list| findings.get(list.id.as_str()));
            let finding = visibility_finding(seen, probe, behind);
            findings.insert(&probe.id, finding);
        }
        let outcomes: Vec<Outcome> = seen.lists().map(|probe| seen.outcome(probe)).collect();
        let enough = seen.case.finished && outcomes.len() > 1;
        let all_empty = enough && outcomes.iter().all(|outcome| *outcome == Outcome::Empty);
        Self { all_refused: if enough { all_refused(seen, &outcomes, &findings) } else { None }, all_empty, findings }
    }

    pub fn finding(&self, probe: &Probe) -> &Finding {
        self.findings.get(probe.id.as_str()).unwrap_or(&Finding::Open)
    }

    /// True when some permission of the role is short or refused: the agent's role then matters.
    pub fn some_short(&self) -> bool {
        self.all_refused.is_some()
            || self.all_empty
            || self.findings.values().any(|f| matches!(f, Finding::Role | Finding::ScopeAndRole | Finding::Either(_)))
    }

    pub fn diagnoses(&self, seen: &Seen<'a>) -> Vec<Diagnosis> {
        let mut out = Vec::new();
        if let Some(status) = self.all_refused {
            out.push(refused_everywhere(seen, status));
        } else {
            out.extend(self.scope_missing(seen));
            out.extend(self.role_level(seen));
            out.extend(self.forbidden(seen));
        }
        out.extend(self.nothing_visible(seen));
        out.extend(self.contradicted(seen));
        out.extend(self.failed(seen));
        out.extend(self.cancelled(seen));
        out
    }

    fn with(&self, seen: &Seen<'a>, wanted: impl Fn(&Finding) -> bool) -> Vec<&'a Probe> {
        seen.case.guide.probes.iter().filter(|probe| wanted(self.finding(probe))).collect()
    }

    /// Wanted scopes that the application surely lacks, whether or not a list was refused for it.
    fn scope_missing(&self, seen: &Seen<'a>) -> Option<Diagnosis> {
        let guide = seen.case.guide;
        seen.case.evidence.token.value()?;
        let refused = self.with(seen, |f| matches!(f, Finding::Scope | Finding::ScopeAndRole));
        let mut scopes: Vec<&str> = refused.iter().map(|probe| probe.scope.as_str()).collect();
        let wanted = guide.application.scopes.iter().map(String::as_str);
        scopes.extend(wanted.filter(|scope| seen.application_allows(scope) == Some(false)));
        scopes.sort_by_key(|scope| guide.application.scopes.iter().position(|wanted| wanted == scope));
        scopes.dedup();
        if scopes.is_empty() {
            return None;
        }
        // A list that answers although its reading scope is not listed as granted works all the same.
        let answers = |scope: &&str| {
            scope.starts_with("read:")
                && guide.probes.iter().any(|p| p.scope == **scope && matches!(self.finding(p), Finding::Pass(1..)))
        };
        let works = refused.is_empty() && scopes.iter().all(answers);
        let what = match scopes.as_slice() {
            [one] => format!("the permission {one}"),
            many => format!("{} permissions", many.len()),
        };
        let so = match (works, refused.is_empty()) {
            (true, _) => "its list answers all the same".to_owned(),
            (false, true) => fixes::words(&scopes),
            (false, false) => format!("{} cannot be read", titles(&refused)),
        };
        Some(Diagnosis {
            code: Code::ApiScopeMissing,
            severity: if works { Severity::Warning } else { Severity::Blocking },
            summary: format!("The application lacks {what}: {so}."),
            fix: fixes::tick_scopes(guide, &scopes),
            facts: guide.facts_with(Witness::Scopes),
            checks: if refused.is_empty() { vec!["token".into()] } else { ids(&refused) },
        })
    }

    /// Lines of the role that are too low: by the probes, or by the claims alone where no probe speaks for a line.
    fn role_level(&self, seen: &Seen<'a>) -> Option<Diagnosis> {
        let guide = seen.case.guide;
        let probes = self.with(seen, |f| matches!(f, Finding::Role | Finding::ScopeAndRole));
        let mut lines = lines_of(seen, &probes);
        lines.extend(guide.lines().filter(|line| {
            let unprobed = !guide.probes.iter().any(|probe| probe.fact == line.fact);
            unprobed && matches!(seen.standing(line), Standing::Below { .. })
        }));
        let first = *lines.first()?;
        let summary = match (lines.len(), seen.standing(first)) {
            (1, Standing::Below { found, .. }) => {
                format!("The role is short: {} is {found}, the guide wants {}.", first.label, first.expected)
            }
            (1, _) => format!("The application may read {}, the role may not.", titles(&probes)),
            (count, _) => format!("The role is short in {count} places: {}.", labels(&lines)),
        };
        Some(Diagnosis {
            code: Code::ApiRoleLevel,
            severity: Severity::Blocking,
            summary,
            fix: fixes::set_levels(guide, &lines),
            facts: lines.iter().map(|line| line.fact.clone()).collect(),
            checks: if probes.is_empty() { vec!["identity".into()] } else { ids(&probes) },
        })
    }

    fn forbidden(&self, seen: &Seen<'a>) -> Vec<Diagnosis> {
        let either = self.with(seen, |f| matches!(f, Finding::Either(_)));
        let unexplained = self.with(seen, |f| matches!(f, Finding::Unexplained(_)));
        let mut out = Vec::new();
        if !either.is_empty() {
            let lines = lines_of(seen, &either);
            let scopes: Vec<&str> = either.iter().map(|probe| probe.scope.as_str()).collect();
            out.push(Diagnosis {
                code: Code::ApiForbidden,
                severity: Severity::Blocking,
                summary: format!(
                    "Halo refused {} ({}). The application or the role is short; this Halo does not show which.",
                    titles(&either),
                    self.statuses(&either)
                ),
                fix: fixes::either(vec![
                    fixes::tick_scopes(seen.case.guide, &scopes),
                    fixes::set_levels(seen.case.guide, &lines),
                ]),
                facts: both_facts(seen, &lines),
                checks: ids(&either),
            });
        }
        if !unexplained.is_empty() {
            out.push(Diagnosis {
                code: Code::ApiForbidden,
                severity: Severity::Blocking,
                summary: format!(
                    "Halo refused {} ({}), although the application's permissions and the role's levels both look right.",
                    titles(&unexplained),
                    self.statuses(&unexplained)
                ),
                fix: vec![
                    "Ask the Halo administrator whether the module is switched on and licensed for this agent.".into(),
                    fixes::said(seen, &unexplained),
                ],
                facts: lines_of(seen, &unexplained).iter().map(|line| line.fact.clone()).collect(),
                checks: ids(&unexplained),
            });
        }
        out
    }

    fn statuses(&self, probes: &[&Probe]) -> String {
        let mut statuses: Vec<String> = probes
            .iter()
            .filter_map(|probe| match self.finding(probe) {
                Finding::Either(status) | Finding::Unexplained(status) => Some(status.to_string()),
                _ => None,
            })
            .collect();
        statuses.dedup();
        statuses.join(", ")
    }

    fn nothing_visible(&self, seen: &Seen<'a>) -> Vec<Diagnosis> {
        let probes = self.with(seen, |f| matches!(f, Finding::Nothing));
        if !seen.case.finished {
            return Vec::new();
        }
        if probes.is_empty() {
            return self.part_visible(seen).into_iter().collect();
        }
        if self.all_empty && seen.agent_name().is_none() {
            return vec![nothing_at_all(seen, &probes)];
        }
        let tickets_hidden = probes.iter().any(|probe| probe.sees.is_none() && visibility_depends_on(seen, probe));
        let known = seen.known_restriction().filter(|_| tickets_hidden || self.all_empty);
        let lines = lines_of(seen, &probes);
        if known.is_some_and(|reason| told_by_a_line(seen, reason)) {
            return Vec::new();
        }
        let mut places = vec![known.map_or(Place::Visibility, Restriction::place)];
        if known.is_none() {
            let unsure: Vec<&Line> =
                lines.iter().copied().filter(|line| seen.standing(line) == Standing::Unknown).collect();
            if !unsure.is_empty() {
                places.insert(0, Place::Levels(unsure));
            }
            let scopes = unsure_scopes(seen, &probes);
            if !scopes.is_empty() {
                places.insert(0, Place::Scopes(scopes));
            }
        }
        let mut facts = fixes::facts_of(seen.case.guide, &places);
        facts.extend(
            lines.iter().map(|line| line.fact.clone()).filter(|fact| !facts.contains(fact)).collect::<Vec<_>>(),
        );
        vec![Diagnosis {
            code: Code::ApiNothingVisible,
            severity: if known.is_some() { Severity::Blocking } else { Severity::Warning },
            summary: match known {
                Some(reason) => {
                    format!(
                        "{} may read {}, but sees none: {}.",
                        seen.case.guide.agent.name,
                        titles(&probes),
                        reason.words()
                    )
                }
                None => format!(
                    "Allowed, but no row visible: {}. Either there are none, or they are hidden from the agent.",
                    titles(&probes)
                ),
            },
            fix: fixes::places(seen.case.guide, &places),
            facts,
            checks: ids(&probes),
        }]
    }

    /// Rows are visible, yet the agent's record says that some are hidden from it.
    fn part_visible(&self, seen: &Seen<'a>) -> Option<Diagnosis> {
        let reason = seen.restricted_list().filter(|reason| !told_by_a_line(seen, *reason))?;
        let lists: Vec<&Probe> = seen.lists().filter(|probe| visibility_depends_on(seen, probe)).collect();
        let passed = lists.iter().any(|probe| matches!(self.finding(probe), Finding::Pass(1..)));
        passed.then(|| Diagnosis {
            code: Code::ApiNothingVisible,
            severity: Severity::Warning,
            summary: format!(
                "{} sees only a part of {}: {}.",
                seen.case.guide.agent.name,
                titles(&lists),
                reason.words()
            ),
            fix: fixes::places(seen.case.guide, &[reason.place()]),
            facts: lines_of(seen, &lists).iter().map(|line| line.fact.clone()).collect(),
            checks: ids(&lists),
        })
    }

    fn contradicted(&self, seen: &Seen<'a>) -> Option<Diagnosis> {
        let probes = self.with(seen, |f| matches!(f, Finding::Contradiction));
        let lines = lines_of(seen, &probes);
        (!probes.is_empty()).then(|| Diagnosis {
            code: Code::ApiRoleLevel,
            severity: Severity::Warning,
            summary: format!(
                "Halo shows {}, although the role's settings read as too low: {}.",
                titles(&probes),
                labels(&lines)
            ),
            fix: fixes::set_levels(seen.case.guide, &lines),
            facts: lines.iter().map(|line| line.fact.clone()).collect(),
            checks: ids(&probes),
        })
    }

    fn failed(&self, seen: &Seen<'a>) -> Vec<Diagnosis> {
        let mut by_code: BTreeMap<Code, Vec<&Probe>> = BTreeMap::new();
        for probe in &seen.case.guide.probes {
            if let Finding::Failed(code) = self.finding(probe) {
                by_code.entry(*code).or_default().push(probe);
            }
        }
        by_code
            .into_iter()
            .map(|(code, probes)| Diagnosis {
                code,
                severity: Severity::Blocking,
                summary: fixes::probe_headline(seen, code, &titles(&probes), &probes),
                fix: fixes::for_probe(seen, code, &probes),
                facts: lines_of(seen, &probes).iter().map(|line| line.fact.clone()).collect(),
                checks: ids(&probes),
            })
            .collect()
    }

    fn cancelled(&self, seen: &Seen<'a>) -> Option<Diagnosis> {
        let probes = self.with(seen, |f| matches!(f, Finding::Cancelled));
        (!probes.is_empty()).then(|| fixes::cancelled(ids(&probes)))
    }
}

fn list_finding(seen: &Seen<'_>, probe: &Probe) -> Finding {
    let application = seen.application_allows(&probe.scope);
    let line = seen.case.guide.line(&probe.fact);
    let standing = line.map_or(Standing::Unknown, |line| seen.standing(line));
    let role = match standing {
        Standing::Unknown => None,
        Standing::Below { .. } => Some(false),
        _ => Some(true),
    };
    match seen.outcome(probe) {
        // The token endpoint has refused the scope by name, so the list was not asked for.
        Outcome::NotAsked if seen.refused_by_name(&probe.scope) => refused(Some(false), role, 0),
        Outcome::NotAsked => Finding::Open,
        Outcome::Cancelled => Finding::Cancelled,
        Outcome::Failed => Finding::Failed(failure_code(seen, probe)),
        Outcome::Refused(status) => refused(application, role, status),
        Outcome::Empty => match (application, role) {
            (Some(false), Some(false)) => Finding::ScopeAndRole,
            (Some(false), _) => Finding::Scope,
            (_, Some(false)) => Finding::Role,
            _ => Finding::Nothing,
        },
        Outcome::Rows(rows) => match standing {
            Standing::Below { nothing: true, .. } if !probe.weak => Finding::Contradiction,
            Standing::Below { .. } => Finding::Role,
            _ => Finding::Pass(rows),
        },
    }
}

/// Effective permission is application and role together, so a refusal alone cannot say which side is short.
fn refused(application: Option<bool>, role: Option<bool>, status: u16) -> Finding {
    match (application, role) {
        (Some(false), Some(false)) => Finding::ScopeAndRole,
        (Some(false), _) | (None, Some(true)) => Finding::Scope,
        (_, Some(false)) | (Some(true), None) => Finding::Role,
        (None, None) => Finding::Either(status),
        (Some(true), Some(true)) => Finding::Unexplained(status),
    }
}

fn visibility_finding(seen: &Seen<'_>, probe: &Probe, behind: Option<&Finding>) -> Finding {
    let standing = seen.case.guide.line(&probe.fact).map_or(Standing::Unknown, |line| seen.standing(line));
    let outcome = seen.outcome(probe);
    if let Standing::Below { .. } = standing {
        return match outcome {
            Outcome::NotAsked => Finding::Open,
            Outcome::Rows(_) => Finding::Contradiction,
            _ => Finding::Role,
        };
    }
    match outcome {
        Outcome::NotAsked => Finding::Open,
        Outcome::Cancelled => Finding::Cancelled,
        Outcome::Rows(rows) => Finding::Pass(rows),
        Outcome::Refused(_) => Finding::Blocked,
        Outcome::Failed if probe.rows_of.is_some() => Finding::Blocked,
        Outcome::Failed => Finding::Failed(failure_code(seen, probe)),
        Outcome::Empty => match (behind, standing) {
            // No ticket at all is told once, by the list itself.
            (Some(Finding::Pass(_) | Finding::Contradiction), Standing::Unknown) => Finding::Nothing,
            (Some(Finding::Pass(_) | Finding::Contradiction), _) => Finding::Pass(0),
            _ => Finding::Blocked,
        },
    }
}

/// The code of a probe's failure; a whole module that is missing has a code of its own.
fn failure_code(seen: &Seen<'_>, probe: &Probe) -> Code {
    let code = |probe: &Probe| seen.answer(probe).fault().map_or(Code::LocalBug, |fault| fault.code);
    let own = code(probe);
    if own != Code::ApiMissing {
        return own;
    }
    let group: Vec<&Probe> = seen.lists().filter(|other| other.fact == probe.fact).collect();
    let all_missing = group.len() > 1
        && group.iter().all(|other| seen.outcome(other) == Outcome::Failed && code(other) == Code::ApiMissing);
    if all_missing { Code::ApiModuleMissing } else { Code::ApiMissing }
}

fn all_refused(seen: &Seen<'_>, outcomes: &[Outcome], findings: &BTreeMap<&str, Finding>) -> Option<u16> {
    let statuses: Vec<u16> =
        outcomes.iter().filter_map(|o| if let Outcome::Refused(status) = o { Some(*status) } else { None }).collect();
    let asked = outcomes.iter().filter(|outcome| **outcome != Outcome::NotAsked).count();
    if statuses.len() < 2 || statuses.len() != asked {
        return None;
    }
    if seen.scopeless() {
        return statuses.first().copied();
    }
    let side_known = seen.lists().all(|probe| {
        let side = findings.get(probe.id.as_str());
        let known_short = matches!(side, Some(Finding::Scope | Finding::ScopeAndRole));
        let role_short =
            seen.case.guide.line(&probe.fact).is_some_and(|line| matches!(seen.standing(line), Standing::Below { .. }));
        matches!(side, Some(Finding::Open)) || known_short || role_short
    });
    if side_known { None } else { statuses.first().copied() }
}

/// Every list refused, and neither echo nor claims say why.
fn refused_everywhere(seen: &Seen<'_>, status: u16) -> Diagnosis {
    let guide = seen.case.guide;
    let probes: Vec<&Probe> = seen.lists().collect();
    let skew = seen.case.evidence.discovery.value().and_then(|discovery| discovery.clock_skew);
    let me_refused = seen.case.evidence.identity.status() == Some(401);
    if seen.scopeless() {
        return fixes::everywhere(
            Code::AuthScopeMissing,
            guide,
            &probes,
            &format!("The token carries no permission, so Halo refuses every list ({status})."),
            fixes::places(guide, &[Place::AllScopes]),
        );
    }
    if seen.refused_for_the_clock() {
        return fixes::everywhere(
            Code::AuthClockSkew,
            guide,
            &probes,
            &fixes::skew_words(skew.unwrap_or_default()),
            fixes::mend_clock(),
        );
    }
    if status == 401 && me_refused {
        return token_rejected(seen, &probes);
    }
    let places = [Place::LoginType, Place::Role];
    let (words, places) = if seen.agent_name().is_some() {
        ("Signed in as an agent, but every list is refused", &places[1..])
    } else {
        ("Signed in, but every list is refused", &places[..])
    };
    let summary = format!("{words} ({status}).");
    let mut all = fixes::everywhere(Code::ApiForbiddenAll, guide, &probes, &summary, fixes::places(guide, places));
    all.facts = fixes::facts_of(guide, places);
    all
}

/// Is the switch behind a restriction a line of the guide? That line's diagnosis then says it all.
fn told_by_a_line(seen: &Seen<'_>, reason: Restriction) -> bool {
    let claim = match reason {
        Restriction::NoTeam => return false,
        Restriction::TicketTypes => "Ft",
        Restriction::Customers => "Fc",
    };
    seen.case
        .guide
        .lines()
        .any(|line| line.claim.as_deref() == Some(claim) && matches!(seen.standing(line), Standing::Below { .. }))
}

/// 401 everywhere, for the agent's own record too: the API does not take the token at all.
fn token_rejected(seen: &Seen<'_>, probes: &[&Probe]) -> Diagnosis {
    let guide = seen.case.guide;
    let summary = "Halo gave a token and then refused it everywhere (401).";
    // A token that names its agent was made for one, so the login type is right.
    let (fix, facts) = if seen.agent_name().is_some() {
        let compare = format!(
            "{}: see that Resource Server and Authorisation Server belong to one instance.",
            fixes::api_details(guide)
        );
        let header = "see that no proxy or gateway takes the Authorization header away.".to_owned();
        (fixes::either(vec![vec![compare], vec![header]]), guide.facts_with(Witness::ApiDetails))
    } else {
        let places = [Place::LoginType, Place::Role];
        (fixes::places(guide, &places), fixes::facts_of(guide, &places))
    };
    Diagnosis { facts, ..fixes::everywhere(Code::AuthTokenRejected, guide, probes, summary, fix) }
}

/// Every list empty, and nobody says who the token acts as.
fn nothing_at_all(seen: &Seen<'_>, probes: &[&Probe]) -> Diagnosis {
    let guide = seen.case.guide;
    let places = [Place::LoginType, Place::Role];
    let mut all = fixes::everywhere(
        Code::ApiNothingVisible,
        guide,
        probes,
        "Every list answers, and every list is empty: the token sees nothing at all.",
        fixes::places(guide, &places),
    );
    all.facts = fixes::facts_of(guide, &places);
    all
}

/// Is this the list that visibility probes depend on?
fn visibility_depends_on(seen: &Seen<'_>, probe: &Probe) -> bool {
    seen.case.guide.probes.iter().any(|other| other.sees.is_some() && other.scope == probe.scope)
}

/// Scopes of which nothing says whether the application has them.
fn unsure_scopes(seen: &Seen<'_>, probes: &[&Probe]) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for probe in probes.iter().filter(|probe| probe.sees.is_none()) {
        if seen.application_allows(&probe.scope).is_none() && !scopes.contains(&probe.scope) {
            scopes.push(probe.scope.clone());
        }
    }
    scopes
}

/// Scopes whose own token request would tell what is open: lists that were refused or came empty, while neither the echo
/// nor a refusal by name says whether the application is short, and the role's level does not explain it.
pub fn scopes_in_question(seen: &Seen<'_>) -> Vec<String> {
    let open: Vec<&Probe> = seen
        .lists()
        .filter(|probe| matches!(seen.outcome(probe), Outcome::Refused(_) | Outcome::Empty))
        .filter(|probe| {
            let line = seen.case.guide.line(&probe.fact);
            !line.is_some_and(|line| matches!(seen.standing(line), Standing::Below { .. }))
        })
        .collect();
    let mut scopes = unsure_scopes(seen, &open);
    scopes.retain(|scope| !seen.case.evidence.single_scopes.contains_key(scope));
    scopes
}

fn both_facts(seen: &Seen<'_>, lines: &[&Line]) -> Vec<String> {
    let mut facts = seen.case.guide.facts_with(Witness::Scopes);
    facts.extend(lines.iter().map(|line| line.fact.clone()));
    facts
}

fn lines_of<'a>(seen: &Seen<'a>, probes: &[&Probe]) -> Vec<&'a Line> {
    let mut lines: Vec<&Line> = probes.iter().filter_map(|probe| seen.case.guide.line(&probe.fact)).collect();
    lines.dedup_by(|a, b| a.fact == b.fact);
    lines
}

fn ids(probes: &[&Probe]) -> Vec<String> {
    probes.iter().map(|probe| probe.id.clone()).collect()
}

pub fn titles(probes: &[&Probe]) -> String {
    let titles: Vec<&str> = probes.iter().map(|probe| probe.title.as_str()).collect();
    match titles.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

fn labels(lines: &[&Line]) -> String {
    lines.iter().map(|line| line.label.as_str()).collect::<Vec<_>>().join(", ")
}
