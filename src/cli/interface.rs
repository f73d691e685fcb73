//! The bare command: the interface on a terminal, and the receipt that stays in the scrollback.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use super::block_on;
use super::check::http;
use super::demo::{self, Demo};
use super::failure::{Failure, USAGE};
use super::session::Session;
use super::{look, plain};
use crate::app::{Outcome, Start};
use crate::domain::code::Code;
use crate::domain::connection::Typed;
use crate::domain::guide::Guide;
use crate::headless::{self, Refusal, Streams};
use crate::runtime::{Copier, Live, Mender, Parts};
use crate::tui;

/// Opens the interface; the exit status when it ends.
///
/// # Errors
/// There is no terminal, or something given cannot be used.
pub fn run(session: &Session, to: &mut Streams) -> Result<u8, Failure> {
    if session.settings.plain.get() && io::stdin().is_terminal() {
        return plain::run(session, to);
    }
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() || look::is_dumb() {
        return Err(no_terminal());
    }
    let outcome = block_on(open(session))?;
    receipt(&outcome, to);
    Ok(outcome.exit_status)
}

async fn open(session: &Session) -> Result<Outcome, Failure> {
    let guide = session.guide()?;
    let http = http(session)?;
    let demo = match &session.demo {
        Some(name) => Some(Arc::new(Demo::start(Arc::clone(&guide), name, demo::anywhere()).await?)),
        None => None,
    };
    let parts = Parts {
        engine: Arc::new(Live::new(http)),
        keeper: None,
        mender: demo.clone().map(mender),
        copier: demo.clone().map(copier),
        paths: session.paths.clone(),
    };
    let start = start(session, guide, demo.as_deref()).await?;
    let ascii = session.settings.ascii.get();
    tui::run(tui::Options { start, parts, ascii, keys: session.keys }).await.map_err(|error| {
        Failure::new(Code::LocalTty, format!("The terminal cannot be used: {error}."), "Use halo-onboard check.")
    })
}

/// Puts things right in the simulated Halo.
fn mender(demo: Arc<Demo>) -> Mender {
    Arc::new(move |fact| demo.mend(fact))
}

/// Copies the simulated Halo's values, as an operator does from its screens.
fn copier(demo: Arc<Demo>) -> Copier {
    Arc::new(move || (demo.typed(&Typed::default()), demo.secret()))
}

async fn start(session: &Session, guide: Arc<Guide>, demo: Option<&Demo>) -> Result<Start, Failure> {
    let (typed, secret) = match demo {
        Some(demo) => (demo.typed(&session.typed()), Some(demo.secret())),
        None => (session.typed(), session.secret.without_asking().await?.map(|(secret, _)| secret)),
    };
    Ok(Start {
        guide,
        typed,
        secret_source: secret.as_ref().filter(|_| demo.is_none()).map(|_| session.secret.words()),
        secret,
        ticks: BTreeSet::new(),
        previous: None,
        profile: session.settings.profile.value.clone(),
        demo: demo.map(|demo| demo.scenario.clone()),
        ticks_build: demo.is_some_and(Demo::starts_from_nothing),
        markdown: headless::markdown_report,
        // The scenario's host says that it is this machine; the schema has no place for more.
        json: |report, _| headless::json_report(report),
        notes: Vec::new(),
    })
}

/// What stays in the scrollback when the interface has gone.
fn receipt(outcome: &Outcome, to: &mut Streams) {
    to.out.line(&outcome.line);
    for code in &outcome.codes {
        to.out.line(&format!("  {code}: halo-onboard explain {code}"));
    }
    for file in &outcome.written {
        to.out.line(&format!("  written: {file}"));
    }
}

fn no_terminal() -> Failure {
    // One line: whoever sees it runs the program from a script, or over SSH without -t.
    let summary =
        "This needs a terminal (local.tty). Use ssh -t, or halo-onboard check without one; --plain on a simple one.";
    let refusal = Refusal { code: Code::LocalTty, summary: summary.into(), fix: Vec::new() };
    Failure { status: USAGE, refusal }
}
