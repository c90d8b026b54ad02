//! Runs of programs that note in a journal: whether one of them is still at work.
//!
//! A run that notes something keeps a file locked as long as it lives, beside the journal. The lock ends
//! with the run, however that ends.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Error, Result},
    path::{Path, PathBuf},
    process,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// One run of a program.
#[derive(Debug)]
pub(super) struct Writer {
    journal: PathBuf,
    name: String,
    locked: Mutex<Option<File>>,
}

impl Writer {
    /// This run, which has noted nothing yet in this journal.
    pub fn of(journal: &Path) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        let nanos = since_1970.map(|since| since.as_nanos()).unwrap_or_default();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            journal: journal.to_owned(),
            name: format!("{}-{nanos}-{count}", process::id()),
            locked: Mutex::default(),
        }
    }

    /// Locks the file of this run: its name.
    pub fn begin(&self) -> Result<String> {
        let mut locked = self
            .locked
            .lock()
            .map_err(|_| Error::other("a lock is poisoned"))?;
        if locked.is_none() {
            let path = self.file_of(&self.name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let file = File::create(path)?;
            file.try_lock().map_err(Error::from)?;
            *locked = Some(file);
        }
        Ok(self.name.clone())
    }

    /// Whether another run of this name is at work. The file of one that is not is removed.
    pub fn is_another_at_work(&self, name: &str) -> bool {
        // What stands in the file must not lead to another folder.
        let is_name = |byte: u8| byte.is_ascii_digit() || byte == b'-';
        if name == self.name || !name.bytes().all(is_name) {
            return false;
        }
        let path = self.file_of(name);
        let Ok(file) = OpenOptions::new().append(true).open(&path) else {
            return false;
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(_)) => false,
            Ok(()) => {
                // An empty file that stays does no harm.
                let _stays = fs::remove_file(path);
                false
            }
        }
    }

    fn file_of(&self, name: &str) -> PathBuf {
        self.journal.with_extension(format!("run-{name}"))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.locked.get_mut().is_ok_and(|locked| locked.is_some()) {
            let _stays = fs::remove_file(self.file_of(&self.name));
        }
    }
}
