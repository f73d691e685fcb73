//! `--version`: version, commit, target.

use std::sync::LazyLock;

/// The long form. The commit is known when the build sets `HALO_ONBOARD_COMMIT`.
pub fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{}\ncommit {}\ntarget {}\nTLS    rustls with ring",
            env!("CARGO_PKG_VERSION"),
            option_env!("HALO_ONBOARD_COMMIT").unwrap_or("unknown"),
            target(),
        )
    });
    &LONG
}

/// The target triple, put together from what the compiler tells without a build script.
fn target() -> String {
    let arch = std::env::consts::ARCH;
    if cfg!(target_vendor = "apple") {
        return format!("{arch}-apple-darwin");
    }
    let environment = if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(target_env = "gnu") {
        "-gnu"
    } else {
        ""
    };
    format!("{arch}-unknown-{}{environment}", std::env::consts::OS)
}
