//! The simulated Halo: a real HTTP server on a loopback port, with a world behind it. It imports nothing of ours: a
//! simulator that shared types with the client could not catch the client's mistakes.
//!
//! A [`Scenario`] is a [`TenantState`] (what Halo's screens hold), the [`Behaviours`] of the server (where Halo's behaviour differs
//! by version or is not known) and the form that an operator filled in. The way of a request: `server` reads it and
//! counts it, `watch` looks for secrets that went astray, `instance` decides, and `token`, `identity` and `lists`
//! answer. What stands here follows docs/halo.md; where that has no answer, a manner or a comment says so.

mod behaviours;
mod counters;
mod endpoints;
mod faults;
mod fixture_names;
mod generated_rows;
mod identity;
mod interceptors;
mod issued_tokens;
mod leak_detector;
mod lists;
mod permissions;
mod repair;
mod request;
mod request_handler;
mod response;
mod scenario;
mod scenario_catalogue;
mod screen_names;
mod server;
mod task_tracker;
mod tenant_state;
mod token_endpoint;
mod tracked_body;

pub use behaviours::{
    Behaviours, BigLists, ClaimsAt, Discovery, DiscoveryMembers, ErrorDetail, ErrorShape, Refusal, ScopeEcho,
    Ungranted, WrongTenant,
};
pub use counters::{Counters, most_in_flight_of_all};
pub use endpoints::{Endpoint, Place, Resource};
pub use faults::{Faults, Flaky, RateLimit};
pub use fixture_names::{FixtureNames, Form};
pub use generated_rows::CUSTOMER_CANARY;
pub use interceptors::{Intercept, Interceptor};
pub use scenario::{FormText, Scenario, ScenarioError};
pub use server::Simulator;
pub use tenant_state::{
    Agent, Application, AuthMethod, CLIENT_ID, CLIENT_SECRET, Data, LoginType, Role, TENANT, TenantState, UNASSIGNED,
};
