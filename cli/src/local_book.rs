//! Local books: addresses that this machine knows of, one book of tickets and one of lookup tables. A
//! message that waits for signatures has taken its ticket's address before the chain shows it; and a
//! ticket that somebody else gave, or a table, is found again without an index.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sluice_client::send::files::read_text;
use solana_pubkey::Pubkey;

use crate::output::announce;

/// The book of one cluster.
pub struct LocalBook {
    path: PathBuf,
    cluster: String,
    entries: BTreeSet<Entry>,
    /// Held while nobody else may choose a number.
    lock: Option<File>,
}

/// A ticket or a table, and its pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The pool.
    pub pool: Pubkey,
    /// Where the ticket or the table is.
    pub address: Pubkey,
}

impl LocalBook {
    /// Reads what the file says about the cluster with this genesis hash. A file that is not there
    /// is an empty book.
    pub fn open(path: PathBuf, cluster: String) -> Result<Self> {
        let text = match read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        let entries = text
            .lines()
            .enumerate()
            .map(|(index, line)| {
                let entry = parse(line).with_context(|| {
                    let line = index.saturating_add(1);
                    format!(
                        "line {line} of the local book {} is damaged",
                        path.display()
                    )
                })?;
                Ok((entry.0 == cluster).then_some(entry.1))
            })
            .filter_map(Result::transpose)
            .collect::<Result<_>>()?;
        Ok(Self {
            path,
            cluster,
            entries,
            lock: None,
        })
    }

    /// Reads the file as [`Self::open`] does, once no other command of this machine chooses a number
    /// by it any more; none does until [`Self::share`], or until this book is dropped.
    pub fn open_alone(path: PathBuf, cluster: String) -> Result<Self> {
        let lock = path.with_extension("lock");
        let locked = lock_file(&lock).with_context(|| format!("cannot lock {}", lock.display()))?;
        Ok(Self {
            lock: Some(locked),
            ..Self::open(path, cluster)?
        })
    }

    /// Others may choose a number again: the own one is noted.
    pub fn share(&mut self) {
        self.lock = None;
    }

    /// Everything that it notes of this cluster.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        self.entries.iter().copied()
    }

    /// What it notes of one pool.
    pub fn of_pool(&self, pool: &Pubkey) -> impl Iterator<Item = Pubkey> {
        let of_pool = self.entries.iter().filter(move |entry| entry.pool == *pool);
        of_pool.map(|entry| entry.address)
    }

    /// Whether it notes this address.
    pub fn notes(&self, address: &Pubkey) -> bool {
        self.entries.iter().any(|entry| entry.address == *address)
    }

    /// Notes an address. A line is appended in one go, so that two who write at once lose nothing.
    pub fn note(&mut self, entry: Entry) -> Result<()> {
        if self.entries.insert(entry) {
            let line = format!("{} {} {}\n", self.cluster, entry.pool, entry.address);
            self.append(&line)
                .with_context(|| format!("cannot write the local book {}", self.path.display()))?;
        }
        Ok(())
    }

    fn append(&self, line: &str) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)?;
        file.write_all(line.as_bytes())
    }
}

/// Waits for the lock, and says so where it has to.
fn lock_file(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        announce("Another command is choosing a ticket number: waiting for it.");
        file.lock()?;
    }
    Ok(file)
}

fn parse(line: &str) -> Result<(&str, Entry)> {
    let mut words = line.split(' ');
    let mut word = || words.next().context("a word is missing");
    let (cluster, pool, address) = (word()?, word()?.parse()?, word()?.parse()?);
    Ok((cluster, Entry { pool, address }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sluice-book-{}", std::process::id()));
        folder.join(name)
    }

    fn entry(number: u8) -> Entry {
        Entry {
            pool: Pubkey::new_from_array([number; 32]),
            address: Pubkey::new_from_array([number + 1; 32]),
        }
    }

    #[test]
    fn what_was_noted_is_read_again_and_clusters_are_kept_apart() {
        let path = path("kept");
        let open = |cluster: &str| LocalBook::open(path.clone(), cluster.to_owned()).unwrap();
        assert_eq!(open("a").entries().count(), 0, "no file yet");
        let (mut ours, mut theirs) = (open("a"), open("b"));
        ours.note(entry(1)).unwrap();
        theirs.note(entry(5)).unwrap();
        ours.note(entry(1)).unwrap();
        ours.note(entry(3)).unwrap();
        assert_eq!(
            open("a").entries().collect::<Vec<_>>(),
            [entry(1), entry(3)]
        );
        assert!(open("b").notes(&entry(5).address) && !open("b").notes(&entry(1).address));
        let lines = fs::read_to_string(&path).unwrap();
        assert_eq!(lines.lines().count(), 3, "nothing is noted twice");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn of_two_who_choose_a_number_the_second_waits_for_what_the_first_notes() {
        let path = path("alone");
        let open = || LocalBook::open_alone(path.clone(), "a".to_owned()).unwrap();
        let mut first = open();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| open().notes(&entry(1).address));
            std::thread::sleep(std::time::Duration::from_millis(100));
            assert!(!second.is_finished());
            first.note(entry(1)).unwrap();
            drop(first);
            assert!(second.join().unwrap());
        });
        fs::remove_file(&path).unwrap();
        fs::remove_file(path.with_extension("lock")).unwrap();
    }

    #[test]
    fn a_damaged_book_is_an_error_that_names_the_line() {
        let path = path("damaged");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "genesis pool ticket\n").unwrap();
        let error = LocalBook::open(path.clone(), "genesis".to_owned()).err();
        let error = error.unwrap().to_string();
        assert!(error.starts_with("line 1 of the local book"), "{error}");
        fs::remove_file(&path).unwrap();
    }
}
