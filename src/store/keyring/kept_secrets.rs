//! The secrets that the system keeps for profiles.

use super::dispatch;
use crate::domain::codes::Code;
use crate::domain::profile::SecretStore;
use crate::secret::Secret;
use crate::store::error::StoreError;
use crate::store::profiles::check_name;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// Time limit of a call: the kernel may start a helper program to answer.
const LIMIT: Duration = Duration::from_secs(3);
/// Time limit of a read: a keychain may prompt the user for permission.
const READING: Duration = if cfg!(target_os = "linux") { LIMIT } else { Duration::from_secs(30) };
/// Name of this system's storage, for the start of a sentence.
const NAME: &str = if cfg!(any(target_os = "macos", windows)) { "The keychain" } else { "The kernel's keyring" };
/// Maximum time for which the kernel keeps a secret: one working day. The kernel then drops it.
pub const LASTS: Duration = Duration::from_secs(12 * 3600);

/// Number of probes so far.
static PROBES: AtomicU32 = AtomicU32::new(0);

/// Tests whether a place stores a value and returns it.
///
/// # Errors
/// `local.keyring_unavailable`, `.keyring_locked` or `.keyring_timeout`, with the reason.
pub fn probe(keep: SecretStore) -> Result<(), StoreError> {
    in_time(move || {
        // One of its own: a probe at the same time must not take it away.
        let number = PROBES.fetch_add(1, Ordering::Relaxed);
        let description = format!("halo-onboard-probe:{}:{number}", std::process::id());
        dispatch::set(keep, &description, b"probe")?;
        let found = dispatch::get(keep, &description)?;
        dispatch::forget(keep, &description)?;
        if found.as_deref().is_some_and(|found| **found == *b"probe") {
            Ok(())
        } else {
            Err(Refusal::Unavailable("it forgets".into()))
        }
    })
}

/// Keeps the secret of a profile (in the kernel for [`LASTS`]) and replaces an earlier one in any place.
///
/// # Errors
/// As [`probe`]. No other place is used instead.
pub fn set(profile: &str, keep: SecretStore, secret: &Secret) -> Result<(), StoreError> {
    let this = description(profile, keep)?;
    let others: Vec<_> = places(profile)?.into_iter().filter(|(other, _)| *other != keep).collect();
    let secret = secret.duplicate();
    in_time(move || {
        dispatch::set(keep, &this, secret.expose().as_bytes())?;
        // An older one elsewhere would be found when this one has gone.
        for (other, description) in others {
            let _ = dispatch::forget(other, &description);
        }
        Ok(())
    })
}

/// Returns the kept secret of a profile and its place; `None` if no secret is kept, or no longer.
///
/// # Errors
/// As [`probe`].
pub fn get(profile: &str) -> Result<Option<(SecretStore, Secret)>, StoreError> {
    let places = places(profile)?;
    within(READING, move || {
        first(places, |keep, description| {
            let Some(bytes) = dispatch::get(keep, description)? else { return Ok(None) };
            let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::Unavailable("its entry is not text".into()))?;
            Ok(Some((keep, Secret::new(text.to_owned()))))
        })
    })
}

/// Returns the place of a profile's kept secret, without reading the secret.
///
/// # Errors
/// As [`probe`].
pub fn holds(profile: &str) -> Result<Option<SecretStore>, StoreError> {
    let places = places(profile)?;
    in_time(move || first(places, |keep, description| Ok(dispatch::holds(keep, description)?.then_some(keep))))
}

/// Forgets the secret of a profile in all places; false if none was kept.
///
/// # Errors
/// As [`probe`]; the secret may still be kept.
pub fn forget(profile: &str) -> Result<bool, StoreError> {
    let places = places(profile)?;
    in_time(move || {
        let forgotten: Vec<_> = places.iter().map(|(keep, description)| dispatch::forget(*keep, description)).collect();
        let refused = forgotten.iter().find_map(|outcome| outcome.clone().err());
        match refused {
            Some(refusal) => Err(refusal),
            None => Ok(forgotten.contains(&Ok(true))),
        }
    })
}

/// Moves the kept secret of a profile to another name; false if none was kept.
///
/// # Errors
/// As [`probe`]; the secret is then still kept under the old name.
pub fn rename(from: &str, to: &str) -> Result<bool, StoreError> {
    let Some((keep, secret)) = get(from)? else { return Ok(false) };
    set(to, keep, &secret)?;
    forget(from)
}

/// Returns all places of a profile's secret with the entry's name in each. The names differ per place, because the
/// session's keyring usually links to the user's.
fn places(profile: &str) -> Result<Vec<(SecretStore, String)>, StoreError> {
    SecretStore::ALL.into_iter().map(|keep| Ok((keep, description(profile, keep)?))).collect()
}

fn description(profile: &str, keep: SecretStore) -> Result<String, StoreError> {
    check_name(profile)?;
    let place = match keep {
        SecretStore::Session => "session",
        SecretStore::User => "user",
        SecretStore::Keychain => "keychain",
    };
    Ok(format!("halo-onboard:{place}:{profile}"))
}

/// Returns the value of the first place that has one. A place's error is returned only if no other place has a value.
fn first<T>(
    places: Vec<(SecretStore, String)>,
    look: impl Fn(SecretStore, &str) -> Result<Option<T>, Refusal>,
) -> Result<Option<T>, Refusal> {
    let mut refused = None;
    for (keep, description) in places {
        match look(keep, &description) {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(refusal) => refused = Some(refusal),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// Reason why a place cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The place does not work on this system, with the reason.
    Unavailable(String),
    /// The place has the secret but does not release it to this login.
    Locked,
}

/// Runs the call on a separate thread, so that a blocked call does not block the program.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, StoreError> {
    within(LIMIT, work)
}

/// Calls a place with a time limit. All calls of this module use this function.
///
/// # Errors
/// As [`probe`].
pub fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, StoreError> {
    let (sender, answer) = mpsc::channel();
    let thread = std::thread::Builder::new().name("keyring".into()).spawn(move || {
        let _ = sender.send(work());
    });
    let answer = match thread {
        Ok(_) => answer.recv_timeout(limit),
        Err(_) => return Err(told(Refusal::Unavailable("no thread could be started for it".into()))),
    };
    match answer {
        Ok(outcome) => outcome.map_err(told),
        Err(_) => Err(StoreError::new(
            Code::LocalKeyringTimeout,
            format!("{NAME} did not answer within {} s. Nothing was written elsewhere.", limit.as_secs()),
            "Choose another place for the secret, or do not keep it.",
        )),
    }
}

fn told(refusal: Refusal) -> StoreError {
    match refusal {
        Refusal::Unavailable(why) => StoreError::new(
            Code::LocalKeyringUnavailable,
            format!("{NAME} cannot be used here: {}. Nothing was written elsewhere.", why.trim_end_matches('.')),
            "Use a command that prints the secret, or do not keep it.",
        ),
        Refusal::Locked => StoreError::new(
            Code::LocalKeyringLocked,
            format!("{NAME} holds the secret, but this login may not read it. Nothing was written elsewhere."),
            "Log in again, or unlock it, and save the secret again; or choose another place.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_kinds_of_refusal_are_told_apart() {
        let unavailable = within::<()>(LIMIT, || Err(Refusal::Unavailable("it is full".into()))).expect_err("refused");
        let locked = within::<()>(LIMIT, || Err(Refusal::Locked)).expect_err("refused");
        let (_hold, wait) = mpsc::channel::<()>();
        let late =
            within(Duration::from_millis(20), move || wait.recv().map_err(|_| Refusal::Locked)).expect_err("late");
        for (error, code) in [
            (&unavailable, Code::LocalKeyringUnavailable),
            (&locked, Code::LocalKeyringLocked),
            (&late, Code::LocalKeyringTimeout),
        ] {
            assert_eq!(error.code(), code);
            assert!(error.what().contains("Nothing was written elsewhere"), "{error}");
        }
    }

    /// Where the probe says yes, everything works; where it says no, every call says the same and keeps nothing.
    #[test]
    fn the_probe_tells_the_truth() {
        let secret = Secret::new("canary-4711".into());
        for keep in SecretStore::ALL {
            let profile = format!("test-{keep:?}-{}", std::process::id());
            let renamed = format!("{profile}-2");
            match probe(keep) {
                Ok(()) => {
                    assert!(get(&profile).expect("works").is_none());
                    set(&profile, keep, &Secret::new("older and longer than that".into())).expect("works");
                    set(&profile, keep, &secret).expect("works");
                    assert_eq!(holds(&profile).expect("works"), Some(keep));
                    let (place, kept) = get(&profile).expect("works").expect("kept");
                    assert_eq!((place, kept.expose()), (keep, secret.expose()));
                    assert!(rename(&profile, &renamed).expect("works"));
                    assert_eq!(holds(&profile).expect("works"), None);
                    assert!(forget(&renamed).expect("works"));
                    assert!(!forget(&renamed).expect("works"));
                    assert!(get(&renamed).expect("works").is_none());
                }
                Err(refused) => {
                    let error = set(&profile, keep, &secret).expect_err("refused as well");
                    assert_eq!(error.code(), refused.code());
                    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
                    assert!(get(&profile).is_err() || get(&profile).is_ok_and(|kept| kept.is_none()));
                }
            }
        }
    }

    #[test]
    fn probes_at_the_same_time_do_not_disturb_each_other() {
        let alone = probe(SecretStore::User).map_err(|error| error.code());
        let probes = || (0..50).map(|_| probe(SecretStore::User).map_err(|error| error.code())).collect::<Vec<_>>();
        std::thread::scope(|threads| {
            let threads: Vec<_> = (0..4).map(|_| threads.spawn(probes)).collect();
            for found in threads.into_iter().flat_map(|thread| thread.join().expect("no panic")) {
                assert_eq!(found, alone);
            }
        });
    }

    #[test]
    fn a_secret_is_kept_in_one_place_only() {
        if [SecretStore::User, SecretStore::Session].into_iter().any(|keep| probe(keep).is_err()) {
            return crate::store::skip::skipped("no keyring can be used here");
        }
        let profile = format!("test-one-{}", std::process::id());
        for keep in [SecretStore::User, SecretStore::Session, SecretStore::User] {
            set(&profile, keep, &Secret::new(format!("in {keep:?}"))).expect("works");
            let (place, kept) = get(&profile).expect("works").expect("kept");
            assert_eq!((place, kept.expose()), (keep, format!("in {keep:?}").as_str()));
        }
        assert!(forget(&profile).expect("works"));
        assert!(holds(&profile).expect("works").is_none());
    }

    #[test]
    fn names_are_checked() {
        assert_eq!(get("a:b").expect_err("no name").code(), Code::LocalConfigInvalid);
    }
}
