//! The profiles in the configuration file: reading, saving, renaming, removing.

use super::{edit, parse};
use crate::domain::codes::Code;
use crate::domain::profile::{Profile, is_name};
use crate::store::error::{StoreError, shown};
use crate::store::file_lock::{Lock, PATIENCE};
use crate::store::named_file;
use crate::store::paths::{Directory, Paths, folder_of};
use crate::store::private_file;
use std::collections::BTreeMap;
use std::path::Path;
use toml_edit::DocumentMut;

/// Version of the file that this program writes.
pub(super) const VERSION: i64 = 1;
/// Start of a new file.
pub(super) const NEW_FILE: &str =
    "# halo-onboard. Do not put a secret in this file: see secret_command.\nversion = 1\n";

/// Access to the profiles of one configuration file.
#[derive(Clone, Debug)]
pub struct Profiles {
    paths: Paths,
    settings: &'static [&'static str],
}

/// Content of a configuration file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadedFile {
    /// The profiles by name, in alphabetical order.
    pub profiles: BTreeMap<String, Profile>,
    /// The whole text, from which the settings are read.
    pub text: String,
    /// Note that the file's permissions were too wide.
    pub note: Option<StoreError>,
}

impl Profiles {
    /// Creates the access to the configuration file at these paths.
    pub fn new(paths: &Paths) -> Self {
        Self { paths: paths.clone(), settings: &[] }
    }

    /// Allows these keys besides `version` and `profiles`; the reader of the settings validates them. Other keys are
    /// errors.
    #[must_use]
    pub fn beside(self, settings: &'static [&'static str]) -> Self {
        Self { settings, ..self }
    }

    /// Reads all profiles; a missing file has no profiles.
    ///
    /// # Errors
    /// The file cannot be read, comes from a newer version, or is invalid at a line and column.
    pub fn load(&self) -> Result<LoadedFile, StoreError> {
        let path = self.paths.config_file()?;
        let content = if self.paths.is_named() { named_file::read(path)? } else { private_file::read(path)? };
        let Some(content) = content else { return Ok(LoadedFile::default()) };
        let profiles = parse::profiles(path, &content.text, self.settings)?;
        Ok(LoadedFile { profiles, text: content.text, note: content.note })
    }

    /// Returns one profile.
    ///
    /// # Errors
    /// As [`Profiles::load`], or the profile does not exist.
    pub fn get(&self, name: &str) -> Result<Profile, StoreError> {
        let mut loaded = self.load()?;
        loaded.profiles.remove(name).ok_or_else(|| unknown(name, loaded.profiles.keys()))
    }

    /// Writes a profile and replaces one of the same name. Comments and unchanged values are preserved. Returns a note
    /// if the file system has no locks.
    ///
    /// # Errors
    /// As [`Profiles::load`], or the name is invalid, the file cannot be written, or another process is writing it.
    pub fn save(&self, name: &str, profile: &Profile) -> Result<Option<StoreError>, StoreError> {
        check_name(name)?;
        self.edit(|document, _| {
            edit::put(document, name, profile);
            Ok(())
        })
    }

    /// Renames a profile and returns a note as [`Profiles::save`] does. [`crate::store::progress::rename`] renames its
    /// progress.
    ///
    /// # Errors
    /// As [`Profiles::save`], or the profile does not exist, or the new name is taken.
    pub fn rename(&self, from: &str, to: &str) -> Result<Option<StoreError>, StoreError> {
        check_name(to)?;
        self.edit(|document, profiles| {
            if !profiles.contains_key(from) {
                return Err(unknown(from, profiles.keys()));
            }
            if profiles.contains_key(to) {
                return Err(invalid(format!("The profile {to} already exists."), "Choose another name."));
            }
            edit::rename(document, from, to);
            Ok(())
        })
    }

    /// Removes a profile and returns a note as [`Profiles::save`] does. [`crate::store::progress::remove`] removes its
    /// progress, [`crate::store::keyring::forget`] a kept secret.
    ///
    /// # Errors
    /// As [`Profiles::save`], or the profile does not exist.
    pub fn remove(&self, name: &str) -> Result<Option<StoreError>, StoreError> {
        self.edit(|document, profiles| {
            if !profiles.contains_key(name) {
                return Err(unknown(name, profiles.keys()));
            }
            edit::remove(document, name);
            Ok(())
        })
    }

    /// Reads, changes and writes the file under its lock. A file that cannot be parsed is never written.
    fn edit(
        &self,
        change: impl FnOnce(&mut DocumentMut, &BTreeMap<String, Profile>) -> Result<(), StoreError>,
    ) -> Result<Option<StoreError>, StoreError> {
        let path = self.paths.config_file()?;
        private_file::make_folder(self.paths.config_folder()?)?;
        let place =
            if self.paths.is_named() { named_file::place(path)? } else { named_file::FileTarget::private(path) };
        let folder = Directory { path: folder_of(&place.file), own: !self.paths.is_named() };
        let lock = Lock::take(&place.file, PATIENCE)?;
        let LoadedFile { profiles, text, .. } = self.load()?;
        let text = if text.is_empty() { NEW_FILE.to_owned() } else { text };
        let mut document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| parse::at(path, &text, error.span(), error.message()))?;
        change(&mut document, &profiles)?;
        let text = document.to_string();
        parse::profiles(path, &text, self.settings)?;
        private_file::replace(&place.file, folder, &text, place.permissions, &lock)?;
        Ok(lock.note().cloned())
    }
}

pub(in crate::store) fn check_name(name: &str) -> Result<(), StoreError> {
    if is_name(name) {
        return Ok(());
    }
    let what = format!("{:?} cannot be the name of a profile.", shown(Path::new(name)));
    Err(invalid(what, "Use up to 64 letters, digits, dots, dashes and underscores; a letter or digit first."))
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> StoreError {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let next = match known.as_slice() {
        [] => "There are no profiles yet: halo-onboard profile save NAME.".to_owned(),
        known => format!("There are: {}.", known.join(", ")),
    };
    invalid(format!("There is no profile {}.", shown(Path::new(name))), next)
}

fn invalid(what: String, next: impl Into<String>) -> StoreError {
    StoreError::new(Code::LocalConfigInvalid, what, next)
}
