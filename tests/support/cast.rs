//! The simulated Halo's names and levels, as a guide wants them.

use halo_onboard::domain::access;
use halo_onboard::domain::guide::{Guide, Witness};
use halo_onboard::sim::Cast;

/// The cast of a guide, put together from its text alone.
pub fn of(guide: &Guide) -> Cast {
    let claims = guide
        .lines()
        .filter_map(|line| {
            let claim = line.claim.clone()?;
            let value = match line.witness {
                Witness::Level => access::scale(&claim)?.by_name(&line.expected)?.value.to_string(),
                _ => "1".into(),
            };
            Some((claim, value))
        })
        .collect();
    Cast {
        agent: guide.agent.name.clone(),
        role: guide.role.name.clone(),
        application: guide.application.name.clone(),
        scopes: guide.application.scopes.clone(),
        claims,
    }
}
