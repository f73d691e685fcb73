//! Files that a person writes: guides and the configuration.

use std::path::Path;

use halo_onboard::config::config_file::{FileError, parse};
use halo_onboard::domain::codes::Code;
use halo_onboard::domain::connection::{Connection, Typed, understand};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::report::{Check, Status, Verdict};
use halo_onboard::domain::verdict::{self, Case};
use halo_onboard::secret::Secret;

use super::evidence::evidence;
use super::source::Source;

/// A guide, and what is judged by it.
pub fn guide(bytes: &[u8]) {
    // What is seen comes from the end, so that the start can grow into a guide.
    let at = bytes.len() - bytes.len().min(usize::from(bytes.last().copied().unwrap_or(0)));
    let (text, seen) = bytes.split_at(at);
    let Ok(text) = std::str::from_utf8(text) else { return };
    match Guide::from_toml(text) {
        Err(error) => assert!(is_place(text, error.line, error.column), "{error}"),
        Ok(guide) => judged(&guide, &mut Source::new(seen)),
    }
}

fn judged(guide: &Guide, source: &mut Source<'_>) {
    for line in guide.lines() {
        let _ = guide.path_to(&line.fact);
        assert!(guide.line(&line.fact).is_some() && guide.step_of(&line.fact).is_some());
    }
    let connection = Connection::default();
    for (evidence, finished) in
        [(Default::default(), true), (evidence(source, guide), false), (evidence(source, guide), true)]
    {
        let case = Case { guide, connection: &connection, notes: &[], evidence: &evidence, finished };
        let judgement = verdict::judge(case);
        let _ = verdict::scopes_in_question(case);
        assert_eq!(judgement.facts.len(), guide.lines().count());
        let passes = matches!(judgement.verdict, Verdict::Ready | Verdict::ReadyWithWarnings);
        assert!(!(finished && passes) || evidence.token.value().is_some(), "ready without a token");
        for check in &judgement.checks {
            let skipped = check.status == Status::Skipped;
            assert!(!(skipped && check.http_status.is_some()), "asked, and called skipped: {check:?}");
        }
        if finished && judgement.verdict == Verdict::Ready {
            let ended = |check: &Check, status| check.status == status;
            assert!(judgement.checks.iter().any(|check| check.id == "discovery" && ended(check, Status::Passed)));
            let wrong = judgement.checks.iter().find(|check| match judgement.code {
                Code::Ok => !ended(check, Status::Passed),
                _ => ended(check, Status::Failed),
            });
            assert!(wrong.is_none(), "ready ({:?}) with {wrong:?}", judgement.code);
        }
    }
    assert_ne!(
        verdict::refuse(guide, &understand(&Typed::default(), &Secret::new(String::new()))).verdict,
        Verdict::Ready
    );
}

/// The configuration.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse(Path::new("config.toml"), text) {
        Err(FileError::Invalid { line, column, message, .. }) => {
            assert!(is_place(text, line, column), "line {line}, column {column}: {message}");
        }
        Err(error) => panic!("{error}"),
        // A profile's name is looked at where profiles are, in the store.
        Ok(file) => drop(format!("{file:?}")),
    }
}

/// Is it a place in the text, or right behind its end?
fn is_place(text: &str, line: usize, column: usize) -> bool {
    text.split('\n').nth(line.wrapping_sub(1)).is_some_and(|line| (1..=line.chars().count() + 1).contains(&column))
}
