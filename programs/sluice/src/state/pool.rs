//! The pool: configuration, roles, books and queue head.

use anchor_lang::prelude::*;

use super::{Governance, PoolConfig};
use crate::{ensure, error::SluiceError};

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
    /// Lamports that weights and retirements have moved in this epoch.
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
    /// Last epoch in which rewards may have been paid by the earlier highest commission; zero for none.
    pub earlier_commission_until_epoch: u32,
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
    /// Reward per epoch and stake of the last finalize with rewarded stake, as added to delegations,
    /// in parts of 10^12: no donation lifts it.
    pub paid_rate_e12: u64,
    /// The first epoch whose rebalance window is the configured one: batches keep the lock that they
    /// were told, and stake moves for them then.
    pub window_from_epoch: u64,
    /// The window of earlier epochs, as a part of the epoch.
    pub window_bps_before: u16,
    /// The highest commission that was allowed until it was lowered.
    pub earlier_commission_bps: u16,
    /// The most validators with weight at once, since the share cap was last announced.
    pub most_validators: u32,
    /// Stake of the validators that were ejected in the epoch of the last ejection, in lamports.
    pub ejected_lamports: u64,
    /// When the finalized epoch began by the cluster's clock, in seconds since 1970; zero before the
    /// first finalize that wrote it.
    pub epoch_start_timestamp: i64,
    /// What exits shared right after the last finalize, in lamports: no deposit of this epoch lifts it.
    /// Zero before the first finalize that wrote it.
    pub finalized_value_lamports: u64,
    /// LST in existence right after the last finalize; zero with [`Self::finalized_value_lamports`].
    pub finalized_lst: u64,
    /// Room for later versions.
    pub reserved: [u8; 56],
}

impl Pool {
    /// Size of the account in bytes.
    pub const SPACE: usize = Self::DISCRIMINATOR.len() + size_of::<Self>();

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
