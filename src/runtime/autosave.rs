//! Saves the session in the background: one writer, the newest state wins, and the last state is written before the
//! program ends.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::tell;
use crate::app::{Message, Progress};

/// Saves a session's progress and returns the error if that fails. Called on a blocking thread.
pub type SaveProgress = Arc<dyn Fn(&Progress) -> Result<(), String> + Send + Sync>;

/// Background task that saves.
pub struct Autosave {
    to: UnboundedSender<Progress>,
    task: JoinHandle<()>,
}

impl Autosave {
    /// Starts the task.
    pub fn new(keeper: SaveProgress, post: UnboundedSender<Message>) -> Self {
        let (to, from) = unbounded_channel();
        Self { to, task: tokio::spawn(work(keeper, from, post)) }
    }

    /// Schedules a state for saving.
    pub fn keep(&self, progress: Progress) {
        // The task ends only with its sender.
        let _ = self.to.send(progress);
    }

    /// Waits until the last state is saved.
    pub async fn finish(self) {
        drop(self.to);
        // A keeper that broke has nothing more to wait for.
        let _ = self.task.await;
    }
}

async fn work(keeper: SaveProgress, mut from: UnboundedReceiver<Progress>, post: UnboundedSender<Message>) {
    let mut failed = None;
    while let Some(mut newest) = from.recv().await {
        while let Ok(newer) = from.try_recv() {
            newest = newer;
        }
        let keeper = Arc::clone(&keeper);
        let kept = tokio::task::spawn_blocking(move || keeper(&newest)).await;
        let kept = kept.unwrap_or_else(|_| Err("Internal error while saving. This is a bug in halo-onboard.".into()));
        // The same reason is told once, however often it is tried.
        match kept {
            Err(reason) if failed.as_ref() != Some(&reason) => {
                failed = Some(reason.clone());
                tell(&post, Message::KeepFailed(reason));
            }
            Ok(()) if failed.take().is_some() => tell(&post, Message::KeptAgain),
            _ => {}
        }
    }
}
