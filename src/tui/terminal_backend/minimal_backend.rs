//! The backend for ratatui: writes each frame with as few bytes as possible.

use super::cell_width;
use super::cursor_movement::Cursor;
use super::frame_encoder::FrameEncoder;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption};
use ratatui::layout::{Position, Size};
use std::cell::Cell as Mutable;
use std::io::{self, Write};

/// Queries the current size of the terminal.
pub type SizeQuery = Box<dyn Fn() -> io::Result<WindowSize> + Send>;

/// A [`Backend`] that writes the least.
pub struct MinimalBackend<W: Write> {
    out: W,
    query: SizeQuery,
    colours: bool,
    /// The last reported size. The next frame uses it.
    told: Mutable<Size>,
    frame: FrameEncoder,
    /// Whether the cursor is shown; `None` if unknown.
    shown: Option<bool>,
    wanted: CursorTarget,
}

/// Position and visibility of the cursor after the frame.
#[derive(Clone, Copy, Default)]
struct CursorTarget {
    at: Option<Position>,
    shown: Option<bool>,
}

impl<W: Write> MinimalBackend<W> {
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
            frame: FrameEncoder::new(size),
            shown: None,
            wanted: CursorTarget::default(),
        })
    }

    /// Discards the known contents, cursor position and style, because another program has written to the terminal.
    pub fn forget(&mut self) {
        self.frame.forget(self.told.get());
        self.shown = None;
    }

    /// The place that is written to, for sequences that show nothing, between two frames.
    pub fn writer(&mut self) -> &mut W {
        &mut self.out
    }

    fn fit_picture(&mut self) {
        if self.told.get() != self.frame.picture.size() {
            self.frame.forget(self.told.get());
        }
    }

    /// Puts the cursor where it is wanted, and shows or hides it, if it is not so already.
    fn place_cursor(&mut self) {
        let shown = self.wanted.shown.or(self.shown);
        if let (Some(at), Some(true)) = (self.wanted.at, shown)
            && self.frame.picture.contains(at)
        {
            self.frame.go(at);
        }
        if shown != self.shown {
            self.frame.add(if shown == Some(true) { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.shown = shown;
        }
    }
}

impl<W: Write> Backend for MinimalBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.fit_picture();
        let updates: Vec<(Position, Cell)> = content
            .map(|(x, y, cell)| (Position { x, y }, cell_width::cell(cell, self.colours)))
            .filter(|(at, cell)| {
                let always = cell.diff_option == CellDiffOption::AlwaysUpdate;
                self.frame.picture.contains(*at) && (always || !self.frame.picture.shows(*at, cell))
            })
            .collect();
        for row in updates.chunk_by(|(a, _), (b, _)| a.y == b.y && a.x < b.x) {
            self.frame.row(row);
        }
        Ok(())
    }

    fn append_lines(&mut self, n: u16) -> io::Result<()> {
        self.fit_picture();
        let from = self.get_cursor_position()?;
        self.frame.go(from);
        self.frame.add(&vec![b'\n'; n.into()]);
        let last = self.told.get().height.saturating_sub(1);
        let to = Position { y: from.y.saturating_add(n).min(last), ..from };
        if from.y.saturating_add(n) > last {
            self.frame.forget(self.told.get());
        }
        self.frame.cursor = Cursor::At(to);
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

    /// Returns the last set position. The terminal is not queried.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(match (self.wanted.at, self.frame.cursor) {
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
        let Size { width, height } = self.told.get();
        let at = self.get_cursor_position()?;
        if clear_type != ClearType::All {
            self.frame.go(at);
        }
        let (command, first, last) = match clear_type {
            ClearType::All => ("\x1b[2J", (0, 0), (width, height)),
            ClearType::AfterCursor => ("\x1b[J", (at.x, at.y), (width, height)),
            ClearType::BeforeCursor => ("\x1b[1J", (0, 0), (at.x.saturating_add(1), at.y + 1)),
            ClearType::CurrentLine => ("\x1b[2K", (0, at.y), (width, at.y + 1)),
            ClearType::UntilNewLine => ("\x1b[K", (at.x, at.y), (width, at.y + 1)),
        };
        self.frame.plainly(command);
        for y in first.1..last.1 {
            let from = if y == first.1 { first.0 } else { 0 };
            let to = if y + 1 == last.1 { last.0 } else { width };
            self.frame.blank(Position { x: from, y }, to);
        }
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
        let frame = self.frame.take();
        if frame.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&frame).and_then(|()| self.out.flush());
        if written.is_err() {
            // Part of the frame may have gone out, part not.
            self.forget();
        }
        written
    }
}
