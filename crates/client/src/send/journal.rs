//! The journal: what was signed, and what is not decided yet.
//!
//! A signature is noted before its transaction is sent, and struck out once its fate is known and
//! told. What is left after a kill or a silent node can be looked up later.

use std::{
    fs::{self, File, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Mutex,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use solana_signature::Signature;

use super::files::replace_file;
use crate::{ClientError, Result};

/// A transaction that was signed and perhaps sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Its signature in base 58.
    pub signature: String,
    /// The hash of the cluster's first block.
    pub cluster: String,
    /// Who pays its fee.
    pub payer: String,
    /// What it does: the names of its instructions.
    pub what: String,
    /// The last block height at which it can be executed; none with a durable nonce.
    pub last_valid_height: Option<u64>,
    /// When it was signed: seconds since 1970.
    pub signed_at: u64,
}

impl Pending {
    /// How long ago it was signed, in seconds, by this machine's clock.
    pub fn age_seconds(&self) -> u64 {
        unix_seconds().saturating_sub(self.signed_at)
    }
}

/// The journal of one cluster, in a file that all commands of this machine share.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    cluster: String,
    signed: Mutex<Vec<Signature>>,
    decided: Mutex<Vec<String>>,
}

impl Journal {
    /// The journal in `path`, which need not exist, for the cluster with this genesis hash.
    pub fn new(path: PathBuf, cluster: String) -> Self {
        Self {
            path,
            cluster,
            signed: Mutex::default(),
            decided: Mutex::default(),
        }
    }

    /// Every signature that was noted by this value, in order, whatever became of it.
    pub fn signed(&self) -> Vec<Signature> {
        self.signed
            .lock()
            .map(|signed| signed.clone())
            .unwrap_or_default()
    }

    /// What is undecided on this cluster, oldest first.
    pub fn pending(&self) -> Result<Vec<Pending>> {
        let mut pending = self.read()?;
        pending.retain(|entry| entry.cluster == self.cluster);
        Ok(pending)
    }

    /// Notes a transaction that is about to be sent.
    pub fn note(
        &self,
        signature: Signature,
        payer: String,
        what: String,
        last_valid_height: Option<u64>,
    ) -> Result<()> {
        if let Ok(mut signed) = self.signed.lock() {
            signed.push(signature);
        }
        let entry = Pending {
            signature: signature.to_string(),
            cluster: self.cluster.clone(),
            payer,
            what,
            last_valid_height,
            signed_at: unix_seconds(),
        };
        self.rewrite(|entries| entries.push(entry))
    }

    /// The fate of this transaction is known. It stays noted until [`Self::strike_out_decided`]: a kill
    /// before it was told must not lose it.
    pub fn decide(&self, signature: &Signature) {
        if let Ok(mut decided) = self.decided.lock() {
            decided.push(signature.to_string());
        }
    }

    /// The fate of this transaction is not that certain after all.
    pub fn doubt(&self, signature: &Signature) {
        if let Ok(mut decided) = self.decided.lock() {
            decided.retain(|known| *known != signature.to_string());
        }
    }

    /// Whether this command knows its fate already.
    pub(super) fn is_decided(&self, signature: &Signature) -> bool {
        let decided = self.decided.lock();
        decided.is_ok_and(|decided| decided.contains(&signature.to_string()))
    }

    /// Strikes out what is decided, once that was told.
    pub fn strike_out_decided(&self) -> Result<()> {
        let decided = self.decided.lock().map(|mut all| std::mem::take(&mut *all));
        match decided {
            Ok(decided) if !decided.is_empty() => {
                self.rewrite(|entries| entries.retain(|entry| !decided.contains(&entry.signature)))
            }
            _ => Ok(()),
        }
    }

    /// Strikes out a transaction whose fate is known, or that nobody wants to know about any more:
    /// whether it was noted.
    pub fn strike_out(&self, signature: &str) -> Result<bool> {
        let mut was_noted = false;
        self.rewrite(|entries| {
            let before = entries.len();
            entries.retain(|entry| entry.signature != signature);
            was_noted = entries.len() < before;
        })?;
        Ok(was_noted)
    }

    fn read(&self) -> Result<Vec<Pending>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unusable(&error)),
        };
        text.lines()
            .map(|line| serde_json::from_str(line).map_err(|error| self.unusable(&error)))
            .collect()
    }

    /// Replaces the file as a whole, one command after the other, so that a kill in between loses
    /// nothing.
    fn rewrite(&self, change: impl FnOnce(&mut Vec<Pending>)) -> Result<()> {
        let _alone =
            lock(&self.path.with_extension("lock")).map_err(|error| self.unusable(&error))?;
        let mut entries = self.read()?;
        change(&mut entries);
        self.write(&entries).map_err(|error| self.unusable(&error))
    }

    fn write(&self, entries: &[Pending]) -> std::io::Result<()> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        replace_file(&self.path, &lines)
    }

    fn unusable(&self, why: &dyn std::fmt::Display) -> ClientError {
        ClientError::Journal {
            path: self.path.clone(),
            why: why.to_string(),
        }
    }
}

fn lock(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    file.lock()?;
    Ok(file)
}

fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| since.as_secs())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(name: &str, cluster: &str) -> Journal {
        let folder = std::env::temp_dir().join(format!("sluice-journal-{}", std::process::id()));
        Journal::new(folder.join(name), cluster.to_owned())
    }

    fn note(journal: &Journal, byte: u8) -> String {
        let signature = Signature::from([byte; 64]);
        let (payer, what) = ("payer".to_owned(), "Sluice deposit_sol".to_owned());
        journal.note(signature, payer, what, Some(7)).unwrap();
        signature.to_string()
    }

    #[test]
    fn what_is_noted_outlives_its_writer_until_it_is_struck_out() {
        let ours = journal("kept", "a");
        assert_eq!(ours.pending().unwrap(), [], "no file yet");
        let [first, second] = [1, 2].map(|byte| note(&ours, byte));
        note(&journal("kept", "b"), 3);
        let later = journal("kept", "a");
        let signatures = |pending: Vec<Pending>| {
            pending
                .into_iter()
                .map(|one| one.signature)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            signatures(later.pending().unwrap()),
            [first.clone(), second.clone()]
        );
        assert!(later.strike_out(&first).unwrap());
        assert!(!later.strike_out(&first).unwrap(), "once is enough");
        assert_eq!(signatures(ours.pending().unwrap()), [second]);
        assert_eq!(journal("kept", "b").pending().unwrap().len(), 1);
        assert_eq!(ours.signed().len(), 2, "what was signed stays so");
        assert!(later.signed().is_empty());
        fs::remove_dir_all(ours.path.parent().unwrap()).ok();
    }

    #[test]
    fn what_is_decided_stays_noted_until_it_was_told_and_what_is_doubted_stays() {
        let ours = journal("decided", "a");
        let [told, doubted] = [4, 5].map(|byte| {
            note(&ours, byte);
            Signature::from([byte; 64])
        });
        ours.decide(&told);
        ours.decide(&doubted);
        assert!(ours.is_decided(&told) && ours.is_decided(&doubted));
        ours.doubt(&doubted);
        assert!(!ours.is_decided(&doubted));
        assert_eq!(ours.pending().unwrap().len(), 2, "nothing was told yet");
        ours.strike_out_decided().unwrap();
        let left = ours.pending().unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].signature, doubted.to_string());
        fs::remove_file(&ours.path).unwrap();
    }

    #[test]
    fn commands_that_note_at_once_lose_nothing() {
        std::thread::scope(|scope| {
            for byte in 0..8 {
                scope.spawn(move || note(&journal("shared", "a"), byte));
            }
        });
        let all = journal("shared", "a");
        assert_eq!(all.pending().unwrap().len(), 8);
        fs::remove_file(&all.path).unwrap();
    }

    #[test]
    fn a_journal_that_cannot_be_used_is_an_error_that_names_it() {
        let damaged = journal("damaged", "a");
        fs::create_dir_all(damaged.path.parent().unwrap()).unwrap();
        fs::write(&damaged.path, "no JSON\n").unwrap();
        let said = damaged.pending().unwrap_err().to_string();
        assert!(said.contains(&damaged.path.display().to_string()), "{said}");
        fs::remove_file(&damaged.path).unwrap();
    }
}
