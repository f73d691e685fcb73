//! Linux and macOS.

pub mod child_process;
pub mod file_access;
pub mod name_resolution;
pub mod process_limits;
pub mod signals;
pub mod standard_input;
pub mod terminal;
