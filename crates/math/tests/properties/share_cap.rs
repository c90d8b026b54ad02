use std::cell::Cell;

use num_bigint::BigUint;
use proptest::prelude::*;
use sluice_math::{Bps, Lamports, MAX_CUT_ROUNDS, Spread};

use crate::{
    exact::{ceil, floor},
    worlds::{amounts, shares},
};

/// Weights of a pool, with any share as its cap.
fn pools() -> impl Strategy<Value = (Vec<u16>, Bps)> {
    let weight = prop_oneof![
        Just(0),
        Just(1),
        Just(u16::MAX),
        0..=3_u16,
        // Each about double the one before: the cap cuts them one by one.
        (0..16_u32).prop_map(|bits| 1 << bits),
        any::<u16>(),
    ];
    let count = prop_oneof![1..=4_usize, 2..=12_usize, 1..=80_usize];
    let weights = count.prop_flat_map(move |count| prop::collection::vec(weight.clone(), count));
    let cap = prop_oneof![shares(), (1..=40_u16).prop_map(|part| share(10_000 / part))];
    (weights, cap)
}

fn share(bps: u16) -> Bps {
    Bps::new(bps).unwrap()
}

/// The spread, and how many rounds it took.
fn spread(weights: &[u16], cap: Bps) -> (Spread, u32) {
    let calls = Cell::new(0);
    let weights = || {
        calls.set(calls.get() + 1);
        weights.iter().copied()
    };
    let spread = Spread::of(weights, cap, 0).unwrap();
    // The first pass sums, and the last one finds that nobody more is cut.
    (spread, calls.get() - 1)
}

fn parts(spread: &Spread, weights: &[u16], stakeable: u64) -> Vec<u64> {
    let part = |weight: &u16| spread.part(*weight, Lamports::new(stakeable)).unwrap();
    weights.iter().map(|weight| part(weight).get()).collect()
}

fn total(parts: &[u64]) -> u128 {
    parts.iter().copied().map(u128::from).sum()
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

fn validators(weights: &[u16]) -> u64 {
    length(weights.iter().filter(|weight| **weight > 0).count())
}

/// The largest share that the pool can hold to: an even one, rounded up, where the configured one
/// is less.
fn reachable(cap: Bps, validators: u64) -> u64 {
    let even = u64::try_from(ceil(1, 10_000, validators.max(1))).unwrap();
    u64::from(cap.get()).max(even)
}

/// Water-filling, exactly and by another way: the heaviest are cut one by one, from the top,
/// until the next one fits what is left. Returns numerators over the common denominator.
fn reference(weights: &[u16], cap: u64) -> (Vec<u64>, u64, u64) {
    let mut sorted: Vec<u64> = weights.iter().map(|weight| u64::from(*weight)).collect();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    let mut left = 10_000_u64;
    let mut weight: u64 = sorted.iter().sum();
    let mut cut = 0;
    for heaviest in &sorted {
        if heaviest * left <= weight * cap {
            break;
        }
        left -= cap;
        weight -= heaviest;
        cut += 1;
    }
    (sorted[..cut].to_vec(), left, weight)
}

proptest! {
    /// What an exit leaves is the part of what it leaves with all, less the largest latitude.
    #[test]
    fn least_after_exit(
        (weights, cap) in pools(),
        delegated in any::<u64>(),
        tolerance in shares(),
        minimum in amounts(),
    ) {
        let (spread, _) = spread(&weights, cap);
        let minimum = Lamports::new(minimum);
        for (weight, part) in weights.iter().zip(parts(&spread, &weights, delegated)) {
            let left = Lamports::new(delegated);
            let least = spread.least_after_exit(*weight, left, tolerance, minimum).unwrap();
            let tolerated = floor(part, tolerance.get().into(), 10_000);
            let thousandth = u128::from(delegated) / 1_000;
            let below = tolerated.max(thousandth).max(2 * u128::from(minimum.get()));
            prop_assert_eq!(u128::from(least.get()), u128::from(part).saturating_sub(below));
        }
    }

    /// However the stake is spread, somebody gives a thousandth of what is left, or all it has; and a
    /// pool's only validator gives everything.
    #[test]
    fn somebody_gives(
        (weights, cap) in pools(),
        held in prop::collection::vec(0..=1_u64 << 54, 80),
        taken in 0..=1_u64 << 54,
    ) {
        let (spread, _) = spread(&weights, cap);
        let delegated: u64 = held.iter().take(weights.len()).sum();
        let gives = |taken: u64| weights.iter().zip(&held).any(|(weight, has)| {
            let left = Lamports::new(delegated.saturating_sub(taken));
            let least = spread.least_after_exit(*weight, left, Bps::ZERO, Lamports::ZERO);
            taken <= *has && has - taken >= least.unwrap().get()
        });
        prop_assert!(gives(0), "{:?}", held);
        let largest = *held.iter().take(weights.len()).max().unwrap();
        if weights.len() == 1 {
            prop_assert!(gives(taken.min(largest)));
        }
        // A part that it has in full: a thousandth of what the exit leaves can go.
        let thousandth = delegated / 1_001;
        let full = weights.iter().zip(&held).any(|(weight, has)| {
            *has >= thousandth && *has >= parts(&spread, &[*weight], delegated)[0]
        });
        prop_assert!(!full || gives(thousandth));
    }

    /// What a deposit may lift a validator to is the share cap of all with it, and the tolerance on
    /// top: no target is above it.
    #[test]
    fn most_with_deposit(
        (weights, cap) in pools(),
        full in 0..=1_u64 << 62,
        tolerance in shares(),
        stakeable in any::<u64>(),
    ) {
        let (spread, _) = spread(&weights, cap);
        let most = spread.most_with_deposit(Lamports::new(full), tolerance).unwrap().get();
        let capped = floor(full, spread.cap.get().into(), 10_000);
        let above = capped * (10_000 + u128::from(tolerance.get())) / 10_000;
        prop_assert_eq!(u128::from(most), above);
        for target in parts(&spread, &weights, stakeable.min(full)) {
            prop_assert!(target <= most);
        }
    }

    #[test]
    fn share_cap((weights, configured) in pools(), stakeable in amounts()) {
        let (spread, rounds) = spread(&weights, configured);
        let count = validators(&weights);
        let cap = reachable(configured, count);
        prop_assert!(rounds <= MAX_CUT_ROUNDS, "the cost is bounded");
        prop_assert_eq!(u64::from(spread.cap.get()), if count == 0 { 10_000 } else { cap });

        let parts = parts(&spread, &weights, stakeable);
        prop_assert!(total(&parts) <= u128::from(stakeable), "all parts can be staked");
        let most = floor(stakeable, u64::from(spread.cap.get()), 10_000);
        for (weight, part) in weights.iter().zip(&parts) {
            prop_assert!(u128::from(*part) <= most, "nobody is above the cap");
            prop_assert!(*weight > 0 || *part == 0);
        }
        if rounds < MAX_CUT_ROUNDS && count > 0 {
            let unspread = u128::from(stakeable) - total(&parts);
            let roundings = u128::from(count) + u128::from(spread.cut_count);
            prop_assert!(unspread < roundings.max(1), "what is cut is spread again: {}", unspread);
        }
    }

    /// The even share is that of as many validators as the pool once had: letting some go lifts
    /// nobody's part.
    #[test]
    fn share_cap_of_what_is_left(
        (weights, configured) in pools(),
        more in 0..=2_048_u64,
        stakeable in amounts(),
    ) {
        let count = validators(&weights);
        let most = count + more;
        let left = Spread::of(|| weights.iter().copied(), configured, most).unwrap();
        prop_assert!(count == 0 || u64::from(left.cap.get()) == reachable(configured, most));
        let parts = parts(&left, &weights, stakeable);
        prop_assert!(total(&parts) <= u128::from(stakeable));
        let cap = floor(stakeable, u64::from(left.cap.get()), 10_000);
        prop_assert!(parts.iter().all(|part| u128::from(*part) <= cap));
    }

    #[test]
    fn share_cap_is_water_filling((weights, configured) in pools(), stakeable in amounts()) {
        let (spread, rounds) = spread(&weights, configured);
        if rounds == MAX_CUT_ROUNDS || validators(&weights) == 0 {
            return Ok(());
        }
        let cap = u64::from(spread.cap.get());
        let (cut, left, weight) = reference(&weights, cap);
        prop_assert_eq!(u64::from(spread.cut_count), length(cut.len()));
        prop_assert_eq!(spread.weight, weight);
        let most = u64::try_from(floor(stakeable, cap, 10_000)).unwrap();
        for weight_of_one in &weights {
            let part = spread.part(*weight_of_one, Lamports::new(stakeable)).unwrap().get();
            if cut.contains(&u64::from(*weight_of_one)) {
                prop_assert!(spread.cuts(*weight_of_one));
                prop_assert_eq!(part, most);
            } else if *weight_of_one > 0 {
                prop_assert!(!spread.cuts(*weight_of_one));
                // The exact share of what the cut ones leave, and their roundings on top.
                let exact = BigUint::from(stakeable) * left * *weight_of_one / (10_000 * weight);
                let exact = u64::try_from(exact).unwrap();
                prop_assert!(part >= exact.min(most));
                prop_assert!(part - exact.min(part) <= u64::from(spread.cut_count) + 1);
            }
        }
    }

    #[test]
    fn share_cap_follows_the_weights((weights, configured) in pools(), stakeable in amounts()) {
        let (spread, _) = spread(&weights, configured);
        let mut sorted = weights;
        sorted.sort_unstable();
        let parts = parts(&spread, &sorted, stakeable);
        prop_assert!(parts.is_sorted(), "who weighs more never gets less");
        let (again, _) = self::spread(&sorted, configured);
        prop_assert_eq!(again, spread, "in whatever order they are");
    }

    #[test]
    fn equal_weights_are_never_cut(
        weight in 1..=u16::MAX,
        count in 1..=2_048_usize,
        configured in shares(),
        stakeable in amounts(),
    ) {
        let weights = vec![weight; count];
        let (spread, _) = spread(&weights, configured);
        prop_assert_eq!(spread.cut_count, 0);
        let part = spread.part(weight, Lamports::new(stakeable)).unwrap().get();
        prop_assert_eq!(part, stakeable / length(count));
    }

    /// Until the next finalize, validators come and go. The targets of those there are stay within
    /// the cap and within what there is.
    #[test]
    fn share_cap_between_two_finalizes(
        (weights, configured) in pools(),
        changes in prop::collection::vec((any::<bool>(), any::<u16>(), any::<prop::sample::Index>()), 1..12),
        stakeable in amounts(),
    ) {
        let (mut spread, _) = spread(&weights, configured);
        let mut weights = weights;
        for (comes, weight, index) in changes {
            if comes || weights.is_empty() {
                weights.push(weight);
                spread = spread.with(weight, configured, length(weights.len())).unwrap();
                prop_assert!(u64::from(spread.cap.get()) <= reachable(configured, length(weights.len())).max(10_000));
            } else {
                let gone = weights.swap_remove(index.index(weights.len()));
                spread = spread.without(gone);
            }
            let parts = parts(&spread, &weights, stakeable);
            prop_assert!(total(&parts) <= u128::from(stakeable), "all parts can be staked");
            let most = floor(stakeable, u64::from(spread.cap.get()), 10_000);
            prop_assert!(parts.iter().all(|part| u128::from(*part) <= most));
        }
    }

    #[test]
    fn a_spread_of_anything_never_panics(
        weight in any::<u64>(),
        cut_count in any::<u32>(),
        cap in shares(),
        of in any::<u16>(),
        validators in any::<u64>(),
        stakeable in amounts(),
    ) {
        let spread = Spread { weight, cut_count, cap };
        let _ = (spread.cuts(of), spread.without(of).part(of, Lamports::new(stakeable)));
        if let Ok(more) = spread.with(of, cap, validators) {
            let part = more.part(of, Lamports::new(stakeable)).unwrap().get();
            prop_assert!(u128::from(part) <= floor(stakeable, u64::from(more.cap.get()), 10_000));
        }
    }
}

/// A new validator of a new pool is held to the cap at once, and not only from the next epoch on.
#[test]
fn the_cap_holds_for_validators_of_a_new_pool() {
    let configured = share(3_000);
    let mut spread = Spread::of(std::iter::empty, configured, 0).unwrap();
    for (count, weight) in [100, 1, 1, 1, 1].into_iter().enumerate() {
        spread = spread.with(weight, configured, length(count) + 1).unwrap();
    }
    assert_eq!(
        spread.part(100, Lamports::new(1_000)),
        Ok(Lamports::new(300))
    );
}

/// Weights that double are cut one after the other; after the last round what could still be
/// spread stays in the reserve, and nobody is above the cap.
#[test]
fn rounds_of_cutting_are_bounded() {
    let weights: Vec<u16> = (0..60).map(|step| 1 << (step / 4)).collect();
    let mut most_rounds = 0;
    for cap in 1..=10_000 {
        let (spread, rounds) = spread(&weights, share(cap));
        most_rounds = most_rounds.max(rounds);
        let parts = parts(&spread, &weights, 1 << 60);
        assert!(total(&parts) <= 1 << 60, "cap {cap}");
    }
    assert!(most_rounds <= MAX_CUT_ROUNDS);
    assert!(most_rounds > 3, "{most_rounds}");
}
