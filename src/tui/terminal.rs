//! The terminal's owner: the one place that changes its modes, and the one that gives it back on every way out.

use std::io::{self, Stdout, stdout};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;

/// Why the watcher ended the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A signal by its number: SIGTERM 15, SIGHUP 1, SIGINT 2, SIGQUIT 3.
    Signal(i32),
    /// The terminal went away without a signal.
    HangUp,
}

/// A terminal in raw mode on its alternate screen. Leaving, dropping and a panic restore it.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Stdout>>,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste. Asks the terminal nothing that it would have to
    /// wait for.
    ///
    /// # Errors
    /// Standard output is no terminal, or its modes cannot be set.
    pub fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
        Ok(Self { inner: ratatui::Terminal::new(CrosstermBackend::new(stdout()))? })
    }

    /// Draws one frame: only what changed goes out.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.inner.draw(view).map(|_| ())
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole (Ctrl-L, after `fg`).
    pub fn forget(&mut self) {
        // A failing clear shows itself at the next draw.
        let _ = self.inner.clear();
    }

    /// Writes an escape sequence that shows nothing (OSC 52, bell) between two frames.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn send(&mut self, sequence: &str) -> io::Result<()> {
        use io::Write;
        stdout().write_all(sequence.as_bytes())?;
        stdout().flush()
    }

    /// Gives the terminal back and stops this process (Ctrl-Z); returns after `fg` with the terminal taken again.
    ///
    /// # Errors
    /// The modes cannot be set again.
    pub fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Gives the terminal back for as long as `work` runs (a secret command may ask for a PIN).
    ///
    /// # Errors
    /// The modes cannot be set again.
    pub fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        Ok(work())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing is left to tell anybody when this fails.
        let _ = execute!(stdout(), DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = disable_raw_mode();
    }
}
