//! The operating system's part of the program, with one contract for all systems: `unix` (Linux, macOS) and `windows`
//! have the same files, and each file exports the same names.
//!
//! | file | provides |
//! |---|---|
//! | `terminal` | the terminal for typing and for output: modes, size, state |
//! | `signals` | requests from outside to end, to stop and to continue the process |
//! | `standard_input` | standard input byte by byte |
//! | `file_access` | files for this user only, replaced atomically |
//! | `child_process` | a child process with everything that it starts |
//! | `name_resolution` | errors of the system's resolver |
//! | `process_limits` | open files, core files, debuggers |
//!
//! It uses no other module of this crate. Where a system lacks something, the function says so in its result or its doc
//! comment; docs/security.md lists what is not protected on which system.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::{child_process, file_access, name_resolution, process_limits, signals, standard_input, terminal};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::{child_process, file_access, name_resolution, process_limits, signals, standard_input, terminal};

mod end_signal;
pub use end_signal::EndSignal;

mod byte_source;
pub use byte_source::ByteSource;
