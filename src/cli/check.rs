//! `check`: from what was given to a report and an exit status. There is a report whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::commands::CheckArgs;
use super::demo::{self, Demo};
use super::failure::Failure;
use super::look;
use super::secret::VARIABLE;
use super::session::Session;
use super::{block_on, prompt, signals, streams, written};
use crate::config::Format;
use crate::domain::code::Code;
use crate::domain::connection::{Field, Note, Typed, Understood, read_client_id, read_tenant, read_url, understand};
use crate::domain::guide::Guide;
use crate::headless::{self, Document, Face, Human, Job, JsonLines, Look, Outcome, Pace, Streams};
use crate::probe::{Http, Selection, SetupError};
use crate::secret::Secret;

/// Pause of `--until-ready` when `--watch` gives none.
const PAUSE: Duration = Duration::from_secs(15);

/// Why there was no run.
enum Stop {
    /// The form was refused.
    Refused(Box<Outcome>),
    /// Anything else.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Runs the command and gives the exit status.
pub fn run(args: &CheckArgs, session: Result<Session, Failure>) -> u8 {
    let mut to = streams();
    let settings = session.as_ref().map(|session| session.settings.clone()).unwrap_or_default();
    let format = args.format.unwrap_or_else(|| settings.format.get());
    if args.print_schema {
        to.out.text(if format == Format::Jsonl { headless::schema::EVENTS } else { headless::schema::REPORT });
        return written(&mut to, 0);
    }
    let look = Look { quiet: args.quiet, verbose: args.verbose, ..look::of(&settings) };
    let mut face = face(format, look);
    let ran = match session {
        Ok(session) => {
            if let Some(note) = session.note.as_ref().filter(|_| !look.quiet) {
                to.err.line(&format!("halo-onboard: {note}"));
            }
            let checking = || block_on(checked(args, &session, face.as_mut(), &mut to));
            catch_unwind(AssertUnwindSafe(checking)).unwrap_or_else(|_| Err(Failure::bug().into()))
        }
        Err(failure) => Err(failure.into()),
    };
    let status = match ran {
        Ok(status) => status,
        Err(Stop::Refused(outcome)) => {
            tell(&outcome, face.as_mut(), &mut to);
            outcome.exit
        }
        Err(Stop::Failed(failure)) => {
            if !look.quiet {
                to.err.line(&failure.text());
            }
            report(&failure, format, &mut to);
            failure.status
        }
    };
    written(&mut to, status)
}

fn face(format: Format, look: Look) -> Box<dyn Face> {
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

/// The report of a run that could not begin; for people, its verdict line alone.
pub fn report(failure: &Failure, format: Format, to: &mut Streams) {
    let mut face = face(format, Look { quiet: true, ..Look::default() });
    tell(&headless::broken(None, &failure.refusal), face.as_mut(), to);
}

fn tell(outcome: &Outcome, face: &mut dyn Face, to: &mut Streams) {
    face.ended(outcome, to);
    face.closed(outcome, to);
}

async fn checked(args: &CheckArgs, session: &Session, face: &mut dyn Face, to: &mut Streams) -> Result<u8, Stop> {
    let mut interrupt = signals::interrupt().map_err(|error| Failure::no_signals(&error))?;
    let prepared = tokio::select! {
        biased;
        status = &mut interrupt => {
            prompt::restore();
            return Err(Failure::ended_by(status).into());
        }
        prepared = prepare(args, session) => prepared,
    };
    // The simulated Halo lives as long as its run.
    let (job, _demo) = prepared?;
    let every = args.watch.map(Duration::from_secs).or(args.until_ready.then_some(PAUSE));
    let pace = Pace { every, until_ready: args.until_ready, deadline: args.deadline };
    Ok(headless::run(&job, pace, face, to, &mut interrupt).await)
}

async fn prepare(args: &CheckArgs, session: &Session) -> Result<(Job, Option<Demo>), Stop> {
    let guide = session.guide()?;
    let selection = selection(&args.only, &guide)?;
    let http = http(session)?;
    let demo = match &session.demo {
        Some(name) => Some(Demo::start(Arc::clone(&guide), name, demo::anywhere()).await?),
        None => None,
    };
    let form = match &demo {
        Some(demo) => Form { typed: demo.typed(&session.typed()), secret: demo.secret(), notes: Vec::new() },
        None => given(session, &guide).await?,
    };
    let understood = understand(&form.typed, &form.secret);
    let Some(connection) = understood.connection.clone() else {
        return Err(refuse(&guide, understood, &form.typed, &form.secret));
    };
    let notes = understood.notes.into_iter().chain(form.notes).collect();
    let scenario = demo.as_ref().map(|demo| demo.scenario.clone());
    let secret = form.secret;
    Ok((Job { guide, connection, notes, secret, http, selection, strict: args.strict, demo: scenario }, demo))
}

struct Form {
    typed: Typed,
    secret: Secret,
    notes: Vec<Note>,
}

/// The form from all sources. Nobody is asked for a secret, and no command runs for one, while another value is wrong.
async fn given(session: &Session, guide: &Guide) -> Result<Form, Stop> {
    let typed = session.typed();
    if !session.secret.is_at_hand() {
        let nothing = Secret::new(String::new());
        let mut understood = understand(&typed, &nothing);
        understood.problems.retain(|problem| problem.field != Field::Secret);
        if !understood.problems.is_empty() {
            return Err(refuse(guide, understood, &typed, &nothing));
        }
    }
    let (secret, notes) = session.secret.get().await?;
    Ok(Form { typed, secret, notes })
}

fn refuse(guide: &Guide, mut understood: Understood, typed: &Typed, secret: &Secret) -> Stop {
    for problem in understood.problems.iter_mut().filter(|problem| problem.code == Code::InputMissing) {
        problem.fix = format!("{} Give it by {}.", problem.fix, source(problem.field));
    }
    Stop::Refused(Box::new(headless::refused(guide, &understood, &values(typed, secret))))
}

fn source(field: Field) -> String {
    match field {
        Field::Url => "--url, HALO_URL or a profile".into(),
        Field::Tenant => "--tenant, HALO_TENANT or a profile".into(),
        Field::ClientId => "--client-id, HALO_CLIENT_ID or a profile".into(),
        Field::Secret => format!("{VARIABLE}, --secret-stdin or --secret-command"),
    }
}

/// The values that can be read each by itself; nothing that might be the secret in the wrong field.
fn values(typed: &Typed, secret: &Secret) -> Vec<(Field, String)> {
    let url = read_url(&typed.url).map(|(url, _)| url).ok();
    let tenant = read_tenant(&typed.tenant).ok().and_then(|(tenant, _)| tenant);
    let client_id = read_client_id(&typed.client_id).map(|(id, _)| id).ok();
    [(Field::Url, url), (Field::Tenant, tenant), (Field::ClientId, client_id)]
        .into_iter()
        .filter_map(|(field, value)| value.map(|value| (field, value)))
        .filter(|(_, value)| value != secret.expose())
        .collect()
}

/// The way to the network.
///
/// # Errors
/// The certificates or the proxy cannot be used.
pub fn http(session: &Session) -> Result<Http, Failure> {
    Http::new(&session.network()?).map_err(|error| {
        let fix = match &error {
            SetupError::BadRoots { .. } => "Give --ca-file a PEM file of certificates. Nothing was sent.",
            SetupError::BadProxy(_) => "Write --proxy http://HOST:PORT, or leave it out. Nothing was sent.",
        };
        Failure::new(Code::LocalConfigInvalid, error.to_string(), fix)
    })
}

/// Reads `--only`: a check's id, or Halo's name of an endpoint.
fn selection(only: &[String], guide: &Guide) -> Result<Selection, Failure> {
    if only.is_empty() {
        return Ok(Selection::All);
    }
    only.iter().map(|name| check_id(name, guide)).collect::<Result<_, _>>().map(Selection::Only)
}

fn check_id(name: &str, guide: &Guide) -> Result<String, Failure> {
    let fixed = ["discovery", "token", "identity"];
    let probes = guide.probes.iter().map(|probe| probe.id.as_str());
    let known: Vec<&str> = fixed.into_iter().chain(probes).collect();
    let is_endpoint = |endpoint: &String| endpoint.eq_ignore_ascii_case(name);
    let by_endpoint = || guide.probes.iter().find(|probe| probe.endpoint.as_ref().is_some_and(is_endpoint));
    known
        .iter()
        .find(|id| id.eq_ignore_ascii_case(name))
        .map(|id| (*id).to_owned())
        .or_else(|| by_endpoint().map(|probe| probe.id.clone()))
        .ok_or_else(|| {
            Failure::usage(
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
        assert_eq!(chosen(&[]), Ok(Selection::All));
        assert_eq!(
            chosen(&["Token", "ClientContract", "tickets"]),
            Ok(Selection::Only(vec!["token".into(), "agreements".into(), "tickets".into()]))
        );
        assert!(chosen(&["nosuch"]).expect_err("unknown").contains("unassigned-tickets"));
    }

    #[test]
    fn a_secret_in_the_wrong_field_is_not_shown() {
        let two = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
        for (client_id, tenant, secret) in
            [(two, "acme", "x"), ("canary", "acme", "canary"), ("id", "canary", "canary")]
        {
            let typed = Typed { client_id: client_id.into(), tenant: tenant.into(), ..Typed::default() };
            for (_, value) in values(&typed, &Secret::new(secret.into())) {
                assert!(value != two && value != "canary", "{value}");
            }
        }
    }
}
