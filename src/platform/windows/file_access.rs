//! Access to files: links, and nothing of owners and permissions.
//!
//! New files inherit the access control list of their folder. In the folders of a user profile that is the user, the
//! system and the administrators. The list is neither checked nor changed here (docs/security.md).

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Opens a link itself instead of its target.
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
/// Allows to open a directory, so that it can be named in an error.
const BACKUP_SEMANTICS: u32 = 0x0200_0000;
/// The file is a link, or is stored elsewhere (OneDrive).
const REPARSE_POINT: u32 = 0x0000_0400;

/// `ERROR_INVALID_FUNCTION` and `ERROR_NOT_SUPPORTED`: the file system does not support the operation.
const UNSUPPORTED: [i32; 2] = [1, 50];

/// Permissions of a file: those of its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePermissions(());

impl FilePermissions {
    /// Those of the folder, in the user's profile this user's.
    pub const PRIVATE: Self = Self(());

    /// Those of the folder.
    pub fn of(_: &Metadata) -> Self {
        Self(())
    }

    /// Does nothing.
    ///
    /// # Errors
    /// None on this system.
    pub fn apply(self, _: &File) -> io::Result<()> {
        Ok(())
    }

    /// Does nothing.
    pub fn create_with(self, _: &mut tempfile::Builder<'_, '_>) {}
}

/// The path is a symbolic link or a junction.
#[derive(Debug, thiserror::Error)]
#[error("it is a link")]
struct LinkNotFollowed;

/// Opens without following a link.
///
/// # Errors
/// As [`OpenOptions::open`]; [`is_link`] is true of the error if the path is a link.
pub fn open_without_following(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let file = options.custom_flags(OPEN_REPARSE_POINT | BACKUP_SEMANTICS).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_symlink() {
        return Err(io::Error::other(LinkNotFollowed));
    }
    if metadata.file_attributes() & REPARSE_POINT == 0 {
        return Ok(file);
    }
    // It is no link but stored elsewhere: only an ordinary open brings its content.
    options.custom_flags(BACKUP_SEMANTICS).create_new(false).open(path)
}

/// Opens for reading; follows links.
///
/// # Errors
/// As [`OpenOptions::open`].
pub fn open_following(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(BACKUP_SEMANTICS).open(path)
}

/// Returns true if [`open_without_following`] failed because the path is a link.
pub fn is_link(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<LinkNotFollowed>())
}

/// True: the owner is not checked.
pub fn is_own(_: &Metadata) -> bool {
    true
}

/// Access that other users have to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessByOthers {
    /// What they can do, a participle.
    pub can_be: &'static str,
    /// The permissions as the system writes them.
    pub permissions: String,
}

/// `None`: the access control list is not checked.
pub fn access_by_others(_: &Metadata) -> Option<AccessByOthers> {
    None
}

/// Does nothing.
///
/// # Errors
/// None on this system.
pub fn remove_access_by_others(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// `None`: the access control list is not checked.
pub fn objection_to_named_file(_: &Metadata) -> Option<(&'static str, &'static str)> {
    None
}

/// Creates a directory, with its parents.
///
/// # Errors
/// The directory cannot be created.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// Does nothing.
///
/// # Errors
/// None on this system.
pub fn make_folder_private(_: &Path) -> io::Result<()> {
    Ok(())
}

/// `None`: Windows writes a directory's entries itself.
///
/// # Errors
/// None on this system.
pub fn open_folder_to_flush(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Returns true if the file system cannot flush this file.
pub fn cannot_flush(error: &io::Error) -> bool {
    is_unsupported(error)
}

/// Returns true if the file system has no locks.
pub fn has_no_locks(error: &io::Error) -> bool {
    is_unsupported(error)
}

fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error().is_some_and(|code| UNSUPPORTED.contains(&code))
}
