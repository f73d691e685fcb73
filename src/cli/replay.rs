//! The command `replay`: judges a recording again.

use std::path::Path;
use std::sync::Arc;

use super::commands::ReplayArgs;
use super::{check, output_style, written};
use crate::domain::codes::Code;
use crate::domain::guide::Guide;
use crate::domain::guide_library;
use crate::domain::run_plan::{CheckSelection, RunPlan};
use crate::exit_signals;
use crate::headless::{self, Job, OutputStreams, OutputStyle, Reporter, WatchSchedule};
use crate::probe::{Http, replay};
use crate::recording::doubts::{Doubt, doubts};
use crate::recording::{self, Recording, VerdictShape};
use crate::secret::Secret;
use crate::session::async_runtime::block_on;
use crate::session::command_error::CommandError;
use crate::session::setting_sources::Session;
use crate::store::recording_files;

/// Stands for the secret in a replay, which sends nothing.
const NO_SECRET: &str = "6b0c7c5e-replay-without-a-secret-4f1d";

/// Runs the command and returns the exit status.
pub fn run(args: &ReplayArgs, session: Result<Session, CommandError>, to: &mut OutputStreams) -> u8 {
    let status = session.and_then(|session| replayed(args, &session, to)).unwrap_or_else(|failure| {
        to.err.line(&failure.text());
        failure.status
    });
    written(to, status)
}

/// Reads a recording.
///
/// # Errors
/// The file cannot be read, or is no recording that this version can replay.
pub fn read(path: &Path) -> Result<Recording, CommandError> {
    let bytes = recording_files::read(path, recording::LONGEST)?;
    recording::read(&bytes).map_err(|error| {
        CommandError::new(
            Code::LocalRecordingInvalid,
            format!("{} is no recording that can be replayed: {error}.", path.display()),
            "Nothing was sent, and nothing was changed. Record the run again with check --record FILE.",
        )
    })
}

/// The guide of a recording: the session's, or the built-in one of that name.
///
/// # Errors
/// The session's guide is another.
pub fn guide_of(recording: &Recording, session: &Session) -> Result<Arc<Guide>, CommandError> {
    let guide = session.guide()?;
    if guide.id == recording.guide {
        return Ok(guide);
    }
    if let Some(built_in) = guide_library::guides().into_iter().find(|built_in| built_in.id == recording.guide) {
        return Ok(Arc::new(built_in));
    }
    Err(CommandError::new(
        Code::LocalRecordingInvalid,
        format!("The recording was made with the guide {:?}, not with {:?}.", recording.guide, guide.id),
        "Give that guide's file with --guide FILE.",
    ))
}

fn replayed(args: &ReplayArgs, session: &Session, to: &mut OutputStreams) -> Result<u8, CommandError> {
    let recording = read(&args.file)?;
    if args.doubts {
        to.out.text(&doubts_page(&recording));
        return Ok(0);
    }
    let job = job(&recording, guide_of(&recording, session)?, args.strict)?;
    let settings = &session.settings;
    let look = OutputStyle { verbose: args.verbose, quiet: args.verdict_only, ..output_style::of(settings) };
    let mut face = check::face(args.format.unwrap_or_else(|| settings.format.get()), look);
    let mut face = VerdictKeeper { shown: (!args.verdict_only).then_some(face.as_mut()), verdict: None };
    let status = block_on(async {
        let mut interrupt = exit_signals::interrupt().map_err(|error| CommandError::no_signals(&error))?;
        let once = WatchSchedule::default();
        Ok::<u8, CommandError>(headless::run(&job, once, &mut face, to, &mut interrupt).await)
    })?;
    let verdict = face.verdict.unwrap_or_default();
    if args.verdict_only {
        to.out.text(&format!("{} {}\n", verdict.verdict, verdict.code));
    }
    let missing = job.http.unrecorded();
    if let Some(first) = missing.first() {
        return Err(CommandError::new(
            Code::LocalRecordingInvalid,
            format!("The recording has no answer to {} of the requests; the first is {first}.", missing.len()),
            "It was changed by hand, or this version asks what the one that made it did not.",
        ));
    }
    for line in differences(&recording.verdict, &verdict) {
        to.err.line(&format!("halo-onboard: {line}"));
    }
    Ok(status)
}

/// The run that judges a recording again.
fn job(recording: &Recording, guide: Arc<Guide>, strict: bool) -> Result<Job, CommandError> {
    let http = Http::replaying(recording, &guide)
        .map_err(|error| CommandError::new(Code::LocalBug, error.to_string(), "Report it."))?;
    let plan = RunPlan {
        connection: replay::connection(recording),
        notes: replay::notes(recording),
        secret: Secret::new(NO_SECRET.to_owned()),
        selection: CheckSelection::All,
        previous: None,
        guide,
    };
    Ok(Job { plan, http, strict, demo: None, record: false })
}

/// What the recording tells about each fact that is not known.
fn doubts_page(recording: &Recording) -> String {
    let doubts = doubts(recording);
    let seen = doubts.iter().filter(|doubt| !doubt.findings.is_empty()).count();
    let mut page = format!(
        "What this recording tells about the facts of docs/halo.md that only a live Halo can settle: {seen} of 16\n"
    );
    for Doubt { number, question, findings } in doubts {
        let state = if findings.is_empty() { "open" } else { "seen" };
        page.push_str(&format!("{number:>2}  {state}  {question}\n"));
        findings.iter().for_each(|finding| page.push_str(&format!("           {finding}\n")));
    }
    page
}

/// Where this version concludes something else than the run that was recorded.
fn differences(recorded: &VerdictShape, now: &VerdictShape) -> Vec<String> {
    let mut out = Vec::new();
    if (&recorded.verdict, &recorded.code) != (&now.verdict, &now.code) {
        out.push(format!(
            "the run that was recorded concluded {} {}; this version concludes {} {}",
            recorded.verdict, recorded.code, now.verdict, now.code
        ));
    }
    let changed = |what: &str,
                   before: &std::collections::BTreeMap<String, String>,
                   now: &std::collections::BTreeMap<String, String>| {
        let none = String::from("nothing");
        let ids = before.keys().chain(now.keys()).collect::<std::collections::BTreeSet<_>>();
        let line = |id: &String| {
            let (was, is) = (before.get(id).unwrap_or(&none), now.get(id).unwrap_or(&none));
            (was != is).then(|| format!("{what} {id} was {was} and is {is}"))
        };
        ids.into_iter().filter_map(line).collect::<Vec<_>>()
    };
    out.extend(changed("check", &recorded.checks, &now.checks));
    out.extend(changed("fact", &recorded.facts, &now.facts));
    if recorded.diagnoses != now.diagnoses && out.is_empty() {
        out.push(format!("diagnoses were {}; they are {}", recorded.diagnoses.join(", "), now.diagnoses.join(", ")));
    }
    out
}

/// Reporter that keeps the verdict, and forwards to another reporter unless only the verdict is wanted.
struct VerdictKeeper<'a> {
    shown: Option<&'a mut dyn Reporter>,
    verdict: Option<VerdictShape>,
}

impl Reporter for VerdictKeeper<'_> {
    fn opened(&mut self, opening: &headless::RunHeader, to: &mut OutputStreams) {
        if let Some(face) = &mut self.shown {
            face.opened(opening, to);
        }
    }

    fn event(&mut self, event: &crate::domain::run_event::RunEvent, to: &mut OutputStreams) {
        if let Some(face) = &mut self.shown {
            face.event(event, to);
        }
    }

    fn ended(&mut self, outcome: &headless::Outcome, to: &mut OutputStreams) {
        self.verdict = Some(VerdictShape::of(&outcome.report));
        if let Some(face) = &mut self.shown {
            face.ended(outcome, to);
        }
    }

    fn closed(&mut self, last: &headless::Outcome, to: &mut OutputStreams) {
        if let Some(face) = &mut self.shown {
            face.closed(last, to);
        }
    }
}
