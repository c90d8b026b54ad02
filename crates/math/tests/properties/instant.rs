use num_bigint::BigUint;
use proptest::prelude::*;
use sluice_math::{InstantFee, Lamports, MathError};

use crate::worlds::{amounts, shares_up_to, up_to};

/// Above this target a product no longer fits 128 bits: more lamports than there ever were.
const LARGEST_TARGET: u64 = 1 << 59;

fn schedules(largest_target: u64) -> impl Strategy<Value = InstantFee> {
    (shares_up_to(300), shares_up_to(300), up_to(largest_target)).prop_map(
        |(one, other, target)| InstantFee {
            max: one.max(other),
            min: one.min(other),
            target: Lamports::new(target),
        },
    )
}

/// The two linear parts of the integral of the rate from `after` up to `buffer`, each rounded up.
fn exact(fee: &InstantFee, buffer: u64, after: u64) -> BigUint {
    let big = |amount: u64| BigUint::from(amount);
    let up = |part: BigUint, whole: BigUint| (part + &whole - 1_u8) / whole;
    let target = fee.target.get();
    let flat = up(
        big(buffer - after.max(target).min(buffer)) * fee.min.get(),
        big(10_000),
    );
    let upper = buffer.min(target);
    if after >= upper {
        return flat;
    }
    // max x 2 x target - (max - min) x (upper + after), over 2 x target, is the mean rate
    let most = big(target) * 2_u8 * fee.max.get();
    let less = (big(upper) + after) * (fee.max.get() - fee.min.get());
    flat + up(big(upper - after) * (most - less), big(target) * 20_000_u32)
}

proptest! {
    #[test]
    fn instant_fee(
        fee in schedules(LARGEST_TARGET),
        buffer in amounts(),
        lamports in amounts(),
    ) {
        let charged = fee.charge(Lamports::new(lamports), Lamports::new(buffer));
        if lamports > buffer {
            prop_assert_eq!(charged, Err(MathError::Underflow));
            return Ok(());
        }
        let charged = charged.unwrap().get();
        prop_assert_eq!(BigUint::from(charged), exact(&fee, buffer, buffer - lamports));
        prop_assert!(charged <= lamports);
    }

    #[test]
    fn instant_fee_never_panics(
        fee in schedules(u64::MAX),
        buffer in amounts(),
        lamports in amounts(),
    ) {
        let charged = fee.charge(Lamports::new(lamports), Lamports::new(buffer));
        if let Ok(charged) = charged {
            prop_assert_eq!(BigUint::from(charged.get()), exact(&fee, buffer, buffer - lamports));
        }
    }

    #[test]
    fn splitting_an_instant_exit_saves_nothing(
        fee in schedules(LARGEST_TARGET),
        buffer in amounts(),
        shares in (0..=1_000_u128, 0..=1_000_u128),
    ) {
        let of = |whole: u64, mille: u128| {
            Lamports::new(u64::try_from(u128::from(whole) * mille / 1_000).unwrap())
        };
        let lamports = of(buffer, shares.0);
        let first = of(lamports.get(), shares.1);
        let second = lamports.sub(first).unwrap();
        let buffer = Lamports::new(buffer);

        let whole = fee.charge(lamports, buffer).unwrap();
        let one = fee.charge(first, buffer).unwrap();
        let other = fee.charge(second, buffer.sub(first).unwrap()).unwrap();
        let parts = one.add(other).unwrap();
        prop_assert!(parts >= whole, "the parts pay at least the whole");
        prop_assert!(parts.get() <= whole.get() + 2, "and what they pay more is rounding");
        prop_assert!(one <= whole, "more lamports never cost less");
    }

    #[test]
    fn instant_rate(fee in schedules(u64::MAX), buffer in amounts(), more in amounts()) {
        let rate = fee.rate_bps(Lamports::new(buffer)).unwrap();
        prop_assert!(rate >= fee.min.get() && rate <= fee.max.get());
        let fuller = fee.rate_bps(Lamports::new(buffer.saturating_add(more))).unwrap();
        prop_assert!(fuller <= rate);
        if fee.target.is_zero() {
            prop_assert_eq!(rate, fee.min.get());
        } else if buffer == 0 {
            prop_assert_eq!(rate, fee.max.get());
        }
    }
}
