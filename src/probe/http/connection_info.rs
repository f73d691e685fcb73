//! Details of the connection to an origin, for the evidence.

use jiff::Timestamp;
use url::{Host, Url};

use super::{Http, certificate};
use crate::domain::evidence::{CertificateTrust, ConnectionInfo, ServerAccess};

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
            access: Some(self.access(server)),
        }
    }

    /// How this machine reached a server. Through a proxy, the addresses are not known: it resolves the name.
    pub(in crate::probe) fn access(&self, server: &Url) -> ServerAccess {
        if let Some(simulated) = &self.0.simulated_access {
            return simulated.clone();
        }
        let origin = server.origin().ascii_serialization();
        if self.0.replay.is_some() {
            return ServerAccess { origin, ..ServerAccess::default() };
        }
        let known = self.0.memory.known(&origin);
        let proxy = self.0.proxies.shown(server);
        let addresses = match proxy {
            Some(_) => Vec::new(),
            None => known.addresses.iter().filter_map(|address| address.parse().ok()).collect(),
        };
        let certificate = known.certificate.as_deref();
        ServerAccess {
            origin,
            addresses,
            proxy,
            trust: certificate.map_or(CertificateTrust::Unknown, |der| self.0.trust.roots.trust_of(der)),
            issuer: certificate
                .and_then(|der| certificate::read(der, Timestamp::now()))
                .map(|found| found.issuer)
                .unwrap_or_default(),
        }
    }

    /// The same of an authorisation server of another origin. The simulated Halo has one access, its resource server's.
    pub(in crate::probe) fn auth_access(&self, auth_origin: &str, resource_server: &str) -> Option<ServerAccess> {
        if self.0.simulated_access.is_some() || auth_origin == resource_server {
            return None;
        }
        Url::parse(auth_origin).ok().map(|origin| self.access(&origin))
    }
}
