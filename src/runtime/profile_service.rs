//! What outlives a session, as the runtime needs it: opening, saving and removing profiles, keeping a secret.

use std::sync::Arc;

use super::autosave::Keeper;
use super::{Pending, RuntimeParts};
use crate::app::{ProfileChoice, ProfileSummary, Progress, Start};
use crate::domain::profile::Keep;
use crate::secret::Secret;

/// What outlives a session. All but [`ProfileService::open`] is called away from the tasks that answer keys; an error is one or
/// two sentences for the operator.
pub trait ProfileService: Send + Sync {
    /// What is kept of all profiles.
    fn look(&self) -> LoadedProfiles;

    /// Opens a profile, a new set-up or the simulated Halo.
    fn open(self: Arc<Self>, choice: ProfileChoice) -> Pending<Result<Opened, String>>;

    /// Saves values as a profile, with what is kept of it: what keeps the session from now on.
    ///
    /// # Errors
    /// It cannot be written.
    fn save(&self, name: &str, progress: &Progress) -> Result<Option<Keeper>, String>;

    /// Removes a profile and all that is kept of it: what was done.
    ///
    /// # Errors
    /// Something of it is still there.
    fn remove(&self, name: &str) -> Result<String, String>;

    /// Keeps the secret of a profile, or forgets it: what was done.
    ///
    /// # Errors
    /// It could not be; nothing was done elsewhere instead.
    fn keep_secret(&self, profile: &str, keep: Option<Keep>, secret: &Secret) -> Result<String, String>;
}

/// What is kept of all profiles.
#[derive(Default)]
pub struct LoadedProfiles {
    /// The profiles, in order.
    pub profiles: Vec<ProfileSummary>,
    /// The host of the set-up that has no name yet, when one was begun.
    pub unnamed: Option<String>,
    /// Where a secret can be kept, as tried.
    pub ways: Vec<Keep>,
}

/// What was opened.
pub struct Opened {
    /// What the interface begins with.
    pub start: Start,
    /// What its effects are performed with.
    pub parts: RuntimeParts,
}
