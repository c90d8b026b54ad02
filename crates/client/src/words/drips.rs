//! What a deposit pays for and an exit does not bring yet.

use sluice_math::Lst;

use super::amounts::sol;
use crate::{PoolSnapshot, Result};

/// How much of a deposit's tokens cannot be redeemed at once, as a sentence, where that is far more than an
/// epoch's rewards: after a donation, or where nearly everybody has left.
///
/// # Errors
///
/// Where the pool has no price.
pub fn what_drips(snapshot: &PoolSnapshot, minted: Lst) -> Result<Option<String>> {
    let rate = snapshot.rate()?;
    let (now, later) = (rate.redeemable(minted)?, rate.redeemable_later(minted)?);
    if now.get().saturating_mul(100) >= later.get().saturating_mul(99) {
        return Ok(None);
    }
    Ok(Some(format!(
        "A part of the price is for rewards that still drip: of {} that this buys, {} can be redeemed \
         at today's exit price, and the rest over the epochs to come.",
        sol(later.get()),
        sol(now.get())
    )))
}
