//! A server that gives recorded answers: each request gets the next answer that was recorded for it, and the last one again
//! and again. What it serves comes from its caller; it knows nothing of Halo.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;

use super::server::bind;
use super::task_tracker::TaskTracker;

/// Maximum size of a request body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// A recorded answer.
#[derive(Clone, Debug)]
pub struct RecordedAnswer {
    /// Method of its request.
    pub method: String,
    /// Path of its request.
    pub path: String,
    /// Scopes that its request asked for, if it was one for a token.
    pub scopes: Option<String>,
    /// Status, headers and body; `None` if the connection is to be closed without an answer.
    pub answer: Option<(u16, Vec<(&'static str, String)>, Vec<u8>)>,
}

type Key = (String, String, Option<String>);
type Answers = Arc<Mutex<HashMap<Key, VecDeque<RecordedAnswer>>>>;

/// A running server; dropping it stops it.
pub struct RecordedServer {
    address: SocketAddr,
    _tasks: TaskTracker,
}

impl RecordedServer {
    /// Starts a server on a loopback address (port 0 selects a free port). `answers` gets its origin.
    ///
    /// # Errors
    /// The address is not loopback, or cannot be bound.
    pub async fn start(listen: SocketAddr, answers: impl FnOnce(&str) -> Vec<RecordedAnswer>) -> io::Result<Self> {
        let socket = bind(listen).await?;
        let address = socket.local_addr()?;
        let mut queues: HashMap<Key, VecDeque<RecordedAnswer>> = HashMap::new();
        for answer in answers(&format!("http://{address}")) {
            let key = (answer.method.clone(), answer.path.clone(), answer.scopes.clone());
            queues.entry(key).or_default().push_back(answer);
        }
        let answers: Answers = Arc::new(Mutex::new(queues));
        let tasks = TaskTracker::default();
        let connections = tasks.clone();
        tasks.spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let answers = Arc::clone(&answers);
                let service = service_fn(move |request| answer(Arc::clone(&answers), request));
                let serving = connections.clone();
                connections.spawn(async move {
                    // A client may go away at any time.
                    let _ = auto::Builder::new(serving).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, _tasks: tasks })
    }

    /// Returns the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn answer(answers: Answers, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let scopes =
        url::form_urlencoded::parse(&body).find(|(name, _)| name == "scope").map(|(_, value)| value.into_owned());
    let key = (head.method.to_string(), head.uri.path().to_owned(), scopes);
    let mut queues = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let next = queues.get_mut(&key).and_then(|queue| match queue.len() {
        0 | 1 => queue.front().cloned(),
        _ => queue.pop_front(),
    });
    drop(queues);
    let mut response = Response::new(Full::default());
    match next.map(|next| next.answer) {
        None => *response.status_mut() = StatusCode::NOT_FOUND,
        Some(None) => return Err(io::Error::other("this request had no answer when it was recorded")),
        Some(Some((status, headers, body))) => {
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            *response.body_mut() = Full::from(body);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
        }
    }
    Ok(response)
}
