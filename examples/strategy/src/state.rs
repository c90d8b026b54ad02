//! The accounts, and what is asked of the pool.

use anchor_lang::prelude::*;
use sluice_rate::PoolRate;

use crate::{StrategyError, holdings::Holdings};

/// First seed of a strategy; the second is its pool.
pub const STRATEGY_SEED: &[u8] = b"strategy";
/// First seed of a strategy's till; the second is the strategy.
pub const TILL_SEED: &[u8] = b"till";
/// First seed of the mint of a strategy's shares; the second is the strategy.
pub const SHARES_SEED: &[u8] = b"shares";
/// First seed of an exit; then strategy and number.
pub const EXIT_SEED: &[u8] = b"exit";

/// A strategy. Its LST are in the vault. Its SOL are in the till, an account of the system program: only
/// from such a one can `deposit_sol` take lamports. The till has its rent besides, which nobody owns.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// The Sluice pool.
    pub pool: Pubkey,
    /// The LST's mint.
    pub lst_mint: Pubkey,
    /// The token account of the LST.
    pub vault: Pubkey,
    /// The SOL.
    pub till: Pubkey,
    /// The mint of the shares.
    pub share_mint: Pubkey,
    /// What the holders of shares own.
    pub holdings: Holdings,
    /// Requests to the queue so far: the number of the next exit, and of its ticket.
    pub exits: u64,
    /// Bump of its address.
    pub bump: u8,
    /// Bump of the till's address.
    pub till_bump: u8,
}

impl Strategy {
    /// The seeds with which the strategy signs.
    pub fn seeds(&self) -> [&[u8]; 3] {
        [
            STRATEGY_SEED,
            self.pool.as_ref(),
            std::slice::from_ref(&self.bump),
        ]
    }
}

/// LST in the pool's queue, and whom they are for. It owns the ticket and receives what the queue pays, so
/// nobody is paid from another one's money, whoever claims.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The strategy.
    pub strategy: Pubkey,
    /// Who is paid: whose shares were burned, or the strategy's till.
    pub owner: Pubkey,
    /// The ticket in the queue.
    pub ticket: Pubkey,
    /// Who paid for the account and gets its rent back.
    pub payer: Pubkey,
    /// LST that are not paid yet, as far as the strategy counts on them, in smallest units.
    pub lst: u64,
    /// Shares that were burned for it; none for a refill.
    pub shares: u64,
    /// The account's rent when it was created, in lamports.
    pub rent_lamports: u64,
    /// Its number.
    pub number: u64,
    /// Bump of its address.
    pub bump: u8,
}

impl Exit {
    /// What the exit's account holds above its rent, in lamports: what the queue has paid. An account that
    /// stays keeps the rent of today, if that is higher: the runtime asks for it.
    pub fn paid_lamports(&self, account: &AccountInfo, closes: bool) -> Result<u64> {
        let kept = if closes {
            self.rent_lamports
        } else {
            let today = Rent::get()?.minimum_balance(account.data_len());
            self.rent_lamports.max(today)
        };
        Ok(account.lamports().saturating_sub(kept))
    }
}

/// Reads the pool, whichever version of Sluice wrote it.
pub fn rate_of(pool: &AccountInfo) -> Result<PoolRate> {
    let rate = PoolRate::read(&pool.owner.to_bytes(), &pool.try_borrow_data()?);
    rate.map_err(unpriced)
}

/// Why there is no price, as an error of this program; the log says more.
pub fn unpriced(error: sluice_rate::RateError) -> Error {
    msg!("no price: {}", error);
    StrategyError::NoPrice.into()
}
