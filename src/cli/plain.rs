//! `--plain`: the same dialogue without a full screen, for screen readers and simple terminals. It only appends lines: no
//! cursor is moved, no colour is needed, and every change is a new line.

use std::io;
use std::sync::Arc;

use rustix::fd::AsFd;

use super::check::http;
use super::demo::{self, Demo};
use super::failure::Failure;
use super::secret::{Origin, read_line};
use super::session::Session;
use super::{block_on, guide, prompt, signals};
use crate::domain::connection::{Field, Note, Problem, Typed, understand};
use crate::domain::guide::Guide;
use crate::headless::{self, Human, Interrupt, Job, Look, Pace, Streams};
use crate::probe::{Http, Selection};
use crate::secret::Secret;

/// Why the dialogue ended before anybody chose to.
enum End {
    Failed(Failure),
    /// A signal, or the end of input; the exit status.
    Left(u8),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

struct Dialogue<'a> {
    session: &'a Session,
    guide: Arc<Guide>,
    demo: Option<Demo>,
    http: Http,
    typed: Typed,
    secret: Option<(Secret, Vec<Note>)>,
    interrupt: Interrupt,
    to: &'a mut Streams,
    last: u8,
}

/// Runs the dialogue; the exit status of the last run.
///
/// # Errors
/// Something given cannot be used.
pub fn run(session: &Session, to: &mut Streams) -> Result<u8, Failure> {
    block_on(async {
        let mut dialogue = Dialogue::open(session, to).await?;
        match dialogue.go_on().await {
            Ok(()) => Ok(dialogue.last),
            Err(End::Left(status)) => Ok(status),
            Err(End::Failed(failure)) => Err(failure),
        }
    })
}

impl<'a> Dialogue<'a> {
    async fn open(session: &'a Session, to: &'a mut Streams) -> Result<Self, Failure> {
        let interrupt = signals::interrupt().map_err(|error| Failure::no_signals(&error))?;
        let guide = session.guide()?;
        let http = http(session)?;
        let demo = match &session.demo {
            Some(name) => Some(Demo::start(Arc::clone(&guide), name, demo::anywhere()).await?),
            None => None,
        };
        let typed = session.typed();
        Ok(Self { session, guide, demo, http, typed, secret: None, interrupt, to, last: 0 })
    }

    async fn go_on(&mut self) -> Result<(), End> {
        let title = format!("{}, plain mode. Enter alone keeps what stands in brackets.", self.guide.title);
        self.to.out.line(&title);
        self.fill_from_demo();
        if self.demo.is_none() {
            self.ask_all().await?;
        }
        loop {
            self.run_once().await?;
            if !self.choose().await? {
                return Ok(());
            }
        }
    }

    fn fill_from_demo(&mut self) {
        if let Some(demo) = &self.demo {
            self.to
                .out
                .line(&format!("DEMO: the simulated Halo of scenario {}. The form is filled in.", demo.scenario));
            self.typed = demo.typed(&self.session.typed());
            self.secret = Some((demo.secret(), Vec::new()));
        }
    }

    async fn ask_all(&mut self) -> Result<(), End> {
        for field in [Field::Url, Field::Tenant, Field::ClientId] {
            self.ask_value(field).await?;
        }
        self.ask_secret().await
    }

    async fn ask_value(&mut self, field: Field) -> Result<(), End> {
        let before = value(&mut self.typed, field).clone();
        let answer = self.ask(&format!("{} [{before}]: ", field.label())).await?;
        if !answer.is_empty() {
            *value(&mut self.typed, field) = answer;
        }
        Ok(())
    }

    /// Where another source gives the secret it is not asked for, unless that one was wrong.
    async fn ask_secret(&mut self) -> Result<(), End> {
        let origin = match (&self.secret, &self.session.secret) {
            (None, Origin::Nowhere) | (Some(_), _) => &Origin::Terminal,
            (None, given) => given,
        };
        let got = tokio::select! {
            biased;
            status = &mut self.interrupt => {
                prompt::restore();
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
        Ok(())
    }

    async fn run_once(&mut self) -> Result<(), End> {
        let job = loop {
            match self.job() {
                Ok(job) => break job,
                Err(problems) => self.mend_form(&problems).await?,
            }
        };
        for note in &job.notes {
            self.to.out.line(&format!("  {}: {}", note.field.label(), note.text));
        }
        let look = Look { spoken: true, ..Look::default() };
        self.last = headless::run(&job, Pace::default(), &mut Human::new(look), self.to, &mut self.interrupt).await;
        if self.last > 128 { Err(End::Left(self.last)) } else { Ok(()) }
    }

    fn job(&self) -> Result<Job, Vec<Problem>> {
        let nothing = || (Secret::new(String::new()), Vec::new());
        let given = |(secret, notes): &(Secret, Vec<Note>)| (secret.duplicate(), notes.clone());
        let (secret, cleaned) = self.secret.as_ref().map_or_else(nothing, given);
        let understood = understand(&self.typed, &secret);
        let connection = understood.connection.ok_or(understood.problems)?;
        Ok(Job {
            guide: Arc::clone(&self.guide),
            connection,
            notes: understood.notes.into_iter().chain(cleaned).collect(),
            secret,
            http: self.http.clone(),
            selection: Selection::All,
            strict: false,
            demo: self.demo.as_ref().map(|demo| demo.scenario.clone()),
        })
    }

    /// Asks again for each field that stands against a run.
    async fn mend_form(&mut self, problems: &[Problem]) -> Result<(), End> {
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

    /// What next; false to quit.
    async fn choose(&mut self) -> Result<bool, End> {
        let mend = if self.demo.is_some() { " Or mend and a line, as in: mend B7." } else { "" };
        loop {
            let question = format!("What next? 1 run again. 2 change a value. 3 print the checklist. 4 quit.{mend} ");
            let answer = self.ask(&question).await?;
            match (answer.as_str(), answer.split_once(' '), &self.demo) {
                ("1", ..) => return Ok(true),
                ("2", ..) => {
                    self.ask_all().await?;
                    return Ok(true);
                }
                ("3", ..) => self.to.out.text(&guide::text(&self.guide)),
                ("4" | "q" | "quit", ..) => return Ok(false),
                (_, Some(("mend", fact)), Some(demo)) => {
                    let done = demo.mend(&fact.trim().to_ascii_uppercase());
                    self.to.out.line(&done.unwrap_or_else(|error| error));
                    self.fill_from_demo();
                }
                _ => self.to.out.line("Please answer with one of the numbers."),
            }
        }
    }

    async fn ask(&mut self, question: &str) -> Result<String, End> {
        self.to.out.text(question);
        let line = tokio::task::spawn_blocking(|| read_line(io::stdin().as_fd()));
        let line = tokio::select! {
            biased;
            status = &mut self.interrupt => return Err(End::Left(status)),
            line = line => line,
        };
        let line = line.map_err(io::Error::other).and_then(|line| line);
        let line = line.map_err(|error| {
            Failure::usage(format!("The answer could not be read: {error}."), "Run it again, and answer with one line.")
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

fn value(typed: &mut Typed, field: Field) -> &mut String {
    match field {
        Field::Url => &mut typed.url,
        Field::Tenant => &mut typed.tenant,
        Field::ClientId | Field::Secret => &mut typed.client_id,
    }
}
