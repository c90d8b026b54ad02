use sluice_math::{Bps, EntryCharge, Lamports, Lst, MathError, RewardRate};

use crate::world::{SCALES, exit_price, full_price, holds, is_floor, ledgers, pay, size, tell};

/// Fees and charges that a small deposit rounds in every way: none, a part of a lamport, nearly all, all.
fn terms() -> impl Iterator<Item = (Bps, EntryCharge)> {
    let fees = [0, 1, 3_333, 9_999, 10_000].map(|bps| Bps::new(bps).unwrap());
    fees.into_iter().flat_map(|fee| {
        let rates = [0, 7_000_000_000].map(RewardRate::new);
        rates.map(|rate| (fee, EntryCharge::of(rate, Bps::ALL, fee)))
    })
}

#[test]
fn no_deposit_lowers_a_price_or_gains_when_it_leaves_at_once() {
    let most = size(7, 16);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            for lamports in (0..most).map(|lamports| Lamports::new(lamports * scale.amount)) {
                for (fee, charge) in terms() {
                    inputs += 1;
                    let quote = ledger.deposit(lamports, fee, charge, slot);
                    if ledger.value(slot).unwrap().is_zero() {
                        assert_eq!(quote, Err(MathError::NoValue));
                        continue;
                    }
                    let quote = quote.unwrap();
                    let kept = quote.fee.add(quote.charge).unwrap();
                    let buying = lamports.sub(kept).unwrap().get();
                    let (full, supply) = (ledger.full().unwrap().get(), ledger.supply.get());
                    assert!(is_floor(quote.minted.get(), buying, supply, full));
                    assert!(holds(full_price(&ledger), full_price(&quote.ledger)));
                    assert!(holds(
                        exit_price(&ledger, slot),
                        exit_price(&quote.ledger, slot)
                    ));
                    let back = quote.ledger.redeem(quote.minted, slot).unwrap();
                    assert!(back.lamports <= lamports, "{ledger:?} {lamports:?}");
                }
            }
        }
    }
    tell("deposits", inputs);
}

#[test]
fn a_deposit_in_two_parts_mints_no_more() {
    let most = size(6, 12);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            for (lamports, (fee, charge)) in
                (0..most).flat_map(|all| terms().map(move |terms| (all, terms)))
            {
                let deposit = |ledger: &sluice_math::Ledger, lamports: u64| {
                    ledger.deposit(Lamports::new(lamports * scale.amount), fee, charge, slot)
                };
                let Ok(whole) = deposit(&ledger, lamports) else {
                    continue;
                };
                for first in 0..=lamports {
                    inputs += 1;
                    let one = deposit(&ledger, first).unwrap();
                    let other = deposit(&one.ledger, lamports - first).unwrap();
                    let minted = one.minted.add(other.minted).unwrap();
                    assert!(minted <= whole.minted, "{ledger:?} {first} of {lamports}");
                }
            }
        }
    }
    tell("deposits in two parts", inputs);
}

#[test]
fn no_exit_lowers_a_price_or_releases_what_is_withheld() {
    let most = size(9, 24);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            let held = scale.steps_to(ledger.supply.get(), most);
            for lst in (0..=held).map(|lst| Lst::new(lst * scale.amount)) {
                inputs += 1;
                let redeemed = ledger.redeem(lst, slot).unwrap();
                let value = ledger.value(slot).unwrap().get();
                assert!(is_floor(
                    redeemed.lamports.get(),
                    lst.get(),
                    value,
                    ledger.supply.get()
                ));
                let after = pay(redeemed.ledger, redeemed.lamports);
                assert!(holds(full_price(&ledger), full_price(&after)));
                assert!(holds(exit_price(&ledger, slot), exit_price(&after, slot)));
                let unreleased = |ledger: &sluice_math::Ledger| {
                    ledger
                        .drip
                        .withheld_at(slot)
                        .unwrap()
                        .add(ledger.pending)
                        .unwrap()
                };
                assert_eq!(unreleased(&ledger), unreleased(&after));
            }
        }
    }
    tell("exits", inputs);
}

#[test]
fn an_exit_in_two_parts_pays_no_more() {
    let most = size(8, 16);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            let held = scale.steps_to(ledger.supply.get(), most);
            for lst in 0..=held {
                let redeem = |ledger: &sluice_math::Ledger, lst: u64| {
                    ledger.redeem(Lst::new(lst * scale.amount), slot).unwrap()
                };
                let whole = redeem(&ledger, lst).lamports;
                for first in 0..lst {
                    inputs += 1;
                    let one = redeem(&ledger, first);
                    let between = pay(one.ledger, one.lamports);
                    let both = one.lamports.add(redeem(&between, lst - first).lamports);
                    assert!(both.unwrap() <= whole, "{ledger:?} {first} of {lst}");
                }
            }
        }
    }
    tell("exits in two parts", inputs);
}

#[test]
fn who_leaves_last_is_paid_what_there_is_and_lowers_no_price() {
    let most = size(7, 14);
    let mut inputs = 0;
    for scale in SCALES {
        for (ledger, slot) in ledgers(most, scale.pool) {
            let held = scale.steps_to(ledger.supply.get(), most);
            for lst in (0..=held).map(|lst| Lst::new(lst * scale.amount)) {
                let redeemed = ledger.redeem(lst, slot).unwrap();
                for missing in 0..most {
                    let spendable = ledger
                        .reserve
                        .saturating_sub(Lamports::new(missing * scale.amount));
                    for seed in [0, 1, scale.pool] {
                        inputs += 1;
                        let settled = ledger.settle(lst, slot, spendable, Lst::new(seed)).unwrap();
                        let most = redeemed.lamports.max(spendable);
                        assert!(settled.lamports >= redeemed.lamports && settled.lamports <= most);
                        let after = pay(settled.ledger, settled.lamports);
                        assert!(holds(full_price(&ledger), full_price(&after)));
                        assert!(holds(exit_price(&ledger, slot), exit_price(&after, slot)));
                    }
                }
            }
        }
    }
    tell("settlements", inputs);
}
