//! What single stake accounts were paid, where a validator's take is in doubt.

use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_sdk_ids::stake;
use solana_stake_interface::state::StakeStateV2;

use crate::{
    AccountSource, Filter, Result,
    quote::ratings::{Facts, StakeSample, ValidatorEpoch},
};

/// Where a stake account names its validator.
const VOTER_OFFSET: usize = 124;
/// Accounts of each validator that are looked at: the largest.
const ACCOUNTS: usize = 3;

/// Adds the rewards of stake accounts for these epochs, until a node does not tell them. Returns of how
/// many validators it did.
pub(super) fn add<'a>(
    facts: &mut Facts,
    rpc: &RpcClient,
    doubtful: impl Iterator<Item = &'a (Pubkey, Vec<u64>)>,
) -> usize {
    let mut sampled = 0_usize;
    for (vote, epochs) in doubtful {
        let Ok(samples) = samples(rpc, vote, epochs) else {
            break;
        };
        if !samples.is_empty() {
            sampled = sampled.saturating_add(1);
        }
        for (epoch, sample) in samples {
            if let Some(row) = facts.row(vote, epoch).cloned() {
                facts.add(ValidatorEpoch {
                    sample: Some(sample),
                    ..row
                });
            }
        }
    }
    sampled
}

/// What a validator's stake accounts were paid for these epochs.
fn samples(rpc: &RpcClient, vote: &Pubkey, epochs: &[u64]) -> Result<Vec<(u64, StakeSample)>> {
    let filter = Filter {
        offset: VOTER_OFFSET,
        bytes: vote.to_bytes().to_vec(),
    };
    let listed = rpc.program_accounts(&stake::ID, Some(StakeStateV2::size_of()), &[filter])?;
    let mut samples = Vec::new();
    for epoch in epochs {
        let sample = best_paid(rpc, &largest(&listed, vote, *epoch), *epoch)?;
        samples.extend(sample.map(|sample| (*epoch, sample)));
    }
    Ok(samples)
}

/// The largest stake accounts that earned all of an epoch.
fn largest(listed: &[(Pubkey, Account)], vote: &Pubkey, epoch: u64) -> Vec<Pubkey> {
    let mut stakes: Vec<(u64, Pubkey)> = listed
        .iter()
        .filter_map(|(address, account)| Some((earning(&account.data, vote, epoch)?, *address)))
        .collect();
    stakes.sort_unstable();
    let largest = stakes.iter().rev().take(ACCOUNTS);
    largest.map(|(_, address)| *address).collect()
}

/// The best paid of these accounts. Whatever else is in an account makes its reward look smaller, and
/// nothing makes it look larger than it was.
fn best_paid(rpc: &RpcClient, addresses: &[Pubkey], epoch: u64) -> Result<Option<StakeSample>> {
    if addresses.is_empty() {
        return Ok(None);
    }
    let paid = rpc.get_inflation_reward(addresses, Some(epoch))?;
    let paid = paid.iter().flatten().filter(|paid| paid.epoch == epoch);
    let samples = paid.filter_map(|paid| {
        Some(StakeSample {
            balance_lamports: paid.post_balance.checked_sub(paid.amount)?,
            reward_lamports: paid.amount,
        })
    });
    let rate = |sample: &StakeSample| {
        let fine = u128::from(sample.reward_lamports) << u64::BITS;
        fine.checked_div(sample.balance_lamports.into())
    };
    Ok(samples.max_by_key(rate))
}

/// The delegation of an account that earned all of an epoch with this validator.
fn earning(data: &[u8], vote: &Pubkey, epoch: u64) -> Option<u64> {
    let state: StakeStateV2 = bincode::deserialize(data).ok()?;
    let delegation = state.delegation()?;
    let earned = delegation.voter_pubkey == *vote
        && delegation.activation_epoch < epoch
        && delegation.deactivation_epoch > epoch;
    earned.then_some(delegation.stake)
}
