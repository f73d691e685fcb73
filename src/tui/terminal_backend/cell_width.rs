//! The text of a cell and the number of columns that it occupies.

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth};
use ratatui::style::Color;
use unicode_width::UnicodeWidthChar;

/// A text for one cell.
pub(super) struct Glyph<'a> {
    /// One character with what combines with it; never a control character.
    pub(super) text: &'a str,
    /// Columns, at least 1.
    pub(super) width: u16,
    /// False when terminals differ about the width: the cursor's column is then unknown.
    pub(super) sure: bool,
}

/// The cell as shown: without colours if they are disabled.
pub(super) fn cell(cell: &Cell, colours: bool) -> Cell {
    let mut cell = cell.clone();
    if !colours {
        (cell.fg, cell.bg, cell.underline_color) = (Color::Reset, Color::Reset, Color::Reset);
    }
    // Everything foreign was filtered long before; this is the last door, and it is cheap.
    if cell.symbol().chars().any(char::is_control) {
        cell.set_symbol("?");
    } else if cell.symbol().cell_width() == 0 {
        cell.set_symbol(" ");
    }
    cell
}

/// Blanks every wide character of which something else was drawn over the right half, and empties the cells below the
/// right halves. Otherwise ratatui would lose what was drawn there (the frame of a pop-up for example), now or when
/// the character goes away.
pub fn blank_half_covered_wide_characters(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for at in 0..buffer.content.len() {
        // One byte is one column; this is nearly every cell.
        let text = buffer.content[at].symbol();
        let columns = if text.len() == 1 { 1 } else { usize::from(text.cell_width()) };
        if columns > 1 {
            let row_end = (at / width + 1) * width;
            let (lead, rest) = buffer.content[at..row_end].split_at_mut(1);
            let below = &mut rest[..(columns - 1).min(row_end - at - 1)];
            if below.iter().any(|cell| cell.symbol() != " ") {
                lead[0].set_symbol(" ");
            } else {
                below.fill(Cell::EMPTY);
            }
        }
    }
}

/// The text for a cell with `room` columns up to the margin.
pub(super) fn of(cell: &Cell, room: u16) -> Glyph<'_> {
    let text = cell.symbol();
    if text.len() == 1 {
        return Glyph { text, width: 1, sure: true };
    }
    let forced = matches!(cell.diff_option, CellDiffOption::ForcedWidth(_));
    match cell.cell_width().max(1) {
        width if width > room => Glyph { text: " ", width: 1, sure: true },
        width => Glyph { text, width, sure: !forced && width_is_certain(text) },
    }
}

/// Returns true if all terminals agree about the width. They do for one character with combining marks, but not for
/// emoji.
fn width_is_certain(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next().is_some_and(|c| c < '\u{1f000}' && c.width().is_some_and(|width| width > 0));
    first && chars.all(|c| c.width() == Some(0) && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}'))
}
