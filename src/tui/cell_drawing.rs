//! Lines of text and borders, drawn into the cells of a frame. Nearly all text is plain ASCII, and a border is one glyph many
//! times: both are written cell by cell, which takes a tenth of what the general widgets take. All else is left to those.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget as _;

use super::text_layout::{is_plain_ascii, width};

/// Draws a line, as [`Line`] does as a widget.
pub fn draw_line(buffer: &mut Buffer, area: Rect, line: &Line<'_>) {
    let mut rest = Rect { height: area.height.min(1), ..area }.intersection(buffer.area);
    if line.style != Style::new() || line.alignment.is_some() {
        return line.render(area, buffer);
    }
    for span in &line.spans {
        if rest.is_empty() {
            return;
        }
        draw_span(buffer, rest, span);
        let drawn = u16::try_from(width(&span.content)).unwrap_or(u16::MAX).min(rest.width);
        rest = Rect { x: rest.x + drawn, width: rest.width - drawn, ..rest };
    }
}

fn draw_span(buffer: &mut Buffer, area: Rect, span: &Span<'_>) {
    if !is_plain_ascii(&span.content) {
        return span.render(area, buffer);
    }
    for (cell, character) in row_cells(buffer, area).iter_mut().zip(span.content.chars()) {
        cell.set_char(character).set_style(span.style);
    }
}

/// Draws the border of an area that lies in the buffer.
pub fn draw_border(buffer: &mut Buffer, area: Rect, glyphs: border::Set<'_>, style: Style) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let (last_row, last_column) = (area.bottom() - 1, usize::from(area.width) - 1);
    let ends = |y| match y {
        y if y == area.y => (glyphs.top_left, glyphs.top_right, Some(glyphs.horizontal_top)),
        y if y == last_row => (glyphs.bottom_left, glyphs.bottom_right, Some(glyphs.horizontal_bottom)),
        _ => (glyphs.vertical_left, glyphs.vertical_right, None),
    };
    for y in area.y..area.bottom() {
        let (left, right, between) = ends(y);
        let cells = row_cells(buffer, Rect { y, height: 1, ..area });
        if let Some(glyph) = between {
            for cell in &mut *cells {
                cell.set_symbol(glyph).set_style(style);
            }
        }
        cells[last_column].set_symbol(right).set_style(style);
        cells[0].set_symbol(left).set_style(style);
    }
}

/// The cells of the first row of an area that lies in the buffer.
fn row_cells(buffer: &mut Buffer, area: Rect) -> &mut [Cell] {
    let first = buffer.index_of(area.x, area.y);
    &mut buffer.content[first..first + usize::from(area.width)]
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};
    use ratatui::widgets::{Block, Borders};

    use super::*;

    const TEXTS: [&str; 9] = [
        "",
        "plain text",
        "x",
        "日本語 tenant",
        "e\u{301}te\u{301}",
        "\u{301}first",
        "a\tb\r\nc",
        "✓ 👩‍👧 \u{200b}z",
        "…",
    ];

    fn buffers(width: u16) -> [Buffer; 2] {
        let mut buffer = Buffer::filled(Rect::new(3, 2, width, 3), Cell::new("#"));
        buffer.set_style(buffer.area, Style::new().fg(Color::Blue).add_modifier(Modifier::ITALIC));
        [buffer.clone(), buffer]
    }

    #[test]
    fn lines_are_drawn_as_the_general_widget_draws_them() {
        let styles = [Style::new(), Style::new().fg(Color::Red).add_modifier(Modifier::BOLD)];
        for width in 0..24 {
            for (first, second) in TEXTS.iter().flat_map(|first| TEXTS.map(|second| (*first, second))) {
                let line = Line::from(vec![Span::styled(first, styles[1]), Span::styled(second, styles[0])]);
                for line in [line.clone(), line.clone().style(styles[1]), line.right_aligned()] {
                    let [mut own, mut general] = buffers(width);
                    let area = Rect { y: 3, height: 1, ..own.area };
                    draw_line(&mut own, area, &line);
                    (&line).render(area, &mut general);
                    assert_eq!(own, general, "{line:?} in {width} cells");
                }
            }
        }
    }

    #[test]
    fn borders_are_drawn_as_the_general_widget_draws_them() {
        let style = Style::new().fg(Color::Cyan);
        for (width, height) in (0..6).flat_map(|width| (0..4).map(move |height| (width, height))) {
            let [mut own, mut general] = buffers(6);
            let area = Rect { width, height, ..own.area };
            draw_border(&mut own, area, border::THICK, style);
            Block::new().borders(Borders::ALL).border_set(border::THICK).border_style(style).render(area, &mut general);
            assert_eq!(own, general, "{width}x{height}");
        }
    }
}
