//! The keyboard of a Windows console: key events, read by crossterm.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use crossterm::event::{Event, EventStream};
use futures_util::Stream;

use super::alt_graph::without_alt_graph;

/// Most events that are taken in at one time: a flood must not keep the program from drawing.
const EVENTS: usize = 4096;

/// The keyboard of the console. Dropped, it reads nothing more: the console may be lent then.
pub struct Keyboard {
    stream: EventStream,
    events: VecDeque<Event>,
}

impl Keyboard {
    /// Begins to read.
    ///
    /// # Errors
    /// None on this system: what cannot be read is reported by [`Keyboard::next`].
    pub fn new() -> io::Result<Self> {
        Ok(Self { stream: EventStream::new(), events: VecDeque::new() })
    }

    /// The next event. Nothing is lost when this is not waited for to its end.
    ///
    /// # Errors
    /// The console has gone away or cannot be read.
    pub async fn next(&mut self) -> io::Result<Event> {
        poll_fn(|context| self.poll(context)).await
    }

    /// An event that has come together with the last one.
    pub fn waiting(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Takes in everything that waits, because a paste arrives as one key after the other.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Event>> {
        while self.events.len() < EVENTS {
            match Pin::new(&mut self.stream).poll_next(context) {
                Poll::Ready(Some(Ok(event))) => self.events.push_back(without_alt_graph(event)),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(None) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                Poll::Pending => break,
            }
        }
        self.events.pop_front().map_or(Poll::Pending, |event| Poll::Ready(Ok(event)))
    }
}
