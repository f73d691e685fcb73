//! Output about the program itself: paths, completion scripts, manual pages.

use std::path::Path;

use clap::CommandFactory;

use super::args::Cli;
use crate::domain::codes::Code;
use crate::session::command_error::CommandError;
use crate::session::setting_sources::Session;
use crate::store::StoreError;

/// Returns the paths of the program's files.
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

/// Returns a completion script.
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "halo-onboard", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the manual page of the program or of one command.
///
/// # Errors
/// The command is unknown.
pub fn man(command: &[String]) -> Result<String, CommandError> {
    let mut page = Cli::command();
    page.build();
    for name in command {
        let known: Vec<&str> = page.get_subcommands().map(clap::Command::get_name).collect();
        let unknown = CommandError::usage(
            format!("There is no command {name:?}; there are: {}.", known.join(", ")),
            "Name one of these.",
        );
        page = page.find_subcommand(name).cloned().ok_or(unknown)?;
    }
    let mut bytes = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = clap_mangen::Man::new(page).render(&mut bytes);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes the manual pages of all commands and returns an empty text.
///
/// # Errors
/// A file cannot be written.
pub fn write_man(directory: &Path) -> Result<String, CommandError> {
    clap_mangen::generate_to(Cli::command(), directory).map(|()| String::new()).map_err(|error| {
        CommandError::new(
            Code::LocalDiskFull,
            format!("The pages cannot be written to {}: {error}.", directory.display()),
            "Name a directory that exists and that you may write to.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn every_page_that_a_page_names_is_written() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(write_man(dir.path()).expect("written"), "");
        let pages: Vec<String> = std::fs::read_dir(dir.path())
            .expect("a directory")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        let mut named = 0;
        for page in &pages {
            let text = std::fs::read_to_string(dir.path().join(page)).expect("a page").replace("\\-", "-");
            for reference in text.split("(1)").filter(|part| part.contains("halo-onboard-")) {
                let name = reference.rsplit([' ', '\n', ',']).next().unwrap_or_default();
                named += u32::from(name.starts_with("halo-onboard-"));
                let there = !name.starts_with("halo-onboard-") || pages.contains(&format!("{name}.1"));
                assert!(there, "{page} names {name}, which is not there: {pages:?}");
            }
        }
        assert!(named > 5, "no reference was read");
        assert!(write_man(&dir.path().join("nosuch")).is_err());
    }

    #[test]
    fn pages_name_commands_options_and_exit_status() {
        let page = man(&[]).expect("the program's page");
        for part in [".TH halo-onboard 1", "Exit status", "78", "secret\\-stdin", "HALO_CLIENT_SECRET"] {
            assert!(page.contains(part), "{part} is missing");
        }
        let check = man(&words("check")).expect("check's page");
        assert!(check.contains("halo\\-onboard\\-check") && check.contains("until\\-ready"), "{check}");
        assert!(man(&words("profile save")).expect("save's page").contains("halo\\-onboard\\-profile\\-save"));
        assert!(man(&words("nosuch")).is_err() && man(&words("check nosuch")).is_err());
        for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::Fish] {
            assert!(completions(shell).contains("until-ready"), "{shell}");
        }
    }
}
