//! Budget of requests for a run, derived from its guide.

use std::collections::BTreeSet;

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
/// Token requests besides the first (`all`) and one for each scope: the guide's list, the granted ones together, the other
/// form of the token URL, and one renewal.
const TOKENS: u32 = 4;

/// Exchanges that can follow one another in a run that finds nothing wrong; its lists are asked beside them.
pub const IN_SEQUENCE: u32 = FIXED + ROLES + ADDRESSES - 1;

/// Requests of a run that finds nothing wrong.
pub fn healthy_run(guide: &Guide) -> u32 {
    FIXED + ROLES + lists(guide)
}

/// Requests of the longest run: every scope is asked for by itself, and everything is asked.
pub fn longest_run(guide: &Guide) -> u32 {
    healthy_run(guide).saturating_add(ADDRESSES - 1).saturating_add(TOKENS).saturating_add(scopes(guide))
}

/// Too much for one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverBudget {
    /// The probe at which it no longer fits, by its id.
    pub at: String,
    /// Why.
    pub why: String,
}

/// Reason why a guide exceeds the budget; `None` if it fits.
pub fn excess(guide: &Guide) -> Option<OverBudget> {
    let (lists, scopes, longest) = (lists(guide), scopes(guide), longest_run(guide));
    let most = HEALTHY_RUN - FIXED - ROLES;
    let asked = || guide.probes.iter().filter(|probe| probe.endpoint.is_some()).map(|probe| probe.id.clone());
    if lists > most {
        let why = format!("{lists} probes with an endpoint are more than one run may ask; at most {most} fit");
        return Some(OverBudget { at: asked().nth(most as usize).unwrap_or_default(), why });
    }
    (longest > ANY_RUN).then(|| OverBudget {
        at: asked().next_back().unwrap_or_default(),
        why: format!(
            "{scopes} scopes and {lists} probes can need {longest} requests in one run; at most {ANY_RUN} fit"
        ),
    })
}

fn lists(guide: &Guide) -> u32 {
    number(guide.probes.iter().filter(|probe| probe.endpoint.is_some()).count())
}

/// The scopes that can be asked for by name: the application's, and those that a probe needs.
fn scopes(guide: &Guide) -> u32 {
    let of_probes = guide.probes.iter().map(|probe| &probe.scope);
    number(guide.application.scopes.iter().chain(of_probes).collect::<BTreeSet<_>>().len())
}

/// Far above every limit where there are more than fit.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Code;
    use crate::domain::codes::explain::explanation;

    #[test]
    fn the_guides_that_ship_fit() {
        let built_in = Guide::built_in();
        assert_eq!((healthy_run(&built_in), longest_run(&built_in), excess(&built_in)), (14, 26, None));
        let second = include_str!("../../examples/guides/scalepad-lifecycle-manager.toml");
        let second = Guide::from_toml(second).expect("the guide that ships");
        assert_eq!(excess(&second), None);
    }

    #[test]
    fn a_scope_that_only_a_probe_names_counts_too() {
        let mut guide = Guide::built_in();
        let before = longest_run(&guide);
        guide.probes[0].scope = "read:something_else".into();
        assert_eq!(longest_run(&guide), before + 1);
    }

    #[test]
    fn the_documents_say_these_numbers() {
        let readme = include_str!("../../README.md");
        let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
        for told in [format!("sends at most {HEALTHY_RUN} requests"), format!("at most {ANY_RUN} requests")] {
            assert!(readme.contains(&told), "README: {told}");
        }
        let guides = include_str!("../../docs/guides.md").split_whitespace().collect::<Vec<_>>().join(" ");
        let lists = HEALTHY_RUN - FIXED - ROLES;
        let both = ANY_RUN - FIXED - ROLES - TOKENS - (ADDRESSES - 1);
        let told = format!("at most {lists} probes with an `endpoint`, and at most {both} of these probes");
        assert!(guides.contains(&told), "docs/guides.md: {told}");
        let limited = explanation(Code::HttpRateLimited).expect("explained");
        assert!(limited.why.contains(&format!("at most {HEALTHY_RUN}")), "{}", limited.why);
    }
}
