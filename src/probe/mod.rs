//! Network access: discovery, token, identity and the list endpoints. Converts every failure to a code.
//!
//! [`Run::finish`] works in the caller's task: dropping its future cancels all requests, and no event follows.
//!
//! ```text
//! run ─┬─ check_selection   the checks to run, and the evidence kept from an earlier run
//!      ├─ discovery         /api/authinfo: the server that may receive the secret
//!      ├─ token             the only POST; scopes, OAuth errors, id_token
//!      ├─ parallel_probes   identity and list probes concurrently; one renewal of the token
//!      ├─ run_end           complete, at the limit, or stopped
//!      ├─ run_log           events, log, request budget ─ redaction: no secret in any output
//!      └─ http              one exchange ─ redirects, retries, caps, TLS, proxies
//!           └─ failure      error of an exchange → code
//! ```
#![expect(
    clippy::result_large_err,
    reason = "a run makes twenty exchanges: the size of their failures does not matter"
)]

mod check_selection;
mod discovery;
mod exchange_capture;
mod failure;
#[doc(hidden)]
pub mod fuzz_targets;
mod http;
mod identity;
mod interceptor;
mod list_probe;
mod log_lines;
mod network_options;
mod parallel_probes;
mod redaction;
pub mod replay;
mod report_builder;
mod response_body;
mod response_errors;
mod row_scanner;
mod run;
mod run_end;
mod run_log;
mod token;
mod working_days;

pub use self::http::{Http, KEPT_OPEN};
pub use self::network_options::{NetworkOptions, Proxy, SetupError};
pub use self::run::{Run, discover, warm_up};
