//! Selects the implementation for each place.

use zeroize::Zeroizing;

use super::{Refusal, kernel, keychain};
use crate::domain::profile::Keep;

pub(super) fn set(keep: Keep, description: &str, secret: &[u8]) -> Result<(), Refusal> {
    match keep {
        Keep::Session | Keep::User => kernel::set(keep, description, secret),
        Keep::Keychain => keychain::set(keep, description, secret),
    }
}

pub(super) fn get(keep: Keep, description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    match keep {
        Keep::Session | Keep::User => kernel::get(keep, description),
        Keep::Keychain => keychain::get(keep, description),
    }
}

pub(super) fn holds(keep: Keep, description: &str) -> Result<bool, Refusal> {
    match keep {
        Keep::Session | Keep::User => kernel::holds(keep, description),
        Keep::Keychain => keychain::holds(keep, description),
    }
}

pub(super) fn forget(keep: Keep, description: &str) -> Result<bool, Refusal> {
    match keep {
        Keep::Session | Keep::User => kernel::forget(keep, description),
        Keep::Keychain => keychain::forget(keep, description),
    }
}
