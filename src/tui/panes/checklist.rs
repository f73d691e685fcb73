//! The guide's lines: the step that is worked on is open, the others show how far they are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::PaneFrame;
use crate::app::{Focus, LineState, State};
use crate::domain::guide::{Line, Step};
use crate::tui::panes;
use crate::tui::text_layout::{Row, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Cells before a line's text: marker, glyph, word, and blanks.
const MARGIN: usize = 10;

/// Number of the selected line.
pub fn selected(state: &State) -> usize {
    state.line_number()
}

/// Draws the pane with its rows.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, rows: &[Row], theme: Theme) {
    let focused = state.focus == Focus::Checklist;
    let inner = crate::tui::layout::inner(area);
    let foot = panes::visible_range(rows.len(), state.room.checklist);
    let title = theme.keyed("Checklist  {checklist}");
    let around = PaneFrame { title: &title, style: theme::strong(), foot: &foot, focused };
    panes::frame(frame, area, &around, theme);
    panes::rows(frame, inner, rows, state.room.checklist, focused.then(|| selected(state)));
}

/// Every row: all steps open where they fit, otherwise the one that the selected line belongs to.
pub fn rows(state: &State, cells: u16, height: u16, theme: Theme) -> Vec<Row> {
    let all = rows_with(state, cells, theme, |_| true);
    if all.len() <= usize::from(height) {
        return all;
    }
    let open = state.selected_step();
    rows_with(state, cells, theme, |step| step == open)
}

fn rows_with(state: &State, cells: u16, theme: Theme, open: impl Fn(usize) -> bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut number = 0;
    for (at, step) in state.guide.steps.iter().enumerate() {
        rows.push(heading(state, at, step, cells, theme));
        if open(at) {
            around_lines(&mut rows, &before(state, step), cells);
            for (offset, line) in step.lines.iter().enumerate() {
                rows.extend(line_rows(state, number + offset, line, cells, theme));
            }
            around_lines(&mut rows, &after(step), cells);
        }
        number += step.lines.len();
    }
    rows
}

fn heading(state: &State, at: usize, step: &Step, cells: u16, theme: Theme) -> Row {
    let (done, wrong, all) = state.step_counts(step);
    let counts = match wrong {
        0 => format!("{done}/{all}"),
        wrong => format!("{wrong} WRONG {done}/{all}"),
    };
    let style = match (wrong, done == all) {
        (0, true) => theme::good(),
        (0, false) => theme::strong(),
        _ => theme::bad(),
    };
    let left = format!(" {} {}", at + 1, step.title);
    Row::spans(None, vec![Span::styled(crate::tui::text_layout::spread(&left, &counts, cells.into(), theme), style)])
}

fn before(state: &State, step: &Step) -> Vec<String> {
    let mut texts = vec![state.guide.screen(step.screen).join(" > ")];
    if !step.open.is_empty() {
        texts.push(format!("then {}", step.open));
    }
    texts
}

fn after(step: &Step) -> Vec<String> {
    let mut texts = Vec::new();
    if !step.then.is_empty() {
        texts.push(format!("Last: {}", step.then));
    }
    if !step.hint.is_empty() {
        texts.push(format!("Note: {}", step.hint));
    }
    texts
}

fn around_lines(rows: &mut Vec<Row>, texts: &[String], cells: u16) {
    for text in texts {
        rows.extend(
            wrap(text, usize::from(cells).saturating_sub(3)).into_iter().map(|line| Row::text(format!("   {line}"))),
        );
    }
}

fn line_rows(state: &State, number: usize, line: &Line, cells: u16, theme: Theme) -> Vec<Row> {
    let found = state.line_state(line);
    let asked = state.is_asked(line) && found != LineState::Operator;
    let marker = if number == selected(state) { ">" } else { " " };
    let word = if asked { "asked" } else { found.word() };
    let style = if asked { theme::active() } else { theme::of_line(found) };
    let margin = format!("{} {word:<6} ", theme.line(found));
    let room = usize::from(cells).saturating_sub(MARGIN);
    let mut texts = label_and_value(line, room);
    if let Some(says) = state.line_says(line) {
        texts.extend(wrap(&says, room));
    }
    let mut rows = Vec::new();
    for (at, text) in texts.into_iter().enumerate() {
        let margin = if at == 0 { Span::styled(margin.clone(), style) } else { Span::raw(" ".repeat(MARGIN - 1)) };
        let marker = if at == 0 { marker } else { " " };
        rows.push(Row::spans(Some(number), vec![Span::raw(marker), margin, Span::raw(text)]));
    }
    rows
}

/// Label and wanted value. The value begins a row of its own where that costs none.
fn label_and_value(line: &Line, room: usize) -> Vec<String> {
    let run_on = wrap(&format!("{} = {}", line.label, line.expected), room);
    let apart = wrap(&format!("{}\n= {}", line.label, line.expected), room);
    if run_on.len() < apart.len() { run_on } else { apart }
}
