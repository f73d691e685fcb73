//! The keyboard of a Unix terminal: bytes and escape sequences.
//!
//! crossterm's reader is not used, because it treats terminal replies as typing and stops after a paste without an
//! end.

use std::collections::VecDeque;
use std::future::pending;
use std::io::{self, PipeWriter};
use std::sync::mpsc as blocking;
use std::time::Instant;

use crossterm::event::Event;
use tokio::sync::mpsc;
use tokio::time::sleep_until;
use zeroize::{Zeroize as _, Zeroizing};

use super::decoder::Decoder;
use crate::platform::signals::ResizeSignal;
use crate::platform::terminal::InputTerminal;

/// Most bytes of one read, and most reads at one time: a flood must not keep the program from drawing.
const READ: usize = 4096;
const READS: usize = 256;

/// The keyboard of the terminal. Dropped, it reads nothing more: the terminal may be lent then.
pub struct Keyboard {
    input: Input,
    waiter: InputWaiter,
    resized: ResizeSignal,
}

impl Keyboard {
    /// Starts reading. Must be called inside the runtime.
    ///
    /// # Errors
    /// There is no terminal, or the system provides no thread or signal.
    pub fn new() -> io::Result<Self> {
        let input = Input {
            terminal: InputTerminal::open()?,
            decoder: Decoder::default(),
            events: VecDeque::new(),
            bytes: Zeroizing::new([0; READ]),
        };
        let waiter = InputWaiter::spawn(InputTerminal::open()?)?;
        Ok(Self { input, waiter, resized: ResizeSignal::listen()? })
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
                _ = self.resized.next() => {
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
    terminal: InputTerminal,
    decoder: Decoder,
    events: VecDeque<Event>,
    bytes: Zeroizing<[u8; READ]>,
}

impl Input {
    /// Reads what the terminal holds, without waiting.
    fn read(&mut self) -> io::Result<()> {
        for _ in 0..READS {
            match self.terminal.read_available(&mut self.bytes[..])? {
                None => return Ok(()),
                Some(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some(count) => {
                    self.decoder.feed(&self.bytes[..count], Instant::now(), &mut self.events);
                    self.bytes[..count].zeroize();
                }
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
    fn spawn(terminal: InputTerminal) -> io::Result<Self> {
        let (ended, end) = io::pipe()?;
        let (tell, ready) = mpsc::channel(1);
        let (again, told) = blocking::channel();
        let wait =
            move || while terminal.wait_for_input(&ended) && tell.blocking_send(()).is_ok() && told.recv().is_ok() {};
        std::thread::Builder::new().name("keyboard".into()).stack_size(128 * 1024).spawn(wait)?;
        Ok(Self { ready, again, _end: end })
    }

    fn wait_again(&self) {
        // When the thread is gone, `ready` says so.
        let _ = self.again.send(());
    }
}
