//! Recording of a profile's `check` in its progress, where the interface reads the last check, the last good run and
//! the changes.
//!
//! A failure to record affects only the output of `-v`, never the exit status.

use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use crate::config::Source;
use crate::domain::codes::Code;
use crate::domain::report::{Report, Stage, Status};
use crate::domain::run_event::RunEvent;
use crate::domain::run_summary::RunSummary;
use crate::headless;
use crate::headless::{Outcome, OutputStreams, RunHeader, all_profiles};
use crate::session::setting_sources::Session;
use crate::store::progress;
use crate::store::{Paths, StoreError};

/// Returns the profile of this session's run, if the run uses the profile's own values and is complete.
pub fn profile(session: &Session) -> Option<String> {
    let (name, profile) = session.profile()?;
    let settings = &session.settings;
    let given =
        [(&settings.url, &profile.url), (&settings.tenant, &profile.tenant), (&settings.client_id, &profile.client_id)];
    let over = |source: &Source| matches!(source, Source::Flag | Source::Environment);
    let another = given.iter().any(|(used, own)| over(&used.source) && used.value != **own);
    (session.demo.is_none() && !another && settings.guide.source != Source::Flag).then(|| name.to_owned())
}

/// Returns the summary to record, if a request was sent and no check was left out.
fn summary_to_record(report: &Report) -> Option<RunSummary> {
    let asked = report.checks.iter().any(|check| check.stage > Stage::Input && check.status != Status::Skipped);
    let cut = report.checks.iter().any(|check| check.code == Code::LocalCancelled);
    (asked && !cut).then(|| RunSummary::of(report)).flatten()
}

/// Records a run in the progress of a profile; the lock is held only for this write.
fn note(paths: &Paths, profile: &str, run: RunSummary) -> Result<(), StoreError> {
    let progress::Opened { file, progress: mut page, .. } = progress::open(paths, Some(profile))?;
    page.note_run(run);
    file.save(&page)
}

fn remark(profile: &str, error: &StoreError) -> String {
    format!("halo-onboard: this check was not recorded for the profile {profile}. {}", error.what())
}

/// Reporter that records each run and forwards to another reporter.
pub struct RecordingReporter<'a> {
    face: &'a mut dyn headless::Reporter,
    paths: Paths,
    profile: Option<String>,
    verbose: bool,
}

impl<'a> RecordingReporter<'a> {
    /// Records runs for this profile, if given; reports failures if `verbose`.
    pub fn new(face: &'a mut dyn headless::Reporter, paths: &Paths, profile: Option<String>, verbose: bool) -> Self {
        Self { face, paths: paths.clone(), profile, verbose }
    }
}

impl headless::Reporter for RecordingReporter<'_> {
    fn opened(&mut self, opening: &RunHeader, to: &mut OutputStreams) {
        self.face.opened(opening, to);
    }

    fn event(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.face.event(event, to);
    }

    fn tick(&mut self, to: &mut OutputStreams) {
        self.face.tick(to);
    }

    fn ended(&mut self, outcome: &Outcome, to: &mut OutputStreams) {
        self.face.ended(outcome, to);
        let Some((profile, run)) = self.profile.as_deref().zip(summary_to_record(&outcome.report)) else { return };
        match note(&self.paths, profile, run) {
            Err(error) if self.verbose => to.err.line(&remark(profile, &error)),
            _ => {}
        }
    }

    fn closed(&mut self, last: &Outcome, to: &mut OutputStreams) {
        self.face.closed(last, to);
    }
}

/// Reporter of `--all-profiles` that records each tenant's run. A separate thread writes the files, so that a slow disk
/// delays no tenant.
pub struct RecordingFleetReporter<'a> {
    face: &'a mut dyn all_profiles::Reporter,
    verbose: bool,
    writer: Option<(Sender<(String, RunSummary)>, JoinHandle<Vec<String>>)>,
}

impl<'a> RecordingFleetReporter<'a> {
    /// Records runs, unless they are limited to selected checks.
    pub fn new(face: &'a mut dyn all_profiles::Reporter, paths: &Paths, whole: bool, verbose: bool) -> Self {
        let (sender, runs) = mpsc::channel::<(String, RunSummary)>();
        let paths = paths.clone();
        let work = move || {
            let failed = |(name, run): (String, RunSummary)| Some(remark(&name, &note(&paths, &name, run).err()?));
            runs.into_iter().filter_map(failed).collect()
        };
        let thread = whole.then(|| thread::Builder::new().name("notes".into()).spawn(work).ok()).flatten();
        Self { face, verbose, writer: thread.map(|thread| (sender, thread)) }
    }
}

impl all_profiles::Reporter for RecordingFleetReporter<'_> {
    fn opened(&mut self, tenants: &[all_profiles::Tenant], to: &mut OutputStreams) {
        self.face.opened(tenants, to);
    }

    fn ended(&mut self, tenant: &all_profiles::Tenant, outcome: &Outcome, to: &mut OutputStreams) {
        self.face.ended(tenant, outcome, to);
        if let (Some((sender, _)), Some(run)) = (&self.writer, summary_to_record(&outcome.report)) {
            // A thread that is gone has nothing to write with.
            let _ = sender.send((tenant.name.clone(), run));
        }
    }

    fn closed(&mut self, totals: &all_profiles::Totals, to: &mut OutputStreams) {
        self.face.closed(totals, to);
        let Some((sender, thread)) = self.writer.take() else { return };
        drop(sender);
        let remarks = thread.join().unwrap_or_default();
        for remark in remarks.iter().filter(|_| self.verbose) {
            to.err.line(remark);
        }
    }
}
