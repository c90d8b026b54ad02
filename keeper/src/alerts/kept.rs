//! What must outlive the keeper: a file in its state folder. A new start repeats no message, and forgets no
//! recovery.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind, Write},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tracing::{info, warn};

use super::{course::Course, program::Seen, told::Told, yields::EpochYield};

/// Its name in the state folder.
const FILE: &str = "alerts.json";

/// What is kept.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The alerts.
    pub course: Course,
    /// What webhooks were told, by what they are.
    pub told: BTreeMap<String, Told>,
    /// The program as it was first seen, by cluster.
    pub programs: BTreeMap<String, Seen>,
    /// What the last epochs brought, by pool.
    pub yields: BTreeMap<String, Vec<EpochYield>>,
}

/// What is kept, for all threads.
#[derive(Clone)]
pub struct Kept(Arc<Mutex<Inner>>);

/// What is kept, with its file.
pub struct Inner {
    /// What is kept.
    pub content: Content,
    path: PathBuf,
    written: Vec<u8>,
    is_writable: bool,
}

impl Kept {
    /// What an earlier run has left in this folder. A file that makes no sense is begun anew, which
    /// is told.
    pub fn open(folder: &std::path::Path) -> Self {
        let path = folder.join(FILE);
        let written = match fs::read(&path) {
            Ok(written) => written,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    warn!(
                        "{} cannot be read ({error}): alerts begin anew.",
                        path.display()
                    );
                }
                Vec::new()
            }
        };
        let content = match serde_json::from_slice(&written) {
            Ok(content) => content,
            Err(_) if written.is_empty() => Content::default(),
            Err(error) => {
                warn!(
                    "{} makes no sense ({error}): alerts begin anew, and the program of now counts as the \
                     one that was first seen.",
                    path.display()
                );
                Content::default()
            }
        };
        Self(Arc::new(Mutex::new(Inner {
            content,
            path,
            written,
            is_writable: true,
        })))
    }

    /// What is kept, for as long as it is held. Where both are needed, it comes before what is known.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Writes what has changed. Where that fails, everything goes on in memory; it is told once.
    pub fn save(&mut self) {
        match self.write() {
            Ok(()) if !self.is_writable => {
                info!("{} can be written again.", self.path.display());
                self.is_writable = true;
            }
            Ok(()) => {}
            Err(error) if self.is_writable => {
                warn!(
                    "{} cannot be written ({error}): after a restart, alerts may be told twice.",
                    self.path.display()
                );
                self.is_writable = false;
            }
            Err(_) => {}
        }
    }

    /// Replaces the file as a whole.
    fn write(&mut self) -> io::Result<()> {
        let text = serde_json::to_vec(&self.content)?;
        if text == self.written {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(&text)?;
        file.as_file().sync_data()?;
        file.persist(&self.path)?;
        self.written = text;
        Ok(())
    }
}
