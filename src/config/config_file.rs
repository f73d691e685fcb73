//! Parser of the configuration file, which reports the first error with line and column, and reader for other files
//! that the operator names.

use std::fs::File as Handle;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::File;
use crate::domain::guide::line_and_column;
use crate::domain::text_file;

/// Maximum size of a file, in bytes.
pub const LARGEST: u64 = 1024 * 1024;

/// Reason why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be opened or read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The content is invalid.
    #[error("{path}, line {line}, column {column}: {message}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The error and, if known, the valid alternatives.
        message: String,
    },
}

/// Reads a text file that the operator named: at most [`LARGEST`] bytes of UTF-8 or UTF-16.
///
/// # Errors
/// The file cannot be opened or read, is too large, or is in another encoding.
pub fn read_named(path: &Path) -> Result<String, FileError> {
    let bytes = read_named_bytes(path)?;
    text_file::decode(&bytes).map_err(|error| {
        let reason = format!("it {error}; save it as UTF-8");
        FileError::Unreadable { path: path.into(), reason }
    })
}

/// Reads a file that the operator named: at most [`LARGEST`] bytes.
///
/// # Errors
/// The file cannot be opened or read, or is too large.
pub fn read_named_bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    read_capped(path).map_err(|error| FileError::Unreadable { path: path.into(), reason: error.to_string() })
}

fn read_capped(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Handle::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

/// Parses the text of a configuration file. `path` is used in error messages only.
///
/// # Errors
/// The first error in the text.
pub fn parse(path: &Path, text: &str) -> Result<File, FileError> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        invalid(path, text, offset, explain(error.message()))
    })
}

/// Creates an error at a byte offset of the text.
pub fn invalid(path: &Path, text: &str, offset: usize, message: String) -> FileError {
    let (line, column) = line_and_column(text, offset);
    FileError::Invalid { path: path.into(), line, column, message }
}

/// Adds the valid alternatives to the parser's message if it does not name them.
fn explain(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    match unknown {
        Some(key) if key.contains("secret") => format!(
            "`{key}` is not a setting: a secret is never kept in a file. Use HALO_CLIENT_SECRET, --secret-stdin or secret_command"
        ),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    const EXAMPLE: &str = include_str!("../../config.example.toml");

    fn error(text: &str) -> String {
        parse(Path::new("c.toml"), text).expect_err(text).to_string()
    }

    #[test]
    fn the_example_equals_the_defaults_and_names_every_setting() {
        let defaults = Settings::default();
        let mut applied = Settings::default();
        let file = parse(Path::new("config.example.toml"), EXAMPLE).expect("the example parses");
        assert!(file.profiles.is_empty());
        applied.apply(file.layer(), &super::super::Source::Default);
        assert_eq!(applied, defaults);

        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let all = parse(Path::new("config.example.toml"), &uncommented).expect("it parses without comment marks");
        assert!(!all.profiles.is_empty());
        applied.apply(all.layer(), &super::super::Source::Default);
        for row in applied.rows() {
            assert!(row.value.is_some(), "config.example.toml does not show {}", row.key);
        }
    }

    #[test]
    fn errors_name_file_line_column_and_what_would_be_right() {
        for (text, place, says) in [
            ("url = 1\n", "c.toml, line 1, column 7", "string"),
            ("\n\nurll = \"x\"\n", "line 3, column 1", "expected one of `version`, `url`"),
            ("timeout = 0\n", "line 1, column 11", "from 1 to 600"),
            ("format = \"yaml\"\n", "line 1, column 10", "`human`, `json`"),
            ("[profiles.acme]\nurl = \"x\"\nsecret = \"s\"\n", "line 3, column 1", "never kept in a file"),
            ("client_secret = \"canary\"\n", "line 1, column 1", "HALO_CLIENT_SECRET"),
            ("url = \"a\n", "line 1, column", "c.toml"),
        ] {
            let told = error(text);
            assert!(told.contains(place) && told.contains(says), "{text:?}: {told}");
            assert!(!told.contains("canary"), "the value must not be repeated: {told}");
        }
    }

    #[test]
    fn huge_and_binary_files_are_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        for (name, bytes) in [("huge", vec![b'#'; LARGEST as usize + 1]), ("binary", vec![0xff, 0xfa])] {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            assert!(matches!(read_named(&path), Err(FileError::Unreadable { .. })), "{name}");
        }
    }
}
