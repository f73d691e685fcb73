//! The border of a pane.

use crate::app::Viewport;
use crate::tui::cell_drawing::{draw_border, draw_line};
use crate::tui::layout::inner;
use crate::tui::text_layout::{Row, cut, width};
use crate::tui::theme::{self, Theme};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

/// Texts in the border of a pane.
pub struct PaneFrame<'a> {
    /// Above, left.
    pub title: &'a str,
    /// Style of the title.
    pub style: Style,
    /// Below, right.
    pub foot: &'a str,
    /// The pane has the keys.
    pub focused: bool,
}

/// Draws the border of a pane and returns the area inside.
pub fn frame(frame: &mut Frame<'_>, area: Rect, around: &PaneFrame<'_>, theme: Theme) -> Rect {
    let room = usize::from(area.width.saturating_sub(4));
    let line_style = if around.focused { theme::active() } else { Style::new() };
    let buffer = frame.buffer_mut();
    draw_border(buffer, area, theme.lines(around.focused), line_style);
    let top = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height.min(1), ..area };
    let title = format!(" {} ", cut(around.title, room, theme));
    draw_line(buffer, top, &Span::styled(title, around.style).into());
    if !around.foot.is_empty() {
        let foot = format!(" {} ", cut(around.foot, room, theme));
        let cells = u16::try_from(width(&foot)).unwrap_or(u16::MAX).min(top.width);
        let bottom = Rect { x: top.right() - cells, y: area.bottom().saturating_sub(1), width: cells, ..top };
        draw_line(buffer, bottom, &foot.into());
    }
    inner(area)
}

/// Draws the visible rows; those of the selected item are reversed while the pane has the keys.
pub fn rows(frame: &mut Frame<'_>, area: Rect, rows: &[Row], window: Viewport, selected: Option<usize>) {
    let visible = rows.iter().skip(window.offset.into()).take(area.height.into());
    for (at, row) in visible.enumerate() {
        let place = Rect { y: area.y + at as u16, height: 1, ..area };
        draw_line(frame.buffer_mut(), place, &row.line);
        if row.item.is_some() && row.item == selected {
            frame.buffer_mut().set_style(place, theme::selected());
        }
    }
}

/// The visible range of rows, for the bottom border; empty if all rows are visible.
pub fn visible_range(total: usize, window: Viewport) -> String {
    if window.most == 0 || window.height == 0 {
        return String::new();
    }
    let first = usize::from(window.offset) + 1;
    let last = (usize::from(window.offset) + usize::from(window.height)).min(total);
    format!("{first}-{last} of {total}")
}
