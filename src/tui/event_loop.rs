//! The main loop: drain what waits, fold it into the state, perform what follows, draw once.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crossterm::event::Event;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};
use zeroize::Zeroizing;

use super::keyboard::Keyboard;
use super::keymap::Binding;
use super::screen_contents::ScreenContents;
use super::signal_watcher::{SignalEvent, Watcher, ending_behind_an_error};
use super::suspend_aware_clock::Clock;
use super::terminal::{Ending, Terminal};
use super::theme::Theme;
use super::{input, view, view_contents};
use crate::app::{Action, Effect, Message, Outcome, Start, State, update};
use crate::runtime::{Runtime, RuntimeParts, StopCommand};
use crate::secret::Secret;

/// Shortest time between two frames: over a slow line a flood of events must not become a flood of frames.
const FRAME: Duration = Duration::from_millis(33);
/// Time limit for requested writes (reports, secrets) after the operator has left. Allows for a slow disk or a busy
/// keychain.
const WRITES: Duration = Duration::from_secs(10);
/// The same when the program is ended from outside: the watcher ends it in less than a second.
const WRITES_AT_AN_ENDING: Duration = Duration::from_millis(400);
/// Time limit for a stopped command to end.
const STOPPING: Duration = Duration::from_millis(200);
/// Clock interval while the screen shows seconds.
const SECOND: Duration = Duration::from_secs(1);

/// Options of the interface.
pub struct Options {
    /// The initial data.
    pub start: Start,
    /// The dependencies of the effects.
    pub parts: RuntimeParts,
    /// Plain ASCII even on a UTF-8 terminal.
    pub ascii: bool,
    /// The table of keys.
    pub keys: &'static [Binding],
}

/// Runs the interface until the operator leaves it. Nothing is sent before the operator asks.
///
/// # Errors
/// The terminal cannot be taken, read or written.
pub async fn run(options: Options) -> io::Result<Outcome> {
    let (post, inbox) = unbounded_channel();
    let (_watcher, notices) = Watcher::spawn()?;
    let session = EventLoop {
        state: State::new(options.start, time_of_day_ms()),
        runtime: Runtime::new(options.parts, post),
        theme: Theme::for_locale(options.ascii).with_keys(options.keys),
        terminal: Terminal::enter()?,
        clock: Clock::new(),
        over: None,
        secret_command: None,
        suspending: false,
    };
    session.run(inbox, notices).await
}

struct EventLoop {
    state: State,
    runtime: Runtime,
    theme: Theme,
    terminal: Terminal,
    clock: Clock,
    over: Option<ExitReason>,
    /// Order number of the command that must get the terminal to print the secret.
    secret_command: Option<u64>,
    /// True if the process should be stopped until `fg`.
    suspending: bool,
}

/// Reason why the interface ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExitReason {
    /// The operator leaves.
    Left,
    /// A signal, or the terminal went away.
    Ended(Ending),
}

impl EventLoop {
    async fn run(
        mut self,
        mut inbox: UnboundedReceiver<Message>,
        mut notices: UnboundedReceiver<SignalEvent>,
    ) -> io::Result<Outcome> {
        let mut ended = self.event_loop(&mut inbox, &mut notices).await;
        if ended.is_err() {
            // The terminal is gone: the session is kept all the same.
            let _ = self.handle_message(Message::Ending);
            // The reason may have been heard before the error came of it.
            if self.over.is_none() {
                self.over = ending_behind_an_error(&mut notices).await.map(ExitReason::Ended);
            }
            if self.over.is_some() {
                ended = Ok(());
            }
        }
        let Self { mut state, runtime, terminal, over, .. } = self;
        drop(terminal);
        let limit = if matches!(over, Some(ExitReason::Ended(_))) { WRITES_AT_AN_ENDING } else { WRITES };
        let undone = runtime.finish(limit).await;
        let messages = std::iter::from_fn(|| inbox.try_recv().ok());
        let mut outcome = state.outcome_with(messages, &undone);
        // To leave is no failure, whatever was found; `check` is for whoever wants a verdict as an exit status.
        outcome.exit_status = match over {
            Some(ExitReason::Ended(ending)) => ending.exit_status(),
            _ => 0,
        };
        ended.map(|()| outcome)
    }

    /// Turn after turn: draw, wait, take in all that came.
    async fn event_loop(
        &mut self,
        inbox: &mut UnboundedReceiver<Message>,
        notices: &mut UnboundedReceiver<SignalEvent>,
    ) -> io::Result<()> {
        self.handle_message(Message::Began)?;
        let mut keyboard = Keyboard::new()?;
        let (mut events, mut messages) = (VecDeque::new(), VecDeque::new());
        // Something changed since the last frame; when the next one is due.
        let (mut changed, mut due) = (true, Instant::now());
        while self.over.is_none() {
            if let Some(order) = self.secret_command.take() {
                // Nothing else may read from the terminal while the command has it.
                drop(keyboard);
                self.run_command(order, notices).await?;
                if self.over.is_some() {
                    return Ok(());
                }
                keyboard = Keyboard::new()?;
                changed = true;
            }
            if std::mem::take(&mut self.suspending) {
                self.suspend().await?;
                // What was typed after Ctrl-Z has waited.
                self.handle_all(&mut messages, &mut events)?;
                changed = true;
            }
            if changed && Instant::now() >= due {
                self.draw()?;
                (changed, due) = (false, Instant::now() + FRAME);
            }
            let forgets = self.state.forgets_at_ms().map(|at| self.clock.at(at));
            tokio::select! {
                biased;
                Some(notice) = notices.recv() => self.handle_signal(notice)?,
                event = keyboard.next() => events.push_back(event?),
                message = inbox.recv() => messages.extend(message),
                () = sleep_until(due), if changed => continue,
                () = sleep(SECOND), if self.state.needs_clock() => {}
                () = sleep_until(forgets.unwrap_or(due)), if forgets.is_some() => {}
            }
            events.extend(std::iter::from_fn(|| keyboard.waiting()));
            while let Ok(message) = inbox.try_recv() {
                messages.push_back(message);
            }
            self.handle_all(&mut messages, &mut events)?;
            changed = true;
        }
        Ok(())
    }

    /// Handles a signal. An ending saves the session; a terminal that has gone away is not written to.
    fn handle_signal(&mut self, notice: SignalEvent) -> io::Result<()> {
        match notice {
            SignalEvent::Ending(ending) => {
                self.handle_message(Message::Ending)?;
                self.over = Some(ExitReason::Ended(ending));
                Ok(())
            }
            SignalEvent::Suspend => self.handle_message(Message::Act(Action::Suspend)),
            SignalEvent::Continued => self.terminal.continued(),
        }
    }

    /// Folds everything that came into the state and performs what follows.
    fn handle_all(&mut self, messages: &mut VecDeque<Message>, events: &mut VecDeque<Event>) -> io::Result<()> {
        let now = self.clock.now_ms();
        self.handle_message(Message::Clock(now))?;
        for message in messages.drain(..) {
            self.handle_message(message)?;
        }
        while !self.suspending {
            let Some(message) = input::next(events, self.state.context(), self.theme.keys) else { break };
            if matches!(message, Message::Resized) {
                self.terminal.forget();
            }
            self.handle_message(message)?;
        }
        Ok(())
    }

    fn handle_message(&mut self, message: Message) -> io::Result<()> {
        for effect in update(&mut self.state, message) {
            if let Some(effect) = self.runtime.perform(effect) {
                self.perform(effect)?;
            }
        }
        Ok(())
    }

    /// Performs what only the terminal's owner can.
    fn perform(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Clipboard(text) => self.terminal.send(&osc52(&text)),
            Effect::Bell => self.terminal.send("\x07"),
            Effect::Redraw => {
                self.terminal.forget();
                Ok(())
            }
            Effect::Suspend => {
                self.suspending = Terminal::can_suspend();
                Ok(())
            }
            Effect::AskCommand { order } => {
                self.secret_command = Some(order);
                Ok(())
            }
            Effect::Quit => {
                self.over = Some(ExitReason::Left);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Stops the process until `fg`, after all requests have ended. A stopped process would hold requests open and
    /// keep the token in memory.
    async fn suspend(&mut self) -> io::Result<()> {
        self.handle_message(Message::Suspending)?;
        self.runtime.quiet().await;
        // The secret is hidden already; the last frame must not show it while the process is stopped.
        self.draw()?;
        self.terminal.suspend()
    }

    /// Lends the terminal to the command that prints the secret, because it may ask for a PIN. An ending in the
    /// meantime saves the session and stops the command.
    async fn run_command(&mut self, order: u64, notices: &mut UnboundedReceiver<SignalEvent>) -> io::Result<()> {
        let Some(commander) = self.runtime.commander() else { return Ok(()) };
        let stop = StopCommand::default();
        let stopped = stop.clone();
        self.terminal.release_terminal();
        let mut work = tokio::task::spawn_blocking(move || commander(&stopped));
        let outcome = loop {
            tokio::select! {
                biased;
                Some(notice) = notices.recv() => if let SignalEvent::Ending(_) = notice {
                    self.handle_signal(notice)?;
                    stop.stop();
                    // What it says now nobody needs: the program ends.
                    let _ = tokio::time::timeout(STOPPING, work).await;
                    return Ok(());
                },
                done = &mut work => break done,
            }
        };
        self.terminal.reclaim_terminal()?;
        let broke = |_| Err("Internal error while running the command. This is a bug in halo-onboard.".to_owned());
        self.handle_message(Message::Commanded { order, outcome: outcome.unwrap_or_else(broke) })
    }

    fn draw(&mut self) -> io::Result<()> {
        let contents = ScreenContents::new(self.terminal.area()?, &self.state, self.theme);
        let room = contents.viewports(&self.state, self.theme);
        if room != self.state.room {
            self.handle_message(Message::Viewports(room))?;
        }
        let Self { terminal, state, theme, .. } = self;
        terminal.draw(|frame| {
            if frame.area() == contents.area {
                view_contents(&contents, state, *theme, frame);
            } else {
                // Resized since the size was read: the notice of it brings another frame.
                view(state, *theme, frame);
            }
        })
    }
}

/// Milliseconds since midnight, here.
fn time_of_day_ms() -> u64 {
    let time = jiff::Timestamp::now().to_zoned_datetime(zone()).time();
    let hours = [(time.hour(), 3600), (time.minute(), 60), (time.second(), 1)];
    hours.into_iter().map(|(count, seconds)| count as u64 * seconds * 1000).sum()
}

/// Time zone of this machine. Without `TZ` it is read from one file. A lookup by name would first list all zones of
/// thirty directories, a fifth of the time to the first frame.
fn zone() -> jiff::tz::TimeZone {
    let file = || std::fs::read("/etc/localtime").ok();
    let unnamed = || jiff::tz::TimeZone::tzif("local", &file()?).ok();
    let named = std::env::var_os("TZ").is_some();
    unnamed().filter(|_| !named).unwrap_or_else(jiff::tz::TimeZone::system)
}

/// The sequence that asks a terminal to take a text into its clipboard.
fn osc52(text: &Secret) -> Zeroizing<String> {
    let coded = Zeroizing::new(STANDARD.encode(text.expose()));
    Zeroizing::new(format!("\x1b]52;c;{}\x07", coded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipboard_text_is_coded() {
        assert_eq!(osc52(&Secret::new("path > to".into())).as_str(), "\x1b]52;c;cGF0aCA+IHRv\x07");
    }
}
