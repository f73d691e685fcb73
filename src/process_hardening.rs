//! Protection of secrets in memory at process start: no core files, and no other process may read the memory.
//!
//! Both are best effort, and neither stops root. They do not cover copies in buffers of the HTTP client, swap, or
//! programs of the same user that read the keyboard (docs/security.md).

use crate::platform::process_limits::{forbid_core_files, forbid_tracing};

/// Result of the hardening. A failure is not a reason to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HardeningResult {
    /// A crash writes no core file.
    pub no_core_file: bool,
    /// Other processes of this user may not attach or read the memory (Linux).
    pub not_traceable: bool,
}

/// Hardens this process. Call it before reading any secret.
pub fn process() -> HardeningResult {
    HardeningResult { no_core_file: forbid_core_files(), not_traceable: forbid_tracing() }
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
