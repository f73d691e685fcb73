//! The program without a command: the interface on a terminal, and the summary that stays in the scrollback.

use crate::session::async_runtime::block_on;
use std::io::{self, IsTerminal};

use super::{key_configuration, output_style};
use crate::app::Outcome;
use crate::domain::codes::Code;
use crate::headless::{OutputStreams, Refusal};
use crate::plain;
use crate::platform::terminal;
use crate::runtime::OpenedSession;
use crate::session::command_error::{CommandError, USAGE};
use crate::session::profile_service::FileProfileService;
use crate::session::secret_source::SecretSource;
use crate::session::setting_sources::{Session, variable};
use crate::tui;

/// Exit status after the terminal has disappeared.
const HUNG_UP: u8 = 129;

/// Opens the interface and returns the exit status.
///
/// # Errors
/// There is no terminal, or a given value cannot be used.
pub fn run(session: Session, to: &mut OutputStreams) -> Result<u8, CommandError> {
    if session.settings.plain.get() && io::stdin().is_terminal() {
        return plain::run(session, to);
    }
    let terminals = can_type(&session) && io::stdout().is_terminal();
    if !terminals || output_style::is_dumb() {
        return Err(no_terminal(terminals));
    }
    let outcome = block_on(open(session))?;
    // After a hang-up nobody is there to read it, and what cannot be written is no fault.
    if outcome.exit_status != HUNG_UP {
        receipt(&outcome, to);
    }
    Ok(outcome.exit_status)
}

async fn open(session: Session) -> Result<Outcome, CommandError> {
    let ascii = session.settings.ascii.get();
    let keys = key_configuration::of_session(&session)?;
    let OpenedSession { start, parts } = FileProfileService::new(session).begin().await?;
    tui::run(tui::Options { start, parts, ascii, keys }).await.map_err(|error| {
        CommandError::new(Code::LocalTty, format!("The terminal cannot be used: {error}."), "Use halo-onboard check.")
    })
}

/// Returns true if there is a terminal for input. If standard input provides the secret, the controlling terminal is
/// used.
fn can_type(session: &Session) -> bool {
    io::stdin().is_terminal() || (session.secret == SecretSource::Stdin && terminal::controlling_terminal().is_ok())
}

/// Writes the summary that stays in the scrollback after the interface has closed.
fn receipt(outcome: &Outcome, to: &mut OutputStreams) {
    to.out.line(&outcome.line);
    for code in &outcome.codes {
        to.out.line(&format!("  {code}: halo-onboard explain {code}"));
    }
    for file in &outcome.written {
        to.out.line(&format!("  written: {file}"));
    }
    for sentence in &outcome.late {
        to.out.line(&format!("  {sentence}"));
    }
}

fn no_terminal(terminals: bool) -> CommandError {
    // One line: whoever sees it runs the program from a script, or over SSH without -t.
    let summary = match variable("TERM").as_deref() {
        None if terminals && terminal::NAMES_ITS_TYPE => {
            "TERM is not set (local.tty). Set it, for example: export TERM=xterm-256color; or use --plain, or halo-onboard check."
        }
        Some("dumb") if terminals => {
            "This terminal cannot position its cursor: TERM is dumb (local.tty). Use --plain, or halo-onboard check."
        }
        _ => {
            "This needs a terminal (local.tty). Use ssh -t, or halo-onboard check without one; --plain on a simple one."
        }
    };
    let refusal = Refusal { code: Code::LocalTty, summary: summary.into(), fix: Vec::new() };
    CommandError { status: USAGE, refusal }
}
