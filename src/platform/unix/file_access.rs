//! Access to files for this user only: owner, permissions, links, flushing.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::geteuid;

/// Permissions of a file for this user only.
const PRIVATE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;
/// Permission bits of all users except the owner.
const OTHERS: u32 = 0o077;
/// Write permission of the group and of other users.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Permissions of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePermissions(u32);

impl FilePermissions {
    /// For this user only.
    pub const PRIVATE: Self = Self(PRIVATE);

    /// Those of a file, and this user's own in any case.
    pub fn of(metadata: &Metadata) -> Self {
        Self(metadata.mode() & 0o777 | PRIVATE)
    }

    /// Sets the permissions of an open file.
    ///
    /// # Errors
    /// The file belongs to another user, or the file system has no permissions.
    pub fn apply(self, file: &File) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(self.0))
    }

    /// Sets the permissions with which a temporary file is created.
    pub fn create_with(self, builder: &mut tempfile::Builder<'_, '_>) {
        builder.permissions(Permissions::from_mode(self.0));
    }
}

/// Opens without following a link, waiting for a pipe, or inheritance by child processes. A new file is for this user
/// only.
///
/// # Errors
/// As [`OpenOptions::open`]; [`is_link`] is true of the error if the path is a link.
pub fn open_without_following(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    options.mode(PRIVATE).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Opens for reading, without waiting for a pipe and without inheritance by child processes; follows links.
///
/// # Errors
/// As [`OpenOptions::open`].
pub fn open_following(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Returns true if [`open_without_following`] failed because the path is a link.
pub fn is_link(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Returns true if the file belongs to this user.
pub fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == geteuid().as_raw()
}

/// Access that other users have to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessByOthers {
    /// What they can do, a participle.
    pub can_be: &'static str,
    /// The permissions as the system writes them.
    pub permissions: String,
}

/// Returns the access that other users have to a file; `None` if they have none.
pub fn access_by_others(metadata: &Metadata) -> Option<AccessByOthers> {
    let mode = metadata.mode() & 0o777;
    (mode & OTHERS != 0).then(|| AccessByOthers {
        can_be: if mode & WRITABLE_BY_OTHERS == 0 { "read" } else { "read or changed" },
        permissions: format!("mode {mode:04o}"),
    })
}

/// Takes their access away from other users.
///
/// # Errors
/// The file belongs to another user, or the file system has no permissions.
pub fn remove_access_by_others(file: &File, metadata: &Metadata) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(metadata.mode() & 0o777 & !OTHERS))
}

/// Returns why this user must not read a named file, and the fix, in which FILE stands for its path.
pub fn objection_to_named_file(metadata: &Metadata) -> Option<(&'static str, &'static str)> {
    objection(metadata.uid(), metadata.mode(), geteuid().as_raw())
}

fn objection(owner: u32, mode: u32, user: u32) -> Option<(&'static str, &'static str)> {
    if owner != user && owner != 0 {
        return Some((
            "belongs to another user",
            "Name a file of your own, or a file of root's that only root may write.",
        ));
    }
    (mode & WRITABLE_BY_OTHERS != 0)
        .then_some(("can be changed by other users", "Check its content, then remove that permission: chmod go-w FILE"))
}

/// Creates a directory, with its parents, for this user only.
///
/// # Errors
/// The directory cannot be created.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(path)
}

/// Tightens the permissions of a directory of this user to this user only. The umask may have taken bits away, somebody
/// may have added some.
///
/// # Errors
/// The permissions cannot be read or set.
pub fn make_folder_private(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if is_own(&metadata) && metadata.mode() & 0o777 != PRIVATE_FOLDER {
        fs::set_permissions(path, Permissions::from_mode(PRIVATE_FOLDER))?;
    }
    Ok(())
}

/// Opens a directory to flush it; `None` on systems where a directory cannot be flushed.
///
/// # Errors
/// The directory cannot be opened.
pub fn open_folder_to_flush(path: &Path) -> io::Result<Option<File>> {
    File::open(path).map(Some)
}

/// Returns true if the file system cannot flush this file (some FUSE and SMB mounts, directories on others).
pub fn cannot_flush(error: &io::Error) -> bool {
    is_unsupported(error) || Errno::from_io_error(error) == Some(Errno::INVAL)
}

/// Returns true if the file system has no locks (NFSv3 without lockd, Lustre, some FUSE mounts).
pub fn has_no_locks(error: &io::Error) -> bool {
    is_unsupported(error) || Errno::from_io_error(error) == Some(Errno::NOLCK)
}

/// Returns true if the file system or the kernel does not support the operation.
fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
        || matches!(Errno::from_io_error(error), Some(Errno::NOSYS | Errno::OPNOTSUPP))
}

#[cfg(test)]
mod tests {
    use super::objection;

    #[test]
    fn root_and_the_reader_may_own_it_and_nobody_else_may_write_it() {
        for (owner, mode, user, says) in [
            (1000, 0o600, 1000, None),
            (1000, 0o644, 1000, None),
            (0, 0o644, 65534, None),
            (0, 0o444, 65534, None),
            (0, 0o440, 65534, None),
            (0, 0o600, 0, None),
            (1000, 0o664, 1000, Some("changed by other users")),
            (0, 0o666, 65534, Some("changed by other users")),
            (0, 0o777, 65534, Some("changed by other users")),
            (1001, 0o644, 1000, Some("another user")),
            (1001, 0o600, 0, Some("another user")),
        ] {
            let found = objection(owner, mode, user).map(|(what, _)| what);
            match (found, says) {
                (None, None) => {}
                (Some(found), Some(says)) => assert!(found.contains(says), "{owner} {mode:o} {user}: {found}"),
                other => panic!("{owner} {mode:o} {user}: {other:?}"),
            }
        }
    }
}
