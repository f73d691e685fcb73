//! A source of single bytes, such as standard input.

use std::io;
use std::time::Duration;

/// A source of single bytes.
pub trait ByteSource {
    /// Reads the next byte; `None` at the end of input. Waits if there is none yet.
    ///
    /// # Errors
    /// The source cannot be read.
    fn read_byte(&mut self) -> io::Result<Option<u8>>;

    /// Returns true if a byte or the end of input is available within the time limit, or if the system cannot tell.
    ///
    /// # Errors
    /// The source cannot be read.
    fn is_ready_within(&mut self, limit: Duration) -> io::Result<bool>;
}
