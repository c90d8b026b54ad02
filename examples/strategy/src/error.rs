//! Why an instruction is refused.

use anchor_lang::prelude::*;

/// Errors of the strategy. They begin at 7200, so that no number is also one of Sluice, whose errors come
/// through as they are.
#[error_code(offset = 7200)]
pub enum StrategyError {
    /// An amount of zero.
    #[msg("an amount is zero")]
    ZeroAmount,
    /// An amount too small to give anything for it.
    #[msg("the amount is too small")]
    AmountTooSmall,
    /// Less than the caller's minimum.
    #[msg("the result is less than the minimum that was asked for")]
    BelowMinimum,
    /// A result that does not fit.
    #[msg("an amount does not fit into 64 bits")]
    Overflow,
    /// More SOL than the till has.
    #[msg("the till has less SOL than that: leave by the queue")]
    NotEnoughSol,
    /// More LST than the vault has.
    #[msg("the vault has less LST than that: the rest is in the till or on its way there")]
    NotEnoughLst,
    /// Another pool than the strategy's.
    #[msg("the account is not the pool of this strategy")]
    WrongPool,
    /// Another mint than that of the strategy's LST or shares.
    #[msg("the mint is not the one of this strategy")]
    WrongMint,
    /// Another token account than the strategy's vault.
    #[msg("the account is not the vault of this strategy")]
    WrongVault,
    /// Another account than the strategy's till.
    #[msg("the account is not the till of this strategy")]
    WrongTill,
    /// An exit of another strategy.
    #[msg("the exit is of another strategy")]
    WrongStrategy,
    /// The pool's account cannot be read, or has no price yet.
    #[msg("the pool has no price: the log says why")]
    NoPrice,
    /// The pool's price is of an earlier epoch.
    #[msg("the pool's price is stale: crank the pool")]
    PriceStale,
    /// An abnormal loss has tripped the pool's breaker.
    #[msg("the pool's breaker is tripped")]
    BreakerTripped,
    /// The till has about its share.
    #[msg("the till has about its share: nothing to do")]
    Balanced,
    /// Another account than the one that is owed.
    #[msg("the account is not the one that this is owed to")]
    WrongRecipient,
    /// Another account than the exit's ticket.
    #[msg("the account is not the ticket of this exit")]
    WrongTicket,
}

/// An answer of the money rules that are shared with Sluice, as one of this program.
pub trait Checked<T> {
    /// The value, or [`StrategyError::Overflow`].
    fn checked(self) -> Result<T>;
}

impl<T> Checked<T> for sluice_math::Result<T> {
    fn checked(self) -> Result<T> {
        self.map_err(|_| StrategyError::Overflow.into())
    }
}

impl<T> Checked<T> for Option<T> {
    fn checked(self) -> Result<T> {
        self.ok_or(StrategyError::Overflow.into())
    }
}
