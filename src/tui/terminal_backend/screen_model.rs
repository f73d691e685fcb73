//! Model of the terminal's contents, cell by cell, as far as they are known.

use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::sgr_style::SgrStyle;

/// One cell of the terminal.
#[derive(Clone, Debug, Default)]
enum ScreenCell {
    /// Unknown.
    #[default]
    Unknown,
    /// The right half of the wide character before it.
    Covered,
    /// This.
    Shown(Cell),
}

/// The picture on the terminal.
#[derive(Debug)]
pub(super) struct ScreenModel {
    size: Size,
    spots: Vec<ScreenCell>,
}

impl ScreenModel {
    /// A picture of which nothing is known.
    pub(super) fn unknown(size: Size) -> Self {
        Self { size, spots: vec![ScreenCell::Unknown; usize::from(size.width) * usize::from(size.height)] }
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    pub(super) fn contains(&self, at: Position) -> bool {
        at.x < self.size.width && at.y < self.size.height
    }

    /// True when the cell would look no different after `cell` was written.
    pub(super) fn shows(&self, at: Position, cell: &Cell) -> bool {
        match self.spot(at) {
            Some(ScreenCell::Shown(shown)) => {
                shown == cell
                    || (is_blank(shown) && is_blank(cell) && SgrStyle::of(shown).same_on_blank(SgrStyle::of(cell)))
            }
            _ => false,
        }
    }

    /// Returns true if the rest of the row is empty.
    pub(super) fn empty_from(&self, at: Position) -> bool {
        (at.x..self.size.width).all(|x| {
            let spot = self.spot(Position { x, ..at });
            matches!(spot, Some(ScreenCell::Shown(cell)) if is_blank(cell) && SgrStyle::of(cell).leaves_blank_empty())
        })
    }

    /// The bytes that write the cells from `at` up to the column `end` again, if they are known, one column wide and in
    /// this style.
    pub(super) fn text(&self, at: Position, end: u16, pen: SgrStyle) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        for x in at.x..end {
            let Some(ScreenCell::Shown(cell)) = self.spot(Position { x, ..at }) else { return None };
            let same = if is_blank(cell) { SgrStyle::of(cell).same_on_blank(pen) } else { SgrStyle::of(cell) == pen };
            // Nothing but ASCII: a longer letter is no shorter than a command, and its width no surer.
            if !same || !cell.symbol().is_ascii() {
                return None;
            }
            text.extend(cell.symbol().as_bytes());
        }
        Some(text)
    }

    /// Records that `cell`, `width` columns wide, was written. Returns the adjacent column that holds the other half
    /// of an overwritten wide character, because terminals differ in what they show there.
    pub(super) fn write(&mut self, at: Position, cell: Cell, width: u16) -> Option<u16> {
        let end = at.x.saturating_add(width);
        if matches!(self.spot(at), Some(ScreenCell::Covered)) && at.x > 0 {
            self.put(Position { x: at.x - 1, ..at }, ScreenCell::Unknown);
        }
        let cut = matches!(self.spot(Position { x: end, ..at }), Some(ScreenCell::Covered)).then_some(end);
        self.put(at, ScreenCell::Shown(cell));
        for x in at.x + 1..end {
            self.put(Position { x, ..at }, ScreenCell::Covered);
        }
        if let Some(x) = cut {
            self.put(Position { x, ..at }, ScreenCell::Unknown);
        }
        cut
    }

    /// Notes that a part of the row was erased.
    pub(super) fn erase(&mut self, at: Position, end: u16) {
        for x in at.x..end {
            self.put(Position { x, ..at }, ScreenCell::Shown(Cell::EMPTY));
        }
    }

    fn spot(&self, at: Position) -> Option<&ScreenCell> {
        if self.contains(at) { self.spots.get(self.index(at)) } else { None }
    }

    fn put(&mut self, at: Position, spot: ScreenCell) {
        if self.contains(at) {
            let index = self.index(at);
            self.spots[index] = spot;
        }
    }

    fn index(&self, at: Position) -> usize {
        usize::from(at.y) * usize::from(self.size.width) + usize::from(at.x)
    }
}

/// Returns true if the cell shows only its background.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " "
}
