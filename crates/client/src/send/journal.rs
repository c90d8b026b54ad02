//! The journal: what was signed, and what is not decided yet.
//!
//! A signature is noted before its transaction is sent, and struck out once its fate is known and
//! told. What is left after a kill or a silent node can be looked up later.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use solana_signature::Signature;

use super::files::{replace_file, require_room};
use crate::{ClientError, Result};

/// Room that a note needs, with its copy and some to spare.
const ROOM_BYTES: usize = 4_096;
/// How long the lock is waited for, and how often it is tried.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_STEP: Duration = Duration::from_millis(5);

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
    /// How long ago it was signed, in seconds, by this machine's clock as it is now.
    pub fn age_seconds(&self) -> u64 {
        let now = Clock::start().unix_seconds();
        now.saturating_sub(self.signed_at)
    }
}

/// Seconds since 1970 by this machine's clock as it was at one moment, counted on from there: a clock
/// that is set meanwhile makes nothing older or younger.
#[derive(Clone, Copy, Debug)]
struct Clock {
    began: Instant,
    began_unix: u64,
}

impl Clock {
    fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            began: Instant::now(),
            began_unix: since_1970.map(|since| since.as_secs()).unwrap_or_default(),
        }
    }

    fn unix_seconds(&self) -> u64 {
        self.began_unix
            .saturating_add(self.began.elapsed().as_secs())
    }
}

/// The journal of one cluster, in a file that all commands of this machine share.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    cluster: String,
    clock: Clock,
    signed: Mutex<Vec<Signature>>,
    decided: Mutex<Vec<String>>,
}

impl Journal {
    /// The journal in `path`, which need not exist, for the cluster with this genesis hash.
    pub fn new(path: PathBuf, cluster: String) -> Self {
        Self {
            path,
            cluster,
            clock: Clock::start(),
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

    /// How long ago a transaction was signed, in seconds. One that was signed in the future, since the
    /// clock was set back, counts from the start of this value.
    pub fn age_seconds(&self, entry: &Pending) -> u64 {
        let now = self.clock.unix_seconds();
        let signed_at = match entry.signed_at > now {
            true => self.clock.began_unix,
            false => entry.signed_at,
        };
        now.saturating_sub(signed_at)
    }

    /// Writes the journal as it is, and looks whether a note more has room.
    ///
    /// Fails where it cannot be written.
    pub fn check(&self) -> Result<()> {
        self.rewrite(|_| ())?;
        require_room(&self.path, ROOM_BYTES).map_err(|error| self.unusable(&error))
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
            signed_at: self.clock.unix_seconds(),
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

/// Waits only so long for others: each of them needs a moment.
fn lock(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if began.elapsed() > LOCK_PATIENCE => {
                return Err(std::io::Error::other("another program holds its lock"));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_STEP),
        }
    }
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

    #[test]
    fn a_clock_that_is_set_back_or_ahead_makes_nothing_older_or_younger() {
        let mut ours = journal("clock", "a");
        let hour = 3_600;
        let real = ours.clock.began_unix;
        for began_unix in [real - hour, real, real + hour] {
            // The clock at the start; what it is set to afterwards does not matter.
            ours.clock.began_unix = began_unix;
            let entry = |signed_at| Pending {
                signature: String::new(),
                cluster: String::new(),
                payer: String::new(),
                what: String::new(),
                last_valid_height: None,
                signed_at,
            };
            note(&ours, 9);
            let noted = ours.pending().unwrap().pop().unwrap();
            assert!(ours.age_seconds(&noted) <= 1, "{noted:?}");
            assert!(ours.age_seconds(&entry(began_unix - 70)) >= 70);
            assert!(ours.age_seconds(&entry(began_unix + hour)) <= 1);
            ours.clock.began = Instant::now()
                .checked_sub(Duration::from_secs(300))
                .unwrap();
            let age = ours.age_seconds(&entry(began_unix + hour));
            assert!(
                age >= 300,
                "signed in the future, it is as old as this value: {age}"
            );
            ours.clock.began = Instant::now();
        }
        fs::remove_file(&ours.path).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_without_room_for_a_note_is_found_although_an_empty_journal_can_be_replaced() {
        let ours = journal("full", "a");
        let trial = ours.path.with_extension("trial");
        fs::create_dir_all(trial.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("/dev/full", &trial).unwrap();
        let said = ours.check().unwrap_err().to_string();
        assert!(said.contains("No space left"), "{said}");
        assert!(!trial.exists());
        ours.check().unwrap();
    }

    #[test]
    fn a_lock_that_another_program_keeps_is_waited_for_only_so_long() {
        let ours = journal("locked", "a");
        note(&ours, 10);
        let held = lock(&ours.path.with_extension("lock")).unwrap();
        let began = Instant::now();
        let said = ours.check().unwrap_err().to_string();
        assert!(said.contains("another program holds its lock"), "{said}");
        assert!(began.elapsed() < LOCK_PATIENCE + Duration::from_secs(3));
        drop(held);
        ours.check().unwrap();
        assert_eq!(ours.pending().unwrap().len(), 1);
        fs::remove_file(&ours.path).unwrap();
    }
}
