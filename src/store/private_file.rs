//! Access to the program's own files: no symbolic links, no files of other users, atomic writes, readable by this user
//! only.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::{StoreError, shown};
use super::file_lock::Lock;
use super::paths::Directory;
use crate::domain::codes::Code;
use crate::domain::text_file;
use crate::platform::file_access::{self, FilePermissions, open_without_following};

/// Maximum size of a file, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;
/// Suffix of a temporary file's name.
const TEMPORARY: &str = ".tmp";

/// A file that was read.
#[derive(Debug)]
pub struct Content {
    /// The text.
    pub text: String,
    /// Note that the file's permissions were too wide and were tightened.
    pub note: Option<StoreError>,
}

/// Reads a file; `None` if it does not exist.
///
/// # Errors
/// The file is a symbolic link, is not a regular file, belongs to another user, is larger than 1 MiB, is not UTF-8, or
/// cannot be read.
pub fn read(path: &Path) -> Result<Option<Content>, StoreError> {
    let file = match open_without_following(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if file_access::is_link(&error) => return Err(is_link(path)),
        Err(error) => return Err(StoreError::reading(path, &error)),
    };
    let metadata = file.metadata().map_err(|error| StoreError::reading(path, &error))?;
    check(path, &metadata)?;
    if !file_access::is_own(&metadata) {
        return Err(refused(path, "belongs to another user", AS_NAMED));
    }
    let note = tighten(path, &file, &metadata);
    Ok(Some(Content { text: text(path, file)?, note }))
}

/// Reads the whole text of an open file.
pub(super) fn text(path: &Path, file: File) -> Result<String, StoreError> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| StoreError::reading(path, &error))?;
    text_file::decode(&bytes).map_err(|error| corrupt(path, &error.to_string()))
}

/// Replaces a file atomically: it has either the old content or the new. The new file has these
/// `permissions`; `lock` is the lock of this file.
///
/// # Errors
/// The file cannot be written; the old content is unchanged.
pub(super) fn replace(
    path: &Path,
    folder: Directory<'_>,
    text: &str,
    permissions: FilePermissions,
    lock: &Lock,
) -> Result<(), StoreError> {
    replace_flushing(path, folder, text, permissions, lock, File::sync_all)
}

fn replace_flushing(
    path: &Path,
    folder: Directory<'_>,
    text: &str,
    permissions: FilePermissions,
    lock: &Lock,
    flush: impl Fn(&File) -> io::Result<()>,
) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::writing(path, &error);
    let prefix = temporary_prefix(path);
    if lock.is_exclusive() {
        sweep(folder.path, &prefix);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(TEMPORARY);
    FilePermissions::PRIVATE.create_with(&mut builder);
    let mut temporary = builder.tempfile_in(folder.path).map_err(failed)?;
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    if permissions != FilePermissions::PRIVATE {
        permissions.apply(temporary.as_file()).map_err(failed)?;
    }
    where_possible(flush(temporary.as_file())).map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    let folder = file_access::open_folder_to_flush(folder.path).map_err(failed)?;
    folder.map_or(Ok(()), |folder| where_possible(flush(&folder))).map_err(failed)
}

/// Flushes to disk if the file system supports it. If not (some FUSE and SMB mounts, directories on others), the rename
/// is as safe as it can be there.
fn where_possible(flushed: io::Result<()>) -> io::Result<()> {
    match flushed {
        Err(error) if file_access::cannot_flush(&error) => Ok(()),
        other => other,
    }
}

/// Writes a new file, such as a report or a copy, for this user only. An existing file is never overwritten.
///
/// # Errors
/// The name is taken, or the file cannot be written.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = || {
        let mut file = open_without_following(path, OpenOptions::new().write(true).create_new(true))?;
        file.write_all(bytes)?;
        where_possible(file.sync_all())
    };
    write().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::new(
            Code::LocalDiskFull,
            format!("{} already exists and was not changed.", shown(path)),
            "Give another name.",
        ),
        _ => StoreError::writing(path, &error),
    })
}

/// Creates a directory, with its parents, for this user only; tightens the permissions of the program's own.
///
/// # Errors
/// The directory cannot be created.
pub(super) fn make_folder(folder: Directory<'_>) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::writing(folder.path, &error);
    let existed = folder.path.exists();
    file_access::create_private_folder(folder.path).map_err(failed)?;
    if folder.own || !existed {
        file_access::make_folder_private(folder.path).map_err(failed)?;
    }
    Ok(())
}

/// Opens a lock file, and creates it if necessary.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    open_without_following(path, OpenOptions::new().read(true).write(true).create(true).truncate(false))
}

/// Creates the error for a damaged file; `what` is the predicate of the sentence.
pub(super) fn corrupt(path: &Path, what: &str) -> StoreError {
    StoreError::new(
        Code::LocalStoreCorrupt,
        format!("{} {what}. It was not changed.", shown(path)),
        "Repair it, or move it away to start over.",
    )
}

/// Keeps one copy of a damaged file beside it and returns the copy's path.
pub(super) fn keep_copy(path: &Path, bytes: &[u8]) -> Result<PathBuf, StoreError> {
    let name = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 1 { ".damaged".to_owned() } else { format!(".damaged-{number}") });
        PathBuf::from(name)
    };
    for number in 1..100 {
        let copy = name(number);
        match fs::read(&copy) {
            Ok(kept) if kept == bytes => return Ok(copy),
            Ok(_) => {}
            Err(_) => return create(&copy, bytes).map(|()| copy),
        }
    }
    Err(corrupt(path, "is damaged, and there are too many copies of it to keep another"))
}

/// Checks the file's type and size, for own and named files.
pub(super) fn check(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    if !metadata.is_file() {
        return Err(refused(path, "is not a regular file", "Move it away, or name another file with --config."));
    }
    if metadata.len() > MOST_BYTES {
        return Err(corrupt(path, "is larger than 1 MiB, so it is not a file of this program"));
    }
    Ok(())
}

/// Creates the error for a file that is not read because of its owner or permissions.
pub(super) fn refused(path: &Path, what: &str, next: &str) -> StoreError {
    StoreError::new(Code::LocalStorePerm, format!("{} {what}; it was not read.", shown(path)), next)
}

/// Next step for a configuration file in the default place that would be read if it were named.
const AS_NAMED: &str =
    "Replace it with a file of your own. If this is intended, name the file: --config FILE, or HALO_ONBOARD_CONFIG.";

fn is_link(path: &Path) -> StoreError {
    StoreError::new(Code::LocalStorePerm, format!("{} is a link; it was not followed.", shown(path)), AS_NAMED)
}

fn tighten(path: &Path, file: &File, metadata: &Metadata) -> Option<StoreError> {
    let others = file_access::access_by_others(metadata)?;
    let (could, permissions) = (others.can_be, others.permissions);
    let what = match file_access::remove_access_by_others(file, metadata) {
        Ok(()) => format!(
            "{} could be {could} by other users ({permissions}); now only your user can access it.",
            shown(path)
        ),
        Err(_) => format!(
            "{} can be {could} by other users ({permissions}), and its permissions cannot be changed.",
            shown(path)
        ),
    };
    Some(StoreError::new(
        Code::LocalStorePerm,
        what,
        "Check its content: other users of this machine may have seen it.",
    ))
}

fn temporary_prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes temporary files of a killed writer. No other process is writing, because the caller holds the lock.
fn sweep(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(prefix) && name.ends_with(TEMPORARY) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use rustix::io::Errno;
    use rustix::process::geteuid;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn replace(path: &Path, folder: Directory<'_>, text: &str) -> Result<(), StoreError> {
        replace_by(path, folder, text, &|file| file.sync_all())
    }

    fn replace_by(
        path: &Path,
        folder: Directory<'_>,
        text: &str,
        flush: &dyn Fn(&File) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let lock = Lock::take(&folder.path.with_extension("test"), crate::store::file_lock::PATIENCE).expect("free");
        replace_flushing(path, folder, text, FilePermissions::PRIVATE, &lock, flush)
    }

    #[test]
    fn a_file_system_that_cannot_flush_is_written_to_and_a_failed_flush_is_no_success() {
        let folder = folder();
        let own = Directory { path: &folder.path().join("own"), own: true };
        make_folder(own).expect("made");
        let path = own.path.join("f");
        for errno in [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP] {
            let text = format!("{errno:?}");
            replace_by(&path, own, &text, &|_| Err(errno.into())).expect("written all the same");
            assert_eq!(read(&path).expect("readable").expect("there").text, text);
        }
        for errno in [Errno::IO, Errno::NOSPC, Errno::DQUOT] {
            replace_by(&path, own, "lost", &|_| Err(errno.into())).expect_err("not on the disk");
            assert_ne!(read(&path).expect("readable").expect("there").text, "lost");
        }
        assert_eq!(fs::read_dir(own.path).expect("a folder").count(), 1, "no temporary file is left");
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it exists").mode() & 0o777
    }

    #[test]
    fn files_and_folders_are_for_this_user_alone() {
        let folder = folder();
        let inner = folder.path().join("a/b");
        let own = Directory { path: &inner, own: true };
        make_folder(own).expect("made");
        assert_eq!((mode(&folder.path().join("a")), mode(&inner)), (0o700, 0o700));
        fs::set_permissions(&inner, Permissions::from_mode(0o755)).expect("widened");
        make_folder(Directory { own: false, ..own }).expect("left");
        assert_eq!(mode(&inner), 0o755, "a folder that is not ours stays as it is");
        make_folder(own).expect("tightened");
        assert_eq!(mode(&inner), 0o700);
        let file = inner.join("f");
        replace(&file, own, "old").expect("written");
        replace(&file, own, "new").expect("replaced");
        assert_eq!((mode(&file), read(&file).expect("readable").expect("there").text.as_str()), (0o600, "new"));
        assert_eq!(fs::read_dir(&inner).expect("a folder").count(), 1, "no temporary file is left");
    }

    #[test]
    fn wide_permissions_are_tightened_and_told() {
        let folder = folder();
        for (wide, narrow, says) in [
            (0o644, 0o600, "read by other users"),
            (0o666, 0o600, "read or changed"),
            (0o440, 0o400, "read by other users"),
        ] {
            let path = folder.path().join(format!("{wide:o}"));
            fs::write(&path, "x").expect("written");
            fs::set_permissions(&path, Permissions::from_mode(wide)).expect("widened");
            let note = read(&path).expect("readable").expect("there").note.expect("something to tell");
            assert_eq!((note.code(), mode(&path)), (Code::LocalStorePerm, narrow));
            assert!(note.what().contains(says), "{note}");
            assert!(read(&path).expect("readable").expect("there").note.is_none(), "once is enough");
        }
    }

    #[test]
    fn what_is_not_ours_is_not_read() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("target"), "x").expect("written");
        symlink(at("target"), at("link")).expect("linked");
        fs::create_dir(at("directory")).expect("made");
        fs::write(at("large"), vec![b'x'; 1024 * 1024 + 1]).expect("written");
        fs::write(at("bytes"), b"one\ntwo \xff\n").expect("written");
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::from_raw_mode(0o600)).expect("a pipe");
        for (name, code, says) in [
            ("link", Code::LocalStorePerm, "is a link"),
            ("directory", Code::LocalStorePerm, "is not a regular file"),
            ("pipe", Code::LocalStorePerm, "is not a regular file"),
            ("large", Code::LocalStoreCorrupt, "larger than 1 MiB"),
            ("bytes", Code::LocalStoreCorrupt, "line 2"),
            ("target/below", Code::LocalStoreCorrupt, "Not a directory"),
        ] {
            let error = read(&at(name)).expect_err(name);
            assert_eq!(error.code(), code, "{error}");
            assert!(error.what().contains(says), "{error}");
        }
        assert!(read(&at("nothing")).expect("no error").is_none());
        if geteuid().is_root() {
            std::os::unix::fs::chown(at("target"), Some(12345), None).expect("given away");
            assert!(read(&at("target")).expect_err("not ours").what().contains("another user"));
        }
    }

    #[test]
    fn nothing_is_overwritten_by_a_new_file() {
        let folder = folder();
        let path = folder.path().join("report.md");
        create(&path, b"one").expect("written");
        assert_eq!(mode(&path), 0o600);
        assert!(create(&path, b"two").expect_err("exists").what().contains("already exists"));
        symlink("/nowhere", folder.path().join("link")).expect("linked");
        create(&folder.path().join("link"), b"x").expect_err("a link is not followed");
        assert_eq!(fs::read(&path).expect("there"), b"one");
    }

    #[test]
    fn a_failed_write_leaves_the_old_content() {
        let folder = folder();
        let own = Directory { path: folder.path(), own: true };
        let path = folder.path().join("f");
        replace(&path, own, "old").expect("written");
        // A folder in the way of the rename: the last step that can fail.
        let taken = folder.path().join("taken");
        fs::create_dir_all(taken.join("full")).expect("made");
        let error = replace(&taken, own, "new").expect_err("a folder cannot be replaced");
        assert!(error.what().contains("unchanged"), "{error}");
        assert_eq!(read(&path).expect("readable").expect("there").text, "old");
        let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
        assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
    }

    #[test]
    fn damaged_content_is_kept_once() {
        let folder = folder();
        let path = folder.path().join("p.json");
        let first = keep_copy(&path, b"{").expect("kept");
        assert_eq!(keep_copy(&path, b"{").expect("kept"), first);
        assert_ne!(keep_copy(&path, b"[").expect("kept"), first);
    }
}
