//! Standard input byte by byte, without a buffer that would keep a copy of a secret.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::platform::ByteSource;

/// Standard input.
#[derive(Clone, Copy, Debug)]
pub struct StandardInput(());

impl StandardInput {
    /// Standard input of this process.
    ///
    /// # Errors
    /// None on this system.
    pub fn open() -> io::Result<Self> {
        Ok(Self(()))
    }
}

impl ByteSource for StandardInput {
    fn read_byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0u8; 1];
        let count = rustix::io::retry_on_intr(|| rustix::io::read(io::stdin(), &mut byte))?;
        Ok((count == 1).then_some(byte[0]))
    }

    fn is_ready_within(&mut self, limit: Duration) -> io::Result<bool> {
        let stdin = io::stdin();
        let mut waits = [PollFd::new(&stdin, PollFlags::IN)];
        let limit = Timespec { tv_sec: limit.as_secs().cast_signed(), tv_nsec: limit.subsec_nanos().into() };
        Ok(rustix::io::retry_on_intr(|| poll(&mut waits, Some(&limit)))? > 0)
    }
}
