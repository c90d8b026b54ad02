use sluice_math::{Bps, Lamports, Spread};

use crate::world::{SCALES, size, tell};

/// Shares that cut none, one, most or all of four validators.
const CAPS: [u16; 6] = [1, 2_500, 3_333, 5_000, 9_999, 10_000];

/// Four validators of any weights: their parts are no more than the whole, none is above the cap, and
/// what the roundings lose is less than a lamport for each part and each cut.
#[test]
fn parts_of_all_validators_add_up_to_no_more_than_the_whole() {
    let (most, weights) = (size(10, 40), size(5, 9));
    let mut inputs = 0;
    for scale in SCALES {
        for number in 0..weights.pow(4) {
            let weight = |place: u32| {
                let digits = number.checked_div(weights.pow(place)).unwrap();
                u16::try_from(digits.checked_rem(weights).unwrap()).unwrap()
            };
            let weights = [0, 1, 2, 3].map(weight);
            for cap in CAPS.map(|cap| Bps::new(cap).unwrap()) {
                let spread = Spread::of(|| weights.into_iter(), cap, 0).unwrap();
                for whole in (0..most).map(|whole| Lamports::new(whole * scale.pool)) {
                    inputs += 1;
                    let parts = weights.map(|weight| spread.part(weight, whole).unwrap().get());
                    let sum: u64 = parts.iter().sum();
                    assert!(sum <= whole.get(), "{weights:?} {cap:?} {whole:?}");
                    for (part, weight) in parts.into_iter().zip(weights) {
                        let share = u128::from(whole.get()) * u128::from(spread.cap.get());
                        assert!(u128::from(part) * 10_000 <= share);
                        assert!(weight > 0 || part == 0);
                    }
                    let lost = whole.get() - sum;
                    let is_spread = weights.iter().any(|weight| *weight > 0);
                    assert!(
                        !is_spread || lost < 8,
                        "{weights:?} {cap:?} {whole:?} {parts:?}"
                    );
                }
            }
        }
    }
    tell("spreads over four validators", inputs);
}
