//! Other systems have no such keyring.

use zeroize::Zeroizing;

use super::Refusal;
use crate::domain::profile::Keep;

fn none<T>() -> Result<T, Refusal> {
    Err(Refusal::Unavailable("only Linux has one".into()))
}

pub(super) fn set(_: Keep, _: &str, _: &[u8]) -> Result<(), Refusal> {
    none()
}

pub(super) fn holds(_: Keep, _: &str) -> Result<bool, Refusal> {
    none()
}

pub(super) fn get(_: Keep, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    none()
}

pub(super) fn forget(_: Keep, _: &str) -> Result<bool, Refusal> {
    none()
}
