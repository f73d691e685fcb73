//! Details of the connection to an origin, for the evidence.

use jiff::Timestamp;
use url::{Host, Url};

use super::{Http, certificate};
use crate::domain::evidence::ConnectionInfo;

impl Http {
    /// The variable of a proxy that an https server is asked without, because it is for http alone.
    pub(in crate::probe) fn proxy_for_http_alone(&self, server: &Url) -> Option<&str> {
        self.0.proxies.for_http_alone(server)
    }

    /// Details of the connection to a server.
    pub(in crate::probe) fn link(&self, server: &Url) -> ConnectionInfo {
        if let Some(replay) = &self.0.replay {
            return replay.link();
        }
        let known = self.0.memory.known(&server.origin().ascii_serialization());
        let literal = match server.host() {
            Some(Host::Ipv4(address)) => Some(address.to_string()),
            Some(Host::Ipv6(address)) => Some(address.to_string()),
            _ => None,
        };
        ConnectionInfo {
            addresses: literal.map_or(known.addresses, |address| vec![address]),
            proxy: self.0.proxies.shown(server),
            tls_version: known.tls_version,
            http_version: known.http_version,
            certificate: known.certificate.as_deref().and_then(|der| certificate::read(der, Timestamp::now())),
        }
    }
}
