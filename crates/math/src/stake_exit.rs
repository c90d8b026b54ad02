//! Leaving with a stake account, and what it costs.

use crate::{Bps, Ceil, Floor, Lamports, Ledger, Lst, MathError, Ratio, Result, Spread};

/// Parts of a whole in a [`RewardRate`].
const RATE_PARTS: u64 = 1_000_000_000_000;
/// [`RATE_PARTS`] in a basis point.
const RATE_PARTS_PER_BPS: u64 = 100_000_000;

/// Reward per epoch of effective stake, in parts of 10^12; zero where no reward was ever booked.
///
/// Whoever leaves with active stake also takes what it earns in the running epoch. The exit's fee
/// is measured by the highest rate of late, so that the pool does not pay that reward twice. What
/// somebody who comes leaves behind is measured by the rate that the last rewards had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RewardRate(u64);

impl RewardRate {
    /// This many parts of 10^12.
    pub const fn new(parts: u64) -> Self {
        Self(parts)
    }

    /// The number of parts of 10^12.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether no reward was ever booked.
    pub const fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// The rate after `gain` was booked on `effective` lamports of stake that took `epochs` to
    /// earn it: rounded up, and never less than 7/8 of the rate before. It stays where there was
    /// no gain, or no stake that could have earned it.
    pub fn after(self, gain: Lamports, effective: Lamports, epochs: u64) -> Result<Self> {
        if gain.is_zero() || effective.is_zero() {
            return Ok(self);
        }
        let earned = self.measured(gain, effective, epochs);
        let decayed = Ceil(Ratio::new(7, 8)).apply(self.0)?;
        Ok(earned.max(Self(decayed)))
    }

    /// What `effective` lamports of stake earned, if they earned `reward` in `epochs`: rounded up.
    /// The rate as it is where there was no such stake.
    pub fn measured(self, reward: Lamports, effective: Lamports, epochs: u64) -> Self {
        let parts = u128::from(reward.get()).saturating_mul(u128::from(RATE_PARTS));
        let earned_on = u128::from(effective.get()).saturating_mul(u128::from(epochs.max(1)));
        if earned_on == 0 {
            return self;
        }
        Self(u64::try_from(parts.div_ceil(earned_on)).unwrap_or(u64::MAX))
    }

    /// What stake earns in an epoch at this rate: rounded down.
    pub fn earned_on(self, stake: Lamports) -> Result<Lamports> {
        Floor(Ratio::new(self.0, RATE_PARTS))
            .apply(stake.get())
            .map(Lamports::new)
    }

    /// Whether the rate is more than `bound`.
    pub fn exceeds(self, bound: Bps) -> bool {
        self.0 > u64::from(bound.get()).saturating_mul(RATE_PARTS_PER_BPS)
    }

    /// Twice what `lamports` earn in an epoch: rounded up, and at most `lamports`.
    fn twice_on(self, lamports: Lamports) -> Result<Lamports> {
        let twice = self.0.saturating_mul(2);
        match Ceil(Ratio::new(twice, RATE_PARTS)).apply(lamports.get()) {
            Ok(reward) => Ok(Lamports::new(reward).min(lamports)),
            Err(MathError::Overflow) => Ok(lamports),
            Err(error) => Err(error),
        }
    }
}

/// One part in this many of all delegated stake may leave a validator below its part: so much an exit
/// can take in one account, however many validators there are.
pub const EXIT_SHARE_PARTS: u64 = 1_000;

impl Spread {
    /// The least that an exit with stake may leave with a validator of this weight, where `delegated`
    /// is what it leaves with all of them: the validator's part of that by weight, less the largest of
    /// the tolerance, two minimum delegations and a thousandth of all.
    ///
    /// What a validator earns is known before it is paid, and it can be far above the average, by
    /// which the fee of an exit is measured. So whoever leaves takes of all alike.
    pub fn least_after_exit(
        &self,
        weight: u16,
        delegated: Lamports,
        tolerance: Bps,
        minimum_delegation: Lamports,
    ) -> Result<Lamports> {
        let part = self.part(weight, delegated)?;
        let tolerated = Floor(tolerance.ratio()).apply(part.get())?;
        let share = Floor(Ratio::new(1, EXIT_SHARE_PARTS)).apply(delegated.get())?;
        let two_minimums = minimum_delegation.get().saturating_mul(2);
        let below = tolerated.max(share).max(two_minimums);
        Ok(part.saturating_sub(Lamports::new(below)))
    }
}

/// What an exit with a stake account takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeExit {
    /// LST to burn.
    pub lst: Lst,
    /// Stake for the leaver: the exit price, rounded down, less the fee.
    pub lamports: Lamports,
    /// What stays, and drips to all holders: rounded up.
    pub fee: Lamports,
    /// The ledger without the LST and the stake.
    pub ledger: Ledger,
}

impl Ledger {
    /// An exit of `lst` at the exit price of `slot` with stake: the fee is the configured share,
    /// or twice an epoch's reward where that is more.
    pub fn stake_exit(
        &self,
        lst: Lst,
        slot: u64,
        configured: Bps,
        rate: RewardRate,
    ) -> Result<StakeExit> {
        let redeemed = self.redeem(lst, slot)?;
        let share = Ceil(configured.ratio()).apply(redeemed.lamports.get())?;
        let fee = Lamports::new(share).max(rate.twice_on(redeemed.lamports)?);
        let lamports = redeemed.lamports.sub(fee)?;
        Ok(StakeExit {
            lst,
            lamports,
            fee,
            ledger: Self {
                staked: redeemed.ledger.staked.sub(lamports)?,
                pending: redeemed.ledger.pending.add(fee)?,
                ..redeemed.ledger
            },
        })
    }

    /// LST whose exit takes `lamports` of stake, and at most some units of LST more: rounded up.
    ///
    /// [`MathError::NoValue`] where the fee would be all that the LST are worth.
    pub fn lst_for_stake(
        &self,
        lamports: Lamports,
        slot: u64,
        configured: Bps,
        rate: RewardRate,
    ) -> Result<Lst> {
        let share = u64::from(configured.get()).saturating_mul(RATE_PARTS_PER_BPS);
        let fee_share = share.max(rate.0.saturating_mul(2));
        let left = RATE_PARTS
            .checked_sub(fee_share)
            .filter(|left| *left > 0)
            .ok_or(MathError::NoValue)?;
        // The fee is rounded up, by less than the lamport that is added here.
        let wanted = lamports.add(Lamports::new(1))?.get();
        let worth = Ceil(Ratio::new(RATE_PARTS, left)).apply(wanted)?;
        let value = self.value(slot)?.get();
        Ceil(Ratio::new(self.supply.get(), value))
            .apply(worth)
            .map(Lst::new)
    }
}

impl StakeExit {
    /// The same exit with `most` as all there is to take: the rest stays too.
    pub fn limited_to(&self, most: Lamports) -> Result<Self> {
        let rest = self.lamports.saturating_sub(most);
        Ok(Self {
            lst: self.lst,
            lamports: self.lamports.sub(rest)?,
            fee: self.fee.add(rest)?,
            ledger: Ledger {
                staked: self.ledger.staked.add(rest)?,
                pending: self.ledger.pending.add(rest)?,
                ..self.ledger
            },
        })
    }
}
