//! Output of `--version`: version, commit, target.

/// Returns the long form; `build.rs` provides commit and target.
pub fn long() -> &'static str {
    concat!(
        env!("CARGO_PKG_VERSION"),
        "\ncommit ",
        env!("HALO_ONBOARD_COMMIT"),
        "\ntarget ",
        env!("HALO_ONBOARD_TARGET"),
        "\nTLS    rustls with ring",
    )
}
