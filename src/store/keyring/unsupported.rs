//! Placeholder for a storage that this system does not have: it is empty, and nothing can be kept in it.

use zeroize::Zeroizing;

use super::Refusal;
use crate::domain::profile::Keep;

pub(super) fn set(_: Keep, _: &str, _: &[u8]) -> Result<(), Refusal> {
    Err(Refusal::Unavailable("this system does not have one".into()))
}

pub(super) fn get(_: Keep, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    Ok(None)
}

pub(super) fn holds(_: Keep, _: &str) -> Result<bool, Refusal> {
    Ok(false)
}

pub(super) fn forget(_: Keep, _: &str) -> Result<bool, Refusal> {
    Ok(false)
}
