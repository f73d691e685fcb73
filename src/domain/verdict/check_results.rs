//! The checks of a run, each with the code of its most severe diagnosis.

use super::evidence_view::{ClaimStatus, EvidenceView};
use super::probe_findings::{Finding, Permissions};
use crate::domain::check_list::{self, FIXED_CHECKS, ListedCheck};
use crate::domain::codes::Code;
use crate::domain::evidence::{ConnectionInfo, Observation, Timing};
use crate::domain::guide::{Guide, Probe};
use crate::domain::report::{Check, Diagnosis, Severity, Stage, Status};

/// Data of one check, before its diagnosis is added.
struct CheckInputs<'a> {
    id: &'a str,
    stage: Stage,
    endpoint: Option<String>,
    title: &'a str,
    http_status: Option<u16>,
    timing: Timing,
    /// Summary of a passed check.
    passed: String,
    answered: CheckProgress,
}

/// Progress of a check.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CheckProgress {
    Yes,
    /// Answered without proof or contradiction. No diagnosis uses it.
    Unproved(Code),
    No,
    /// Not asked, because something that it needs has failed.
    Blocked,
    /// Refused or without a row; a more severe diagnosis explains it.
    Follows,
}

/// The checks that can be judged by now.
pub fn of(seen: &EvidenceView<'_>, permissions: &Permissions<'_>, diagnoses: &[Diagnosis]) -> Vec<Check> {
    let mut seeds = vec![input(seen), discovery(seen), token(seen), identity(seen)];
    seeds.extend(seen.case.guide.probes.iter().map(|probe| probe_seed(seen, permissions, probe)));
    let cause =
        diagnoses.iter().filter(|d| d.severity == Severity::Blocking).min_by_key(|d| check_list::stage_of_diagnosis(d));
    seeds.into_iter().filter_map(|seed| check(seen, seed, diagnoses, cause)).collect()
}

/// The checks of a form for which nothing is sent: one failed, all others skipped.
pub fn refused(guide: &Guide, diagnoses: &[Diagnosis]) -> Vec<Check> {
    let first = diagnoses.first();
    let code = first.map_or(Code::InputMissing, |diagnosis| diagnosis.code);
    let fixed = FIXED_CHECKS.iter().map(|check| (check.id, check.stage, None, check.title));
    let probes = guide
        .probes
        .iter()
        .map(|probe| (probe.id.as_str(), Stage::Probe, endpoint_of(guide, probe), probe.title.as_str()));
    fixed
        .chain(probes)
        .map(|(id, stage, endpoint, title)| {
            let failed = stage == Stage::Input;
            Check {
                id: id.to_owned(),
                stage,
                endpoint,
                title: title.to_owned(),
                status: if failed { Status::Failed } else { Status::Skipped },
                code,
                summary: match first {
                    Some(diagnosis) if failed => diagnosis.summary.clone(),
                    _ => "Not asked: a value must be corrected first.".into(),
                },
                http_status: None,
                timing_ms: Timing::default(),
            }
        })
        .collect()
}

fn check(
    seen: &EvidenceView<'_>,
    seed: CheckInputs<'_>,
    diagnoses: &[Diagnosis],
    cause: Option<&Diagnosis>,
) -> Option<Check> {
    let own = diagnoses
        .iter()
        .filter(|d| d.checks.iter().any(|id| id == seed.id) && d.code != Code::OkPartial && !is_aside(d))
        .min_by_key(|d| d.severity);
    let (status, code, summary) = match (own, seed.answered) {
        (Some(own), _) if own.code == Code::LocalCancelled => (Status::Skipped, own.code, own.summary.clone()),
        (Some(own), _) => (status_of(own.severity), own.code, own.summary.clone()),
        (None, CheckProgress::Yes) => (Status::Passed, Code::Ok, seed.passed),
        (None, CheckProgress::Unproved(code)) => (Status::Warned, code, seed.passed),
        (None, _) if !seen.case.finished => return None,
        (None, CheckProgress::Follows) => follows(&seed, cause),
        (None, _) => not_asked(cause),
    };
    Some(Check {
        id: seed.id.to_owned(),
        stage: seed.stage,
        endpoint: seed.endpoint,
        title: seed.title.to_owned(),
        status,
        code,
        summary,
        http_status: seed.http_status,
        timing_ms: seed.timing,
    })
}

/// Status of a check that was refused or showed nothing and is explained by a more severe diagnosis. It keeps its own
/// response.
fn follows(seed: &CheckInputs<'_>, cause: Option<&Diagnosis>) -> (Status, Code, String) {
    let refused = !matches!(seed.http_status, Some(200..=299));
    let status = if refused { Status::Failed } else { Status::Warned };
    let seen = match seed.http_status {
        Some(status) if refused => format!("{}: refused ({status})", seed.title),
        _ => format!("{}: no row visible", seed.title),
    };
    match cause {
        Some(cause) => (status, cause.code, format!("{seen}; this follows from {}.", cause.code.id())),
        None => (status, Code::ApiForbidden, format!("{seen}.")),
    }
}

/// A check that was not asked, with the true reason: an earlier step failed, or it was not part of this run.
fn not_asked(cause: Option<&Diagnosis>) -> (Status, Code, String) {
    let earlier = cause.filter(|cause| check_list::stage_of_diagnosis(cause) < Stage::Identity);
    match earlier {
        Some(cause) => {
            let first = cause.checks.first().map_or("an earlier check", String::as_str);
            (Status::Skipped, cause.code, format!("Not asked: {first} failed first ({}).", cause.code.id()))
        }
        None => (Status::Skipped, Code::OkPartial, "Not asked: not part of this run.".into()),
    }
}

/// A note about the vendor's side says nothing against what was checked here.
fn is_aside(diagnosis: &Diagnosis) -> bool {
    diagnosis.code.is_of_vendor_side() && diagnosis.severity == Severity::Note
}

fn status_of(severity: Severity) -> Status {
    match severity {
        Severity::Blocking => Status::Failed,
        Severity::Warning => Status::Warned,
        Severity::Note => Status::Passed,
    }
}

fn fixed(
    at: usize,
    http_status: Option<u16>,
    timing: Timing,
    passed: String,
    answered: CheckProgress,
) -> CheckInputs<'static> {
    let ListedCheck { id, stage, title } = FIXED_CHECKS[at];
    CheckInputs { id, stage, endpoint: None, title, http_status, timing, passed, answered }
}

fn answered<T>(asked: &Observation<T>) -> CheckProgress {
    match asked {
        Observation::Answered(_) => CheckProgress::Yes,
        _ => CheckProgress::No,
    }
}

fn input(seen: &EvidenceView<'_>) -> CheckInputs<'static> {
    let server = &seen.case.connection.resource_server;
    let unusual: Vec<String> =
        seen.case.notes.iter().filter(|n| !n.cleaned).map(|n| format!("{}: {}", n.field.label(), n.text)).collect();
    let passed = match unusual.is_empty() {
        true => format!("{server} and the other values have the usual form."),
        false => format!("{server}, and values that can be sent. Unusual: {}.", unusual.join("; ")),
    };
    fixed(0, None, Timing::default(), passed, CheckProgress::Yes)
}

fn discovery(seen: &EvidenceView<'_>) -> CheckInputs<'static> {
    let asked = &seen.case.evidence.discovery;
    let passed = asked.value().map(|discovery| {
        let tenant = discovery.tenant.as_ref().map(|t| t.cut(80)).filter(|t| !t.is_empty());
        let tenant = tenant.map_or_else(|| "no tenant named".to_owned(), |tenant| format!("tenant {tenant}"));
        let source = if discovery.given_by_hand { " (given by hand)" } else { "" };
        let base = seen.base();
        let below = match base == seen.case.connection.resource_server {
            true => String::new(),
            false => format!("Halo is below {base}. "),
        };
        format!("{below}Sign-in server {}{source}, {tenant}{}.", discovery.auth_server, over(&seen.case.evidence.link))
    });
    fixed(1, asked.status(), asked.timing(), passed.unwrap_or_default(), answered(asked))
}

/// Description of the connection.
fn over(link: &ConnectionInfo) -> String {
    let versions = [&link.http_version, &link.tls_version].into_iter().flatten().cloned();
    let days = link.certificate.as_ref().map(|c| format!("certificate {} days left", c.days_left));
    let proxy = link.proxy.as_ref().map(|proxy| format!("through the proxy {proxy}"));
    versions.chain(days).chain(proxy).map(|part| format!(", {part}")).collect()
}

fn token(seen: &EvidenceView<'_>) -> CheckInputs<'static> {
    let asked = &seen.case.evidence.token;
    let passed = asked.value().map(|grant| {
        let minutes = grant.expires_in.map(|seconds| format!(", good for {} min", seconds / 60)).unwrap_or_default();
        match &seen.echo {
            Some(echo) => match shown(echo).as_str() {
                "" => format!("Granted{minutes}, without any permission."),
                names => format!("Granted{minutes}: {names}."),
            },
            None => format!("Granted{minutes}; this Halo does not list what was granted."),
        }
    });
    fixed(2, asked.status(), asked.timing(), passed.unwrap_or_default(), answered(asked))
}

fn shown(echo: &[String]) -> String {
    let opens = |scope: &&String| !crate::domain::scope::ADDED_BY_SERVER.contains(&scope.as_str());
    let names: Vec<&str> = echo.iter().filter(opens).map(String::as_str).collect();
    if names.len() > 8 { format!("{} scopes", names.len()) } else { names.join(" ") }
}

fn identity(seen: &EvidenceView<'_>) -> CheckInputs<'static> {
    let asked = &seen.case.evidence.identity;
    let name = seen.agent_name().map(|name| name.chars().take(80).collect::<String>());
    let (passed, answered) = match (asked, name) {
        (Observation::NotAsked | Observation::Cancelled, _) => (String::new(), CheckProgress::No),
        (_, Some(name)) => (identity_words(seen, &name), CheckProgress::Yes),
        (_, None) => {
            ("Halo does not say who the token acts as.".into(), CheckProgress::Unproved(Code::IdentityUnreadable))
        }
    };
    fixed(3, asked.status(), asked.timing(), passed, answered)
}

fn identity_words(seen: &EvidenceView<'_>, name: &str) -> String {
    let mut words = format!("Signed in as {name}");
    let roles = seen.role_names();
    if !roles.is_empty() {
        let roles: String = roles.join(", ").chars().take(120).collect();
        words = format!("{words}, role {roles}");
    }
    match seen.roles_unread() {
        0 => {}
        1 => words.push_str("; 1 of its roles was not read"),
        many => words.push_str(&format!("; {many} of its roles were not read")),
    }
    let unknown = seen.unknown_claims();
    if !unknown.is_empty() {
        let names: String = unknown.join(" ").chars().take(80).collect();
        words = format!("{words}; claims that this program does not know: {names}");
    }
    format!("{words}.")
}

fn endpoint_of(guide: &Guide, probe: &Probe) -> Option<String> {
    probe.endpoint.clone().or_else(|| guide.probe(probe.rows_of.as_deref()?)?.endpoint.clone())
}

fn probe_seed<'a>(seen: &EvidenceView<'a>, permissions: &Permissions<'a>, probe: &'a Probe) -> CheckInputs<'a> {
    let asked = seen.answer(probe);
    let finding = permissions.finding(probe);
    let rows = |count: usize| if count == 1 { "a row visible".to_owned() } else { format!("{count} rows visible") };
    let claim_says = || seen.case.guide.line(&probe.fact).map(|line| seen.claim_status(line));
    let (passed, answered) = match finding {
        Finding::Pass(0) => {
            (format!("{}: no such row at the moment; the role allows it.", probe.title), CheckProgress::Yes)
        }
        Finding::Pass(count) => {
            let words = if probe.weak && !matches!(claim_says(), Some(ClaimStatus::Equal(_) | ClaimStatus::Above(_))) {
                format!("{}: {}; a lower level may show as much.", probe.title, rows(*count))
            } else {
                format!("{}: {}.", probe.title, rows(*count))
            };
            (words, CheckProgress::Yes)
        }
        Finding::Unclear(rows) => {
            let words = format!("{}: none among the first {rows} rows; the list was not read to its end.", probe.title);
            (words, CheckProgress::Unproved(Code::OkPartial))
        }
        Finding::Open | Finding::Cancelled => (String::new(), CheckProgress::No),
        // A finding that a graver diagnosis speaks for: the answer was a refusal or nothing at all.
        _ if asked.status().is_some() => (String::new(), CheckProgress::Follows),
        _ => (String::new(), CheckProgress::Blocked),
    };
    CheckInputs {
        id: &probe.id,
        stage: Stage::Probe,
        endpoint: endpoint_of(seen.case.guide, probe),
        title: &probe.title,
        http_status: asked.status(),
        timing: asked.timing(),
        passed,
        answered,
    }
}
