//! Names of Halo's screens and switches, to describe a repair.

/// Screen of the agents.
pub(super) const AGENTS: &str = "Teams & Agents > Agents";
/// Screen of the roles.
pub(super) const ROLES: &str = "Teams & Agents > Roles";
/// Screen of the API applications.
pub(super) const APPLICATIONS: &str = "HaloPSA API > View Applications";

/// Returns the label of a claim's switch; the claim itself if the label is not known.
pub(super) fn switch(claim: &str) -> String {
    let known = match claim {
        "Tx" => "Tickets Access Level",
        "Ux" => "Customer/Clients Access Level",
        "Ix" => "Products/Items Access Level",
        "Ox" => "Sales Access Level",
        "Xx" => "Invoices Access Level",
        "Cx" => "Customer Agreements Access Level",
        "Hx" => "Timesheets Access Level",
        "l9" => "Can view Unassigned Tickets",
        "l8" => "Can view Tickets that are assigned to other Agents",
        "SA" => "Administrator",
        other => return format!("claim {other}"),
    };
    known.to_owned()
}

/// Returns the label of a level.
pub(super) fn level(claim: &str, value: &str) -> String {
    let words: &[&str] = match claim {
        "Tx" | "Ox" | "Cx" => &["No Access", "Read Only", "Read and Modify"],
        "Xx" => &["No Access", "Read Only", "Read and Modify", "Read, Modify and Remove"],
        "Ux" | "Ix" => &["No Access", "View (Names Only)", "Read Only", "Read and Modify"],
        "Hx" => &[
            "No Access",
            "Read and Modify Own",
            "Read and Modify Managed",
            "Read Only (All), Modify Own",
            "Read and Modify All",
        ],
        "l8" | "l9" | "SA" => return yes_no(matches!(value, "1" | "true")).to_owned(),
        _ => &["No Access"],
    };
    value.parse().ok().and_then(|at: usize| words.get(at)).map_or_else(|| value.to_owned(), |word| (*word).to_owned())
}

/// Returns the label of a switch's state.
pub(super) fn yes_no(on: bool) -> &'static str {
    if on { "Yes" } else { "No" }
}
