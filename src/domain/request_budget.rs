//! How many requests a run may send, derived from what its guide asks for.

use super::guide::Guide;

/// Most requests of a run that finds nothing wrong: discovery, token, identity, two roles, and one for each list.
pub const HEALTHY_RUN: u32 = 20;
/// Most requests that any run plans; retries, redirects and the repeats after a renewed token come on top of it.
pub const ANY_RUN: u32 = 40;
/// Most roles whose own records are read.
pub const ROLES: u32 = 2;

/// Addresses at which Halo is looked for: below the path that was typed, and at the origin.
pub const ADDRESSES: u32 = 2;

/// Discovery, one token, and the agent's own record.
const FIXED: u32 = 3;
/// Token requests on the way to a token, besides one for each scope: `all`, the guide's list, the granted ones together,
/// the other form of the token URL, and one renewal.
const TOKENS: u32 = 4;

/// Requests of a run that finds nothing wrong.
pub fn healthy_run(guide: &Guide) -> u32 {
    FIXED + ROLES + lists(guide)
}

/// Requests of the longest run: every scope is asked for by itself, and everything is asked.
pub fn longest_run(guide: &Guide) -> u32 {
    let scopes = u32::try_from(guide.application.scopes.len()).unwrap_or(u32::MAX);
    healthy_run(guide).saturating_add(ADDRESSES - 1).saturating_add(TOKENS).saturating_add(scopes)
}

/// Why a guide asks for more than a run may send; `None` when it fits.
pub fn excess(guide: &Guide) -> Option<String> {
    let (lists, scopes) = (lists(guide), guide.application.scopes.len());
    if healthy_run(guide) > HEALTHY_RUN {
        let most = HEALTHY_RUN - FIXED - ROLES;
        return Some(format!("{lists} probes with an endpoint are more than one run may ask; at most {most} fit"));
    }
    (longest_run(guide) > ANY_RUN).then(|| {
        format!(
            "{scopes} scopes and {lists} probes can need {} requests in one run; at most {ANY_RUN} fit",
            longest_run(guide)
        )
    })
}

fn lists(guide: &Guide) -> u32 {
    u32::try_from(guide.probes.iter().filter(|probe| probe.endpoint.is_some()).count()).unwrap_or(u32::MAX - 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_that_ship_fit() {
        let built_in = Guide::built_in();
        assert_eq!((healthy_run(&built_in), longest_run(&built_in), excess(&built_in)), (14, 26, None));
        let second = include_str!("../../examples/guides/scalepad-lifecycle-manager.toml");
        let second = Guide::from_toml(second).expect("the guide that ships");
        assert_eq!(excess(&second), None);
    }
}
