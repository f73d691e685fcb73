//! The floor: what a program costs that only draws a number with ratatui and crossterm, waits for a key and counts it. Built
//! the same way as the program itself; `scripts/bench start` and `scripts/bench latency` compare the two. `q` ends it.

use ratatui::crossterm::event::{self, Event, KeyCode};
use ratatui::widgets::{Block, Paragraph};

fn main() -> std::io::Result<()> {
    let mut terminal = ratatui::init();
    let mut keys = 0;
    let done = loop {
        terminal.draw(|frame| {
            frame.render_widget(Paragraph::new(format!("{keys} keys")).block(Block::bordered()), frame.area());
        })?;
        match event::read() {
            Ok(Event::Key(key)) if key.code == KeyCode::Char('q') => break Ok(()),
            Ok(Event::Key(_)) => keys += 1,
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    ratatui::restore();
    done
}
