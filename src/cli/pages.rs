//! Pages about the program itself: paths, completions, manual.

use std::path::Path;

use clap::CommandFactory;

use super::args::Cli;
use super::failure::Failure;
use super::session::Session;
use crate::store::StoreError;

/// Where the files are.
pub fn paths(session: &Session) -> String {
    let shown = |path: Result<&Path, StoreError>| match path {
        Ok(path) => format!("{}{}", path.display(), if path.exists() { "" } else { "  (not there yet)" }),
        Err(error) => error.what().to_owned(),
    };
    format!(
        "configuration  {}\nstate          {}\n",
        shown(session.paths.config_file()),
        shown(session.paths.state_folder())
    )
}

/// A completion script.
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "halo-onboard", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The manual page, of the program or of one command.
///
/// # Errors
/// There is no such command.
pub fn man(command: Option<&str>) -> Result<String, Failure> {
    let mut cli = Cli::command();
    cli.build();
    let page = match command {
        None => cli,
        Some(name) => {
            let known: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
            let unknown = || {
                Failure::usage(
                    format!("There is no command {name:?}; there are: {}.", known.join(", ")),
                    "Name one of these.",
                )
            };
            cli.find_subcommand(name).cloned().ok_or_else(unknown)?
        }
    };
    let mut bytes = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = clap_mangen::Man::new(page).render(&mut bytes);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_commands_options_and_exit_status() {
        let page = man(None).expect("the program's page");
        for part in [".TH halo-onboard 1", "Exit status", "78", "secret\\-stdin", "HALO_CLIENT_SECRET"] {
            assert!(page.contains(part), "{part} is missing");
        }
        let check = man(Some("check")).expect("check's page");
        assert!(check.contains("halo\\-onboard\\-check") && check.contains("until\\-ready"), "{check}");
        assert!(man(Some("nosuch")).is_err());
        for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::Fish] {
            assert!(completions(shell).contains("until-ready"), "{shell}");
        }
    }
}
