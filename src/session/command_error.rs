//! Error that stops a command: what happened, why, and what to do next.

use crate::config::config_file::FileError;
use crate::domain::codes::Code;
use crate::domain::secret_text::hide;
use crate::headless::Refusal;
use crate::store::StoreError;

/// Exit status of wrong usage, as clap defines it.
pub const USAGE: u8 = 2;

/// Reason why a command stopped.
#[derive(Clone, Debug)]
pub struct CommandError {
    /// Exit status.
    pub status: u8,
    /// Code, sentence and fix.
    pub refusal: Refusal,
}

impl CommandError {
    /// Creates an error with the exit status of its code. Text that looks like a secret is hidden, because the
    /// sentences may repeat a value that was typed in the wrong place.
    pub fn new(code: Code, summary: impl Into<String>, fix: impl Into<String>) -> Self {
        let (summary, fix) = (hide(&summary.into()), hide(&fix.into()));
        let refusal = Refusal { code, summary, fix: vec![fix] };
        Self { status: code.exit_class().status(), refusal }
    }

    /// Creates a usage error that clap cannot detect.
    pub fn usage(summary: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { status: USAGE, ..Self::new(Code::LocalConfigInvalid, summary, fix) }
    }

    /// Creates the error for Ctrl-C at a prompt.
    pub fn cancelled() -> Self {
        Self::ended_by(130)
    }

    /// Creates the error for a signal that arrived before any request was sent; `status` is its exit status.
    pub fn ended_by(status: u8) -> Self {
        Self { status, ..Self::new(Code::LocalCancelled, "Stopped by you. Nothing was sent.", "Run it again.") }
    }

    /// Creates the error for a bug in this program.
    pub fn bug() -> Self {
        Self::new(Code::LocalBug, Code::LocalBug.headline(), "Run it again with -v, and report what it shows.")
    }

    /// Creates the error for a signal handler that the system did not accept.
    pub fn no_signals(error: &std::io::Error) -> Self {
        Self::new(Code::LocalBug, format!("The signal handlers cannot be installed: {error}."), "Report it.")
    }

    /// Formats the error for standard error.
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
