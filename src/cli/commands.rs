//! The commands and their options.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::help;
use crate::config::Format;
use crate::headless::all_profiles::Shard;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the checks without a screen
    #[command(after_long_help = help::CHECK)]
    Check(CheckArgs),
    /// Judge a recorded run again: offline, without a secret
    #[command(after_long_help = help::REPLAY)]
    Replay(ReplayArgs),
    /// Print the checklist
    Guide(GuideArgs),
    /// Serve the simulated Halo until a signal ends it; prints its address and credentials
    Simulate(SimulateArgs),
    /// Explain a code: its meaning, cause and fix; without a code, list all
    Explain {
        /// A code, e.g. api.role_level, or the first part of several codes, e.g. tls
        code: Option<String>,
    },
    /// Save the values of a tenant under a name
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Show the paths of the program's files
    Paths,
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Page of one command, e.g. check, or profile save
        command: Vec<String>,
        /// Write the pages of all commands to this directory instead, for a package
        #[arg(long, value_name = "DIRECTORY", conflicts_with = "command")]
        to: Option<PathBuf>,
    },
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Output format [default: human]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<Format>,
    /// Only the verdict line, and nothing on standard error
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show each request on standard error; -vv shows details
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Run only this check and those that it needs; may be repeated
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Exit with status 1 on warnings too
    #[arg(long)]
    pub strict: bool,
    /// Run repeatedly, with this pause
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub watch: Option<u64>,
    /// Run again until no diagnosis is blocking [pause: 15 s, or --watch]
    #[arg(long)]
    pub until_ready: bool,
    /// Stop after this time, e.g. 90s, 30m, 2h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub deadline: Option<Duration>,
    /// Check all profiles, several in parallel
    ///
    /// Each profile's secret comes from its secret_command or from where it was kept (keyring, keychain);
    /// HALO_CLIENT_SECRET is used only when there is one profile. Results come as the tenants end; a host that asks to
    /// wait delays its own tenants alone.
    #[arg(long, conflicts_with_all = ["watch", "until_ready"])]
    pub all_profiles: bool,
    /// With --all-profiles: maximum number of tenants checked in parallel
    #[arg(long, value_name = "N", requires = "all_profiles", default_value_t = 32,
        value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: u16,
    /// With --all-profiles: maximum number of tenants checked in parallel per host
    #[arg(long, value_name = "N", requires = "all_profiles", default_value_t = 2,
        value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs_per_host: u16,
    /// With --all-profiles: check one part of the profiles, K of 0 to N-1, e.g. 0/4
    ///
    /// The shards of one N divide the profiles: each profile is in exactly one, chosen by a hash of its name that is the
    /// same in every version. The limits --jobs and --jobs-per-host hold for each process alone.
    #[arg(long, value_name = "K/N", requires = "all_profiles")]
    pub shard: Option<Shard>,
    /// Write what is exchanged to this file, as shapes without values; `halo-onboard replay` judges it again
    ///
    /// The file holds no secret, no token, no row and no name: `halo-onboard explain local.recording_invalid` and
    /// docs/halo.md describe it. It must not exist yet. Nothing is sent anywhere.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["watch", "until_ready", "all_profiles", "only"])]
    pub record: Option<PathBuf>,
    /// Print the JSON Schema of the report (with --format jsonl, of its lines), then exit
    #[arg(long)]
    pub print_schema: bool,
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The recording
    pub file: PathBuf,
    /// Output format [default: human]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<Format>,
    /// Print one line: the verdict and its code
    #[arg(long, conflicts_with = "format")]
    pub verdict_only: bool,
    /// Print what the recording tells about the 16 facts of Halo's API that no public source settles (docs/halo.md)
    #[arg(long, conflicts_with_all = ["format", "verdict_only", "strict"])]
    pub doubts: bool,
    /// Show each request on standard error; -vv shows details
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Exit with status 1 on warnings too
    #[arg(long)]
    pub strict: bool,
}

/// Options of `guide`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct GuideArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub format: GuideFormat,
    /// Subcommand; the checklist is printed without one.
    #[command(subcommand)]
    pub command: Option<GuideCommand>,
}

/// Subcommands of `guide`.
#[derive(Debug, Subcommand)]
pub enum GuideCommand {
    /// List the built-in guides: the name for --guide, the product, and the source
    List,
    /// Show a guide: its checklist, in text or another format
    Show {
        /// Name of a built-in guide, or a file
        name: PathBuf,
        /// Output format
        #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
        format: GuideFormat,
    },
    /// Write a guide for another product, from a few answers or from a vendor's page
    ///
    /// Questions go to standard error, and answers come from standard input, one a line; an empty line takes what is
    /// proposed. With --notes and no terminal nothing is asked. The file is a draft: compare it with the page.
    New {
        /// The file to write; an existing one is not changed
        file: PathBuf,
        /// Text of the vendor's page: levels, switches, scopes and names are read from it
        #[arg(long, value_name = "FILE")]
        notes: Option<PathBuf>,
        /// Name of the product
        #[arg(long, value_name = "NAME")]
        product: Option<String>,
    },
    /// Check whether a guide file is valid; if not, show the position and the reason
    Validate {
        /// The file
        file: PathBuf,
    },
}

/// Forms of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuideFormat {
    /// Plain text
    Text,
    /// Markdown with boxes to tick
    Markdown,
    /// For programs
    Json,
    /// The guide file itself, as a template for your own
    Toml,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Scenario to serve [default: the first of the list]
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Serve a recording in place of a scenario: all its hosts at one address, each answer as it was recorded
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenario", "announce"])]
    pub replay: Option<PathBuf>,
    /// Loopback address to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// Origin to announce as its own, if a TLS proxy is in front of it
    #[arg(long, value_name = "ORIGIN")]
    pub announce: Option<String>,
    /// List the scenarios, then exit
    #[arg(long)]
    pub list: bool,
}

/// Subcommands of `profile`.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Save the connection options under a name; a secret is never saved
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
    /// Rename a profile
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
    let wrong = || format!("invalid duration {text:?}: use e.g. 90s, 30m or 2h");
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
