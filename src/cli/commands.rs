//! The commands and their options.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::help;
use crate::config::Format;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the checks without a screen
    #[command(after_long_help = help::CHECK)]
    Check(CheckArgs),
    /// Print the checklist
    Guide(GuideArgs),
    /// Serve the simulated Halo, print its address and credentials, until a signal ends it
    Simulate(SimulateArgs),
    /// Say what a code means, why it happens and what mends it; without a code, list all
    Explain {
        /// A code, e.g. api.role_level, or the first part of several, e.g. tls
        code: Option<String>,
    },
    /// Keep the values of a tenant under a name
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Say where the program's files are
    Paths,
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Of one command, e.g. check, or profile save
        command: Vec<String>,
        /// Write the pages of all commands into this directory instead, as a package needs them
        #[arg(long, value_name = "DIRECTORY", conflicts_with = "command")]
        to: Option<PathBuf>,
    },
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What to write to standard output [default: human]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<Format>,
    /// Nothing but the verdict line, and nothing on standard error
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show each request on standard error; -vv shows particulars
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Run this check alone, with what it needs; may be repeated
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Warnings make the exit status 1
    #[arg(long)]
    pub strict: bool,
    /// Run again and again, with this pause
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub watch: Option<u64>,
    /// Run again until nothing blocks [pause: 15 s, or --watch]
    #[arg(long)]
    pub until_ready: bool,
    /// Stop after this time, e.g. 90s, 30m, 2h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub deadline: Option<Duration>,
    /// Check every profile, several at a time
    ///
    /// Each profile's secret comes from its secret_command or from where it was kept (keyring, keychain);
    /// HALO_CLIENT_SECRET is used only when there is one profile. Results come as the tenants end; a host that asks to
    /// wait delays its own tenants alone.
    #[arg(long, conflicts_with_all = ["watch", "until_ready"])]
    pub all_profiles: bool,
    /// With --all-profiles: most tenants at once
    #[arg(long, value_name = "N", requires = "all_profiles", default_value_t = 32,
        value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: u16,
    /// With --all-profiles: most tenants at once of one host
    #[arg(long, value_name = "N", requires = "all_profiles", default_value_t = 2,
        value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs_per_host: u16,
    /// Print the JSON Schema of the report (with --format jsonl, of its lines) and do nothing else
    #[arg(long)]
    pub print_schema: bool,
}

/// Options of `guide`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct GuideArgs {
    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub format: GuideFormat,
    /// Something else than printing.
    #[command(subcommand)]
    pub command: Option<GuideCommand>,
}

/// What else can be done with a guide.
#[derive(Debug, Subcommand)]
pub enum GuideCommand {
    /// Say whether a guide file can be used, and if not, where and why
    Validate {
        /// The file
        file: PathBuf,
    },
}

/// Forms of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuideFormat {
    /// For reading
    Text,
    /// With boxes to tick
    Markdown,
    /// For programs
    Json,
    /// The guide file itself: a start for one of your own
    Toml,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Which scenario [default: the first of the list]
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Loopback address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// Origin that it names as its own, where something in front of it speaks TLS
    #[arg(long, value_name = "ORIGIN")]
    pub announce: Option<String>,
    /// List the scenarios and do nothing else
    #[arg(long)]
    pub list: bool,
}

/// What can be done with profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Keep the connection options under a name; a secret is never kept
    Save {
        /// Letters, digits, ".", "_", "-"
        name: String,
    },
    /// List the profiles
    List,
    /// Show one profile
    Show {
        /// Its name
        name: String,
    },
    /// Give a profile another name
    Rename {
        /// Its name
        old: String,
        /// Its new name
        new: String,
    },
    /// Remove a profile
    Remove {
        /// Its name
        name: String,
    },
}

/// Reads `90s`, `30m`, `2h`, `1h30m`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no duration: write 90s, 30m or 2h");
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let signed: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(signed).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m", 5400)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert!(duration("-5m").is_err() && duration("").is_err());
    }
}
