//! What is known of a pool, from events or from accounts.

use std::collections::BTreeMap;

use sluice::{events::Books, state::Parameters};
use sluice_math::{Drip, HighWater, Lamports, Ledger, Lst};
use solana_pubkey::Pubkey;

use super::{Queue, Validator};

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Changes roles and configuration.
    pub admin: Pubkey,
    /// Who may follow as admin; zero for nobody.
    pub nominated_admin: Pubkey,
    /// Adds, weighs and retires validators.
    pub curator: Pubkey,
    /// Pauses deposits and delegation.
    pub guardian: Pubkey,
    /// Is paid the fees.
    pub treasury: Pubkey,
}

/// All that events tell of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The LST mint.
    pub mint: Pubkey,
    /// Who decides.
    pub roles: Roles,
    /// The parameters in force.
    pub parameters: Parameters,
    /// Changes that wait: value and first epoch, by the number of the parameter.
    pub changes: BTreeMap<usize, (u64, u64)>,
    /// Epoch until which deposits and delegation are paused; zero for none.
    pub paused_until_epoch: u64,
    /// Epoch of the last finalize.
    pub finalized_epoch: u64,
    /// When that epoch began, in seconds since 1970; zero before the first finalize.
    pub epoch_start_timestamp: i64,
    /// What both prices follow from.
    pub books: Books,
    /// LST of the seed, which never leaves.
    pub dead_lst: u64,
    /// Lamports in the claims vault that tickets are owed.
    pub claims_lamports: u64,
    /// The highest price on which a reward fee was taken.
    pub high_water: HighWater,
    /// Batches and tickets.
    pub queue: Queue,
    /// By vote account.
    pub validators: BTreeMap<Pubkey, Validator>,
}

impl State {
    /// The same at this moment: what the clock alone decides is applied.
    pub fn at(mut self, slot: u64, epoch: u64) -> Self {
        self.queue.roll(slot);
        for validator in self.validators.values_mut() {
            validator.apply_due_change(epoch);
        }
        self
    }

    /// What both prices follow from, as the money rules take it.
    pub fn ledger(&self) -> Ledger {
        let books = &self.books;
        Ledger {
            staked: Lamports::new(books.staked_lamports),
            reserve: Lamports::new(books.reserve_lamports),
            locked: Lamports::new(books.locked_lamports),
            drip: Drip {
                withheld: Lamports::new(books.withheld_lamports),
                start_slot: books.drip_start_slot,
                end_slot: books.drip_end_slot,
            },
            pending: Lamports::new(books.pending_lamports),
            supply: Lst::new(books.lst_supply),
        }
    }

    /// The mark rises with the price of a finalize, and never falls.
    pub(super) fn lift_high_water(&mut self) {
        let ledger = self.ledger();
        let full = ledger.full().expect("booked amounts fit");
        let wide = u128::from;
        let new = wide(full.get()) * wide(self.high_water.supply.get());
        let mark = wide(self.high_water.full.get()) * wide(ledger.supply.get());
        if new > mark {
            self.high_water = HighWater {
                full,
                supply: ledger.supply,
            };
        }
    }
}
