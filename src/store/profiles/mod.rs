//! Profiles in the configuration file. Users edit the file too, so comments and order are preserved.

mod edit;
mod parse;
mod profiles_file;
#[cfg(test)]
mod tests;

use profiles_file::VERSION;
pub(super) use profiles_file::check_name;
pub use profiles_file::{LoadedFile, Profiles};
