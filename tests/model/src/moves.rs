//! How stake moves: collect, delegate, undelegate.

use sluice::SluiceError::WindowClosed;
use sluice_math::{Bps, Flows, Lamports, Ledger, SlotStake, Undelegation};

use crate::{
    pool::{Model, Outcome, program_error},
    slots::{Held, Slot, Usage},
    stake::{Phase, StakeKind},
};

const MAIN: usize = 0;
const TRANSIENT: usize = 1;

impl Model {
    fn require_window(&self) -> Outcome {
        if self.now.slot < self.window(self.now.epoch) {
            return Err(WindowClosed.into());
        }
        Ok(())
    }

    fn flows(&self) -> Outcome<Flows> {
        let bps = |share| Bps::new(share).map_err(program_error);
        let (full, spendable) = (self.full(), self.spendable());
        let minimum_delegation = Lamports::new(self.now.minimum_delegation);
        let cap = bps(self.config.movement_cap_bps)?;
        Ok(Flows {
            full: Lamports::new(full),
            reserve_target: Lamports::new(self.reserve_target()),
            queue: Lamports::new(self.queue_lamports()),
            spendable: Lamports::new(spendable),
            deactivating: Lamports::new(self.deactivating),
            delegated: Lamports::new(self.delegated()),
            spread: self.spread,
            minimum_delegation,
            tolerance: bps(self.config.tolerance_bps)?,
            movement_cap: Flows::movement_cap(Lamports::new(full), cap, minimum_delegation)
                .map_err(program_error)?,
            moved: Lamports::new(self.moved),
        })
    }

    fn slot_stake(&self, slot: &Slot) -> SlotStake {
        let has = slot
            .booked()
            .saturating_sub(slot.rent)
            .saturating_sub(slot.deactivating);
        let activating = match slot.usage {
            (Usage::Activating, since) if since == self.now.epoch => slot.stakes[TRANSIENT].booked,
            _ => 0,
        };
        SlotStake {
            has: Lamports::new(has),
            activating: Lamports::new(activating),
            weight: slot.weight,
            leaving: slot.leaving,
            ejected: slot.ejected,
        }
    }

    fn phase(&self, held: &Held) -> Phase {
        held.account.phase(self.now.epoch, &self.now.history)
    }

    fn held_back(&self, held: &Held) -> u64 {
        held.account.held_back(self.now.epoch, &self.now.history) + self.rents.stake
    }

    /// What could go to the reserve: never more than booked.
    fn free(&self, held: &Held) -> u64 {
        if !held.account.is_ours() {
            return 0;
        }
        let there = held.account.lamports.min(held.booked);
        there.saturating_sub(self.held_back(held))
    }

    /// Whether a delegation to the validator lasts.
    fn holds_delegation(&self, validator: usize) -> bool {
        let gone = self.closed_votes.contains(&validator);
        !gone && !self.conduct.is_delinquent(validator, self.now.epoch)
    }

    fn shortfall(&self, held: &Held) -> u64 {
        self.held_back(held).saturating_sub(held.account.lamports)
    }

    /// Lamports from the reserve into a stake account, or back.
    pub fn shift(&mut self, held: &mut Held, into_stake: u64, out_of_stake: u64) {
        let shifted = |amount: u64, plus: u64, minus: u64| amount + plus - minus;
        held.booked = shifted(held.booked, into_stake, out_of_stake);
        held.account.lamports = shifted(held.account.lamports, into_stake, out_of_stake);
        self.reserve = shifted(self.reserve, out_of_stake, into_stake);
        let (staked, reserve) = (self.ledger.staked.get(), self.ledger.reserve.get());
        self.ledger = Ledger {
            staked: Lamports::new(shifted(staked, into_stake, out_of_stake)),
            reserve: Lamports::new(shifted(reserve, out_of_stake, into_stake)),
            ..self.ledger
        };
    }

    /// Keeps a slot that something was done with, and what of it now returns.
    pub fn keep(&mut self, index: u8, mut slot: Slot, recount: bool) {
        if recount {
            // Every move of main's stake is noted.
            slot.delegated = slot.staying();
            slot.deactivating = slot.returning(self.rents.stake);
        }
        self.slots.insert(index, slot);
        self.deactivating = self.slots.values().map(|slot| slot.deactivating).sum();
    }

    /// Together they must be worth a delegation.
    fn main_takes(&self, main: &Held, transient: &Held) -> bool {
        let stake = |held: &Held| held.account.delegation().map_or(0, |held| held.stake);
        let there = match self.phase(main) {
            Phase::Active => stake(main),
            Phase::Inactive if main.account.is_ours() => 0,
            _ => return false,
        };
        there + stake(transient) >= self.now.minimum_delegation
    }

    fn merge(&mut self, slot: &mut Slot) -> bool {
        let [main, transient] = slot.stakes;
        let main_phase = self.phase(&main);
        let activated = self.phase(&transient) == Phase::Active;
        let missing = self.shortfall(&transient);
        if !activated || !self.main_takes(&main, &transient) || missing > self.spendable() {
            return false;
        }
        self.shift(&mut slot.stakes[TRANSIENT], missing, 0);
        let [main, transient] = &mut slot.stakes;
        let StakeKind::Delegated(delegation) = transient.account.kind else {
            return false;
        };
        let moved = delegation.stake.min(transient.booked);
        let to_is_active = main_phase == Phase::Active;
        transient
            .account
            .move_to(&mut main.account, delegation.stake, to_is_active);
        transient.booked -= moved;
        main.booked += moved;
        true
    }

    pub fn collect(&mut self, index: u8) -> Outcome {
        let mut slot = self.slot(index)?.clone();
        self.require_fresh()?;
        let merged = self.merge(&mut slot);
        let mut returned = false;
        for at in [TRANSIENT, MAIN] {
            let free = self.free(&slot.stakes[at]);
            self.shift(&mut slot.stakes[at], 0, free);
            returned |= free > 0;
        }
        let transient = &slot.stakes[TRANSIENT];
        if transient.account.is_ours() && self.phase(transient) == Phase::Inactive {
            slot.usage.0 = Usage::Idle;
        }
        self.keep(index, slot, merged || returned);
        Ok(())
    }

    pub fn delegate(&mut self, index: u8) -> Outcome {
        let mut slot = self.slot(index)?.clone();
        self.require_fresh()?;
        self.require_window()?;
        self.queue.roll(self.now.slot);
        let [main, transient] = slot.stakes;
        let ready = match self.phase(&transient) {
            Phase::Inactive => self.free(&transient) == 0,
            Phase::Activating => true,
            Phase::Active | Phase::Between => false,
        };
        let both_ours = main.account.is_ours() && transient.account.is_ours();
        if slot.leaving || !self.holds_delegation(slot.validator) || !both_ours || !ready {
            return Ok(());
        }
        let flows = self.flows()?;
        let due = flows
            .delegation(&self.slot_stake(&slot))
            .map_err(program_error)?;
        let Some(lamports) = due else {
            return Ok(());
        };
        let funding = lamports.get() + self.shortfall(&transient);
        if funding > self.spendable() {
            return Ok(());
        }
        let (vote, rent, epoch) = (slot.vote, self.rents.stake, self.now.epoch);
        self.shift(&mut slot.stakes[TRANSIENT], funding, 0);
        slot.stakes[TRANSIENT].account.delegate(vote, rent, epoch);
        slot.usage = (Usage::Activating, epoch);
        self.keep(index, slot, true);
        Ok(())
    }

    pub fn undelegate(&mut self, index: u8) -> Outcome {
        let mut slot = self.slot(index)?.clone();
        self.require_fresh()?;
        self.require_window()?;
        self.queue.roll(self.now.slot);
        let flows = self.flows()?;
        let due = flows
            .undelegation(&self.slot_stake(&slot))
            .map_err(program_error)?;
        let [main, transient] = slot.stakes;
        let settled = matches!(self.phase(&main), Phase::Active | Phase::Inactive);
        let active = self.phase(&transient) == Phase::Active;
        if active && settled && !self.main_takes(&main, &transient) {
            slot.stakes[TRANSIENT].account.deactivate(self.now.epoch);
            slot.usage = (Usage::Deactivating, self.now.epoch);
            self.keep(index, slot, true);
            return Ok(());
        }
        let Some(due) = due else {
            return Ok(());
        };
        let Some(taken) = self.take(&mut slot, due) else {
            self.keep(index, slot, false);
            return Ok(());
        };
        // What is needed, or taken for a breach, is outside of the cap.
        let free = due.lamports.get() - due.capped.get();
        if due.capped > Lamports::ZERO {
            self.moved += taken.saturating_sub(free);
        }
        self.keep(index, slot, true);
        Ok(())
    }

    /// Takes stake from a validator, the one way that is open.
    fn take(&mut self, slot: &mut Slot, due: Undelegation) -> Option<u64> {
        let (epoch, minimum) = (self.now.epoch, self.now.minimum_delegation);
        let (lamports, is_needed) = (due.lamports.get(), !due.rebalancing);
        let [main, transient] = slot.stakes;
        if self.phase(&transient) == Phase::Activating {
            return Some(self.take_at_once(slot, lamports));
        }
        let blocked = self.shortfall(&transient) > self.spendable();
        if self.phase(&transient) == Phase::Active && blocked && is_needed {
            slot.stakes[TRANSIENT].account.deactivate(epoch);
            slot.usage = (Usage::Deactivating, epoch);
            return transient.account.delegation().map(|held| held.stake);
        }
        let staked = main.account.delegation()?.stake;
        if self.phase(&main) != Phase::Active {
            return None;
        }
        let idle = transient.account.is_ours()
            && self.phase(&transient) == Phase::Inactive
            && self.free(&transient) == 0;
        // Stake that leaves earns its last epoch only where some of it stays for the next.
        let part = lamports.min(staked.saturating_sub(minimum));
        if slot.leaving && idle && part >= minimum {
            self.split(slot, part);
            return Some(part);
        }
        let can_split = transient.account.is_ours() || !is_needed;
        if staked.saturating_sub(lamports) < minimum || !can_split {
            slot.stakes[MAIN].account.deactivate(epoch);
            return Some(staked);
        }
        if !idle || lamports < minimum {
            return None;
        }
        self.split(slot, lamports);
        Some(lamports)
    }

    /// A part of main moves into transient and deactivates there. The books follow as far as they know of
    /// it: what a main had lost and strangers gave back is booked with the next epoch.
    fn split(&self, slot: &mut Slot, lamports: u64) {
        let epoch = self.now.epoch;
        let [main, transient] = &mut slot.stakes;
        main.account
            .move_to(&mut transient.account, lamports, false);
        transient.account.deactivate(epoch);
        // A stranger's gift may be staked and not be booked yet.
        let booked = lamports.min(main.booked);
        main.booked -= booked;
        transient.booked += booked;
        slot.usage = (Usage::Deactivating, epoch);
    }

    /// What is due of stake that is not active yet; the rest is delegated again where it can be.
    fn take_at_once(&mut self, slot: &mut Slot, due: u64) -> u64 {
        let (vote, rent, epoch) = (slot.vote, self.rents.stake, self.now.epoch);
        slot.stakes[TRANSIENT].account.deactivate(epoch);
        let free = self.free(&slot.stakes[TRANSIENT]);
        let rest = free.saturating_sub(due);
        let holds = self.holds_delegation(slot.validator);
        let stays = !slot.leaving && holds && rest >= self.now.minimum_delegation;
        let back = if stays { free - rest } else { free };
        self.shift(&mut slot.stakes[TRANSIENT], 0, back);
        if stays {
            slot.stakes[TRANSIENT].account.delegate(vote, rent, epoch);
            slot.usage = (Usage::Activating, epoch);
        } else {
            slot.usage.0 = Usage::Idle;
        }
        back
    }
}
