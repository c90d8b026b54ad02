//! What a transaction did to somebody's tokens of a pool, as it is kept between two readings.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use solana_transaction_status::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionStatusMeta, UiTransactionTokenBalance,
    option_serializer::OptionSerializer,
};

use crate::pool::decode::{Event, written_by_instruction};

/// The line in which the runtime says that logs are incomplete.
const TRUNCATED: &str = "Log truncated";

/// A transaction that succeeded, as far as a holder's statement needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its first signature.
    pub signature: String,
    /// The slot of its block.
    pub slot: u64,
    /// Its place in the block, where the node told it.
    pub index: u32,
    /// When the block was made, in seconds since 1970; none where the node does not know.
    pub timestamp: Option<i64>,
    /// The holder's token accounts of the pool that it names.
    pub balances: Vec<Balance>,
    /// What the program said, as base 64 of its events.
    pub events: Vec<String>,
    /// What the holder paid for the transaction itself.
    pub network_fee_lamports: u64,
    /// Whether its logs are incomplete, so that an event may be missing.
    pub is_cut: bool,
}

/// A token account before and after a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Its address.
    pub account: String,
    /// What it held before; zero where it was not there.
    pub before_lst: u64,
    /// What it held afterwards.
    pub after_lst: u64,
}

/// Whose tokens of which mint are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who owns them.
    pub owner: Pubkey,
    /// The pool's mint.
    pub mint: Pubkey,
}

impl Record {
    /// What a node shows of a transaction; none where it does not show all that is needed, or shows
    /// another transaction.
    pub fn of(
        holder: &Holder,
        signature: &str,
        index: u32,
        shown: &EncodedConfirmedTransactionWithStatusMeta,
    ) -> Option<Self> {
        let transaction = shown.transaction.transaction.decode()?;
        let meta = shown.transaction.meta.as_ref()?;
        if transaction.signatures.first()?.to_string() != signature {
            return None;
        }
        let mut keys: Vec<String> = transaction
            .message
            .static_account_keys()
            .iter()
            .map(ToString::to_string)
            .collect();
        if let OptionSerializer::Some(loaded) = &meta.loaded_addresses {
            keys.extend(loaded.writable.iter().chain(&loaded.readonly).cloned());
        }
        let logs: Option<Vec<String>> = meta.log_messages.clone().into();
        let logs = logs?;
        let is_payer = keys.first() == Some(&holder.owner.to_string());
        Some(Self {
            signature: signature.to_owned(),
            slot: shown.slot,
            index,
            timestamp: shown.block_time,
            balances: balances(holder, &keys, meta)?,
            events: written_by_instruction(&logs)
                .concat()
                .iter()
                .map(|event| BASE64_STANDARD.encode(event))
                .collect(),
            network_fee_lamports: if is_payer { meta.fee } else { 0 },
            is_cut: logs.iter().any(|line| line == TRUNCATED),
        })
    }

    /// The events of the program.
    pub fn events(&self) -> Vec<Event> {
        let written = self.events.iter();
        written
            .filter_map(|event| BASE64_STANDARD.decode(event).ok())
            .filter_map(|event| Event::decode(&event))
            .collect()
    }
}

/// The holder's accounts of the mint; none where the node does not tell balances.
fn balances(
    holder: &Holder,
    keys: &[String],
    meta: &UiTransactionStatusMeta,
) -> Option<Vec<Balance>> {
    let (owner, mint) = (holder.owner.to_string(), holder.mint.to_string());
    let of = |balances: &OptionSerializer<Vec<UiTransactionTokenBalance>>| {
        let balances: Option<Vec<UiTransactionTokenBalance>> = balances.clone().into();
        let balances = balances?.into_iter().filter(|balance| {
            balance.mint == mint && balance.owner == OptionSerializer::Some(owner.clone())
        });
        balances
            .map(|balance| {
                let account = keys.get(usize::from(balance.account_index))?;
                Some((
                    account.clone(),
                    balance.ui_token_amount.amount.parse().ok()?,
                ))
            })
            .collect::<Option<std::collections::BTreeMap<String, u64>>>()
    };
    let (before, after) = (
        of(&meta.pre_token_balances)?,
        of(&meta.post_token_balances)?,
    );
    let accounts: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let balance = |account: &String| Balance {
        account: account.clone(),
        before_lst: before.get(account).copied().unwrap_or_default(),
        after_lst: after.get(account).copied().unwrap_or_default(),
    };
    Some(accounts.into_iter().map(balance).collect())
}
