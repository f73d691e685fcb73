//! What outlives a run: profiles in the configuration file, progress in the state directory, and the ways to a secret
//! that is kept elsewhere. The program itself never writes a secret to disk.

pub mod error;
pub mod file_lock;
pub mod keyring;
mod named_file;
pub mod paths;
pub mod private_file;
pub mod profiles;
pub mod progress;
pub mod report_files;
pub mod secret_command;
#[cfg(test)]
#[path = "../../tests/common/skip.rs"]
mod skip;

pub use error::StoreError;
pub use paths::Paths;
