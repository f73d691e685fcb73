//! Owner of the terminal. Only this module changes its modes, and it restores them on every way out.

use std::io::{self, IsTerminal, Write as _};

use ratatui::Frame;
use ratatui::backend::WindowSize;
use ratatui::layout::{Position, Rect, Size};

use super::signal_watcher;
use super::terminal_backend::{MinimalBackend, blank_half_covered_wide_characters};
use crate::domain::codes::Code;
use crate::platform::EndSignal;
use crate::platform::terminal::{self, TerminalOutput, can_suspend};

mod panic;
pub(crate) mod terminal_modes;

/// Signal or event by which the watcher ended the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A signal, or what the system has in its place.
    Signal(EndSignal),
    /// The terminal went away without a signal.
    HangUp,
}

impl Ending {
    /// The exit status of a program that ends so: 128 and the signal's number; a hang-up counts as SIGHUP.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Signal(signal) => signal.exit_status(),
            Self::HangUp => EndSignal::HangUp.exit_status(),
        }
    }
}

/// Reason why the terminal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output is a file or a pipe.
    #[error("Standard output is no terminal. Without one use: halo-onboard check")]
    None,
    /// `TERM` is `dumb`, empty or not set.
    #[error("{}. Use: halo-onboard check, or --plain", why_dumb(.0.as_deref()))]
    Dumb(Option<String>),
    /// The modes of the terminal cannot be read or set.
    #[error("The terminal cannot be used: {0}. Without one use: halo-onboard check")]
    Modes(#[from] io::Error),
}

impl TerminalError {
    /// Always `local.tty`.
    pub fn code(&self) -> Code {
        Code::LocalTty
    }
}

impl From<TerminalError> for io::Error {
    fn from(error: TerminalError) -> Self {
        Self::other(error)
    }
}

/// A terminal in raw mode on its alternate screen. Leaving, dropping and a panic of the thread that entered restore it.
pub struct Terminal {
    inner: ratatui::Terminal<MinimalBackend<TerminalOutput>>,
    /// Number of continuations of this process when the terminal was last taken.
    continued: u64,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste. Sends no query whose reply it would have to
    /// wait for. Uses no colours if `NO_COLOR` is set.
    ///
    /// # Errors
    /// Standard output is not a terminal, `TERM` is `dumb`, or the modes cannot be set.
    pub fn enter() -> Result<Self, TerminalError> {
        Self::enter_with(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    /// As [`Terminal::enter`], with or without colours.
    ///
    /// # Errors
    /// As [`Terminal::enter`].
    pub fn enter_with(colours: bool) -> Result<Self, TerminalError> {
        check(io::stdout().is_terminal(), std::env::var("TERM").ok().or_else(default_terminal_type))?;
        let backend = MinimalBackend::new(TerminalOutput::stdout()?, Box::new(window_size), colours)?;
        let inner = ratatui::Terminal::new(backend)?;
        panic::guard_this_thread();
        terminal_modes::take()?;
        let mut terminal = Self { inner, continued: signal_watcher::times_continued() };
        terminal.forget();
        Ok(terminal)
    }

    /// Draws one frame: only what changed goes out.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let drawn = self.inner.draw(|frame| {
            view(frame);
            blank_half_covered_wide_characters(frame.buffer_mut());
        });
        drawn.map(|_| ())
    }

    /// The area that the next frame is drawn into.
    ///
    /// # Errors
    /// The terminal cannot be asked for its size.
    pub fn area(&self) -> io::Result<Rect> {
        self.inner.size().map(|size| Rect::from((Position::ORIGIN, size)))
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole: Ctrl-L, and every change of size, because
    /// what a terminal does with the old lines is its own business.
    pub fn forget(&mut self) {
        self.inner.backend_mut().forget();
        // Only notes that the next frame starts with an empty screen; a size that cannot be told shows itself there.
        let _ = self.inner.clear();
    }

    /// Writes an escape sequence that shows nothing (OSC 52, bell) between two frames.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn send(&mut self, sequence: &str) -> io::Result<()> {
        self.inner.backend_mut().writer().write_all(sequence.as_bytes())
    }

    /// Would [`Terminal::suspend`] do anything? Not where no shell could continue this program.
    pub fn can_suspend() -> bool {
        can_suspend()
    }

    /// Restores the terminal and stops this process (Ctrl-Z). Returns after `fg` with the terminal taken again. Does
    /// nothing if no shell could continue the process.
    ///
    /// # Errors
    /// The modes cannot be set again.
    pub fn suspend(&mut self) -> io::Result<()> {
        if !can_suspend() {
            return Ok(());
        }
        terminal_modes::restore();
        signal_watcher::stop_until_continued();
        self.reclaim_modes()
    }

    /// To be called when the watcher says that this process was continued: it may have been stopped from outside, and
    /// the shell has had the terminal in the meantime. Does nothing after [`Terminal::suspend`], which saw to it.
    ///
    /// # Errors
    /// The modes cannot be set again.
    pub fn continued(&mut self) -> io::Result<()> {
        if self.continued == signal_watcher::times_continued() { Ok(()) } else { self.reclaim_modes() }
    }

    /// Restores the terminal while `work` runs, for instance a secret command that asks for a PIN. Nothing else may
    /// read from the terminal in the meantime: drop the keyboard before and create a new one afterwards. Ctrl-C ends
    /// only the child.
    ///
    /// # Errors
    /// The modes cannot be set again.
    pub fn release_while<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.release_terminal();
        let outcome = work();
        self.reclaim_terminal()?;
        Ok(outcome)
    }

    /// As [`Terminal::release_while`], until [`Terminal::reclaim_terminal`].
    pub fn release_terminal(&mut self) {
        terminal_modes::release_to_child();
    }

    /// Takes the terminal back from whom it was handed over to.
    ///
    /// # Errors
    /// The modes cannot be set again.
    pub fn reclaim_terminal(&mut self) -> io::Result<()> {
        self.reclaim_modes()
    }

    fn reclaim_modes(&mut self) -> io::Result<()> {
        terminal_modes::take()?;
        self.continued = signal_watcher::times_continued();
        self.forget();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        terminal_modes::restore();
    }
}

/// The type of a terminal that does not name it in `TERM`.
fn default_terminal_type() -> Option<String> {
    (!terminal::NAMES_ITS_TYPE).then(|| "console".to_owned())
}

fn check(is_terminal: bool, term: Option<String>) -> Result<(), TerminalError> {
    match term.as_deref() {
        _ if !is_terminal => Err(TerminalError::None),
        None | Some("" | "dumb") => Err(TerminalError::Dumb(term)),
        _ => Ok(()),
    }
}

/// The problem with `TERM`.
fn why_dumb(term: Option<&str>) -> &'static str {
    match term {
        None => "TERM is not set: set it to this terminal's type, for example: export TERM=xterm-256color",
        Some("") => "TERM is empty: set it to this terminal's type, for example: export TERM=xterm-256color",
        Some(_) => "This terminal cannot place its cursor (TERM is \"dumb\")",
    }
}

/// The size as the kernel knows it. A serial line knows none: then it is the size of the terminals that had one first.
fn window_size() -> io::Result<WindowSize> {
    let size = terminal::output_size()?;
    let (width, height) = if size.columns == 0 || size.rows == 0 { (80, 24) } else { (size.columns, size.rows) };
    Ok(WindowSize {
        columns_rows: Size { width, height },
        pixels: Size { width: size.pixel_width, height: size.pixel_height },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_that_can_place_its_cursor_is_taken() {
        for (is_terminal, term, says) in [
            (false, Some("xterm"), "no terminal"),
            (true, Some("dumb"), "\"dumb\""),
            (true, Some(""), "TERM is empty"),
            (true, None, "TERM is not set"),
        ] {
            let error = check(is_terminal, term.map(str::to_owned)).expect_err("must be refused");
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(error.code(), Code::LocalTty);
        }
        assert!(check(true, Some("xterm-256color".into())).is_ok());
    }

    #[test]
    fn endings_have_the_exit_status_of_their_signal() {
        for (ending, status) in [
            (Ending::Signal(EndSignal::Terminate), 143),
            (Ending::Signal(EndSignal::Interrupt), 130),
            (Ending::HangUp, 129),
        ] {
            assert_eq!(ending.exit_status(), status);
        }
    }
}
