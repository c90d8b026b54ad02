//! Stake accounts in and out, drawn from the seed.

use rand::Rng;

use super::{Life, SOL};
use crate::action::Action;

/// The most that is brought in at once.
const LARGEST_OFFER: u64 = 2_000 * SOL;

impl Life {
    /// Somebody with a stake account, or who wants one.
    pub fn staker_acts(&mut self) -> Action {
        let user = self.rng.random_range(0..self.users);
        let slot = self.any_slot();
        if self.rng.random() {
            let lamports = self.lamports().clamp(1, LARGEST_OFFER);
            Action::DepositStake {
                user,
                slot,
                lamports,
                votes: self.rng.random_ratio(3, 4),
            }
        } else {
            let lst = self.lst_of(user);
            Action::WithdrawStake { user, slot, lst }
        }
    }
}
