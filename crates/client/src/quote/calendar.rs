//! What comes, and at which slot: of the cluster's epochs, of a pool, and of what its roles decided.

use std::collections::BTreeMap;

use sluice::state::{FLAG_RETIRE, Parameter, SETTLEMENT_WAIT_EPOCHS, SlotState};
use solana_pubkey::Pubkey;

use crate::{PoolSnapshot, Result};

/// Something that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    /// What.
    pub occasion: Occasion,
    /// The slot from which on it is so; not after the slot of now where it is so already.
    pub slot: u64,
    /// The epoch of that slot.
    pub epoch: u64,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The epoch ends; prices hold until then.
    EpochEnds,
    /// The rebalance window opens, in which stake moves.
    WindowOpens,
    /// The open batch locks: its requests cannot be taken back any more.
    BatchLocks {
        /// LST in it.
        lst: u64,
    },
    /// A request made now would lock; nobody has made one.
    RequestWouldLock,
    /// All rewards that drip now have reached the exit price.
    DripEnds,
    /// Deposits and delegation go on after a pause.
    PauseEnds,
    /// The queue is paid again although a loss has tripped the breaker.
    PaymentsGoOn,
    /// The first finalize from which on a parameter has another value.
    ParameterChanges {
        /// Which.
        parameter: Parameter,
        /// The value to come.
        value: u64,
    },
    /// Validators get other weights, or begin to leave.
    WeightsChange {
        /// How many.
        validators: usize,
    },
    /// The nominated admin may accept, now and as long as the nomination stands.
    AdminMayChange {
        /// Who.
        nominee: Pubkey,
    },
}

impl PoolSnapshot {
    /// What comes, earliest first.
    pub fn coming(&self) -> Result<Vec<Coming>> {
        let mut coming = vec![
            self.at_slot(Occasion::EpochEnds, self.next_epoch_start()),
            self.at_slot(Occasion::WindowOpens, self.window_start()?),
            self.lock()?,
        ];
        coming.extend(self.drip_end());
        coming.extend(self.decisions());
        coming.extend(self.weight_changes());
        coming.sort_by_key(|coming| coming.slot);
        Ok(coming)
    }

    fn lock(&self) -> Result<Coming> {
        let pool = self.rolled_pool()?;
        let occasion = match pool.open_lst {
            0 => Occasion::RequestWouldLock,
            lst => Occasion::BatchLocks { lst },
        };
        Ok(self.at_slot(occasion, self.exit_schedule()?.lock_slot))
    }

    fn drip_end(&self) -> Option<Coming> {
        let end = self.pool.drip_end_slot;
        let drips = self.pool.withheld_lamports > 0 && end > self.cluster.clock.slot;
        drips.then(|| self.at_slot(Occasion::DripEnds, end))
    }

    /// What admin and guardian have decided, and what follows from a tripped breaker.
    fn decisions(&self) -> impl Iterator<Item = Coming> {
        let pool = &self.pool;
        let nominee = pool.nominated_admin;
        let nomination = (nominee != Pubkey::default()).then(|| {
            self.at_slot(
                Occasion::AdminMayChange { nominee },
                self.cluster.clock.slot,
            )
        });
        let pause = self.pause_status().until_epoch;
        let wait = pool.breaker_epoch.saturating_add(SETTLEMENT_WAIT_EPOCHS);
        let waits = pool.is_tripped() && wait > self.cluster.clock.epoch;
        let changes = Parameter::ALL.into_iter().filter_map(|parameter| {
            let change = pool.governance.pending_change(parameter)?;
            let value = change.value;
            let occasion = Occasion::ParameterChanges { parameter, value };
            Some(self.in_epoch(occasion, change.from_epoch))
        });
        nomination
            .into_iter()
            .chain(pause.map(|epoch| self.in_epoch(Occasion::PauseEnds, epoch)))
            .chain(waits.then(|| self.in_epoch(Occasion::PaymentsGoOn, wait)))
            .chain(changes)
    }

    /// Announced weights and retirements, together for each epoch.
    fn weight_changes(&self) -> impl Iterator<Item = Coming> {
        let mut by_epoch: BTreeMap<u32, usize> = BTreeMap::new();
        for placed in self.slots() {
            let slot = placed.slot;
            let changes = slot.next_weight != slot.weight || slot.flags & FLAG_RETIRE != 0;
            // An ejected slot's epoch is the one from which on it may be taken back.
            let waits = slot.due_epoch != 0 && slot.state == SlotState::Active.code();
            if changes && waits {
                let count = by_epoch.entry(slot.due_epoch).or_default();
                *count = count.saturating_add(1);
            }
        }
        by_epoch.into_iter().map(|(epoch, validators)| {
            self.in_epoch(Occasion::WeightsChange { validators }, epoch.into())
        })
    }

    fn at_slot(&self, occasion: Occasion, slot: u64) -> Coming {
        Coming {
            occasion,
            slot,
            epoch: self.cluster.epoch_schedule.get_epoch(slot),
        }
    }

    fn in_epoch(&self, occasion: Occasion, epoch: u64) -> Coming {
        Coming {
            occasion,
            slot: self.epoch_start(epoch),
            epoch,
        }
    }
}

#[cfg(test)]
mod tests {
    use sluice::state::PendingChange;

    use super::*;
    use crate::fixture::{EPOCH, EPOCH_START, Fixture, SLOTS_PER_EPOCH, SOL, WINDOW_START};

    fn coming(fixture: &Fixture) -> Vec<(Occasion, u64)> {
        let coming = fixture.snapshot().coming().unwrap();
        coming
            .iter()
            .map(|coming| (coming.occasion, coming.slot))
            .collect()
    }

    #[test]
    fn a_quiet_pool_has_an_epoch_a_window_and_a_lock_for_who_leaves() {
        let fixture = Fixture::new(1, 10 * SOL, 0);
        assert_eq!(
            coming(&fixture),
            [
                (Occasion::WindowOpens, WINDOW_START),
                (Occasion::RequestWouldLock, WINDOW_START),
                (Occasion::EpochEnds, EPOCH_START + SLOTS_PER_EPOCH),
            ]
        );
    }

    #[test]
    fn everything_that_was_decided_comes_in_its_epoch() {
        let mut fixture = Fixture::new(3, 10 * SOL, 0);
        let nominee = Pubkey::new_unique();
        fixture.pool.nominated_admin = nominee;
        fixture.pool.pause(EPOCH).unwrap();
        let until = fixture.pool.paused_until_epoch;
        fixture.pool.breaker_epoch = EPOCH;
        fixture.pool.withheld_lamports = SOL;
        fixture.pool.drip_end_slot = EPOCH_START + 300;
        fixture.pool.open_lst = SOL;
        fixture.pool.open_lock_slot = WINDOW_START;
        let parameter = Parameter::ShareCapBps;
        let change = &mut fixture.pool.governance.pending[parameter as usize];
        *change = PendingChange {
            value: 500,
            from_epoch: EPOCH + 2,
        };
        fixture.slot(0).next_weight = 50;
        fixture.slot(1).flags |= FLAG_RETIRE;
        for index in [0, 1, 2] {
            fixture.slot(index).due_epoch = EPOCH as u32 + 1;
        }
        let start = |epoch: u64| epoch * SLOTS_PER_EPOCH;
        let mut expected = vec![
            (Occasion::AdminMayChange { nominee }, fixture.slot),
            (Occasion::DripEnds, EPOCH_START + 300),
            (Occasion::WindowOpens, WINDOW_START),
            (Occasion::BatchLocks { lst: SOL }, WINDOW_START),
            (Occasion::EpochEnds, start(EPOCH + 1)),
            (Occasion::WeightsChange { validators: 2 }, start(EPOCH + 1)),
            (Occasion::PauseEnds, start(until)),
            (
                Occasion::PaymentsGoOn,
                start(EPOCH + SETTLEMENT_WAIT_EPOCHS),
            ),
            (
                Occasion::ParameterChanges {
                    parameter,
                    value: 500,
                },
                start(EPOCH + 2),
            ),
        ];
        expected.sort_by_key(|(_, slot)| *slot);
        assert_eq!(coming(&fixture), expected);
    }

    #[test]
    fn an_ejected_validator_changes_no_weight() {
        let mut fixture = Fixture::new(1, 10 * SOL, 0);
        let slot = fixture.slot(0);
        (slot.state, slot.next_weight) = (SlotState::Ejected.code(), 1);
        slot.due_epoch = EPOCH as u32 + 2;
        assert_eq!(coming(&fixture).len(), 3);
    }
}
