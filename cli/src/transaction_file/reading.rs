//! Reading a file that somebody else may have written: only its bytes are believed.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use sluice_client::send::files::read_text;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{FORMAT, NOTES, TransactionFile, Waiting, told::Told};
use crate::{failure::misuse, signers};

/// A file as far as it is believed.
#[derive(Deserialize)]
struct Written {
    format: u64,
    made_at_unix_seconds: u64,
    transactions: Vec<Value>,
}

impl TransactionFile {
    /// Reads a file, without a cluster.
    ///
    /// # Errors
    ///
    /// Where it has no transaction, one without an instruction or with lookup tables, a signature
    /// that is not of its message, or words that are not those of its bytes.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = signers::shown(path);
        let text = read_text(path)
            .map_err(|error| misuse(format!("the file {shown} cannot be read: {error}")))?;
        let written: Written = serde_json::from_str(&text).map_err(|error| {
            misuse(format!(
                "{shown} is no file of transactions: {error}. `--send dump --output json` writes one"
            ))
        })?;
        ensure!(
            written.format == FORMAT,
            "{shown} has format {}, and this version reads format {FORMAT}: use the same version \
             of sluice everywhere",
            written.format
        );
        ensure!(
            !written.transactions.is_empty(),
            "{shown} has no transaction: there is nothing to sign or send"
        );
        let read = |(index, value)| {
            Waiting::read(value).with_context(|| format!("transaction {} of {shown}", index + 1))
        };
        let transactions = written.transactions.into_iter().enumerate().map(read);
        Ok(Self {
            format: FORMAT,
            made_at_unix_seconds: written.made_at_unix_seconds,
            transactions: transactions.collect::<Result<_>>()?,
        })
    }
}

impl Waiting {
    fn read(written: Value) -> Result<Self> {
        let bytes = written["transaction_base58"]
            .as_str()
            .context("it has no transaction_base58")?;
        let transaction = decode(bytes).context("its transaction_base58 is no transaction")?;
        let message = &transaction.message;
        if message
            .address_table_lookups()
            .is_some_and(|used| !used.is_empty())
        {
            bail!("it uses lookup tables, whose addresses cannot be told without a cluster");
        }
        ensure!(
            !message.instructions().is_empty(),
            "it has no instruction: there is nothing to sign or send"
        );
        let own = transaction.verify_with_results();
        for (signature, is_own) in transaction.signatures.iter().zip(own) {
            ensure!(
                is_own || *signature == Signature::default(),
                "the signature {signature} is not of this message"
            );
        }
        let told = Told::of(&transaction, &[])?;
        ensure!(
            without_notes(&written) == without_notes(&serde_json::to_value(&told)?),
            "its words are not those of its bytes: somebody has changed the file, or another \
             version of sluice made it. Do not sign it. Dump it again, with this version"
        );
        Ok(Self {
            follows_previous: written["follows_previous"].as_bool().unwrap_or_default(),
            last_valid_block_height: written["last_valid_block_height"].as_u64(),
            told,
            transaction,
        })
    }
}

/// A transaction whose counts and indexes are sound.
fn decode(base58: &str) -> Option<VersionedTransaction> {
    let bytes = bs58::decode(base58).into_vec().ok()?;
    let transaction: VersionedTransaction = bincode::deserialize(&bytes).ok()?;
    transaction.sanitize().ok()?;
    Some(transaction)
}

/// What the bytes must confirm. Numbers may be written as such or as strings.
fn without_notes(written: &Value) -> Value {
    match written {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !NOTES.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), without_notes(value)))
            .collect(),
        Value::Array(values) => values.iter().map(without_notes).collect(),
        Value::Number(number) => Value::from(number.to_string()),
        other => other.clone(),
    }
}
