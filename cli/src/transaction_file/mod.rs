//! Files of transactions that wait for signatures: what `--send dump --output json` prints, what
//! `sluice sign` signs, and what `sluice send` sends.

mod reading;
mod told;
mod words;

use std::{
    collections::BTreeSet,
    fmt,
    io::Write,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sluice_client::ClientError;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use tempfile::NamedTempFile;
use told::Told;
pub use words::InstructionLine;

use crate::output::json;

/// The format that is written and read.
const FORMAT: u64 = 1;

/// Transactions that wait for signatures, in their order.
#[derive(Debug, Serialize)]
pub struct TransactionFile {
    format: u64,
    /// Seconds since 1970, by the clock of the machine that made it. A note: nothing proves it.
    made_at_unix_seconds: u64,
    transactions: Vec<Waiting>,
}

/// A transaction that waits for signatures. What is told of it is read from its bytes, but for the
/// notes: what only the machine that made it knew.
#[derive(Debug, Serialize)]
pub struct Waiting {
    /// A note: it works only once the transaction before it is confirmed.
    follows_previous: bool,
    /// A note: the block height until which its blockhash holds; none with a nonce.
    last_valid_block_height: Option<u64>,
    #[serde(flatten)]
    told: Told,
    #[serde(skip)]
    transaction: VersionedTransaction,
}

/// The names of the notes.
const NOTES: [&str; 2] = ["follows_previous", "last_valid_block_height"];

impl TransactionFile {
    /// A file that is made now.
    pub fn new(transactions: Vec<Waiting>) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            format: FORMAT,
            made_at_unix_seconds: now.unwrap_or_default().as_secs(),
            transactions,
        }
    }

    /// The transactions, in their order.
    pub fn transactions(&self) -> &[Waiting] {
        &self.transactions
    }

    /// How long ago it was made, by this machine's clock and the file's note.
    pub fn age(&self) -> Duration {
        let made_at = UNIX_EPOCH.checked_add(Duration::from_secs(self.made_at_unix_seconds));
        let age = made_at.and_then(|made_at| SystemTime::now().duration_since(made_at).ok());
        age.unwrap_or_default()
    }

    /// Who must sign, each once.
    pub fn signers(&self) -> BTreeSet<Pubkey> {
        let all = self.transactions.iter();
        all.flat_map(Waiting::signers).copied().collect()
    }

    /// Who must sign and has not, each once.
    pub fn missing(&self) -> BTreeSet<Pubkey> {
        let all = self.transactions.iter();
        all.flat_map(Waiting::missing).copied().collect()
    }

    /// Adds a signature to every transaction that asks for it.
    pub fn sign(&mut self, signer: &dyn Signer) -> Result<()> {
        self.transactions
            .iter_mut()
            .try_for_each(|waiting| waiting.sign(signer))
    }

    /// Takes over the signatures of another file of the same messages.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let messages = |file: &Self| {
            let all = file.transactions.iter();
            let messages = all.map(|waiting| waiting.transaction.message.clone());
            messages.collect::<Vec<VersionedMessage>>()
        };
        ensure!(
            messages(self) == messages(other),
            "the files are not of the same messages: only copies of one file that different people \
             have signed can be put together"
        );
        for (own, others) in self.transactions.iter_mut().zip(&other.transactions) {
            own.merge(others)?;
        }
        Ok(())
    }

    /// Writes the file as one, so that nobody finds a half of it.
    pub fn write(&self, path: &Path) -> Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let json = json::pretty(self)?;
        let written = || -> std::io::Result<()> {
            let mut file = NamedTempFile::new_in(folder)?;
            writeln!(file, "{json}")?;
            file.persist(path)?;
            Ok(())
        };
        written().with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Waiting {
    /// A message without signatures. `last_valid_block_height` is that of its blockhash.
    pub fn unsigned(
        message: VersionedMessage,
        tables: &[AddressLookupTableAccount],
        follows_previous: bool,
        last_valid_block_height: Option<u64>,
    ) -> Result<Self> {
        let signers = usize::from(message.header().num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); signers],
            message,
        };
        Ok(Self {
            follows_previous,
            last_valid_block_height,
            told: Told::of(&transaction, tables)?,
            transaction,
        })
    }

    /// The transaction with the signatures that there are.
    pub fn transaction(&self) -> &VersionedTransaction {
        &self.transaction
    }

    /// The nonce account that it uses, if it does.
    pub fn nonce_account(&self) -> Option<Pubkey> {
        told::nonce_account(&self.transaction)
    }

    /// Its instructions in words.
    pub fn instructions(&self) -> &[InstructionLine] {
        &self.told.instructions
    }

    /// Who must sign it.
    pub fn signers(&self) -> &[Pubkey] {
        told::signers(&self.transaction)
    }

    /// What it is called on the cluster: the fee payer's signature.
    pub fn signature(&self) -> Signature {
        let first = self.transaction.signatures.first();
        first.copied().unwrap_or_default()
    }

    /// Who must sign it and has not.
    fn missing(&self) -> impl Iterator<Item = &Pubkey> {
        told::with_signatures(&self.transaction)
            .filter(|(_, signature)| **signature == Signature::default())
            .map(|(key, _)| key)
    }

    fn sign(&mut self, signer: &dyn Signer) -> Result<()> {
        let key = signer.pubkey();
        let Some(place) = self.signers().iter().position(|asked| *asked == key) else {
            return Ok(());
        };
        let message = self.transaction.message.serialize();
        let signature = signer.try_sign_message(&message);
        self.put(place, signature.map_err(ClientError::from)?)
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        for (place, signature) in other.transaction.signatures.iter().enumerate() {
            if *signature != Signature::default() {
                self.put(place, *signature)?;
            }
        }
        Ok(())
    }

    /// Uses no lookup tables any more than before: those were refused when it was read.
    fn put(&mut self, place: usize, signature: Signature) -> Result<()> {
        let Some(old) = self.transaction.signatures.get_mut(place) else {
            bail!("the transaction has no place for a signature at {place}");
        };
        *old = signature;
        self.told = Told::of(&self.transaction, &[])?;
        Ok(())
    }
}

impl fmt::Display for TransactionFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.transactions.len();
        for (index, waiting) in self.transactions.iter().enumerate() {
            writeln!(formatter, "\nTransaction {} of {total}", index + 1)?;
            if waiting.follows_previous {
                writeln!(
                    formatter,
                    "  only after transaction {index} is confirmed; dump it again then"
                )?;
            }
            waiting.fmt(formatter)?;
            if let Some(height) = waiting.last_valid_block_height {
                writeln!(
                    formatter,
                    "\n  Its blockhash holds until block height {height}."
                )?;
            }
            let told = &waiting.told;
            let version = told.version;
            writeln!(formatter, "\n  Message (version {version}), base 64:")?;
            writeln!(formatter, "{}", told.message_base64)?;
            writeln!(formatter, "\n  Transaction without signatures, base 58:")?;
            writeln!(formatter, "{}", told.transaction_base58)?;
        }
        Ok(())
    }
}
