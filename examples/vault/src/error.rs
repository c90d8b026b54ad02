//! Why an instruction is refused.

use anchor_lang::prelude::*;

/// Errors of the vault. They begin at 7100, so that no number is also one of Sluice, whose errors come
/// through as they are.
#[error_code(offset = 7100)]
pub enum VaultError {
    /// An amount of zero.
    #[msg("an amount is zero")]
    ZeroAmount,
    /// An amount too small to give anything for it, or for a loan.
    #[msg("the amount is too small")]
    AmountTooSmall,
    /// Less than the caller's minimum.
    #[msg("the result is less than the minimum that was asked for")]
    BelowMinimum,
    /// A result that does not fit.
    #[msg("an amount does not fit into 64 bits")]
    Overflow,
    /// More SOL than is there: it is lent.
    #[msg("the market has less SOL than that: the rest is lent")]
    NotEnoughCash,
    /// Another pool than the market's.
    #[msg("the account is not the pool of this market")]
    WrongPool,
    /// Another mint than that of the market's LST or shares.
    #[msg("the mint is not the one of this market")]
    WrongMint,
    /// Another token account than the market's vault.
    #[msg("the account is not the vault of this market")]
    WrongVault,
    /// A loan or a seizure of another market.
    #[msg("the account is of another market")]
    WrongMarket,
    /// The pool's account cannot be read, or has no price yet.
    #[msg("the pool has no price: the log says why")]
    NoPrice,
    /// The pool's price is of an earlier epoch.
    #[msg("the pool's price is stale: crank the pool")]
    PriceStale,
    /// An abnormal loss has tripped the pool's breaker.
    #[msg("the pool's breaker is tripped")]
    BreakerTripped,
    /// More SOL than may be lent against this LST.
    #[msg("the loan would be above the limit")]
    AboveLimit,
    /// A loan below the threshold.
    #[msg("the loan is healthy: it cannot be liquidated")]
    LoanHealthy,
    /// A loan that still owes something.
    #[msg("the loan is not paid back")]
    LoanOwed,
    /// Another account than the one that gets rent or LST back.
    #[msg("the account is not the one that this is owed to")]
    WrongRecipient,
    /// The queue has paid nothing since the last time that the market is still owed.
    #[msg("nothing came from the queue for the market: claim the ticket first")]
    NothingToCollect,
    /// Another account than the seizure's ticket.
    #[msg("the account is not the ticket of this seizure")]
    WrongTicket,
}

/// An answer of the money rules that are shared with Sluice, as one of this program.
pub trait Checked<T> {
    /// The value, or [`VaultError::Overflow`].
    fn checked(self) -> Result<T>;
}

impl<T> Checked<T> for sluice_math::Result<T> {
    fn checked(self) -> Result<T> {
        self.map_err(|_| VaultError::Overflow.into())
    }
}

impl<T> Checked<T> for Option<T> {
    fn checked(self) -> Result<T> {
        self.ok_or(VaultError::Overflow.into())
    }
}
