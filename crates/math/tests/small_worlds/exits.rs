use sluice_math::{Bps, InstantFee, Lamports, MathError, RewardRate};

use crate::world::{SCALES, exit_price, full_price, holds, ledgers, size, tell};

fn shares<const N: usize>(bps: [u16; N]) -> [Bps; N] {
    bps.map(|bps| Bps::new(bps).unwrap())
}

#[test]
fn an_instant_exit_in_two_parts_saves_nothing() {
    let most = size(14, 48);
    let rates = shares([0, 1, 30, 3_333, 9_999, 10_000]);
    let rates = rates
        .iter()
        .flat_map(|max| rates.iter().map(move |min| (*max, *min)));
    let mut inputs = 0;
    for (max, min) in rates.filter(|(max, min)| max >= min) {
        for scale in [1, 1 << 40] {
            let lamports = |small: u64| Lamports::new(small * scale);
            for (target, buffer) in
                (0..most).flat_map(|one| (0..most).map(move |other| (one, other)))
            {
                let fee = InstantFee {
                    max,
                    min,
                    target: lamports(target),
                };
                let charge = |taken: u64, buffer: u64| {
                    fee.charge(lamports(taken), lamports(buffer)).unwrap()
                };
                for taken in 0..=buffer {
                    let whole = charge(taken, buffer);
                    assert!(whole <= lamports(taken), "{fee:?} {taken} of {buffer}");
                    for first in 0..=taken {
                        inputs += 1;
                        let one = charge(first, buffer);
                        let other = charge(taken - first, buffer - first);
                        assert!(
                            one.add(other).unwrap() >= whole,
                            "{fee:?} {first} of {taken}"
                        );
                    }
                }
            }
        }
    }
    tell("instant exits in two parts", inputs);
}

/// Rates of nothing, a lamport in some, half, nearly all and more than all.
const RATES: [u64; 5] = [
    0,
    90_000_000_000,
    250_000_000_000,
    499_999_999_999,
    700_000_000_000,
];

#[test]
fn an_exit_with_stake_pays_what_was_redeemed_less_the_fee_and_lowers_no_price() {
    let most = size(7, 16);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            let ledger = sluice_math::Ledger {
                staked: ledger.reserve,
                reserve: Lamports::ZERO,
                ..ledger
            };
            let held = scale.steps_to(ledger.supply.get(), most);
            for lst in (0..=held).map(|lst| sluice_math::Lst::new(lst * scale.amount)) {
                let redeemed = ledger.redeem(lst, slot).unwrap().lamports;
                for (fee, rate) in shares([0, 1, 5_000, 10_000])
                    .into_iter()
                    .flat_map(|fee| RATES.map(|rate| (fee, RewardRate::new(rate))))
                {
                    inputs += 1;
                    let exit = ledger.stake_exit(lst, slot, fee, rate).unwrap();
                    assert_eq!(exit.lamports.add(exit.fee).unwrap(), redeemed);
                    assert!(holds(full_price(&ledger), full_price(&exit.ledger)));
                    assert!(holds(
                        exit_price(&ledger, slot),
                        exit_price(&exit.ledger, slot)
                    ));
                    let half = Lamports::new(exit.lamports.get().div_ceil(2));
                    let limited = exit.limited_to(half).unwrap();
                    assert_eq!(limited.lamports, half);
                    assert_eq!(limited.lamports.add(limited.fee).unwrap(), redeemed);
                    assert!(holds(
                        exit_price(&ledger, slot),
                        exit_price(&limited.ledger, slot)
                    ));
                }
            }
        }
    }
    tell("exits with stake", inputs);
}

/// Whoever asks for a whole stake account burns enough, and never much more than that.
#[test]
fn the_lst_for_a_stake_account_are_worth_it() {
    let most = size(10, 24);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            let ledger = sluice_math::Ledger {
                staked: ledger.reserve,
                reserve: Lamports::ZERO,
                ..ledger
            };
            for wanted in (0..most).map(|wanted| Lamports::new(wanted * scale.amount)) {
                for (fee, rate) in shares([0, 1, 5_000, 10_000])
                    .into_iter()
                    .flat_map(|fee| RATES.map(|rate| (fee, RewardRate::new(rate))))
                {
                    inputs += 1;
                    match ledger.lst_for_stake(wanted, slot, fee, rate) {
                        Ok(lst) if lst <= ledger.supply => {
                            let exit = ledger.stake_exit(lst, slot, fee, rate).unwrap();
                            assert!(
                                exit.lamports >= wanted,
                                "{ledger:?} {wanted:?} {fee:?} {rate:?}"
                            );
                        }
                        Ok(_) | Err(MathError::Overflow) => {}
                        Err(MathError::NoValue) => {
                            assert!(fee == Bps::ALL || rate.get() >= 500_000_000_000);
                        }
                        Err(error) => {
                            assert_eq!(error, MathError::DivisionByZero);
                            assert!(ledger.value(slot).unwrap().is_zero());
                        }
                    }
                }
            }
        }
    }
    tell("whole stake accounts", inputs);
}
