//! Sockets of the simulated Halo: HTTP/1.1 and HTTP/2 without TLS, on loopback only.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};

use super::behaviours::Behaviours;
use super::counters::Counters;
use super::faults::FaultCounts;
use super::fixture_names::Form;
use super::issued_tokens::IssuedTokens;
use super::leak_detector;
use super::repair;
use super::request::IncomingRequest;
use super::request_handler::{EndpointHost, Origins, Outcome, State};
use super::response::OutgoingResponse;
use super::scenario::Scenario;
use super::task_tracker::TaskTracker;
use super::tenant_state::TenantState;
use super::tracked_body::{RequestInProgress, TrackedBody};

/// Maximum size of a request body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// A running simulated Halo; dropping it stops the server.
pub struct Simulator {
    halo: Arc<Halo>,
    tasks: TaskTracker,
    address: SocketAddr,
}

/// State shared by all connections. The lock is held for at most one response and never across an await.
pub(super) struct Halo(Mutex<State>);

impl Halo {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Simulator {
    /// Starts a server on a loopback address (port 0 selects a free port). It is listening when this returns.
    ///
    /// # Errors
    /// The address is not loopback, or cannot be bound.
    pub async fn start(scenario: Scenario, listen: SocketAddr) -> io::Result<Self> {
        let api = bind(listen).await?;
        let address = api.local_addr()?;
        let free = SocketAddr::new(address.ip(), 0);
        let auth = if scenario.manners.split_auth { Some(bind(free).await?) } else { None };
        let elsewhere = if scenario.manners.faults.redirect.is_empty() { None } else { Some(bind(free).await?) };
        let origins = Origins {
            api: format!("http://{address}"),
            auth: auth.as_ref().map(origin).transpose()?,
            elsewhere: elsewhere.as_ref().map(origin).transpose()?,
        };
        let halo = Arc::new(Halo(Mutex::new(State::new(scenario, origins))));
        let tasks = TaskTracker::default();
        let listeners =
            [(EndpointHost::Api, Some(api)), (EndpointHost::Auth, auth), (EndpointHost::Elsewhere, elsewhere)];
        for (listener, socket) in listeners {
            if let Some(socket) = socket {
                tasks.spawn(accept(Arc::clone(&halo), tasks.clone(), listener, socket));
            }
        }
        Ok(Self { halo, tasks, address })
    }

    /// Returns the address of the resource server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Announces another origin as its own, for a TLS proxy in front of it. The origins of its other listeners do not
    /// change.
    pub fn announce(&self, origin: &str) {
        let origin = origin.trim_end_matches('/');
        let mut halo = self.halo.lock();
        halo.origins.api = origin.to_owned();
        halo.form.url = format!("{origin}{}", halo.manners.path_prefix);
    }

    /// Returns the Authorisation Server as Halo shows it; clients append `/token`.
    pub fn auth_url(&self) -> String {
        self.halo.lock().auth_url()
    }

    /// Returns the values that an operator would type to reach it.
    pub fn form(&self) -> Form {
        self.halo.lock().form.clone()
    }

    /// Returns the current counters.
    pub fn counters(&self) -> Counters {
        self.halo.lock().counters.clone()
    }

    /// Returns every issued token; tests search for them in outputs.
    pub fn tokens(&self) -> Vec<String> {
        self.halo.lock().tokens.texts().map(str::to_owned).collect()
    }

    /// Reads or changes the tenant's state; later requests see the change.
    pub fn update_tenant<R>(&self, change: impl FnOnce(&mut TenantState) -> R) -> R {
        let mut state = self.halo.lock();
        let secret = state.world.application.client_secret.clone();
        let result = change(&mut state.world);
        if state.world.application.client_secret != secret {
            state.old_secrets.push(secret);
        }
        result
    }

    /// Reads or changes the behaviours of the server.
    pub fn update_behaviours<R>(&self, change: impl FnOnce(&mut Behaviours) -> R) -> R {
        change(&mut self.halo.lock().manners)
    }

    /// Repairs one part of the state, as an operator would in Halo's screens, and returns a description of the change.
    /// The parts: `agent.name`, `agent.api_only`, `agent.default_team`, `role.name`, `role.member`, `role.claim.Tx`
    /// (any claim), `application.auth_method`, `application.login_type`, `application.login_agent`,
    /// `application.credentials`, `application.scopes`, `agent.visibility`, `application.active`, `agent.active`;
    /// further `agent.administrator` (the same as `role.claim.SA`), `instance.modules`, `instance.server` (faults end),
    /// `form.url` and `form.tenant` (typed again). An object that does not exist yet is created first.
    ///
    /// # Errors
    /// The part is unknown.
    pub fn repair(&self, part: &str) -> Result<String, String> {
        repair::repair(&mut self.halo.lock(), part)
    }

    /// Breaks one part, as an operator might; parts as for [`Simulator::repair`].
    ///
    /// # Errors
    /// The part is unknown.
    pub fn break_part(&self, part: &str) -> Result<String, String> {
        repair::break_setting(&mut self.halo.lock(), part)
    }

    /// Returns every part that can be repaired, in the order of the guide.
    pub fn parts(&self) -> Vec<String> {
        repair::parts(&self.halo.lock().cast)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.tasks.end();
    }
}

impl State {
    fn new(scenario: Scenario, origins: Origins) -> Self {
        let form = scenario.filled_form(&origins);
        let Scenario { world, manners, cast, .. } = scenario;
        Self {
            world,
            manners,
            cast,
            form,
            origins,
            tokens: IssuedTokens::default(),
            counters: Counters::default(),
            in_flight: 0,
            seen: FaultCounts::default(),
            old_secrets: Vec::new(),
            generated: 0,
        }
    }
}

pub(super) async fn bind(listen: SocketAddr) -> io::Result<TcpListener> {
    if !listen.ip().is_loopback() {
        let message = format!(
            "the simulated Halo listens on this machine alone: {} is not a loopback address; use 127.0.0.1 or [::1]",
            listen.ip()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let explain = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {listen}: {error}"));
    TcpListener::bind(listen).await.map_err(explain)
}

fn origin(listener: &TcpListener) -> io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

async fn accept(halo: Arc<Halo>, tasks: TaskTracker, listener: EndpointHost, socket: TcpListener) {
    loop {
        match socket.accept().await {
            Ok((stream, _)) => {
                halo.lock().counters.connections += 1;
                tasks.spawn(serve(Arc::clone(&halo), tasks.clone(), listener, stream));
            }
            // Out of descriptors, or a connection that is gone already: wait a moment, then go on.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(halo: Arc<Halo>, tasks: TaskTracker, listener: EndpointHost, stream: TcpStream) {
    // Small answers must not wait for each other.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&halo), listener, request));
    // A client may go away at any time: that ends its connection, and is counted where it matters.
    let _ = auto::Builder::new(tasks).serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    halo: Arc<Halo>,
    listener: EndpointHost,
    request: Request<Incoming>,
) -> Result<Response<TrackedBody>, Infallible> {
    let under_way = RequestInProgress::new(&halo);
    halo.lock().counters.count(request.method().as_str(), request.uri().path());
    let Some(call) = read(request).await else {
        return Ok(respond(OutgoingResponse::too_large(), 0, under_way));
    };
    let (target, latency) = {
        let mut state = halo.lock();
        let target = state.target(listener, &call);
        let misplaced = leak_detector::misplaced(&state, listener, &target, &call);
        state.counters.misplaced.extend(misplaced);
        (target, state.manners.faults.latency_ms)
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let (outcome, offset) = {
        let mut state = halo.lock();
        (state.answer(listener, &target, &call), state.manners.faults.clock_offset_s)
    };
    match outcome {
        Outcome::OutgoingResponse(reply) => Ok(respond(reply, offset, under_way)),
        Outcome::Never => std::future::pending().await,
    }
}

/// Reads a complete request; `None` if its body is too large or incomplete.
async fn read(request: Request<Incoming>) -> Option<IncomingRequest> {
    let (head, body) = request.into_parts();
    let body: Bytes = Limited::new(body, BODY_LIMIT).collect().await.ok()?.to_bytes();
    Some(IncomingRequest {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    })
}

fn respond(reply: OutgoingResponse, clock_offset_s: i64, under_way: RequestInProgress) -> Response<TrackedBody> {
    let mut response = Response::new(TrackedBody::new(reply.body, under_way));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if let Some(kind) = reply.content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in reply.headers {
        headers.extend(HeaderValue::try_from(value).map(|value| (name, value)));
    }
    if clock_offset_s != 0 {
        let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(clock_offset_s);
        let text = then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        headers.extend(HeaderValue::try_from(text).map(|value| (DATE, value)));
    }
    response
}
