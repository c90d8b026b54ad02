//! From older layouts to the current one, without the accounts: the chain and clients convert
//! alike. `migrations/README.md` has the policy.

use std::{
    cell::{Ref, RefMut},
    mem::offset_of,
};

use anchor_lang::prelude::*;
use sluice_math::BPS;

use super::{
    EpochRate, HISTORY_EPOCHS, NEVER, Pool, PoolLimits, RateHistory, VERSION,
    history::oldest_first, v0,
};
use crate::{ensure, error::SluiceError};

/// The front of a pool that no version moves: addresses, ledger, queue and the rates that version
/// 0 had. The exits that are always open read nothing else, so that they work on a pool of any
/// version.
pub const POOL_PREFIX_BYTES: usize = offset_of!(Pool, config) + 28;

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
        self.spread_weight = self.total_weight;
        self.governance.limits = PoolLimits::NONE;
    }
}

impl RateHistory {
    /// The epochs of a history of version 0, oldest first, as many as fit. What was charged then
    /// is not known, and written as zero.
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
