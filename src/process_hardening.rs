//! What the process does first, so that a secret in its memory stays there: no core file, no other process that reads it.
//!
//! Both are best effort, and neither stops root. What they leave open is said in the documentation: copies in buffers of
//! the HTTP client, swap, and programs of the same user that read the keyboard.

/// What could be done. Nothing that failed is a reason to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardened {
    /// A crash writes no core file.
    pub no_core_file: bool,
    /// Other processes of this user may not attach or read the memory (Linux).
    pub not_traceable: bool,
}

/// Hardens this process. To be called before anything secret is read.
pub fn process() -> Hardened {
    Hardened { no_core_file: forbid_core_files(), not_traceable: forbid_tracing() }
}

fn forbid_core_files() -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_ok()
}

/// `PR_SET_DUMPABLE 0`: also stops core files that a limit does not stop, those that are piped to a handler.
#[cfg(target_os = "linux")]
fn forbid_tracing() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn forbid_tracing() -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn a_hardened_process_leaves_no_core_file_and_cannot_be_read() {
        let done = super::process();
        assert!(done.no_core_file && done.not_traceable, "{done:?}");
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(dumpable_behavior().expect("Linux says it"), DumpableBehavior::NotDumpable);
    }
}
