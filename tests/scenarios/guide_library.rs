//! Every built-in guide against the simulated Halo: set up as the guide says it is ready, and each line that is wrong
//! by itself is named.

use std::io::Write;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::guide::{EvidenceSource, Guide, Line};
use halo_onboard::domain::guide_library;
use halo_onboard::domain::permission_levels::{self, LevelComparison};
use halo_onboard::domain::report::{FactState, Report, Severity, Verdict};
use halo_onboard::sim::{AuthMethod, ClaimsAt, Discovery, LoginType, Scenario};

use crate::other_guides::check;

/// A Client ID that no application has.
const OTHER_ID: &str = "0b1d0000-0000-4000-8000-000000000000";

/// One way in which a set-up differs from its guide.
struct Fault {
    name: String,
    change: Box<dyn FnOnce(&mut Scenario) + Send>,
    /// The line that must be named.
    fact: String,
    /// True when other lines rest on this one: without reading tickets none of them is visible.
    spreads: bool,
}

fn fault(line: &Line, name: &str, change: impl FnOnce(&mut Scenario) + Send + 'static) -> Fault {
    let name = format!("{} {}: {name}", line.fact, line.label);
    Fault { name, change: Box::new(change), fact: line.fact.clone(), spreads: false }
}

/// The highest level below the wanted one: the smallest mistake.
fn level_below(line: &Line) -> Option<i64> {
    let scale = permission_levels::scale(line.claim.as_deref()?)?;
    let wanted = scale.by_name(&line.expected)?;
    let below = |level: &&permission_levels::Level| level.compared_to(wanted) == LevelComparison::Below;
    scale.levels.iter().filter(below).map(|level| level.value).max()
}

fn faults_of(guide: &Guide, line: &Line) -> Option<Fault> {
    let claim = line.claim.clone().unwrap_or_default();
    // An administrator has every level and switch, so none of them can be too low.
    if guide.wants_administrator() && line.claim.as_deref().is_some_and(|claim| claim != "SA") {
        return None;
    }
    Some(match line.witness {
        EvidenceSource::AgentName => fault(line, "another name", |s| s.world.agent.name = "Other integration".into()),
        EvidenceSource::ApiOnly => fault(line, "not ticked", |s| s.world.agent.api_only = false),
        EvidenceSource::RoleName => fault(line, "another name", |s| s.world.role.name = "Another role".into()),
        EvidenceSource::RoleMember => fault(line, "no member", |s| s.world.role.members.clear()),
        EvidenceSource::DefaultTeam => {
            fault(line, "another team", |s| s.world.agent.default_team = Some("Another team".into()))
        }
        EvidenceSource::AuthMethod => {
            fault(line, "another method", |s| s.world.application.auth_method = AuthMethod::AuthorisationCode)
        }
        EvidenceSource::LoginType => {
            let mut fault = fault(line, "another type", |s| s.world.application.login_type = LoginType::User);
            // Every list is refused then.
            fault.spreads = true;
            fault
        }
        EvidenceSource::LoginAgent => fault(line, "another agent", |s| s.world.application.login_agent = Some(4)),
        EvidenceSource::Credentials => fault(line, "not active", |s| s.world.application.active = false),
        EvidenceSource::ApiDetails | EvidenceSource::FormUrl => {
            fault(line, "another address", |s| s.manners.discovery = Discovery::Html)
        }
        EvidenceSource::FormTenant => fault(line, "another tenant", |s| s.form.tenant = "beta".into()),
        EvidenceSource::FormClientId => fault(line, "another id", |s| s.form.client_id = OTHER_ID.into()),
        EvidenceSource::FormSecret => {
            fault(line, "another secret", |s| s.form.client_secret = format!("{OTHER_ID}-{OTHER_ID}"))
        }
        EvidenceSource::Level => {
            let value = level_below(line)?;
            let mut fault = fault(line, &format!("{claim} = {value}"), move |s| {
                s.world.role.claims.insert(claim, value.to_string());
            });
            fault.spreads = line.claim.as_deref() == Some("Tx") && value == 0;
            fault
        }
        EvidenceSource::Switch | EvidenceSource::UnassignedVisible | EvidenceSource::OthersVisible => {
            let value = u8::from(permission_levels::switch(&line.expected) == Some(false));
            let mut fault = fault(line, &format!("{claim} = {value}"), move |s| {
                s.world.role.claims.insert(claim, value.to_string());
            });
            // An administrator exceeds every level.
            fault.spreads = line.claim.as_deref() == Some("SA") && value == 1;
            fault
        }
        _ => return None,
    })
}

/// A level above the wanted one: more than the guide asks for.
fn excess_of(guide: &Guide, line: &Line) -> Option<Fault> {
    let claim = line.claim.clone().filter(|_| line.witness == EvidenceSource::Level && !guide.wants_administrator())?;
    let scale = permission_levels::scale(&claim)?;
    let wanted = scale.by_name(&line.expected)?;
    let above = |level: &&permission_levels::Level| level.compared_to(wanted) == LevelComparison::Above;
    let value = scale.levels.iter().filter(above).map(|level| level.value).min()?;
    Some(fault(line, &format!("{claim} = {value}, too much"), move |s| {
        s.world.role.claims.insert(claim, value.to_string());
    }))
}

/// Each scope that no other scope of the list includes, taken away.
fn scope_faults(guide: &Guide) -> Vec<Fault> {
    let scopes = &guide.application.scopes;
    let line = guide.lines().find(|line| line.witness == EvidenceSource::Scopes).expect("a line of the scopes");
    let included = |scope: &str| {
        let edit = scope.strip_prefix("read:").map(|what| format!("edit:{what}"));
        let standard = scopes.iter().any(|all| all == "all:standard");
        edit.is_some_and(|edit| scopes.contains(&edit)) || (standard && scope == "all:teams")
    };
    let missing = |scope: &String| {
        let gone = scope.clone();
        fault(line, &format!("without {scope}"), move |s| s.world.application.scopes.retain(|have| *have != gone))
    };
    scopes.iter().filter(|scope| !included(scope)).map(missing).collect()
}

/// Why a report does not name the fault; none when it does.
fn miss(guide: &Guide, fault: &Fault, report: &Report) -> Option<String> {
    let named: Vec<&str> = report
        .diagnoses
        .iter()
        // Without a list to read, Halo shows no more than that a line stayed unproved.
        .filter(|diagnosis| diagnosis.severity != Severity::Note || guide.probes.is_empty())
        .flat_map(|diagnosis| diagnosis.facts.iter().map(String::as_str))
        .collect();
    let permission = |fact: &&&str| guide.line(fact).is_some_and(|line| line.claim.is_some());
    let others = named.iter().filter(permission).filter(|fact| **fact != fault.fact).count();
    let wrong = !named.contains(&fault.fact.as_str()) || (others > 0 && !fault.spreads);
    wrong.then(|| format!("{} / {}: {:#?}", guide.id, fault.name, report.diagnoses))
}

async fn misses(guide: Guide) -> (usize, Vec<String>) {
    let report = check(guide.clone(), |_| {}).await;
    assert_eq!((report.verdict, report.code), (Verdict::Ready, Code::Ok), "{}: {:#?}", guide.id, report.diagnoses);
    for fact in &report.facts {
        assert!(matches!(fact.state, FactState::Proved | FactState::Operator), "{}: {fact:?}", guide.id);
    }
    let mut faults: Vec<Fault> = guide.lines().filter_map(|line| faults_of(&guide, line)).collect();
    faults.extend(guide.lines().filter_map(|line| excess_of(&guide, line)));
    faults.extend(scope_faults(&guide));
    let (count, mut misses) = (faults.len(), Vec::new());
    for mut fault in faults {
        let change = std::mem::replace(&mut fault.change, Box::new(|_| {}));
        let report = check(guide.clone(), change).await;
        misses.extend(miss(&guide, &fault, &report));
    }
    (count, misses)
}

#[tokio::test]
async fn where_a_guide_names_no_agent_and_no_role_any_will_do() {
    let text = guide_library::text_of("cipp").expect("a guide");
    let guide = Guide::from_toml(text).expect("readable");
    let report = check(guide, |s| {
        s.world.agent.name = "Some agent".into();
        s.world.role.name = "Some role".into();
    })
    .await;
    assert_eq!((report.verdict, report.code), (Verdict::Ready, Code::Ok), "{:#?}", report.diagnoses);
}

#[tokio::test]
async fn an_administrator_is_right_where_the_guide_asks_for_one_and_too_much_elsewhere() {
    for (id, code) in [("timezest", Code::Ok), ("moovila", Code::PrivilegeAdministrator)] {
        let guide = Guide::from_toml(guide_library::text_of(id).expect("a guide")).expect("readable");
        let report = check(guide, |s| s.world.agent.administrator = true).await;
        let codes: Vec<Code> = report.diagnoses.iter().map(|diagnosis| diagnosis.code).collect();
        let expected = if code == Code::Ok { Vec::new() } else { vec![code] };
        assert_eq!(codes, expected, "{id}: {:#?}", report.diagnoses);
    }
}

#[tokio::test]
async fn a_set_up_after_each_guide_is_ready_and_each_wrong_line_is_named() {
    let mut wrong = Vec::new();
    for guide in guide_library::guides() {
        let id = guide.id.clone();
        let (count, misses) = misses(guide).await;
        writeln!(std::io::stdout(), "{id}: {count} faults").expect("the count");
        assert!(count > 0, "{id}: nothing can be wrong");
        wrong.extend(misses);
    }
    assert!(wrong.is_empty(), "{} of the faults are not named:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn where_claims_cannot_be_read_no_right_to_change_anything_is_proved_or_denied() {
    let mut unproved = 0;
    for guide in guide_library::guides() {
        let report = check(guide.clone(), |s| {
            s.manners.claims = ClaimsAt::Nowhere;
            s.manners.roles_readable = false;
        })
        .await;
        assert_ne!(report.verdict, Verdict::NotReady, "{}: {:#?}", guide.id, report.diagnoses);
        for line in guide.lines().filter(|line| line.witness == EvidenceSource::Level) {
            let scale = permission_levels::scale(line.claim.as_deref().unwrap_or_default()).expect("a scale");
            let writes = scale.by_name(&line.expected).expect("a level").write >= permission_levels::WriteLevel::Modify;
            let state = report.facts.iter().find(|fact| fact.id == line.fact).expect("its fact").state;
            assert!(!writes || state == FactState::Unproved, "{} {}: {state:?}", guide.id, line.fact);
            unproved += usize::from(writes);
        }
    }
    assert!(unproved > 20, "{unproved}");
}
