//! `check --record`: keeps the recording of the run and writes it.

use std::path::Path;
use std::sync::Arc;

use crate::domain::codes::Code;
use crate::domain::run_event::RunEvent;
use crate::domain::secret_text::{find_spelling, spellings};
use crate::headless::{Outcome, OutputStreams, Reporter, RunHeader};
use crate::recording;
use crate::secret::Secret;
use crate::session::command_error::CommandError;
use crate::store::recording_files;

/// Reporter that keeps the recording of the last run and forwards to another reporter.
pub struct RecordingKeeper<'a> {
    face: &'a mut dyn Reporter,
    recording: Option<Arc<str>>,
}

impl<'a> RecordingKeeper<'a> {
    /// Forwards to this reporter.
    pub fn new(face: &'a mut dyn Reporter) -> Self {
        Self { face, recording: None }
    }

    /// The recording of the last run, if it has one.
    pub fn recording(self) -> Option<Arc<str>> {
        self.recording
    }
}

impl Reporter for RecordingKeeper<'_> {
    fn opened(&mut self, opening: &RunHeader, to: &mut OutputStreams) {
        self.face.opened(opening, to);
    }

    fn event(&mut self, event: &RunEvent, to: &mut OutputStreams) {
        self.face.event(event, to);
    }

    fn tick(&mut self, to: &mut OutputStreams) {
        self.face.tick(to);
    }

    fn ended(&mut self, outcome: &Outcome, to: &mut OutputStreams) {
        self.recording.clone_from(&outcome.recording);
        self.face.ended(outcome, to);
    }

    fn closed(&mut self, last: &Outcome, to: &mut OutputStreams) {
        self.face.closed(last, to);
    }
}

/// Writes the recording, and says on standard error what it holds.
///
/// # Errors
/// The file cannot be written.
pub fn write(
    path: &Path,
    recording: Option<Arc<str>>,
    secret: &Secret,
    to: &mut OutputStreams,
) -> Result<(), CommandError> {
    let Some(text) = recording else {
        to.err.line("halo-onboard: the run was stopped: no recording was written.");
        return Ok(());
    };
    // By its construction it cannot hold the secret; a file that is handed on is looked through all the same.
    if spellings(secret.expose()).iter().any(|spelling| find_spelling(&text, spelling).is_some()) {
        return Err(CommandError::new(
            Code::LocalBug,
            "The recording would have held the Client Secret; it was not written.",
            "Report this.",
        ));
    }
    recording_files::create(path, &text)?;
    to.err.line(&format!("halo-onboard: recorded in {}: {}", path.display(), summary(&text)));
    Ok(())
}

/// What a recording holds, in a few words.
fn summary(text: &str) -> String {
    let Ok(recording) = recording::read(text.as_bytes()) else { return String::new() };
    let replaced: Vec<String> = recording.replaced.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!(
        "{} exchanges. Replaced: {}. Read it before you hand it on.",
        recording.exchanges.len(),
        replaced.join(", ")
    )
}
