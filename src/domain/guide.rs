//! The guide: steps, facts, wanted access and probes, read from TOML. Vendors are data.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::check_list::FIXED_CHECKS;
use super::{permission_levels, request_budget};

/// The guide that is built in.
pub const BUILT_IN: &str = include_str!("../guides/laborcast.toml");

/// A whole guide.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// Version of the file format; 1.
    pub format: u32,
    /// Short name, as in reports.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// The product that is connected to Halo.
    pub vendor: String,
    /// Where the four values are entered in the vendor's product.
    pub form: String,
    /// The vendor's own button that tests the connection; empty when the source names none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub test_button: String,
    /// Where the guide comes from, in words.
    pub source: String,
    /// The pages that the guide follows.
    #[serde(default, rename = "page", skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Page>,
    /// The day on which the pages were read, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub read_on: String,
    /// The agent to be made; without a name where the source leaves it to the operator.
    #[serde(default, skip_serializing_if = "NamedObject::is_unnamed")]
    pub agent: NamedObject,
    /// The role to be made; without a name where the source asks for none.
    #[serde(default, skip_serializing_if = "NamedObject::is_unnamed")]
    pub role: NamedObject,
    /// The API application to be made.
    pub application: Application,
    /// Paths through Halo's screens.
    pub screens: Screens,
    /// What is known of the vendor's servers, which connect to Halo by themselves.
    #[serde(default)]
    pub vendor_side: VendorSide,
    /// The steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// The probes, in order of display.
    #[serde(default, rename = "probe")]
    pub probes: Vec<Probe>,
}

/// A public page that a guide follows.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The page's own title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// Whether the source says a thing, or whoever wrote the guide concluded it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The source says it.
    #[default]
    Stated,
    /// It follows from something else that the source says, or from how Halo works.
    Inferred,
}

impl Basis {
    /// True for what the source says.
    pub fn is_stated(&self) -> bool {
        *self == Self::Stated
    }
}

/// Something in Halo that the guide may name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NamedObject {
    /// Its name in Halo; empty when any will do.
    pub name: String,
}

impl NamedObject {
    /// True when the guide leaves the name to the operator.
    pub fn is_unnamed(&self) -> bool {
        self.name.trim().is_empty()
    }
}

/// The API application.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its name in Halo.
    pub name: String,
    /// Scopes to tick on its Permissions tab.
    pub scopes: Vec<String>,
    /// What is to be known about the list, e.g. that it is inferred.
    #[serde(default)]
    pub scopes_note: String,
    /// Whether the source lists the scopes.
    #[serde(default, skip_serializing_if = "Basis::is_stated")]
    pub scopes_basis: Basis,
}

/// Paths through Halo's screens, each a list of what to click.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Screens {
    /// List of agents.
    pub agents: Vec<String>,
    /// List of roles.
    pub roles: Vec<String>,
    /// The page with API Details.
    pub api: Vec<String>,
    /// List of API applications.
    pub applications: Vec<String>,
}

/// What is known of the vendor's servers, which connect to Halo by themselves.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VendorSide {
    /// Whether they ask `/api/authinfo` for the authorisation server and the tenant.
    #[serde(default)]
    pub uses_discovery: UsesDiscovery,
    /// Address of the vendor's page that lists the IP addresses they connect from; empty when none is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub addresses: String,
}

/// Whether the vendor's servers ask `/api/authinfo`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UsesDiscovery {
    /// They do.
    Yes,
    /// They derive the authorisation server from the Resource Server.
    No,
    /// Not known.
    #[default]
    Unknown,
}

/// Which of the [`Screens`] a step works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screen {
    /// List of agents.
    Agents,
    /// List of roles.
    Roles,
    /// The page with API Details.
    Api,
    /// List of API applications.
    Applications,
}

/// One step of the guide: one object to make in Halo.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// One letter.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// The screen it is done on.
    pub screen: Screen,
    /// What to press first.
    #[serde(default)]
    pub open: String,
    /// What to press last.
    #[serde(default)]
    pub then: String,
    /// What operators trip over here.
    #[serde(default)]
    pub hint: String,
    /// The lines to fill in.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

/// One line of the guide: a fact that will be true when the operator has done it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Number of the fact, e.g. `B3`.
    pub fact: String,
    /// The label on Halo's screen.
    pub label: String,
    /// The value that it must have.
    pub expected: String,
    /// What can witness it.
    pub witness: EvidenceSource,
    /// The role claim that holds it, for levels and switches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// Other labels seen on Halo's screens for the same thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What of the resource server's address the vendor's form wants, where it wants another part than the origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<AddressPart>,
    /// Whether the source says this line.
    #[serde(default, skip_serializing_if = "Basis::is_stated")]
    pub basis: Basis,
}

/// What a field of the vendor's form wants of Halo's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressPart {
    /// The resource server with `/api` at its end.
    Api,
    /// The host name alone.
    Host,
    /// The host name up to its first dot.
    HostName,
    /// The authorisation server.
    AuthorisationServer,
}

/// What can witness a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceSource {
    /// Only a person can.
    Operator,
    /// The agent's name in the id_token or in `/Agent/me`.
    AgentName,
    /// `isapiagent` in `/Agent/me`.
    ApiOnly,
    /// The agent's team in `/Agent/me` (weak).
    DefaultTeam,
    /// A role of this name among the agent's roles.
    RoleName,
    /// The same role, seen from the agent.
    RoleMember,
    /// The claim of a feature level, and the probes of that fact.
    Level,
    /// The claim of a switch, which no probe can show.
    Switch,
    /// The claim, or a visible unassigned ticket.
    UnassignedVisible,
    /// The claim, or a visible ticket of another agent.
    OthersVisible,
    /// `/api/authinfo`.
    ApiDetails,
    /// The token endpoint accepts client credentials.
    AuthMethod,
    /// The token acts as an agent.
    LoginType,
    /// The token acts as the wanted agent.
    LoginAgent,
    /// The token endpoint accepts id and secret.
    Credentials,
    /// The scope echo, or a token for each scope.
    Scopes,
    /// The value for the vendor's form: the resource server.
    FormUrl,
    /// The value for the vendor's form: the tenant.
    FormTenant,
    /// The value for the vendor's form: the client id.
    FormClientId,
    /// The value for the vendor's form: the secret.
    FormSecret,
}

/// One read-only request that shows whether a permission is effective.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Short name, unique; also the check's id.
    pub id: String,
    /// What is read, in the plural: `invoices`.
    pub title: String,
    /// Halo's resource name, e.g. `Invoice`; none when the probe only looks at another probe's rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The query; `{day}` and `{next_day}` become dates.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// The member that holds the rows; none when the answer is a bare array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The scope that it needs.
    pub scope: String,
    /// The fact that it witnesses.
    pub fact: String,
    /// Which rows must be visible; any row when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sees: Option<TicketVisibility>,
    /// True when an answer does not prove the level: Halo may answer for less than the guide wants.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weak: bool,
    /// The probe whose rows are looked at instead of asking again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_of: Option<String>,
}

/// Which rows a visibility probe looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TicketVisibility {
    /// Tickets of agent 1, Halo's "Unassigned".
    Unassigned,
    /// Tickets of an agent that is neither "Unassigned" nor the one that is signed in.
    Others,
}

/// Why a guide could not be read, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct GuideError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl GuideError {
    fn at(text: &str, span: Option<Range<usize>>, message: impl Into<String>) -> Self {
        let (line, column) = line_and_column(text, span.map_or(0, |span| span.start));
        Self { line, column, message: message.into() }
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset.
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let head = text.get(..offset).unwrap_or(text);
    let line = head.matches('\n').count() + 1;
    let column = head.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

impl Guide {
    /// The guide that is built in.
    ///
    /// # Panics
    /// Never in a program that passed its tests: one of them reads this guide.
    pub fn built_in() -> Self {
        match Self::from_toml(BUILT_IN) {
            Ok(guide) => guide,
            Err(error) => unreachable!("the built-in guide is broken at {error}"),
        }
    }

    /// Reads a guide.
    ///
    /// # Errors
    /// The first thing that is wrong, with line and column.
    pub fn from_toml(text: &str) -> Result<Self, GuideError> {
        let guide: Self = toml::from_str(text)
            .map_err(|error| GuideError::at(text, error.span(), error.message().trim().to_owned()))?;
        match fault(&guide) {
            None => Ok(guide),
            Some((value, message)) => Err(GuideError::at(text, place_of(text, &value), message)),
        }
    }

    /// The agent's name, or what to call an agent that the guide does not name.
    pub fn agent_name(&self) -> String {
        if self.agent.is_unnamed() { format!("the agent for {}", self.vendor) } else { self.agent.name.clone() }
    }

    /// Does a line ask that the agent is an administrator?
    pub fn wants_administrator(&self) -> bool {
        let wanted = |line: &Line| permission_levels::switch(&line.expected) == Some(true);
        self.lines().any(|line| line.claim.as_deref() == Some("SA") && wanted(line))
    }

    /// Every line of every step.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.steps.iter().flat_map(|step| &step.lines)
    }

    /// The line of a fact.
    pub fn line(&self, fact: &str) -> Option<&Line> {
        self.lines().find(|line| line.fact == fact)
    }

    /// The step that a fact belongs to.
    pub fn step_of(&self, fact: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.lines.iter().any(|line| line.fact == fact))
    }

    /// Facts with this witness, in order.
    pub fn facts_with(&self, witness: EvidenceSource) -> Vec<String> {
        self.lines().filter(|line| line.witness == witness).map(|line| line.fact.clone()).collect()
    }

    /// A probe by its id.
    pub fn probe(&self, id: &str) -> Option<&Probe> {
        self.probes.iter().find(|probe| probe.id == id)
    }

    /// The clicks that lead to a screen.
    pub fn screen(&self, screen: Screen) -> &[String] {
        match screen {
            Screen::Agents => &self.screens.agents,
            Screen::Roles => &self.screens.roles,
            Screen::Api => &self.screens.api,
            Screen::Applications => &self.screens.applications,
        }
    }

    /// The clicks that lead to a fact's line, as one text.
    pub fn path_to(&self, fact: &str) -> String {
        self.step_of(fact).map(|step| self.screen(step.screen).join(" > ")).unwrap_or_default()
    }
}

/// The first thing that the format cannot rule out by itself: the value at fault and what is wrong with it.
fn fault(guide: &Guide) -> Option<(String, String)> {
    if guide.format != 1 {
        return Some((
            guide.format.to_string(),
            format!("format {} is not known; this program reads format 1", guide.format),
        ));
    }
    let addresses = &guide.vendor_side.addresses;
    if !addresses.is_empty() && !is_https_url(addresses) {
        return Some((addresses.clone(), format!("{addresses:?} is no https address of a page")));
    }
    let mut facts = BTreeSet::new();
    for line in guide.lines() {
        if let Some(wrong) = unnamed_fault(guide, line) {
            return Some(wrong);
        }
        if let Some(wrong) = id_fault("fact", &line.fact) {
            return Some(wrong);
        }
        if !facts.insert(line.fact.as_str()) {
            return Some((line.fact.clone(), format!("fact {} stands twice", line.fact)));
        }
        if let Some(wrong) = line_fault(line) {
            return Some(wrong);
        }
    }
    let mut ids = BTreeSet::new();
    for probe in &guide.probes {
        if let Some(wrong) = id_fault("probe", &probe.id) {
            return Some(wrong);
        }
        if !ids.insert(probe.id.as_str()) {
            return Some((probe.id.clone(), format!("probe {} stands twice", probe.id)));
        }
        if !facts.contains(probe.fact.as_str()) {
            return Some((
                probe.fact.clone(),
                format!("probe {} names fact {}, which no line has", probe.id, probe.fact),
            ));
        }
        if let Some(wrong) = probe_fault(guide, probe) {
            return Some(wrong);
        }
    }
    request_budget::excess(guide).map(|excess| (excess.at, excess.why))
}

/// A line that compares a name which the guide does not give.
fn unnamed_fault(guide: &Guide, line: &Line) -> Option<(String, String)> {
    let (object, table) = match line.witness {
        EvidenceSource::AgentName | EvidenceSource::LoginAgent => (&guide.agent, "agent"),
        EvidenceSource::RoleName | EvidenceSource::RoleMember => (&guide.role, "role"),
        _ => return None,
    };
    object.is_unnamed().then(|| {
        (
            line.fact.clone(),
            format!(
                "fact {} compares a name, but [{table}] has none: give it one, or let the operator confirm the line",
                line.fact
            ),
        )
    })
}

fn is_https_url(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_graphic());
    plain && url::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty())
}

fn line_fault(line: &Line) -> Option<(String, String)> {
    match (line.witness, &line.claim) {
        (EvidenceSource::Level | EvidenceSource::Switch, None) => Some((
            line.fact.clone(),
            format!("fact {} needs a claim: a level and a switch are read from one", line.fact),
        )),
        (EvidenceSource::Switch | EvidenceSource::UnassignedVisible | EvidenceSource::OthersVisible, Some(_))
            if permission_levels::switch(&line.expected).is_none() =>
        {
            Some((line.expected.clone(), format!("{:?} is no setting of a switch; it is Yes or No", line.expected)))
        }
        (EvidenceSource::Level, Some(claim)) => {
            let Some(scale) = permission_levels::scale(claim) else {
                return Some((
                    claim.clone(),
                    format!("claim {claim} is not known; known are {}", permission_levels::known_claims()),
                ));
            };
            if scale.by_name(&line.expected).is_none() {
                return Some((
                    line.expected.clone(),
                    format!("{:?} is no level of {claim}; its levels are {}", line.expected, scale.names()),
                ));
            }
            None
        }
        (EvidenceSource::LoginType, _) if !line.expected.trim().eq_ignore_ascii_case("Agent") => {
            let why = "login-type shows that a token acts as an agent; let the operator confirm another login type";
            Some((line.expected.clone(), format!("fact {}: {why}", line.fact)))
        }
        (witness, _) if line.value.is_some() && witness != EvidenceSource::FormUrl => {
            Some((line.fact.clone(), format!("fact {} has a value, which only a line of form-url can have", line.fact)))
        }
        _ => None,
    }
}

/// Longest id of a probe or a fact, as progress files keep it.
const LONGEST_ID: usize = 32;

/// Why an id cannot be used; `what` is "probe" or "fact".
fn id_fault(what: &str, id: &str) -> Option<(String, String)> {
    if what == "probe" && FIXED_CHECKS.iter().any(|check| check.id == id) {
        return Some((
            id.to_owned(),
            format!("{id:?} is the id of a check that every run has; give the probe another"),
        ));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let fits = (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(plain);
    (!fits).then(|| {
        let rule = format!("1 to {LONGEST_ID} letters, digits, dots, hyphens and underscores");
        (id.to_owned(), format!("{what} id {id:?} cannot be kept: use {rule}"))
    })
}

fn probe_fault(guide: &Guide, probe: &Probe) -> Option<(String, String)> {
    match (&probe.endpoint, &probe.rows_of) {
        (None, None) => Some((probe.id.clone(), format!("probe {} has neither endpoint nor rows_of", probe.id))),
        (Some(_), Some(_)) => Some((probe.id.clone(), format!("probe {} has both endpoint and rows_of", probe.id))),
        (None, Some(other)) if guide.probe(other).is_none_or(|probe| probe.endpoint.is_none()) => {
            Some((other.clone(), format!("probe {} looks at the rows of {other}, which asks for none", probe.id)))
        }
        (Some(endpoint), None) if !endpoint.chars().all(|c| c.is_ascii_alphanumeric() || c == '/') => {
            Some((endpoint.clone(), format!("{endpoint:?} is no resource name: letters, digits and / only")))
        }
        _ => None,
    }
}

/// Where a value stands in the text, for an error that the TOML reader does not give: the last string with that value.
fn place_of(text: &str, value: &str) -> Option<Range<usize>> {
    let table: toml::de::DeTable<'_> = toml::de::DeTable::parse(text).ok()?.into_inner();
    let mut found = None;
    for (_, item) in &table {
        search(item, value, &mut found);
    }
    found
}

fn search(item: &Spanned<toml::de::DeValue<'_>>, value: &str, found: &mut Option<Range<usize>>) {
    match item.get_ref() {
        toml::de::DeValue::String(text) if text == value => *found = Some(item.span()),
        toml::de::DeValue::Integer(number) if number.as_str() == value => *found = Some(item.span()),
        toml::de::DeValue::Array(items) => items.iter().for_each(|item| search(item, value, found)),
        toml::de::DeValue::Table(items) => items.iter().for_each(|(_, item)| search(item, value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guide_that_cannot_be_asked_in_one_run_is_refused_with_its_line() {
        let probe = |id: &str| {
            format!(
                "\n[[probe]]\nid = \"{id}\"\ntitle = \"x\"\nfact = \"B3\"\nscope = \"read:tickets\"\nendpoint = \"Tickets\"\nquery = \"\"\n"
            )
        };
        let more = |ids: &[String]| {
            Guide::from_toml(&format!("{BUILT_IN}{}", ids.iter().map(|id| probe(id)).collect::<String>()))
        };
        let many: Vec<String> = (0..12).map(|n| format!("more-{n}")).collect();
        let error = more(&many).expect_err("too many lists");
        assert!(error.message.contains("at most 15 fit"), "{}", error.message);
        // Nine lists of the built-in guide and six more fit; the next one's id stands in its third line.
        let before = BUILT_IN.lines().count() + many[..6].iter().map(|id| probe(id).lines().count()).sum::<usize>();
        assert_eq!(error.line, before + 3);
        assert!(more(&many[..3]).is_ok());
        let scopes = (0..22).map(|n| format!("\"read:more_{n}\", ")).collect::<String>();
        let wide = BUILT_IN.replacen("scopes = [", &format!("scopes = [{scopes}"), 1);
        let error = Guide::from_toml(&wide).expect_err("too many scopes");
        assert!(error.message.contains("at most 40 fit") && error.line > 0, "{}", error.message);
        for id in ["token", "input", "discovery", "identity", "with space", "x23456789012345678901234567890123"] {
            let error = more(&[id.to_owned()]).expect_err(id);
            assert!(error.line > BUILT_IN.lines().count(), "{id}: line {}", error.line);
        }
    }

    #[test]
    fn a_line_cannot_compare_what_the_guide_leaves_open() {
        let whole = Guide::built_in();
        let without = |table: &str, name: &str| {
            Guide::from_toml(&BUILT_IN.replacen(&format!("[{table}]\nname = \"{name}\"\n"), "", 1))
        };
        for (table, name, fact) in [("agent", &whole.agent.name, "A1"), ("role", &whole.role.name, "B1")] {
            let error = without(table, name).expect_err(table);
            assert!(error.message.contains(&format!("[{table}]")) && error.message.contains(fact), "{}", error.message);
        }
        let other_login = BUILT_IN.replacen("expected = \"Agent\"", "expected = \"Application\"", 1);
        let error = Guide::from_toml(&other_login).expect_err("a login type that nothing can show");
        assert!(error.message.contains("let the operator confirm"), "{}", error.message);
        let misplaced =
            BUILT_IN.replacen("witness = \"form-tenant\"", "witness = \"form-tenant\"\nvalue = \"host\"", 1);
        let error = Guide::from_toml(&misplaced).expect_err("an address in the tenant's field");
        assert!(error.message.contains("form-url"), "{}", error.message);
    }

    #[test]
    fn the_built_in_guide_holds_the_facts_a1_to_d5() {
        let guide = Guide::built_in();
        let facts: Vec<&str> = guide.lines().map(|line| line.fact.as_str()).collect();
        assert_eq!(facts.len(), 4 + 11 + 7 + 5);
        assert_eq!((facts[0], facts[26]), ("A1", "D5"));
        let endpoints: Vec<&str> =
            guide.probes.iter().filter(|p| p.sees.is_none()).filter_map(|p| p.endpoint.as_deref()).collect();
        assert_eq!(
            endpoints,
            ["Tickets", "Client", "Item", "Opportunities", "Invoice", "ClientContract", "TimesheetEvent", "Timesheet"]
        );
    }

    #[test]
    fn the_example_guide_reads_and_wants_other_things() {
        let text = include_str!("../../examples/guides/scalepad-lifecycle-manager.toml");
        let guide = Guide::from_toml(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(guide.line("B3").map(|line| line.expected.as_str()), Some("Read and Modify"));
        assert!(!guide.facts_with(EvidenceSource::Switch).is_empty());
    }

    #[test]
    fn every_wanted_scope_has_a_probe_and_every_probe_a_wanted_scope() {
        let guide = Guide::built_in();
        let wanted: BTreeSet<_> = guide.application.scopes.iter().collect();
        let probed: BTreeSet<_> = guide.probes.iter().map(|probe| &probe.scope).collect();
        assert_eq!(wanted, probed);
    }

    #[test]
    fn errors_name_line_and_column_and_what_would_be_right() {
        for (from, to, line_has, message_has) in [
            ("[agent]\nname", "[agent]\nnmae", "nmae", "unknown field `nmae`"),
            ("claim = \"Tx\"", "claim = \"Tz\"", "claim = \"Tz\"", "claim Tz is not known"),
            ("expected = \"Read Only (All), Modify Own\"", "expected = \"Read All\"", "Read All", "its levels are"),
            ("fact = \"A2\"", "fact = \"A1\"", "fact = \"A1\"", "stands twice"),
            ("rows_of = \"tickets\"", "rows_of = \"nothing\"", "rows_of", "asks for none"),
            (
                "expected = \"Yes\"\nwitness = \"unassigned-visible\"",
                "expected = \"On\"\nwitness = \"unassigned-visible\"",
                "\"On\"",
                "Yes or No",
            ),
            ("format = 1", "format = 2", "format = 2", "reads format 1"),
            ("uses_discovery = \"unknown\"", "uses_discovery = \"perhaps\"", "uses_discovery", "unknown variant"),
            (
                "uses_discovery = \"unknown\"",
                "uses_discovery = \"no\"\naddresses = \"http://x.example\"",
                "http://x.example",
                "no https address",
            ),
            ("endpoint = \"Invoice\"", "endpoint = \"../x?y\"", "endpoint", "no resource name"),
        ] {
            let broken = BUILT_IN.replacen(from, to, 1);
            assert_ne!(broken, BUILT_IN, "{from} is not in the guide");
            let error = Guide::from_toml(&broken).expect_err(to);
            assert!(error.message.contains(message_has), "{to}: {error}");
            let at = broken.lines().nth(error.line - 1).unwrap_or_default();
            assert!(at.contains(line_has), "{to}: line {} is {at:?}", error.line);
        }
    }
}
