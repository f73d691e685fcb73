//! The agent as which the token acts: `/api/Agent/me`, and its roles if the record only names them.

mod agent_request;
mod parse;
pub(super) use agent_request::{CHECK, ask, read, read_role};
