//! The simulated Halo: a real HTTP server on a loopback port, with a world behind it. It imports nothing of ours: a
//! simulator that shared types with the client could not catch the client's mistakes.

use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The names and levels that the guide in use wants to find: a scenario speaks of "the agent", not of a vendor.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Name of the agent.
    pub agent: String,
    /// Name of the role.
    pub role: String,
    /// Name of the API application.
    pub application: String,
    /// Scopes that the application should have.
    pub scopes: Vec<String>,
    /// Claims that the role should have, as Halo stores them, e.g. `Tx` = `1`.
    pub claims: BTreeMap<String, String>,
}

/// What an operator would have typed.
#[derive(Clone)]
pub struct Form {
    /// Resource Server.
    pub url: String,
    /// Tenant.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
    /// Client Secret: a made-up one, of the simulated Halo alone.
    pub client_secret: String,
}

/// A world with the manners of its server, and the form that goes with it.
#[derive(Clone)]
pub struct Scenario {
    /// Name on the command line.
    pub name: String,
    /// One sentence for the list of scenarios.
    pub title: String,
}

/// Why there is no such scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No scenario of this name; lists those there are.
    #[error("there is no scenario {name:?}; there are: {known}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A scenario file that cannot be read.
    #[error("line {line}, column {column}: {message}")]
    Invalid {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl Scenario {
    /// One of the scenarios that ship.
    ///
    /// # Errors
    /// An unknown name.
    pub fn named(_name: &str, _cast: &Cast) -> Result<Self, ScenarioError> {
        unimplemented!("replaced by the simulator")
    }

    /// Name and title of each scenario that ships, in order of teaching.
    pub fn list() -> Vec<(String, String)> {
        unimplemented!("replaced by the simulator")
    }
}

/// A running simulated Halo; dropping it ends it.
pub struct Simulator;

impl Simulator {
    /// Starts a server on a loopback address (port 0 chooses a free one).
    ///
    /// # Errors
    /// The address is not loopback, or cannot be bound.
    pub async fn start(_scenario: Scenario, _listen: SocketAddr) -> std::io::Result<Self> {
        unimplemented!("replaced by the simulator")
    }

    /// What an operator would type to reach it.
    pub fn form(&self) -> Form {
        unimplemented!("replaced by the simulator")
    }

    /// Puts one part of the world right, as an operator would in Halo's screens; the words of what was done. The parts:
    /// `agent.name`, `agent.api_only`, `agent.default_team`, `role.name`, `role.member`, `role.claim.Tx` (any claim),
    /// `application.auth_method`, `application.login_type`, `application.login_agent`, `application.credentials`,
    /// `application.scopes`, `agent.visibility`, `application.active`, `agent.active`.
    ///
    /// # Errors
    /// No such part.
    pub fn mend(&self, _part: &str) -> Result<String, String> {
        unimplemented!("replaced by the simulator")
    }
}
