//! The conversation without a full screen: questions, runs and commands, line by line.

use super::command_parser::Command;
use super::{command_parser, text_views};
use crate::app::PreviousRun;
use crate::domain::codes::ExitClass;
use crate::domain::connection::{Field, Note, Problem, Typed, Understood, understand};
use crate::domain::guide::Guide;
use crate::domain::run_event::{Finished, RunEvent};
use crate::domain::run_plan::{CheckSelection, RunPlan};
use crate::domain::secret_destination;
use crate::domain::secret_destination::{Destination, DestinationMismatch, SourcedValue};
use crate::exit_signals;
use crate::exit_signals::CtrlCGuard;
use crate::headless::{
    self, Human, Interrupt, Job, Outcome, OutputStreams, OutputStyle, Reporter, RunHeader, WatchSchedule,
};
use crate::platform::standard_input::StandardInput;
use crate::probe::Http;
use crate::runtime::SaveProgress;
use crate::secret::Secret;
use crate::session::async_runtime::block_on;
use crate::session::command_error::CommandError;
use crate::session::demo;
use crate::session::demo::Demo;
use crate::session::prepare_run::http;
use crate::session::secret_prompt;
use crate::session::secret_source::{SecretSource, read_line};
use crate::session::setting_sources::Session;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// Reason why the session ended without a decision of the operator.
pub(super) enum End {
    Failed(CommandError),
    /// A signal or the end of input, with the exit status.
    Left(u8),
}

impl From<CommandError> for End {
    fn from(failure: CommandError) -> Self {
        Self::Failed(failure)
    }
}

/// A line from the terminal that is being awaited.
type Reading = JoinHandle<io::Result<Option<Zeroizing<Vec<u8>>>>>;

pub(super) fn read_ahead() -> Reading {
    tokio::task::spawn_blocking(|| read_line(StandardInput::open()?))
}

/// These checks and `identity`, because a probe's verdict needs the role's claims.
pub(super) fn with_identity(guide: &Guide, mut ids: Vec<String>) -> CheckSelection {
    let identity = "identity".to_owned();
    if ids.iter().any(|id| guide.probe(id).is_some()) && !ids.contains(&identity) {
        ids.push(identity);
    }
    CheckSelection::Only(ids)
}

pub(super) struct PlainSession<'a> {
    pub(super) session: Session,
    pub(super) guide: Arc<Guide>,
    pub(super) demo: Option<Demo>,
    pub(super) http: Http,
    pub(super) typed: Typed,
    pub(super) secret: Option<(Secret, Vec<Note>)>,
    /// Whether the secret was typed at a prompt.
    secret_typed: bool,
    /// Address for which an authorisation server was given or accepted.
    accepted_for: String,
    pub(super) interrupt: Interrupt,
    /// While it exists, Ctrl-C ends the watch and not the program.
    pub(super) spared: Arc<CtrlCGuard>,
    /// The pending read of a line: a line that a watch did not use answers the next question.
    pub(super) reading: Option<Reading>,
    pub(super) to: &'a mut OutputStreams,
    /// Ticked lines.
    pub(super) ticks: BTreeSet<String>,
    /// The last good run before this session.
    pub(super) previous: Option<PreviousRun>,
    /// Writer of the progress file; `None` if progress cannot be saved.
    pub(super) keeper: Option<SaveProgress>,
    /// The last run over the current values.
    pub(super) found: Option<Finished>,
    pub(super) last: u8,
}

/// Reporter that prints lines for a screen reader and keeps the outcome.
struct ConsoleReporter {
    human: Human,
    ended: Option<Finished>,
}

impl Reporter for ConsoleReporter {
    fn opened(&mut self, opening: &RunHeader, to: &mut OutputStreams) {
        self.human.opened(opening, to);
    }

    fn event(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.human.event(event, to);
    }

    fn tick(&mut self, to: &mut OutputStreams) {
        self.human.tick(to);
    }

    fn ended(&mut self, outcome: &Outcome, to: &mut OutputStreams) {
        self.human.ended(outcome, to);
        self.ended =
            Some(Finished { report: outcome.report.clone(), evidence: outcome.evidence.clone(), recording: None });
    }
}

/// Runs the dialogue and returns the exit status of the last run.
///
/// # Errors
/// A value or the terminal cannot be used.
pub fn run(session: Session, to: &mut OutputStreams) -> Result<u8, CommandError> {
    block_on(async {
        let mut dialogue = PlainSession::open(session, to).await?;
        match dialogue.go_on().await {
            Ok(()) => Ok(dialogue.last),
            Err(End::Left(status)) => Ok(status),
            Err(End::Failed(failure)) => Err(failure),
        }
    })
}

impl<'a> PlainSession<'a> {
    async fn open(session: Session, to: &'a mut OutputStreams) -> Result<Self, CommandError> {
        let spared = Arc::new(CtrlCGuard::default());
        let interrupt =
            exit_signals::interrupt_but(Arc::clone(&spared)).map_err(|error| CommandError::no_signals(&error))?;
        let guide = session.guide()?;
        let http = http(&session)?;
        let demo = match &session.demo {
            Some(name) => Some(Demo::start(Arc::clone(&guide), name, demo::anywhere()).await?),
            None => None,
        };
        let typed = session.typed();
        Ok(Self {
            session,
            guide,
            demo,
            http,
            typed,
            secret: None,
            secret_typed: false,
            accepted_for: String::new(),
            interrupt,
            spared,
            reading: None,
            to,
            ticks: BTreeSet::new(),
            previous: None,
            keeper: None,
            found: None,
            last: ExitClass::NoVerdict.status(),
        })
    }

    async fn go_on(&mut self) -> Result<(), End> {
        let title = format!("{}, plain mode. Press Enter to keep the value in brackets.", self.guide.title);
        self.to.out.line(&title);
        self.choose_set_up().await?;
        self.accepted_for.clone_from(&self.typed.url);
        self.fill_from_demo();
        let mut first = self.demo.as_ref().is_some_and(Demo::starts_from_nothing);
        if self.demo.is_none() {
            first = self.begin().await?;
        }
        if first {
            self.to.out.text(&text_views::steps(&self.state(), None));
        }
        loop {
            if !first {
                self.run_once(CheckSelection::All).await?;
            }
            first = false;
            if !self.choose().await? {
                return Ok(());
            }
        }
    }

    /// Asks how to start. Returns true if the checklist should be read first.
    async fn begin(&mut self) -> Result<bool, End> {
        let known = self.session.profile().is_some() && !self.typed.url.is_empty() && !self.typed.client_id.is_empty();
        if known {
            let answer = self.ask("Press Enter to run the checks, or type values or steps. ").await?;
            if answer.is_empty() {
                self.ask_secret().await?;
                return Ok(false);
            }
            if answer != "values" {
                return Ok(true);
            }
        } else if !self
            .ask("Press Enter to enter the four values, or type steps to read the checklist first. ")
            .await?
            .is_empty()
        {
            return Ok(true);
        }
        self.ask_all().await?;
        Ok(false)
    }

    fn fill_from_demo(&mut self) {
        if let Some(demo) = &self.demo {
            self.to.out.line(&format!("DEMO: the simulated Halo of scenario {}, not a real one.", demo.scenario));
            self.copy_from_demo();
        }
    }

    /// Copies the simulated Halo's values, as an operator would from its screens.
    pub(super) fn copy_from_demo(&mut self) {
        let Some(demo) = &self.demo else { return };
        let (typed, secret) = (demo.typed(&self.session.typed()), demo.secret());
        let same = |(known, _): &(Secret, Vec<Note>)| known.expose() == secret.expose();
        if typed != self.typed || !self.secret.as_ref().is_some_and(same) {
            self.found = None;
        }
        (self.typed, self.secret) = (typed, Some((secret, Vec::new())));
    }

    async fn ask_all(&mut self) -> Result<(), End> {
        self.found = None;
        self.to.out.line("Keep the Halo page open until the first list has been read: it shows the secret only once.");
        for field in [Field::Url, Field::Tenant, Field::ClientId] {
            self.ask_value(field).await?;
        }
        self.ask_secret().await
    }

    async fn ask_value(&mut self, field: Field) -> Result<(), End> {
        let Some(before) = value(&mut self.typed, field).map(|value| value.clone()) else { return Ok(()) };
        let answer = self.ask(&format!("{} [{before}]: ", field.label())).await?;
        if !answer.is_empty() {
            value(&mut self.typed, field).into_iter().for_each(|value| value.clone_from(&answer));
        }
        Ok(())
    }

    /// Asks for the secret, unless another source gives one that was not refused.
    async fn ask_secret(&mut self) -> Result<(), End> {
        let origin = match (&self.secret, self.session.secret.clone()) {
            (None, SecretSource::Nowhere) | (Some(_), _) => SecretSource::Terminal,
            (None, given) => self.for_these_values(given),
        };
        let got = tokio::select! {
            biased;
            status = &mut self.interrupt => {
                secret_prompt::restore();
                return Err(End::Left(status));
            }
            got = origin.get() => got,
        };
        let (secret, notes) = got.map_err(|failure| match failure.status {
            130 => End::Left(130),
            _ => End::Failed(failure),
        })?;
        self.to.out.line(&format!("  {} characters, fingerprint {}", secret.chars(), secret.fingerprint()));
        self.secret = Some((secret, notes));
        self.secret_typed = origin == SecretSource::Terminal;
        Ok(())
    }

    /// The typed values in place of those that the session started with.
    fn destination(&self) -> Destination {
        let given = |value: &str| SourcedValue::new(value, "your answer");
        Destination { url: given(&self.typed.url), client_id: given(&self.typed.client_id) }
    }

    /// Mismatch because of which the initial secret must not be used for these values.
    fn mismatch(&self) -> Option<DestinationMismatch> {
        self.session.settings.destination().permits(&self.destination()).err()
    }

    /// The source of the secret. If it was given for other values, the secret is asked for.
    fn for_these_values(&mut self, given: SecretSource) -> SecretSource {
        match self.mismatch() {
            Some(mismatch) if given != SecretSource::Terminal => {
                let text = format!("The secret is not used: {mismatch}.");
                self.to.out.line(&text_views::shown(&text));
                SecretSource::Terminal
            }
            _ => given,
        }
    }

    /// Before a run: drops what was given for other values than the current ones.
    async fn drop_foreign(&mut self) -> Result<(), End> {
        if secret_destination::drop_foreign_acceptance(&mut self.typed, &self.accepted_for) {
            self.to
                .out
                .line("The authorisation server that was accepted for another address is not used for this one.");
        }
        let given = self.secret.is_some() && !self.secret_typed && self.demo.is_none();
        if given && self.mismatch().is_some() {
            self.secret = None;
            self.ask_secret().await?;
        }
        Ok(())
    }

    pub(super) async fn run_once(&mut self, selection: CheckSelection) -> Result<(), End> {
        let job = loop {
            self.drop_foreign().await?;
            match self.job(selection.clone()) {
                Ok(job) => break job,
                Err(problems) => self.ask_for_corrections(&problems).await?,
            }
        };
        for note in &job.plan.notes {
            self.to.out.line(&format!("  {}: {}", note.field.label(), note.text));
        }
        self.keep(true);
        let look = OutputStyle { spoken: true, ..OutputStyle::default() };
        let mut face = ConsoleReporter { human: Human::new(look), ended: None };
        self.last = headless::run(&job, WatchSchedule::default(), &mut face, self.to, &mut self.interrupt).await;
        self.found = face.ended.or(self.found.take());
        if self.last > 128 {
            // What was cut off is offered again at the next start.
            return Err(End::Left(self.last));
        }
        self.keep(false);
        Ok(())
    }

    pub(super) fn job(&self, selection: CheckSelection) -> Result<Job, Vec<Problem>> {
        let nothing = || (Secret::new(String::new()), Vec::new());
        let given = |(secret, notes): &(Secret, Vec<Note>)| (secret.duplicate(), notes.clone());
        let (secret, cleaned) = self.secret.as_ref().map_or_else(nothing, given);
        let understood = understand(&self.typed, &secret);
        let Understood { connection: Some(connection), secret: Some(secret), notes, .. } = understood else {
            return Err(understood.problems);
        };
        let partial = selection != CheckSelection::All;
        let plan = RunPlan {
            guide: Arc::clone(&self.guide),
            connection,
            notes: notes.into_iter().chain(cleaned).collect(),
            secret,
            previous: self.found.as_ref().filter(|_| partial).map(|found| found.evidence.clone()),
            selection,
        };
        Ok(Job {
            plan,
            http: self.http.clone(),
            strict: false,
            // The dialogue has said at its begin that this is no real Halo.
            demo: None,
            record: false,
        })
    }

    /// Asks again for each field that prevents a run.
    async fn ask_for_corrections(&mut self, problems: &[Problem]) -> Result<(), End> {
        for problem in problems {
            self.to.out.line(&format!("{}: {} ({})", problem.field.label(), problem.message, problem.code.id()));
            self.to.out.line(&format!("  {}", problem.fix));
            match problem.field {
                Field::Secret => self.ask_secret().await?,
                field => self.ask_value(field).await?,
            }
        }
        Ok(())
    }

    /// Asks for commands until a run of all checks is requested; false to quit.
    async fn choose(&mut self) -> Result<bool, End> {
        loop {
            let answer = self.ask("Command? A number or a word; type help for the list. ").await?;
            let Some((command, more)) = command_parser::read(&answer, self.demo.is_some()) else {
                self.to.out.line("Unknown command. The commands are:");
                self.to.out.text(&command_parser::list(self.demo.is_some()));
                continue;
            };
            match command {
                Command::Run => return Ok(true),
                Command::Quit => return Ok(false),
                Command::Values => {
                    self.ask_all().await?;
                    return Ok(true);
                }
                Command::Again => self.again(more).await?,
                Command::Watch => self.watch(more).await?,
                other => {
                    let text = self.answer(other, more);
                    self.to.out.text(&text);
                }
            }
        }
    }

    /// Runs one check again and keeps the results of the others.
    async fn again(&mut self, check: &str) -> Result<(), End> {
        let known: Vec<String> = headless::checks(&self.guide, &CheckSelection::All);
        if !known.iter().any(|id| id == check) {
            self.to.out.line(&format!("Which check? The checks are: {}.", known.join(", ")));
            return Ok(());
        }
        self.run_once(with_identity(&self.guide, vec![check.to_owned()])).await
    }

    pub(super) async fn ask(&mut self, question: &str) -> Result<String, End> {
        self.to.out.text(question);
        let reading = self.reading.get_or_insert_with(read_ahead);
        let line = tokio::select! {
            biased;
            status = &mut self.interrupt => return Err(End::Left(status)),
            line = reading => line,
        };
        self.reading = None;
        let line = line.map_err(io::Error::other).and_then(|line| line);
        let line = line.map_err(|error| {
            CommandError::usage(
                format!("The answer could not be read: {error}."),
                "Start again, and answer with one line.",
            )
        })?;
        match line {
            Some(line) => Ok(String::from_utf8_lossy(&line).trim().to_owned()),
            // The end of input: nobody is there any more.
            None => {
                self.to.out.line("");
                Err(End::Left(self.last))
            }
        }
    }
}

/// The value of a visible field; `None` for the secret.
fn value(typed: &mut Typed, field: Field) -> Option<&mut String> {
    match field {
        Field::Url => Some(&mut typed.url),
        Field::Tenant => Some(&mut typed.tenant),
        Field::ClientId => Some(&mut typed.client_id),
        Field::Secret => None,
    }
}
