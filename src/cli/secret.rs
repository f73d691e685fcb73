//! Where the Client Secret comes from. It is never an argument.

use std::io;

use rustix::fd::AsFd;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::prompt;
use super::session::variable;
use crate::config::{Settings, Source};
use crate::domain::code::Code;
use crate::domain::connection::{Field, Note};
use crate::domain::profile::Keep;
use crate::secret::Secret;
use crate::store::secret_command::{self, Asks};
use crate::store::{StoreError, keyring};

/// Longest secret that is read, in bytes.
pub const LONGEST: usize = 4096;
/// The variable that may hold it.
pub const VARIABLE: &str = "HALO_CLIENT_SECRET";

/// Where the secret will come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `--secret-stdin`.
    Stdin,
    /// A command, as an argument list, and which setting named it.
    Command(Vec<String>, Source),
    /// [`VARIABLE`].
    Environment,
    /// The keyring or keychain, if it was kept there for this profile; else whatever comes after it.
    Kept(String, Box<Origin>),
    /// A person types it.
    Terminal,
    /// There is nobody to ask.
    Nowhere,
}

impl Origin {
    /// Which one it is: a flag beats the environment, the environment a profile or the file.
    pub fn choose(stdin: bool, settings: &Settings) -> Self {
        let command = settings.secret_command.get();
        let by_flag = settings.secret_command.source == Source::Flag;
        if stdin {
            Self::Stdin
        } else if by_flag && !command.is_empty() {
            Self::Command(command, Source::Flag)
        } else if variable(VARIABLE).is_some() {
            Self::Environment
        } else if !command.is_empty() {
            Self::Command(command, settings.secret_command.source.clone())
        } else {
            let last = if prompt::can_ask() { Self::Terminal } else { Self::Nowhere };
            match settings.profile.value.clone() {
                Some(profile) => Self::Kept(profile, Box::new(last)),
                None => last,
            }
        }
    }

    /// Which one it is for one of many profiles: nobody is asked, and the variable holds only where it can mean no other.
    pub fn of_profile(settings: &Settings, is_alone: bool) -> Self {
        let command = settings.secret_command.get();
        if is_alone && variable(VARIABLE).is_some() {
            Self::Environment
        } else if !command.is_empty() {
            Self::Command(command, settings.secret_command.source.clone())
        } else {
            Self::Kept(settings.profile.get(), Box::new(Self::Nowhere))
        }
    }

    /// The short name of where it comes from, to stand after "from".
    pub fn source(&self) -> &str {
        match self {
            Self::Stdin => "standard input",
            Self::Command(words, _) => words.first().map_or("", String::as_str),
            Self::Environment => VARIABLE,
            Self::Kept(..) => "the keyring",
            Self::Terminal | Self::Nowhere => "",
        }
    }

    /// For `--print-config`; never the secret, and of a command only its program: an argument may be secret too.
    pub fn words(&self) -> String {
        match self {
            Self::Stdin => "from standard input (--secret-stdin)".into(),
            Self::Command(words, _) => format!("from the command {}", words.first().map_or("", String::as_str)),
            Self::Environment => format!("from {VARIABLE}"),
            Self::Kept(_, last) => format!("from the keyring or keychain, if it is kept there; else {}", last.words()),
            Self::Terminal => "typed, hidden".into(),
            Self::Nowhere => "from nowhere: no source was given, and this is no terminal".into(),
        }
    }

    /// True when getting it costs nobody anything: no command runs, nobody is asked, no input is used up.
    pub fn is_at_hand(&self) -> bool {
        matches!(self, Self::Environment | Self::Nowhere)
    }

    /// Gets it, and says what was cleaned. Where it was kept and is not any more, that is said before anybody is asked.
    ///
    /// # Errors
    /// The command failed, or what came is no text or too long.
    pub async fn get(&self) -> Result<(Secret, Vec<Note>), Failure> {
        let reason = match self.without_asking().await {
            Ok(Some(given)) => return Ok(given),
            Ok(None) => None,
            Err(failure) if matches!(self, Self::Kept(..)) && self.may_ask() => Some(failure.text()),
            Err(failure) => return Err(failure),
        };
        if !self.may_ask() {
            return Ok(cleaned(""));
        }
        Ok(cleaned(&blocking(move || prompt::ask(reason.as_deref())).await?))
    }

    /// Gets it where nobody need be asked for it.
    ///
    /// # Errors
    /// As [`Origin::get`]; a keyring that holds it does not give it.
    pub async fn without_asking(&self) -> Result<Option<(Secret, Vec<Note>)>, Failure> {
        Ok(match self {
            Self::Environment => variable(VARIABLE).map(|text| cleaned(&Zeroizing::new(text))),
            Self::Stdin => Some(cleaned(&blocking(|| read_line(io::stdin().as_fd())).await?)),
            Self::Command(words, _) => Some(cleaned(printed(words.clone()).await?.expose())),
            Self::Kept(profile, _) => kept(profile.clone()).await?.map(|(_, secret)| (secret, Vec::new())),
            Self::Terminal | Self::Nowhere => None,
        })
    }

    fn may_ask(&self) -> bool {
        match self {
            Self::Kept(_, last) => last.may_ask(),
            other => *other == Self::Terminal,
        }
    }
}

/// The secret that was kept for a profile, and where.
///
/// # Errors
/// A keyring holds one and does not give it. One that is not to be had here holds none.
pub async fn kept(profile: String) -> Result<Option<(Keep, Secret)>, StoreError> {
    match tokio::task::spawn_blocking(move || keyring::get(&profile)).await {
        Ok(Err(error)) if error.code() == Code::LocalKeyringUnavailable => Ok(None),
        Ok(kept) => kept,
        // A task that broke has told so.
        Err(_) => Ok(None),
    }
}

async fn printed(words: Vec<String>) -> Result<Secret, Failure> {
    let asks = if prompt::can_ask() { Asks::Terminal } else { Asks::Nobody };
    let ran = tokio::task::spawn_blocking(move || secret_command::run(&words, asks)).await;
    Ok(ran.map_err(|_| unusable("the command's task broke"))??)
}

/// Takes the blanks and line breaks around it away.
pub fn cleaned(text: &str) -> (Secret, Vec<Note>) {
    let bare = text.trim();
    // One line break at the end is how commands print; it is not worth a word.
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    let note = Note { field: Field::Secret, cleaned: true, text: "removed blanks around it".into() };
    (Secret::new(bare.to_owned()), if bare.len() < line.len() { vec![note] } else { Vec::new() })
}

async fn blocking(
    read: impl FnOnce() -> io::Result<Option<Zeroizing<Vec<u8>>>> + Send + 'static,
) -> Result<Zeroizing<String>, Failure> {
    let bytes = tokio::task::spawn_blocking(read).await.map_err(io::Error::other).and_then(|read| read);
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Failure::cancelled(),
        _ => unusable(&error.to_string()),
    })?;
    text_of(&bytes.unwrap_or_default()).ok_or_else(|| unusable("it is not UTF-8 text"))
}

fn text_of(bytes: &[u8]) -> Option<Zeroizing<String>> {
    std::str::from_utf8(bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

fn unusable(reason: &str) -> Failure {
    Failure::new(
        Code::InputSecretFormat,
        format!("The Client Secret could not be read: {reason}."),
        "Give one line, for instance: halo-onboard check --secret-stdin < FILE. Nothing was sent.",
    )
}

/// Reads one line, at most [`LONGEST`] bytes, past all buffers that would keep a copy; `None` at the end of input.
///
/// # Errors
/// Reading failed, or the line is longer.
pub fn read_line(from: impl AsFd) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let mut byte = [0u8; 1];
    while rustix::io::retry_on_intr(|| rustix::io::read(&from, &mut byte))? == 1 {
        if byte[0] == b'\n' {
            return Ok(Some(line));
        }
        if line.len() == LONGEST {
            return Err(io::Error::other("it is longer than 4 KiB"));
        }
        line.push(byte[0]);
    }
    Ok(if line.is_empty() { None } else { Some(line) })
}

/// Splits a command at blanks; quotes keep blanks together.
///
/// # Errors
/// It is empty, or a quote is not closed.
pub fn words(text: &str) -> Result<Vec<String>, Failure> {
    let refuse = |why: &str| {
        Failure::usage(format!("--secret-command: {why}."), "Write, for instance: --secret-command \"pass show halo\"")
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
    use std::io::{Seek, Write};

    use super::*;

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
            let (secret, notes) = cleaned(text);
            assert_eq!((secret.expose(), !notes.is_empty()), ("abc", noted), "{text:?}");
        }
    }
}
