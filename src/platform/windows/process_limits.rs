//! Limits of this process. Windows has no limit of open files to raise, and its protection against memory dumps and
//! debuggers cannot be set without unsafe code.

/// Returns the number that no process reaches.
pub fn raise_open_file_limit(_: u64) -> u64 {
    u64::MAX
}

/// False: Windows Error Reporting can write a dump.
pub fn forbid_core_files() -> bool {
    false
}

/// False: other processes of this user may attach.
pub fn forbid_tracing() -> bool {
    false
}
