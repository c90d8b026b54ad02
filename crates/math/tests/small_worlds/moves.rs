use sluice_math::{Bps, Flows, Lamports, SlotStake, Spread, Undelegation};

use crate::world::{size, tell};

/// Whether a validator stays, retires or is ejected.
const LEAVING: [(bool, bool); 3] = [(false, false), (true, false), (true, true)];

/// What a movement cap allows, and what of it is used.
const CAPS: [(u64, u64); 5] = [(0, 0), (4, 0), (9, 4), (3, 5), (20, 0)];

/// Draws numbers from one number: every combination of them has its own.
struct Digits(u64);

impl Digits {
    fn below(&mut self, base: u64) -> u64 {
        let digit = self.0.checked_rem(base).unwrap();
        self.0 = self.0.checked_div(base).unwrap();
        digit
    }

    fn of<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[usize::try_from(self.below(N as u64)).unwrap()]
    }
}

/// A pool and one of its validators.
fn scene(number: u64) -> (Flows, SlotStake) {
    let mut digits = Digits(number);
    let (leaving, ejected) = digits.of(LEAVING);
    let (movement_cap, moved) = digits.of(CAPS);
    let weight = digits.of([0, 1, 2]);
    let has = digits.below(14);
    let activating = digits.of([0, 1]).min(has);
    let reserve_target = digits.of([0, 1, 2, 5]);
    let queue = digits.of([0, 1, 4]);
    let spendable = digits.of([0, 1, 3, 5, 9]);
    let deactivating = digits.of([0, 2]);
    let tolerance = digits.of([0, 4_000, 10_000]);
    let minimum = digits.of([3, 4]);
    let stakeable = digits.below(14);
    let above = digits.of([0, 1]);
    let flows = Flows {
        full: Lamports::new(stakeable + reserve_target + queue),
        reserve_target: Lamports::new(reserve_target),
        queue: Lamports::new(queue),
        spendable: Lamports::new(spendable),
        deactivating: Lamports::new(deactivating),
        delegated: Lamports::new(stakeable + above),
        spread: Spread {
            weight: 2,
            cut_count: 0,
            cap: Bps::ALL,
        },
        minimum_delegation: Lamports::new(minimum),
        tolerance: Bps::new(tolerance).unwrap(),
        movement_cap: Lamports::new(movement_cap),
        moved: Lamports::new(moved),
    };
    let slot = SlotStake {
        has: Lamports::new(has),
        activating: Lamports::new(activating),
        weight: if leaving { 0 } else { weight },
        leaving,
        ejected,
    };
    (flows, slot)
}

/// As many as [`scene`] tells apart.
const SCENES: u64 = 3 * 5 * 3 * 14 * 2 * 4 * 3 * 5 * 2 * 3 * 2 * 14 * 2;

/// The scenes in the order of their numbers; in the usual tests one in 23 of them.
fn scenes() -> impl Iterator<Item = (Flows, SlotStake)> {
    let step = usize::try_from(size(23, 1)).unwrap();
    (0..SCENES).step_by(step).map(scene)
}

/// What is wanted of the numbers of a scene, by the book.
struct Book {
    minimum: u64,
    has: u64,
    target: u64,
    need: u64,
    surplus: u64,
    cap_left: u64,
}

impl Book {
    fn of(flows: &Flows, slot: &SlotStake) -> Self {
        let [queue, reserve] = [flows.queue, flows.reserve_target].map(Lamports::get);
        let [spendable, deactivating] = [flows.spendable, flows.deactivating].map(Lamports::get);
        let stakeable = flows.full.get().saturating_sub(reserve + queue);
        let coming = spendable + deactivating;
        let half_is_there = 2 * coming.saturating_sub(queue) >= reserve;
        let wanted = queue + if half_is_there { 0 } else { reserve };
        Self {
            minimum: flows.minimum_delegation.get(),
            has: slot.has.get(),
            target: (stakeable * u64::from(slot.weight)).checked_div(2).unwrap(),
            need: wanted.saturating_sub(coming),
            surplus: spendable.saturating_sub(queue + reserve),
            cap_left: flows.movement_cap.get().saturating_sub(flows.moved.get()),
        }
    }

    fn delegation(&self, slot: &SlotStake) -> Option<u64> {
        let deficit = self.target.saturating_sub(self.has);
        let is_begun = !slot.activating.is_zero() || self.has == 0;
        let is_due = deficit >= self.minimum || (deficit > 0 && is_begun);
        let moves = !slot.leaving && is_due && self.surplus >= self.minimum;
        moves.then(|| deficit.min(self.surplus).max(self.minimum))
    }

    /// Lamports that leave, whether only the targets ask for it, and what counts against the cap.
    fn undelegation(&self, flows: &Flows, slot: &SlotStake) -> Option<(u64, bool, u64)> {
        if self.has == 0 {
            return None;
        }
        if slot.leaving {
            return self.departure(slot.ejected);
        }
        let excess = self.has.saturating_sub(self.target);
        if self.need == 0 {
            return self.rebalancing(flows, excess);
        }
        if excess == 0 && flows.delegated > flows.stakeable() {
            return None;
        }
        let available = if excess == 0 { self.has } else { excess };
        let lamports = self.need.min(available).max(self.minimum).min(self.has);
        Some((lamports, false, 0))
    }

    fn departure(&self, ejected: bool) -> Option<(u64, bool, u64)> {
        if ejected {
            return Some((self.has, false, 0));
        }
        let needed = self.need.min(self.has);
        let movable = (needed + self.cap_left).min(self.has);
        let least = self.minimum.min(self.has);
        if needed == 0 && movable < least {
            return None;
        }
        let lamports = movable.max(least);
        Some((lamports, false, lamports - needed.min(lamports)))
    }

    fn rebalancing(&self, flows: &Flows, excess: u64) -> Option<(u64, bool, u64)> {
        let tolerance = self.target * u64::from(flows.tolerance.get());
        let is_tolerated = excess < tolerance.checked_div(10_000).unwrap();
        let is_worthwhile = excess >= (self.minimum * 5).checked_div(4).unwrap();
        let lamports = excess.min(self.cap_left);
        let moves = !is_tolerated && is_worthwhile && lamports >= self.minimum;
        moves.then_some((lamports, true, lamports))
    }
}

#[test]
fn stake_moves_as_the_book_says() {
    let mut inputs = 0;
    let mut moves = [0; 3];
    for (flows, slot) in scenes() {
        inputs += 1;
        let book = Book::of(&flows, &slot);
        let delegation = flows.delegation(&slot).unwrap().map(Lamports::get);
        assert_eq!(delegation, book.delegation(&slot), "{flows:?} {slot:?}");
        let due = flows.undelegation(&slot).unwrap();
        let told = due.map(|due| (due.lamports.get(), due.rebalancing, due.capped.get()));
        assert_eq!(told, book.undelegation(&flows, &slot), "{flows:?} {slot:?}");
        assert!(delegation.is_none() || due.is_none_or(|due| !due.rebalancing));
        for (index, happens) in [
            delegation.is_some(),
            due.is_some_and(|due| due.rebalancing),
            due.is_some_and(|due| !due.capped.is_zero() && !due.rebalancing),
        ]
        .into_iter()
        .enumerate()
        {
            moves[index] += u64::from(happens);
        }
    }
    assert!(
        moves.iter().all(|count| *count > inputs / 1_000),
        "{moves:?}"
    );
    tell("moves of stake", inputs);
}

/// What leaves beyond what is free of the cap counts against it, to the lamport.
#[test]
fn what_leaves_beyond_the_need_counts_against_the_cap() {
    let most = size(14, 40);
    let mut inputs = 0;
    for lamports in 0..most {
        for capped in 0..=lamports {
            let due = Undelegation {
                lamports: Lamports::new(lamports),
                rebalancing: false,
                capped: Lamports::new(capped),
            };
            for left in 0..most {
                inputs += 1;
                let counted = due.capped_of(Lamports::new(left)).unwrap().get();
                let free = lamports - capped;
                let expected = if capped == 0 {
                    0
                } else {
                    left.saturating_sub(free)
                };
                assert_eq!(counted, expected, "{due:?} {left}");
            }
        }
    }
    tell("departures under a cap", inputs);
}
