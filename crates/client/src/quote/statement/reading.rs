//! Reading the history of a holder from a node: only what is final.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::{GetConfirmedSignaturesForAddress2Config, RpcClient};
use solana_rpc_client_api::{
    config::{RpcTransactionConfig, UiTransactionEncoding},
    request::RpcRequest,
};
use solana_signature::Signature;
use solana_transaction_status::EncodedConfirmedTransactionWithStatusMeta;

use super::record::{Holder, Record};
use crate::{ClientError, Event, Result};

/// Signatures that a node lists at a time, and how many pages of them are read of an address.
const PAGE: usize = 1_000;
const MAX_PAGES: usize = 100;
/// Transactions that one command reads.
const MAX_NEW: usize = 5_000;
/// After so many, what was read is kept.
const KEEP_AFTER: usize = 50;

/// What was read of a holder's history, by signature.
pub type Records = BTreeMap<String, Record>;

/// How far the history was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Transactions that the node lists and does not show.
    pub unshown: usize,
    /// Transactions that are left for the next command, since one reads at most some thousand.
    pub is_cut: bool,
    /// The first slot of which the node has a block; none where it does not say.
    pub first_slot: Option<u64>,
}

/// A transaction in a node's list.
struct Listed {
    signature: String,
    index: u32,
}

/// Reads what is not in `records` yet of the transactions that name one of `addresses`, or a ticket
/// that the holder had. `keep` is called from time to time, and at the end.
///
/// Fails where the node does not list signatures, or where `keep` does.
pub fn read_history(
    rpc: &RpcClient,
    holder: &Holder,
    pool: &Pubkey,
    addresses: impl IntoIterator<Item = Pubkey>,
    records: &mut Records,
    keep: &mut dyn FnMut(&Records) -> std::io::Result<()>,
) -> std::result::Result<Extent, ReadError> {
    let mut keep = |records: &Records| keep(records).map_err(ReadError::NotKept);
    let read = read_all(rpc, holder, pool, addresses, records, &mut keep);
    // Also what was read before a node failed.
    keep(records)?;
    read
}

fn read_all(
    rpc: &RpcClient,
    holder: &Holder,
    pool: &Pubkey,
    addresses: impl IntoIterator<Item = Pubkey>,
    records: &mut Records,
    keep: &mut dyn FnMut(&Records) -> std::result::Result<(), ReadError>,
) -> std::result::Result<Extent, ReadError> {
    let mut extent = Extent {
        first_slot: rpc.get_first_available_block().ok(),
        ..Extent::default()
    };
    let mut waiting: BTreeSet<Pubkey> = addresses.into_iter().collect();
    let mut looked = BTreeSet::new();
    let mut read = 0_usize;
    while let Some(address) = waiting.pop_first() {
        looked.insert(address);
        let (listed, is_cut) = list(rpc, &address)?;
        extent.is_cut |= is_cut;
        for one in listed {
            if records.contains_key(&one.signature) {
                continue;
            }
            if read == MAX_NEW {
                extent.is_cut = true;
                break;
            }
            read += 1;
            match show(rpc, holder, &one)? {
                Some(record) => drop(records.insert(one.signature, record)),
                None => extent.unshown += 1,
            }
            if read.is_multiple_of(KEEP_AFTER) {
                keep(records)?;
            }
        }
        let tickets = tickets_in(records, &holder.owner, pool);
        waiting.extend(
            tickets
                .into_iter()
                .filter(|ticket| !looked.contains(ticket)),
        );
    }
    Ok(extent)
}

/// Why a history could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A node did not answer.
    #[error(transparent)]
    Node(#[from] ClientError),
    /// What was read could not be kept.
    #[error("what was read cannot be kept: {0}")]
    NotKept(std::io::Error),
}

/// The successful transactions that name an address, and whether there are more than are read.
fn list(rpc: &RpcClient, address: &Pubkey) -> Result<(Vec<Listed>, bool)> {
    let mut listed = Vec::new();
    let mut before: Option<Signature> = None;
    for _ in 0..MAX_PAGES {
        let page = rpc.get_signatures_for_address_with_config(
            address,
            GetConfirmedSignaturesForAddress2Config {
                before,
                limit: Some(PAGE),
                commitment: Some(CommitmentConfig::finalized()),
                ..GetConfirmedSignaturesForAddress2Config::default()
            },
        )?;
        let last = page.last().and_then(|one| one.signature.parse().ok());
        let is_last = page.len() < PAGE || last.is_none();
        let succeeded = page.into_iter().filter(|one| one.err.is_none());
        listed.extend(succeeded.map(|one| Listed {
            signature: one.signature,
            index: one.transaction_index.unwrap_or_default(),
        }));
        if is_last {
            return Ok((listed, false));
        }
        before = last;
    }
    Ok((listed, true))
}

/// What a node shows of a transaction; none where it does not show it.
fn show(rpc: &RpcClient, holder: &Holder, listed: &Listed) -> Result<Option<Record>> {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(CommitmentConfig::finalized()),
        max_supported_transaction_version: Some(0),
    };
    let shown: Option<EncodedConfirmedTransactionWithStatusMeta> = rpc.send(
        RpcRequest::GetTransaction,
        json!([listed.signature, config]),
    )?;
    Ok(shown.and_then(|shown| Record::of(holder, &listed.signature, listed.index, &shown)))
}

/// The tickets of the pool that the holder has or had, as far as records tell.
pub fn tickets_in(records: &Records, owner: &Pubkey, pool: &Pubkey) -> BTreeSet<Pubkey> {
    let events = records.values().flat_map(Record::events);
    let tickets = events.filter_map(|event| {
        let (of_pool, whose, ticket) = match event {
            Event::UnstakeRequested(event) => (event.pool, event.owner, event.ticket),
            Event::TicketTransferred(event) => (event.pool, event.to, event.ticket),
            Event::TicketClaimed(event) => (event.pool, event.owner, event.ticket),
            _ => return None,
        };
        (of_pool == *pool && whose == *owner).then_some(ticket)
    });
    tickets.collect()
}
