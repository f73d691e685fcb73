//! Sources of the Client Secret. It is never a command-line argument.

use std::io;
use std::time::Duration;

use zeroize::Zeroizing;

use super::command_error::CommandError;
use super::kept_secret;
use super::secret_prompt;
use super::setting_sources::variable;
use crate::config::print_config::source_words;
use crate::config::{Settings, Source};
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Note};
use crate::domain::input::{decode, is_only_a_part, read_secret};
use crate::domain::profile::SecretStore;
use crate::domain::secret_destination::{Destination, DestinationMismatch};
use crate::platform::ByteSource;
use crate::platform::standard_input::StandardInput;
use crate::secret::Secret;
use crate::store::secret_command::{self, CommandOutput, PromptMode};
use crate::store::{StoreError, keyring};

/// Maximum length of a secret, in bytes.
pub const LONGEST: usize = 4096;
/// Environment variable that may hold the secret.
pub const VARIABLE: &str = "HALO_CLIENT_SECRET";

/// Source of the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// `--secret-stdin`.
    Stdin,
    /// A command, as an argument list, and the source of that setting.
    Command(Vec<String>, Source),
    /// [`VARIABLE`].
    Environment,
    /// The keyring or keychain, if it holds a secret for this profile; otherwise the next source.
    Kept(String, Destination, Box<SecretSource>),
    /// A source whose secret must not be sent to this run's destination; the next source is used instead.
    Withheld(Box<WithheldSecret>),
    /// The operator types the secret.
    Terminal,
    /// No source, and a prompt is not possible.
    Nowhere,
}

/// A secret that must not be used, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithheldSecret {
    /// One sentence that names the source of the secret and of the conflicting value.
    pub why: String,
    /// The profile of the entry in the keyring or keychain; the reason is reported only if the entry exists.
    pub kept_for: Option<String>,
    /// The next source.
    pub next: SecretSource,
}

/// Whether [`VARIABLE`] applies to the connection in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// It was given together with the connection, or no other connection is possible.
    Meant,
    /// It may belong to another profile.
    Unclear,
    /// Several connections are possible, and that was already reported.
    LeftOut,
}

impl SecretSource {
    /// Selects the source: a flag overrides the environment, the environment overrides a profile or the file.
    /// `given_for` returns the connection for which a source gave its secret; if this run has another destination, the
    /// secret is withheld.
    pub fn choose(
        stdin: bool,
        variable_is: Variable,
        settings: &Settings,
        given_for: impl Fn(&Source) -> Destination,
    ) -> Self {
        let command = settings.secret_command.get();
        let by = &settings.secret_command.source;
        if stdin {
            return Self::Stdin;
        }
        if *by == Source::Flag && !command.is_empty() {
            return Self::Command(command, Source::Flag);
        }
        let destination = settings.destination();
        let permitted = |source: &Source| given_for(source).permits(&destination);
        // From the weakest on: each stands before those that are used without it.
        let mut origin = if secret_prompt::can_ask() { Self::Terminal } else { Self::Nowhere };
        if let Some(name) = settings.profile.value.clone() {
            let what = format!("The secret kept for profile {name}");
            let source = Source::Profile(name.clone());
            origin = match permitted(&source) {
                Ok(()) => Self::Kept(name, given_for(&source), Box::new(origin)),
                Err(mismatch) => origin.behind(not_used(&what, &mismatch), Some(name)),
            };
        }
        if let Some(program) = command.first() {
            let what = format!("The secret command {program} of {}", source_words("secret_command", by));
            origin = match permitted(by) {
                Ok(()) => Self::Command(command, by.clone()),
                Err(mismatch) => origin.behind(not_used(&what, &mismatch), None),
            };
        }
        match (variable(VARIABLE).is_some(), variable_is, permitted(&Source::Environment)) {
            (false, ..) | (_, Variable::LeftOut, _) => origin,
            (_, Variable::Meant, Ok(())) => Self::Environment,
            (_, _, Err(mismatch)) => origin.behind(not_used(VARIABLE, &mismatch), None),
            (_, Variable::Unclear, Ok(())) => {
                let why = format!(
                    "{VARIABLE} was not used: it may belong to another profile. Name its profile with --profile NAME."
                );
                origin.behind(why, None)
            }
        }
    }

    /// Puts this source behind a withheld one.
    fn behind(self, why: String, kept_for: Option<String>) -> Self {
        Self::Withheld(Box::new(WithheldSecret { why, kept_for, next: self }))
    }

    /// Returns the source without a prompt.
    pub fn without_terminal(self) -> Self {
        match self {
            Self::Terminal => Self::Nowhere,
            Self::Kept(profile, saved_for, next) => Self::Kept(profile, saved_for, Box::new(next.without_terminal())),
            Self::Withheld(withheld) => {
                let WithheldSecret { why, kept_for, next } = *withheld;
                next.without_terminal().behind(why, kept_for)
            }
            other => other,
        }
    }

    /// Returns the source that is used, and the notes about the withheld ones before it.
    pub async fn permitted(&self) -> (&Self, Vec<String>) {
        let (mut origin, mut told) = (self, Vec::new());
        while let Self::Withheld(withheld) = origin {
            told.extend(withheld.told().await);
            origin = &withheld.next;
        }
        (origin, told)
    }

    /// Short name of the source, for use after "from".
    pub fn source(&self) -> &str {
        match self {
            Self::Stdin => "standard input",
            Self::Command(words, _) => words.first().map_or("", String::as_str),
            Self::Environment => VARIABLE,
            Self::Kept(..) => "the keyring",
            Self::Withheld(withheld) => withheld.next.source(),
            Self::Terminal | Self::Nowhere => "",
        }
    }

    /// Describes the source for `--print-config`. Never the secret; of a command only the program is named, because an
    /// argument may be secret too.
    pub fn words(&self) -> String {
        match self {
            Self::Stdin => "from standard input (--secret-stdin)".into(),
            Self::Command(words, _) => format!("from the command {}", words.first().map_or("", String::as_str)),
            Self::Environment => format!("from {VARIABLE}"),
            Self::Kept(_, _, last) => {
                format!("from the keyring or keychain, if it is kept there; otherwise {}", last.words())
            }
            Self::Withheld(withheld) => format!("{} {}", withheld.next.words(), remark(&withheld.why)),
            Self::Terminal => "typed, hidden".into(),
            Self::Nowhere => "no source was given, and standard input is not a terminal".into(),
        }
    }

    /// Returns true if getting the secret has no side effect: no command runs, no prompt appears, no input is consumed.
    pub fn is_at_hand(&self) -> bool {
        matches!(self, Self::Environment | Self::Nowhere)
    }

    /// Gets the secret and the notes about removed characters. If a kept secret is gone, that is reported before a
    /// prompt.
    ///
    /// # Errors
    /// The command failed, or its output is not text or too long.
    pub async fn get(&self) -> Result<(Secret, Vec<Note>), CommandError> {
        let (origin, told) = self.permitted().await;
        let found = origin.without_asking().await;
        let reason = match found {
            Ok(Some((secret, mut notes))) => {
                notes.extend(told.into_iter().map(|text| Note { field: Field::Secret, cleaned: false, text }));
                return Ok((secret, notes));
            }
            Ok(None) => told.into_iter().next().map(withheld),
            Err(failure) if matches!(origin, Self::Kept(..)) && origin.may_ask() => Some(failure),
            Err(failure) => return Err(failure),
        };
        if !origin.may_ask() {
            return reason.map_or_else(|| Ok((Secret::new(String::new()), Vec::new())), Err);
        }
        let reason = reason.map(|failure| failure.text());
        read(&blocking(move || secret_prompt::ask(reason.as_deref())).await?)
    }

    /// Gets the secret if no prompt is needed; `None` if it is withheld.
    ///
    /// # Errors
    /// As [`SecretSource::get`]; or a keyring holds the secret but does not release it.
    pub async fn without_asking(&self) -> Result<Option<(Secret, Vec<Note>)>, CommandError> {
        Ok(match self {
            Self::Environment => {
                let given = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
                given.map(|value| read(&Zeroizing::new(value.into_encoded_bytes()))).transpose()?
            }
            Self::Stdin => Some(read(&blocking(|| read_value(StandardInput::open()?)).await?)?),
            Self::Command(words, _) => Some(understood(printed(words.clone()).await?)),
            Self::Kept(profile, saved_for, _) => {
                kept(profile.clone(), saved_for.clone()).await?.map(|(_, secret)| (secret, Vec::new()))
            }
            Self::Withheld(_) | Self::Terminal | Self::Nowhere => None,
        })
    }

    fn may_ask(&self) -> bool {
        match self {
            Self::Kept(_, _, last) => last.may_ask(),
            Self::Withheld(withheld) => withheld.next.may_ask(),
            other => *other == Self::Terminal,
        }
    }
}

impl WithheldSecret {
    /// Returns the note about a withheld secret; `None` if the keyring holds no entry.
    async fn told(&self) -> Option<String> {
        let Some(profile) = self.kept_for.clone() else { return Some(self.why.clone()) };
        let held = tokio::task::spawn_blocking(move || keyring::holds(&profile)).await;
        matches!(held, Ok(Ok(Some(_)))).then(|| self.why.clone())
    }
}

fn not_used(what: &str, mismatch: &DestinationMismatch) -> String {
    format!("{what} was not used: {mismatch}.")
}

/// Formats a sentence as a remark in brackets.
fn remark(sentence: &str) -> String {
    format!("({})", sentence.trim_end_matches('.'))
}

fn withheld(why: String) -> CommandError {
    CommandError::new(
        Code::LocalConfigInvalid,
        why,
        format!(
            "Give the secret for these values by {VARIABLE}, --secret-stdin or --secret-command, or leave out the other value. Nothing was sent."
        ),
    )
}

/// Returns the kept secret of a profile and the place that holds it.
///
/// # Errors
/// A keyring holds the secret but does not release it, or it is kept for other values than the profile names now. A
/// keyring that cannot be used here counts as empty.
pub async fn kept(profile: String, saved_for: Destination) -> Result<Option<(SecretStore, Secret)>, StoreError> {
    let name = profile.clone();
    match tokio::task::spawn_blocking(move || keyring::get(&profile)).await {
        Ok(Ok(Some((keep, secret)))) => {
            kept_secret::unbind(&secret, &name, &saved_for).map(|secret| Some((keep, secret))).map_err(|why| {
                StoreError::new(
                    Code::LocalConfigInvalid,
                    why,
                    "Enter the secret for the new values, or name the old ones in the profile again.",
                )
            })
        }
        Ok(Err(error)) if error.code() == Code::LocalKeyringUnavailable => Ok(None),
        Ok(kept) => kept,
        // A task that broke has told so.
        Err(_) => Ok(None),
    }
}

async fn printed(words: Vec<String>) -> Result<CommandOutput, CommandError> {
    let asks = if secret_prompt::can_ask() { PromptMode::Terminal } else { PromptMode::Nobody };
    let ran = tokio::task::spawn_blocking(move || secret_command::run(&words, asks)).await;
    Ok(ran.map_err(|_| unusable("an internal error stopped the command"))??)
}

/// Decodes bytes from any source.
///
/// # Errors
/// The bytes are not text.
fn read(bytes: &[u8]) -> Result<(Secret, Vec<Note>), CommandError> {
    let decoded = decode(bytes).ok_or_else(|| unusable("it is not text (neither UTF-8 nor UTF-16)"))?;
    Ok(understood(CommandOutput { secret: Secret::new(decoded.text.as_str().to_owned()), note: decoded.note }))
}

/// Extracts the secret from a text, with notes about removed characters. A text without a secret is returned unchanged;
/// the form reports why.
fn understood(printed: CommandOutput) -> (Secret, Vec<Note>) {
    let CommandOutput { secret, note } = printed;
    let as_read = note.map(|text| Note { field: Field::Secret, cleaned: true, text: text.into() });
    match read_secret(secret.expose(), "") {
        Ok((secret, notes)) => {
            (secret, as_read.into_iter().chain(notes.into_iter().filter(|note| note.cleaned)).collect())
        }
        Err(_) => (secret, Vec::new()),
    }
}

async fn blocking(
    read: impl FnOnce() -> io::Result<Option<Zeroizing<Vec<u8>>>> + Send + 'static,
) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let bytes = tokio::task::spawn_blocking(read).await.map_err(io::Error::other).and_then(|read| read);
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => CommandError::cancelled(),
        _ => unusable(&error.to_string()),
    })?;
    Ok(bytes.unwrap_or_default())
}

fn unusable(reason: &str) -> CommandError {
    CommandError::new(
        Code::InputSecretFormat,
        format!("The Client Secret could not be read: {reason}."),
        "Give one line, for instance: halo-onboard check --secret-stdin < FILE. Nothing was sent.",
    )
}

/// Reads one line of at most [`LONGEST`] bytes without a buffer that would keep a copy; `None` at the end of input.
///
/// # Errors
/// Reading failed, or the line is too long.
pub fn read_line(mut from: impl ByteSource) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let line = read_through_break(&mut from)?;
    Ok(line.map(|mut line| {
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        line
    }))
}

/// Like [`read_line`], but keeps the line break.
fn read_through_break(from: &mut impl ByteSource) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    while let Some(byte) = from.read_byte()? {
        if byte != b'\n' && line.len() == LONGEST {
            return Err(io::Error::other("it is longer than 4 KiB"));
        }
        line.push(byte);
        if byte == b'\n' {
            return Ok(Some(line));
        }
    }
    Ok(if line.is_empty() { None } else { Some(line) })
}

/// Time limit for the next part of a value of several lines.
const REST: Duration = Duration::from_secs(2);

/// Reads the line that contains a secret. If that line is only the start of a value, as in JSON, a `.env` file or
/// UTF-16, also reads the following lines.
///
/// # Errors
/// As [`read_line`].
fn read_value(mut from: impl ByteSource) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(mut value) = read_through_break(&mut from)? else { return Ok(None) };
    let line = value.strip_suffix(b"\n").unwrap_or(&value);
    if !is_only_a_part(line) {
        return Ok(Some(value));
    }
    while from.is_ready_within(REST)? {
        let Some(byte) = from.read_byte()? else { break };
        if value.len() == LONGEST {
            return Err(io::Error::other("it is longer than 4 KiB"));
        }
        value.push(byte);
    }
    Ok(Some(value))
}

/// Splits a command at spaces; quotes keep spaces together.
///
/// # Errors
/// The command is empty, or a quote is not closed.
pub fn words(text: &str) -> Result<Vec<String>, CommandError> {
    let refuse = |why: &str| {
        CommandError::usage(
            format!("--secret-command: {why}."),
            "Write, for instance: --secret-command \"pass show halo\"",
        )
    };
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match (quote, words.is_empty()) {
        (Some(_), _) => Err(refuse("a quotation mark is not closed")),
        (None, true) => Err(refuse("it is empty")),
        (None, false) => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Seek, Write};

    use super::*;

    impl ByteSource for &File {
        fn read_byte(&mut self) -> io::Result<Option<u8>> {
            let mut byte = [0];
            Ok((self.read(&mut byte)? == 1).then_some(byte[0]))
        }

        fn is_ready_within(&mut self, _: Duration) -> io::Result<bool> {
            Ok(true)
        }
    }

    #[test]
    fn commands_are_split_at_blanks_and_quotes_keep_blanks() {
        for (text, split) in [
            ("pass show halo", vec!["pass", "show", "halo"]),
            ("  op  read 'op://a b/c'\t", vec!["op", "read", "op://a b/c"]),
            (r#"x "" y"z w""#, vec!["x", "", "yz w"]),
            (r"x \$HOME $(id)", vec!["x", r"\$HOME", "$(id)"]),
            (r#"x "it's""#, vec!["x", "it's"]),
        ] {
            assert_eq!(words(text).expect(text), split, "{text}");
        }
        assert!(words("x 'y").is_err() && words("  ").is_err());
    }

    #[test]
    fn one_line_is_read_and_no_more_than_the_cap() {
        let read = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(bytes).and_then(|()| file.rewind()).expect("written");
            read_line(&file).map(|line| line.map(|line| line.to_vec()))
        };
        assert_eq!(read(b"s3cret\nmore\n").expect("a line").as_deref(), Some(&b"s3cret"[..]));
        assert_eq!(read(b"\n").expect("an empty line").as_deref(), Some(&b""[..]));
        assert_eq!(read(b"").expect("nothing"), None);
        assert_eq!(read(&[b'x'; LONGEST]).expect("just fits").map(|line| line.len()), Some(LONGEST));
        assert!(read(&[b'x'; LONGEST + 1]).is_err());
    }

    #[test]
    fn blanks_go_with_a_word_and_the_line_break_without() {
        for (text, noted) in [("abc\n", false), ("abc\r\n", false), ("abc", false), (" abc ", true), ("abc\n\n", true)]
        {
            let (secret, notes) = read(text.as_bytes()).expect("text");
            assert_eq!((secret.expose(), !notes.is_empty()), ("abc", noted), "{text:?}");
        }
    }

    #[test]
    fn lines_are_read_on_only_where_the_first_is_no_secret() {
        let read = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(bytes).and_then(|()| file.rewind()).expect("written");
            read_value(&file).expect("read").map(|value| value.to_vec())
        };
        for (given, whole) in [
            ("an-unusual-one\nusername: x\n", false),
            ("Client Secret: abc\nmore\n", false),
            ("{\n\"client_secret\": \"x\"\n}\n", true),
            ("# comment\nHALO_CLIENT_SECRET=x\n", true),
            ("HALO_URL=https://x\nHALO_CLIENT_SECRET=x\n", true),
            ("Client Secret:\nx\n", true),
            ("\nx\n", true),
            ("a\0b\0\n\0", true),
        ] {
            let first = given.split_inclusive('\n').next().unwrap_or_default();
            let wanted = if whole { given } else { first };
            assert_eq!(read(given.as_bytes()).as_deref(), Some(wanted.as_bytes()), "{given:?}");
        }
    }
}
