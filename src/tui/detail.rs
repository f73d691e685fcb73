//! What is known of the selected check: what was seen, what it means, what mends it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::pane::{self, Around};
use super::text::{Row, wrap};
use super::theme::{self, Theme};
use crate::app::{Focus, Part, Section, State};

/// Cells of the margin with the section's word.
const MARGIN: usize = 7;

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let inner = super::layout::inner(area);
    let rows = rows(state, inner.width, theme);
    let foot = pane::extent(rows.len(), state.room.detail);
    let check = state.selected_check();
    let title = check.as_ref().map_or_else(|| "Detail".into(), |row| format!("{}  {}", row.shown.word(), row.title));
    let style = check.map_or_else(theme::strong, |row| theme::of_check(row.shown).patch(theme::strong()));
    let around = Around { title: &title, style, foot: &foot, focused: state.focus == Focus::Detail };
    pane::frame(frame, area, &around, theme);
    pane::rows(frame, inner, &rows, state.room.detail, None);
}

/// Every row.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    state.detail().iter().flat_map(|section| section_rows(section, cells, theme)).collect()
}

fn section_rows(section: &Section, cells: u16, theme: Theme) -> Vec<Row> {
    let room = usize::from(cells).saturating_sub(MARGIN + 1);
    let mut rows = Vec::new();
    for text in &section.texts {
        let keyed = (section.part == Part::Then).then(|| theme.keyed(text));
        for line in wrap(keyed.as_deref().unwrap_or(text), room) {
            let word = if rows.is_empty() { section.part.word() } else { "" };
            let style = if section.part == Part::Fix { theme::strong() } else { ratatui::style::Style::new() };
            rows.push(Row::spans(
                None,
                vec![Span::styled(format!(" {word:<MARGIN$}"), theme::active()), Span::styled(line, style)],
            ));
        }
    }
    rows
}
