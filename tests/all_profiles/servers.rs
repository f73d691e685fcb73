//! Many simulated tenants in this process, and the configuration that names them.

use std::fmt::Write;

use halo_onboard::domain::guide::Guide;
use halo_onboard::sim::{Counters, Scenario, Simulator};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::guide_names;
use crate::program_output::{Done, ID, Run};

/// Tenants by name.
pub struct Servers {
    runtime: Runtime,
    tenants: Vec<(String, Simulator)>,
    config: String,
}

impl Servers {
    /// Nobody yet.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        Self { runtime: runtime.expect("threads"), tenants: Vec::new(), config: String::new() }
    }

    /// A tenant of a scenario, with one change, on a host of its own, with a secret of its own.
    pub fn tenant(&mut self, name: &str, scenario: &str, change: impl FnOnce(&mut Scenario)) {
        let mut scenario = Scenario::named(scenario, &guide_names::of(&Guide::built_in())).expect(scenario);
        scenario.world.application.client_secret = secret(name);
        change(&mut scenario);
        let listen = "127.0.0.1:0".parse().expect("an address");
        let simulator = self.runtime.block_on(Simulator::start(scenario, listen)).expect("a port");
        let form = simulator.form();
        self.profile(name, &form.url, &form.client_id, &form.client_secret);
        self.tenants.push((name.to_owned(), simulator));
    }

    /// A tenant that is as the guide wants it.
    pub fn good(&mut self, name: &str) {
        self.tenant(name, "good", |_| {});
    }

    /// One more profile of a tenant that is there already.
    pub fn again(&mut self, name: &str, of: &str) {
        let form = self.simulator(of).form();
        self.profile(name, &form.url, &form.client_id, &form.client_secret);
    }

    /// A profile of an address where there is no Halo.
    pub fn nowhere(&mut self, name: &str, url: &str) {
        self.profile(name, url, ID, &secret(name));
    }

    fn profile(&mut self, name: &str, url: &str, client_id: &str, secret: &str) {
        let command = format!("[\"/bin/echo\", \"{secret}\"]");
        let text =
            format!("[profiles.{name}]\nurl = \"{url}\"\nclient_id = \"{client_id}\"\nsecret_command = {command}\n");
        // Writing to a String cannot fail.
        let _ = writeln!(self.config, "{text}");
    }

    /// The simulated Halo of a tenant.
    pub fn simulator(&self, name: &str) -> &Simulator {
        &self.tenants.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
    }

    /// What it counted.
    pub fn counters(&self, name: &str) -> Counters {
        self.simulator(name).counters()
    }

    /// The program to be, with all profiles.
    pub fn run(&self, words: &str) -> Run {
        Run::new(&format!("check --all-profiles {words}")).config(&self.config)
    }

    /// Its end.
    pub fn check(&self, words: &str) -> Done {
        let done = self.run(words).done();
        self.assert_discreet(&done.all());
        done
    }

    /// No secret is shown anywhere, and none went astray.
    pub fn assert_discreet(&self, shown: &str) {
        for (name, simulator) in &self.tenants {
            assert!(!shown.contains(&secret(name)), "the secret of {name} is shown: {shown}");
            for token in simulator.tokens() {
                let part = token.split('.').max_by_key(|part| part.len()).unwrap_or_default();
                assert!(!shown.contains(&part[..16]), "a token of {name} is shown: {shown}");
            }
            assert_eq!(simulator.counters().misplaced, Vec::<String>::new(), "{name}");
        }
        assert!(!shown.contains("eyJ"), "a token is shown: {shown}");
    }
}

/// A secret that no other tenant has.
pub fn secret(name: &str) -> String {
    let tail: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-{:0<12}",
        &tail[tail.len().saturating_sub(12)..]
    )
}

/// The reports of a `jsonl` output, in order: profile, exit status, code.
pub fn rows(out: &str) -> Vec<(String, u64, String)> {
    let reports = lines(out).into_iter().filter(|line| line["type"] == "report");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    reports
        .map(|line| (text(&line["profile"]), line["exit_status"].as_u64().unwrap_or(u64::MAX), text(&line["code"])))
        .collect()
}

/// Every line as JSON.
pub fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}
