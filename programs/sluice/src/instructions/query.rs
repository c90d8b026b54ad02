//! What other programs and clients ask.

use anchor_lang::prelude::*;
use sluice_math::{Lamports, Lst};

use crate::{error::Checked, moment::Moment, state::Pool};

/// Accounts of the queries.
#[derive(Accounts)]
pub struct Query<'info> {
    /// The pool.
    pub pool: AccountLoader<'info, Pool>,
}

/// Flag of [`Rate`]: the pool is not finalized for this epoch; its prices do not hold.
pub const RATE_STALE: u8 = 1;
/// Flag of [`Rate`]: the breaker is tripped.
pub const RATE_TRIPPED: u8 = 2;
/// Flag of [`Rate`]: deposits are paused.
pub const RATE_PAUSED: u8 = 4;

/// Both prices of a pool, as pairs of lamports and LST.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What the pool owns: deposits mint at `full_lamports / lst_supply`.
    pub full_lamports: u64,
    /// What exits share: they are paid at `value_lamports / lst_supply`.
    pub value_lamports: u64,
    /// LST in existence.
    pub lst_supply: u64,
    /// The slot that this holds for.
    pub slot: u64,
    /// When the epoch of the last finalize began by the cluster's clock, in seconds since 1970; zero
    /// where that is not known. Two answers make a yield.
    pub epoch_start_timestamp: i64,
    /// Flags: 1 the prices are not those of this epoch yet, 2 the breaker has tripped, 4 deposits are
    /// paused.
    pub flags: u8,
}

/// What a deposit would mint.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositAnswer {
    /// LST for the depositor.
    pub lst: u64,
    /// The deposit fee, which drips to all holders.
    pub fee_lamports: u64,
    /// The entry charge, which drips to all holders, too.
    pub charge_lamports: u64,
}

/// What an instant exit would pay.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawAnswer {
    /// Lamports for the owner.
    pub lamports: u64,
    /// The instant-exit fee.
    pub fee_lamports: u64,
}

impl Query<'_> {
    /// Both prices at this slot.
    pub fn rate(&self) -> Result<Rate> {
        let clock = Clock::get()?;
        let pool = Pool::current(&self.pool)?;
        let ledger = pool.ledger();
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        Ok(Rate {
            full_lamports: ledger.full().checked()?.get(),
            value_lamports: ledger.value(clock.slot).checked()?.get(),
            lst_supply: pool.lst_supply,
            slot: clock.slot,
            epoch_start_timestamp: pool.epoch_start_timestamp,
            flags: flag(!pool.is_fresh(clock.epoch), RATE_STALE)
                | flag(pool.is_tripped(), RATE_TRIPPED)
                | flag(pool.is_paused(clock.epoch), RATE_PAUSED),
        })
    }

    /// What `deposit_sol` would mint now.
    pub fn quote_deposit(&self, lamports: u64) -> Result<DepositAnswer> {
        let clock = Clock::get()?;
        let pool = Pool::current(&self.pool)?;
        let quote = pool.deposit_at(Lamports::new(lamports), &clock)?;
        Ok(DepositAnswer {
            lst: quote.minted.get(),
            fee_lamports: quote.fee.get(),
            charge_lamports: quote.charge.get(),
        })
    }

    /// What `withdraw_sol` would pay now.
    pub fn quote_withdraw(&self, lst: u64) -> Result<WithdrawAnswer> {
        let moment = Moment::now()?;
        let pool = Pool::current(&self.pool)?;
        let exit = pool.instant_exit_at(Lst::new(lst), &moment)?;
        Ok(WithdrawAnswer {
            lamports: exit.lamports.get(),
            fee_lamports: exit.fee.get(),
        })
    }
}
