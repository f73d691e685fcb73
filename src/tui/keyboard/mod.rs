//! The keyboard: reads the terminal and returns events. Sleeps while there is no input.
//!
//! crossterm's reader is not used, because it treats terminal replies as typing and stops after a paste without an
//! end.

use std::collections::VecDeque;
use std::future::pending;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::sync::mpsc as blocking;
use std::time::Instant;

use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::sleep_until;
use zeroize::{Zeroize as _, Zeroizing};

use super::terminal::terminal_modes;

mod decoder;
mod escape_sequence;
mod paste;
#[cfg(test)]
mod tests;

use decoder::Decoder;

/// Most bytes of one read, and most reads at one time: a flood must not keep the program from drawing.
const READ: usize = 4096;
const READS: usize = 256;

/// The keyboard of the terminal. Dropped, it reads nothing more: the terminal may be lent then.
pub struct Keyboard {
    input: Input,
    waiter: InputWaiter,
    resized: Signal,
}

impl Keyboard {
    /// Starts reading. Must be called inside the runtime.
    ///
    /// # Errors
    /// There is no terminal, or the system provides no thread or signal.
    pub fn new() -> io::Result<Self> {
        let input = Input {
            terminal: terminal_modes::input()?,
            decoder: Decoder::default(),
            events: VecDeque::new(),
            bytes: Zeroizing::new([0; READ]),
        };
        let waiter = InputWaiter::spawn(terminal_modes::input()?)?;
        Ok(Self { input, waiter, resized: signal(SignalKind::window_change())? })
    }

    /// The next event. Nothing is lost when this is not waited for to its end.
    ///
    /// # Errors
    /// The terminal has gone away or cannot be read.
    pub async fn next(&mut self) -> io::Result<Event> {
        loop {
            if let Some(event) = self.waiting() {
                return Ok(event);
            }
            let deadline = self.input.decoder.deadline();
            tokio::select! {
                biased;
                ready = self.waiter.ready.recv() => {
                    ready.ok_or(io::ErrorKind::UnexpectedEof)?;
                    self.input.read()?;
                    self.waiter.wait_again();
                }
                _ = self.resized.recv() => {
                    // How large it is now, the terminal's owner tells.
                    self.input.events.push_back(Event::Resize(0, 0));
                }
                () = until(deadline) => self.input.pause()?,
            }
        }
    }

    /// An event that has come together with the last one.
    pub fn waiting(&mut self) -> Option<Event> {
        self.input.events.pop_front()
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => pending().await,
    }
}

/// State of the input: the decoder and its pending events.
struct Input {
    terminal: OwnedFd,
    decoder: Decoder,
    events: VecDeque<Event>,
    bytes: Zeroizing<[u8; READ]>,
}

impl Input {
    /// Reads what the terminal holds, without waiting.
    fn read(&mut self) -> io::Result<()> {
        for _ in 0..READS {
            let mut asked = [PollFd::new(&self.terminal, PollFlags::IN)];
            if poll(&mut asked, Some(&Timespec::default()))? == 0 {
                return Ok(());
            }
            match rustix::io::read(&self.terminal, &mut self.bytes[..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    self.decoder.feed(&self.bytes[..count], Instant::now(), &mut self.events);
                    self.bytes[..count].zeroize();
                }
                // Somebody who shares the terminal was faster.
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The decoder's deadline has come. The program itself may be late: what lies in the terminal came in time.
    fn pause(&mut self) -> io::Result<()> {
        let deadline = self.decoder.deadline();
        self.read()?;
        if self.decoder.deadline() == deadline {
            self.decoder.expire(&mut self.events);
        }
        Ok(())
    }
}

/// A thread that waits for input, reports it once, and waits again only when requested. It never reads itself.
struct InputWaiter {
    ready: mpsc::Receiver<()>,
    again: blocking::Sender<()>,
    /// Dropping this pipe ends the thread.
    _end: PipeWriter,
}

impl InputWaiter {
    fn spawn(terminal: OwnedFd) -> io::Result<Self> {
        let (ended, end) = io::pipe()?;
        let (tell, ready) = mpsc::channel(1);
        let (again, told) = blocking::channel();
        let wait = move || while wait(&terminal, &ended) && tell.blocking_send(()).is_ok() && told.recv().is_ok() {};
        std::thread::Builder::new().name("keyboard".into()).stack_size(128 * 1024).spawn(wait)?;
        Ok(Self { ready, again, _end: end })
    }

    fn wait_again(&self) {
        // When the thread is gone, `ready` says so.
        let _ = self.again.send(());
    }
}

/// Waits until the terminal has input or has gone away. Returns false if the waiter was dropped.
fn wait(terminal: &OwnedFd, ended: &PipeReader) -> bool {
    loop {
        let mut asked = [PollFd::new(terminal, PollFlags::IN), PollFd::new(ended, PollFlags::empty())];
        match poll(&mut asked, None) {
            Ok(_) if !asked[1].revents().is_empty() => return false,
            Ok(_) => return true,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
