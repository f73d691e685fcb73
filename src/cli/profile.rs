//! `profile`: the values of a tenant under a name. A secret is never among them.

use super::args::ProfileCommand;
use super::failure::Failure;
use super::session::{Session, profile};

/// Runs a command on profiles; the text to print.
///
/// # Errors
/// There is no such profile, or the file cannot be written.
pub fn run(command: ProfileCommand, session: &Session) -> Result<String, Failure> {
    match command {
        ProfileCommand::List => Ok(list(session)),
        ProfileCommand::Show { name } => {
            let profile = profile(&session.profiles, &name)?;
            // Strings and lists only: serialising them cannot fail.
            Ok(format!("[profiles.{name}]\n{}", toml::to_string(profile).unwrap_or_default()))
        }
        _ => Err(Failure::usage("Profiles cannot be written by this build.", "Edit the configuration file.")),
    }
}

fn list(session: &Session) -> String {
    let row = |(name, profile): (&String, &crate::domain::profile::Profile)| {
        let url = profile.url.as_deref().unwrap_or("-");
        let tenant = profile.tenant.as_deref().unwrap_or("-");
        let secret = if profile.secret_command.is_empty() { "not kept" } else { "by command" };
        format!("{name:<20} {url:<40} {tenant:<20} {secret}\n")
    };
    session.profiles.iter().map(row).collect()
}
