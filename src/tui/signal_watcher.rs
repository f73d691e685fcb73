//! Signal watcher: a thread that receives signals and detects the loss of the terminal, independently of the rest of
//! the program.
//!
//! It notifies the program, which saves and ends. If the program does not react, the watcher restores the terminal
//! and ends the process.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc as blocking};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::terminal::{Ending, terminal_modes};
use crate::platform::signals::{
    EndSignals, JobControlSignal, JobControlSignals, stop_process_group, stop_this_process,
};
use crate::platform::terminal::{InputTerminal, can_suspend};

/// Time for the program to save and end. Together with [`RESTORING`] it is below one second.
const GRACE: Duration = Duration::from_millis(700);
/// Time for the watcher to detect the loss of the terminal.
const HEARING: Duration = Duration::from_millis(70);
/// Time limit for restoring the terminal. A terminal stopped with Ctrl-S accepts no bytes.
const RESTORING: Duration = Duration::from_millis(200);
/// Time limit of [`stop_until_continued`] for the expected signal.
const CONTINUING: Duration = Duration::from_secs(1);

/// Event of the watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalEvent {
    /// Save and end now, with this ending's exit status; in a second the watcher does it.
    Ending(Ending),
    /// The process was asked to stop: call `Terminal::suspend`.
    Suspend,
    /// This process was continued: call `Terminal::continued`, then draw.
    Continued,
}

/// The running watcher; it lives as long as the process.
#[derive(Debug)]
pub struct Watcher(());

impl Watcher {
    /// Starts the watcher. From then on SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP and SIGCONT have no default effect.
    /// If the receiver was dropped, the program counts as finished and the next ending takes effect immediately.
    ///
    /// # Errors
    /// The system provides no thread or no signal.
    pub fn spawn() -> io::Result<(Self, mpsc::UnboundedReceiver<SignalEvent>)> {
        let (notices, receiver) = mpsc::unbounded_channel();
        let (gone, hang_up) = mpsc::channel(1);
        if let Ok(terminal) = InputTerminal::open() {
            thread("hang-up", move || wait_for_hang_up(&terminal, &gone))?;
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let watch = {
            let _context = runtime.enter();
            Watch { signals: Signals::new()?, hang_up, notices }
        };
        WATCHING.store(true, Ordering::Relaxed);
        thread("watcher", move || run(&runtime, watch))?;
        Ok((Self(()), receiver))
    }
}

/// The ending behind an error of the terminal. Usually the terminal has gone away and the watcher reports it a moment
/// later. `None` if it reports nothing; then the error has another cause.
pub async fn ending_behind_an_error(notices: &mut mpsc::UnboundedReceiver<SignalEvent>) -> Option<Ending> {
    let until = Instant::now() + HEARING;
    loop {
        match timeout_at(until, notices.recv()).await {
            Ok(Some(SignalEvent::Ending(ending))) => return Some(ending),
            Ok(Some(SignalEvent::Suspend | SignalEvent::Continued)) => {}
            Ok(None) | Err(_) => return None,
        }
    }
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.into()).stack_size(128 * 1024).spawn(work).map(|_| ())
}

/// Waits until the terminal has gone away, and reports it.
fn wait_for_hang_up(terminal: &InputTerminal, gone: &mpsc::Sender<()>) {
    if terminal.wait_until_gone() {
        let _ = gone.blocking_send(());
    }
}

/// One thing that the watcher hears.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReceivedSignal {
    End(Ending),
    Stop,
    Continue,
}

struct Signals {
    end: EndSignals,
    job_control: JobControlSignals,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { end: EndSignals::listen()?, job_control: JobControlSignals::listen()? })
    }

    async fn next(&mut self) -> ReceivedSignal {
        tokio::select! {
            // With the end of a terminal come SIGHUP and SIGCONT together: the end is told first.
            biased;
            signal = self.end.next() => ReceivedSignal::End(Ending::Signal(signal)),
            signal = self.job_control.next() => match signal {
                JobControlSignal::Stop => ReceivedSignal::Stop,
                JobControlSignal::Continue => ReceivedSignal::Continue,
            },
        }
    }
}

struct Watch {
    signals: Signals,
    hang_up: mpsc::Receiver<()>,
    notices: mpsc::UnboundedSender<SignalEvent>,
}

fn run(runtime: &Runtime, mut watch: Watch) {
    let ending = runtime.block_on(watch.until_the_end());
    leave(ending);
}

impl Watch {
    async fn next(&mut self) -> ReceivedSignal {
        tokio::select! {
            biased;
            Some(()) = self.hang_up.recv() => ReceivedSignal::End(Ending::HangUp),
            heard = self.signals.next() => heard,
        }
    }

    /// Returns when the process is to end.
    async fn until_the_end(&mut self) -> Ending {
        loop {
            match self.next().await {
                // A child has the terminal: these are for it.
                ReceivedSignal::End(Ending::Signal(signal))
                    if terminal_modes::is_released_to_child() && signal.is_from_keyboard() => {}
                ReceivedSignal::End(ending) => return self.end(ending).await,
                ReceivedSignal::Stop => {
                    let nobody_else =
                        terminal_modes::is_released_to_child() || self.notices.send(SignalEvent::Suspend).is_err();
                    if nobody_else && can_suspend() {
                        stop_this_process();
                    }
                }
                ReceivedSignal::Continue => {
                    note_continued();
                    let _ = self.notices.send(SignalEvent::Continued);
                }
            }
        }
    }

    /// Notifies the program. Returns when its time is over or the signal is repeated.
    async fn end(&mut self, ending: Ending) -> Ending {
        terminal_modes::end_abruptly();
        let until = Instant::now() + GRACE;
        if ending == Ending::HangUp {
            terminal_modes::terminal_is_gone();
        }
        if self.notices.send(SignalEvent::Ending(ending)).is_err() {
            return ending;
        }
        while let Ok(heard) = timeout_at(until, self.next()).await {
            match heard {
                ReceivedSignal::End(Ending::HangUp) => terminal_modes::terminal_is_gone(),
                // When a connection drops, the kernel and the shell both send SIGHUP: that is one ending, not two.
                ReceivedSignal::End(again) if again.exit_status() == 129 && ending.exit_status() == 129 => {}
                ReceivedSignal::End(_) => return ending,
                ReceivedSignal::Stop | ReceivedSignal::Continue => {}
            }
        }
        ending
    }
}

/// Restores the terminal within the time limit and ends the process.
fn leave(ending: Ending) -> ! {
    let (done, restored) = blocking::channel();
    let restoring = thread("restore", move || {
        terminal_modes::restore();
        let _ = done.send(());
    });
    if restoring.is_ok() {
        let _ = restored.recv_timeout(RESTORING);
    }
    std::process::exit(ending.exit_status().into())
}

static WATCHING: AtomicBool = AtomicBool::new(false);
static CONTINUED: (Mutex<u64>, Condvar) = (Mutex::new(0), Condvar::new());

fn continued() -> MutexGuard<'static, u64> {
    CONTINUED.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note_continued() {
    *continued() += 1;
    CONTINUED.1.notify_all();
}

/// Number of times this process was continued after a stop.
pub(super) fn times_continued() -> u64 {
    *continued()
}

/// Stops this process and those that were started with it (a wrapper, a pipeline), and returns when it was continued.
pub(super) fn stop_until_continued() {
    let before = times_continued();
    if !stop_process_group() || !WATCHING.load(Ordering::Relaxed) {
        return;
    }
    // The signal stops every thread, but this one perhaps a little later: it must not take the terminal before.
    let waited = CONTINUED.1.wait_timeout_while(continued(), CONTINUING, |now| *now == before);
    drop(waited.unwrap_or_else(PoisonError::into_inner));
}
