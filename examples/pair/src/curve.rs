//! All arithmetic of the pair: pure functions of whole numbers. Every rounding favours those who stay.

use anchor_lang::prelude::*;
use sluice_math::{BPS, Ceil, Floor, Ratio};

use crate::error::{Checked, PairError};

/// What a swap leaves to who provides liquidity, in basis points of what is paid.
pub const FEE_BPS: u16 = 10;

/// Shares that the first liquidity leaves to nobody for ever. A share can never be worth more than a
/// thousandth of the reserves, so no first provider can make shares too dear for the next one.
pub const LOCKED_SHARES: u64 = 1_000;

/// What the pair holds, and how many shares it is divided into.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, InitSpace,
)]
pub struct Reserves {
    /// SOL for trades, in lamports.
    pub lamports: u64,
    /// LST for trades, in smallest units.
    pub lst: u64,
    /// Shares in existence, with those that are locked.
    pub shares: u64,
}

/// Liquidity that comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidity {
    /// SOL, in lamports.
    pub lamports: u64,
    /// LST, in smallest units.
    pub lst: u64,
    /// The shares for it that somebody owns.
    pub shares: u64,
    /// The reserves with it, or without it.
    pub reserves: Reserves,
}

/// What `amount` buys: the fee stays, and the product of the reserves does not fall.
pub fn output(amount: u64, reserve_in: u64, reserve_out: u64) -> Result<u64> {
    require!(amount > 0, PairError::ZeroAmount);
    require!(reserve_in > 0 && reserve_out > 0, PairError::NoLiquidity);
    let fee = Ceil(Ratio::new(u64::from(FEE_BPS), u64::from(BPS)));
    let counted = amount.checked_sub(fee.apply(amount).checked()?).checked()?;
    let after = reserve_in.checked_add(counted).checked()?;
    let bought = Floor(Ratio::new(counted, after))
        .apply(reserve_out)
        .checked()?;
    require!(bought > 0, PairError::AmountTooSmall);
    Ok(bought)
}

impl Reserves {
    /// Liquidity of at most these amounts, in the ratio of the reserves. The first sets the ratio.
    pub fn add(&self, lamports: u64, lst: u64) -> Result<Liquidity> {
        require!(lamports > 0 && lst > 0, PairError::ZeroAmount);
        if self.shares == 0 {
            return self.begin(lamports, lst);
        }
        let (by_lamports, by_lst) = (
            Floor(Ratio::new(self.shares, self.lamports)).apply(lamports),
            Floor(Ratio::new(self.shares, self.lst)).apply(lst),
        );
        let shares = by_lamports.checked()?.min(by_lst.checked()?);
        require!(shares > 0, PairError::AmountTooSmall);
        let part = Ceil(Ratio::new(shares, self.shares));
        self.with(
            part.apply(self.lamports).checked()?,
            part.apply(self.lst).checked()?,
            shares,
            shares,
        )
    }

    fn begin(&self, lamports: u64, lst: u64) -> Result<Liquidity> {
        let product = u128::from(lamports).checked_mul(u128::from(lst));
        let all = u64::try_from(product.checked()?.isqrt()).ok().checked()?;
        let shares = all.saturating_sub(LOCKED_SHARES);
        require!(shares > 0, PairError::AmountTooSmall);
        self.with(lamports, lst, shares, all)
    }

    fn with(&self, lamports: u64, lst: u64, shares: u64, created: u64) -> Result<Liquidity> {
        let reserves = Self {
            lamports: self.lamports.checked_add(lamports).checked()?,
            lst: self.lst.checked_add(lst).checked()?,
            shares: self.shares.checked_add(created).checked()?,
        };
        Ok(Liquidity {
            lamports,
            lst,
            shares,
            reserves,
        })
    }

    /// The part of both reserves that belongs to these shares.
    pub fn remove(&self, shares: u64) -> Result<Liquidity> {
        require!(shares > 0, PairError::ZeroAmount);
        let part = Floor(Ratio::new(shares, self.shares));
        let (lamports, lst) = (
            part.apply(self.lamports).checked()?,
            part.apply(self.lst).checked()?,
        );
        require!(lamports > 0 && lst > 0, PairError::AmountTooSmall);
        let reserves = Self {
            lamports: self.lamports.checked_sub(lamports).checked()?,
            lst: self.lst.checked_sub(lst).checked()?,
            shares: self.shares.checked_sub(shares).checked()?,
        };
        Ok(Liquidity {
            lamports,
            lst,
            shares,
            reserves,
        })
    }

    /// What `lamports` buy, and the reserves then.
    pub fn buy_lst(&self, lamports: u64) -> Result<(u64, Self)> {
        let lst = output(lamports, self.lamports, self.lst)?;
        let after = Self {
            lamports: self.lamports.checked_add(lamports).checked()?,
            lst: self.lst.checked_sub(lst).checked()?,
            ..*self
        };
        Ok((lst, after))
    }

    /// What `lst` is sold for, and the reserves then.
    pub fn sell_lst(&self, lst: u64) -> Result<(u64, Self)> {
        let lamports = output(lst, self.lst, self.lamports)?;
        let after = Self {
            lamports: self.lamports.checked_sub(lamports).checked()?,
            lst: self.lst.checked_add(lst).checked()?,
            ..*self
        };
        Ok((lamports, after))
    }
}
