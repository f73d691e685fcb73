//! Which commit and which target, for `--version`. Nothing here can fail a build: what is not known is said to be unknown.
//!
//! A debug build does not ask: it would be compiled anew after every commit.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=HALO_ONBOARD_COMMIT");
    let target = std::env::var("TARGET").unwrap_or_else(|_| "unknown".into());
    println!("cargo::rustc-env=HALO_ONBOARD_TARGET={target}");
    // Who builds from an archive can say it.
    let given = std::env::var("HALO_ONBOARD_COMMIT").ok().filter(|commit| !commit.is_empty());
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = given.or_else(|| if is_release { commit() } else { Some("unknown (debug build)".into()) });
    println!("cargo::rustc-env=HALO_ONBOARD_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
}

/// The commit of this directory's own repository, and whether the sources are just that.
fn commit() -> Option<String> {
    // An archive inside of another repository has none of its own.
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".git").exists();
    let id = own.then(|| git(&["rev-parse", "--short=12", "HEAD"])).flatten()?;
    for path in ["src", "schemas", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    // HEAD's log changes with each commit, in a work tree too.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| std::path::Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() { id } else { format!("{id}, modified") })
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
