//! Settings of a session, collected from all sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::command_error::CommandError;
use super::demo;
use super::secret_source::{SecretSource, Variable};
use crate::config::config_file;
use crate::config::config_file::FileError;
use crate::config::{File, KeyTable, Layer, Settings, Source, Value, print_config};
use crate::domain::codes::Code;
use crate::domain::connection::Typed;
use crate::domain::guide::Guide;
use crate::domain::guide_library;
use crate::domain::profile::Profile;
use crate::domain::secret_destination;
use crate::domain::secret_destination::Destination;
use crate::probe::{NetworkOptions, Proxy};
use crate::store::paths::CONFIG_VARIABLE;
use crate::store::profiles::Profiles;
use crate::store::{Paths, StoreError};

/// All given values.
#[derive(Debug)]
pub struct Session {
    /// The settings, each with its source.
    pub settings: Settings,
    /// Paths of the program's files.
    pub paths: Paths,
    /// The profiles of the configuration file.
    pub profiles: BTreeMap<String, Profile>,
    /// Note about the configuration file.
    pub note: Option<StoreError>,
    /// Source of the secret.
    pub secret: SecretSource,
    /// Scenario of the simulated Halo, if requested; empty for the first scenario.
    pub demo: Option<String>,
    /// `[keys]` of the configuration file, not yet validated.
    pub keys: KeyTable,
    /// Text of the configuration file, to locate errors.
    pub config_text: String,
    sources: Sources,
}

/// Values of the command line.
#[derive(Clone, Debug, Default)]
pub struct CommandLineValues {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// The options that are settings.
    pub flags: Layer,
    /// `--secret-stdin`.
    pub secret_stdin: bool,
    /// `--demo`.
    pub demo: Option<String>,
}

/// The settings of each source except the profiles.
#[derive(Clone, Debug)]
struct Sources {
    file: Layer,
    path: Option<PathBuf>,
    environment: Layer,
    flags: Layer,
}

impl Sources {
    fn new(paths: &Paths, file: &File, flags: Layer) -> Self {
        let path = paths.config_file().ok().map(PathBuf::from);
        Self { file: file.layer(), path, environment: environment(), flags }
    }

    /// Returns the sources without the connection that the command line and the environment gave for another session.
    fn without_connection(&self) -> Self {
        let (environment, flags) = (self.environment.clone(), self.flags.clone());
        Self { environment: environment.without_connection(), flags: flags.without_connection(), ..self.clone() }
    }

    /// Returns the effective settings with the values of this profile, which override the file and are overridden by
    /// the environment.
    fn settings(&self, profile: Option<(&str, &Profile)>) -> Settings {
        let mut settings = Settings::default();
        if let Some(path) = &self.path {
            settings.apply(self.file.clone(), &Source::File(path.clone()));
        }
        if let Some((name, profile)) = profile {
            settings.apply(Layer::from(profile), &Source::Profile(name.to_owned()));
        }
        settings.apply(self.environment.clone(), &Source::Environment);
        settings.apply(self.flags.clone(), &Source::Flag);
        self.drop_foreign_acceptance(&mut settings, profile);
        settings
    }

    /// Returns the address and Client ID for which a secret (or an authorisation server) of this source was given. A
    /// saved value belongs to the saved values of its own and of more general sources; a variable belongs to the other
    /// variables; a flag, like a typed value, applies to this run.
    fn given_for(&self, source: &Source, profile: Option<(&str, &Profile)>) -> Destination {
        let mut settings = Settings::default();
        let mut saved = |profile: Option<(&str, &Profile)>| {
            if let Some(path) = &self.path {
                settings.apply(self.file.clone(), &Source::File(path.clone()));
            }
            if let Some((name, profile)) = profile {
                settings.apply(Layer::from(profile), &Source::Profile(name.to_owned()));
            }
        };
        match source {
            Source::File(_) => saved(None),
            Source::Profile(_) => saved(profile),
            Source::Environment => settings.apply(self.environment.clone(), &Source::Environment),
            Source::Default | Source::Flag => {}
        }
        settings.destination()
    }

    /// Omits an authorisation server, and accepted hosts, that were given for another origin: that host would receive
    /// this connection's secret.
    fn drop_foreign_acceptance(&self, settings: &mut Settings, profile: Option<(&str, &Profile)>) {
        let url = settings.url.get();
        let is_foreign = |source: &Source| {
            let said_for = self.given_for(source, profile).url.value;
            let mut typed = Typed { url: url.clone(), auth_url: "given".into(), ..Typed::default() };
            secret_destination::drop_foreign_acceptance(&mut typed, &said_for)
        };
        if is_foreign(&settings.auth_url.source) {
            settings.auth_url = Value::default();
        }
        if is_foreign(&settings.allow_auth_origin.source) {
            settings.allow_auth_origin = Value::default();
        }
    }
}

/// Returns an environment variable; an empty one counts as absent.
pub fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

impl Session {
    /// Reads all sources.
    ///
    /// # Errors
    /// The configuration cannot be read, or the profile does not exist.
    pub fn open(given: CommandLineValues) -> Result<Self, CommandError> {
        let CommandLineValues { config, flags, secret_stdin, demo } = given;
        let paths = Paths::find(config.as_deref());
        let named = config.is_some() || variable(CONFIG_VARIABLE).is_some();
        let (file, config_text, note) = read_config(&paths, named)?;
        let sources = Sources::new(&paths, &file, flags);
        let name = sources.flags.profile.clone().or_else(|| sources.file.profile.clone());
        let named = named_profile(&file.profiles, name.as_deref())?;
        let settings = sources.settings(named);
        let given_for = |source: &Source| sources.given_for(source, named);
        let secret = SecretSource::choose(secret_stdin, Variable::Meant, &settings, given_for);
        let File { profiles, keys, .. } = file;
        Ok(Self { settings, paths, profiles, note, secret, demo, keys, config_text, sources })
    }

    /// Opens the session of a profile, or of an unnamed set-up, that is chosen in the interface. The connection of the
    /// command line and the environment applied to the previous session and is ignored. The configuration is read
    /// again.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn of_profile(&self, name: Option<&str>) -> Result<Self, CommandError> {
        let (file, config_text, note) = read_config(&self.paths, false)?;
        let sources = Sources::new(&self.paths, &file, self.sources.flags.clone());
        let named = named_profile(&file.profiles, name)?;
        let mut settings = sources.without_connection().settings(named);
        settings.profile = Value { value: name.map(str::to_owned), source: Source::Default };
        // A set-up without a name is one more that the variable can be meant for.
        let others = file.profiles.len() - usize::from(name.is_some());
        let variable = if others == 0 { Variable::Meant } else { Variable::Unclear };
        let secret = SecretSource::choose(false, variable, &settings, |source| sources.given_for(source, named));
        let paths = self.paths.clone();
        let File { profiles, keys, .. } = file;
        Ok(Self { settings, paths, profiles, note, secret, demo: None, keys, config_text, sources })
    }

    /// Returns the effective settings of one of many profiles.
    pub fn settings_of(&self, name: &str, profile: &Profile) -> Settings {
        let mut settings = self.sources.without_connection().settings(Some((name, profile)));
        settings.profile = Value { value: Some(name.to_owned()), source: Source::Default };
        settings
    }

    /// Returns the source of the secret of one of many profiles, never a prompt.
    pub fn secret_of(&self, name: &str, profile: &Profile, settings: &Settings) -> SecretSource {
        let given_for = |source: &Source| self.sources.given_for(source, Some((name, profile)));
        let variable = if self.profiles.len() == 1 { Variable::Meant } else { Variable::LeftOut };
        SecretSource::choose(false, variable, settings, given_for).without_terminal()
    }

    /// Returns the address and Client ID of the active profile; empty without a profile.
    pub fn saved_for(&self) -> Destination {
        let Some((name, profile)) = self.profile() else { return Destination::default() };
        self.sources.given_for(&Source::Profile(name.to_owned()), Some((name, profile)))
    }

    /// Returns true if the command line or the environment names a Halo.
    pub fn names_a_halo(&self) -> bool {
        self.settings.profile.value.is_some()
            || [&self.settings.url.source, &self.settings.client_id.source]
                .into_iter()
                .any(|source| matches!(source, Source::Flag | Source::Environment))
    }

    /// Returns the active profile.
    pub fn profile(&self) -> Option<(&str, &Profile)> {
        let name = self.settings.profile.value.as_deref()?;
        Some((name, self.profiles.get(name)?))
    }

    /// Creates a session without any given value.
    #[cfg(test)]
    pub(super) fn bare(paths: Paths) -> Self {
        Self {
            settings: Settings::default(),
            paths,
            profiles: BTreeMap::new(),
            note: None,
            secret: SecretSource::Nowhere,
            demo: None,
            keys: KeyTable::default(),
            config_text: String::new(),
            sources: Sources {
                file: Layer::default(),
                path: None,
                environment: Layer::default(),
                flags: Layer::default(),
            },
        }
    }

    /// The guide in use.
    ///
    /// # Errors
    /// The guide file cannot be read.
    pub fn guide(&self) -> Result<Arc<Guide>, CommandError> {
        match &self.settings.guide.value {
            Some(path) => read_guide(path).map(Arc::new),
            None => Ok(Arc::new(Guide::built_in())),
        }
    }

    /// The form, as the sources fill it.
    pub fn typed(&self) -> Typed {
        typed(&self.settings)
    }

    /// The way to the network. The simulated Halo is on this machine: no proxy is asked for it.
    ///
    /// # Errors
    /// The file of certificates cannot be read.
    pub fn network(&self) -> Result<NetworkOptions, CommandError> {
        let proxy = match &self.settings.proxy.value {
            _ if self.demo.is_some() => Proxy::Direct,
            Some(url) => Proxy::Url(url.clone()),
            None => Proxy::FromEnvironment,
        };
        Ok(NetworkOptions {
            extra_roots: self.settings.ca_file.value.as_deref().map(read_roots).transpose()?,
            proxy,
            exchange_limit: self.settings.timeout.get().into(),
            simulated_access: match &self.demo {
                Some(scenario) => Some(demo::simulated_access(&*self.guide()?, scenario)),
                None => None,
            },
        })
    }

    /// The text of `--print-config`.
    pub fn print_config(&self) -> String {
        print_config::print(&self.settings, &self.secret.words())
    }
}

/// The profiles in the configuration file, with the other keys that it may contain.
pub fn store(paths: &Paths) -> Profiles {
    Profiles::new(paths).beside(File::KNOWN)
}

/// The form, as these settings fill it.
pub fn typed(settings: &Settings) -> Typed {
    Typed {
        url: settings.url.get(),
        tenant: settings.tenant.get(),
        client_id: settings.client_id.get(),
        scope: settings.scope.get(),
        auth_url: settings.auth_url.get(),
        allowed_auth_origins: settings.allow_auth_origin.get(),
    }
}

/// No file is an empty one, unless the operator named it. An account without a home directory has none.
fn read_config(paths: &Paths, named: bool) -> Result<(File, String, Option<StoreError>), CommandError> {
    let Ok(path) = paths.config_file() else { return Ok((File::default(), String::new(), None)) };
    let loaded = store(paths).load()?;
    if named && loaded.text.is_empty() && !path.exists() {
        return Err(FileError::Unreadable { path: path.into(), reason: "there is no such file".into() }.into());
    }
    let file = config_file::parse(path, &loaded.text)?;
    Ok((file, loaded.text, loaded.note))
}

/// The profile of this name, when one is named.
fn named_profile<'a>(
    profiles: &'a BTreeMap<String, Profile>,
    name: Option<&'a str>,
) -> Result<Option<(&'a str, &'a Profile)>, CommandError> {
    name.map(|name| profile(profiles, name).map(|profile| (name, profile))).transpose()
}

/// A profile by its name.
///
/// # Errors
/// There is none of this name; the error lists those there are.
pub fn profile<'a>(profiles: &'a BTreeMap<String, Profile>, name: &str) -> Result<&'a Profile, CommandError> {
    profiles.get(name).ok_or_else(|| {
        let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
        let known =
            if known.is_empty() { "there are none yet".into() } else { format!("there are: {}", known.join(", ")) };
        CommandError::new(
            Code::LocalConfigInvalid,
            format!("There is no profile {name:?}; {known}."),
            "halo-onboard profile save NAME makes one.",
        )
    })
}

fn environment() -> Layer {
    Layer {
        url: variable("HALO_URL"),
        tenant: variable("HALO_TENANT"),
        client_id: variable("HALO_CLIENT_ID"),
        no_color: variable("NO_COLOR").map(|_| true),
        plain: variable("ACCESSIBLE").map(|value| value != "0"),
        ..Layer::default()
    }
}

/// The text of a guide: a built-in one by its name, any other by its path (`./cipp` for a file of that name).
///
/// # Errors
/// The file cannot be read.
pub fn guide_text(path: &Path) -> Result<String, CommandError> {
    match path.to_str().and_then(guide_library::text_of) {
        Some(text) => Ok(text.to_owned()),
        None => Ok(config_file::read_named(path)?),
    }
}

/// How a profile names a guide: a built-in one by its name, a file by its absolute path, because the profile will be used
/// from other directories.
pub fn lasting_guide(path: &Path) -> PathBuf {
    match path.to_str().and_then(guide_library::text_of) {
        Some(_) => path.to_owned(),
        None => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

/// Reads a guide: built in, or from a file.
///
/// # Errors
/// It cannot be read, or holds something wrong: with line and column.
pub fn read_guide(path: &Path) -> Result<Guide, CommandError> {
    let text = guide_text(path)?;
    Guide::from_toml(&text).map_err(|error| {
        FileError::Invalid { path: path.into(), line: error.line, column: error.column, message: error.message }.into()
    })
}

fn read_roots(path: &Path) -> Result<(PathBuf, Vec<u8>), CommandError> {
    Ok((path.into(), config_file::read_named_bytes(path)?))
}
