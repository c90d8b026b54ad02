//! What a deposit of SOL leaves to those whose stake earns the running epoch.

use crate::{Bps, Ceil, Lamports, Ratio, Result, RewardRate};

/// Parts of a whole in an [`EntryCharge`]. With so few, 64 bits hold what is divided for a deposit of
/// thousands of SOL.
const CHARGE_PARTS: u64 = 1_000_000_000;
/// [`CHARGE_PARTS`] in a basis point.
const CHARGE_PARTS_PER_BPS: u32 = 100_000;
/// A charge of a part of a rate is both multiplied, over this: parts of 10^12 become parts of 10^9.
const RATE_DIVISOR: u64 = 10_000_000;
/// Of a rate of this much or more the smallest part is more than the largest charge.
const MOST_RATE: u64 = 20_000_000_000_000;

/// The largest share of a deposit that its fee and its entry charge take together, in basis points.
pub const MOST_ENTRY_BPS: u16 = 20;

/// Share of a deposit of SOL that stays for all holders, in parts of 10^9. SOL that comes in an epoch
/// shares its reward without having been stake in it; the charge gives that back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryCharge(u32);

impl EntryCharge {
    /// No charge: for stake, which has earned its part.
    pub const NONE: Self = Self(0);

    /// `part` of one epoch's reward at `rate`: rounded up, and with the deposit `fee` at most
    /// [`MOST_ENTRY_BPS`].
    pub fn of(rate: RewardRate, part: Bps, fee: Bps) -> Self {
        // It fits: a wrapping product costs a fraction of a checked one on chain.
        let product = rate
            .get()
            .min(MOST_RATE)
            .wrapping_mul(u64::from(part.get()));
        let room = parts_of_bps(MOST_ENTRY_BPS.saturating_sub(fee.get()));
        let charge = product.div_ceil(RATE_DIVISOR).min(u64::from(room));
        Self(u32::try_from(charge).unwrap_or(room))
    }

    /// The number of parts of 10^9.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Fee and charge on a deposit: the fee rounded up, and both together rounded up.
    pub(crate) fn with_fee(self, fee: Bps, lamports: Lamports) -> Result<(Lamports, Lamports)> {
        let both = parts_of_bps(fee.get()).saturating_add(self.0);
        let both = share_of(lamports, both)?;
        let fee = if self == Self::NONE {
            both
        } else {
            share_of(lamports, parts_of_bps(fee.get()))?
        };
        Ok((fee, both.sub(fee)?))
    }
}

fn parts_of_bps(bps: u16) -> u32 {
    u32::from(bps).saturating_mul(CHARGE_PARTS_PER_BPS)
}

fn share_of(lamports: Lamports, parts: u32) -> Result<Lamports> {
    if parts == 0 {
        return Ok(Lamports::ZERO);
    }
    Ceil(Ratio::new(u64::from(parts), CHARGE_PARTS))
        .apply(lamports.get())
        .map(Lamports::new)
}
