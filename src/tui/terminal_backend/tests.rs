//! What is written is applied to a terminal model, and the model's cells are compared with those of the frame.

use ratatui::backend::Backend;
use ratatui::buffer::Cell;
use std::io;
use std::io::Write;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::widgets::{Block, List, ListState, Paragraph};
use ratatui::{Frame, Terminal};

use super::frame_encoder::{SYNCHRONIZED_BEGIN, SYNCHRONIZED_END};
use super::*;
use ratatui::backend::{ClearType, WindowSize};
use ratatui::layout::{Position, Size};

/// Keeps each piece that is written.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<Vec<u8>>>>);

impl Wire {
    fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.lock().expect("one thread"))
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("one thread").push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps what the model does not understand, and every line that was scrolled away.
#[derive(Default)]
struct UnhandledOutput(Vec<String>);

impl vt100::Callbacks for UnhandledOutput {
    fn unhandled_char(&mut self, _: &mut vt100::Screen, c: char) {
        self.0.push(format!("character {c:?}"));
    }

    fn unhandled_control(&mut self, _: &mut vt100::Screen, byte: u8) {
        self.0.push(format!("control {byte}"));
    }

    fn unhandled_escape(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, byte: u8) {
        self.0.push(format!("escape {byte}"));
    }

    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        letter: char,
    ) {
        if (first, parameters) != (Some(b'?'), &[&[2026]]) {
            self.0.push(format!("{first:?} {parameters:?} {letter}"));
        }
    }

    fn on_scroll(&mut self, _: vt100::capture::RowContents<'_>, _: bool) {
        self.0.push("scrolled".into());
    }
}

/// A ratatui terminal on our backend, and the model of what its user sees.
struct Bench {
    terminal: Terminal<MinimalBackend<Wire>>,
    size: Arc<Mutex<Size>>,
    wire: Wire,
    model: vt100::Parser<UnhandledOutput>,
    colours: bool,
}

impl Bench {
    fn new(width: u16, height: u16, colours: bool) -> Self {
        let wire = Wire::default();
        let size = Arc::new(Mutex::new(Size { width, height }));
        let asked = Arc::clone(&size);
        let query = Box::new(move || {
            Ok(WindowSize { columns_rows: *asked.lock().expect("one thread"), pixels: Size::default() })
        });
        let backend = MinimalBackend::new(wire.clone(), query, colours).expect("the size is known");
        let mut terminal = Terminal::new(backend).expect("a terminal");
        terminal.clear().expect("nothing can fail");
        let model = vt100::Parser::new_with_callbacks(cells(height), cells(width), 0, UnhandledOutput::default());
        Self { terminal, size, wire, model, colours }
    }

    fn resize(&mut self, width: u16, height: u16) {
        *self.size.lock().expect("one thread") = Size { width, height };
        self.model.set_size(cells(height), cells(width));
        // What a resize does with the old lines is the terminal's business; the program forgets them.
        self.model.callbacks_mut().0.clear();
        self.terminal.clear().expect("nothing can fail");
    }

    /// Draws a frame, compares, and gives the bytes.
    fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Vec<u8> {
        let completed = self.terminal.draw(|frame| {
            view(frame);
            blank_half_covered_wide_characters(frame.buffer_mut());
        });
        let buffer = completed.expect("nothing can fail").buffer.clone();
        let pieces = self.wire.take();
        assert!(pieces.len() <= 1, "a frame goes out in one piece, not in {}", pieces.len());
        let bytes = pieces.concat();
        self.model.process(&bytes);
        if let Err(difference) = self.compare(&buffer) {
            panic!("{difference}\nafter {:?}", String::from_utf8_lossy(&bytes));
        }
        bytes
    }

    fn compare(&self, buffer: &Buffer) -> Result<(), String> {
        let strange = &self.model.callbacks().0;
        if !strange.is_empty() {
            return Err(format!("the terminal said: {strange:?}"));
        }
        for y in 0..buffer.area.height {
            let mut x = 0;
            while x < buffer.area.width {
                let wanted = cell_width::cell(&buffer[(x, y)], self.colours);
                let found = self.model.screen().cell(y, x).ok_or("no such cell")?;
                compare_cell(&wanted, found).map_err(|what| format!("at {x},{y}: {what}"))?;
                x += wanted.cell_width().max(1);
            }
        }
        Ok(())
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count.max(1)).expect("at least 1")
}

fn compare_cell(wanted: &Cell, found: &vt100::Cell) -> Result<(), String> {
    let text = if found.has_contents() { found.contents() } else { " " };
    if text != wanted.symbol() {
        return Err(format!("{text:?}, wanted {:?}", wanted.symbol()));
    }
    let marks = wanted.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED);
    let only_ground = wanted.symbol() == " " && !marks;
    // The model knows one intensity at a time.
    let unsaid = only_ground || wanted.modifier.contains(Modifier::BOLD | Modifier::DIM);
    let same = [
        found.bgcolor() == model_colour(wanted.bg),
        found.inverse() == wanted.modifier.contains(Modifier::REVERSED),
        found.underline() == wanted.modifier.contains(Modifier::UNDERLINED),
        only_ground || found.fgcolor() == model_colour(wanted.fg),
        unsaid || found.bold() == wanted.modifier.contains(Modifier::BOLD),
        unsaid || found.dim() == wanted.modifier.contains(Modifier::DIM),
        only_ground || found.italic() == wanted.modifier.contains(Modifier::ITALIC),
    ];
    if same == [true; 7] { Ok(()) } else { Err(format!("style {same:?} of {wanted:?}")) }
}

fn model_colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Reset => vt100::Color::Default,
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Red => vt100::Color::Idx(1),
        Color::Blue => vt100::Color::Idx(4),
        Color::Gray => vt100::Color::Idx(7),
        Color::DarkGray => vt100::Color::Idx(8),
        Color::LightGreen => vt100::Color::Idx(10),
        Color::White => vt100::Color::Idx(15),
        other => unreachable!("{other} is not drawn here"),
    }
}

/// One thing that happens between two comparisons.
#[derive(Clone, Debug)]
enum Act {
    Draw { pieces: Vec<(u16, u16, String, Style)>, cursor: Option<(u16, u16)>, keep: bool },
    Resize(u16, u16),
    Forget,
}

fn style() -> impl Strategy<Value = Style> {
    let colour = || {
        prop_oneof![
            4 => Just(Color::Reset),
            1 => prop::sample::select(vec![Color::Red, Color::Gray, Color::DarkGray, Color::LightGreen, Color::White]),
            1 => prop::sample::select(vec![Color::Indexed(99), Color::Rgb(1, 2, 3)]),
        ]
    };
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::REVERSED,
        Modifier::UNDERLINED | Modifier::ITALIC,
    ]);
    (colour(), colour(), modifier).prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

fn act() -> impl Strategy<Value = Act> {
    let text = prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "b",
            "-",
            " ",
            "     ",
            "                    ",
            "─",
            "é",
            "世",
            "e\u{301}",
            "👍",
            "❤\u{fe0f}",
        ]),
        1..12,
    )
    .prop_map(|parts| parts.concat());
    let pieces = prop::collection::vec((0_u16..24, 0_u16..7, text, style()), 0..8);
    prop_oneof![
        12 => (pieces, prop::option::of((0_u16..24, 0_u16..7)), any::<bool>())
            .prop_map(|(pieces, cursor, keep)| Act::Draw { pieces, cursor, keep }),
        1 => (1_u16..30, 1_u16..8).prop_map(|(width, height)| Act::Resize(width, height)),
        1 => Just(Act::Forget),
    ]
}

fn paint(buffer: &mut Buffer, pieces: &[(u16, u16, String, Style)]) {
    for (x, y, text, style) in pieces {
        if *x < buffer.area.width && *y < buffer.area.height {
            buffer.set_stringn(*x, *y, text, usize::from(buffer.area.width - x), *style);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_terminal_shows_what_was_drawn(acts in prop::collection::vec(act(), 1..12), colours in any::<bool>()) {
        let mut bench = Bench::new(24, 7, colours);
        let mut before = Vec::new();
        for act in acts {
            match act {
                Act::Resize(width, height) => bench.resize(width, height),
                Act::Forget => {
                    bench.model.process(b"\x1b[31;7mwritten by somebody else\x1b[3;3H");
                    bench.model.callbacks_mut().0.clear();
                    bench.terminal.backend_mut().forget();
                    bench.terminal.clear().expect("nothing can fail");
                }
                Act::Draw { pieces, cursor, keep } => {
                    // Most frames differ from the last in little.
                    if !keep { before.clear(); }
                    before.extend(pieces);
                    bench.draw(|frame| {
                        paint(frame.buffer_mut(), &before);
                        if let Some(cursor) = cursor {
                            frame.set_cursor_position(cursor);
                        }
                    });
                    let size = *bench.size.lock().expect("one thread");
                    let screen = bench.model.screen();
                    prop_assert_eq!(screen.hide_cursor(), cursor.is_none());
                    if let Some((x, y)) = cursor && x < size.width && y < size.height {
                        prop_assert_eq!(screen.cursor_position(), (y, x));
                    }
                }
            }
        }
    }
}

const ITEMS: u16 = 20;

/// Something like a screen of ours: two panes and a status line, a list with a selection.
fn screen(frame: &mut Frame<'_>, selected: usize, status: &str) {
    let area = frame.area();
    let [left, right] = [(0, 30), (30, area.width - 30)].map(|(x, width)| ratatui::layout::Rect {
        x,
        width,
        height: area.height - 1,
        ..area
    });
    let items = (0..ITEMS).map(|i| format!("step {i} of the set-up"));
    let list = List::new(items).block(Block::bordered().title("Steps")).highlight_style(Style::new().reversed());
    frame.render_stateful_widget(list, left, &mut ListState::default().with_selected(Some(selected)));
    let text = "What the guide says.\n\nConfiguration > Teams & Agents > Roles".cyan();
    frame.render_widget(Paragraph::new(text.to_string()).block(Block::bordered().title("Role".bold())), right);
    let bottom = ratatui::layout::Rect { y: area.height - 1, height: 1, ..area };
    frame.render_widget(Paragraph::new(status.to_owned()), bottom);
}

/// A patch without any waste: the letters of the changed cells, the row and column of each run of them, and four bytes
/// for each change of style.
fn lean_patch(old: &Buffer, new: &Buffer) -> usize {
    let updates = old.diff(new);
    let mut bytes = 0;
    let mut last: Option<(u16, u16, Style)> = None;
    for (x, y, cell) in updates {
        let adjoining = last.is_some_and(|(lx, ly, _)| ly == y && lx + 1 == x);
        let restyled = last.map_or(cell.style() != Cell::EMPTY.style(), |(.., style)| style != cell.style());
        let reach = if adjoining { 0 } else { format!("\x1b[{};{}H", y + 1, x + 1).len() };
        bytes += cell.symbol().len() + reach + if restyled { 4 } else { 0 };
        last = Some((x, y, cell.style()));
    }
    bytes
}

fn picture_of(selected: usize, status: &str) -> Buffer {
    let backend = ratatui::backend::TestBackend::new(100, 30);
    let mut terminal = Terminal::new(backend).expect("a terminal");
    terminal.draw(|frame| screen(frame, selected, status)).expect("nothing can fail").buffer.clone()
}

#[test]
fn a_first_frame_costs_at_most_a_tenth_more_than_a_lean_patch() {
    let mut bench = Bench::new(100, 30, true);
    let bytes = bench.draw(|frame| screen(frame, 3, "ready"));
    let new = picture_of(3, "ready");
    let lean = lean_patch(&Buffer::empty(new.area), &new);
    assert!(bytes.len() * 100 <= lean * 110, "{} bytes, a lean patch has {lean}", bytes.len());
    assert!(bytes.starts_with(SYNCHRONIZED_BEGIN) && bytes.ends_with(SYNCHRONIZED_END));
}

#[test]
fn a_moved_selection_costs_at_most_a_tenth_more_than_a_lean_patch() {
    let mut bench = Bench::new(100, 30, true);
    bench.draw(|frame| screen(frame, 3, "ready"));
    for (from, to) in [(3, 4), (4, 5), (5, 4), (4, 12)] {
        let bytes = bench.draw(|frame| screen(frame, to, "ready"));
        let lean = lean_patch(&picture_of(from, "ready"), &picture_of(to, "ready"));
        assert!(bytes.len() * 100 <= lean * 110, "{from} to {to}: {} bytes, a lean patch has {lean}", bytes.len());
    }
}

#[test]
fn a_typed_letter_costs_a_byte_and_nothing_costs_nothing() {
    let mut bench = Bench::new(100, 30, true);
    let field = |text: &'static str| {
        move |frame: &mut Frame<'_>| {
            screen(frame, 0, text);
            frame.set_cursor_position((u16::try_from(text.len()).expect("short"), 29));
        }
    };
    bench.draw(field("https://acm"));
    assert_eq!(bench.draw(field("https://acme")), b"e");
    assert_eq!(bench.draw(field("https://acme")), b"");
    let taken_back = bench.draw(field("https://acm"));
    assert!(taken_back.len() <= 4, "{taken_back:?}");
}

#[test]
fn colours_are_short_and_go_away_with_no_color() {
    let view = |frame: &mut Frame<'_>| frame.render_widget(Paragraph::new("x".red().on_blue().bold()), frame.area());
    let coloured = Bench::new(9, 1, true).draw(view);
    assert!(String::from_utf8_lossy(&coloured).contains("\x1b[1;31;44m"), "{coloured:?}");
    let plain = Bench::new(9, 1, false).draw(view);
    assert!(String::from_utf8_lossy(&plain).contains("\x1b[1mx"), "{plain:?}");
    assert!(!String::from_utf8_lossy(&plain).contains("31"), "{plain:?}");
}

#[test]
fn a_control_character_never_reaches_the_terminal() {
    for hostile in ["\x1b[2J", "\x07", "\u{9b}2J", "a\nb"] {
        let mut backend = Bench::new(9, 2, true);
        let bytes = backend.draw(|frame| {
            frame.buffer_mut()[(0, 0)].set_symbol(if hostile.len() == 1 { "\x07\x07" } else { hostile });
        });
        assert!(bytes.ends_with(b"?\x1b[?25l"), "{bytes:?}");
    }
}

#[test]
fn what_is_drawn_over_half_a_wide_character_is_seen() {
    let mut bench = Bench::new(6, 1, true);
    bench.draw(|frame| {
        frame.buffer_mut().set_string(0, 0, "世世世", Style::new());
        frame.buffer_mut().set_string(3, 0, "|", Style::new());
    });
    assert_eq!(bench.model.screen().contents(), "世 |世");
}

#[test]
fn every_cell_of_the_smallest_terminals_can_be_written() {
    for (width, height) in [(1, 1), (2, 1), (1, 3), (3, 2)] {
        let mut bench = Bench::new(width, height, true);
        for letter in ["a", "b"] {
            bench.draw(|frame| {
                let area = frame.area();
                for y in 0..area.height {
                    frame.buffer_mut().set_string(0, y, letter.repeat(area.width.into()), Style::new());
                }
            });
        }
    }
}

#[test]
fn a_part_is_cleared_and_the_rest_stays() {
    for (clear_type, wanted) in [
        (ClearType::All, ["    ", "    ", "    "]),
        (ClearType::AfterCursor, ["abcd", "e   ", "    "]),
        (ClearType::BeforeCursor, ["    ", "  gh", "ijkl"]),
        (ClearType::CurrentLine, ["abcd", "    ", "ijkl"]),
        (ClearType::UntilNewLine, ["abcd", "e   ", "ijkl"]),
    ] {
        let mut bench = Bench::new(4, 3, true);
        bench.draw(|frame| frame.render_widget(Paragraph::new("abcd\nefgh\nijkl"), frame.area()));
        let backend = bench.terminal.backend_mut();
        backend.set_cursor_position((1, 1)).expect("nothing can fail");
        backend.clear_region(clear_type).expect("nothing can fail");
        backend.flush().expect("nothing can fail");
        bench.model.process(&bench.wire.take().concat());
        let found: Vec<String> = bench.model.screen().rows(0, 4).map(|row| format!("{row:4}")).collect();
        assert_eq!(found, wanted, "{clear_type:?}");
    }
}

#[test]
fn lines_are_appended_at_the_cursor_and_scroll_at_the_end() {
    let mut bench = Bench::new(4, 3, true);
    bench.draw(|frame| frame.render_widget(Paragraph::new("a\nb\nc"), frame.area()));
    let backend = bench.terminal.backend_mut();
    backend.set_cursor_position((0, 1)).expect("nothing can fail");
    backend.append_lines(2).expect("nothing can fail");
    assert_eq!(backend.get_cursor_position().expect("known"), Position::new(0, 2));
    bench.model.process(&bench.wire.take().concat());
    let found: Vec<String> = bench.model.screen().rows(0, 4).collect();
    assert_eq!(found, ["b", "c", ""]);
}
