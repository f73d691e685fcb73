//! What time brings.

use super::{fields, runs};
use crate::app::effect::Effect;
use crate::app::state::{State, Watch};

/// How often the watch asks, in milliseconds.
pub(super) const WATCH_MS: u64 = 30_000;

pub(super) fn tick(state: &mut State, now_ms: u64) -> Vec<Effect> {
    state.now_ms = state.now_ms.max(now_ms);
    let now = state.now_ms;
    let over = |until: Option<u64>| until.is_some_and(|until| now >= until);
    if over(state.reveal_until_ms) {
        fields::hide(state);
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
