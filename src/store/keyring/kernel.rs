//! The calls to the kernel.

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

use super::Refusal;

/// Longer secrets are none.
const MOST_BYTES: usize = 4096;

/// The keyring of this login: gone when it ends.
fn session() -> Result<KeyRing, Refusal> {
    KeyRing::from_special_id(KeyRingIdentifier::Session, false).map_err(refusal)
}

fn find(description: &str) -> Result<Option<Key>, Refusal> {
    match session()?.search(description) {
        Ok(key) => Ok(Some(key)),
        Err(error) if is_gone(error) => Ok(None),
        Err(error) => Err(refusal(error)),
    }
}

pub(super) fn set(description: &str, secret: &[u8]) -> Result<(), Refusal> {
    // A key with the same description is replaced.
    session()?.add_key(description, secret).map(|_| ()).map_err(refusal)
}

pub(super) fn get(description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    let Some(key) = find(description)? else { return Ok(None) };
    let mut bytes = Zeroizing::new(vec![0; MOST_BYTES]);
    match key.read(&mut *bytes) {
        Ok(length) if length <= MOST_BYTES => {
            bytes.truncate(length);
            Ok(Some(bytes))
        }
        Ok(_) => Err(Refusal::Unavailable("what it holds is longer than a secret".into())),
        Err(error) if is_gone(error) => Ok(None),
        Err(KeyError::AccessDenied | KeyError::PermissionDenied) => Err(Refusal::Locked),
        Err(error) => Err(refusal(error)),
    }
}

pub(super) fn forget(description: &str) -> Result<bool, Refusal> {
    let Some(key) = find(description)? else { return Ok(false) };
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
        KeyError::OperationNotSupported => "this kernel has none".into(),
        KeyError::QuotaExceeded => "it is full".into(),
        KeyError::KeyringDoesNotExist | KeyError::KeyDoesNotExist => "this login has none".into(),
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
            (KeyError::OperationNotSupported, "this kernel has none"),
            (KeyError::QuotaExceeded, "full"),
            (KeyError::Unknown(7), "Unknown(7)"),
        ] {
            let Refusal::Unavailable(why) = refusal(error) else { panic!("{error:?}") };
            assert!(why.contains(says), "{why}");
        }
    }
}
