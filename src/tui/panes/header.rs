//! The first row: product, demo mark, and the state of the set-up.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::app::{ActiveRun, State};
use crate::domain::report::Verdict;
use crate::tui::cell_drawing::draw_line;
use crate::tui::text_layout::{cut, width};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Cells of the gauge.
const GAUGE: usize = 12;

/// Draws the row. What does not fit falls away from the left: the verdict stays.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: Theme) {
    let room = usize::from(area.width);
    let (right, style) = verdict(state, area.width >= 72, theme);
    let right = cut(&right, room.saturating_sub(2), theme);
    let demo = state.demo.as_ref().map(|scenario| format!(" DEMO {scenario} ")).unwrap_or_default();
    // A blank at both ends, one between name and mark, and one before the verdict.
    let mut left_room = room.saturating_sub(width(&right) + 4);
    let demo = cut(&demo, left_room, theme);
    left_room = left_room.saturating_sub(width(&demo));
    let left = cut(&name(state), left_room, theme);
    let gap = room.saturating_sub(3 + width(&left) + width(&demo) + width(&right));
    let line = Line::from(vec![
        Span::raw(" "),
        Span::styled(left, theme::strong()),
        Span::raw(" "),
        Span::styled(demo, theme::doubtful().add_modifier(Modifier::REVERSED)),
        Span::raw(" ".repeat(gap)),
        Span::styled(right, style),
        Span::raw(" "),
    ]);
    draw_line(frame.buffer_mut(), area, &line);
}

fn name(state: &State) -> String {
    match &state.profile {
        Some(profile) => format!("{}  profile {profile}", state.guide.title),
        None => state.guide.title.clone(),
    }
}

fn verdict(state: &State, wide: bool, theme: Theme) -> (String, Style) {
    if let Some(active) = &state.run.active {
        return (gauge(state, active, wide, theme), theme::active().patch(theme::strong()));
    }
    let watch = state.watch.map(|watch| watch.next_ms.saturating_sub(state.now_ms).div_ceil(1000));
    // Where there is little room, the mark of the demo is worth more than the counts, which the list shows.
    let narrow = watch.filter(|_| !wide).map(|seconds| format!("  watch: {seconds} s"));
    let watch = watch.filter(|_| wide).map(|seconds| format!("  watch: next run in {seconds} s")).unwrap_or_default();
    let Some(judgement) = state.judgement() else {
        let words = if state.is_stale() { "values changed, not checked" } else { "not checked yet" };
        // Nothing else on the screen says what comes next once the form is full.
        let next = if wide && state.form.is_full() { theme.keyed(": {run_all}") } else { String::new() };
        return (format!("{words}{next}{watch}"), Style::new());
    };
    let style = match judgement.verdict {
        Verdict::Ready => theme::good(),
        Verdict::ReadyWithWarnings | Verdict::Undetermined => theme::doubtful(),
        Verdict::NotReady => theme::bad(),
    };
    let words = judgement.verdict.label();
    let text = match narrow {
        Some(watch) => format!("{words}{watch}"),
        None => format!("{words}  {}{watch}", state.counts().label()),
    };
    (text, style.patch(theme::strong()))
}

fn gauge(state: &State, active: &ActiveRun, wide: bool, theme: Theme) -> String {
    let seconds = state.now_ms.saturating_sub(active.started_ms) / 1000;
    let word = if active.cancelled { "stopping" } else { "checking" };
    let counts = format!("{word} {}/{}", active.done(), active.total);
    if !wide {
        return counts;
    }
    let full = (GAUGE * active.done()).checked_div(active.total).unwrap_or_default();
    let (done, left) = theme.progress_glyphs();
    format!("{counts} [{}{}] {seconds} s", done.repeat(full), left.repeat(GAUGE - full))
}
