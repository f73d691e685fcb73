//! The terminal's modes: taken by its owner, given back by whoever ends the program, from any thread, once.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{getpgrp, getsid};
use rustix::termios::{OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetpgrp, tcsetattr};

/// Alternate screen, bracketed paste, no automatic margins (the last cell can then be written without scrolling).
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?7l";
/// Ends whatever was cut off in its middle (a string, a synchronized update), then gives everything back.
const LEAVE: &[u8] = b"\x1b\\\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h";

/// How long after a child's end its signals may still arrive. Raw, the terminal itself sends none.
const AFTER_LENDING: Duration = Duration::from_millis(250);

/// Who has the terminal.
enum TerminalOwner {
    /// Whoever started this program.
    Free,
    /// This program.
    Taken(TakenTerminal),
    /// A child of this program, for a while.
    Lent,
}

struct TakenTerminal {
    input: OwnedFd,
    output: Tty,
    before: Termios,
    raw: Termios,
    /// When a child gave it back.
    lent_until: Option<Instant>,
}

static HOLD: Mutex<TerminalOwner> = Mutex::new(TerminalOwner::Free);
/// The program ends in the middle of something: what was typed or pasted and not read yet must not reach the shell.
static ABRUPT: AtomicBool = AtomicBool::new(false);

fn hold() -> MutexGuard<'static, TerminalOwner> {
    HOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The terminal that is typed on: standard input, or the controlling terminal when standard input is something else.
pub(crate) fn input() -> io::Result<OwnedFd> {
    let stdin = io::stdin();
    if isatty(&stdin) {
        return stdin.as_fd().try_clone_to_owned();
    }
    Ok(File::options().read(true).write(true).open("/dev/tty")?.into())
}

/// Takes the terminal. When it is taken already, its modes are only set again: a shell may have changed them while this
/// program was stopped.
pub(super) fn take() -> io::Result<()> {
    let mut hold = hold();
    if let TerminalOwner::Taken(held) = &mut *hold {
        return held.set();
    }
    let (input, output) = (input()?, Tty::stdout()?);
    let before = tcgetattr(&input)?;
    let mut raw = before.clone();
    raw.make_raw();
    let lent_until = matches!(*hold, TerminalOwner::Lent).then(Instant::now);
    let mut held = TakenTerminal { input, output, before, raw, lent_until };
    held.set().inspect_err(|_| held.restore())?;
    *hold = TerminalOwner::Taken(held);
    Ok(())
}

/// Gives the terminal back to whoever started this program. Nothing happens when it was given back already.
pub(crate) fn restore() {
    give_back(TerminalOwner::Free);
}

/// Gives the terminal to a child; [`take`] takes it back.
pub(super) fn release_to_child() {
    give_back(TerminalOwner::Lent);
}

/// The terminal is gone: nothing is to be given back any more.
pub(crate) fn terminal_is_gone() {
    *hold() = TerminalOwner::Free;
}

/// Input that nobody has read is thrown away when the terminal is given back.
pub(crate) fn end_abruptly() {
    ABRUPT.store(true, Ordering::Relaxed);
}

pub(super) fn is_taken() -> bool {
    matches!(*hold(), TerminalOwner::Taken(_))
}

/// Has a child the terminal, or had it one a moment ago? A Ctrl-C that it got is heard a little later here.
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
        tcsetattr(&self.input, OptionalActions::Now, &self.raw)?;
        self.output.write_all(ENTER)
    }

    /// The modes first: they never have to wait. Nothing is left to tell anybody when something of this fails.
    fn restore(&mut self) {
        // From the background, setting the modes would stop this process, and they are the shell's by then.
        let foreground = tcgetpgrp(&self.input).map_or(true, |group| group == getpgrp());
        if foreground {
            let _ = tcsetattr(&self.input, OptionalActions::Now, &self.before);
            if ABRUPT.load(Ordering::Relaxed) {
                let _ = tcflush(&self.input, QueueSelector::IFlush);
            }
        }
        let _ = self.output.write_all(LEAVE);
    }
}

/// Could somebody continue this process if it stopped? Not where it was started without a shell's job control
/// (`ssh -t HOST halo-onboard`, a window of tmux): there it would hang for ever.
pub(crate) fn can_suspend() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Standard output, unbuffered: a frame is one piece already.
pub(super) struct Tty(OwnedFd);

impl Tty {
    pub(super) fn stdout() -> io::Result<Self> {
        io::stdout().as_fd().try_clone_to_owned().map(Self)
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.0, bytes) {
                // Another program made the terminal's description non-blocking; they share it.
                Err(rustix::io::Errno::AGAIN) => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                Err(rustix::io::Errno::INTR) => {}
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}
