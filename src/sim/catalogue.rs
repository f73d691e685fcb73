//! The scenarios that ship, in order of teaching: first where the values come from, then who signs in, what the role and
//! the application allow, what Halo does not tell, and last what is nobody's mistake in Halo's screens.

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// Name and text of each scenario.
        pub(super) const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("scenarios/", $name, ".toml")))),*];
    };
}

shipped![
    "good",
    "fresh",
    "on-premises",
    "split-host",
    "trial",
    "url-api",
    "wrong-tenant",
    "tenant-mismatch",
    "tenant-missing",
    "wrong-secret",
    "old-client-id",
    "swapped",
    "app-inactive",
    "auth-method",
    "login-type",
    "no-agent",
    "wrong-agent",
    "agent-disabled",
    "not-api-only",
    "default-team",
    "admin",
    "wrong-role",
    "second-role",
    "role-invoices",
    "role-names-only",
    "role-too-high",
    "role-timesheets-own",
    "no-unassigned",
    "no-others",
    "no-team",
    "ticket-types",
    "customers",
    "no-scope",
    "app-invoices",
    "app-edit",
    "app-all",
    "two-faults",
    "no-echo",
    "no-claims",
    "silent",
    "silent-refusal",
    "scope-by-scope",
    "refusals-401",
    "empty-refusals",
    "module-off",
    "token-401",
    "clock-skew",
    "html-200",
    "not-halo",
    "redirect",
    "rate-limit",
    "flaky",
    "server-error",
    "slow",
    "stall",
    "bad-shape",
];
