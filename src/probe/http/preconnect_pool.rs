//! Connections opened ahead. Over HTTP/1.1 each of the probes needs one of its own; opened while discovery and the
//! token are under way, they cost no round trip later.
//!
//! reqwest cannot open a connection without a request. So a second client, the opener, makes requests whose connector
//! hands each connection to the lot and then fails: the opener never gets a connection and cannot send a byte of HTTP.
//! The first client's connector takes from the lot before it connects itself.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBuf};
use hyper_util::client::legacy::connect::Connection;
use tokio::sync::oneshot;
use tower_layer::Layer;
use tower_service::Service;

use super::connection_timings;
use super::origin_state::OriginStates;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Connecting<C> = Pin<Box<dyn Future<Output = Result<C, BoxError>> + Send>>;

/// Connections that wait for a request, by origin; some of them still being opened.
pub(super) struct PreconnectPool<C>(Mutex<HashMap<String, VecDeque<oneshot::Receiver<C>>>>);

/// The one thing that can be done to a lot without knowing what a connection is.
pub(super) trait ClearIdle: Send + Sync {
    /// Closes the unused connections.
    fn clear(&self);
}

impl<C> Default for PreconnectPool<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C> PreconnectPool<C> {
    fn park(&self, origin: String) -> oneshot::Sender<C> {
        let (sender, receiver) = oneshot::channel();
        self.lock().entry(origin).or_default().push_back(receiver);
        sender
    }

    fn take(&self, origin: &str) -> Option<oneshot::Receiver<C>> {
        self.lock().get_mut(origin)?.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, VecDeque<oneshot::Receiver<C>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Read + Unpin> PreconnectPool<C> {
    /// A connection that the server has not closed meanwhile; those that it has are dropped.
    async fn take_alive(&self, origin: &str) -> Option<C> {
        while let Some(parked) = self.take(origin) {
            if let Ok(mut connection) = parked.await
                && is_alive(&mut connection).await
            {
                return Some(connection);
            }
        }
        None
    }
}

/// Returns false if an unused connection was closed or reset, or if the server sent unrequested bytes.
async fn is_alive<C: Read + Unpin>(connection: &mut C) -> bool {
    let mut byte = [0_u8; 1];
    poll_fn(|context| {
        let mut buffer = ReadBuf::new(&mut byte);
        Poll::Ready(Pin::new(&mut *connection).poll_read(context, buffer.unfilled()).is_pending())
    })
    .await
}

impl<C: Send> ClearIdle for PreconnectPool<C> {
    fn clear(&self) {
        self.lock().clear();
    }
}

/// Error with which the opener's request ends.
#[derive(Debug, thiserror::Error)]
#[error("the connection is kept for later")]
struct ParkedForLater;

/// Role of the client to which a connector belongs.
#[derive(Clone, Copy)]
pub(super) enum ClientRole {
    /// Takes a parked connection, or connects.
    Asks,
    /// Connects and parks.
    Opens,
}

/// Puts a [`Connector`] around reqwest's own.
pub(super) struct ConnectLayer<C> {
    pub role: ClientRole,
    pub lot: Arc<PreconnectPool<C>>,
    pub memory: Arc<OriginStates>,
}

impl<C> Clone for ConnectLayer<C> {
    fn clone(&self) -> Self {
        Self { role: self.role, lot: Arc::clone(&self.lot), memory: Arc::clone(&self.memory) }
    }
}

impl<S, C> Layer<S> for ConnectLayer<C> {
    type Service = Connector<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        Connector { inner, how: self.clone() }
    }
}

/// A connector that notes its phases and knows the lot.
pub(super) struct Connector<S, C> {
    inner: S,
    how: ConnectLayer<C>,
}

impl<S: Clone, C> Clone for Connector<S, C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), how: self.how.clone() }
    }
}

impl<S, R, C> Service<R> for Connector<S, C>
where
    S: Service<R, Response = C, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    R: Send + 'static,
    C: Connection + Read + Unpin + Send + 'static,
{
    type Response = C;
    type Error = BoxError;
    type Future = Connecting<C>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        let Some(phases) = connection_timings::current() else {
            return Box::pin(self.inner.call(destination));
        };
        let how = self.how.clone();
        let mut inner = self.inner.clone();
        Box::pin(async move {
            let parking = match how.role {
                ClientRole::Opens => Some(how.lot.park(phases.origin.clone())),
                ClientRole::Asks => None,
            };
            if let (None, true) = (&parking, phases.takes_parked)
                && let Some(connection) = how.lot.take_alive(&phases.origin).await
            {
                return Ok(connection);
            }
            phases.connect_began();
            let connection = inner.call(destination).await?;
            phases.connected();
            how.memory.opened(&phases.origin, connection.connected().is_negotiated_h2());
            match parking {
                None => Ok(connection),
                Some(sender) => {
                    // Nobody may be left to take it; it is closed then.
                    drop(sender.send(connection));
                    Err(ParkedForLater.into())
                }
            }
        })
    }
}
