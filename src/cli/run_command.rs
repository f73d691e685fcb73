//! Runs a command line: parses it, calls the command and returns the exit status.

use super::args::{Cli, Options, normalise};
use super::commands::{Command, GuideCommand};
use super::{
    check, completions_and_manual, explain, guide, guide_new, interface, key_configuration, output_style, profile,
    replay, simulate, usage_errors,
};
use crate::config::Settings;
use crate::domain::codes::Code;
use crate::domain::secret_text;
use crate::headless::{OutputStream, OutputStreams};
use crate::session::command_error::CommandError;
use crate::session::secret_source;
use crate::session::setting_sources::{CommandLineValues, Session};
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the program with these arguments and returns its exit status.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    quiet_panics();
    let words = normalise(words);
    let mut to = streams();
    if let Some(failure) = usage_errors::secret_as_argument(&words) {
        return usage_errors::refuse(&words, &failure, &failure.text(), &mut to);
    }
    match Cli::try_parse_from(&words) {
        Ok(cli) => {
            let done = catch_unwind(AssertUnwindSafe(|| dispatch(cli, &mut to)));
            // The hook has said where it broke.
            done.unwrap_or_else(|_| Code::LocalBug.exit_class().status())
        }
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            to.out.text(&error.render().to_string());
            written(&mut to, 0)
        }
        Err(error) => {
            let summary = error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let failure = CommandError::usage(summary, "See halo-onboard --help.");
            let text = secret_text::hide(&error.render().to_string());
            usage_errors::refuse(&words, &failure, text.trim_end(), &mut to)
        }
    }
}

fn dispatch(cli: Cli, to: &mut OutputStreams) -> u8 {
    let Cli { options, command } = cli;
    if options.demo.as_deref() == Some(crate::session::demo::LIST) {
        return print(Ok(crate::session::demo::list()), to);
    }
    if options.print_config {
        return print(session_of(&options).map(|session| secret_text::hide(&session.print_config())), to);
    }
    match command {
        Some(Command::Check(args)) => check::run(&args, session_of(&options)),
        Some(Command::Replay(args)) => replay::run(&args, open(&options, to), to),
        None => {
            let done = open(&options, to).and_then(|session| interface::run(session, to));
            finish(done, to)
        }
        Some(command) => finish(other(command, &options, to), to),
    }
}

/// Opens the session of the options. Errors in `[keys]` are reported for every command.
fn session_of(options: &Options) -> Result<Session, CommandError> {
    let command = options.secret_command.as_deref().map(secret_source::words).transpose()?;
    let session = Session::open(CommandLineValues {
        config: options.config.clone(),
        flags: options.layer(command),
        secret_stdin: options.secret_stdin,
        demo: options.demo.clone(),
    })?;
    key_configuration::of_session(&session)?;
    Ok(session)
}

/// Opens the session and reports notes about the configuration file.
fn open(options: &Options, to: &mut OutputStreams) -> Result<Session, CommandError> {
    let session = session_of(options)?;
    if let Some(note) = &session.note {
        to.err.line(&format!("halo-onboard: {note}"));
    }
    Ok(session)
}

/// Runs the commands other than `check` and the interface.
fn other(command: Command, options: &Options, to: &mut OutputStreams) -> Result<u8, CommandError> {
    let text = match command {
        Command::Completions { shell } => completions_and_manual::completions(shell),
        Command::Man { to: Some(directory), .. } => completions_and_manual::write_man(&directory)?,
        Command::Man { command, to: None } => completions_and_manual::man(&command)?,
        Command::Explain { code: None } => explain::list(),
        Command::Explain { code: Some(code) } => explain::explain(&code, output_style::of(&Settings::default()).width)?,
        Command::Guide(args) => match args.command {
            Some(GuideCommand::List) => guide::list(),
            Some(GuideCommand::Show { name, format }) => guide::show(&name, format)?,
            Some(GuideCommand::New { file, notes, product }) => guide_new::run(&file, notes.as_deref(), product)?,
            Some(GuideCommand::Validate { file }) => guide::validate(&file)?,
            None => guide::print(&open(options, to)?, args.format)?,
        },
        Command::Paths => completions_and_manual::paths(&open(options, to)?),
        Command::Profile(command) => {
            profile::run(command, options, &open(options, to)?, to)?;
            return Ok(0);
        }
        Command::Simulate(args) if args.list => simulate::list(),
        Command::Simulate(args) => return simulate::run(&args, &open(options, to)?, to),
        Command::Check(args) => return Ok(check::run(&args, session_of(options))),
        Command::Replay(args) => return Ok(replay::run(&args, open(options, to), to)),
    };
    to.out.text(&text);
    Ok(0)
}

fn print(text: Result<String, CommandError>, to: &mut OutputStreams) -> u8 {
    let done = text.map(|text| {
        to.out.text(&text);
        0
    });
    finish(done, to)
}

fn finish(done: Result<u8, CommandError>, to: &mut OutputStreams) -> u8 {
    let status = done.unwrap_or_else(|failure| {
        to.err.line(&failure.text());
        failure.status
    });
    written(to, status)
}

/// Returns standard output and standard error.
pub(super) fn streams() -> OutputStreams {
    OutputStreams { out: OutputStream::new(io::stdout()), err: OutputStream::new(io::stderr()) }
}

/// Returns the exit status, or an error status if the results could not be written, so that missing output never counts
/// as a pass.
pub(super) fn written(to: &mut OutputStreams, status: u8) -> u8 {
    match to.out.take_failure() {
        None => status,
        Some(error) => {
            let failure = CommandError::new(
                Code::LocalDiskFull,
                format!("The results could not be written: {error}."),
                "Make room, or write elsewhere.",
            );
            to.err.line(&failure.text());
            failure.status
        }
    }
}

/// Installs a panic hook that prints the position only, because a panic's text may contain server data.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        use std::io::Write;
        let place = panic.location().map_or(String::new(), |at| format!(" at {}:{}", at.file(), at.line()));
        // Nothing is left to tell anybody when this fails.
        let _ = writeln!(io::stderr(), "halo-onboard failed{place}. This is a bug in halo-onboard, not in Halo.");
    }));
}
