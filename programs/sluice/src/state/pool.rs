//! The pool: configuration, roles, ledger, prices and queue head.

use super::{Governance, PoolConfig};
use crate::{
    ensure,
    error::{Checked, SluiceError, refuse},
};
use anchor_lang::prelude::*;
use sluice_math::{Bps, Drip, HighWater, InstantFee, Lamports, Ledger, Lst, Spread};

/// Seed of a pool's address, followed by its mint.
pub const POOL_SEED: &[u8] = b"pool";
/// Seed of the signer that is staker and withdrawer of every stake account, followed by the pool.
pub const STAKE_AUTHORITY_SEED: &[u8] = b"stake-authority";
/// Seed of the signer that mints the LST and owns the escrow, followed by the pool.
pub const MINT_AUTHORITY_SEED: &[u8] = b"mint-authority";
/// Seed of the system account with the idle lamports, followed by the pool.
pub const RESERVE_SEED: &[u8] = b"reserve";
/// Seed of the system account with the lamports of settled batches, followed by the pool.
pub const CLAIMS_SEED: &[u8] = b"claims";
/// Seed of the token account with queued LST and the seed deposit's LST, followed by the pool.
pub const ESCROW_SEED: &[u8] = b"escrow";
/// Seed of the token account that collects the reward fee, followed by the pool.
pub const FEES_SEED: &[u8] = b"fees";

/// Layout version of every account of the program.
pub const VERSION: u8 = 1;
/// Lamports that the creator deposits for good; their LST can never leave the escrow.
pub const SEED_LAMPORTS: u64 = 10_000_000;
/// An epoch that never comes: nothing has tripped the breaker.
pub const NEVER: u64 = u64::MAX;

/// One liquid staking pool.
#[account(zero_copy)]
#[derive(Debug, PartialEq, Eq)]
pub struct Pool {
    /// Layout version.
    pub version: u8,
    /// Bump of the pool's own address.
    pub bump: u8,
    /// Bump of the stake authority.
    pub stake_authority_bump: u8,
    /// Bump of the mint authority.
    pub mint_authority_bump: u8,
    /// Bump of the reserve.
    pub reserve_bump: u8,
    /// Bump of the claims vault.
    pub claims_vault_bump: u8,
    /// Number of validator pages.
    pub page_count: u16,
    /// Mint of the LST.
    pub mint: Pubkey,
    /// Staker and withdrawer of every stake account.
    pub stake_authority: Pubkey,
    /// Mint authority, and owner of escrow and fees.
    pub mint_authority: Pubkey,
    /// System account with the idle lamports.
    pub reserve: Pubkey,
    /// System account with the lamports of settled batches.
    pub claims_vault: Pubkey,
    /// Token account with queued LST and the seed's LST.
    pub escrow: Pubkey,
    /// Token account with the reward fee until it is paid.
    pub fees: Pubkey,
    /// Rates of the last epochs.
    pub history: Pubkey,
    /// May change roles and configuration.
    pub admin: Pubkey,
    /// Whom the admin has nominated to follow; zero for nobody.
    pub nominated_admin: Pubkey,
    /// May add, weigh and retire validators.
    pub curator: Pubkey,
    /// May pause deposits and delegation for a while.
    pub guardian: Pubkey,
    /// Owner of the token account that fees are paid to.
    pub treasury: Pubkey,

    /// Lamports in all stake accounts.
    pub staked_lamports: u64,
    /// Booked lamports of the reserve, its rent included.
    pub reserve_lamports: u64,
    /// Rent paid in by creator and curator: never the holders'.
    pub locked_lamports: u64,
    /// Booked rewards withheld at the drip's start.
    pub withheld_lamports: u64,
    /// Slot at which the drip starts.
    pub drip_start_slot: u64,
    /// Slot from which nothing is withheld.
    pub drip_end_slot: u64,
    /// Lamports that join the drip at the next finalize.
    pub pending_lamports: u64,
    /// Lamports in the claims vault that tickets are owed.
    pub claims_lamports: u64,
    /// LST in existence, as booked.
    pub lst_supply: u64,
    /// LST of the seed deposit, which can never leave the escrow.
    pub dead_lst: u64,

    /// Id of the batch that takes new requests.
    pub open_batch: u64,
    /// LST in the open batch.
    pub open_lst: u64,
    /// Slot from which the open batch is locked; zero while it is empty.
    pub open_lock_slot: u64,
    /// Id of the oldest batch that is not settled.
    pub head_batch: u64,
    /// LST of locked batches that is not settled.
    pub locked_lst: u64,

    /// What the pool owned at the fee's high-water mark.
    pub high_water_lamports: u64,
    /// LST in existence at the fee's high-water mark.
    pub high_water_lst: u64,

    /// Epoch of the last finalize: prices hold for this epoch only.
    pub finalized_epoch: u64,
    /// Gain of the last finalize that had one.
    pub last_gain_lamports: u64,
    /// Lamports of effective stake that earned it.
    pub last_gain_stake_lamports: u64,
    /// Epochs that it took them.
    pub last_gain_epochs: u64,
    /// Instant-exit fees kept since the last finalize: in the reserve, not yet in its buffer.
    pub instant_fee_lamports: u64,
    /// Lamports on their way back from validators.
    pub deactivating_lamports: u64,
    /// Sum of all weights.
    pub total_weight: u64,
    /// Lamports that rebalancing has moved in this epoch.
    pub moved_lamports: u64,

    /// Epoch in which the breaker tripped; [`NEVER`] while it has not.
    pub breaker_epoch: u64,
    /// What is left of the tripped loss.
    pub unrestored_lamports: u64,
    /// Epoch until which deposits and delegation are paused; zero for none.
    pub paused_until_epoch: u64,

    /// Serial of the next validator slot; never used twice.
    pub next_serial: u64,
    /// Slots in use.
    pub validator_count: u32,
    /// Rates and limits.
    pub config: PoolConfig,
    /// The share cap, or an even share where that is more.
    pub spread_cap_bps: u16,
    /// Validators whose target the share cap cuts.
    pub cut_count: u32,
    /// Lamports that instant exits were paid since the last finalize.
    pub instant_paid_lamports: u64,
    /// Rent of the reserve, as the creator paid it in.
    pub reserve_rent_lamports: u64,
    /// Reward per epoch of effective stake, in parts of 10^12: the highest of late.
    pub reward_rate_e12: u64,
    /// Fall of the value in this epoch, as booked so far.
    pub fallen_lamports: u64,
    /// Epoch of the last ejection.
    pub ejection_epoch: u64,
    /// Weight that was ejected in that epoch.
    pub ejected_weight: u64,
    /// Sum of the weights that the share cap does not cut.
    pub spread_weight: u64,
    /// What admin and guardian have decided.
    pub governance: Governance,
    /// Room for later versions.
    pub reserved: [u8; 152],
}

impl Pool {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

    /// The amounts from which both prices follow.
    pub fn ledger(&self) -> Ledger {
        Ledger {
            staked: Lamports::new(self.staked_lamports),
            reserve: Lamports::new(self.reserve_lamports),
            locked: Lamports::new(self.locked_lamports),
            drip: Drip {
                withheld: Lamports::new(self.withheld_lamports),
                start_slot: self.drip_start_slot,
                end_slot: self.drip_end_slot,
            },
            pending: Lamports::new(self.pending_lamports),
            supply: Lst::new(self.lst_supply),
        }
    }

    /// Books what a calculation made of [`Self::ledger`].
    pub fn book(&mut self, ledger: &Ledger) {
        self.staked_lamports = ledger.staked.get();
        self.reserve_lamports = ledger.reserve.get();
        self.locked_lamports = ledger.locked.get();
        self.withheld_lamports = ledger.drip.withheld.get();
        self.drip_start_slot = ledger.drip.start_slot;
        self.drip_end_slot = ledger.drip.end_slot;
        self.pending_lamports = ledger.pending.get();
        self.lst_supply = ledger.supply.get();
    }

    /// How the weights share what is stakeable.
    pub fn spread(&self) -> Result<Spread> {
        Ok(Spread {
            weight: self.spread_weight,
            cut_count: self.cut_count,
            cap: Bps::new(self.spread_cap_bps).checked()?,
        })
    }

    /// Books a spread.
    pub fn book_spread(&mut self, spread: &Spread) {
        self.spread_weight = spread.weight;
        self.cut_count = spread.cut_count;
        self.spread_cap_bps = spread.cap.get();
    }

    /// The fee's high-water mark.
    pub fn high_water(&self) -> HighWater {
        HighWater {
            full: Lamports::new(self.high_water_lamports),
            supply: Lst::new(self.high_water_lst),
        }
    }

    /// Fails where a key is one of the pool's own addresses, which can have no role.
    #[inline(never)]
    pub fn require_assignable(&self, pool: &Pubkey, key: &Pubkey) -> Result<()> {
        let own = [
            pool,
            &self.mint,
            &self.stake_authority,
            &self.mint_authority,
            &self.reserve,
            &self.claims_vault,
            &self.escrow,
            &self.fees,
            &self.history,
        ];
        ensure!(!own.contains(&key), SluiceError::KeyUnusable);
        Ok(())
    }

    /// The first slot of the rebalance window of `epoch`.
    pub fn window_start(&self, schedule: &EpochSchedule, epoch: u64) -> Result<u64> {
        let slots = schedule.get_slots_in_epoch(epoch);
        let skipped = sluice_math::Ceil(Bps::new(self.config.window_bps).checked()?.ratio())
            .apply(slots)
            .checked()?;
        schedule
            .get_first_slot_in_epoch(epoch)
            .checked_add(skipped)
            .ok_or_else(|| refuse(SluiceError::MathOverflow))
    }

    /// Locks the open batch once its slot has come: the next one opens, whoever calls.
    pub fn roll_queue(&mut self, slot: u64) -> Result<()> {
        if self.open_lock_slot == 0 || slot < self.open_lock_slot {
            return Ok(());
        }
        self.locked_lst = Lst::new(self.locked_lst)
            .add(Lst::new(self.open_lst))
            .checked()?
            .get();
        self.open_lst = 0;
        self.open_lock_slot = 0;
        self.open_batch = self
            .open_batch
            .checked_add(1)
            .ok_or_else(|| refuse(SluiceError::MathOverflow))?;
        Ok(())
    }

    /// Lamports that locked batches would be paid at `slot`.
    pub fn queue_lamports(&self, slot: u64) -> Result<Lamports> {
        if self.locked_lst == 0 {
            return Ok(Lamports::ZERO);
        }
        let ledger = self.ledger();
        sluice_math::queue_lamports(
            Lst::new(self.locked_lst),
            ledger.value(slot).checked()?,
            ledger.supply,
        )
        .checked()
    }

    /// Lamports in stake accounts, without the rent paid in for them and without what is on its
    /// way back.
    pub fn delegated(&self) -> Lamports {
        let slot_rents = Lamports::new(self.locked_lamports)
            .saturating_sub(Lamports::new(self.reserve_rent_lamports));
        Lamports::new(self.staked_lamports)
            .saturating_sub(slot_rents)
            .saturating_sub(Lamports::new(self.deactivating_lamports))
    }

    /// Lamports of the reserve above its rent.
    pub fn spendable(&self, rent: &Rent) -> Lamports {
        Lamports::new(self.reserve_lamports).saturating_sub(Lamports::new(rent.minimum_balance(0)))
    }

    /// Lamports that the reserve should keep for instant exits.
    pub fn reserve_target(&self) -> Result<Lamports> {
        self.reserve_target_of(self.ledger().full().checked()?)
    }

    fn reserve_target_of(&self, full: Lamports) -> Result<Lamports> {
        let share = Bps::new(self.config.reserve_target_bps).checked()?.ratio();
        sluice_math::Floor(share)
            .apply(full.get())
            .map(Lamports::new)
            .checked()
    }

    /// Lamports that instant exits may take now: what is spendable, less the queue's needs and
    /// less the fees of earlier instant exits, which drip to the holders first.
    pub fn instant_buffer(&self, slot: u64, rent: &Rent) -> Result<Lamports> {
        Ok(self
            .spendable(rent)
            .saturating_sub(self.queue_lamports(slot)?)
            .saturating_sub(Lamports::new(self.instant_fee_lamports)))
    }

    /// The fee schedule of instant exits. Its target counts what the epoch's instant exits were
    /// paid as if it were still there: a target that shrank with every exit would make an exit
    /// cheaper in parts.
    pub fn instant_fee(&self) -> Result<InstantFee> {
        let paid = Lamports::new(self.instant_paid_lamports);
        let full = self.ledger().full().and_then(|full| full.add(paid));
        Ok(InstantFee {
            max: Bps::new(self.config.instant_fee_max_bps).checked()?,
            min: Bps::new(self.config.instant_fee_min_bps).checked()?,
            target: self.reserve_target_of(full.checked()?)?,
        })
    }

    /// What must hold after every instruction.
    ///
    /// Only what no stranger can change is compared: LST can be burned and lamports sent by
    /// anybody, so supply and balances are bounds, never equalities.
    pub fn check_invariants(&self, reserve: &AccountInfo<'_>) -> Result<()> {
        let queued = self.open_lst.checked_add(self.locked_lst);
        let live_lst = self.lst_supply.checked_sub(self.dead_lst);
        ensure!(
            queued
                .zip(live_lst)
                .is_some_and(|(queued, live)| queued <= live),
            SluiceError::InvariantViolated
        );
        ensure!(
            reserve.lamports() >= self.reserve_lamports,
            SluiceError::InvariantViolated
        );
        Ok(())
    }
}
