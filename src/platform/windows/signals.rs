//! Console events that end the process. Windows has no job control.

use std::io;

use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown,
};

use crate::platform::EndSignal;

/// Ctrl-C, Ctrl-Break, a closed console, the end of the login, and the shutdown. While a value exists, the first two do
/// nothing by themselves; after the other three Windows ends the process within seconds.
#[derive(Debug)]
pub struct EndSignals {
    shutdown: CtrlShutdown,
    logoff: CtrlLogoff,
    close: CtrlClose,
    ctrl_c: CtrlC,
    ctrl_break: CtrlBreak,
}

impl EndSignals {
    /// Starts to listen. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system does not accept a handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            shutdown: ctrl_shutdown()?,
            logoff: ctrl_logoff()?,
            close: ctrl_close()?,
            ctrl_c: ctrl_c()?,
            ctrl_break: ctrl_break()?,
        })
    }

    /// Waits for the next event.
    pub async fn next(&mut self) -> EndSignal {
        tokio::select! {
            biased;
            _ = self.shutdown.recv() => EndSignal::Terminate,
            _ = self.logoff.recv() => EndSignal::HangUp,
            _ = self.close.recv() => EndSignal::HangUp,
            _ = self.ctrl_c.recv() => EndSignal::Interrupt,
            _ = self.ctrl_break.recv() => EndSignal::Quit,
        }
    }
}

/// Job control by a shell: none on this system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobControlSignal {
    /// Never reported here.
    Stop,
    /// Never reported here.
    Continue,
}

/// The absent job control.
#[derive(Debug)]
pub struct JobControlSignals(());

impl JobControlSignals {
    /// Does nothing.
    ///
    /// # Errors
    /// None on this system.
    pub fn listen() -> io::Result<Self> {
        Ok(Self(()))
    }

    /// Waits for ever.
    pub async fn next(&mut self) -> JobControlSignal {
        std::future::pending().await
    }
}

/// Does nothing: Windows cannot stop a process until a shell continues it.
pub fn stop_this_process() {}

/// Does nothing and returns false.
pub fn stop_process_group() -> bool {
    false
}
