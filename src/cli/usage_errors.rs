//! Reporting of usage errors: as text on standard error and, if `check` was asked for a machine-readable format, also
//! as that document.

use std::ffi::OsString;

use clap::{ArgAction, CommandFactory, ValueEnum};

use super::args::Cli;
use super::{check, check_all_profiles, written};
use crate::config::Format;
use crate::headless::OutputStreams;
use crate::session::command_error::{CommandError, USAGE};

/// Reports a usage error and returns the exit status.
pub fn refuse(words: &[OsString], failure: &CommandError, text: &str, to: &mut OutputStreams) -> u8 {
    to.err.line(text);
    match document(words) {
        Some(Document { format, all_profiles: true }) => check_all_profiles::report(failure, format, to),
        Some(Document { format, all_profiles: false }) => check::report(failure, format, to),
        None => {}
    }
    written(to, USAGE)
}

/// Machine-readable document that `check` would have written.
#[derive(Debug, PartialEq, Eq)]
struct Document {
    format: Format,
    all_profiles: bool,
}

/// Returns the document that the rejected arguments request; `None` for another command or the human format.
fn document(words: &[OsString]) -> Option<Document> {
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let at = command_at(&words)?;
    if words[at] != "check" {
        return None;
    }
    let options = words.iter().take_while(|word| *word != "--");
    let all_profiles = options.clone().any(|word| word == "--all-profiles");
    let values = options.enumerate().filter_map(|(at, word)| match word.strip_prefix("--format")? {
        "" => words.get(at + 1).map(String::as_str),
        joined => joined.strip_prefix('='),
    });
    let format = values.last()?.to_owned();
    let format = Format::from_str(&format, false).ok().filter(|format| *format != Format::Human)?;
    Some(Document { format, all_profiles })
}

/// Returns the index of the command: the first argument that is neither an option nor an option's value.
fn command_at(words: &[String]) -> Option<usize> {
    let mut cli = Cli::command();
    cli.build();
    let takes_value = |word: &String| {
        let known = cli.get_arguments().find(|argument| {
            let long = argument.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long));
            long || argument.get_short().is_some_and(|short| *word == format!("-{short}"))
        });
        known.is_some_and(|argument| {
            matches!(argument.get_action(), ArgAction::Set | ArgAction::Append) && !argument.is_require_equals_set()
        })
    };
    let mut at = 1;
    while let Some(word) = words.get(at) {
        match word.starts_with('-') {
            false => return Some(at),
            true => at += 1 + usize::from(takes_value(word)),
        }
    }
    None
}

/// Explains why an option for the secret does not exist, without repeating the secret.
pub fn secret_as_argument(words: &[OsString]) -> Option<CommandError> {
    let named = words.iter().map(|word| word.to_string_lossy()).any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        matches!(name, "--secret" | "--client-secret")
    });
    named.then(|| {
        CommandError::usage(
            "There is no option for the Client Secret, because every user of this machine can read the arguments of a command.",
            "Use HALO_CLIENT_SECRET, --secret-stdin or --secret-command; and generate a new secret, because this one was visible.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_check_prints_a_document_and_all_profiles_have_their_own() {
        for (line, wanted) in [
            ("check --bogus --format json", Some((Format::Json, false))),
            ("--bogus check --format=jsonl", Some((Format::Jsonl, false))),
            ("check --all-profiles --format json --only", Some((Format::Json, true))),
            ("check --format json --all-profiles --bogus", Some((Format::Json, true))),
            ("--url https://x.example check --format junit --bogus", Some((Format::Junit, false))),
            ("--profile check --bogus --format json", None),
            ("profile save check --format json", None),
            ("explain check --format json", None),
            ("check --format human --bogus", None),
            ("check --format nothing", None),
            ("check --format", None),
            ("check -- --format json", None),
            ("check --format json --format prometheus x", Some((Format::Prometheus, false))),
            ("--demo check --format json --bogus", Some((Format::Json, false))),
            ("", None),
        ] {
            let words: Vec<OsString> =
                std::iter::once("halo-onboard").chain(line.split_whitespace()).map(OsString::from).collect();
            let wanted = wanted.map(|(format, all_profiles)| Document { format, all_profiles });
            assert_eq!(document(&words), wanted, "{line}");
        }
    }
}
