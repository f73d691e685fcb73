//! Standard input byte by byte.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::windows::io::AsHandle;
use std::time::Duration;

use crate::platform::ByteSource;

/// Standard input.
#[derive(Debug)]
pub enum StandardInput {
    /// A console: the standard library turns its UTF-16 into UTF-8, through a buffer of its own.
    Console,
    /// A pipe or a file, without a buffer that would keep a copy of a secret.
    File(File),
}

impl StandardInput {
    /// Standard input of this process.
    ///
    /// # Errors
    /// The process has none.
    pub fn open() -> io::Result<Self> {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Ok(Self::Console);
        }
        Ok(Self::File(stdin.as_handle().try_clone_to_owned()?.into()))
    }
}

impl ByteSource for StandardInput {
    fn read_byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        loop {
            let count = match self {
                Self::Console => io::stdin().lock().read(&mut byte),
                Self::File(file) => file.read(&mut byte),
            };
            match count {
                Ok(count) => return Ok((count == 1).then_some(byte[0])),
                // The writer of a pipe has gone.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// True at once: a pipe cannot be asked, so the value of several lines ends with the input.
    fn is_ready_within(&mut self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }
}
