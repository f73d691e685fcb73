//! The platform's keychain: macOS' login keychain, Windows' Credential Manager. The system encrypts it and controls
//! access; D-Bus and desktop daemons are not used.

use std::sync::Arc;

use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::Refusal;
use crate::domain::profile::SecretStore;

/// Service name of all entries.
const SERVICE: &str = "halo-onboard";

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// On other systems only the tests have a keychain: a mock in memory.
#[cfg(not(any(target_os = "macos", windows)))]
fn store() -> Result<Arc<CredentialStore>, Error> {
    static MOCK: std::sync::OnceLock<Arc<keyring_core::mock::Store>> = std::sync::OnceLock::new();
    Ok(Arc::clone(MOCK.get_or_init(|| keyring_core::mock::Store::new().expect("a mock"))) as Arc<CredentialStore>)
}

fn entry(description: &str) -> Result<Entry, Refusal> {
    store().and_then(|store| store.build(SERVICE, description, None)).map_err(refusal)
}

/// Returns `None` if there is no such entry.
fn found<T>(outcome: Result<T, Error>) -> Result<Option<T>, Refusal> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(refusal(error)),
    }
}

pub(super) fn set(_: SecretStore, description: &str, secret: &[u8]) -> Result<(), Refusal> {
    entry(description)?.set_secret(secret).map_err(refusal)
}

pub(super) fn get(_: SecretStore, description: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    Ok(found(entry(description)?.get_secret())?.map(Zeroizing::new))
}

pub(super) fn holds(_: SecretStore, description: &str) -> Result<bool, Refusal> {
    Ok(found(entry(description)?.get_credential())?.is_some())
}

pub(super) fn forget(_: SecretStore, description: &str) -> Result<bool, Refusal> {
    Ok(found(entry(description)?.delete_credential())?.is_some())
}

/// Uses the system's message if there is one. An error may contain the value that was read, which is never repeated.
fn refusal(error: Error) -> Refusal {
    match error {
        Error::NoStorageAccess(_) => Refusal::Locked,
        Error::PlatformFailure(error) => Refusal::Unavailable(error.to_string()),
        Error::TooLong(..) => Refusal::Unavailable("the secret is too long for it".into()),
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            zeroize::Zeroize::zeroize(&mut bytes);
            Refusal::Unavailable("its entry is not a secret of this program".into())
        }
        _ => Refusal::Unavailable("it does not work as expected".into()),
    }
}

#[cfg(all(test, not(any(target_os = "macos", windows))))]
mod tests {
    use keyring_core::mock::Cred;

    use super::*;

    const KEEP: SecretStore = SecretStore::Keychain;

    #[test]
    fn what_is_kept_comes_back_until_it_is_forgotten() {
        let name = "halo-onboard:keychain:acme";
        assert_eq!((get(KEEP, name), holds(KEEP, name), forget(KEEP, name)), (Ok(None), Ok(false), Ok(false)));
        set(KEEP, name, b"older").expect("kept");
        set(KEEP, name, b"canary-4711").expect("replaced");
        assert_eq!(holds(KEEP, name), Ok(true));
        assert_eq!(get(KEEP, name).expect("works").as_deref().map(Vec::as_slice), Some(&b"canary-4711"[..]));
        assert_eq!(get(KEEP, "halo-onboard:keychain:beta"), Ok(None), "another profile's is another");
        assert_eq!((forget(KEEP, name), holds(KEEP, name), forget(KEEP, name)), (Ok(true), Ok(false), Ok(false)));
    }

    #[test]
    fn refusals_are_told_apart_and_hold_nothing_of_the_secret() {
        let said = |text: &str| -> Box<dyn std::error::Error + Send + Sync> { text.into() };
        let held = || b"canary-4711".to_vec();
        for (error, wanted) in [
            (Error::NoStorageAccess(said("locked")), Refusal::Locked),
            (
                Error::PlatformFailure(said("User interaction is not allowed.")),
                Refusal::Unavailable("User interaction is not allowed.".into()),
            ),
            (
                Error::BadDataFormat(held(), said("odd")),
                Refusal::Unavailable("its entry is not a secret of this program".into()),
            ),
            (Error::BadEncoding(held()), Refusal::Unavailable("its entry is not a secret of this program".into())),
        ] {
            let entry = entry("halo-onboard:keychain:refused").expect("an entry");
            entry.as_any().downcast_ref::<Cred>().expect("the mock").set_error(error);
            assert_eq!(get(KEEP, "halo-onboard:keychain:refused"), Err(wanted));
        }
    }
}
