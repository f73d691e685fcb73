//! The whole screen, from the state alone.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::panes::{check_detail, checklist, checks, credentials, footer, header, log, profile_picker, timeline};
use super::text_layout::cut;
use super::theme::Theme;
use super::{dialogs, layout};
use crate::app::{State, Text};

/// Draws the screen.
pub fn view(state: &State, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let plan = layout::plan(area, state);
    if plan.too_small {
        return too_small(state, theme, frame);
    }
    header::draw(frame, plan.header, state, theme);
    let panes: [(Option<Rect>, DrawFn); 8] = [
        (plan.picker, profile_picker::draw),
        (plan.checklist, checklist::draw),
        (plan.credentials, credentials::draw),
        (plan.checks, checks::draw),
        (plan.detail, check_detail::draw),
        (plan.waterfall, timeline::draw),
        (plan.log, log::draw),
        (plan.log_line, log::draw_line),
    ];
    for (place, draw) in panes {
        if let Some(place) = place {
            draw(frame, place, state, theme);
        }
    }
    if let Some(over) = &state.overlay {
        dialogs::draw(frame, area, state, over, theme);
    }
    footer::draw(frame, plan.footer, state, theme);
}

type DrawFn = fn(&mut Frame<'_>, Rect, &State, Theme);

/// Notice in place of the panes if they do not fit. Checks continue.
fn too_small(state: &State, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let (width, height) = layout::LEAST;
    let progress = match (&state.run.active, state.judgement()) {
        (Some(active), _) => format!("Checks go on: {}/{}.", active.done(), active.total).into(),
        (None, Some(judgement)) => format!("{}.", judgement.verdict.label()).into(),
        (None, None) => "No check has run.".into(),
    };
    let lines: [Text; 6] = [
        format!("Window is {}x{}.", area.width, area.height).into(),
        format!("Needs {width}x{height} or more.").into(),
        progress,
        "Or quit and use:".into(),
        "halo-onboard --plain".into(),
        "{interrupt} twice quits".into(),
    ];
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        let text = cut(&theme.text(line), area.width.into(), theme);
        frame.render_widget(Line::from(text), Rect { y, height: 1, ..area });
    }
}
