use proptest::prelude::*;
use sluice_math::{Bps, Flows, Lamports, SlotStake, Spread};

use crate::{
    exact::floor,
    worlds::{SOL, amounts, shares, shares_up_to, up_to},
};

/// Large enough for every lamport that there is.
const LARGEST_STAKE: u64 = 1 << 60;

/// Weights of this sum that no cap cuts.
fn even(weight: u64) -> Spread {
    Spread {
        weight,
        cut_count: 0,
        cap: Bps::ALL,
    }
}

/// A pool at rest or on its way: its validators, and what its reserve holds.
#[derive(Clone, Debug)]
struct Pool {
    flows: Flows,
    slots: Vec<SlotStake>,
}

impl Pool {
    /// The pool-wide amounts as they follow from the slots, the reserve and the flows.
    fn refresh(&mut self) {
        let delegated = self.slots.iter().map(|slot| slot.has.get()).sum();
        self.flows.delegated = Lamports::new(delegated);
        self.flows.full = self
            .flows
            .delegated
            .add(self.flows.spendable)
            .and_then(|sum| sum.add(self.flows.deactivating))
            .unwrap();
    }

    /// Turns the cranks on one validator; true where something moved.
    fn crank(&mut self, index: usize) -> bool {
        let slot = self.slots[index];
        if let Some(due) = self.flows.undelegation(&slot).unwrap() {
            let rest = slot.has.sub(due.lamports).unwrap();
            let taken = if rest < self.flows.minimum_delegation {
                slot.has
            } else {
                due.lamports
            };
            self.slots[index].has = slot.has.sub(taken).unwrap();
            self.flows.deactivating = self.flows.deactivating.add(taken).unwrap();
            let capped = due.capped_of(taken).unwrap();
            self.flows.moved = self.flows.moved.add(capped).unwrap();
        } else if let Some(lamports) = self.flows.delegation(&slot).unwrap() {
            self.slots[index].has = slot.has.add(lamports).unwrap();
            self.slots[index].activating = lamports;
            self.flows.spendable = self.flows.spendable.sub(lamports).unwrap();
        } else {
            return false;
        }
        self.refresh();
        true
    }

    /// A new epoch: what was on its way has arrived.
    fn next_epoch(&mut self) {
        self.flows.spendable = self.flows.spendable.add(self.flows.deactivating).unwrap();
        self.flows.deactivating = Lamports::ZERO;
        self.flows.moved = Lamports::ZERO;
        for slot in &mut self.slots {
            slot.activating = Lamports::ZERO;
        }
        self.refresh();
    }
}

fn stakes(largest: u64) -> impl Strategy<Value = SlotStake> {
    let has = prop_oneof![
        2 => Just(0),
        2 => (0..=4_u64, 0..=4_u64).prop_map(|(whole, around)| (whole * SOL + around).saturating_sub(2)),
        3 => up_to(largest),
    ];
    (has, 0..=3_u16, 0..20_u32).prop_map(|(has, weight, leaving)| SlotStake {
        has: Lamports::new(has),
        activating: Lamports::ZERO,
        weight: if leaving < 2 { 0 } else { weight },
        leaving: leaving < 2,
        ejected: leaving == 0,
    })
}

fn pools(largest: u64) -> impl Strategy<Value = Pool> {
    let slots = prop::collection::vec(stakes(largest), 1..9);
    let reserve = (up_to(largest), up_to(largest), 0..=1_000_u64);
    let rates = (shares_up_to(2_000), shares(), 10..=5_000_u16, shares());
    (slots, reserve, rates).prop_map(|(slots, (spendable, deactivating, queue), rates)| {
        let mut pool = Pool {
            flows: Flows {
                spendable: Lamports::new(spendable),
                deactivating: Lamports::new(deactivating),
                spread: Spread::of(|| slots.iter().map(|slot| slot.weight), rates.3, 0).unwrap(),
                minimum_delegation: Lamports::new(SOL),
                tolerance: rates.1,
                ..Flows::default()
            },
            slots,
        };
        pool.refresh();
        let full = pool.flows.full.get();
        let part = |share: u64, whole: u64| u64::try_from(floor(full, share, whole)).unwrap();
        pool.flows.queue = Lamports::new(part(queue.pow(2), 1_000_000));
        pool.flows.reserve_target = Lamports::new(part(u64::from(rates.0.get()), 10_000));
        let cap = Bps::new(rates.2).unwrap();
        pool.flows.movement_cap =
            Flows::movement_cap(pool.flows.full, cap, pool.flows.minimum_delegation).unwrap();
        pool
    })
}

/// Flows of amounts that need not fit each other.
fn any_flows() -> impl Strategy<Value = Flows> {
    let money = prop::collection::vec(amounts(), 8);
    (money, shares()).prop_map(|(money, tolerance)| {
        let at = |index: usize| Lamports::new(money[index]);
        Flows {
            full: at(0),
            reserve_target: at(1),
            queue: at(2),
            spendable: at(3),
            deactivating: at(4),
            delegated: at(5),
            spread: even(at(6).get() % 131_072),
            minimum_delegation: Lamports::new(SOL),
            tolerance,
            movement_cap: at(7),
            moved: Lamports::ZERO,
        }
    })
}

proptest! {
    #[test]
    fn stakeable(flows in any_flows()) {
        let kept = u128::from(flows.reserve_target.get()) + u128::from(flows.queue.get());
        let left = u128::from(flows.full.get()).saturating_sub(kept);
        prop_assert_eq!(u128::from(flows.stakeable().get()), left);
    }

    #[test]
    fn target(pool in pools(LARGEST_STAKE), lone in amounts()) {
        let stakeable = pool.flows.stakeable().get();
        let mut sum = 0_u64;
        for slot in &pool.slots {
            let target = pool.flows.target(slot.weight).unwrap().get();
            if slot.weight == 0 {
                prop_assert_eq!(target, 0);
            } else if pool.flows.spread.cut_count == 0 {
                let share = floor(stakeable, u64::from(slot.weight), pool.flows.spread.weight);
                prop_assert_eq!(u128::from(target), share);
            }
            sum += target;
        }
        prop_assert!(sum <= stakeable, "all targets together can be staked");
        if pool.flows.spread.weight > 0 {
            let lost = stakeable - sum;
            let roundings = pool.slots.len() + usize::try_from(pool.flows.spread.cut_count).unwrap();
            prop_assert!(lost < u64::try_from(roundings).unwrap());
        }
        let alone = Flows { full: Lamports::new(lone), spread: even(7), ..Flows::default() };
        prop_assert_eq!(alone.target(7), Ok(Lamports::new(lone)), "a single validator gets all");
    }

    #[test]
    fn need_and_surplus(flows in any_flows()) {
        let wide = |lamports: Lamports| u128::from(lamports.get());
        let (queue, target) = (wide(flows.queue), wide(flows.reserve_target));
        let surplus = wide(flows.spendable).saturating_sub(queue).saturating_sub(target);
        prop_assert_eq!(wide(flows.surplus()), surplus);
        let Ok(need) = flows.need() else {
            let sum = queue + target + 2 * (wide(flows.spendable) + wide(flows.deactivating));
            prop_assert!(u64::try_from(sum).is_err(), "only what does not fit is an error");
            return Ok(());
        };
        let coming = wide(flows.spendable) + wide(flows.deactivating);
        let reserve_runs_low = 2 * coming.saturating_sub(queue) < target;
        let wanted = if reserve_runs_low { queue + target } else { queue };
        prop_assert_eq!(wide(need), wanted.saturating_sub(coming));
        prop_assert!(need.is_zero() || surplus == 0, "never both");
    }

    #[test]
    fn delegated(pool in pools(LARGEST_STAKE), activating in any::<bool>()) {
        let minimum = pool.flows.minimum_delegation;
        for slot in &pool.slots {
            let slot = SlotStake {
                activating: if activating { slot.has } else { Lamports::ZERO },
                ..*slot
            };
            let target = pool.flows.target(slot.weight).unwrap();
            let Some(lamports) = pool.flows.delegation(&slot).unwrap() else {
                let deficit = target.saturating_sub(slot.has);
                let misses_nothing = slot.leaving
                    || deficit < minimum
                    || pool.flows.surplus() < minimum;
                prop_assert!(misses_nothing);
                continue;
            };
            prop_assert!(!slot.leaving);
            prop_assert!(lamports >= minimum && lamports <= pool.flows.surplus());
            let passed = slot.has.add(lamports).unwrap().saturating_sub(target);
            prop_assert!(passed < minimum, "past the target by less than one minimum");
        }
    }

    #[test]
    fn undelegated(pool in pools(LARGEST_STAKE)) {
        let flows = &pool.flows;
        let need = flows.need().unwrap();
        for slot in &pool.slots {
            let target = flows.target(slot.weight).unwrap();
            let excess = slot.has.saturating_sub(target);
            let Some(due) = flows.undelegation(slot).unwrap() else {
                let left = flows.movement_cap.saturating_sub(flows.moved);
                let waits = slot.leaving && !slot.ejected && left < flows.minimum_delegation;
                let drains = slot.leaving && !waits;
                prop_assert!(slot.has.is_zero() || !drains, "who leaves drains");
                prop_assert!(need.is_zero() || excess.is_zero(), "the need is served");
                continue;
            };
            prop_assert!(!due.lamports.is_zero() && due.lamports <= slot.has);
            if slot.ejected {
                prop_assert_eq!((due.lamports, due.capped), (slot.has, Lamports::ZERO));
            } else if slot.leaving {
                let left = flows.movement_cap.saturating_sub(flows.moved);
                let most = u128::from(need.get()) + u128::from(left.get());
                prop_assert!(u128::from(due.lamports.get()) <= most.max(u128::from(SOL)));
                let needed = need.min(slot.has);
                prop_assert_eq!(due.capped, due.lamports.saturating_sub(needed));
                prop_assert!(due.lamports >= needed.min(due.lamports));
            } else if due.rebalancing {
                prop_assert!(need.is_zero());
                let worthwhile = flows.minimum_delegation.get() * 5 / 4;
                let tolerated = floor(target.get(), u64::from(flows.tolerance.get()), 10_000);
                prop_assert!(excess.get() >= worthwhile && u128::from(excess.get()) >= tolerated);
                prop_assert!(due.lamports <= excess && due.lamports <= flows.movement_cap);
            } else {
                prop_assert!(!need.is_zero());
                let passed = target.saturating_sub(slot.has.sub(due.lamports).unwrap());
                let most = need.max(flows.minimum_delegation);
                prop_assert!(due.lamports <= most);
                prop_assert!(
                    excess.is_zero() || passed < flows.minimum_delegation,
                    "below the target by less than one minimum"
                );
            }
        }
    }

    #[test]
    fn somebody_serves_every_need(pool in pools(LARGEST_STAKE)) {
        let need = pool.flows.need().unwrap();
        let serves = pool.slots.iter().any(|slot| pool.flows.undelegation(slot).unwrap().is_some());
        prop_assert!(need.is_zero() || pool.flows.delegated.is_zero() || serves);
    }

    #[test]
    fn movement_cap(full in amounts(), cap in shares(), minimum in up_to(u64::MAX / 2)) {
        let minimum = Lamports::new(minimum);
        let most = Flows::movement_cap(Lamports::new(full), cap, minimum).unwrap();
        let share = floor(full, u64::from(cap.get()), 10_000);
        prop_assert_eq!(u128::from(most.get()), share.max(2 * u128::from(minimum.get())));
    }

    #[test]
    fn moves_never_panic(flows in any_flows(), slot in stakes(u64::MAX), weight in 0..=u16::MAX) {
        let slot = SlotStake { weight, ..slot };
        let _ = (flows.delegation(&slot), flows.undelegation(&slot), flows.target(weight));
    }

    /// Targets reached, needs served, and then nothing moves, whoever turns the cranks in
    /// whatever order.
    #[test]
    fn a_quiet_pool_comes_to_rest(
        pool in pools(1_000 * SOL),
        order in prop::collection::vec(any::<prop::sample::Index>(), 64),
    ) {
        let mut pool = pool;
        let mut order = order.iter().cycle();
        let count = pool.slots.len();
        // Rebalancing may need many epochs: each moves at least two minimums' worth.
        let most_epochs = 12 + pool.flows.full.get() / SOL;
        for _ in 0..most_epochs {
            let mut moved = false;
            let mut turns = 0;
            loop {
                let first = order.next().unwrap().index(count);
                let moves = (0..count).filter(|step| pool.crank((first + step) % count)).count();
                if moves == 0 {
                    break;
                }
                moved = true;
                turns += 1;
                prop_assert!(turns < 100, "the cranks of one epoch end");
            }
            if !moved && pool.flows.deactivating.is_zero() {
                prop_assert!(pool.flows.need().unwrap().is_zero() || pool.flows.delegated.is_zero());
                return Ok(());
            }
            pool.next_epoch();
        }
        prop_assert!(false, "still moving: {:?}", pool);
    }
}
