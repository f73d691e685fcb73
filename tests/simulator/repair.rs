//! Mending and spoiling: what an operator does in Halo's screens.

use halo_onboard::sim::{CLIENT_SECRET, Resource, Scenario, Simulator, TenantState};

use crate::client::{ask, cast, get, start, start_named};

/// True when everything that the guide asks for can be read.
async fn ready(sim: &Simulator) -> Result<(), String> {
    let mut answer = ask(sim, "all").await;
    if answer.text("error") == "invalid_scope" {
        answer = ask(sim, &cast().scopes.join(" ")).await;
    }
    if answer.status != 200 {
        return Err(format!("token: {} {}", answer.status, answer.body));
    }
    let token = answer.text("access_token");
    // The test cast has no claims for the resources behind the first eight.
    for &resource in &Resource::ALL[..8] {
        let prefix = sim.update_behaviours(|manners| manners.path_prefix.clone());
        let answer = get(sim, &format!("{prefix}/api/{}", resource.name()), &token).await;
        if answer.status != 200 || answer.rows(resource).len() < 5 {
            return Err(format!("{}: {} {}", resource.name(), answer.status, answer.body));
        }
    }
    Ok(())
}

fn repair_all(sim: &Simulator) {
    for part in sim.parts() {
        sim.repair(&part).unwrap_or_else(|error| panic!("{part}: {error}"));
    }
}

#[tokio::test]
async fn every_scenario_is_healthy_once_everything_is_mended() {
    for (name, _) in Scenario::list() {
        let sim = start_named(&name).await;
        repair_all(&sim);
        ready(&sim).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let healthy = TenantState::healthy(&cast());
        sim.update_tenant(|world| {
            assert_eq!(world.agent, healthy.agent, "{name}");
            assert_eq!(world.role, healthy.role, "{name}");
            assert_eq!(world.application.scopes, healthy.application.scopes, "{name}");
            assert_eq!(world.application.login_agent, healthy.application.login_agent, "{name}");
            let more = world.further_roles.iter().find(|role| role.members.contains(&world.agent.id));
            assert_eq!(more, None, "{name}");
        });
    }
}

#[tokio::test]
async fn a_spoilt_part_shows_and_is_mended_again() {
    let sim = start(|_| {}).await;
    let claim = |name: &str| format!("role.claim.{name}");
    let extra = [claim("Px"), claim("SA")];
    for part in sim.parts().into_iter().chain(extra) {
        let before = (
            sim.update_tenant(|world| world.clone()),
            sim.update_behaviours(|manners| manners.clone()),
            sim.form().tenant,
        );
        let said = sim.break_part(&part).expect("a part");
        let spoilt = (
            sim.update_tenant(|world| world.clone()),
            sim.update_behaviours(|manners| manners.clone()),
            sim.form().tenant,
        );
        assert!(before != spoilt || sim.form().url.contains("portal"), "{part}: {said}");
        let said = sim.repair(&part).expect("a part");
        assert!(said.ends_with('.'), "{part}: {said}");
        assert!(!said.contains("Client Secret copied") || !said.contains("de300000-5ec0"), "{said}");
        ready(&sim).await.unwrap_or_else(|error| panic!("{part}: {error}"));
    }
    sim.update_tenant(|world| {
        world.application.client_secret = CLIENT_SECRET.into();
        world.role.claims.remove("Px");
        assert_eq!(*world, TenantState::healthy(&cast()));
    });
}

#[tokio::test]
async fn a_mended_part_speaks_halos_words() {
    let sim = start_named("fresh").await;
    for (part, words) in [
        ("agent.name", "Teams & Agents > Agents > Reader Agent (new agent): Username set to Reader Agent."),
        ("agent.api_only", "Teams & Agents > Agents > Reader Agent: Is an API-only Agent set to Yes."),
        ("agent.default_team", "Teams & Agents > Agents > Reader Agent: Default Team set to *No Default Team*."),
        ("role.name", "Teams & Agents > Roles > Reader Role (new role): Role Name set to Reader Role."),
        ("role.member", "Teams & Agents > Roles > Reader Role: Agents that have this role: Reader Agent."),
        ("role.claim.Ux", "Teams & Agents > Roles > Reader Role: Customer/Clients Access Level set to Read Only."),
        (
            "role.claim.Hx",
            "Teams & Agents > Roles > Reader Role: Timesheets Access Level set to Read Only (All), Modify Own.",
        ),
        ("role.claim.l9", "Teams & Agents > Roles > Reader Role: Can view Unassigned Tickets set to Yes."),
        (
            "application.auth_method",
            "HaloPSA API > View Applications > Reader App (new application): \
             Authentication Method set to Client ID and Secret (Services).",
        ),
        ("application.login_type", "HaloPSA API > View Applications > Reader App: Login Type set to Agent."),
        (
            "application.login_agent",
            "HaloPSA API > View Applications > Reader App: Agent to log in as set to Reader Agent.",
        ),
    ] {
        assert_eq!(sim.repair(part).as_deref(), Ok(words));
    }
}

#[tokio::test]
async fn a_fresh_halo_becomes_ready_step_by_step() {
    let sim = start_named("fresh").await;
    assert_eq!((sim.form().client_id.as_str(), sim.form().client_secret.as_str()), ("", ""));
    let parts = sim.parts();
    let (last, steps) = parts.split_last().expect("parts");
    assert_eq!(last, "form.tenant");
    for part in steps {
        let ready = ready(&sim).await.is_ok();
        assert!(!ready || part.starts_with("instance") || part.starts_with("form"), "ready before {part}");
        sim.repair(part).expect("a part");
    }
    ready(&sim).await.expect("ready");
}

#[tokio::test]
async fn generate_ends_the_old_secret_and_only_mending_copies_the_new_one() {
    let sim = start(|_| {}).await;
    let old = sim.form();
    sim.break_part("application.credentials").expect("a part");
    assert!(sim.form().client_secret == old.client_secret, "the form still holds the old one");
    assert_eq!(ask(&sim, "all").await.text("error"), "invalid_client");
    sim.repair("application.credentials").expect("a part");
    let new = sim.form().client_secret;
    assert!(new != old.client_secret && new.len() == 73, "two GUIDs, joined");
    assert_eq!(ask(&sim, "all").await.status, 200);
}

#[tokio::test]
async fn mending_a_level_takes_away_what_others_grant() {
    let sim = start_named("second-role").await;
    sim.update_tenant(|world| world.agent.claims.insert("Tx".into(), "2".into()));
    let said = sim.repair("role.claim.Tx").expect("a part");
    assert!(said.contains("Reader Agent removed from Technician"), "{said}");
    sim.update_tenant(|world| assert_eq!(world.agent, TenantState::healthy(&cast()).agent));
}

#[tokio::test]
async fn an_unknown_part_lists_those_there_are() {
    let sim = start(|_| {}).await;
    for part in ["agent", "agent.nmae", "role.claim.", "application.secret", "tenant", ""] {
        for answer in [sim.repair(part), sim.break_part(part)] {
            let error = answer.expect_err(part);
            assert!(error.contains("agent.name") && error.contains("role.claim.Tx"), "{error}");
        }
    }
}
