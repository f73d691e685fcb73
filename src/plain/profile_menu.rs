//! Menu of profiles: the profiles with their last verdict as a numbered list, and their saved progress.

use std::fmt::Write;
use std::sync::Arc;

use super::{End, PlainSession, text_views};
use crate::app::{LastCheck, ProfileChoice, ProfileList, ProfileSummary};
use crate::domain::report::Verdict;
use crate::session::demo;
use crate::session::demo::Demo;
use crate::session::prepare_run::http;
use crate::session::progress_writer::ProgressWriter;
use crate::session::{profile_service, profile_summaries, restore_progress};
use crate::store::progress;

impl PlainSession<'_> {
    /// Asks for a profile unless one is given, then restores its progress.
    pub(super) async fn choose_set_up(&mut self) -> Result<(), End> {
        if self.demo.is_some() {
            return Ok(());
        }
        if !self.session.names_a_halo() && !self.session.profiles.is_empty() {
            let shelf = ProfileList {
                profiles: profile_summaries::all(&self.session.paths, &self.session.profiles),
                unnamed: profile_summaries::unnamed(&self.session.paths),
                ..ProfileList::default()
            };
            self.to.out.text(&list(&shelf));
            let choice = loop {
                let answer = self.ask(&format!("Which one? 1 to {}, or a name. ", shelf.profiles.len() + 2)).await?;
                match read(&answer, &shelf) {
                    Some(choice) => break choice,
                    None => self.to.out.text(&list(&shelf)),
                }
            };
            self.open_choice(choice).await?;
        }
        if self.demo.is_none() {
            self.take_up()?;
        }
        Ok(())
    }

    async fn open_choice(&mut self, choice: ProfileChoice) -> Result<(), End> {
        let name = match &choice {
            ProfileChoice::Profile(name) => Some(name.as_str()),
            ProfileChoice::New | ProfileChoice::Demo | ProfileChoice::Guide { .. } => None,
        };
        self.session = self.session.of_profile(name)?;
        self.guide = self.session.guide()?;
        if choice == ProfileChoice::Demo {
            let demo = Demo::start(Arc::clone(&self.guide), "", demo::anywhere()).await?;
            self.session.demo = Some(demo.scenario.clone());
            self.demo = Some(demo);
        }
        self.http = http(&self.session)?;
        self.typed = self.session.typed();
        Ok(())
    }

    /// Restores the saved progress of a profile, and saves it from now on.
    fn take_up(&mut self) -> Result<(), End> {
        let profile = self.session.settings.profile.value.clone();
        let mut start = profile_service::empty(&self.session)?;
        start.profile.clone_from(&profile);
        start.shelf.warnings.extend(self.session.note.as_ref().map(ToString::to_string));
        match progress::open(&self.session.paths, profile.as_deref()) {
            Ok(opened) => {
                start.shelf.warnings.extend(opened.notes.iter().map(ToString::to_string));
                let book = ProgressWriter::new(opened.file, opened.progress.clone());
                if restore_progress::restore_progress(&mut start, self.session.typed(), &opened.progress) {
                    self.keeper = book.keeper();
                }
                self.typed = start.typed;
            }
            Err(error) => start.shelf.warnings.push(error.to_string()),
        }
        (self.ticks, self.previous) = (start.ticks, start.previous);
        for warning in &start.shelf.warnings {
            self.to.out.line(&text_views::shown(warning));
        }
        if let Some(when) = &start.shelf.unfinished {
            self.to.out.line(&format!("The run of {when} was interrupted."));
        }
        Ok(())
    }

    /// Saves ticks, values and the last verdict, never a secret. A failure is reported once.
    pub(super) fn keep(&mut self, under_way: bool) {
        let Some(keeper) = &self.keeper else { return };
        let progress = crate::app::Progress { under_way, ..self.state().progress() };
        if let Err(reason) = keeper(&progress) {
            self.to.out.line(&format!("Your progress is not saved. {reason}"));
            self.keeper = None;
        }
    }
}

/// The numbered list of profiles, followed by the other choices.
fn list(shelf: &ProfileList) -> String {
    let mut out = String::from("Profiles:\n");
    for (at, tile) in shelf.profiles.iter().enumerate() {
        out.push_str(&profile(at + 1, tile));
    }
    let new = match &shelf.unnamed {
        Some(host) => format!("new: continue with the set-up that has no name yet ({})", text_views::shown(host)),
        None => "new: start a new set-up".into(),
    };
    let next = shelf.profiles.len() + 1;
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{next}. {new}.\n{}. demo: use a simulated Halo; needs no network and no account.", next + 1);
    out
}

fn profile(number: usize, tile: &ProfileSummary) -> String {
    let host = if tile.host.is_empty() { String::new() } else { format!(", {}", text_views::shown(&tile.host)) };
    let checked = tile.last.as_ref().map_or_else(|| "never checked".into(), checked);
    let mut out = format!("{number}. {}{host}: {checked}. Secret: {}.\n", tile.name, text_views::shown(&tile.secret));
    let mut more = |text: String| {
        let _ = writeln!(out, "  {}", text_views::shown(&text));
    };
    tile.trouble.iter().for_each(|trouble| more(trouble.clone()));
    tile.unfinished.iter().for_each(|when| more(format!("The run of {when} was interrupted.")));
    if let Some(good) = tile.good.as_ref().filter(|_| !tile.changes.is_empty()) {
        more(format!("Since the last good run ({good}): {}", tile.changes.join("; ")));
    }
    out
}

fn checked(last: &LastCheck) -> String {
    let verdict = match last.verdict {
        Verdict::NotReady => format!("NOT READY, {} failed", last.failed),
        other => other.label().into(),
    };
    format!("last check {}, {verdict}", last.when)
}

/// Parses an answer to the list: a number, a profile's name, `new` or `demo`.
fn read(answer: &str, shelf: &ProfileList) -> Option<ProfileChoice> {
    let profiles = &shelf.profiles;
    if let Some(known) = profiles.iter().find(|known| known.name == answer) {
        return Some(ProfileChoice::Profile(known.name.clone()));
    }
    let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    match (answer, number) {
        ("new", _) => Some(ProfileChoice::New),
        ("demo", _) => Some(ProfileChoice::Demo),
        (_, Some(at)) if at == profiles.len() => Some(ProfileChoice::New),
        (_, Some(at)) if at == profiles.len() + 1 => Some(ProfileChoice::Demo),
        (_, at) => at.and_then(|at| profiles.get(at)).map(|tile| ProfileChoice::Profile(tile.name.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> ProfileList {
        let last = |verdict, failed| Some(LastCheck { when: "3 d ago".into(), verdict, failed });
        let tile = |name: &str, last| ProfileSummary {
            name: name.into(),
            host: format!("{name}.halopsa.com"),
            secret: "not kept".into(),
            last,
            ..ProfileSummary::default()
        };
        let acme = ProfileSummary {
            good: Some("5 d ago".into()),
            changes: vec!["invoices: ok -> FAIL api.role_level".into()],
            ..tile("acme", last(Verdict::NotReady, 1))
        };
        let profiles = vec![acme, tile("beta", last(Verdict::Ready, 0)), tile("demo2", None)];
        ProfileList { profiles, ..ProfileList::default() }
    }

    #[test]
    fn profiles_are_listed_with_their_last_verdict_and_what_changed() {
        let list = list(&shelf());
        for line in [
            "1. acme, acme.halopsa.com: last check 3 d ago, NOT READY, 1 failed. Secret: not kept.",
            "  Since the last good run (5 d ago): invoices: ok -> FAIL api.role_level",
            "2. beta, beta.halopsa.com: last check 3 d ago, READY. Secret: not kept.",
            "3. demo2, demo2.halopsa.com: never checked. Secret: not kept.",
            "4. new: start a new set-up.",
            "5. demo: use a simulated Halo; needs no network and no account.",
        ] {
            assert!(list.lines().any(|known| known == line), "{line}\n{list}");
        }
    }

    #[test]
    fn an_answer_is_a_number_a_name_or_a_word() {
        let profile = |name: &str| Some(ProfileChoice::Profile(name.into()));
        for (answer, wanted) in [
            ("1", profile("acme")),
            ("beta", profile("beta")),
            ("4", Some(ProfileChoice::New)),
            ("5", Some(ProfileChoice::Demo)),
            ("new", Some(ProfileChoice::New)),
            ("demo", Some(ProfileChoice::Demo)),
            ("0", None),
            ("6", None),
            ("", None),
            ("gamma", None),
        ] {
            assert_eq!(read(answer, &shelf()), wanted, "{answer:?}");
        }
    }
}
