//! What the operator asks for.

use super::{answers, clock, fields, keeping, lists, overlays, panes, picker, runs};
use crate::app::action::{Action, Context};
use crate::app::effect::{Effect, Which};
use crate::app::overlay::Overlay;
use crate::app::shelf::Choice;
use crate::app::state::{Focus, State, Watch};

/// How long a second Ctrl-C is waited for, in milliseconds.
const QUIT_MS: u64 = 2_000;

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    state.notice = None;
    if action != Action::Interrupt {
        state.quit_until_ms = None;
    }
    match action {
        Action::Help => overlays::open(state, Overlay::Help),
        Action::NextPane | Action::PreviousPane | Action::GoTo(_) => panes::go(state, action),
        Action::NextStep | Action::PreviousStep | Action::Step(_) => panes::step(state, action),
        Action::ZoomLog => panes::zoom(state),
        Action::RunAll => runs::start(state, Which::All),
        Action::RunSelected => runs::run_selected(state),
        Action::Mend => runs::mend(state),
        Action::Watch => watch(state),
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => {
            fields::hide(state);
            vec![Effect::Suspend]
        }
        Action::Back => back(state),
        Action::Interrupt => interrupt(state),
        Action::Quit => quit(state),
        Action::Edit(edit) => fields::edit(state, edit),
        Action::NextField => fields::next(state),
        Action::Reveal => fields::reveal(state),
        Action::Suggestion => fields::take_suggestion(state),
        Action::Move(motion) => lists::go(state, motion),
        Action::Tick => lists::tick(state),
        Action::Follow => lists::follow(state),
        Action::OnlyFailures => lists::only_failures(state),
        Action::Send => lists::send(state),
        Action::Plain => lists::plain(state),
        Action::Explain => lists::explain(state),
        Action::Curl => lists::curl(state),
        Action::Search => lists::search(state),
        Action::Tail => lists::tail(state),
        Action::Level => lists::level(state),
        Action::Values => overlays::open(state, Overlay::Values),
        Action::Export => overlays::export(state),
        Action::ExportAs(format) => overlays::preview(state, format),
        Action::Write => overlays::write(state),
        Action::Profiles => picker::show(state),
        Action::Open => picker::open_selected(state, false),
        Action::OpenAndCheck => picker::open_selected(state, true),
        Action::New => picker::open(state, Choice::New, false),
        Action::Demo => picker::open(state, Choice::Demo, false),
        Action::Remove => picker::remove(state),
        Action::Find => picker::find(state),
        Action::SaveProfile => keeping::name(state),
        Action::SaveAs => keeping::save(state),
        Action::KeepSecret => keeping::ask(state),
        Action::Choose if state.context() == Context::Consent => overlays::consent(state),
        Action::Choose => keeping::choose(state),
        Action::SignInHost => answers::ask_about_sign_in_host(state),
        Action::Yes => overlays::yes(state),
        Action::No => overlays::no(state),
        Action::SendValue(number) => overlays::send_value(state, number),
    }
}

/// One level back; never quits.
fn back(state: &mut State) -> Vec<Effect> {
    if state.overlay.is_some() {
        return overlays::no(state);
    }
    if picker::back(state) {
        return Vec::new();
    }
    if state.context() == Context::Search {
        state.log.search = None;
        state.log.look_for("");
        return Vec::new();
    }
    if matches!(state.focus, Focus::Field(_)) {
        let to = if state.run.judgement.is_some() { Focus::Checks } else { Focus::Checklist };
        return panes::focus(state, to);
    }
    if state.run.active.is_some() {
        return runs::stop(state);
    }
    if state.log_zoomed {
        return panes::zoom(state);
    }
    state.log.look_for("");
    Vec::new()
}

fn interrupt(state: &mut State) -> Vec<Effect> {
    if state.run.active.as_ref().is_some_and(|run| !run.cancelled) {
        return runs::stop(state);
    }
    if state.quit_until_ms.is_some() {
        return leave(state);
    }
    state.quit_until_ms = Some(state.now_ms + QUIT_MS);
    state.notice = Some("Press {interrupt} again to quit.".into());
    Vec::new()
}

/// Quits; asks first when a typed secret would be lost that no check has proven.
fn quit(state: &mut State) -> Vec<Effect> {
    if state.would_lose_the_secret() {
        return overlays::open(state, Overlay::Quit);
    }
    leave(state)
}

/// Leaves, and keeps what is worth keeping.
pub(super) fn leave(state: &mut State) -> Vec<Effect> {
    vec![state.keep(), Effect::Quit]
}

fn watch(state: &mut State) -> Vec<Effect> {
    if state.watch.take().is_some() {
        state.say("The watch has ended.");
        return Vec::new();
    }
    state.watch = Some(Watch { next_ms: state.now_ms + clock::WATCH_MS });
    state.say("Watching: what is not ok is asked again every 30 s; a bell when all is ready.");
    Vec::new()
}

impl State {
    /// The effect that keeps what is worth keeping.
    pub(super) fn keep(&self) -> Effect {
        Effect::Keep(Box::new(self.progress()))
    }
}
