//! Permissions: the intersection of the application's scopes and the agent's permissions.

use super::endpoints::{RequiredPermissions, Resource};
use super::tenant_state::{Agent, TenantState};

/// Caller of the API: the agent that a token acts as, with the token's scopes.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub world: &'a TenantState,
    pub agent: &'a Agent,
    pub scopes: &'a [String],
}

/// Visibility of one resource for a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowVisibility {
    /// Nothing: the application lacks the scope.
    ScopeShort,
    /// Nothing: the agent's roles lack the level.
    RoleShort,
    /// Names only.
    Names,
    /// Its own rows.
    Own,
    /// Its own rows and those of the agents it manages.
    Managed,
    /// Whole rows.
    All,
}

impl Caller<'_> {
    /// Returns the highest level of a claim, over all roles of the agent and its own permissions (see docs/halo.md,
    /// "Role claims": roles are combined and the highest level wins).
    pub fn level(&self, claim: &str) -> i64 {
        let own = self.agent.claims.get(claim);
        let of_roles = self
            .world
            .roles()
            .filter(|role| role.members.contains(&self.agent.id))
            .filter_map(|role| role.claims.get(claim));
        own.into_iter().chain(of_roles).map(|value| number(value)).max().unwrap_or(0)
    }

    /// Returns true for an administrator, by the agent's own setting or by the claim `SA`.
    pub fn is_administrator(&self) -> bool {
        self.agent.administrator || self.level("SA") > 0
    }

    /// Returns the state of a switch such as `l9`; an administrator has all switches.
    pub fn has_switch(&self, switch: &str) -> bool {
        self.is_administrator() || self.level(switch) > 0
    }

    /// Returns the visibility of a resource. `apidoc_rules` selects the rules of the API's own description.
    pub fn visibility(&self, resource: Resource, apidoc_rules: bool) -> RowVisibility {
        let mut need = resource.need();
        if !any_covers(self.scopes, need.scope) {
            return RowVisibility::ScopeShort;
        }
        if self.is_administrator() {
            return RowVisibility::All;
        }
        if apidoc_rules {
            need = match resource {
                Resource::ClientContract => RequiredPermissions { reads: 1, ..Resource::Client.need() },
                Resource::Invoice => Resource::Opportunities.need(),
                _ => need,
            };
        }
        let level = self.level(need.claim);
        if level >= need.reads {
            RowVisibility::All
        } else if resource.is_time() && level == 2 {
            RowVisibility::Managed
        } else if resource.is_time() && (level == 1 || apidoc_rules) {
            RowVisibility::Own
        } else if level >= need.answers {
            RowVisibility::Names
        } else {
            RowVisibility::RoleShort
        }
    }
}

fn number(value: &str) -> i64 {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" => 1,
        text => text.parse().unwrap_or(0),
    }
}

/// Returns true if any granted scope includes the required one: `edit:X` includes `read:X`, `all` includes everything,
/// `all:standard` everything but administration (see docs/halo.md, "Scope names").
pub(super) fn any_covers(granted: &[String], needed: &str) -> bool {
    granted.iter().any(|scope| {
        let edits = || scope.strip_prefix("edit:").is_some_and(|what| needed.strip_prefix("read:") == Some(what));
        scope == needed || scope == "all" || (scope == "all:standard" && !needed.starts_with("admin")) || edits()
    })
}

/// Returns true if Halo knows a scope of this name (see docs/halo.md, "Scope names"); others are `invalid_scope` for
/// any application.
pub(super) fn is_known_scope(scope: &str) -> bool {
    const WHOLE: [&str; 15] = [
        "all",
        "all:standard",
        "all:teams",
        "admin",
        "admin:webhooks",
        "read:timesheets",
        "edit:timesheets",
        "editMine:timesheets",
        "access:chat",
        "access:adpasswordreset",
        "openid",
        "email",
        "profile",
        "offline_access",
        "roles",
    ];
    const PAIRS: [&str; 21] = [
        "tickets",
        "calendar",
        "customers",
        "crm",
        "contracts",
        "suppliers",
        "items",
        "projects",
        "sales",
        "quotes",
        "sos",
        "pos",
        "invoices",
        "reporting",
        "software",
        "softwarelicensing",
        "kb",
        "assets",
        "distributionlists",
        "mailcampaign",
        "events",
    ];
    let pair = scope.strip_prefix("read:").or_else(|| scope.strip_prefix("edit:"));
    WHOLE.contains(&scope) || pair.is_some_and(|what| PAIRS.contains(&what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_includes_read_and_all_covers_all() {
        for (granted, needed, covers) in [
            ("edit:tickets", "read:tickets", true),
            ("read:tickets", "edit:tickets", false),
            ("edit:tickets", "read:items", false),
            ("all", "admin", true),
            ("all:standard", "read:invoices", true),
            ("all:standard", "admin:webhooks", false),
            ("all:teams", "read:tickets", false),
            ("editMine:timesheets", "read:timesheets", false),
        ] {
            assert_eq!(any_covers(&[granted.to_owned()], needed), covers, "{granted} for {needed}");
        }
    }

    #[test]
    fn scopes_that_halo_lacks_are_unknown() {
        for scope in ["read:actions", "edit:actions", "read:sites", "read:users", "read:agents", "read:", ""] {
            assert!(!is_known_scope(scope), "{scope}");
        }
        for scope in ["read:sos", "edit:pos", "editMine:timesheets", "all:standard", "offline_access"] {
            assert!(is_known_scope(scope), "{scope}");
        }
    }
}
