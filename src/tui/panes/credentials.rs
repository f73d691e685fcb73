//! Pane with the four fields, the notes on each, and the problems that prevent a run.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::PaneFrame;
use crate::app::{DiscoveryState, Focus, State, Suggestion};
use crate::domain::connection::Field;
use crate::tui::panes;
use crate::tui::text_layout::{Row, cut, head, spread, tail, width, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// The focused field.
pub fn selected(state: &State) -> Option<usize> {
    match state.focus {
        Focus::Field(field) => Some(field as usize),
        _ => None,
    }
}

/// Draws the pane with its rows, and the cursor in the focused field.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, rows: &[Row], theme: Theme) {
    let focused = matches!(state.focus, Focus::Field(_));
    let inner = crate::tui::layout::inner(area);
    let foot = panes::visible_range(rows.len(), state.room.credentials);
    let title = theme.keyed("Credentials  {credentials}");
    let around = PaneFrame { title: &title, style: theme::strong(), foot: &foot, focused };
    panes::frame(frame, area, &around, theme);
    panes::rows(frame, inner, rows, state.room.credentials, None);
    if state.overlay.is_none() && state.log.search().is_none() {
        cursor(frame, inner, state, rows, theme);
    }
}

fn cursor(frame: &mut Frame<'_>, inner: Rect, state: &State, rows: &[Row], theme: Theme) {
    let Focus::Field(field) = state.focus else { return };
    // The value stands in the row below the label.
    let Some(row) = rows.iter().position(|row| row.item == Some(field as usize)).map(|label| label + 1) else { return };
    let Some(y) = row.checked_sub(usize::from(state.room.credentials.offset)) else { return };
    let (_, cell) = value(state, field, inner.width, theme);
    let x = inner.x + 1 + u16::try_from(cell).unwrap_or(u16::MAX).min(inner.width.saturating_sub(2));
    if y < usize::from(inner.height) && x < inner.right() {
        frame.set_cursor_position(Position { x, y: inner.y + y as u16 });
    }
}

/// Every row.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let mut rows = Vec::new();
    for field in Field::ALL {
        rows.extend(field_rows(state, field, cells, theme));
        if field == Field::Url {
            rows.extend(found_rows(state, cells, theme));
        }
    }
    rows
}

fn field_rows(state: &State, field: Field, cells: u16, theme: Theme) -> Vec<Row> {
    let item = Some(field as usize);
    let focused = state.focus == Focus::Field(field);
    let marker = if focused { ">" } else { " " };
    let label = format!("{marker}{}", field.label());
    let label = spread(&label, &right_of_label(state, field), cells.into(), theme);
    let (text, _) = value(state, field, cells, theme);
    let room = field_cells(cells);
    let pad = " ".repeat(room.saturating_sub(width(&text)));
    let mut rows = vec![
        Row::spans(item, vec![Span::styled(label, theme::strong())]),
        Row::spans(item, vec![Span::raw("["), Span::raw(text), Span::raw(pad), Span::raw("]")]),
    ];
    for (text, style) in remarks(state, field, theme) {
        let lines = wrap(&text, usize::from(cells).saturating_sub(3));
        rows.extend(lines.into_iter().map(|line| Row::spans(item, vec![Span::styled(format!("   {line}"), style)])));
    }
    rows
}

/// Text at the right of a label. For the secret this is its length, because truncated pastes occur.
fn right_of_label(state: &State, field: Field) -> String {
    if field != Field::Secret {
        return String::new();
    }
    let secret = &state.form.secret;
    if secret.is_empty() {
        return "hidden while typed".into();
    }
    let shown = if state.revealed() { "SHOWN" } else { "hidden" };
    format!("{shown}, {} chars", secret.chars())
}

/// Cells of a field between its brackets.
fn field_cells(cells: u16) -> usize {
    usize::from(cells).saturating_sub(2)
}

/// The visible part of a field's text, and the cursor's cell in it.
fn value(state: &State, field: Field, cells: u16, theme: Theme) -> (String, usize) {
    let room = field_cells(cells);
    let secret = &state.form.secret;
    match state.form.text_field(field) {
        Some(text) => {
            // The last cell is the cursor's.
            let (from, at) = text.view(room.saturating_sub(1));
            let from = if state.focus == Focus::Field(field) { from } else { 0 };
            let visible = tail(text.text(), from);
            let visible = if from == 0 { cut(visible, room, theme) } else { head(visible, room).to_owned() };
            (visible, at)
        }
        None if secret.is_empty() => (String::new(), 0),
        None if state.revealed() => {
            let before = width(&secret.expose()[..secret.cursor()]);
            let from = (before + 1).saturating_sub(room);
            (head(tail(secret.expose(), from), room).to_owned(), before - from)
        }
        None => (head(theme.mask(), room).to_owned(), width(head(theme.mask(), room))),
    }
}

fn remarks(state: &State, field: Field, theme: Theme) -> Vec<(String, Style)> {
    let remarks = state.form.remarks(field);
    let key = theme.keyed("{suggestion}");
    let mut texts: Vec<(String, Style)> =
        remarks.notes.iter().map(|note| (format!("i {note}"), Style::new())).collect();
    if field == Field::Secret {
        texts.extend(secret_remark(state).map(|text| (text, Style::new())));
        if state.shown_once() {
            texts.push(("Keep the Halo page open until a check has proven it.".into(), theme::doubtful()));
        }
        let command = state.shelf.secret.command.as_ref().filter(|_| state.form.is_empty(Field::Secret));
        texts.extend(command.map(|program| (format!("{key} runs the command {program} to get it"), theme::active())));
    }
    if let Some(problem) = &remarks.problem {
        texts.push((format!("! {} {}", problem.message, problem.fix), theme::doubtful()));
    }
    match &remarks.suggestion {
        Some(Suggestion::Exchange) => {
            texts.push((format!("{key} swaps Client ID and Client Secret"), theme::active()));
        }
        Some(Suggestion::Tenant(tenant)) => {
            texts.push((format!("! Halo reports the tenant {tenant}: {key} applies it"), theme::doubtful()));
        }
        // Where a command prints the secret is said above, whether the field is focused or not.
        Some(Suggestion::Command) | None => {}
    }
    texts
}

fn secret_remark(state: &State) -> Option<String> {
    let from = state.form.secret_source.as_ref().map(|source| format!("from {source}"));
    let print = state.form.secret.fingerprint().map(|print| format!("fingerprint {print}"));
    let proved = state.secret_is_proven().then(|| "proven".to_owned());
    let parts: Vec<String> = [from, print, proved].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Rows with the discovery response of the typed address.
fn found_rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let (text, style) = match &state.found {
        DiscoveryState::Nothing => return Vec::new(),
        DiscoveryState::Asking { .. } => ("contacting the address ...".to_owned(), theme::active()),
        DiscoveryState::Halo { discovery, .. } => {
            let tenant =
                discovery.tenant.as_ref().map_or("no tenant".into(), |name| format!("tenant {}", name.short()));
            (format!("Halo found: {tenant}, sign-in at {}", discovery.auth_server), theme::good())
        }
        DiscoveryState::Failed { fault, .. } => {
            (format!("! {} ({})", fault.code.headline(), fault.code.id()), theme::bad())
        }
    };
    let stale = state.found.origin() != state.form.origin().as_deref();
    if stale {
        return Vec::new();
    }
    let mut texts = vec![(text, style)];
    if let Some(host) = state.sign_in_host() {
        let (words, style) = if host.accepted {
            ("gets the secret (accepted): {sign_in_host} withdraws it", theme::active())
        } else {
            ("is another host and does not get the secret: {sign_in_host} to accept it", theme::doubtful())
        };
        texts.push((format!("! {} {}", host.origin, theme.keyed(words)), style));
    }
    let rows = |(text, style): (String, Style)| {
        let lines = wrap(&text, usize::from(cells).saturating_sub(3));
        lines.into_iter().map(move |line| Row::spans(None, vec![Span::styled(format!("   {line}"), style)]))
    };
    texts.into_iter().flat_map(rows).collect()
}
