//! Which actions are available now. The footer shows only their keys.

use super::action::{Action, Pane};
use super::check_detail::has_no_halo_setting;
use super::checklist::{LineDestination, destination_of_witness};
use super::checks::CheckState;
use super::effect::Repair;
use super::profiles::ProfileChoice;
use super::state::{Focus, State};
use crate::domain::codes::Code;
use crate::domain::connection::Field;
use crate::domain::report::{Diagnosis, Severity};

impl State {
    /// Returns true if this action has an effect now.
    pub fn offers(&self, action: Action) -> bool {
        match action {
            Action::Repair => self.fixable_part().is_some(),
            Action::RunSelected => {
                self.run.judgement.is_some() && self.run.active.is_none() && self.selected_check().is_some()
            }
            Action::Curl => self.check.as_deref().is_some_and(|check| self.has_curl(check)),
            Action::Copy => match self.focus {
                Focus::Checklist => true,
                _ => self.selected_check().is_some_and(|row| self.fix_text(&row.id).is_some()),
            },
            Action::Explain => self.selected_check().is_some_and(|row| row.code.is_some()),
            Action::Plain => self.focus == Focus::Checklist || self.selected_check().is_some(),
            Action::Export => self.current_report().is_some(),
            Action::OnlyFailures => self.run.judgement.is_some(),
            Action::Watch => self.watch.is_some() || self.run.judgement.is_some(),
            Action::Values => !self.form.is_empty(Field::Url),
            Action::Tail | Action::Level => self.focus == Focus::Log,
            Action::Suggestion => self.suggested().is_some(),
            Action::Back => self.can_go_back(),
            Action::Follow => match self.focus {
                Focus::Checks | Focus::Detail => self.selected_check().is_some(),
                Focus::Checklist => self.selected_line().is_some(),
                _ => false,
            },
            Action::Profiles | Action::Guides => self.shelf.open,
            Action::Open => self.picked().is_some(),
            Action::OpenAndCheck => matches!(self.picked(), Some((ProfileChoice::Profile(_), _))),
            Action::Remove => matches!(self.picked(), Some((ProfileChoice::Profile(_), _))),
            Action::Find => self.shelf.profiles.len() > 1,
            Action::Demo => self.shelf.demo,
            Action::SaveProfile => self.can_save(),
            Action::KeepSecret => self.can_keep(),
            Action::SignInHost => self.sign_in_host().is_some(),
            Action::RunAll => self.run.active.is_none() && !self.form.is_empty(Field::Url),
            Action::GoTo(Pane::Credentials) => {
                let needed = [Field::Url, Field::ClientId, Field::Secret];
                !matches!(self.focus, Focus::Field(_)) && needed.iter().any(|field| self.form.is_empty(*field))
            }
            _ => true,
        }
    }

    fn can_go_back(&self) -> bool {
        if let Some(picker) = self.picker.as_ref().filter(|_| self.overlay.is_none()) {
            return !picker.is_first() || picker.find().is_some() || !picker.needle().is_empty();
        }
        self.overlay.is_some()
            || self.log.search.is_some()
            || matches!(self.focus, Focus::Field(_))
            || self.run.active.is_some()
            || self.log_zoomed
            || !self.log.needle().is_empty()
    }

    /// Label of what Esc does now, in one word, for the footer.
    pub fn back_label(&self) -> &'static str {
        if self.overlay.is_some() {
            "close"
        } else if let Some(picker) = &self.picker {
            if picker.needle().is_empty() && picker.find().is_none() { "back" } else { "all" }
        } else if self.log.search.is_some() || (self.run.active.is_none() && !self.log.needle().is_empty()) {
            "end search"
        } else if matches!(self.focus, Focus::Field(_)) {
            "leave field"
        } else if self.run.active.is_some() {
            "cancel"
        } else {
            "back"
        }
    }

    /// Returns true if the secret in the form is proven: a token was issued for it, and the API accepted that token.
    pub fn secret_is_proven(&self) -> bool {
        let check = |id: &str| self.run.check(&self.form, id);
        let good = |id: &str| matches!(self.shown(id, check(id)), CheckState::Passed | CheckState::Warned);
        // An answer that fails its check for what it says was given for the token all the same.
        let answered = self.run.evidence.as_ref().is_some_and(|evidence| {
            evidence.identity.value().is_some() || evidence.probes.values().any(|asked| asked.value().is_some())
        });
        let used = || answered || good("identity") || self.guide.probes.iter().any(|probe| good(&probe.id));
        !self.form.is_empty(Field::Secret) && good("token") && used()
    }

    /// Returns true if the secret is shown only once by Halo's page and is not proven yet. A secret from another
    /// source is stored there.
    pub fn shown_once(&self) -> bool {
        let begun = self.focus == Focus::Field(Field::Secret) || !self.form.is_empty(Field::Secret);
        begun && self.form.secret_source.is_none() && !self.secret_is_proven()
    }

    /// The part of the simulated Halo that can be repaired for the selected check.
    pub(crate) fn fixable_part(&self) -> Option<Repair> {
        self.demo.as_ref()?;
        let row = self.selected_check().filter(|row| row.shown.is_wrong() && self.run.active.is_none())?;
        // The simulated Halo cannot move to another network or get another certificate.
        let repairable = |found: &&Diagnosis| found.severity != Severity::Note && !found.code.is_of_vendor_side();
        let diagnosis = self.diagnoses_of(&row.id).into_iter().find(repairable)?;
        let facts = if has_no_halo_setting(diagnosis.code) { Vec::new() } else { diagnosis.facts.clone() };
        let in_form = |fact: &String| {
            let witness = self.guide.line(fact).map(|line| destination_of_witness(line.witness));
            matches!(witness, Some(LineDestination::Field(_)))
                || witness == Some(LineDestination::By("discovery".into()))
        };
        let copies_form = facts.iter().any(in_form) || diagnosis.code == Code::AuthInvalidClient;
        let mut checks = diagnosis.checks.clone();
        if !checks.contains(&row.id) {
            checks.push(row.id);
        }
        Some(Repair { code: diagnosis.code.id(), facts, checks, copies_form })
    }

    /// The fix of a check, as one text.
    pub(crate) fn fix_text(&self, check: &str) -> Option<String> {
        let fix = self.diagnoses_of(check).first().map(|diagnosis| diagnosis.fix.join("\n"))?;
        (!fix.is_empty()).then_some(fix)
    }
}
