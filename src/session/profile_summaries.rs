//! Summaries of the profiles for the start page.

use std::collections::BTreeMap;

use super::time_format;
use crate::app::{LastCheck, ProfileSummary};
use crate::domain::connection::read_url;
use crate::domain::profile::{Profile, SecretStore};
use crate::domain::report::Status;
use crate::domain::run_summary::{CheckSummary, RunSummary};
use crate::store::progress::{self, Progress};
use crate::store::{Paths, StoreError, keyring};

/// Maximum number of listed changes.
const CHANGES: usize = 5;

/// Returns all profiles, in order.
pub fn all(paths: &Paths, profiles: &BTreeMap<String, Profile>) -> Vec<ProfileSummary> {
    let tile = |(name, profile): (&String, &Profile)| tile(name, profile, progress::look(paths, Some(name)));
    profiles.iter().map(tile).collect()
}

/// Returns the profiles from the configuration alone; no progress file and no keyring is read.
pub fn named(profiles: &BTreeMap<String, Profile>) -> Vec<ProfileSummary> {
    let tile = |(name, profile): (&String, &Profile)| ProfileSummary {
        name: name.clone(),
        host: profile.url.as_deref().map(host).unwrap_or_default(),
        unread: true,
        secret: command(profile).unwrap_or_default(),
        ..ProfileSummary::default()
    };
    profiles.iter().map(tile).collect()
}

/// Returns the host of the unnamed set-up, if one was started.
pub fn unnamed(paths: &Paths) -> Option<String> {
    let progress = progress::look(paths, None).ok()??;
    let url = progress.form.typed().url;
    (!url.is_empty()).then(|| host(&url))
}

fn tile(name: &str, profile: &Profile, progress: Result<Option<Progress>, StoreError>) -> ProfileSummary {
    let trouble = progress.as_ref().err().map(ToString::to_string);
    let progress = progress.ok().flatten().unwrap_or_default();
    ProfileSummary {
        name: name.to_owned(),
        host: profile.url.as_deref().map(host).unwrap_or_default(),
        unread: false,
        last: progress.last.as_ref().map(last),
        secret: secret(name, profile),
        unfinished: progress.under_way.map(time_format::at),
        good: progress.last_good.as_ref().map(|good| time_format::ago(good.at)),
        changes: changes(&progress),
        trouble,
    }
}

fn command(profile: &Profile) -> Option<String> {
    let program = profile.secret_command.first()?;
    Some(format!("command {}", program.rsplit('/').next().unwrap_or_default()))
}

/// Describes the source of the secret for a table column. Of a command only the program is named, because an argument
/// may be secret too.
fn secret(name: &str, profile: &Profile) -> String {
    if let Some(command) = command(profile) {
        return command;
    }
    match (keyring::holds(name), profile.keep) {
        (Ok(Some(SecretStore::Session)), _) => "keyring (login)".into(),
        (Ok(Some(SecretStore::User)), _) => "keyring (user)".into(),
        (Ok(Some(SecretStore::Keychain)), _) => "keychain".into(),
        (Ok(None), Some(_)) => "gone: type it".into(),
        (Err(_), Some(_)) => "keyring: no reply".into(),
        (_, None) => "not kept".into(),
    }
}

/// Returns the host of an address, with a port other than the default; an invalid address is returned unchanged.
fn host(url: &str) -> String {
    let origin = read_url(url).map_or_else(|_| url.to_owned(), |(origin, _)| origin);
    origin.split("://").last().unwrap_or_default().to_owned()
}

fn last(run: &RunSummary) -> LastCheck {
    let failed = run.checks.iter().filter(|check| check.status == Status::Failed).count();
    LastCheck { when: time_format::ago(run.at), verdict: run.verdict, failed }
}

/// Returns the checks whose result differs between the last run and the last good run.
fn changes(progress: &Progress) -> Vec<String> {
    let (Some(last), Some(good)) = (&progress.last, &progress.last_good) else { return Vec::new() };
    let before = |check: &CheckSummary| good.checks.iter().find(|good| good.id == check.id);
    let change = |check: &CheckSummary| {
        let before = before(check)?;
        let code = if check.status == Status::Passed { "" } else { check.code.id() };
        let text = format!("{}: {} -> {} {code}", check.id.as_str(), before.status.word(), check.status.word());
        (before.status != check.status).then(|| text.trim_end().to_owned())
    };
    let mut changes: Vec<String> = last.checks.iter().filter_map(change).collect();
    let more = changes.len().saturating_sub(CHANGES);
    if more > 1 {
        changes.truncate(CHANGES);
        changes.push(format!("and {more} more"));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Code;
    use crate::domain::report::Verdict;
    use crate::domain::run_summary::ShortId;

    fn run(verdict: Verdict, checks: &[(&str, Status, Code)]) -> RunSummary {
        let check = |(id, status, code): &(&str, Status, Code)| CheckSummary {
            id: ShortId::new(id).expect("a word"),
            status: *status,
            code: *code,
            took_ms: None,
        };
        RunSummary { at: jiff::Timestamp::now(), verdict, code: Code::Ok, checks: checks.iter().map(check).collect() }
    }

    #[test]
    fn a_profile_is_shown_with_what_changed() {
        let mut progress = Progress::default();
        let (passed, failed) = (Status::Passed, Status::Failed);
        progress.note_run(run(Verdict::Ready, &[("token", passed, Code::Ok), ("invoices", passed, Code::Ok)]));
        progress
            .note_run(run(Verdict::NotReady, &[("token", passed, Code::Ok), ("invoices", failed, Code::ApiRoleLevel)]));
        progress.under_way = Some(jiff::Timestamp::now());
        let profile = Profile { url: Some("https://acme.halopsa.com/api".into()), ..Profile::default() };
        let tile = tile("acme", &profile, Ok(Some(progress)));
        assert_eq!(tile.host, "acme.halopsa.com");
        assert_eq!(tile.changes, ["invoices: ok -> FAIL api.role_level"]);
        assert_eq!(tile.last, Some(LastCheck { when: "just now".into(), verdict: Verdict::NotReady, failed: 1 }));
        assert!(tile.unfinished.is_some_and(|when| when.ends_with("today")));
    }

    #[test]
    fn many_changes_are_cut_and_none_is_none() {
        let names: Vec<String> = (0..9).map(|number| format!("c{number}")).collect();
        let all = |status| names.iter().map(|name| (name.as_str(), status, Code::ApiForbidden)).collect::<Vec<_>>();
        let mut progress = Progress::default();
        assert!(changes(&progress).is_empty());
        progress.note_run(run(Verdict::Ready, &all(Status::Passed)));
        assert!(changes(&progress).is_empty());
        progress.note_run(run(Verdict::NotReady, &all(Status::Failed)));
        let changes = changes(&progress);
        assert_eq!((changes.len(), changes[CHANGES].as_str()), (CHANGES + 1, "and 4 more"));
    }
}
