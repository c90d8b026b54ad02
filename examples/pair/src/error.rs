//! Why an instruction is refused.

use anchor_lang::prelude::*;

/// Errors of the pair. They begin at 7000, so that no number is also one of Sluice, whose errors come
/// through as they are.
#[error_code(offset = 7000)]
pub enum PairError {
    /// An amount of zero.
    #[msg("an amount is zero")]
    ZeroAmount,
    /// Less than the caller's minimum.
    #[msg("the result is less than the minimum that was asked for")]
    BelowMinimum,
    /// An amount too small to give anything for it.
    #[msg("the amount is too small: nothing would be given for it")]
    AmountTooSmall,
    /// A result that does not fit.
    #[msg("an amount does not fit into 64 bits")]
    Overflow,
    /// The pair has nothing to give.
    #[msg("the pair has no liquidity")]
    NoLiquidity,
    /// Another pool than the pair's.
    #[msg("the account is not the pool of this pair")]
    WrongPool,
    /// Another mint than that of the pair's LST or shares.
    #[msg("the mint is not the one of this pair")]
    WrongMint,
    /// Another token account than the pair's vault.
    #[msg("the account is not the vault of this pair")]
    WrongVault,
}

/// An answer of the money rules that are shared with Sluice, as one of this program.
pub trait Checked<T> {
    /// The value, or [`PairError::Overflow`].
    fn checked(self) -> Result<T>;
}

impl<T> Checked<T> for sluice_math::Result<T> {
    fn checked(self) -> Result<T> {
        self.map_err(|_| PairError::Overflow.into())
    }
}

impl<T> Checked<T> for Option<T> {
    fn checked(self) -> Result<T> {
        self.ok_or(PairError::Overflow.into())
    }
}
