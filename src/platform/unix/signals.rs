//! Signals that end, stop or continue the process.

use std::io;

use rustix::process::{Signal as Number, getpid, kill_current_process_group, kill_process};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::platform::EndSignal;

/// SIGHUP, SIGINT, SIGQUIT and SIGTERM. While a value exists, they do nothing by themselves.
#[derive(Debug)]
pub struct EndSignals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    quit: Signal,
}

impl EndSignals {
    /// Starts to listen. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system does not accept a signal handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> EndSignal {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => EndSignal::Terminate,
            _ = self.hang_up.recv() => EndSignal::HangUp,
            _ = self.interrupt.recv() => EndSignal::Interrupt,
            _ = self.quit.recv() => EndSignal::Quit,
        }
    }
}

/// Job control by a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobControlSignal {
    /// SIGTSTP: stop.
    Stop,
    /// SIGCONT: the process was continued.
    Continue,
}

/// SIGTSTP and SIGCONT. While a value exists, SIGTSTP does nothing by itself.
#[derive(Debug)]
pub struct JobControlSignals {
    stop: Signal,
    go_on: Signal,
}

impl JobControlSignals {
    /// Starts to listen. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system does not accept a signal handler.
    pub fn listen() -> io::Result<Self> {
        let listen = |number: Number| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self { stop: listen(Number::TSTP)?, go_on: listen(Number::CONT)? })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> JobControlSignal {
        tokio::select! {
            biased;
            _ = self.stop.recv() => JobControlSignal::Stop,
            _ = self.go_on.recv() => JobControlSignal::Continue,
        }
    }
}

/// Changes of the terminal's size.
#[derive(Debug)]
pub struct ResizeSignal(Signal);

impl ResizeSignal {
    /// Starts to listen. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system does not accept a signal handler.
    pub fn listen() -> io::Result<Self> {
        signal(SignalKind::window_change()).map(Self)
    }

    /// Waits for the next change.
    pub async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// Stops this process until somebody continues it.
pub fn stop_this_process() {
    // Nothing is left to tell anybody when the system refuses.
    let _ = kill_process(getpid(), Number::STOP);
}

/// Stops this process and those that were started with it (a wrapper, a pipeline). Returns true if the system does.
pub fn stop_process_group() -> bool {
    kill_current_process_group(Number::STOP).is_ok()
}
