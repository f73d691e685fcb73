//! Addresses: hosts, ports and paths are replaced, so that what is the same stays the same and what kind it is stays to be
//! seen.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::closed_list;
use super::placeholder::{guid_of, id_of};
use crate::domain::host_class::HostClass;

/// Numbers for values, in the order in which they were met.
pub(super) struct Numbers<T>(HashMap<T, u32>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Numbers<T> {
    /// The number of a value: 1 for the first.
    pub fn of(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.0.len() + 1).unwrap_or(u32::MAX);
        *self.0.entry(value).or_insert(next)
    }

    /// How many values were met.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// What was replaced in addresses so far.
#[derive(Default)]
pub(super) struct Addresses {
    hosts: Numbers<String>,
    ports: Numbers<u16>,
    paths: Numbers<String>,
    /// Ids and GUIDs, in paths and in bodies.
    pub ids: Numbers<i64>,
    /// Parts of the addresses that the guide asks: it has them from its own file.
    pub endpoints: Vec<String>,
    pub guids: Numbers<String>,
}

impl Addresses {
    /// How many hosts, ports and paths were replaced.
    pub fn replaced(&self) -> usize {
        self.hosts.len() + self.paths.len()
    }

    /// An address without its query; what a replacement of it looks like is an address again.
    pub fn bare(&mut self, url: &Url) -> String {
        let user = if url.username().is_empty() && url.password().is_none() { "" } else { "user@" };
        let host = self.host(url);
        format!("{}://{user}{host}{}", url.scheme(), self.path(url.path()))
    }

    /// An address; of its query the names that are on the closed list.
    pub fn url(&mut self, url: &Url) -> String {
        let bare = self.bare(url);
        let query = url.query().map(|_| format!("?{}", query_names(url).join("&"))).unwrap_or_default();
        let fragment = url.fragment().map_or("", |_| "#fragment");
        format!("{bare}{query}{fragment}")
    }

    /// An origin.
    pub fn origin(&mut self, url: &Url) -> String {
        format!("{}://{}", url.scheme(), self.host(url))
    }

    /// Host, with the port where it is not the usual one.
    pub fn host(&mut self, url: &Url) -> String {
        let host = match url.host() {
            None => "none.invalid".to_owned(),
            Some(Host::Ipv4(address)) => self.ipv4(address),
            Some(Host::Ipv6(address)) => format!("[{}]", self.ipv6(address)),
            Some(Host::Domain(name)) => self.name(name),
        };
        match url.port() {
            None => host,
            Some(port) => format!("{host}:{}", 8000 + self.ports.of(port)),
        }
    }

    /// A host's name: a domain of the closed list stays.
    fn name(&mut self, name: &str) -> String {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if closed_list::DOMAINS.contains(&name.as_str()) {
            return name;
        }
        let below = closed_list::DOMAINS.iter().find(|domain| name.ends_with(&format!(".{domain}")));
        let domain = match (below, HostClass::of_host(&name)) {
            (Some(domain), _) => format!(".{domain}"),
            (None, HostClass::InternalSuffix(suffix)) => format!(".{suffix}"),
            _ if name.contains('.') => ".example".to_owned(),
            _ => String::new(),
        };
        format!("host-{}{domain}", self.hosts.of(name))
    }

    /// An address of the same kind: loopback, private, link-local, shared (CGNAT), unspecified or public.
    pub fn address(&mut self, text: &str) -> String {
        match (text.parse::<Ipv4Addr>(), text.parse::<Ipv6Addr>()) {
            (Ok(address), _) => self.ipv4(address),
            (_, Ok(address)) => self.ipv6(address),
            _ => "0.0.0.0".to_owned(),
        }
    }

    fn ipv4(&mut self, address: Ipv4Addr) -> String {
        if address.is_loopback() || address.is_unspecified() {
            return if address.is_loopback() { "127.0.0.1".into() } else { "0.0.0.0".into() };
        }
        let number = self.hosts.of(address.to_string()).min(250);
        let [first, second, ..] = address.octets();
        match (first, second) {
            (10, _) | (172, 16..=31) | (192, 168) => format!("10.0.0.{number}"),
            (169, 254) => format!("169.254.1.{number}"),
            (100, 64..=127) => format!("100.64.0.{number}"),
            _ => format!("192.0.2.{number}"),
        }
    }

    fn ipv6(&mut self, address: Ipv6Addr) -> String {
        if let Some(mapped) = address.to_ipv4_mapped() {
            return format!("::ffff:{}", self.ipv4(mapped));
        }
        if address.is_loopback() || address.is_unspecified() {
            return if address.is_loopback() { "::1".into() } else { "::".into() };
        }
        let number = self.hosts.of(address.to_string());
        if address.is_unique_local() {
            format!("fd00::{number:x}")
        } else if address.is_unicast_link_local() {
            format!("fe80::{number:x}")
        } else {
            format!("2001:db8::{number:x}")
        }
    }

    /// A path: parts of the closed list stay, ids and GUIDs get the number that they have in bodies.
    pub fn path(&mut self, path: &str) -> String {
        let parts = path.split('/').take(20).map(|part| match part {
            "" => String::new(),
            part => self.path_part(part),
        });
        parts.collect::<Vec<_>>().join("/")
    }

    fn path_part(&mut self, part: &str) -> String {
        if let Some(known) = closed_list::path_part(part) {
            // As it was sent: letter case can matter to a server.
            return if known == part { known.to_owned() } else { part.to_owned() };
        }
        if self.endpoints.iter().any(|endpoint| endpoint == part) {
            return part.to_owned();
        }
        if let Ok(id) = part.parse::<i64>() {
            return self.id(id).map_or_else(|kept| kept.to_string(), |number| id_of(number).to_string());
        }
        if is_guid(part) {
            return guid_of(self.guids.of(part.to_ascii_lowercase()));
        }
        format!("path-{}", self.paths.of(part.to_owned()))
    }

    /// The number of an id; 1 is Halo's "Unassigned" and stays, and so does what is no id.
    pub fn id(&mut self, id: i64) -> Result<u32, i64> {
        match id {
            ..=0 => Err(0),
            1 => Err(1),
            id => Ok(self.ids.of(id)),
        }
    }
}

/// The names of a query that are on the closed list.
pub(super) fn query_names(url: &Url) -> Vec<String> {
    let names = url.query_pairs().take(40).filter_map(|(name, _)| closed_list::query_name(&name));
    names.map(|name| format!("{name}=")).collect()
}

/// Is this a GUID?
pub(super) fn is_guid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_host_stays_the_same_and_its_kind_is_kept() {
        let mut addresses = Addresses::default();
        for (url, wanted) in [
            ("https://acme.halopsa.com/auth", "https://host-1.halopsa.com/auth"),
            ("https://ACME.halopsa.com/auth/token?tenant=acme&x=1", "https://host-1.halopsa.com/auth/token?tenant="),
            ("https://it.acme.example:8443/psa/api/Roles/37", "https://host-2.example:8001/path-1/api/Roles/1001"),
            ("https://other.example/psa/Roles/37/1", "https://host-3.example/path-1/Roles/1001/1"),
            ("http://127.0.0.9:4711/", "http://127.0.0.1:8002/"),
            ("http://[::1]:4711/", "http://[::1]:8002/"),
            ("https://192.168.7.9/", "https://10.0.0.4/"),
            ("https://[fd12::9]/", "https://[fd00::5]/"),
            ("https://halo/", "https://host-6/"),
            ("https://halo.acme.internal/", "https://host-7.internal/"),
            (
                "https://user:pass@acme.okta.com/x?SAMLRequest=abc#y",
                "https://user@host-8.okta.com/path-2?SAMLRequest=#fragment",
            ),
            ("https://login.microsoftonline.com/", "https://login.microsoftonline.com/"),
            (
                "https://acme.halopsa.com/api/Roles/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
                "https://host-1.halopsa.com/api/Roles/00000000-0000-4000-8000-000000000001",
            ),
        ] {
            let url = Url::parse(url).expect("an address");
            let replaced = addresses.url(&url);
            assert_eq!(replaced, wanted);
            Url::parse(&replaced).expect("an address again");
        }
    }
}
