//! Limits of this process: open files, core files, debuggers.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files to `wanted`, as far as the system allows, and returns the resulting limit.
pub fn raise_open_file_limit(wanted: u64) -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let possible = limit.maximum.map_or(wanted, |most| most.min(wanted));
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= possible {
        return current;
    }
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(possible), ..limit });
    raised.map_or(current, |()| possible)
}

/// Forbids core files. Returns true if the system does.
pub fn forbid_core_files() -> bool {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_ok()
}

/// Forbids other processes of this user to attach to this one or read its memory, where the system has that (Linux:
/// `PR_SET_DUMPABLE` is set to 0). This also prevents core files that are piped to a handler, which the resource limit
/// does not.
pub fn forbid_tracing() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
