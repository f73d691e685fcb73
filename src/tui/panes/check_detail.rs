//! Pane with the details of the selected check: observation, meaning, fix.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::PaneFrame;
use crate::app::{DetailSection, Focus, Section, Segment, State};
use crate::tui::panes;
use crate::tui::text_layout::{Row, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Cells of the margin with the section's word.
const MARGIN: usize = 7;

/// From this width on the parts of an exchange are drawn as bars.
const CHART: u16 = 34;

/// Draws the pane with its rows.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, rows: &[Row], theme: Theme) {
    let inner = crate::tui::layout::inner(area);
    let foot = panes::visible_range(rows.len(), state.room.detail);
    let check = state.selected_check();
    let title = check.as_ref().map_or_else(|| "Detail".into(), |row| format!("{}  {}", row.shown.word(), row.title));
    let style = check.map_or_else(theme::strong, |row| theme::of_check(row.shown).patch(theme::strong()));
    let around = PaneFrame { title: &title, style, foot: &foot, focused: state.focus == Focus::Detail };
    panes::frame(frame, area, &around, theme);
    panes::rows(frame, inner, rows, state.room.detail, None);
}

/// Every row.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let stretches = state.connection_segments();
    let rows = |section: &Section| match section.part {
        DetailSection::Time if cells >= CHART => chart(&stretches, cells, theme),
        _ => section_rows(section, cells, theme),
    };
    state.detail().iter().flat_map(rows).collect()
}

fn section_rows(section: &Section, cells: u16, theme: Theme) -> Vec<Row> {
    let room = usize::from(cells).saturating_sub(MARGIN + 1);
    let mut rows = Vec::new();
    for text in &section.texts {
        for line in wrap(&theme.text(text), room) {
            let word = if rows.is_empty() { section.part.word() } else { "" };
            let style = if section.part == DetailSection::Fix { theme::strong() } else { ratatui::style::Style::new() };
            rows.push(Row::spans(
                None,
                vec![Span::styled(format!(" {word:<MARGIN$}"), theme::active()), Span::styled(line, style)],
            ));
        }
    }
    rows
}

/// A row for each part of an exchange, with a bar where it lies in the whole.
fn chart(stretches: &[Segment], cells: u16, theme: Theme) -> Vec<Row> {
    const NAME: usize = 11;
    const MS: usize = 9;
    let room = u64::from(cells).saturating_sub((MARGIN + 2 + NAME + MS) as u64);
    let whole = stretches.last().map_or(0, |last| u64::from(last.from_ms) + u64::from(last.took_ms)).max(1);
    let cell = |ms: u32| usize::try_from(u64::from(ms) * room / whole).unwrap_or_default();
    let row = |(at, part): (usize, &Segment)| {
        let word = if at == 0 { DetailSection::Time.word() } else { "" };
        let (from, to) = (cell(part.from_ms), cell(part.from_ms.saturating_add(part.took_ms)));
        let bar = if part.took_ms == 0 { String::new() } else { theme.bar().repeat((to - from).max(1)) };
        let took = format!("{} ms", part.took_ms);
        Row::spans(
            None,
            vec![
                Span::styled(format!(" {word:<MARGIN$}"), theme::active()),
                Span::raw(format!("{:<NAME$}{took:>width$}  ", part.name, width = MS - 2)),
                Span::styled(format!("{}{bar}", " ".repeat(from)), theme::active()),
            ],
        )
    };
    stretches.iter().enumerate().map(row).collect()
}
