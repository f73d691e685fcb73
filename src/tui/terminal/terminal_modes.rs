//! Modes of the terminal: set by its owner, restored once, from any thread.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::platform::terminal::{InputTerminal, LEAVE_NEEDS_MODES, TerminalModes, TerminalOutput};

/// Alternate screen, bracketed paste, no automatic margins (the last cell can then be written without scrolling).
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?7l";
/// Ends an interrupted string or synchronized update, then restores everything.
const LEAVE: &[u8] = b"\x1b\\\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h";

/// Time after the end of a child during which its signals may still arrive. In raw mode the terminal itself sends
/// none.
const AFTER_LENDING: Duration = Duration::from_millis(250);

/// Current owner of the terminal.
enum TerminalOwner {
    /// The parent process.
    Free,
    /// This program.
    Taken(TakenTerminal),
    /// A child of this program, for a while.
    Lent,
}

struct TakenTerminal {
    input: InputTerminal,
    output: TerminalOutput,
    before: TerminalModes,
    raw: TerminalModes,
    /// Time at which a child returned it.
    lent_until: Option<Instant>,
}

static HOLD: Mutex<TerminalOwner> = Mutex::new(TerminalOwner::Free);
/// The program ends in the middle of something: what was typed or pasted and not read yet must not reach the shell.
static ABRUPT: AtomicBool = AtomicBool::new(false);

fn hold() -> MutexGuard<'static, TerminalOwner> {
    HOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal. When it is taken already, its modes are only set again: a shell may have changed them while this
/// program was stopped.
pub(super) fn take() -> io::Result<()> {
    let mut hold = hold();
    if let TerminalOwner::Taken(held) = &mut *hold {
        return held.set();
    }
    let (input, output) = (InputTerminal::open()?, TerminalOutput::stdout()?);
    let before = TerminalModes::of(&input)?;
    let raw = before.raw();
    let lent_until = matches!(*hold, TerminalOwner::Lent).then(Instant::now);
    let mut held = TakenTerminal { input, output, before, raw, lent_until };
    held.set().inspect_err(|_| held.restore())?;
    *hold = TerminalOwner::Taken(held);
    Ok(())
}

/// Restores the terminal for the parent process. Does nothing if it is restored already.
pub(crate) fn restore() {
    give_back(TerminalOwner::Free);
}

/// Gives the terminal to a child; [`take`] takes it back.
pub(super) fn release_to_child() {
    give_back(TerminalOwner::Lent);
}

/// Records that the terminal has gone away. Nothing is restored any longer.
pub(crate) fn terminal_is_gone() {
    *hold() = TerminalOwner::Free;
}

/// Discards unread input when the terminal is restored.
pub(crate) fn end_abruptly() {
    ABRUPT.store(true, Ordering::Relaxed);
}

pub(super) fn is_taken() -> bool {
    matches!(*hold(), TerminalOwner::Taken(_))
}

/// Returns true while a child has the terminal, and for a moment afterwards, because a Ctrl-C that the child received
/// is reported here a little later.
pub(crate) fn is_released_to_child() -> bool {
    match &*hold() {
        TerminalOwner::Free => false,
        TerminalOwner::Lent => true,
        TerminalOwner::Taken(held) => held.lent_until.is_some_and(|end| end.elapsed() < AFTER_LENDING),
    }
}

fn give_back(next: TerminalOwner) {
    let last = std::mem::replace(&mut *hold(), next);
    // The lock is free again: a terminal that takes no byte (Ctrl-S) must not hold up who only asks.
    if let TerminalOwner::Taken(mut held) = last {
        held.restore();
    }
}

impl TakenTerminal {
    fn set(&mut self) -> io::Result<()> {
        self.raw.apply(&self.input)?;
        self.output.write_all(ENTER)
    }

    /// Restores the modes first, because that never blocks, or last where the terminal understands [`LEAVE`] only in them.
    /// Errors are ignored: no one is left to report them to.
    fn restore(&mut self) {
        // From the background, setting the modes would stop this process, and they are the shell's by then.
        let foreground = self.input.is_in_foreground();
        if foreground && !LEAVE_NEEDS_MODES {
            self.restore_modes();
        }
        let _ = self.output.write_all(LEAVE);
        if foreground && LEAVE_NEEDS_MODES {
            self.restore_modes();
        }
    }

    fn restore_modes(&self) {
        let _ = self.before.apply(&self.input);
        if ABRUPT.load(Ordering::Relaxed) {
            let _ = self.input.discard_input();
        }
    }
}
