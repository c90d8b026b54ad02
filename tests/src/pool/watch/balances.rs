//! What accounts must agree on. Strangers can burn LST and send lamports anywhere, so what they
//! can change is a bound and never an equality.

use std::collections::BTreeSet;

use sluice::state::{FLAG_MAIN_ODD, FLAG_TRANSIENT_ODD, Slot};
use sluice_client::PoolAddresses;
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM,
    state::{Authorized, Lockup, StakeStateV2},
};

use super::effect::Effect;
use crate::pool::Books;

impl Books {
    /// Panics unless all accounts agree with each other.
    pub(super) fn assert_balanced(&self, addresses: &PoolAddresses) {
        self.assert_pages();
        self.assert_reserves();
        self.assert_queue(addresses);
        self.assert_stakes(addresses);
    }

    fn assert_pages(&self) {
        let pool = &self.pool;
        assert_eq!(self.pages.len(), usize::from(pool.page_count));
        for page in &self.pages {
            let slots = || page.slots.iter().filter(|slot| !slot.is_empty());
            let sum = |of: fn(&Slot) -> u64| slots().map(of).sum::<u64>();
            assert_eq!(usize::from(page.occupied), slots().count());
            let staked = sum(|slot| slot.main_lamports + slot.transient_lamports);
            assert_eq!(page.staked_lamports, staked, "page {}", page.index);
            let deactivating = sum(|slot| slot.deactivating_lamports);
            assert_eq!(page.deactivating_lamports, deactivating);
            assert_eq!(page.total_weight, sum(|slot| slot.weight.into()));
            let observed = slots().filter(|slot| slot.is_observed(page.observed_epoch));
            assert_eq!(usize::from(page.observed), observed.count());
        }
        let serials: BTreeSet<u64> = self.slots().map(|slot| u64::from(slot.serial)).collect();
        assert_eq!(serials.len(), self.slots().count(), "a serial is used once");
        assert!(serials.last().is_none_or(|last| *last < pool.next_serial));
        assert_eq!(pool.validator_count as usize, serials.len());
        if self.is_fresh() {
            let sum = |of: fn(&sluice::state::ValidatorPage) -> u64| {
                self.pages.iter().map(of).sum::<u64>()
            };
            assert_eq!(pool.staked_lamports, sum(|page| page.staked_lamports));
            assert_eq!(pool.total_weight, sum(|page| page.total_weight));
            let deactivating = sum(|page| page.deactivating_lamports);
            assert_eq!(pool.deactivating_lamports, deactivating);
        }
    }

    fn assert_reserves(&self) {
        let pool = &self.pool;
        assert!(self.reserve_lamports >= pool.reserve_lamports, "reserve");
        assert!(self.vault_lamports >= pool.claims_lamports, "claims vault");
        assert!(
            self.mint_supply <= pool.lst_supply,
            "minted outside the pool"
        );
        let queued = pool.open_lst + pool.locked_lst;
        assert!(self.escrow_lst >= queued + pool.dead_lst, "escrow");
        assert!(pool.lst_supply >= queued + pool.dead_lst, "queue");
        let rents: u64 = self.slots().map(|slot| u64::from(slot.rent_lamports)).sum();
        assert!(pool.locked_lamports >= rents, "locked");
    }

    fn assert_queue(&self, addresses: &PoolAddresses) {
        let pool = &self.pool;
        let locked = self.batches.range(pool.head_batch..pool.open_batch);
        let unsettled: u64 = locked.map(|(_, batch)| batch.unsettled_lst).sum();
        assert_eq!(unsettled, pool.locked_lst, "locked batches");
        let open = self.batches.get(&pool.open_batch);
        let (open_lst, lock_slot) = open.map_or((0, 0), |batch| (batch.lst, batch.lock_slot));
        assert_eq!(open_lst, pool.open_lst, "open batch");
        assert_eq!(lock_slot, pool.open_lock_slot, "open batch");
        let unclaimed: u64 = self
            .batches
            .values()
            .map(|batch| batch.paid_lamports - batch.claimed_lamports)
            .sum();
        assert_eq!(unclaimed, pool.claims_lamports, "claims");
        for (id, batch) in &self.batches {
            let address = addresses.batch(*id);
            let tickets = || {
                self.tickets
                    .values()
                    .filter(|ticket| ticket.is_of(batch, &address))
            };
            let lst: u64 = tickets().map(|ticket| ticket.lst).sum();
            assert_eq!(batch.tickets, tickets().count() as u64, "tickets of {id}");
            assert!(lst <= batch.lst, "batch {id}");
            assert!(batch.is_settled() || lst == batch.lst, "batch {id}");
            assert!(batch.unsettled_lst <= batch.lst, "batch {id}");
            assert!(
                *id >= pool.head_batch || batch.unsettled_lst == 0,
                "order of {id}"
            );
            assert!(batch.claimed_lamports <= batch.paid_lamports, "batch {id}");
        }
    }

    /// Staker and withdrawer of every stake account are the stake authority, nobody can lock it
    /// up, and it is delegated to its slot's validator alone. Accounts that `observe` marked as
    /// odd are left out, and all if they are not watched.
    fn assert_stakes(&self, addresses: &PoolAddresses) {
        if self.stakes.is_empty() {
            return;
        }
        for slot in self.slots() {
            let accounts = [
                (slot.main, FLAG_MAIN_ODD),
                (slot.transient, FLAG_TRANSIENT_ODD),
            ];
            for (address, odd) in accounts {
                if slot.flags & odd == 0 {
                    let account = &self.stakes[&address];
                    assert_stake(account, &addresses.stake_authority, &slot.vote, &address);
                }
            }
        }
    }

    /// Lamports in reserve and stake accounts beyond those booked.
    fn unbooked(&self) -> i128 {
        let stakes: i128 = self
            .stakes
            .values()
            .map(|stake| i128::from(stake.lamports))
            .sum();
        let booked: i128 = self
            .slots()
            .map(|slot| i128::from(slot.main_lamports) + i128::from(slot.transient_lamports))
            .sum();
        stakes + i128::from(self.reserve_lamports) - booked - i128::from(self.pool.reserve_lamports)
    }

    fn locked_beyond_slots(&self) -> u64 {
        let rents: u64 = self.slots().map(|slot| u64::from(slot.rent_lamports)).sum();
        self.pool.locked_lamports - rents
    }
}

fn assert_stake(account: &Account, authority: &Pubkey, vote: &Pubkey, address: &Pubkey) {
    assert_eq!(account.owner, STAKE_PROGRAM, "{address}");
    let state: StakeStateV2 = bincode::deserialize(&account.data).expect("a stake account");
    // Reset by a cluster restart: `reclaim` brings it back.
    let Some(meta) = state.meta() else { return };
    assert_eq!(meta.authorized, Authorized::auto(authority), "{address}");
    assert_eq!(meta.lockup, Lockup::default(), "{address}");
    if let Some(delegation) = state.delegation() {
        assert_eq!(delegation.voter_pubkey, *vote, "{address}");
    }
}

/// What backs the books: lamports that are not booked stay where they are, no instruction turns
/// them into anybody's, and none takes more than it books.
pub(super) fn check_backing(effects: &[Effect], before: &Books, after: &Books) {
    let rebooks = |effect: &Effect| {
        matches!(
            effect,
            Effect::Observe
                | Effect::Finalize
                | Effect::Loss
                | Effect::AddValidator
                | Effect::Stranger
        )
    };
    let stakes_are_watched = before.stakes.len() == 2 * before.slots().count()
        && after.stakes.len() == 2 * after.slots().count();
    if stakes_are_watched && !effects.iter().any(rebooks) {
        assert_eq!(
            after.unbooked(),
            before.unbooked(),
            "{effects:?}: lamports appeared or left"
        );
    }
    let excess = |books: &Books| books.vault_lamports - books.pool.claims_lamports;
    assert!(
        excess(after) >= excess(before),
        "{effects:?}: the vault lost its own lamports"
    );
    let locked = (before.locked_beyond_slots(), after.locked_beyond_slots());
    assert_eq!(
        locked.0, locked.1,
        "{effects:?}: locked is the rent paid in"
    );
}

/// LST is minted and burned as booked; finalize books what strangers burned.
pub(super) fn check_supply(effects: &[Effect], before: &Books, after: &Books) {
    if effects.contains(&Effect::Finalize) && !before.is_fresh() {
        assert_eq!(
            after.mint_supply, after.pool.lst_supply,
            "the supply is synced"
        );
        return;
    }
    let minted = i128::from(after.mint_supply) - i128::from(before.mint_supply);
    let booked = i128::from(after.pool.lst_supply) - i128::from(before.pool.lst_supply);
    assert_eq!(minted, booked, "{effects:?}: LST without a booking");
}
