//! The simulated Halo's names and levels, as a guide wants them.

use halo_onboard::domain::guide::{Guide, NamedObject};
use halo_onboard::domain::permission_levels;
use halo_onboard::sim::FixtureNames;

/// The cast of a guide, put together from its text alone.
pub fn of(guide: &Guide) -> FixtureNames {
    let wanted = permission_levels::wanted_claims(guide);
    // Where a guide does not speak of visibility, the agent may see the tickets of others.
    let visibility = [("l8".into(), "1".into()), ("l9".into(), "1".into())];
    let claims = visibility.into_iter().chain(wanted).collect();
    let named = |object: &NamedObject, otherwise: &str| {
        if object.name.is_empty() { otherwise.to_owned() } else { object.name.clone() }
    };
    FixtureNames {
        agent: named(&guide.agent, "Integration"),
        role: named(&guide.role, "Integration role"),
        application: guide.application.name.clone(),
        scopes: guide.application.scopes.clone(),
        claims,
    }
}
