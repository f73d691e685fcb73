//! Layout of the panes for the size of the screen, and the size of each viewport.

use ratatui::layout::Rect;

use super::panes::{credentials, timeline};
use super::text_layout::Row;
use super::theme::Theme;
use crate::app::{Focus, State, Viewport};

/// Narrowest and lowest screen that shows panes.
pub const LEAST: (u16, u16) = (40, 12);
/// Minimum width for three panes side by side.
const THREE: u16 = 110;
/// Minimum width for two panes side by side.
pub const TWO: u16 = 72;

/// Areas of all panes. A hidden pane has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenLayout {
    /// The screen is too small for panes.
    pub too_small: bool,
    /// Title and verdict.
    pub header: Rect,
    /// Key hints or a notice.
    pub footer: Rect,
    /// The choice of a profile, in place of the panes.
    pub picker: Option<Rect>,
    /// The guide's lines.
    pub checklist: Option<Rect>,
    /// The four fields.
    pub credentials: Option<Rect>,
    /// The list of checks.
    pub checks: Option<Rect>,
    /// Details of the selected check.
    pub detail: Option<Rect>,
    /// The log.
    pub log: Option<Rect>,
    /// The requests of the last run on one axis, above the log that has the whole screen.
    pub waterfall: Option<Rect>,
    /// The newest line of the log, if there is no space for more.
    pub log_line: Option<Rect>,
}

/// Computes the areas.
pub fn plan(area: Rect, state: &State) -> ScreenLayout {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return ScreenLayout { too_small: true, ..ScreenLayout::default() };
    }
    let row = |y| Rect { y, height: 1, ..area };
    let mut plan = ScreenLayout { header: row(area.y), footer: row(area.bottom() - 1), ..ScreenLayout::default() };
    let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
    if state.log_zoomed && state.picker.is_none() {
        zoomed(&mut plan, body, state);
        return plan;
    }
    let panes = match log_height(area) {
        1 => {
            plan.log_line = Some(Rect { y: body.bottom() - 1, height: 1, ..body });
            Rect { height: body.height - 1, ..body }
        }
        height => {
            plan.log = Some(Rect { y: body.bottom() - height, height, ..body });
            Rect { height: body.height - height, ..body }
        }
    };
    if state.picker.is_some() {
        plan.picker = Some(panes);
        return plan;
    }
    if area.width >= THREE {
        three(&mut plan, panes, state);
    } else if area.width >= TWO {
        two(&mut plan, panes, state);
    } else {
        one(&mut plan, panes, state);
    }
    // Without a pane of its own the log takes the panes' place while it has the keys.
    if state.focus == Focus::Log && plan.log.is_none() {
        plan = ScreenLayout { header: plan.header, footer: plan.footer, log: Some(body), ..ScreenLayout::default() };
    }
    plan
}

/// Layout with the log enlarged. The timeline is above it if the log keeps more than half of the space.
fn zoomed(plan: &mut ScreenLayout, body: Rect, state: &State) {
    let height = match timeline::height(state) {
        0 => 0,
        rows => u16::try_from(rows + 2).unwrap_or(u16::MAX),
    };
    let height = if height <= body.height / 2 { height } else { 0 };
    plan.waterfall = (height > 0).then_some(Rect { height, ..body });
    plan.log = Some(Rect { y: body.y + height, height: body.height - height, ..body });
}

/// Rows of the log with its lines around it; 1 for a single line without.
fn log_height(area: Rect) -> u16 {
    match area.height {
        48.. if area.width >= TWO => 12,
        36.. if area.width >= TWO => 8,
        24.. if area.width >= TWO => 7,
        18.. if area.width >= TWO => 5,
        _ => 1,
    }
}

fn three(plan: &mut ScreenLayout, panes: Rect, state: &State) {
    // A Client ID with its cursor fits in 44 cells.
    let middle = (panes.width * 3 / 10).max(44);
    let side = (panes.width - middle) / 2;
    let (checklist, rest) = split(panes, side);
    let (middle, checks) = split(rest, middle);
    plan.checklist = Some(checklist);
    plan.checks = Some(checks);
    let wanted = credentials::rows(state, inner(middle).width, Theme::ASCII).len() as u16 + 2;
    let kept = if matches!(state.focus, Focus::Field(_)) { 5 } else { panes.height / 2 };
    let height = wanted.min(panes.height.saturating_sub(kept));
    plan.credentials = Some(Rect { height, ..middle });
    plan.detail = Some(Rect { y: middle.y + height, height: middle.height - height, ..middle });
}

/// Layout with two panes side by side.
fn two(plan: &mut ScreenLayout, panes: Rect, state: &State) {
    match shown_focus(state) {
        Focus::Checks | Focus::Detail | Focus::Log => {
            let (left, right) = split(panes, panes.width * 12 / 25);
            (plan.checks, plan.detail) = (Some(left), Some(right));
        }
        Focus::Checklist | Focus::Field(_) => {
            let (left, right) = split(panes, (panes.width - 42).max(panes.width * 2 / 5));
            (plan.checklist, plan.credentials) = (Some(left), Some(right));
        }
    }
}

fn one(plan: &mut ScreenLayout, panes: Rect, state: &State) {
    match shown_focus(state) {
        Focus::Checklist => plan.checklist = Some(panes),
        Focus::Field(_) => plan.credentials = Some(panes),
        Focus::Checks | Focus::Log => plan.checks = Some(panes),
        Focus::Detail => plan.detail = Some(panes),
    }
}

/// The log has no pane beside it that it belongs to: what was there before it stays.
fn shown_focus(state: &State) -> Focus {
    if state.focus == Focus::Log { state.behind() } else { state.focus }
}

fn split(area: Rect, left: u16) -> (Rect, Rect) {
    let left = left.min(area.width);
    (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area })
}

/// The part of a pane inside its lines; a blank column at the right keeps texts off the line.
pub fn inner(pane: Rect) -> Rect {
    Rect {
        x: pane.x + 1.min(pane.width),
        y: pane.y + 1.min(pane.height),
        width: pane.width.saturating_sub(3),
        height: pane.height.saturating_sub(2),
    }
}

/// A viewport over this number of rows, as close as possible to its old position.
pub(super) fn clamped(rows: usize, height: u16, old: Viewport) -> Viewport {
    let most = u16::try_from(rows.saturating_sub(usize::from(height))).unwrap_or(u16::MAX);
    Viewport { offset: old.offset.min(most), height, most }
}

/// A window in which every row of the selected item is visible, moved as little as possible.
pub(super) fn window_around(rows: &[Row], selected: Option<usize>, height: u16, old: Viewport) -> Viewport {
    let mut window = clamped(rows.len(), height, old);
    let Some(item) = selected else { return window };
    let mine = |row: &Row| row.item == Some(item);
    let (Some(first), Some(last)) = (rows.iter().position(mine), rows.iter().rposition(mine)) else { return window };
    let lowest = (last + 1).saturating_sub(usize::from(height)).min(first);
    // A heading above the item comes along where there is room.
    let heading = first.checked_sub(1).filter(|above| rows[*above].item.is_none() && *above >= lowest);
    let offset = usize::from(window.offset).clamp(lowest, heading.unwrap_or(first));
    window.offset = u16::try_from(offset).unwrap_or(u16::MAX);
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(items: &[Option<usize>]) -> Vec<Row> {
        items.iter().map(|item| Row { item: *item, ..Row::text("") }).collect()
    }

    #[test]
    fn the_selected_item_is_always_visible() {
        let rows = rows(&[None, Some(0), Some(0), Some(1), None, Some(2), Some(3), Some(3), Some(3)]);
        for item in 0..4 {
            for height in 1..12 {
                for offset in 0..12 {
                    let window = window_around(&rows, Some(item), height, Viewport { offset, ..Viewport::default() });
                    let first = rows.iter().position(|row| row.item == Some(item)).expect("there");
                    let last = rows.iter().rposition(|row| row.item == Some(item)).expect("there");
                    let (top, bottom) = (usize::from(window.offset), usize::from(window.offset + height));
                    assert!(top <= first, "item {item} height {height} offset {offset}: {window:?}");
                    assert!(last < bottom || last - first >= usize::from(height), "item {item}, {height}, {offset}");
                    assert!(top <= rows.len());
                }
            }
        }
    }

    #[test]
    fn a_visible_selection_moves_nothing() {
        let rows = rows(&[Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)]);
        let old = Viewport { offset: 2, ..Viewport::default() };
        for item in 2..5 {
            assert_eq!(window_around(&rows, Some(item), 3, old).offset, 2);
        }
        assert_eq!(window_around(&rows, Some(5), 3, old).offset, 3);
        assert_eq!(window_around(&rows, Some(0), 3, old).offset, 0);
    }
}
