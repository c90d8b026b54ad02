//! The file of what was read of a holder's history, so that nothing is read twice.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};
use sluice_client::{quote::statement::Records, send::files::read_text};
use tempfile::NamedTempFile;

use crate::output::announce;

/// The version of the file.
const VERSION: u32 = 1;

/// A file of transactions of one holder, one pool and one cluster: its name says which.
pub struct Kept {
    path: PathBuf,
}

#[derive(Deserialize)]
struct Contents {
    version: u32,
    records: Records,
}

#[derive(Serialize)]
struct ContentsOf<'a> {
    version: u32,
    records: &'a Records,
}

impl Kept {
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// What was kept. A file that is damaged is told, and everything is read anew.
    pub fn read(&self) -> Records {
        let text = match read_text(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Records::new(),
            Err(error) => return self.anew(&error.to_string()),
        };
        match serde_json::from_str::<Contents>(&text) {
            Ok(contents) if contents.version == VERSION => contents.records,
            Ok(contents) => self.anew(&format!("it has version {}", contents.version)),
            Err(error) => self.anew(&error.to_string()),
        }
    }

    fn anew(&self, why: &str) -> Records {
        announce(format_args!(
            "What was read before, in {}, cannot be used, and is read anew: {why}.",
            self.path.display()
        ));
        Records::new()
    }

    /// Keeps everything. The file is the old one or the new one, never a part.
    pub fn keep(&self, records: &Records) -> std::io::Result<()> {
        let folder = self.path.parent().ok_or(ErrorKind::NotFound)?;
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        let contents = ContentsOf {
            version: VERSION,
            records,
        };
        serde_json::to_writer(&mut file, &contents)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}
