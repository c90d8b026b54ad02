//! How the stake of one validator may move: what comes back, which way stake leaves, and whether
//! new stake can go there.
//!
//! Each answer tells what to do and how it leaves the slot, so that the program carries it out
//! and books it, and a planner can go on from there. Each reads the stake accounts as they are:
//! what a slot was last used for decides nothing.

use crate::{Flows, Lamports, Result, SlotStake, StakeNow, StakeStatus, Undelegation};

/// The two stake accounts of a slot now, and the rent of a stake account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotNow {
    /// Holds active stake.
    pub main: StakeNow,
    /// Holds what is activating or deactivating.
    pub transient: StakeNow,
    /// Lamports that each of them must keep.
    pub rent: Lamports,
}

/// What `collect` does for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Activated stake that moves from transient into main, if any.
    pub merge: Option<Merge>,
    /// Lamports that transient gives to the reserve, after the merge.
    pub from_transient: Lamports,
    /// Lamports that main gives to the reserve, after the merge.
    pub from_main: Lamports,
    /// The slot afterwards.
    pub after: SlotNow,
}

/// Activated stake that moves into main.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The stake: all that transient has.
    pub lamports: Lamports,
    /// Lamports that the reserve first pays for transient's rent.
    pub missing_rent: Lamports,
}

/// How stake leaves a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// This part of main moves into the idle transient, which deactivates.
    Part(Lamports),
    /// Main deactivates as a whole.
    Main,
    /// Transient, which main cannot take, deactivates as a whole.
    Transient,
    /// Transient has not become active: it deactivates, and its lamports are free at once. What is
    /// not due is delegated again.
    AtOnce {
        /// Lamports that are delegated again.
        again: Lamports,
    },
}

/// Why stake leaves a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepartureReason {
    /// Main can never take it: both together are below the minimum delegation.
    Stranded,
    /// The validator leaves the pool.
    Leaving,
    /// The validator is above its target.
    Rebalancing,
    /// Queue and reserve need it.
    Need,
}

/// What `undelegate` does for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Which way.
    pub way: WayOut,
    /// Why.
    pub reason: DepartureReason,
    /// Lamports that leave.
    pub lamports: Lamports,
    /// What of them counts against the movement cap.
    pub capped: Lamports,
    /// The slot afterwards.
    pub after: SlotNow,
}

/// What `delegate` does for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Lamports that are delegated.
    pub lamports: Lamports,
    /// Lamports that the reserve pays: the same, and transient's missing rent.
    pub funding: Lamports,
    /// The slot afterwards.
    pub after: SlotNow,
}

impl SlotNow {
    /// What `collect` does, where the reserve can pay `spendable`: activated stake moves into
    /// main, and everything that is no longer staked returns. `minimum` is the minimum
    /// delegation; it decides only where [`Self::has_activated`].
    pub fn collection(&self, spendable: Lamports, minimum: Lamports) -> Result<Collection> {
        let merge = self.merge(spendable, minimum)?;
        let mut after = *self;
        if let Some(merge) = merge {
            let transient = self.transient.funded(merge.missing_rent)?;
            (after.transient, after.main) = transient.moved(self.main, merge.lamports)?;
        }
        let from_transient = after.transient.free(self.rent)?;
        let from_main = after.main.free(self.rent)?;
        after.transient = after.transient.relieved(from_transient)?;
        after.main = after.main.relieved(from_main)?;
        Ok(Collection {
            merge,
            from_transient,
            from_main,
            after,
        })
    }

    /// Whether transient has become active.
    pub fn has_activated(&self) -> bool {
        self.transient.status == StakeStatus::Active
    }

    /// A fully active transient moves into main, which must be active too, or empty.
    fn merge(&self, spendable: Lamports, minimum: Lamports) -> Result<Option<Merge>> {
        let merges =
            self.has_activated() && self.main_takes(minimum)? && self.can_pay(spendable)?;
        if !merges {
            return Ok(None);
        }
        Ok(Some(Merge {
            lamports: self.transient.staked,
            missing_rent: self.transient.shortfall(self.rent)?,
        }))
    }

    /// Whether main could take what is active in transient: main is active or empty, and would
    /// hold at least the minimum delegation.
    fn main_takes(&self, minimum: Lamports) -> Result<bool> {
        let together = self.main.active().add(self.transient.active())?;
        Ok(self.main.is_ours() && self.main_is_settled() && together >= minimum)
    }

    fn main_is_settled(&self) -> bool {
        matches!(
            self.main.status,
            StakeStatus::Active | StakeStatus::Inactive
        )
    }

    /// Whether the reserve can top transient up to today's rent, which it must hold to be emptied
    /// into main. Moving a part of main into it takes no rent.
    fn can_pay(&self, spendable: Lamports) -> Result<bool> {
        Ok(self.transient.shortfall(self.rent)? <= spendable)
    }

    /// What `undelegate` does, if anything. `takes_stake` tells whether `delegate` would give the
    /// validator stake now.
    pub fn departure(
        &self,
        flows: &Flows,
        stake: &SlotStake,
        takes_stake: bool,
    ) -> Result<Option<Departure>> {
        let due = flows.undelegation(stake)?;
        let chosen = match (self.is_stranded(flows.minimum_delegation)?, due) {
            (true, _) => Some((WayOut::Transient, DepartureReason::Stranded)),
            (false, Some(due)) => self
                .way_out(&due, flows, stake.leaving, takes_stake)?
                .map(|way| (way, DepartureReason::of(&due, stake))),
            (false, None) => None,
        };
        let Some((way, reason)) = chosen else {
            return Ok(None);
        };
        let (lamports, after) = self.depart(way)?;
        let capped = match due {
            Some(due) if reason != DepartureReason::Stranded => due.capped_of(lamports)?,
            _ => Lamports::ZERO,
        };
        Ok(Some(Departure {
            way,
            reason,
            lamports,
            capped,
            after,
        }))
    }

    /// An active transient that main cannot take, now or later, because both together are below
    /// the minimum delegation: it has shrunk, or the minimum has grown. It returns.
    fn is_stranded(&self, minimum: Lamports) -> Result<bool> {
        Ok(self.has_activated() && self.main_is_settled() && !self.main_takes(minimum)?)
    }

    /// An active transient whose missing rent the reserve cannot pay, so that it stays in the way
    /// of every part of main.
    fn is_unmergeable(&self, flows: &Flows) -> Result<bool> {
        Ok(self.has_activated() && !self.can_pay(flows.spendable)?)
    }

    /// Which way the lamports that are due can leave now, if any.
    fn way_out(
        &self,
        due: &Undelegation,
        flows: &Flows,
        leaving: bool,
        takes_stake: bool,
    ) -> Result<Option<WayOut>> {
        let minimum = flows.minimum_delegation;
        if self.transient.status == StakeStatus::Activating {
            let rest = self.rest_of_activating(due)?;
            let stays = takes_stake && !leaving && rest >= minimum;
            let again = if stays { rest } else { Lamports::ZERO };
            return Ok(Some(WayOut::AtOnce { again }));
        }
        if !due.rebalancing && self.is_unmergeable(flows)? {
            return Ok(Some(WayOut::Transient));
        }
        if self.main.status != StakeStatus::Active {
            return Ok(None);
        }
        let idle = self.transient.is_idle(self.rent)?;
        // The runtime pays an epoch's rewards only where stake is left in the next one. Who leaves
        // therefore keeps the minimum for one epoch more.
        let all_but_minimum = self.main.staked.saturating_sub(minimum);
        let part = all_but_minimum.min(due.lamports);
        if leaving && idle && part >= minimum {
            return Ok(Some(WayOut::Part(part)));
        }
        let stays = self.main.staked.saturating_sub(due.lamports);
        let cannot_split = !self.transient.is_ours() && !due.rebalancing;
        if stays < minimum || cannot_split {
            return Ok(Some(WayOut::Main));
        }
        let part = idle && due.lamports >= minimum;
        Ok(part.then_some(WayOut::Part(due.lamports)))
    }

    /// What is free of an activating transient once it deactivates, beyond what is due.
    fn rest_of_activating(&self, due: &Undelegation) -> Result<Lamports> {
        let free = self.transient.deactivated().free(self.rent)?;
        Ok(free.saturating_sub(due.lamports))
    }

    /// What leaves on a way, and the slot afterwards.
    fn depart(&self, way: WayOut) -> Result<(Lamports, Self)> {
        let mut after = *self;
        let lamports = match way {
            WayOut::AtOnce { again } => {
                let transient = self.transient.deactivated();
                let back = transient.free(self.rent)?.sub(again)?;
                let transient = transient.relieved(back)?;
                after.transient = if again.is_zero() {
                    transient
                } else {
                    transient.delegated(self.rent)
                };
                back
            }
            WayOut::Transient => {
                after.transient = self.transient.deactivated();
                self.transient.staked
            }
            WayOut::Main => {
                after.main = self.main.deactivated();
                self.main.staked
            }
            WayOut::Part(part) => {
                let (main, transient) = self.main.moved(self.transient, part)?;
                (after.main, after.transient) = (main, transient.deactivated());
                part
            }
        };
        Ok((lamports, after))
    }

    /// Whether stake can go to the slot: both accounts are the pool's, and transient is idle or
    /// began to activate in this epoch. What is left in it above rent waits for `collect`.
    pub fn can_delegate(&self) -> Result<bool> {
        let transient = &self.transient;
        let ready = transient.status == StakeStatus::Activating || transient.is_idle(self.rent)?;
        Ok(ready && transient.is_ours() && self.main.is_ours())
    }

    /// What `delegate` does, if anything, for a validator that takes stake.
    pub fn arrival(&self, flows: &Flows, stake: &SlotStake) -> Result<Option<Arrival>> {
        if !self.can_delegate()? {
            return Ok(None);
        }
        let Some(lamports) = flows.delegation(stake)? else {
            return Ok(None);
        };
        let funding = lamports.add(self.transient.shortfall(self.rent)?)?;
        if funding > flows.spendable {
            return Ok(None);
        }
        let transient = self.transient.funded(funding)?.delegated(self.rent);
        Ok(Some(Arrival {
            lamports,
            funding,
            after: Self { transient, ..*self },
        }))
    }

    /// The booked lamports of both accounts that are on their way back.
    pub fn returning(&self) -> Result<Lamports> {
        let main = self.main.holding.returning(self.rent);
        main.add(self.transient.holding.returning(self.rent))
    }

    /// The booked lamports of both accounts.
    pub fn booked(&self) -> Result<Lamports> {
        self.main.holding.booked.add(self.transient.holding.booked)
    }
}

impl Collection {
    /// Stake that became active and moved into main.
    pub fn activated(&self) -> Lamports {
        self.merge.map_or(Lamports::ZERO, |merge| merge.lamports)
    }

    /// Lamports that return to the reserve.
    pub fn returned(&self) -> Result<Lamports> {
        self.from_transient.add(self.from_main)
    }

    /// Whether lamports move.
    pub fn moves(&self) -> bool {
        !(self.activated().is_zero() && self.from_transient.is_zero() && self.from_main.is_zero())
    }

    /// Whether nothing is in transit any more. A transient that was reset, or is gone, still has
    /// to be observed.
    pub fn leaves_idle(&self) -> bool {
        let transient = &self.after.transient;
        transient.is_ours() && transient.status == StakeStatus::Inactive
    }
}

impl DepartureReason {
    fn of(due: &Undelegation, stake: &SlotStake) -> Self {
        if stake.leaving {
            Self::Leaving
        } else if due.rebalancing {
            Self::Rebalancing
        } else {
            Self::Need
        }
    }
}
