//! What collectors of inflation rewards were paid.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::response::RpcInflationReward;

use super::rows::VoteFacts;
use crate::{
    MAX_ADDRESSES,
    quote::ratings::{Facts, ValidatorEpoch},
};

/// A commission was noted in percent once.
const BPS_PER_PERCENT: u16 = 100;

/// Payments of an epoch by address.
type Payments = HashMap<Pubkey, RpcInflationReward>;

/// Adds what was paid for these epochs, the latest first, until a node does not tell an epoch. Returns
/// the oldest that it told.
pub(super) fn add(
    facts: &mut Facts,
    rpc: &RpcClient,
    votes: &[VoteFacts],
    epochs: Range<u64>,
) -> Option<u64> {
    let mut collectors: HashMap<Pubkey, usize> = HashMap::new();
    for vote in votes {
        let validators = collectors.entry(vote.collector()).or_default();
        *validators = validators.saturating_add(1);
    }
    let addresses: BTreeSet<Pubkey> = votes
        .iter()
        .flat_map(|vote| [vote.vote(), vote.collector()])
        .collect();
    let addresses: Vec<Pubkey> = addresses.into_iter().collect();
    let mut oldest = None;
    for epoch in epochs.rev() {
        let Some(payments) = payments(rpc, &addresses, epoch) else {
            break;
        };
        for vote in votes {
            let is_shared = collectors.get(&vote.collector()).is_some_and(|of| *of > 1);
            add_to_row(facts, vote, epoch, &payments, is_shared);
        }
        oldest = Some(epoch);
    }
    oldest
}

/// All payments of an epoch, or none.
fn payments(rpc: &RpcClient, addresses: &[Pubkey], epoch: u64) -> Option<Payments> {
    let mut payments = HashMap::new();
    for part in addresses.chunks(MAX_ADDRESSES) {
        let paid = rpc.get_inflation_reward(part, Some(epoch)).ok()?;
        let told = part.iter().zip(paid);
        payments.extend(told.filter_map(|(address, paid)| {
            let paid = paid.filter(|paid| paid.epoch == epoch)?;
            Some((*address, paid))
        }));
    }
    Some(payments)
}

/// Adds what a validator's collector was paid. Its vote account counts too, which may have been the
/// collector before.
fn add_to_row(
    facts: &mut Facts,
    vote: &VoteFacts,
    epoch: u64,
    payments: &Payments,
    is_shared: bool,
) {
    let Some(row) = facts.row(&vote.vote(), epoch) else {
        return;
    };
    let own = payments.get(&vote.vote());
    let other = payments
        .get(&vote.collector())
        .filter(|_| vote.collector() != vote.vote());
    let Some(collected) = own
        .into_iter()
        .chain(other)
        .map(|paid| paid.amount)
        .reduce(u64::saturating_add)
    else {
        return;
    };
    let noted = own.filter(|_| other.is_none()).and_then(|paid| {
        let percent = paid.commission.map(u16::from);
        let in_percent = percent.map(|percent| percent.saturating_mul(BPS_PER_PERCENT));
        paid.commission_bps.or(in_percent)
    });
    facts.add(ValidatorEpoch {
        collected_lamports: Some(collected),
        collector_is_shared: is_shared,
        noted_commission_bps: noted,
        ..row.clone()
    });
}
