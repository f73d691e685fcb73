//! Whose secret goes where.

use halo_onboard::sim::CLIENT_SECRET;

use crate::program_output::{CANARY, Run};
use crate::servers::Servers;

#[test]
fn the_variable_is_for_the_only_profile_alone() {
    let mut servers = Servers::new();
    servers.tenant("only", "good", |scenario| scenario.world.application.client_secret = CLIENT_SECRET.into());
    let form = servers.simulator("only").form();
    let one = format!("[profiles.only]\nurl = \"{}\"\nclient_id = \"{}\"\n", form.url, form.client_id);
    let two = format!("{one}[profiles.other]\nurl = \"{}\"\nclient_id = \"{}\"\n", form.url, form.client_id);
    let check = |config: &str, url: &str| {
        let run = Run::new("check --all-profiles --format json").config(config);
        run.env("HALO_CLIENT_SECRET", CLIENT_SECRET).env("HALO_URL", url).done()
    };
    let done = check(&one, "");
    assert_eq!((done.status, done.err.as_str()), (0, ""), "{done:?}");
    let done = check(&one, &format!("{}/api", form.url));
    assert_eq!(done.status, 0, "the environment's address is the profile's: {done:?}");
    assert_eq!(done.err, "halo-onboard: ignored with --all-profiles, because it applies to one tenant: HALO_URL\n");

    let asked = servers.counters("only").total();
    let done = check(&one, "https://other.example");
    assert_eq!(done.status, 78, "the secret was given for the environment's address: {done:?}");
    assert_eq!(done.json()["tenants"][0]["report"]["code"], "local.config_invalid", "{done:?}");
    assert_eq!(
        done.err,
        "halo-onboard: ignored with --all-profiles, because it applies to one tenant: HALO_URL, HALO_CLIENT_SECRET\n"
    );

    let done = check(&two, "https://other.example");
    assert_eq!(done.status, 78, "{done:?}");
    assert_eq!(done.json()["tenants"][1]["report"]["code"], "input.missing", "{done:?}");
    assert!(done.err.contains("HALO_URL, HALO_CLIENT_SECRET"), "{done:?}");
    assert!(!done.all().contains(CLIENT_SECRET), "{done:?}");
    assert_eq!(servers.counters("only").total(), asked, "nothing is sent without a secret");
}

#[test]
fn a_command_that_fails_is_that_tenants_alone_and_no_shell_runs() {
    let mut servers = Servers::new();
    servers.good("good");
    let form = servers.simulator("good").form();
    let profile = |name: &str, command: &str| {
        let (url, id) = (&form.url, &form.client_id);
        format!("[profiles.{name}]\nurl = \"{url}\"\nclient_id = \"{id}\"\nsecret_command = {command}\n")
    };
    let good = profile("good", &format!("[\"/bin/echo\", \"{}\"]", form.client_secret));
    let config =
        format!("{good}{}{}", profile("fails", "[\"/bin/false\"]"), profile("shell", "[\"/bin/echo\", \"$HOME\"]"));
    let run = Run::new("check --all-profiles --format json").config(&config).env("HALO_CLIENT_SECRET", CANARY);
    let done = run.done();
    let fleet = done.json();
    let mut found: Vec<(&str, &str)> = fleet["tenants"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|tenant| Some((tenant["profile"].as_str()?, tenant["report"]["code"].as_str()?)))
        .collect();
    found.sort_unstable();
    let wanted = [("fails", "local.secret_command"), ("good", "ok"), ("shell", "input.secret_format")];
    assert_eq!(found, wanted, "{done:?}");
    servers.assert_discreet(&done.all());
    assert!(!done.all().contains(CANARY), "{done:?}");
}
