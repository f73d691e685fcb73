//! The only speaker of HTTP: discovery, token, identity, endpoints; every failure becomes a code.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::connection::{Connection, Note};
use crate::domain::event::{Finished, RunEvent};
use crate::domain::evidence::{Asked, Discovery, Evidence, Link};
use crate::domain::guide::Guide;
use crate::secret::Secret;

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// The guide.
    pub guide: Arc<Guide>,
    /// The values as understood.
    pub connection: Connection,
    /// What was cleaned in them.
    pub notes: Vec<Note>,
    /// The client secret.
    pub secret: Secret,
    /// Which checks to run.
    pub selection: Selection,
    /// Evidence of an earlier run: a partial run starts from it.
    pub previous: Option<Evidence>,
}

/// Which checks to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// These, and what they need.
    Only(Vec<String>),
}

/// How to reach the network. There is no switch that turns the verification of certificates off.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// PEM certificates that are trusted besides the platform's, with the file that they came from.
    pub extra_roots: Option<(PathBuf, Vec<u8>)>,
    /// Which proxy to use.
    pub proxy: Proxy,
    /// Longest time for one whole exchange.
    pub exchange_limit: Duration,
}

/// Which proxy to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// The one that the environment names, if any.
    #[default]
    FromEnvironment,
    /// None, whatever the environment says: the embedded simulator is on this machine.
    Direct,
    /// This one (`--proxy`).
    Url(String),
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self { extra_roots: None, proxy: Proxy::FromEnvironment, exchange_limit: Duration::from_secs(15) }
    }
}

/// The one HTTP client: redirects, caps, deadlines and filtering are its policy; nothing else reaches the network.
/// Cheap to clone; clones share one connection pool.
#[derive(Clone, Debug)]
pub struct Http;

/// Why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The CA file cannot be used.
    #[error("{path}: {reason}")]
    BadRoots {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The proxy's address cannot be used.
    #[error("{0}")]
    BadProxy(String),
}

impl Http {
    /// Builds the client. A machine without CA certificates still gets one: plain http works then, and https fails as
    /// `tls.no_roots`.
    ///
    /// # Errors
    /// An unusable CA file or proxy address.
    pub fn new(_options: &NetworkOptions) -> Result<Self, SetupError> {
        Ok(Self)
    }
}

/// One run: its evidence grows while it goes on.
pub struct Run {
    _plan: Plan,
}

impl Run {
    /// Prepares a run; nothing is sent yet. `report` is called from the run's task, in order.
    pub fn new(plan: Plan, _http: Http, _report: impl Fn(RunEvent) + Send + Sync + 'static) -> Self {
        Self { _plan: plan }
    }

    /// Runs to the end. Dropping the future cancels: requests under way are abandoned.
    pub async fn finish(&self) -> Finished {
        unimplemented!("replaced by the engine")
    }

    /// What was seen so far, judged; what was not answered counts as cancelled.
    pub fn interrupted(&self) -> Finished {
        unimplemented!("replaced by the engine")
    }
}

/// Asks `/api/authinfo` alone: no secret is needed or sent. `resource_server` is an origin.
pub async fn discover(_resource_server: &str, _http: &Http) -> (Link, Asked<Discovery>) {
    unimplemented!("replaced by the engine")
}
