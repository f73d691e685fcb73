//! Handles the ticks of the clock.

use super::{form_fields, runs};
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::state::{State, Watch};
use crate::domain::run_event::LogLevel;

/// Interval of the watch in milliseconds.
pub(super) const WATCH_MS: u64 = 30_000;

pub(super) fn tick(state: &mut State, now_ms: u64) -> Vec<Effect> {
    state.now_ms = state.now_ms.max(now_ms);
    let now = state.now_ms;
    let over = |until: Option<u64>| until.is_some_and(|until| now >= until);
    if over(state.reveal_until_ms) {
        form_fields::hide(state);
    }
    if over(state.forgets_at_ms()) {
        forget(state);
    }
    if over(state.quit_until_ms) {
        state.quit_until_ms = None;
        state.notice = None;
    }
    if over(state.watch.map(|watch| watch.next_ms)) && state.run.active.is_none() {
        state.watch = Some(Watch { next_ms: now + WATCH_MS });
        return runs::ask_again(state);
    }
    Vec::new()
}

/// Clears the secret after a time without keys. Its results stay on the screen.
fn forget(state: &mut State) {
    let shown = state.run.snapshot.secret_revision == state.form.secret.revision();
    state.form.drop_secret();
    state.bound = None;
    if shown {
        state.run.snapshot.secret_revision = state.form.secret.revision();
    }
    if matches!(state.overlay, Some(Dialog::KeepSecret { .. } | Dialog::CopySecret)) {
        // There is nothing to keep or to send any more.
        state.overlay = None;
    }
    state.refresh_form();
    let text = "The Client Secret was cleared after ten minutes without a key press: enter it again for the next run.";
    state.note(LogLevel::Warn, text);
    state.notice = Some(text.into());
}
