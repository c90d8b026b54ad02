//! Rewards that are booked but not yet released.

use crate::{BPS, Bps, Ceil, Floor, Lamports, Lst, MathError, Ratio, Result};

/// The longest drip, in epochs.
pub const MAX_DRIP_EPOCHS: u64 = 10;

/// Booked rewards that reach the exit price linearly between two slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drip {
    /// Lamports withheld at the start slot.
    pub withheld: Lamports,
    /// The slot at which all of it is still withheld.
    pub start_slot: u64,
    /// The slot from which nothing is withheld.
    pub end_slot: u64,
}

impl Drip {
    /// What is still withheld at `slot`: rounded up, in favour of those who stay.
    pub fn withheld_at(&self, slot: u64) -> Result<Lamports> {
        if self.withheld.is_zero() || slot >= self.end_slot {
            return Ok(Lamports::ZERO);
        }
        if slot <= self.start_slot {
            return Ok(self.withheld);
        }
        let length = self.end_slot.saturating_sub(self.start_slot);
        let left = self.end_slot.saturating_sub(slot);
        Ceil(Ratio::new(left, length))
            .apply(self.withheld.get())
            .map(Lamports::new)
    }

    /// The same drip after `leaving` of `supply` has left: its share of what is withheld is no
    /// longer part of it, and the schedule stays. Rounded down; the caller moves the rest on.
    pub fn without_share_of(&self, leaving: Lst, supply: Lst) -> Result<Self> {
        let staying = supply.sub(leaving)?;
        let share = Floor(Ratio::new(staying.get(), supply.get()));
        Ok(Self {
            withheld: Lamports::new(share.apply(self.withheld.get())?),
            ..*self
        })
    }

    /// A drip of `withheld` that starts at `slot`, over [`Self::length_epochs`].
    pub fn start(withheld: Lamports, slot: u64, epochs: u64, slots_per_epoch: u64) -> Result<Self> {
        let length = epochs
            .checked_mul(slots_per_epoch)
            .ok_or(MathError::Overflow)?;
        Ok(Self {
            withheld,
            start_slot: slot,
            end_slot: slot.checked_add(length).ok_or(MathError::Overflow)?,
        })
    }

    /// The same drip, which starts where `running` has come to and ends no earlier than it: rewards
    /// of several epochs take as long as was begun, whatever is booked meanwhile.
    pub(crate) fn no_shorter_than(self, running: &Self) -> Result<Self> {
        let runs = !running.withheld_at(self.start_slot)?.is_zero();
        Ok(Self {
            end_slot: if runs {
                self.end_slot.max(running.end_slot)
            } else {
                self.end_slot
            },
            ..self
        })
    }

    /// How many epochs `withheld` takes to reach a price of `value`: at least the epochs since
    /// the last finalize, and enough that no epoch releases more than `bound` of the value, but
    /// never more than [`MAX_DRIP_EPOCHS`]. One epoch where the value is zero.
    pub fn length_epochs(
        withheld: Lamports,
        value: Lamports,
        bound: Bps,
        epochs_elapsed: u64,
    ) -> u64 {
        if value.is_zero() {
            return 1;
        }
        // Only the constants clamp: crossed bounds would fail, and finalize must not.
        epochs_elapsed
            .max(bounded_epochs(withheld, value, bound))
            .clamp(1, MAX_DRIP_EPOCHS)
    }
}

/// ceil(withheld x 10,000 / (bound x value)), at most [`MAX_DRIP_EPOCHS`].
fn bounded_epochs(withheld: Lamports, value: Lamports, bound: Bps) -> u64 {
    let part = u128::from(withheld.get()).checked_mul(u128::from(BPS));
    let whole = u128::from(value.get()).checked_mul(u128::from(bound.get()));
    match (part, whole) {
        (Some(part), Some(whole)) if whole > 0 => {
            u64::try_from(part.div_ceil(whole)).unwrap_or(MAX_DRIP_EPOCHS)
        }
        _ => MAX_DRIP_EPOCHS,
    }
}
