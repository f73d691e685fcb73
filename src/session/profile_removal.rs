//! Removal of a profile with its progress and its kept secret.

use super::command_error::CommandError;
use super::setting_sources::store;
use crate::domain::codes::Code;
use crate::domain::profile::SecretStore;
use crate::store::{Paths, StoreError, keyring, progress};

/// Removes a profile with its progress and its kept secret. Returns one sentence per removed part.
///
/// # Errors
/// There is no such profile, or a part could not be removed; the error names the part.
pub fn remove(paths: &Paths, name: &str) -> Result<Vec<String>, CommandError> {
    let remembered = remembered(paths, name);
    let note = store(paths).remove(name)?;
    let progress = progress::remove(paths, name);
    let secret = unless_none(keyring::forget(name), remembered);
    let mut done = vec![format!("{name} was removed.")];
    if let Ok(true) = secret {
        done.push(format!("Its secret was removed from {}.", remembered.map_or("the keyring", SecretStore::place)));
    }
    done.extend(note.as_ref().map(ToString::to_string));
    all_done(&format!("{name} was removed, but"), "is still there", secret, progress)?;
    Ok(done)
}

/// Returns the place in which the operator kept the secret of a profile.
pub(crate) fn remembered(paths: &Paths, name: &str) -> Option<SecretStore> {
    store(paths).get(name).ok()?.keep
}

/// Without a keyring no secret is kept in one, unless it was kept there earlier, from another login.
pub(crate) fn unless_none(
    outcome: Result<bool, StoreError>,
    remembered: Option<SecretStore>,
) -> Result<bool, StoreError> {
    match outcome {
        Err(error) if error.code() == Code::LocalKeyringUnavailable && remembered.is_none() => Ok(false),
        other => other,
    }
}

/// Combines the errors of all parts into one; the secret comes first.
pub(crate) fn all_done(
    begin: &str,
    end: &str,
    secret: Result<bool, StoreError>,
    progress: Result<(), StoreError>,
) -> Result<(), CommandError> {
    let left = [("secret", secret.err()), ("progress", progress.err())];
    let left: Vec<_> = left.into_iter().filter_map(|(what, error)| Some((what, error?))).collect();
    let Some((_, first)) = left.first() else { return Ok(()) };
    let told: Vec<String> = left.iter().map(|(what, error)| format!("its {what} {end}: {}", error.what())).collect();
    Err(CommandError::new(first.code(), format!("{begin} {}", told.join(" And ")), first.next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unavailable() -> StoreError {
        StoreError::new(Code::LocalKeyringUnavailable, "The keyring cannot be used here.", "Log in again.")
    }

    #[test]
    fn whatever_was_not_done_is_told_the_secret_first() {
        assert!(all_done("b", "e", Ok(true), Ok(())).is_ok());
        let both = all_done("acme was removed, but", "is still there", Err(unavailable()), Err(unavailable()));
        let text = both.expect_err("two failures").text();
        let (secret, progress) = (text.find("its secret is still there"), text.find("its progress is still there"));
        assert!(secret.is_some() && secret < progress, "{text}");
    }

    #[test]
    fn where_there_is_no_keyring_nothing_is_kept_unless_it_was() {
        assert_eq!(unless_none(Err(unavailable()), None), Ok(false));
        assert!(unless_none(Err(unavailable()), Some(SecretStore::User)).is_err(), "kept from another login, perhaps");
        assert_eq!(unless_none(Ok(true), None), Ok(true));
    }
}
