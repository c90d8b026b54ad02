//! From older layouts to the current one, without the accounts: the chain and clients convert
//! alike. `migrations/README.md` has the policy.

use std::{
    cell::{Ref, RefMut},
    mem::offset_of,
};

use anchor_lang::prelude::*;
use sluice_math::BPS;

use super::{
    EpochRate, HISTORY_EPOCHS, NEVER, Pool, PoolConfig, PoolLimits, RateHistory, Slot, SlotState,
    UNJUDGED_EPOCHS, VERSION, ValidatorPage, history::oldest_first, short_serial, v0,
};
use crate::{
    ensure,
    error::{SluiceError, refuse},
    sums::Tally,
};

/// The front of a pool that no version moves: addresses, ledger, queue and the rates that version
/// 0 had. The exits that are always open read it and the two fields of the window that lock a batch,
/// and nothing else, so that they work on a pool of any version.
pub const POOL_PREFIX_BYTES: usize = offset_of!(Pool, config) + 28;
const _: () = assert!(POOL_PREFIX_BYTES == 688);
const _: () = assert!(offset_of!(Pool, window_from_epoch) == 1_096);
const _: () = assert!(offset_of!(Pool, window_bps_before) == 1_104);
// What `sluice-rate` reads of a pool of any version beside its front.
const _: () = assert!(offset_of!(Pool, fallen_lamports) == 728);
const _: () = assert!(offset_of!(Pool, epoch_start_timestamp) == 1_120);
const _: () = assert!(offset_of!(Pool, finalized_value_lamports) == 1_128);
const _: () = assert!(offset_of!(Pool, finalized_lst) == 1_136);

/// Whether an account of this version waits for its migration. Fails where this program is older
/// than the account.
pub fn needs_migration(version: u8) -> Result<bool> {
    ensure!(version <= VERSION, SluiceError::MigrationNeeded);
    Ok(version < VERSION)
}

impl Pool {
    /// Loads a pool to read it, if it has the current layout. Everything but the exits that are
    /// always open, and the migration itself, loads pools like this.
    pub fn current<'a>(pool: &'a AccountLoader<'_, Self>) -> Result<Ref<'a, Self>> {
        let pool = pool.load()?;
        ensure!(pool.version == VERSION, SluiceError::MigrationNeeded);
        Ok(pool)
    }

    /// Loads a pool to change it, if it has the current layout.
    pub fn current_mut<'a>(pool: &'a AccountLoader<'_, Self>) -> Result<RefMut<'a, Self>> {
        let pool = pool.load_mut()?;
        ensure!(pool.version == VERSION, SluiceError::MigrationNeeded);
        Ok(pool)
    }

    /// Gives bytes of version 0 the current layout; the version stays for the caller to write.
    /// What version 0 did not know is as in a new pool: no limits, nothing waits, no reward and
    /// no ejection booked yet, no part of the fee kept for holders, no validator cut by the share cap.
    pub fn convert_from_v0(&mut self) {
        let rest = bytemuck::bytes_of_mut(self)
            .split_at_mut(POOL_PREFIX_BYTES)
            .1;
        let old: &v0::PoolRest = bytemuck::from_bytes(rest);
        let (instant_paid, reserve_rent) = (old.instant_paid_lamports, old.reserve_rent_lamports);
        rest.fill(0);
        self.instant_paid_lamports = instant_paid;
        self.reserve_rent_lamports = reserve_rent;
        self.ejection_epoch = NEVER;
        self.spread_cap_bps = BPS;
        self.config.least_credits_bps = PoolConfig::RECOMMENDED.least_credits_bps;
        self.spread_weight = self.total_weight;
        self.governance.limits = PoolLimits::NONE;
    }
}

impl ValidatorPage {
    /// Gives bytes of version 0, with room for the current layout, that layout, out of its slots as
    /// they were; the version stays for the caller to write. What boundaries pay is not judged
    /// before it was seen for as long as with a new validator. Returns the slots of validators in
    /// places that a page has no more: they are booked here no longer.
    pub fn convert_from_v0(&mut self, old: &[v0::Slot]) -> Result<Vec<Slot>> {
        let mut homeless = Vec::new();
        let mut places = self.slots.iter_mut();
        for old in old {
            match places.next() {
                Some(place) => *place = Slot::of_v0(old)?,
                None if old.state == SlotState::Empty.code() => {}
                None => homeless.push(Slot::of_v0(old)?),
            }
        }
        for slot in &homeless {
            self.count_out(slot)?;
        }
        Ok(homeless)
    }

    /// Takes slots from another page of the pool into free places; what they count there is
    /// counted here from now on. Fails with `SlotsDoNotFit` where there are too few.
    pub fn take_over(&mut self, slots: Vec<Slot>, from: &Self) -> Result<()> {
        if self.observed_epoch < from.observed_epoch {
            self.begin_epoch(from.observed_epoch);
        }
        for slot in slots {
            let mut places = self.slots.iter_mut();
            let place = places.find(|place| place.is_empty());
            *place.ok_or_else(|| refuse(SluiceError::SlotsDoNotFit))? = slot;
            self.count_in(&slot)?;
        }
        Ok(())
    }

    fn count_in(&mut self, slot: &Slot) -> Result<()> {
        self.occupied.increase(1)?;
        if slot.is_observed(self.observed_epoch) {
            self.observed.increase(1)?;
        }
        let booked = slot.main_lamports.saturating_add(slot.transient_lamports);
        self.staked_lamports.increase(booked)?;
        self.deactivating_lamports
            .increase(slot.deactivating_lamports)?;
        self.total_weight.increase(u64::from(slot.weight))
    }

    fn count_out(&mut self, slot: &Slot) -> Result<()> {
        self.occupied.decrease(1)?;
        if slot.is_observed(self.observed_epoch) {
            self.observed.decrease(1)?;
        }
        let booked = slot.main_lamports.saturating_add(slot.transient_lamports);
        self.staked_lamports.decrease(booked)?;
        self.deactivating_lamports
            .decrease(slot.deactivating_lamports)?;
        self.total_weight.decrease(u64::from(slot.weight))
    }
}

impl Slot {
    fn of_v0(old: &v0::Slot) -> Result<Self> {
        Ok(Self {
            vote: old.vote,
            main: old.main,
            transient: old.transient,
            main_lamports: old.main_lamports,
            transient_lamports: old.transient_lamports,
            deactivating_lamports: old.deactivating_lamports,
            delegated_lamports: 0,
            rewarded_lamports: 0,
            paid_lamports: 0,
            serial: short_serial(old.serial)?,
            rent_lamports: old.rent_lamports,
            credits_observed: 0,
            observed_epoch: old.observed_epoch,
            due_epoch: old.due_epoch,
            moved_epoch: old.moved_epoch,
            weight: old.weight,
            next_weight: old.next_weight,
            state: old.state,
            flags: old.flags,
            unjudged_epochs: if old.state == SlotState::Empty.code() {
                0
            } else {
                UNJUDGED_EPOCHS
            },
            padding: 0,
        })
    }
}

impl RateHistory {
    /// The epochs of a history of version 0, oldest first, as many as fit. What was charged then,
    /// and when those epochs began, is not known, and written as zero.
    pub fn epochs_of_v0(old: &v0::RateHistory) -> Vec<EpochRate> {
        let fitting = old.count.min(HISTORY_EPOCHS as u16);
        let mut epochs = Vec::with_capacity(usize::from(fitting));
        epochs.extend(
            oldest_first(&old.epochs, old.next, fitting).map(|old| EpochRate {
                epoch: old.epoch,
                full_lamports: old.full_lamports,
                lst_supply: old.lst_supply,
                gain_lamports: old.gain_lamports,
                fee_lamports: 0,
                fee_kept_lamports: 0,
                epoch_start_timestamp: 0,
            }),
        );
        epochs
    }

    /// Forgets all epochs and records these.
    pub fn refill(&mut self, epochs: &[EpochRate]) {
        (self.next, self.count) = (0, 0);
        self.epochs.fill(EpochRate::default());
        for rate in epochs {
            self.record(*rate);
        }
    }
}
