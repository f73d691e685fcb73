//! Diagnoses about permissions: too low, refused, hidden or broken. One diagnosis for each kind.

use std::collections::{BTreeMap, BTreeSet};

use super::super::guide::{EvidenceSource, Line, Probe};
use super::super::report::{Diagnosis, Severity};
use super::all_refused::{every_list_empty, every_list_refused};
use super::ambiguous_scopes::scopes_without_evidence;
use super::evidence_view::{ClaimStatus, EvidenceView, Restriction};
use super::fixes::{self, HaloScreen};
use super::probe_findings::{Finding, Permissions};
use crate::domain::codes::Code;

impl<'a> Permissions<'a> {
    pub fn diagnoses(&self, seen: &EvidenceView<'a>) -> Vec<Diagnosis> {
        let mut out = Vec::new();
        if let Some(status) = self.all_refused {
            out.push(every_list_refused(seen, status));
        } else {
            out.extend(self.scope_missing(seen));
            out.extend(self.role_level(seen));
            out.extend(self.forbidden(seen));
            out.extend(self.token_refused(seen));
        }
        out.extend(self.nothing_visible(seen));
        out.extend(self.contradicted(seen));
        out.extend(self.left_out(seen));
        out.extend(self.failed(seen));
        out.extend(self.cancelled(seen));
        out
    }

    fn with(&self, seen: &EvidenceView<'a>, wanted: impl Fn(&Finding) -> bool) -> Vec<&'a Probe> {
        seen.case.guide.probes.iter().filter(|probe| wanted(self.finding(probe))).collect()
    }

    /// Wanted scopes that the application surely lacks, whether or not a list was refused for it.
    fn scope_missing(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
        let guide = seen.case.guide;
        seen.case.evidence.token.value()?;
        let refused = self.with(seen, |f| matches!(f, Finding::Scope | Finding::ScopeAndRole));
        let mut scopes: Vec<&str> = refused.iter().map(|probe| probe.scope.as_str()).collect();
        let wanted = guide.application.scopes.iter().map(String::as_str);
        scopes.extend(wanted.filter(|scope| seen.application_allows(scope) == Some(false)));
        scopes.sort_by_key(|scope| guide.application.scopes.iter().position(|wanted| wanted == scope));
        scopes.dedup();
        // While a run goes on, the lists that are refused for it come first.
        if scopes.is_empty() || (refused.is_empty() && !seen.case.finished) {
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
            (false, true) => fixes::join_with_and(&scopes),
            (false, false) => format!("{} cannot be read", titles(&refused)),
        };
        Some(Diagnosis {
            code: Code::ApiScopeMissing,
            severity: if works { Severity::Warning } else { Severity::Blocking },
            summary: format!("The application lacks {what}: {so}."),
            fix: fixes::tick_scopes(guide, &scopes),
            facts: guide.facts_with(EvidenceSource::Scopes),
            checks: if refused.is_empty() { vec!["token".into()] } else { ids(&refused) },
        })
    }

    /// Lines of the role that are too low: by the probes, or by the claims alone where no probe speaks for a line.
    fn role_level(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
        let guide = seen.case.guide;
        let probes = self.with(seen, |f| matches!(f, Finding::Role | Finding::ScopeAndRole));
        let mut lines = lines_of(seen, &probes);
        lines.extend(guide.lines().filter(|line| {
            let unprobed = !guide.probes.iter().any(|probe| probe.fact == line.fact);
            unprobed && matches!(seen.claim_status(line), ClaimStatus::Below { .. })
        }));
        let first = *lines.first()?;
        let summary = match (lines.len(), seen.claim_status(first)) {
            (1, ClaimStatus::Below { found, .. }) => {
                format!("Role permission too low: {} is {found}, must be {}.", first.label, first.expected)
            }
            (1, _) => format!("The application may read {}, the role may not.", titles(&probes)),
            (count, _) => format!("{count} role permissions too low: {}.", labels(&lines)),
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

    fn forbidden(&self, seen: &EvidenceView<'a>) -> Vec<Diagnosis> {
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
                    "Halo refused {} ({}). Either the application or the role lacks a permission; this Halo does not show which.",
                    titles(&either),
                    self.statuses(&either)
                ),
                fix: fixes::alternatives(vec![
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

    /// Lists whose server says that it does not take the token, while other requests with it were answered.
    fn token_refused(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
        let probes = self.with(seen, |f| matches!(f, Finding::Token(_)));
        let guide = seen.case.guide;
        (!probes.is_empty()).then(|| Diagnosis {
            code: Code::AuthTokenRejected,
            severity: Severity::Blocking,
            summary: format!(
                "Halo did not accept the token for {} ({}, invalid_token). The role and the application's permissions were not judged.",
                titles(&probes),
                self.statuses(&probes)
            ),
            fix: vec![
                "Run the checks again: a token may have ended early.".into(),
                format!(
                    "{}: check that Resource Server and Authorisation Server belong to one instance.",
                    fixes::api_details(guide)
                ),
                fixes::said(seen, &probes),
            ],
            facts: guide.facts_with(EvidenceSource::ApiDetails),
            checks: ids(&probes),
        })
    }

    fn statuses(&self, probes: &[&Probe]) -> String {
        let mut statuses: Vec<String> = probes
            .iter()
            .filter_map(|probe| match self.finding(probe) {
                Finding::Either(status) | Finding::Unexplained(status) | Finding::Token(status) => {
                    Some(status.to_string())
                }
                _ => None,
            })
            .collect();
        statuses.dedup();
        statuses.join(", ")
    }

    fn nothing_visible(&self, seen: &EvidenceView<'a>) -> Vec<Diagnosis> {
        let probes = self.with(seen, |f| matches!(f, Finding::Nothing));
        if !seen.case.finished {
            return Vec::new();
        }
        if probes.is_empty() {
            return self.part_visible(seen).into_iter().collect();
        }
        if self.all_empty && seen.agent_name().is_none() {
            return vec![every_list_empty(seen, &probes)];
        }
        let tickets_hidden = probes.iter().any(|probe| probe.sees.is_none() && visibility_depends_on(seen, probe));
        let known = seen.known_restriction().filter(|_| tickets_hidden || self.all_empty);
        let lines = lines_of(seen, &probes);
        if known.is_some_and(|reason| told_by_a_line(seen, reason)) {
            return Vec::new();
        }
        let mut places = vec![known.map_or(HaloScreen::Visibility, Restriction::place)];
        if known.is_none() {
            let unsure: Vec<&Line> =
                lines.iter().copied().filter(|line| seen.claim_status(line) == ClaimStatus::Unknown).collect();
            if !unsure.is_empty() {
                places.insert(0, HaloScreen::Levels(unsure));
            }
            let scopes = scopes_without_evidence(seen, &probes);
            if !scopes.is_empty() {
                places.insert(0, HaloScreen::Scopes(scopes));
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
                        fixes::the_agent(seen),
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
    fn part_visible(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
        let reason = seen.restricted_list().filter(|reason| !told_by_a_line(seen, *reason))?;
        let lists: Vec<&Probe> = seen.lists().filter(|probe| visibility_depends_on(seen, probe)).collect();
        let passed = lists.iter().any(|probe| matches!(self.finding(probe), Finding::Pass(1..)));
        passed.then(|| Diagnosis {
            code: Code::ApiNothingVisible,
            severity: Severity::Warning,
            summary: format!("{} sees only a part of {}: {}.", fixes::the_agent(seen), titles(&lists), reason.words()),
            fix: fixes::places(seen.case.guide, &[reason.place()]),
            facts: lines_of(seen, &lists).iter().map(|line| line.fact.clone()).collect(),
            checks: ids(&lists),
        })
    }

    /// Levels that the claims show to be too low, of lists that this run left out.
    fn left_out(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
        let guide = seen.case.guide;
        let open = |line: &Line| {
            let mut probes = guide.probes.iter().filter(|probe| probe.fact == line.fact).peekable();
            probes.peek().is_some() && probes.all(|probe| *self.finding(probe) == Finding::Open)
        };
        let lines: Vec<&Line> = guide
            .lines()
            .filter(|line| matches!(seen.claim_status(line), ClaimStatus::Below { .. }) && open(line))
            .collect();
        (seen.case.finished && !lines.is_empty()).then(|| Diagnosis {
            code: Code::ApiRoleLevel,
            severity: Severity::Warning,
            summary: format!(
                "Not checked in this run, but the role's record shows a level that is too low: {}.",
                labels(&lines)
            ),
            fix: fixes::set_levels(guide, &lines),
            facts: lines.iter().map(|line| line.fact.clone()).collect(),
            checks: vec!["identity".into()],
        })
    }

    fn contradicted(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
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

    fn failed(&self, seen: &EvidenceView<'a>) -> Vec<Diagnosis> {
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

    fn cancelled(&self, seen: &EvidenceView<'a>) -> Option<Diagnosis> {
        let probes = self.with(seen, |f| matches!(f, Finding::Cancelled));
        (!probes.is_empty()).then(|| fixes::cancelled(ids(&probes)))
    }
}

/// Returns true if the switch of a restriction is a line of the guide. The diagnosis of that line then covers it.
fn told_by_a_line(seen: &EvidenceView<'_>, reason: Restriction) -> bool {
    let claim = match reason {
        Restriction::NoTeam => return false,
        Restriction::TicketTypes => "Ft",
        Restriction::Customers => "Fc",
    };
    seen.case.guide.lines().any(|line| {
        line.claim.as_deref() == Some(claim) && matches!(seen.claim_status(line), ClaimStatus::Below { .. })
    })
}

/// Returns true if visibility probes depend on this list.
fn visibility_depends_on(seen: &EvidenceView<'_>, probe: &Probe) -> bool {
    seen.case.guide.probes.iter().any(|other| other.sees.is_some() && other.scope == probe.scope)
}

fn both_facts(seen: &EvidenceView<'_>, lines: &[&Line]) -> Vec<String> {
    let mut facts = seen.case.guide.facts_with(EvidenceSource::Scopes);
    facts.extend(lines.iter().map(|line| line.fact.clone()));
    facts
}

fn lines_of<'a>(seen: &EvidenceView<'a>, probes: &[&Probe]) -> Vec<&'a Line> {
    let mut told = BTreeSet::new();
    let lines = probes.iter().filter_map(|probe| seen.case.guide.line(&probe.fact));
    lines.filter(|line| told.insert(line.fact.as_str())).collect()
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
