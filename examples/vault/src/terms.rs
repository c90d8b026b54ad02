//! The terms of every loan, and why they are so.
//!
//! The worst that the vault must bear is a loan just below the threshold when the pool loses a fifth. What
//! is owed must then still come out of its LST, after the highest fee of an instant exit, and after
//! interest while the queue takes its time:
//!
//! ```text
//! 77% x (1 + 0.12%) = 77.09%     what is owed, of the worth before the loss, after eight days of interest
//! 80% x (1 - 3%)    = 77.60%     what comes
//! ```
//!
//! A loss that large trips the pool's breaker, so instant exits are closed, and the queue, which has no
//! fee, pays up to two epochs later: four in all, eight days. A larger loss can leave bad debt.

use anchor_lang::prelude::*;
use sluice_math::{BPS, Ceil, Floor, Ratio};

use crate::error::Checked;

/// What may be owed when a loan opens, in basis points of the worth of its LST. The worth may then fall by
/// 9% before the loan is due, or two years of interest may come to it.
pub const LIMIT_BPS: u64 = 7_000;
/// Above this share of the worth of its LST, in basis points, a loan may be liquidated.
pub const THRESHOLD_BPS: u64 = 7_700;
/// LST are seized until they are worth this share of what is owed, in basis points. It covers the highest
/// fee of an instant exit; what is left of it is for who liquidates.
pub const SEIZED_BPS: u64 = 10_500;
/// Interest for each slot, in parts of 10^12 of what is owed: about 5% a year.
pub const INTEREST_E12_PER_SLOT: u64 = 634;
/// The smallest loan, in lamports: a smaller one would not be worth its liquidation.
pub const LEAST_LOAN_LAMPORTS: u64 = 10_000_000;
/// What who creates a market leaves in it for ever, in lamports. No share can be made so dear that the
/// next lender's money rounds away: who lifts their price pays nearly all of it to these.
pub const SEED_LAMPORTS: u64 = 10_000_000;

const E12: u64 = 1_000_000_000_000;

/// The LST that a liquidation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How many, in smallest units: never more than the loan has.
    pub lst: u64,
    /// What they are worth at the collateral price, in lamports.
    pub worth_lamports: u64,
}

/// Interest for so many slots, in lamports, rounded up.
pub fn interest(owed_lamports: u64, slots: u64) -> Result<u64> {
    let rate = INTEREST_E12_PER_SLOT.checked_mul(slots).checked()?;
    Ceil(Ratio::new(rate, E12)).apply(owed_lamports).checked()
}

/// What may be owed against LST of this worth when a loan opens, in lamports, rounded down.
pub fn limit(worth_lamports: u64) -> Result<u64> {
    Floor(share(LIMIT_BPS)).apply(worth_lamports).checked()
}

/// What may be owed against LST of this worth later on, in lamports, rounded down.
pub fn threshold(worth_lamports: u64) -> Result<u64> {
    Floor(share(THRESHOLD_BPS)).apply(worth_lamports).checked()
}

/// The LST that a liquidation takes from a loan that has `lst`, which are worth `worth_lamports`: enough to
/// pay what is owed and the fee of an exit, or all.
pub fn take(lst: u64, worth_lamports: u64, owed_lamports: u64) -> Result<Taken> {
    let wanted = Ceil(share(SEIZED_BPS)).apply(owed_lamports).checked()?;
    if wanted >= worth_lamports {
        return Ok(Taken {
            lst,
            worth_lamports,
        });
    }
    let taken = Ceil(Ratio::new(wanted, worth_lamports))
        .apply(lst)
        .checked()?;
    Ok(Taken {
        lst: taken,
        worth_lamports: wanted,
    })
}

fn share(bps: u64) -> Ratio {
    Ratio::new(bps, u64::from(BPS))
}
