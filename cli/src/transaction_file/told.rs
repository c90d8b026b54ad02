//! What the bytes of a transaction say.

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use sluice_client::words::describe;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::InstructionLine;

/// A transaction in words and bytes.
#[derive(Debug, Serialize)]
pub struct Told {
    /// `legacy` or `0`.
    pub version: &'static str,
    /// The message alone, which is what is signed.
    pub message_base64: String,
    /// The message behind the signatures that there are; zeroes stand for those that are missing.
    pub transaction_base58: String,
    blockhash: String,
    /// The nonce account whose value is the blockhash, which holds until that is used.
    pub nonce_account: Option<String>,
    /// Who pays the fee.
    pub fee_payer: String,
    /// Who must sign.
    pub signers: Vec<String>,
    /// Who has signed.
    pub signed_by: Vec<String>,
    /// What it does.
    pub instructions: Vec<InstructionLine>,
}

impl Told {
    /// Reads a transaction. Fails where it uses a lookup table that is not among `tables`.
    pub fn of(
        transaction: &VersionedTransaction,
        tables: &[AddressLookupTableAccount],
    ) -> Result<Self> {
        let message = &transaction.message;
        let instructions = describe::message(message, tables)
            .context("the message uses a lookup table that is not known")?;
        let bytes = bincode::serialize(transaction).context("the transaction cannot be written")?;
        let has_signed =
            |(_, signature): &(&Pubkey, &Signature)| **signature != Signature::default();
        Ok(Self {
            version: match message {
                VersionedMessage::Legacy(_) => "legacy",
                VersionedMessage::V0(_) => "0",
                VersionedMessage::V1(_) => "1",
            },
            message_base64: BASE64_STANDARD.encode(message.serialize()),
            transaction_base58: bs58::encode(bytes).into_string(),
            blockhash: message.recent_blockhash().to_string(),
            nonce_account: nonce_account(transaction).map(|nonce| nonce.to_string()),
            fee_payer: signers(transaction)
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
            signers: signers(transaction)
                .iter()
                .map(ToString::to_string)
                .collect(),
            signed_by: with_signatures(transaction)
                .filter(has_signed)
                .map(|(key, _)| key.to_string())
                .collect(),
            instructions: instructions
                .into_iter()
                .map(InstructionLine::from)
                .collect(),
        })
    }
}

/// Who must sign: the first accounts.
pub fn signers(transaction: &VersionedTransaction) -> &[Pubkey] {
    let message = &transaction.message;
    let count = usize::from(message.header().num_required_signatures);
    let keys = message.static_account_keys();
    keys.get(..count).unwrap_or(keys)
}

/// Who must sign, each with the signature or zeroes.
pub fn with_signatures(
    transaction: &VersionedTransaction,
) -> impl Iterator<Item = (&Pubkey, &Signature)> {
    signers(transaction).iter().zip(&transaction.signatures)
}

/// The nonce account that a transaction uses, if it does.
pub fn nonce_account(transaction: &VersionedTransaction) -> Option<Pubkey> {
    let message = &transaction.message;
    let advance = message.instructions().first()?;
    let account = advance.accounts.first().copied()?;
    let account = message.static_account_keys().get(usize::from(account))?;
    transaction.uses_durable_nonce().then_some(*account)
}
