//! Dialog for the choice of a guide.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::{GuideEntry, State};
use crate::tui::text_layout::{Row, fit, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Cells of a product's name.
const VENDOR: usize = 28;

/// Title of the dialog.
pub fn title(state: &State) -> String {
    match state.opening() {
        Some(choice) => format!("Opening {} ...", choice.label()),
        None => "Which product do you connect to Halo?".into(),
    }
}

/// One row for each guide; the source of the selected one follows its row.
pub fn rows(at: usize, entries: &[GuideEntry], cells: u16, theme: Theme) -> Vec<Row> {
    let room = usize::from(cells).saturating_sub(2);
    let paragraph = |text: &str| {
        let lines = wrap(text, room).into_iter();
        lines.map(|line| Row::spans(None, vec![Span::raw(format!(" {line}"))])).collect::<Vec<_>>()
    };
    let mut rows = paragraph(&theme.keyed(KEYS));
    rows.push(Row::text(""));
    for (number, entry) in entries.iter().enumerate() {
        let chosen = number == at;
        let style = if chosen { theme::strong() } else { Style::new() };
        let asks = if entry.writes { "reads and changes" } else { "only reads" };
        let text = format!("{} {asks}", fit(&entry.vendor, VENDOR.min(room.saturating_sub(22)), theme));
        let mark = Span::raw(format!(" {} ", theme.choice(chosen)));
        rows.push(Row::spans(Some(number), vec![mark, Span::styled(text, style)]));
        if chosen {
            rows.extend(source(number, entry, room));
        }
    }
    rows
}

fn source(number: usize, entry: &GuideEntry, room: usize) -> Vec<Row> {
    let day = if entry.read_on.is_empty() { String::new() } else { format!(", read on {}", entry.read_on) };
    let lines = wrap(&format!("{}{day}", entry.source), room.saturating_sub(5));
    lines.into_iter().map(|line| Row::spans(Some(number), vec![Span::raw(format!("      {line}"))])).collect()
}

const KEYS: &str = "{choose} opens a set-up with that guide; the address and the tenant stay. {back} changes nothing. \
\"Only reads\" and \"reads and changes\" are what the product asks for: this program only reads.";
