//! The once-per-epoch booking of rewards and losses.

use crate::{
    Bps, Ceil, Drip, Floor, Lamports, Ledger, Lst, MathError, Ratio, Result, loss::is_abnormal,
};

/// The highest full price on which a reward fee was taken, as the pair it was booked as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HighWater {
    /// What the pool owned.
    pub full: Lamports,
    /// LST in existence.
    pub supply: Lst,
}

impl HighWater {
    /// Whether `full / supply` is above this mark; compared by cross product, exactly.
    fn is_below(&self, full: Lamports, supply: Lst) -> bool {
        let new = u128::from(full.get()).saturating_mul(u128::from(self.supply.get()));
        let old = u128::from(self.full.get()).saturating_mul(u128::from(supply.get()));
        new > old
    }

    /// What `supply` was worth at the mark: rounded up, so that no fee is taken twice. A supply
    /// so diluted that this does not fit is worth more than any pool holds: nothing is above it.
    fn of(&self, supply: Lst) -> Result<Lamports> {
        match Ceil(Ratio::new(self.full.get(), self.supply.get())).apply(supply.get()) {
            Err(MathError::Overflow) => Ok(Lamports::MAX),
            other => other.map(Lamports::new),
        }
    }
}

/// Everything `finalize_epoch` decides from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalize {
    /// The ledger as booked so far.
    pub ledger: Ledger,
    /// The mint's supply: less than booked where strangers burned.
    pub mint_supply: Lst,
    /// Lamports observed in all stake accounts.
    pub observed_staked: Lamports,
    /// Lamports found in the reserve.
    pub observed_reserve: Lamports,
    /// The current slot.
    pub slot: u64,
    /// Slots of the current epoch.
    pub slots_per_epoch: u64,
    /// Epochs since the last finalize, at least one.
    pub epochs_elapsed: u64,
    /// The fee's high-water mark.
    pub high_water: HighWater,
    /// Share of rewards that is charged as a fee.
    pub reward_fee: Bps,
    /// Share of that fee that stays with all holders: the rest is the treasury's.
    pub holder_share: Bps,
    /// Largest share of the value that may drip in one epoch.
    pub drip_bound: Bps,
    /// A fall of the value beyond this share of it trips the breaker.
    pub breaker_bound: Bps,
    /// What is left of a tripped loss; zero where the breaker is not tripped.
    pub unrestored: Lamports,
    /// Whether the breaker is tripped and stays so: then it is not armed again, and every
    /// further fall joins what is to be restored.
    pub tripped: bool,
}

/// What `finalize_epoch` books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalized {
    /// The ledger afterwards, its supply with the fee's LST.
    pub ledger: Ledger,
    /// The high-water mark afterwards.
    pub high_water: HighWater,
    /// LST that strangers burned since the last finalize.
    pub burned: Lst,
    /// By how much the pool owns more; zero after a loss.
    pub gain: Lamports,
    /// By how much the pool owns less; zero after a gain.
    pub loss: Lamports,
    /// The part of the loss that withheld rewards did not cover: the fall of the value.
    pub fall: Lamports,
    /// The part of the gain that gave a tripped loss back, at once.
    pub restored: Lamports,
    /// The treasury's part of the gain.
    pub fee: Lamports,
    /// The part of the reward fee that stays with all holders: it is pending, and rounded up in
    /// their favour.
    pub fee_kept: Lamports,
    /// The LST minted for it: rounded down, in favour of the holders.
    pub fee_lst: Lst,
    /// How many epochs what is unreleased takes at least; a drip that runs is never shortened.
    pub drip_epochs: u64,
    /// Whether the breaker trips now.
    pub trips: bool,
    /// What is left of a tripped loss.
    pub unrestored: Lamports,
}

/// What there is before the change of what the pool owns is shared.
struct Start {
    supply: Lst,
    burned: Lst,
    /// The value of the LST that is left.
    value: Lamports,
    unreleased: Lamports,
}

/// How a change of what the pool owns is shared.
struct Booked {
    unreleased: Lamports,
    gain: Lamports,
    loss: Lamports,
    fall: Lamports,
    restored: Lamports,
    fee: Lamports,
    fee_kept: Lamports,
}

impl Finalize {
    /// Books the epoch: burned LST, then the loss or the gain, the fee, the high-water mark and
    /// a new drip. The one place, with a reported loss, where a price may fall.
    pub fn book(&self) -> Result<Finalized> {
        let start = self.start()?;
        let observed = Ledger {
            staked: self.observed_staked,
            reserve: self.observed_reserve,
            ..self.ledger
        };
        let full = observed.full()?;
        let booked = self.share(start.unreleased, full, start.supply)?;
        let fee_lst = fee_lst(booked.fee, full, start.supply)?;
        let supply = start.supply.add(fee_lst)?;

        let value = full
            .saturating_sub(booked.unreleased)
            .saturating_sub(booked.fee_kept);
        let drip_epochs = Drip::length_epochs(
            booked.unreleased,
            value,
            self.drip_bound,
            self.epochs_elapsed,
        );
        let trips = !self.tripped && is_abnormal(booked.fall, start.value, self.breaker_bound);
        let drip = Drip::start(
            booked.unreleased,
            self.slot,
            drip_epochs,
            self.slots_per_epoch,
        )?;
        Ok(Finalized {
            ledger: Ledger {
                drip: drip.no_shorter_than(&self.ledger.drip)?,
                pending: booked.fee_kept,
                supply,
                ..observed
            },
            high_water: if self.high_water.is_below(full, supply) {
                HighWater { full, supply }
            } else {
                self.high_water
            },
            burned: start.burned,
            gain: booked.gain,
            loss: booked.loss,
            fall: booked.fall,
            restored: booked.restored,
            fee: booked.fee,
            fee_kept: booked.fee_kept,
            fee_lst,
            drip_epochs,
            trips,
            unrestored: self.left_to_restore(&booked, trips)?,
        })
    }

    /// What is left of a tripped loss: what trips now, or what was left, and while the breaker stays
    /// tripped every further fall. Whatever was lost, the epoch is booked.
    fn left_to_restore(&self, booked: &Booked, trips: bool) -> Result<Lamports> {
        if trips {
            return Ok(booked.fall);
        }
        let left = self.unrestored.sub(booked.restored)?;
        if self.tripped {
            return Ok(left.add(booked.fall).unwrap_or(Lamports::MAX));
        }
        Ok(left)
    }

    /// LST that strangers burned gives up its value, which joins what is unreleased.
    fn start(&self) -> Result<Start> {
        let supply = self.ledger.supply.min(self.mint_supply);
        let burned = self.ledger.supply.sub(supply)?;
        let value_before = self.ledger.value(self.slot)?;
        let burned_value = Floor(Ratio::new(value_before.get(), self.ledger.supply.get()))
            .apply(burned.get())
            .map(Lamports::new)?;
        let withheld = self.ledger.drip.withheld_at(self.slot)?;
        Ok(Start {
            supply,
            burned,
            value: value_before.sub(burned_value)?,
            unreleased: withheld.add(self.ledger.pending)?.add(burned_value)?,
        })
    }

    /// A loss takes what is unreleased first, then the value. A gain first restores a tripped
    /// loss, then pays the fee, of which a share stays pending; the rest is withheld.
    fn share(&self, unreleased: Lamports, full: Lamports, supply: Lst) -> Result<Booked> {
        let before = self.ledger.full()?;
        let loss = before.saturating_sub(full);
        let gain = full.saturating_sub(before);
        let covered = unreleased.min(loss);
        let restored = gain.min(self.unrestored);
        let taxable = gain.sub(restored)?;
        let fee = self.fee(taxable, full, supply)?;
        let fee_kept = Lamports::new(Ceil(self.holder_share.ratio()).apply(fee.get())?);
        Ok(Booked {
            unreleased: unreleased.sub(covered)?.add(taxable.sub(fee)?)?,
            gain,
            loss,
            fall: loss.sub(covered)?,
            restored,
            fee: fee.sub(fee_kept)?,
            fee_kept,
        })
    }

    /// The reward fee: on the gain, and only on what lies above the high-water mark.
    fn fee(&self, gain: Lamports, full: Lamports, supply: Lst) -> Result<Lamports> {
        if gain.is_zero() {
            return Ok(Lamports::ZERO);
        }
        let above_mark = full.saturating_sub(self.high_water.of(supply)?);
        let fee = Ceil(self.reward_fee.ratio()).apply(gain.min(above_mark).get())?;
        Ok(gain.min(Lamports::new(fee)))
    }
}

/// LST whose worth is the fee, at the price that the rest of the pool then has.
fn fee_lst(fee: Lamports, full: Lamports, supply: Lst) -> Result<Lst> {
    let rest = full.sub(fee)?;
    if rest.is_zero() {
        return Ok(Lst::ZERO);
    }
    let minted = Floor(Ratio::new(supply.get(), rest.get())).apply(fee.get())?;
    Ok(Lst::new(minted))
}
