//! The kernel's keyring (Linux): a secret in the kernel's memory, for as long as the login lasts.
//!
//! It needs no daemon and no D-Bus, so it suits a login over SSH. It is offered only after [`probe`] has tried it:
//! containers forbid it more often than not. Elsewhere than on Linux it is always unavailable.

use std::sync::mpsc;
use std::time::Duration;

use super::error::StoreError;
use super::profiles::check_name;
use crate::domain::code::Code;
use crate::secret::Secret;

#[cfg_attr(target_os = "linux", path = "keyring/kernel.rs")]
#[cfg_attr(not(target_os = "linux"), path = "keyring/none.rs")]
mod kernel;

/// How long the kernel may take: it may start a program of the administrator's to answer.
const LIMIT: Duration = Duration::from_secs(3);

/// Tries whether this login has a keyring that keeps something and gives it back.
///
/// # Errors
/// `local.keyring_unavailable`, `.keyring_locked`, `.keyring_timeout`: it does not work here, and why.
pub fn probe() -> Result<(), StoreError> {
    in_time(|| {
        let description = format!("halo-onboard-probe:{}", std::process::id());
        kernel::set(&description, b"probe")?;
        let found = kernel::get(&description)?;
        kernel::forget(&description)?;
        if found.as_deref().is_some_and(|found| **found == *b"probe") {
            Ok(())
        } else {
            Err(Refusal::Unavailable("it forgets".into()))
        }
    })
}

/// Keeps the secret of a profile until logout, in place of an older one.
///
/// # Errors
/// As [`probe`]. Nothing is written elsewhere instead.
pub fn set(profile: &str, secret: &Secret) -> Result<(), StoreError> {
    let description = description(profile)?;
    let secret = secret.duplicate();
    in_time(move || kernel::set(&description, secret.expose().as_bytes()))
}

/// The kept secret of a profile; none when none is kept (any more).
///
/// # Errors
/// As [`probe`].
pub fn get(profile: &str) -> Result<Option<Secret>, StoreError> {
    let description = description(profile)?;
    in_time(move || {
        let Some(bytes) = kernel::get(&description)? else { return Ok(None) };
        let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::Unavailable("what it gave is no text".into()))?;
        Ok(Some(Secret::new(text.to_owned())))
    })
}

/// Forgets the secret of a profile; false when none was kept.
///
/// # Errors
/// As [`probe`]: it may still be there.
pub fn forget(profile: &str) -> Result<bool, StoreError> {
    let description = description(profile)?;
    in_time(move || kernel::forget(&description))
}

fn description(profile: &str) -> Result<String, StoreError> {
    check_name(profile)?;
    Ok(format!("halo-onboard:{profile}"))
}

/// Why the keyring does not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    Unavailable(String),
    Locked,
}

/// Works in a thread of its own: whatever hangs, hangs there.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, StoreError> {
    within(LIMIT, work)
}

fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, StoreError> {
    let (sender, answer) = mpsc::channel();
    let thread = std::thread::Builder::new().name("keyring".into()).spawn(move || {
        let _ = sender.send(work());
    });
    let answer = match thread {
        Ok(_) => answer.recv_timeout(limit),
        Err(_) => return Err(told(Refusal::Unavailable("there is no thread for it".into()))),
    };
    match answer {
        Ok(outcome) => outcome.map_err(told),
        Err(_) => Err(StoreError::new(
            Code::LocalKeyringTimeout,
            format!("The kernel's keyring did not answer within {} s. Nothing was written elsewhere.", limit.as_secs()),
            "Choose another way to keep the secret, or keep none.",
        )),
    }
}

fn told(refusal: Refusal) -> StoreError {
    match refusal {
        Refusal::Unavailable(why) => StoreError::new(
            Code::LocalKeyringUnavailable,
            format!("The kernel's keyring cannot be used here: {why}. Nothing was written elsewhere."),
            "Choose a command that prints the secret, or keep none.",
        ),
        Refusal::Locked => StoreError::new(
            Code::LocalKeyringLocked,
            "The kernel's keyring holds that secret, but this login may not read it. Nothing was written elsewhere.",
            "Log in again and keep the secret afresh, or choose another way.",
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
        let profile = format!("test-{}", std::process::id());
        let secret = Secret::new("canary-4711".into());
        match probe() {
            Ok(()) => {
                assert!(get(&profile).expect("works").is_none());
                set(&profile, &Secret::new("older and longer than that".into())).expect("works");
                set(&profile, &secret).expect("works");
                assert_eq!(get(&profile).expect("works").expect("kept").expose(), secret.expose());
                assert!(forget(&profile).expect("works"));
                assert!(!forget(&profile).expect("works"));
                assert!(get(&profile).expect("works").is_none());
            }
            Err(refused) => {
                let error = set(&profile, &secret).expect_err("refused as well");
                assert_eq!(error.code(), refused.code());
                assert!(!format!("{error:?}").contains("canary"), "{error:?}");
                assert!(get(&profile).is_err() || get(&profile).is_ok_and(|kept| kept.is_none()));
            }
        }
    }

    #[test]
    fn names_are_checked() {
        assert_eq!(get("a:b").expect_err("no name").code(), Code::LocalConfigInvalid);
    }
}
