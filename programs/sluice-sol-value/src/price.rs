//! What amounts are worth. The least LST are worth is what a lender may count on; the most is the
//! deposit price, which pays for all that drips. Every result is rounded against who asks.

use sluice_rate::PoolRate;

use crate::error::{ValueError, ensure};

/// The least and the most that an amount is worth, in lamports or in units of LST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least, rounded down.
    pub min: u64,
    /// The most, rounded up.
    pub max: u64,
}

impl Range {
    /// The answer as Infinity reads it: both numbers, little endian.
    pub fn to_bytes(self) -> [[u8; 8]; 2] {
        [self.min.to_le_bytes(), self.max.to_le_bytes()]
    }
}

/// Fails unless the pool has a price at `epoch`, and pays it.
pub fn require_price(pool: &PoolRate, epoch: u64) -> Result<(), ValueError> {
    ensure(!pool.is_tripped(), ValueError::Tripped)?;
    ensure(!pool.is_stale(epoch), ValueError::Stale)
}

/// What `lst` units are worth at `slot`, in lamports: at least what a lender may count on, which a
/// deposit in the same transaction does not lift; at most the deposit price.
pub fn lst_to_sol(pool: &PoolRate, lst: u64, slot: u64) -> Result<Range, ValueError> {
    require_value(pool, slot)?;
    let most = proportion(lst, pool.full_lamports, pool.lst_supply)?;
    Ok(Range {
        min: pool.collateral_lamports(lst, slot)?,
        max: most.rounded_up()?,
    })
}

/// How many LST are worth `lamports` at `slot`: at least as many as the deposit price says, so that
/// nobody buys what drips for less; at most those that a lender may count on for as much.
pub fn sol_to_lst(pool: &PoolRate, lamports: u64, slot: u64) -> Result<Range, ValueError> {
    let value = require_value(pool, slot)?;
    let least = proportion(lamports, pool.lst_supply, pool.full_lamports)?;
    let now = proportion(lamports, pool.lst_supply, value)?;
    let finalized = proportion(lamports, pool.finalized_lst, pool.finalized_value_lamports)?;
    Ok(Range {
        min: least.rounded_down()?,
        max: now.rounded_up()?.max(finalized.rounded_up()?),
    })
}

/// What exits share at `slot`, in lamports. Fails where there is no LST, was no finalize, or the LST are
/// worth nothing now or were right after it.
fn require_value(pool: &PoolRate, slot: u64) -> Result<u64, ValueError> {
    ensure(pool.lst_supply > 0, ValueError::NoSupply)?;
    ensure(pool.finalized_lst > 0, ValueError::NotFinalized)?;
    let value = pool.value_lamports(slot)?;
    let is_worth = value > 0 && pool.finalized_value_lamports > 0;
    ensure(is_worth, ValueError::NoValue)?;
    Ok(value)
}

/// `dividend / divisor`, where the divisor is not zero.
struct Quotient {
    dividend: u128,
    divisor: u128,
}

/// `amount x whole / parts`.
fn proportion(amount: u64, whole: u64, parts: u64) -> Result<Quotient, ValueError> {
    let product = u128::from(amount).checked_mul(u128::from(whole));
    Ok(Quotient {
        dividend: product.ok_or(ValueError::Overflow)?,
        divisor: u128::from(parts),
    })
}

impl Quotient {
    fn rounded_down(&self) -> Result<u64, ValueError> {
        let quotient = self.dividend.checked_div(self.divisor);
        u64::try_from(quotient.ok_or(ValueError::Overflow)?).map_err(|_| ValueError::Overflow)
    }

    fn rounded_up(&self) -> Result<u64, ValueError> {
        let less_than_divisor = self.divisor.saturating_sub(1);
        let lifted = self.dividend.checked_add(less_than_divisor);
        let quotient = lifted.and_then(|lifted| lifted.checked_div(self.divisor));
        u64::try_from(quotient.ok_or(ValueError::Overflow)?).map_err(|_| ValueError::Overflow)
    }
}
