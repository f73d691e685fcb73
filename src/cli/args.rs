//! Definition of the command line: the options of all commands, and normalisation of the arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser};

use super::commands::Command;
use super::{help, version};
use crate::config::{Layer, Timeout};

/// Connects Halo PSA to an API integration and proves the set-up live.
///
/// Without a command it opens the interface: the checklist, the four values from Halo, and the checks, which tick the
/// checklist by evidence. `check` does the same without a screen, for scripts, monitoring and CI. It only reads: no
/// request but the one for a token is anything but a GET.
#[derive(Debug, Parser)]
#[command(
    name = "halo-onboard",
    version,
    long_version = version::long(),
    after_help = help::SHORT,
    after_long_help = help::LONG,
    max_term_width = 100
)]
pub struct Cli {
    /// Options of all commands.
    #[command(flatten)]
    pub options: Options,
    /// What to do; the interface when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that may stand before or after the command.
#[derive(Debug, Default, Args)]
pub struct Options {
    /// Resource Server, as Halo's API Details show it [env: HALO_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Connection")]
    pub url: Option<String>,
    /// Tenant; leave it out where Halo shows "Not set" [env: HALO_TENANT]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Connection")]
    pub tenant: Option<String>,
    /// Client ID of the API application [env: HALO_CLIENT_ID]
    #[arg(long, global = true, value_name = "ID", help_heading = "Connection")]
    pub client_id: Option<String>,
    /// Scopes to request, separated by spaces [default: all, then the guide's list, then each name]
    #[arg(long, global = true, value_name = "SCOPES", help_heading = "Connection")]
    pub scope: Option<String>,
    /// Authorisation Server as Halo shows it, if /api/authinfo does not name it
    #[arg(long, global = true, value_name = "URL", help_heading = "Connection")]
    pub auth_url: Option<String>,
    /// Another origin that may receive the secret if Halo names it as its authorisation server; may be repeated
    #[arg(long, global = true, value_name = "ORIGIN", help_heading = "Connection")]
    pub allow_auth_origin: Vec<String>,
    /// Read the Client Secret from standard input: one line
    #[arg(long, global = true, help_heading = "Connection", conflicts_with = "secret_command")]
    pub secret_stdin: bool,
    /// Run a command that prints the Client Secret
    ///
    /// The text is split at spaces into arguments; 'single' and "double" quotes keep spaces together. No shell runs: there
    /// are no variables, pipes or backslashes in it. The command has 30 seconds, and its environment lacks
    /// HALO_CLIENT_SECRET.
    #[arg(long, global = true, value_name = "COMMAND", help_heading = "Connection")]
    pub secret_command: Option<String>,
    /// Use the values of a profile
    #[arg(long, global = true, value_name = "NAME", help_heading = "Connection")]
    pub profile: Option<String>,
    /// Use the simulated Halo instead of a real one; --demo=list shows the scenarios
    #[arg(
        long,
        global = true,
        value_name = "SCENARIO",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        help_heading = "Connection",
        conflicts_with_all = ["url", "tenant", "client_id", "auth_url", "profile", "secret_stdin", "secret_command"]
    )]
    pub demo: Option<String>,

    /// Use this guide instead of the default: a file, or a name of `guide list`
    #[arg(long, global = true, value_name = "FILE", help_heading = "Surroundings")]
    pub guide: Option<PathBuf>,
    /// Configuration file [env: HALO_ONBOARD_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Surroundings")]
    pub config: Option<PathBuf>,
    /// Trust the certificates in this file too (PEM or DER)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Surroundings")]
    pub ca_file: Option<PathBuf>,
    /// Proxy to use [env: HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, global = true, value_name = "URL", help_heading = "Surroundings")]
    pub proxy: Option<String>,
    /// Timeout per HTTP request in seconds, 1 to 600 [default: 15]
    #[arg(long, global = true, value_name = "SECONDS", help_heading = "Surroundings")]
    pub timeout: Option<Timeout>,
    /// Show every setting with its source, then exit
    #[arg(long, global = true, help_heading = "Surroundings")]
    pub print_config: bool,

    /// No colour [env: NO_COLOR, CLICOLOR_FORCE]
    #[arg(long, global = true, help_heading = "Terminal")]
    pub no_color: bool,
    /// ASCII characters only
    #[arg(long, global = true, help_heading = "Terminal")]
    pub ascii: bool,
    /// Prompts and lines instead of a full screen, for screen readers [env: ACCESSIBLE]
    #[arg(long, global = true, help_heading = "Terminal")]
    pub plain: bool,
}

impl Options {
    /// Returns the settings that the command line gives. `secret_command` is already split.
    pub fn layer(&self, secret_command: Option<Vec<String>>) -> Layer {
        let set = |flag: bool| flag.then_some(true);
        Layer {
            url: self.url.clone(),
            tenant: self.tenant.clone(),
            client_id: self.client_id.clone(),
            scope: self.scope.clone(),
            auth_url: self.auth_url.clone(),
            allow_auth_origin: (!self.allow_auth_origin.is_empty()).then(|| self.allow_auth_origin.clone()),
            secret_command,
            profile: self.profile.clone(),
            guide: self.guide.clone(),
            ca_file: self.ca_file.clone(),
            proxy: self.proxy.clone(),
            timeout: self.timeout,
            no_color: set(self.no_color),
            ascii: set(self.ascii),
            plain: set(self.plain),
            format: None,
        }
    }
}

/// Normalises the arguments for clap: `--demo list` may be written with a space, while `--demo check` is the option and
/// a command.
pub fn normalise(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words = words.into_iter().peekable();
    let mut out = Vec::new();
    while let Some(word) = words.next() {
        let scenario = |next: &OsString| word == "--demo" && is_scenario(&next.to_string_lossy());
        match words.next_if(scenario) {
            Some(scenario) => {
                let mut joined = OsString::from("--demo=");
                joined.push(scenario);
                out.push(joined);
            }
            None => out.push(word),
        }
    }
    out
}

fn is_scenario(word: &str) -> bool {
    !word.starts_with('-')
        && word != "help"
        && !Cli::command().get_subcommands().any(|command| command.get_name() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands::CheckArgs;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        let words = std::iter::once("halo-onboard").chain(line.split_whitespace()).map(OsString::from);
        Cli::try_parse_from(normalise(words))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn connection_options_stand_before_or_after_the_command() {
        for line in ["--url https://h --timeout 5 check --strict", "check --strict --url https://h --timeout 5"] {
            let cli = parse(line).expect(line);
            assert_eq!(cli.options.url.as_deref(), Some("https://h"), "{line}");
            assert_eq!(cli.options.timeout, "5".parse().ok(), "{line}");
            assert!(matches!(cli.command, Some(Command::Check(CheckArgs { strict: true, .. }))), "{line}");
        }
    }

    #[test]
    fn demo_takes_a_scenario_with_or_without_the_sign_and_never_eats_a_command() {
        for (line, demo, check) in [
            ("--demo", Some(""), false),
            ("--demo=list", Some("list"), false),
            ("--demo list", Some("list"), false),
            ("--demo nosuch", Some("nosuch"), false),
            ("--demo check", Some(""), true),
            ("check --demo", Some(""), true),
            ("check --demo --strict", Some(""), true),
            ("check --demo role-invoices", Some("role-invoices"), true),
            ("check", None, true),
        ] {
            let cli = parse(line).expect(line);
            assert_eq!(cli.options.demo.as_deref(), demo, "{line}");
            assert_eq!(cli.command.is_some(), check, "{line}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for line in [
            "--demo --url https://h",
            "check --demo --profile x",
            "--secret-stdin --secret-command x",
            "check -q -v",
            "check --watch 0",
            "check --format yaml",
            "check --deadline soon",
            "guide --format json validate x",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
