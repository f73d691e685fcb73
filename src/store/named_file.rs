//! A configuration file that the operator named (`--config`, `HALO_ONBOARD_CONFIG`). It may be a symbolic link and may
//! belong to root, as in a Kubernetes ConfigMap or below `/etc`; its permissions are never changed. It may name a
//! command to run, so it is read only if no user except its reader and root can write it, like the files of ssh.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{StoreError, shown};
use super::private_file;
use super::private_file::Content;
use crate::domain::codes::Code;
use crate::platform::file_access::{FilePermissions, objection_to_named_file, open_following};

/// Reads a named file; `None` if it does not exist.
///
/// # Errors
/// A user other than its reader and root may write the file; it is not a regular file, is larger than 1 MiB, is not
/// text, or cannot be read.
pub(super) fn read(path: &Path) -> Result<Option<Content>, StoreError> {
    let file = match open_following(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::reading(path, &error)),
    };
    let metadata = file.metadata().map_err(|error| StoreError::reading(path, &error))?;
    private_file::check(path, &metadata)?;
    if let Some((what, next)) = objection_to_named_file(&metadata) {
        return Err(private_file::refused(path, what, &next.replace("FILE", &shown(path))));
    }
    Ok(Some(Content { text: private_file::text(path, file)?, note: None }))
}

/// Path and permissions for writing a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileTarget {
    pub(super) file: PathBuf,
    pub(super) permissions: FilePermissions,
}

impl FileTarget {
    /// A file of the program's own.
    pub(super) fn private(path: &Path) -> Self {
        Self { file: path.to_owned(), permissions: FilePermissions::PRIVATE }
    }
}

/// Resolves a named file, so that a link stays a link and the permissions are kept.
///
/// # Errors
/// The file is a link without a target.
pub(super) fn place(path: &Path) -> Result<FileTarget, StoreError> {
    match fs::canonicalize(path) {
        Ok(file) => {
            let metadata = fs::metadata(&file).map_err(|error| StoreError::reading(path, &error))?;
            Ok(FileTarget { file, permissions: FilePermissions::of(&metadata) })
        }
        Err(_) if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) => Err(StoreError::new(
            Code::LocalStorePerm,
            format!("{} is a link without a target; nothing was written.", shown(path)),
            "Create the link's target, or name another file.",
        )),
        Err(_) => Ok(FileTarget::private(path)),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;
    use crate::domain::profile::Profile;
    use crate::store::Paths;
    use crate::store::profiles::Profiles;

    const TEXT: &str = "version = 1\n\n[profiles.acme]\nurl = \"https://acme.halopsa.com\"\n";

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it exists").mode() & 0o777
    }

    /// The two links of a ConfigMap: `config.toml` to `..data/config.toml`, `..data` to `..2026`.
    fn config_map(folder: &Path) -> PathBuf {
        fs::create_dir(folder.join("..2026")).expect("made");
        fs::write(folder.join("..2026/config.toml"), TEXT).expect("written");
        fs::set_permissions(folder.join("..2026/config.toml"), Permissions::from_mode(0o644)).expect("set");
        symlink("..2026", folder.join("..data")).expect("linked");
        symlink("..data/config.toml", folder.join("config.toml")).expect("linked");
        folder.join("config.toml")
    }

    #[test]
    fn a_link_is_read_and_written_through_and_permissions_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = config_map(folder.path());
        let profiles = Profiles::new(&Paths::find(Some(&path)));
        let loaded = profiles.load().expect("readable");
        assert!(loaded.profiles.contains_key("acme") && loaded.note.is_none());
        profiles.save("beta", &Profile { url: Some("https://b.example".into()), ..Profile::default() }).expect("saved");
        assert!(fs::symlink_metadata(&path).expect("there").is_symlink(), "the link is still one");
        let target = folder.path().join("..2026/config.toml");
        assert!(fs::read_to_string(&target).expect("there").contains("[profiles.beta]"));
        assert_eq!(mode(&target), 0o644);
    }

    #[test]
    fn what_others_may_write_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        fs::write(&path, TEXT).expect("written");
        fs::set_permissions(&path, Permissions::from_mode(0o666)).expect("widened");
        let error = read(&path).expect_err("others may write it");
        assert_eq!(error.code(), Code::LocalStorePerm);
        assert!(error.what().contains("not read") && error.next().contains("chmod go-w"), "{error}");
        assert_eq!(mode(&path), 0o666);
    }

    #[test]
    fn other_things_than_files_and_links_to_nothing_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(read(folder.path()).expect_err("a folder").what().contains("is not a regular file"));
        let link = folder.path().join("link");
        symlink("nothing", &link).expect("linked");
        assert!(read(&link).expect("as no file").is_none());
        assert!(place(&link).expect_err("nowhere").what().contains("is a link without a target"));
    }
}
