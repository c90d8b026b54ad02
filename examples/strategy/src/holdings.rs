//! All arithmetic of the strategy: pure functions of whole numbers. Every rounding favours those who stay.
//!
//! It counts in LST: its SOL are LST that it has not bought, at the pool's deposit price. So neither a
//! deposit nor an exit by the queue needs to know what an LST is worth.

use anchor_lang::prelude::*;
use sluice_math::{BPS, Ceil, Floor, Ratio};
use sluice_rate::PoolRate;

use crate::{StrategyError, error::Checked};

/// Shares of the first deposit that nobody owns, so that no first depositor can make shares too dear for
/// the next one.
pub const LOCKED_SHARES: u64 = 1_000;
/// The share of the till, in basis points of all.
pub const TILL_BPS: u64 = 500;
/// Below this share the till is refilled, in basis points.
pub const LEAST_TILL_BPS: u64 = 250;
/// Above this share its surplus is staked, in basis points.
pub const MOST_TILL_BPS: u64 = 1_000;

/// What the holders of shares own. It changes by instructions alone: what somebody sends to vault or till
/// besides changes nothing. SOL sent to the exit of a refill count, as if the queue had paid them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, InitSpace,
)]
pub struct Holdings {
    /// SOL in the till, in lamports.
    pub till_lamports: u64,
    /// LST in the vault, in smallest units.
    pub lst: u64,
    /// LST in the queue for the till, in smallest units.
    pub queued_lst: u64,
    /// Shares in existence, with those that are locked.
    pub shares: u64,
}

/// LST for SOL at the deposit price: the supply over what the pool owns.
pub fn lst_per_lamport(rate: &PoolRate) -> Ratio {
    Ratio::new(rate.lst_supply, rate.full_lamports)
}

impl Holdings {
    /// All that the strategy has, in LST, rounded up: for those who come.
    pub fn all_up(&self, rate: &PoolRate) -> Result<u64> {
        let till = Ceil(lst_per_lamport(rate)).apply(self.till_lamports);
        self.with_till(till.checked()?)
    }

    /// All that the strategy has, in LST, rounded down: for those who go.
    pub fn all_down(&self, rate: &PoolRate) -> Result<u64> {
        let till = Floor(lst_per_lamport(rate)).apply(self.till_lamports);
        self.with_till(till.checked()?)
    }

    fn with_till(&self, till_lst: u64) -> Result<u64> {
        let staked = self.lst.checked_add(self.queued_lst).checked()?;
        staked.checked_add(till_lst).checked()
    }

    /// LST came in. Returns the shares for it.
    pub fn enter(&mut self, lst: u64, rate: &PoolRate) -> Result<u64> {
        let (created, owned) = match self.shares {
            0 => (lst, lst.saturating_sub(LOCKED_SHARES)),
            _ => {
                let shares = self.shares_for(lst, rate)?;
                (shares, shares)
            }
        };
        self.add(lst, created)?;
        require!(owned > 0, StrategyError::AmountTooSmall);
        Ok(owned)
    }

    /// LST of an exit came back. Returns the shares for it: at most those that were burned, or a holder
    /// could step out while the others bear a cost.
    pub fn come_back(&mut self, lst: u64, burned_shares: u64, rate: &PoolRate) -> Result<u64> {
        let shares = self.shares_for(lst, rate)?.min(burned_shares);
        self.add(lst, shares)?;
        require!(shares > 0, StrategyError::AmountTooSmall);
        Ok(shares)
    }

    /// Shares for LST at the price of now.
    fn shares_for(&self, lst: u64, rate: &PoolRate) -> Result<u64> {
        let price = Floor(Ratio::new(self.shares, self.all_up(rate)?));
        price.apply(lst).checked()
    }

    fn add(&mut self, lst: u64, shares: u64) -> Result<()> {
        self.lst = self.lst.checked_add(lst).checked()?;
        self.shares = self.shares.checked_add(shares).checked()?;
        Ok(())
    }

    /// Shares go. Returns the LST that they are: the caller takes them, or SOL for them.
    pub fn leave(&mut self, shares: u64, rate: &PoolRate) -> Result<u64> {
        require!(shares > 0, StrategyError::ZeroAmount);
        let lst = Floor(Ratio::new(self.all_down(rate)?, self.shares)).apply(shares);
        let lst = lst.checked()?;
        require!(lst > 0, StrategyError::AmountTooSmall);
        self.shares = self.shares.checked_sub(shares).checked()?;
        Ok(lst)
    }

    /// LST leave the vault for the queue.
    pub fn take_lst(&mut self, lst: u64) -> Result<()> {
        let left = self.lst.checked_sub(lst);
        self.lst = left.ok_or(StrategyError::NotEnoughLst)?;
        Ok(())
    }

    /// SOL leave the till.
    pub fn take_lamports(&mut self, lamports: u64) -> Result<()> {
        let left = self.till_lamports.checked_sub(lamports);
        self.till_lamports = left.ok_or(StrategyError::NotEnoughSol)?;
        Ok(())
    }

    /// The queue has paid the till. What that is in LST no longer waits there; the last payment leaves
    /// nothing waiting. Returns how many of `waiting_lst` still do.
    pub fn refilled(
        &mut self,
        lamports: u64,
        waiting_lst: u64,
        is_last: bool,
        rate: &PoolRate,
    ) -> Result<u64> {
        let paid = Floor(lst_per_lamport(rate)).apply(lamports).checked()?;
        let left = if is_last {
            0
        } else {
            waiting_lst.saturating_sub(paid)
        };
        let met = waiting_lst.checked_sub(left).checked()?;
        self.queued_lst = self.queued_lst.checked_sub(met).checked()?;
        self.till_lamports = self.till_lamports.checked_add(lamports).checked()?;
        Ok(left)
    }

    /// Lamports of the till to stake: down to its share, once it is far above.
    pub fn surplus_lamports(&self, rate: &PoolRate) -> Result<u64> {
        let most = self.till_at(MOST_TILL_BPS, rate)?;
        require!(self.till_lamports > most, StrategyError::Balanced);
        let share = self.till_at(TILL_BPS, rate)?;
        self.till_lamports.checked_sub(share).checked()
    }

    /// LST to queue for the till: up to its share, once it is far below.
    pub fn missing_lst(&self, rate: &PoolRate) -> Result<u64> {
        let all = self.all_down(rate)?;
        let vault = self.lst;
        let least = Floor(bps(LEAST_TILL_BPS)).apply(all).checked()?;
        let ready = all.checked_sub(vault).checked()?;
        require!(ready < least, StrategyError::Balanced);
        let share = Floor(bps(TILL_BPS)).apply(all).checked()?;
        share.checked_sub(ready).checked()
    }

    /// Lamports of a till that has this share of all.
    fn till_at(&self, share_bps: u64, rate: &PoolRate) -> Result<u64> {
        let lst = Floor(bps(share_bps))
            .apply(self.all_down(rate)?)
            .checked()?;
        rate.deposit_lamports(lst).ok().checked()
    }
}

fn bps(share_bps: u64) -> Ratio {
    Ratio::new(share_bps, u64::from(BPS))
}
