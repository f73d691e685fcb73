//! What lies over the panes: questions, help, reports, values, plain text.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::Clear;

use super::layout::inner;
use super::pane::{self, Around};
use super::text::{Row, wrap};
use super::theme::{self, Theme};
use super::{help, keep, values};
use crate::app::{Context, Labelled, Overlay, State};
use crate::domain::connection::Field;
use crate::domain::explain::{Explanation, Paragraph};

/// Below this height every row is needed.
const LOW: u16 = 18;

/// Draws it over what is there.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, over: &Overlay, theme: Theme) {
    let text = place(area, over);
    let rows = rows(state, over, text.width, theme);
    if let Overlay::Plain(_) = over {
        frame.render_widget(Clear, Rect { height: area.height.saturating_sub(1), ..area });
        pane::rows(frame, text, &rows, state.room.overlay, None);
        return;
    }
    let outer = Rect {
        x: text.x.saturating_sub(1),
        y: text.y.saturating_sub(1),
        width: text.width + 2,
        height: (text.height + 2).min(rows.len() as u16 + 2),
    }
    .intersection(area);
    frame.render_widget(Clear, outer);
    let foot = pane::extent(rows.len(), state.room.overlay);
    let title = title(state, over);
    let around = Around { title: &title, style: theme::strong(), foot: &foot, focused: true };
    pane::frame(frame, outer, &around, theme);
    let selected = match over {
        Overlay::Keep { at, .. } => Some(*at),
        _ if over.context() == Context::Consent => Some(state.agrees().into()),
        _ => None,
    };
    pane::rows(frame, inner(outer), &rows, state.room.overlay, selected);
    if let Overlay::Name { field, .. } = over {
        let place = inner(outer);
        let x = place.x + keep::name_cursor(field, place.width);
        frame.set_cursor_position(Position { x, y: place.y + keep::NAME_ROW });
    }
}

/// The room for its text.
pub fn place(area: Rect, over: &Overlay) -> Rect {
    let (widest, margin) = match over {
        Overlay::Plain(_) => return Rect { height: area.height.saturating_sub(1), ..area },
        Overlay::Explanation(_) => (90, 1),
        Overlay::Help | Overlay::Preview { .. } => (110, 0),
        Overlay::Values => (76, 1),
        _ => (64, 2),
    };
    let margin = if area.height < LOW { 0 } else { margin };
    let width = area.width.saturating_sub(4).min(widest);
    // Header and footer stay visible, and there are the lines around it.
    let height = area.height.saturating_sub(2 * margin + 4);
    Rect { x: area.x + (area.width - width) / 2, y: (area.y + margin + 2).min(area.bottom()), width, height }
}

fn title(state: &State, over: &Overlay) -> String {
    match over {
        Overlay::Help => "Keys".into(),
        Overlay::Quit => "Quit?".into(),
        Overlay::AcceptAuth { .. } => "May the secret go to another server?".into(),
        Overlay::Fill(_) => "Fill the form from this paste?".into(),
        Overlay::SendSecret => "Send the secret?".into(),
        Overlay::Export => "Write a report".into(),
        Overlay::Preview { format, .. } => format!("{}: nothing is written yet", format.words()),
        Overlay::Explanation(found) => found.id.clone(),
        Overlay::Plain(_) => String::new(),
        Overlay::Values => values::title(state),
        Overlay::Name { .. } => "Save as a profile".into(),
        Overlay::Keep { .. } => "Keep the secret?".into(),
        Overlay::Remove(_) => "Remove this profile?".into(),
        Overlay::Switch { .. } => "Leave the secret behind?".into(),
    }
}

/// Every row of its text.
pub fn rows(state: &State, over: &Overlay, cells: u16, theme: Theme) -> Vec<Row> {
    let text = match over {
        Overlay::Help => return help::rows(state, cells, theme),
        Overlay::Values => return values::rows(state, cells, theme),
        Overlay::Name { field, problem } => return keep::name(field, problem.as_deref(), cells, theme),
        Overlay::Keep { at, .. } => return keep::keep(state, *at, cells, theme),
        Overlay::Remove(name) => remove(name, theme),
        Overlay::Switch { choice, .. } => {
            format!(
                "{LOST}\n\n{} {} all the same, {}.",
                theme.keyed("{yes} opens"),
                choice.words(),
                theme.keyed("{no} stays")
            )
        }
        Overlay::Explanation(found) => return explanation(found, cells),
        Overlay::Plain(text) => text.clone(),
        Overlay::Preview { read: Some(read), .. } => format!("{PAGE}\n\n{}", theme.glyphs(read)),
        Overlay::Preview { text, .. } => text.clone(),
        Overlay::Quit => format!("{LOST}\n\n{}", theme.keyed("{yes} quits, {no} stays.")),
        Overlay::SendSecret => SEND.to_owned(),
        Overlay::Export => theme.keyed(EXPORT),
        Overlay::AcceptAuth { origin, resource_server } => accept(origin, resource_server),
        Overlay::Fill(found) => fill(found),
    };
    let margin = if matches!(over, Overlay::Plain(_)) { 0 } else { 1 };
    let room = usize::from(cells).saturating_sub(2 * margin);
    let blank = " ".repeat(margin);
    let rows = text.lines().flat_map(|line| wrap(line, room));
    let mut rows: Vec<Row> = rows.map(|line| Row::spans(None, vec![Span::raw(format!("{blank}{line}"))])).collect();
    if let Some(answers) = answers(over) {
        rows.extend(choices(answers, state.agrees(), cells, theme));
    }
    rows
}

/// The two answers of a question about where a secret may go.
fn answers(over: &Overlay) -> Option<[&'static str; 2]> {
    match over {
        Overlay::AcceptAuth { .. } => Some(["do not send the secret there", "accept: the secret may go there"]),
        Overlay::Fill(_) => Some(["drop the paste", "fill these fields"]),
        Overlay::SendSecret => Some(["do not send it", "send it to the clipboard"]),
        _ => None,
    }
}

fn choices(answers: [&str; 2], agrees: bool, cells: u16, theme: Theme) -> Vec<Row> {
    let mut rows = vec![Row::text("")];
    for (number, words) in answers.into_iter().enumerate() {
        let chosen = number == usize::from(agrees);
        let style = if chosen { theme::strong() } else { Style::new() };
        let mark = Span::raw(format!(" {} ", theme.choice(chosen)));
        rows.push(Row::spans(Some(number), vec![mark, Span::styled(words.to_owned(), style)]));
    }
    rows.push(Row::text(""));
    let keys = theme.keyed("{up} and {down} choose, {choose} takes, {back} leaves it as it is.");
    let keys = wrap(&keys, usize::from(cells).saturating_sub(2));
    rows.extend(keys.into_iter().map(|line| Row::text(format!(" {line}"))));
    rows
}

/// The headline, then the paragraphs with their words in the margin.
fn explanation(found: &Explanation, cells: u16) -> Vec<Row> {
    const MARGIN: usize = 11;
    let room = usize::from(cells).saturating_sub(MARGIN + 2);
    let mut rows: Vec<Row> = wrap(found.headline(), usize::from(cells).saturating_sub(2))
        .into_iter()
        .map(|line| Row::spans(None, vec![Span::styled(format!(" {line}"), theme::strong())]))
        .collect();
    for Paragraph { word, text } in found.paragraphs() {
        if !word.is_empty() {
            rows.push(Row::text(""));
        }
        for (at, line) in wrap(&text, room).into_iter().enumerate() {
            let word = if at == 0 { word } else { "" };
            rows.push(Row::spans(
                None,
                vec![Span::styled(format!(" {word:<MARGIN$}"), theme::active()), Span::raw(line)],
            ));
        }
    }
    rows
}

const PAGE: &str = "The file will be an HTML page for a browser or a printer. This is what its reader sees:";
const LOST: &str = "The Client Secret that you typed has not been proven by a check, and it is kept nowhere: \
Halo shows it once.";
const SEND: &str = "Sending puts the Client Secret through your terminal (OSC 52) into its clipboard, where other \
programs can read it.";
const EXPORT: &str = "{as_markdown}  Markdown report\n{as_json}  JSON report\n{as_html}  HTML page\n{as_text}  text for the Halo admin: only what is to be \
changed\n\nYou see it before it is written. No report holds the secret.";

fn accept(origin: &str, resource_server: &str) -> String {
    format!(
        "Resource server:       {resource_server}\nAuthorisation server:  {origin}\n\nHalo at the first address says that \
        the sign-in happens at the second, which is another host. The Client Secret would be sent there.\n\nCompare it \
        with \"Authorisation Server\" under API Details in Halo. If it is the same, accept it.",
    )
}

fn remove(name: &str, theme: Theme) -> String {
    format!(
        "{name} is taken out of the configuration file, with its ticks and results, and a secret that is kept for it is \
        forgotten. Nothing in Halo changes.\n\n{}",
        theme.keyed("{yes} removes it, {no} does not.")
    )
}

fn fill(found: &Labelled) -> String {
    let mut text = String::new();
    for field in found.fields() {
        let value = match field {
            Field::Secret => "(hidden)",
            _ => found.text(field).unwrap_or_default(),
        };
        text.push_str(&format!("{:<16} {value}\n", field.label()));
    }
    text
}
