//! The first thing that the program does: secrets in its memory must not end up in a core file or in a debugger.

/// Forbids core dumps, and other processes of this user to look into the memory. A system that refuses is left as it is:
/// the program then works with less protection, and nothing can be done about it here.
pub fn begin() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
