//! The last row: a notice, or the keys that do something here, read off the one table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::app::{Action, Context, Focus, LineState, State, Text};
use crate::domain::report::Verdict;
use crate::tui::cell_drawing::draw_line;
use crate::tui::keymap::{Binding, KeyOutcome};
use crate::tui::layout::TWO;
use crate::tui::text_layout::{cut, width, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Most rows of a notice.
const MOST_ROWS: usize = 3;

/// Draws the row.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let room = usize::from(area.width).saturating_sub(2);
    if let Some(notice) = &state.notice {
        return say(frame, area, notice, room, theme);
    }
    let mut spans = vec![Span::raw(" ")];
    for (at, (key, hint)) in fitting(state, room, theme).into_iter().enumerate() {
        if at > 0 {
            spans.push(Span::raw("  "));
        }
        spans.push(Span::styled(key, theme::strong()));
        spans.push(Span::styled(format!(" {hint}"), Style::new()));
    }
    draw_line(frame.buffer_mut(), area, &Line::from(spans));
}

/// A notice; a long one covers rows above, so that none of it is lost.
fn say(frame: &mut Frame<'_>, area: Rect, notice: &Text, room: usize, theme: Theme) {
    let mut lines = wrap(&theme.text(notice), room);
    if lines.len() > MOST_ROWS {
        lines.truncate(MOST_ROWS);
        lines[MOST_ROWS - 1] = cut(&format!("{}{}", lines[MOST_ROWS - 1], theme.more()), room, theme);
    }
    for (line, y) in lines.iter().rev().zip((0..=area.y).rev()) {
        let row = Rect { y, height: 1, ..area };
        frame.render_widget(Clear, row);
        frame.render_widget(Line::from(Span::styled(format!(" {line}"), theme::strong())), row);
    }
}

/// The hints that fit, in the table's order. Help and quit always do: the others make room for them.
fn fitting(state: &State, room: usize, theme: Theme) -> Vec<(String, String)> {
    let hints = hints(state, room, theme);
    let (kept, mut others): (Vec<_>, Vec<_>) = hints.into_iter().partition(|hint| hint.always);
    others.sort_by_key(|hint| !hint.first);
    let cost = |hint: &Hint| width(&hint.key) + 1 + width(&hint.text) + 2;
    let mut left = (room + 2).saturating_sub(kept.iter().map(cost).sum());
    let mut shown = Vec::new();
    for hint in others {
        if cost(&hint) <= left {
            left -= cost(&hint);
            shown.push(hint);
        }
    }
    shown.into_iter().chain(kept).map(|hint| (hint.key, hint.text)).collect()
}

/// Was the last run of the selected profile interrupted?
fn unfinished(state: &State) -> bool {
    state.picked().is_some_and(|(_, tile)| tile.is_some_and(|tile| tile.unfinished.is_some()))
}

/// Returns true if the selected check has a problem and its fix is in a pane that is not visible beside the list.
fn detail_is_away(state: &State, room: usize) -> bool {
    room < usize::from(TWO) - 2
        && state.focus == Focus::Checks
        && state.selected_check().is_some_and(|row| row.shown.is_wrong())
}

/// Returns true if this is the most likely action now: stop while checks run, the values when all is ready.
fn first(state: &State, room: usize, action: Action) -> bool {
    let wrong_line = || state.selected_line().is_some_and(|line| state.line_state(line) == LineState::Contradicted);
    let ready = || state.judgement().is_some_and(|judgement| judgement.verdict == Verdict::Ready);
    match action {
        Action::Back => state.run.active.is_some(),
        Action::NextPane => detail_is_away(state, room),
        Action::Follow => state.focus == Focus::Checklist && wrong_line(),
        Action::Profiles => state.offers_demo(),
        Action::SignInHost => state.sign_in_host().is_some_and(|host| !host.accepted),
        Action::KeepSecret => state.has_secret_to_keep() && state.shelf.secret.kept.is_none(),
        Action::Values | Action::Export => state.overlay.is_none() && state.run.active.is_none() && ready(),
        _ => false,
    }
}

struct Hint {
    key: String,
    text: String,
    always: bool,
    first: bool,
}

fn hints(state: &State, room: usize, theme: Theme) -> Vec<Hint> {
    let context = state.context();
    theme
        .keys
        .iter()
        .filter(|binding| binding.place.holds(context) && !binding.hint.is_empty())
        .filter_map(|binding| hint(state, room, binding, context))
        .collect()
}

fn hint(state: &State, room: usize, binding: &Binding, context: Context) -> Option<Hint> {
    let action = match binding.does {
        KeyOutcome::Act(action) => action,
        KeyOutcome::Digit(make) => make(1),
    };
    if !state.offers(action) {
        return None;
    }
    let text = match action {
        Action::Back => state.back_label(),
        Action::NextPane if detail_is_away(state, room) => "detail",
        Action::Profiles if state.offers_demo() => "try the demo",
        Action::OpenAndCheck if unfinished(state) => "resume",
        Action::Watch if state.watch.is_some() => "end watch",
        Action::OnlyFailures if state.only_failures => "all",
        Action::Reveal if state.revealed() => "hide",
        _ => binding.hint,
    };
    let key = match action {
        Action::CopyValue(_) => format!("1-{}", state.form_values().len()),
        _ => binding.label(),
    };
    let always =
        matches!(action, Action::Help | Action::Quit) || matches!(context, Context::Question | Context::AcceptServer);
    Some(Hint { key, text: text.to_owned(), always, first: first(state, room, action) })
}
