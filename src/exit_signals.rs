//! Signals end a command in order: the first asks, the second or a second of waiting insists.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, oneshot};

use crate::headless::Interrupt;

/// How long the orderly way may take.
const PATIENCE: Duration = Duration::from_secs(1);

struct Signals {
    hang_up: Signal,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The exit status of the next signal: 128 and its number.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.hang_up.recv() => 129,
            _ = self.interrupt.recv() => 130,
            _ = self.quit.recv() => 131,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// Ctrl-C may be meant for something smaller than the program: while it is spared, it is told here instead.
#[derive(Default)]
pub struct CtrlCGuard {
    spares: AtomicBool,
    told: Notify,
}

impl CtrlCGuard {
    /// From now on Ctrl-C is told here, or ends the program again.
    pub fn spare(&self, spares: bool) {
        // One that came when nobody waited for it any more is no matter.
        let _ = self.told.notified().now_or_never();
        self.spares.store(spares, Ordering::Relaxed);
    }

    /// Waits for a Ctrl-C while it is spared.
    pub async fn told(&self) {
        self.told.notified().await;
    }
}

/// Listens from now on. The listener is a task of its own, so that it insists even while the command is stuck in a write.
///
/// # Errors
/// The system refuses a handler.
pub fn interrupt() -> io::Result<Interrupt> {
    interrupt_but(Arc::new(CtrlCGuard::default()))
}

/// The same, but for a Ctrl-C that is spared.
///
/// # Errors
/// The system refuses a handler.
pub fn interrupt_but(spared: Arc<CtrlCGuard>) -> io::Result<Interrupt> {
    let mut signals = Signals::listen()?;
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(async move {
        let status = loop {
            match signals.next().await {
                130 if spared.spares.load(Ordering::Relaxed) => spared.told.notify_one(),
                status => break status,
            }
        };
        // The command may have ended by itself just now.
        let _ = sender.send(status);
        let insists = tokio::select! {
            status = signals.next() => status,
            () = tokio::time::sleep(PATIENCE) => status,
        };
        std::process::exit(insists.into());
    });
    Ok(Box::pin(async move {
        match receiver.await {
            Ok(status) => status,
            Err(_) => std::future::pending().await,
        }
    }))
}
