//! Tests that this system cannot run say so, and fail where nothing may be skipped.

use std::io::Write;

/// Tells what is skipped and why, past the harness's capture.
///
/// # Panics
/// `HALO_TEST_NO_SKIP` is set: this system is meant to be able to run every test.
pub fn skipped(why: &str) {
    assert!(std::env::var_os("HALO_TEST_NO_SKIP").is_none(), "skipped, which HALO_TEST_NO_SKIP forbids: {why}");
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped {}: {why}", thread.name().unwrap_or("a test"));
}
