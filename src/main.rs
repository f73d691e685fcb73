//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    halo_onboard::cli::hardening::begin();
    ExitCode::from(halo_onboard::cli::run(std::env::args_os()))
}
