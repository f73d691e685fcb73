//! The frame that is being put together: changes become bytes, and what the terminal will show is noted.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::cell_width;
use super::cursor_movement;
use super::cursor_movement::Cursor;
use super::screen_model;
use super::screen_model::ScreenModel;
use super::sgr_style::SgrStyle;

/// From this many bytes on, a frame of more than one line is wrapped into a synchronized update: below, a terminal reads
/// it in one go anyway, and the marks would cost more than a tenth of it.
const SYNCHRONIZED_FROM: usize = 400;
pub(super) const SYNCHRONIZED_BEGIN: &[u8] = b"\x1b[?2026h";
pub(super) const SYNCHRONIZED_END: &[u8] = b"\x1b[?2026l";

/// The bytes of a frame, and the known contents, cursor position and style of the terminal.
#[derive(Debug)]
pub(super) struct FrameEncoder {
    pub(super) picture: ScreenModel,
    pub(super) cursor: Cursor,
    pen: Option<SgrStyle>,
    bytes: Vec<u8>,
    lines: Lines,
}

/// Number of lines that a frame changes: none, this one, several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lines {
    #[default]
    None,
    One(u16),
    Several,
}

impl Lines {
    fn and(self, line: u16) -> Self {
        match self {
            Self::None => Self::One(line),
            Self::One(other) if other == line => self,
            _ => Self::Several,
        }
    }
}

impl FrameEncoder {
    /// A terminal of this size of which nothing else is known.
    pub(super) fn new(size: Size) -> Self {
        Self {
            picture: ScreenModel::unknown(size),
            cursor: Cursor::Lost,
            pen: None,
            bytes: Vec::new(),
            lines: Lines::None,
        }
    }

    /// Forgets what the terminal shows, where its cursor is and which style is set.
    pub(super) fn forget(&mut self, size: Size) {
        self.picture = ScreenModel::unknown(size);
        self.cursor = Cursor::Lost;
        self.pen = None;
    }

    /// The finished frame; empty when there is nothing to write. The next one begins.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        if std::mem::take(&mut self.lines) == Lines::Several && bytes.len() >= SYNCHRONIZED_FROM {
            bytes.splice(0..0, SYNCHRONIZED_BEGIN.iter().copied());
            bytes.extend(SYNCHRONIZED_END);
        }
        bytes
    }

    /// Adds a sequence that moves nothing and shows nothing.
    pub(super) fn add(&mut self, sequence: &[u8]) {
        self.bytes.extend(sequence);
    }

    /// The changes of one row, in order of their columns.
    pub(super) fn row(&mut self, updates: &[(Position, Cell)]) {
        let mut rest = updates;
        while let Some(((at, cell), _)) = rest.split_first() {
            let run = self.erasable(rest);
            if run > 0 {
                let end = at.x + u16::try_from(run).unwrap_or(u16::MAX);
                self.erase(*at, end, self.picture.empty_from(Position { x: end, ..*at }));
                rest = &rest[run..];
                continue;
            }
            let end = at.x + cell_width::of(cell, self.picture.size().width - at.x).width;
            let covered = rest[1..].iter().take_while(|(next, _)| next.x < end).count();
            let (under, after) = rest[1..].split_at(covered);
            for (at, cell) in under {
                // Of some emoji the right half is not cleared by every terminal: it comes before, not after.
                self.put(*at, cell.clone(), None);
            }
            self.put(*at, cell.clone(), after.first().map(|(next, _)| next.x));
            rest = after;
        }
    }

    /// Number of the next changes that are shorter to erase than to write.
    fn erasable(&self, updates: &[(Position, Cell)]) -> usize {
        let Some((first, _)) = updates.first() else { return 0 };
        let run = updates
            .iter()
            .enumerate()
            .take_while(|(i, (at, cell))| {
                usize::from(at.x - first.x) == *i
                    && screen_model::is_blank(cell)
                    && SgrStyle::of(cell).leaves_blank_empty()
            })
            .count();
        // Erasing may need a change of style before it, and after it the cursor has to be moved on.
        let to_the_end = run == updates.len();
        if run > if to_the_end { 8 } else { 14 } { run } else { 0 }
    }

    fn erase(&mut self, at: Position, end: u16, rest_is_empty: bool) {
        self.go(at);
        if !self.pen.is_some_and(SgrStyle::leaves_blank_empty) {
            self.set(SgrStyle::PLAIN);
        }
        if rest_is_empty {
            self.bytes.extend(b"\x1b[K");
        } else {
            let _ = write!(self.bytes, "\x1b[{}X", end - at.x);
        }
        self.picture.erase(at, end);
    }

    /// Writes one cell; `next` is the column of the next change in this row.
    fn put(&mut self, at: Position, cell: Cell, next: Option<u16>) {
        let glyph = cell_width::of(&cell, self.picture.size().width - at.x);
        let pen = SgrStyle::of(&cell);
        self.go(at);
        if !(glyph.text == " " && self.pen.is_some_and(|set| set.same_on_blank(pen))) {
            self.set(pen);
        }
        self.bytes.extend(glyph.text.as_bytes());
        let (end, width) = (at.x + glyph.width, glyph.width);
        let sure = glyph.sure && end < self.picture.size().width;
        self.cursor = if sure { Cursor::At(Position { x: end, ..at }) } else { Cursor::Row(at.y) };
        let cut = self.picture.write(at, cell, width);
        if let Some(x) = cut
            && next != Some(x)
        {
            self.put(Position { x, ..at }, Cell::EMPTY, next);
        }
    }

    /// Brings the cursor to a cell.
    pub(super) fn go(&mut self, to: Position) {
        let (picture, pen) = (&self.picture, self.pen);
        let row_text = |from: u16, end: u16| picture.text(Position { x: from, ..to }, end, pen?);
        cursor_movement::move_cursor(self.cursor, to, row_text, &mut self.bytes);
        self.cursor = Cursor::At(to);
        self.lines = self.lines.and(to.y);
    }

    fn set(&mut self, pen: SgrStyle) {
        pen.write_change(self.pen, &mut self.bytes);
        self.pen = Some(pen);
    }

    /// Notes that a command of [`FrameEncoder::plainly`] has emptied a part of a row.
    pub(super) fn blank(&mut self, at: Position, end: u16) {
        self.picture.erase(at, end);
        self.lines = self.lines.and(at.y);
    }

    /// Writes an erasing command in the plain style, the only one with the same effect on every terminal.
    pub(super) fn plainly(&mut self, command: &str) {
        self.set(SgrStyle::PLAIN);
        self.bytes.extend(command.as_bytes());
    }
}
