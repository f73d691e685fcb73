//! Every request of the last run on one axis of time: what went on beside what, and what was waited for.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::PaneFrame;
use super::checks::duration_text;
use crate::app::{State, TimelineEntry};
use crate::tui::panes;
use crate::tui::text_layout::{Row, fit, spread, width};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// From this width on the requests themselves are named, not only the checks that asked.
const WIDE: u16 = 70;
/// Fewest cells of the axis.
const LEAST: usize = 8;
/// Cells of a check's id, of an HTTP status and of a time, each with a blank after it.
const CHECK: usize = 12;
const STATUS: usize = 4;
const TOOK: usize = 8;

/// Number of rows: one for each request, and the axis.
pub fn height(state: &State) -> usize {
    match state.waterfall().len() {
        0 => 0,
        requests => requests + 1,
    }
}

/// Draws it as a pane of its own.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let around = PaneFrame { title: &title(state), style: theme::strong(), foot: &legend(theme), focused: false };
    let inner = panes::frame(frame, area, &around, theme);
    panes::rows(frame, inner, &rows(state, inner.width, theme), crate::app::Viewport::default(), None);
}

/// Heading with the number of requests.
pub fn title(state: &State) -> String {
    match state.waterfall().len() {
        1 => "Timeline of the run: 1 request".into(),
        requests => format!("Timeline of the run: {requests} requests"),
    }
}

fn legend(theme: Theme) -> String {
    format!("{} connecting  {} answering", theme.thin_bar(), theme.bar())
}

/// All rows; empty if no request was sent.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let falls = state.waterfall();
    let Some(end_ms) = falls.iter().map(TimelineEntry::until_ms).max() else { return Vec::new() };
    let request = if cells >= WIDE { falls.iter().map(|fall| width(&fall.request)).max().unwrap_or(0) + 1 } else { 0 };
    let columns = Columns { request, cells: usize::from(cells), end_ms: end_ms.max(1) };
    let mut rows: Vec<Row> = falls.iter().map(|fall| columns.row(fall, theme)).collect();
    rows.push(columns.axis(theme));
    rows
}

/// Column positions of a row.
struct Columns {
    /// Cells of the request; 0 when it is not named.
    request: usize,
    /// Cells in all.
    cells: usize,
    /// End of the axis.
    end_ms: u64,
}

impl Columns {
    /// Cells before the axis. If space is short, the request is truncated before the axis is.
    fn margin(&self) -> usize {
        1 + CHECK + self.request().unwrap_or(0) + STATUS + TOOK
    }

    fn request(&self) -> Option<usize> {
        let left = self.cells.saturating_sub(1 + CHECK + STATUS + TOOK + 2 * LEAST);
        (self.request > 0).then(|| self.request.min(left))
    }

    fn space_for_times(&self) -> usize {
        self.cells.saturating_sub(self.margin())
    }

    /// Cell of the axis for a time.
    fn cell(&self, ms: u64) -> usize {
        usize::try_from(ms.saturating_mul(self.space_for_times() as u64) / self.end_ms)
            .unwrap_or(usize::MAX)
            .min(self.space_for_times())
    }

    fn row(&self, fall: &TimelineEntry, theme: Theme) -> Row {
        let style = match fall.running {
            true => theme::active(),
            false if fall.is_good() => theme::good(),
            false => theme::bad(),
        };
        let request = self.request().map(|cells| fit(&fall.request, cells - 1, theme) + " ").unwrap_or_default();
        let none = if fall.running { "run" } else { "none" };
        let status = fall.status.map_or_else(|| none.into(), |status| status.to_string());
        let took = duration_text(u32::try_from(fall.took_ms).unwrap_or(u32::MAX));
        // Something that took no time still stands somewhere.
        let from = self.cell(fall.from_ms).min(self.space_for_times().saturating_sub(1));
        let until = self.cell(fall.until_ms()).max(from + 1).min(self.space_for_times());
        let connected = match fall.connect_ms {
            0 => from,
            connecting => self.cell(fall.from_ms.saturating_add(connecting)).clamp(from, until),
        };
        Row::spans(
            None,
            vec![
                Span::raw(format!(" {} {request}", fit(&fall.check, CHECK - 1, theme))),
                Span::styled(format!("{status:<STATUS$}"), style),
                Span::raw(format!("{took:>width$} ", width = TOOK - 1)),
                Span::styled(
                    format!("{}{}", " ".repeat(from), theme.thin_bar().repeat(connected - from)),
                    theme::active(),
                ),
                Span::styled(theme.bar().repeat(until - connected), style),
            ],
        )
    }

    fn axis(&self, theme: Theme) -> Row {
        let end = duration_text(u32::try_from(self.end_ms).unwrap_or(u32::MAX));
        Row::text(format!("{}{}", " ".repeat(self.margin()), spread("0", &end, self.space_for_times(), theme)))
    }
}
