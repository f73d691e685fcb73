//! The bare command: the interface on a terminal.

use std::io::{self, IsTerminal};

use super::failure::{Failure, USAGE};
use super::session::Session;
use super::{look, plain};
use crate::domain::code::Code;
use crate::headless::{Refusal, Streams};

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
    Err(Failure::usage("The interface is not part of this build.", "Use halo-onboard check."))
}

fn no_terminal() -> Failure {
    // One line: whoever sees it runs the program from a script, or over SSH without -t.
    let summary =
        "This needs a terminal (local.tty). Use ssh -t, or halo-onboard check without one; --plain on a simple one.";
    let refusal = Refusal { code: Code::LocalTty, summary: summary.into(), fix: Vec::new() };
    Failure { status: USAGE, refusal }
}
