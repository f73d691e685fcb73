//! The help page, read off the one table of keys.

use ratatui::text::Span;

use super::keys::{BINDINGS, Binding, Place};
use super::text::{Row, width, wrap};
use super::theme;
use crate::app::{Context, Focus, State};

const NOTES: [&str; 4] = [
    "Letters are commands only outside text fields. In a field ? is text: use F1.",
    "Sending to the clipboard uses OSC 52; in tmux: set -g set-clipboard on. If the paste stays empty, v shows the text.",
    "The mouse is not captured: select text as usual. A secret on the screen can be recorded (script, tmux pipe-pane).",
    "Without a full screen: halo-onboard --plain, or halo-onboard check.",
];

/// Every row: first what the pane behind the page takes, then what all do.
pub fn rows(state: &State, cells: u16) -> Vec<Row> {
    let here = context(state.focus);
    let mut rows = Vec::new();
    section(&mut rows, &format!("In this pane: {}", words(here)), cells, |place| own(place, here));
    section(&mut rows, "In every list", cells, |place| matches!(place, Place::Lists));
    section(&mut rows, "Everywhere", cells, |place| matches!(place, Place::Everywhere | Place::Panes));
    section(&mut rows, "While typing", cells, |place| {
        matches!(place, Place::Typing) || own(place, Context::Secret) && !own(place, here)
    });
    for other in [Context::Checklist, Context::Checks, Context::Log, Context::Values, Context::Export, Context::Preview]
    {
        let shown_above = |place| own(place, here);
        if other != here {
            section(&mut rows, words(other), cells, |place| own(place, other) && !shown_above(place));
        }
    }
    rows.push(Row::text(""));
    for note in NOTES {
        rows.extend(
            wrap(note, usize::from(cells).saturating_sub(2)).into_iter().map(|line| Row::text(format!(" {line}"))),
        );
    }
    rows
}

fn section(rows: &mut Vec<Row>, title: &str, cells: u16, holds: impl Fn(Place) -> bool) {
    if !rows.is_empty() {
        rows.push(Row::text(""));
    }
    rows.push(Row::spans(None, vec![Span::styled(format!(" {title}"), theme::strong())]));
    for binding in BINDINGS.iter().filter(|binding| holds(binding.place)) {
        rows.extend(binding_rows(binding, cells));
    }
}

fn binding_rows(binding: &Binding, cells: u16) -> Vec<Row> {
    let column = if cells < 50 { 11 } else { 18 };
    let room = usize::from(cells).saturating_sub(column + 3);
    let labels = if cells < 50 { binding.label() } else { binding.labels() };
    let gap = column.saturating_sub(width(&labels));
    let mut rows = Vec::new();
    for (at, line) in wrap(binding.help, room).into_iter().enumerate() {
        let keys = if at == 0 { format!("  {labels}{} ", " ".repeat(gap)) } else { " ".repeat(column + 3) };
        rows.push(Row::spans(None, vec![Span::styled(keys, theme::active()), Span::raw(line)]));
    }
    rows
}

/// Does a binding belong to this context by name?
fn own(place: Place, context: Context) -> bool {
    matches!(place, Place::In(contexts) if contexts.contains(&context))
}

fn context(focus: Focus) -> Context {
    use crate::domain::connection::Field;
    match focus {
        Focus::Checklist => Context::Checklist,
        Focus::Field(Field::Secret) => Context::Secret,
        Focus::Field(_) => Context::Field,
        Focus::Checks => Context::Checks,
        Focus::Detail => Context::Detail,
        Focus::Log => Context::Log,
    }
}

fn words(context: Context) -> &'static str {
    match context {
        Context::Checklist => "Checklist",
        Context::Field => "Credentials",
        Context::Secret => "Client Secret",
        Context::Checks => "Diagnostics",
        Context::Detail => "Detail of a check",
        Context::Log => "Log",
        Context::Search => "Search",
        Context::Help => "Help",
        Context::Question => "A question",
        Context::Export => "Choice of a report",
        Context::Preview => "Preview of a report",
        Context::Plain => "Plain text",
        Context::Values => "Values for the form",
    }
}
