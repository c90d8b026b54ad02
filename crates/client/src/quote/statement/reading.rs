//! Reading the history of a holder from a node: only what is final.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::{GetConfirmedSignaturesForAddress2Config, RpcClient};
use solana_rpc_client_api::{
    config::{RpcTransactionConfig, UiTransactionEncoding},
    request::RpcRequest,
    response::RpcConfirmedTransactionStatusWithSignature,
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
    let mut newest_first = Vec::new();
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
        newest_first.extend(page);
        if is_last {
            return Ok((succeeded(newest_first), false));
        }
        before = last;
    }
    Ok((succeeded(newest_first), true))
}

/// Those that succeeded. Where a node does not tell places in blocks, the order of its list does: the
/// latest comes first.
fn succeeded(newest_first: Vec<RpcConfirmedTransactionStatusWithSignature>) -> Vec<Listed> {
    let mut place = (0, 0);
    let oldest_first = newest_first.into_iter().rev().map(|one| {
        place = match place {
            (slot, index) if slot == one.slot => (slot, u32::saturating_add(index, 1)),
            _ => (one.slot, 0),
        };
        let index = one.transaction_index.unwrap_or(place.1);
        (one, index)
    });
    let succeeded = oldest_first.filter(|(one, _)| one.err.is_none());
    let mut listed: Vec<Listed> = succeeded
        .map(|(one, index)| Listed {
            signature: one.signature,
            index,
        })
        .collect();
    listed.reverse();
    listed
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        signature: &str,
        slot: u64,
        index: Option<u32>,
    ) -> RpcConfirmedTransactionStatusWithSignature {
        RpcConfirmedTransactionStatusWithSignature {
            signature: signature.to_owned(),
            slot,
            err: None,
            memo: None,
            block_time: None,
            confirmation_status: None,
            transaction_index: index,
        }
    }

    fn places(newest_first: Vec<RpcConfirmedTransactionStatusWithSignature>) -> Vec<(String, u32)> {
        let listed = succeeded(newest_first).into_iter();
        listed.map(|one| (one.signature, one.index)).collect()
    }

    #[test]
    fn where_a_node_tells_no_places_the_order_of_its_list_is_that_within_a_block() {
        let list = vec![
            told("d", 9, None),
            told("a", 7, None),
            told("c", 7, None),
            told("b", 7, None),
        ];
        let expected = [("d", 0), ("a", 2), ("c", 1), ("b", 0)];
        let expected = expected.map(|(signature, index)| (signature.to_owned(), index));
        assert_eq!(places(list), expected);
    }

    #[test]
    fn places_that_a_node_tells_are_kept() {
        let list = vec![told("b", 7, Some(40)), told("a", 7, Some(3))];
        let expected = [("b".to_owned(), 40), ("a".to_owned(), 3)];
        assert_eq!(places(list), expected);
    }
}
