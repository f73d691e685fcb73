use crate::domain::codes::Code;
use crate::domain::profile::Profile;
use crate::store::Paths;
use crate::store::file_lock::Lock;
use crate::store::file_lock::PATIENCE;
use std::fs;
use std::path::PathBuf;

use super::profiles_file::NEW_FILE;
use super::*;

/// A folder with a configuration file in it.
struct TestFolder {
    _folder: tempfile::TempDir,
    file: PathBuf,
    profiles: Profiles,
}

fn place(text: &str) -> TestFolder {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config/config.toml");
    let profiles = Profiles::new(&Paths::at(file.clone(), folder.path().join("state"))).beside(&["timeout"]);
    if !text.is_empty() {
        fs::create_dir(folder.path().join("config")).expect("made");
        fs::write(&file, text).expect("written");
    }
    TestFolder { _folder: folder, file, profiles }
}

fn profile(url: &str) -> Profile {
    Profile { url: Some(url.into()), client_id: Some("c9534241".into()), ..Profile::default() }
}

#[test]
fn profiles_are_saved_listed_renamed_and_removed() {
    let TestFolder { profiles, file, .. } = &place("");
    assert!(profiles.load().expect("no file is no error").profiles.is_empty());
    profiles.save("beta", &profile("https://b.example")).expect("saved");
    profiles.save("acme", &profile("https://a.example")).expect("saved");
    assert_eq!(profiles.get("beta").expect("there"), profile("https://b.example"));
    profiles.rename("beta", "gamma").expect("renamed");
    assert_eq!(profiles.load().expect("readable").profiles.keys().collect::<Vec<_>>(), ["acme", "gamma"]);
    profiles.remove("acme").expect("removed");
    let text = fs::read_to_string(file).expect("there");
    assert!(text.starts_with(NEW_FILE) && text.contains("[profiles.gamma]") && !text.contains("acme"), "{text}");
}

#[test]
fn every_field_comes_back() {
    let TestFolder { profiles, .. } = &place("");
    let full = Profile {
        url: Some("https://a.example".into()),
        tenant: Some("t \"quoted\" \\ ü".into()),
        client_id: Some("id".into()),
        scope: Some("read:tickets read:items".into()),
        auth_url: Some("https://auth.example".into()),
        allow_auth_origin: vec!["https://auth.example".into()],
        secret_command: vec!["age".into(), "-d".into(), "a file".into()],
        keep: Some(crate::domain::profile::SecretStore::User),
        guide: Some("/some/guide.toml".into()),
    };
    profiles.save("acme", &full).expect("saved");
    assert_eq!(profiles.get("acme").expect("there"), full);
    profiles.save("acme", &Profile::default()).expect("saved");
    assert_eq!(profiles.get("acme").expect("there"), Profile::default(), "what is gone is taken out");
}

const EDITED: &str = r#"# my own words
timeout = 20 # seconds

# the first customer
[profiles.acme]
url = 'https://a.example' # as the page shows it
tenant = "acme" # told by phone
secret_command = [
    "pass", # the manager
    "halo/acme",
]

# the last one
[profiles.zulu]
url = "https://z.example"
"#;

#[test]
fn what_people_wrote_stays() {
    let TestFolder { profiles, file, .. } = &place(EDITED);
    let mut acme = profiles.get("acme").expect("there");
    acme.tenant = Some("acme2".into());
    profiles.save("acme", &acme).expect("saved");
    profiles.rename("zulu", "yankee").expect("renamed");
    let wanted = EDITED.replace("\"acme\" #", "\"acme2\" #").replace("profiles.zulu", "profiles.yankee");
    assert_eq!(fs::read_to_string(file).expect("there"), wanted);
}

#[test]
fn other_spellings_of_a_table_are_edited_too() {
    for text in [
        "profiles.acme.url = \"x\"\n",
        "profiles = { acme = { url = \"x\" } }\n",
        "[profiles]\nacme = { url = \"x\" }\n",
    ] {
        let TestFolder { profiles, .. } = &place(text);
        profiles.save("acme", &profile("y")).expect(text);
        profiles.save("new", &profile("z")).expect(text);
        assert_eq!(profiles.get("acme").expect(text), profile("y"), "{text}");
        profiles.remove("acme").expect(text);
        assert_eq!(profiles.load().expect(text).profiles.keys().collect::<Vec<_>>(), ["new"], "{text}");
    }
}

#[test]
fn a_file_that_is_not_understood_is_told_by_line_and_column_and_never_written() {
    for (text, code, says) in [
        (
            "[profiles.acme]\nurl = \"x\"\nurll = \"y\"\n",
            Code::LocalConfigInvalid,
            "line 3, column 1: unknown field `urll`",
        ),
        ("[profiles.acme]\nclient_secret = \"canary\"\n", Code::LocalConfigInvalid, "secret_command"),
        ("\n  colour = 1\n", Code::LocalConfigInvalid, "line 2, column 3: unknown key \"colour\"; known are"),
        ("[profiles.acme]\nurl = 5\n", Code::LocalConfigInvalid, "line 2, column 7"),
        ("[profiles.\"../x\"]\n", Code::LocalConfigInvalid, "line 1, column 11"),
        ("profiles = 3\n", Code::LocalConfigInvalid, "line 1"),
        ("[profiles.acme\n", Code::LocalConfigInvalid, "line 1"),
        ("version = 2\nanything = true\n", Code::LocalStoreNewer, "newer version of halo-onboard (file version 2"),
        ("version = 0\n", Code::LocalConfigInvalid, "line 1, column 11"),
        ("version = \"1\"\n", Code::LocalConfigInvalid, "line 1, column 11"),
    ] {
        let TestFolder { profiles, file, .. } = &place(text);
        let error = profiles.load().expect_err(text);
        assert_eq!(error.code(), code, "{text}: {error}");
        assert!(error.to_string().contains(says), "{text}: {error}");
        assert!(!error.to_string().contains("canary"), "a value is not repeated: {error}");
        profiles.save("new", &profile("x")).expect_err("not understood, not written");
        assert_eq!(fs::read_to_string(file).expect("there"), text);
    }
}

#[test]
fn wrong_names_are_told() {
    let TestFolder { profiles, .. } = &place("[profiles.acme]\n[profiles.beta]\n");
    for (outcome, says) in [
        (profiles.save("../x", &Profile::default()), "cannot be the name"),
        (profiles.rename("acme", "a b"), "cannot be the name"),
        (profiles.rename("acme", "beta"), "already"),
        (profiles.rename("nobody", "x"), "There are: acme, beta."),
        (profiles.remove("nobody"), "There is no profile nobody"),
        (profiles.get("nobody").map(|_| None), "There is no profile nobody"),
    ] {
        let error = outcome.expect_err(says);
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn twelve_savers_at_once_lose_nothing() {
    let TestFolder { profiles, .. } = &place("");
    std::thread::scope(|scope| {
        for number in 0..12 {
            scope.spawn(move || profiles.save(&format!("p{number}"), &profile("x")).expect("saved"));
        }
    });
    assert_eq!(profiles.load().expect("readable").profiles.len(), 12);
}

#[test]
fn a_writer_that_does_not_end_is_named() {
    let TestFolder { file, profiles, .. } = &place("[profiles.acme]\n");
    let _held = Lock::take(file, PATIENCE).expect("free");
    let error = Lock::take(file, std::time::Duration::ZERO).expect_err("held");
    assert_eq!(error.code(), Code::LocalStoreLocked);
    assert!(error.what().contains(&format!("process {}", std::process::id())), "{error}");
    assert!(profiles.load().is_ok(), "reading needs no lock");
}
