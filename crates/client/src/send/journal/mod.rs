//! The journal: what was signed, and what is not decided yet.
//!
//! A signature is noted before its transaction is sent, and struck out once its fate is known and
//! told. What is left after a kill or a silent node can be looked up later.

mod lines;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use solana_signature::Signature;

use self::{lines::Lines, writer::Writer};
use super::{
    errand::{self, Errand},
    files::{replace_file, require_room},
};
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
    /// The pool whose books it is in, where it is in any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// Whose doing it is, where somebody signs for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The pool or the program that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The durable nonce that it uses, where it uses one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
    /// How much it moves, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Which run of a program noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
    /// What somebody was told of it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// A durable nonce that a transaction uses: it can be executed as long as the account has this value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonce {
    /// The nonce account.
    pub account: String,
    /// What the transaction names as its blockhash.
    pub value: String,
}

/// What was told of a transaction that is still noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It may still arrive.
    Undecided,
    /// It failed, by the word of one node.
    Failed,
    /// It was done, where perhaps nobody was there to read that.
    Landed,
}

impl Pending {
    /// Whether it pays or takes as much again where it is sent once more.
    pub fn pays_again(&self) -> bool {
        errand::pays_again(&self.what)
    }

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
    told: Mutex<HashMap<String, Told>>,
    writer: Writer,
}

impl Journal {
    /// The journal in `path`, which need not exist, for the cluster with this genesis hash.
    pub fn new(path: PathBuf, cluster: String) -> Self {
        Self {
            writer: Writer::of(&path),
            path,
            cluster,
            clock: Clock::start(),
            signed: Mutex::default(),
            decided: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// Every signature that was noted by this value and is not struck out, in order: what somebody must
    /// still be told. A keeper notes for years, so that what was told is not kept.
    pub fn signed(&self) -> Vec<Signature> {
        self.signed
            .lock()
            .map(|signed| signed.clone())
            .unwrap_or_default()
    }

    /// What is undecided on this cluster, oldest first. Of a damaged file, what can be read:
    /// [`Self::damage`] says that there is more.
    pub fn pending(&self) -> Result<Vec<Pending>> {
        let mut pending = self.lines()?.entries;
        pending.retain(|entry| entry.cluster == self.cluster);
        Ok(pending)
    }

    /// The error of a file with a line that cannot be read: nothing is noted in it any more.
    pub fn damage(&self) -> Result<Option<ClientError>> {
        Ok(self.lines()?.damage(&self.path))
    }

    /// Whether the run that noted it is still at work, and will tell what became of it. Never of what
    /// this value noted.
    pub fn is_under_way(&self, entry: &Pending) -> bool {
        let writer = entry.writer.as_deref();
        writer.is_some_and(|writer| self.writer.is_another_at_work(writer))
    }

    /// Somebody is told this of a transaction. It is noted with [`Self::strike_out_decided`].
    pub fn tell(&self, signature: &Signature, what: Told) {
        if let Ok(mut told) = self.told.lock() {
            told.insert(signature.to_string(), what);
        }
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

    /// Whether an earlier run noted this transaction, or another program: not this value.
    pub fn is_of_another(&self, signature: &Signature) -> bool {
        let signed = self.signed.lock();
        signed.is_ok_and(|signed| !signed.contains(signature))
    }

    /// Somebody is told that everything which this value noted and does not know the fate of is open.
    pub fn tell_open(&self) {
        let open = self.signed();
        if let Ok(mut told) = self.told.lock() {
            for signature in open {
                let signature = signature.to_string();
                told.entry(signature).or_insert(Told::Undecided);
            }
        }
    }

    /// Notes a transaction that is about to be sent, in the books of a pool where one is named.
    pub fn note(
        &self,
        signature: Signature,
        errand: Errand,
        last_valid_height: Option<u64>,
        pool: Option<String>,
    ) -> Result<()> {
        let writer = self.writer.begin().map_err(|error| self.unusable(&error))?;
        let entry = Pending {
            signature: signature.to_string(),
            cluster: self.cluster.clone(),
            payer: errand.payer,
            what: errand.what,
            last_valid_height,
            signed_at: self.clock.unix_seconds(),
            pool,
            by: errand.by,
            about: errand.about,
            nonce: errand.nonce,
            amount: errand.amount,
            writer: Some(writer),
            told: None,
        };
        self.rewrite(|entries| entries.push(entry))?;
        // What cannot be noted is not sent.
        if let Ok(mut signed) = self.signed.lock() {
            signed.push(signature);
        }
        Ok(())
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

    /// Strikes out what is decided, once that was told, and notes of the rest what was told. What cannot
    /// be struck out now stays decided.
    pub fn strike_out_decided(&self) -> Result<()> {
        let (Ok(mut decided), Ok(mut told)) = (self.decided.lock(), self.told.lock()) else {
            return Ok(());
        };
        if decided.is_empty() && told.is_empty() {
            return Ok(());
        }
        let mut left = HashSet::new();
        self.rewrite(|entries| {
            entries.retain(|entry| !decided.contains(&entry.signature));
            for entry in entries {
                entry.told = told.get(&entry.signature).copied().or(entry.told);
                left.insert(entry.signature.clone());
            }
        })?;
        decided.clear();
        told.clear();
        if let Ok(mut signed) = self.signed.lock() {
            signed.retain(|signature| left.contains(&signature.to_string()));
        }
        Ok(())
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

    fn lines(&self) -> Result<Lines> {
        Lines::read(&self.path).map_err(|error| self.unusable(&error))
    }

    /// Replaces the file as a whole, one command after the other, so that a kill in between loses
    /// nothing.
    fn rewrite(&self, change: impl FnOnce(&mut Vec<Pending>)) -> Result<()> {
        let _alone =
            lock(&self.path.with_extension("lock")).map_err(|error| self.unusable(&error))?;
        let lines = self.lines()?;
        if let Some(damage) = lines.damage(&self.path) {
            return Err(damage);
        }
        let mut entries = lines.entries;
        // Nothing was signed in the future: from the first look on, what a wrong clock noted grows older.
        let now = self.clock.unix_seconds();
        for entry in &mut entries {
            entry.signed_at = entry.signed_at.min(now);
        }
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
