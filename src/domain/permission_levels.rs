//! Role claims and their levels, compared by meaning, because the numbers are neither uniform nor ordered.
//!
//! The names and values are from two public Halo SQL reports that translate role claims to the labels of the screen.
//! Halo publishes no such list (see docs/halo.md, "Role claims").

use std::collections::BTreeMap;

use super::guide::{EvidenceSource, Guide, Line};
use ReadLevel::{All, Managed, Names, Nothing, Own};
use WriteLevel as W;

/// Extent of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadLevel {
    /// Nothing.
    Nothing,
    /// Names, or one's own records.
    Names,
    /// One's own records.
    Own,
    /// Those of the agents one manages.
    Managed,
    /// Everything.
    All,
}

/// Extent of changing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteLevel {
    /// Nothing.
    Nothing,
    /// One's own records.
    Own,
    /// Those of the agents one manages.
    Managed,
    /// Everything can be changed.
    Modify,
    /// Everything can be changed and removed.
    Remove,
}

/// One level of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The number in the claim.
    pub value: i64,
    /// Label on Halo's screen.
    pub name: &'static str,
    /// What it allows to read.
    pub read: ReadLevel,
    /// What it allows to change.
    pub write: WriteLevel,
}

/// The levels of one feature.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Short claim name, e.g. `Tx`.
    pub claim: &'static str,
    /// The older long name, where one is known.
    pub long: &'static str,
    /// The feature's name on the screen.
    pub feature: &'static str,
    /// Levels of the feature.
    pub levels: &'static [Level],
}

/// Comparison of a found level with the wanted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelComparison {
    /// Reads less than wanted.
    Below,
    /// The wanted one.
    Equal,
    /// Reads enough, and may do more than wanted.
    Above,
}

const fn level(value: i64, name: &'static str, read: ReadLevel, write: WriteLevel) -> Level {
    Level { value, name, read, write }
}

/// The levels of [`WITH_REMOVE`] but the last.
const PLAIN: &[Level] = WITH_REMOVE.split_at(3).0;
const WITH_NAMES: &[Level] = &[
    level(0, "No Access", Nothing, W::Nothing),
    level(1, "View (Names Only)", Names, W::Nothing),
    level(2, "Read Only", All, W::Nothing),
    level(3, "Read and Modify", All, W::Modify),
];
const WITH_REMOVE: &[Level] = &[
    level(0, "No Access", Nothing, W::Nothing),
    level(1, "Read Only", All, W::Nothing),
    level(2, "Read and Modify", All, W::Modify),
    level(3, "Read, Modify and Remove", All, W::Remove),
];
const TIMESHEETS: &[Level] = &[
    level(0, "No Access", Nothing, W::Nothing),
    level(1, "Read and Modify Own", Own, W::Own),
    level(2, "Read and Modify Managed", Managed, W::Managed),
    level(3, "Read Only (All), Modify Own", All, W::Own),
    level(4, "Read and Modify All", All, W::Modify),
];

const fn scale_of(claim: &'static str, long: &'static str, feature: &'static str, levels: &'static [Level]) -> Scale {
    Scale { claim, long, feature, levels }
}

/// Every feature whose levels are known.
pub const SCALES: &[Scale] = &[
    scale_of("Tx", "Ticket_Level", "Tickets", PLAIN),
    scale_of("Ux", "Customers_Level", "Customer/Clients", WITH_NAMES),
    scale_of("Fx", "", "Users", WITH_NAMES),
    scale_of("Ix", "", "Products/Items", WITH_NAMES),
    scale_of("Ox", "Sales_Level", "Sales", PLAIN),
    scale_of("Qx", "", "Quotations", PLAIN),
    scale_of("Yx", "", "Sales Orders", PLAIN),
    scale_of("Zx", "", "Purchase Orders", PLAIN),
    scale_of("Jx", "", "Billing Details", PLAIN),
    scale_of("Xx", "", "Invoices", WITH_REMOVE),
    scale_of("Cx", "Contract_Level", "Customer Agreements", PLAIN),
    scale_of("Hx", "Timesheets_Level", "Timesheets", TIMESHEETS),
    scale_of("Px", "Project_Level", "Projects", PLAIN),
    scale_of("Rx", "Reporting_Level", "Reporting", PLAIN),
    scale_of("Ax", "Calendar_Level", "Calendar", PLAIN),
    scale_of("Bx", "KB_Level", "Knowledge Base", PLAIN),
    scale_of("Ex", "", "CRM", PLAIN),
    scale_of("Gx", "", "Supplier Contracts", PLAIN),
    scale_of("Lx", "", "Software Licensing", PLAIN),
    scale_of("Sx", "Sup_Lvl", "Suppliers", PLAIN),
    scale_of("Vx", "Serv_Lvl", "Services", PLAIN),
    scale_of("Wx", "Software_Level", "Software", PLAIN),
    scale_of("Dx", "Assets_Level", "Assets", WITH_REMOVE),
];

/// Switches that let an agent change tickets: none of them belongs to a reading role.
pub const WRITING_SWITCHES: &[(&str, &str)] = &[
    ("l6", "Can Add New Tickets"),
    ("l7", "Can Re-Assign Tickets"),
    ("l4", "Can Delete Tickets"),
    ("l5", "Can Edit Actions"),
    ("lf", "Can Edit Closed Tickets"),
    ("l1", "Can Edit Ticket Details"),
    ("le", "Can Edit Tickets not assigned to them"),
    ("lc", "Can Change Ticket Types"),
    ("lm", "Can Export Tickets"),
];

/// Older long names of the two visibility switches.
const LONG_SWITCHES: &[(&str, &str)] =
    &[("l9", "Can_View_Unassigned_Tickets"), ("l8", "Can_View_Tech_Tickets"), ("SA", "Administration")];

/// The scale of a claim, by its short or its long name.
pub fn scale(claim: &str) -> Option<&'static Scale> {
    SCALES
        .iter()
        .find(|scale| scale.claim == claim || (!scale.long.is_empty() && scale.long.eq_ignore_ascii_case(claim)))
}

/// Short name of a claim that may appear under its older long name.
pub fn short_name(claim: &str) -> &str {
    if let Some(scale) = scale(claim) {
        return scale.claim;
    }
    LONG_SWITCHES.iter().find(|(_, long)| long.eq_ignore_ascii_case(claim)).map_or(claim, |(short, _)| short)
}

/// Claims whose meaning is known, though no guide line is read from them: other limits of an agent.
const OTHER_KNOWN: &[&str] = &["Ft", "Fc", "Fa", "Ff", "li", "pi", "A1"];

/// Returns true if the meaning of this claim is known.
pub fn is_known(claim: &str) -> bool {
    let short = short_name(claim);
    scale(short).is_some()
        || WRITING_SWITCHES.iter().chain(LONG_SWITCHES).any(|(name, _)| *name == short)
        || OTHER_KNOWN.contains(&short)
}

/// The known claims, for an error message.
pub fn known_claims() -> String {
    SCALES.iter().map(|scale| scale.claim).collect::<Vec<_>>().join(" ")
}

/// Reads a switch: `1`, `true`, `yes` in any case are on; `0`, `false`, `no` are off; anything else is unknown.
pub fn switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" | "" => Some(false),
        _ => None,
    }
}

/// Other words for a level, on the screens of newer versions and in vendors' guides: claim, words, the level's name here.
/// That they mean the same number is inferred.
const OTHER_WORDS: &[(&str, &str, &str)] = &[
    ("Xx", "Read, Create and Modify", "Read and Modify"),
    ("Xx", "Read, Create, Modify and Delete", "Read, Modify and Remove"),
    ("Dx", "Read, Modify and Delete", "Read, Modify and Remove"),
    ("Hx", "Read and Modify (All)", "Read and Modify All"),
];

impl Scale {
    /// Finds a level by its label.
    pub fn by_name(&self, name: &str) -> Option<&'static Level> {
        let name = name.trim();
        let same = |other: &&(&str, &str, &str)| other.0 == self.claim && other.1.eq_ignore_ascii_case(name);
        let name = OTHER_WORDS.iter().find(same).map_or(name, |other| other.2);
        self.levels.iter().find(|level| level.name.eq_ignore_ascii_case(name))
    }

    /// A level by the number in a claim.
    pub fn by_value(&self, value: &str) -> Option<&'static Level> {
        let value: i64 = value.trim().parse().ok()?;
        self.levels.iter().find(|level| level.value == value)
    }

    /// Labels of all levels, for an error message.
    pub fn names(&self) -> String {
        self.levels.iter().map(|level| format!("{:?}", level.name)).collect::<Vec<_>>().join(", ")
    }
}

impl Level {
    /// Compares this level with the wanted one: first by reading, then by changing.
    pub fn compared_to(&self, wanted: &Level) -> LevelComparison {
        if self.read < wanted.read {
            LevelComparison::Below
        } else if self.value == wanted.value || (self.read == wanted.read && self.write == wanted.write) {
            LevelComparison::Equal
        } else if self.write < wanted.write {
            LevelComparison::Below
        } else {
            LevelComparison::Above
        }
    }

    /// Returns the higher of two levels of one feature. Roles are combined and the highest level wins.
    pub fn greater<'a>(&'a self, other: &'a Level) -> &'a Level {
        if (other.read, other.write) > (self.read, self.write) { other } else { self }
    }
}

/// The claims of a role as the guide wants it, with their values: its levels and its switches.
pub fn wanted_claims(guide: &Guide) -> BTreeMap<String, String> {
    guide.lines().filter_map(wanted_claim).collect()
}

fn wanted_claim(line: &Line) -> Option<(String, String)> {
    let name = line.claim.clone()?;
    let value = match line.witness {
        EvidenceSource::Level => scale(&name)?.by_name(&line.expected)?.value.to_string(),
        _ => u8::from(switch(&line.expected)?).to_string(),
    };
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_guide_wants_these_claims() {
        let claims = wanted_claims(&Guide::built_in());
        let claims: Vec<(&str, &str)> = claims.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let wanted = [
            ("Cx", "1"),
            ("Hx", "3"),
            ("Ix", "2"),
            ("Ox", "1"),
            ("Tx", "1"),
            ("Ux", "2"),
            ("Xx", "1"),
            ("l8", "1"),
            ("l9", "1"),
        ];
        assert_eq!(claims, wanted);
    }

    fn compare(claim: &str, found: &str, wanted: &str) -> LevelComparison {
        let scale = scale(claim).expect("a known claim");
        scale.by_value(found).expect("a known value").compared_to(scale.by_name(wanted).expect("a known level"))
    }

    #[test]
    fn two_means_read_only_for_customers_but_modify_for_tickets() {
        assert_eq!(compare("Ux", "2", "Read Only"), LevelComparison::Equal);
        assert_eq!(compare("Tx", "2", "Read Only"), LevelComparison::Above);
        assert_eq!(compare("Ux", "1", "Read Only"), LevelComparison::Below);
        assert_eq!(compare("Xx", "3", "Read Only"), LevelComparison::Above);
    }

    #[test]
    fn a_level_is_known_by_the_words_of_newer_screens_too() {
        assert_eq!(compare("Xx", "2", "Read, Create and Modify"), LevelComparison::Equal);
        assert_eq!(compare("Xx", "1", "read, create and modify"), LevelComparison::Below);
        assert_eq!(compare("Hx", "4", "Read and Modify (All)"), LevelComparison::Equal);
        assert!(scale("Tx").expect("a claim").by_name("Read, Create and Modify").is_none(), "words of another claim");
    }

    #[test]
    fn timesheet_levels_are_not_a_ladder() {
        let wanted = "Read Only (All), Modify Own";
        assert_eq!(compare("Hx", "1", wanted), LevelComparison::Below);
        assert_eq!(compare("Hx", "2", wanted), LevelComparison::Below, "managed is not all, though it may change more");
        assert_eq!(compare("Hx", "3", wanted), LevelComparison::Equal);
        assert_eq!(compare("Hx", "4", wanted), LevelComparison::Above);
    }

    #[test]
    fn reading_alone_is_below_a_wanted_modify() {
        assert_eq!(compare("Tx", "1", "Read and Modify"), LevelComparison::Below);
        assert_eq!(compare("Xx", "3", "Read and Modify"), LevelComparison::Above);
    }

    #[test]
    fn the_greater_level_is_the_one_that_lets_more_be_read_then_changed() {
        for (claim, greater, lesser) in [("Tx", "2", "1"), ("Tx", "1", "0"), ("Hx", "3", "2"), ("Hx", "4", "3")] {
            let scale = scale(claim).expect("a known claim");
            let (greater, lesser) = (scale.by_value(greater).expect("known"), scale.by_value(lesser).expect("known"));
            assert_eq!(greater.greater(lesser).value, greater.value, "{claim}");
            assert_eq!(lesser.greater(greater).value, greater.value, "{claim}");
        }
    }

    #[test]
    fn what_is_known_is_known_by_either_name() {
        for claim in ["Tx", "Ticket_Level", "l8", "can_view_tech_tickets", "l4", "Ft", "Fc"] {
            assert!(is_known(claim), "{claim}");
        }
        for claim in ["Zz9", "", "T"] {
            assert!(!is_known(claim), "{claim}");
        }
        let known = known_claims();
        assert!(["Tx", "Hx", "Dx"].iter().all(|claim| known.contains(claim)), "{known}");
        let levels = scale("Tx").expect("known").names();
        assert!(levels.contains("\"Read Only\"") && levels.contains("\"No Access\""), "{levels}");
    }

    #[test]
    fn old_long_names_are_the_same_claim() {
        assert_eq!(short_name("Ticket_Level"), "Tx");
        assert_eq!(short_name("can_view_tech_tickets"), "l8");
        assert_eq!(short_name("Zz9"), "Zz9");
    }
}
