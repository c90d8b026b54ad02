use sluice_math::{Ceil, Floor, MathError, Ratio};

use crate::world::{is_floor, size, tell};

/// Every product of numbers of so many bits, as they are, and so large that it takes 128 bits.
#[test]
fn every_ratio_is_rounded_the_way_it_says() {
    let most = size(1 << 6, 1 << 8);
    let mut inputs = 0;
    for amount in 0..most {
        for numerator in 0..most {
            let ratio = Ratio::new(numerator, 0);
            assert_eq!(Floor(ratio).apply(amount), Err(MathError::DivisionByZero));
            assert_eq!(Ceil(ratio).apply(amount), Err(MathError::DivisionByZero));
            for denominator in 1..most {
                for scale in [1, 1 << 56] {
                    let ratio = Ratio::new(numerator * scale, denominator * scale);
                    let down = Floor(ratio).apply(amount).unwrap();
                    let up = Ceil(ratio).apply(amount).unwrap();
                    assert!(
                        is_floor(down, amount, numerator, denominator),
                        "{amount} x {ratio:?}"
                    );
                    let is_exact = down * denominator == amount * numerator;
                    assert_eq!(up, down + u64::from(!is_exact), "{amount} x {ratio:?}");
                    inputs += 1;
                }
            }
        }
    }
    tell("ratios", inputs);
}

/// Results around the largest amount: what fits is exact, what does not is an error.
#[test]
fn a_result_that_does_not_fit_is_an_error() {
    let most = size(1 << 6, 1 << 8);
    let mut inputs = 0;
    for missing in 0..most {
        for numerator in 1..most {
            for denominator in 1..most {
                let amount = u64::MAX - missing;
                let ratio = Ratio::new(numerator, denominator);
                let product = u128::from(amount) * u128::from(numerator);
                let down = product.checked_div(denominator.into()).unwrap();
                let up = product.div_ceil(denominator.into());
                for (exact, rounded) in [
                    (down, Floor(ratio).apply(amount)),
                    (up, Ceil(ratio).apply(amount)),
                ] {
                    let expected = u64::try_from(exact).map_err(|_| MathError::Overflow);
                    assert_eq!(rounded, expected, "{amount} x {ratio:?}");
                    inputs += 1;
                }
            }
        }
    }
    tell("ratios of the largest amounts", inputs);
}
