//! How much stake each validator should have, and how much to move now.

use crate::{BPS, Bps, Floor, Lamports, Ratio, Result, Spread};

/// The pool-wide amounts that decide every move of the rebalance window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// What the pool owns.
    pub full: Lamports,
    /// Lamports the reserve should keep for instant exits.
    pub reserve_target: Lamports,
    /// Lamports that the locked batches need.
    pub queue: Lamports,
    /// Lamports in the reserve above its rent.
    pub spendable: Lamports,
    /// Lamports on their way back from validators.
    pub deactivating: Lamports,
    /// Lamports in stake accounts, without their rent and without what is deactivating.
    pub delegated: Lamports,
    /// How the weights share what is stakeable.
    pub spread: Spread,
    /// The stake program's minimum delegation.
    pub minimum_delegation: Lamports,
    /// A slot above its target by less than this share of the target is left alone.
    pub tolerance: Bps,
    /// Lamports that weights and retirements may move per epoch.
    pub movement_cap: Lamports,
    /// Lamports that they have moved in this epoch.
    pub moved: Lamports,
}

/// One validator's stake, as the moves see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlotStake {
    /// Booked lamports of both stake accounts without rent and without what is deactivating.
    pub has: Lamports,
    /// The part of `has` that only this epoch began to activate.
    pub activating: Lamports,
    /// The validator's weight; zero once it retires.
    pub weight: u16,
    /// Retiring or ejected: all of it leaves.
    pub leaving: bool,
    /// Ejected: it leaves whatever the movement cap.
    pub ejected: bool,
}

/// What `undelegate` does for one validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undelegation {
    /// Lamports to take away, at most what the slot has.
    pub lamports: Lamports,
    /// Whether nothing but the targets asks for it.
    pub rebalancing: bool,
    /// The part of it that counts against the movement cap: what neither queue nor reserve need,
    /// and no breach takes away.
    pub capped: Lamports,
}

impl Undelegation {
    /// What of `lamports`, which really left in its place, counts against the movement cap.
    pub fn capped_of(&self, lamports: Lamports) -> Result<Lamports> {
        if self.capped.is_zero() {
            return Ok(Lamports::ZERO);
        }
        let free = self.lamports.sub(self.capped)?;
        Ok(lamports.saturating_sub(free))
    }
}

impl Flows {
    /// Lamports to spread over the validators.
    pub fn stakeable(&self) -> Lamports {
        self.full
            .saturating_sub(self.reserve_target)
            .saturating_sub(self.queue)
    }

    /// A validator's part of what is stakeable, by weight and share cap: rounded down.
    pub fn target(&self, weight: u16) -> Result<Lamports> {
        self.spread.part(weight, self.stakeable())
    }

    /// Lamports missing for queue and reserve. The reserve's target counts only once less than
    /// half of it would be there, so that small instant exits do not unstake at once.
    pub fn need(&self) -> Result<Lamports> {
        let coming = self.spendable.add(self.deactivating)?;
        let buffer = coming.saturating_sub(self.queue);
        let wanted = if buffer.add(buffer)? < self.reserve_target {
            self.queue.add(self.reserve_target)?
        } else {
            self.queue
        };
        Ok(wanted.saturating_sub(coming))
    }

    /// Lamports in the reserve that nobody waits for.
    pub fn surplus(&self) -> Lamports {
        self.spendable
            .saturating_sub(self.queue)
            .saturating_sub(self.reserve_target)
    }

    /// Lamports to delegate to a validator now: its deficit as far as the surplus goes, but at
    /// least the minimum delegation, so that the smallest pool can stake and nothing passes its
    /// target by more than one minimum.
    pub fn delegation(&self, slot: &SlotStake) -> Result<Option<Lamports>> {
        let target = self.target(slot.weight)?;
        let deficit = target.saturating_sub(slot.has);
        let surplus = self.surplus();
        let due = deficit >= self.minimum_delegation
            || (!deficit.is_zero() && (!slot.activating.is_zero() || slot.has.is_zero()));
        if slot.leaving || !due || surplus < self.minimum_delegation {
            return Ok(None);
        }
        Ok(Some(deficit.min(surplus).max(self.minimum_delegation)))
    }

    /// Lamports to take from a validator now.
    pub fn undelegation(&self, slot: &SlotStake) -> Result<Option<Undelegation>> {
        if slot.has.is_zero() {
            return Ok(None);
        }
        if slot.leaving {
            return self.leaving(slot);
        }
        let target = self.target(slot.weight)?;
        let excess = slot.has.saturating_sub(target);
        let need = self.need()?;
        if need.is_zero() {
            return self.rebalancing(slot, target, excess);
        }
        // If all together exceed what is stakeable, one at least is above its target; if not,
        // rounding alone keeps the need open and any validator may serve it.
        let someone_is_above = self.delegated > self.stakeable();
        if excess.is_zero() && someone_is_above {
            return Ok(None);
        }
        let available = if excess.is_zero() { slot.has } else { excess };
        let lamports = need.min(available).max(self.minimum_delegation);
        Ok(Some(Undelegation {
            lamports: lamports.min(slot.has),
            rebalancing: false,
            capped: Lamports::ZERO,
        }))
    }

    /// All of a validator that broke a rule. Of one that retires what queue and reserve need, and
    /// what the epoch's movement cap leaves: retiring is a decision, as weights are.
    fn leaving(&self, slot: &SlotStake) -> Result<Option<Undelegation>> {
        if slot.ejected {
            return Ok(Some(Undelegation {
                lamports: slot.has,
                rebalancing: false,
                capped: Lamports::ZERO,
            }));
        }
        let needed = self.need()?.min(slot.has);
        let movable = needed.add(self.cap_left())?.min(slot.has);
        let least = self.minimum_delegation.min(slot.has);
        if movable < least && needed.is_zero() {
            return Ok(None);
        }
        let lamports = movable.max(least);
        Ok(Some(Undelegation {
            lamports,
            rebalancing: false,
            capped: lamports.saturating_sub(needed),
        }))
    }

    /// What the movement cap leaves of this epoch.
    fn cap_left(&self) -> Lamports {
        self.movement_cap.saturating_sub(self.moved)
    }

    /// Excess beyond the tolerance, within the epoch's movement cap.
    fn rebalancing(
        &self,
        slot: &SlotStake,
        target: Lamports,
        excess: Lamports,
    ) -> Result<Option<Undelegation>> {
        let tolerance = Floor(self.tolerance.ratio()).apply(target.get())?;
        let worthwhile = Floor(Ratio::new(5, 4)).apply(self.minimum_delegation.get())?;
        let movable = excess.min(self.cap_left());
        if excess.get() < tolerance.max(worthwhile) || movable < self.minimum_delegation {
            return Ok(None);
        }
        let lamports = movable.min(slot.has);
        Ok(Some(Undelegation {
            lamports,
            rebalancing: true,
            capped: lamports,
        }))
    }

    /// The movement cap of an epoch: a share of what the pool owns, and never less than two
    /// minimum delegations.
    pub fn movement_cap(full: Lamports, cap: Bps, minimum: Lamports) -> Result<Lamports> {
        let share = Floor(Ratio::new(u64::from(cap.get()), u64::from(BPS))).apply(full.get())?;
        Ok(Lamports::new(share).max(minimum.add(minimum)?))
    }
}
