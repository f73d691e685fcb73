//! The list of checks, grouped where there is room: headings and phases fall away first.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::PaneFrame;
use super::timeline;
use crate::app::{CheckRow, CheckState, Focus, Group, PHASES, Phase, State, Text};
use crate::domain::codes::Code;
use crate::tui::panes;
use crate::tui::text_layout::{Row, cut, spread, width};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Cells before a check's title: marker, glyph, word, and blanks.
const MARGIN: usize = 8;

/// Number of the selected check in the list.
pub fn selected(state: &State) -> Option<usize> {
    let id = state.check_id()?;
    state.listed_checks().iter().position(|row| row.id == id)
}

/// Draws the pane with its rows.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, rows: &[Row], theme: Theme) {
    let focused = state.focus == Focus::Checks;
    let inner = crate::tui::layout::inner(area);
    let title =
        if state.only_failures { "Diagnostics  {diagnostics}  only failures" } else { "Diagnostics  {diagnostics}" };
    let foot = footer_text(state, rows.len());
    let (title, foot) = (theme.keyed(title), theme.text(&foot));
    let around = PaneFrame { title: &title, style: theme::strong(), foot: &foot, focused };
    panes::frame(frame, area, &around, theme);
    let marked = if focused { selected(state) } else { None };
    panes::rows(frame, inner, rows, state.room.checks, marked);
}

fn footer_text(state: &State, rows: usize) -> Text {
    if state.is_stale() && state.run.active.is_none() {
        return "values changed: {run_all}".into();
    }
    let extent = panes::visible_range(rows, state.room.checks);
    if state.judgement().is_none() && state.run.active.is_none() {
        "not run yet: {run_all}".into()
    } else {
        extent.into()
    }
}

/// Spacing between the checks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RowDensity {
    Bare,
    Headings,
    Full,
}

/// Every row, with headings and phases where they fit.
pub fn rows(state: &State, cells: u16, height: u16, theme: Theme) -> Vec<Row> {
    let checks = state.listed_checks();
    if checks.is_empty() {
        let text =
            if state.only_failures { " Nothing has failed. {only_failures} shows all checks." } else { " No checks." };
        return vec![Row::text(cut(&theme.keyed(text), cells.into(), theme))];
    }
    let codes = checks.iter().filter(|row| code_apart(row, cells)).count();
    let mut groups: Vec<Group> = checks.iter().map(|row| row.group).collect();
    groups.dedup();
    let phases = if state.only_failures { 0 } else { PHASES + 1 };
    let room = usize::from(height);
    let dress = if checks.len() + codes + groups.len() + phases <= room {
        RowDensity::Full
    } else if checks.len() + codes + groups.len() <= room {
        RowDensity::Headings
    } else {
        RowDensity::Bare
    };
    let mut rows = rows_with_density(state, &checks, cells, dress, theme);
    let requests = timeline::height(state);
    // While a run goes on its requests become more: what has room for the first few only would come and go.
    let at_most = if state.run.active.is_some() { requests.max(state.guide.probes.len() + 4) } else { requests };
    if dress == RowDensity::Full && !state.only_failures && requests > 0 && rows.len() + at_most + 2 <= room {
        rows.extend([
            Row::text(""),
            Row::spans(None, vec![Span::styled(format!(" {}", timeline::title(state)), theme::strong())]),
        ]);
        rows.extend(timeline::rows(state, cells, theme));
    }
    rows
}

fn rows_with_density(state: &State, checks: &[CheckRow], cells: u16, dress: RowDensity, theme: Theme) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut group = None;
    for (at, check) in checks.iter().enumerate() {
        if dress != RowDensity::Bare && group != Some(check.group) {
            if check.group == Group::Halo && dress == RowDensity::Full && !state.only_failures {
                rows.push(heading(Group::Network));
                rows.extend(state.phases().iter().map(|phase| phase_row(phase, cells, theme)));
            }
            rows.push(heading(check.group));
            group = Some(check.group);
        }
        rows.extend(check_rows(state, at, check, cells, theme));
    }
    rows
}

fn heading(group: Group) -> Row {
    Row::spans(None, vec![Span::styled(format!(" {}", group.label()), theme::strong())])
}

fn phase_row(phase: &Phase, cells: u16, theme: Theme) -> Row {
    let took = phase.took_ms.map(duration_text).unwrap_or_default();
    let room = usize::from(cells).saturating_sub(MARGIN);
    Row::spans(
        None,
        vec![
            Span::raw(" "),
            Span::styled(margin(phase.shown, theme), theme::of_check(phase.shown)),
            Span::raw(spread(&phase.name, &took, room, theme)),
        ],
    )
}

fn margin(shown: CheckState, theme: Theme) -> String {
    format!("{} {:<4} ", theme.check(shown), shown.word())
}

fn check_rows(state: &State, at: usize, check: &CheckRow, cells: u16, theme: Theme) -> Vec<Row> {
    let marker = if state.check_id() == Some(&check.id) { ">" } else { " " };
    let apart = code_apart(check, cells);
    let right = right(state, check, !apart);
    let room = usize::from(cells).saturating_sub(MARGIN);
    let mut rows = vec![Row::spans(
        Some(at),
        vec![
            Span::raw(marker),
            Span::styled(margin(check.shown, theme), theme::of_check(check.shown)),
            Span::raw(spread(&check.title, &right, room, theme)),
        ],
    )];
    if let (true, Some(code)) = (apart, check.code) {
        rows.push(Row::spans(Some(at), vec![Span::raw(" ".repeat(MARGIN)), Span::raw(cut(code.id(), room, theme))]));
    }
    rows
}

/// Code of a check that was run. The reason why a check was not run is in the details.
fn shown_code(check: &CheckRow) -> Option<Code> {
    check.code.filter(|_| !matches!(check.shown, CheckState::Skipped | CheckState::Stopped))
}

/// Returns true if the code needs a row of its own, because it does not fit beside the title.
fn code_apart(check: &CheckRow, cells: u16) -> bool {
    let Some(code) = shown_code(check) else { return false };
    MARGIN + width(&check.title) + width(code.id()) + 15 > usize::from(cells)
}

/// A time in few characters.
pub fn duration_text(ms: u32) -> String {
    if ms < 1000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1000, ms % 1000 / 100) }
}

/// Text at the right of a title: code, HTTP status, time.
fn right(state: &State, check: &CheckRow, code: bool) -> String {
    if let CheckState::Running(since) = check.shown {
        if let Some((_, until)) =
            state.run.active.as_ref().and_then(|run| run.waiting.as_ref()).filter(|(id, _)| *id == check.id)
        {
            return format!("waits {} s", until.saturating_sub(state.now_ms).div_ceil(1000));
        }
        return format!("{} s", state.now_ms.saturating_sub(since) / 1000);
    }
    let code = shown_code(check).filter(|_| code).map(|code| code.id().to_owned());
    let status = check.http_status.filter(|status| *status != 200).map(|status| status.to_string());
    let took = check.took_ms.map(duration_text);
    [code, status, took].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
