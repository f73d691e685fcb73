//! Placeholder for a storage that this system does not have: it is empty, and nothing can be kept in it.

use zeroize::Zeroizing;

use super::Refusal;
use crate::domain::profile::SecretStore;

pub(super) fn set(_: SecretStore, _: &str, _: &[u8]) -> Result<(), Refusal> {
    Err(Refusal::Unavailable("this system does not have one".into()))
}

pub(super) fn get(_: SecretStore, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    Ok(None)
}

pub(super) fn holds(_: SecretStore, _: &str) -> Result<bool, Refusal> {
    Ok(false)
}

pub(super) fn forget(_: SecretStore, _: &str) -> Result<bool, Refusal> {
    Ok(false)
}
