//! Whether a validator passes on what its stake earned: judged by what was paid, since a
//! commission can be hidden from everybody who looks at it.

use core::cmp::Ordering;

use crate::{BPS, Bps, Floor, Lamports, MathError, Result};

/// Rewards below this are not judged: a lamport of rounding would weigh too much in them.
pub const LEAST_JUDGED_REWARD: Lamports = Lamports::new(10_000);

/// Where no points are known, a validator is judged by another one, and coarsely: it must pay less
/// than one part in this many of what the other would.
const COARSE: u64 = 2;

/// What the runtime shared out at the last epoch boundary, as the `EpochRewards` sysvar keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoundaryRewards {
    /// The sum of stake times credits over all stake of the cluster; zero where validators vote by
    /// Alpenglow.
    pub points: u128,
    /// What was shared in proportion to them.
    pub lamports: Lamports,
}

/// What a boundary paid for a slot's main stake account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewarded {
    /// The delegation that it paid for.
    pub delegated: Lamports,
    /// What it added to the delegation.
    pub paid: Lamports,
}

impl BoundaryRewards {
    /// Whether validators earned credits by voting in Tower, each the same for a slot's vote.
    pub const fn has_points(&self) -> bool {
        self.points > 0
    }

    /// What a delegation earned with a validator of these credits, before any commission: the
    /// runtime's own calculation, `calculate_stake_rewards` of Agave 4.2, to the lamport.
    pub fn gross(&self, delegated: Lamports, credits: u64) -> Result<Lamports> {
        let earned = u128::from(delegated.get())
            .checked_mul(u128::from(credits))
            .and_then(|points| points.checked_mul(u128::from(self.lamports.get())))
            .ok_or(MathError::Overflow)?;
        let gross = earned
            .checked_div(self.points)
            .ok_or(MathError::DivisionByZero)?;
        u64::try_from(gross)
            .map(Lamports::new)
            .map_err(|_| MathError::Overflow)
    }

    /// Whether a validator's credits are below a share of the cluster's mean, which is all points
    /// over all stake that was effective. No mean is above `most_credits`, which is all that an epoch
    /// can bring: among the points are those of earlier epochs where a boundary pays stake that it had
    /// passed over.
    pub fn below_mean(
        &self,
        credits: u64,
        effective: Lamports,
        most_credits: u64,
        share: Bps,
    ) -> Result<bool> {
        let own = points(credits, effective)?.checked_mul(u128::from(BPS));
        let all = self.points.min(points(most_credits, effective)?);
        let least = all.checked_mul(u128::from(share.get()));
        Ok(own.ok_or(MathError::Overflow)? < least.ok_or(MathError::Overflow)?)
    }
}

impl Rewarded {
    /// Which of two was paid more in proportion to its stake.
    pub fn cmp_yield(&self, other: &Self) -> Ordering {
        let scaled = |paid: &Self, by: &Self| {
            u128::from(paid.paid.get()).saturating_mul(u128::from(by.delegated.get()))
        };
        scaled(self, other).cmp(&scaled(other, self))
    }

    /// The least that is paid of a gross reward where the commission is at most `commission`. The
    /// runtime rounds the stakers' part down, and so does this: it leaves no lamport of doubt.
    pub fn least_of(gross: Lamports, commission: Bps) -> Result<Lamports> {
        let share = Bps::new(BPS.saturating_sub(commission.get()))?;
        Floor(share.ratio()).apply(gross.get()).map(Lamports::new)
    }

    /// Whether less was paid than a commission of at most `commission` leaves of `gross`.
    pub fn is_below(&self, gross: Lamports, commission: Bps) -> Result<bool> {
        let least = Self::least_of(gross, commission)?;
        Ok(gross >= LEAST_JUDGED_REWARD && self.paid < least)
    }

    /// Whether far less was paid than for the stake of another validator of the same pool, in
    /// proportion to the stake.
    pub fn is_far_below(&self, other: &Self, commission: Bps) -> Result<bool> {
        let share = Bps::new(BPS.saturating_sub(commission.get()))?;
        let own = product([self.paid.get(), other.delegated.get(), COARSE])?;
        let others = product([other.paid.get(), self.delegated.get(), 1])?;
        let judged = product([LEAST_JUDGED_REWARD.get(), other.delegated.get(), 1])?;
        let own = own.checked_mul(u128::from(BPS));
        let least = others.checked_mul(u128::from(share.get()));
        let is_less = own.ok_or(MathError::Overflow)? < least.ok_or(MathError::Overflow)?;
        Ok(others >= judged && is_less)
    }
}

/// What stake earns with a validator of these credits, in the runtime's unit.
fn points(credits: u64, stake: Lamports) -> Result<u128> {
    u128::from(credits)
        .checked_mul(u128::from(stake.get()))
        .ok_or(MathError::Overflow)
}

fn product(factors: [u64; 3]) -> Result<u128> {
    factors.iter().try_fold(1_u128, |product, factor| {
        product
            .checked_mul(u128::from(*factor))
            .ok_or(MathError::Overflow)
    })
}
