//! The log, drawn from its lowest visible line upwards: what it costs depends on the screen, not on the log.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::PaneFrame;
use crate::app::{Entry, Focus, State, Text};
use crate::domain::run_event::LogLevel;
use crate::tui::cell_drawing;
use crate::tui::panes;
use crate::tui::text_layout::{cut, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Title before the search text.
const SEARCH: &str = "Log  search: ";
/// Cells before a line's text: time, level, and blanks.
const MARGIN: usize = 16;

/// Draws the pane.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let focused = state.focus == Focus::Log;
    let (title, foot) = (theme.text(&title(state)), footer_text(state));
    let around = PaneFrame { title: &title, style: theme::strong(), foot: &foot, focused };
    let inner = panes::frame(frame, area, &around, theme);
    if let Some(search) = state.log.search() {
        let (_, cell) = search.view(usize::from(inner.width));
        let x = area.x + 2 + SEARCH.len() as u16 + cell as u16;
        frame.set_cursor_position(Position { x: x.min(area.right().saturating_sub(2)), y: area.y });
    }
    let mut y = inner.bottom();
    for entry in state.log.upwards() {
        for line in rows(entry, inner.width, state.log_zoomed, theme).into_iter().rev() {
            if y == inner.y {
                return;
            }
            y -= 1;
            cell_drawing::draw_line(frame.buffer_mut(), Rect { y, height: 1, ..inner }, &line);
        }
    }
}

/// Draws the newest line alone.
pub fn draw_line(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    if let Some(entry) = state.log.newest() {
        let room = usize::from(area.width).saturating_sub(2);
        let text = cut(&format!("{} {}", entry.level.word(), theme.text(&entry.text)), room, theme);
        frame.render_widget(Line::from(Span::styled(format!(" {text}"), style(entry.level))), area);
    }
}

fn title(state: &State) -> Text {
    if let Some(search) = state.log.search() {
        return format!("{SEARCH}{}", search.text()).into();
    }
    if state.log.follows() { "Log  {log}  following" } else { "Log  {log}  paused: {follow_log} follows" }.into()
}

fn footer_text(state: &State) -> String {
    let (shown, all) = state.log.counts();
    let needle = match state.log.needle() {
        "" => String::new(),
        needle => format!("\"{needle}\"  "),
    };
    format!("{needle}{} and up, {shown} of {all}", state.log.level().word())
}

/// The rows of a line: as many as it needs on the whole screen, one in the pane.
fn rows(entry: &Entry, cells: u16, whole: bool, theme: Theme) -> Vec<Line<'static>> {
    let room = usize::from(cells).saturating_sub(MARGIN);
    let time = format!(" {} ", clock(entry.at_ms));
    let word = format!("{:<5} ", entry.level.word());
    let texts =
        if whole { wrap(&theme.text(&entry.text), room) } else { vec![cut(&theme.text(&entry.text), room, theme)] };
    let mut texts = texts.into_iter();
    let first = texts.next().unwrap_or_default();
    let first = Line::from(vec![Span::raw(time), Span::styled(word, style(entry.level)), Span::raw(first)]);
    let more = texts.map(|text| Line::from(format!("{}{text}", " ".repeat(MARGIN))));
    std::iter::once(first).chain(more).collect()
}

/// Hours, minutes and seconds of a time of day.
fn clock(ms: u64) -> String {
    let seconds = ms / 1000 % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn style(level: LogLevel) -> Style {
    match level {
        LogLevel::Ok => theme::good(),
        LogLevel::Warn => theme::doubtful(),
        LogLevel::Error => theme::bad(),
        LogLevel::Debug | LogLevel::Info => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_a_server_wrote_stay_braces() {
        let entry = |text| Entry { at_ms: 0, level: LogLevel::Info, text };
        let shown =
            |entry: &Entry| rows(entry, 100, true, Theme::UNICODE).iter().map(Line::to_string).collect::<String>();
        let said = entry(String::from("{\"error\":\"{run_all} {quit}\"}").into());
        assert!(shown(&said).ends_with("{\"error\":\"{run_all} {quit}\"}"), "{}", shown(&said));
        let own = entry("press {run_all}".into());
        assert!(shown(&own).ends_with("press Ctrl-R"), "{}", shown(&own));
    }
}
