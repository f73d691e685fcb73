//! What comes back from effects other than runs.

use super::{fields, overlays, runs};
use crate::app::effect::{Effect, Mended, Which};
use crate::app::overlay::Overlay;
use crate::app::state::{Answered, Found, State};
use crate::domain::code::Code;
use crate::domain::connection::{Field, canonical_origin};
use crate::domain::event::LogLevel;
use crate::domain::evidence::{Asked, Discovery, Evidence, Fault, Link};

/// The address has answered who it is; an answer to an older question changes nothing.
pub(super) fn discovered(state: &mut State, number: u64, link: &Link, outcome: Asked<Discovery>) -> Vec<Effect> {
    let Some(origin) = awaited(state, number) else { return Vec::new() };
    match outcome {
        Asked::Answered(answer) => {
            let ms = answer.timing.total.map(|ms| format!(", {ms} ms")).unwrap_or_default();
            let tls = link.tls_version.as_deref().map(|version| format!(", {version}")).unwrap_or_default();
            state.note(LogLevel::Ok, format!("GET {origin}/api/authinfo: {}{ms}{tls}", answer.status));
            let discovery = Asked::Answered(answer.clone());
            let evidence = Evidence { link: link.clone(), discovery, ..Evidence::default() };
            state.answered = Some(Answered { origin: origin.clone(), at_ms: state.now_ms, evidence });
            learn(state, origin, answer.value)
        }
        Asked::Failed(fault) => {
            let words = if fault.detail.is_empty() { fault.code.headline().to_owned() } else { fault.detail.short() };
            state.note(LogLevel::Error, format!("GET {origin}/api/authinfo: {} {words}", fault.code.id()));
            failed(state, origin, fault)
        }
        Asked::NotAsked | Asked::Cancelled => {
            state.found = Found::Nothing;
            Vec::new()
        }
    }
}

/// A run has asked the address too: what it learnt counts as much.
pub(super) fn discovered_by_run(state: &mut State, outcome: Asked<Discovery>) -> Vec<Effect> {
    let Some(origin) = state.form.origin().filter(|_| state.judgement().is_some()) else { return Vec::new() };
    match outcome {
        Asked::Answered(answer) => learn(state, origin, answer.value),
        Asked::Failed(fault) => failed(state, origin, fault),
        Asked::NotAsked | Asked::Cancelled => Vec::new(),
    }
}

fn awaited(state: &State, number: u64) -> Option<String> {
    match &state.found {
        Found::Asking { asked, origin } if *asked == number => Some(origin.clone()),
        _ => None,
    }
}

fn failed(state: &mut State, origin: String, fault: Fault) -> Vec<Effect> {
    let foreign = (fault.code == Code::DiscoveryForeignAuthUrl)
        .then(|| fault.target.as_ref().map(|target| canonical_origin(target.as_str())))
        .flatten();
    state.found = Found::Failed { origin: origin.clone(), fault: Box::new(fault) };
    state.refresh_form();
    foreign.map_or_else(Vec::new, |auth_origin| ask_about(state, &origin, auth_origin))
}

/// Takes in what a Halo says of itself: fills an empty tenant, and asks about a sign-in server on another host.
pub(super) fn learn(state: &mut State, origin: String, discovery: Discovery) -> Vec<Effect> {
    let auth_origin = discovery.auth_origin.clone();
    state.found = Found::Halo { origin: origin.clone(), discovery };
    if let Some(tenant) = state.halo_tenant().filter(|_| state.form.is_empty(Field::Tenant)) {
        state.note(LogLevel::Info, format!("Tenant filled in from what Halo says: {tenant}"));
        fill_tenant(state, &tenant);
    }
    state.refresh_form();
    if auth_origin.is_empty() { Vec::new() } else { ask_about(state, &origin, auth_origin) }
}

/// A run that began with an empty tenant speaks of the filled one too: it asked the same Halo.
fn fill_tenant(state: &mut State, tenant: &str) {
    let empty = state.form.tenant.text() == state.run.snapshot.typed.tenant;
    state.form.tenant.replace(tenant);
    if empty {
        state.run.snapshot.typed.tenant = state.form.tenant.text().to_owned();
    }
}

/// Another host as authorisation server must be accepted before it gets the secret.
fn ask_about(state: &mut State, resource_server: &str, origin: String) -> Vec<Effect> {
    let allowed = state.form.allowed_auth_origins.iter().any(|allowed| canonical_origin(allowed) == origin);
    let by_hand = !state.form.auth_url.is_empty() && canonical_origin(&state.form.auth_url) == origin;
    if origin == resource_server || allowed || by_hand {
        return Vec::new();
    }
    overlays::open(state, Overlay::AcceptAuth { origin, resource_server: resource_server.to_owned() })
}

pub(super) fn discovery_broke(state: &mut State, number: u64) -> Vec<Effect> {
    if awaited(state, number).is_some() {
        state.found = Found::Nothing;
        state.say("Asking the address broke: that is this program's fault, not Halo's.");
    }
    Vec::new()
}

/// The simulated Halo was mended: what hung on it runs again.
pub(super) fn mended(state: &mut State, checks: Vec<String>, outcome: Result<Mended, String>) -> Vec<Effect> {
    let Mended { done, form } = match outcome {
        Ok(mended) => mended,
        Err(reason) => {
            state.say(format!("The simulated Halo could not be mended: {reason}"));
            return Vec::new();
        }
    };
    state.note(LogLevel::Ok, format!("in the simulated Halo: {done}"));
    let mut effects = form.map_or_else(Vec::new, |(typed, secret)| fields::copy(state, &typed, &secret));
    if checks.is_empty() {
        state.notice = Some(format!("In the simulated Halo: {done}").into());
        return effects;
    }
    let one = matches!(&checks[..], [check] if state.guide.probe(check).is_some());
    let which = if one { runs::only(state, checks) } else { Which::All };
    effects.extend(runs::start(state, which));
    state.notice = Some(format!("In the simulated Halo: {done}").into());
    effects
}

pub(super) fn exported(state: &mut State, outcome: Result<String, String>) -> Vec<Effect> {
    match outcome {
        Ok(name) => {
            state.say(format!("Written: {name} (readable by you alone)"));
            state.written.push(name);
        }
        Err(reason) => state.say(format!("Nothing was written: {reason}")),
    }
    Vec::new()
}
