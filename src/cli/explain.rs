//! The command `explain`: the explanation of a code.

use std::fmt::Write;

use crate::domain::codes::Code;
use crate::headless;
use crate::session::command_error::CommandError;

/// Returns all codes with their headlines.
pub fn list() -> String {
    let mut out = String::new();
    for code in Code::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{:<28} {}", code.id(), code.headline());
    }
    out
}

/// Returns the explanation of a code, or of all codes that start with `word` and a dot.
///
/// # Errors
/// The code is unknown; the error names similar codes.
pub fn explain(word: &str, width: Option<usize>) -> Result<String, CommandError> {
    headless::explanation_pages(word, width).ok_or_else(|| unknown(word))
}

fn unknown(word: &str) -> CommandError {
    let parts: Vec<&str> = word.split(['.', '_', '-', ' ']).filter(|part| part.len() > 2).collect();
    let like: Vec<&str> =
        Code::ALL.iter().map(|code| code.id()).filter(|id| parts.iter().any(|part| id.contains(part))).collect();
    let like = if like.is_empty() { String::new() } else { format!(" Like it: {}.", like.join(", ")) };
    CommandError::usage(format!("There is no code {word:?}.{like}"), "halo-onboard explain, without a code, lists all.")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Cli;

    /// Every `--option` and every `halo-onboard COMMAND` that is named anywhere must exist.
    #[test]
    fn only_options_and_commands_that_exist_are_named() {
        let mut cli = Cli::command();
        cli.build();
        let mut options: Vec<String> = Vec::new();
        for command in std::iter::once(&cli).chain(cli.get_subcommands()) {
            options.extend(
                command.get_opts().chain(command.get_arguments()).filter_map(|arg| arg.get_long()).map(str::to_owned),
            );
        }
        let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        for text in [
            crate::domain::codes::explain::TEXT,
            crate::cli::help::LONG,
            crate::cli::help::CHECK,
            crate::cli::help::SHORT,
        ] {
            for rest in text.split("--").skip(1) {
                let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
                assert!(options.contains(&name), "--{name} does not exist: --{:.40}", rest);
            }
            for rest in text.split("halo-onboard ").skip(1) {
                let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
                let is_option = rest.starts_with("--");
                assert!(is_option || commands.contains(&name.as_str()), "halo-onboard {:.40}", rest);
            }
        }
    }

    #[test]
    fn a_group_is_explained_together_and_an_unknown_word_finds_its_like() {
        assert!(explain("api.role_level", None).expect("known").contains("Edit > Permissions"));
        let tls = Code::ALL.iter().filter(|code| code.id().starts_with("tls.")).count();
        assert_eq!(explain("TLS.*", None).expect("a group").matches("Means").count(), tls);
        let told = explain("role_lvl", None).expect_err("unknown").text();
        assert!(told.contains("api.role_level") && told.contains("identity.wrong_role"), "{told}");
    }
}
