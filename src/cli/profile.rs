//! The command `profile`: manages the saved values of tenants. A secret is never among them.

use super::args::Options;
use super::commands::ProfileCommand;
use crate::config::{Source, Value};
use crate::domain::codes::Code;
use crate::domain::connection::{Note, Problem, read_base, read_client_id, read_tenant, read_url};
use crate::domain::guide::Guide;
use crate::domain::profile::Profile;
use crate::domain::report::Diagnosis;
use crate::domain::untrusted_text::UntrustedText;
use crate::domain::verdict::vendor_side::of_address;
use crate::headless::OutputStreams;
use crate::session::command_error::CommandError;
use crate::session::profile_removal::{all_done, remembered, remove, unless_none};
use crate::session::secret_source;
use crate::session::setting_sources::{Session, lasting_guide, profile, read_guide, store};
use crate::store::{Paths, StoreError, keyring, progress};

/// Runs a `profile` command.
///
/// # Errors
/// The profile does not exist, a value is invalid, or the file cannot be written.
pub fn run(
    command: ProfileCommand,
    options: &Options,
    session: &Session,
    to: &mut OutputStreams,
) -> Result<(), CommandError> {
    let store = store(&session.paths);
    match command {
        ProfileCommand::List => to.out.text(&list(session)),
        ProfileCommand::Show { name } => {
            let profile = profile(&session.profiles, &name)?;
            to.out.text(&show(&name, profile));
            to.out.text(&vendor_side(profile));
        }
        ProfileCommand::Save { name } => {
            let (kept, notes) = given(session.profiles.get(&name).cloned().unwrap_or_default(), options, session)?;
            if kept.url.is_none() {
                return Err(CommandError::new(
                    Code::InputMissing,
                    "A profile needs at least the Resource Server.",
                    format!("halo-onboard profile save {name} --url URL --tenant NAME --client-id ID"),
                ));
            }
            tell(store.save(&name, &kept)?, to);
            for note in notes {
                to.err.line(&format!("{}: {}", note.field.label(), note.text));
            }
            to.out.text(&show(&name, &kept));
            to.out.text(&vendor_side(&kept));
        }
        ProfileCommand::Rename { old, new } => rename(&session.paths, &old, &new, to)?,
        ProfileCommand::Remove { name } => {
            for line in remove(&session.paths, &name)? {
                to.out.line(&line);
            }
        }
    }
    Ok(())
}

/// Reports a note about a written file.
fn tell(note: Option<StoreError>, to: &mut OutputStreams) {
    if let Some(note) = note {
        to.err.line(&format!("halo-onboard: {note}"));
    }
}

/// Renames a profile with its progress and its kept secret. Parts that could not be renamed are reported with their
/// place.
fn rename(paths: &Paths, old: &str, new: &str, to: &mut OutputStreams) -> Result<(), CommandError> {
    let remembered = remembered(paths, old);
    tell(store(paths).rename(old, new)?, to);
    to.out.line(&format!("{old} was renamed to {new}."));
    let progress = progress::rename(paths, old, new);
    let secret = unless_none(keyring::rename(old, new), remembered);
    if let Ok(true) = secret {
        to.out.line("Its kept secret was renamed too.");
    }
    all_done(&format!("{old} was renamed to {new}, but"), &format!("stays under the name {old}"), secret, progress)
}

/// Applies the options and the environment to a profile; each value has the form that a run would use.
fn given(before: Profile, options: &Options, session: &Session) -> Result<(Profile, Vec<Note>), CommandError> {
    let mut notes = Vec::new();
    let mut read = |given: &Value<String>, read: Reader| -> Result<Option<String>, CommandError> {
        let Some(text) = given.value.as_ref().filter(|_| is_given_by_command(&given.source, options)) else {
            return Ok(None);
        };
        let (value, said) =
            read(text).map_err(|problem| CommandError::new(problem.code, problem.message, problem.fix))?;
        notes.extend(said);
        Ok(value)
    };
    let settings = &session.settings;
    let url = read(&settings.url, |text| read_base(text).map(|(url, notes)| (Some(url), notes)))?;
    let tenant = read(&settings.tenant, read_tenant)?;
    let client_id = read(&settings.client_id, |text| read_client_id(text).map(|(id, notes)| (Some(id), notes)))?;
    let words = options.secret_command.as_deref().map(secret_source::words).transpose()?;
    let origins = &options.allow_auth_origin;
    let kept = Profile {
        url: url.or(before.url),
        tenant: tenant.or(before.tenant),
        client_id: client_id.or(before.client_id),
        scope: options.scope.clone().or(before.scope),
        auth_url: options.auth_url.clone().or(before.auth_url),
        allow_auth_origin: if origins.is_empty() { before.allow_auth_origin } else { origins.clone() },
        secret_command: words.unwrap_or(before.secret_command),
        keep: before.keep,
        guide: options.guide.as_deref().map(lasting_guide).or(before.guide),
    };
    Ok((kept, notes))
}

/// Returns true for values that this command gives, as opposed to values for all profiles or for the default profile.
fn is_given_by_command(source: &Source, options: &Options) -> bool {
    match source {
        Source::Flag | Source::Environment => true,
        Source::Profile(_) => options.profile.is_some(),
        Source::File(_) | Source::Default => false,
    }
}

type Reader = fn(&str) -> Result<(Option<String>, Vec<Note>), Problem>;

fn show(name: &str, profile: &Profile) -> String {
    // Strings and lists only: serialising them cannot fail.
    format!("[profiles.{name}]\n{}", toml::to_string(profile).unwrap_or_default())
}

/// What the saved address alone tells about the vendor's servers, as comments of the TOML above. Nothing is asked.
fn vendor_side(profile: &Profile) -> String {
    // An unreadable guide is reported by the commands that need one.
    let guide = profile.guide.as_deref().map_or_else(|| Ok(Guide::built_in()), read_guide);
    let (Ok(guide), Some(Ok((origin, _)))) = (guide, profile.url.as_deref().map(read_url)) else {
        return String::new();
    };
    let comment = |found: &Diagnosis| {
        let fixes: String = found.fix.iter().map(|step| format!("#   {step}\n")).collect();
        let text = format!("# {}: {} ({})\n{fixes}", found.severity.label(), found.summary, found.code.id());
        text.lines().map(|line| format!("{}\n", UntrustedText::new(line).as_str())).collect::<String>()
    };
    of_address(&guide, &origin).iter().map(comment).collect()
}

fn list(session: &Session) -> String {
    let row = |(name, profile): (&String, &Profile)| {
        let url = profile.url.as_deref().unwrap_or("-");
        let tenant = profile.tenant.as_deref().unwrap_or("-");
        format!("{name:<20} {url:<40} {tenant:<20} secret {}\n", secret_location(name, profile))
    };
    session.profiles.iter().map(row).collect()
}

/// Describes the place of a profile's secret. Of a command only the program is named, because an argument may be secret
/// too.
pub fn secret_location(name: &str, profile: &Profile) -> String {
    if let Some(program) = profile.secret_command.first() {
        return format!("from the command {program}");
    }
    match (keyring::holds(name), profile.keep) {
        (Ok(Some(keep)), _) => format!("in {}", keep.place()),
        (Ok(None), Some(keep)) => format!("no longer kept (was in {})", keep.place()),
        (Ok(None), None) => "not kept".into(),
        (Err(error), Some(keep)) => format!("in {}, which does not respond ({})", keep.place(), error.code().id()),
        (Err(_), None) => "not kept".into(),
    }
}
