//! A small program on the terminal's owner and the watcher, as the interface uses them.

use std::io;
use std::process::Command;

use crossterm::event::{Event, KeyCode};
use halo_onboard::tui::keyboard::Keyboard;
use halo_onboard::tui::signal_watcher::{SignalEvent, Watcher, ending_behind_an_error};
use halo_onboard::tui::terminal::{Ending, Terminal};
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
        _ => runtime.block_on(live(terminal, notices)),
    };
    if mode == "saves" {
        std::process::Command::new("/bin/echo").arg("saved").status().expect("echo");
    }
    std::process::exit(status)
}

fn view(text: &str) -> impl FnOnce(&mut Frame<'_>) {
    move |frame| frame.render_widget(Paragraph::new(text), frame.area())
}

fn frame(terminal: &mut Terminal, text: &str) -> io::Result<()> {
    terminal.draw(view(&format!("pid={} {text}", std::process::id())))
}

async fn live(mut terminal: Terminal, mut notices: UnboundedReceiver<SignalEvent>) -> i32 {
    match obey(&mut terminal, &mut notices).await {
        Ok(status) => status,
        Err(_) => ending_behind_an_error(&mut notices).await.map_or(99, |ending| ending.exit_status().into()),
    }
}

async fn obey(terminal: &mut Terminal, notices: &mut UnboundedReceiver<SignalEvent>) -> io::Result<i32> {
    let mut events = Keyboard::new()?;
    let mut text = "ready".to_owned();
    loop {
        frame(terminal, &text)?;
        tokio::select! {
            notice = notices.recv() => match notice {
                Some(SignalEvent::Ending(ending)) => return Ok(ending.exit_status().into()),
                Some(SignalEvent::Suspend) => terminal.suspend()?,
                Some(SignalEvent::Continued) => terminal.continued()?,
                None => return Ok(98),
            },
            event = events.next() => match event {
                Ok(Event::Key(key)) => match key.code {
                    KeyCode::Char('q') => return Ok(0),
                    KeyCode::Char('e') => return Ok(1),
                    KeyCode::Char('p') => panic!("canary: this may quote a secret"),
                    KeyCode::Char('z') => terminal.suspend()?,
                    KeyCode::Char('t') => {
                        assert!(std::thread::spawn(|| panic!("canary")).join().is_err());
                        text = "a task broke".into();
                    }
                    KeyCode::Char('l') => {
                        drop(events);
                        text = format!("lent: {}", terminal.release_while(ask_for_a_pin)?);
                        events = Keyboard::new()?;
                    }
                    _ => {}
                },
                Ok(Event::Resize(..)) => terminal.forget(),
                Ok(_) => {}
                Err(error) => return Err(error),
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
fn stuck(mut terminal: Terminal, mut notices: UnboundedReceiver<SignalEvent>) -> i32 {
    frame(&mut terminal, "ready").expect("drawn");
    // As the interface does: the keyboard is read, and a terminal that is gone must not make it spin.
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut keyboard = Keyboard::new().expect("a keyboard");
            while keyboard.next().await.is_ok() {}
        });
    });
    while let Some(notice) = notices.blocking_recv() {
        if matches!(notice, SignalEvent::Ending(Ending::Signal(_))) {
            // On a terminal that is gone nobody sees it.
            let _ = terminal.send("\x1b]2;told\x07");
        }
    }
    97
}

/// Writes without end.
fn flood(mut terminal: Terminal) -> i32 {
    frame(&mut terminal, "ready").expect("drawn");
    for turn in 0_u64.. {
        let text = format!("pid={} ready {}", std::process::id(), turn.to_string().repeat(200));
        if terminal.draw(view(&text)).is_err() {
            return 96;
        }
    }
    95
}
