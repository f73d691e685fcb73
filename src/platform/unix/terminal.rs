//! The terminal: its modes (termios), its size, and its files.

use std::fs::File;
use std::io::{self, PipeReader, Write};
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{getpgrp, getsid};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr,
};

/// Name of the controlling terminal.
const CONTROLLING_TERMINAL: &str = "/dev/tty";
/// Terminals of this system always name their type in `TERM`.
pub const NAMES_ITS_TYPE: bool = true;
/// The locale says whether the terminal shows UTF-8.
pub const IS_ALWAYS_UNICODE: bool = false;
/// True if the output understands escape sequences only while the modes of a full screen are set.
pub const LEAVE_NEEDS_MODES: bool = false;

/// The terminal that is typed on.
#[derive(Debug)]
pub struct InputTerminal(OwnedFd);

impl InputTerminal {
    /// Standard input, or the controlling terminal when standard input is something else.
    ///
    /// # Errors
    /// There is no terminal.
    pub fn open() -> io::Result<Self> {
        let stdin = io::stdin();
        if isatty(&stdin) {
            return stdin.as_fd().try_clone_to_owned().map(Self);
        }
        Ok(Self(controlling_terminal()?.into()))
    }

    /// False when another process group has the terminal: setting its modes would stop this process.
    pub fn is_in_foreground(&self) -> bool {
        tcgetpgrp(&self.0).map_or(true, |group| group == getpgrp())
    }

    /// Discards what was typed and not read yet.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn discard_input(&self) -> io::Result<()> {
        Ok(tcflush(&self.0, QueueSelector::IFlush)?)
    }

    /// Reads what the terminal holds, without waiting: the number of bytes, 0 at the end, `None` if it holds nothing now.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn read_available(&self, bytes: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            let mut asked = [PollFd::new(&self.0, PollFlags::IN)];
            if poll(&mut asked, Some(&Timespec::default()))? == 0 {
                return Ok(None);
            }
            match rustix::io::read(&self.0, &mut *bytes) {
                Ok(count) => return Ok(Some(count)),
                // Somebody who shares the terminal was faster.
                Err(Errno::AGAIN) => return Ok(None),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sleeps until the terminal holds something, or has gone away; false when the other end of `ended` was closed.
    pub fn wait_for_input(&self, ended: &PipeReader) -> bool {
        loop {
            let mut asked = [PollFd::new(&self.0, PollFlags::IN), PollFd::new(ended, PollFlags::empty())];
            match poll(&mut asked, None) {
                Ok(_) => return asked[1].revents().is_empty(),
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }

    /// Sleeps until the terminal is gone, and returns true. Returns false if this system does not say so.
    pub fn wait_until_gone(&self) -> bool {
        loop {
            // Asked for no event, `poll` reports only the end.
            let mut terminal = [PollFd::new(&self.0, PollFlags::empty())];
            match poll(&mut terminal, None) {
                Ok(_) => return terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}

impl AsFd for InputTerminal {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Opens the controlling terminal, for a process whose standard input is something else.
///
/// # Errors
/// The process has none.
pub fn controlling_terminal() -> io::Result<File> {
    File::options().read(true).write(true).open(CONTROLLING_TERMINAL)
}

/// The modes of a terminal.
#[derive(Clone, Debug)]
pub struct TerminalModes(Termios);

impl TerminalModes {
    /// Reads the current modes.
    ///
    /// # Errors
    /// It is no terminal, or it has gone away.
    pub fn of(terminal: &InputTerminal) -> io::Result<Self> {
        Ok(Self(tcgetattr(terminal)?))
    }

    /// The modes for a full screen: every key arrives at once and unchanged.
    pub fn raw(&self) -> Self {
        let mut raw = self.clone();
        raw.0.make_raw();
        raw
    }

    /// The modes for a hidden prompt: no echo, and Ctrl-C arrives as a character.
    pub fn without_echo(&self) -> Self {
        let mut silent = self.clone();
        silent.0.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        silent
    }

    /// Sets the modes.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn apply(&self, terminal: &InputTerminal) -> io::Result<()> {
        Ok(tcsetattr(terminal, OptionalActions::Now, &self.0)?)
    }

    /// Sets the modes and discards what was typed and not read yet.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub fn apply_and_discard_input(&self, terminal: &InputTerminal) -> io::Result<()> {
        Ok(tcsetattr(terminal, OptionalActions::Flush, &self.0)?)
    }
}

/// True: a terminal that names its type understands them.
pub fn understands_escape_sequences() -> bool {
    true
}

/// Size of a terminal; 0 where the system does not know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalSize {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
    /// Width in pixels.
    pub pixel_width: u16,
    /// Height in pixels.
    pub pixel_height: u16,
}

/// Size of the terminal on standard output.
///
/// # Errors
/// Standard output is no terminal.
pub fn output_size() -> io::Result<TerminalSize> {
    let size = tcgetwinsize(io::stdout())?;
    Ok(TerminalSize {
        columns: size.ws_col,
        rows: size.ws_row,
        pixel_width: size.ws_xpixel,
        pixel_height: size.ws_ypixel,
    })
}

/// Returns true if a shell could continue this process after a stop. Not where it was started without a shell's job
/// control (`ssh -t HOST halo-onboard`, a window of tmux): there it would hang for ever.
pub fn can_suspend() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Standard output as a terminal, unbuffered.
#[derive(Debug)]
pub struct TerminalOutput(OwnedFd);

impl TerminalOutput {
    /// Standard output.
    ///
    /// # Errors
    /// The system gives no further file descriptor.
    pub fn stdout() -> io::Result<Self> {
        io::stdout().as_fd().try_clone_to_owned().map(Self)
    }
}

impl Write for TerminalOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.0, bytes) {
                // Another program made the terminal's description non-blocking; they share it.
                Err(Errno::AGAIN) => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                Err(Errno::INTR) => {}
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
