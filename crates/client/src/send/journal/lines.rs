//! The lines of the journal's file, and what is damaged of them.

use std::{
    fs,
    io::{ErrorKind, Result},
    path::Path,
};

use super::Pending;
use crate::ClientError;

/// What a file has.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Every line that can be read.
    pub entries: Vec<Pending>,
    /// The first line that cannot, counted from 1, and why not.
    damaged: Option<(usize, String)>,
}

impl Lines {
    /// Reads a file, which need not exist. An unfinished line at its end is that of a run which was
    /// killed before it sent anything: it is no damage.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut lines = Self::default();
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            match serde_json::from_slice(line) {
                Ok(entry) => lines.entries.push(entry),
                Err(_) if !line.ends_with(b"\n") => {}
                Err(error) if lines.damaged.is_none() => {
                    lines.damaged = Some((number, error.to_string()));
                }
                Err(_) => {}
            }
        }
        Ok(lines)
    }

    /// The error of what cannot be read, if there is any.
    pub fn damage(&self, path: &Path) -> Option<ClientError> {
        let (line, why) = self.damaged.clone()?;
        Some(ClientError::JournalDamaged {
            path: path.to_owned(),
            line,
            why,
        })
    }
}
