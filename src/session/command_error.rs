//! What stops a command: what happened, why, and what to do next.

use crate::config::config_file::FileError;
use crate::domain::codes::Code;
use crate::domain::secret_text::hide;
use crate::headless::Refusal;
use crate::store::StoreError;

/// Wrong usage, clap's own status.
pub const USAGE: u8 = 2;

/// Why a command stopped.
#[derive(Clone, Debug)]
pub struct CommandError {
    /// Exit status.
    pub status: u8,
    /// Code, sentence, and what to do.
    pub refusal: Refusal,
}

impl CommandError {
    /// A failure with the exit status of its code. What looks like a secret in its sentences is hidden: they may repeat what
    /// was typed in the wrong place.
    pub fn new(code: Code, summary: impl Into<String>, fix: impl Into<String>) -> Self {
        let (summary, fix) = (hide(&summary.into()), hide(&fix.into()));
        let refusal = Refusal { code, summary, fix: vec![fix] };
        Self { status: code.exit_class().status(), refusal }
    }

    /// Something on the command line that clap cannot judge.
    pub fn usage(summary: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { status: USAGE, ..Self::new(Code::LocalConfigInvalid, summary, fix) }
    }

    /// Somebody pressed Ctrl-C at a question.
    pub fn cancelled() -> Self {
        Self::ended_by(130)
    }

    /// A signal came before anything was sent; `status` is the exit status for it.
    pub fn ended_by(status: u8) -> Self {
        Self { status, ..Self::new(Code::LocalCancelled, "Stopped by you. Nothing was sent.", "Run it again.") }
    }

    /// This program broke.
    pub fn bug() -> Self {
        Self::new(Code::LocalBug, Code::LocalBug.headline(), "Run it again with -v, and report what it shows.")
    }

    /// The system refused a signal handler.
    pub fn no_signals(error: &std::io::Error) -> Self {
        Self::new(Code::LocalBug, format!("Signals cannot be listened for: {error}."), "Report it.")
    }

    /// The text for standard error.
    pub fn text(&self) -> String {
        let Refusal { code, summary, fix } = &self.refusal;
        if fix.is_empty() {
            return format!("halo-onboard: {summary}");
        }
        let fix: String = fix.iter().map(|step| format!("\n  {step}")).collect();
        format!("halo-onboard: {summary}{fix}\n  More: halo-onboard explain {}", code.id())
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unreadable { .. } => Self::new(
                Code::LocalConfigInvalid,
                error.to_string(),
                "Nothing was sent. Fix this file, or name another one.",
            ),
            FileError::Invalid { .. } => Self::new(
                Code::LocalConfigInvalid,
                error.to_string(),
                "The file was not changed, and nothing was sent.",
            ),
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), error.what(), error.next())
    }
}
