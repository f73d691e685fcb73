//! What outlives a run: profiles in the configuration file, progress in the state directory, and the ways to a secret
//! that is kept elsewhere. The program itself never writes a secret to disk.

pub mod error;
pub mod file;
pub mod keyring;
pub mod lock;
mod named;
pub mod paths;
pub mod profiles;
pub mod progress;
pub mod reports;
pub mod secret_command;

pub use error::StoreError;
pub use paths::Paths;
