//! Body of a response that records whether it was sent completely.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::counters;
use super::server::Halo;

/// A request in progress: counted from its arrival until its response is sent or aborted.
pub(super) struct RequestInProgress {
    halo: Arc<Halo>,
    done: bool,
}

impl RequestInProgress {
    pub fn new(halo: &Arc<Halo>) -> Self {
        counters::came_in();
        let mut state = halo.lock();
        state.in_flight += 1;
        state.counters.most_in_flight = state.counters.most_in_flight.max(state.in_flight);
        Self { halo: Arc::clone(halo), done: false }
    }
}

impl Drop for RequestInProgress {
    fn drop(&mut self) {
        counters::went_out();
        let mut state = self.halo.lock();
        state.in_flight -= 1;
        if !self.done {
            state.counters.abandoned += 1;
        }
    }
}

/// Bytes sent in pieces, so that a client that disconnects early is detected.
pub(super) struct TrackedBody {
    rest: Bytes,
    under_way: RequestInProgress,
}

const PIECE: usize = 16 * 1024;

impl TrackedBody {
    pub fn new(bytes: Bytes, mut under_way: RequestInProgress) -> Self {
        under_way.done = bytes.is_empty();
        Self { rest: bytes, under_way }
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let piece = self.rest.len().min(PIECE);
        let data = self.rest.split_to(piece);
        self.under_way.done = self.rest.is_empty();
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
