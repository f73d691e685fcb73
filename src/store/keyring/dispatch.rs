//! Selects the implementation for each place.

use zeroize::Zeroizing;

use super::{Refusal, kernel, keychain};
use crate::domain::profile::SecretStore;

pub(super) fn set(keep: SecretStore, description: &str, secret: &[u8]) -> Result<(), Refusal> {
    match keep {
        SecretStore::Session | SecretStore::User => kernel::set(keep, description, secret),
        SecretStore::Keychain => keychain::set(keep, description, secret),
    }
}

pub(super) fn get(keep: SecretStore, description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    match keep {
        SecretStore::Session | SecretStore::User => kernel::get(keep, description),
        SecretStore::Keychain => keychain::get(keep, description),
    }
}

pub(super) fn holds(keep: SecretStore, description: &str) -> Result<bool, Refusal> {
    match keep {
        SecretStore::Session | SecretStore::User => kernel::holds(keep, description),
        SecretStore::Keychain => keychain::holds(keep, description),
    }
}

pub(super) fn forget(keep: SecretStore, description: &str) -> Result<bool, Refusal> {
    match keep {
        SecretStore::Session | SecretStore::User => kernel::forget(keep, description),
        SecretStore::Keychain => keychain::forget(keep, description),
    }
}
