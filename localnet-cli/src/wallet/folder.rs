//! Folders of throw-away keys, which go with their process however it ends.
//!
//! A process that is killed removes nothing. So each folder has a file that its process holds
//! locked, and the next process removes folders whose lock nobody holds any more.

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// How the names of these folders begin.
const PREFIX: &str = "sluice-localnet-";
const LOCK: &str = "lock";
/// The lock before it is held. A folder without a lock is left alone.
const LOCK_TO_BE: &str = "lock.new";
/// Only for its owner.
const MODE: u32 = 0o700;

/// A folder that only its owner can enter, and that vanishes with this value.
pub struct Folder {
    // Removed before its lock is given up.
    directory: TempDir,
    _lock: File,
}

impl Folder {
    /// A new folder among temporary ones. Those that killed processes of the same user left there
    /// are removed.
    pub fn create() -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(MODE))
            .tempdir()?;
        let lock = File::create_new(directory.path().join(LOCK_TO_BE))?;
        lock.lock()?;
        fs::rename(
            directory.path().join(LOCK_TO_BE),
            directory.path().join(LOCK),
        )?;
        let folder = Self {
            directory,
            _lock: lock,
        };
        folder.remove_abandoned()?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Removes what lies beside this folder, looks like it, and is held by nobody. What cannot be
    /// removed stays: it is another start's turn.
    fn remove_abandoned(&self) -> io::Result<()> {
        let own = fs::symlink_metadata(self.path())?;
        let beside = self.path().parent().map(fs::read_dir).transpose()?;
        for entry in beside.into_iter().flatten().flatten() {
            let is_named_so = entry
                .file_name()
                .to_str()
                .is_some_and(|name| name.starts_with(PREFIX));
            if is_named_so && entry.path() != self.path() && is_alike(&entry.path(), own.uid()) {
                // Another process may be faster.
                let _other_turn = remove_unless_held(entry.path());
            }
        }
        Ok(())
    }
}

/// Whether this is a folder, no link to one, that this user made as [`Folder::create`] does.
fn is_alike(path: &Path, user: u32) -> bool {
    fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_dir() && found.uid() == user && found.mode() & 0o777 == MODE)
}

fn remove_unless_held(path: PathBuf) -> io::Result<()> {
    let lock = path.join(LOCK);
    if !fs::symlink_metadata(&lock)?.is_file() {
        return Ok(());
    }
    // Held until the folder is gone.
    let held = File::open(lock)?;
    held.try_lock()?;
    fs::remove_dir_all(path)
}
