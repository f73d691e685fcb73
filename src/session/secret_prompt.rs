//! Prompt for the secret on the terminal, without a full screen.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::secret_source::LONGEST;
use crate::platform::ByteSource;
use crate::platform::standard_input::StandardInput;
use crate::platform::terminal::{InputTerminal, TerminalModes};

/// Returns true if a prompt is possible: standard input is a terminal, and the prompt is visible.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The terminal modes to restore while echo is off.
static BEFORE: Mutex<Option<(InputTerminal, TerminalModes)>> = Mutex::new(None);

fn silence() -> io::Result<()> {
    let terminal = InputTerminal::open()?;
    let before = TerminalModes::of(&terminal)?;
    let silent = before.without_echo();
    let mut saved = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    let (terminal, _) = saved.insert((terminal, before));
    silent.apply(terminal)
}

/// Restores the terminal modes, if they were changed, and discards pending input: the rest of a pasted secret must not
/// reach the shell. Also called when a signal ends the program during a prompt.
pub fn restore() {
    if let Some((terminal, before)) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // Nothing is left to tell anybody when this fails.
        let _ = before.apply_and_discard_input(&terminal);
    }
}

/// Prompts for the secret without echo. If there is a reason for the prompt, it is printed first.
///
/// # Errors
/// The terminal cannot be read, Ctrl-C was pressed, or the text is too long.
pub fn ask(reason: Option<&str>) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Silenced before the question stands there: whoever answers at once must not see the answer.
    silence()?;
    let line = put(reason).and_then(|()| type_line());
    restore();
    io::stderr().write_all(b"\n")?;
    line.map(Some)
}

fn put(reason: Option<&str>) -> io::Result<()> {
    let mut err = io::stderr();
    if let Some(reason) = reason {
        writeln!(err, "{reason}")?;
    }
    err.write_all(b"Client Secret (not shown while you type): ")?;
    err.flush()
}

fn type_line() -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut input = StandardInput::open()?;
    while let Some(byte) = input.read_byte()? {
        match byte {
            b'\r' | b'\n' => break,
            0x04 if line.is_empty() => break,                      // Ctrl-D
            0x03 => return Err(io::ErrorKind::Interrupted.into()), // Ctrl-C
            0x08 | 0x7f => pop(&mut line),
            0x15 => line.clear(), // Ctrl-U
            _ if line.len() == LONGEST => return Err(io::Error::other("it is longer than 4 KiB")),
            other => line.push(other),
        }
    }
    Ok(line)
}

/// Removes one character with its UTF-8 continuation bytes.
fn pop(line: &mut Vec<u8>) {
    while let Some(byte) = line.pop() {
        if byte & 0xc0 != 0x80 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn backspace_takes_a_whole_character() {
        let mut line = "aä".as_bytes().to_vec();
        super::pop(&mut line);
        assert_eq!(line, b"a");
        super::pop(&mut line);
        super::pop(&mut line);
        assert!(line.is_empty());
    }
}
