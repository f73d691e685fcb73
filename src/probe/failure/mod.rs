//! Converts the failure of one exchange to a code, without knowledge of other exchanges.

mod dns;
mod error_chain;
mod error_classification;
mod http_status;
mod proxy;
mod tls;

pub(super) use self::http_status::{api_status, discovery_status, token_status};
pub(super) use self::proxy::{ConnectAnswer, Protocol, ProxyAnswer, Tunnel};
pub(super) use error_classification::{Circumstances, ExchangeStage, from_error, timed_out, unsupported_encoding};
use error_classification::{name, time};
