//! Options of the network, and the errors in them.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::evidence::ServerAccess;

/// Options of the network. There is no switch that disables the verification of certificates.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// A file of certificates that are trusted besides the platform's: its path and its bytes.
    pub extra_roots: Option<(PathBuf, Vec<u8>)>,
    /// The proxy to use.
    pub proxy: Proxy,
    /// Longest time for one whole exchange. Connecting alone gets at most six seconds of it.
    pub exchange_limit: Duration,
    /// How the network would show the Halo that a simulated one stands for; none for a real server.
    pub simulated_access: Option<ServerAccess>,
}

/// The proxy to use.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// The one that the environment names, if any; hosts on this machine are reached directly.
    #[default]
    FromEnvironment,
    /// None, whatever the environment says: the embedded simulator is on this machine.
    Direct,
    /// This one (`--proxy`), for every host.
    Url(String),
}

/// The address may hold a password, so it is not shown.
impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::FromEnvironment => "FromEnvironment",
            Self::Direct => "Direct",
            Self::Url(_) => "Url([hidden])",
        })
    }
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            extra_roots: None,
            proxy: Proxy::FromEnvironment,
            exchange_limit: Duration::from_secs(15),
            simulated_access: None,
        }
    }
}

/// Reason why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The CA file cannot be used.
    #[error("{path}: {reason}")]
    BadRoots {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
        /// The fix: the command that converts the file, if there is one.
        fix: String,
    },
    /// The proxy's address cannot be used.
    #[error("{0}")]
    BadProxy(String),
}
