//! A check of a profile is noted where the interface looks, and only then.

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::guide::Guide;
use halo_onboard::sim::{Scenario, Simulator};
use halo_onboard::store::Paths;
use halo_onboard::store::progress::{self, Progress};

use crate::guide_names;
use crate::program_output::{Done, ID, Run};

/// A profile `acme` of a simulated Halo that is well.
struct FaultScope {
    _runtime: tokio::runtime::Runtime,
    simulator: Simulator,
    secret: String,
    home: tempfile::TempDir,
    paths: Paths,
}

impl FaultScope {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("threads");
        let scenario = Scenario::named("good", &guide_names::of(&Guide::built_in())).expect("a scenario");
        let listen = "127.0.0.1:0".parse().expect("an address");
        let simulator = runtime.block_on(Simulator::start(scenario, listen)).expect("a port");
        let home = tempfile::tempdir().expect("a directory");
        let state = home.path().join(".local/state/halo-onboard");
        let paths = Paths::at(home.path().join(".config/halo-onboard/config.toml"), state);
        let form = simulator.form();
        let place = Self { _runtime: runtime, simulator, secret: form.client_secret, home, paths };
        let saved = place.run(&format!("profile save acme --url {} --client-id {}", form.url, form.client_id));
        assert_eq!(saved.status, 0, "{saved:?}");
        place
    }

    fn run(&self, words: &str) -> Done {
        let home = self.home.path().to_str().expect("a path");
        Run::new(words).env("HOME", home).env("HALO_CLIENT_SECRET", &self.secret).done()
    }

    fn noted(&self) -> Option<Progress> {
        progress::look(&self.paths, Some("acme")).expect("readable")
    }
}

#[test]
fn the_check_of_a_profile_is_its_last_check() {
    let place = FaultScope::new();
    for words in [
        "check --demo",
        "check --demo --profile acme",
        "check --profile acme --only token",
        "check --profile acme --url http://127.0.0.1:1",
        "check --profile acme --client-id other",
        "check --profile acme --tenant ../x",
        &format!("check --url {} --client-id {ID}", place.simulator.form().url),
        "check --profile acme --print-schema",
    ] {
        let done = place.run(words);
        assert_eq!(place.noted(), None, "{words}: {done:?}");
    }

    let done = place.run("check --profile acme");
    assert!(done.status == 0 && !done.err.contains("recorded"), "{done:?}");
    let first = place.noted().expect("noted");
    let good = first.last_good.clone().expect("a good run");
    assert_eq!((good.code, first.last.as_ref()), (Code::Ok, Some(&good)));
    assert!(good.checks.len() > 10, "{good:?}");

    place.simulator.update_tenant(|world| world.application.client_secret = "another".into());
    let done = place.run("check --profile acme --format json");
    assert_ne!(done.status, 0, "{done:?}");
    let second = place.noted().expect("noted");
    assert_eq!(second.last_good, Some(good), "the last good run stays");
    assert_eq!(second.last.expect("a run").code.id(), done.code());
}

#[test]
fn a_profile_that_is_open_elsewhere_is_checked_and_left_alone() {
    let place = FaultScope::new();
    let open = progress::open(&place.paths, Some("acme")).expect("a place");
    let quiet = place.run("check --profile acme");
    assert!(quiet.status == 0 && !quiet.err.contains("recorded"), "{quiet:?}");
    let told = place.run("check --profile acme -v");
    assert_eq!(told.status, 0, "{told:?}");
    assert!(told.err.contains("not recorded for the profile acme. Another instance"), "{told:?}");
    assert_eq!(place.noted(), None);
    drop(open);
}
