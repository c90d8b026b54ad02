use num_bigint::BigUint;
use proptest::prelude::*;
use sluice_math::{BoundaryRewards, Bps, LEAST_JUDGED_REWARD, Lamports, MathError, Rewarded};

use crate::{
    exact::floor,
    worlds::{amounts, shares},
};

fn boundaries() -> impl Strategy<Value = BoundaryRewards> {
    let points = prop_oneof![any::<u128>(), (1..=u128::from(u64::MAX)), Just(0)];
    (points, amounts()).prop_map(|(points, lamports)| BoundaryRewards {
        points,
        lamports: Lamports::new(lamports),
    })
}

fn rewarded() -> impl Strategy<Value = Rewarded> {
    // What is delegated and what a boundary pays for it: up to all lamports there are.
    let lamports = 0..=600_000_000_000_000_000_u64;
    (lamports.clone(), prop_oneof![lamports, 0..=1_000_000_u64]).prop_map(|(delegated, paid)| {
        Rewarded {
            delegated: Lamports::new(delegated),
            paid: Lamports::new(paid),
        }
    })
}

proptest! {
    #[test]
    fn gross(rewards in boundaries(), delegated in amounts(), credits in amounts()) {
        let gross = rewards.gross(Lamports::new(delegated), credits);
        let whole = BigUint::from(delegated) * credits * rewards.lamports.get();
        if whole > BigUint::from(u128::MAX) {
            prop_assert_eq!(gross, Err(MathError::Overflow));
        } else if rewards.points == 0 {
            prop_assert_eq!(gross, Err(MathError::DivisionByZero));
        } else {
            let exact = whole / rewards.points;
            let exact = u64::try_from(exact).map(Lamports::new);
            prop_assert_eq!(gross, exact.map_err(|_| MathError::Overflow));
        }
    }

    #[test]
    fn least_paid(gross in amounts(), commission in shares(), paid in amounts()) {
        let least = Rewarded::least_of(Lamports::new(gross), commission).unwrap();
        let stakers = 10_000 - u64::from(commission.get());
        prop_assert_eq!(u128::from(least.get()), floor(gross, stakers, 10_000));
        let rewarded = Rewarded { delegated: Lamports::ZERO, paid: Lamports::new(paid) };
        let is_below = rewarded.is_below(Lamports::new(gross), commission).unwrap();
        prop_assert_eq!(is_below, gross >= LEAST_JUDGED_REWARD.get() && paid < least.get());
    }

    /// What the runtime pays at any commission, rounded as it does, is below what a lower one
    /// leaves, and is not below what the same leaves.
    #[test]
    fn nobody_who_keeps_to_the_highest_commission_is_below_it(
        gross in 10_000..=u64::MAX,
        commission_bps in 0..=9_999_u16,
        more_bps in 1..=10_000_u16,
    ) {
        let paid = |bps: u16| {
            let paid = floor(gross, 10_000 - u64::from(bps), 10_000);
            let paid = Lamports::new(u64::try_from(paid).unwrap());
            Rewarded { delegated: Lamports::ZERO, paid }
        };
        let commission = Bps::new(commission_bps).unwrap();
        let gross = Lamports::new(gross);
        prop_assert!(!paid(commission_bps).is_below(gross, commission).unwrap());
        let higher = commission_bps.saturating_add(more_bps).min(10_000);
        prop_assert!(paid(higher).is_below(gross, commission).unwrap());
    }

    #[test]
    fn below_mean(
        rewards in boundaries(),
        credits in amounts(),
        stake in amounts(),
        most in amounts(),
        share in shares(),
    ) {
        let own = BigUint::from(credits) * stake * 10_000_u32;
        let all = BigUint::from(rewards.points).min(BigUint::from(most) * stake);
        let least = all * share.get();
        let fits = own <= BigUint::from(u128::MAX) && least <= BigUint::from(u128::MAX);
        match rewards.below_mean(credits, Lamports::new(stake), most, share) {
            Ok(is_below) => prop_assert_eq!(is_below, own < least),
            Err(error) => prop_assert!(!fits && error == MathError::Overflow),
        }
    }

    #[test]
    fn far_below(own in rewarded(), other in rewarded(), commission in shares()) {
        let scaled = |paid: &Rewarded, by: &Rewarded| {
            BigUint::from(paid.paid.get()) * by.delegated.get()
        };
        let judged = scaled(&other, &own) >= BigUint::from(10_000_u32) * other.delegated.get();
        let left = 10_000 - commission.get();
        let is_far = scaled(&own, &other) * 2_u32 * 10_000_u32 < scaled(&other, &own) * left;
        let found = own.is_far_below(&other, commission);
        prop_assert!(found == Ok(judged && is_far) || found == Err(MathError::Overflow));
        prop_assert_eq!(own.is_far_below(&own, commission).unwrap_or(false), false);
        prop_assert_eq!(own.cmp_yield(&other), scaled(&own, &other).cmp(&scaled(&other, &own)));
    }
}
