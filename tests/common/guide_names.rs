//! The simulated Halo's names and levels, as a guide wants them.

use halo_onboard::domain::guide::{EvidenceSource, Guide};
use halo_onboard::domain::permission_levels;
use halo_onboard::sim::FixtureNames;

/// The cast of a guide, put together from its text alone.
pub fn of(guide: &Guide) -> FixtureNames {
    let claims = guide
        .lines()
        .filter_map(|line| {
            let claim = line.claim.clone()?;
            let value = match line.witness {
                EvidenceSource::Level => permission_levels::scale(&claim)?.by_name(&line.expected)?.value.to_string(),
                _ => "1".into(),
            };
            Some((claim, value))
        })
        .collect();
    FixtureNames {
        agent: guide.agent.name.clone(),
        role: guide.role.name.clone(),
        application: guide.application.name.clone(),
        scopes: guide.application.scopes.clone(),
        claims,
    }
}
