//! Kernel keyrings (Linux).

use linux_keyutils::{Key, KeyError, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
use zeroize::Zeroizing;

use super::{LASTS, Refusal};
use crate::domain::profile::SecretStore;

/// Maximum length of a secret, in bytes.
const MOST_BYTES: usize = 4096;

fn ring(keep: SecretStore) -> Result<KeyRing, Refusal> {
    let id = match keep {
        SecretStore::Session => KeyRingIdentifier::Session,
        SecretStore::User => KeyRingIdentifier::User,
        SecretStore::Keychain => return Err(Refusal::Unavailable("the kernel has no keychain".into())),
    };
    KeyRing::from_special_id(id, false).map_err(refusal)
}

fn find(keep: SecretStore, description: &str) -> Result<Option<Key>, Refusal> {
    match ring(keep)?.search(description) {
        Ok(key) => Ok(Some(key)),
        Err(error) if is_gone(error) => Ok(None),
        Err(error) => Err(refusal(error)),
    }
}

pub(super) fn set(keep: SecretStore, description: &str, secret: &[u8]) -> Result<(), Refusal> {
    // A key with the same description is replaced.
    let key = ring(keep)?.add_key(description, secret).map_err(refusal)?;
    if keep == SecretStore::User {
        // Another login may hold this user's keyring without possessing it; where this is refused, it has to.
        let user = Permission::VIEW | Permission::READ | Permission::WRITE | Permission::SEARCH | Permission::SETATTR;
        let permissions = KeyPermissionsBuilder::builder().posessor(Permission::ALL).user(user).build();
        let _ = key.set_perms(permissions);
    }
    key.set_timeout(LASTS.as_secs() as usize).map_err(|error| {
        // Without an end it is not kept at all.
        let _ = key.invalidate();
        refusal(error)
    })
}

pub(super) fn holds(keep: SecretStore, description: &str) -> Result<bool, Refusal> {
    find(keep, description).map(|key| key.is_some())
}

pub(super) fn get(keep: SecretStore, description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    let Some(key) = find(keep, description)? else { return Ok(None) };
    let mut bytes = Zeroizing::new(vec![0; MOST_BYTES]);
    match key.read(&mut *bytes) {
        Ok(length) if length <= MOST_BYTES => {
            bytes.truncate(length);
            Ok(Some(bytes))
        }
        Ok(_) => Err(Refusal::Unavailable("its entry is longer than a secret".into())),
        Err(error) if is_gone(error) => Ok(None),
        Err(KeyError::AccessDenied | KeyError::PermissionDenied) => Err(Refusal::Locked),
        Err(error) => Err(refusal(error)),
    }
}

pub(super) fn forget(keep: SecretStore, description: &str) -> Result<bool, Refusal> {
    let Some(key) = find(keep, description)? else { return Ok(false) };
    // Invalidated it is gone at once; only unlinked, it would stay for as long as somebody else holds it.
    match key.invalidate() {
        Ok(()) => Ok(true),
        Err(error) if is_gone(error) => Ok(false),
        Err(KeyError::AccessDenied | KeyError::PermissionDenied) => Err(Refusal::Locked),
        Err(error) => Err(refusal(error)),
    }
}

fn is_gone(error: KeyError) -> bool {
    matches!(error, KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked)
}

fn refusal(error: KeyError) -> Refusal {
    Refusal::Unavailable(match error {
        KeyError::AccessDenied | KeyError::PermissionDenied => {
            "the system does not allow it (usual in containers)".into()
        }
        KeyError::OperationNotSupported => "this kernel does not have one".into(),
        KeyError::QuotaExceeded => "it is full".into(),
        KeyError::KeyringDoesNotExist | KeyError::KeyDoesNotExist => "this login does not have one".into(),
        other => format!("{other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_is_usual() {
        for (error, says) in [
            (KeyError::AccessDenied, "containers"),
            (KeyError::OperationNotSupported, "this kernel does not have one"),
            (KeyError::QuotaExceeded, "full"),
            (KeyError::Unknown(7), "Unknown(7)"),
        ] {
            let Refusal::Unavailable(why) = refusal(error) else { panic!("{error:?}") };
            assert!(why.contains(says), "{why}");
        }
    }
}
