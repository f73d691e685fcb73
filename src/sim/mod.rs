//! The simulated Halo: a real HTTP server on a loopback port, backed by the state of a tenant. It imports nothing else
//! of this crate, because a simulator that shared types with the client could not detect the client's errors. Used by
//! `session::demo` and the tests.
//!
//! A [`Scenario`] is a [`TenantState`] (what Halo's screens hold), the [`Behaviours`] of the server (where Halo's
//! behaviour differs by version or is not known) and the form that an operator filled in. Path of a request: `server`
//! reads and counts it, `leak_detector` looks for misplaced secrets, `request_handler` routes it, and `token_endpoint`,
//! `identity` and `lists` respond. The behaviour follows docs/halo.md; a field of [`Behaviours`] or a comment marks
//! what is not documented there. A new scenario is a file in `scenarios` and a row of `scenario_catalogue`; a new
//! behaviour is a field of [`Behaviours`], a new fault one of `faults`.

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
mod recorded_server;
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
    Behaviours, BigLists, ClaimsAt, Discovery, DiscoveryMembers, ErrorDetail, ErrorShape, MissingScopeResponse,
    Refusal, ScopeEcho, WrongTenant,
};
pub use counters::{Counters, most_in_flight_of_all};
pub use endpoints::{Endpoint, FaultScope, Resource};
pub use faults::{Faults, Flaky, RateLimit};
pub use fixture_names::{FixtureNames, Form};
pub use generated_rows::CUSTOMER_CANARY;
pub use interceptors::{Intercept, Interceptor};
pub use recorded_server::{RecordedAnswer, RecordedServer};
pub use scenario::{CertificateIssuer, FormText, Network, Scenario, ScenarioError};
pub use server::Simulator;
pub use tenant_state::{
    Agent, Application, AuthMethod, CLIENT_ID, CLIENT_SECRET, Data, LoginType, Role, TENANT, TenantState, UNASSIGNED,
};
