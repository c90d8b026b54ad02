//! What amounts are worth. Infinity takes the least for what it holds and is brought, and gives out no
//! more than the least, so every result is rounded against who asks.

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
/// deposit in the same transaction does not lift; at most the exit price.
pub fn lst_to_sol(pool: &PoolRate, lst: u64, slot: u64) -> Result<Range, ValueError> {
    let value = pool.value_lamports(slot)?;
    Ok(Range {
        min: pool.collateral_lamports(lst, slot)?,
        max: proportion(lst, value, pool.lst_supply, ValueError::NoSupply)?.rounded_up()?,
    })
}

/// How many LST are worth `lamports` at `slot`: at least as many as the exit price says; at most those
/// that a lender may count on for as much.
pub fn sol_to_lst(pool: &PoolRate, lamports: u64, slot: u64) -> Result<Range, ValueError> {
    ensure(pool.lst_supply > 0, ValueError::NoSupply)?;
    ensure(pool.finalized_lst > 0, ValueError::NotFinalized)?;
    let error = ValueError::NoValue;
    let value = pool.value_lamports(slot)?;
    let now = proportion(lamports, pool.lst_supply, value, error)?;
    let (whole, parts) = (pool.finalized_lst, pool.finalized_value_lamports);
    let finalized = proportion(lamports, whole, parts, error)?;
    Ok(Range {
        min: now.rounded_down()?,
        max: now.rounded_up()?.max(finalized.rounded_up()?),
    })
}

/// `dividend / divisor`, where the divisor is not zero.
struct Quotient {
    dividend: u128,
    divisor: u128,
}

/// `amount x whole / parts`. Fails with the error if there are no parts.
fn proportion(
    amount: u64,
    whole: u64,
    parts: u64,
    error: ValueError,
) -> Result<Quotient, ValueError> {
    ensure(parts > 0, error)?;
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
