//! Stake accounts as the program sees them.

use crate::Cluster;
use sluice::foreign::{StakeStatus, StakeView};
use sluice_math::Lamports;
use solana_account::Account;
use solana_pubkey::Pubkey;

/// A stake account of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeAccount {
    /// Lamports in it.
    pub lamports: Lamports,
    /// What it says.
    pub view: StakeView,
}

impl StakeAccount {
    /// Where there is no account.
    pub const MISSING: Self = Self {
        lamports: Lamports::ZERO,
        view: StakeView::Foreign,
    };

    /// Reads an account; `authority` must be its staker and its withdrawer.
    pub fn read(account: &Account, authority: &Pubkey) -> Self {
        Self {
            lamports: Lamports::new(account.lamports),
            view: StakeView::read(&account.owner, &account.data, authority),
        }
    }

    /// In which state its stake is.
    pub fn status(&self, cluster: &Cluster) -> StakeStatus {
        self.view.status(&cluster.moment())
    }

    /// Lamports that the stake program holds back as staked.
    pub fn staked(&self, cluster: &Cluster) -> Lamports {
        self.view.staked(&cluster.moment())
    }
}
