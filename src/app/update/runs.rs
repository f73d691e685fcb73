//! Starting, following and ending runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{effect_results, focus, profiles, timer};
use crate::app::action::Context;
use crate::app::checks::CheckState;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::log::Entry;
use crate::app::run_state::{ActiveRun, PreviousRun, RunId, Snapshot, Staleness};
use crate::app::state::{Focus, State, Watch};
use crate::domain::codes::Code;
use crate::domain::connection::{Connection, Field, Note, Problem, Understood};
use crate::domain::evidence::Evidence;
use crate::domain::report::{Judgement, Report, Verdict};
use crate::domain::run_event::{Finished, LogLevel, RunEvent};
use crate::domain::run_plan::{CheckSelection, RunPlan};
use crate::domain::verdict;
use crate::secret::Secret;

/// Age up to which a discovery response is reused, in milliseconds.
const JUST_MS: u64 = 60_000;

/// Starts a run of the selected checks. If the form has a problem, shows it and sends nothing.
pub(super) fn start(state: &mut State, selection: CheckSelection) -> Vec<Effect> {
    if profiles::drop_secret_of_other_destination(state) {
        let notice = state.notice.clone();
        let effects = focus::focus(state, Focus::Field(Field::Secret));
        state.notice = notice;
        return effects;
    }
    state.form.unwrap_secret();
    let Understood { connection, secret, notes, problems } = state.form.understood();
    match connection.zip(secret) {
        Some(values) => launch(state, selection, values, notes, false),
        None => refuse(state, &problems),
    }
}

/// The same when no key asks for it but something that was done in the meantime: what is being typed or answered keeps
/// the keys.
pub(super) fn start_unasked(state: &mut State, selection: CheckSelection) -> Vec<Effect> {
    if !state.is_typing() && state.overlay.is_none() && state.picker.is_none() {
        return start(state, selection);
    }
    if profiles::drop_secret_of_other_destination(state) {
        return Vec::new();
    }
    state.form.unwrap_secret();
    let Understood { connection, secret, notes, problems } = state.form.understood();
    match connection.zip(secret) {
        Some(values) => launch(state, selection, values, notes, true),
        None => {
            let message = problems.first().map_or("", |problem| problem.message.as_str());
            state.say(format!("The checks were not run: {message}"));
            Vec::new()
        }
    }
}

/// Nothing is sent: the problem is shown, and the field that has it gets the keys.
fn refuse(state: &mut State, problems: &[Problem]) -> Vec<Effect> {
    let mut effects = cancel(state);
    state.watch = None;
    state.form.visited.extend(Field::ALL);
    state.refresh_form();
    let understood = Understood { problems: problems.to_vec(), ..Understood::default() };
    state.run.judgement = Some(verdict::refuse(&state.guide, &understood));
    state.run.snapshot = Snapshot::of(&state.form);
    // What is shown is no run: the last one's report is not its.
    state.run.report_of = None;
    state.run.evidence = None;
    if let Some(problem) = problems.first() {
        state.note(LogLevel::Error, format!("{}: {} {}", problem.field.label(), problem.message, problem.fix));
        effects.extend(focus::focus(state, Focus::Field(problem.field)));
        state.notice = Some(format!("Nothing was sent. {}", problem.message).into());
    }
    effects
}

fn launch(
    state: &mut State,
    selection: CheckSelection,
    (connection, secret): (Connection, Secret),
    notes: Vec<Note>,
    watched: bool,
) -> Vec<Effect> {
    let mut effects = cancel(state);
    let fresh = state.run.staleness(&state.form) == Staleness::Fresh;
    let previous = match selection {
        CheckSelection::All => just_answered(state, &connection),
        CheckSelection::Only(_) => state.run.evidence.clone().filter(|_| fresh),
    };
    if !watched {
        effects.extend(focus::focus(state, Focus::Checks));
        state.overlay = None;
        state.log_zoomed = false;
        state.chosen = selection != CheckSelection::All;
    }
    let run = RunId(state.run.last_id.0 + 1);
    let pending: BTreeSet<String> = match &selection {
        CheckSelection::All => state.expected().map(|check| check.id.to_owned()).collect(),
        CheckSelection::Only(ids) => ids.iter().cloned().collect(),
    };
    if selection == CheckSelection::All || !fresh {
        state.run.judgement = None;
        state.run.evidence = None;
    }
    state.run.last_id = run;
    state.run.exchanges.clear();
    if let Some(good) = state.run.good.take() {
        state.run.previous = Some(good);
    }
    state.run.snapshot = Snapshot::of(&state.form);
    state.run.active = Some(ActiveRun {
        id: run,
        started_ms: state.now_ms,
        total: pending.len(),
        pending,
        running: BTreeMap::new(),
        waiting: None,
        cancelled: false,
        partial: selection != CheckSelection::All,
        watched,
    });
    let what = match &selection {
        CheckSelection::All => "all checks".to_owned(),
        CheckSelection::Only(ids) => ids.join(", "),
    };
    state.note(LogLevel::Info, format!("run {}: {what}, {}", run.0, connection.resource_server));
    let guide = Arc::clone(&state.guide);
    let order = Box::new(RunPlan { guide, connection, notes, secret, selection, previous });
    effects.push(Effect::StartRun { run, order });
    effects.push(state.keep());
    effects
}

/// Discovery response that was received when the field was left. It is reused by one run and saves a round trip. Not
/// reused with an authorisation server from the operator, because that is compared with a fresh response.
fn just_answered(state: &mut State, connection: &Connection) -> Option<Evidence> {
    let now = state.now_ms;
    let answered = state.answered.take()?;
    let holds = answered.origin == connection.resource_server
        && connection.auth_server.is_none()
        && now.saturating_sub(answered.at_ms) < JUST_MS;
    holds.then_some(answered.evidence)
}

/// Runs the selected check again.
pub(super) fn run_selected(state: &mut State) -> Vec<Effect> {
    match state.selected_check() {
        Some(row) if row.id == "input" => start(state, CheckSelection::All),
        Some(row) => {
            let selection = only(state, vec![row.id]);
            start(state, selection)
        }
        None => Vec::new(),
    }
}

/// Selection of these checks. Probes also need the agent's record, because their verdict depends on the role's
/// claims.
pub(super) fn only(state: &State, mut ids: Vec<String>) -> CheckSelection {
    let identity = "identity".to_owned();
    if ids.iter().any(|id| state.guide.probe(id).is_some()) && !ids.contains(&identity) {
        ids.push(identity);
    }
    CheckSelection::Only(ids)
}

/// Asks again for what is not green, for the watch: the screen stays where it is.
pub(super) fn ask_again(state: &mut State) -> Vec<Effect> {
    if profiles::drop_secret_of_other_destination(state) {
        state.watch = None;
        return Vec::new();
    }
    let rows = state.all_checks();
    let open: Vec<String> = rows.into_iter().filter(|row| !row.shown.is_green()).map(|row| row.id).collect();
    let probes_only = open.iter().all(|id| state.guide.probe(id).is_some());
    let selection = if probes_only && state.run.evidence.is_some() { only(state, open) } else { CheckSelection::All };
    let Understood { connection, secret, notes, problems } = state.form.understood();
    match connection.zip(secret) {
        Some(values) => launch(state, selection, values, notes, true),
        None => {
            state.watch = None;
            state.say(format!("The watch has ended: {}", problems.first().map_or("", |problem| &problem.message)));
            Vec::new()
        }
    }
}

/// Repairs the selected failure in the simulated Halo; the check runs again afterwards.
pub(super) fn repair(state: &mut State) -> Vec<Effect> {
    match state.fixable_part() {
        Some(repair) => vec![Effect::Repair(repair)],
        None => Vec::new(),
    }
}

/// The operator stops the run, and with it the watch.
pub(super) fn stop(state: &mut State) -> Vec<Effect> {
    state.watch = None;
    cancel(state)
}

/// Handles the coming suspension of the process: ends the run, so that no request stays open and no token stays in
/// memory. The watch continues after the resumption.
pub(super) fn suspend(state: &mut State) -> Vec<Effect> {
    let effects = cancel(state);
    if !effects.is_empty() {
        let again = if state.watch.is_some() {
            "Suspending stopped the checks: the watch runs them again."
        } else {
            "Suspending stopped the checks: {run_all} runs them again."
        };
        state.notice = Some(again.into());
    }
    effects
}

/// Cancels the active run. The screen shows it immediately; the results so far arrive as the last event.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    match &mut state.run.active {
        Some(active) if !active.cancelled => {
            active.cancelled = true;
            active.waiting = None;
            let run = active.id;
            state.note(LogLevel::Warn, format!("run {}: stopped", run.0));
            vec![Effect::CancelRun(run)]
        }
        _ => Vec::new(),
    }
}

/// Handles a changed value: cancels a run that uses the old value.
pub(super) fn values_changed(state: &mut State, field: Field) -> Vec<Effect> {
    if state.run.active.is_none() || state.run.staleness(&state.form) == Staleness::Fresh {
        return Vec::new();
    }
    state.note(LogLevel::Warn, format!("{} changed: the run with the old value was stopped", field.label()));
    cancel(state)
}

/// Something happened in a run; what belongs to another run than the present one changes nothing.
pub(super) fn run_event_received(state: &mut State, run: RunId, event: RunEvent) -> Vec<Effect> {
    let now = state.now_ms;
    let Some(active) = state.run.active.as_mut().filter(|active| active.id == run) else { return Vec::new() };
    match event {
        RunEvent::CheckStarted(id) => {
            active.pending.remove(&id);
            active.running.insert(id, now);
        }
        RunEvent::CheckEnded(id) => {
            active.pending.remove(&id);
            active.running.remove(&id);
            active.waiting = active.waiting.take().filter(|(check, _)| *check != id);
        }
        RunEvent::Judged(judgement) => {
            if !active.partial {
                // What can be judged without asking has no begin and no end of its own.
                active.pending.retain(|id| !judgement.checks.iter().any(|check| check.id == *id));
            }
            state.run.judgement = Some(*judgement);
        }
        RunEvent::Waiting { check, seconds } => {
            active.waiting = Some((check, now.saturating_add(seconds.saturating_mul(1000))));
        }
        RunEvent::Exchanged(exchange) => state.run.tell(exchange),
        RunEvent::Log(line) => {
            let at_ms = active.started_ms + line.at_ms;
            let at_ms = state.time_of_day(at_ms);
            state.log.push(Entry { at_ms, level: line.level, text: line.text.into() });
        }
        RunEvent::Finished(finished) => return end(state, *finished),
    }
    Vec::new()
}

/// Handles the panic of a run's task: the interface continues.
pub(super) fn run_panicked(state: &mut State, run: RunId) -> Vec<Effect> {
    if state.run.active.as_ref().is_none_or(|active| active.id != run) {
        return Vec::new();
    }
    state.run.active = None;
    state.watch = None;
    state.note(LogLevel::Error, format!("run {}: {}", run.0, Code::LocalBug.headline()));
    state.notice =
        Some("Internal error: the run stopped. This is a bug in halo-onboard. {run} or {run_all} tries again.".into());
    Vec::new()
}

/// Handles the end of a run: keeps its results, selects the first failure and remembers a good run.
fn end(state: &mut State, finished: Finished) -> Vec<Effect> {
    let Some(active) = state.run.active.take() else { return Vec::new() };
    let Finished { report, evidence, recording } = finished;
    let good = is_good(report.verdict);
    state.run.took_ms = Some(report.duration_ms);
    state.run.judgement = Some(judgement_of(&report));
    state.note(level_of(report.verdict), format!("{}: {}", report.verdict.label(), state.counts().label()));
    let discovery = evidence.discovery.clone();
    let pause = timer::WATCH_MS.max(evidence.retry_after().unwrap_or(0).saturating_mul(1000));
    state.run.evidence = Some(evidence);
    state.watch = state.watch.map(|_| Watch { next_ms: state.now_ms.saturating_add(pause) });
    (state.run.report, state.run.recording) = (Some(report), recording);
    state.run.report_of = Some(active.id);
    if !state.chosen && !active.watched {
        select_first_wrong(state);
    }
    let mut effects = effect_results::discovered_by_run(state, discovery);
    if good && state.judgement().is_some() {
        effects.extend(finish_ready_run(state, &active));
    }
    if !active.watched {
        profiles::offer(state);
    }
    effects.push(state.keep());
    effects
}

impl State {
    /// Takes over a run that something else drove over the values of the form.
    pub fn show_run(&mut self, Finished { report, evidence, .. }: Finished) {
        self.run.snapshot = Snapshot::of(&self.form);
        self.run.judgement = Some(judgement_of(&report));
        (self.run.evidence, self.run.report) = (Some(evidence), Some(report));
        self.run.recording = None;
        self.run.report_of = Some(self.run.last_id);
    }
}

/// The set-up is ready: the run is remembered, the watch ends, the values for the vendor's form are shown.
fn finish_ready_run(state: &mut State, active: &ActiveRun) -> Vec<Effect> {
    let Some(report) = &state.run.report else { return Vec::new() };
    state.run.good = Some(PreviousRun::of(report, state.now_ms));
    let ready = report.verdict == Verdict::Ready;
    let mut effects = Vec::new();
    if state.watch.take().is_some() {
        state.say("Ready: the watch has ended.");
        effects.push(Effect::Bell);
    }
    let asks = state.sign_in_host().is_some_and(|host| !host.accepted);
    if ready && !asks && !active.watched && state.context() == Context::Checks {
        state.overlay = Some(Dialog::Values);
    }
    effects
}

fn is_good(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Ready | Verdict::ReadyWithWarnings)
}

fn level_of(verdict: Verdict) -> LogLevel {
    match verdict {
        Verdict::Ready => LogLevel::Ok,
        Verdict::ReadyWithWarnings | Verdict::Undetermined => LogLevel::Warn,
        Verdict::NotReady => LogLevel::Error,
    }
}

fn judgement_of(report: &Report) -> Judgement {
    Judgement {
        checks: report.checks.clone(),
        facts: report.facts.clone(),
        diagnoses: report.diagnoses.clone(),
        verdict: report.verdict,
        code: report.code,
    }
}

/// Selects the first check that failed, else the first with a warning.
fn select_first_wrong(state: &mut State) {
    let rows = state.all_checks();
    let first = |shown: CheckState| rows.iter().find(|row| row.shown == shown);
    if let Some(row) = first(CheckState::Failed).or(first(CheckState::Warned)) {
        state.check = Some(row.id.clone());
        state.room.detail.offset = 0;
        show_line(state);
    }
}

/// Selects the guide line of a failed check if both panes are visible.
pub(super) fn show_line(state: &mut State) {
    let Some(row) = state.selected_check().filter(|row| row.shown.is_wrong()) else { return };
    if let Some(line) = state.facts_of(&row.id).first().and_then(|fact| state.line_number_of(fact)) {
        state.line = line;
    }
}
