//! Profiles: what is kept, what comes back, and that no secret is among it.

use std::os::unix::fs::PermissionsExt;

use crate::program_output::{CANARY, Done, ID, Run, closed_port};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join(".config/halo-onboard/config.toml")
    }

    fn run(&self, words: &str) -> Done {
        let home = self.0.path().to_str().expect("a path");
        Run::new(words).env("HOME", home).env("HALO_CLIENT_SECRET", CANARY).done()
    }
}

#[test]
fn a_profile_is_saved_used_renamed_and_removed() {
    let home = Home::new();
    let url = closed_port();
    let saved = home.run(&format!("profile save acme --url {url}/api --tenant acme --client-id {ID}"));
    assert_eq!(saved.status, 0, "{saved:?}");
    assert!(saved.err.contains("removed \"/api\" from the end"), "{saved:?}");
    let text = std::fs::read_to_string(home.path()).expect("a file");
    assert!(text.contains("[profiles.acme]") && !text.contains(CANARY), "{text}");
    let mode = std::fs::metadata(home.path()).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let used = home.run("check --profile acme --format json");
    assert_eq!((used.status, used.code().as_str()), (69, "net.refused"), "{used:?}");
    assert_eq!(used.json()["target"]["tenant"], "acme");

    let changed = home.run("profile save acme --tenant other");
    assert!(changed.out.contains(&url) && changed.out.contains("other"), "what was not given stays: {changed:?}");
    assert_eq!(home.run("profile rename acme beta").status, 0);
    let list = home.run("profile list");
    assert!(list.out.starts_with("beta ") && list.out.contains("secret not kept"), "{list:?}");
    assert!(home.run("profile show beta").out.contains("tenant = \"other\""));
    assert_eq!(home.run("profile remove beta").status, 0);
    assert_eq!(home.run("profile list").out, "");
}

#[test]
fn a_saved_address_that_the_vendor_cannot_reach_is_told_as_a_comment() {
    let home = Home::new();
    for words in ["profile save acme --url https://halo.acme.corp:8443", "profile show acme"] {
        let done = home.run(words);
        assert_eq!(done.status, 0, "{done:?}");
        assert!(done.out.contains("\n# warning: halo.acme.corp is an internal name"), "{words}: {}", done.out);
        for code in ["vendor.private_address", "vendor.port"] {
            assert!(done.out.contains(code), "{words}: {}", done.out);
        }
        toml::from_str::<toml::Table>(&done.out).unwrap_or_else(|error| panic!("{words}: {error}"));
    }
    let done = home.run("profile save other --url https://acme.halopsa.com");
    assert!(!done.out.contains("vendor."), "{}", done.out);
}

#[test]
fn what_cannot_be_kept_is_refused_and_changes_nothing() {
    let home = Home::new();
    for (words, says) in [
        ("profile save acme", "Resource Server"),
        ("profile save ../x --url https://h.example", "name of a profile"),
        ("profile save acme --url https://me:pw@h.example", "password"),
        (&format!("profile save acme --url https://h.example --client-id {CANARY}"), "Client Secret"),
        ("profile show nosuch", "no profile"),
        ("profile remove nosuch", "no profile"),
        ("profile rename nosuch other", "no profile"),
        ("check --profile nosuch", "no profile"),
    ] {
        let done = home.run(words);
        assert_eq!(done.status, 78, "{words}: {done:?}");
        assert!(done.err.contains(says) && !done.all().contains(CANARY), "{words}: {done:?}");
    }
    assert!(!home.path().exists());
}

#[test]
fn a_key_that_clashes_is_refused_with_its_place_and_a_profile_leaves_the_keys_alone() {
    let home = Home::new();
    let folder = home.path();
    std::fs::create_dir_all(folder.parent().expect("a folder")).expect("made");
    let write = |keys: &str| std::fs::write(home.path(), format!("version = 1\n\n[keys]\n{keys}\n")).expect("written");
    write("watch = [\"F9\"]\nrun = [\"R\", \"q\"]");
    let refused = home.run("check --demo");
    assert_eq!(refused.status, 78, "{refused:?}");
    assert!(refused.err.contains("config.toml, line 5, column 13: q has another meaning"), "{refused:?}");
    write("watch = [\"F9\"]");
    assert_eq!(home.run("profile save acme --url https://h.example").status, 0);
    let text = std::fs::read_to_string(home.path()).expect("a file");
    assert!(text.contains("[keys]\nwatch = [\"F9\"]") && text.contains("[profiles.acme]"), "{text}");
}
