//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First, and whatever comes of it: a system that refuses is no reason to stop.
    halo_onboard::process_hardening::process();
    ExitCode::from(halo_onboard::cli::run(std::env::args_os()))
}
