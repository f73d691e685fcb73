//! Text measured in cells: wrapped, cut and padded.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;

/// Width in cells.
pub fn width(text: &str) -> usize {
    if is_plain_ascii(text) { text.len() } else { text.width() }
}

/// One byte is one character of one cell: the common case, in which nothing has to be looked up in Unicode's tables.
pub fn is_plain_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Wraps a text to lines of at most this number of cells, at blanks if possible.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let options = textwrap::Options::new(cells.max(1)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(|line| line.into_owned()).collect()
}

/// Truncates a text to this number of cells, with a mark at the cut.
pub fn cut(text: &str, cells: usize, theme: Theme) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    if cells == 0 {
        return String::new();
    }
    format!("{}{}", head(text, cells - 1), theme.more())
}

/// The longest start of a text that fits.
pub fn head(text: &str, cells: usize) -> &str {
    if is_plain_ascii(text) {
        return &text[..cells.min(text.len())];
    }
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > cells {
            break;
        }
        end = at + grapheme.len();
    }
    &text[..end]
}

/// The part of a text that begins at a cell; a wide character that is cut in half falls away.
pub fn tail(text: &str, from: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if used >= from {
            return &text[at..];
        }
        used += width(grapheme);
    }
    ""
}

/// Truncates or pads a text to exactly this number of cells.
pub fn fit(text: &str, cells: usize, theme: Theme) -> String {
    let text = cut(text, cells, theme);
    let gap = cells.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(gap))
}

/// A line with a left and a right part; the left is cut so that one blank stays between them.
pub fn spread(left: &str, right: &str, cells: usize, theme: Theme) -> String {
    if right.is_empty() {
        return cut(left, cells, theme);
    }
    let room = cells.saturating_sub(width(right) + 1);
    format!("{} {right}", fit(left, room, theme))
}

/// One row of a list; rows of one item belong together.
pub struct Row {
    /// The text of the row.
    pub line: Line<'static>,
    /// The item that it belongs to; none for a heading.
    pub item: Option<usize>,
}

impl Row {
    /// A row of plain text that belongs to no item.
    pub fn text(text: impl Into<String>) -> Self {
        Self { line: Line::from(text.into()), item: None }
    }

    /// A row of styled parts.
    pub fn spans(item: Option<usize>, spans: Vec<Span<'static>>) -> Self {
        Self { line: Line::from(spans), item }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_measured_in_cells() {
        assert_eq!(cut("日本語テナント", 7, Theme::ASCII), "日本語~");
        assert_eq!(cut("abc", 3, Theme::ASCII), "abc");
        assert_eq!(cut("abcd", 0, Theme::ASCII), "");
        assert_eq!(fit("e\u{301}", 3, Theme::ASCII), "e\u{301}  ");
        assert_eq!(tail("日本語", 2), "本語");
        assert_eq!(tail("日本語", 3), "語");
        assert_eq!(spread("left side", "r", 8, Theme::ASCII), "left ~ r");
        assert_eq!(spread("a", "right", 3, Theme::ASCII), " right");
    }

    #[test]
    fn wrapping_never_exceeds_the_width() {
        for cells in 1..30 {
            for line in
                wrap("Configuration > Core Features > Teams & Agents 日本語テナント averyveryverylongword", cells)
            {
                assert!(width(&line) <= cells.max(2), "{cells}: {line:?}");
            }
        }
    }
}
