//! Errors of files, secret commands and key stores, each with the next step.

use std::io;
use std::path::Path;

use crate::domain::codes::Code;
use crate::domain::untrusted_text::UntrustedText;

/// A `local.*` code with two sentences: what happened, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {next}")]
pub struct StoreError {
    code: Code,
    what: String,
    next: String,
}

impl StoreError {
    /// Creates an error.
    pub(crate) fn new(code: Code, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code, what: what.into(), next: next.into() }
    }

    /// Replaces the next step, for files that no option can name.
    pub(super) fn then(self, next: &str) -> Self {
        Self { next: next.into(), ..self }
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What happened, one sentence.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do next, one sentence.
    pub fn next(&self) -> &str {
        &self.next
    }

    /// Creates the error for a failed read.
    pub(super) fn reading(path: &Path, error: &io::Error) -> Self {
        let what = format!("{} cannot be read: {}.", shown(path), reason(error));
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::new(
                Code::LocalStorePerm,
                what,
                "Make it readable for your user, or name another file with --config.",
            ),
            _ => Self::new(Code::LocalStoreCorrupt, what, "Check that path, or name another file with --config."),
        }
    }

    /// Creates the error for a failed write. The old content is unchanged.
    pub(super) fn writing(path: &Path, error: &io::Error) -> Self {
        let what = format!("Could not write {}: {}. The old content is unchanged.", shown(path), reason(error));
        match error.kind() {
            io::ErrorKind::PermissionDenied => {
                Self::new(Code::LocalStorePerm, what, "Make that folder writable for your user, then save again.")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::new(Code::LocalDiskFull, what, "Free some space there, then save again.")
            }
            io::ErrorKind::ReadOnlyFilesystem => Self::new(
                Code::LocalDiskFull,
                what,
                "Name a file on another file system with --config, then save again.",
            ),
            _ => Self::new(Code::LocalDiskFull, what, "Fix that, then save again."),
        }
    }
}

/// Formats a path for display; file names may contain control characters.
pub(super) fn shown(path: &Path) -> String {
    UntrustedText::new(&path.to_string_lossy()).as_str().to_owned()
}

/// Formats the system's reason without a suffix such as "(os error 28)".
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn write_errors_name_the_file_the_reason_and_a_step() {
        for (errno, code, says) in [
            (Errno::NOSPC, Code::LocalDiskFull, "No space left on device"),
            (Errno::DQUOT, Code::LocalDiskFull, "quota exceeded"),
            (Errno::ROFS, Code::LocalDiskFull, "Read-only file system"),
            (Errno::FBIG, Code::LocalDiskFull, "File too large"),
            (Errno::MFILE, Code::LocalDiskFull, "Too many open files"),
            (Errno::ACCESS, Code::LocalStorePerm, "Permission denied"),
        ] {
            let error = StoreError::writing(Path::new("/x/config.toml"), &errno.into());
            let text = error.to_string();
            assert_eq!(error.code(), code, "{text}");
            assert!(text.contains("/x/config.toml") && text.contains(says), "{text}");
            assert!(text.contains("unchanged") && !text.contains("os error"), "{text}");
        }
    }
}
