//! The simulated Halo: a real HTTP server on a loopback port, with a world behind it. It imports nothing of ours: a
//! simulator that shared types with the client could not catch the client's mistakes.
//!
//! A [`Scenario`] is a [`World`] (what Halo's screens hold), the [`Manners`] of the server (where Halo's behaviour differs
//! by version or is not known) and the form that an operator filled in. The way of a request: `server` reads it and
//! counts it, `watch` looks for secrets that went astray, `instance` decides, and `token`, `identity` and `lists`
//! answer. What stands here follows docs/halo.md; where that has no answer, a manner or a comment says so.

mod access;
mod body;
mod call;
mod cast;
mod catalogue;
mod counters;
mod endpoint;
mod faults;
mod identity;
mod instance;
mod interceptors;
mod lists;
mod manners;
mod mend;
mod reply;
mod rows;
mod scenario;
mod server;
mod tasks;
mod token;
mod tokens;
mod watch;
mod words;
mod world;

pub use cast::{Cast, Form};
pub use counters::{Counters, most_in_flight_of_all};
pub use endpoint::{Endpoint, Place, Resource};
pub use faults::{Faults, Flaky, RateLimit};
pub use interceptors::{Intercept, Interceptor};
pub use manners::{
    BigLists, ClaimsAt, Discovery, DiscoveryMembers, ErrorDetail, ErrorShape, Manners, Refusal, ScopeEcho, Ungranted,
    WrongTenant,
};
pub use rows::CUSTOMER_CANARY;
pub use scenario::{FormText, Scenario, ScenarioError};
pub use server::Simulator;
pub use world::{
    Agent, Application, AuthMethod, CLIENT_ID, CLIENT_SECRET, Data, LoginType, Role, TENANT, UNASSIGNED, World,
};
