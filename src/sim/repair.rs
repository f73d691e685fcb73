//! Repairing and breaking one part of the tenant's state, as an operator does in Halo's screens.

use super::endpoints::{FaultScope, Resource};
use super::faults::Faults;
use super::fixture_names::FixtureNames;
use super::request_handler::State;
use super::screen_names::{AGENTS, APPLICATIONS, ROLES, level, switch, yes_no};
use super::tenant_state::{Agent, Application, AuthMethod, LoginType, Role, TenantState};

/// The parts in the order of the guide; the guide's claims are inserted after `role.member`.
const PARTS: [&str; 18] = [
    "agent.name",
    "agent.api_only",
    "agent.default_team",
    "agent.active",
    "agent.visibility",
    "agent.administrator",
    "role.name",
    "role.member",
    "application.auth_method",
    "application.login_type",
    "application.login_agent",
    "application.active",
    "application.scopes",
    "application.credentials",
    "instance.modules",
    "instance.server",
    "form.url",
    "form.tenant",
];

const CLAIM: &str = "role.claim.";

/// Returns every part for a guide.
pub(super) fn parts(cast: &FixtureNames) -> Vec<String> {
    let claims = cast.claims.keys().map(|claim| format!("{CLAIM}{claim}"));
    let mut parts: Vec<String> = PARTS.iter().map(|part| (*part).to_owned()).collect();
    let after_member = PARTS.iter().position(|part| *part == "role.member").map_or(0, |at| at + 1);
    parts.splice(after_member..after_member, claims);
    parts
}

/// Repairs a part.
pub(super) fn repair(state: &mut State, part: &str) -> Result<String, String> {
    let wanted = TenantState::healthy(&state.cast);
    match part {
        "application.credentials" => {
            let words = renew_secret(state);
            state.form.client_id = state.world.application.client_id.clone();
            state.form.client_secret = state.world.application.client_secret.clone();
            Ok(format!("{words} Client ID and Client Secret copied."))
        }
        "instance.server" => {
            state.manners.faults = Faults::default();
            Ok("The server answers again.".into())
        }
        "form.url" => {
            state.form.url = format!("{}{}", state.origins.api, state.manners.path_prefix);
            Ok("HaloPSA API > API Details: Resource Server copied.".into())
        }
        "form.tenant" => {
            state.form.tenant = state.world.tenant.clone().unwrap_or_default();
            Ok("HaloPSA API > API Details: Tenant copied.".into())
        }
        _ => set(&mut state.world, part, &wanted),
    }
}

/// Breaks a part.
pub(super) fn break_setting(state: &mut State, part: &str) -> Result<String, String> {
    match part {
        "application.credentials" => Ok(renew_secret(state)),
        "instance.server" => {
            state.manners.faults.server_error.push(FaultScope::Api);
            Ok("The server fails.".into())
        }
        "form.url" => {
            state.form.url.push_str("/portal/home?tab=1");
            Ok("An address with extra text at its end was typed.".into())
        }
        "form.tenant" => {
            state.form.tenant = "someone-else".into();
            Ok("Another tenant was typed.".into())
        }
        _ => {
            let unwanted = unwanted(&state.cast, part);
            set(&mut state.world, part, &unwanted)
        }
    }
}

/// Implements `Generate`: the old secret becomes invalid immediately. The made-up secrets are numbered, so that a demo
/// can be repeated.
fn renew_secret(state: &mut State) -> String {
    let application = &mut state.world.application;
    let made = make(&mut application.exists, "application");
    state.generated += 1;
    let number = state.generated;
    let half = |which| format!("de300000-5ec0-4e70-8{number:03}-00000000000{which}");
    let old = std::mem::replace(&mut application.client_secret, format!("{}-{}", half(1), half(2)));
    state.old_secrets.push(old);
    format!("{APPLICATIONS} > {}{made}: Generate pressed, new Client Secret created.", application.name)
}

/// Returns a state in which every part is wrong.
fn unwanted(cast: &FixtureNames, part: &str) -> TenantState {
    let good = TenantState::healthy(cast);
    let mut role = Role { name: "Some other role".into(), members: Vec::new(), ..good.role };
    if let Some(claim) = part.strip_prefix(CLAIM) {
        // A claim that the guide wants is taken away; one that it does not want is granted.
        let value = if cast.claims.contains_key(claim) { "0" } else { "2" };
        role.claims.insert(claim.into(), value.into());
    }
    TenantState {
        agent: Agent {
            name: "Somebody else".into(),
            api_only: false,
            active: false,
            administrator: true,
            default_team: Some("Service Desk".into()),
            teams: Vec::new(),
            departments: Vec::new(),
            ..good.agent
        },
        role,
        application: Application {
            auth_method: AuthMethod::AuthorisationCode,
            login_type: LoginType::User,
            login_agent: None,
            active: false,
            scopes: Vec::new(),
            ..good.application
        },
        modules_off: vec![Resource::Timesheet, Resource::TimesheetEvent],
        ..good
    }
}

/// Copies one part of `like` to `world` and returns a description of the change.
fn set(world: &mut TenantState, part: &str, like: &TenantState) -> Result<String, String> {
    if part == "instance.modules" {
        world.modules_off.clone_from(&like.modules_off);
        return Ok(format!("Modules: all on: {}.", yes_no(like.modules_off.is_empty())));
    }
    let area = part.split('.').next().unwrap_or_default();
    let done = match area {
        "agent" if part == "agent.administrator" => Some(set_administrator(world, like.agent.administrator)),
        "agent" => set_agent(&mut world.agent, part, &like.agent),
        "role" => set_role(world, part, like),
        "application" => set_application(world, part, &like.application),
        _ => None,
    };
    done.ok_or_else(|| format!("there is no part {part:?}; there are: {}, {CLAIM}Tx (any claim)", PARTS.join(", ")))
}

/// Creates an object that does not exist yet and returns a remark about it.
fn make(exists: &mut bool, what: &str) -> String {
    if std::mem::replace(exists, true) { String::new() } else { format!(" (new {what})") }
}

fn set_agent(agent: &mut Agent, part: &str, like: &Agent) -> Option<String> {
    let words = match part {
        "agent.name" => {
            agent.name.clone_from(&like.name);
            format!("Username set to {}", agent.name)
        }
        "agent.api_only" => {
            agent.api_only = like.api_only;
            format!("Is an API-only Agent set to {}", yes_no(agent.api_only))
        }
        "agent.default_team" => {
            agent.default_team.clone_from(&like.default_team);
            format!("Default Team set to {}", agent.default_team.as_deref().unwrap_or("*No Default Team*"))
        }
        "agent.active" => {
            agent.active = like.active;
            format!("Account Active set to {}", yes_no(agent.active))
        }
        "agent.visibility" => {
            agent.teams.clone_from(&like.teams);
            agent.departments.clone_from(&like.departments);
            agent.customers_restricted = like.customers_restricted;
            agent.ticket_types_restricted = like.ticket_types_restricted;
            format!(
                "Departments & Teams: {} selected; Allow use of all Ticket Types and of all Customers set to Yes",
                if agent.teams.is_empty() { "none".to_owned() } else { agent.teams.join(", ") }
            )
        }
        _ => return None,
    };
    let made = make(&mut agent.exists, "agent");
    Some(format!("{AGENTS} > {}{made}: {words}.", agent.name))
}

fn set_role(world: &mut TenantState, part: &str, like: &TenantState) -> Option<String> {
    let words = match part {
        "role.name" => {
            world.role.name.clone_from(&like.role.name);
            format!("Role Name set to {}", world.role.name)
        }
        "role.member" => {
            world.role.members.clone_from(&like.role.members);
            let held = world.role.members.contains(&world.agent.id);
            format!("Agents that have this role: {}", if held { world.agent.name.as_str() } else { "none" })
        }
        "role.claim.SA" => return Some(set_administrator(world, like.role.claims.contains_key("SA"))),
        _ => {
            let claim = part.strip_prefix(CLAIM).filter(|claim| !claim.is_empty())?;
            set_claim(world, claim, like.role.claims.get(claim))
        }
    };
    let made = make(&mut world.role.exists, "role");
    Some(format!("{ROLES} > {}{made}: {words}.", world.role.name))
}

/// Sets a level of the role. The highest level of all roles and of the agent's own permissions wins, so the others are
/// removed.
fn set_claim(world: &mut TenantState, claim: &str, value: Option<&String>) -> String {
    let value = value.cloned().unwrap_or_else(|| "0".into());
    world.agent.claims.remove(claim);
    let agent = world.agent.id;
    let mut left = String::new();
    for role in world.further_roles.iter_mut().filter(|role| role.claims.contains_key(claim)) {
        if role.members.contains(&agent) {
            role.members.retain(|member| *member != agent);
            left.push_str(&format!("; {} removed from {}", world.agent.name, role.name));
        }
    }
    let words = format!("{} set to {}{left}", switch(claim), level(claim, &value));
    world.role.claims.insert(claim.into(), value);
    words
}

fn set_administrator(world: &mut TenantState, on: bool) -> String {
    world.agent.administrator = on;
    set_claim(world, "SA", Some(&on.to_string()));
    if !on {
        world.role.claims.remove("SA");
    }
    format!("{AGENTS} > {}: Administrator set to {}.", world.agent.name, yes_no(on))
}

fn set_application(world: &mut TenantState, part: &str, like: &Application) -> Option<String> {
    let application = &mut world.application;
    let words = match part {
        "application.auth_method" => {
            application.auth_method = like.auth_method;
            format!("Authentication Method set to {}", method_words(application.auth_method))
        }
        "application.login_type" => {
            application.login_type = like.login_type;
            format!("Login Type set to {:?}", application.login_type)
        }
        "application.login_agent" => {
            application.login_agent = like.login_agent;
            let name = application.login_agent.map_or("none", |_| world.agent.name.as_str());
            format!("Agent to log in as set to {name}")
        }
        "application.active" => {
            application.active = like.active;
            format!("Active set to {}", yes_no(application.active))
        }
        "application.scopes" => {
            application.scopes.clone_from(&like.scopes);
            let list = if application.scopes.is_empty() { "none".to_owned() } else { application.scopes.join(" ") };
            format!("Permissions: {list}")
        }
        _ => return None,
    };
    let made = make(&mut application.exists, "application");
    Some(format!("{APPLICATIONS} > {}{made}: {words}.", application.name))
}

fn method_words(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::Services => "Client ID and Secret (Services)",
        AuthMethod::Password => "Username & Password",
        AuthMethod::Implicit => "Implicit Flow (Single Page Application)",
        AuthMethod::AuthorisationCode => "Authorisation Code (Native Application)",
        AuthMethod::ApiKey => "API Key",
    }
}
