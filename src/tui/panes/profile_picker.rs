//! The choice of a profile: which Halo, how its last check ended, and where its secret comes from.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::PaneFrame;
use crate::app::{LastCheck, ProfileChoice, ProfileList, ProfilePicker, ProfileSummary, State};
use crate::domain::report::Verdict;
use crate::tui::cell_drawing::draw_line;
use crate::tui::panes;
use crate::tui::text_layout::{Row, cut, fit, tail, width, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Below this width the list shows only name and last check.
const NARROW: u16 = 60;
/// Cells of the columns "last check" and, at most, of a name and of where a secret comes from.
const CHECK: usize = 22;
const NAME: usize = 20;
const SECRET: usize = 34;
/// Placeholder for values that have not been read yet.
const UNREAD: &str = "...";
/// Label of the search text.
const FIND: &str = " Find: ";

/// Number of the selected entry.
pub fn selected(state: &State) -> Option<usize> {
    state.picker.as_ref().map(ProfilePicker::selected)
}

/// Draws it with its rows, in place of the panes.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, rows: &[Row], theme: Theme) {
    let Some(picker) = &state.picker else { return };
    let (list, below) = split(crate::tui::layout::inner(area), state, theme);
    let foot = panes::visible_range(rows.len(), state.room.picker);
    let around = PaneFrame { title: &title(picker, state), style: theme::strong(), foot: &foot, focused: true };
    panes::frame(frame, area, &around, theme);
    panes::rows(frame, list, rows, state.room.picker, selected(state));
    for (row, y) in about(state, below.width, theme).into_iter().zip(below.y..below.bottom()) {
        draw_line(frame.buffer_mut(), Rect { y, height: 1, ..below }, &row.line);
    }
    if let Some(find) = picker.find().filter(|_| state.overlay.is_none()) {
        let room = usize::from(list.width).saturating_sub(width(FIND) + 1);
        let (from, at) = find.view(room);
        let text = format!("{FIND}{}", tail(find.text(), from));
        frame.render_widget(
            Span::styled(cut(&text, list.width.into(), theme), theme::strong()),
            Rect { height: 1.min(below.height), y: below.bottom().saturating_sub(1), ..below },
        );
        let x = below.x + u16::try_from(width(FIND) + at).unwrap_or(u16::MAX).min(below.width.saturating_sub(1));
        frame.set_cursor_position(Position { x, y: below.bottom().saturating_sub(1) });
    }
}

/// The list above, what is known of the selected entry below.
pub fn split(inner: Rect, state: &State, theme: Theme) -> (Rect, Rect) {
    let wanted = about(state, inner.width, theme).len() as u16 + 1;
    // Half of it is the list's, so that its selected row is always there.
    let below = wanted.min(inner.height / 2);
    let list = Rect { height: inner.height - below, ..inner };
    (list, Rect { y: list.bottom(), height: below, ..inner })
}

fn title(picker: &ProfilePicker, state: &State) -> String {
    let shelf = &state.shelf;
    match state.opening() {
        Some(choice) => format!("Opening {} ...", choice.label()),
        None if shelf.profiles.is_empty() => "Which Halo?".into(),
        None if picker.needle().is_empty() => "Welcome back. Which Halo?".into(),
        None => format!("Profiles that match {:?}", picker.needle()),
    }
}

/// Every row: the profiles, then what else can be opened.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let Some(picker) = &state.picker else { return Vec::new() };
    let entries = picker.entries(&state.shelf);
    let columns = Columns::of(&state.shelf.profiles, cells);
    let mut rows = Vec::new();
    if entries.iter().any(|(_, tile)| tile.is_some()) {
        rows.push(columns.heading(theme));
    }
    for (number, (choice, tile)) in entries.iter().enumerate() {
        let marker = if number == picker.selected() { ">" } else { " " };
        match tile {
            Some(tile) => rows.push(columns.row(number, marker, tile, theme)),
            None => {
                if *choice == ProfileChoice::New && number > 0 {
                    rows.push(Row::text(""));
                }
                let text = cut(&format!("{marker} {}", other(choice, &state.shelf)), cells.into(), theme);
                rows.push(Row::spans(Some(number), vec![Span::raw(text)]));
            }
        }
    }
    rows
}

fn other(choice: &ProfileChoice, shelf: &ProfileList) -> String {
    match (choice, &shelf.unnamed) {
        (ProfileChoice::New, Some(host)) => format!("+ continue the unnamed set-up ({host})"),
        (ProfileChoice::New, None) => "+ new set-up".into(),
        _ => "+ try the demo (no network, no account)".into(),
    }
}

/// Width of each column; 0 for a hidden one.
struct Columns {
    name: usize,
    host: usize,
    check: usize,
    secret: usize,
}

impl Columns {
    fn of(profiles: &[ProfileSummary], cells: u16) -> Self {
        let cells = usize::from(cells);
        let widest = |text: fn(&ProfileSummary) -> &str, heading: &str| {
            profiles.iter().map(|tile| width(text(tile))).max().unwrap_or_default().max(width(heading)) + 2
        };
        let name = widest(|tile| &tile.name, "profile").min(NAME);
        if cells < usize::from(NARROW) {
            return Self { name: cells.saturating_sub(CHECK + 2), host: 0, check: CHECK, secret: 0 };
        }
        let rest = cells.saturating_sub(2 + name + CHECK);
        let secret = widest(|tile| &tile.secret, "secret").min(SECRET).min(rest / 2);
        let host = widest(|tile| &tile.host, "host").min(rest - secret);
        Self { name, host, check: CHECK, secret: rest - host }
    }

    fn heading(&self, theme: Theme) -> Row {
        let text = format!(
            "  {}{}{}{}",
            column("profile", self.name, theme),
            column("host", self.host, theme),
            column("last check", self.check, theme),
            column("secret", self.secret, theme)
        );
        Row::spans(None, vec![Span::styled(text, theme::strong())])
    }

    fn row(&self, number: usize, marker: &str, tile: &ProfileSummary, theme: Theme) -> Row {
        let (check, style) = if tile.unread { (UNREAD.into(), Style::new()) } else { checked(tile.last.as_ref()) };
        let secret = if tile.unread && tile.secret.is_empty() { UNREAD } else { &tile.secret };
        Row::spans(
            Some(number),
            vec![
                Span::raw(format!("{marker} {}", column(&tile.name, self.name, theme))),
                Span::raw(column(&tile.host, self.host, theme)),
                Span::styled(column(&check, self.check, theme), style),
                Span::raw(column(secret, self.secret, theme)),
            ],
        )
    }
}

/// A column with at least one blank after it.
fn column(text: &str, cells: usize, theme: Theme) -> String {
    match cells {
        0 => String::new(),
        cells => format!("{} ", fit(text, cells - 1, theme)),
    }
}

fn checked(last: Option<&LastCheck>) -> (String, Style) {
    let Some(last) = last else { return ("never".into(), Style::new()) };
    let (word, style) = match last.verdict {
        Verdict::Ready => ("READY".into(), theme::good()),
        Verdict::ReadyWithWarnings => ("READY (warn)".into(), theme::doubtful()),
        Verdict::NotReady => (format!("{} FAILED", last.failed), theme::bad()),
        Verdict::Undetermined => ("no verdict".into(), theme::doubtful()),
    };
    (format!("{} {word}", last.when), style)
}

/// Details of the selected entry.
fn about(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let mut rows = vec![Row::text("")];
    let mut say = |text: &str, style: Style| {
        let lines = wrap(text, usize::from(cells).saturating_sub(2));
        rows.extend(lines.into_iter().map(|line| Row::spans(None, vec![Span::styled(format!(" {line}"), style)])));
    };
    match state.picked() {
        Some((ProfileChoice::New, _)) => {
            let text = "Starts with the checklist; {save_profile} saves it under a name once the address is known.";
            say(&theme.keyed(text), Style::new())
        }
        Some((ProfileChoice::Demo, _)) => {
            let text = "A simulated Halo on this machine with a correct set-up. Nothing is stored; {profiles} returns here. \
halo-onboard --demo=fresh starts from scratch, --demo=list lists faults to fix.";
            say(&theme.keyed(text), Style::new());
        }
        Some((ProfileChoice::Profile(_), Some(tile))) => about_profile(tile, cells, theme, &mut say),
        _ => {}
    }
    rows
}

fn about_profile(tile: &ProfileSummary, cells: u16, theme: Theme, say: &mut dyn FnMut(&str, Style)) {
    if cells < NARROW {
        let secret = if tile.unread && tile.secret.is_empty() { UNREAD } else { &tile.secret };
        say(&format!("{}, secret {secret}", tile.host), Style::new());
    }
    if let Some(trouble) = &tile.trouble {
        say(trouble, theme::doubtful());
    }
    if let Some(when) = &tile.unfinished {
        let opens = theme.keyed("{open_and_check} opens it and runs the checks again.");
        say(&format!("{}: the run of {when} was interrupted. {opens}", tile.name), theme::active());
    }
    if let (Some(good), false) = (&tile.good, tile.changes.is_empty()) {
        let count = tile.changes.len();
        let word = if count == 1 { "change" } else { "changes" };
        say(&format!("Since the last good run ({good}): {count} {word}"), theme::strong());
        for change in &tile.changes {
            say(&format!("  {change}"), Style::new());
        }
    }
}
