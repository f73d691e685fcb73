//! A small program on the terminal's owner and the watcher, as the interface uses them.

use std::process::Command;

use crossterm::event::{Event, EventStream, KeyCode};
use futures_util::StreamExt;
use halo_onboard::tui::terminal::{Ending, Terminal};
use halo_onboard::tui::watcher::{Notice, Watcher};
use ratatui::Frame;
use ratatui::widgets::Paragraph;
use tokio::sync::mpsc::UnboundedReceiver;

/// Runs it and ends the process.
pub fn run(mode: &str) -> ! {
    let (_watcher, notices) = Watcher::spawn().expect("a watcher");
    let terminal = Terminal::enter().expect("a terminal");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let status = match mode {
        "stuck" => stuck(terminal, notices),
        "floods" => flood(terminal),
        _ => runtime.block_on(obey(terminal, notices)),
    };
    if mode == "saves" {
        std::process::Command::new("/bin/echo").arg("saved").status().expect("echo");
    }
    std::process::exit(status)
}

fn view(text: &str) -> impl FnOnce(&mut Frame<'_>) {
    move |frame| frame.render_widget(Paragraph::new(text), frame.area())
}

fn first_frame(terminal: &mut Terminal, text: &str) {
    terminal.draw(view(&format!("pid={} {text}", std::process::id()))).expect("drawn");
}

async fn obey(mut terminal: Terminal, mut notices: UnboundedReceiver<Notice>) -> i32 {
    let mut events = EventStream::new();
    let mut text = "ready".to_owned();
    loop {
        first_frame(&mut terminal, &text);
        tokio::select! {
            notice = notices.recv() => match notice {
                Some(Notice::Ending(ending)) => return ending.exit_status().into(),
                Some(Notice::Suspend) => terminal.suspend().expect("suspended"),
                Some(Notice::Continued) => terminal.continued().expect("continued"),
                None => return 99,
            },
            event = events.next() => match event {
                Some(Ok(Event::Key(key))) => match key.code {
                    KeyCode::Char('q') => return 0,
                    KeyCode::Char('e') => return 1,
                    KeyCode::Char('p') => panic!("canary: this may quote a secret"),
                    KeyCode::Char('z') => terminal.suspend().expect("suspended"),
                    KeyCode::Char('t') => {
                        assert!(std::thread::spawn(|| panic!("canary")).join().is_err());
                        text = "a task broke".into();
                    }
                    KeyCode::Char('l') => {
                        drop(events);
                        text = format!("lent: {}", terminal.lend(ask_for_a_pin).expect("lent"));
                        events = EventStream::new();
                    }
                    _ => {}
                },
                Some(Ok(Event::Resize(..))) => terminal.forget(),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return 98,
            },
        }
    }
}

/// A child that asks on the terminal, as `age` and `gpg` do.
fn ask_for_a_pin() -> String {
    let status = Command::new("/bin/sh").args(["-c", "printf PIN:; read pin; exit $pin"]).status().expect("a shell");
    status.code().map_or_else(|| "interrupted".into(), |code| code.to_string())
}

/// Hears the ending and does nothing about it.
fn stuck(mut terminal: Terminal, mut notices: UnboundedReceiver<Notice>) -> i32 {
    first_frame(&mut terminal, "ready");
    // As the interface does, so that crossterm reads the terminal in a thread of its own.
    std::thread::spawn(|| while crossterm::event::read().is_ok() {});
    while let Some(notice) = notices.blocking_recv() {
        if matches!(notice, Notice::Ending(Ending::Signal(_))) {
            terminal.send("\x1b]2;told\x07").expect("sent");
        }
    }
    97
}

/// Writes without end.
fn flood(mut terminal: Terminal) -> i32 {
    first_frame(&mut terminal, "ready");
    for turn in 0_u64.. {
        let text = format!("pid={} ready {}", std::process::id(), turn.to_string().repeat(200));
        if terminal.draw(view(&text)).is_err() {
            return 96;
        }
    }
    95
}
