use sluice_math::{Bps, Finalize, Finalized, HighWater, Lamports, Ledger, Lst};

use crate::world::{SCALES, Scale, exit_price, full_price, holds, ledgers, size, tell};

/// Fee and the holders' share of it, each rounded in every way.
const SHARES: [(u16, u16); 5] = [(0, 0), (1, 1), (3_333, 5_000), (9_999, 9_999), (10_000, 0)];

fn bps(bps: u16) -> Bps {
    Bps::new(bps).unwrap()
}

/// Every booking of a small pool: what was burned, what is found, the mark, the fee, what a loss left.
fn each_booking(most: u64, scale: Scale, mut check: impl FnMut(&Finalize, &Finalized)) {
    let up_to = |most: u64| (0..most).map(move |small| small * scale.pool);
    for (ledger, slot) in ledgers(most, scale.pool) {
        for (burned, found) in up_to(2).flat_map(|one| up_to(most).map(move |other| (one, other))) {
            for (mark, of) in up_to(most).flat_map(|mark| [1, 3].map(|of| (mark, of * scale.pool)))
            {
                for (unrestored, (fee, stays)) in
                    up_to(2).flat_map(|left| SHARES.map(|shares| (left, shares)))
                {
                    let finalize = Finalize {
                        ledger,
                        mint_supply: ledger.supply.saturating_sub(Lst::new(burned)),
                        observed_staked: Lamports::ZERO,
                        observed_reserve: Lamports::new(found),
                        slot,
                        slots_per_epoch: 5,
                        epochs_elapsed: 1,
                        high_water: HighWater {
                            full: Lamports::new(mark),
                            supply: Lst::new(of),
                        },
                        reward_fee: bps(fee),
                        holder_share: bps(stays),
                        drip_bound: bps(50),
                        breaker_bound: bps(1_000),
                        unrestored: Lamports::new(unrestored),
                        tripped: false,
                    };
                    check(&finalize, &finalize.book().unwrap());
                }
            }
        }
    }
}

fn unreleased(ledger: &Ledger, slot: u64) -> Lamports {
    ledger
        .drip
        .withheld_at(slot)
        .unwrap()
        .add(ledger.pending)
        .unwrap()
}

fn sum<const N: usize>(parts: [Lamports; N]) -> u64 {
    parts.map(Lamports::get).iter().sum()
}

#[test]
fn a_finalize_shares_all_that_came_and_lowers_no_price_but_by_a_loss() {
    let most = size(4, 7);
    let mut inputs = 0;
    for scale in SCALES {
        each_booking(most, scale, |finalize, booked| {
            inputs += 1;
            let (before, after) = (&finalize.ledger, &booked.ledger);
            let slot = finalize.slot;
            let change = sum([before.full().unwrap(), booked.gain]);
            assert_eq!(change, sum([after.full().unwrap(), booked.loss]));
            assert!(booked.gain.is_zero() || booked.loss.is_zero());

            // Every lamport of the gain is restored, the treasury's, or waits.
            let taken = sum([booked.restored, booked.fee, booked.fee_kept]);
            assert!(taken <= booked.gain.get(), "{finalize:?}");
            let covered = booked.loss.sub(booked.fall).unwrap();
            let burned = value_of_burned(finalize, booked);
            let came = sum([unreleased(before, slot), burned, booked.gain]);
            let went = sum([booked.restored, booked.fee, covered]);
            assert_eq!(unreleased(after, slot).get() + went, came, "{finalize:?}");

            if booked.fall.is_zero() && booked.loss.is_zero() {
                assert!(
                    holds(exit_price(before, slot), exit_price(after, slot)),
                    "{finalize:?}"
                );
                assert!(holds(full_price(before), full_price(after)), "{finalize:?}");
            } else if booked.fall.is_zero() {
                assert!(
                    holds(exit_price(before, slot), exit_price(after, slot)),
                    "{finalize:?}"
                );
            }
        });
    }
    tell("bookings", inputs);
}

/// What strangers burned, at the exit price before.
fn value_of_burned(finalize: &Finalize, booked: &Finalized) -> Lamports {
    finalize
        .ledger
        .redeem(booked.burned, finalize.slot)
        .unwrap()
        .lamports
}

/// The treasury's LST are worth no more than its fee, and no fee is taken at or below the mark, nor
/// twice on the same gain.
#[test]
fn a_fee_is_worth_no_more_than_it_says_and_is_taken_once() {
    let most = size(4, 7);
    let mut inputs = 0;
    for scale in SCALES {
        each_booking(most, scale, |finalize, booked| {
            inputs += 1;
            let left = Lst::new(booked.ledger.supply.get() - booked.fee_lst.get());
            let full = booked.ledger.full().unwrap();
            let price = full_price(&booked.ledger);
            let worth = u128::from(booked.fee_lst.get()) * price.0;
            assert!(
                worth <= u128::from(booked.fee.get()) * price.1.max(1),
                "{finalize:?}"
            );

            let mark = finalize.high_water;
            let is_above = u128::from(full.get()) * u128::from(mark.supply.get())
                > u128::from(mark.full.get()) * u128::from(left.get());
            let whole_fee = sum([booked.fee, booked.fee_kept]);
            assert!(is_above || whole_fee == 0, "{finalize:?}");
            let marks = [mark, booked.high_water]
                .map(|mark| (u128::from(mark.full.get()), u128::from(mark.supply.get())));
            assert!(
                holds(marks[0], marks[1]),
                "the mark never falls: {finalize:?}"
            );
            if booked.ledger.supply.is_zero() {
                // Nobody can burn the seed of a pool.
                return;
            }
            let again = Finalize {
                ledger: booked.ledger,
                mint_supply: booked.ledger.supply,
                high_water: booked.high_water,
                unrestored: booked.unrestored,
                ..*finalize
            };
            let again = again.book().unwrap();
            assert_eq!(sum([again.fee, again.fee_kept, again.gain, again.loss]), 0);
        });
    }
    tell("bookings with a fee", inputs);
}

/// A loss that is told in two parts is the same loss, but for what stays withheld, which is rounded up:
/// by less than a lamport each time, at the expense of nobody who stays.
#[test]
fn a_loss_in_two_parts_is_the_same_loss() {
    let most = size(9, 20);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            let ledger = Ledger {
                staked: ledger.reserve,
                reserve: Lamports::ZERO,
                ..ledger
            };
            let staked = scale.steps_to(ledger.staked.get(), most);
            for lost in 0..=staked {
                let lamports = |small: u64| Lamports::new(small * scale.amount);
                let whole = ledger.lose(lamports(lost), slot).unwrap();
                let value = |ledger: &Ledger| ledger.value(slot).unwrap().get();
                let fell = value(&ledger) - value(&whole.ledger);
                assert!(fell == whole.fall.get() || fell == whole.fall.get() + 1);
                for first in 0..=lost {
                    inputs += 1;
                    let one = ledger.lose(lamports(first), slot).unwrap();
                    let other = one.ledger.lose(lamports(lost - first), slot).unwrap();
                    let fall = one.fall.add(other.fall).unwrap();
                    assert!(fall == whole.fall || fall.get() + 1 == whole.fall.get());
                    let (one_loss, two) = (value(&whole.ledger), value(&other.ledger));
                    assert!(
                        two <= one_loss && one_loss <= two + 2,
                        "{ledger:?} {first} of {lost}"
                    );
                }
            }
        }
    }
    tell("losses in two parts", inputs);
}
