//! Effects on profiles: opening and saving a session, removing a profile, keeping a secret.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{LoadedProfiles, OpenedSession, Runtime, RuntimeParts, autosave, tell};
use crate::app::{Message, ProfileChoice, Progress};
use crate::domain::profile::SecretStore;
use crate::secret::Secret;

impl Runtime {
    pub(super) fn look(&self) {
        let Some(shelf) = self.parts.shelf.clone() else { return };
        let looked = |LoadedProfiles { profiles, unnamed, ways }| Message::LoadedProfiles { profiles, unnamed, ways };
        self.aside(move || looked(shelf.look()), move || looked(LoadedProfiles::default()));
    }

    /// Opens another session; [`Runtime::settle`] makes it active.
    pub(super) fn open(&mut self, order: u64, choice: ProfileChoice) {
        let Some(shelf) = self.parts.shelf.clone() else { return };
        let (post, next, closing) = (self.post.clone(), Arc::clone(&self.next), self.closing.take());
        tokio::spawn(async move {
            if let Some(closing) = closing {
                let _ = closing.await;
            }
            let opened = tokio::spawn(shelf.open(choice)).await;
            let opened = opened
                .unwrap_or_else(|_| Err("Internal error while opening it. This is a bug in halo-onboard.".into()));
            let start = opened.map(|OpenedSession { start, parts }| {
                locked(&next).insert(order, parts);
                Box::new(start)
            });
            tell(&post, Message::Opened { order, outcome: start });
        });
    }

    /// Makes the session that this order opened or saved the active one and drops the results of earlier orders. The
    /// previous session is still saved in the background.
    pub(super) fn settle(&mut self, order: u64) {
        let parts = {
            let mut next = locked(&self.next);
            *next = next.split_off(&order);
            next.remove(&order)
        };
        let Some(parts) = parts else { return };
        self.abort();
        if let Some(keep) = self.keep.take() {
            self.closing = Some(tokio::spawn(keep.finish()));
        }
        self.keep = parts.keeper.clone().map(|keeper| autosave::Autosave::new(keeper, self.post.clone()));
        self.parts = parts;
    }

    pub(super) fn save(&mut self, order: u64, name: String, progress: Box<Progress>) {
        let Some(shelf) = self.parts.shelf.clone() else { return };
        let (parts, next) = (self.parts.clone(), Arc::clone(&self.next));
        self.write(
            format!("the profile {name}"),
            move || {
                let outcome = shelf.save(&name, &progress).map(|keeper| {
                    locked(&next).insert(order, RuntimeParts { keeper, ..parts });
                    name
                });
                Message::ProfileSaved { order, outcome }
            },
            move || Message::ProfileSaved {
                order,
                outcome: Err("Internal error while saving. This is a bug in halo-onboard.".into()),
            },
        );
    }

    pub(super) fn remove(&mut self, name: String) {
        let Some(shelf) = self.parts.shelf.clone() else { return };
        self.write(
            format!("the removal of the profile {name}"),
            move || Message::ProfileRemoved(shelf.remove(&name)),
            || Message::ProfileRemoved(Err("Internal error while removing it. This is a bug in halo-onboard.".into())),
        );
    }

    pub(super) fn keep_secret(&mut self, profile: String, keep: Option<SecretStore>, secret: Secret) {
        let Some(shelf) = self.parts.shelf.clone() else { return };
        let name = profile.clone();
        self.write(
            format!("the secret of {profile}, to be kept or forgotten"),
            move || {
                let outcome = shelf.keep_secret(&profile, keep, &secret);
                Message::SecretKept { profile, keep, outcome }
            },
            move || Message::SecretKept {
                profile: name,
                keep,
                outcome: Err("Internal error while keeping it. This is a bug in halo-onboard.".into()),
            },
        );
    }
}

fn locked(next: &Mutex<BTreeMap<u64, RuntimeParts>>) -> MutexGuard<'_, BTreeMap<u64, RuntimeParts>> {
    next.lock().unwrap_or_else(PoisonError::into_inner)
}
