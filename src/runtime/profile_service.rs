//! Interface between the runtime and the storage of profiles: opening, saving and removing profiles, keeping a secret.

use std::sync::Arc;

use super::autosave::SaveProgress;
use super::{Pending, RuntimeParts};
use crate::app::{ProfileChoice, ProfileSummary, Progress, Start};
use crate::domain::profile::SecretStore;
use crate::secret::Secret;

/// Storage of profiles and secrets. All methods except [`ProfileService::open`] block and are called on a separate
/// thread. An error is one or two sentences for the operator.
pub trait ProfileService: Send + Sync {
    /// Summaries of all profiles.
    fn look(&self) -> LoadedProfiles;

    /// Opens a profile, a new set-up, or the simulated Halo.
    fn open(self: Arc<Self>, choice: ProfileChoice) -> Pending<Result<OpenedSession, String>>;

    /// Saves values and progress as a profile. Returns the function that saves the session from now on.
    ///
    /// # Errors
    /// The profile cannot be written.
    fn save(&self, name: &str, progress: &Progress) -> Result<Option<SaveProgress>, String>;

    /// Removes a profile with its progress and secret. Returns a description of what was removed.
    ///
    /// # Errors
    /// A part of the profile could not be removed.
    fn remove(&self, name: &str) -> Result<String, String>;

    /// Keeps or forgets the secret of a profile. Returns a description of what was done.
    ///
    /// # Errors
    /// The secret could not be kept or forgotten; no other place was used.
    fn keep_secret(&self, profile: &str, keep: Option<SecretStore>, secret: &Secret) -> Result<String, String>;
}

/// Summaries of all profiles.
#[derive(Default)]
pub struct LoadedProfiles {
    /// The profiles, in order.
    pub profiles: Vec<ProfileSummary>,
    /// Host of the unnamed set-up, if one was started.
    pub unnamed: Option<String>,
    /// Places that can keep a secret, as probed.
    pub ways: Vec<SecretStore>,
}

/// An opened session.
pub struct OpenedSession {
    /// Initial state of the interface.
    pub start: Start,
    /// Dependencies for the session's effects.
    pub parts: RuntimeParts,
}
