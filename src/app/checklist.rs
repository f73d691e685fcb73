//! The guide's lines with what is known of each: the operator's tick, and what Halo showed.

use super::checks::CheckState;
use super::state::State;
use crate::domain::connection::Field;
use crate::domain::guide::{EvidenceSource, Line, Step};
use crate::domain::report::{Fact, FactState, Severity};

/// State of a guide line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// Nothing yet.
    Todo,
    /// Ticked by the operator.
    Ticked,
    /// Halo showed that it holds.
    Proved,
    /// Halo showed that it does not hold.
    Contradicted,
    /// Only a person can confirm it.
    Operator,
}

impl LineState {
    /// The word on the screen, at most six letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Ticked => "ticked",
            Self::Proved => "proved",
            Self::Contradicted => "WRONG",
            Self::Operator => "by you",
        }
    }
}

/// Where Enter on a guide line leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LineDestination {
    /// To a check.
    By(String),
    /// To a field of the form.
    Field(Field),
    /// Nowhere: only a person can confirm the line.
    Nobody,
}

impl State {
    /// The state of a line.
    pub fn line_state(&self, line: &Line) -> LineState {
        match self.fact(&line.fact).map(|fact| fact.state) {
            Some(FactState::Proved) => LineState::Proved,
            Some(FactState::Contradicted) => LineState::Contradicted,
            _ if self.ticked(&line.fact) => LineState::Ticked,
            _ if line.witness == EvidenceSource::Operator => LineState::Operator,
            _ => LineState::Todo,
        }
    }

    /// Halo's contradiction of a line. It names the operator's tick, if there is one.
    pub fn line_says(&self, line: &Line) -> Option<String> {
        let fact = self.fact(&line.fact)?;
        let found = fact.found.as_deref().unwrap_or_default();
        match fact.state {
            FactState::Contradicted => {
                let found = if found.is_empty() { "otherwise" } else { found };
                let but = if self.ticked(&line.fact) { "ticked, but " } else { "" };
                Some(format!("{but}Halo says {found}"))
            }
            FactState::Unproved if !found.is_empty() => Some(format!("not shown by Halo: {found}")),
            _ => None,
        }
    }

    /// State of a fact, unless a run is checking it or a value has changed.
    pub(crate) fn fact(&self, id: &str) -> Option<&Fact> {
        self.run.fact(&self.form, id)
    }

    /// Lines of a step that are proved or ticked, lines that are contradicted, and all.
    pub fn step_counts(&self, step: &Step) -> (usize, usize, usize) {
        step.lines.iter().fold((0, 0, 0), |(done, wrong, all), line| match self.line_state(line) {
            LineState::Proved | LineState::Ticked => (done + 1, wrong, all + 1),
            LineState::Contradicted => (done, wrong + 1, all + 1),
            LineState::Todo | LineState::Operator => (done, wrong, all + 1),
        })
    }

    /// The step that the selected line belongs to, by its number from 0.
    pub fn selected_step(&self) -> usize {
        let mut before = 0;
        let holds = |step: &Step| {
            before += step.lines.len();
            self.line < before
        };
        self.guide.steps.iter().position(holds).unwrap_or_default()
    }

    /// Number of a step's first line.
    pub(crate) fn first_line(&self, step: usize) -> usize {
        self.guide.steps.iter().take(step).map(|step| step.lines.len()).sum()
    }

    /// Number of a fact's line.
    pub(crate) fn line_number_of(&self, fact: &str) -> Option<usize> {
        self.guide.lines().position(|line| line.fact == fact)
    }

    /// The check or field that shows whether a line holds.
    pub(crate) fn witness_of(&self, line: &Line) -> LineDestination {
        if let Some((_, check)) = self.way.as_ref().filter(|(fact, _)| *fact == line.fact) {
            return LineDestination::By(check.clone());
        }
        if let Some(check) = self.failing_check(&line.fact) {
            return LineDestination::By(check);
        }
        if let Some(probe) = self.guide.probes.iter().find(|probe| probe.fact == line.fact) {
            return LineDestination::By(probe.id.clone());
        }
        destination_of_witness(line.witness)
    }

    /// The check of the diagnosis about this fact.
    fn failing_check(&self, fact: &str) -> Option<String> {
        let diagnoses = &self.judgement()?.diagnoses;
        diagnoses.iter().find(|diagnosis| diagnosis.facts.iter().any(|id| id == fact))?.checks.first().cloned()
    }

    /// The facts that a check's failure is about: its diagnoses' first, else what it witnesses.
    pub(crate) fn facts_of(&self, check: &str) -> Vec<String> {
        let mut facts: Vec<String> = Vec::new();
        let mut add = |id: &String| {
            if !facts.contains(id) {
                facts.push(id.clone());
            }
        };
        let diagnoses = self.judgement().map_or(&[][..], |judgement| &judgement.diagnoses);
        let about = diagnoses.iter().filter(|diagnosis| diagnosis.checks.iter().any(|id| id == check));
        let mut grave: Vec<_> = about.collect();
        grave.sort_by_key(|diagnosis| diagnosis.severity != Severity::Blocking);
        grave.iter().flat_map(|diagnosis| &diagnosis.facts).for_each(&mut add);
        if let Some(probe) = self.guide.probe(check) {
            add(&probe.fact);
        } else {
            let witnessed =
                |line: &&Line| destination_of_witness(line.witness) == LineDestination::By(check.to_owned());
            self.guide.lines().filter(witnessed).for_each(|line| add(&line.fact));
        }
        facts
    }

    /// Returns true while a run is checking this line.
    pub fn is_asked(&self, line: &Line) -> bool {
        let Some(active) = &self.run.active else { return false };
        match self.witness_of(line) {
            LineDestination::By(check) => active.running.contains_key(&check),
            _ => false,
        }
    }
}

impl CheckState {
    /// True when a check of this state has a guide line to go to.
    pub(crate) fn is_wrong(self) -> bool {
        matches!(self, Self::Failed | Self::Warned)
    }
}

/// The destination for a line with this witness.
pub(crate) fn destination_of_witness(witness: EvidenceSource) -> LineDestination {
    let check = |id: &str| LineDestination::By(id.to_owned());
    match witness {
        EvidenceSource::AgentName
        | EvidenceSource::ApiOnly
        | EvidenceSource::DefaultTeam
        | EvidenceSource::RoleName
        | EvidenceSource::RoleMember
        | EvidenceSource::LoginAgent
        | EvidenceSource::Level
        | EvidenceSource::Switch
        | EvidenceSource::UnassignedVisible
        | EvidenceSource::OthersVisible => check("identity"),
        EvidenceSource::ApiDetails => check("discovery"),
        EvidenceSource::AuthMethod
        | EvidenceSource::LoginType
        | EvidenceSource::Credentials
        | EvidenceSource::Scopes => check("token"),
        EvidenceSource::FormUrl => LineDestination::Field(Field::Url),
        EvidenceSource::FormTenant => LineDestination::Field(Field::Tenant),
        EvidenceSource::FormClientId => LineDestination::Field(Field::ClientId),
        EvidenceSource::FormSecret => LineDestination::Field(Field::Secret),
        EvidenceSource::Operator => LineDestination::Nobody,
    }
}
