//! Halo's features: labels, scopes, and the list that shows whether reading is allowed.

use crate::domain::permission_levels::{self, Level, WriteLevel};

/// A feature of Halo with its level.
pub struct Feature {
    /// Short claim name.
    pub claim: &'static str,
    /// Label on Halo's screen, without "Access Level".
    pub label: &'static str,
    /// Other names for it, in lower case.
    pub other_names: &'static [&'static str],
    /// Second part of the scope, e.g. `tickets`; empty if there is none.
    pub scope: &'static str,
    /// The list to read; `None` if no list shows the feature.
    pub list: Option<FeatureList>,
}

/// A list of the API.
pub struct FeatureList {
    /// Resource name.
    pub endpoint: &'static str,
    /// Member that holds the rows; `None` for a bare array.
    pub member: Option<&'static str>,
    /// The rows, in the plural.
    pub title: &'static str,
    /// True if Halo may answer for a lower level.
    pub weak: bool,
}

const fn list(
    endpoint: &'static str,
    member: Option<&'static str>,
    title: &'static str,
    weak: bool,
) -> Option<FeatureList> {
    Some(FeatureList { endpoint, member, title, weak })
}

const fn feature(
    claim: &'static str,
    label: &'static str,
    other_names: &'static [&'static str],
    scope: &'static str,
    list: Option<FeatureList>,
) -> Feature {
    Feature { claim, label, other_names, scope, list }
}

/// Every feature that a page may name. Sources: docs/halo.md, "Role claims" and "Lists".
pub const FEATURES: &[Feature] = &[
    feature("Tx", "Tickets", &["ticket"], "tickets", list("Tickets", Some("tickets"), "tickets", false)),
    feature(
        "Ux",
        "Customer/Clients",
        &["customers", "customer", "clients", "client"],
        "customers",
        list("Client", Some("clients"), "customers", true),
    ),
    feature("Fx", "Users", &["user", "end users"], "customers", list("Users", Some("users"), "users", true)),
    feature(
        "Ix",
        "Products/Items",
        &["items", "item", "products", "product"],
        "items",
        list("Item", Some("items"), "items", true),
    ),
    feature("Ox", "Sales", &["opportunities"], "sales", list("Opportunities", Some("tickets"), "opportunities", false)),
    feature(
        "Qx",
        "Quotations",
        &["quotes", "quotation"],
        "quotes",
        list("Quotation", Some("quotes"), "quotations", false),
    ),
    feature("Yx", "Sales Orders", &[], "sos", list("SalesOrder", Some("salesorders"), "sales orders", false)),
    feature(
        "Zx",
        "Purchase Orders",
        &[],
        "pos",
        list("PurchaseOrder", Some("purchaseorders"), "purchase orders", false),
    ),
    feature("Xx", "Invoices", &["invoice"], "invoices", list("Invoice", Some("invoices"), "invoices", true)),
    feature(
        "Cx",
        "Customer Agreements",
        &["client contracts", "contracts", "customer agreement", "agreements"],
        "contracts",
        list("ClientContract", Some("contracts"), "customer agreements", true),
    ),
    feature("Hx", "Timesheets", &["timesheet"], "timesheets", list("Timesheet", None, "timesheets", true)),
    feature("Px", "Projects", &["project"], "projects", list("Projects", Some("tickets"), "projects", false)),
    feature("Dx", "Assets", &["asset", "devices"], "assets", list("Asset", Some("assets"), "assets", false)),
    feature("Sx", "Suppliers", &["supplier"], "suppliers", list("Supplier", Some("suppliers"), "suppliers", false)),
    feature(
        "Lx",
        "Software Licensing",
        &["software licences"],
        "softwarelicensing",
        list("SoftwareLicence", Some("licences"), "software licences", false),
    ),
    feature(
        "Ax",
        "Calendars and Appointments",
        &["calendar", "calendars", "appointments"],
        "calendar",
        list("Appointment", None, "appointments", false),
    ),
    feature("Rx", "Reporting", &["reports"], "reporting", None),
    feature("Bx", "Knowledge Base", &[], "kb", None),
    feature("Ex", "CRM", &[], "crm", None),
    feature("Wx", "Software", &[], "software", None),
    feature("Jx", "Billing Details", &[], "", None),
    feature("Gx", "Supplier Contracts", &[], "", None),
    feature("Vx", "Services", &[], "", None),
];

/// The feature of a claim.
pub fn feature_of(claim: &str) -> Option<&'static Feature> {
    FEATURES.iter().find(|feature| feature.claim == claim)
}

impl Feature {
    /// Level with this name.
    pub fn level(&self, name: &str) -> Option<&'static Level> {
        permission_levels::scale(self.claim)?.by_name(name)
    }

    /// Scope that a level needs, as inferred: `edit:` where everything may be changed, else `read:`.
    pub fn scope_for(&self, level: &str) -> Option<String> {
        if self.scope.is_empty() {
            return None;
        }
        let writes = self.level(level)?.write >= WriteLevel::Modify;
        Some(format!("{}:{}", if writes { "edit" } else { "read" }, self.scope))
    }
}

/// Switches of an agent or a role: claim, label on Halo's screen, other labels in lower case.
pub const SWITCHES: &[(&str, &str, &[&str])] = &[
    ("SA", "Is a HaloPSA Administrator", &["is an administrator", "administrator"]),
    ("l6", "Can Add New Tickets", &[]),
    ("lf", "Can Edit Closed Tickets", &[]),
    ("l1", "Can Edit Advanced Ticket Details", &["can edit ticket details"]),
    ("l9", "Can view Unassigned Tickets", &[]),
    (
        "l8",
        "Can view Tickets that are assigned to other Agents",
        &["can view tickets assigned to other agents", "can view other agents' tickets"],
    ),
    ("le", "Can Edit Tickets Which Are Not Assigned To Them", &["can edit tickets not assigned to them"]),
    ("l7", "Can Re-Assign Tickets", &["can reassign tickets"]),
    ("lc", "Can change a Ticket's Ticket Type", &["can change ticket types", "can change ticket type"]),
    ("l4", "Can Delete Tickets", &[]),
    ("Ft", "Allow use of all Ticket Types", &[]),
    ("Fc", "Allow use of all Customers", &["allow use of all clients"]),
    ("Fa", "Allow use of all Asset Types", &[]),
    ("Ff", "Allow use of all Asset Fields", &[]),
];
