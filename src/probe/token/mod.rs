//! The token endpoint, the only receiver of the secret.

mod endpoint_fallback;
mod id_token;
mod oauth_error;
mod request_body;
mod scope_by_scope;
mod scope_fallback;
mod token_request;
mod token_response;

pub(super) use self::endpoint_fallback::try_both_token_paths;
pub(super) use self::scope_by_scope::ask_alone;
pub(super) use token_request::{CHECK, Issued, Issuer, read_reply, token_url};
