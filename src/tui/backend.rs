//! Our own way to the terminal: as few bytes as the change needs, because over SSH that is what an operator feels.
//!
//! It remembers from frame to frame what the terminal shows, where its cursor is and which style is set. It asks the
//! terminal nothing, writes each frame in one piece, and expects the terminal raw (a line feed only moves) and without
//! automatic margins, so that the last cell can be written without scrolling.

use std::cell::Cell as Mutable;
use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption};
use ratatui::layout::{Position, Size};

mod glyph;
mod motion;
mod pen;
mod picture;

pub use glyph::mend_halves;
use motion::Cursor;
use pen::Pen;
use picture::Picture;

/// From this many bytes on, a frame of more than one line is wrapped into a synchronized update: below, a terminal reads it in
/// one go anyway, and the marks would cost more than a tenth of it.
const SYNCHRONIZED_FROM: usize = 400;
const SYNCHRONIZED_BEGIN: &[u8] = b"\x1b[?2026h";
const SYNCHRONIZED_END: &[u8] = b"\x1b[?2026l";

/// How large the terminal is, now.
pub type SizeQuery = Box<dyn Fn() -> io::Result<WindowSize> + Send>;

/// A [`Backend`] that writes the least.
pub struct Lean<W: Write> {
    out: W,
    query: SizeQuery,
    colours: bool,
    /// The size that was told last: the next picture has it.
    told: Mutable<Size>,
    picture: Picture,
    /// The frame so far.
    frame: Vec<u8>,
    /// More than one line of this frame was touched.
    lines: Lines,
    cursor: Cursor,
    pen: Option<Pen>,
    /// Is the cursor shown? None: nobody knows.
    shown: Option<bool>,
    wanted: Wanted,
}

/// Where the cursor is to be after the frame, and whether it is to be seen.
#[derive(Clone, Copy, Default)]
struct Wanted {
    at: Option<Position>,
    shown: Option<bool>,
}

/// How many lines a frame touches: none, this one, several.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
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

impl<W: Write> Lean<W> {
    /// A backend that writes to `out` and asks `query` for the size. Without `colours` (`NO_COLOR`) only attributes are
    /// written: bold, dim, reverse.
    ///
    /// # Errors
    /// The size cannot be found out.
    pub fn new(out: W, query: SizeQuery, colours: bool) -> io::Result<Self> {
        let size = query()?.columns_rows;
        Ok(Self {
            out,
            query,
            colours,
            told: Mutable::new(size),
            picture: Picture::unknown(size),
            frame: Vec::new(),
            lines: Lines::None,
            cursor: Cursor::Lost,
            pen: None,
            shown: None,
            wanted: Wanted::default(),
        })
    }

    /// Forgets what the terminal shows, where its cursor is and which style is set: somebody else wrote to it.
    pub fn forget(&mut self) {
        self.picture = Picture::unknown(self.told.get());
        self.cursor = Cursor::Lost;
        self.pen = None;
        self.shown = None;
    }

    /// The place that is written to, for sequences that show nothing, between two frames.
    pub fn writer(&mut self) -> &mut W {
        &mut self.out
    }

    fn fit_picture(&mut self) {
        if self.told.get() != self.picture.size() {
            self.picture = Picture::unknown(self.told.get());
            self.cursor = Cursor::Lost;
        }
    }

    /// The changes of one row, in order of their columns.
    fn row(&mut self, updates: &[(Position, Cell)]) {
        let mut rest = updates;
        while let Some(((at, cell), _)) = rest.split_first() {
            let run = self.erasable(rest);
            if run > 0 {
                let end = at.x + u16::try_from(run).unwrap_or(u16::MAX);
                self.erase(*at, end, self.picture.empty_from(Position { x: end, ..*at }));
                rest = &rest[run..];
                continue;
            }
            let end = at.x + glyph::of(cell, self.picture.size().width - at.x).width;
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

    /// How many of the next changes had better be erased than written: 0 when none.
    fn erasable(&self, updates: &[(Position, Cell)]) -> usize {
        let Some((first, _)) = updates.first() else { return 0 };
        let run = updates
            .iter()
            .enumerate()
            .take_while(|(i, (at, cell))| {
                usize::from(at.x - first.x) == *i && picture::is_blank(cell) && Pen::of(cell).leaves_blank_empty()
            })
            .count();
        // Erasing may need a change of style before it, and after it the cursor has to be moved on.
        let to_the_end = run == updates.len();
        if run > if to_the_end { 8 } else { 14 } { run } else { 0 }
    }

    fn erase(&mut self, at: Position, end: u16, rest_is_empty: bool) {
        self.go(at);
        if !self.pen.is_some_and(Pen::leaves_blank_empty) {
            self.set(Pen::PLAIN);
        }
        if rest_is_empty {
            self.frame.extend(b"\x1b[K");
        } else {
            let _ = write!(self.frame, "\x1b[{}X", end - at.x);
        }
        self.picture.erase(at, end);
    }

    /// Writes one cell; `next` is the column of the next change in this row.
    fn put(&mut self, at: Position, cell: Cell, next: Option<u16>) {
        let glyph = glyph::of(&cell, self.picture.size().width - at.x);
        let pen = Pen::of(&cell);
        self.go(at);
        if !(glyph.text == " " && self.pen.is_some_and(|set| set.same_on_blank(pen))) {
            self.set(pen);
        }
        self.frame.extend(glyph.text.as_bytes());
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

    fn go(&mut self, to: Position) {
        let (picture, pen) = (&self.picture, self.pen);
        let row_text = |from: u16, end: u16| picture.text(Position { x: from, ..to }, end, pen?);
        motion::travel(self.cursor, to, row_text, &mut self.frame);
        self.cursor = Cursor::At(to);
        self.lines = self.lines.and(to.y);
    }

    fn set(&mut self, pen: Pen) {
        pen.write_change(self.pen, &mut self.frame);
        self.pen = Some(pen);
    }

    /// A command that erases with the style that is set: only the plain one gives the same on every terminal.
    fn plainly(&mut self, command: &str) {
        self.set(Pen::PLAIN);
        self.frame.extend(command.as_bytes());
    }

    /// Puts the cursor where it is wanted, and shows or hides it, if it is not so already.
    fn place_cursor(&mut self) {
        let shown = self.wanted.shown.or(self.shown);
        if let (Some(at), Some(true)) = (self.wanted.at, shown)
            && self.picture.contains(at)
        {
            let lines = self.lines;
            self.go(at);
            self.lines = lines;
        }
        if shown != self.shown {
            self.frame.extend(if shown == Some(true) { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.shown = shown;
        }
    }
}

impl<W: Write> Backend for Lean<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.fit_picture();
        let updates: Vec<(Position, Cell)> = content
            .map(|(x, y, cell)| (Position { x, y }, glyph::cell(cell, self.colours)))
            .filter(|(at, cell)| {
                let always = cell.diff_option == CellDiffOption::AlwaysUpdate;
                self.picture.contains(*at) && (always || !self.picture.shows(*at, cell))
            })
            .collect();
        for row in updates.chunk_by(|(a, _), (b, _)| a.y == b.y && a.x < b.x) {
            self.row(row);
        }
        Ok(())
    }

    fn append_lines(&mut self, n: u16) -> io::Result<()> {
        self.fit_picture();
        let from = self.get_cursor_position()?;
        self.go(from);
        self.frame.extend(std::iter::repeat_n(b'\n', n.into()));
        let last = self.picture.size().height.saturating_sub(1);
        let to = Position { y: from.y.saturating_add(n).min(last), ..from };
        if from.y.saturating_add(n) > last {
            self.picture = Picture::unknown(self.picture.size());
        }
        self.cursor = Cursor::At(to);
        self.wanted.at = Some(to);
        self.flush()
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted.shown = Some(false);
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.wanted.shown = Some(true);
        Ok(())
    }

    /// Where it was put last: the terminal is not asked.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(match (self.wanted.at, self.cursor) {
            (Some(at), _) | (None, Cursor::At(at)) => at,
            (None, Cursor::Row(y)) => Position { x: 0, y },
            (None, Cursor::Lost) => Position::ORIGIN,
        })
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.wanted.at = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.fit_picture();
        let Size { width, height } = self.picture.size();
        let at = self.get_cursor_position()?;
        if clear_type != ClearType::All {
            self.go(at);
        }
        let (command, first, last) = match clear_type {
            ClearType::All => ("\x1b[2J", (0, 0), (width, height)),
            ClearType::AfterCursor => ("\x1b[J", (at.x, at.y), (width, height)),
            ClearType::BeforeCursor => ("\x1b[1J", (0, 0), (at.x.saturating_add(1), at.y + 1)),
            ClearType::CurrentLine => ("\x1b[2K", (0, at.y), (width, at.y + 1)),
            ClearType::UntilNewLine => ("\x1b[K", (at.x, at.y), (width, at.y + 1)),
        };
        self.plainly(command);
        for y in first.1..last.1 {
            let from = if y == first.1 { first.0 } else { 0 };
            let to = if y + 1 == last.1 { last.0 } else { width };
            self.picture.erase(Position { x: from, y }, to);
        }
        self.lines = if first.1 + 1 < last.1 { Lines::Several } else { self.lines.and(at.y) };
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        let size = (self.query)()?.columns_rows;
        self.told.set(size);
        Ok(size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        (self.query)()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.place_cursor();
        let several = std::mem::take(&mut self.lines) == Lines::Several;
        if several && self.frame.len() >= SYNCHRONIZED_FROM {
            self.frame.splice(0..0, SYNCHRONIZED_BEGIN.iter().copied());
            self.frame.extend(SYNCHRONIZED_END);
        }
        if self.frame.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.frame).and_then(|()| self.out.flush());
        self.frame.clear();
        if written.is_err() {
            // Part of the frame may have gone out, part not.
            self.forget();
        }
        written
    }
}

#[cfg(test)]
mod tests;
