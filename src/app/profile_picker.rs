//! The choice of a profile: what is listed, and what is selected.

use super::profiles::{ProfileChoice, ProfileList, ProfileSummary};
use super::state::State;
use super::text_field::TextField;

/// The choice of a profile, while it covers the panes.
#[derive(Debug, Default)]
pub struct ProfilePicker {
    /// Number of the selected entry, from 0.
    pub(crate) at: usize,
    /// The text that is looked for, while it is typed.
    pub(crate) find: Option<TextField>,
    /// The text that is looked for.
    pub(crate) needle: String,
    /// Nothing lies behind: a choice has to be made.
    pub(crate) first: bool,
}

impl ProfilePicker {
    /// The choice that the interface begins with.
    pub(crate) fn first() -> Self {
        Self { first: true, ..Self::default() }
    }

    /// The entries, in order: the profiles that are looked for, a new set-up, the demo.
    pub fn entries<'a>(&self, shelf: &'a ProfileList) -> Vec<(ProfileChoice, Option<&'a ProfileSummary>)> {
        let needle = self.needle.to_lowercase();
        let fits = |tile: &&ProfileSummary| {
            needle.is_empty()
                || tile.name.to_lowercase().contains(&needle)
                || tile.host.to_lowercase().contains(&needle)
        };
        let profiles = shelf.profiles.iter().filter(fits);
        let mut entries: Vec<_> =
            profiles.map(|tile| (ProfileChoice::Profile(tile.name.clone()), Some(tile))).collect();
        entries.push((ProfileChoice::New, None));
        if shelf.demo {
            entries.push((ProfileChoice::Demo, None));
        }
        entries
    }

    /// Number of the selected entry, from 0.
    pub fn selected(&self) -> usize {
        self.at
    }

    /// The text that is looked for, while it is typed.
    pub fn find(&self) -> Option<&TextField> {
        self.find.as_ref()
    }

    /// The text that is looked for.
    pub fn needle(&self) -> &str {
        &self.needle
    }

    /// True while nothing lies behind: a choice has to be made.
    pub fn is_first(&self) -> bool {
        self.first
    }
}

impl State {
    /// The choice that is being opened.
    pub fn opening(&self) -> Option<&ProfileChoice> {
        self.opening.as_ref().map(|opening| &opening.choice)
    }

    /// The selected entry of the choice of a profile.
    pub fn picked(&self) -> Option<(ProfileChoice, Option<&ProfileSummary>)> {
        let picker = self.picker.as_ref()?;
        picker.entries(&self.shelf).into_iter().nth(picker.at)
    }
}
