//! `--shard K/N`: the profiles are divided among several processes.

use halo_onboard::headless::all_profiles::Shard;
use serde_json::Value;

use crate::formats::{EVENTS, FLEET, faults};
use crate::program_output::{CANARY, Run, closed_port};
use crate::servers::{Servers, lines, rows};

const NAMES: [&str; 5] = ["acme", "beta", "gamma", "delta", "epsilon"];

/// The first 16 digits of `printf %s NAME | sha256sum`, modulo 3.
const SHARDS_OF_3: [&[&str]; 3] = [&["acme", "beta", "gamma"], &["delta"], &["epsilon"]];

/// A shard that `acme` is not in.
const EMPTY: &str = "1/2";

fn servers() -> Servers {
    let mut servers = Servers::new();
    for name in NAMES {
        servers.nowhere(name, &closed_port());
    }
    servers
}

#[test]
fn each_profile_is_checked_by_exactly_one_shard() {
    let servers = servers();
    let mut all = Vec::new();
    for (index, wanted) in SHARDS_OF_3.iter().enumerate() {
        let done = servers.check(&format!("--format jsonl --shard {index}/3"));
        let mut names: Vec<String> = rows(&done.out).into_iter().map(|(name, _, _)| name).collect();
        names.sort();
        assert_eq!(names, *wanted, "shard {index}: {done:?}");
        assert_eq!(done.err, format!("halo-onboard: shard {index}/3: {} of 5 profiles\n", wanted.len()));
        let last = lines(&done.out).pop().expect("the totals");
        assert_eq!(last["shard"], serde_json::json!({ "index": index, "count": 3 }), "{last}");
        assert_eq!(last["counts"]["tenants"], wanted.len(), "{last}");
        assert_eq!(faults(EVENTS, &last), Vec::<String>::new(), "{last}");
        all.extend(names);
    }
    all.sort();
    let mut names = NAMES;
    names.sort_unstable();
    assert_eq!(all, names);
}

#[test]
fn the_report_names_the_shard_and_without_one_says_nothing_of_it() {
    let servers = servers();
    let fleet = servers.check("--format json --shard 0/1").json();
    assert_eq!(faults(FLEET, &fleet), Vec::<String>::new(), "{fleet}");
    assert_eq!((&fleet["shard"]["index"], &fleet["shard"]["count"]), (&0.into(), &1.into()));
    assert_eq!(fleet["tenants"].as_array().map(Vec::len), Some(5));
    assert_eq!(servers.check("--format json").json().get("shard"), None::<&Value>);
}

#[test]
fn a_shard_without_profiles_is_a_whole_report_and_status_0() {
    let mut servers = Servers::new();
    servers.nowhere("acme", &closed_port());
    for format in ["human", "json", "jsonl", "junit", "prometheus", "markdown"] {
        let done = servers.check(&format!("--format {format} --shard {EMPTY}"));
        assert!(done.status == 0 && !done.out.is_empty(), "{format}: {done:?}");
        assert!(done.err.starts_with(&format!("halo-onboard: shard {EMPTY}: 0 of 1 profiles\n")), "{format}: {done:?}");
        if format == "json" {
            assert_eq!(faults(FLEET, &done.json()), Vec::<String>::new(), "{}", done.out);
        }
    }
    let wrong = servers.check(&format!("--only nosuch --shard {EMPTY}"));
    assert_eq!(wrong.status, 2, "a wrong name is wrong in each shard: {wrong:?}");
    let quiet = servers.check(&format!("--quiet --shard {EMPTY}"));
    assert_eq!((quiet.err.as_str(), quiet.out.lines().count()), ("", 1), "{quiet:?}");
}

#[test]
fn a_shard_of_one_profile_does_not_take_the_secret_of_the_environment() {
    let one = |name: &str| {
        format!(
            "[profiles.{name}]\nurl = \"{}\"\nclient_id = \"1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9\"\n",
            closed_port()
        )
    };
    let config = format!("{}{}", one("acme"), one("beta"));
    let run = Run::new("check --all-profiles --format jsonl --shard 1/2").config(&config);
    let done = run.env("HALO_CLIENT_SECRET", CANARY).done();
    let found = rows(&done.out);
    assert!(found.len() == 1 && done.err.contains("ignored with --all-profiles"), "{done:?}");
    assert_ne!(found[0].2, "net.refused", "no secret was there to begin with: {done:?}");
}

#[test]
fn what_is_no_shard_is_wrong_usage_with_the_reason() {
    let servers = servers();
    for (shard, part) in [("3/3", "the last of 3 is 2/3"), ("0/0", "1 to 100000"), ("1", "use K/N"), ("a/b", "use K/N")]
    {
        let done = servers.check(&format!("--format json --shard {shard}"));
        assert!(done.status == 2 && done.err.contains(part), "{shard}: {done:?}");
        assert_eq!(faults(FLEET, &done.json()), Vec::<String>::new(), "{}", done.out);
    }
    let alone = Run::new("check --shard 0/2").connection(&closed_port()).done();
    assert!(alone.status == 2 && alone.err.contains("--all-profiles"), "{alone:?}");
}

#[test]
fn the_indexed_job_of_the_examples_runs_every_shard_once() {
    let job = include_str!("../../examples/kubernetes/all-profiles.yaml");
    let value = |name: &str| {
        let line = job.lines().find_map(|line| line.trim().strip_prefix(name)).expect(name);
        line.trim().parse::<u32>().expect("a number")
    };
    let completions = value("completions:");
    assert_eq!(value("parallelism:"), completions);
    let shard = job.split("\"--shard\", \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a shard");
    for index in 0..completions {
        let read = shard.replace("$(JOB_COMPLETION_INDEX)", &index.to_string()).parse();
        assert_eq!(read, Ok(Shard { index, count: completions }), "{shard}");
    }
}
