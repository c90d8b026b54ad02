//! Stake accounts as the program sees them.

use sluice::foreign::StakeView;
use sluice_math::{Lamports, StakeStatus};
use solana_account::Account;
use solana_pubkey::Pubkey;

use crate::Cluster;

/// A stake account of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeAccount {
    /// Lamports in it.
    pub lamports: Lamports,
    /// What it says.
    pub view: StakeView,
}

impl StakeAccount {
    /// Whether it was reset, with rent enough to be initialized again.
    pub fn is_reset(&self, rent: Lamports) -> bool {
        self.view == StakeView::Uninitialized && self.lamports >= rent
    }

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
}
