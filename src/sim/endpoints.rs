//! Endpoints of the simulated Halo: list resources, other endpoints, and the permissions that each requires.

use std::str::FromStr;

use serde::Deserialize;

/// A list resource under `/api/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Resource {
    /// Tickets.
    Tickets,
    /// Customers.
    Client,
    /// Products.
    Item,
    /// Sales opportunities, which Halo stores as tickets.
    Opportunities,
    /// Invoices.
    Invoice,
    /// Customer agreements.
    ClientContract,
    /// Entries of timesheets.
    TimesheetEvent,
    /// Timesheets, one per agent and day.
    Timesheet,
    /// Users of the customers.
    Users,
    /// Assets.
    Asset,
    /// Suppliers.
    Supplier,
    /// Quotations.
    Quotation,
    /// Sales orders.
    SalesOrder,
    /// Purchase orders.
    PurchaseOrder,
    /// Projects, which Halo stores as tickets.
    Projects,
    /// Software licences and subscriptions.
    SoftwareLicence,
    /// Appointments of a day.
    Appointment,
}

/// Permissions that a resource requires: a scope of the application and a level of the role.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequiredPermissions {
    /// Scope, e.g. `read:tickets`.
    pub scope: &'static str,
    /// Claim that holds the level, e.g. `Tx`.
    pub claim: &'static str,
    /// Lowest level that returns complete records.
    pub reads: i64,
    /// Lowest level that returns any data: names only, or the agent's own rows.
    pub answers: i64,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Tickets,
        Self::Client,
        Self::Item,
        Self::Opportunities,
        Self::Invoice,
        Self::ClientContract,
        Self::TimesheetEvent,
        Self::Timesheet,
        Self::Users,
        Self::Asset,
        Self::Supplier,
        Self::Quotation,
        Self::SalesOrder,
        Self::PurchaseOrder,
        Self::Projects,
        Self::SoftwareLicence,
        Self::Appointment,
    ];

    /// Returns the name in the path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tickets => "Tickets",
            Self::Client => "Client",
            Self::Item => "Item",
            Self::Opportunities => "Opportunities",
            Self::Invoice => "Invoice",
            Self::ClientContract => "ClientContract",
            Self::TimesheetEvent => "TimesheetEvent",
            Self::Timesheet => "Timesheet",
            Self::Users => "Users",
            Self::Asset => "Asset",
            Self::Supplier => "Supplier",
            Self::Quotation => "Quotation",
            Self::SalesOrder => "SalesOrder",
            Self::PurchaseOrder => "PurchaseOrder",
            Self::Projects => "Projects",
            Self::SoftwareLicence => "SoftwareLicence",
            Self::Appointment => "Appointment",
        }
    }

    /// Returns the key of the list in the response; `None` if the response is a bare array (see docs/halo.md, "Reply
    /// shapes").
    pub fn list_key(self) -> Option<&'static str> {
        match self {
            Self::Tickets | Self::Opportunities | Self::Projects => Some("tickets"),
            Self::Client => Some("clients"),
            Self::Item => Some("items"),
            Self::Invoice => Some("invoices"),
            Self::ClientContract => Some("contracts"),
            Self::Users => Some("users"),
            Self::Asset => Some("assets"),
            Self::Supplier => Some("suppliers"),
            Self::Quotation => Some("quotes"),
            Self::SalesOrder => Some("salesorders"),
            Self::PurchaseOrder => Some("purchaseorders"),
            Self::SoftwareLicence => Some("licences"),
            Self::TimesheetEvent | Self::Timesheet | Self::Appointment => None,
        }
    }

    /// Returns the required permissions. Levels are not uniform: 2 is "Read Only" for customers and items, 1 for the
    /// others; timesheets return all rows from level 3 (see docs/halo.md, "Role claims"; inferred from two public
    /// reports).
    pub(super) fn need(self) -> RequiredPermissions {
        let need = |scope, claim, reads, answers| RequiredPermissions { scope, claim, reads, answers };
        match self {
            Self::Tickets => need("read:tickets", "Tx", 1, 1),
            Self::Client => need("read:customers", "Ux", 2, 1),
            Self::Item => need("read:items", "Ix", 2, 1),
            Self::Opportunities => need("read:sales", "Ox", 1, 1),
            Self::Invoice => need("read:invoices", "Xx", 1, 1),
            Self::ClientContract => need("read:contracts", "Cx", 1, 1),
            Self::TimesheetEvent | Self::Timesheet => need("read:timesheets", "Hx", 3, 1),
            Self::Users => need("read:customers", "Fx", 2, 1),
            Self::Asset => need("read:assets", "Dx", 1, 1),
            Self::Supplier => need("read:suppliers", "Sx", 1, 1),
            Self::Quotation => need("read:quotes", "Qx", 1, 1),
            Self::SalesOrder => need("read:sos", "Yx", 1, 1),
            Self::PurchaseOrder => need("read:pos", "Zx", 1, 1),
            Self::Projects => need("read:projects", "Px", 1, 1),
            Self::SoftwareLicence => need("read:softwarelicensing", "Lx", 1, 1),
            Self::Appointment => need("read:calendar", "Ax", 1, 1),
        }
    }

    /// Returns true for the two resources whose rows name the agent who spent the time.
    pub(super) fn is_time(self) -> bool {
        matches!(self, Self::TimesheetEvent | Self::Timesheet)
    }

    /// Returns the resource of a name; Halo's names are not case sensitive.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.name().eq_ignore_ascii_case(name))
    }
}

/// An endpoint of the simulated Halo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// Discovery, `/api/authinfo`.
    AuthInfo,
    /// The token endpoint.
    Token,
    /// `/api/Agent/…`.
    Agent,
    /// `/api/Roles` and `/api/Roles/…`.
    Roles,
    /// A list under `/api/`.
    List(Resource),
}

/// Scope of a fault: in TOML `everywhere`, `api` (all but discovery and token), `authinfo`, `token`, `Agent`, `Roles`
/// or the name of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum FaultScope {
    /// Every request, including unknown paths.
    Everywhere,
    /// Every endpoint that takes an access token.
    Api,
    /// One endpoint.
    At(Endpoint),
}

impl FaultScope {
    /// Returns true if this place includes `endpoint` (`None`: an unknown path).
    pub(super) fn covers(self, endpoint: Option<Endpoint>) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Api => {
                matches!(endpoint, Some(Endpoint::Agent | Endpoint::Roles | Endpoint::List(_)))
            }
            Self::At(one) => endpoint == Some(one),
        }
    }
}

impl FromStr for FaultScope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fixed = match text.to_ascii_lowercase().as_str() {
            "everywhere" => Some(Self::Everywhere),
            "api" => Some(Self::Api),
            "authinfo" => Some(Self::At(Endpoint::AuthInfo)),
            "token" => Some(Self::At(Endpoint::Token)),
            "agent" => Some(Self::At(Endpoint::Agent)),
            "roles" => Some(Self::At(Endpoint::Roles)),
            _ => None,
        };
        fixed.or_else(|| Resource::by_name(text).map(|resource| Self::At(Endpoint::List(resource)))).ok_or_else(|| {
            let names = Resource::ALL.map(Resource::name).join(", ");
            format!("no such place {text:?}; there are: everywhere, api, authinfo, token, Agent, Roles, {names}")
        })
    }
}

impl TryFrom<String> for FaultScope {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
