//! Handling of SIGHUP, SIGINT, SIGQUIT and SIGTERM, and of what Windows has in their place. The first signal stops the command gracefully; a second signal, or
//! one second without an end, exits the process.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{Notify, oneshot};

use crate::headless::Interrupt;
use crate::platform::EndSignal;
use crate::platform::signals::EndSignals;

/// Time limit for a graceful stop.
const PATIENCE: Duration = Duration::from_secs(1);

/// Redirects Ctrl-C to a part of the program that handles it itself, such as the watch of plain mode. While redirected,
/// Ctrl-C notifies the waiter and does not end the program.
#[derive(Default)]
pub struct CtrlCGuard {
    spares: AtomicBool,
    told: Notify,
}

impl CtrlCGuard {
    /// Starts (`true`) or ends (`false`) the redirection.
    pub fn redirect_ctrl_c(&self, spares: bool) {
        // Drops a notification that arrived after the last waiter had left.
        let _ = self.told.notified().now_or_never();
        self.spares.store(spares, Ordering::Relaxed);
    }

    /// Waits for a redirected Ctrl-C.
    pub async fn redirected_ctrl_c(&self) {
        self.told.notified().await;
    }
}

/// Installs the signal handlers. The listener is a separate task, so that it can exit the process even while the
/// command is blocked in a write.
///
/// # Errors
/// The operating system does not accept a signal handler.
pub fn interrupt() -> io::Result<Interrupt> {
    interrupt_but(Arc::new(CtrlCGuard::default()))
}

/// Like [`interrupt`], except for a Ctrl-C that the guard redirects.
///
/// # Errors
/// The operating system does not accept a signal handler.
pub fn interrupt_but(spared: Arc<CtrlCGuard>) -> io::Result<Interrupt> {
    let mut signals = EndSignals::listen()?;
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(async move {
        let signal = loop {
            match signals.next().await {
                EndSignal::Interrupt if spared.spares.load(Ordering::Relaxed) => spared.told.notify_one(),
                signal => break signal,
            }
        };
        // The receiver is gone if the command has just ended by itself.
        let _ = sender.send(signal.exit_status());
        let insists = tokio::select! {
            second = signals.next() => second,
            () = tokio::time::sleep(PATIENCE) => signal,
        };
        std::process::exit(insists.exit_status().into());
    });
    Ok(Box::pin(async move {
        match receiver.await {
            Ok(status) => status,
            Err(_) => std::future::pending().await,
        }
    }))
}
