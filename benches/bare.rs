//! The floor: what a program costs that only draws something with ratatui and crossterm and waits for a key. Built the
//! same way as the program itself; `scripts/bench start` compares the two.

use ratatui::crossterm::event::{self, Event};
use ratatui::widgets::{Block, Paragraph};

fn main() -> std::io::Result<()> {
    let mut terminal = ratatui::init();
    let done = loop {
        terminal.draw(|frame| {
            frame.render_widget(Paragraph::new("bare").block(Block::bordered()), frame.area());
        })?;
        match event::read() {
            Ok(Event::Key(_)) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    ratatui::restore();
    done
}
