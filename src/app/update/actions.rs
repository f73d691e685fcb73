//! Handles the operator's actions.

use super::{
    dialogs, effect_results, focus, form_fields, guide_picker, navigation, profile_picker, profiles, runs, timer,
};
use crate::app::action::{Action, Context};
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::profiles::ProfileChoice;
use crate::app::state::{Focus, State, Watch};
use crate::domain::run_plan::CheckSelection;

/// Time within which a second Ctrl-C quits, in milliseconds.
const QUIT_MS: u64 = 2_000;

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    state.notice = None;
    if action != Action::Interrupt {
        state.quit_until_ms = None;
    }
    match action {
        Action::Help => dialogs::open(state, Dialog::Help),
        Action::NextPane | Action::PreviousPane | Action::GoTo(_) => focus::go(state, action),
        Action::NextStep | Action::PreviousStep | Action::Step(_) => focus::step(state, action),
        Action::ZoomLog => focus::zoom(state),
        Action::RunAll => runs::start(state, CheckSelection::All),
        Action::RunSelected => runs::run_selected(state),
        Action::Repair => runs::repair(state),
        Action::Watch => watch(state),
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => {
            form_fields::hide(state);
            vec![Effect::Suspend]
        }
        Action::Back => back(state),
        Action::Interrupt => interrupt(state),
        Action::Quit => quit(state),
        Action::Edit(edit) => form_fields::edit(state, edit),
        Action::NextField => form_fields::next(state),
        Action::Reveal => form_fields::reveal(state),
        Action::Suggestion => form_fields::take_suggestion(state),
        Action::Move(motion) => navigation::go(state, motion),
        Action::Tick => navigation::tick(state),
        Action::Follow => navigation::follow(state),
        Action::OnlyFailures => navigation::only_failures(state),
        Action::Copy => navigation::copy(state),
        Action::Plain => navigation::plain(state),
        Action::Explain => navigation::explain(state),
        Action::Curl => navigation::curl(state),
        Action::Search => navigation::search(state),
        Action::Tail => navigation::tail(state),
        Action::Level => navigation::level(state),
        Action::Values => dialogs::open(state, Dialog::Values),
        Action::Export => dialogs::export(state),
        Action::ExportAs(format) => dialogs::preview(state, format),
        Action::Write => dialogs::write(state),
        Action::Guides => guide_picker::show(state),
        Action::Profiles => profile_picker::show(state),
        Action::Open => profile_picker::open_selected(state, false),
        Action::OpenAndCheck => profile_picker::open_selected(state, true),
        Action::New => profile_picker::open(state, ProfileChoice::New, false),
        Action::Demo => profile_picker::open(state, ProfileChoice::Demo, false),
        Action::Remove => profile_picker::remove(state),
        Action::Find => profile_picker::find(state),
        Action::SaveProfile => profiles::name(state),
        Action::SaveAs => profiles::save(state),
        Action::KeepSecret => profiles::ask(state),
        Action::Choose if state.context() == Context::AcceptServer => dialogs::consent(state),
        Action::Choose if state.context() == Context::Guides => guide_picker::choose(state),
        Action::Choose => profiles::choose(state),
        Action::SignInHost => effect_results::ask_about_sign_in_host(state),
        Action::Yes => dialogs::yes(state),
        Action::No => dialogs::no(state),
        Action::CopyValue(number) => dialogs::copy_value(state, number),
    }
}

/// One level back; never quits.
fn back(state: &mut State) -> Vec<Effect> {
    if state.overlay.is_some() {
        return dialogs::no(state);
    }
    if profile_picker::back(state) {
        return Vec::new();
    }
    if state.context() == Context::Search {
        state.log.search = None;
        state.log.filter_by("");
        return Vec::new();
    }
    if matches!(state.focus, Focus::Field(_)) {
        let to = if state.run.judgement.is_some() { Focus::Checks } else { Focus::Checklist };
        return focus::focus(state, to);
    }
    if state.run.active.is_some() {
        return runs::stop(state);
    }
    if state.log_zoomed {
        return focus::zoom(state);
    }
    state.log.filter_by("");
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
        return dialogs::open(state, Dialog::Quit);
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
    state.watch = Some(Watch { next_ms: state.now_ms + timer::WATCH_MS });
    state.say("Watching: the checks that are not ok run again every 30 s; a bell rings when all are.");
    Vec::new()
}

impl State {
    /// The effect that keeps what is worth keeping.
    pub(super) fn keep(&self) -> Effect {
        Effect::SaveProgress(Box::new(self.progress()))
    }
}
