//! Full file systems, real ones: the kernel refuses to write, the old content stays, and that is said.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a shell script in which `$1` is the program, in a home where `acme` is a profile already; `before` is put in front
/// of `sh`.
fn script(before: &[&str], home: &Path, text: &str) -> Output {
    let words: Vec<&str> = before.iter().copied().chain(["/bin/sh", "-c", text, "sh"]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(env!("CARGO_BIN_EXE_halo-onboard")).env_clear();
    command.env("HOME", home).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").current_dir(home);
    command.output().expect("a shell")
}

const FIRST: &str = "\"$1\" profile save acme --url https://one.example > /dev/null || exit 90\n";
const SECOND: &str = "\"$1\" profile save beta --url https://two.example; echo \"status $?\"\n";
const LOOK: &str = "\"$1\" profile list; find \"$HOME\" -name '*.tmp'\n";

fn assert_old_content(output: &Output, reason: &str) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(err.contains("Could not write") && err.contains(reason), "{out}{err}");
    assert!(err.contains("The old content is unchanged"), "{out}{err}");
    assert!(out.contains("status 78") && out.contains("https://one.example"), "{out}{err}");
    assert!(!out.contains("two.example") && !out.contains(".tmp"), "nothing of it is left: {out}{err}");
}

#[test]
fn a_limit_on_the_size_of_files_is_a_full_disk() {
    let home = tempfile::tempdir().expect("a directory");
    // Without the trap the kernel ends the program; with it, writing fails.
    let limited = format!("(trap '' XFSZ; ulimit -f 0; {SECOND})\n");
    assert_old_content(&script(&[], home.path(), &format!("{FIRST}{limited}{LOOK}")), "File too large");
}

/// Where the system lets a user mount in a namespace of their own.
#[test]
fn a_file_system_without_room_is_a_full_disk() {
    let home = tempfile::tempdir().expect("a directory");
    let own = ["unshare", "--user", "--map-root-user", "--mount"];
    let mount = "mount -t tmpfs -o size=64k,mode=700 none \"$HOME\" && cd \"$HOME\" && ";
    let allowed = script(&own, home.path(), &format!("{mount}true"));
    if !allowed.status.success() {
        return crate::skip::skipped("no user may mount in a namespace of their own");
    }
    let fill = "head -c 100000 /dev/zero > \"$HOME/filling\" 2> /dev/null\n";
    let output = script(&own, home.path(), &format!("{mount}true\n{FIRST}{fill}{SECOND}{LOOK}"));
    assert_old_content(&output, "No space left");
}
