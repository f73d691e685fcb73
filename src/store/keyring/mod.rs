//! System storage for a secret: the kernel's keyrings (Linux), which keep it for some hours at most, and the keyring of
//! the login no longer than the login; and the keychain (macOS, Windows), until the secret is forgotten.
//!
//! Neither needs a daemon or D-Bus, so both work in a login over SSH. Each is offered only after a successful
//! [`probe`]: containers usually forbid the keyring, and the keychain is locked without a local login.

mod dispatch;
mod kept_secrets;
#[cfg_attr(target_os = "linux", path = "kernel.rs")]
#[cfg_attr(not(target_os = "linux"), path = "unsupported.rs")]
mod kernel;
#[cfg_attr(any(target_os = "macos", windows), path = "keychain.rs")]
#[cfg_attr(not(any(target_os = "macos", windows)), path = "unsupported.rs")]
mod keychain;
/// The keychain calls over a mock.
#[cfg(all(test, not(any(target_os = "macos", windows))))]
#[path = "keychain.rs"]
mod mocked;

pub use kept_secrets::{LASTS, Refusal, forget, get, holds, probe, rename, set, within};
