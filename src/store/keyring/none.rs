//! Other systems have no such keyring.

use zeroize::Zeroizing;

use super::Refusal;

fn none<T>() -> Result<T, Refusal> {
    Err(Refusal::Unavailable("only Linux has one".into()))
}

pub(super) fn set(_: &str, _: &[u8]) -> Result<(), Refusal> {
    none()
}

pub(super) fn get(_: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    none()
}

pub(super) fn forget(_: &str) -> Result<bool, Refusal> {
    none()
}
