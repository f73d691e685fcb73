//! The only speaker of HTTP: discovery, token, identity, endpoints; every failure becomes a code.
//!
//! [`Run::finish`] works in the caller's task: dropping its future abandons every request at once, and no event comes
//! after that.
//!
//! ```text
//! run ─┬─ select     which checks, and what is taken over from an earlier run
//!      ├─ discovery  /api/authinfo: where may the secret go?
//!      ├─ token      the one POST; scopes, OAuth words, id_token
//!      ├─ round      identity and probes at once; one renewal of the token
//!      ├─ end        done, at the limit, or stopped
//!      ├─ journal    events, log, budget ─ hide: no secret leaves
//!      └─ http       one exchange ─ redirects, retries, caps, TLS, proxies
//!           └─ fault failure → code
//! ```
#![expect(
    clippy::result_large_err,
    reason = "a run makes twenty exchanges: the size of their failures does not matter"
)]

mod check_selection;
mod discovery;
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
