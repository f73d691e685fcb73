//! Persistent data: profiles in the configuration file, progress and reports in the state directory, and access to a
//! secret that is kept elsewhere. The program itself never writes a secret to disk. Called by `session`, `runtime` and
//! `cli`. Every file is read and written through `private_file` (the program's own) or `named_file` (named by the
//! operator); a new saved value goes into `progress`, a new place for a secret into `keyring`.

pub mod error;
pub mod file_lock;
pub mod keyring;
mod named_file;
pub mod paths;
pub mod private_file;
pub mod profiles;
pub mod progress;
pub mod recording_files;
pub mod report_files;
pub mod secret_command;
#[cfg(test)]
#[path = "../../tests/common/skip.rs"]
mod skip;

pub use error::StoreError;
pub use paths::Paths;
