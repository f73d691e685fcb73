//! Data that outlives the interface: the saved progress, and the summary that is printed after it has ended.

use std::collections::BTreeSet;

use super::message::Message;
use super::state::State;
use crate::domain::codes::ExitClass;
use crate::domain::connection::Typed;
use crate::domain::report::{Report, Severity, Verdict};
use crate::domain::secret_text::{holds_part, looks_like_secret};

/// Progress of a session to save. Never contains a secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Numbers of the facts that the operator ticked.
    pub ticks: BTreeSet<String>,
    /// The values without the secret.
    pub typed: Typed,
    /// The last run of this session that has ended.
    pub report: Option<Report>,
    /// True while a run is active. If no later progress is saved, that run was interrupted.
    pub under_way: bool,
}

/// Summary that is printed after the interface has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict in one line.
    pub line: String,
    /// Codes of the blocking diagnoses, most severe first.
    pub codes: Vec<&'static str>,
    /// Files that were written.
    pub written: Vec<String>,
    /// Results of requested writes that ended after the screen was gone, one sentence each.
    pub late: Vec<String>,
    /// The exit status that `check` would have. The interface itself exits with 0 when the operator leaves it.
    /// Without a run this is the status of "no verdict": an untested set-up is never a pass.
    pub exit_status: u8,
}

impl State {
    /// The progress to save now. Omits values that contain the secret or look like one.
    pub(crate) fn progress(&self) -> Progress {
        let mut typed = self.form.typed();
        let secret = self.form.secret.expose();
        for value in [&mut typed.url, &mut typed.tenant, &mut typed.client_id] {
            if holds_part(value, secret) || looks_like_secret(value) {
                value.clear();
            }
        }
        Progress {
            ticks: self.ticks.clone(),
            typed,
            report: self.run.report.clone(),
            under_way: self.run.active.as_ref().is_some_and(|active| !active.cancelled),
        }
    }

    /// The final summary. Adds late `messages` that no screen has shown, and names the writes that were abandoned
    /// because they were not `done` in time.
    pub fn outcome_with(&mut self, messages: impl IntoIterator<Item = Message>, undone: &[String]) -> Outcome {
        let mut late: Vec<String> = messages.into_iter().filter_map(|message| self.late(message)).collect();
        late.extend(undone.iter().map(|what| format!("NOT DONE in time: {what}.")));
        Outcome { late, ..self.outcome() }
    }

    fn late(&mut self, message: Message) -> Option<String> {
        match message {
            Message::Exported(Ok(name)) => {
                self.written.push(name);
                None
            }
            Message::Exported(Err(reason)) => Some(format!("NOT WRITTEN: {reason}")),
            Message::SecretKept { outcome: Ok(words), .. } => Some(words),
            Message::SecretKept { keep: Some(_), outcome: Err(reason), .. } => {
                Some(format!("THE SECRET IS NOT KEPT: {reason}"))
            }
            Message::SecretKept { keep: None, outcome: Err(reason), .. } => Some(format!("NOT FORGOTTEN: {reason}")),
            Message::ProfileSaved { outcome: Ok(name), .. } => Some(format!("Profile {name} was saved.")),
            Message::ProfileSaved { outcome: Err(reason), .. } => Some(format!("NOT SAVED: {reason}")),
            Message::ProfileRemoved(Ok(words)) => Some(words),
            Message::ProfileRemoved(Err(reason)) => Some(format!("NOT REMOVED: {reason}")),
            Message::KeepFailed(reason) => Some(format!("Your progress is not saved. {reason}")),
            _ => None,
        }
    }

    /// The summary as of now.
    pub fn outcome(&self) -> Outcome {
        let written = self.written.clone();
        // What was judged so far of a run that goes on is no verdict.
        let Some(judgement) = self.judgement().filter(|_| self.run.active.is_none()) else {
            let line = match self.run.judgement {
                _ if self.run.active.is_some() => "NO VERDICT: the checks were still running.",
                Some(_) => "NO VERDICT: the values changed after the last run.",
                None => "NO VERDICT: no check was run.",
            };
            return Outcome {
                line: line.into(),
                codes: Vec::new(),
                written,
                late: Vec::new(),
                exit_status: ExitClass::NoVerdict.status(),
            };
        };
        let blocking = judgement.diagnoses.iter().filter(|diagnosis| diagnosis.severity == Severity::Blocking);
        let codes = blocking.fold(Vec::new(), |mut codes, diagnosis| {
            if !codes.contains(&diagnosis.code.id()) {
                codes.push(diagnosis.code.id());
            }
            codes
        });
        let line = format!("{}: {}", judgement.verdict.label(), self.counts().label());
        let undetermined = judgement.verdict == Verdict::Undetermined && codes.is_empty();
        let exit_status = if undetermined { ExitClass::NoVerdict.status() } else { judgement.exit_status(false) };
        Outcome { line, codes, written, late: Vec::new(), exit_status }
    }
}
