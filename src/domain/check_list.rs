//! The checks that a run of a guide has, in order of display.

use super::guide::Guide;
use super::report::{Diagnosis, Stage};

/// One check of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedCheck<'a> {
    /// The id.
    pub id: &'a str,
    /// Stage of the run.
    pub stage: Stage,
    /// Title for people.
    pub title: &'a str,
}

/// The checks that every run has before the guide's probes. A probe cannot have one of their ids.
pub const FIXED_CHECKS: [ListedCheck<'static>; 4] = [
    ListedCheck { id: "input", stage: Stage::Input, title: "values as typed" },
    ListedCheck { id: "discovery", stage: Stage::Discovery, title: "Halo's API answers" },
    ListedCheck { id: "token", stage: Stage::Token, title: "token" },
    ListedCheck { id: "identity", stage: Stage::Identity, title: "signed in as" },
];

/// All checks of a run of this guide.
pub fn checks_of(guide: &Guide) -> impl Iterator<Item = ListedCheck<'_>> {
    let probes = guide.probes.iter().map(|probe| ListedCheck {
        id: probe.id.as_str(),
        stage: Stage::Probe,
        title: probe.title.as_str(),
    });
    FIXED_CHECKS.into_iter().chain(probes)
}

/// Stage of the check with this id; an unknown id is a probe's.
pub fn stage_of(id: &str) -> Stage {
    FIXED_CHECKS.iter().find(|check| check.id == id).map_or(Stage::Probe, |check| check.stage)
}

/// Stage of the first check of a diagnosis.
pub fn stage_of_diagnosis(diagnosis: &Diagnosis) -> Stage {
    diagnosis.checks.first().map_or(Stage::Input, |check| stage_of(check))
}
