//! Handles the results of effects other than runs.

use super::{dialogs, form_fields, runs};
use crate::app::dialog::Dialog;
use crate::app::effect::{Effect, RepairResult};
use crate::app::state::{DiscoveryAnswer, DiscoveryState, SignInHost, State};
use crate::app::text_with_keys::Text;
use crate::domain::connection::{Field, canonical_origin};
use crate::domain::evidence::{ConnectionInfo, Discovery, Evidence, Fault, Observation};
use crate::domain::run_event::LogLevel;
use crate::domain::run_plan::CheckSelection;

/// The address has answered who it is; an answer to an older question changes nothing.
pub(super) fn discovered(
    state: &mut State,
    number: u64,
    link: &ConnectionInfo,
    outcome: Observation<Discovery>,
) -> Vec<Effect> {
    let Some(origin) = discovery_in_progress(state, number) else { return Vec::new() };
    match outcome {
        Observation::Answered(answer) => {
            let ms = answer.timing.total.map(|ms| format!(", {ms} ms")).unwrap_or_default();
            let tls = link.tls_version.as_deref().map(|version| format!(", {version}")).unwrap_or_default();
            state.note(LogLevel::Ok, format!("GET {origin}/api/authinfo: {}{ms}{tls}", answer.status));
            let discovery = Observation::Answered(answer.clone());
            let evidence = Evidence { link: link.clone(), discovery, ..Evidence::default() };
            state.answered = Some(DiscoveryAnswer { origin: origin.clone(), at_ms: state.now_ms, evidence });
            apply_discovery(state, origin, answer.value)
        }
        Observation::Failed(fault) => {
            let words = if fault.detail.is_empty() { fault.code.headline().to_owned() } else { fault.detail.short() };
            state.note(LogLevel::Error, format!("GET {origin}/api/authinfo: {} {words}", fault.code.id()));
            failed(state, origin, fault)
        }
        Observation::NotAsked | Observation::Cancelled => {
            state.found = DiscoveryState::Nothing;
            Vec::new()
        }
    }
}

/// A run has asked the address too: what it learnt counts as much.
pub(super) fn discovered_by_run(state: &mut State, outcome: Observation<Discovery>) -> Vec<Effect> {
    let Some(origin) = state.form.origin().filter(|_| state.judgement().is_some()) else { return Vec::new() };
    match outcome {
        Observation::Answered(answer) => apply_discovery(state, origin, answer.value),
        Observation::Failed(fault) => failed(state, origin, fault),
        Observation::NotAsked | Observation::Cancelled => Vec::new(),
    }
}

fn discovery_in_progress(state: &State, number: u64) -> Option<String> {
    match &state.found {
        DiscoveryState::Asking { asked, origin } if *asked == number => Some(origin.clone()),
        _ => None,
    }
}

fn failed(state: &mut State, origin: String, fault: Fault) -> Vec<Effect> {
    state.found = DiscoveryState::Failed { origin, fault: Box::new(fault) };
    state.refresh_form();
    tell_of_sign_in_host(state);
    Vec::new()
}

/// Applies the discovery response: fills an empty tenant, and announces an authorisation server on another host.
pub(super) fn apply_discovery(state: &mut State, origin: String, discovery: Discovery) -> Vec<Effect> {
    state.found = DiscoveryState::Halo { origin, discovery };
    if let Some(tenant) = state.halo_tenant().filter(|_| state.form.is_empty(Field::Tenant)) {
        state.note(LogLevel::Info, format!("Tenant filled in from Halo's response: {tenant}"));
        fill_tenant(state, &tenant);
    }
    state.refresh_form();
    tell_of_sign_in_host(state);
    Vec::new()
}

/// A run that began with an empty tenant speaks of the filled one too: it asked the same Halo.
fn fill_tenant(state: &mut State, tenant: &str) {
    let empty = state.form.tenant.text() == state.run.snapshot.typed.tenant;
    state.form.tenant.replace(tenant);
    if empty {
        state.run.snapshot.typed.tenant = state.form.tenant.text().to_owned();
    }
}

/// Another host as authorisation server must be accepted before it gets the secret: it is said which key asks.
fn tell_of_sign_in_host(state: &mut State) {
    if let Some(SignInHost { origin, accepted: false, .. }) = state.sign_in_host() {
        let text = "Halo names another host for sign-in, which gets no secret unless you accept it ({sign_in_host}): ";
        state.say(Text::from(text).followed_by(&origin));
    }
}

impl State {
    /// The different host as authorisation server of the typed address, as reported by Halo or as accepted by the
    /// operator.
    pub fn sign_in_host(&self) -> Option<SignInHost> {
        let auth_origin = self.found.auth_origin();
        if auth_origin.as_deref().is_none_or(|origin| Some(origin) == self.found.origin())
            && self.form.allowed_auth_origins.is_empty()
        {
            // The usual case; the footer asks for every frame, and to read the address costs most.
            return None;
        }
        let resource_server = self.form.origin()?;
        let asked = self.found.origin() == Some(&resource_server);
        let said = auth_origin.filter(|_| asked).filter(|origin| *origin != resource_server);
        let last = || self.form.allowed_auth_origins.last().map(|origin| canonical_origin(origin));
        let origin = said.or_else(last).filter(|origin| *origin != resource_server)?;
        if !self.form.auth_url.is_empty() && canonical_origin(&self.form.auth_url) == origin {
            return None;
        }
        let accepted = self.form.allowed_auth_origins.iter().any(|allowed| canonical_origin(allowed) == origin);
        Some(SignInHost { origin, resource_server, accepted })
    }
}

/// Asks whether the other host may get the secret; what holds now is selected.
pub(super) fn ask_about_sign_in_host(state: &mut State) -> Vec<Effect> {
    let Some(SignInHost { origin, resource_server, accepted }) = state.sign_in_host() else { return Vec::new() };
    let effects = dialogs::open(state, Dialog::AcceptAuth { origin, resource_server });
    state.agrees = accepted;
    effects
}

pub(super) fn discovery_panicked(state: &mut State, number: u64) -> Vec<Effect> {
    if discovery_in_progress(state, number).is_some() {
        state.found = DiscoveryState::Nothing;
        state.say("Internal error while contacting the address. This is a bug in halo-onboard.");
    }
    Vec::new()
}

/// The simulated Halo was repaired: what hung on it runs again.
pub(super) fn repair_finished(
    state: &mut State,
    checks: Vec<String>,
    outcome: Result<RepairResult, String>,
) -> Vec<Effect> {
    // It comes from the session before this one.
    if state.demo.is_none() {
        return Vec::new();
    }
    let RepairResult { done, form } = match outcome {
        Ok(result) => result,
        Err(reason) => {
            state.say(format!("The simulated Halo could not be fixed: {reason}"));
            return Vec::new();
        }
    };
    state.note(LogLevel::Ok, format!("in the simulated Halo: {done}"));
    let mut effects = form.map_or_else(Vec::new, |(typed, secret)| form_fields::copy(state, &typed, &secret));
    if checks.is_empty() {
        state.notice = Some(format!("In the simulated Halo: {done}").into());
        return effects;
    }
    let one = matches!(&checks[..], [check] if state.guide.probe(check).is_some());
    let which = if one { runs::only(state, checks) } else { CheckSelection::All };
    effects.extend(runs::start_unasked(state, which));
    state.notice = Some(format!("In the simulated Halo: {done}").into());
    effects
}

pub(super) fn exported(state: &mut State, outcome: Result<String, String>) -> Vec<Effect> {
    match outcome {
        Ok(name) => {
            state.say(format!("Written: {name} (only you can read it)"));
            state.written.push(name);
        }
        Err(reason) => state.say(format!("Not written: {reason}")),
    }
    Vec::new()
}
