//! What the vault asks of the pool: one account, one dependency.

use anchor_lang::prelude::*;
use sluice_rate::PoolRate;

use crate::VaultError;

/// Reads the pool, whichever version of Sluice wrote it.
pub fn read(pool: &AccountInfo) -> Result<PoolRate> {
    let rate = PoolRate::read(&pool.owner.to_bytes(), &pool.try_borrow_data()?);
    rate.map_err(unreadable)
}

/// What LST are worth, in lamports: by the exit price of now or of the last finalize, whichever is lower.
/// Nobody can lift it. It goes on where the price is stale, so a loan keeps the worth that it had.
pub fn collateral(rate: &PoolRate, lst: u64, slot: u64) -> Result<u64> {
    rate.collateral_lamports(lst, slot).map_err(unreadable)
}

/// Refuses new loans while a loss may be missing in the price, or has closed the way out.
pub fn require_sound(rate: &PoolRate, epoch: u64) -> Result<()> {
    require!(!rate.is_stale(epoch), VaultError::PriceStale);
    require!(!rate.is_tripped(), VaultError::BreakerTripped);
    Ok(())
}

fn unreadable(error: sluice_rate::RateError) -> Error {
    msg!("no price: {}", error);
    VaultError::NoPrice.into()
}
