//! The scenarios that ship, and how a scenario is read.

use std::collections::{BTreeMap, BTreeSet};

use halo_onboard::sim::{Behaviours, Resource, Scenario, ScenarioError, TenantState};

use crate::client::{ask, cast, get, get_bare, seconds_off, start_named, token_endpoint};

#[test]
fn every_file_is_in_the_list_and_reads() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sim/scenarios");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    let list = Scenario::list();
    let listed: BTreeSet<String> = list.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(files, listed);
    assert_eq!(list.len(), listed.len(), "none stands twice");
    assert_eq!(list[0].0, "good", "the first is the one without a mistake");
    for (name, title) in list {
        let scenario = Scenario::named(&name, &cast()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((scenario.name, scenario.title.clone()), (name.clone(), title));
        assert!(
            scenario.title.ends_with('.') && scenario.title.matches(['.', '\n']).count() == 1,
            "{name}: one sentence"
        );
    }
}

#[test]
fn placeholders_are_filled_and_ids_are_nobody_elses() {
    for (name, _) in Scenario::list() {
        let world = Scenario::named(&name, &cast()).expect("it reads").world;
        assert!(!format!("{world:?}").contains("\"{"), "{name}: {world:?}");
        let mut ids: Vec<u32> = std::iter::once(&world.agent).chain(&world.further_agents).map(|a| a.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: agents");
        let roles: BTreeSet<&str> =
            std::iter::once(&world.role).chain(&world.further_roles).map(|role| role.id.as_str()).collect();
        assert_eq!(roles.len(), 1 + world.further_roles.len(), "{name}: roles");
    }
}

#[test]
fn an_unknown_scenario_lists_those_there_are() {
    let error = Scenario::named("goood", &cast()).err().expect("there is none");
    let text = error.to_string();
    assert!(text.contains("\"goood\"") && text.contains("good, fresh") && text.contains("two-faults"), "{text}");
}

#[test]
fn mistakes_in_a_scenario_are_named_with_their_place() {
    for (text, place, word) in [
        ("title = \"x\"\ntenant = \"y\"", (2, 1), "tenant"),
        ("title = \"x\"\n[world]\nagnet = 1", (3, 1), "agnet"),
        ("title = \"x\"\n[world.agent]\n  api-only = true", (3, 3), "api-only"),
        ("title = \"x\"\n[world.agent]\nid = \"27\"", (3, 6), "invalid type"),
        ("title = \"x\"\n[manners]\nscope_echo = \"none\"", (3, 14), "none"),
        ("title = \"x\"\n[manners.faults]\nstall = [\"Invoices\"]", (3, 9), "Invoices"),
        ("title = \"x\"\n[manners.faults]\nrate_limit = { frist = 1 }", (3, 16), "frist"),
        ("title = \"x\"\n[world]\nmodules_off = [\"Timesheets\"]", (3, 16), "Timesheets"),
        ("title = \"x\"\n[form]\nsecret = \"\"", (3, 1), "secret"),
        ("title = \"x", (1, 11), ""),
        ("", (1, 1), "title"),
    ] {
        match Scenario::from_toml("test", text, &cast()) {
            Err(ScenarioError::Invalid { line, column, message }) => {
                assert_eq!((line, column), place, "{text}: {message}");
                assert!(message.contains(word), "{text}: {message}");
            }
            Err(other) => panic!("{text}: {other}"),
            Ok(_) => panic!("{text} was read"),
        }
    }
}

#[test]
fn what_a_scenario_does_not_mention_is_as_the_guide_wants_it() {
    let scenario = Scenario::from_toml("test", "title = \"x\"", &cast()).expect("it reads");
    let (guide, world) = (cast(), scenario.world);
    assert_eq!(world, TenantState::healthy(&guide));
    assert_eq!(scenario.manners, Behaviours::default());
    assert_eq!((world.agent.name, world.role.name), (guide.agent, guide.role));
    assert_eq!((world.role.claims, world.application.scopes), (guide.claims, guide.scopes));
}

#[test]
fn claims_and_scopes_are_merged() {
    let text = r#"
        title = "x"
        [world.role]
        claims = { Tx = "2", Ux = "", Px = "1" }
        [world.application]
        scopes = ["{scopes}", "-read:items", "edit:items"]
    "#;
    let world = Scenario::from_toml("test", text, &cast()).expect("it reads").world;
    assert_eq!(world.role.claims.get("Tx").map(String::as_str), Some("2"));
    assert_eq!(world.role.claims.get("Px").map(String::as_str), Some("1"));
    assert_eq!(world.role.claims.get("Ux"), None);
    assert_eq!(world.role.claims.len(), cast().claims.len());
    assert!(!world.application.scopes.contains(&"read:items".to_owned()));
    assert_eq!(world.application.scopes.last().map(String::as_str), Some("edit:items"));
    let none = r#"
        title = "x"
        [world.role]
        claims = { "*" = "", Tx = "1" }
    "#;
    let world = Scenario::from_toml("test", none, &cast()).expect("it reads").world;
    assert_eq!(world.role.claims, BTreeMap::from([("Tx".to_owned(), "1".to_owned())]));
}

/// What an outsider sees of a scenario: the form, and the answers to a client's usual questions.
async fn seen(name: &str) -> String {
    let sim = start_named(name).await;
    let form = sim.form();
    let origin = format!("http://{}", sim.address());
    let mut seen =
        format!("{} {} {} {}\n", form.url.replace(&origin, "ORIGIN"), form.tenant, form.client_id, form.client_secret);
    // The network of the Halo that the scenario stands for, which no answer shows.
    seen += &format!("{:?}\n", Scenario::named(name, &cast()).expect("a scenario").network);
    let info = get_bare(&sim, "/api/authinfo").await;
    let (auth, path) = token_endpoint(&sim);
    let info_body = info.body.replace(&origin, "ORIGIN").replace(&auth.to_string(), "AUTH");
    let clock = info.header("date").map_or(0, seconds_off) / 60;
    // The host that a redirect leads to, without its port.
    let leads_to = info.header("location").and_then(|to| to.split('/').nth(2)?.split(':').next());
    seen += &format!("{} {clock} {info_body} {path} {leads_to:?}\n", info.status);
    let answer = ask(&sim, "all").await;
    let said = if answer.body.starts_with('{') {
        format!("{} {} {}", answer.text("error"), answer.text("error_description"), answer.text("scope"))
    } else {
        format!("page {}", answer.body.len() > 100_000)
    };
    seen += &format!("{} {said}\n", answer.status);
    if !answer.body.starts_with('{') {
        return seen;
    }
    let one = ask(&sim, "read:kb").await;
    seen += &format!("{} {}\n", one.status, one.text("scope"));
    let token = answer.text("access_token");
    let me = get(&sim, "/api/Agent/me", &token).await;
    seen += &format!("{} {}\n", me.status, me.body);
    for resource in Resource::ALL.into_iter().filter(|resource| !(name == "stall" && *resource == Resource::Invoice)) {
        let answer = get(&sim, &format!("/api/{}?pageinate=true", resource.name()), &token).await;
        seen += &format!("{} {}\n", answer.status, answer.body);
    }
    seen
}

#[tokio::test]
async fn no_two_scenarios_look_alike() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    // This one differs from the good one by its pace alone.
    for (name, _) in Scenario::list().into_iter().filter(|(name, _)| name != "slow") {
        if let Some(other) = known.insert(seen(&name).await, name.clone()) {
            panic!("{name} and {other} look alike");
        }
    }
}
