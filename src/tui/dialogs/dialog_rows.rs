//! Placement, title and rows of the open dialog.

use super::{guide_picker, help, save_profile, vendor_form};
use crate::app::{Context, Dialog, LabelledValues, State};
use crate::domain::codes::explain::{Explanation, Paragraph};
use crate::domain::connection::Field;
use crate::tui::layout::inner;
use crate::tui::panes;
use crate::tui::panes::PaneFrame;
use crate::tui::text_layout::{Row, wrap};
use crate::tui::theme::{self, Theme};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::Clear;

/// Below this height every row is needed.
const LOW: u16 = 18;

/// Draws it with its rows over what is there.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, over: &Dialog, rows: &[Row], theme: Theme) {
    let text = place(area, over);
    if let Dialog::Plain(_) = over {
        frame.render_widget(Clear, Rect { height: area.height.saturating_sub(1), ..area });
        panes::rows(frame, text, rows, state.room.overlay, None);
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
    let foot = panes::visible_range(rows.len(), state.room.overlay);
    let title = title(state, over);
    let around = PaneFrame { title: &title, style: theme::strong(), foot: &foot, focused: true };
    panes::frame(frame, outer, &around, theme);
    let selected = match over {
        Dialog::KeepSecret { at, .. } | Dialog::Guides { at, .. } => Some(*at),
        _ if over.context() == Context::AcceptServer => Some(state.agrees().into()),
        _ => None,
    };
    panes::rows(frame, inner(outer), rows, state.room.overlay, selected);
    if let Dialog::Name { field, .. } = over {
        let place = inner(outer);
        let x = place.x + save_profile::name_cursor(field, place.width);
        frame.set_cursor_position(Position { x, y: place.y + save_profile::NAME_ROW });
    }
}

/// The room for its text.
pub fn place(area: Rect, over: &Dialog) -> Rect {
    let (widest, margin) = match over {
        Dialog::Plain(_) => return Rect { height: area.height.saturating_sub(1), ..area },
        Dialog::Explanation(_) => (90, 1),
        Dialog::Help | Dialog::Preview { .. } => (110, 0),
        Dialog::Values | Dialog::Guides { .. } => (76, 1),
        _ => (64, 2),
    };
    let margin = if area.height < LOW { 0 } else { margin };
    let width = area.width.saturating_sub(4).min(widest);
    // Header and footer stay visible, and there are the lines around it.
    let height = area.height.saturating_sub(2 * margin + 4);
    Rect { x: area.x + (area.width - width) / 2, y: (area.y + margin + 2).min(area.bottom()), width, height }
}

fn title(state: &State, over: &Dialog) -> String {
    match over {
        Dialog::Help => "Keys".into(),
        Dialog::Quit => "Quit?".into(),
        Dialog::AcceptAuth { .. } => "Send the secret to another server?".into(),
        Dialog::FillForm(_) => "Fill the form from this paste?".into(),
        Dialog::CopySecret => "Copy the secret?".into(),
        Dialog::Export => "Write a report".into(),
        Dialog::Guides { .. } => guide_picker::title(state),
        Dialog::Preview { format, .. } => format!("{}: preview, not written yet", format.label()),
        Dialog::Explanation(found) => found.id.clone(),
        Dialog::Plain(_) => String::new(),
        Dialog::Values => vendor_form::title(state),
        Dialog::Name { .. } => "Save as a profile".into(),
        Dialog::KeepSecret { .. } => "Keep the secret?".into(),
        Dialog::Remove(_) => "Remove this profile?".into(),
        Dialog::Switch { .. } => "Discard the secret?".into(),
    }
}

/// Every row of its text.
pub fn rows(state: &State, over: &Dialog, cells: u16, theme: Theme) -> Vec<Row> {
    let text = match over {
        Dialog::Help => return help::rows(state, cells, theme),
        Dialog::Values => return vendor_form::rows(state, cells, theme),
        Dialog::Name { field, problem } => return save_profile::name(field, problem.as_deref(), cells, theme),
        Dialog::KeepSecret { at, .. } => return save_profile::keep(state, *at, cells, theme),
        Dialog::Guides { at, entries } => return guide_picker::rows(*at, entries, cells, theme),
        Dialog::Remove(name) => remove(name, theme),
        Dialog::Switch { choice, .. } => {
            format!(
                "{LOST}\n\n{} {}, {}.",
                theme.keyed("{yes} discards it and opens"),
                choice.label(),
                theme.keyed("{no} stays")
            )
        }
        Dialog::Explanation(found) => return explanation(found, cells),
        Dialog::Plain(text) => text.clone(),
        Dialog::Preview { read: Some(read), .. } => format!("{PAGE}\n\n{}", theme.glyphs(read)),
        Dialog::Preview { text, .. } => text.clone(),
        Dialog::Quit => format!("{LOST}\n\n{}", theme.keyed("{yes} quits, {no} stays.")),
        Dialog::CopySecret => SEND.to_owned(),
        Dialog::Export => theme.keyed(EXPORT),
        Dialog::AcceptAuth { origin, resource_server } => accept(origin, resource_server),
        Dialog::FillForm(found) => fill(found),
    };
    let margin = if matches!(over, Dialog::Plain(_)) { 0 } else { 1 };
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
fn answers(over: &Dialog) -> Option<[&'static str; 2]> {
    match over {
        Dialog::AcceptAuth { .. } => Some(["do not send the secret there", "accept: send the secret there"]),
        Dialog::FillForm(_) => Some(["discard the paste", "fill these fields"]),
        Dialog::CopySecret => Some(["do not copy it", "copy it to the clipboard"]),
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
    let keys = theme.keyed("{up} and {down} choose, {choose} confirms, {back} changes nothing.");
    let keys = wrap(&keys, usize::from(cells).saturating_sub(2));
    rows.extend(keys.into_iter().map(|line| Row::text(format!(" {line}"))));
    rows
}

/// The headline, then the paragraphs with their labels in the margin.
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
const LOST: &str = "No check has proven the Client Secret that you typed, and it is not kept anywhere. Halo shows \
a secret only once.";
const SEND: &str = "Copying puts the Client Secret into your terminal's clipboard (OSC 52), where other programs \
can read it. Some terminals ignore this.";
const EXPORT: &str = "{as_markdown}  Markdown report\n{as_json}  JSON report\n{as_html}  HTML page\n{as_text}  text for the Halo admin: only what to \
change\n{as_recording}  recording of the run: what was exchanged, without names, texts and tokens; for a bug report\n\nYou see a preview \
first. No file contains the secret.";

fn accept(origin: &str, resource_server: &str) -> String {
    format!(
        "Resource server:       {resource_server}\nAuthorisation server:  {origin}\n\nThe resource server names another \
        host for sign-in. The Client Secret would be sent there.\n\nCompare it with \"Authorisation Server\" under API \
        Details in Halo. Accept it only if they are the same.",
    )
}

fn remove(name: &str, theme: Theme) -> String {
    format!(
        "This removes {name} from the configuration file, with its ticks and results, and forgets a secret that is kept \
        for it. Nothing in Halo changes.\n\n{}",
        theme.keyed("{yes} removes it, {no} does not.")
    )
}

fn fill(found: &LabelledValues) -> String {
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
