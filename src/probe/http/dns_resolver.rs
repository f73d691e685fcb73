//! Name resolution: the system's own resolver, as every other program on this machine uses it, with its time noted.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::connection_timings;

/// Most addresses that are shown of one name.
const SHOWN: usize = 8;

/// The system's resolver.
pub(super) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let phases = connection_timings::current();
        Box::pin(async move {
            if let Some(phases) = &phases {
                phases.dns_began(name.as_str());
            }
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(phases) = &phases {
                phases.dns_ended(shown(&found));
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn shown(found: &[SocketAddr]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for address in found {
        let text = address.ip().to_string();
        if out.len() < SHOWN && !out.contains(&text) {
            out.push(text);
        }
    }
    out
}
