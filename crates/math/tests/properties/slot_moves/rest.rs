//! A pool of slots whose cranks turn until nothing moves.

use proptest::prelude::*;
use sluice_math::{
    Bps, DepartureReason, Flows, Lamports, SlotNow, SlotStake, Spread, StakeKind, StakeNow,
    StakeStatus,
};

use super::{
    is_settled,
    slots::{MINIMUM, slot_stakes, slots, stake_of},
};
use crate::worlds::{SOL, shares_up_to};

/// Validators with their slots, and a reserve.
#[derive(Clone, Debug)]
struct Pool {
    slots: Vec<(SlotNow, SlotStake)>,
    spendable: Lamports,
    queue: Lamports,
    reserve_share: Bps,
    moved: Lamports,
}

impl Pool {
    fn stakes(&self) -> impl Iterator<Item = SlotStake> {
        self.slots
            .iter()
            .map(|(slot, validator)| stake_of(slot, *validator))
    }

    fn flows(&self) -> Flows {
        let sum = |parts: &mut dyn Iterator<Item = Lamports>| {
            Lamports::new(parts.map(Lamports::get).sum())
        };
        let delegated = sum(&mut self.stakes().map(|stake| stake.has));
        let deactivating = sum(&mut self.slots.iter().map(|(slot, _)| slot.returning().unwrap()));
        let full = sum(&mut [delegated, deactivating, self.spendable].into_iter());
        let weights = || self.slots.iter().map(|(_, validator)| validator.weight);
        let target = full.get() / 10_000 * u64::from(self.reserve_share.get());
        let minimum_delegation = Lamports::new(MINIMUM);
        Flows {
            full,
            reserve_target: Lamports::new(target),
            queue: self.queue,
            spendable: self.spendable,
            deactivating,
            delegated,
            spread: Spread::of(weights, Bps::ALL, 0).unwrap(),
            minimum_delegation,
            tolerance: Bps::new(500).unwrap(),
            movement_cap: Flows::movement_cap(full, Bps::new(1_000).unwrap(), minimum_delegation)
                .unwrap(),
            moved: self.moved,
        }
    }

    /// Keeps a slot as a step left it; what it has less is in the reserve.
    fn keep(&mut self, index: usize, after: SlotNow) {
        let before = &mut self.slots[index].0;
        assert_ne!(*before, after, "a chosen step changes something");
        let (had, has) = (before.booked().unwrap(), after.booked().unwrap());
        self.spendable = self
            .spendable
            .add(had)
            .and_then(|sum| sum.sub(has))
            .unwrap();
        *before = after;
    }

    /// Turns the three cranks on one validator; how many of them moved something.
    fn crank(&mut self, index: usize) -> usize {
        let mut moves = 0;
        let minimum = Lamports::new(MINIMUM);
        let collection = self.slots[index]
            .0
            .collection(self.spendable, minimum)
            .unwrap();
        if collection.moves() {
            self.keep(index, collection.after);
            moves += 1;
        }
        let (slot, validator) = self.slots[index];
        let flows = self.flows();
        if let Some(departure) = slot
            .departure(&flows, &stake_of(&slot, validator), true)
            .unwrap()
        {
            if departure.reason == DepartureReason::Rebalancing {
                self.moved = self.moved.add(departure.lamports).unwrap();
            }
            self.keep(index, departure.after);
            moves += 1;
        }
        let (slot, validator) = self.slots[index];
        let flows = self.flows();
        if let Some(arrival) = slot.arrival(&flows, &stake_of(&slot, validator)).unwrap() {
            self.keep(index, arrival.after);
            moves += 1;
        }
        moves
    }

    /// Everything warms up and cools down, and every lamport of the pool's accounts is observed.
    fn next_epoch(&mut self) {
        self.moved = Lamports::ZERO;
        for (slot, _) in &mut self.slots {
            for stake in [&mut slot.main, &mut slot.transient] {
                pass_epoch(stake);
            }
        }
    }
}

fn pass_epoch(stake: &mut StakeNow) {
    if stake.is_ours() {
        stake.holding.booked = stake.holding.lamports;
    }
    match (stake.holding.kind, stake.status) {
        (StakeKind::Staying, _) => stake.status = StakeStatus::Active,
        (StakeKind::Returning, StakeStatus::Between) => {
            stake.status = StakeStatus::Inactive;
            stake.staked = Lamports::ZERO;
        }
        _ => {}
    }
}

/// Slots of amounts that a few dozen epochs can move, and what is queued of them.
fn pools() -> impl Strategy<Value = Pool> {
    let small =
        |(slot, _): &(SlotNow, SlotStake)| slot.booked().is_ok_and(|sum| sum.get() < 300 * SOL);
    let slot = (slots(), slot_stakes()).prop_filter("small", small);
    let slots = prop::collection::vec(slot, 1..5);
    (slots, 0..100 * SOL, 0..=1_000_u64, shares_up_to(2_000)).prop_map(
        |(slots, spendable, queued, reserve_share)| {
            let mut pool = Pool {
                slots,
                spendable: Lamports::new(spendable),
                queue: Lamports::ZERO,
                reserve_share,
                moved: Lamports::ZERO,
            };
            let full = pool.flows().full.get();
            pool.queue = Lamports::new(full / 1_000_000 * queued.pow(2));
            pool
        },
    )
}

proptest! {
    /// Whoever turns the cranks in whatever order: an epoch's moves end, and after some epochs
    /// nothing moves any more, nothing is on its way, and who leaves has nothing left.
    #[test]
    fn moves_end(
        pool in pools(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 64),
    ) {
        let mut pool = pool;
        let mut order = order.iter().cycle();
        let count = pool.slots.len();
        let most_epochs = 20 + 2 * pool.flows().full.get() / SOL;
        for _ in 0..most_epochs {
            let mut turns = 0;
            let mut moved = false;
            loop {
                let first = order.next().unwrap().index(count);
                let moves: usize = (0..count).map(|step| pool.crank((first + step) % count)).sum();
                if moves == 0 {
                    break;
                }
                moved = true;
                turns += 1;
                prop_assert!(turns < 100, "the moves of one epoch end: {:?}", pool);
            }
            let rests = pool.slots.iter().all(|(slot, _)| {
                is_settled(&slot.main) && is_settled(&slot.transient)
            });
            if !moved && rests {
                return is_drained(&pool);
            }
            pool.next_epoch();
        }
        prop_assert!(false, "still moving: {:?}", pool);
    }
}

/// Nothing that the books know of stays with a validator that leaves.
fn is_drained(pool: &Pool) -> Result<(), TestCaseError> {
    for (slot, validator) in &pool.slots {
        let drains = validator.leaving && !stake_of(slot, *validator).has.is_zero();
        for stake in [&slot.main, &slot.transient] {
            prop_assert!(!drains || stake.staked.is_zero(), "it leaves: {:?}", slot);
        }
    }
    Ok(())
}
