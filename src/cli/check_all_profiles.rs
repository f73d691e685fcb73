//! The command `check --all-profiles`: checks all profiles of the configuration.

use crate::session::async_runtime::block_on;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use super::check::check_id;
use super::commands::CheckArgs;
use super::record_last_check::RecordingFleetReporter;
use super::{output_style, streams, written};
use crate::config::{Format, Source};
use crate::domain::codes::Code;
use crate::domain::connection::{Typed, read_auth_url, read_url};
use crate::domain::guide::Guide;
use crate::domain::profile::Profile;
use crate::domain::run_plan::CheckSelection;
use crate::exit_signals;
use crate::headless::all_profiles;
use crate::headless::all_profiles::{Fleet, PrepareFuture, Reporter, Tenant};
use crate::headless::{Job, Outcome, OutputStreams, OutputStyle, checks};
use crate::platform::process_limits;
use crate::probe::{Http, SetupError};
use crate::session::command_error::CommandError;
use crate::session::prepare_run;
use crate::session::prepare_run::{PrepareError, RunOptions};
use crate::session::secret_source::{SecretSource, VARIABLE};
use crate::session::setting_sources::{Session, read_guide, typed, variable};

/// Maximum number of open files per tenant: ten connections, some more while they are opened, and the pipes of its
/// command.
const FILES: u64 = 24;
/// Number of open files of the program itself.
const OWN_FILES: u64 = 64;

/// Runs the command and returns the exit status.
pub fn run(args: &CheckArgs, session: Result<Session, CommandError>, format: Format) -> u8 {
    let mut to = streams();
    let settings = session.as_ref().map(|session| session.settings.clone()).unwrap_or_default();
    let look = OutputStyle { quiet: args.quiet, verbose: args.verbose, ..output_style::of(&settings) };
    let mut face = face(format, look);
    let ran = session.and_then(|session| {
        let checking = || block_on(checked(args, session, look, face.as_mut(), &mut to));
        catch_unwind(AssertUnwindSafe(checking)).unwrap_or_else(|_| Err(CommandError::bug()))
    });
    let status = ran.unwrap_or_else(|failure| {
        if !look.quiet {
            to.err.line(&failure.text());
        }
        report(&failure, format, &mut to);
        failure.status
    });
    written(&mut to, status)
}

fn face(format: Format, look: OutputStyle) -> Box<dyn Reporter> {
    match format {
        Format::Human => Box::new(all_profiles::Human::new(look)),
        Format::Json => Box::new(all_profiles::Json::default()),
        Format::Jsonl => Box::new(all_profiles::JsonLines),
        Format::Junit => Box::new(all_profiles::Junit),
        Format::Prometheus => Box::new(all_profiles::Prometheus::default()),
        Format::Markdown => Box::new(all_profiles::Markdown::default()),
    }
}

/// Writes the report if no tenant could be checked: one row without a name that states the reason. Standard error
/// already describes the error, so the human format is one line.
pub fn report(failure: &CommandError, format: Format, to: &mut OutputStreams) {
    let mut face = face(format, OutputStyle { quiet: true, ..OutputStyle::default() });
    write_report(failure, face.as_mut(), to);
}

fn write_report(failure: &CommandError, face: &mut dyn Reporter, to: &mut OutputStreams) {
    let nobody = Tenant { guide: "none".into(), ..Tenant::default() };
    let outcome = nobody.broken(&failure.refusal);
    let mut totals = all_profiles::Totals::default();
    totals.add(&outcome);
    face.opened(std::slice::from_ref(&nobody), to);
    face.ended(&nobody, &outcome, to);
    face.closed(&totals, to);
}

async fn checked(
    args: &CheckArgs,
    session: Session,
    look: OutputStyle,
    face: &mut dyn Reporter,
    to: &mut OutputStreams,
) -> Result<u8, CommandError> {
    let mut interrupt = exit_signals::interrupt().map_err(|error| CommandError::no_signals(&error))?;
    reject_single_tenant_options(&session)?;
    let jobs = raise_open_file_limit(args.jobs.into());
    let mut notes: Vec<String> = session.note.iter().map(ToString::to_string).collect();
    notes.extend(ignored_variables(&session));
    if jobs < args.jobs.into() {
        notes.push(format!(
            "{jobs} tenants in parallel instead of {}: the limit of open files is too low for more (ulimit -n)",
            args.jobs
        ));
    }
    for note in notes.iter().filter(|_| !look.quiet) {
        to.err.line(&format!("halo-onboard: {note}"));
    }
    let paths = session.paths.clone();
    let profiles = session.profiles.len();
    let members = Members::of(args, session)?;
    if let Some(shard) = args.shard.filter(|_| !look.quiet) {
        to.err.line(&format!("halo-onboard: shard {shard}: {} of {profiles} profiles", members.list.len()));
    }
    let mut face = RecordingFleetReporter::new(face, &paths, args.only.is_empty(), look.verbose > 0);
    let fleet = Fleet {
        tenants: members.list.iter().map(Member::tenant).collect(),
        shard: args.shard,
        jobs,
        per_host: args.jobs_per_host.into(),
        deadline: args.deadline,
        prepare: members.prepare(),
    };
    Ok(all_profiles::run(fleet, look, &mut face, to, &mut interrupt).await)
}

/// Rejects options that apply to one tenant.
fn reject_single_tenant_options(session: &Session) -> Result<(), CommandError> {
    let settings = &session.settings;
    let flags = [
        ("--url", &settings.url.source),
        ("--tenant", &settings.tenant.source),
        ("--client-id", &settings.client_id.source),
        ("--scope", &settings.scope.source),
        ("--auth-url", &settings.auth_url.source),
        ("--allow-auth-origin", &settings.allow_auth_origin.source),
        ("--profile", &settings.profile.source),
        ("--secret-command", &settings.secret_command.source),
    ];
    let by_flag = flags.iter().find(|(_, source)| **source == Source::Flag).map(|(name, _)| *name);
    let name = by_flag
        .or_else(|| session.demo.as_ref().map(|_| "--demo"))
        .or_else(|| (session.secret == SecretSource::Stdin).then_some("--secret-stdin"));
    name.map_or(Ok(()), |name| {
        let fix = format!("Remove {name}, or check one tenant with --profile instead of --all-profiles.");
        Err(CommandError::usage(
            format!("{name} applies to one tenant and cannot be combined with --all-profiles."),
            fix,
        ))
    })
}

/// Names the environment variables that apply to one tenant and are therefore ignored.
fn ignored_variables(session: &Session) -> Option<String> {
    let uses = |(name, profile): (&String, &Profile)| {
        session.secret_of(name, profile, &session.settings_of(name, profile)) == SecretSource::Environment
    };
    let secret = (!session.profiles.iter().any(uses)).then_some(VARIABLE);
    let names = ["HALO_URL", "HALO_TENANT", "HALO_CLIENT_ID"].into_iter().chain(secret);
    let found: Vec<&str> = names.filter(|name| variable(name).is_some()).collect();
    (!found.is_empty())
        .then(|| format!("ignored with --all-profiles, because it applies to one tenant: {}", found.join(", ")))
}

/// Raises the limit of open files and returns the number of tenants that fit.
fn raise_open_file_limit(jobs: usize) -> usize {
    jobs_within_open_files(jobs, process_limits::raise_open_file_limit(OWN_FILES + FILES * jobs as u64))
}

/// Returns how many jobs may run in parallel with this many open files; at least one.
fn jobs_within_open_files(jobs: usize, files: u64) -> usize {
    let fit = files.saturating_sub(OWN_FILES) / FILES;
    jobs.min(usize::try_from(fit).unwrap_or(jobs)).max(1)
}

/// The tenants in the configuration.
struct Members {
    list: Vec<Member>,
    selection: CheckSelection,
    http: Http,
    strict: bool,
}

/// One tenant: the inputs for preparing its run.
struct Member {
    name: String,
    typed: Typed,
    secret: SecretSource,
    guide: Result<Arc<Guide>, CommandError>,
    checks: Arc<[String]>,
}

impl Members {
    fn of(args: &CheckArgs, session: Session) -> Result<Arc<Self>, CommandError> {
        if session.profiles.is_empty() {
            return Err(CommandError::new(
                Code::LocalConfigInvalid,
                "There are no profiles yet.",
                "Create one: halo-onboard profile save NAME --url URL --tenant NAME --client-id ID",
            ));
        }
        let http = prepare_run::http(&session)?;
        // What the command line names for all must be there for all.
        if session.settings.guide.source == Source::Flag {
            session.guide()?;
        }
        let mut guides = Guides::default();
        let mut list: Vec<Member> =
            session.profiles.iter().map(|(name, profile)| Member::of(name, profile, &session, &mut guides)).collect();
        // Before the shard is cut out: a name is right or wrong for all shards alike.
        let selection = selection(&args.only, &list)?;
        list.retain(|member| args.shard.is_none_or(|shard| shard.contains(&member.name)));
        // One list for all tenants of a guide.
        let mut columns: BTreeMap<*const Guide, Arc<[String]>> = BTreeMap::new();
        for member in &mut list {
            if let Ok(guide) = &member.guide {
                let made = columns.entry(Arc::as_ptr(guide)).or_insert_with(|| checks(guide, &selection).into());
                member.checks = Arc::clone(made);
            }
        }
        Ok(Arc::new(Self { list, selection, http, strict: args.strict }))
    }

    fn prepare(self: &Arc<Self>) -> Arc<dyn Fn(usize) -> PrepareFuture + Send + Sync> {
        let members = Arc::clone(self);
        Arc::new(move |number| {
            let members = Arc::clone(&members);
            Box::pin(async move { members.job(number).await.map_err(Box::new) })
        })
    }

    async fn job(&self, number: usize) -> Result<Job, Outcome> {
        let member = &self.list[number];
        self.ready(member).await.map_err(|stop| match stop {
            PrepareError::Refused(outcome) => *outcome,
            PrepareError::Failed(failure) => member.tenant().broken(&failure.refusal),
        })
    }

    async fn ready(&self, member: &Member) -> Result<Job, PrepareError> {
        let guide = member.guide.clone()?;
        let form = prepare_run::given(member.typed.clone(), &member.secret, &guide).await?;
        let http = self.http.fresh().map_err(no_client)?;
        prepare_run::job(
            form,
            RunOptions { guide, http, selection: self.selection.clone(), strict: self.strict, demo: None },
        )
    }
}

fn no_client(error: SetupError) -> CommandError {
    CommandError::new(Code::LocalBug, error.to_string(), "Report it.")
}

impl Member {
    fn of(name: &str, profile: &Profile, session: &Session, guides: &mut Guides) -> Self {
        let settings = session.settings_of(name, profile);
        Self {
            name: name.to_owned(),
            typed: typed(&settings),
            secret: session.secret_of(name, profile, &settings),
            guide: guides.get(settings.guide.value.clone()),
            checks: Arc::new([]),
        }
    }

    fn tenant(&self) -> Tenant {
        let server = read_url(&self.typed.url).map(|(url, _)| url).unwrap_or_default();
        let auth = read_auth_url(&self.typed.auth_url).map(|(url, _)| url).ok();
        let mut hosts: Vec<String> =
            std::iter::once(server.as_str()).chain(auth.as_deref()).filter_map(all_profiles::host_of).collect();
        hosts.dedup();
        Tenant {
            name: self.name.clone(),
            resource_server: server,
            guide: self.guide.as_ref().map_or("none".into(), |guide| guide.id.clone()),
            hosts,
            checks: Arc::clone(&self.checks),
        }
    }
}

/// Guides that the profiles name; each is read once.
#[derive(Default)]
struct Guides(BTreeMap<Option<PathBuf>, Result<Arc<Guide>, CommandError>>);

impl Guides {
    fn get(&mut self, path: Option<PathBuf>) -> Result<Arc<Guide>, CommandError> {
        let read = |path: &Option<PathBuf>| match path {
            Some(path) => read_guide(path).map(Arc::new),
            None => Ok(Arc::new(Guide::built_in())),
        };
        self.0.entry(path.clone()).or_insert_with(|| read(&path)).clone()
    }
}

/// Parses `--only`: each name must be a check of at least one guide.
fn selection(only: &[String], list: &[Member]) -> Result<CheckSelection, CommandError> {
    if only.is_empty() {
        return Ok(CheckSelection::All);
    }
    let mut guides: Vec<&Arc<Guide>> = list.iter().filter_map(|member| member.guide.as_ref().ok()).collect();
    guides.dedup_by(|a, b| Arc::ptr_eq(a, b));
    let built_in = Arc::new(Guide::built_in());
    let id = |name: &String| {
        let found = guides.iter().find_map(|guide| check_id(name, guide).ok());
        found.map_or_else(|| check_id(name, guides.first().copied().unwrap_or(&built_in)), Ok)
    };
    only.iter().map(id).collect::<Result<_, _>>().map(CheckSelection::Only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_limited_by_open_files_to_one_at_least() {
        let files = |jobs| OWN_FILES + FILES * jobs;
        for (jobs, files, fit) in [
            (4, files(10), 4),
            (10, files(10), 10),
            (256, files(10), 10),
            (256, files(11) - 1, 10),
            (256, OWN_FILES, 1),
            (256, 0, 1),
            (256, u64::MAX, 256),
        ] {
            assert_eq!(jobs_within_open_files(jobs, files), fit, "{jobs} jobs, {files} files");
        }
        assert_eq!(raise_open_file_limit(1), 1);
    }
}
