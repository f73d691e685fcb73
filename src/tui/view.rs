//! The whole screen, from the state alone.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::panes::{check_detail, checklist, checks, credentials, footer, header, log, profile_picker, timeline};
use super::screen_contents::ScreenContents;
use super::text_layout::{Row, cut};
use super::theme::Theme;
use super::{dialogs, layout};
use crate::app::{State, Text};

/// Draws the screen.
pub fn view(state: &State, theme: Theme, frame: &mut Frame<'_>) {
    view_contents(&ScreenContents::new(frame.area(), state, theme), state, theme, frame);
}

/// Draws the screen with rows that were made of the same state before, for this area.
pub fn view_contents(contents: &ScreenContents, state: &State, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let plan = &contents.layout;
    if plan.too_small {
        return too_small(state, theme, frame);
    }
    header::draw(frame, plan.header, state, theme);
    let panes: [(Option<Rect>, &[Row], DrawRows); 5] = [
        (plan.picker, &contents.picker, profile_picker::draw),
        (plan.checklist, &contents.checklist, checklist::draw),
        (plan.credentials, &contents.credentials, credentials::draw),
        (plan.checks, &contents.checks, checks::draw),
        (plan.detail, &contents.detail, check_detail::draw),
    ];
    for (place, rows, draw) in panes {
        if let Some(place) = place {
            draw(frame, place, state, rows, theme);
        }
    }
    let logs: [(Option<Rect>, Draw); 3] =
        [(plan.waterfall, timeline::draw), (plan.log, log::draw), (plan.log_line, log::draw_line)];
    for (place, draw) in logs {
        if let Some(place) = place {
            draw(frame, place, state, theme);
        }
    }
    if let Some(over) = &state.overlay {
        dialogs::draw(frame, area, state, over, &contents.dialog, theme);
    }
    footer::draw(frame, plan.footer, state, theme);
}

type Draw = fn(&mut Frame<'_>, Rect, &State, Theme);
type DrawRows = fn(&mut Frame<'_>, Rect, &State, &[Row], Theme);

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
