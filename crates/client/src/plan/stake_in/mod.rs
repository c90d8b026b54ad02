//! A wallet's stake accounts, and the shortest way of each into a pool.

mod route;

use std::{collections::BTreeSet, fmt};

pub use route::{Preparation, Route, Wait};
use sluice::foreign::OfferedStake;
use sluice_math::{Lamports, StakeStatus};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_sdk_ids::stake;
use solana_stake_interface::state::StakeStateV2;

use crate::{AccountSource, Cluster, Filter, MAX_ADDRESSES, Result};

/// Where a stake account names its staker and its withdrawer.
const AUTHORITIES_AT: [usize; 2] = [12, 44];

/// A stake account that somebody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldStake {
    /// Where it is.
    pub address: Pubkey,
    /// What it says.
    pub stake: OfferedStake,
}

/// What the stake of an account does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldState {
    /// Never delegated, or cooled down entirely.
    Inactive,
    /// Delegated in this epoch.
    Activating,
    /// In part effective already.
    PartlyActive,
    /// All of it effective.
    Active,
    /// On its way out.
    Deactivating,
}

impl HeldStake {
    /// Reads an account; `None` where it is no stake account that was initialized.
    pub fn read(address: Pubkey, account: &Account) -> Option<Self> {
        let lamports = Lamports::new(account.lamports);
        Some(Self {
            address,
            stake: OfferedStake::read(&account.owner, &account.data, lamports)?,
        })
    }

    /// What its stake does now.
    pub fn state(&self, cluster: &Cluster) -> HeldState {
        let Some(delegation) = self.stake.delegation else {
            return HeldState::Inactive;
        };
        match delegation.status(&cluster.moment()) {
            StakeStatus::Inactive => HeldState::Inactive,
            StakeStatus::Activating => HeldState::Activating,
            StakeStatus::Active => HeldState::Active,
            StakeStatus::Between if delegation.deactivation_epoch == u64::MAX => {
                HeldState::PartlyActive
            }
            StakeStatus::Between => HeldState::Deactivating,
        }
    }

    /// The validator that it is, or was last, delegated to.
    pub fn vote(&self) -> Option<Pubkey> {
        self.stake.delegation.map(|delegation| delegation.vote)
    }
}

impl fmt::Display for HeldState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Inactive => "inactive",
            Self::Activating => "activating",
            Self::PartlyActive => "partly active",
            Self::Active => "active",
            Self::Deactivating => "deactivating",
        })
    }
}

/// All stake accounts whose staker or withdrawer is `wallet`, the largest first. The index only says
/// where they may be: an index can lag, so what they say is read anew.
pub fn stake_accounts_of(source: &impl AccountSource, wallet: &Pubkey) -> Result<Vec<HeldStake>> {
    let mut found = BTreeSet::new();
    for offset in AUTHORITIES_AT {
        let named = Filter {
            offset,
            bytes: wallet.to_bytes().to_vec(),
        };
        let listed =
            source.program_accounts(&stake::ID, Some(StakeStateV2::size_of()), &[named])?;
        found.extend(listed.into_iter().map(|(address, _)| address));
    }
    let found: Vec<Pubkey> = found.into_iter().collect();
    let mut held = stake_accounts_at(source, &found)?;
    held.retain(|held| [held.stake.staker, held.stake.withdrawer].contains(wallet));
    held.sort_by_key(|held| std::cmp::Reverse(held.stake.lamports));
    Ok(held)
}

/// The stake accounts at those of these addresses that have one, in order.
pub fn stake_accounts_at(
    source: &impl AccountSource,
    addresses: &[Pubkey],
) -> Result<Vec<HeldStake>> {
    let mut held = Vec::with_capacity(addresses.len());
    for part in addresses.chunks(MAX_ADDRESSES) {
        let accounts = part.iter().zip(source.accounts(part, None)?.accounts);
        held.extend(accounts.filter_map(|(address, account)| HeldStake::read(*address, &account?)));
    }
    Ok(held)
}

#[cfg(test)]
mod tests;
