//! Findings over all tenants: a diagnosis that many tenants share is listed once.

use crate::domain::codes::Code;
use crate::domain::report::{Diagnosis, Severity};
use crate::headless::Outcome;

/// One diagnosis and the profiles that have it.
pub struct Finding {
    /// Severity of the diagnosis.
    pub severity: Severity,
    /// Code of the diagnosis.
    pub code: Code,
    /// Summary for the first of them.
    pub summary: String,
    /// Fix for the first of them.
    pub fix: Vec<String>,
    /// The profiles.
    pub profiles: Vec<String>,
}

/// The findings, most severe first, then in the order of the codes.
#[derive(Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a tenant. Notes are omitted: the report of one tenant shows them.
    pub fn add(&mut self, profile: &str, outcome: &Outcome) {
        for diagnosis in outcome.report.diagnoses.iter().filter(|diagnosis| diagnosis.severity != Severity::Note) {
            self.take(profile, diagnosis);
        }
    }

    fn take(&mut self, profile: &str, diagnosis: &Diagnosis) {
        let key = |finding: &Finding| (finding.severity, finding.code);
        match self.0.iter_mut().find(|finding| key(finding) == (diagnosis.severity, diagnosis.code)) {
            Some(finding) if finding.profiles.last().is_some_and(|last| last == profile) => {}
            Some(finding) => finding.profiles.push(profile.to_owned()),
            None => self.0.push(Finding {
                severity: diagnosis.severity,
                code: diagnosis.code,
                summary: diagnosis.summary.clone(),
                fix: diagnosis.fix.clone(),
                profiles: vec![profile.to_owned()],
            }),
        }
    }

    /// All findings, each with its profiles in order.
    pub fn sorted(mut self) -> Vec<Finding> {
        let place = |code: Code| Code::ALL.iter().position(|other| *other == code);
        self.0.sort_by_key(|finding| (finding.severity, place(finding.code)));
        self.0.iter_mut().for_each(|finding| finding.profiles.sort());
        self.0
    }
}

/// Some names, and the number of the others.
pub fn names(profiles: &[String], most: usize) -> String {
    let shown = profiles.len().min(most);
    let more = profiles.len() - shown;
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", profiles[..shown].join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headless::formats::document::tests::outcome;

    #[test]
    fn the_same_fault_of_many_is_one_finding() {
        let mut findings = Findings::default();
        let mut twice = outcome();
        let again = twice.report.diagnoses[0].clone();
        twice.report.diagnoses.push(Diagnosis {
            severity: Severity::Warning,
            code: Code::PrivilegeScopeExcess,
            ..again.clone()
        });
        twice.report.diagnoses.push(Diagnosis { severity: Severity::Note, ..again.clone() });
        twice.report.diagnoses.push(again);
        findings.add("beta", &twice);
        findings.add("acme", &outcome());
        let found: Vec<(Code, String)> =
            findings.sorted().into_iter().map(|finding| (finding.code, finding.profiles.join(" "))).collect();
        assert_eq!(found, [(Code::ApiRoleLevel, "acme beta".into()), (Code::PrivilegeScopeExcess, "beta".into())]);
    }

    #[test]
    fn many_names_are_counted() {
        let profiles = ["a", "b", "c"].map(str::to_owned);
        assert_eq!((names(&profiles, 3).as_str(), names(&profiles, 2).as_str()), ("a, b, c", "a, b and 1 more"));
    }
}
