//! The only HTTP client. Its policy (redirects, caps, deadlines, trust, proxies) applies to every exchange; there is
//! no other access to the network.

mod ca_file;
mod certificate;
mod connect_events;
mod connection_info;
mod connection_timings;
mod dns_resolver;
mod exchange;
mod get_request;
mod origin_state;
mod preconnect_pool;
mod proxy;
mod proxy_diagnosis;
mod read_body;
mod redirect;
mod request_response;
mod retry;
mod tls;
mod trust_roots;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use url::Url;

use self::connection_timings::Phases;
use self::origin_state::OriginStates;
use self::preconnect_pool::{ClearIdle, ClientRole, ConnectLayer, PreconnectPool};
use self::proxy::Proxies;
use self::trust_roots::Roots;
use super::replay::ReplayTransport;
use super::{NetworkOptions, Proxy, SetupError};
use crate::domain::connection::is_loopback;
use crate::domain::evidence::ServerAccess;
use crate::domain::guide::Guide;
use crate::recording::Recording;

pub(super) use self::certificate::rfc3339;
pub use self::origin_state::KEPT_OPEN;
pub(super) use self::request_response::{Bearer, HttpFailure, HttpRequest, HttpResponse, RequestKind, ServerHeaders};
pub(super) use self::retry::{http_date, retry_after};

/// Longest time for name resolution, TCP and TLS together.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(6);

/// The one HTTP client: redirects, caps, deadlines and filtering are its policy; nothing else reaches the network.
/// Cheap to clone; clones share one connection pool.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

struct Inner {
    client: reqwest::Client,
    opener: reqwest::Client,
    lot: Arc<dyn ClearIdle>,
    memory: Arc<OriginStates>,
    trust: Trust,
    proxies: Proxies,
    simulated_access: Option<ServerAccess>,
    exchange_limit: Duration,
    connect_limit: Duration,
    /// The recorded answers of a replay: nothing is sent then.
    replay: Option<ReplayTransport>,
}

/// Trusted certificates. Reading those of this machine is the only expensive part of a client.
#[derive(Clone)]
struct Trust {
    tls: rustls::ClientConfig,
    roots: Arc<Roots>,
}

/// Settings of a client besides whom it trusts and which proxies it uses.
struct ClientSettings {
    exchange_limit: Duration,
    replay: Option<ReplayTransport>,
    simulated_access: Option<ServerAccess>,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("exchange_limit", &self.0.exchange_limit).finish_non_exhaustive()
    }
}

impl Http {
    /// Builds the client. A machine without CA certificates still gets one: plain http works then, and https fails as
    /// `tls.no_roots`.
    ///
    /// # Errors
    /// An unusable CA file or proxy address.
    pub fn new(options: &NetworkOptions) -> Result<Self, SetupError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = Arc::new(Roots::new(options, provider)?);
        let tls = tls::config(&roots);
        let proxies = Proxies::new(&options.proxy, |name| std::env::var(name).ok())?;
        let simulated_access = options.simulated_access.clone();
        let settings = ClientSettings { exchange_limit: options.exchange_limit, replay: None, simulated_access };
        Self::with(Trust { tls, roots }, proxies, settings)
    }

    /// A client that sends nothing: every request gets its answer from the recording.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn replaying(recording: &Recording, guide: &Guide) -> Result<Self, SetupError> {
        let options = NetworkOptions { proxy: Proxy::Direct, ..NetworkOptions::default() };
        let roots = Arc::new(Roots::new(&options, Arc::new(rustls::crypto::ring::default_provider()))?);
        let tls = tls::config(&roots);
        let proxies = Proxies::new(&options.proxy, |_| None)?;
        let replay = ReplayTransport::new(recording, guide);
        let settings =
            ClientSettings { exchange_limit: options.exchange_limit, replay: Some(replay), simulated_access: None };
        Self::with(Trust { tls, roots }, proxies, settings)
    }

    /// The recorded answers, if this is a replay.
    pub(in crate::probe) fn replay(&self) -> Option<&ReplayTransport> {
        self.0.replay.as_ref()
    }

    /// Requests of a replay for which its recording has no answer.
    pub fn unrecorded(&self) -> Vec<String> {
        self.0.replay.as_ref().map(ReplayTransport::missing).unwrap_or_default()
    }

    /// Limit of one whole exchange.
    pub(in crate::probe) fn exchange_limit(&self) -> Duration {
        self.0.exchange_limit
    }

    /// The same policy and the same trust, with connections of its own: they close when the last clone of it goes.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn fresh(&self) -> Result<Self, SetupError> {
        let Inner { trust, proxies, simulated_access, exchange_limit, .. } = &*self.0;
        let simulated_access = simulated_access.clone();
        let settings = ClientSettings { exchange_limit: *exchange_limit, replay: None, simulated_access };
        Self::with(trust.clone(), proxies.clone(), settings)
    }

    fn with(trust: Trust, proxies: Proxies, settings: ClientSettings) -> Result<Self, SetupError> {
        let ClientSettings { exchange_limit, replay, simulated_access } = settings;
        let memory = Arc::new(OriginStates::default());
        let lot = Arc::new(PreconnectPool::default());
        let connect_limit = CONNECT_LIMIT.min(exchange_limit);
        let build = |role| {
            let layer = ConnectLayer { role, lot: Arc::clone(&lot), memory: Arc::clone(&memory) };
            builder(trust.tls.clone(), proxies.clone(), connect_limit).connector_layer(layer).build()
        };
        let (client, opener) = match (build(ClientRole::Asks), build(ClientRole::Opens)) {
            (Ok(client), Ok(opener)) => (client, opener),
            // The proxy's address is the one thing of the operator's that goes into it.
            _ => return Err(SetupError::BadProxy("the HTTP client cannot use this proxy's address".into())),
        };
        Ok(Self(Arc::new(Inner {
            client,
            opener,
            lot,
            memory,
            trust,
            proxies,
            simulated_access,
            exchange_limit,
            connect_limit,
            replay,
        })))
    }

    /// Opens connections ahead, so that `wanted` are there in all, once the first one shows that it is HTTP/1.1: over
    /// HTTP/2 one carries everything.
    pub(super) async fn open_ahead(&self, origin: &Url, wanted: usize) {
        let name = origin.origin().ascii_serialization();
        if self.0.memory.protocol(&name).await {
            return;
        }
        let missing = wanted.saturating_sub(self.0.memory.open(&name));
        let open =
            || connection_timings::noted(Phases::new(name.clone(), false), self.0.opener.get(origin.clone()).send());
        // Each ends with an error by design (see `lot`); a connection that cannot be opened is opened later, or not.
        join_all((0..missing).map(|_| open())).await;
    }

    /// True when what is sent there cannot be read on the way: https, or plain http that does not leave this machine.
    pub(super) fn is_private(&self, url: &Url) -> bool {
        let stays_here = || is_loopback(url) && self.0.proxies.address(url).is_none_or(|proxy| is_loopback(&proxy));
        url.scheme() == "https" || (url.scheme() == "http" && stays_here())
    }

    /// True for clones of one client.
    #[cfg(test)]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Closes the connections that were opened ahead and not used.
    pub(super) fn close_ahead(&self) {
        self.0.lot.clear();
    }
}

fn builder(tls: rustls::ClientConfig, proxies: Proxies, connect_limit: Duration) -> reqwest::ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .tls_info(true)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(connect_limit)
        .pool_idle_timeout(KEPT_OPEN)
        .dns_resolver(dns_resolver::SystemResolver)
        // The environment is read in `proxy`, which can name what it found.
        .no_proxy()
        .proxy(reqwest::Proxy::custom(move |target| proxies.address(target)))
}
