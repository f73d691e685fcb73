//! The console: its modes, its size, and its files.
//!
//! Text goes through the standard library's standard streams, which exchange UTF-16 with a console: the console's code
//! page does not matter and is not changed.

use std::fs::File;
use std::io::{self, Write};

use crossterm_winapi::{Console, ConsoleMode, Handle, ScreenBuffer};

/// Name of the console's input.
const CONSOLE_INPUT: &str = "CONIN$";
/// A console names its type nowhere: `TERM` is usually not set.
pub const NAMES_ITS_TYPE: bool = false;
/// A console shows UTF-16, whatever the locale.
pub const IS_ALWAYS_UNICODE: bool = true;
/// True if the output understands escape sequences only while the modes of a full screen are set.
pub const LEAVE_NEEDS_MODES: bool = true;

/// Input: Ctrl-C is handled by the system.
const PROCESSED_INPUT: u32 = 0x0001;
/// Input: a read returns whole lines.
const LINE_INPUT: u32 = 0x0002;
/// Input: what is typed is shown.
const ECHO_INPUT: u32 = 0x0004;
/// Input: a change of size is an event.
const WINDOW_INPUT: u32 = 0x0008;
/// Input: the mouse is an event instead of a selection.
const MOUSE_INPUT: u32 = 0x0010;
/// Input: keys are escape sequences.
const VIRTUAL_TERMINAL_INPUT: u32 = 0x0200;
/// Output: line feeds and tabs have their effect.
const PROCESSED_OUTPUT: u32 = 0x0001;
/// Output: escape sequences have their effect.
const VIRTUAL_TERMINAL_PROCESSING: u32 = 0x0004;
/// Output: a line feed does not return to the first column.
const NO_RETURN_AT_LINE_FEED: u32 = 0x0008;

/// The console that is typed on.
#[derive(Debug)]
pub struct InputTerminal(Handle);

impl InputTerminal {
    /// The console of this process, whatever standard input is.
    ///
    /// # Errors
    /// There is no console.
    pub fn open() -> io::Result<Self> {
        Handle::current_in_handle().map(Self)
    }

    /// Always true: consoles have no process groups.
    pub fn is_in_foreground(&self) -> bool {
        true
    }

    /// Discards what was typed and not read yet.
    ///
    /// # Errors
    /// The console has gone away.
    pub fn discard_input(&self) -> io::Result<()> {
        let console = Console::from(self.0.clone());
        while console.number_of_console_input_events()? > 0 {
            console.read_console_input()?;
        }
        Ok(())
    }

    /// False at once: a closed console is reported by [`EndSignals`](super::signals::EndSignals).
    pub fn wait_until_gone(&self) -> bool {
        false
    }
}

/// Opens the console's input, for a process whose standard input is something else.
///
/// # Errors
/// The process has no console.
pub fn controlling_terminal() -> io::Result<File> {
    File::options().read(true).write(true).open(CONSOLE_INPUT)
}

/// The modes of a console's input and output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalModes {
    input: u32,
    output: u32,
}

impl TerminalModes {
    /// Reads the current modes.
    ///
    /// # Errors
    /// The console has gone away.
    pub fn of(terminal: &InputTerminal) -> io::Result<Self> {
        let input = ConsoleMode::from(terminal.0.clone()).mode()?;
        Ok(Self { input, output: output_mode()?.mode()? })
    }

    /// The modes for a full screen: every key is an event, and escape sequences have their effect.
    pub fn raw(&self) -> Self {
        let cooked = PROCESSED_INPUT | LINE_INPUT | ECHO_INPUT | MOUSE_INPUT | VIRTUAL_TERMINAL_INPUT;
        Self {
            input: self.input & !cooked | WINDOW_INPUT,
            output: self.output | PROCESSED_OUTPUT | VIRTUAL_TERMINAL_PROCESSING | NO_RETURN_AT_LINE_FEED,
        }
    }

    /// The modes for a hidden prompt: no echo, and Ctrl-C arrives as a character.
    pub fn without_echo(&self) -> Self {
        Self { input: self.input & !(PROCESSED_INPUT | LINE_INPUT | ECHO_INPUT | VIRTUAL_TERMINAL_INPUT), ..*self }
    }

    /// Sets the modes.
    ///
    /// # Errors
    /// The console has gone away, or it is older than Windows 10 1607 and knows no escape sequences.
    pub fn apply(&self, terminal: &InputTerminal) -> io::Result<()> {
        ConsoleMode::from(terminal.0.clone()).set_mode(self.input)?;
        output_mode()?.set_mode(self.output)
    }

    /// Sets the modes and discards what was typed and not read yet.
    ///
    /// # Errors
    /// The console has gone away.
    pub fn apply_and_discard_input(&self, terminal: &InputTerminal) -> io::Result<()> {
        self.apply(terminal)?;
        terminal.discard_input()
    }
}

fn output_mode() -> io::Result<ConsoleMode> {
    Handle::current_out_handle().map(ConsoleMode::from)
}

/// Makes the console understand escape sequences, for colours, and returns true if it does. The setting stays, as the
/// modern terminals have it from the start.
pub fn understands_escape_sequences() -> bool {
    let set = || {
        let console = output_mode()?;
        console.set_mode(console.mode()? | PROCESSED_OUTPUT | VIRTUAL_TERMINAL_PROCESSING)
    };
    set().is_ok()
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

/// Size of the console's window.
///
/// # Errors
/// There is no console.
pub fn output_size() -> io::Result<TerminalSize> {
    let size = ScreenBuffer::current()?.info()?.terminal_size();
    let cells = |last: i16| u16::try_from(last.saturating_add(1)).unwrap_or_default();
    Ok(TerminalSize { columns: cells(size.width), rows: cells(size.height), ..TerminalSize::default() })
}

/// Always false: Windows has no job control.
pub fn can_suspend() -> bool {
    false
}

/// Standard output as a console. Each write is flushed.
#[derive(Debug)]
pub struct TerminalOutput(());

impl TerminalOutput {
    /// Standard output.
    ///
    /// # Errors
    /// None on this system.
    pub fn stdout() -> io::Result<Self> {
        Ok(Self(()))
    }
}

impl Write for TerminalOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
