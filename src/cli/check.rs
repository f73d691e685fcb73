//! The command `check`: produces a report and an exit status. A report is written in every case.

use crate::session::async_runtime::block_on;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::commands::CheckArgs;
use super::output_style;
use super::record_exchanges;
use super::record_exchanges::RecordingKeeper;
use super::record_last_check;
use super::record_last_check::RecordingReporter;
use super::{check_all_profiles, streams, written};
use crate::config::Format;
use crate::domain::check_list::checks_of;
use crate::domain::guide::Guide;
use crate::domain::report::Stage;
use crate::domain::run_plan::CheckSelection;
use crate::exit_signals;
use crate::headless::{
    self, Document, Human, Job, JsonLines, Outcome, OutputStreams, OutputStyle, Reporter, WatchSchedule,
};
use crate::session::command_error::CommandError;
use crate::session::demo;
use crate::session::demo::Demo;
use crate::session::prepare_run;
use crate::session::prepare_run::{Form, PrepareError, RunOptions};
use crate::session::secret_prompt;
use crate::session::setting_sources::Session;
use crate::store::recording_files;

/// Default pause of `--until-ready` without `--watch`.
const PAUSE: Duration = Duration::from_secs(15);

/// Runs the command and returns the exit status.
pub fn run(args: &CheckArgs, session: Result<Session, CommandError>) -> u8 {
    let mut to = streams();
    let settings = session.as_ref().map(|session| session.settings.clone()).unwrap_or_default();
    let format = args.format.unwrap_or_else(|| settings.format.get());
    if args.print_schema {
        to.out.text(schema(format, args.all_profiles));
        return written(&mut to, 0);
    }
    if args.all_profiles {
        return check_all_profiles::run(args, session, format);
    }
    let look = OutputStyle { quiet: args.quiet, verbose: args.verbose, ..output_style::of(&settings) };
    let mut face = face(format, look);
    let ran = match session {
        Ok(session) => {
            if let Some(note) = session.note.as_ref().filter(|_| !look.quiet) {
                to.err.line(&format!("halo-onboard: {note}"));
            }
            let checking = || block_on(checked(args, &session, face.as_mut(), &mut to));
            catch_unwind(AssertUnwindSafe(checking)).unwrap_or_else(|_| Err(CommandError::bug().into()))
        }
        Err(failure) => Err(failure.into()),
    };
    let status = match ran {
        Ok(status) => status,
        Err(PrepareError::Refused(outcome)) => {
            tell(&outcome, face.as_mut(), &mut to);
            outcome.exit
        }
        Err(PrepareError::Failed(failure)) => {
            if !look.quiet {
                to.err.line(&failure.text());
            }
            report(&failure, format, &mut to);
            failure.status
        }
    };
    written(&mut to, status)
}

fn schema(format: Format, all_profiles: bool) -> &'static str {
    match (format, all_profiles) {
        (Format::Jsonl, _) => headless::schema::EVENTS,
        (_, true) => headless::schema::FLEET,
        (_, false) => headless::schema::REPORT,
    }
}

pub(super) fn face(format: Format, look: OutputStyle) -> Box<dyn Reporter> {
    let document = |render| Box::new(Document::new(render, look));
    match format {
        Format::Human => Box::new(Human::new(look)),
        Format::Json => document(headless::json),
        Format::Jsonl => Box::new(JsonLines::default()),
        Format::Junit => document(headless::junit),
        Format::Prometheus => document(headless::prometheus),
        Format::Markdown => document(headless::markdown),
    }
}

/// Writes the report of a run that could not start; in the human format, the verdict line only.
pub fn report(failure: &CommandError, format: Format, to: &mut OutputStreams) {
    let mut face = face(format, OutputStyle { quiet: true, ..OutputStyle::default() });
    tell(&headless::broken(None, &failure.refusal), face.as_mut(), to);
}

fn tell(outcome: &Outcome, face: &mut dyn Reporter, to: &mut OutputStreams) {
    face.ended(outcome, to);
    face.closed(outcome, to);
}

async fn checked(
    args: &CheckArgs,
    session: &Session,
    face: &mut dyn Reporter,
    to: &mut OutputStreams,
) -> Result<u8, PrepareError> {
    let mut interrupt = exit_signals::interrupt().map_err(|error| CommandError::no_signals(&error))?;
    let prepared = tokio::select! {
        biased;
        status = &mut interrupt => {
            secret_prompt::restore();
            return Err(CommandError::ended_by(status).into());
        }
        prepared = prepare(args, session) => prepared,
    };
    // The simulated Halo lives as long as its run.
    let (mut job, _demo) = prepared?;
    job.record = args.record.is_some();
    let every = args.watch.map(Duration::from_secs).or(args.until_ready.then_some(PAUSE));
    let pace = WatchSchedule { every, until_ready: args.until_ready, deadline: args.deadline };
    // Some checks alone are not how a profile stands.
    let profile = record_last_check::profile(session).filter(|_| args.only.is_empty());
    let mut face = RecordingReporter::new(face, &session.paths, profile, args.verbose > 0);
    let mut face = RecordingKeeper::new(&mut face);
    let status = headless::run(&job, pace, &mut face, to, &mut interrupt).await;
    match &args.record {
        None => Ok(status),
        Some(path) => {
            record_exchanges::write(path, face.recording(), &job.plan.secret, to)?;
            Ok(status)
        }
    }
}

async fn prepare(args: &CheckArgs, session: &Session) -> Result<(Job, Option<Demo>), PrepareError> {
    if let Some(path) = &args.record {
        recording_files::check_free(path).map_err(CommandError::from)?;
    }
    let guide = session.guide()?;
    let selection = selection(&args.only, &guide)?;
    let http = prepare_run::http(session)?;
    let demo = match &session.demo {
        Some(name) => Some(Demo::start(Arc::clone(&guide), name, demo::anywhere()).await?),
        None => None,
    };
    let form = match &demo {
        Some(demo) => Form { typed: demo.typed(&session.typed()), secret: demo.secret(), notes: Vec::new() },
        None => prepare_run::given(session.typed(), &session.secret, &guide).await?,
    };
    let scenario = demo.as_ref().map(|demo| demo.scenario.clone());
    Ok((prepare_run::job(form, RunOptions { guide, http, selection, strict: args.strict, demo: scenario })?, demo))
}

/// Parses `--only`: the id of a check, or Halo's name of an endpoint.
fn selection(only: &[String], guide: &Guide) -> Result<CheckSelection, CommandError> {
    if only.is_empty() {
        return Ok(CheckSelection::All);
    }
    only.iter().map(|name| check_id(name, guide)).collect::<Result<_, _>>().map(CheckSelection::Only)
}

pub fn check_id(name: &str, guide: &Guide) -> Result<String, CommandError> {
    let known: Vec<&str> = checks_of(guide).filter(|check| check.stage != Stage::Input).map(|check| check.id).collect();
    let is_endpoint = |endpoint: &String| endpoint.eq_ignore_ascii_case(name);
    let by_endpoint = || guide.probes.iter().find(|probe| probe.endpoint.as_ref().is_some_and(is_endpoint));
    known
        .iter()
        .find(|id| id.eq_ignore_ascii_case(name))
        .map(|id| (*id).to_owned())
        .or_else(|| by_endpoint().map(|probe| probe.id.clone()))
        .ok_or_else(|| {
            CommandError::usage(
                format!("There is no check {name:?}; there are: {}.", known.join(", ")),
                "Name one of these after --only.",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_chosen_by_id_or_by_halos_endpoint() {
        let guide = Guide::built_in();
        let chosen = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            selection(&names, &guide).map_err(|failure| failure.refusal.summary)
        };
        assert_eq!(chosen(&[]), Ok(CheckSelection::All));
        assert_eq!(
            chosen(&["Token", "ClientContract", "tickets"]),
            Ok(CheckSelection::Only(vec!["token".into(), "agreements".into(), "tickets".into()]))
        );
        assert!(chosen(&["nosuch"]).expect_err("unknown").contains("unassigned-tickets"));
    }
}
