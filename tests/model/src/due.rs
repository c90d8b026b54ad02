//! Which cranks are due, by the model: those that would change something.

use crate::{action::Action, pool::Model, slots::KINDS};

impl Model {
    /// Every crank that is due now, users' claims included.
    pub fn due_cranks(&self) -> Vec<Action> {
        let mut candidates: Vec<Action> = Vec::new();
        if !self.is_fresh() {
            let count = self.slots.keys().last().map_or(0, |last| last + 1);
            for slot in self.slots.keys() {
                let reset = KINDS.map(|kind| Action::Reclaim { slot: *slot, kind });
                candidates.extend(reset);
            }
            candidates.push(Action::Observe { first: 0, count });
            candidates.push(Action::Finalize);
        } else {
            for slot in self.slots.keys().copied() {
                candidates.push(Action::Collect { slot });
                candidates.push(Action::Undelegate { slot });
                candidates.push(Action::Delegate { slot });
                candidates.push(Action::Close { slot });
                candidates.push(Action::ReportLoss { slot });
                candidates.extend(self.ejections(slot));
            }
            candidates.push(Action::Settle {
                batch: self.queue.head,
            });
        }
        candidates.extend(
            self.queue
                .tickets
                .keys()
                .map(|ticket| Action::Claim { ticket: *ticket }),
        );
        candidates.retain(|action| self.is_due(action));
        candidates
    }

    /// The ejection of a validator that was not ejected yet, where it is due.
    fn ejections(&self, slot: u8) -> Vec<Action> {
        let eject = Action::Eject { slot };
        let due = !self.slots[&slot].ejected && self.clone().predict(&eject).is_ok();
        due.then_some(eject).into_iter().collect()
    }

    fn is_due(&self, action: &Action) -> bool {
        let mut after = self.clone();
        after.predict(action).is_ok() && after.differs(self)
    }

    /// Whether anything that matters differs: a queue that rolls does not matter.
    pub fn differs(&self, other: &Self) -> bool {
        self.ledger != other.ledger
            || self.slots != other.slots
            || self.finalized_epoch != other.finalized_epoch
            || self.queue.head != other.queue.head
            || self.queue.batches != other.queue.batches
            || self.queue.tickets != other.queue.tickets
            || self.holders != other.holders
            || self.mint_supply != other.mint_supply
    }
}
